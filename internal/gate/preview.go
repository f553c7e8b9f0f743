// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"github.com/holdpoint/holdpoint/internal/policy"
)

// Effect is what adopting a policy version would do to one model and action.
type Effect struct {
	Model, Action string
	Before, After Outcome
	// Carried lists the determinations that the new version takes over.
	Carried []Carried
	// Because says what would hold, when it would.
	Because []string
}

// Preview asks every registered model and every action of the candidate twice:
// under the version in force, and as if the candidate were in force at now.
func Preview(f Facts, candidate policy.State, p policy.Pack, now int64) []Effect {
	then := f
	then.Policy = candidate
	var out []Effect
	for _, m := range f.Model.Models() {
		for _, a := range p.Actions {
			before := Evaluate(f, Ask{Model: m.Model, Action: a.ID}, now)
			after := Evaluate(then, Ask{Model: m.Model, Action: a.ID}, now)
			e := Effect{Model: m.Model, Action: a.ID, Before: before.Outcome, After: after.Outcome, Carried: after.Carried}
			for _, r := range after.HeldBecause() {
				e.Because = append(e.Because, r.Reason)
			}
			out = append(out, e)
		}
	}
	return out
}
