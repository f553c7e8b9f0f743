// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"runtime"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
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

// start locks the head, catches up, and compares with the checkpoint outside:
// under the lock nobody moves either.
func (j *Journal[S]) start(ctx context.Context) (*batch[S], error) {
	if err := j.mayAppend(); err != nil {
		return nil, err
	}
	tx, err := j.o.Store.Lock(ctx)
	if kind := fault.KindOf(err); kind == fault.Conflict || kind == fault.Unsupported {
		return nil, err // the store itself says why, and trying again is no use
	}
	if err != nil {
		return nil, unwritten(err)
	}
	j.o.step("locked")
	if err := j.continues(ctx, tx); err != nil {
		tx.Rollback()
		return nil, err
	}
	j.o.step("caught up")
	base := j.current.Load()
	b := &batch[S]{j: j, tx: tx, base: base, fold: base.fold}
	b.fold.state = j.past.fork(base.fold.state)
	return b, nil
}

func (j *Journal[S]) continues(ctx context.Context, tx Tx) error {
	// Before the head, as in Open.
	outside, kept := j.o.outside()
	if err := j.catchUp(ctx, tx); err != nil {
		return err
	}
	err := j.compare(outside, kept)
	if kind := fault.KindOf(err); kind == fault.Corrupt || kind == fault.Conflict {
		j.refusal = err
	}
	return err
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
