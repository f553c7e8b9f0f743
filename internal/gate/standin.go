// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/rule"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

// StandIn is something that a verdict relies on for a while: a baseline, or
// interim measures for a standard's facet. Until is its last day.
type StandIn struct {
	Decision string
	Until    deadline.Day
	// Interim, Standard and Facet are of interim measures; "" for a baseline.
	Interim  string
	Standard string
	Facet    policy.FacetKind
}

// String says what stands in for what, and until when.
func (s StandIn) String() string {
	if s.Interim == "" {
		return fmt.Sprintf("baseline %s, until %s", s.Decision, s.Until)
	}
	return fmt.Sprintf("%s (%s) stands in for %s until %s", s.Interim, s.Decision, standardName(s.Standard, s.Facet), s.Until)
}

func (e *evaluation) relyOn(s StandIn) {
	if !slices.Contains(e.v.StandIns, s) {
		// An earlier list may be put back, so it is not written to.
		e.v.StandIns = append(slices.Clone(e.v.StandIns), s)
	}
}

// outlives refuses a life that goes on when something that the verdict relies on
// has ended.
func outlives(v Verdict, life int64) error {
	for _, s := range v.StandIns {
		if v.Now+life > s.Until.End() {
			return fault.Conflictf("the answer rests on a %s, and a clearance does not outlive it", s).
				Hinted("ask for a clearance that ends by %s", rfc3339(s.Until.End()))
		}
	}
	return nil
}

// baselines gives those that stand and whose scope includes what is asked.
func (e *evaluation) baselines() []decision.Decision {
	return slices.DeleteFunc(e.facts.Decision.Baselines(), func(d decision.Decision) bool {
		return !e.inScope(d) || len(e.facts.Decision.Problems(d.File.ID, e.facts.Basis(), e.now)) > 0
	})
}

func (e *evaluation) inScope(d decision.Decision) bool {
	return d.File.Baseline.Covers(e.v.Ask.Model, e.v.Ask.Action, e.v.Ask.Environment)
}

// restsOnBaseline says of a condition that rests on a baseline that it does; "" for
// every other decision.
func (e *evaluation) restsOnBaseline(d decision.Decision) string {
	if !d.IsBaseline() {
		return ""
	}
	s := StandIn{Decision: d.File.ID, Until: d.File.Baseline.Expires}
	e.relyOn(s)
	return s.String()
}

// unfitBaseline lists why a baseline does not answer this question: it speaks of
// other models, actions or environments, or the record speaks against it.
func (e *evaluation) unfitBaseline(subject string, a answer) []decision.Problem {
	d := a.decision
	if !d.IsBaseline() {
		return nil
	}
	ps := e.outOfScope(d)
	for _, name := range append(e.facts.Model.Ancestors(subject), subject) {
		ps = append(ps, e.facts.Decision.Against(d.File, name, a.threshold, e.facts.Basis())...)
	}
	return ps
}

func (e *evaluation) outOfScope(d decision.Decision) []decision.Problem {
	if e.inScope(d) {
		return nil
	}
	b := d.File.Baseline
	return []decision.Problem{{Status: rule.CannotTell, Entries: []int64{d.Seq}, Reason: fmt.Sprintf("the baseline %s speaks of %s of %s in %s only",
		d.File.ID, strings.Join(b.Actions, ", "), strings.Join(b.Models, ", "), strings.Join(b.Environments, ", "))}}
}

// ofBaseline lists why an approval that a baseline took over does not count: an
// approval knows no actions, and is renewed, which a baseline is not.
func (e *evaluation) ofBaseline(st safeguard.Standing) []decision.Problem {
	d, err := e.facts.Decision.Decision(st.Decision)
	if err != nil || !d.IsBaseline() || st.Status != safeguard.InForce && st.Status != safeguard.Lapsed {
		return nil
	}
	return append(e.outOfScope(d), e.facts.Decision.Problems(d.File.ID, e.facts.Basis(), e.now)...)
}

// standIn gives interim measures that stand in for a standard that is not in
// force, or else the reasons why those that there are do not.
func (e *evaluation) standIn(c rule.Condition, req policy.Requirement, missing rule.Result) rule.Result {
	name := standardName(req.Standard, req.Facet)
	ask := safeguard.Ask{Standard: req.Standard, Facet: string(req.Facet), Model: e.v.Ask.Model, Environment: e.v.Ask.Environment}
	for _, m := range e.facts.Safeguard.InterimAt(ask, e.now) {
		ps := e.facts.Decision.Problems(m.Decision, e.facts.Basis(), e.now)
		d, err := e.facts.Decision.Decision(m.Decision)
		switch {
		case err != nil:
			ps = append(ps, decision.Problem{Reason: m.Decision + " is not there"})
		case e.changedSince(d, req):
			ps = append(ps, decision.Problem{Reason: fmt.Sprintf("it is as good as what %s asked for, and the criteria are others now", d.File.Policy.Ref)})
		}
		if len(ps) > 0 {
			missing.Reason += fmt.Sprintf(", and %s does not stand in for it: %s", m.ID, ps[0].Reason)
			missing.Entries = append(slices.Clip(missing.Entries), m.Seq)
			continue
		}
		entries := append(slices.Clone(missing.Entries), m.Seq, d.EffectSeq)
		r := e.floored(rule.New(c, rule.Met, min(m.Grade, d.File.Grade),
			fmt.Sprintf("%s is not in force; %s stands in for it until %s (%s)", name, m.ID, m.Expires, m.Decision), entries...))
		if r.Status != rule.Met {
			return r
		}
		e.relyOn(StandIn{Decision: m.Decision, Until: m.Expires, Interim: m.ID, Standard: req.Standard, Facet: req.Facet})
		for _, one := range m.Measures {
			e.v.Limitations = append(e.v.Limitations, fmt.Sprintf("%s: %s: %s", m.ID, strings.ReplaceAll(one.Kind, "_", " "), one.Text))
		}
		return r
	}
	return e.formerly(req, missing)
}

// formerly says of the last interim measures why they stand in no longer.
func (e *evaluation) formerly(req policy.Requirement, missing rule.Result) rule.Result {
	past := e.facts.Safeguard.InterimsFor(req.Standard, string(req.Facet), []string{e.v.Ask.Model}, []string{e.v.Ask.Environment})
	if len(past) == 0 {
		return missing
	}
	last := past[len(past)-1]
	if why := e.facts.Safeguard.Over(last, e.now); why != "" && last.Ended != safeguard.Replaced {
		missing.Reason += fmt.Sprintf(", and %s stands in for it no longer: %s", last.ID, why)
		missing.Entries = append(slices.Clip(missing.Entries), last.Seq)
	}
	return missing
}
