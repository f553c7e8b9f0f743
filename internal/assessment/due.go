// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"fmt"
	"slices"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// Row is one trigger of the policy as it stands for a model. Outcome fired means
// that an assessment of the kind Starts is due. On is the day it fires or fired,
// At the effective compute at which it fires; each is "" where it does not
// apply or is not known. Running names an open assessment of that kind.
type Row struct {
	Trigger  string
	Kind     policy.TriggerKind
	Clause   string
	Starts   policy.CycleKind
	Outcome  model.Outcome
	Sentence string
	On       deadline.Day
	At       stats.Decimal
	Ratio    stats.Decimal
	Running  string
	Grade    grade.Grade
	Entries  []int64
}

// Raised says that a determination demands a higher standard of the model, and
// against which thresholds the follow-up assessment has to be (CAP-18).
type Raised struct {
	Threshold string
	Next      []string
	Day       deadline.Day
	Seq       int64
	Grade     grade.Grade
}

// Due tells for each trigger of the policy whether it has fired for a model at
// now (milliseconds since 1970), and when it will: what has fired first, then
// what fires by a date, soonest first, then what cannot be told, then the rest.
// A model that was assessed comprehensively itself is compared with what was
// assessed then, any other with the newest comprehensively assessed model (MOD-2,
// MOD-3). Raised are the determinations that demand more.
func (s State) Due(modelID string, raised []Raised, see See, now int64) []Row {
	var rows []Row
	for _, t := range see.Policy.Triggers {
		row := Row{Trigger: t.ID, Kind: t.Kind, Clause: t.Clause, Starts: t.Starts, Running: s.running(modelID, Kind(t.Starts))}
		switch t.Kind {
		case policy.EffectiveComputeRatio:
			row.read(s.ratio(modelID, stats.Decimal(t.Ratio), see))
		case policy.MonthsSince:
			row.read(s.months(modelID, t.Months, now))
		case policy.Discretion:
			row.read(model.DiscretionTrigger(s.calls(modelID)...))
		case policy.StandardRaised:
			row.read(s.raised(modelID, raised))
		default:
			row.Sentence = "whether this has happened is not recorded here"
		}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return a.urgency() - b.urgency() })
	slices.SortStableFunc(rows, soonest)
	return rows
}

func (r *Row) read(reading model.Reading) {
	r.Outcome, r.Sentence, r.On, r.At = reading.Outcome, reading.Reason, reading.FiresOn, reading.FiresAt
	r.Grade, r.Entries = reading.Grade, reading.Entries
	r.Ratio = reading.Ratio.High
	if r.Ratio == "" {
		r.Ratio = reading.Ratio.Value
	}
}

func (r Row) urgency() int {
	switch {
	case r.Outcome == model.Fired:
		return 0
	case r.Outcome == model.NotFired && r.On != "":
		return 1
	case r.Outcome == model.CannotTell:
		return 2
	}
	return 3
}

func soonest(a, b Row) int {
	if a.urgency() != b.urgency() || a.On == b.On || a.On == "" || b.On == "" {
		return 0
	}
	if a.On < b.On {
		return -1
	}
	return 1
}

// running gives the open assessment of a kind.
func (s State) running(modelID string, kind Kind) string {
	id := ""
	for _, a := range s.Assessments(modelID) {
		if a.Open() && a.Kind == kind {
			id = a.ID
		}
	}
	return id
}

// LastComprehensive gives the newest comprehensive assessment that was closed as
// one that counts; of any model where modelID is "".
func (s State) LastComprehensive(modelID string) (Assessment, bool) {
	var last Assessment
	for _, a := range s.Assessments(modelID) {
		if a.Done() && a.Kind == Comprehensive && (last.ID == "" || a.ClosedBy.Day >= last.ClosedBy.Day) {
			last = a
		}
	}
	return last, last.ID != ""
}

// ratio compares the model's estimates with those of the model last assessed,
// the smallest of them, which fires soonest. Nobody assessed is cannot tell.
func (s State) ratio(modelID string, at stats.Decimal, see See) model.Reading {
	last, ok := s.LastComprehensive(modelID)
	if !ok {
		last, ok = s.LastComprehensive("")
	}
	if !ok {
		return model.Reading{Reason: "no model has had a comprehensive assessment, so there is nothing to compare with"}
	}
	var base model.Estimate
	for _, e := range assessedEstimates(last, see) {
		if base.Unit == "" || e.Unit == base.Unit && e.Reference == base.Reference && lower(e, base) {
			base = e
		}
	}
	r := model.RatioTrigger(see.Model.Estimates(modelID), base, at)
	r.Entries = append(slices.Clone(r.Entries), last.ClosedBy.Seq)
	slices.Sort(r.Entries)
	return r
}

func lower(a, b model.Estimate) bool {
	low := func(e model.Estimate) stats.Decimal {
		if e.Low == "" {
			return e.Value
		}
		return e.Low
	}
	return low(a).Cmp(low(b)) < 0
}

// assessedEstimates gives the estimates of the snapshots that were assessed, or
// the model's where none of those has one.
func assessedEstimates(a Assessment, see See) []model.Estimate {
	var found []model.Estimate
	for _, id := range a.Snapshots {
		if e, ok := see.Model.Estimate(a.Model, id); ok {
			found = append(found, e)
		}
	}
	if len(found) > 0 {
		return found
	}
	if e, ok := see.Model.Estimate(a.Model, ""); ok {
		return []model.Estimate{e}
	}
	return see.Model.Estimates(a.Model)
}

// months counts from the model's own last comprehensive assessment, or from
// that of the model last assessed.
func (s State) months(modelID string, months int, now int64) model.Reading {
	last, ok := s.LastComprehensive(modelID)
	if !ok {
		last, ok = s.LastComprehensive("")
	}
	if !ok {
		return model.Reading{Reason: "no model has had a comprehensive assessment, so no months are counted"}
	}
	r := model.MonthsTrigger(last.ClosedBy.Day, months, now)
	if last.Model != modelID {
		r.Reason += fmt.Sprintf(" (counted from the assessment of %s)", last.Model)
	}
	r.Grade = min(r.Grade, last.ClosedBy.Grade)
	r.Entries = []int64{last.ClosedBy.Seq}
	return r
}

// calls are the comprehensive assessments that were opened at discretion and
// are still going on (MOD-4).
func (s State) calls(modelID string) []model.Call {
	var calls []model.Call
	for _, a := range s.Assessments(modelID) {
		if a.Open() && a.Trigger.Kind == string(policy.Discretion) {
			calls = append(calls, model.Call{By: "whoever has the discretion", Why: a.Trigger.Detail, Seq: a.Seq, Grade: a.Grade})
		}
	}
	return calls
}

// raised asks for a follow-up assessment against the next thresholds since a
// standard was raised (CAP-18).
func (s State) raised(modelID string, raised []Raised) model.Reading {
	r := model.Reading{Outcome: model.NotFired, Grade: grade.Recomputed, Reason: "no determination demands more of this model"}
	for _, up := range raised {
		r.Entries = append(r.Entries, up.Seq)
		r.Grade = min(r.Grade, up.Grade)
		for _, next := range up.Next {
			a, ok := s.Assessed(modelID, next)
			if ok && a.ClosedBy.Day >= up.Day {
				r.Entries = append(r.Entries, a.ClosedBy.Seq)
				if r.Outcome == model.NotFired {
					r.Reason = fmt.Sprintf("the follow-up assessment against %s was closed on %s", next, a.ClosedBy.Day)
				}
				continue
			}
			r.Outcome, r.FiresOn = model.Fired, up.Day
			r.Reason = fmt.Sprintf("%s demands more of the model since %s, and no follow-up assessment against %s is closed", up.Threshold, up.Day, next)
		}
	}
	slices.Sort(r.Entries)
	r.Entries = slices.Compact(r.Entries)
	return r
}
