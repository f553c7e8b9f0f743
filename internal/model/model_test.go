// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/proof"
)

// world applies drafts as a journal would and remembers the entries.
type world struct {
	t       *testing.T
	state   State
	entries []entry.Entry
}

func (w *world) act() entry.Act { return entry.Act{Actor: "operator", Seq: int64(len(w.entries))} }

func (w *world) do(drafts []entry.Draft, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("refused: %v", err)
	}
	registry := entry.NewRegistry(Types()...)
	for _, d := range drafts {
		salt := make([]byte, proof.SaltSize)
		e := entry.Entry{Header: proof.Header{
			Seq: int64(len(w.entries)), Type: d.Type, V: d.V, Actor: "operator", Body: proof.Commit(salt, d.Body),
		}, Salt: salt, Body: d.Body}
		if err := registry.Check(e); err != nil {
			w.t.Fatal(err)
		}
		next := w.state.Fork()
		if err := next.Apply(e); err != nil {
			w.t.Fatal(err)
		}
		w.state, w.entries = next, append(w.entries, e)
	}
}

func (w *world) refuse(kind fault.Kind, drafts []entry.Draft, err error) {
	w.t.Helper()
	if fault.KindOf(err) != kind || drafts != nil {
		w.t.Errorf("got %d drafts and %v, want a refusal of kind %s", len(drafts), err, kind)
	}
}

func (w *world) model(names ...string) {
	w.t.Helper()
	for _, n := range names {
		w.do(w.state.Register(NewModel{Registered: Registered{Model: n}}, w.act()))
	}
}

func (w *world) snapshot(model, name string, kind SnapshotKind) {
	w.t.Helper()
	w.do(w.state.AddSnapshot(NewSnapshot{SnapshotRegistered: SnapshotRegistered{
		Model: model, Snapshot: name, Kind: kind, Safety: MechanismsUnknown,
	}}, w.act()))
}

func reported() entry.Provenance {
	return entry.Graded(grade.Reported, entry.Source{Document: "S37", Section: "1.4.2"})
}

// TestRecordSnapshots enters the six snapshots of Claude 3.7 Sonnet, whose
// digests are not published (MOD-1; system card of February 2025, 1.4.2).
func TestRecordSnapshots(t *testing.T) {
	w := &world{t: t}
	how := reported()
	how.NotPublished = []string{"N1", "N2"}
	w.do(w.state.Register(NewModel{Registered: Registered{
		Model: "claude-3-7-sonnet", Family: "claude", Developer: "Anthropic", Title: "Claude 3.7 Sonnet",
	}, How: how}, w.act()))
	kinds := []SnapshotKind{Early, HelpfulOnly, HelpfulOnly, Preview, Preview, Production}
	for i, name := range []string{"early", "helpful-only-v1", "helpful-only-v2", "preview-v3.1", "preview-v3.3", "final"} {
		w.do(w.state.AddSnapshot(NewSnapshot{SnapshotRegistered: SnapshotRegistered{
			Model: "claude-3-7-sonnet", Snapshot: name, Kind: kinds[i], Safety: MechanismsUnknown,
		}, How: how}, w.act()))
	}
	got := w.state.Snapshots("claude-3-7-sonnet")
	unrestrained := 0
	for _, s := range got {
		if s.Unrestrained() {
			unrestrained++
		}
		if s.Grade != grade.Reported || s.Weights != "" {
			t.Errorf("%s: grade %s, weights %q", s.ID(), s.Grade, s.Weights)
		}
	}
	if len(got) != 6 || unrestrained != 2 {
		t.Errorf("%d snapshots, %d of them helpful-only; want 6 and 2", len(got), unrestrained)
	}
	m, _ := w.state.Model("claude-3-7-sonnet")
	if m.Grade != grade.Reported || m.Seq != 0 || len(w.state.Models()) != 1 {
		t.Errorf("model %+v", m)
	}
}

func TestNeighboursAreNotMixed(t *testing.T) {
	w := &world{t: t}
	w.model("a", "a-b", "a.b", "ab")
	for _, m := range []string{"a", "a-b", "a.b", "ab"} {
		w.snapshot(m, "s", HHH)
	}
	for _, m := range w.state.Models() {
		if got := w.state.Snapshots(m.Model); len(got) != 1 || got[0].Model != m.Model {
			t.Errorf("%s: %v", m.Model, got)
		}
	}
}

func TestRegisterRefuses(t *testing.T) {
	w := &world{t: t}
	w.model("aster-2")
	register := func(r Registered, how entry.Provenance) ([]entry.Draft, error) {
		return w.state.Register(NewModel{Registered: r, How: how}, w.act())
	}
	try := func(kind fault.Kind, r Registered, how entry.Provenance) {
		t.Helper()
		drafts, err := register(r, how)
		w.refuse(kind, drafts, err)
	}
	try(fault.Conflict, Registered{Model: "aster-2"}, entry.Provenance{})
	for _, bad := range []string{"", "Aster", "a/b", "-a", "a b", "é", string(make([]byte, 81))} {
		try(fault.Invalid, Registered{Model: bad}, entry.Provenance{})
	}
	try(fault.Invalid, Registered{Model: "x", Title: "a\x00b"}, entry.Provenance{})
	try(fault.Invalid, Registered{Model: "x"}, entry.Graded(grade.Reported))
	_, err := register(Registered{Model: "A", Family: "B"}, entry.Provenance{})
	if l, ok := err.(fault.List); !ok || len(l) != 2 {
		t.Errorf("not all problems at once: %v", err)
	}
}

func TestSnapshotRefuses(t *testing.T) {
	w := &world{t: t}
	w.model("m")
	w.snapshot("m", "s", Pretrain)
	files := []File{{Path: "a", SHA256: digestOf("a"), Size: 1}}
	ok := SnapshotRegistered{Model: "m", Snapshot: "t", Kind: Production, Safety: MechanismsOn}
	cases := []struct {
		name   string
		change func(*SnapshotRegistered)
		kind   fault.Kind
	}{
		{"taken name", func(s *SnapshotRegistered) { s.Snapshot = "s" }, fault.Conflict},
		{"no model", func(s *SnapshotRegistered) { s.Model = "n" }, fault.NotFound},
		{"kind", func(s *SnapshotRegistered) { s.Kind = "final" }, fault.Invalid},
		{"mechanisms", func(s *SnapshotRegistered) { s.Safety = "" }, fault.Invalid},
		{"day", func(s *SnapshotRegistered) { s.TakenOn = "2025-02-30" }, fault.Invalid},
		{"digest form", func(s *SnapshotRegistered) { s.Weights = "ABC" }, fault.Invalid},
		{"digest of other files", func(s *SnapshotRegistered) { s.Files, s.Weights = files, digestOf("b") }, fault.Invalid},
		{"path", func(s *SnapshotRegistered) { s.Files = []File{{Path: "../a", SHA256: digestOf("a")}} }, fault.Invalid},
	}
	for _, c := range cases {
		in := ok
		c.change(&in)
		drafts, err := w.state.AddSnapshot(NewSnapshot{SnapshotRegistered: in}, w.act())
		if fault.KindOf(err) != c.kind || drafts != nil {
			t.Errorf("%s: %v, want kind %s", c.name, err, c.kind)
		}
	}
	ok.Files = files
	w.do(w.state.AddSnapshot(NewSnapshot{SnapshotRegistered: ok, How: entry.Graded(grade.Recomputed)}, w.act()))
	got, _ := w.state.Snapshot("m", "t")
	want := Snapshot{Model: "m", Snapshot: "t", Kind: Production, Safety: MechanismsOn, Weights: digestOf("a"),
		Files: 1, Seq: 2, Grade: grade.Recomputed}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestDeployments(t *testing.T) {
	w := &world{t: t}
	w.model("m")
	w.snapshot("m", "s", Production)
	in := NewDeployment{Deployed: Deployed{Model: "m", Snapshot: "s", Environment: "production", Surface: "api", Audience: "public"}}
	drafts, err := w.state.Withdraw(in, w.act())
	w.refuse(fault.Conflict, drafts, err)
	w.do(w.state.Deploy(in, w.act()))
	drafts, err = w.state.Deploy(in, w.act())
	w.refuse(fault.Conflict, drafts, err)
	vetted := in
	vetted.Audience = "vetted"
	w.do(w.state.Deploy(vetted, w.act()))
	w.do(w.state.Withdraw(in, w.act()))
	var live []string
	for _, d := range w.state.Deployments("m") {
		if d.Live {
			live = append(live, d.Audience)
		}
	}
	if d := cmp.Diff([]string{"vetted"}, live); d != "" {
		t.Error(d)
	}
	missing := in
	missing.Snapshot = "t"
	drafts, err = w.state.Deploy(missing, w.act())
	w.refuse(fault.NotFound, drafts, err)
	missing.Environment = ""
	drafts, err = w.state.Deploy(missing, w.act())
	w.refuse(fault.Invalid, drafts, err)
}

func TestApplyRefusesWhatIsNotOurs(t *testing.T) {
	var s State
	err := s.Apply(entry.Entry{Header: proof.Header{Type: "model.renamed", V: 1}})
	if fault.KindOf(err) != fault.Internal {
		t.Errorf("err = %v", err)
	}
	err = s.Apply(entry.Entry{Header: proof.Header{Type: "model.registered", V: 1}})
	if fault.KindOf(err) != fault.Corrupt {
		t.Errorf("a withheld body: %v", err)
	}
}
