// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newcomer is a lab with three production models, people with keys, and no
// history, at a simulated time.
type newcomer struct {
	t        *testing.T
	dir, tmp string
}

func newNewcomer(t *testing.T) newcomer {
	n := newcomer{t, filepath.Join(t.TempDir(), "lab"), t.TempDir()}
	if out, code := typing(t, "init", n.dir, "--policy", "anthropic-rsp@2.2", "--clock", "simulated", "--at", "2025-06-02T09:00:00Z"); code != 0 {
		t.Fatal(out)
	}
	for _, p := range [][3]string{{"p-officer", "person", "rso"}, {"p-chief", "person", "ceo"}, {"b-board", "body", "board"}, {"b-trust", "body", "trust"}} {
		n.do("person", "add", p[0], "--kind", p[1], "--role", p[2])
		n.do("key", "new", p[0], "-o", n.key(p[0]))
	}
	for i, m := range []string{"aster-1", "aster-1-mini", "aster-2"} {
		n.do("model", "add", m)
		n.do("model", "snapshot", m, "v1", "--kind", "production", "--safety", "on", "--digest", strings.Repeat(string(rune('a'+i)), 64))
		n.do("model", "deploy", m, "--env", "production")
	}
	return n
}

func (n newcomer) key(person string) string { return filepath.Join(n.tmp, person+".key") }

func (n newcomer) do(args ...string) string {
	n.t.Helper()
	out, code := typing(n.t, append([]string{"--dir", n.dir}, args...)...)
	if code != 0 {
		n.t.Fatal(args, code, out)
	}
	return out
}

// read takes the one JSON document of a command, whatever its exit code.
func (n newcomer) read(into any, args ...string) int {
	n.t.Helper()
	out, code := typing(n.t, append([]string{"--dir", n.dir, "--json"}, args...)...)
	if err := json.Unmarshal([]byte(out), into); err != nil {
		n.t.Fatal(args, err, out)
	}
	return code
}

// propose gives the id of the decision that a command proposes.
func (n newcomer) propose(args ...string) string {
	n.t.Helper()
	var made struct{ ID string }
	if code := n.read(&made, args...); code != 0 {
		n.t.Fatal(args, code)
	}
	return made.ID
}

func (n newcomer) sign(noun, id string) {
	n.t.Helper()
	n.do(noun, "sign", id, "--role", "rso", "--key", n.key("p-officer"))
	n.do(noun, "sign", id, "--role", "ceo", "--key", n.key("p-chief"))
}

// check asks the gate and gives what it says, without line ends, and the exit
// code.
func (n newcomer) check(args ...string) (string, int) {
	n.t.Helper()
	out, code := typing(n.t, append([]string{"--dir", n.dir, "gate", "check"}, args...)...)
	return strings.Join(strings.Fields(out), " "), code
}

// baselineYAML is the file that the newcomer takes over what it decided with.
const baselineYAML = `
models: [aster-1, aster-1-mini, aster-2]
actions: [store_weights, external_deploy]
environments: [production]
determinations:
  - {threshold: CBRN-3, outcome: ruled_out, reason: assessed in spring and found far below}
  - {threshold: AUTO-CKPT, outcome: ruled_out, reason: solves none of the long tasks}
standards:
  - {standard: ASL-2, facet: deployment}
  - {standard: ASL-2, facet: security, limitations: [the audit of the backup site is still to come]}
decided_on: 2025-05-30
sources:
  - {document: Minutes of the risk committee, section: "7"}
reason: three models serve customers, and assessing them anew takes until winter
expires: 2025-12-31
`

func (n newcomer) takeOver() string {
	n.t.Helper()
	file := filepath.Join(n.tmp, "baseline.yaml")
	if err := os.WriteFile(file, []byte(baselineYAML), 0o600); err != nil {
		n.t.Fatal(err)
	}
	return n.propose("baseline", "propose", file)
}

// A newcomer with three production models and no history reaches an honest
// standing: clear as attested, marked with its last day, for what the baseline
// names and nothing else, and held when it ends.
func TestNewcomerTakesOverABaseline(t *testing.T) {
	n := newNewcomer(t)
	if _, code := n.check("aster-2", "external_deploy"); code != 3 {
		t.Fatalf("exit %d with nothing decided", code)
	}
	id := n.takeOver()
	if out, _ := n.check("aster-2", "external_deploy"); !strings.Contains(out, id) {
		t.Errorf("what waits for signatures is not said:\n%s", out)
	}
	n.sign("baseline", id)

	out := n.do("status")
	for _, m := range []string{"aster-1", "aster-1-mini", "aster-2"} {
		line := lineOf(out, m+" ", "external_deploy")
		if !strings.Contains(line, "clear") || !strings.Contains(line, "attested") || !strings.Contains(line, "baseline "+id+", until 2025-12-31") {
			t.Errorf("%s: %q", m, line)
		}
	}
	if line := lineOf(out, "aster-2 ", "fine_tuning_access"); !strings.Contains(line, "held") {
		t.Errorf("out of scope: %q", line)
	}
	out, code := n.check("aster-2", "external_deploy")
	if code != 0 || !strings.Contains(out, "only for a while: baseline "+id+", until 2025-12-31") || !strings.Contains(out, "the audit of the backup site") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if out, code := n.check("aster-2", "internal_deploy"); code != 3 || !strings.Contains(out, "the baseline "+id+" speaks of store_weights, external_deploy") {
		t.Errorf("exit %d\n%s", code, out)
	}
	for day, want := range map[string]int{"2025-12-31T23:59:59Z": 0, "2026-01-01T00:00:00Z": 3} {
		if out, code := n.check("aster-1", "external_deploy", "--at", day); code != want {
			t.Errorf("exit %d at %s\n%s", code, day, out)
		}
	}
	if out, _ := n.check("aster-1", "external_deploy", "--at", "2026-01-01T00:00:00Z"); !strings.Contains(out, "the baseline "+id+" ended on 2025-12-31") {
		t.Error(out)
	}
}

// lineOf gives the line that begins with the first word and holds the others.
func lineOf(out string, words ...string) string {
lines:
	for line := range strings.Lines(out) {
		for i, w := range words {
			if i == 0 && !strings.HasPrefix(line, w) || !strings.Contains(line, w) {
				continue lines
			}
		}
		return line
	}
	return ""
}

// The list says scope, last day, days left, grade and state; a decision of
// another kind is not signed as a baseline; and nothing renews itself.
func TestBaselineListAndRefusals(t *testing.T) {
	n := newNewcomer(t)
	id := n.takeOver()
	type list struct {
		Baselines []struct {
			ID, Status, Grade, Expires string
			Stands                     bool
			DaysLeft                   int `json:"days_left"`
			Models, Actions, Problems  []string
		}
	}
	read := func(args ...string) (l list) {
		n.read(&l, append([]string{"baseline", "list"}, args...)...)
		return l
	}
	if b := read().Baselines; len(b) != 1 || b[0].ID != id || b[0].Status != "proposed" || b[0].Stands {
		t.Errorf("%+v", b)
	}
	n.sign("baseline", id)
	if b := read().Baselines[0]; b.Status != "in_effect" || !b.Stands || b.Grade != "attested" || b.DaysLeft != 212 || len(b.Models) != 3 || len(b.Problems) != 0 {
		t.Errorf("%+v", b)
	}
	if b := read("--at", "2026-01-05").Baselines[0]; b.Stands || b.DaysLeft != 0 || len(b.Problems) != 1 {
		t.Errorf("when it is over: %+v", b)
	}
	for _, bad := range [][]string{
		{"propose", filepath.Join(n.tmp, "baseline.yaml")},
		{"propose", "--model", "aster-2", "--action", "external_deploy", "--environment", "production", "--standard", "ASL-2"},
		{"propose", filepath.Join(n.tmp, "none.yaml")},
		{"sign", "decision-1", "--role", "rso", "--key", n.key("p-officer")},
	} {
		if out, code := typing(t, append([]string{"--dir", n.dir, "baseline"}, bad...)...); code == 0 {
			t.Errorf("%v was taken: %s", bad, out)
		}
	}
	hold := n.propose("hold", "place", "aster-1", "--reason", "a fault")
	lift := n.propose("hold", "lift", hold)
	if _, code := typing(t, "--dir", n.dir, "baseline", "sign", lift, "--role", "rso", "--key", n.key("p-officer")); code != 2 {
		t.Errorf("exit %d for another kind of decision", code)
	}
	if out := n.do("decision", "show", id); !strings.Contains(out, "Minutes of the risk committee 7") || !strings.Contains(out, "for store_weights, external_deploy in production only, until 2025-12-31") {
		t.Error(out)
	}
}

// A clearance may be issued on a baseline, and does not outlive it.
func TestClearanceOnABaseline(t *testing.T) {
	n := newNewcomer(t)
	n.sign("baseline", n.takeOver())
	issue := func(at, life string) int {
		_, code := typing(t, "--dir", n.dir, "--at", at, "clearance", "issue", "aster-2", "external_deploy", "--expires", life, "-o", filepath.Join(n.tmp, "c.json"))
		return code
	}
	if code := issue("2025-12-31T12:00:00Z", "13h"); code == 0 {
		t.Error("a clearance outlives its baseline")
	}
	if code := issue("2025-12-31T12:00:01Z", "11h"); code != 0 {
		t.Errorf("exit %d", code)
	}
}
