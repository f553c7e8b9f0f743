// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/entry/entrytest"
)

// TestGoldenBodies keeps the bytes of every type and version, with every field
// set: what was written once is read for ever. A file that is there is never
// rewritten; a change of fields is a new version of the type.
func TestGoldenBodies(t *testing.T) {
	b := entrytest.NewBodies(t)
	files := []File{{Path: "a", SHA256: digestOf("a"), Size: 1}, {Path: "b", SHA256: digestOf("b"), Size: 2}}
	entrytest.Keep(b, registered, Registered{Model: "m", Family: "f", Developer: "d", Title: "t"})
	entrytest.Keep(b, snapshotRegistered, SnapshotRegistered{Model: "m", Snapshot: "s", Kind: HelpfulOnly, Safety: MechanismsOff,
		Weights: digestOf("x"), Files: files, TakenOn: "2025-05-22"})
	entrytest.Keep(b, derived, Derived{Model: "m", Base: "b", BaseSnapshot: "s", Method: Distillation, Increase: IncreaseUnknown, Reason: "r"})
	entrytest.Keep(b, computeEstimated, ComputeEstimated{Model: "m", Snapshot: "s", Value: "2.5", Low: "2", High: "3", Unit: Relative, Method: "loss", Reference: "b"})
	entrytest.Keep(b, conditionsChanged, ConditionsChanged{Model: "m", What: ChangeNewTools, Significant: true, Reason: "r"})
	place := Deployed{Model: "m", Snapshot: "s", Environment: "production", Surface: "api", Audience: "public"}
	entrytest.Keep(b, deployed, place)
	entrytest.Keep(b, withdrawn, place)
	b.Check(Types())
}
