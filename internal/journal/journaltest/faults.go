// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journaltest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/proof"
)

// errPlanted is what a spoiled store answers.
var errPlanted = errors.New("planted store error")

// spoiled is a store in which things go wrong on demand.
type spoiled struct {
	journal.Store
	mu sync.Mutex
	// commit runs in place of Commit, insert before Insert, locks before Lock.
	commit func(journal.Tx) error
	insert func() error
	locks  func() error
}

func (s *spoiled) set(change func(*spoiled)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *spoiled) get() (commit func(journal.Tx) error, insert, locks func() error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.commit, s.insert, s.locks
}

func (s *spoiled) Lock(ctx context.Context) (journal.Tx, error) {
	if _, _, locks := s.get(); locks != nil {
		if err := locks(); err != nil {
			return nil, err
		}
	}
	tx, err := s.Store.Lock(ctx)
	return spoiledTx{tx, s}, err
}

type spoiledTx struct {
	journal.Tx
	s *spoiled
}

func (t spoiledTx) Commit() error {
	if commit, _, _ := t.s.get(); commit != nil {
		return commit(t.Tx)
	}
	return t.Tx.Commit()
}

func (t spoiledTx) Insert(ctx context.Context, row journal.Row) error {
	if _, insert, _ := t.s.get(); insert != nil {
		if err := insert(); err != nil {
			return err
		}
	}
	return t.Tx.Insert(ctx, row)
}

// whole checks that the journal on disk is sound and counts n.
func whole(t *testing.T, open Open, n, size int64) {
	t.Helper()
	if v := reopen(t, open()).View(); v.State.Count("n") != n || v.Size != size {
		t.Errorf("on disk n = %d, size %d; want %d and %d", v.State.Count("n"), v.Size, n, size)
	}
}

// cutCommit: a commit that did not happen changed nothing, says so, and the
// next act goes on from before.
func cutCommit(t *testing.T, open Open) {
	store := &spoiled{Store: open()}
	j := begin(t, store)
	store.set(func(s *spoiled) {
		s.commit = func(tx journal.Tx) error { tx.Rollback(); return errPlanted }
	})
	refused(t, j, Add("k", step("n", 1)), fault.Unavailable, "nothing happened")
	if v := j.View(); v.Size != 1 || v.State.Count("n") != 0 {
		t.Errorf("published: n = %d, size %d", v.State.Count("n"), v.Size)
	}
	store.set(func(s *spoiled) { s.commit = nil })
	if r := must(t, j, Add("k", step("n", 1))); r.Repeated || r.First != 1 {
		t.Errorf("repeated %v, first %d", r.Repeated, r.First)
	}
	whole(t, open, 1, 2)
}

// unknownCommit: a commit that happened although it reported an error is found
// under the lock, with and without a client's key, also when another process
// has gone on meanwhile.
func unknownCommit(t *testing.T, open Open) {
	store := &spoiled{Store: open()}
	j := begin(t, store)
	other := reopen(t, open())
	store.set(func(s *spoiled) {
		s.commit = func(tx journal.Tx) error {
			if err := tx.Commit(); err != nil {
				t.Error(err)
			}
			must(t, other, Add("", step("other", 1)))
			return errPlanted
		}
	})
	for i, key := range []string{"k", "", "k2"} {
		r := must(t, j, Add(key, step("n", 1)))
		if r.First != int64(1+2*i) || r.View.State.Count("n") != int64(i+1) {
			t.Errorf("first %d, n = %d", r.First, r.View.State.Count("n"))
		}
		provable(t, r)
	}
	whole(t, open, 3, 7)
}

// unsettledCommit: while nobody can tell, nobody is told; the same key later
// gives the one answer.
func unsettledCommit(t *testing.T, open Open) {
	store := &spoiled{Store: open()}
	j := begin(t, store)
	cut := func() error { return errPlanted }
	store.set(func(s *spoiled) {
		s.commit = func(tx journal.Tx) error {
			err := tx.Commit()
			store.set(func(s *spoiled) { s.locks = cut })
			return errors.Join(err, errPlanted)
		}
	})
	refused(t, j, Add("k", step("n", 1)), fault.Unavailable, "not known")
	refused(t, j, Add("x", step("n", 1)), fault.Unavailable, "nothing happened")
	store.set(func(s *spoiled) { s.locks, s.commit = nil, nil })
	if r := must(t, j, Add("k", step("n", 1))); !r.Repeated || r.First != 1 || r.View.State.Count("n") != 1 {
		t.Errorf("repeated %v, first %d", r.Repeated, r.First)
	}
	whole(t, open, 1, 2)
}

// stalledCommit: while a commit hangs, nothing of it is shown and no answer
// leaves, refusals included; a caller that gives up is told that it is unknown.
func stalledCommit(t *testing.T, open Open) {
	store := &spoiled{Store: open()}
	j := begin(t, store)
	reached, free := make(chan struct{}), make(chan struct{})
	store.set(func(s *spoiled) {
		s.commit = func(tx journal.Tx) error {
			close(reached)
			<-free
			return tx.Commit()
		}
	})
	ctx, giveUp := context.WithCancel(context.Background())
	impatient := make(chan error, 1)
	go func() {
		_, err := j.Do(ctx, Add("k", step("n", 1)))
		impatient <- err
	}()
	<-reached
	if v := j.View(); v.Size != 1 {
		t.Errorf("%d entries were published before the commit", v.Size)
	}
	if head, err := store.Head(context.Background()); err != nil || head.Size != 1 {
		t.Errorf("head %d, %v", head.Size, err)
	}
	giveUp()
	if err := <-impatient; fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
	patient := make(chan error, 1)
	go func() {
		_, err := j.Do(context.Background(), Add("bad", step("n", 0)))
		patient <- err
	}()
	select {
	case err := <-patient:
		t.Errorf("an answer left before the commit: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	store.set(func(s *spoiled) { s.commit = nil })
	close(free)
	if err := <-patient; fault.KindOf(err) != fault.Invalid {
		t.Errorf("err = %v", err)
	}
	if r := must(t, j, Add("k", step("n", 1))); !r.Repeated {
		t.Error("the act that nobody waited for was lost")
	}
	whole(t, open, 1, 2)
}

// failingInsert: a store error in the middle of a batch gives the batch up.
func failingInsert(t *testing.T, open Open) {
	store := &spoiled{Store: open()}
	j := begin(t, store)
	n := 0
	store.set(func(s *spoiled) {
		s.insert = func() error {
			if n++; n == 2 {
				return errPlanted
			}
			return nil
		}
	})
	refused(t, j, Add("", step("n", 1), step("n", 1)), fault.Unavailable, "nothing happened")
	must(t, j, Add("", step("n", 1)))
	whole(t, open, 1, 2)
}

// memoryGuard is a guard in memory.
type memoryGuard struct {
	mu   sync.Mutex
	note []byte
	// fail is what saving gives, deaf what loading gives.
	fail, deaf error
}

func (g *memoryGuard) Load() ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.note == nil {
		return nil, fault.NotFoundf("nothing kept")
	}
	return g.note, g.deaf
}

func (g *memoryGuard) Save(note []byte) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.fail == nil {
		g.note = note
	}
	return g.fail
}

func sign(t *testing.T, size int64, root proof.Hash) []byte {
	t.Helper()
	note, err := proof.Checkpoint{Origin: Key().Name(), Size: size, Root: root}.Sign(*Key())
	if err != nil {
		t.Fatal(err)
	}
	return note
}

// restored: a journal that is shorter than the checkpoint outside, or another
// one, is read and not appended to; one that is longer brings it up to date.
func restored(t *testing.T, open Open) {
	ctx := context.Background()
	guard := &memoryGuard{}
	opened := func() *journal.Journal[Toy] {
		t.Helper()
		o := options(open())
		o.Guard = guard
		j, err := journal.Open(ctx, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(j.Close)
		return j
	}
	begin(t, open())
	j := opened()
	must(t, j, Add("", step("n", 1)))
	old := guard.note
	ahead := sign(t, 5, j.View().Root)
	fork := sign(t, 2, proof.Hash{1})
	for name, note := range map[string][]byte{"older": ahead, "does not continue": fork, "cannot be read": []byte("x")} {
		guard.note = note
		j := opened()
		refused(t, j, Add("", step("n", 1)), fault.KindOf(j.Refusal()), name)
		if j.Refusal() == nil || fault.HintOf(j.Refusal()) == "" {
			t.Errorf("%s: the refusal %v says nothing of what to do", name, j.Refusal())
		}
		if j.View().State.Count("n") != 1 {
			t.Error("the journal cannot be read")
		}
		if string(guard.note) != string(note) {
			t.Error("the checkpoint outside was overwritten")
		}
	}
	guard.note = old
	behind := opened()
	must(t, behind, Add("", step("n", 1)))
	if string(guard.note) != string(behind.View().Checkpoint) {
		t.Error("the checkpoint outside is not the last one")
	}
	guard.fail = errPlanted
	must(t, behind, Add("", step("n", 1)))
	refused(t, behind, Add("", step("n", 1)), fault.Unavailable, "cannot be kept outside")
	guard.fail = nil
	must(t, behind, Add("", step("n", 1)))
	if string(guard.note) != string(behind.View().Checkpoint) {
		t.Error("the checkpoint outside was not made up for")
	}
	guard.deaf = errPlanted
	refused(t, behind, Add("", step("n", 1)), fault.Unavailable, "cannot be read")
	guard.deaf = nil
	must(t, behind, Add("", step("n", 1)))
	if behind.Doubt() != nil {
		t.Errorf("a checkpoint that could not be read for a while casts doubt: %v", behind.Doubt())
	}
	guard.note = sign(t, 99, behind.View().Root)
	refused(t, behind, Add("", step("n", 1)), fault.Conflict, "older than what was already shown")
	if behind.Doubt() == nil {
		t.Error("no doubt about a journal that went back while it was open")
	}
}
