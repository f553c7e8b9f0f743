// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// acknowledged delivers a decision to board and trust, who acknowledge it.
func (n newcomer) acknowledged(id string) {
	n.t.Helper()
	for _, to := range [][2]string{{"board", "b-board"}, {"trust", "b-trust"}} {
		n.do("decision", "deliver", id, to[0])
		n.do("decision", "acknowledge", id, "--role", to[0], "--key", n.key(to[1]))
	}
}

// crossed is a lab whose baseline says that CBRN-3 is crossed by aster-2, so that
// it needs ASL-3, which is not in force.
func crossedNewcomer(t *testing.T) newcomer {
	n := newNewcomer(t)
	id := n.propose("baseline", "propose", "--model", "aster-2", "--action", "store_weights", "--environment", "production",
		"--determine", "CBRN-3=crossed:found in spring", "--determine", "CBRN-4=ruled_out:far below", "--determine", "AUTO-CKPT=ruled_out:far below",
		"--standard", "ASL-2:security", "--decided-on", "2025-05-30", "--source", "Minutes", "--reason", "it serves customers", "--expires", "2025-12-31")
	n.sign("baseline", id)
	return n
}

func interimArgs(n newcomer, more ...string) []string {
	return append([]string{"safeguard", "interim", "propose", "--standard", "ASL-3", "--facet", "security", "--model", "aster-2", "--environment", "production",
		"--measure", "isolated_network=one network, for nothing else", "--equivalence", "nobody reaches the weights", "--document", filepath.Join(n.tmp, "argument.txt")}, more...)
}

// INT-1 to INT-4: a standard is missing; measures are argued, signed and put before
// board and trust; they open the gate until their last day, and show beside the
// standard; then something stronger has to follow.
func TestInterimMeasuresFromProposalToExpiry(t *testing.T) {
	n := crossedNewcomer(t)
	if out, code := n.check("aster-2", "store_weights"); code != 3 || !strings.Contains(out, "the ASL-3 Security Standard is not in force") {
		t.Fatal(code, out)
	}
	if err := os.WriteFile(filepath.Join(n.tmp, "argument.txt"), []byte("why it is as good"), 0o600); err != nil {
		t.Fatal(err)
	}
	id := n.propose(interimArgs(n, "--expires", "2025-08-09")...)
	n.sign("decision", id)
	if _, code := n.check("aster-2", "store_weights"); code != 3 {
		t.Error("it opens before board and trust have it (INT-1)")
	}
	n.acknowledged(id)
	out, code := n.check("aster-2", "store_weights")
	if code != 0 || !strings.Contains(out, "stands in for the ASL-3 Security Standard until 2025-08-09") || !strings.Contains(out, "isolated network: one network, for nothing else") {
		t.Error(code, out)
	}
	var listed struct {
		Interim []struct {
			ID, Why, Decision string
			Stands            bool
			DaysLeft          int `json:"days_left"`
		}
	}
	n.read(&listed, "safeguard", "interim", "list")
	if len(listed.Interim) != 1 || !listed.Interim[0].Stands || listed.Interim[0].Decision != id || listed.Interim[0].DaysLeft != 68 {
		t.Fatalf("%+v", listed)
	}
	first := listed.Interim[0].ID
	for _, args := range [][]string{{"safeguard", "show", "ASL-3", "security"}, {"safeguard", "interim", "show", first}, {"status"}} {
		if out := n.do(args...); !strings.Contains(out, first) || !strings.Contains(out, "2025-08-09") {
			t.Errorf("%v does not show it:\n%s", args, out)
		}
	}
	if out, code := n.check("aster-2", "store_weights", "--at", "2025-08-10T00:00:00Z"); code != 3 || !strings.Contains(out, first+" stands in for it no longer: its last day was 2025-08-09") {
		t.Error(code, out)
	}
	n.read(&listed, "safeguard", "interim", "list", "--at", "2025-08-10T00:00:00Z")
	if listed.Interim[0].Stands || !strings.Contains(listed.Interim[0].Why, "a stronger restriction is proposed") {
		t.Errorf("%+v", listed)
	}

	refuses := func(args ...string) {
		t.Helper()
		if out, code := typing(t, append([]string{"--dir", n.dir}, args...)...); code == 0 {
			t.Errorf("%v was taken: %s", args, out)
		}
	}
	refuses(interimArgs(n, "--expires", "2025-11-30")...)
	refuses(interimArgs(n, "--expires", "2025-11-30", "--follows", first)...)
	refuses(interimArgs(n, "--expires", "2025-11-30", "--measure", "hope=that it goes well", "--follows", first, "--stronger", "more hope")...)
	refuses(interimArgs(n, "--expires", "2025-11-30", "--measure", "hope")...)
	refuses("safeguard", "interim", "show", "interim-1")
	next := n.propose(interimArgs(n, "--expires", "2025-11-30", "--follows", first, "--stronger", "two people at every door")...)
	n.sign("decision", next)
	n.acknowledged(next)
	if out := n.do("safeguard", "interim", "show", first); !strings.Contains(out, "a stronger one was approved in its place") {
		t.Error(out)
	}
	if out := n.do("decision", "show", next); !strings.Contains(out, "it follows "+first+" and is stronger: two people at every door") {
		t.Error(out)
	}
	if _, code := n.check("aster-2", "store_weights", "--at", "2025-11-30"); code != 0 {
		t.Error("what follows does not stand")
	}
}
