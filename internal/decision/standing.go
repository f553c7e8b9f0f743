// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/rule"
)

// Basis is what a reader needs besides the decisions themselves to tell whether
// one still counts.
type Basis struct {
	Policy     policy.State
	Model      model.State
	Evidence   evidence.State
	Assessment assessment.State
	Review     review.State
	// Rules is the journal's rules number.
	Rules int
}

// Problem is a reason why a decision does not count now. Status is NotMet where
// that is known, CannotTell where a fact is missing.
type Problem struct {
	Status  rule.Status
	Reason  string
	Entries []int64
}

func cannotTell(reason string, seqs ...int64) Problem {
	return Problem{rule.CannotTell, reason, seqs}
}

// Latest gives the determination of a threshold for a model that stands last,
// whether it counts or not. What was decided here stands before what a source
// reports; among either, the one decided last, and of two decided at the same
// moment the one that demands more. A later one hides an earlier one for good,
// also when it is void: an old answer does not come back by itself.
func (s State) Latest(model, threshold string) (Decision, Determination, bool) {
	prefix := determinedKey(model, threshold)
	var last Decision
	var answer Determination
	found := false
	for key, id := range s.determined.From(prefix) {
		if !strings.HasPrefix(key, prefix) {
			break
		}
		d, _ := s.decisions.Get(id)
		det := d.determination(threshold)
		if !found || d.standsAfter(last, det, answer) {
			last, answer, found = d, det, true
		}
	}
	return last, answer, found
}

func (d Decision) determination(threshold string) Determination {
	for _, det := range d.File.Determinations {
		if det.Threshold == threshold {
			return det
		}
	}
	return Determination{}
}

// standsAfter tells whether d, which was recorded later, stands after e.
func (d Decision) standsAfter(e Decision, det, former Determination) bool {
	if here, there := d.Question != "", e.Question != ""; here != there {
		return here
	}
	if d.IsBaseline() != e.IsBaseline() {
		return e.IsBaseline() // what was decided before the journal gives way to what was decided in it
	}
	if d.DecidedAt != e.DecidedAt {
		return d.DecidedAt > e.DecidedAt
	}
	return former.Outcome == RuledOut || det.Outcome != RuledOut || d.Question != ""
}

// Problems lists why a decision does not count at now; none means it counts.
func (s State) Problems(id string, b Basis, now int64) []Problem {
	d, ok := s.decisions.Get(id)
	if !ok {
		return []Problem{{rule.CannotTell, fmt.Sprintf("%s is not there", id), nil}}
	}
	switch d.Status {
	case Proposed:
		return []Problem{{rule.NotMet, fmt.Sprintf("%s is proposed and not in effect", id), []int64{d.Seq}}}
	case Void:
		return []Problem{{rule.NotMet, fmt.Sprintf("%s is void: %s", id, d.Reason), []int64{d.Seq}}}
	}
	return slices.Concat(d.begins(now), d.dates(now), d.conditions(now), d.lapses(), d.changed(b), d.outlived(b), d.challenged(b))
}

// begins tells of a decision that a source dates later than now.
func (d Decision) begins(now int64) []Problem {
	if d.DecidedAt <= now {
		return nil
	}
	return []Problem{{rule.CannotTell, fmt.Sprintf("%s is dated %s, which is still to come", d.File.ID, deadline.DayOf(d.DecidedAt)), []int64{d.EffectSeq}}}
}

func (d Decision) dates(now int64) []Problem {
	var ps []Problem
	if day := d.File.ReviewBy; day != "" && day.Over(now) {
		ps = append(ps, Problem{rule.CannotTell, fmt.Sprintf("%s was to be reviewed by %s", d.File.ID, day), []int64{d.EffectSeq}})
	}
	if b := d.File.Baseline; b != nil && b.Expires.Over(now) {
		ps = append(ps, cannotTell(fmt.Sprintf("the baseline %s ended on %s", d.File.ID, b.Expires), d.EffectSeq))
	}
	if m := d.File.Interim; m != nil && m.Expires.Over(now) {
		ps = append(ps, Problem{rule.NotMet, fmt.Sprintf("the interim measures of %s ended on %s", d.File.ID, m.Expires), []int64{d.EffectSeq}})
	}
	for _, l := range d.File.LapsesOn {
		if l.Day != "" && l.Day.Over(now) {
			ps = append(ps, Problem{rule.NotMet, fmt.Sprintf("%s lapsed after %s: %s", d.File.ID, l.Day, l.Text), []int64{d.EffectSeq}})
		}
	}
	return ps
}

// conditions lists those that are not met, and those that nobody attested. A
// reported decision is one attested fact: its conditions are shown, and only one
// that is known not to be met speaks against it.
func (d Decision) conditions(now int64) []Problem {
	var ps []Problem
	for _, c := range d.File.Conditions {
		a, ok := d.attestation(c.ID)
		switch {
		case ok && !a.Met:
			ps = append(ps, Problem{rule.NotMet, fmt.Sprintf("the condition %q of %s is not met: %s", c.ID, d.File.ID, c.Text), []int64{a.Seq}})
		case d.Status == Reported:
		case !ok:
			ps = append(ps, Problem{rule.CannotTell, fmt.Sprintf("nobody attested that the condition %q of %s is met: %s", c.ID, d.File.ID, c.Text), []int64{d.EffectSeq}})
		case a.Until != "" && a.Until.Over(now):
			ps = append(ps, Problem{rule.CannotTell, fmt.Sprintf("that the condition %q of %s is met was attested until %s only", c.ID, d.File.ID, a.Until), []int64{a.Seq}})
		}
	}
	return ps
}

func (d Decision) lapses() []Problem {
	var ps []Problem
	for _, l := range d.File.LapsesOn {
		if a, ok := d.attestation(l.ID); ok && a.Met {
			ps = append(ps, Problem{rule.NotMet, fmt.Sprintf("%s lapsed: %s", d.File.ID, l.Text), []int64{a.Seq}})
		}
	}
	return ps
}

func (d Decision) attestation(id string) (Attestation, bool) {
	i := slices.IndexFunc(d.Attested, func(a Attestation) bool { return a.Condition == id })
	if i < 0 {
		return Attestation{}, false
	}
	return d.Attested[i], true
}

// changed lists pins that are no longer what was signed (CAP-21).
func (d Decision) changed(b Basis) []Problem {
	var ps []Problem
	for _, p := range d.File.Pins {
		if why, seq, ok := b.changed(p); ok {
			ps = append(ps, Problem{rule.CannotTell, fmt.Sprintf("%s rests on %s, which was %s later", d.File.ID, p.Ref.ID, why), []int64{d.EffectSeq, seq}})
		}
	}
	return ps
}

// challenged lists the blocking reviews that nobody answered: of the decision,
// and of everything that it rests on.
func (d Decision) challenged(b Basis) []Problem {
	var ps []Problem
	for _, ref := range d.restsOn() {
		for _, r := range b.Review.Open(ref.Kind, ref.ID) {
			if r.Blocking {
				ps = append(ps, Problem{rule.CannotTell, fmt.Sprintf("a blocking %s of %s is unanswered", r.Kind, ref.ID), []int64{r.Seq}})
			}
		}
	}
	return ps
}

// restsOn lists the decision and what can be challenged of what it rests on.
func (d Decision) restsOn() []entry.Ref {
	refs := []entry.Ref{{Kind: "decision", ID: d.File.ID}}
	if d.File.Assessment != "" {
		refs = append(refs, entry.Ref{Kind: "assessment", ID: d.File.Assessment})
	}
	for _, p := range d.File.Pins {
		if p.Ref.Kind == "finding" || p.Ref.Kind == "report" {
			refs = append(refs, p.Ref)
		}
	}
	return refs
}

// outlived lists thresholds that the decision rules out although what was
// recorded since then no longer supports that. What a source reports is one fact
// and rests on nothing recorded here.
func (d Decision) outlived(b Basis) []Problem {
	if d.Status != InEffect || d.IsBaseline() {
		return nil // a baseline is asked for each model, by Against
	}
	var ps []Problem
	for _, det := range d.File.Determinations {
		since := b.Assessment.Changed(d.File.Model, det.Threshold)
		if det.Outcome != RuledOut || since < d.EffectSeq {
			continue
		}
		p, err := b.Policy.Find(d.File.Policy.Ref)
		if err != nil {
			return append(ps, Problem{rule.CannotTell, err.Error(), []int64{d.EffectSeq}})
		}
		see := assessment.See{Policy: p.Pack, Model: b.Model, Evidence: b.Evidence, Rules: b.Rules}
		if c := b.Assessment.Coverage(d.File.Model, det.Threshold, see); !c.Supported {
			ps = append(ps, Problem{rule.CannotTell, fmt.Sprintf("what was recorded after %s speaks against %s being ruled out: %s",
				d.File.ID, det.Threshold, join(c.Reasons)), []int64{d.EffectSeq, since}})
		}
	}
	return ps
}

// changed tells whether what a pin names is no longer what was signed.
func (b Basis) changed(p Pin) (why string, seq int64, ok bool) {
	if p.Ref.Kind != "finding" {
		return "", 0, false
	}
	f, found := b.Assessment.Finding(p.Ref.ID)
	if !found {
		return "lost", p.Seq, true
	}
	if f.IsWithdrawn() {
		return "withdrawn", f.Withdrawn.Seq, true
	}
	why, seq = assessment.See{Evidence: b.Evidence}.Stale(f)
	return why, seq, why != ""
}
