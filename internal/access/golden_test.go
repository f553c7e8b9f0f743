// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package access

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Bodies are kept for ever: the bytes of every type, with its optional members
// and without, are those of testdata/bodies.txt. A change of fields is a new
// version with new lines, never a changed line.
func TestGoldenBodies(t *testing.T) {
	var got strings.Builder
	seen := map[string]bool{}
	keep := func(d entry.Draft, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		seen[d.Type] = true
		fmt.Fprintf(&got, "%s v%d %s\n", d.Type, d.V, d.Body)
	}
	how := entry.Graded(grade.Reported, entry.Source{Document: "S1", Section: "2"})
	keep(personAdded.Draft(PersonAdded{Person: "p-1", Kind: Human}))
	keep(personAdded.Draft(PersonAdded{Person: "the-board", Kind: Body}, how))
	keep(personAdded.Draft(PersonAdded{Person: "bot", Kind: Automation}))
	keep(roleGranted.Draft(RoleGranted{Person: "p-1", Role: "rso", Reason: "appointed"}))
	keep(roleEnded.Draft(RoleEnded{Person: "p-1", Role: "rso", Reason: "left office"}))
	keep(keyRegistered.Draft(KeyRegistered{Person: "p-1", Key: "SHA256:x", Algorithm: Ed25519, Public: "ed25519:AA=="}))
	keep(keyRegistered.Draft(KeyRegistered{Person: "p-1", Key: "SHA256:x", Algorithm: SSH, Public: "ssh-ed25519 AA=="}))
	keep(keyRevoked.Draft(KeyRevoked{Key: "SHA256:x", Reason: "device lost"}))

	want, err := os.ReadFile("testdata/bodies.txt")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Error(d)
	}
	for _, typ := range Types() {
		if !seen[typ.Name] {
			t.Errorf("%s has no golden bytes", typ.Name)
		}
	}
}
