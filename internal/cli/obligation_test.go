// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/cli"
)

// owed is a row of obligation list --json.
type owed struct {
	ID       string  `json:"id"`
	Rule     string  `json:"rule"`
	Clause   *string `json:"clause"`
	Subject  string  `json:"subject"`
	Owner    string  `json:"owner"`
	Due      *string `json:"due"`
	Hardness string  `json:"hardness"`
	Status   string  `json:"status"`
	Variance *int64  `json:"variance_days"`
}

// bureau is a workspace with a simulated clock that a test types into.
type bureau struct {
	t   *testing.T
	dir string
}

// lateLab makes a lab that adopted its policy on 10 January 2026, with the people
// who sign for it.
func lateLab(t *testing.T) bureau {
	t.Helper()
	b := bureau{t, filepath.Join(t.TempDir(), "lab")}
	if _, code := typing(t, "init", b.dir, "--policy", "anthropic-rsp@2.2", "--clock", "simulated", "--at", "2026-01-10T08:00:00Z"); code != 0 {
		t.Fatal("no workspace")
	}
	for _, p := range []string{"rso", "ceo", "rsp-team"} {
		b.ok("person", "add", "p-"+p, "--role", p)
		b.ok("key", "new", "p-"+p, "-o", filepath.Join(filepath.Dir(b.dir), p+".key"))
	}
	return b
}

func (b bureau) ok(args ...string) string {
	b.t.Helper()
	out, code := typing(b.t, append([]string{"--dir", b.dir}, args...)...)
	if code != 0 {
		b.t.Fatalf("%v: exit code %d", args, code)
	}
	return out
}

func (b bureau) duties(args ...string) []owed {
	b.t.Helper()
	var all []owed
	dec := json.NewDecoder(strings.NewReader(b.ok(append([]string{"obligation", "list", "--json"}, args...)...)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&all); err != nil {
		b.t.Fatal(err)
	}
	return all
}

func (b bureau) duty(rule string, args ...string) owed {
	b.t.Helper()
	for _, d := range b.duties(args...) {
		if d.Rule == rule {
			return d
		}
	}
	b.t.Fatalf("there is no duty %s", rule)
	return owed{}
}

func (b bureau) is(rule, at, status string, variance int64) {
	b.t.Helper()
	d := b.duty(rule, "--at", at)
	if d.Status != status || (d.Variance == nil) != (variance == none) || d.Variance != nil && *d.Variance != variance {
		b.t.Errorf("on %s %s is %s by %v, want %s by %d", at, rule, d.Status, d.Variance, status, variance)
	}
}

const none = -999

// decide proposes with the words given and carries the decision through.
func (b bureau) decide(at string, args ...string) {
	b.t.Helper()
	var d struct{ ID string }
	if err := json.Unmarshal([]byte(b.ok(append(args, "--json", "--at", at)...)), &d); err != nil {
		b.t.Fatal(err)
	}
	for _, role := range []string{"rso", "ceo"} {
		b.ok("decision", "sign", d.ID, "--role", role, "--key", filepath.Join(filepath.Dir(b.dir), role+".key"))
	}
}

// With nobody touching it a late review becomes a finding with its days and its
// clause; a waiver afterwards lets it stand, and it is done late.
func TestALateDuty(t *testing.T) {
	b := lateLab(t)
	b.is("INSIDE-REVIEW", "2026-07-10", "unknown", none)
	b.is("INSIDE-REVIEW", "2026-07-13", "missed", 3)
	if out := b.ok("sweep", "--at", "2026-07-09T00:00:00Z"); !strings.Contains(out, "BOARD-SUMMARY") || strings.Contains(out, "INSIDE-REVIEW") {
		t.Errorf("too early:\n%s", out)
	}
	var swept struct {
		Missed   []owed   `json:"missed"`
		Findings []string `json:"findings"`
	}
	if err := json.Unmarshal([]byte(b.ok("sweep", "--json", "--at", "2026-07-13T12:00:00Z")), &swept); err != nil {
		t.Fatal(err)
	}
	if len(swept.Findings) != 1 || len(swept.Missed) != 2 {
		t.Fatalf("%+v", swept)
	}
	if out := b.ok("sweep"); out != "There is nothing to write down.\n" {
		t.Error(out)
	}
	if out := b.ok("finding", "show", swept.Findings[0]); !strings.Contains(out, "3 days late") || !strings.Contains(out, "7.2.4") {
		t.Error(out)
	}
	id := b.duty("INSIDE-REVIEW").ID
	b.decide("2026-07-14", "obligation", "waive", id, "--until", "2026-08-01", "--reason", "the reviewer is ill")
	b.is("INSIDE-REVIEW", "2026-07-20", "missed", 10)
	b.ok("obligation", "complete", id, "--on", "2026-07-20", "--evidence", "document:review", "--as", "p-rsp-team", "--at", "2026-07-21")
	if out := b.ok("obligation", "show", id); !strings.Contains(out, "10 days late by the rule of anthropic-rsp@2.2") || !strings.Contains(out, swept.Findings[0]) {
		t.Error(out)
	}
	b.ok("ledger", "export", b.dir+"-copy")
	if out, code := typing(t, "verify", "ledger", b.dir+"-copy", "--replay", "--key", filepath.Join(b.dir, "holdpoint.vkey")); code != 0 {
		t.Errorf("exit code %d: %s", code, out)
	}
}

// A waiver before the date and an extension, each with its end.
func TestRelief(t *testing.T) {
	b := lateLab(t)
	inside, outside := b.duty("INSIDE-REVIEW").ID, b.duty("OUTSIDE-REVIEW").ID
	b.decide("2026-07-01", "obligation", "waive", inside, "--until", "2026-08-01", "--reason", "the reviewer is ill")
	b.decide("2026-07-02", "obligation", "extend", outside, "--until", "2027-02-01", "--reason", "the reviewer is new")
	b.is("INSIDE-REVIEW", "2026-08-01", "waived", none)
	b.is("INSIDE-REVIEW", "2026-08-02", "missed", 23)
	b.is("OUTSIDE-REVIEW", "2027-02-02", "missed", 1)
	b.ok("ledger", "export", b.dir+"-copy")
	if out, code := typing(t, "verify", "ledger", b.dir+"-copy", "--replay", "--key", filepath.Join(b.dir, "holdpoint.vkey")); code != 0 {
		t.Errorf("exit code %d: %s", code, out)
	}
}

// What is late comes first; the filters choose; who owes what names every clause.
func TestObligationList(t *testing.T) {
	b := lateLab(t)
	all := b.duties("--at", "2026-08-10")
	if len(all) != 7 || all[0].Status != "missed" || all[len(all)-1].Status != "unknown" {
		t.Errorf("%+v", all)
	}
	for _, c := range []struct {
		args []string
		n    int
	}{
		{[]string{"--owner", "rso"}, 2}, {[]string{"--status", "missed"}, 3}, {[]string{"--status", "missed", "--status", "unknown"}, 7},
		{[]string{"--due-within", "0d"}, 3}, {[]string{"--due-within", "400d"}, 7}, {[]string{"--owner", "nobody"}, 0},
	} {
		if got := b.duties(append(c.args, "--at", "2026-08-10")...); len(got) != c.n {
			t.Errorf("%v: %d, want %d", c.args, len(got), c.n)
		}
	}
	var owes []struct {
		Owner   string
		Holders []string
		Clauses []struct{ ID string }
		Duties  []owed
	}
	if err := json.Unmarshal([]byte(b.ok("obligation", "list", "--by", "owner", "--json")), &owes); err != nil {
		t.Fatal(err)
	}
	clauses, duties := 0, 0
	for _, o := range owes {
		clauses, duties = clauses+len(o.Clauses), duties+len(o.Duties)
	}
	if clauses < 40 || duties != 7 {
		t.Errorf("%d clauses, %d duties", clauses, duties)
	}
	if out := b.ok("obligation", "list", "--by", "owner"); !strings.Contains(out, "board (Board of Directors): nobody holds this role") {
		t.Error(out)
	}
	if out := b.ok("desk", "--as", "p-rsp-team", "--at", "2026-07-13"); !strings.Contains(out, "INSIDE-REVIEW") && !strings.Contains(out, b.duty("INSIDE-REVIEW").ID) {
		t.Error(out)
	}
}

// Bad input is refused with what to do, and changes nothing.
func TestObligationRefusals(t *testing.T) {
	b := lateLab(t)
	id := b.duty("INSIDE-REVIEW").ID
	for _, c := range []struct {
		args  []string
		code  int
		words string
	}{
		{[]string{"obligation", "show", "duty-1.9"}, 1, "holdpoint obligation list"},
		{[]string{"obligation", "complete", "duty-1.9", "--on", "2026-01-10"}, 1, "there is no duty"},
		{[]string{"obligation", "complete", id, "--on", "soon"}, 2, "write it as"},
		{[]string{"obligation", "complete", id}, 2, "--on"},
		{[]string{"obligation", "complete", id, "--on", "2026-01-09", "--note", "x"}, 1, "began on 2026-01-10"},
		{[]string{"obligation", "complete", id, "--on", "2027-01-09", "--note", "x"}, 1, "still to come"},
		{[]string{"obligation", "complete", id, "--on", "2026-01-10"}, 1, "nothing says how"},
		{[]string{"obligation", "complete", id, "--on", "2026-01-10", "--evidence", "minutes"}, 2, "kind and id"},
		{[]string{"obligation", "complete", id, "--on", "2026-01-10", "--note", "x", "--as", "p-ceo"}, 1, "owed by rsp-team"},
		{[]string{"obligation", "note", id, "why"}, 1, "nothing to explain"},
		{[]string{"obligation", "waive", id, "--until", "2026-01-09", "--reason", "x"}, 1, "a day to come"},
		{[]string{"obligation", "waive", id, "--until", "2026-02-30", "--reason", "x"}, 2, "not a day"},
		{[]string{"obligation", "waive", id, "--until", "2026-09-01", "--reason", " "}, 1, "reason is missing"},
		{[]string{"obligation", "extend", id, "--until", "2026-06-01", "--reason", "x"}, 1, "no later"},
		{[]string{"obligation", "list", "--due-within", "14"}, 2, "14d"},
		{[]string{"obligation", "list", "--status", "late"}, 2, "must be one of"},
	} {
		var out, talk bytes.Buffer
		code := cli.Run(t.Context(), append([]string{"--dir", b.dir}, c.args...), strings.NewReader(""), &out, &talk, nil)
		if code != c.code || !strings.Contains(talk.String(), c.words) {
			t.Errorf("%v: exit code %d, %s", c.args, code, talk.String())
		}
	}
	wall := filepath.Join(t.TempDir(), "wall")
	typing(t, "init", wall, "--policy", "anthropic-rsp@2.2")
	if _, code := typing(t, "sweep", "--dir", wall, "--at", "2030-01-01"); code != 2 {
		t.Errorf("a sweep in a running workspace took another time: %d", code)
	}
}
