// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/model"
)

// No clearance is issued on the public record, also when somebody adds weights:
// nobody signed what it rests on.
func TestNothingIsClearedFromTheRecord(t *testing.T) {
	ctx := t.Context()
	a, err := BuildRecord(ctx, filepath.Join(t.TempDir(), "record"))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	who := app.Who{Actor: app.Operator}
	for name, add := range map[string]model.SnapshotRegistered{
		"claude-opus-4": {Model: "claude-opus-4", Snapshot: "release-candidate-2", Kind: model.ReleaseCandidate, Safety: model.MechanismsOn, Weights: strings.Repeat("ab", 32)},
	} {
		if _, err := a.Do(ctx, who, app.AddSnapshot(model.NewSnapshot{SnapshotRegistered: add})); err != nil {
			t.Fatal(err)
		}
		for _, action := range []string{"store_weights", "external_deploy"} {
			for _, snapshot := range []string{"", "release-candidate"} {
				ask := gate.Ask{Model: name, Action: action, Snapshot: snapshot}
				if _, _, err := a.Issue(ctx, who, ask, time.Hour); err == nil {
					t.Errorf("%s of %s %q was cleared", action, name, snapshot)
				}
			}
		}
	}
}
