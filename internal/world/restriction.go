// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"fmt"
	"slices"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/restriction"
)

// restriction carries out a decision of its kind that has taken effect: the hold
// of the weightier kinds, and then the order that names it.
func (w World) restriction(d decision.Decision, act entry.Act) ([]entry.Draft, error) {
	r := *d.File.Restriction
	if err := w.CheckReplacement(r, act.Now); err != nil {
		return nil, err
	}
	in, holds, err := w.holdFor(d, act.Now)
	if err != nil {
		return nil, err
	}
	if !holds {
		return w.Restriction.Record(d, "")
	}
	drafts, err := w.Gate.Place(in, w.Facts(), act)
	if err != nil {
		return nil, err
	}
	order, err := w.Restriction.Record(d, act.ID("hold", 0))
	return append(drafts, order...), err
}

// holdFor gives the hold that a restriction places, if its kind does.
func (w World) holdFor(d decision.Decision, now int64) (gate.PlaceIn, bool, error) {
	r := *d.File.Restriction
	p, ok := w.Policy.InForce(now)
	if !ok {
		return gate.PlaceIn{}, false, fault.Conflictf("no policy is in force, so there is nothing to restrict")
	}
	actions, holds := restriction.Held(p.Pack, r)
	reason := fmt.Sprintf("%s ordered %s: %s", d.File.ID, r.Kind.Words(), r.Reason)
	return gate.PlaceIn{Model: r.Model, Actions: actions, Reason: reason}, holds, nil
}

// CheckReplacement refuses a withdrawal in favour of a model that is itself held
// where it would take over (INT-5): wherever the withdrawn one is in use in the
// decision's scope, or where it would be offered by default.
func (w World) CheckReplacement(r decision.Restriction, now int64) error {
	if r.Kind != decision.WithdrawModel {
		return nil
	}
	p, ok := w.Policy.InForce(now)
	if !ok {
		return fault.Conflictf("no policy is in force, so nothing can replace %s", r.Model)
	}
	var places []restriction.Thing
	for _, t := range restriction.Live(w.Model, w.Policy, now) {
		if t.Model == r.Model && t.Class == policy.Deploy && (r.Environment == "" || r.Environment == t.Environment) &&
			(len(r.Snapshots) == 0 || slices.Contains(r.Snapshots, t.Snapshot)) {
			places = append(places, t)
		}
	}
	if len(places) == 0 {
		env := r.Environment
		if env == "" {
			env = p.Pack.Defaults.Environment
		}
		places = append(places, restriction.Thing{Action: restriction.ActionIn(p.Pack, env).ID, Environment: env})
	}
	for _, t := range places {
		v := gate.Evaluate(w.Facts(), gate.Ask{Model: r.Replacement, Action: t.Action, Environment: t.Environment}, now)
		if v.Outcome == gate.Clear {
			continue
		}
		return fault.Conflictf("%s cannot replace %s: its %s in %s is held: %s", r.Replacement, r.Model, t.Action, t.Environment, v.HeldBecause()[0].Reason).
			Hinted("name a model that is clear there; to stop %s at once, nothing is needed but: holdpoint model withdraw, or holdpoint hold place", r.Model)
	}
	return nil
}

// CheckRestriction asks of a proposed restriction what the decision file alone
// cannot tell: that its replacement is clear, and that the response which it
// names is open and about the same model.
func (w World) CheckRestriction(r decision.Restriction, now int64) error {
	if r.Response != "" {
		have, err := w.Restriction.Response(r.Response)
		switch {
		case err != nil:
			return err
		case !have.IsOpen():
			return fault.Conflictf("%s was answered already with entry %d", have.ID, have.AnsweredSeq)
		case have.Model != r.Model:
			return fault.Invalidf("%s is about %s, not about %s", have.ID, have.Model, r.Model)
		}
	}
	return w.CheckReplacement(r, now)
}

// liftWithHold lifts the restrictions whose hold the drafts lift.
func (w World) liftWithHold(drafts []entry.Draft, act entry.Act) ([]entry.Draft, error) {
	lifts := func(d entry.Draft) bool { return d.Type == holdLifted }
	if !w.Restriction.AnyStanding() || !slices.ContainsFunc(drafts, lifts) {
		return drafts, nil
	}
	next, err := w.Pretend(drafts, act)
	if err != nil {
		return nil, err
	}
	for _, o := range w.Restriction.Standing() {
		was, err := w.Gate.Hold(o.Hold)
		if err != nil || !was.Stands() {
			continue
		}
		now, err := next.Gate.Hold(o.Hold)
		if err != nil || now.Stands() {
			continue
		}
		more, err := w.Restriction.LiftedWith(now)
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, more...)
	}
	return drafts, nil
}
