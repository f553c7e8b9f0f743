// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package audit_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/audit"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/threshold"
	"github.com/holdpoint/holdpoint/proof"
)

// One frozen journal for each rules number replays to the same bytes for ever:
// every finding and every clearance, with their reasons. A change that makes
// this test fail changes what recorded results mean. It needs a new rules number
// and a frozen journal of its own; this one stays, and the code that it needs.
func TestFrozenJournals(t *testing.T) {
	for dir, root := range map[string]string{
		"rules-1": "bQviDeWaCmRkfjR4JZ4PFlAebvWQtUEfz/5wLLkicXg=",
		// The same rules, with duties, offices, interim measures and what else follows.
		"rules-1-living": "qVCnRuBHcwiCRB7A5JxpMddiwA4kWbIReln2J+boZ0w=",
	} {
		text, err := os.ReadFile(filepath.Join("testdata", dir, "holdpoint.vkey"))
		if err != nil {
			t.Fatal(err)
		}
		key, err := proof.ParseVerifyKey(string(text))
		if err != nil {
			t.Fatal(err)
		}
		rep, err := audit.Verify(filepath.Join("testdata", dir), audit.Options{Key: key, Registry: app.Registry(), Replay: true})
		if err != nil {
			t.Fatal(err)
		}
		if !rep.OK() || rep.Root != root {
			t.Errorf("%s: root %s, faults %q, not checked %q", dir, rep.Root, rep.Faults, rep.NotChecked)
		}
		if rep.Replay.Findings.Equal < 5 || rep.Replay.Clearances.Equal < 2 || rep.Signatures < 20 {
			t.Errorf("%s: too little was replayed: %+v, %d signatures", dir, *rep.Replay, rep.Signatures)
		}
	}
	if gate.Rules != 1 || threshold.Rules != 1 {
		t.Error("the rules number was raised: freeze a journal of its own")
	}
}
