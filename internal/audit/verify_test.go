// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package audit_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/audit"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/proof"
)

func (l *lab) verify(dir string, since ...[]byte) audit.Report {
	l.t.Helper()
	return check(l.t, dir, audit.Options{Key: l.app.Key(), Registry: app.Registry(), Since: since, Replay: true})
}

func check(t testing.TB, dir string, o audit.Options) audit.Report {
	t.Helper()
	rep, err := audit.Verify(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// wantFault fails unless a fault says each of the words.
func wantFault(t testing.TB, rep audit.Report, words ...string) {
	t.Helper()
	if len(rep.Faults) == 0 {
		t.Fatalf("no fault, want one that says %q; not checked: %q", words, rep.NotChecked)
	}
	for _, f := range rep.Faults {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(f, w) }) {
			return
		}
	}
	t.Errorf("faults %q, want one that says %q", rep.Faults, words)
}

func put(t testing.TB, dir, name string, content []byte) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestExportVerifiesWithReplay(t *testing.T) {
	l := newLab(t)
	rep := l.verify(l.export(app.ExportOptions{}))
	if !rep.OK() {
		t.Fatalf("faults %q, not checked %q", rep.Faults, rep.NotChecked)
	}
	want := &audit.Replay{Findings: audit.Tally{Equal: 2}, Clearances: audit.Tally{Equal: 1}}
	if diff := cmp.Diff(want, rep.Replay); diff != "" {
		t.Error(diff)
	}
	// Three decisions of two signatures, two deliveries and two receipts each,
	// with the three questions.
	if rep.Signatures != 3*(1+2+2+2) || rep.Clock != "simulated" || rep.Rules != 1 {
		t.Errorf("checked %d signed acts, clock %q, rules %d", rep.Signatures, rep.Clock, rep.Rules)
	}
}

func TestTwoExportsHaveTheSameBytes(t *testing.T) {
	t.Parallel()
	a, b := newLab(t).export(app.ExportOptions{}), newLab(t).export(app.ExportOptions{})
	for _, name := range files(t, a) {
		if !bytes.Equal(get(t, a, name), get(t, b, name)) {
			t.Errorf("%s differs between two exports of the same made-up history", name)
		}
	}
}

// files lists an export's files but for keys.
func files(t testing.TB, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".vkey") {
			return err
		}
		name, err := filepath.Rel(dir, path)
		names = append(names, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Every byte of every file of a short journal is changed in turn.
func TestEveryChangedByteIsFound(t *testing.T) {
	t.Parallel()
	a, err := app.Init(context.Background(), t.TempDir(), app.Genesis{
		Origin: labOrigin, Clock: journal.Simulated, At: labStart, Seed: labSeed(), Salt: &salts{},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	l := &lab{t: t, app: a}
	l.do(app.AddPerson(access.NewPerson{ID: "p-officer", Kind: access.Human}))
	l.do(app.SubmitReview(review.Submission{
		About: entry.Ref{Kind: "assessment", ID: "assessment-1"}, Kind: review.Comment, Side: review.Internal, Role: "staff", Text: "words",
	}))
	changeBytes(l, func(int) int { return 1 })
}

// The same over a journal with every kind of entry, at a stride.
func TestChangedBytesOfAWholeStoryAreFound(t *testing.T) {
	t.Parallel()
	changeBytes(newLab(t), func(size int) int { return size/12 | 1 })
}

func changeBytes(l *lab, stride func(size int) int) {
	t := l.t
	dir := l.export(app.ExportOptions{})
	o := audit.Options{Key: l.app.Key(), Registry: app.Registry()} // also without replay
	for _, name := range files(t, dir) {
		whole := get(t, dir, name)
		for i := 0; i < len(whole); i += stride(len(whole)) {
			bad := bytes.Clone(whole)
			bad[i] ^= 1 << (i % 8)
			put(t, dir, name, bad)
			rep := check(t, dir, o)
			if !slices.ContainsFunc(rep.Faults, func(f string) bool { return strings.HasPrefix(f, name+":") }) {
				t.Fatalf("%s: byte %d of %d changed, and no fault names the file: %q", name, i, len(whole), rep.Faults)
			}
		}
		put(t, dir, name, whole)
	}
	if rep := check(t, dir, o); !rep.OK() {
		t.Fatalf("the export was not restored: %q", rep.Faults)
	}
}

// Whole and cut files, one after the other; each fault names where it is.
func TestFaultsOfTheFolder(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	base := l.export(app.ExportOptions{})
	lines := bytes.SplitAfter(get(t, base, "entries.jsonl"), []byte("\n"))
	lines = lines[:len(lines)-1]
	entries := func(t testing.TB, dir string, ls ...[]byte) { put(t, dir, "entries.jsonl", bytes.Join(ls, nil)) }
	table := ""
	for _, name := range files(t, base) {
		if strings.HasPrefix(name, "blobs/") {
			table = name
		}
	}
	for name, c := range map[string]struct {
		harm func(t testing.TB, dir string)
		says []string
	}{
		"an entry removed": {func(t testing.TB, dir string) { entries(t, dir, slices.Delete(slices.Clone(lines), 7, 8)...) },
			[]string{"entry 7", "removed, added or moved"}},
		"two entries swapped": {func(t testing.TB, dir string) {
			ls := slices.Clone(lines)
			ls[7], ls[8] = ls[8], ls[7]
			entries(t, dir, ls...)
		}, []string{"entry 7", "says it is entry 8"}},
		"an entry twice": {func(t testing.TB, dir string) { entries(t, dir, slices.Insert(slices.Clone(lines), 7, lines[7])...) },
			[]string{"entry 8", "says it is entry 7"}},
		"the tail cut": {func(t testing.TB, dir string) { entries(t, dir, lines[:len(lines)-1]...) },
			[]string{"entries.jsonl", "the checkpoint commits to"}},
		"the last line cut": {func(t testing.TB, dir string) {
			whole := bytes.Join(lines, nil)
			put(t, dir, "entries.jsonl", whole[:len(whole)-1])
		}, []string{"entry", "it was cut"}},
		"no entries":      {func(t testing.TB, dir string) { entries(t, dir) }, []string{"holds 0 entries"}},
		"a body left out": {func(t testing.TB, dir string) { entries(t, dir, strip(lines, 7, `"withheld":true`)...) }, []string{"entries.jsonl", "the manifest says"}},
		"a body called erased": {func(t testing.TB, dir string) { entries(t, dir, strip(lines, 7, `"erased":true`)...) },
			[]string{"entry 7", "no entry says that it was erased"}},
		"a file added": {func(t testing.TB, dir string) { put(t, dir, "notes.txt", []byte("x")) }, []string{"notes.txt", "does not list"}},
		"a file added deep": {func(t testing.TB, dir string) { put(t, dir, "blobs/more/x", nil) },
			[]string{"blobs/more/x", "does not list"}},
		"a table missing": {func(t testing.TB, dir string) { os.Remove(filepath.Join(dir, table)) }, []string{table, "not there"}},
		"the checkpoint missing": {func(t testing.TB, dir string) { os.Remove(filepath.Join(dir, "checkpoint")) },
			[]string{"checkpoint", "not there"}},
		"the manifest missing": {func(t testing.TB, dir string) { os.Remove(filepath.Join(dir, "manifest")) },
			[]string{"manifest", "cannot be read"}},
		"the entries behind a link": {func(t testing.TB, dir string) { link(t, dir, "entries.jsonl") },
			[]string{"entries.jsonl", "not a plain file"}},
		"the manifest behind a link": {func(t testing.TB, dir string) { link(t, dir, "manifest") },
			[]string{"manifest", "not a plain file"}},
		"a manifest with a space more": {func(t testing.TB, dir string) {
			put(t, dir, "manifest", bytes.Replace(get(t, dir, "manifest"), []byte(" "), []byte("  "), 1))
		}, []string{"manifest", "not signed"}},
		"a manifest with a second signature": {func(t testing.TB, dir string) {
			put(t, dir, "manifest", append(get(t, dir, "manifest"), "— other.example 1UvTAAAAAA==\n"...))
		}, []string{"manifest"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(base)); err != nil {
				t.Fatal(err)
			}
			c.harm(t, dir)
			wantFault(t, check(t, dir, audit.Options{Key: l.app.Key(), Registry: app.Registry()}), c.says...)
		})
	}
}

func link(t testing.TB, dir, name string) {
	t.Helper()
	away := filepath.Join(t.TempDir(), "away")
	put(t, filepath.Dir(away), "away", get(t, dir, name))
	path := filepath.Join(dir, name)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(away, path); err != nil {
		t.Fatal(err)
	}
}

// strip shows one line without its body.
func strip(lines [][]byte, at int, flag string) [][]byte {
	ls := slices.Clone(lines)
	header := ls[at][bytes.Index(ls[at], []byte(`"header":`)):]
	header = header[:bytes.Index(header, []byte("}"))+1]
	if strings.Contains(flag, "erased") {
		ls[at] = []byte("{" + flag + "," + string(header) + "}\n")
	} else {
		ls[at] = []byte("{" + string(header) + "," + flag + "}\n")
	}
	return ls
}

func TestAKeyOfAnotherJournal(t *testing.T) {
	l := newLab(t)
	other, err := proof.NewSigningKey(labOrigin, bytes.Repeat([]byte{9}, 32))
	if err != nil {
		t.Fatal(err)
	}
	rep := check(t, l.export(app.ExportOptions{}), audit.Options{Key: other.VerifyKey(), Registry: app.Registry()})
	wantFault(t, rep, "manifest", "not signed by the key")
	wantFault(t, rep, "checkpoint", "not signed by the key")
}

func TestSince(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	before, err := l.app.Head(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	old := l.export(app.ExportOptions{})
	l.do(app.Revoke(l.clearance, "a test of the road"))
	after, err := l.app.Head(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	dir := l.export(app.ExportOptions{})
	if rep := l.verify(dir, before.Checkpoint, after.Checkpoint); !rep.OK() || rep.Since != 2 {
		t.Errorf("continues %d checkpoints, faults %q", rep.Since, rep.Faults)
	}
	wantFault(t, l.verify(old, after.Checkpoint), "--since", "cut from the end")
	fork, err := proof.Checkpoint{Origin: labOrigin, Size: before.Size, Root: proof.Hash{1}}.Sign(labKey(t))
	if err != nil {
		t.Fatal(err)
	}
	wantFault(t, l.verify(dir, before.Checkpoint, fork), "checkpoint 2", "rewritten")
	wantFault(t, l.verify(dir, []byte("no checkpoint\n")), "checkpoint 1", "not signed")
}

func labKey(t testing.TB) proof.SigningKey {
	t.Helper()
	key, err := proof.NewSigningKey(labOrigin, labSeed())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Withholding every private body changes no verdict, and is said.
func TestWithheldPrivateBodies(t *testing.T) {
	l := newLab(t)
	rep := l.verify(l.export(app.ExportOptions{WithholdPrivate: true}))
	if len(rep.Faults) != 0 || rep.Withheld != 1 || rep.OK() {
		t.Errorf("withheld %d, faults %q, not checked %q", rep.Withheld, rep.Faults, rep.NotChecked)
	}
	want := &audit.Replay{Findings: audit.Tally{Equal: 2}, Clearances: audit.Tally{Equal: 1}}
	if diff := cmp.Diff(want, rep.Replay); diff != "" {
		t.Error(diff)
	}
}

// What follows from a fact that is not shown is not checked, and never equal.
func TestWithheldFacts(t *testing.T) {
	l := newLab(t)
	f := forge(t, l)
	f.withhold = func(r journal.Row) bool { return bytes.Contains(r.Header, []byte(`"type":"decision.proposed"`)) }
	rep := l.verify(f.export())
	want := &audit.Replay{Findings: audit.Tally{NotChecked: 2}, Clearances: audit.Tally{NotChecked: 1}}
	if diff := cmp.Diff(want, rep.Replay); diff != "" {
		t.Error(diff)
	}
	if len(rep.Faults) != 0 || rep.OK() {
		t.Errorf("faults %q, OK %v, want no fault and not OK", rep.Faults, rep.OK())
	}
}

func TestErasedEntries(t *testing.T) {
	l := newLab(t)
	view, err := l.app.View(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var words int64
	for e, err := range l.app.Entries(context.Background(), 0, view.Size) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Type == "review.worded" {
			words = e.Seq
		}
	}
	l.do(app.EraseEntries(journal.Erased{Seqs: []int64{words}, Reason: "names a person", Decision: "decision-1"}))
	if rep := l.verify(l.export(app.ExportOptions{})); !rep.OK() || rep.Erased != 1 {
		t.Errorf("erased %d, faults %q, not checked %q", rep.Erased, rep.Faults, rep.NotChecked)
	}
	_, err = l.app.Do(context.Background(), app.Who{Actor: app.Operator},
		app.EraseEntries(journal.Erased{Seqs: []int64{1}, Reason: "a fact", Decision: "decision-1"}))
	if err == nil || !strings.Contains(err.Error(), "facts are never erased") {
		t.Errorf("erasing a fact: %v", err)
	}
}

// A lost score table is not a fault: the export says what could be recomputed.
func TestLostScoreTable(t *testing.T) {
	l := newLab(t)
	f := forge(t, l)
	f.blobs = nil
	rep := l.verify(f.export())
	if len(rep.Faults) != 0 || rep.OK() || rep.Replay.Findings.NotChecked != 2 || rep.Replay.Clearances.Equal != 1 {
		t.Errorf("faults %q, not checked %q, replay %+v", rep.Faults, rep.NotChecked, rep.Replay)
	}
}

// An export holds nothing that its manifest does not speak of, not even a
// folder.
func TestStrangeFoldersAreFound(t *testing.T) {
	for _, name := range []string{"empty", ".hidden", "x.vkey", "blobs/deeper"} {
		l := newLab(t)
		dir := l.export(app.ExportOptions{})
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if rep := l.verify(dir); len(rep.Faults) == 0 || !strings.Contains(rep.Faults[0], name) {
			t.Errorf("%s: %v", name, rep.Faults)
		}
	}
}
