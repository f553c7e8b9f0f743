// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// A lab's own pack may stand on another of its own, in a file beside it, and
// that one on a pack that ships.
func TestAPackExtendsOneBesideIt(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("lab-1.0.yaml", "schema: holdpoint/policy/v1\nextends: anthropic-rsp@2.2\nid: lab\nversion: \"1.0\"\npublished: 2026-01-01\neffective: 2026-01-01\n")
	next := write("next.yaml", "schema: holdpoint/policy/v1\nextends: lab@1.0\nversion: \"1.1\"\npublished: 2026-02-01\neffective: 2026-02-01\n")
	p, err := app.LoadPolicy(next, policy.State{})
	if err != nil || p.Ref() != "lab@1.1" || len(p.Thresholds) == 0 {
		t.Fatal(p.Ref(), err)
	}
	if faults, err := app.LintPack(next); err != nil || len(faults) != 0 {
		t.Error(faults, err)
	}
	lost := write("lost.yaml", "schema: holdpoint/policy/v1\nextends: lab@0.9\nversion: \"1.1\"\npublished: 2026-02-01\neffective: 2026-02-01\n")
	if _, err := app.LoadPolicy(lost, policy.State{}); err == nil || !strings.Contains(err.Error(), "lab@0.9") {
		t.Error(err)
	}
}
