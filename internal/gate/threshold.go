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

// Basis gives the facts as a decision reads them.
func (f Facts) Basis() decision.Basis {
	return decision.Basis{Policy: f.Policy, Model: f.Model, Evidence: f.Evidence, Assessment: f.Assessment, Review: f.Review, Rules: Rules}
}

// thresholdPrefix begins the id of the condition about a threshold. Its first
// child asks whether the threshold is ruled out, its second for the safeguards.
const thresholdPrefix = "threshold:"

// thresholds gives one condition for each threshold that gates the action
// (GAT-1 and GAT-2). A comparison with another model can only add: whatever was
// determined about the model itself counts as well.
func (e *evaluation) thresholds() []rule.Result {
	var rs []rule.Result
	for _, t := range e.pack.Gating(e.v.Ask.Action) {
		rs = append(rs, e.threshold(e.subject, t))
		if e.subject == e.v.Ask.Model || !e.answer(e.v.Ask.Model, t).found {
			continue
		}
		own := e.threshold(e.v.Ask.Model, t)
		own.ID += ":" + e.v.Ask.Model
		rs = append(rs, own)
	}
	return rs
}

// threshold is met when the threshold is ruled out, or when the safeguards it
// demands are in force and the next thresholds are ruled out.
func (e *evaluation) threshold(subject string, t policy.Threshold) rule.Result {
	c := rule.Condition{ID: thresholdPrefix + t.ID, Clause: t.Clause, Basis: rule.Basis(t.Basis)}
	a := e.answer(subject, t)
	out := e.ruledOut(subject, t, a)
	if out.Status == rule.Met {
		return rule.Any(c, t.Title+": ruled out", out)
	}
	if a.found && a.outcome.Demands() && a.grade() >= e.v.Ask.Floor {
		return rule.Any(c, fmt.Sprintf("%s: determined as %s", t.Title, a.outcome.Words()), out, e.safeguarded(subject, t, a))
	}
	// Nobody determined that the threshold is crossed: what follows from that
	// is not known to be missing, and not known to be enough either. It adds
	// nothing to what the verdict requires or relies on.
	before := e.v
	safe := unshown(e.safeguarded(subject, t, a))
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
// action, and for the follow-up against the next thresholds (CAP-18). What was
// decided about the crossing must itself still count: its conditions belong to
// it (DEC-8).
func (e *evaluation) safeguarded(subject string, t policy.Threshold, a answer) rule.Result {
	c := rule.Condition{ID: "safeguards:" + t.ID, Clause: t.Clause, Basis: rule.Basis(t.Basis)}
	var rs []rule.Result
	if a.found && a.outcome.Demands() {
		if ps := e.problems(subject, a); len(ps) > 0 {
			rs = append(rs, problem(rule.Condition{ID: "crossing:" + t.ID, Clause: t.Clause, Basis: rule.Basis(t.Basis)},
				"what was decided about "+t.ID+" does not count any more", ps, a.grade()))
		}
	}
	for _, req := range e.pack.Effects(t.ID, e.v.Ask.Action) {
		e.demand(req, t.ID)
		rs = append(rs, e.standard(fmt.Sprintf("standard:%s:%s:%s", t.ID, req.Standard, req.Facet), req))
	}
	for _, next := range e.pack.Next(t.ID) {
		r := e.ruledOut(subject, next, e.answer(subject, next))
		r.ID = "follow_up:" + next.ID
		rs = append(rs, r)
	}
	return rule.All(c, "the required safeguards of "+t.ID+" are in force and the next thresholds are ruled out", rs...)
}

// ruledOut is met when the answer rules the threshold out, still counts, and
// speaks of the snapshot asked about.
func (e *evaluation) ruledOut(subject string, t policy.Threshold, a answer) rule.Result {
	c := rule.Condition{ID: "ruled_out:" + t.ID, Clause: t.Clause, Basis: rule.Basis(t.Basis)}
	if !a.found {
		return rule.New(c, rule.CannotTell, grade.Unknown, e.unshownReason(subject, t))
	}
	if a.carried != nil {
		c.Basis = rule.Basis(a.carried.Basis)
	}
	id, entries := a.decision.File.ID, a.proofs()
	if a.outcome != decision.RuledOut {
		return e.notRuledOut(c, t, a)
	}
	if ps := e.problems(subject, a); len(ps) > 0 {
		return problem(c, t.ID+" is not shown to be ruled out", ps, a.grade())
	}
	if a.grade() < e.v.Ask.Floor {
		return rule.New(c, rule.CannotTell, a.grade(), fmt.Sprintf("%s; what %s says about it is %s only, and at least %s is asked for",
			e.unshownReason(subject, t), id, a.grade(), e.v.Ask.Floor), entries...)
	}
	said := id
	if by := e.restsOnBaseline(a.decision); by != "" {
		said = by
	}
	reason := fmt.Sprintf("%s is ruled out (%s)", t.ID, said)
	if a.carried != nil {
		e.carry(*a.carried)
		reason = fmt.Sprintf("%s is ruled out: carried from %s of %s by %s (%s)", t.ID, a.carried.From, a.carried.Under, a.carried.Rule, said)
	}
	e.v.NotPublished = append(e.v.NotPublished, a.decision.NotPublished...)
	return rule.New(c, rule.Met, a.grade(), reason, entries...)
}

// notRuledOut is the leaf of an answer other than ruled out. One below the floor
// is not known; it is not forgotten either, since nothing is met by it.
func (e *evaluation) notRuledOut(c rule.Condition, t policy.Threshold, a answer) rule.Result {
	by := a.decision.File.ID
	if b := e.restsOnBaseline(a.decision); b != "" {
		by = b
	}
	said := fmt.Sprintf("%s was determined as %s (%s)", t.ID, a.outcome.Words(), by)
	if a.grade() < e.v.Ask.Floor {
		return rule.New(c, rule.CannotTell, a.grade(), fmt.Sprintf("%s; that is %s only, and at least %s is asked for", said, a.grade(), e.v.Ask.Floor), a.proofs()...)
	}
	return rule.New(c, rule.NotMet, a.grade(), said, a.proofs()...)
}

func (e *evaluation) carry(c Carried) {
	if !slices.Contains(e.v.Carried, c) {
		e.v.Carried = append(e.v.Carried, c)
	}
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
