// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package signoff

import (
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// question is what the fold keeps. Its slices are replaced, never edited.
type question struct {
	id         string
	seq, at    int64
	asked      Asked
	answers    []Answered // one for each slot, in order
	dissents   []Answered
	deliveries []Receipt // one for each delivery, in order
	voided     int64
}

// Answered is one signed answer. In a slot that nobody answered yet only Role
// is set.
type Answered struct {
	// Role is the role as it was held when signing; empty outside the slots.
	Role   string
	Person string
	Key    string
	Answer Answer
	// Seq is the entry, At its time in milliseconds since 1970, UTC.
	Seq int64
	At  int64
}

// Receipt is one delivery and its acknowledgement.
type Receipt struct {
	Role string
	When When
	// By delivered it with the entry DeliveredSeq; 0 as long as nobody did.
	By           string
	DeliveredSeq int64
	DeliveredAt  int64
	// Person acknowledged it with the entry Seq; 0 as long as nobody did.
	Person string
	Key    string
	Seq    int64
	At     int64
}

// Status is how a question stands.
type Status struct {
	Question string
	About    entry.Ref
	// Seq is the entry that asked, At its time in milliseconds since 1970, UTC.
	Seq      int64
	At       int64
	Distinct bool
	Slots    []Answered
	// Dissents are all of them, in slots and outside, in order of entries.
	Dissents   []Answered
	Deliveries []Receipt
	// VoidedSeq is the entry that voided the question, or 0.
	VoidedSeq int64
	// Approved: every slot approves, and the question is not voided.
	Approved bool
	// Refused: a slot dissents. It stays so.
	Refused bool
	// ReadyForEffect: approved, and every delivery that comes before effect is
	// acknowledged by its recipient.
	ReadyForEffect bool
}

// Status tells how a question stands, or that there is no such question.
func (s State) Status(id string) (Status, error) {
	q, ok := s.questions.Get(id)
	if !ok {
		return Status{}, fault.NotFoundf("there is no question %q", id)
	}
	return q.status(), nil
}

// Asked gives a question as it was asked.
func (s State) Asked(id string) (Asked, error) {
	q, ok := s.questions.Get(id)
	if !ok {
		return Asked{}, fault.NotFoundf("there is no question %q", id)
	}
	a := q.asked
	a.Slots, a.Deliver = slices.Clone(a.Slots), slices.Clone(a.Deliver)
	return a, nil
}

// About lists how all questions about a kind and id stand, whatever their
// digest, oldest first.
func (s State) About(kind, id string) []Status {
	var all []Status
	for _, q := range s.questionsAbout(entry.Ref{Kind: kind, ID: id}) {
		all = append(all, q.status())
	}
	return all
}

// Waiting lists the questions that somebody still has to act on, oldest first:
// undecided ones, and approved ones with a delivery that is not acknowledged.
func (s State) Waiting() []Status {
	var all []Status
	for q := range s.questions.Values() {
		if st := q.status(); st.VoidedSeq == 0 && !st.Refused && len(st.Wanted())+len(st.Unacknowledged()) > 0 {
			all = append(all, st)
		}
	}
	slices.SortFunc(all, func(a, b Status) int { return int(a.Seq - b.Seq) })
	return all
}

// Wanted lists the roles whose slots are open.
func (st Status) Wanted() []string {
	var roles []string
	for _, a := range st.Slots {
		if a.Seq == 0 {
			roles = append(roles, a.Role)
		}
	}
	return roles
}

// Unacknowledged lists the roles whose delivery is not acknowledged, delivered
// or not.
func (st Status) Unacknowledged() []string {
	var roles []string
	for _, r := range st.Deliveries {
		if r.Seq == 0 {
			roles = append(roles, r.Role)
		}
	}
	return roles
}

func (q question) status() Status {
	st := Status{
		Question: q.id, About: q.asked.About, Seq: q.seq, At: q.at, Distinct: q.asked.Distinct, VoidedSeq: q.voided,
		Slots: slices.Clone(q.answers), Dissents: slices.Clone(q.dissents), Deliveries: slices.Clone(q.deliveries),
	}
	approvals := 0
	for _, a := range q.answers {
		switch a.Answer {
		case Approve:
			approvals++
		case Disapprove:
			st.Refused = true
			st.Dissents = append(st.Dissents, a)
		}
	}
	slices.SortFunc(st.Dissents, func(a, b Answered) int { return int(a.Seq - b.Seq) })
	st.Approved = approvals > 0 && approvals == len(q.answers) && q.voided == 0 && q.distinct()
	st.ReadyForEffect = st.Approved && !slices.ContainsFunc(q.deliveries, func(r Receipt) bool {
		return r.When != After && r.Seq == 0
	})
	return st
}

// distinct asks once more of what is recorded what the verbs asked of what was
// offered: a copy of a journal may come from elsewhere.
func (q question) distinct() bool {
	if !q.asked.Distinct {
		return true
	}
	return access.Distinct(q.acted()) == nil
}

// acted lists who acted in which role of the question.
func (q question) acted() []access.InRole {
	var acts []access.InRole
	for _, a := range q.answers {
		if a.Seq != 0 {
			acts = append(acts, access.InRole{Role: a.Role, Person: a.Person})
		}
	}
	for _, r := range q.deliveries {
		if r.Seq != 0 {
			acts = append(acts, access.InRole{Role: r.Role, Person: r.Person})
		}
	}
	return acts
}

func (q question) slot(role string) int {
	return slices.IndexFunc(q.answers, func(a Answered) bool { return a.Role == role })
}

func (q question) signers() []string {
	roles := make([]string, len(q.answers))
	for i, a := range q.answers {
		roles[i] = a.Role
	}
	return roles
}

func (q question) recipient(role string) (int, error) {
	i := slices.IndexFunc(q.deliveries, func(r Receipt) bool { return r.Role == role })
	if i >= 0 {
		return i, nil
	}
	roles := make([]string, len(q.deliveries))
	for j, r := range q.deliveries {
		roles[j] = r.Role
	}
	return 0, fault.Invalidf("%s has no delivery to the role %q", q.id, role).Hinted("it is delivered to: %s", orNone(roles))
}

func (s State) questionsAbout(r entry.Ref) []question {
	var all []question
	prefix := aboutKey(r)
	for k, id := range s.about.From(prefix) {
		if !strings.HasPrefix(k, prefix) {
			break
		}
		if q, ok := s.questions.Get(id); ok {
			all = append(all, q)
		}
	}
	return all
}

func aboutKey(r entry.Ref) string { return r.Kind + "\x00" + r.ID + "\x00" }
