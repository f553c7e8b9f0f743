// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"slices"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// batch is one transaction in the making.
type batch[S State[S]] struct {
	j    *Journal[S]
	tx   Tx
	base *published[S]
	fold fold[S]
	// made are the entries so far, to apply again when an act has to be undone.
	made    []ready
	answers []answer[S]
	// mark is an act key of this transaction: whether it is there tells whether
	// an unclear commit happened.
	mark   [32]byte
	marked bool
}

// storeFault is an error of the store in the middle of a transaction.
type storeFault struct{ error }

func (s storeFault) Unwrap() error { return s.error }

// lost tells whether an act failed because of the store: then the whole batch
// goes, since nobody knows what the transaction holds.
func (b *batch[S]) lost(err error) bool {
	_, lost := errors.AsType[storeFault](err)
	return lost
}

// act decides one intent on the speculative state and puts its entries into the
// transaction.
func (b *batch[S]) act(ctx context.Context, work *job[S]) (Result[S], error) {
	if err := work.ctx.Err(); err != nil {
		return Result[S]{}, fault.New(fault.Unavailable, "the act was given up before it began: %w", err)
	}
	in := work.intent
	key := actKey(in)
	if in.Key != "" {
		result, found, err := b.repeat(ctx, key, in.Digest)
		if found || err != nil {
			return result, err
		}
	}
	made, drafts, err := b.decide(in)
	if err != nil {
		return Result[S]{}, err
	}
	result := Result[S]{First: b.fold.tree.Size() - int64(len(made.ready))}
	if len(made.ready) == 0 {
		return result, nil
	}
	if err := b.erasable(ctx, drafts, made); err != nil {
		return Result[S]{}, b.undo(made, err)
	}
	if err := b.store(ctx, made, drafts); err != nil {
		return Result[S]{}, storeFault{err}
	}
	if in.Key != "" {
		if err := b.keep(ctx, key, Act{Intent: in.Digest, First: result.First, Count: int64(len(made.ready))}); err != nil {
			return Result[S]{}, storeFault{err}
		}
	}
	b.made = append(b.made, made.ready...)
	for _, r := range made.ready {
		result.Entries = append(result.Entries, r.entry)
	}
	return result, nil
}

// actKey is SHA-256 over actor and client key, kept apart by the actor's
// length.
func actKey[S any](in Intent[S]) [32]byte {
	n := len(in.Actor)
	prefix := []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
	return sha256.Sum256(append(append(prefix, in.Actor...), in.Key...))
}

// repeat gives the answer of an act that was done before.
func (b *batch[S]) repeat(ctx context.Context, key, digest [32]byte) (result Result[S], found bool, err error) {
	act, found, err := b.tx.FindAct(ctx, key)
	if err != nil {
		return result, false, storeFault{err}
	}
	if !found {
		return result, false, nil
	}
	if act.Intent != digest {
		return result, true, fault.Conflictf("this act key was used for another act, which made entry %d", act.First).
			Hinted("use a new key for a new act")
	}
	result = Result[S]{First: act.First, Repeated: true}
	for row, err := range b.tx.Rows(ctx, act.First, act.First+act.Count) {
		if err != nil {
			return result, true, storeFault{err}
		}
		h, err := parseHeader(row.Header)
		if err != nil {
			return result, true, fault.Corruptf("entry %d: %w", row.Seq, err)
		}
		result.Entries = append(result.Entries, entry.Entry{Header: h, Salt: row.Salt, Body: row.Body})
	}
	return result, true, nil
}

// made is what an act adds, and the fold before it.
type made[S State[S]] struct {
	ready  []ready
	rows   []Row
	before fold[S]
}

// decide runs the rule and folds its drafts.
func (b *batch[S]) decide(in Intent[S]) (made[S], []entry.Draft, error) {
	m := made[S]{before: b.fold}
	act, err := b.now(in)
	if err != nil {
		return m, nil, err
	}
	drafts, err := decided(in, b.fold.state, act)
	if err != nil {
		return m, nil, err
	}
	for i, d := range drafts {
		act.Seq = m.before.tree.Size() + int64(i)
		row, r, err := stamp(d, act, b.j.o.Registry, b.j.o.Salt)
		if err == nil {
			err = b.fold.add(r)
		}
		if err != nil {
			return m, nil, b.undo(m, err)
		}
		m.ready, m.rows = append(m.ready, r), append(m.rows, row)
	}
	return m, drafts, nil
}

func decided[S any](in Intent[S], s S, act entry.Act) (drafts []entry.Draft, err error) {
	defer recovered(&err, "the rule that decides")
	return in.Decide(s, act)
}

// undo takes back an act that was folded in part: the fold is a value, the
// state is made again from what was published. It gives the reason on.
func (b *batch[S]) undo(m made[S], reason error) error {
	b.fold = m.before
	state := b.j.past.fork(b.base.fold.state)
	for _, r := range b.made {
		next, err := apply(state, r.shown())
		if err != nil {
			// It was applied to the same state before, so the batch cannot be
			// trusted any more.
			return storeFault{fault.New(fault.Internal, "a state does not fold the same way twice: %w", err)}
		}
		state = next
	}
	b.fold.state = state
	return reason
}

// now is the act's time and place.
func (b *batch[S]) now(in Intent[S]) (entry.Act, error) {
	act := entry.Act{Actor: in.Actor, Seq: b.fold.tree.Size()}
	if b.fold.begun.Clock == Wall {
		if in.At != 0 {
			return act, fault.Invalidf("this journal has a wall clock: an act takes the time at which it happens").
				Hinted("leave the time out")
		}
		act.Now = max(b.j.o.Clock(), b.fold.time)
		return act, nil
	}
	act.Now = b.fold.time + 1
	if in.At != 0 {
		act.Now = in.At
	}
	if act.Now < b.fold.time {
		return act, fault.Invalidf("the act's time, %s, lies before that of the last entry, %s", stampTime(act.Now), stampTime(b.fold.time)).
			Hinted("choose a later time, or leave it out")
	}
	return act, nil
}

func stampTime(ms int64) string {
	return proof.Header{RecordedAt: ms}.Time().Format("2006-01-02T15:04:05.000Z")
}

// stamp makes an entry of a draft. Its header and body are made here, once.
func stamp(d entry.Draft, act entry.Act, registry entry.Registry, salts io.Reader) (Row, ready, error) {
	salt := make([]byte, proof.SaltSize)
	if _, err := io.ReadFull(salts, salt); err != nil {
		return Row{}, ready{}, fault.New(fault.Unavailable, "no salt: %w", err)
	}
	h := proof.Header{Actor: act.Actor, Body: proof.Commit(salt, d.Body), RecordedAt: act.Now, Seq: act.Seq, Type: d.Type, V: d.V}
	header, err := h.Encode()
	if err != nil {
		return Row{}, ready{}, fault.Invalidf("entry of type %q: %w", d.Type, err)
	}
	if _, err := parseHeader(header); err != nil {
		return Row{}, ready{}, fault.Invalidf("entry of type %q: %w", d.Type, err)
	}
	e := entry.Entry{Header: h, Salt: salt, Body: d.Body}
	kind, err := registry.Find(h)
	if err != nil {
		return Row{}, ready{}, err
	}
	if d.Body == nil || d.Class != kind.Class {
		return Row{}, ready{}, fault.New(fault.Internal, "a draft of %s was not made by its kind", d.Type)
	}
	if err := registry.Check(e); err != nil {
		return Row{}, ready{}, err
	}
	return Row{Seq: h.Seq, Header: header, Salt: salt, Body: d.Body}, ready{entry: e, kind: kind, leaf: proof.Leaf(header)}, nil
}

// erasable checks what an act wants to erase: private entries that still have
// their bodies, named by an erasure and by nothing else.
func (b *batch[S]) erasable(ctx context.Context, drafts []entry.Draft, m made[S]) error {
	seen := map[int64]bool{}
	for i, d := range drafts {
		if err := erasesAsSaid(d, m.ready[i].entry); err != nil {
			return err
		}
		for _, seq := range d.Erase {
			if seen[seq] {
				return fault.Conflictf("entry %d is erased twice", seq)
			}
			seen[seq] = true
			if err := b.erasableAt(ctx, seq); err != nil {
				return err
			}
		}
	}
	return nil
}

// erasesAsSaid checks that what a draft erases is exactly what its body says.
func erasesAsSaid(d entry.Draft, e entry.Entry) error {
	if d.Type != ErasedKind.Name() {
		if len(d.Erase) != 0 {
			return fault.New(fault.Internal, "%s cannot erase; only %s can", d.Type, ErasedKind.Name())
		}
		return nil
	}
	said, _, err := ErasedKind.Decode(e)
	if err != nil {
		return err
	}
	if again, err := Erase(said); err != nil || !slices.Equal(again.Erase, d.Erase) {
		return errors.Join(fault.New(fault.Internal, "an erasure does not erase what it names"), err)
	}
	return nil
}

func (b *batch[S]) erasableAt(ctx context.Context, seq int64) error {
	row, err := b.tx.Row(ctx, seq)
	if fault.KindOf(err) == fault.NotFound {
		return noEntry(seq, b.base.Size)
	}
	if err != nil {
		return storeFault{err}
	}
	h, err := parseHeader(row.Header)
	if err != nil {
		return fault.Corruptf("entry %d: %w", seq, err)
	}
	kind, err := b.j.o.Registry.Find(h)
	if err != nil {
		return err
	}
	if kind.Class != entry.Private {
		return fault.Forbiddenf("entry %d (%s) is a fact, and facts are never erased", seq, h.Type)
	}
	if row.Body == nil {
		return fault.Conflictf("the body of entry %d is already erased", seq)
	}
	return nil
}

func (b *batch[S]) store(ctx context.Context, m made[S], drafts []entry.Draft) error {
	for _, row := range m.rows {
		if err := b.tx.Insert(ctx, row); err != nil {
			return err
		}
	}
	for _, d := range drafts {
		for _, seq := range d.Erase {
			if err := b.tx.Erase(ctx, seq); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *batch[S]) keep(ctx context.Context, key [32]byte, act Act) error {
	b.mark, b.marked = key, true
	return b.tx.KeepAct(ctx, key, act)
}
