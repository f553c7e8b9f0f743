// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package restriction

import (
	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Opened is the data of restriction.response_opened: something is live and held.
// Times are milliseconds since 1970.
type Opened struct {
	Model       string `json:"model"`
	Snapshot    string `json:"snapshot,omitzero"`
	Environment string `json:"environment"`
	Action      string `json:"action"`
	// Because are the first reasons, Conditions the ids of every condition that
	// holds it.
	Because    []string `json:"because"`
	Conditions []string `json:"conditions"`
	// Owner is the role that answers and Hours the time it has, as the policy
	// says; without them nobody can tell when it is late.
	Owner  string `json:"owner,omitzero"`
	Hours  int64  `json:"hours,omitzero"`
	HeldAt int64  `json:"held_at"`
	Due    int64  `json:"due,omitzero"`
	Policy string `json:"policy"`
	Clause string `json:"clause,omitzero"`
}

// AnsweredV1 is the data of restriction.response_answered. By names the decision
// or the entry that did it; none where a date did.
type AnsweredV1 struct {
	Response string    `json:"response"`
	How      How       `json:"how"`
	By       entry.Ref `json:"by,omitzero"`
	// Left are the conditions that hold it still.
	Left []string `json:"left,omitempty"`
}

// MissedV1 is the data of restriction.response_missed: it was not given in time.
type MissedV1 struct {
	Response string `json:"response"`
	Finding  string `json:"finding"`
}

// Ordered is the data of restriction.ordered.
type Ordered struct {
	Decision    string                   `json:"decision"`
	Kind        decision.RestrictionKind `json:"kind"`
	Model       string                   `json:"model"`
	Snapshots   []string                 `json:"snapshots,omitempty"`
	Environment string                   `json:"environment,omitzero"`
	Response    string                   `json:"response,omitzero"`
	// Hold is the hold that was placed for it.
	Hold string `json:"hold,omitzero"`
}

// Executed is the data of restriction.executed.
type Executed struct {
	Restriction  string        `json:"restriction"`
	Statement    string        `json:"statement"`
	Certificates []Certificate `json:"certificates,omitempty"`
}

// Verified is the data of restriction.verified.
type Verified struct {
	Restriction string `json:"restriction"`
	Statement   string `json:"statement"`
}

// Lifted is the data of restriction.lifted: by the decision that lifted its
// hold, or by a person with a reason.
type Lifted struct {
	Restriction string `json:"restriction"`
	Decision    string `json:"decision,omitzero"`
	Reason      string `json:"reason,omitzero"`
	PostMortem  string `json:"post_mortem,omitzero"`
}

var (
	opened   = entry.Define[Opened]("restriction.response_opened", 1, entry.Fact)
	answered = entry.Define[AnsweredV1]("restriction.response_answered", 1, entry.Fact)
	missed   = entry.Define[MissedV1]("restriction.response_missed", 1, entry.Fact)
	ordered  = entry.Define[Ordered]("restriction.ordered", 1, entry.Fact)
	executed = entry.Define[Executed]("restriction.executed", 1, entry.Fact)
	verified = entry.Define[Verified]("restriction.verified", 1, entry.Fact)
	lifted   = entry.Define[Lifted]("restriction.lifted", 1, entry.Fact)
)

// Types lists the entry types of this area.
func Types() []entry.Type {
	return []entry.Type{
		opened.Type(), answered.Type(), missed.Type(), ordered.Type(), executed.Type(), verified.Type(), lifted.Type(),
	}
}

// Fork gives a state that changes on its own. Constant time.
func (s State) Fork() State {
	return State{responses: s.responses.Fork(), last: s.last.Fork(), open: s.open.Fork(), orders: s.orders.Fork()}
}

// Apply folds one entry.
func (s *State) Apply(e entry.Entry) error {
	switch e.Type {
	case opened.Name():
		return s.applyOpened(e)
	case answered.Name():
		return s.applyAnswered(e)
	case missed.Name():
		return s.applyMissed(e)
	case ordered.Name():
		return s.applyOrdered(e)
	case executed.Name():
		return s.applyExecuted(e)
	case verified.Name():
		return s.applyVerified(e)
	case lifted.Name():
		return s.applyLifted(e)
	}
	return fault.New(fault.Internal, "entry %d: restriction does not know the type %s", e.Seq, e.Type)
}

func (s *State) applyOpened(e entry.Entry) error {
	d, _, err := opened.Decode(e)
	if err != nil {
		return err
	}
	r := Response{Opened: d, ID: entry.ID("response", e.Seq), Seq: e.Seq, At: e.RecordedAt}
	s.responses.Set(r.ID, r)
	s.last.Set(r.Thing().Key(), r.ID)
	s.open.Set(r.ID, true)
	return nil
}

func (s *State) applyAnswered(e entry.Entry) error {
	d, _, err := answered.Decode(e)
	if err != nil {
		return err
	}
	s.open.Delete(d.Response)
	return change(&s.responses, e, d.Response, func(r *Response) {
		r.AnsweredSeq, r.AnsweredAt, r.How, r.By, r.Left = e.Seq, e.RecordedAt, d.How, d.By, d.Left
	})
}

func (s *State) applyMissed(e entry.Entry) error {
	d, _, err := missed.Decode(e)
	if err != nil {
		return err
	}
	return change(&s.responses, e, d.Response, func(r *Response) { r.Finding = d.Finding })
}

func (s *State) applyOrdered(e entry.Entry) error {
	d, _, err := ordered.Decode(e)
	if err != nil {
		return err
	}
	o := Order{Ordered: d, ID: entry.ID("restriction", e.Seq), Seq: e.Seq, At: e.RecordedAt}
	s.orders.Set(o.ID, o)
	return nil
}

func (s *State) applyExecuted(e entry.Entry) error {
	d, _, err := executed.Decode(e)
	if err != nil {
		return err
	}
	return change(&s.orders, e, d.Restriction, func(o *Order) { o.Executed = step(e) })
}

func (s *State) applyVerified(e entry.Entry) error {
	d, _, err := verified.Decode(e)
	if err != nil {
		return err
	}
	return change(&s.orders, e, d.Restriction, func(o *Order) { o.Verified = step(e) })
}

func (s *State) applyLifted(e entry.Entry) error {
	d, _, err := lifted.Decode(e)
	if err != nil {
		return err
	}
	return change(&s.orders, e, d.Restriction, func(o *Order) {
		o.Lifted, o.Reason, o.PostMortem = step(e), d.Reason, d.PostMortem
	})
}

func step(e entry.Entry) Step { return Step{Seq: e.Seq, At: e.RecordedAt, By: e.Actor} }

// change replaces one value; a subject that is not there is corrupt.
func change[V any](m *cow.Map[string, V], e entry.Entry, id string, edit func(*V)) error {
	v, ok := m.Get(id)
	if !ok {
		return fault.Corruptf("entry %d (%s) speaks of %q, which is not there", e.Seq, e.Type, id)
	}
	edit(&v)
	m.Set(id, v)
	return nil
}
