// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"iter"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// Copy is a store that follows a journal which is written elsewhere.
type Copy struct {
	Store    Store
	Registry entry.Registry
	// Key is the public key of the journal that is followed.
	Key proof.VerifyKey
}

// Extend adds what a newer checkpoint has more than the tree of what the store
// holds: rows are those from its size on, and more than the checkpoint counts are
// left alone. Nothing is kept unless the checkpoint is signed by the key and is
// the one over exactly these entries. What an erasure names is erased here too.
func (c Copy) Extend(ctx context.Context, tree Tree, checkpoint []byte, rows iter.Seq2[Row, error]) error {
	cp, err := proof.OpenCheckpoint(checkpoint, c.Key)
	switch {
	case err != nil:
		return fault.New(fault.Forbidden, "the checkpoint is not the journal's: %w", err)
	case cp.Size < tree.Size():
		return fault.Corruptf("the journal went back: it had %d entries and now it says %d", tree.Size(), cp.Size).Hinted(restoreHint)
	case cp.Size == tree.Size():
		return sameRoot(tree, cp)
	}
	tx, err := c.Store.Lock(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if head, err := tx.Head(ctx); err != nil {
		return err
	} else if head.Size != tree.Size() {
		return fault.New(fault.Unavailable, "the copy was extended by somebody else at the same time").Hinted("try again")
	}
	if tree, err = c.take(ctx, tx, tree, cp.Size, rows); err != nil {
		return err
	}
	if err := sameRoot(tree, cp); err != nil {
		return err
	}
	if err := tx.SetHead(ctx, Head{Size: cp.Size, Root: cp.Root, Checkpoint: checkpoint}); err != nil {
		return err
	}
	return tx.Commit()
}

// take inserts rows until the tree has a size.
func (c Copy) take(ctx context.Context, tx Tx, tree Tree, size int64, rows iter.Seq2[Row, error]) (Tree, error) {
	for row, err := range rows {
		if err != nil {
			return tree, err
		}
		if row.Seq != tree.Size() {
			return tree, fault.Corruptf("entry %d comes where entry %d is next", row.Seq, tree.Size())
		}
		r, err := check(row, c.Registry)
		if err != nil {
			return tree, err
		}
		if err := tx.Insert(ctx, row); err != nil {
			return tree, err
		}
		if err := erasedHere(ctx, tx, r.entry); err != nil {
			return tree, err
		}
		if tree = tree.Append(r.leaf); tree.Size() == size {
			return tree, nil
		}
	}
	return tree, fault.Corruptf("the checkpoint counts %d entries and only %d came", size, tree.Size())
}

// erasedHere erases what an entry says was erased, where it was copied before.
func erasedHere(ctx context.Context, tx Tx, e entry.Entry) error {
	if e.Type != ErasedKind.Name() {
		return nil
	}
	said, _, err := ErasedKind.Decode(e)
	if err != nil {
		return err
	}
	for _, seq := range said.Seqs {
		row, err := tx.Row(ctx, seq)
		if err != nil {
			return err
		}
		if row.Body == nil {
			continue
		}
		if err := tx.Erase(ctx, seq); err != nil {
			return err
		}
	}
	return nil
}

func sameRoot(tree Tree, cp proof.Checkpoint) error {
	root, err := tree.Root(cp.Size)
	if err == nil && root != cp.Root {
		err = fault.Corruptf("the checkpoint over %d entries is over other entries than came", cp.Size).
			Hinted("the journal was rewritten, or somebody changed it on the way: keep both checkpoints and ask its owner")
	}
	return err
}
