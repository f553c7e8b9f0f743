// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

// fillBaseline checks what a lab takes over from before it had this journal. It
// is refused for what was decided here since, and for what was taken over
// before: a baseline bridges the time to the first assessment, once.
func (s State) fillBaseline(f *File, in ProposeIn, see See, p policy.Pack) error {
	if in.Baseline == nil {
		return fault.Invalidf("a decision of kind %s says what was decided before, for which models and where", in.Kind)
	}
	if err := alone(in); err != nil {
		return err
	}
	b := *in.Baseline
	if b.Grade == grade.Unknown {
		b.Grade = grade.Attested
	}
	l := registered(b.Models, see)
	l = append(l, b.scope(p)...)
	l = append(l, b.origin(see)...)
	l = append(l, standsUntil("baselines", b.Expires, see.Now)...)
	l = append(l, b.standards(p)...)
	l = append(l, determined(in.Determinations, p)...)
	if len(in.Determinations)+len(b.Standards) == 0 {
		l = append(l, fault.Invalidf("it takes over neither a determination nor a standard"))
	}
	f.Baseline, f.Determinations, f.Grade = &b, in.Determinations, b.Grade
	if err := l.Err(); err != nil {
		return err
	}
	f.pinSnapshots(see)
	f.NotShown = append(f.NotShown, "what it rests on: it stands on its sources alone, and nothing of it was recomputed here")
	f.conditional()
	return s.clashes(*f, see).Err()
}

// conditional lowers the grade of a file with conditions: that they are met is a
// person's word.
func (f *File) conditional() {
	if len(f.Conditions) > 0 {
		f.Grade = min(f.Grade, grade.Attested)
	}
}

// scope asks for actions that the policy knows, and for environments.
func (b Baseline) scope(p policy.Pack) fault.List {
	var l fault.List
	if len(b.Actions) == 0 || len(b.Environments) == 0 || slices.Contains(b.Environments, "") {
		l = append(l, fault.Invalidf("a baseline names the actions and the environments that it is for"))
	}
	for _, a := range b.Actions {
		if _, ok := p.Action(a); !ok {
			l = append(l, fault.NotFoundf("%s knows no action %q", p.Ref(), a))
		}
	}
	return l
}

// origin asks where it is from: sources, a reason, and a day before this journal
// had a policy. What was decided later is decided here.
func (b Baseline) origin(see See) fault.List {
	var l fault.List
	if strings.TrimSpace(b.Reason) == "" {
		l = append(l, fault.Invalidf("a baseline says why it is needed"))
	}
	if len(b.Sources) == 0 || slices.ContainsFunc(b.Sources, func(s entry.Source) bool { return strings.TrimSpace(s.Document) == "" }) {
		l = append(l, fault.Invalidf("a baseline names the documents that say what was decided"))
	}
	if b.Grade > grade.Reported {
		l = append(l, fault.Invalidf("what was decided before is attested or reported, and not %s", b.Grade))
	}
	first := adoption(see.Policy)
	if _, err := deadline.ParseDay(string(b.DecidedOn)); err != nil || b.DecidedOn > first {
		l = append(l, fault.Invalidf("a baseline was decided by %s, when a policy was first adopted here, and not on %q", first, string(b.DecidedOn)).
			Hinted("what is decided since then is assessed and signed here"))
	}
	return l
}

// adoption is the day on which a policy was first adopted here.
func adoption(s policy.State) deadline.Day {
	var first int64
	for i, v := range s.Versions() {
		if i == 0 || v.AdoptedAt < first {
			first = v.AdoptedAt
		}
	}
	return deadline.DayOf(first)
}

func (b Baseline) standards(p policy.Pack) fault.List {
	var l fault.List
	for i, std := range b.Standards {
		if _, ok := p.Standard(std.Standard, std.Facet); !ok {
			l = append(l, fault.NotFoundf("%s has no standard %q with the facet %q and criteria", p.Ref(), std.Standard, std.Facet))
		}
		if slices.ContainsFunc(b.Standards[:i], func(o BaselineStandard) bool { return o.Standard == std.Standard && o.Facet == std.Facet }) {
			l = append(l, fault.Invalidf("%s %s is taken over twice", std.Standard, std.Facet))
		}
	}
	return l
}

// determined checks the determinations themselves, each for all the models.
func determined(dets []Determination, p policy.Pack) fault.List {
	var l fault.List
	for i, det := range dets {
		t, ok := p.Threshold(det.Threshold)
		switch {
		case !ok:
			l = append(l, fault.NotFoundf("%s has no threshold %q", p.Ref(), det.Threshold))
			continue
		case !slices.Contains(Outcomes(), det.Outcome):
			l = append(l, fault.Invalidf("%s: %q is not an outcome", t.ID, det.Outcome))
			continue
		case strings.TrimSpace(det.Reason) == "":
			l = append(l, fault.Invalidf("%s: a determination says why", t.ID))
		case slices.ContainsFunc(dets[:i], func(o Determination) bool { return o.Threshold == det.Threshold }):
			l = append(l, fault.Invalidf("%s is determined twice in one decision", t.ID))
		}
		if err := fits(t, det.Outcome); err != nil {
			l = append(l, err)
		}
	}
	return l
}

// pinSnapshots pins what there is of each model: a baseline says nothing about
// what is made later.
func (f *File) pinSnapshots(see See) {
	for _, name := range f.Baseline.Models {
		for _, snap := range see.Model.Snapshots(name) {
			if snap.Weights != "" {
				f.Pins = append(f.Pins, Pin{Ref: entry.Ref{Kind: "snapshot", ID: snap.ID(), Digest: snap.Weights}, Seq: snap.Seq, Grade: grade.Recomputed})
			}
		}
	}
}

// clashes lists why a baseline cannot be taken over: what it says was answered
// here, or the record speaks against it.
func (s State) clashes(f File, see See) fault.List {
	var l fault.List
	const assess = "assess it: holdpoint assessment open, then a determination or a Safeguards Report"
	for _, name := range f.Baseline.Models {
		for _, det := range f.Determinations {
			if d, ok := s.answeredHere(name, det.Threshold); ok {
				l = append(l, fault.Conflictf("%s of %s was determined here by %s, and a baseline is for what was not", det.Threshold, name, d.File.ID).Hinted(assess))
			}
			for _, p := range s.Against(f, name, det.Threshold, see.basis()) {
				l = append(l, fault.Conflictf("%s cannot be taken over for %s: %s", det.Threshold, name, p.Reason).Hinted(assess))
			}
		}
	}
	for _, std := range f.Baseline.Standards {
		for _, a := range see.Safeguard.Approvals(std.Standard, string(std.Facet)) {
			if overlaps(a, *f.Baseline) {
				l = append(l, fault.Conflictf("%s %s was approved here before (%s), and is not renewed by a baseline", std.Standard, std.Facet, a.ID).Hinted(assess))
			}
		}
		if seq, ok := see.Safeguard.Broken(std.Standard, string(std.Facet)); ok {
			l = append(l, fault.Conflictf("entry %d withdrew or reopened %s %s, which a baseline does not undo", seq, std.Standard, std.Facet).Hinted(assess))
		}
	}
	return l
}

func overlaps(a safeguard.Approval, b Baseline) bool {
	return slices.ContainsFunc(b.Models, func(m string) bool {
		return slices.ContainsFunc(b.Environments, func(env string) bool { return a.Covers(m, env) })
	})
}

func (s See) basis() Basis {
	return Basis{Policy: s.Policy, Model: s.Model, Evidence: s.Evidence, Assessment: s.Assessment, Review: s.Review, Rules: s.Rules}
}

// answeredHere gives a decision that people signed here, a baseline or not, and
// that answered a threshold for a model, whether it still counts or not.
func (s State) answeredHere(model, threshold string) (Decision, bool) {
	prefix := determinedKey(model, threshold)
	for key, id := range s.determined.From(prefix) {
		if !strings.HasPrefix(key, prefix) {
			break
		}
		if d, ok := s.decisions.Get(id); ok && d.Question != "" {
			return d, true
		}
	}
	return Decision{}, false
}

// Against lists what the record says against a baseline that rules a threshold
// out for one of its models: it rests on nothing recorded here, so any finding
// that does not support it stops it for that model. One that was withdrawn still
// does, since taking evidence back must raise nothing.
func (s State) Against(f File, model, threshold string, b Basis) []Problem {
	if f.Baseline == nil || !slices.Contains(f.Baseline.Models, model) || f.outcome(threshold) != RuledOut || b.Assessment.Changed(model, threshold) == 0 {
		return nil
	}
	p, err := b.Policy.Find(f.Policy.Ref)
	if err != nil {
		return []Problem{cannotTell(err.Error(), f.AsOf)}
	}
	var ps []Problem
	see := assessment.See{Policy: p.Pack, Model: b.Model, Evidence: b.Evidence, Rules: b.Rules}
	for _, o := range b.Assessment.Coverage(model, threshold, see).Unanswered {
		ps = append(ps, cannotTell(o.ID+" speaks against it: "+o.Reason, o.Seq))
	}
	for _, v := range b.Assessment.Findings(model, threshold) {
		if v.IsWithdrawn() && !strings.HasSuffix(summary(v), "supports rule out") {
			ps = append(ps, cannotTell(v.ID+", which was withdrawn, spoke against it: "+summary(v), v.Seq))
		}
	}
	return ps
}

func (f File) outcome(threshold string) Outcome {
	return Decision{File: f}.determination(threshold).Outcome
}

// IsBaseline tells whether the decision takes over what was decided before.
func (d Decision) IsBaseline() bool {
	return d.File.Kind == policy.DecideBaseline && d.File.Baseline != nil
}

// Models lists the models whose thresholds the decision is about.
func (f File) Models() []string {
	if f.Baseline != nil {
		return f.Baseline.Models
	}
	return []string{f.Model}
}

// Covers tells whether the scope of a baseline includes what is asked.
func (b Baseline) Covers(model, action, environment string) bool {
	return slices.Contains(b.Models, model) && slices.Contains(b.Actions, action) && slices.Contains(b.Environments, environment)
}

// Baselines lists the baselines that ever took effect, in that order.
func (s State) Baselines() []Decision {
	var all []Decision
	for _, id := range s.baselines.All() {
		if d, ok := s.decisions.Get(id); ok {
			all = append(all, d)
		}
	}
	return all
}

// indexBaseline lists a baseline under each of its models.
func (s *State) indexBaseline(v Decision) {
	s.baselines.Set(cow.SeqKey(v.EffectSeq), v.File.ID)
	for _, name := range v.File.Baseline.Models {
		for _, det := range v.File.Determinations {
			s.determined.Set(determinedKey(name, det.Threshold)+cow.SeqKey(v.EffectSeq), v.File.ID)
		}
	}
}
