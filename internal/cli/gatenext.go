// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/rule"
)

// opens says for what holds a verdict which step would come next, and whose it
// is: of a proposal that waits, for whom it waits; else who would have to begin.
func (t verdictText) opens(held []rule.Result) []string {
	var lines []string
	add := func(line string) {
		if line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	for _, r := range t.apart(held) {
		d, ok := t.pending(r)
		if !ok {
			add(t.begin(r))
			continue
		}
		add(fmt.Sprintf("%s (%s) waits for %s", d.File.ID, or(d.File.Title, string(d.File.Kind)), strings.Join(waitsAt(t.m.View.State, d, t.m.Now), "; ")))
	}
	return lines
}

// apart makes of the one condition about holds one for each hold, since each is
// lifted by itself.
func (t verdictText) apart(held []rule.Result) []rule.Result {
	var all []rule.Result
	for _, r := range held {
		if r.ID != noHold {
			all = append(all, r)
			continue
		}
		for _, h := range t.m.View.State.Gate.Holds() {
			if slices.Contains(r.Entries, h.Seq) {
				all = append(all, rule.Result{Condition: r.Condition, Status: r.Status, Reason: h.ID + " "})
			}
		}
	}
	return all
}

// noHold is the condition that no hold stands.
const noHold = "no_hold"

// pending gives the open proposal that answers a condition.
func (t verdictText) pending(r rule.Result) (decision.Decision, bool) {
	w := t.m.View.State
	for _, d := range w.Decision.Open() {
		if !refused(w, d) && t.answers(d.File, r) {
			return d, true
		}
	}
	return decision.Decision{}, false
}

func (t verdictText) answers(f decision.File, r rule.Result) bool {
	ask := t.v.Ask
	switch f.Kind {
	case policy.DecideDetermination:
		return (f.Model == ask.Model || f.Model == ask.ComparableTo) && slices.ContainsFunc(f.Determinations, func(det decision.Determination) bool {
			return det.Outcome == decision.RuledOut && t.rulesOut(det.Threshold, thresholdOf(r))
		})
	case policy.DecideSafeguards:
		standard, facet, ok := t.demanded(r)
		covers := len(f.Safeguards.Models) == 0 || slices.Contains(f.Safeguards.Models, ask.Model)
		return ok && covers && f.Safeguards.Standard == standard && f.Safeguards.Facet == facet
	case policy.DecideInterim:
		standard, facet, ok := t.demanded(r)
		return ok && f.Interim.Standard == standard && f.Interim.Facet == facet && slices.Contains(f.Interim.Models, ask.Model)
	case policy.DecideBaseline:
		standard, facet, ok := t.demanded(r)
		return f.Baseline.Covers(ask.Model, ask.Action, ask.Environment) && (slices.ContainsFunc(f.Determinations, func(det decision.Determination) bool {
			return det.Outcome == decision.RuledOut && t.rulesOut(det.Threshold, thresholdOf(r))
		}) || ok && slices.ContainsFunc(f.Baseline.Standards, func(s decision.BaselineStandard) bool {
			return s.Standard == standard && s.Facet == facet
		}))
	case policy.DecideLiftHold:
		return r.ID == noHold && r.Reason == f.Hold+" "
	}
	return false
}

// rulesOut tells whether ruling one threshold out rules the other out, by itself
// or along the links of the policy.
func (t verdictText) rulesOut(from, to string) bool {
	return to != "" && (from == to || slices.Contains(alsoRuledOut(t.v.Policy.Pack, from), to))
}

// alsoRuledOut lists what follows from ruling a threshold out, near things first.
func alsoRuledOut(p policy.Pack, from string) []string {
	var out []string
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for _, th := range p.Thresholds {
			by := func(i policy.Implication) bool { return i.From == queue[0] }
			if th.ID != from && !slices.Contains(out, th.ID) && slices.ContainsFunc(p.ImpliedBy(th.ID), by) {
				out, queue = append(out, th.ID), append(queue, th.ID)
			}
		}
	}
	return out
}

// demanded gives the standard and facet that a condition asks for.
func (t verdictText) demanded(r rule.Result) (string, policy.FacetKind, bool) {
	parts := strings.Split(r.ID, ":")
	switch {
	case len(parts) == 4 && parts[0] == "standard":
		return parts[2], policy.FacetKind(parts[3]), true
	case len(parts) == 2 && parts[0] == "baseline":
		for _, req := range t.v.Policy.Pack.BaselineFor(t.v.Ask.Action) {
			if string(req.Facet) == parts[1] {
				return req.Standard, req.Facet, true
			}
		}
	}
	return "", "", false
}

// begin says who would have to begin what, where nothing waits yet.
func (t verdictText) begin(r rule.Result) string {
	if standard, facet, ok := t.demanded(r); ok {
		if std, _ := t.v.Policy.Pack.StandardByID(standard); !std.Defined {
			return fmt.Sprintf("%s has no published criteria, so only a later version of the policy can say how it is met", standard)
		}
		return fmt.Sprintf("a Safeguards Report on %s %s, and its approval %s", standard, facet, t.signed(policy.DecideSafeguards))
	}
	switch {
	case r.ID == noHold:
		hold := strings.TrimSpace(r.Reason)
		return "a decision that lifts " + hold + ", " + t.signed(policy.DecideLiftHold) + ": holdpoint hold lift " + hold
	case strings.HasPrefix(r.ID, gate.OfficePrefix):
		role := strings.TrimPrefix(r.ID, gate.OfficePrefix)
		return fmt.Sprintf("a holder of the office of %s, named by %s: holdpoint office assign %s PERSON --reason TEXT, or for a time holdpoint office act %s PERSON --until DAY --reason TEXT",
			role, appointer(t.v.Policy.Pack, role), role, role)
	case r.ID == "policy":
		return "a policy: holdpoint policy adopt"
	case r.ID == "model":
		return "a model and snapshot that may be used so: holdpoint model add, holdpoint model snapshot"
	case thresholdOf(r) != "":
		return t.determine(thresholdOf(r))
	}
	return ""
}

func (t verdictText) determine(threshold string) string {
	model := or(t.v.Ask.ComparableTo, t.v.Ask.Model)
	by := t.signed(policy.DecideDetermination)
	id := ""
	for _, a := range t.m.View.State.Assessment.Assessments(model) {
		if slices.Contains(a.Thresholds, threshold) {
			id = a.ID
		}
	}
	if id == "" {
		return fmt.Sprintf("an assessment of %s, then a determination %s: holdpoint assessment open %s --trigger KIND:DETAIL", model, by, model)
	}
	return fmt.Sprintf("whatever %s still lacks, then a determination %s: holdpoint assessment show %s", id, by, id)
}

// signed names the signers of a kind of decision.
func (t verdictText) signed(kind policy.DecisionKind) string {
	d, ok := t.v.Policy.Pack.Decision(kind)
	if !ok || len(d.Signers) == 0 {
		return "by the policy's signers"
	}
	return "signed by " + strings.Join(d.Signers, " and ")
}
