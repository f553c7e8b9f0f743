// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"iter"
	"sort"
	"sync"
	"time"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// View gives the journal as last published in this process. It costs one load.
func (j *Journal[S]) View() View[S] { return j.current.Load().View }

// Fork gives a copy of the published state to try something on. States that
// others read must not be forked by themselves.
func (j *Journal[S]) Fork() S { return j.past.fork(j.current.Load().State) }

// Key gives the journal's public key.
func (j *Journal[S]) Key() proof.VerifyKey { return j.o.Verify }

// confirm lets callers share one look at the head, as long as it began after
// they asked.
type confirm struct {
	mu   sync.Mutex
	next *look
	busy sync.Mutex
}

type look struct {
	done chan struct{}
	err  error
}

// Fresh gives a view that is no older than the call: it confirms the head with
// the store, by one query that concurrent callers share, and catches up when
// another process has appended.
func (j *Journal[S]) Fresh(ctx context.Context) (View[S], error) {
	c := &j.confirm
	c.mu.Lock()
	mine := c.next
	leads := mine == nil
	if leads {
		mine = &look{done: make(chan struct{})}
		c.next = mine
	}
	c.mu.Unlock()
	if leads {
		c.busy.Lock()
		// Whoever comes from here on asked after this look began.
		c.mu.Lock()
		c.next = nil
		c.mu.Unlock()
		mine.err = j.refresh()
		c.busy.Unlock()
		close(mine.done)
	}
	select {
	case <-mine.done:
		return j.View(), mine.err
	case <-ctx.Done():
		return j.View(), fault.New(fault.Unavailable, "the head was not confirmed in time: %w", ctx.Err())
	}
}

// refresh does not end with one caller's context: others wait for it too.
func (j *Journal[S]) refresh() error {
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	head, err := j.o.Store.Head(ctx)
	if err != nil {
		return err
	}
	if now := j.View(); head.Size == now.Size && head.Root == now.Root {
		return nil
	}
	j.turn.Lock()
	defer j.turn.Unlock()
	return j.o.Store.Snapshot(ctx, func(r Reader) error { return j.catchUp(ctx, r) })
}

// catchUp folds what other processes appended. A store that does not continue
// what was published is a fault that ends appending.
func (j *Journal[S]) catchUp(ctx context.Context, from Reader) error {
	head, err := from.Head(ctx)
	if err != nil {
		return err
	}
	now := j.current.Load()
	if head.Size == now.Size && head.Root == now.Root {
		return nil
	}
	if head.Size <= now.Size {
		j.refusal = fault.Corruptf("the database went back from %d entries to %d, or changed", now.Size, head.Size).Hinted(restoreHint)
		return j.refusal
	}
	f := now.fold
	f.state = j.past.fork(f.state)
	err = j.advance(ctx, from, f, head)
	if kind := fault.KindOf(err); kind == fault.Corrupt || kind == fault.Unsupported {
		j.refusal = err
	}
	return err
}

// Entry reads one entry and checks it against the tree. An erased entry has no
// body.
func (j *Journal[S]) Entry(ctx context.Context, seq int64) (entry.Entry, error) {
	now := j.View()
	if seq < 0 || seq >= now.Size {
		return entry.Entry{}, noEntry(seq, now.Size)
	}
	row, err := j.o.Store.Row(ctx, seq)
	if err != nil {
		return entry.Entry{}, err
	}
	return j.sound(row, now.Tree)
}

// Entries goes through the entries from <= seq < to, or to the end of the
// present view where to lies behind it, and checks each against the tree.
func (j *Journal[S]) Entries(ctx context.Context, from, to int64) iter.Seq2[entry.Entry, error] {
	return func(yield func(entry.Entry, error) bool) {
		tree := j.View().Tree
		for row, err := range j.Rows(ctx, from, to) {
			var e entry.Entry
			if err == nil {
				e, err = j.sound(row, tree)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Rows goes through the stored bytes of entries like [Journal.Entries], for
// exports. It counts them and checks nothing else.
func (j *Journal[S]) Rows(ctx context.Context, from, to int64) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		from, to := max(from, 0), min(to, j.View().Size)
		next := from
		for row, err := range j.o.Store.Rows(ctx, from, to) {
			if err == nil && row.Seq != next {
				err = fault.Corruptf("entry %d is missing", next).Hinted(backupHint)
			}
			if !yield(row, err) || err != nil {
				return
			}
			next++
		}
		if next < to {
			yield(Row{}, fault.Corruptf("entry %d is missing", next).Hinted(backupHint))
		}
	}
}

func (j *Journal[S]) sound(row Row, tree Tree) (entry.Entry, error) {
	r, err := check(row, j.o.Registry)
	if err != nil {
		return entry.Entry{}, err
	}
	leaf, err := tree.Leaf(row.Seq)
	if err != nil {
		return entry.Entry{}, err
	}
	if leaf != r.leaf {
		return entry.Entry{}, notInTree(row.Seq)
	}
	return r.entry, nil
}

// pollEvery is how often Tail looks for what other processes appended.
const pollEvery = 500 * time.Millisecond

// Tail goes through the entries from seq on and then waits for more, until ctx
// ends, which ends it without an error. Only committed entries come.
func (j *Journal[S]) Tail(ctx context.Context, from int64) iter.Seq2[entry.Entry, error] {
	return func(yield func(entry.Entry, error) bool) {
		poll := time.NewTicker(pollEvery)
		defer poll.Stop()
		for {
			now := j.current.Load()
			for e, err := range j.Entries(ctx, from, now.Size) {
				if ctx.Err() != nil || !yield(e, err) || err != nil {
					return
				}
				from = e.Seq + 1
			}
			select {
			case <-ctx.Done():
				return
			case <-now.moved:
			case <-poll.C:
				if _, err := j.Fresh(ctx); err != nil && ctx.Err() == nil {
					yield(entry.Entry{}, err)
					return
				}
			}
		}
	}
}

// past keeps forks of earlier states. Its lock also keeps two goroutines from
// forking one published state at once, which its maps do not allow.
type past[S State[S]] struct {
	mu   sync.Mutex
	kept []fold[S]
}

func (p *past[S]) fork(s S) S {
	p.mu.Lock()
	defer p.mu.Unlock()
	return s.Fork()
}

// pass keeps the fold when it has come to the next mark, and gives the fold to
// go on with.
func (p *past[S]) pass(f fold[S], every int64) fold[S] {
	p.mu.Lock()
	defer p.mu.Unlock()
	var last int64
	if n := len(p.kept); n > 0 {
		last = p.kept[n-1].tree.Size()
	}
	if f.tree.Size()/every > last/every {
		p.kept = append(p.kept, f)
		f.state = f.state.Fork()
	}
	return f
}

// before gives a fork of the newest kept fold of at most size entries.
func (p *past[S]) before(size int64) (f fold[S], found bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := sort.Search(len(p.kept), func(i int) bool { return p.kept[i].tree.Size() > size })
	if i == 0 {
		return f, false
	}
	f = p.kept[i-1]
	f.state = f.state.Fork()
	return f, true
}

// At gives the journal as it was when the entry at seq was the last one, by
// replaying from a state kept every 50,000 entries. The view has no checkpoint.
func (j *Journal[S]) At(ctx context.Context, seq int64) (View[S], error) {
	now := j.current.Load()
	if seq < 0 || seq >= now.Size {
		return View[S]{}, noEntry(seq, now.Size)
	}
	if seq == now.Size-1 {
		return now.View, nil
	}
	f, found := j.past.before(seq + 1)
	if !found {
		f = fold[S]{state: j.past.fork(j.o.Zero), registry: j.o.Registry, origin: j.o.Verify.Name()}
	}
	// The tree of the past is a prefix of the present one and is not grown again.
	for r, err := range checked(ctx, j.o.Store.Rows(ctx, f.tree.Size(), seq+1), j.o.Registry) {
		if err != nil {
			return View[S]{}, err
		}
		if leaf, err := now.Tree.Leaf(r.entry.Seq); err != nil || leaf != r.leaf {
			return View[S]{}, notInTree(r.entry.Seq)
		}
		if err := f.step(r, now.Tree.first(r.entry.Seq+1)); err != nil {
			return View[S]{}, err
		}
	}
	if f.tree.Size() != seq+1 {
		return View[S]{}, fault.Corruptf("entry %d is missing", f.tree.Size()).Hinted(backupHint)
	}
	return f.view(), nil
}

func notInTree(seq int64) error {
	return fault.Corruptf("entry %d is not the one in the tree", seq).Hinted(backupHint)
}

// SeqAt gives the last entry recorded at or before t, in milliseconds since
// 1970, UTC; a fault of kind NotFound when the journal began later.
func (j *Journal[S]) SeqAt(ctx context.Context, t int64) (int64, error) {
	now := j.View()
	if t >= now.Time {
		return now.Size - 1, nil
	}
	low, high := int64(-1), now.Size-1
	// Invariant: low was recorded at or before t, high after it.
	for high-low > 1 {
		mid := low + (high-low)/2
		e, err := j.Entry(ctx, mid)
		if err != nil {
			return 0, err
		}
		if e.RecordedAt <= t {
			low = mid
		} else {
			high = mid
		}
	}
	if low < 0 {
		return 0, fault.NotFoundf("the journal began after %s", stampTime(t))
	}
	return low, nil
}
