// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"runtime"
	"slices"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// maxBatch is the largest number of acts in one transaction.
const maxBatch = 256

// Intent is what somebody wants done.
type Intent[S any] struct {
	// Actor is who wants it, an opaque id.
	Actor string
	// Key is the client's own key of the act: asking again with the same key
	// gives the first answer again. "" is none.
	Key string
	// Digest is SHA-256 of what is wanted. The same key with another digest is
	// refused.
	Digest [32]byte
	// At is the act's time in a journal with a simulated clock, in milliseconds
	// since 1970, UTC, not before the last entry; 0 lets the clock go on by one
	// millisecond.
	At int64
	// Decide gives the entries that the act makes on the state as it will be,
	// or the reason why it is refused. It runs inside the writer, so it does no
	// I/O, keeps nothing of the state and takes less than a millisecond. Without
	// drafts the act is accepted and changes nothing. It may run more than once.
	Decide func(S, entry.Act) ([]entry.Draft, error)
}

// Result is the answer to an accepted intent.
type Result[S any] struct {
	// First is the seq of the first entry. With no entries it is where one
	// would have been.
	First   int64
	Entries []entry.Entry
	// Repeated tells that the act was done before, under the same key; erased
	// entries have no body then.
	Repeated bool
	// View is the journal right after the commit that made the act durable, or
	// a later one for a repeated act. Its checkpoint covers the entries.
	View View[S]
}

type job[S any] struct {
	ctx    context.Context
	intent Intent[S]
	answer chan answer[S]
}

type answer[S any] struct {
	result Result[S]
	err    error
}

// Do has the writer decide on an intent and waits for the commit. Errors of
// Decide come back as they are. A fault of kind Unavailable says whether
// nothing happened or the outcome is unknown; asking again with the same key is
// always safe. When ctx ends early the act may still happen.
func (j *Journal[S]) Do(ctx context.Context, in Intent[S]) (Result[S], error) {
	var none Result[S]
	if j.o.Key == nil {
		return none, j.Refusal()
	}
	if in.Actor == "" || in.Decide == nil {
		return none, fault.Invalidf("an act needs an actor and a rule that decides")
	}
	work := &job[S]{ctx: ctx, intent: in, answer: make(chan answer[S], 1)}
	select {
	case j.queue <- work:
	case <-j.quit:
		return none, closed()
	case <-ctx.Done():
		return none, fault.New(fault.Unavailable, "the act was given up before it began: %w", ctx.Err())
	}
	select {
	case a := <-work.answer:
		return a.result, a.err
	case <-ctx.Done():
		return none, unknown(ctx.Err())
	case <-j.done:
		// The writer may have answered with its last breath.
		select {
		case a := <-work.answer:
			return a.result, a.err
		default:
			return none, closed()
		}
	}
}

func closed() error {
	return fault.New(fault.Unavailable, "the journal is closed; nothing happened")
}

func unknown(err error) error {
	return fault.New(fault.Unavailable, "it is not known whether the act happened: %w", err).
		Hinted("ask again with the same key: it happens once")
}

func (j *Journal[S]) write() {
	defer close(j.done)
	for {
		select {
		case <-j.quit:
			return
		case first := <-j.queue:
			j.run(j.drain(first))
		}
	}
}

func (j *Journal[S]) drain(first *job[S]) []*job[S] {
	jobs := []*job[S]{first}
	// Those who were just answered are about to ask again: one turn for them
	// makes one transaction of what would be two.
	runtime.Gosched()
	for len(jobs) < maxBatch {
		select {
		case next := <-j.queue:
			jobs = append(jobs, next)
		default:
			return jobs
		}
	}
	return jobs
}

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

// run takes jobs through one transaction. The transaction does not end with any
// request: a cancelled commit would be an unknown one.
func (j *Journal[S]) run(jobs []*job[S]) {
	j.turn.Lock()
	defer j.turn.Unlock()
	ctx := context.Background()
	b, err := j.start(ctx)
	if err != nil {
		release(jobs, err)
		return
	}
	defer b.tx.Rollback()
	for _, work := range jobs {
		result, err := b.act(ctx, work)
		if err != nil && b.lost(err) {
			release(jobs, unwritten(err))
			return
		}
		b.answers = append(b.answers, answer[S]{result, err})
	}
	j.o.step("decided")
	if err := j.finish(ctx, b); err != nil {
		release(jobs, err)
		return
	}
	j.o.step("published")
	view := j.View()
	for i, work := range jobs {
		if b.answers[i].err == nil {
			b.answers[i].result.View = view
		}
		work.answer <- b.answers[i]
	}
	j.o.step("answered")
}

func release[S any](jobs []*job[S], err error) {
	for _, work := range jobs {
		work.answer <- answer[S]{err: err}
	}
}

func unwritten(err error) error {
	return fault.New(fault.Unavailable, "the journal could not be written; nothing happened: %w", err).
		Hinted("look at the disk and the database, then try again")
}

// start locks the head and catches up.
func (j *Journal[S]) start(ctx context.Context) (*batch[S], error) {
	if err := j.mayAppend(); err != nil {
		return nil, err
	}
	tx, err := j.o.Store.Lock(ctx)
	if err != nil {
		return nil, unwritten(err)
	}
	j.o.step("locked")
	if err := j.catchUp(ctx, tx); err != nil {
		tx.Rollback()
		return nil, err
	}
	j.o.step("caught up")
	base := j.current.Load()
	b := &batch[S]{j: j, tx: tx, base: base, fold: base.fold}
	b.fold.state = j.past.fork(base.fold.state)
	return b, nil
}

// mayAppend tells why not, and makes up for a checkpoint that could not be kept
// outside: appending on would widen the gap.
func (j *Journal[S]) mayAppend() error {
	if j.refusal != nil {
		return j.refusal
	}
	if !j.unguarded {
		return nil
	}
	if err := j.o.Guard.Save(j.current.Load().Checkpoint); err != nil {
		return fault.New(fault.Unavailable, "the last checkpoint cannot be kept outside the database, so nothing was appended: %w", err).
			Hinted("make its folder writable")
	}
	j.unguarded = false
	return nil
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
		b.undo(made)
		return Result[S]{}, err
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
			b.undo(m)
			return m, nil, err
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
// state is made again from what was published.
func (b *batch[S]) undo(m made[S]) {
	b.fold = m.before
	state := b.j.past.fork(b.base.fold.state)
	for _, r := range b.made {
		seen := r.entry
		if r.kind.Class == entry.Private {
			seen.Body, seen.Salt = nil, nil
		}
		next, err := apply(state, seen)
		if err != nil {
			// It was applied to the same state before.
			panic("journal: a state does not fold the same way twice: " + err.Error())
		}
		state = next
	}
	b.fold.state = state
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
		if err := names(d, m.ready[i].entry); err != nil {
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

// names checks that what a draft erases is exactly what its body says.
func names(d entry.Draft, e entry.Entry) error {
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

// finish moves the head, commits, keeps the checkpoint outside and publishes.
func (j *Journal[S]) finish(ctx context.Context, b *batch[S]) error {
	if len(b.made) == 0 {
		return nil
	}
	if !b.marked {
		var key [32]byte
		_, _ = rand.Read(key[:])
		if err := b.keep(ctx, key, Act{First: b.base.Size, Count: int64(len(b.made))}); err != nil {
			return unwritten(err)
		}
	}
	head, err := sign(b.fold.tree, *j.o.Key)
	if err != nil {
		return unwritten(err)
	}
	if err := b.tx.SetHead(ctx, head); err != nil {
		return unwritten(err)
	}
	j.o.step("head moved")
	if err := b.tx.Commit(); err != nil {
		return j.settle(ctx, b, err)
	}
	j.o.step("committed")
	j.kept(head.Checkpoint)
	j.o.step("kept outside")
	b.fold = j.past.pass(b.fold, j.o.snapshotEvery)
	j.publish(b.fold, head)
	return nil
}

func sign(t Tree, key proof.SigningKey) (Head, error) {
	root, err := t.Root(t.Size())
	if err != nil {
		return Head{}, err
	}
	note, err := proof.Checkpoint{Origin: key.Name(), Size: t.Size(), Root: root}.Sign(key)
	return Head{Size: t.Size(), Root: root, Checkpoint: note}, err
}

// kept keeps a committed checkpoint outside. Failing does not undo the commit,
// so the answers stand and the next batch waits for it.
func (j *Journal[S]) kept(checkpoint []byte) {
	if j.o.Guard != nil && j.o.Guard.Save(checkpoint) != nil {
		j.unguarded = true
	}
}

// settle finds out what became of a commit that ended in an error: under the
// lock the batch's act key is either there or not. Catching up then folds what
// happened, ours or others'.
func (j *Journal[S]) settle(ctx context.Context, b *batch[S], cause error) error {
	b.tx.Rollback()
	tx, err := j.o.Store.Lock(ctx)
	if err != nil {
		return unknown(errors.Join(cause, err))
	}
	defer tx.Rollback()
	_, found, err := tx.FindAct(ctx, b.mark)
	if err == nil {
		err = j.catchUp(ctx, tx)
	}
	switch {
	case err != nil:
		return unknown(errors.Join(cause, err))
	case !found:
		return unwritten(cause)
	}
	return nil
}
