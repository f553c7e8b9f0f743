// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package signoff

import (
	"fmt"
	"slices"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Slot is one signature that a question asks for.
type Slot struct {
	Role string `json:"role"`
}

// When says whether a delivery comes before the thing takes effect.
type When string

const (
	// Before: the thing takes no effect until the recipient has acknowledged.
	Before When = "before"
	// After: the recipient is told promptly afterwards.
	After When = "after"
)

// Delivery is one role that must be told.
type Delivery struct {
	Role string `json:"role"`
	When When   `json:"when"`
}

// Asked is the data of signoff.asked.
type Asked struct {
	About    entry.Ref  `json:"about"`
	Slots    []Slot     `json:"slots"`
	Distinct bool       `json:"distinct"`
	Deliver  []Delivery `json:"deliver,omitempty"`
}

// Signed is the data of signoff.signed. Role is the role as it was held when
// signing.
type Signed struct {
	Question  string `json:"question"`
	Role      string `json:"role"`
	Person    string `json:"person"`
	Key       string `json:"key"`
	Answer    Answer `json:"answer"`
	Note      string `json:"note,omitzero"`
	Signature string `json:"signature"`
}

// Dissented is the data of signoff.dissented.
type Dissented struct {
	Question  string `json:"question"`
	Person    string `json:"person"`
	Note      string `json:"note,omitzero"`
	Key       string `json:"key"`
	Signature string `json:"signature"`
}

// Delivered is the data of signoff.delivered.
type Delivered struct {
	Question string `json:"question"`
	Role     string `json:"role"`
	By       string `json:"by"`
}

// Acknowledged is the data of signoff.acknowledged.
type Acknowledged struct {
	Question  string `json:"question"`
	Role      string `json:"role"`
	Person    string `json:"person"`
	Key       string `json:"key"`
	Signature string `json:"signature"`
}

// Voided is the data of signoff.voided.
type Voided struct {
	Question string `json:"question"`
	Reason   string `json:"reason"`
}

var (
	asked        = entry.Define[Asked]("signoff.asked", 1, entry.Fact)
	signed       = entry.Define[Signed]("signoff.signed", 1, entry.Fact)
	dissented    = entry.Define[Dissented]("signoff.dissented", 1, entry.Fact)
	delivered    = entry.Define[Delivered]("signoff.delivered", 1, entry.Fact)
	acknowledged = entry.Define[Acknowledged]("signoff.acknowledged", 1, entry.Fact)
	voided       = entry.Define[Voided]("signoff.voided", 1, entry.Fact)
)

// Types lists every kind of entry of this area.
func Types() []entry.Type {
	return []entry.Type{
		asked.Type(), signed.Type(), dissented.Type(), delivered.Type(), acknowledged.Type(), voided.Type(),
	}
}

// Fork gives a state with the same content that changes on its own. Constant
// time.
func (s State) Fork() State {
	return State{questions: s.questions.Fork(), about: s.about.Fork()}
}

// Apply folds one entry of this area into the state.
func (s *State) Apply(e entry.Entry) error {
	switch e.Type {
	case asked.Name():
		return s.applyAsked(e)
	case signed.Name():
		return s.applySigned(e)
	case dissented.Name():
		return s.applyDissented(e)
	case delivered.Name():
		return s.applyDelivered(e)
	case acknowledged.Name():
		return s.applyAcknowledged(e)
	case voided.Name():
		return s.applyVoided(e)
	}
	return fault.New(fault.Internal, "entry %d: signoff does not know the type %q", e.Seq, e.Type)
}

func (s *State) applyAsked(e entry.Entry) error {
	d, _, err := asked.Decode(e)
	if err != nil {
		return err
	}
	q := question{id: entry.ID("question", e.Seq), seq: e.Seq, at: e.RecordedAt, asked: d}
	for _, slot := range d.Slots {
		q.answers = append(q.answers, Answered{Role: slot.Role})
	}
	for _, to := range d.Deliver {
		q.deliveries = append(q.deliveries, Receipt{Role: to.Role, When: to.When})
	}
	s.questions.Set(q.id, q)
	s.about.Set(aboutKey(d.About)+fmt.Sprintf("%016d", e.Seq), q.id)
	return nil
}

func (s *State) applySigned(e entry.Entry) error {
	d, _, err := signed.Decode(e)
	if err != nil {
		return err
	}
	q, err := s.of(e, d.Question)
	if err != nil {
		return err
	}
	i := q.slot(d.Role)
	if i < 0 {
		return fault.Corruptf("entry %d signs %s as %q, which it does not ask for", e.Seq, d.Question, d.Role)
	}
	q.answers = slices.Clone(q.answers)
	q.answers[i] = Answered{Role: d.Role, Person: d.Person, Key: d.Key, Answer: d.Answer, Seq: e.Seq, At: e.RecordedAt}
	s.questions.Set(q.id, q)
	return nil
}

func (s *State) applyDissented(e entry.Entry) error {
	d, _, err := dissented.Decode(e)
	if err != nil {
		return err
	}
	q, err := s.of(e, d.Question)
	if err != nil {
		return err
	}
	q.dissents = append(slices.Clip(q.dissents), Answered{
		Person: d.Person, Key: d.Key, Answer: Disapprove, Seq: e.Seq, At: e.RecordedAt,
	})
	s.questions.Set(q.id, q)
	return nil
}

func (s *State) applyDelivered(e entry.Entry) error {
	d, _, err := delivered.Decode(e)
	if err != nil {
		return err
	}
	return s.applyReceipt(e, d.Question, d.Role, func(r *Receipt) {
		r.By, r.DeliveredSeq, r.DeliveredAt = d.By, e.Seq, e.RecordedAt
	})
}

func (s *State) applyAcknowledged(e entry.Entry) error {
	d, _, err := acknowledged.Decode(e)
	if err != nil {
		return err
	}
	return s.applyReceipt(e, d.Question, d.Role, func(r *Receipt) {
		r.Person, r.Key, r.Seq, r.At = d.Person, d.Key, e.Seq, e.RecordedAt
	})
}

func (s *State) applyReceipt(e entry.Entry, id, role string, change func(*Receipt)) error {
	q, err := s.of(e, id)
	if err != nil {
		return err
	}
	i, err := q.recipient(role)
	if err != nil {
		return fault.Corruptf("entry %d: %w", e.Seq, err)
	}
	q.deliveries = slices.Clone(q.deliveries)
	change(&q.deliveries[i])
	s.questions.Set(q.id, q)
	return nil
}

func (s *State) applyVoided(e entry.Entry) error {
	d, _, err := voided.Decode(e)
	if err != nil {
		return err
	}
	q, err := s.of(e, d.Question)
	if err != nil {
		return err
	}
	q.voided = e.Seq
	s.questions.Set(q.id, q)
	return nil
}

func (s *State) of(e entry.Entry, id string) (question, error) {
	q, ok := s.questions.Get(id)
	if !ok {
		return q, fault.Corruptf("entry %d is about the question %q, which no entry asked", e.Seq, id)
	}
	return q, nil
}
