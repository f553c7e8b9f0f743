// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/holdpoint/holdpoint/proof"
)

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
