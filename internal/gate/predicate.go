// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/rule"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

// extras evaluates the conditions that the pack adds to the built-in ones.
func (e *evaluation) extras() []rule.Result {
	var rs []rule.Result
	for _, g := range e.pack.GatesFor(e.v.Ask.Action) {
		c := rule.Condition{ID: "gate:" + g.ID, Clause: g.Clause, Basis: rule.Basis(g.Basis)}
		r := rule.Eval(tree(c, g.Require, ""), e.predicate)
		rs = append(rs, e.floored(r))
	}
	return rs
}

// tree turns a pack's condition into a condition tree; inner nodes get the id of
// the gate with their position.
func tree(c rule.Condition, from policy.Condition, at string) rule.Tree {
	t := rule.Tree{Condition: c, Predicate: from.Is}
	t.ID += at
	for _, p := range from.With {
		t.Params = append(t.Params, rule.Param{Name: p.Name, Value: p.Value})
	}
	for i, sub := range from.All {
		t.All = append(t.All, tree(c, sub, at+"."+strconv.Itoa(i+1)))
	}
	for i, sub := range from.Any {
		t.Any = append(t.Any, tree(c, sub, at+"."+strconv.Itoa(i+1)))
	}
	return t
}

func param(t rule.Tree, name string) string {
	for _, p := range t.Params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// predicate evaluates a predicate of the policy catalogue. Each is met by
// recorded facts only, so losing a fact never meets one.
func (e *evaluation) predicate(t rule.Tree) (rule.Result, bool) {
	r, ok := e.fact(t)
	if !ok {
		return rule.Result{}, false
	}
	return e.floored(r), true
}

func (e *evaluation) fact(t rule.Tree) (rule.Result, bool) {
	switch t.Predicate {
	case "contract_reviewed":
		return e.stated(t, "contract_reviewed."+param(t, "role"), "the partner's contract was reviewed by "+param(t, "role")), true
	case "criterion_shown":
		return e.criterionShown(t), true
	case "decision_in_force":
		return e.decisionInForce(t), true
	case "notice_acknowledged":
		return e.noticeAcknowledged(t), true
	case "office_filled":
		return e.officeFilled(t), true
	case "published":
		return e.stated(t, "published."+param(t, "kind"), "a "+param(t, "kind")+" about the model was published"), true
	case "red_team_passed":
		return e.stated(t, "red_team_passed."+param(t, "modality"), "red teaming of "+param(t, "modality")+" passed"), true
	case "review_current":
		return e.reviewCurrent(t), true
	case "third_party_documented":
		return e.stated(t, "third_party_documented", "the third party's environment is documented for every criterion"), true
	}
	return rule.Result{}, false
}

// stated is met by a recorded statement with the tag about the model.
func (e *evaluation) stated(t rule.Tree, tag, what string) rule.Result {
	s, ok := e.statement(tag)
	if !ok {
		return rule.New(t.Condition, rule.CannotTell, grade.Unknown, "nothing recorded says that "+what)
	}
	return rule.New(t.Condition, rule.Met, s.Grade, what, s.Seq)
}

// statement gives the newest statement with a tag about the model asked about.
func (e *evaluation) statement(tag string) (evidence.Statement, bool) {
	var last evidence.Statement
	found := false
	for _, s := range e.facts.Evidence.Statements() {
		if s.About.Kind == "model" && s.About.ID == e.v.Ask.Model && slices.Contains(s.Tags, tag) {
			last, found = s, true
		}
	}
	return last, found
}

// criterionShown is met by evidence for the criterion while the facet that it
// belongs to is approved and in force: until then nobody accepted the evidence.
func (e *evaluation) criterionShown(t rule.Tree) rule.Result {
	id := param(t, "criterion")
	for _, std := range e.pack.Standards {
		for _, f := range std.Facets {
			if !slices.ContainsFunc(f.Criteria, func(c policy.Criterion) bool { return c.ID == id }) {
				continue
			}
			at := e.facts.Safeguard.Standing(std.ID, string(f.Facet), e.v.Ask.Model, e.v.Ask.Environment, e.now)
			if at.Status != safeguard.InForce {
				continue
			}
			for _, ev := range e.facts.Safeguard.Evidence(std.ID, string(f.Facet)) {
				if ev.Criterion == id && ev.Withdrawn == 0 && !ev.Limitation {
					return rule.New(t.Condition, rule.Met, ev.Grade, "the criterion "+id+" has evidence: "+ev.Statement, ev.Seq)
				}
			}
		}
	}
	return rule.New(t.Condition, rule.CannotTell, grade.Unknown, "no evidence for the criterion "+id+" is recorded and accepted in an approval that is in force")
}

func (e *evaluation) decisionInForce(t rule.Tree) rule.Result {
	kind := policy.DecisionKind(param(t, "kind"))
	for _, d := range slices.Backward(e.facts.Decision.All()) {
		if d.File.Kind != kind || d.File.Model != e.v.Ask.Model {
			continue
		}
		if ps := e.facts.Decision.Problems(d.File.ID, e.facts.Basis(), e.now); len(ps) > 0 {
			return problem(t.Condition, fmt.Sprintf("no decision of kind %s is in force", kind), ps, d.File.Grade)
		}
		return rule.New(t.Condition, rule.Met, d.File.Grade, fmt.Sprintf("%s is in force", d.File.ID), d.Seq, d.EffectSeq)
	}
	return rule.New(t.Condition, rule.CannotTell, grade.Unknown, fmt.Sprintf("no decision of kind %s about the model is recorded", kind))
}

// noticeAcknowledged asks the newest decision about the model that the role is
// to hear of: an acknowledgement of an older one says nothing about it.
func (e *evaluation) noticeAcknowledged(t rule.Tree) rule.Result {
	role := param(t, "to")
	for _, d := range slices.Backward(e.facts.Decision.All()) {
		if d.File.Model != e.v.Ask.Model || d.Status != decision.InEffect {
			continue
		}
		st, err := e.facts.Signoff.Status(d.Question)
		if err != nil {
			continue
		}
		for _, r := range st.Deliveries {
			if r.Role == role {
				return e.acknowledged(t, d, r.Seq)
			}
		}
	}
	return e.stated(t, "notice_acknowledged."+role, role+" acknowledged the notice about the model")
}

func (e *evaluation) acknowledged(t rule.Tree, d decision.Decision, seq int64) rule.Result {
	role := param(t, "to")
	if seq == 0 {
		return rule.New(t.Condition, rule.CannotTell, grade.Unknown, fmt.Sprintf("%s has not acknowledged %s", role, d.File.ID), d.Seq)
	}
	if ps := e.facts.Decision.Problems(d.File.ID, e.facts.Basis(), e.now); len(ps) > 0 {
		return problem(t.Condition, fmt.Sprintf("what %s acknowledged does not count", role), ps, d.File.Grade)
	}
	return rule.New(t.Condition, rule.Met, grade.Recomputed, fmt.Sprintf("%s acknowledged %s", role, d.File.ID), seq)
}

func (e *evaluation) officeFilled(t rule.Tree) rule.Result {
	role := param(t, "role")
	o := e.facts.Access.Office(role, e.now)
	switch {
	case o.Vacant:
		return rule.New(t.Condition, rule.NotMet, grade.Recomputed, vacant(o), o.Entries...)
	case !o.Filled:
		return rule.New(t.Condition, rule.CannotTell, grade.Unknown, "nobody is recorded as holding the office of "+role)
	case len(o.Holders) == 0:
		return rule.New(t.Condition, rule.Met, o.Acting.Grade, fmt.Sprintf("the office of %s is held for a time, until %s", role, o.Acting.Until), o.Acting.Seq)
	}
	g, _ := e.facts.Access.Grant(o.Holders[0], role)
	return rule.New(t.Condition, rule.Met, g.Grade, "the office of "+role+" is held", g.Seq)
}

// reviewCurrent is met while a review of the kind ended within the months.
func (e *evaluation) reviewCurrent(t rule.Tree) rule.Result {
	kind := param(t, "kind")
	months, err := strconv.Atoi(param(t, "months"))
	s, ok := e.statement("review." + kind)
	if !ok || err != nil {
		return rule.New(t.Condition, rule.CannotTell, grade.Unknown, "no "+kind+" is recorded")
	}
	if s.How.Happened == nil {
		return rule.New(t.Condition, rule.CannotTell, s.Grade, "nothing says when the last "+kind+" ended", s.Seq)
	}
	due := deadline.DayOf(s.How.Happened.At).AddMonths(months)
	if due.Over(e.now) {
		return rule.New(t.Condition, rule.NotMet, s.Grade, fmt.Sprintf("the last %s is older than %d months: another was due by %s", kind, months, due), s.Seq)
	}
	return rule.New(t.Condition, rule.Met, s.Grade, fmt.Sprintf("the last %s is current until %s", kind, due), s.Seq)
}

// shippable gives the newest snapshot that could ship: a production snapshot or
// a release candidate. "" means that the model has none.
func shippable(models model.State, name string) string {
	last := ""
	var seq int64 = -1
	for _, s := range models.Snapshots(name) {
		if ships(s.Kind) && s.Seq > seq {
			last, seq = s.Snapshot, s.Seq
		}
	}
	return last
}

// ships tells whether a snapshot of the kind is made to be deployed.
func ships(k model.SnapshotKind) bool { return k == model.Production || k == model.ReleaseCandidate }
