// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/journal/journaltest"
)

type (
	toy  = journaltest.Toy
	opts = journal.Options[toy]
)

func options(s journal.Store) opts {
	return opts{Store: s, Registry: journaltest.Registry(), Key: journaltest.Key()}
}

func begin(t testing.TB, o opts, clock journal.Clock, at int64) *journal.Journal[toy] {
	t.Helper()
	j, err := journal.Begin(context.Background(), o, journal.Genesis{Clock: clock, Actor: "p1", At: at})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Close)
	return j
}

func do(t testing.TB, j *journal.Journal[toy], in journal.Intent[toy]) journal.Result[toy] {
	t.Helper()
	r, err := j.Do(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func add(by int64) journal.Intent[toy] {
	return journaltest.Add("", journaltest.Added{Name: "n", By: by})
}

func path(t testing.TB) string { return filepath.Join(t.TempDir(), "holdpoint.db") }

func wants(t *testing.T, err error, kind fault.Kind, text string) {
	t.Helper()
	if fault.KindOf(err) != kind || !strings.Contains(fmt.Sprint(err), text) {
		t.Errorf("err = %v (%s), want kind %s and %q", err, fault.KindOf(err), kind, text)
	}
}

// A simulated clock goes on by 1 ms per act unless the act says its time, which
// never lies before the last entry.
func TestSimulatedClock(t *testing.T) {
	j := begin(t, options(openSQLite(t, path(t))), journal.Simulated, 1000)
	at := func(ms int64) journal.Intent[toy] { in := add(1); in.At = ms; return in }
	for _, c := range []struct{ at, want int64 }{{0, 1001}, {0, 1002}, {5000, 5000}, {5000, 5000}, {0, 5001}} {
		if got := do(t, j, at(c.at)).Entries[0].RecordedAt; got != c.want {
			t.Errorf("at %d: recorded at %d, want %d", c.at, got, c.want)
		}
	}
	_, err := j.Do(context.Background(), at(4999))
	wants(t, err, fault.Invalid, "lies before that of the last entry, 1970-01-01T00:00:05.001Z")
	if v := j.View(); v.Begun.Clock != journal.Simulated || v.Time != 5001 {
		t.Errorf("view: clock %s, time %d", v.Begun.Clock, v.Time)
	}
}

// A wall clock that goes back does not take the journal with it.
func TestWallClock(t *testing.T) {
	now := int64(1000)
	o := options(openSQLite(t, path(t)))
	o.Clock = func() int64 { return now }
	j := begin(t, o, journal.Wall, 0)
	for _, c := range []struct{ clock, want int64 }{{2000, 2000}, {1500, 2000}, {2001, 2001}} {
		now = c.clock
		if got := do(t, j, add(1)).Entries[0].RecordedAt; got != c.want {
			t.Errorf("clock %d: recorded at %d, want %d", c.clock, got, c.want)
		}
	}
	in := add(1)
	in.At = 9000
	_, err := j.Do(context.Background(), in)
	wants(t, err, fault.Invalid, "wall clock")
}

// The same acts with the same clock, salts and key are the same bytes.
func TestDeterminism(t *testing.T) {
	var roots []string
	for range 2 {
		o := options(openSQLite(t, path(t)))
		o.Salt = bytes.NewReader(bytes.Repeat([]byte("salt"), 1000))
		j := begin(t, o, journal.Simulated, 1000)
		do(t, j, add(1))
		roots = append(roots, string(do(t, j, journaltest.Note("x")).View.Checkpoint))
	}
	if d := cmp.Diff(roots[0], roots[1]); d != "" {
		t.Error(d)
	}
}

// As-of answers are what was published then, whichever kept state they start
// from.
func TestAt(t *testing.T) {
	ctx := context.Background()
	o := options(openSQLite(t, path(t))).WithSnapshotEvery(10)
	j := begin(t, o, journal.Simulated, 1000)
	views := []journal.View[toy]{j.View()}
	for i := range int64(45) {
		r := do(t, j, add(i+1))
		views = append(views, r.View)
	}
	again, err := journal.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(again.Close)
	for _, at := range []*journal.Journal[toy]{j, again} {
		for seq, want := range views {
			got, err := at.At(ctx, int64(seq))
			if err != nil {
				t.Fatal(err)
			}
			if got.Root != want.Root || got.State.Count("n") != want.State.Count("n") || got.Time != want.Time || got.Size != want.Size {
				t.Errorf("at %d: n = %d, want %d", seq, got.State.Count("n"), want.State.Count("n"))
			}
			back, err := at.SeqAt(ctx, want.Time)
			if err != nil || back != int64(seq) {
				t.Errorf("SeqAt(%d) = %d, %v", want.Time, back, err)
			}
		}
	}
	_, err = j.SeqAt(ctx, 999)
	wants(t, err, fault.NotFound, "began after")
	_, err = j.At(ctx, 46)
	wants(t, err, fault.NotFound, "no entry 46")
	if last, err := j.SeqAt(ctx, 1<<50); err != nil || last != 45 {
		t.Errorf("SeqAt(far) = %d, %v", last, err)
	}
}

// What was published is not changed by what comes later, nor by trying things
// on a fork.
func TestPublishedIsFrozen(t *testing.T) {
	j := begin(t, options(openSQLite(t, path(t))), journal.Simulated, 1000)
	before := do(t, j, add(1)).View
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				f := j.Fork()
				f.Counts.Set("n", -1)
				do(t, j, add(1))
			}
		})
	}
	wg.Wait()
	if before.State.Count("n") != 1 || before.Size != 2 || before.Tree.Size() != 2 {
		t.Errorf("n = %d, size %d", before.State.Count("n"), before.Size)
	}
	if got := j.View().State.Count("n"); got != 81 {
		t.Errorf("n = %d", got)
	}
}

// Growing the tree of a view leaves the journal alone.
func TestATreeOfAViewIsItsOwn(t *testing.T) {
	j := begin(t, options(openSQLite(t, path(t))), journal.Simulated, 1000)
	v := do(t, j, add(1)).View
	other := v.Tree.Append(leaf(-1))
	after := do(t, j, add(1)).View
	if root := must(after.Tree.Root(after.Size)); root != after.Root || root == must(other.Root(3)) {
		t.Error("the journal's tree was changed")
	}
	if _, err := j.Entry(context.Background(), 2); err != nil {
		t.Error(err)
	}
}

// A view asked for after another process was answered shows what it appended,
// however many ask at once.
func TestFreshIsNeverStale(t *testing.T) {
	p := path(t)
	a := begin(t, options(openSQLite(t, p)), journal.Simulated, 1000)
	b, err := journal.Open(context.Background(), options(openSQLite(t, p)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				size := do(t, a, add(1)).View.Size
				if v, err := b.Fresh(context.Background()); err != nil || v.Size < size {
					t.Errorf("size %d after %d, %v", v.Size, size, err)
				}
			}
		})
	}
	wg.Wait()
}

// What another process appends and this release does not know ends appending
// here, and is said.
func TestNewerNeighbour(t *testing.T) {
	p, ctx := path(t), context.Background()
	a := begin(t, options(openSQLite(t, p)), journal.Simulated, 1000)
	newer := entry.Define[journaltest.Added]("toy.newer", 1, entry.Fact)
	o := options(openSQLite(t, p))
	o.Registry = entry.NewRegistry(append(journaltest.Registry().Types(), newer.Type())...)
	b, err := journal.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	do(t, b, journaltest.Decide("", "x", func(toy, entry.Act) ([]entry.Draft, error) {
		return newer.Drafts(journaltest.Added{Name: "n", By: 1})
	}))
	_, err = a.Do(ctx, add(1))
	wants(t, err, fault.Unsupported, "unknown type")
	_, err = a.Fresh(ctx)
	wants(t, err, fault.Unsupported, "unknown type")
	wants(t, a.Refusal(), fault.Unsupported, "unknown type")
}

func TestTailFollows(t *testing.T) {
	p := path(t)
	j := begin(t, options(openSQLite(t, p)), journal.Simulated, 1000)
	do(t, j, add(1))
	other, err := journal.Open(context.Background(), options(openSQLite(t, p)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Close)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for _, tail := range []*journal.Journal[toy]{j, other} {
		next := int64(1)
		for e, err := range tail.Tail(ctx, 1) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Seq != next {
				t.Fatalf("entry %d, want %d", e.Seq, next)
			}
			if next++; e.Seq == j.View().Size-1 {
				if next > 5 {
					break
				}
				go func() { _, _ = j.Do(context.Background(), add(1)) }()
			}
		}
		if ctx.Err() != nil {
			t.Fatal("the tail did not follow")
		}
	}
	done, stop := context.WithCancel(context.Background())
	stop()
	for range j.Tail(done, 0) {
		t.Fatal("a stopped tail gave an entry")
	}
}

func TestEntries(t *testing.T) {
	ctx := context.Background()
	j := begin(t, options(openSQLite(t, path(t))), journal.Simulated, 1000)
	do(t, j, add(1))
	do(t, j, add(2))
	var seqs []int64
	for e, err := range j.Entries(ctx, -3, 99) {
		if err != nil {
			t.Fatal(err)
		}
		seqs = append(seqs, e.Seq)
	}
	if d := cmp.Diff([]int64{0, 1, 2}, seqs); d != "" {
		t.Error(d)
	}
	_, err := j.Entry(ctx, 3)
	wants(t, err, fault.NotFound, "no entry 3")
	for range j.Entries(ctx, 5, 2) {
		t.Error("an empty range gave an entry")
	}
}

func TestClosedAndReadOnly(t *testing.T) {
	ctx, p := context.Background(), path(t)
	store := openSQLite(t, p)
	j := begin(t, options(store), journal.Simulated, 1000)
	do(t, j, add(1))
	j.Close()
	j.Close()
	_, err := j.Do(ctx, add(1))
	wants(t, err, fault.Unavailable, "closed")
	ro := sqliteOptions()
	ro.ReadOnly = true
	readOnly, err := journal.OpenSQLite(ctx, p, ro)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { readOnly.Close() })
	o := options(readOnly)
	o.Verify, o.Key = o.Key.VerifyKey(), nil
	reader, err := journal.Open(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if reader.View().State.Count("n") != 1 {
		t.Error("nothing to read")
	}
	_, err = reader.Do(ctx, add(1))
	wants(t, err, fault.Forbidden, "for reading only")
	reader.Close()
	_, err = readOnly.Lock(ctx)
	wants(t, err, fault.Forbidden, "for reading only")
}

// A journal that this release does not understand is not opened.
func TestOpenRefusesTheUnknown(t *testing.T) {
	ctx := context.Background()
	good := journal.Begun{Origin: journaltest.Key().Name(), Format: 1, Rules: 1, Clock: journal.Simulated}
	cases := []struct {
		name   string
		change func(*journal.Begun)
		kind   fault.Kind
		text   string
	}{
		{"rules", func(b *journal.Begun) { b.Rules = 2 }, fault.Unsupported, "asks for rules 2 and this release implements rules 1"},
		{"format", func(b *journal.Begun) { b.Format = 2 }, fault.Unsupported, "format 2"},
		{"clock", func(b *journal.Begun) { b.Clock = "sundial" }, fault.Unsupported, "sundial"},
		{"origin", func(b *journal.Begun) { b.Origin = "else" }, fault.Corrupt, "calls itself"},
	}
	for _, c := range cases {
		b := good
		c.change(&b)
		o := options(openSQLite(t, path(t)))
		if err := journal.BeginAs(o, b); err != nil {
			t.Fatal(err)
		}
		_, err := journal.Open(ctx, o)
		t.Run(c.name, func(t *testing.T) { wants(t, err, c.kind, c.text) })
	}
	newer := entry.Define[journaltest.Added]("toy.newer", 1, entry.Fact)
	newerV := entry.Define[journaltest.Added]("toy.noted", 2, entry.Private)
	for name, kind := range map[string]entry.Kind[journaltest.Added]{"unknown type": newer, "cannot read": newerV} {
		o := options(openSQLite(t, path(t)))
		o.Registry = entry.NewRegistry(append(journaltest.Registry().Types(), kind.Type())...)
		j := begin(t, o, journal.Simulated, 1000)
		do(t, j, journaltest.Decide("", "x", func(toy, entry.Act) ([]entry.Draft, error) {
			return kind.Drafts(journaltest.Added{Name: "n", By: 1})
		}))
		o.Registry = journaltest.Registry()
		_, err := journal.Open(ctx, o)
		wants(t, err, fault.Unsupported, name)
		if fault.HintOf(err) == "" {
			t.Errorf("%s: no hint", name)
		}
	}
}

// Design section 9: at most 64 bytes of tree for each entry; the toy's state
// does not grow.
func TestTreeMemory(t *testing.T) {
	const n = 200_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var tree journal.Tree
	for i := range int64(n) {
		tree = tree.Append(leaf(i))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if per := float64(after.HeapAlloc-before.HeapAlloc) / n; per > 66 {
		t.Errorf("%.1f bytes for each entry", per)
	}
	runtime.KeepAlive(tree)
}

func TestGuardFile(t *testing.T) {
	dir := t.TempDir()
	g := journal.GuardFile(filepath.Join(dir, "last-checkpoint"))
	_, err := g.Load()
	wants(t, err, fault.NotFound, "no checkpoint")
	for _, c := range []struct{ save, want string }{
		{"o\n5\nroot\n", "o\n5\nroot\n"}, {"o\n4\nroot\n", "o\n5\nroot\n"}, {"o\n16\nroot\n", "o\n16\nroot\n"},
	} {
		if err := g.Save([]byte(c.save)); err != nil {
			t.Fatal(err)
		}
		if got, err := g.Load(); err != nil || string(got) != c.want {
			t.Errorf("kept %q, %v", got, err)
		}
	}
	raw, err := os.ReadFile(string(g))
	if err != nil {
		t.Fatal(err)
	}
	torn := func(at ...int) []byte {
		b := bytes.Clone(raw)
		for _, i := range at {
			b[i] ^= 1
		}
		return b
	}
	// The first slot holds 5, the second 16: one torn slot leaves the other, two
	// leave nothing.
	for _, c := range []struct {
		raw  []byte
		want string
	}{{torn(100), "o\n16\nroot\n"}, {torn(4096 + 100), "o\n5\nroot\n"}, {raw[:4000], ""}, {torn(3, 4096+3), ""}} {
		if err := os.WriteFile(string(g), c.raw, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := g.Load()
		if string(got) != c.want || (c.want == "") != (fault.KindOf(err) == fault.Corrupt) {
			t.Errorf("kept %q, %v; want %q", got, err, c.want)
		}
		if err := g.Save([]byte("o\n17\nroot\n")); (err == nil) != (c.want != "") {
			t.Errorf("saving beside %q: %v", c.want, err)
		}
	}
	if err := journal.GuardFile(filepath.Join(dir, "no", "such")).Save([]byte("o\n5\nroot\n")); err == nil {
		t.Error("saved into nowhere")
	}
}

// Whoever opens or appends while others do is never told that the database went
// back: what is kept outside is read before the head.
func TestNeighboursAreNoRollback(t *testing.T) {
	dir := t.TempDir()
	s := openSQLite(t, filepath.Join(dir, "holdpoint.db"))
	begin(t, killable(s, dir), journal.Wall, 0)
	const processes, turns = 8, 6
	var wg sync.WaitGroup
	for range processes {
		wg.Go(func() {
			for range turns {
				if err := comeAndGo(dir); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	o := killable(s, dir)
	j, err := journal.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if n := j.View().State.Count("n"); n != processes*turns {
		t.Errorf("n = %d", n)
	}
	if kept, err := o.Guard.Load(); err != nil || string(kept) != string(j.View().Checkpoint) {
		t.Errorf("kept %q, %v", kept, err)
	}
}

// comeAndGo is a process: it opens the file, appends one entry, and lets go.
func comeAndGo(dir string) error {
	ctx := context.Background()
	s, err := journal.OpenSQLite(ctx, filepath.Join(dir, "holdpoint.db"), sqliteOptions())
	if err != nil {
		return err
	}
	defer s.Close()
	j, err := journal.Open(ctx, killable(s, dir))
	if err != nil {
		return err
	}
	defer j.Close()
	if err := j.Doubt(); err != nil {
		return err
	}
	_, err = j.Do(ctx, add(1))
	return err
}

// A database put back from a backup opens for reading and refuses to append.
func TestRestoredBackupIsRefused(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	db := filepath.Join(dir, "holdpoint.db")
	opened := func() (*journal.Journal[toy], func()) {
		s := openSQLite(t, db)
		o := options(s)
		o.Guard = journal.GuardFile(filepath.Join(dir, "last-checkpoint"))
		j, err := journal.Open(ctx, o)
		if fault.KindOf(err) == fault.NotFound {
			j, err = journal.Begin(ctx, o, journal.Genesis{Clock: journal.Wall, Actor: "p1"})
		}
		if err != nil {
			t.Fatal(err)
		}
		return j, func() { j.Close(); s.Close() }
	}
	j, shut := opened()
	do(t, j, add(1))
	shut()
	backup, err := os.ReadFile(db)
	if err != nil {
		t.Fatal(err)
	}
	j, shut = opened()
	do(t, j, add(1))
	shut()
	if err := os.WriteFile(db, backup, 0o600); err != nil {
		t.Fatal(err)
	}
	j, shut = opened()
	defer shut()
	if n := j.View().State.Count("n"); n != 1 {
		t.Errorf("n = %d", n)
	}
	_, err = j.Do(ctx, add(1))
	wants(t, err, fault.Conflict, "the database has 2 entries, but a checkpoint over 3 was signed")
	if fault.HintOf(err) == "" {
		t.Error("no hint")
	}
	o := options(openSQLite(t, path(t)))
	o.Guard = journal.GuardFile(filepath.Join(dir, "last-checkpoint"))
	_, err = journal.Begin(ctx, o, journal.Genesis{Clock: journal.Wall, Actor: "p1"})
	wants(t, err, fault.Conflict, "a checkpoint over 3 entries was signed here")
}

var _ journal.State[toy] = toy{Counts: cow.Map[string, int64]{}}
