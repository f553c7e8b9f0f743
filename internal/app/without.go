// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/world"
)

// Supposition is what would be if the thing were withdrawn. It is hypothetical:
// nothing of it is recorded, and it is no verdict.
type Supposition struct {
	// Asked tells that it could be worked out; WhyNot says why not.
	Asked  bool
	WhyNot string
	// Lost are the things that count now and would not.
	Lost []string
	// Verdicts are the questions that the gate answers otherwise then.
	Verdicts []VerdictChange
	// Questions counts those that were asked, and Unasked those that were left
	// out because there are too many.
	Questions, Unasked int
}

// VerdictChange is one question that the gate answers otherwise. Because gives
// the first reasons for which it would be held.
type VerdictChange struct {
	Ask       gate.Ask
	Now, Then gate.Outcome
	Because   []string
}

// mostQuestions bounds how many questions are put to the gate twice.
const mostQuestions = 60

func suppose(w world.World, t subject, now int64) Supposition {
	if !t.Stands {
		return Supposition{WhyNot: "it does not stand as it is: " + t.State}
	}
	then, why := without(w, t, now)
	if why != "" {
		return Supposition{WhyNot: why}
	}
	s := Supposition{Asked: true}
	s.Lost = lost(t.Hangings, then, now)
	asks := questions(w, t, now)
	if n := len(asks) - mostQuestions; n > 0 {
		s.Unasked, asks = n, asks[:mostQuestions]
	}
	s.Questions = len(asks)
	before, later := w.Facts(), then.Facts()
	told := map[gate.Ask]bool{}
	for _, ask := range asks {
		a, b := gate.Evaluate(before, ask, now), gate.Evaluate(later, ask, now)
		if a.Outcome == b.Outcome || told[a.Ask] {
			continue // a clearance may ask in full what another question leaves to the policy
		}
		told[a.Ask] = true
		c := VerdictChange{Ask: a.Ask, Now: a.Outcome, Then: b.Outcome}
		for _, r := range b.HeldBecause() {
			c.Because = append(c.Because, r.Reason)
		}
		s.Verdicts = append(s.Verdicts, c)
	}
	return s
}

// lost lists what counts now and would not then. A clearance that was issued stays
// valid until it is revoked or expires, whatever the gate says.
func lost(h Hangings, then world.World, now int64) []string {
	var ids []string
	see := func(list []Hanging, counts func(id string) bool) {
		for _, x := range list {
			if x.Counts && !counts(x.ID) {
				ids = append(ids, x.ID)
			}
		}
	}
	see(h.Findings, func(id string) bool {
		f, ok := then.Assessment.Finding(id)
		return ok && findingHanging(then, f).Counts
	})
	see(h.Reports, func(id string) bool {
		r, ok := then.Safeguard.Report(id)
		return ok && len(r.Lost) == 0
	})
	basis := then.DecisionBasis()
	see(h.Decisions, func(id string) bool { return len(then.Decision.Problems(id, basis, now)) == 0 })
	stand := map[string]bool{}
	for a := range then.Safeguard.AllApprovals() {
		if slices.ContainsFunc(h.Approvals, func(x Hanging) bool { return x.ID == a.ID }) {
			stand[a.ID], _ = approvalStands(then, a, now)
		}
	}
	for _, m := range then.Safeguard.Interims() {
		stand[m.ID] = interimHanging(then, m, now).Counts
	}
	see(h.Approvals, func(id string) bool { return stand[id] })
	return ids
}

// questions are those of the valid clearances that hang on the thing, then every
// action of the policy for the models that it concerns.
func questions(w world.World, t subject, now int64) []gate.Ask {
	var asks []gate.Ask
	seen := map[gate.Ask]bool{}
	add := func(ask gate.Ask) {
		if !seen[ask] {
			seen[ask], asks = true, append(asks, ask)
		}
	}
	for _, h := range t.Clearances {
		if c, err := w.Gate.Clearance(h.ID); err == nil && h.Counts {
			add(c.Ask)
		}
	}
	p, ok := w.Policy.InForce(now)
	if !ok {
		return asks
	}
	for _, m := range concerned(w, t) {
		for _, a := range p.Pack.Actions {
			add(gate.Ask{Model: m, Action: a.ID})
		}
	}
	return asks
}

// concerned lists the models that the thing and what hangs on it are about. An
// approval of safeguards is for every model that it does not leave out, so those
// are added about which people determined something, the newest first.
func concerned(w world.World, t subject) []string {
	var models []string
	seen := map[string]bool{"": true, gate.EveryModel: true}
	add := func(m string) {
		if !seen[m] {
			seen[m], models = true, append(models, m)
		}
	}
	for _, m := range t.models {
		add(m)
	}
	for _, list := range [][]Hanging{t.Decisions, t.Clearances} {
		for _, h := range list {
			add(h.Model)
		}
	}
	if len(t.Approvals) > 0 || t.Kind == "approval" {
		for _, d := range slices.Backward(w.Decision.All()) {
			if d.File.Kind == policy.DecideDetermination {
				add(d.File.Model)
			}
		}
	}
	return models
}

// without gives the world as it would be without the thing, or why that cannot
// be told. Evidence that is withdrawn takes with it what was found on it.
func without(w world.World, t subject, now int64) (world.World, string) {
	switch t.Kind {
	case "finding", "judgement":
		return withoutFindings(w, []string{t.ID}, now)
	case "run", "result":
		var on []string
		for _, f := range t.Findings {
			if f.Counts {
				on = append(on, f.ID)
			}
		}
		return withoutFindings(w, on, now)
	case "safeguard-evidence":
		drafts, err := w.Safeguard.WithdrawEvidence(t.ID, "supposed", entry.Provenance{})
		return supposed(w, drafts, err, now)
	case "report":
		w.Safeguard = w.Safeguard.Doubting(t.ID)
		return w, ""
	case "decision":
		w.Decision = w.Decision.Without(t.ID)
		return w, ""
	case "interim":
		m, err := w.Safeguard.Interim(t.ID)
		w.Decision = w.Decision.Without(m.Decision)
		return supposed(w, nil, err, now)
	}
	return withoutApproval(w, t.ID, now)
}

func withoutFindings(w world.World, ids []string, now int64) (world.World, string) {
	for _, id := range ids {
		drafts, err := w.Assessment.Withdraw(assessment.WithdrawInput{Withdrawn: assessment.Withdrawn{Finding: id, Reason: "supposed"}})
		var why string
		if w, why = supposed(w, drafts, err, now); why != "" {
			return w, why
		}
	}
	return w, ""
}

func supposed(w world.World, drafts []entry.Draft, err error, now int64) (world.World, string) {
	if err == nil {
		w, err = w.Pretend(drafts, entry.Act{Actor: access.Operator, Seq: w.Seq, Now: now})
	}
	if err != nil {
		return w, err.Error()
	}
	return w, ""
}

// withoutApproval doubts the report that an approval rests on. One without a
// report is the last word on its facet, or not told apart from those that are.
func withoutApproval(w world.World, id string, now int64) (world.World, string) {
	for a := range w.Safeguard.AllApprovals() {
		if a.ID != id {
			continue
		}
		if a.Report != "" {
			w.Safeguard = w.Safeguard.Doubting(a.Report)
			return w, ""
		}
		if all := w.Safeguard.Approvals(a.Standard, a.Facet); all[len(all)-1].ID != id {
			return w, "a later approval of the same standard is recorded, and a withdrawal would end that one too"
		}
		drafts, err := w.Safeguard.Withdraw(safeguard.WithdrawInput{Standard: a.Standard, Facet: a.Facet, Reason: "supposed", By: access.Operator})
		return supposed(w, drafts, err, now)
	}
	return w, "there is no such approval"
}
