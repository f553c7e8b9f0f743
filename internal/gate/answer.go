// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"fmt"
	"slices"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/rule"
)

// answer is what people determined about a threshold, directly or as carried.
type answer struct {
	found    bool
	decision decision.Decision
	outcome  decision.Outcome
	// threshold is the one that was determined.
	threshold string
	carried   *Carried
	// lineage is what the answer also rests on where it is a base model's.
	lineage []int64
	cap     grade.Grade
	doubts  []decision.Problem
}

func newAnswer(d decision.Decision, det decision.Determination) answer {
	return answer{found: true, decision: d, outcome: det.Outcome, threshold: det.Threshold, cap: grade.Recomputed}
}

// grade is how well the answer is known.
func (a answer) grade() grade.Grade { return min(a.decision.File.Grade, a.cap) }

func (a answer) proofs() []int64 {
	return append([]int64{a.decision.Seq, a.decision.EffectSeq}, a.lineage...)
}

// newer tells whether the answer took effect after another one.
func (a answer) newer(b answer) bool { return a.decision.EffectSeq > b.decision.EffectSeq }

// lastResort tells whether a baseline took the answer over and it rules the
// threshold out: it then hides nothing that was answered here, so that nothing
// changes for the better when it ends.
func (a answer) lastResort() bool {
	return a.found && a.decision.IsBaseline() && a.outcome == decision.RuledOut
}

// yields tells whether the answer gives way to one that was given here.
func (a answer) yields(b answer) bool { return a.lastResort() && b.found && !b.decision.IsBaseline() }

// answer finds the determination that counts for a model and a threshold: its
// own, or its base model's where it inherits (MOD-5). Of the two the newer own
// one counts; an older own one does not outlive a worse answer about the base.
func (e *evaluation) answer(subject string, t policy.Threshold) answer {
	own, found := e.determined(subject, t.ID, nil)
	base, inherited := e.inherited(subject, t)
	switch {
	case !inherited:
		return own
	case !found || own.yields(base):
		return base
	case own.newer(base) || base.outcome == decision.RuledOut:
		return own
	}
	return base
}

// inherited gives the base model's answer, with what it also rests on.
func (e *evaluation) inherited(subject string, t policy.Threshold) (answer, bool) {
	in := e.facts.Model.Inherits(subject)
	if !in.Holds {
		return answer{}, false
	}
	a, ok := e.determined(in.Base, t.ID, nil)
	if !ok {
		return answer{}, false
	}
	a.lineage, a.cap = in.Entries, in.Grade
	if !e.speaksOf(a.decision, in.Base, in.BaseSnapshot) {
		a.doubts = append(a.doubts, decision.Problem{Status: rule.CannotTell, Entries: in.Entries,
			Reason: fmt.Sprintf("%s does not speak of the snapshot %q of %s from which %s was made", a.decision.File.ID, in.BaseSnapshot, in.Base, subject)})
	}
	if a.carried == nil {
		a.carried = &Carried{
			Threshold: t.ID, From: a.threshold, Under: a.decision.File.Policy.Ref, Rule: "inheritance from " + in.Base,
			Basis: policy.Reading, Decision: a.decision.File.ID,
		}
	}
	return a, true
}

// speaksOf tells whether a decision covers a snapshot of a model. One that names
// none speaks of what there was of the model when it was written. Where nobody
// said which snapshot, it could be any of them.
func (e *evaluation) speaksOf(d decision.Decision, model, snapshot string) bool {
	if named := d.File.Snapshots; len(named) > 0 {
		return slices.Contains(named, snapshot)
	}
	for _, s := range e.facts.Model.Snapshots(model) {
		if (snapshot == "" || s.Snapshot == snapshot) && s.Seq > d.Seq {
			return false
		}
	}
	return true
}

// determined looks for a determination about a model and a threshold of the
// version in force: the newer of the direct one and one carried from a former
// version, else one that follows from another threshold. The path guards against
// links that lead in a circle.
func (e *evaluation) determined(name, threshold string, path []string) (answer, bool) {
	if slices.Contains(path, threshold) {
		return answer{}, false
	}
	direct, found := e.direct(name, threshold)
	if e.afresh(name, threshold) {
		return e.anew(name, threshold, direct, append(path, threshold))
	}
	best := direct
	if carried, ok := e.carriedOver(name, threshold); ok && (!found || !direct.newer(carried) || direct.yields(carried)) {
		best, found = carried, true
	}
	if found && !best.lastResort() {
		return best, true
	}
	if follows, ok := e.implied(name, threshold, path); ok && (!found || best.yields(follows)) {
		return follows, true
	}
	return best, found
}

// implied gives an answer that follows from another threshold being ruled out,
// as long as that one is: a premise that people have overturned implies nothing.
func (e *evaluation) implied(model, threshold string, path []string) (answer, bool) {
	var last answer
	for _, l := range e.pack.ImpliedBy(threshold) {
		a, ok := e.determined(model, l.From, append(path, threshold))
		if !ok || a.outcome != decision.RuledOut || last.found && a.lastResort() {
			continue
		}
		baseline := a.lastResort()
		a.carried = &Carried{
			Threshold: threshold, From: a.threshold, Under: a.decision.File.Policy.Ref,
			Rule: string(l.Rule), Basis: weaker(a.carried, l.Basis), Decision: a.decision.File.ID,
		}
		if !baseline {
			return a, true
		}
		last = a
	}
	return last, last.found
}

// afresh tells whether the version in force wants the threshold determined anew
// for what is asked, whatever was determined under a former one.
func (e *evaluation) afresh(model, threshold string) bool {
	t, _ := e.pack.Threshold(threshold)
	if t.Transition == nil {
		return false
	}
	switch t.Transition.Kind {
	case policy.TransitionHold:
		return true
	case policy.TransitionHoldNewStarts:
		return e.newStart(model)
	}
	return false
}

// newStart tells whether what is asked begins something: anything but going on
// with a training, or with a deployment that is live.
func (e *evaluation) newStart(name string) bool {
	if e.v.Ask.Action == "continue_training" {
		return false
	}
	return !slices.ContainsFunc(e.facts.Model.Deployments(name), func(d model.Deployment) bool {
		return d.Live && d.Environment == e.v.Ask.Environment
	})
}

// anew gives the answer that was given under the version in force.
func (e *evaluation) anew(name, threshold string, direct answer, path []string) (answer, bool) {
	if direct.found {
		return direct, true
	}
	a, ok := e.implied(name, threshold, path[:len(path)-1])
	if !ok || a.decision.File.Policy.Ref != e.v.Policy.Ref() {
		return answer{}, false
	}
	return a, true
}

// direct gives the newest determination made under the version in force.
func (e *evaluation) direct(model, threshold string) (answer, bool) {
	d, det, ok := e.facts.Decision.Latest(model, threshold)
	if !ok || d.File.Policy.Ref != e.v.Policy.Ref() {
		return answer{}, false
	}
	return newAnswer(d, det), true
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
// before it, threshold by threshold. What it takes over through another
// threshold is asked of that threshold, as it stands now.
func (e *evaluation) handedOn(model, threshold string, versions []policy.Adopted) (answer, bool) {
	last, former := versions[len(versions)-1], versions[len(versions)-2]
	var best answer
	for _, c := range last.Carries {
		if c.To != threshold || c.Via != "" {
			continue
		}
		a, ok := e.under(model, c.From, former, versions[:len(versions)-1])
		if !ok || (c.RuledOutOnly && a.outcome != decision.RuledOut) {
			continue
		}
		if best.found && !a.newer(best) {
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

// under gives the newer of a determination made under a former version and one
// that was already handed on to it.
func (e *evaluation) under(model, threshold string, former policy.Adopted, versions []policy.Adopted) (answer, bool) {
	var own answer
	if d, det, ok := e.facts.Decision.Latest(model, threshold); ok && d.File.Policy.Ref == former.Ref() {
		own = newAnswer(d, det)
	}
	if len(versions) < 2 {
		return own, own.found
	}
	earlier, ok := e.handedOn(model, threshold, versions)
	if ok && (!own.found || earlier.newer(own)) {
		return earlier, true
	}
	return own, own.found
}

// carryRule names the strongest step on the way: an unchanged threshold adds
// nothing to how an earlier step carried it.
func carryRule(before *Carried, c policy.Carry) string {
	if before != nil && c.Rule == policy.CarryUnchanged {
		return before.Rule
	}
	return string(c.Rule)
}

// weaker gives the weaker of the basis so far and that of one more step.
func weaker(before *Carried, b policy.Basis) policy.Basis {
	order := []policy.Basis{policy.Text, policy.Reading, policy.House}
	if before == nil {
		return b
	}
	return order[max(slices.Index(order, before.Basis), slices.Index(order, b))]
}

// problems lists why an answer does not count for what is asked.
func (e *evaluation) problems(subject string, a answer) []decision.Problem {
	ps := slices.Concat(e.facts.Decision.Problems(a.decision.File.ID, e.facts.Basis(), e.now), a.doubts, e.unfitBaseline(subject, a))
	if p, ok := e.uncovered(a.decision); ok {
		ps = append(ps, p)
	}
	for _, name := range append(e.facts.Model.Ancestors(subject), subject) {
		if change, ok := e.facts.Model.Voided(name); ok && change.Seq > a.decision.EffectSeq {
			ps = append(ps, decision.Problem{Status: rule.CannotTell, Entries: []int64{change.Seq},
				Reason: fmt.Sprintf("the conditions of use of %s changed after %s was decided: %s", name, a.decision.File.ID, change.Reason)})
		}
	}
	return ps
}

// uncovered tells whether the snapshot asked about is not among those that the
// decision names: it was made later, or left out.
func (e *evaluation) uncovered(d decision.Decision) (decision.Problem, bool) {
	snap := e.v.Ask.Snapshot
	if snap == "" || !slices.Contains(d.File.Models(), e.v.Ask.Model) || e.speaksOf(d, e.v.Ask.Model, snap) {
		return decision.Problem{}, false
	}
	s, _ := e.facts.Model.Snapshot(e.v.Ask.Model, snap)
	return decision.Problem{Status: rule.CannotTell, Entries: []int64{s.Seq},
		Reason: fmt.Sprintf("%s does not speak of the snapshot %s", d.File.ID, snap)}, true
}
