// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/proof"
)

// React gives the drafts of an act together with those that follow from them, in
// this order: decisions that take effect with what they decide; interim measures
// that end by it; offices that fall vacant; duties that begin or are done; response duties for what is live and
// held now; notices and findings. The receiver is the world before the act.
func (w World) React(drafts []entry.Draft, act entry.Act) ([]entry.Draft, error) {
	for _, step := range []func(World, []entry.Draft, entry.Act) ([]entry.Draft, error){
		World.decisions, World.interims, World.offices, World.duties, World.responses, World.notices,
	} {
		var err error
		if drafts, err = step(w, drafts, act); err != nil {
			return nil, err
		}
	}
	return drafts, nil
}

// decisions puts every decision into effect that the drafts make ready.
func (w World) decisions(drafts []entry.Draft, act entry.Act) ([]entry.Draft, error) {
	if !slices.ContainsFunc(drafts, mayMakeReady) {
		return drafts, nil
	}
	next, err := w.Pretend(drafts, act)
	if err != nil {
		return nil, err
	}
	for _, d := range next.Decision.Open() {
		more, err := next.effect(d, after(act, drafts))
		if err != nil {
			return nil, err
		}
		if next, err = next.Pretend(more, after(act, drafts)); err != nil {
			return nil, err
		}
		drafts = append(drafts, more...)
	}
	return drafts, nil
}

// mayMakeReady tells whether an entry can be the last thing that a decision
// waited for: a signature, an acknowledgement, feedback, or its answer.
func mayMakeReady(d entry.Draft) bool {
	return strings.HasPrefix(d.Type, "signoff.") || strings.HasPrefix(d.Type, "review.")
}

// after is the same act at the position behind its drafts so far.
func after(act entry.Act, drafts []entry.Draft) entry.Act {
	act.Seq += int64(len(drafts))
	return act
}

// Pretend gives the world as it will be when the drafts are entries. The writer
// gives them salts and commitments, which no fold reads.
func (w World) Pretend(drafts []entry.Draft, act entry.Act) (World, error) {
	w = w.Fork()
	var err error
	for i, d := range drafts {
		e := entry.Entry{
			Header: proof.Header{Seq: act.Seq + int64(i), RecordedAt: act.Now, Type: d.Type, V: d.V, Actor: act.Actor},
			Body:   d.Body,
		}
		if d.Class == entry.Private {
			e.Body = nil
		}
		if w, err = w.Apply(e); err != nil {
			return w, err
		}
	}
	return w, nil
}

// effect puts a decision into effect if it is ready, with what it decides.
func (w World) effect(d decision.Decision, act entry.Act) ([]entry.Draft, error) {
	if !w.Decision.Ready(d, w.DecisionSee()) {
		return nil, nil
	}
	drafts, err := w.Decision.TakeEffect(d.File.ID)
	if err != nil {
		return nil, err
	}
	then, err := w.Pretend(drafts, act)
	if err != nil {
		return nil, err
	}
	more, err := then.consequence(d.File.ID, after(act, drafts))
	if err != nil {
		// What the decision would change cannot be changed any more, for instance
		// because its report was overtaken. It stays without effect; the act that
		// made it ready, somebody's signature or feedback, stands on its own.
		return nil, nil
	}
	return append(drafts, more...), nil
}

// consequence is what a decision in effect changes elsewhere.
func (w World) consequence(id string, act entry.Act) ([]entry.Draft, error) {
	d, err := w.Decision.Decision(id)
	if err != nil {
		return nil, err
	}
	switch d.File.Kind {
	case policy.DecideLiftHold:
		return w.Gate.Lift(d)
	case policy.DecideSafeguards:
		return w.approve(d, act)
	case policy.DecideInterim:
		return w.interim(d, act)
	case policy.DecideRestriction:
		return w.restriction(d, act)
	case policy.DecideBaseline:
		return w.baseline(d, act)
	case policy.DecideException:
		return w.exemption(d, act)
	}
	return nil, nil
}

// approve brings the decided standard into force, with the re-approval period
// of the version under which it was decided.
func (w World) approve(d decision.Decision, act entry.Act) ([]entry.Draft, error) {
	p, err := w.Policy.Find(d.File.Policy.Ref)
	if err != nil {
		return nil, err
	}
	s := d.File.Safeguards
	return w.Safeguard.Approve(safeguard.ApproveInput{
		Standard: s.Standard, Facet: string(s.Facet), Report: s.Report, Decision: d.File.ID,
		Models: s.Models, Environments: s.Environments, Limitations: s.Limitations,
		ReapproveBy: decision.ReapproveBy(p.Pack, *s, act.Now),
	}, act)
}
