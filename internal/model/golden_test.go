// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/proof"
)

var update = flag.Bool("update", false, "write golden bodies that are not there yet")

// TestGoldenBodies keeps the bytes of every type and version, with every field
// set: what was written once is read for ever. A file that is there is never
// rewritten; a change of fields is a new version of the type.
func TestGoldenBodies(t *testing.T) {
	files := []File{{Path: "a", SHA256: digestOf("a"), Size: 1}, {Path: "b", SHA256: digestOf("b"), Size: 2}}
	golden(t, registered, Registered{Model: "m", Family: "f", Developer: "d", Title: "t"})
	golden(t, snapshotRegistered, SnapshotRegistered{Model: "m", Snapshot: "s", Kind: HelpfulOnly, Safety: MechanismsOff,
		Weights: digestOf("x"), Files: files, TakenOn: "2025-05-22"})
	golden(t, derived, Derived{Model: "m", Base: "b", BaseSnapshot: "s", Method: Distillation, Increase: IncreaseUnknown, Reason: "r"})
	golden(t, computeEstimated, ComputeEstimated{Model: "m", Snapshot: "s", Value: "2.5", Low: "2", High: "3", Unit: Relative, Method: "loss", Reference: "b"})
	golden(t, conditionsChanged, ConditionsChanged{Model: "m", What: ChangeNewTools, Significant: true, Reason: "r"})
	place := Deployed{Model: "m", Snapshot: "s", Environment: "production", Surface: "api", Audience: "public"}
	golden(t, deployed, place)
	golden(t, withdrawn, place)
	if kept, _ := filepath.Glob("testdata/bodies/*"); len(kept) != len(Types()) {
		t.Errorf("%d golden bodies for %d types and versions", len(kept), len(Types()))
	}
}

func golden[T any](t *testing.T, k entry.Kind[T], data T) {
	t.Helper()
	draft, err := k.Draft(data)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "bodies", fmt.Sprintf("%s.v%d.json", k.Name(), draft.V))
	if _, err := os.Stat(path); err != nil && *update {
		if err := os.WriteFile(path, draft.Body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(kept), string(draft.Body)); d != "" {
		t.Errorf("%s is written differently now: %s", k.Name(), d)
	}
	back, _, err := k.Decode(entry.Entry{Header: proof.Header{Type: k.Name(), V: draft.V}, Body: kept})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(data, back); d != "" {
		t.Errorf("%s is read differently now: %s", k.Name(), d)
	}
}
