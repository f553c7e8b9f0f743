// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// fact is an entry as a clock reads it: between which moments what it records
// happened (milliseconds since 1970), and how well that is known. A clock starts
// at the first and stops at the last of them. That the lab did something itself is
// as well known as can be, however well what it rests on is known; what a source
// tells is worth what its grade says.
type fact struct {
	seq         int64
	first, last int64
	grade       grade.Grade
	source      []entry.Source
}

func (c *clock) fact(how entry.Provenance, seq int64) fact {
	f := fact{seq: seq, first: c.act.Now, last: c.act.Now, grade: grade.Recomputed, source: how.Source}
	if len(how.Source) > 0 {
		f.grade = how.GradeOr(grade.Attested)
	}
	if how.Happened == nil {
		return f
	}
	day := deadline.DayOf(how.Happened.At)
	switch how.Happened.Precision {
	case "day":
		f.first, f.last = c.within(day, day.AddDays(1))
	case "month":
		f.first, f.last = c.within(day, day.AddMonths(1))
	default:
		f.first, f.last = how.Happened.At, how.Happened.At
	}
	return f
}

// within gives the first and the last moment from a day until before another, in
// the zone of the policy, and not later than now.
func (c *clock) within(day, end deadline.Day) (first, last int64) {
	z := c.calendar().Zone
	return min(z.Start(day), c.act.Now), min(z.Start(end)-1, c.act.Now)
}

func (c *clock) calendar() deadline.Calendar {
	p, _ := c.w.Policy.InForce(c.act.Now)
	return obligation.Calendar(p.Pack)
}

func (f fact) event(starts policy.ClockStart, subject entry.Ref, part string) obligation.Event {
	return obligation.Event{Starts: starts, Subject: subject, Part: part, At: f.first, Seq: f.seq, Grade: f.grade, Source: f.source}
}

func (f fact) deed(starts policy.ClockStart, subject entry.Ref) obligation.Deed {
	return obligation.Deed{Starts: starts, Subject: subject, At: f.last, Seq: f.seq, Grade: f.grade, Source: f.source}
}

func modelRef(id string) entry.Ref { return entry.Ref{Kind: "model", ID: id} }

// adopted begins what is owed again and again, under the version adopted.
func (c *clock) adopted(_ told, f fact) {
	for _, a := range c.w.Policy.Versions() {
		if a.Seq == f.seq {
			evs := obligation.Adoption(a, c.act.Now)
			for i := range evs {
				evs[i].Source = f.source
			}
			c.starts(a, evs...)
		}
	}
}

// assessmentOpened starts the month for a comprehensive assessment, from the day
// on which its trigger fired where that was earlier.
func (c *clock) assessmentOpened(_ told, f fact) {
	a, ok := c.w.Assessment.Assessment(entry.ID("assessment", f.seq))
	if !ok || a.Kind != assessment.Comprehensive {
		return
	}
	if row, ok := c.monthsOver(a.Model); ok {
		f.first = min(f.first, c.calendar().Zone.Start(row.On))
	}
	c.starting(f.event(policy.StartTrigger, modelRef(a.Model), ""))
}

// monthsOver gives the trigger of months that has fired for a model since its own
// last assessment. Those of another model say nothing about a date of this one.
func (c *clock) monthsOver(id string) (assessment.Row, bool) {
	see, err := c.w.AssessmentSee(c.act.Now)
	if _, ok := c.w.Assessment.LastComprehensive(id); !ok || err != nil {
		return assessment.Row{}, false
	}
	for _, row := range c.w.Assessment.Due(id, nil, see, c.act.Now) {
		if row.Kind == policy.MonthsSince && row.Outcome == model.Fired && row.Starts == policy.Comprehensive {
			return row, true
		}
	}
	return assessment.Row{}, false
}

// assessmentClosed ends the wait for the next comprehensive assessment and begins
// another. One that was older than the last changes nothing.
func (c *clock) assessmentClosed(t told, f fact) {
	a, ok := c.w.Assessment.Assessment(t.Data.Assessment)
	if !ok || a.Kind != assessment.Comprehensive || !a.Done() {
		return
	}
	if last, _ := c.w.Assessment.LastComprehensive(a.Model); last.ID != a.ID {
		return
	}
	c.deeds = append(c.deeds, f.deed(policy.StartAssessment, modelRef(a.Model)))
	c.starting(f.event(policy.StartAssessment, modelRef(a.Model), ""))
}

func (c *clock) approved(t told, f fact) {
	subject := entry.Ref{Kind: "standard", ID: t.Data.Standard + "/" + t.Data.Facet}
	c.deeds = append(c.deeds, f.deed(policy.StartApproval, subject))
	c.starting(f.event(policy.StartApproval, subject, ""))
}

// decided ends the wait for a determination, and starts what follows from a line
// that was reached, once for each model and line.
func (c *clock) decided(t told, f fact) {
	id := t.Data.Decision
	if id == "" {
		id = entry.ID("decision", f.seq)
	}
	d, err := c.w.Decision.Decision(id)
	if err != nil {
		return
	}
	if d.Status == decision.Reported {
		f.grade = d.File.Grade
	}
	made := f.event(policy.StartDecision, entry.Ref{Kind: "decision", ID: id}, "")
	made.Once = true
	c.starting(made)
	if d.File.Kind != policy.DecideDetermination {
		return
	}
	c.deeds = append(c.deeds, f.deed(policy.StartTrigger, modelRef(d.File.Model)))
	for _, det := range d.File.Determinations {
		c.determined(d.File.Model, det, f)
	}
}

func (c *clock) determined(id string, det decision.Determination, f fact) {
	var evs []obligation.Event
	switch {
	case det.Outcome == decision.CheckpointReached:
		p, _ := c.w.Policy.InForce(c.act.Now)
		t, _ := p.Pack.Threshold(det.Threshold)
		ev := f.event(policy.StartReached, modelRef(id), det.Threshold)
		ev.Rules = append([]string{}, t.OnReach...)
		evs = append(evs, ev)
	case det.Outcome.Demands():
		for _, starts := range []policy.ClockStart{policy.StartUpgrade, policy.StartNeedsMore, policy.StartTrainingNext} {
			evs = append(evs, f.event(starts, modelRef(id), det.Threshold))
		}
	}
	for _, ev := range evs {
		ev.Once = true
		c.starting(ev)
	}
}

// deployed starts what a deployment to others asks for, once for each model and
// environment.
func (c *clock) deployed(t told, f fact) {
	p, _ := c.w.Policy.InForce(c.act.Now)
	inside, ok := p.Pack.Action("internal_deploy")
	if ok && inside.Environment == t.Data.Environment {
		return
	}
	ev := f.event(policy.StartDeployment, modelRef(t.Data.Model), t.Data.Environment)
	ev.Once = true
	c.starting(ev)
}

func (c *clock) rated(t told, f fact) {
	if finding.Rating(t.Data.Rating) != finding.Material {
		return
	}
	ev := f.event(policy.StartNoncompl, entry.Ref{Kind: "finding", ID: t.Data.Finding}, "")
	ev.Once = true
	c.starting(ev)
}

func office(role string) entry.Ref { return entry.Ref{Kind: "office", ID: role} }

// vacated counts from when the office was empty, which is before anybody wrote
// down that an acting holder's time is over.
func (c *clock) vacated(t told, f fact) {
	if o := c.w.Access.Office(t.Data.Role, c.act.Now); o.Vacant {
		f.first = min(f.first, o.Since)
	}
	c.starting(f.event(policy.StartVacancy, office(t.Data.Role), ""))
}

// filled ends a vacancy when it is recorded, also where a source dates it earlier:
// until then nobody here knew that the office was filled.
func (c *clock) filled(t told, f fact) {
	f.last = c.act.Now
	c.deeds = append(c.deeds, f.deed(policy.StartVacancy, office(t.Data.Role)))
}

// completed begins anew what is owed again and again, from when it was done.
func (c *clock) completed(t told, f fact) {
	d, err := c.w.Obligation.Duty(t.Data.Duty)
	p, ok := c.w.Policy.InForce(c.act.Now)
	if err != nil || !ok || d.Done == nil || !d.Recurring {
		return
	}
	switch d.Starts {
	case policy.StartLast:
		f.first = d.Done.DoneAt
		ev := f.event(policy.StartLast, d.Subject, d.Part)
		ev.Rules = []string{d.Rule}
		c.starts(p, ev)
	case policy.StartQuarterEnd:
		c.starts(p, obligation.Quarters(p, c.act.Now)...)
	}
}
