// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"cmp"
	"slices"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// EveryModel is the model of a hold that covers all models.
const EveryModel = "*"

// Hold stops actions of a model until a decision lifts it.
type Hold struct {
	ID    string
	Model string
	// Actions are those it covers; none means every action.
	Actions []string
	Reason  string
	By      string
	Seq     int64
	At      int64
	// LiftedSeq is the entry that lifted it, 0 while it stands.
	LiftedSeq int64
	Decision  string
}

// Stands tells whether the hold has not been lifted.
func (h Hold) Stands() bool { return h.LiftedSeq == 0 }

// Covers tells whether the hold stops the action.
func (h Hold) Covers(action string) bool {
	return len(h.Actions) == 0 || slices.Contains(h.Actions, action)
}

// Standing lists the holds that stand for a model, those of every model
// included.
func (s State) Standing(model string) []Hold {
	var standing []Hold
	for h := range s.holds.Values() {
		if h.Stands() && (h.Model == model || h.Model == EveryModel) {
			standing = append(standing, h)
		}
	}
	return standing
}

// Holds lists every hold ever placed, oldest first.
func (s State) Holds() []Hold {
	return slices.SortedFunc(s.holds.Values(), func(a, b Hold) int { return cmp.Compare(a.Seq, b.Seq) })
}

// Hold gives a hold by id.
func (s State) Hold(id string) (Hold, error) {
	if h, ok := s.holds.Get(id); ok {
		return h, nil
	}
	return Hold{}, fault.NotFoundf("there is no hold %q", id).Hinted("holdpoint hold list shows them all")
}

// PlaceIn asks for a hold.
type PlaceIn struct {
	// Model is a registered model, or EveryModel.
	Model   string
	Actions []string
	Reason  string
}

// Place places a hold. One person is enough, and no state of the world stands
// in the way: whoever sees a reason to stop must be able to.
func (s State) Place(in PlaceIn, f Facts, act entry.Act) ([]entry.Draft, error) {
	if err := access.CheckReason(in.Reason); err != nil {
		return nil, err
	}
	if _, ok := f.Model.Model(in.Model); !ok && in.Model != EveryModel {
		return nil, fault.NotFoundf("no model %q is registered", in.Model).
			Hinted("name a registered model, or %q for every model", EveryModel)
	}
	for _, a := range in.Actions {
		if err := CheckAction(f, a, act.Now); err != nil {
			return nil, err
		}
	}
	return holdPlaced.Drafts(HoldPlacedV1(in))
}

// Lift lifts the hold that a decision of kind lift_hold names, once that
// decision is in effect. It is called when the decision takes effect.
func (s State) Lift(d decision.Decision) ([]entry.Draft, error) {
	h, err := s.Hold(d.File.Hold)
	if err != nil {
		return nil, err
	}
	switch {
	case d.File.Kind != policy.DecideLiftHold || d.Status != decision.InEffect:
		return nil, fault.Conflictf("%s is not a decision in effect that lifts a hold", d.File.ID)
	case !h.Stands():
		return nil, fault.Conflictf("%s was lifted already by %s", h.ID, h.Decision)
	}
	return holdLifted.Drafts(HoldLiftedV1{Hold: h.ID, Decision: d.File.ID})
}
