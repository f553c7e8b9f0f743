// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"fmt"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// The types of entries of this area.
var (
	registered         = entry.Define[Registered]("model.registered", 1, entry.Fact)
	snapshotRegistered = entry.Define[SnapshotRegistered]("model.snapshot_registered", 1, entry.Fact)
	derived            = entry.Define[Derived]("model.derived", 1, entry.Fact)
	computeEstimated   = entry.Define[ComputeEstimated]("model.compute_estimated", 1, entry.Fact)
	conditionsChanged  = entry.Define[ConditionsChanged]("model.conditions_changed", 1, entry.Fact)
	deployed           = entry.Define[Deployed]("model.deployed", 1, entry.Fact)
	withdrawn          = entry.Define[Deployed]("model.withdrawn", 1, entry.Fact)
)

// Types lists every type of entry of this area.
func Types() []entry.Type {
	return []entry.Type{
		registered.Type(), snapshotRegistered.Type(), derived.Type(), computeEstimated.Type(),
		conditionsChanged.Type(), deployed.Type(), withdrawn.Type(),
	}
}

// Fork gives a state that changes on its own. Constant time.
func (s State) Fork() State {
	return State{
		models: s.models.Fork(), snapshots: s.snapshots.Fork(), derivations: s.derivations.Fork(),
		estimates: s.estimates.Fork(), changes: s.changes.Fork(), deployments: s.deployments.Fork(),
		live: s.live.Fork(),
	}
}

// Apply takes in one entry of this area.
func (s *State) Apply(e entry.Entry) error {
	switch e.Type {
	case registered.Name():
		return apply(e, registered, s.applyRegistered)
	case snapshotRegistered.Name():
		return apply(e, snapshotRegistered, s.applySnapshot)
	case derived.Name():
		return apply(e, derived, s.applyDerived)
	case computeEstimated.Name():
		return apply(e, computeEstimated, s.applyEstimate)
	case conditionsChanged.Name():
		return apply(e, conditionsChanged, s.applyChange)
	case deployed.Name():
		return apply(e, deployed, s.applyDeployment(true))
	case withdrawn.Name():
		return apply(e, withdrawn, s.applyDeployment(false))
	}
	return fault.New(fault.Internal, "entry %d: models know no %s", e.Seq, e.Type)
}

func apply[T any](e entry.Entry, k entry.Kind[T], take func(T, known)) error {
	data, how, err := k.Decode(e)
	if err != nil {
		return err
	}
	take(data, known{seq: e.Seq, grade: how.GradeOr(stated)})
	return nil
}

func (s *State) applyRegistered(d Registered, k known) {
	s.models.Set(d.Model, Model{Registered: d, Seq: k.seq, Grade: k.grade})
}

func (s *State) applySnapshot(d SnapshotRegistered, k known) {
	s.snapshots.Set(SnapshotID(d.Model, d.Snapshot), Snapshot{
		Model: d.Model, Snapshot: d.Snapshot, Kind: d.Kind, Safety: d.Safety, Weights: d.Weights,
		Files: len(d.Files), TakenOn: d.TakenOn, Seq: k.seq, Grade: k.grade,
	})
}

func (s *State) applyDerived(d Derived, k known) {
	s.derivations.Set(d.Model+"/"+d.Base, Derivation{Derived: d, Seq: k.seq, Grade: k.grade})
}

func (s *State) applyEstimate(d ComputeEstimated, k known) {
	s.estimates.Set(SnapshotID(d.Model, d.Snapshot), Estimate{ComputeEstimated: d, Seq: k.seq, Grade: k.grade})
}

func (s *State) applyChange(d ConditionsChanged, k known) {
	s.changes.Set(fmt.Sprintf("%s/%016d", d.Model, k.seq), Change{ConditionsChanged: d, Seq: k.seq, Grade: k.grade})
}

func (s *State) applyDeployment(live bool) func(Deployed, known) {
	return func(d Deployed, k known) {
		v := Deployment{Deployed: d, Live: live, Seq: k.seq, Grade: k.grade}
		s.deployments.Set(d.key(), v)
		if live {
			s.live.Set(d.key(), v)
		} else {
			s.live.Delete(d.key())
		}
	}
}
