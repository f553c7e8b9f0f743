// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"fmt"

	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/rule"
)

// canary is a condition only where the weights asked about are the canary of an
// enforcement point, retired or not: those are always held, so that a point can
// prove that it holds. Where no snapshot is named, every one of the model counts.
func (e *evaluation) canary() []rule.Result {
	snaps := e.facts.Model.Snapshots(e.v.Ask.Model)
	if s, ok := e.facts.Model.Snapshot(e.v.Ask.Model, e.v.Ask.Snapshot); ok {
		snaps = []model.Snapshot{s}
	}
	for _, s := range snaps {
		if p, ok := e.facts.Enforcement.Canary(s.Weights); ok {
			why := fmt.Sprintf("the weights of %s are the canary of the enforcement point %s, which is always held", s.ID(), p.Point)
			return []rule.Result{rule.New(rule.Condition{ID: "canary", Basis: rule.House}, rule.NotMet, grade.Recomputed, why, s.Seq, p.Seq)}
		}
	}
	return nil
}
