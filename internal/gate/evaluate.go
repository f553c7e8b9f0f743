// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/rule"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

// CheckAction refuses an action that the policy in force does not know. It is a
// matter of usage, not of facts: nobody can be held for a question that has no
// meaning.
func CheckAction(f Facts, action string, now int64) error {
	p, ok := f.Policy.InForce(now)
	if !ok {
		return nil
	}
	if _, ok := p.Pack.Action(action); ok {
		return nil
	}
	var known []string
	for _, a := range p.Pack.Actions {
		known = append(known, a.ID)
	}
	return fault.Usagef("%s knows no action %q", p.Ref(), action).Hinted("its actions are %s", strings.Join(known, ", "))
}

// Evaluate answers the ask from the facts as they count at now (milliseconds
// since 1970). It is total: whatever is missing or wrong is a condition that is
// not met.
func Evaluate(f Facts, ask Ask, now int64) Verdict {
	e := evaluation{facts: f, now: now, v: Verdict{Rules: Rules, Ask: ask, Seq: f.Seq, Now: now}}
	conditions := e.conditions()
	root := rule.All(rule.Condition{}, "", conditions...)
	e.v.Conditions = conditions
	e.v.Grade = root.Grade
	if root.Status == rule.Met {
		e.v.Outcome = Clear
	}
	e.v.NotPublished = sortedSet(e.v.NotPublished)
	e.v.Limitations = sortedSet(e.v.Limitations)
	return e.v
}

// evaluation is one question being answered.
type evaluation struct {
	facts Facts
	now   int64
	pack  policy.Pack
	// subject is the model whose thresholds decide.
	subject string
	v       Verdict
}

func (e *evaluation) conditions() []rule.Result {
	inForce, ok := e.facts.Policy.InForce(e.now)
	if !ok {
		return []rule.Result{e.leaf("policy", rule.CannotTell, grade.Unknown, "no policy is in force")}
	}
	e.pack, e.v.Policy = inForce.Pack, inForce
	e.fillIn()
	rs := []rule.Result{
		e.leaf("policy", rule.Met, inForce.Grade, inForce.Ref()+" is in force", inForce.Seq),
		e.action(),
		e.model(),
		e.holds(),
		e.environment(),
	}
	rs = append(rs, e.canary()...)
	if rs[1].Status != rule.Met || rs[2].Status != rule.Met {
		return rs // nothing more can be asked of what is not there
	}
	rs = append(rs, e.duties()...)
	rs = append(rs, e.baseline()...)
	rs = append(rs, e.thresholds()...)
	rs = append(rs, e.extras()...)
	return append(rs, e.offices()...)
}

func (e *evaluation) fillIn() {
	ask := &e.v.Ask
	if ask.Environment == "" {
		ask.Environment = e.pack.Environment(ask.Action)
	}
	if ask.Floor == grade.Unknown {
		ask.Floor = defaultFloor(e.pack)
		for _, d := range e.baselines() {
			ask.Floor = min(ask.Floor, d.File.Grade)
		}
	}
	e.subject = ask.Model
	if a, ok := e.pack.Action(ask.Action); ok && a.Class == policy.Train {
		if ask.ComparableTo == "" {
			ask.ComparableTo = ask.Model
		}
		e.subject = ask.ComparableTo
	}
	if ask.Snapshot == "" {
		ask.Snapshot = shippable(e.facts.Model, ask.Model)
	}
}

func defaultFloor(p policy.Pack) grade.Grade {
	g, err := grade.Parse(string(p.Defaults.Floor))
	if err != nil || g == grade.Unknown {
		return grade.Recomputed // a pack that says nothing we know asks for the most
	}
	return g
}

// leaf is a condition of the house that no clause speaks of.
func (e *evaluation) leaf(id string, s rule.Status, g grade.Grade, reason string, entries ...int64) rule.Result {
	return e.floored(rule.New(rule.Condition{ID: id, Basis: rule.House}, s, g, reason, entries...))
}

// floored turns a condition that is met below the floor into one that cannot be
// told: facts below the floor are not there.
func (e *evaluation) floored(r rule.Result) rule.Result {
	if r.Status == rule.Met && r.Grade < e.v.Ask.Floor {
		r.Status = rule.CannotTell
		r.Reason = fmt.Sprintf("%s, but only %s, and at least %s is asked for", r.Reason, r.Grade, e.v.Ask.Floor)
	}
	return r
}

// action is a leaf about the ask itself and needs no fact.
func (e *evaluation) action() rule.Result {
	a, ok := e.pack.Action(e.v.Ask.Action)
	if !ok {
		return e.leaf("action", rule.NotMet, grade.Recomputed, fmt.Sprintf("%s knows no action %q", e.pack.Ref(), e.v.Ask.Action))
	}
	return rule.New(rule.Condition{ID: "action", Clause: a.Clause, Basis: rule.Basis(a.Basis)}, rule.Met, grade.Recomputed,
		fmt.Sprintf("%s knows the action %s", e.pack.Ref(), a.ID))
}

func (e *evaluation) model() rule.Result {
	for _, id := range slices.Compact([]string{e.v.Ask.Model, e.subject}) {
		if _, ok := e.facts.Model.Model(id); !ok {
			return e.leaf("model", rule.CannotTell, grade.Unknown, fmt.Sprintf("no model %q is registered", id))
		}
	}
	m, _ := e.facts.Model.Model(e.v.Ask.Model)
	if s := e.v.Ask.Snapshot; s != "" {
		snap, ok := e.facts.Model.Snapshot(m.Model, s)
		if !ok {
			return e.leaf("model", rule.CannotTell, grade.Unknown, fmt.Sprintf("the model %s has no snapshot %q", m.Model, s))
		}
		if why := e.unfit(snap); why != "" {
			return e.leaf("model", rule.CannotTell, grade.Unknown, why, m.Seq, snap.Seq)
		}
		return e.leaf("model", rule.Met, grade.Recomputed, fmt.Sprintf("snapshot %s of %s is registered", s, m.Model), m.Seq, snap.Seq)
	}
	return e.leaf("model", rule.Met, grade.Recomputed, m.Model+" is registered", m.Seq)
}

// environment is met where the policy, or an approval of safeguards, names the
// environment: what nobody has named, nobody has thought of.
func (e *evaluation) environment() rule.Result {
	env := e.v.Ask.Environment
	known := env == e.pack.Defaults.Environment
	for _, a := range e.pack.Actions {
		known = known || a.Environment == env
	}
	for _, req := range e.pack.BaselineFor(e.v.Ask.Action) {
		for _, a := range e.facts.Safeguard.Approvals(req.Standard, string(req.Facet)) {
			known = known || slices.Contains(a.Environments, env)
		}
	}
	if !known && len(e.baselines()) == 0 {
		return e.leaf("environment", rule.CannotTell, grade.Unknown, fmt.Sprintf("neither the policy nor an approval names the environment %q", env))
	}
	return rule.New(rule.Condition{ID: "environment", Basis: rule.House}, rule.Met, grade.Recomputed, "the environment "+env+" is known")
}

// unfit says why a snapshot is not one to deploy: it was made to be tested, or
// without the mechanisms that what was approved relies on.
func (e *evaluation) unfit(s model.Snapshot) string {
	a, _ := e.pack.Action(e.v.Ask.Action)
	if a.Class != policy.Deploy {
		return ""
	}
	if s.Safety == model.MechanismsOff {
		return fmt.Sprintf("the safety mechanisms of the snapshot %s are off", s.Snapshot)
	}
	if !ships(s.Kind) {
		return fmt.Sprintf("the snapshot %s is of the kind %s, and only a release candidate or a production snapshot is deployed", s.Snapshot, s.Kind)
	}
	return ""
}

// holds looks at the holds on the model, on what it was made from, on the model
// it is compared with, and on every model. A lifted hold stands again when the
// decision that lifted it does not count any more.
func (e *evaluation) holds() rule.Result {
	c := rule.Condition{ID: "no_hold", Basis: rule.House}
	var reasons []string
	var entries []int64
	for h := range e.facts.Gate.holds.Values() {
		if !e.concerns(h) || !h.Covers(e.v.Ask.Action) {
			continue
		}
		why, seqs := e.stands(h)
		if why != "" {
			reasons, entries = append(reasons, why), append(entries, seqs...)
		}
	}
	if len(reasons) == 0 {
		return rule.New(c, rule.Met, grade.Recomputed, "no hold stands in this journal")
	}
	return rule.New(c, rule.NotMet, grade.Recomputed, strings.Join(reasons, "; "), entries...)
}

func (e *evaluation) concerns(h Hold) bool {
	for _, name := range []string{e.v.Ask.Model, e.subject} {
		if h.Model == EveryModel || h.Model == name || slices.Contains(e.facts.Model.Ancestors(name), h.Model) {
			return true
		}
	}
	return false
}

// stands says why a hold stands; "" when it does not.
func (e *evaluation) stands(h Hold) (string, []int64) {
	if h.Stands() {
		return fmt.Sprintf("%s stands: %s", h.ID, h.Reason), []int64{h.Seq}
	}
	ps := e.facts.Decision.Problems(h.Decision, e.facts.Basis(), e.now)
	if len(ps) == 0 {
		return "", nil
	}
	return fmt.Sprintf("%s stands again (%s): %s", h.ID, h.Reason, ps[0].Reason), append([]int64{h.Seq, h.LiftedSeq}, ps[0].Entries...)
}

func (e *evaluation) baseline() []rule.Result {
	var rs []rule.Result
	for _, req := range e.pack.BaselineFor(e.v.Ask.Action) {
		e.demand(req, "baseline")
		rs = append(rs, e.standard("baseline:"+string(req.Facet), req))
	}
	if len(rs) == 0 {
		return []rule.Result{e.leaf("baseline", rule.Met, grade.Recomputed, "the policy demands no baseline standard for this action")}
	}
	return rs
}

// standard asks whether a standard's facet is in force for the model, or interim
// measures stand in for it. For a standard that is not defined nothing can.
func (e *evaluation) standard(id string, req policy.Requirement) rule.Result {
	c := rule.Condition{ID: id, Clause: req.Clause, Basis: rule.Basis(req.Basis)}
	if !req.Defined {
		return rule.New(c, rule.CannotTell, grade.Unknown, standardName(req.Standard, req.Facet)+" is required and not defined (standard_undefined)")
	}
	r := e.inForce(c, req)
	if r.Status == rule.Met {
		return r
	}
	return e.standIn(c, req, r)
}

func (e *evaluation) inForce(c rule.Condition, req policy.Requirement) rule.Result {
	name := standardName(req.Standard, req.Facet)
	st := e.facts.Safeguard.StandingAt(safeguard.Ask{
		Standard: req.Standard, Facet: string(req.Facet), Model: e.v.Ask.Model, Environment: e.v.Ask.Environment, Floor: e.v.Ask.Floor,
	}, e.now)
	if ps := e.ofBaseline(st); len(ps) > 0 {
		return problem(c, name+" is not in force", ps, st.Grade)
	}
	if st.Status != safeguard.InForce {
		return e.notInForce(c, name, st)
	}
	if ps := e.facts.Decision.Problems(st.Decision, e.facts.Basis(), e.now); len(ps) > 0 {
		return problem(c, name+" is not in force", ps, st.Grade)
	}
	d, err := e.facts.Decision.Decision(st.Decision)
	if err != nil {
		return rule.New(c, rule.CannotTell, st.Grade, name+" was approved by a decision that is not there", st.Entries...)
	}
	if e.changedSince(d, req) {
		return rule.New(c, rule.CannotTell, st.Grade, fmt.Sprintf("%s was approved under %s, and its criteria are others now", name, d.File.Policy.Ref), st.Entries...)
	}
	e.v.NotPublished = append(e.v.NotPublished, d.NotPublished...)
	e.v.Limitations = append(append(e.v.Limitations, st.Limitations...), lastDays(d)...)
	reason := fmt.Sprintf("%s is in force since %s", name, st.Since)
	if by := e.restsOnBaseline(d); by != "" {
		reason += " (" + by + ")" // which is not renewed
	} else if st.ReapproveBy != "" {
		reason += ", to be re-approved by " + string(st.ReapproveBy)
	}
	return e.floored(rule.New(c, rule.Met, st.Grade, reason, st.Entries...))
}

// lastDays says on which days a decision ends by its own word.
func lastDays(d decision.Decision) []string {
	var all []string
	for _, l := range d.File.LapsesOn {
		if l.Day != "" {
			all = append(all, fmt.Sprintf("%s counts until %s only: %s", d.File.ID, l.Day, l.Text))
		}
	}
	return all
}

// changedSince tells whether the standard asks for something now that it did not
// ask for when it was approved.
func (e *evaluation) changedSince(d decision.Decision, req policy.Requirement) bool {
	if d.File.Policy.Ref == e.v.Policy.Ref() {
		return false
	}
	then, err := e.facts.Policy.Find(d.File.Policy.Ref)
	if err != nil {
		return true
	}
	old, _ := then.Pack.Standard(req.Standard, req.Facet)
	now, _ := e.pack.Standard(req.Standard, req.Facet)
	for _, c := range now.Criteria {
		if !slices.ContainsFunc(old.Criteria, func(o policy.Criterion) bool { return o.ID == c.ID && o.Statement == c.Statement }) {
			return true
		}
	}
	return false
}

func (e *evaluation) notInForce(c rule.Condition, name string, st safeguard.Standing) rule.Result {
	status := rule.NotMet
	if st.Status == safeguard.Reopened {
		status = rule.CannotTell
	}
	if st.Status == safeguard.NotApproved && len(st.Entries) > 0 {
		status = rule.CannotTell // something is there, and not well enough known
	}
	if st.Status == safeguard.Lapsed {
		c.Basis = e.lapseBasis(c)
	}
	return rule.New(c, status, st.Grade, fmt.Sprintf("%s is not in force (%s): %s", name, strings.ReplaceAll(string(st.Status), "_", " "), st.Reason), st.Entries...)
}

// lapseBasis gives the basis of what a missed re-approval does, which is a
// reading of the policy and printed as one.
func (e *evaluation) lapseBasis(c rule.Condition) rule.Basis {
	for _, s := range e.pack.Standards {
		for _, f := range s.Facets {
			if f.Reapproval != nil && f.Reapproval.OnLapse == policy.LapseLapsed {
				return rule.Basis(f.Reapproval.Basis)
			}
		}
	}
	return c.Basis
}

func (e *evaluation) demand(req policy.Requirement, by string) {
	for i, d := range e.v.Requires {
		if d.Facet != req.Facet {
			continue
		}
		if rank(e.pack, req.Standard) > rank(e.pack, d.Standard) {
			// An earlier list may be put back, so it is not written to.
			e.v.Requires = slices.Clone(e.v.Requires)
			e.v.Requires[i] = Demand{req.Standard, req.Facet, by}
		}
		return
	}
	e.v.Requires = append(e.v.Requires, Demand{req.Standard, req.Facet, by})
}

func rank(p policy.Pack, standard string) int {
	s, _ := p.StandardByID(standard)
	return s.Rank
}

func standardName(standard string, facet policy.FacetKind) string {
	switch facet {
	case policy.Deployment:
		return "the " + standard + " Deployment Standard"
	case policy.Security:
		return "the " + standard + " Security Standard"
	}
	return "the affirmative case (" + standard + ")"
}

// sortedSet orders ids such as N3 and N13 by their number, and drops doubles.
func sortedSet(list []string) []string {
	slices.SortFunc(list, func(a, b string) int {
		return cmp.Or(cmp.Compare(prefix(a), prefix(b)), cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
	return slices.Compact(list)
}

// prefix is what stands before the digits at the end.
func prefix(s string) string { return strings.TrimRight(s, "0123456789") }
