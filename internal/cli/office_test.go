// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/cli"
)

// bench is a workspace with a simulated clock that tests type into.
type bench struct {
	t    *testing.T
	dir  string
	keys string
}

// newBench has anthropic-rsp@2.2 in force and a chief, an officer and a deputy.
func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t, filepath.Join(t.TempDir(), "lab"), t.TempDir()}
	if _, code := typing(t, "init", b.dir, "--policy", "anthropic-rsp@2.2", "--clock", "simulated", "--at", "2028-02-01T08:00:00Z"); code != 0 {
		t.Fatal("init", code)
	}
	b.lab("person", "add", "p-chief", "--role", "ceo")
	b.lab("person", "add", "p-officer", "--role", "rso", "--name", "The Officer")
	b.lab("person", "add", "p-deputy")
	for _, p := range []string{"p-chief", "p-officer", "p-deputy"} {
		b.lab("key", "new", p, "-o", b.key(p))
	}
	return b
}

func (b *bench) key(person string) string { return filepath.Join(b.keys, person) }

func (b *bench) lab(args ...string) string {
	b.t.Helper()
	out, code := typing(b.t, append([]string{"--dir", b.dir}, args...)...)
	if code != 0 {
		b.t.Fatal(args, code, out)
	}
	return out
}

func (b *bench) refuses(args ...string) {
	b.t.Helper()
	if out, code := typing(b.t, append([]string{"--dir", b.dir}, args...)...); code == 0 {
		b.t.Errorf("%v was taken: %s", args, out)
	}
}

func (b *bench) read(into any, args ...string) {
	b.t.Helper()
	if err := json.Unmarshal([]byte(b.lab(append(args, "--json")...)), into); err != nil {
		b.t.Fatal(args, err)
	}
}

// sampled is what tests read of a sample.
type sampled struct {
	Population int
	Decisions  []struct{ ID, Digest, File, Path string }
}

// GOV-1, a.1: offices as people read them, from filled to vacant, held for a time
// until a leap day, and over.
func TestOffices(t *testing.T) {
	b := newBench(t)
	b.lab("office", "vacate", "rso", "--reason", "left the lab", "--as", "p-officer", "--at", "2028-02-02T08:00:00Z")
	b.refuses("office", "act", "rso", "p-deputy", "--until", "2028-02-29", "--reason", "for now", "--as", "p-deputy")
	b.refuses("office", "act", "rso", "p-deputy", "--until", "2028-02-29", "--reason", "for now")
	vacant := b.lab("office", "list")
	b.lab("office", "act", "rso", "p-deputy", "--until", "2028-02-29", "--reason", "for now", "--as", "p-chief")
	acting := b.lab("office", "list", "--at", "2028-02-29T23:59:59Z")
	over := b.lab("office", "list", "--at", "2028-03-01T00:00:00Z")
	golden(t, "offices.txt", "# vacant\n"+vacant+"\n# acting\n"+acting+"\n# over\n"+over)

	var list struct {
		Offices []struct {
			Role        string
			Filled      bool
			Vacant      bool
			NeverFilled bool    `json:"never_filled"`
			EmptySince  *string `json:"empty_since"`
		}
	}
	b.read(&list, "office", "list", "--at", "2028-03-05T00:00:00Z")
	for _, o := range list.Offices {
		switch o.Role {
		case "rso":
			if o.Filled || !o.Vacant || o.EmptySince == nil || *o.EmptySince != "2028-03-01" {
				t.Errorf("%+v", o)
			}
		case "board":
			if !o.NeverFilled || o.Vacant {
				t.Errorf("%+v", o)
			}
		case "expert", "auditor":
			t.Errorf("%s stands outside the lab", o.Role)
		}
	}
	b.lab("office", "assign", "rso", "p-officer", "--reason", "came back", "--as", "p-chief", "--at", "2028-03-06T08:00:00Z")
	if out := b.lab("person", "show", "p-deputy"); strings.Contains(out, "acting") {
		t.Error(out)
	}
}

// GOV-9: every clause of the policy has an owner, and none is owed twice.
func TestWhoOwesWhat(t *testing.T) {
	b := newBench(t)
	var all struct {
		Owes []struct {
			Role        string
			HeldBy      []string `json:"held_by"`
			Clauses     []struct{ Clause string }
			Obligations []struct{ ID, Within string }
		}
	}
	b.read(&all, "office", "owes")
	clauses, duties := map[string]string{}, 0
	for _, o := range all.Owes {
		for _, c := range o.Clauses {
			if clauses[c.Clause] != "" {
				t.Errorf("clause %s is owed by %s and %s", c.Clause, clauses[c.Clause], o.Role)
			}
			clauses[c.Clause] = o.Role
		}
		duties += len(o.Obligations)
		if o.Role == "rso" && (len(o.HeldBy) != 1 || o.HeldBy[0] != "p-officer (The Officer)") {
			t.Errorf("%+v", o.HeldBy)
		}
	}
	if len(clauses) < 50 || duties < 15 || clauses["4.1"] != "trust-safety" || clauses["7.1.1"] != "ceo" {
		t.Errorf("%d clauses, %d duties: %v", len(clauses), duties, clauses)
	}
	if out := b.lab("office", "owes", "alignment"); !strings.Contains(out, "clause 7.1.4") || strings.Contains(out, "clause 7.1.1") {
		t.Error(out)
	}
	b.refuses("office", "owes", "king")
}

// rulings has n decisions that the officer of the moment signed, the first by
// who proposed it.
func (b *bench) rulings(n int, signer, proposer string) {
	b.t.Helper()
	type register struct {
		Rulings []struct{ Decision, Status string }
	}
	for range n {
		b.lab("policy", "interpret", "3.1", "--question", "From which day?", "--ruling", "From the first.", "--as", proposer)
		var r register
		b.read(&r, "policy", "interpret")
		for _, one := range r.Rulings {
			if one.Status == "proposed" {
				b.lab("decision", "sign", one.Decision, "--role", "rso", "--key", b.key(signer))
			}
		}
	}
}

// Auditor 4: who held which role when, own work, acting, exceptions.
func TestAccessReport(t *testing.T) {
	b := newBench(t)
	b.rulings(1, "p-officer", "p-officer")
	b.rulings(1, "p-officer", "p-chief")
	b.rulings(1, "p-officer", "operator")
	b.lab("office", "act", "rso", "p-deputy", "--until", "2028-02-20", "--reason", "on leave", "--as", "p-chief", "--at", "2028-02-10T08:00:00Z")
	b.lab("person", "end", "p-officer", "rso", "--reason", "left the lab", "--at", "2028-02-15T08:00:00Z")
	b.rulings(1, "p-deputy", "p-deputy")
	b.lab("person", "add", "p-late", "--role", "rso", "--at", "2028-04-01T08:00:00Z")

	type held struct {
		Person, Role string
		Acting       bool
		From, To     *string
	}
	var r struct {
		Held       []held
		Acting     []held
		OwnWork    []struct{ Person, Act, On string } `json:"own_work"`
		CannotTell []struct{ Work []string }          `json:"cannot_tell"`
	}
	b.read(&r, "access", "report", "--from", "2028-02-01", "--to", "2028-03-31")
	var got []string
	for _, h := range r.Held {
		line := h.Person + " " + h.Role + " " + (*h.From)[:10]
		if h.To != nil {
			line += " to " + (*h.To)[:10]
		}
		got = append(got, line)
	}
	want := []string{"p-chief ceo 2028-02-01", "p-officer rso 2028-02-01 to 2028-02-15", "p-deputy rso 2028-02-10 to 2028-02-21"}
	if d := cmp.Diff(want, got); d != "" || len(r.Acting) != 1 {
		t.Error(d, r.Acting)
	}
	if len(r.OwnWork) != 2 || r.OwnWork[0].Person != "p-officer" || r.OwnWork[1].Person != "p-deputy" || r.OwnWork[0].Act != "signed" {
		t.Errorf("own work: %+v", r.OwnWork)
	}
	if len(r.CannotTell) != 1 || r.CannotTell[0].Work[0] != "the proposal" {
		t.Errorf("of nobody named: %+v", r.CannotTell)
	}
	b.read(&r, "access", "report", "--from", "2028-02-16", "--to", "2028-02-16")
	if len(r.Held) != 2 || r.Held[1].Person != "p-deputy" || r.Held[1].To != nil {
		t.Errorf("one day: %+v", r.Held)
	}
	if out := b.lab("access", "report", "--from", "2028-02-21", "--to", "2028-02-29"); !strings.Contains(out, "Acting in a role: none") {
		t.Error(out)
	}
	b.refuses("access", "report", "--from", "2028-03-01", "--to", "2028-02-01")
	b.refuses("access", "report", "--from", "2028-02-30", "--to", "2028-03-01")
}

// Auditor 3: the same head and seed give the same decisions, and the files are
// what was signed.
func TestAuditSample(t *testing.T) {
	b := newBench(t)
	b.rulings(8, "p-officer", "p-chief")
	b.lab("policy", "interpret", "5", "--question", "Which?", "--ruling", "All.") // nobody signs it

	out := filepath.Join(t.TempDir(), "sample")
	var one, two, other sampled
	b.read(&one, "audit", "sample", "--n", "3", "--seed", "seven dice", "-o", out)
	b.read(&two, "audit", "sample", "--n", "3", "--seed", "seven dice")
	b.read(&other, "audit", "sample", "--n", "3", "--seed", "other dice")
	if one.Population != 8 || len(one.Decisions) != 3 {
		t.Fatalf("%+v", one)
	}
	same, moved := true, false
	manifest, err := os.ReadFile(filepath.Join(out, "manifest"))
	if err != nil {
		t.Fatal(err)
	}
	for i, d := range one.Decisions {
		same = same && d.ID == two.Decisions[i].ID && d.File == two.Decisions[i].File
		moved = moved || d.ID != other.Decisions[i].ID
		file, err := os.ReadFile(d.Path)
		if sum := sha256.Sum256(file); err != nil || hex.EncodeToString(sum[:]) != d.Digest || string(file) != d.File {
			t.Errorf("%s: %v", d.ID, err)
		}
		if shown := b.lab("decision", "show", d.ID, "--file"); shown != d.File || !strings.Contains(string(manifest), d.Digest+"  "+d.ID+".json\n") {
			t.Errorf("%s differs from what was signed, or the manifest does", d.ID)
		}
	}
	if !same || !moved {
		t.Errorf("the same seed gave the same: %v; another gave another: %v", same, moved)
	}
	var all sampled
	if b.read(&all, "audit", "sample", "--seed", "x"); len(all.Decisions) != 8 {
		t.Errorf("%d drawn", len(all.Decisions))
	}
	b.refuses("audit", "sample", "--n", "3", "--seed", "seven dice", "-o", out)
	b.refuses("audit", "sample", "--n", "0", "--seed", "x")
}

// golden holds what people read against a kept file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Error(d)
	}
}

// The same act twice is refused, and what was said of it can be typed as it
// stands; nothing that is refused leaves a trace.
func TestNamedTwiceToAct(t *testing.T) {
	b := newBench(t)
	var out, said bytes.Buffer
	code := cli.Run(t.Context(), []string{"--dir", b.dir, "office", "vacate", "rso", "--reason", "a new task"}, strings.NewReader(""), &out, &said, nil)
	if code != 0 || !strings.Contains(said.String(), "next: holdpoint office assign rso PERSON --reason TEXT") {
		t.Error(code, said.String())
	}
	act := []string{"office", "act", "rso", "p-deputy", "--until", "2028-02-20", "--reason", "until a successor is found", "--as", "p-chief"}
	b.lab(act...)
	before := b.lab("ledger", "head", "--json")
	b.refuses(act...)
	b.refuses("exception", "list", "--expiring", "14")
	b.refuses("status", "--since", "2029-01-01")
	if after := b.lab("ledger", "head", "--json"); after != before {
		t.Error(before, after)
	}
	act[5] = "2028-02-25"
	b.lab(act...)
	b.lab("model", "add", "aster-1")
	b.lab("model", "deploy", "aster-1", "--env", "production")
	if out := b.lab("status"); !strings.Contains(out, "1 deployment live without enforcement, 0 points observe only: holdpoint enforcement list") {
		t.Error(out)
	}
	answer, code := typing(t, "--dir", b.dir, "gate", "check", "aster-1", "train", "--env", "training", "--suppose", "no-hold")
	if code != 3 || !strings.Contains(answer, "holdpoint gate check aster-1 train --env training --suppose no-hold --all") {
		t.Error(code, answer)
	}
}
