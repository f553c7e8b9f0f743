// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package journal keeps the one truth: an append-only sequence of entries,
// hashed into an RFC 6962 tree, whose head is signed.
//
// A [Journal] is generic over the state that its entries are folded into. One
// goroutine writes. It takes what is waiting as one batch, locks the head row,
// catches up with what other processes appended, lets each [Intent] decide on
// the state as it will be, and stores entries and head in one transaction. Only
// after the commit does it publish the new state, by one atomic pointer, and
// release the answers, refusals included:
//
//	j, err := journal.Open(ctx, journal.Options[World]{Store: store, Registry: types, Key: &key, Guard: guard})
//	res, err := j.Do(ctx, journal.Intent[World]{Actor: "p1", Decide: func(w World, act entry.Act) ([]entry.Draft, error) {
//		return w.Models.Register(in, act)
//	}})
//
// Readers take [Journal.View], which costs one load, or [Journal.Fresh], which
// first makes sure that no other process has appended.
//
// An answer that was released is durable, and provable from the checkpoint in
// its View. An act whose commit ended in an error is settled under the lock of
// the next transaction, by its act key: it happened entirely or not at all.
//
// The package knows no domain words, calls no engine, and does not know what an
// entry means, its own three types excepted. Tiles, an outside witness and a
// restart after a lost database are not part of it yet.
package journal

import (
	"context"
	"crypto/rand"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// Options says what a journal is made of.
type Options[S State[S]] struct {
	Store Store
	// Registry knows every type of entry, those of [Types] included.
	Registry entry.Registry
	// Zero is the state before the first entry.
	Zero S
	// Key signs checkpoints. Without it the journal is read only and Verify is
	// needed.
	Key *proof.SigningKey
	// Verify is the journal's public key; it may be left out with a Key.
	Verify proof.VerifyKey
	// Partial tells that the store is a copy which may leave out the body of any
	// private entry, so that a missing one is no damage.
	Partial bool
	// Guard keeps the last checkpoint outside the store; nil for none.
	Guard Guard
	// Salt gives the salts of bodies; nil is crypto/rand. Only a made-up
	// history may use another one.
	Salt io.Reader
	// Clock gives milliseconds since 1970, UTC; nil is the machine's. A journal
	// with a simulated clock does not ask it.
	Clock func() int64

	// step is called between any two steps of a batch; tests stop there.
	step func(string)
	// snapshotEvery is how many entries lie between two kept states.
	snapshotEvery int64
}

func (o Options[S]) filled() Options[S] {
	if o.Key != nil {
		o.Verify = o.Key.VerifyKey()
	}
	if o.Salt == nil {
		o.Salt = rand.Reader
	}
	if o.Clock == nil {
		o.Clock = func() int64 { return time.Now().UnixMilli() }
	}
	if o.step == nil {
		o.step = func(string) {}
	}
	if o.snapshotEvery == 0 {
		o.snapshotEvery = 50_000
	}
	return o
}

// View is one published moment of a journal. It never changes.
type View[S any] struct {
	// Begun is what the first entry says: origin, format, clock.
	Begun Begun
	// Rules is the number of the rules in force.
	Rules int64
	// Size counts the entries; the last one is Size-1.
	Size int64
	// Time is the recorded_at of the last entry.
	Time int64
	// Root is the tree's root over all entries.
	Root proof.Hash
	// Checkpoint is the signed note over origin, size and root. It is empty in
	// a view of the past, which has no signature of its own.
	Checkpoint []byte
	State      S
	Tree       Tree
}

// published is a view with what the journal itself needs to go on from it.
type published[S State[S]] struct {
	View[S]
	fold  fold[S]
	moved chan struct{}
}

// Journal is an open journal. Its methods may be called by many goroutines.
type Journal[S State[S]] struct {
	o       Options[S]
	current atomic.Pointer[published[S]]
	queue   chan *job[S]
	quit    chan struct{}
	done    chan struct{}
	closing sync.Once

	// turn is held by whoever moves the head: the writer, or a reader that
	// catches up.
	turn sync.Mutex
	// refusal says why nothing may be appended; unguarded that the last
	// checkpoint could not yet be kept outside. Both under turn.
	refusal   error
	unguarded bool
	// unkept tells that nothing was kept outside when the journal was opened.
	unkept bool

	past    past[S]
	confirm confirm
}

// Genesis says how a journal begins.
type Genesis struct {
	Clock Clock
	// Actor is who begins it, an opaque id.
	Actor string
	// At is the time of the first entry in a simulated clock, in milliseconds
	// since 1970, UTC. With a wall clock it must be 0.
	At int64
}

// Begin writes the first entry of a new journal and opens it. A store that
// already holds one is refused.
func Begin[S State[S]](ctx context.Context, o Options[S], g Genesis) (*Journal[S], error) {
	if o.Key == nil {
		return nil, fault.Invalidf("a journal is begun with its signing key")
	}
	b := Begun{Origin: o.Key.Name(), Format: Format, Rules: MaxRules, Clock: g.Clock}
	if err := b.check(o.Key.Name()); err != nil {
		return nil, err
	}
	if err := begin(ctx, o.filled(), g, b); err != nil {
		return nil, err
	}
	return Open(ctx, o)
}

func begin[S State[S]](ctx context.Context, o Options[S], g Genesis, b Begun) error {
	if b.Clock == Wall && g.At != 0 {
		return fault.Invalidf("a journal with a wall clock takes its time from the machine")
	}
	if b.Clock == Wall {
		g.At = o.Clock()
	}
	if err := neverBegun(o.Guard); err != nil {
		return err
	}
	tx, err := o.Store.Lock(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	head, err := tx.Head(ctx)
	if err != nil {
		return err
	}
	if head.Size != 0 {
		return fault.Conflictf("a journal of %d entries is already there", head.Size).Hinted("open it, or choose another place")
	}
	draft, err := BegunKind.Draft(b)
	if err != nil {
		return err
	}
	row, r, err := stamp(draft, entry.Act{Actor: g.Actor, Now: g.At}, o.Registry, o.Salt)
	if err != nil {
		return err
	}
	if head, err = sign(Tree{}.Append(r.leaf), *o.Key); err != nil {
		return err
	}
	if err := tx.Insert(ctx, row); err != nil {
		return err
	}
	if err := tx.SetHead(ctx, head); err != nil {
		return err
	}
	return tx.Commit()
}

// neverBegun refuses to begin where a checkpoint says that a journal was: a lost
// database is not a new one.
func neverBegun(g Guard) error {
	if g == nil {
		return nil
	}
	note, err := g.Load()
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return fault.Conflictf("a checkpoint over %d entries was signed here", noteSize(note)).
		Hinted("open the journal that is there; if its database is lost, " + restoreHint)
}

// Open reads the whole journal, checks it against its head, and is ready when
// it returns. A type, version, format or rules number that this release does
// not know, and any damage, are faults. A journal that is older than the
// checkpoint its guard keeps opens for reading and refuses to append; see
// [Journal.Refusal].
func Open[S State[S]](ctx context.Context, o Options[S]) (*Journal[S], error) {
	o = o.filled()
	j := &Journal[S]{o: o, queue: make(chan *job[S], maxBatch), quit: make(chan struct{}), done: make(chan struct{})}
	f := fold[S]{state: o.Zero.Fork(), registry: o.Registry, origin: o.Verify.Name()}
	// Before the head: what a neighbour commits between the two makes the
	// database newer than what was kept, never older.
	outside, kept := o.outside()
	err := o.Store.Snapshot(ctx, func(r Reader) error {
		head, err := r.Head(ctx)
		if err != nil {
			return err
		}
		if head.Size == 0 {
			return fault.NotFoundf("no journal has been begun here").Hinted("begin one, or name the right folder")
		}
		// Before a million entries are read.
		if err := opens(head, o.Verify); err != nil {
			return err
		}
		return j.advance(ctx, r, f, head)
	})
	if err != nil {
		return nil, err
	}
	j.guard(outside, kept)
	if o.Key == nil {
		close(j.done)
		return j, nil
	}
	go j.write()
	return j, nil
}

// advance folds what lies between f and the head, checks that it ends there,
// and publishes it.
func (j *Journal[S]) advance(ctx context.Context, from Reader, f fold[S], head Head) error {
	missing := gapsFrom(f.tree.Size())
	for r, err := range checked(ctx, from.Rows(ctx, f.tree.Size(), head.Size), j.o.Registry) {
		if err != nil {
			return err
		}
		if err := missing.see(r.entry); err != nil {
			return err
		}
		if err := f.add(r); err != nil {
			return err
		}
		f = j.past.pass(f, j.o.snapshotEvery)
	}
	if err := missing.end(ctx, from, head.Size); err != nil && !(j.o.Partial && len(missing.open) > 0) {
		return err
	}
	if err := f.matches(head, j.o.Verify); err != nil {
		return err
	}
	j.publish(f, head)
	return nil
}

func (j *Journal[S]) publish(f fold[S], head Head) {
	next := &published[S]{fold: f, moved: make(chan struct{}), View: f.view()}
	next.Checkpoint = head.Checkpoint
	if last := j.current.Swap(next); last != nil {
		close(last.moved)
	}
}

func (f *fold[S]) view() View[S] {
	tree := f.tree.first(f.tree.Size())
	root, err := tree.Root(tree.Size())
	if err != nil {
		panic("journal: " + err.Error())
	}
	return View[S]{Begun: f.begun, Rules: f.rules, Size: tree.Size(), Time: f.time, Root: root, State: f.state, Tree: tree}
}

// outside gives the checkpoint that is kept outside the database. Without a
// guard it is NotFound, as where nothing was kept yet.
func (o Options[S]) outside() ([]byte, error) {
	if o.Guard == nil {
		return nil, fault.NotFoundf("no checkpoint is kept outside")
	}
	note, err := o.Guard.Load()
	switch fault.KindOf(err) {
	case "", fault.NotFound, fault.Corrupt:
		return note, err
	}
	return nil, fault.New(fault.Unavailable, "the checkpoint outside the database cannot be read: %w", err).
		Hinted("make it readable and open again")
}

// guard compares with the checkpoint that was kept outside before the database
// was read, and brings an older one up to date.
func (j *Journal[S]) guard(outside []byte, err error) {
	if j.o.Guard == nil {
		return
	}
	now := j.current.Load()
	j.refusal = j.compare(outside, err)
	j.unkept = fault.KindOf(err) == fault.NotFound
	j.unguarded = j.refusal == nil && string(outside) != string(now.Checkpoint)
	if j.unguarded && j.o.Key != nil {
		j.unguarded = j.o.Guard.Save(now.Checkpoint) != nil
	}
}

// compare tells why the published journal does not continue what was kept
// outside before it was read.
func (j *Journal[S]) compare(outside []byte, err error) error {
	now := j.current.Load()
	switch {
	case fault.KindOf(err) == fault.NotFound:
		return nil
	case err != nil:
		return err
	case string(outside) == string(now.Checkpoint):
		return nil
	}
	return guarded(outside, j.o.Verify, now.Tree)
}

// Refusal tells why the journal refuses to append, or nil.
func (j *Journal[S]) Refusal() error {
	if err := j.Doubt(); err != nil || j.o.Key != nil {
		return err
	}
	return fault.Forbiddenf("the journal is opened without its signing key, for reading only")
}

// Doubt tells why the journal may not be the newest one or not the right one,
// or nil: it is older than the checkpoint that its guard keeps, or does not
// continue it. It can be read, and nothing that it says of the present counts.
func (j *Journal[S]) Doubt() error {
	j.turn.Lock()
	defer j.turn.Unlock()
	return j.refusal
}

// Unkept tells that nothing was kept outside when the journal was opened though
// it has more than its first entry: that it went back could not be noticed.
func (j *Journal[S]) Unkept() bool {
	return j.o.Guard != nil && j.unkept && j.View().Size > 1
}

// Close finishes the batch at hand and stops the writer. Acts that still wait
// are refused. The store stays open.
func (j *Journal[S]) Close() {
	j.closing.Do(func() { close(j.quit) })
	<-j.done
}
