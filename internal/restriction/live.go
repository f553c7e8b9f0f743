// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package restriction

import (
	"cmp"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// Thing is something in use, with the action of the policy that it stands for.
type Thing struct {
	Model string
	// Snapshot is "" where it is not known which.
	Snapshot    string
	Environment string
	Action      string
	Class       policy.ActionClass
}

// Key tells one thing in use from another.
func (t Thing) Key() string { return strings.Join([]string{t.Model, t.Snapshot, t.Environment}, "/") }

// Ask is the question that the gate is asked about it.
func (t Thing) Ask() gate.Ask {
	return gate.Ask{Model: t.Model, Snapshot: t.Snapshot, Action: t.Action, Environment: t.Environment}
}

// Where says it in words: the model, its snapshot where that is known, and where
// it is in use.
func (t Thing) Where() string {
	what := t.Model
	if t.Snapshot != "" {
		what = model.SnapshotID(t.Model, t.Snapshot)
	}
	return what + " in " + t.Environment
}

// Live lists what is in use, one for each model, snapshot and environment,
// whatever its surfaces and audiences. Without a policy in force there is
// nothing that it could stand for, and the list is empty.
func Live(m model.State, p policy.State, now int64) []Thing {
	if !m.AnyLive() {
		return nil
	}
	inForce, ok := p.InForce(now)
	if !ok {
		return nil
	}
	var things []Thing
	for _, d := range m.Live() {
		a := ActionIn(inForce.Pack, d.Environment)
		things = append(things, Thing{d.Model, d.Snapshot, d.Environment, a.ID, a.Class})
	}
	slices.SortFunc(things, func(a, b Thing) int { return cmp.Compare(a.Key(), b.Key()) })
	return slices.CompactFunc(things, func(a, b Thing) bool { return a.Key() == b.Key() })
}

// ActionIn gives the action that something in use in an environment stands for:
// the first that deploys there; where training happens, going on with it; and in
// an environment that no action names, what is offered by default, asked there.
func ActionIn(p policy.Pack, environment string) policy.Action {
	for _, is := range []func(policy.Action) bool{
		func(a policy.Action) bool { return a.Class == policy.Deploy && a.Environment == environment },
		func(a policy.Action) bool { return a.ID == continueTraining && a.Environment == environment },
		func(a policy.Action) bool { return a.Class == policy.Train && a.Environment == environment },
		func(a policy.Action) bool { return a.Class == policy.Deploy && a.Environment == p.Defaults.Environment },
		func(a policy.Action) bool { return a.Class == policy.Deploy },
	} {
		if i := slices.IndexFunc(p.Actions, is); i >= 0 {
			return p.Actions[i]
		}
	}
	return policy.Action{}
}

// continueTraining is what a training run under way stands for, where a policy
// tells it from a new one.
const continueTraining = "continue_training"
