// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/rule"
)

func (f Facts) basis() decision.Basis {
	return decision.Basis{Evidence: f.Evidence, Assessment: f.Assessment, Review: f.Review}
}

// thresholdPrefix begins the id of the condition about a threshold. Its first
// child asks whether the threshold is ruled out, its second for the safeguards.
const thresholdPrefix = "threshold:"

// thresholds gives one condition for each threshold that gates the action
// (GAT-1 and GAT-2).
func (e *evaluation) thresholds() []rule.Result {
	var rs []rule.Result
	for _, t := range e.pack.Gating(e.v.Ask.Action) {
		rs = append(rs, e.threshold(t))
	}
	return rs
}

// threshold is met when the threshold is ruled out, or when the safeguards it
// demands are in force and the next thresholds are ruled out.
func (e *evaluation) threshold(t policy.Threshold) rule.Result {
	c := rule.Condition{ID: thresholdPrefix + t.ID, Clause: t.Clause, Basis: rule.Basis(t.Basis)}
	a := e.answer(t)
	out := e.ruledOut(t, a)
	if out.Status == rule.Met {
		return rule.Any(c, t.Title+": ruled out", out)
	}
	if a.found && a.demands && a.decision.File.Grade >= e.v.Ask.Floor {
		return rule.Any(c, fmt.Sprintf("%s: determined as %s", t.Title, words(a.outcome)), out, e.safeguarded(t))
	}
	// Nobody determined that the threshold is crossed: what follows from that
	// is not known to be missing, and not known to be enough either. It adds
	// nothing to what the verdict requires or relies on.
	before := e.v
	safe := unshown(e.safeguarded(t))
	e.v = before
	return rule.Any(c, t.Title+": neither ruled out nor determined as crossed", out, safe)
}

// unshown turns every value below it into cannot tell.
func unshown(r rule.Result) rule.Result {
	r.Status = rule.CannotTell
	if len(r.Children) == 0 {
		r.Reason += " (required only because the threshold is unshown)"
	}
	for i := range r.Children {
		r.Children[i] = unshown(r.Children[i])
	}
	return r
}

// safeguarded asks for every standard that the threshold demands for the
// action, and for the follow-up against the next thresholds (CAP-18).
func (e *evaluation) safeguarded(t policy.Threshold) rule.Result {
	c := rule.Condition{ID: "safeguards:" + t.ID, Clause: t.Clause, Basis: rule.Basis(t.Basis)}
	var rs []rule.Result
	for _, req := range e.pack.Effects(t.ID, e.v.Ask.Action) {
		e.demand(req, t.ID)
		rs = append(rs, e.standard(fmt.Sprintf("standard:%s:%s:%s", t.ID, req.Standard, req.Facet), req))
	}
	for _, next := range e.pack.Next(t.ID) {
		r := e.ruledOut(next, e.answer(next))
		r.ID = "follow_up:" + next.ID
		rs = append(rs, r)
	}
	return rule.All(c, "the required safeguards of "+t.ID+" are in force and the next thresholds are ruled out", rs...)
}

// answer is what people determined about a threshold, directly or as carried.
type answer struct {
	found    bool
	decision decision.Decision
	outcome  decision.Outcome
	// threshold is the one that was determined.
	threshold string
	carried   *Carried
	demands   bool
}

// answer finds the determination that counts for a threshold: the model's own
// newest one, else one carried from a former version, else one implied by
// another threshold, else the base model's where the model inherits (MOD-5).
func (e *evaluation) answer(t policy.Threshold) answer {
	if a, ok := e.determined(e.subject, t.ID, nil); ok {
		return a
	}
	inherits := e.facts.Model.Inherits(e.subject)
	if inherits.Holds {
		if a, ok := e.determined(inherits.Base, t.ID, nil); ok {
			if a.carried == nil {
				a.carried = &Carried{Threshold: t.ID, From: a.threshold, Under: a.decision.File.Policy.Ref, Rule: "inherited from " + inherits.Base, Basis: policy.Reading, Decision: a.decision.File.ID}
			}
			return a
		}
	}
	return answer{}
}

// determined looks for a determination about a model and a threshold of the
// version in force. The path guards against links that lead in a circle.
func (e *evaluation) determined(model, threshold string, path []string) (answer, bool) {
	if slices.Contains(path, threshold) {
		return answer{}, false
	}
	if a, ok := e.direct(model, threshold); ok {
		return a, true
	}
	if a, ok := e.carriedOver(model, threshold); ok {
		return a, true
	}
	for _, l := range e.pack.ImpliedBy(threshold) {
		a, ok := e.determined(model, l.From, append(path, threshold))
		if !ok || a.outcome != decision.RuledOut {
			continue
		}
		a.carried = &Carried{
			Threshold: threshold, From: a.threshold, Under: a.decision.File.Policy.Ref,
			Rule: string(l.Rule), Basis: l.Basis, Decision: a.decision.File.ID,
		}
		return a, true
	}
	return answer{}, false
}

// direct gives the newest determination made under the version in force.
func (e *evaluation) direct(model, threshold string) (answer, bool) {
	d, det, ok := e.facts.Decision.Latest(model, threshold)
	if !ok || d.File.Policy.Ref != e.v.Policy.Ref() {
		return answer{}, false
	}
	return newAnswer(d, det), true
}

func newAnswer(d decision.Decision, det decision.Determination) answer {
	return answer{found: true, decision: d, outcome: det.Outcome, threshold: det.Threshold, demands: det.Outcome.Demands()}
}

// carriedOver follows the versions from the one in force back to the first, and
// gives the newest determination that they hand on to the threshold.
func (e *evaluation) carriedOver(model, threshold string) (answer, bool) {
	versions := e.facts.Policy.Versions()
	i := slices.IndexFunc(versions, func(a policy.Adopted) bool { return a.Seq == e.v.Policy.Seq })
	if i < 1 {
		return answer{}, false
	}
	return e.handedOn(model, threshold, versions[:i+1])
}

// handedOn looks through what the last of versions takes over from the one
// before it.
func (e *evaluation) handedOn(model, threshold string, versions []policy.Adopted) (answer, bool) {
	last, former := versions[len(versions)-1], versions[len(versions)-2]
	var best answer
	for _, c := range last.Carries {
		if c.To != threshold {
			continue
		}
		a, ok := e.under(model, c.From, former, versions[:len(versions)-1])
		if !ok || (c.RuledOutOnly && a.outcome != decision.RuledOut) {
			continue
		}
		if best.found && a.decision.EffectSeq <= best.decision.EffectSeq {
			continue
		}
		a.carried = &Carried{
			Threshold: threshold, From: a.threshold, Under: a.decision.File.Policy.Ref,
			Rule: carryRule(a.carried, c), Basis: weaker(a.carried, c.Basis), Decision: a.decision.File.ID,
		}
		best = a
	}
	return best, best.found
}

// under gives a determination made under a former version, or one that was
// already handed on to it.
func (e *evaluation) under(model, threshold string, former policy.Adopted, versions []policy.Adopted) (answer, bool) {
	if d, det, ok := e.facts.Decision.Latest(model, threshold); ok && d.File.Policy.Ref == former.Ref() {
		return newAnswer(d, det), true
	}
	if len(versions) < 2 {
		return answer{}, false
	}
	return e.handedOn(model, threshold, versions)
}

// carryRule names the strongest step on the way: an unchanged threshold adds
// nothing to how an earlier step carried it.
func carryRule(before *Carried, c policy.Carry) string {
	if before != nil && c.Rule == policy.CarryUnchanged {
		return before.Rule
	}
	return string(c.Rule)
}

func weaker(before *Carried, b policy.Basis) policy.Basis {
	order := []policy.Basis{policy.Text, policy.Reading, policy.House}
	if before == nil {
		return b
	}
	return order[max(slices.Index(order, before.Basis), slices.Index(order, b))]
}

// ruledOut is met when the answer rules the threshold out, still counts, and
// speaks of the snapshot asked about.
func (e *evaluation) ruledOut(t policy.Threshold, a answer) rule.Result {
	c := rule.Condition{ID: "ruled_out:" + t.ID, Clause: t.Clause, Basis: rule.Basis(t.Basis)}
	if !a.found {
		return rule.New(c, rule.CannotTell, grade.Unknown, e.unshownReason(t))
	}
	if a.carried != nil {
		c.Basis = rule.Basis(a.carried.Basis)
	}
	f := a.decision.File
	entries := []int64{a.decision.Seq, a.decision.EffectSeq}
	if ps := e.problems(a); len(ps) > 0 {
		return problem(c, t.ID+" is not shown to be ruled out", ps, f.Grade)
	}
	if f.Grade < e.v.Ask.Floor {
		return rule.New(c, rule.CannotTell, f.Grade, fmt.Sprintf("%s; what %s says about it is %s only, and at least %s is asked for",
			e.unshownReason(t), f.ID, f.Grade, e.v.Ask.Floor), entries...)
	}
	if a.outcome != decision.RuledOut {
		return rule.New(c, rule.NotMet, f.Grade, fmt.Sprintf("%s was determined as %s (%s)", t.ID, words(a.outcome), f.ID), entries...)
	}
	reason := fmt.Sprintf("%s is ruled out (%s)", t.ID, f.ID)
	if a.carried != nil {
		e.carry(*a.carried)
		reason = fmt.Sprintf("%s is ruled out: carried from %s of %s by %s (%s)", t.ID, a.carried.From, a.carried.Under, a.carried.Rule, f.ID)
	}
	e.v.NotPublished = append(e.v.NotPublished, a.decision.NotPublished...)
	return rule.New(c, rule.Met, f.Grade, reason, entries...)
}

// words spells an outcome for a sentence.
func words(o decision.Outcome) string {
	if o == decision.TreatedAsCrossed {
		return "not ruled out, treated as crossed"
	}
	return strings.ReplaceAll(string(o), "_", " ")
}

func (e *evaluation) carry(c Carried) {
	if !slices.Contains(e.v.Carried, c) {
		e.v.Carried = append(e.v.Carried, c)
	}
}

// problems lists why an answer does not count for what is asked.
func (e *evaluation) problems(a answer) []decision.Problem {
	ps := e.facts.Decision.Problems(a.decision.File.ID, e.facts.basis(), e.now)
	if p, ok := e.uncovered(a.decision); ok {
		ps = append(ps, p)
	}
	if change, ok := e.facts.Model.Voided(e.subject); ok && change.Seq > a.decision.EffectSeq {
		ps = append(ps, decision.Problem{Status: rule.CannotTell, Entries: []int64{change.Seq},
			Reason: fmt.Sprintf("the conditions of use changed after %s was decided: %s", a.decision.File.ID, change.Reason)})
	}
	return ps
}

// uncovered tells whether the decision names snapshots and the one asked about
// is not among them: it was made later, or left out.
func (e *evaluation) uncovered(d decision.Decision) (decision.Problem, bool) {
	snap := e.v.Ask.Snapshot
	if len(d.File.Snapshots) == 0 || snap == "" || d.File.Model != e.v.Ask.Model || slices.Contains(d.File.Snapshots, snap) {
		return decision.Problem{}, false
	}
	s, _ := e.facts.Model.Snapshot(e.v.Ask.Model, snap)
	return decision.Problem{Status: rule.CannotTell, Entries: []int64{s.Seq},
		Reason: fmt.Sprintf("%s does not speak of the snapshot %s", d.File.ID, snap)}, true
}

// problem makes the leaf of a decision that does not count.
func problem(c rule.Condition, what string, ps []decision.Problem, g grade.Grade) rule.Result {
	status := rule.CannotTell
	var reasons []string
	var entries []int64
	for _, p := range ps {
		if p.Status == rule.NotMet {
			status = rule.NotMet
		}
		reasons = append(reasons, p.Reason)
		entries = append(entries, p.Entries...)
	}
	return rule.New(c, status, g, what+": "+strings.Join(reasons, "; "), entries...)
}
