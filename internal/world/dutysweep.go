// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"fmt"
	"slices"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// mostSwept is how many missed dates one act writes down; who sweeps goes on
// until nothing is left.
const mostSwept = 500

// sweepDuties writes down what dates have done: it begins the duties of a quarter
// and of triggers that have fired, and then records which dates have passed, with
// a finding for each that becomes one.
func (w World) sweepDuties(act entry.Act) ([]entry.Draft, error) {
	c := clock{w: w, act: act}
	if p, ok := w.Policy.InForce(act.Now); ok {
		c.starts(p, obligation.Adoption(p, p.AdoptedAt)...)
		c.starts(p, obligation.Quarters(p, act.Now)...)
		c.triggers(p)
	}
	drafts, err := c.move(nil)
	if err != nil {
		return nil, err
	}
	more, err := c.w.missed(after(act, drafts))
	return append(drafts, more...), err
}

// missed records the dates that have passed.
func (w World) missed(act entry.Act) ([]entry.Draft, error) {
	return w.miss(w.Obligation.Overdue(act.Now, mostSwept, w.counts(act.Now)), act)
}

// DoneLate records that a duty which somebody says was done after its date was
// missed, where nobody has written that down yet: whether a sweep came first makes
// no difference to what is found.
func (w World) DoneLate(in obligation.Completing, act entry.Act) ([]entry.Draft, error) {
	d, err := w.Obligation.Duty(in.Duty)
	d = w.AsDecided(d, act.Now)
	if err != nil || !d.Unwritten(act.Now) || in.On <= d.Now.Day {
		return nil, err
	}
	if d = d.Without(w.counts(act.Now)); !d.Unwritten(act.Now) || in.On <= d.Now.Day {
		return nil, nil
	}
	return w.miss([]obligation.Duty{d}, act)
}

// miss records, in one entry, that the dates of duties have passed, and after it
// the findings.
func (w World) miss(late []obligation.Duty, act entry.Act) ([]entry.Draft, error) {
	drafts, err := w.Obligation.Miss(late, act)
	if err != nil {
		return nil, err
	}
	for _, d := range late {
		if !d.Finds() {
			continue
		}
		more, err := w.Finding.Open(w.lateFinding(d, act.Now), entry.Provenance{})
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, more...)
	}
	return drafts, nil
}

// lateFinding is the finding that a missed duty becomes, under the rule of the
// version that the duty began under.
func (w World) lateFinding(d obligation.Duty, now int64) finding.Opened {
	d = w.AsDecided(d, now)
	st := d.At(now)
	return finding.Opened{
		Category:  finding.Late,
		Statement: fmt.Sprintf("%s (%s, about %s): %s", w.DutyTitle(d), d.Rule, d.About(), st.Reason),
		Policy:    d.Policy, Clause: d.Clause, Owner: d.Owner, About: entry.Ref{Kind: kindDuty, ID: d.ID},
		Duty: d.ID, Rule: d.Rule, Due: d.Now.Day, VarianceDays: st.VarianceDays, FoundBy: finding.ByMachine,
	}
}

// AsDecided is the duty without a waiver or an extension whose decision does not
// count at now.
func (w World) AsDecided(d obligation.Duty, now int64) obligation.Duty {
	return d.Without(w.counts(now))
}

// counts tells of a decision whether it counts at now.
func (w World) counts(now int64) obligation.Counts {
	return func(id string) bool { return len(w.Decision.Problems(id, w.DecisionBasis(), now)) == 0 }
}

// DutyTitle is the title of the duty's rule in its version.
func (w World) DutyTitle(d obligation.Duty) string {
	if a, err := w.Policy.Find(d.Policy); err == nil {
		if o, ok := a.Pack.Obligation(d.Rule); ok {
			return o.Title
		}
	}
	return d.Rule
}

// triggers starts the clock of every trigger that has fired with no assessment
// opened since. One without a day of its own counts from when it is seen.
func (c *clock) triggers(p policy.Adopted) {
	waits := func(o policy.Obligation) bool { return o.Starts == policy.StartTrigger }
	if _, ok := c.w.Assessment.LastComprehensive(""); !ok || !slices.ContainsFunc(p.Pack.Obligations, waits) {
		return // every trigger with a date compares with an assessment
	}
	see, err := c.w.AssessmentSee(c.act.Now)
	if err != nil {
		return
	}
	for _, m := range c.w.Model.Models() {
		_, own := c.w.Assessment.LastComprehensive(m.Model)
		if !own && len(c.w.Model.Estimates(m.Model)) == 0 {
			continue
		}
		for _, row := range c.w.Assessment.Due(m.Model, nil, see, c.act.Now) {
			if ev, ok := c.fired(row, m.Model, own); ok {
				c.starts(p, ev)
			}
		}
	}
}

func (c *clock) fired(row assessment.Row, id string, own bool) (obligation.Event, bool) {
	if row.Outcome != model.Fired || row.Starts != policy.Comprehensive || row.Running != "" {
		return obligation.Event{}, false
	}
	ev := obligation.Event{Starts: policy.StartTrigger, Subject: modelRef(id), At: c.act.Now, Grade: grade.Recomputed}
	if len(row.Entries) > 0 {
		ev.Seq = slices.Max(row.Entries)
	}
	if row.Grade == grade.Reported {
		ev.Grade = grade.Reported
	}
	switch row.Kind {
	case policy.MonthsSince:
		ev.At = c.calendar().Zone.Start(row.On)
		return ev, own
	case policy.EffectiveComputeRatio:
		return ev, true
	}
	return ev, false
}

// breached lists the duties that hold when they are missed, as the gate reads
// them.
func (w World) breached() []gate.Breach {
	var all []gate.Breach
	for _, d := range w.Obligation.Holding() {
		b := gate.Breach{
			Duty: d.ID, Model: gate.EveryModel, NewStartsOnly: d.OnBreach == policy.BreachHoldNewStarts, Due: d.Last,
			Published: d.Published(), Missed: d.Breach != nil, Clause: d.Clause, Basis: d.Basis, Seq: d.Seq,
			Reason: fmt.Sprintf("%s (%s, about %s, owed by %s)", w.DutyTitle(d), d.Rule, d.About(), d.Owner),
		}
		if d.Now.Known() {
			b.Reason += ", due on " + string(d.Now.Day)
		}
		if d.Subject.Kind == "model" {
			b.Model = d.Subject.ID
		}
		for _, x := range []*obligation.Relief{d.Waiver, d.Extended} {
			if x != nil {
				b.Reliefs = append(b.Reliefs, gate.Relief{Decision: x.Decision, Until: x.Last, Waives: x == d.Waiver || x.AfterBreach})
			}
		}
		all = append(all, b)
	}
	return all
}
