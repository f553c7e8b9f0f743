// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"fmt"
	"slices"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/signoff"
)

// Open lists the decisions that are proposed and not in effect.
func (s State) Open() []Decision {
	var open []Decision
	for id := range s.open.All() {
		if d, ok := s.decisions.Get(id); ok {
			open = append(open, d)
		}
	}
	return open
}

// Missing lists what a proposed decision still waits for; none means that it
// can take effect.
func (s State) Missing(d Decision, see See) []string {
	if d.Status != Proposed {
		return []string{fmt.Sprintf("%s is %s", d.File.ID, d.Status)}
	}
	st, err := see.Signoff.Status(d.Question)
	if err != nil {
		return []string{err.Error()}
	}
	if st.Refused || st.VoidedSeq != 0 {
		return []string{"the question was refused or voided; propose a new decision"}
	}
	var missing []string
	for _, role := range st.Wanted() {
		missing = append(missing, "the signature of "+see.seat(role))
	}
	for _, r := range st.Deliveries {
		if r.When != signoff.After && r.Seq == 0 {
			missing = append(missing, "the acknowledgement of "+see.seat(r.Role))
		}
	}
	missing = append(missing, s.missingFeedback(d, see)...)
	return append(missing, s.overtaken(d, see)...)
}

// seat names a role, and says so where nobody holds it any more.
func (s See) seat(role string) string {
	if o := s.Access.Office(role, s.Now); o.Vacant {
		return fmt.Sprintf("%s (the office is vacant since %s)", role, deadline.DayOf(o.Since))
	}
	return role
}

// overtaken lists what happened since the proposal that takes the ground from
// under a "ruled out": a threshold that another decision answered otherwise, and
// evidence that the signers were not shown (CAP-11).
func (s State) overtaken(d Decision, see See) []string {
	p, err := see.Policy.Find(d.File.Policy.Ref)
	if err != nil {
		return nil // said by missingFeedback
	}
	var missing []string
	switch {
	case d.IsBaseline():
		for _, err := range s.clashes(d.File, see) {
			missing = append(missing, "a new proposal: "+err.Message)
		}
		return missing
	case d.File.Interim != nil:
		return d.brokenSince(see)
	}
	for _, det := range d.File.Determinations {
		if det.Outcome != RuledOut {
			continue
		}
		if last, was, ok := s.Latest(d.File.Model, det.Threshold); ok && last.EffectSeq > d.Seq && was.Outcome != RuledOut {
			missing = append(missing, fmt.Sprintf("a new proposal: %s determined %s as %s meanwhile", last.File.ID, det.Threshold, was.Outcome))
		}
		if c := see.Assessment.Coverage(d.File.Model, det.Threshold, see.assess(p.Pack)); !c.Supported {
			missing = append(missing, fmt.Sprintf("support for ruling out %s: %s", det.Threshold, join(c.Reasons)))
		}
	}
	return missing
}

// Ready tells whether a proposed decision can take effect.
func (s State) Ready(d Decision, see See) bool { return len(s.Missing(d, see)) == 0 }

// missingFeedback lists the feedback that the policy wants before the decision
// and that nobody gave, and the blocking reviews that nobody answered (DEC-4,
// DEC-5).
func (s State) missingFeedback(d Decision, see See) []string {
	p, err := see.Policy.Find(d.File.Policy.Ref)
	if err != nil {
		return []string{err.Error()}
	}
	by, _ := p.Pack.Decision(d.File.Kind)
	reviews := reviews(d, see)
	st, err := see.Signoff.Status(d.Question)
	if err != nil {
		return []string{err.Error()}
	}
	var missing []string
	for _, want := range by.Feedback {
		if want.When != policy.Before || !applies(want.Stakes, d.File.HighStakes) {
			continue
		}
		// Nobody gives the feedback on what they sign themselves.
		if !slices.ContainsFunc(reviews, func(r review.Review) bool { return string(r.Side) == string(want.Kind) && !signed(st, r.By) }) {
			missing = append(missing, string(want.Kind)+" feedback on the decision, or on what it rests on")
		}
	}
	for _, r := range reviews {
		if r.Blocking && r.Open() {
			missing = append(missing, "an answer to the blocking "+r.ID)
		}
	}
	return missing
}

func signed(st signoff.Status, person string) bool {
	return slices.ContainsFunc(st.Slots, func(a signoff.Answered) bool { return a.Seq != 0 && a.Person == person })
}

func applies(s policy.Stakes, high bool) bool {
	return s == policy.AllStakes || (s == policy.HighStakes) == high
}

// reviews lists what was said, and not taken back, about the decision and about
// what it rests on.
func reviews(d Decision, see See) []review.Review {
	rs := see.Review.On(entry.Ref{Kind: "decision", ID: d.File.ID})
	for _, id := range d.File.assessments(see) {
		rs = append(rs, see.Review.On(entry.Ref{Kind: "assessment", ID: id})...)
	}
	if d.File.Safeguards != nil {
		rs = append(rs, see.Review.On(entry.Ref{Kind: "report", ID: d.File.Safeguards.Report})...)
	}
	return slices.DeleteFunc(rs, func(r review.Review) bool { return r.WithdrawnSeq != 0 })
}

// TakeEffect puts a decision into effect. Callers have asked Ready.
func (s State) TakeEffect(id string) ([]entry.Draft, error) {
	return tookEffect.Drafts(TookEffectV1{Decision: id})
}

// ReapproveBy gives the last day on which an approval of the standard holds, by
// the policy's re-approval period counted from the day of now; "" without one.
func ReapproveBy(p policy.Pack, s Safeguards, now int64) deadline.Day {
	f, ok := p.Standard(s.Standard, s.Facet)
	if !ok || f.Reapproval == nil {
		return ""
	}
	return deadline.DayOf(now).AddMonths(f.Reapproval.Months)
}
