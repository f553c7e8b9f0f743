// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"io"
	"iter"
	"math"

	"github.com/holdpoint/holdpoint/internal/audit"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

// Head is the journal's newest state, as its signed checkpoint says it.
type Head struct {
	Origin string
	// Size counts the entries; Root is the root of the tree over all of them.
	Size int64
	Root proof.Hash
	// Checkpoint is the signed note over the three. Whoever keeps it can later
	// show that nothing before it was rewritten.
	Checkpoint []byte
}

// Head gives the journal's newest state, what other processes appended
// included.
func (a *App) Head(ctx context.Context) (Head, error) {
	view, err := a.View(ctx)
	if err != nil {
		return Head{}, err
	}
	return Head{Origin: view.Begun.Origin, Size: view.Size, Root: view.Root, Checkpoint: view.Checkpoint}, nil
}

// Checkpoint gives the newest signed checkpoint to hand out. A journal in doubt
// hands out none: whoever kept it could not tell it from a sound one.
func (a *App) Checkpoint(ctx context.Context) (Head, error) {
	if err := a.journal.Doubt(); err != nil {
		return Head{}, err
	}
	return a.Head(ctx)
}

// Entries goes through the entries from <= seq < to, and checks each against
// the tree. A to of 0 or less goes to the end.
func (a *App) Entries(ctx context.Context, from, to int64) iter.Seq2[entry.Entry, error] {
	if to <= 0 {
		to = math.MaxInt64
	}
	return a.journal.Entries(ctx, from, to)
}

// Follow goes through the entries from one on and then waits for more, until ctx
// ends, which ends it without an error.
func (a *App) Follow(ctx context.Context, from int64) iter.Seq2[entry.Entry, error] {
	return a.journal.Tail(ctx, from)
}

// ExportOptions says what a copy of the journal leaves out.
type ExportOptions struct {
	// WithholdPrivate leaves out the body of every entry that no rule reads. The
	// copy gives the same root and the same verdicts.
	WithholdPrivate bool
}

// Exported says what a copy holds.
type Exported struct {
	Head
	// Tables counts the score tables that were copied; Absent lists the digests
	// of those that are not in this workspace any more, whose findings a reader
	// of the copy cannot recompute.
	Tables int
	Absent []string
}

// Export writes a copy of the journal, with the score tables that findings can
// be recomputed from, into a folder that must be new or empty. Logs and
// transcripts are never part of it.
func (a *App) Export(ctx context.Context, dir string, o ExportOptions) (Exported, error) {
	if a.remote != nil {
		return a.remote.export(ctx, a, dir, o)
	}
	key, err := a.signing()
	if err != nil {
		return Exported{}, err
	}
	view, err := a.View(ctx)
	if err != nil {
		return Exported{}, err
	}
	out := Exported{Head: Head{Origin: view.Begun.Origin, Size: view.Size, Root: view.Root, Checkpoint: view.Checkpoint}}
	tables, absent, err := a.tables(view.State)
	if err != nil {
		return out, err
	}
	out.Tables, out.Absent = len(tables), absent
	types := Registry()
	return out, audit.Export(dir, audit.Source{
		Key: key, Checkpoint: view.Checkpoint, Size: view.Size,
		Rows:     a.journal.Rows(ctx, 0, view.Size),
		Withhold: func(r journal.Row) bool { return o.WithholdPrivate && private(types, r) },
		Blobs:    tables,
		Blob: func(digest string) (io.ReadCloser, error) {
			r, _, err := a.blobs.Get(digest)
			return r, err
		},
	})
}

// private tells whether no rule reads the body of a row. What cannot be read is
// not private: leaving it out would hide the damage.
func private(types entry.Registry, r journal.Row) bool {
	h, err := proof.ParseHeader(r.Header)
	if err != nil {
		return false
	}
	t, err := types.Find(h)
	return err == nil && t.Class == entry.Private
}

// tables lists the digests of the score tables that runs name, and of those
// among them that are gone.
func (a *App) tables(w world.World) (there, absent []string, err error) {
	seen := map[string]bool{}
	for _, m := range w.Model.Models() {
		for _, run := range w.Evidence.For(m.Model).Runs {
			digest := run.Table.SHA256
			if seen[digest] {
				continue
			}
			seen[digest] = true
			ok, err := a.blobs.Has(digest)
			if err != nil {
				return nil, nil, err
			}
			if ok {
				there = append(there, digest)
			} else {
				absent = append(absent, digest)
			}
		}
	}
	return there, absent, nil
}

// EraseEntries deletes the bodies and salts of private entries for good. The
// entry that says so gives the reason and names the decision it rests on; the
// root stays the same.
func EraseEntries(in journal.Erased) Intent {
	return Intent{Verb: "journal.erase", Input: in, Decide: func(world.World, entry.Act) ([]entry.Draft, error) {
		d, err := journal.Erase(in)
		return []entry.Draft{d}, err
	}}
}
