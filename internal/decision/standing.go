// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/rule"
)

// Basis is what a reader needs besides the decisions themselves to tell whether
// one still counts.
type Basis struct {
	Evidence   evidence.State
	Assessment assessment.State
	Review     review.State
}

// Problem is a reason why a decision does not count now. Status is NotMet where
// that is known, CannotTell where a fact is missing.
type Problem struct {
	Status  rule.Status
	Reason  string
	Entries []int64
}

// Latest gives the newest determination of a threshold for a model, whether it
// counts or not. A newer one hides an older one for good, also when it is void:
// an old answer does not come back by itself.
func (s State) Latest(model, threshold string) (Decision, Determination, bool) {
	prefix := determinedKey(model, threshold)
	var id string
	for key, v := range s.determined.From(prefix) {
		if !strings.HasPrefix(key, prefix) {
			break
		}
		id = v
	}
	d, ok := s.decisions.Get(id)
	if !ok {
		return Decision{}, Determination{}, false
	}
	for _, det := range d.File.Determinations {
		if det.Threshold == threshold {
			return d, det, true
		}
	}
	return Decision{}, Determination{}, false
}

// Problems lists why a decision does not count at now; none means it counts.
func (s State) Problems(id string, b Basis, now int64) []Problem {
	d, ok := s.decisions.Get(id)
	if !ok {
		return []Problem{{rule.CannotTell, fmt.Sprintf("decision %s is not there", id), nil}}
	}
	switch d.Status {
	case Proposed:
		return []Problem{{rule.NotMet, fmt.Sprintf("decision %s is proposed and not in effect", id), []int64{d.Seq}}}
	case Void:
		return []Problem{{rule.NotMet, fmt.Sprintf("decision %s is void: %s", id, d.Reason), []int64{d.Seq}}}
	}
	return slices.Concat(d.dates(now), d.conditions(now), d.lapses(), d.changed(b), d.challenged(b))
}

func (d Decision) dates(now int64) []Problem {
	var ps []Problem
	if day := d.File.ReviewBy; day != "" && day.Over(now) {
		ps = append(ps, Problem{rule.CannotTell, fmt.Sprintf("decision %s was to be reviewed by %s", d.File.ID, day), []int64{d.EffectSeq}})
	}
	for _, l := range d.File.LapsesOn {
		if l.Day != "" && l.Day.Over(now) {
			ps = append(ps, Problem{rule.NotMet, fmt.Sprintf("decision %s lapsed after %s: %s", d.File.ID, l.Day, l.Text), []int64{d.EffectSeq}})
		}
	}
	return ps
}

func (d Decision) conditions(now int64) []Problem {
	if d.Status == Reported {
		return nil // a reported decision is one attested fact; its conditions are shown, not tracked
	}
	var ps []Problem
	for _, c := range d.File.Conditions {
		a, ok := d.attestation(c.ID)
		switch {
		case !ok:
			ps = append(ps, Problem{rule.CannotTell, fmt.Sprintf("nobody attested that the condition %q of decision %s is met: %s", c.ID, d.File.ID, c.Text), []int64{d.EffectSeq}})
		case !a.Met:
			ps = append(ps, Problem{rule.NotMet, fmt.Sprintf("the condition %q of decision %s is not met: %s", c.ID, d.File.ID, c.Text), []int64{a.Seq}})
		case a.Until != "" && a.Until.Over(now):
			ps = append(ps, Problem{rule.CannotTell, fmt.Sprintf("that the condition %q of decision %s is met was attested until %s only", c.ID, d.File.ID, a.Until), []int64{a.Seq}})
		}
	}
	return ps
}

func (d Decision) lapses() []Problem {
	var ps []Problem
	for _, l := range d.File.LapsesOn {
		if a, ok := d.attestation(l.ID); ok && a.Met {
			ps = append(ps, Problem{rule.NotMet, fmt.Sprintf("decision %s lapsed: %s", d.File.ID, l.Text), []int64{a.Seq}})
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
			ps = append(ps, Problem{rule.CannotTell, fmt.Sprintf("decision %s rests on %s, which was %s later", d.File.ID, p.Ref.ID, why), []int64{d.EffectSeq, seq}})
		}
	}
	return ps
}

func (d Decision) challenged(b Basis) []Problem {
	var ps []Problem
	for _, r := range b.Review.Open("decision", d.File.ID) {
		if r.Blocking {
			ps = append(ps, Problem{rule.CannotTell, fmt.Sprintf("a blocking %s of decision %s is unanswered", r.Kind, d.File.ID), []int64{r.Seq}})
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
