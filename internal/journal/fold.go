// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// State is what entries are folded into: the world. Its values are immutable
// except for one fork at a time.
type State[S any] interface {
	// Fork gives a state that changes on its own, in constant time, and leaves
	// the receiver as it is for its readers.
	Fork() S
	// Apply folds one entry into a fork and gives the result; the receiver is
	// not used again. It copies what the entry says and calls no engine. It gets
	// private entries, and facts that a copy withholds, without body and salt,
	// so that erasing changes nothing. It must not keep the body or salt it was
	// given. An error or a panic refuses the act.
	Apply(entry.Entry) (S, error)
}

// fold is everything a journal computes from its rows, moved on together. It is
// a value: a copy made before an act undoes the act, the state excepted, which
// is forked and applied again.
type fold[S State[S]] struct {
	state    S
	tree     Tree
	begun    Begun
	rules    int64
	time     int64
	registry entry.Registry
	origin   string
}

// ready is an entry whose bytes have been checked and that waits to be folded.
type ready struct {
	entry entry.Entry
	kind  entry.Type
	leaf  proof.Hash
}

// shown is the entry as a fold may see it.
func (r ready) shown() entry.Entry {
	e := r.entry
	if r.kind.Class == entry.Private {
		e.Body, e.Salt = nil, nil
	}
	return e
}

// check reads a stored row: header, type, and the body's commitment where there
// is a body. The body's canonical form was checked when the entry was taken, and
// verification checks it again; equal bytes need no third look.
func check(row Row, registry entry.Registry) (ready, error) {
	h, err := parseHeader(row.Header)
	if err != nil {
		return ready{}, fault.Corruptf("entry %d: %w", row.Seq, err).Hinted(backupHint)
	}
	if h.Seq != row.Seq {
		return ready{}, fault.Corruptf("the row of entry %d holds entry %d", row.Seq, h.Seq).Hinted(backupHint)
	}
	kind, err := registry.Find(h)
	if err != nil {
		return ready{}, err
	}
	r := ready{entry: entry.Entry{Header: h, Salt: row.Salt, Body: row.Body}, kind: kind, leaf: proof.Leaf(row.Header)}
	if (row.Body == nil) != (row.Salt == nil) {
		return ready{}, fault.Corruptf("entry %d (%s) has only one of body and salt", h.Seq, h.Type).Hinted(backupHint)
	}
	if row.Body == nil && kind.Class != entry.Private {
		return ready{}, fault.Corruptf("the body of entry %d (%s) is missing, and facts are never erased", h.Seq, h.Type).Hinted(backupHint)
	}
	if row.Body != nil && proof.Commit(row.Salt, row.Body) != h.Body {
		return ready{}, fault.Corruptf("entry %d (%s): the body is not the one its header commits to", h.Seq, h.Type).Hinted(backupHint)
	}
	return r, nil
}

const backupHint = "the database was damaged or changed by hand; put the newest backup back and check it against the last checkpoint"

// add folds one entry that is next in line and grows the tree.
func (f *fold[S]) add(r ready) error { return f.step(r, f.tree.Append(r.leaf)) }

// step folds one entry that is next in line; tree is the tree with it.
func (f *fold[S]) step(r ready, tree Tree) error {
	h := r.entry.Header
	if h.Seq != f.tree.Size() {
		return fault.Corruptf("entry %d is missing", f.tree.Size()).Hinted(backupHint)
	}
	if h.RecordedAt < f.time {
		return fault.Corruptf("entry %d was recorded before entry %d", h.Seq, h.Seq-1).Hinted(backupHint)
	}
	if err := f.own(r.entry); err != nil {
		return err
	}
	state, err := apply(f.state, r.shown())
	if err != nil {
		return err
	}
	f.state, f.tree, f.time = state, tree, h.RecordedAt
	return nil
}

// own folds the journal's own entries.
func (f *fold[S]) own(e entry.Entry) error {
	if (e.Type == BegunKind.Name()) != (e.Seq == 0) {
		return fault.Corruptf("entry %d is %s: a journal begins once, with its first entry", e.Seq, e.Type)
	}
	switch e.Type {
	case BegunKind.Name():
		b, _, err := BegunKind.Decode(e)
		if err != nil {
			return err
		}
		f.begun, f.rules = b, b.Rules
		return b.check(f.origin)
	case RulesAdoptedKind.Name():
		r, _, err := RulesAdoptedKind.Decode(e)
		if err != nil {
			return err
		}
		if r.Rules <= f.rules {
			return fault.Conflictf("entry %d adopts rules %d and rules %d are in force: the number only rises", e.Seq, r.Rules, f.rules)
		}
		f.rules = r.Rules
		return checkRules(r.Rules)
	}
	return nil
}

// broken is a panic in a rule or fold, with the place for the log.
type broken struct {
	value any
	stack []byte
}

func (b broken) Error() string { return fmt.Sprint(b.value) }

// Stack tells a log where a rule failed, given the error of a refused act; ""
// when no rule did.
func Stack(err error) string {
	for err != nil {
		if b, ok := err.(broken); ok {
			return string(b.stack)
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return ""
		}
		err = u.Unwrap()
	}
	return ""
}

func recovered(errp *error, what string) {
	if p := recover(); p != nil {
		*errp = fault.New(fault.Internal, "%s failed: %w", what, broken{p, debug.Stack()})
	}
}

func apply[S State[S]](s S, e entry.Entry) (out S, err error) {
	defer recovered(&err, "folding entry "+e.Type)
	return s.Apply(e)
}

// gaps follows bodies that are missing until an erasure accounts for them.
type gaps struct {
	// before is where reading starts; what lies before it was seen earlier.
	before  int64
	open    map[int64]bool
	earlier []int64
}

func gapsFrom(before int64) *gaps { return &gaps{before: before, open: map[int64]bool{}} }

func (g *gaps) see(e entry.Entry) error {
	if e.Body == nil {
		g.open[e.Seq] = true
	}
	if e.Type != ErasedKind.Name() {
		return nil
	}
	erased, _, err := ErasedKind.Decode(e)
	if err != nil {
		return err
	}
	for _, seq := range erased.Seqs {
		switch {
		case seq < g.before:
			g.earlier = append(g.earlier, seq)
		case !g.open[seq]:
			return notErased(e.Seq, seq)
		}
		delete(g.open, seq)
	}
	return nil
}

func notErased(by, seq int64) error {
	return fault.Corruptf("entry %d says that the body of entry %d was erased, and it is there or was erased before", by, seq).
		Hinted(backupHint)
}

// end is called when all rows have been read.
func (g *gaps) end(ctx context.Context, from Reader, size int64) error {
	for _, seq := range g.earlier {
		row, err := from.Row(ctx, seq)
		if err != nil {
			return err
		}
		if row.Body != nil {
			return notErased(size-1, seq)
		}
	}
	if len(g.open) == 0 {
		return nil
	}
	return fault.Corruptf("the body of entry %d is missing and no erasure accounts for it (%d such entries)",
		slices.Min(slices.Collect(maps.Keys(g.open))), len(g.open)).Hinted(backupHint)
}

const (
	groupSize = 256
	groups    = 8
)

// checked reads and checks rows on another core, in groups, while the caller
// folds.
func checked(ctx context.Context, rows iter.Seq2[Row, error], registry entry.Registry) iter.Seq2[ready, error] {
	return func(yield func(ready, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		lane := make(chan []ready, groups)
		var failed error
		go func() {
			defer close(lane)
			failed = send(ctx, lane, rows, registry)
		}()
		// Rows must be closed before the transaction they belong to goes on.
		defer func() {
			stop()
			for range lane {
			}
		}()
		for group := range lane {
			for _, r := range group {
				if !yield(r, nil) {
					return
				}
			}
		}
		if failed != nil {
			yield(ready{}, failed)
		}
	}
}

func send(ctx context.Context, lane chan<- []ready, rows iter.Seq2[Row, error], registry entry.Registry) error {
	group := make([]ready, 0, groupSize)
	flush := func() bool {
		select {
		case lane <- group:
			group = make([]ready, 0, groupSize)
			return true
		case <-ctx.Done():
			return false
		}
	}
	for row, err := range rows {
		var r ready
		if err == nil {
			r, err = check(row, registry)
		}
		if err != nil {
			flush()
			return err
		}
		if group = append(group, r); len(group) == groupSize && !flush() {
			return ctx.Err()
		}
	}
	flush()
	return nil
}

// matches tells whether the fold has come to where the head says.
func (f *fold[S]) matches(head Head, key proof.VerifyKey) error {
	if f.tree.Size() != head.Size {
		return fault.Corruptf("the head counts %d entries and %d are there", head.Size, f.tree.Size()).Hinted(backupHint)
	}
	root, err := f.tree.Root(head.Size)
	if err != nil {
		return err
	}
	if root != head.Root {
		return fault.Corruptf("the root over the %d entries is not the one the head names", head.Size).Hinted(backupHint)
	}
	return opens(head, key)
}

// opens verifies the head's checkpoint.
func opens(head Head, key proof.VerifyKey) error {
	cp, err := proof.OpenCheckpoint(head.Checkpoint, key)
	if err != nil {
		if strings.Contains(err.Error(), "not signed by") {
			return fault.New(fault.Forbidden, "this is not the key of the journal: %w", err).
				Hinted("use the key that the journal was begun with")
		}
		return fault.Corruptf("the head: %w", err).Hinted(backupHint)
	}
	if cp.Size != head.Size || cp.Root != head.Root {
		return fault.Corruptf("the head and its checkpoint disagree").Hinted(backupHint)
	}
	return nil
}
