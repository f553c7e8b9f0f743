// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"

	"github.com/holdpoint/holdpoint/internal/blob"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
)

// Migrated says what a migration moved.
type Migrated struct {
	// Head is the journal's, the same before and after; its Size is 0 where only
	// the blobs moved.
	Head journal.Head
	// Blobs counts the blobs that were copied; those that were there already are
	// not.
	Blobs int
	// Storage is where everything is now.
	Storage Storage
}

// StorageOf tells where the workspace in a folder keeps its things.
func StorageOf(dir string) (Storage, error) { return readStorage(dir) }

// Migrate moves the database, the blobs or both of the workspace in a folder to
// where next says. Nothing is taken away where they were: blobs stay as copies,
// and the old database is sealed, so that nobody appends to it. Whatever was
// interrupted is completed by migrating again. Other processes that have the
// workspace open are refused from then on, and are started again.
func Migrate(ctx context.Context, dir string, next Storage) (m Migrated, err error) {
	defer fault.Wrap(&err, "migrate %s", dir)
	now, err := readStorage(dir)
	if err != nil {
		return m, err
	}
	m.Storage = next
	switch {
	case now.same(next):
		return m, fault.Conflictf("this workspace is there already").Hinted("name another place with --to or --blobs")
	case !exists(dir, signingFile) && !exists(dir, verifyFile):
		return m, fault.NotFoundf("there is no workspace here").Hinted("name its folder with --dir")
	}
	if now.Blobs != next.Blobs {
		if m.Blobs, err = copyBlobs(ctx, dir, now, next); err != nil {
			return m, err
		}
	}
	if now.Database != next.Database && !journal.SameDatabase(now.Database, next.Database) {
		if m.Head, err = moveDatabase(ctx, dir, now, next); err != nil {
			return m, err
		}
	}
	if err := next.write(dir); err != nil {
		return m, err
	}
	if now.Blobs == next.Blobs {
		return m, nil
	}
	// What another process put before it learnt of the new place.
	late, err := copyBlobs(ctx, dir, now, next)
	m.Blobs += late
	return m, err
}

func copyBlobs(ctx context.Context, dir string, now, next Storage) (n int, err error) {
	from, err := now.openBlobs(dir)
	if err != nil {
		return 0, err
	}
	to, err := next.openBlobs(dir)
	if err != nil {
		return 0, err
	}
	for digest, err := range from.List(ctx) {
		if err != nil {
			return n, err
		}
		there, err := to.Has(ctx, digest)
		if err != nil {
			return n, err
		}
		if there {
			continue
		}
		if err := copyBlob(ctx, from, to, digest); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func copyBlob(ctx context.Context, from, to blob.Store, digest string) error {
	r, size, err := from.Get(ctx, digest)
	if err != nil {
		return err
	}
	defer r.Close()
	_, _, err = to.Put(ctx, r, size)
	return err
}

// moveDatabase moves the journal after it was read and checked as at every
// start. A source that is sealed already was checked before.
func moveDatabase(ctx context.Context, dir string, now, next Storage) (journal.Head, error) {
	if !now.there(dir) {
		return journal.Head{}, lostDatabase(dir, now)
	}
	from, err := now.open(ctx, dir, false)
	if err != nil {
		return journal.Head{}, err
	}
	defer from.Close()
	if _, err := from.Head(ctx); fault.KindOf(err) != fault.Conflict {
		if err := sound(ctx, dir); err != nil {
			return journal.Head{}, err
		}
	}
	to, err := next.open(ctx, dir, false)
	if err != nil {
		return journal.Head{}, err
	}
	head, err := journal.Move(ctx, from, to, "to "+next.where())
	return head, errors.Join(err, to.Close())
}

// sound opens the workspace and refuses one that may not be the newest.
func sound(ctx context.Context, dir string) error {
	a, err := Open(ctx, dir, nil)
	if err != nil {
		return err
	}
	return errors.Join(a.Refusal(), a.Close())
}
