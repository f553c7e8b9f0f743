// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package journaltest says, in tests, what every store of a journal must do.
//
// [Exercise] runs a journal with a toy world on a store: whole life, two
// processes on one store, act keys, erasure, the restore guard, and commits that
// stall, are cut short, or happen although they report an error. SQLite passes
// it; so must every later engine.
//
// The package is for tests only. It checks no figure.
package journaltest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/proof"
)

// Open opens one database; each call is like another process that opens it.
type Open func() journal.Store

// Exercise runs the suite. fresh makes a new empty database; closing what Open
// gave and removing the database are its matter.
func Exercise(t *testing.T, fresh func(t *testing.T) Open) {
	tests := []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"life", life},
		{"refusals", refusals},
		{"rows", rows},
		{"rollback", rollback},
		{"snapshot", snapshot},
		{"act keys", actKeys},
		{"erasure", erasure},
		{"two processes", twoProcesses},
		{"two processes at once", twoAtOnce},
		{"cut commit", cutCommit},
		{"unknown commit", unknownCommit},
		{"unsettled commit", unsettledCommit},
		{"stalled commit", stalledCommit},
		{"failing insert", failingInsert},
		{"restored backup", restored},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, fresh(t)) })
	}
}

func digest(what string) [32]byte { return sha256.Sum256([]byte(what)) }

func options(s journal.Store) journal.Options[Toy] {
	return journal.Options[Toy]{Store: s, Registry: Registry(), Key: Key()}
}

func begin(t *testing.T, s journal.Store) *journal.Journal[Toy] {
	t.Helper()
	j, err := journal.Begin(context.Background(), options(s), journal.Genesis{Clock: journal.Wall, Actor: "p1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Close)
	return j
}

func reopen(t *testing.T, s journal.Store) *journal.Journal[Toy] {
	t.Helper()
	j, err := journal.Open(context.Background(), options(s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Close)
	return j
}

func must(t *testing.T, j *journal.Journal[Toy], in journal.Intent[Toy]) journal.Result[Toy] {
	t.Helper()
	r, err := j.Do(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func refused(t *testing.T, j *journal.Journal[Toy], in journal.Intent[Toy], kind fault.Kind, text string) {
	t.Helper()
	_, err := j.Do(context.Background(), in)
	if fault.KindOf(err) != kind || !strings.Contains(fmt.Sprint(err), text) {
		t.Errorf("err = %v (%s), want kind %s and %q", err, fault.KindOf(err), kind, text)
	}
}

func step(name string, by int64) Added { return Added{Name: name, By: by} }

// life: what was answered is in the published view, durable, provable, and
// there again after opening.
func life(t *testing.T, open Open) {
	ctx := context.Background()
	store := open()
	if _, err := journal.Open(ctx, options(store)); fault.KindOf(err) != fault.NotFound {
		t.Fatalf("an empty store opened: %v", err)
	}
	j := begin(t, store)
	if _, err := journal.Begin(ctx, options(store), journal.Genesis{Clock: journal.Wall, Actor: "p1"}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("begun twice: %v", err)
	}
	r := must(t, j, Add("", step("a", 2), step("b", 3)))
	if r.First != 1 || len(r.Entries) != 2 || r.View.Size != 3 || r.View.State.Count("b") != 3 {
		t.Errorf("result: first %d, %d entries, size %d", r.First, len(r.Entries), r.View.Size)
	}
	provable(t, r)
	must(t, j, Note("n"))
	again := reopen(t, open())
	if got := again.View(); got.Size != 4 || got.Root != j.View().Root || got.State.Count("a") != 2 || got.State.Notes != 1 {
		t.Errorf("opened again: size %d, a = %d, notes %d", got.Size, got.State.Count("a"), got.State.Notes)
	}
	wrong, err := proof.NewSigningKey(Key().Name(), []byte(strings.Repeat("x", 32)))
	if err != nil {
		t.Fatal(err)
	}
	o := options(store)
	o.Key = &wrong
	if _, err := journal.Open(ctx, o); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("opened with another key: %v", err)
	}
}

// provable checks an answer offline, with the public key only.
func provable(t *testing.T, r journal.Result[Toy]) {
	t.Helper()
	cp, err := proof.OpenCheckpoint(r.View.Checkpoint, Key().VerifyKey())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range r.Entries {
		hashes, err := r.View.Tree.InclusionProof(e.Seq, cp.Size)
		if err != nil {
			t.Fatal(err)
		}
		header, err := e.Header.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if err := proof.CheckInclusion(cp, e.Seq, proof.Leaf(header), hashes); err != nil {
			t.Error(err)
		}
	}
}

// refusals: an act that is refused, also half-way and by a panic, changes
// nothing, and neither spoils its batch.
func refusals(t *testing.T, open Open) {
	j := begin(t, open())
	no := fault.Forbiddenf("not you")
	says := func(err error) journal.Intent[Toy] {
		return Decide("", "x", func(Toy, entry.Act) ([]entry.Draft, error) { return nil, err })
	}
	panics := Decide("", "x", func(Toy, entry.Act) ([]entry.Draft, error) { panic("planted") })
	if _, err := j.Do(context.Background(), says(no)); !errors.Is(err, no) {
		t.Errorf("err = %v", err)
	}
	refused(t, j, panics, fault.Internal, "planted")
	_, err := j.Do(context.Background(), panics)
	if !strings.Contains(journal.Stack(err), "journaltest") {
		t.Errorf("no stack of the rule in %v", err)
	}
	refused(t, j, Add("", step("a", 1), step("a", -13)), fault.Internal, "planted")
	refused(t, j, Add("", step("a", 1), step("a", 0)), fault.Invalid, "planted refusal")
	refused(t, j, Decide("", "x", func(Toy, entry.Act) ([]entry.Draft, error) {
		return entry.Define[Added]("toy.unheard_of", 1, entry.Fact).Drafts(step("a", 1))
	}), fault.Unsupported, "unknown type")
	refused(t, j, Decide("", "x", func(Toy, entry.Act) ([]entry.Draft, error) {
		return journal.BegunKind.Drafts(journal.Begun{Origin: "x", Format: 1, Rules: 1, Clock: journal.Wall})
	}), fault.Corrupt, "begins once")
	refused(t, j, Decide("", "x", func(Toy, entry.Act) ([]entry.Draft, error) {
		return journal.RulesAdoptedKind.Drafts(journal.RulesAdopted{Rules: 1})
	}), fault.Conflict, "only rises")
	refused(t, j, journal.Intent[Toy]{}, fault.Invalid, "actor")
	if v := j.View(); v.Size != 1 || v.State.Count("a") != 0 {
		t.Errorf("size %d, a = %d", v.Size, v.State.Count("a"))
	}
	mixed(t, j)
	if got := reopen(t, open()).View(); got.Root != j.View().Root || got.State.Count("a") != j.View().State.Count("a") {
		t.Errorf("opened again: a = %d, want %d", got.State.Count("a"), j.View().State.Count("a"))
	}
}

// mixed runs good and bad acts at once, so that they share batches.
func mixed(t *testing.T, j *journal.Journal[Toy]) {
	t.Helper()
	before := j.View()
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			by := []int64{1, -13, 0}[i%3]
			_, err := j.Do(context.Background(), Add("", step("a", 5), step("a", by)))
			if (err == nil) != (by == 1) {
				t.Errorf("step %d: %v", by, err)
			}
		})
	}
	wg.Wait()
	if v := j.View(); v.Size != before.Size+40 || v.State.Count("a") != before.State.Count("a")+20*6 {
		t.Errorf("size %d, a = %d", v.Size, v.State.Count("a"))
	}
}

// rows: what is inserted comes back byte for byte, within bounds and in order.
func rows(t *testing.T, open Open) {
	ctx, store := context.Background(), open()
	want := []journal.Row{
		{Seq: 0, Header: []byte("h0"), Salt: []byte{0, 1}, Body: []byte("{}")},
		{Seq: 1, Header: []byte("h1")},
		{Seq: 2, Header: []byte{0xff, 0}, Salt: []byte{9}, Body: []byte("é\x00")},
	}
	tx := lock(t, store)
	for _, row := range want {
		if err := tx.Insert(ctx, row); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Insert(ctx, want[0]); err == nil {
		t.Error("one seq was inserted twice")
	}
	tx.Rollback()
	tx = lock(t, store)
	for _, row := range want {
		if err := tx.Insert(ctx, row); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(want, collect(t, tx, 0, 9)); d != "" {
		t.Errorf("in its own transaction: %s", d)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	tx.Rollback()
	other := open()
	if d := cmp.Diff(want[1:2], collect(t, other, 1, 2)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want, collect(t, other, 0, 3)); d != "" {
		t.Error(d)
	}
	if row, err := other.Row(ctx, 2); err != nil || cmp.Diff(want[2], row) != "" {
		t.Errorf("row 2 = %v, %v", row, err)
	}
	if _, err := other.Row(ctx, 3); fault.KindOf(err) != fault.NotFound {
		t.Errorf("row 3: %v", err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	for _, err := range other.Rows(stopped, 0, 3) {
		if err == nil {
			t.Error("a cancelled read gave a row")
		}
		return
	}
	t.Error("a cancelled read ended as if there were nothing")
}

func lock(t *testing.T, s journal.Store) journal.Tx {
	t.Helper()
	tx, err := s.Lock(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

func collect(t *testing.T, from journal.Reader, lo, hi int64) []journal.Row {
	t.Helper()
	var all []journal.Row
	for row, err := range from.Rows(context.Background(), lo, hi) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	return all
}

// rollback: nothing of a transaction that was given up is there.
func rollback(t *testing.T, open Open) {
	ctx, store := context.Background(), open()
	tx := lock(t, store)
	errs := []error{
		tx.Insert(ctx, journal.Row{Seq: 0, Header: []byte("h"), Salt: []byte("s"), Body: []byte("b")}),
		tx.KeepAct(ctx, [32]byte{1}, journal.Act{Count: 1}),
		tx.SetHead(ctx, journal.Head{Size: 1, Checkpoint: []byte("c")}),
	}
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if head, err := tx.Head(ctx); err != nil || head.Size != 1 || string(head.Checkpoint) != "c" {
		t.Errorf("head in its own transaction: %v, %v", head, err)
	}
	tx.Rollback()
	tx = lock(t, store)
	defer tx.Rollback()
	if head, err := tx.Head(ctx); err != nil || head.Size != 0 || len(head.Checkpoint) != 0 {
		t.Errorf("head: %v, %v", head, err)
	}
	if _, found, err := tx.FindAct(ctx, [32]byte{1}); found || err != nil {
		t.Errorf("act: %v, %v", found, err)
	}
	if all := collect(t, tx, 0, 9); len(all) != 0 {
		t.Errorf("rows: %v", all)
	}
}

// snapshot: a snapshot does not see what is committed meanwhile.
func snapshot(t *testing.T, open Open) {
	ctx, store := context.Background(), open()
	j := begin(t, store)
	err := open().Snapshot(ctx, func(r journal.Reader) error {
		before, err := r.Head(ctx)
		if err != nil {
			return err
		}
		must(t, j, Add("", step("a", 1)))
		after, err := r.Head(ctx)
		if err != nil {
			return err
		}
		if d := cmp.Diff(before, after); d != "" {
			t.Errorf("the head moved: %s", d)
		}
		if n := len(collect(t, r, 0, 9)); n != 1 {
			t.Errorf("%d rows", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// actKeys: the same key and intent gives the first answer, in one batch, later,
// from another process; another intent is refused; another actor is another key.
func actKeys(t *testing.T, open Open) {
	j := begin(t, open())
	first := must(t, j, Add("k", step("a", 1), step("b", 1)))
	other := reopen(t, open())
	for _, at := range []*journal.Journal[Toy]{j, other} {
		again := must(t, at, Add("k", step("a", 1), step("b", 1)))
		if !again.Repeated || again.First != first.First {
			t.Errorf("repeated %v, first %d", again.Repeated, again.First)
		}
		if d := cmp.Diff(first.Entries, again.Entries); d != "" {
			t.Error(d)
		}
		refused(t, at, Add("k", step("a", 2)), fault.Conflict, "used for another act")
	}
	somebody := Add("k", step("a", 1))
	somebody.Actor = "p2"
	if r := must(t, j, somebody); r.Repeated {
		t.Error("another person's key was taken for the same")
	}
	before := j.View().Size
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() { must(t, j, Add("many", step("c", 1))) })
	}
	wg.Wait()
	if v := j.View(); v.Size != before+1 || v.State.Count("c") != 1 {
		t.Errorf("one key made %d entries", v.Size-before)
	}
	// A refused act leaves its key free.
	refused(t, j, Add("later", step("a", 0)), fault.Invalid, "planted")
	if r := must(t, j, Add("later", step("a", 4))); r.Repeated {
		t.Error("a refused act kept its key")
	}
}

// erasure: body and salt go, in the same transaction; only private ones, once.
func erasure(t *testing.T, open Open) {
	ctx := context.Background()
	j := begin(t, open())
	other := reopen(t, open())
	secret := must(t, j, Note("secret"))
	kept := must(t, j, Note("kept"))
	fact := must(t, j, Add("", step("a", 1)))
	refused(t, j, Erase(fact.First), fault.Forbidden, "never erased")
	refused(t, j, Erase(99), fault.NotFound, "no entry 99")
	refused(t, j, Erase(secret.First, secret.First), fault.Invalid, "twice")
	refused(t, j, Decide("", "x", func(Toy, entry.Act) ([]entry.Draft, error) {
		d, err := AddedKind.Draft(step("a", 1))
		d.Erase = []int64{secret.First}
		return []entry.Draft{d}, err
	}), fault.Internal, "cannot erase")
	if v, err := other.Fresh(ctx); err != nil || v.State.Notes != 2 {
		t.Fatalf("notes %d, %v", v.State.Notes, err)
	}
	must(t, j, Erase(secret.First))
	refused(t, j, Erase(secret.First), fault.Conflict, "already erased")
	if v, err := other.Fresh(ctx); err != nil || v.Root != j.View().Root {
		t.Errorf("the other process: %v", err)
	}
	for _, at := range []*journal.Journal[Toy]{j, other, reopen(t, open())} {
		if e, err := at.Entry(ctx, secret.First); err != nil || e.Body != nil || e.Salt != nil {
			t.Errorf("erased entry: %q, %v", e.Body, err)
		}
		if e, err := at.Entry(ctx, kept.First); err != nil || e.Body == nil {
			t.Errorf("kept entry: %v", err)
		}
		if at.View().State.Notes != 2 || at.View().Root != j.View().Root {
			t.Error("erasing changed the state or the root")
		}
	}
}

// twoProcesses: each sees what the other appended before it decides.
func twoProcesses(t *testing.T, open Open) {
	ctx := context.Background()
	a := begin(t, open())
	b := reopen(t, open())
	for i := range int64(10) {
		writer := []*journal.Journal[Toy]{a, b}[i%2]
		r := must(t, writer, Decide("", "x", func(w Toy, act entry.Act) ([]entry.Draft, error) {
			if w.Count("n") != i || act.Seq != i+1 {
				return nil, fmt.Errorf("n = %d at seq %d, want %d", w.Count("n"), act.Seq, i)
			}
			return AddedKind.Drafts(step("n", 1))
		}))
		provable(t, r)
	}
	for _, at := range []*journal.Journal[Toy]{a, b, reopen(t, open())} {
		v, err := at.Fresh(ctx)
		if err != nil || v.State.Count("n") != 10 || v.Size != 11 {
			t.Errorf("n = %d, size %d, %v", v.State.Count("n"), v.Size, err)
		}
	}
}

// twoAtOnce: under contention no count is lost and the sequence has no gap.
func twoAtOnce(t *testing.T, open Open) {
	a := begin(t, open())
	b := reopen(t, open())
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 10 {
				must(t, []*journal.Journal[Toy]{a, b}[i%2], Add(fmt.Sprint(i, " ", k), step("n", 1)))
			}
		})
	}
	wg.Wait()
	v := reopen(t, open()).View()
	if v.Size != 81 || v.State.Count("n") != 80 {
		t.Errorf("size %d, n = %d", v.Size, v.State.Count("n"))
	}
}
