// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"io"

	"github.com/holdpoint/holdpoint/internal/evallog"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// MaxBlob bounds what is stored under one digest, in bytes: the longest log.
func MaxBlob() int64 { return evallog.DefaultLimits().MaxFile }

// Blob opens bytes by their digest and tells their number. Reading to the end
// checks them.
func (a *App) Blob(ctx context.Context, digest string) (io.ReadCloser, int64, error) {
	in, n, err := a.blobs.Get(digest)
	if a.remote == nil || fault.KindOf(err) != fault.NotFound {
		return in, n, err
	}
	if err := a.remote.fetch(ctx, a.blobs, digest); err != nil {
		return nil, 0, err
	}
	return a.blobs.Get(digest)
}

// PutBlob stores bytes, at most max of them, and gives their digest and number
// once they are durable.
func (a *App) PutBlob(ctx context.Context, r io.Reader, max int64) (digest string, size int64, err error) {
	digest, size, err = a.blobs.Put(ctx, r, max)
	if err != nil || a.remote == nil {
		return digest, size, err
	}
	return digest, size, a.remote.put(ctx, a.blobs, digest, size)
}

const importVerb = "evidence.import"

// withoutTables leaves the score tables out of runs, which are stored by digest.
func withoutTables(runs []evidence.NewRun) []evidence.NewRun {
	var all []evidence.NewRun
	for _, r := range runs {
		r.Run.Table = evallog.Table{}
		all = append(all, r)
	}
	return all
}

// stored makes the intent to import runs of what is stored already.
func (a *App) stored(ctx context.Context, runs []evidence.NewRun) (Intent, error) {
	if len(runs) == 0 {
		return Intent{}, fault.Invalidf("there is no run to import")
	}
	for i := range runs {
		table, err := a.Table(runs[i].Table.SHA256)
		if err != nil {
			return Intent{}, missing(err, "the score table", runs[i])
		}
		runs[i].Run.Table = table
		if _, again := evidence.EncodeTable(runs[i].Run); again != runs[i].Table {
			return Intent{}, fault.Invalidf("the score table of %s is not the one that its digest and size say", runs[i].Log.Name)
		}
		if err := a.storedLog(runs[i]); err != nil {
			return Intent{}, err
		}
	}
	return importRuns(runs), ctx.Err()
}

func (a *App) storedLog(run evidence.NewRun) error {
	if !run.Kept {
		return nil
	}
	in, size, err := a.blobs.Get(run.Log.SHA256)
	if err != nil {
		return missing(err, "the log", run)
	}
	in.Close()
	if size != run.Log.Size {
		return fault.Invalidf("the log %s has %d bytes and not %d", run.Log.Name, size, run.Log.Size)
	}
	return nil
}

func missing(err error, what string, run evidence.NewRun) error {
	if fault.KindOf(err) != fault.NotFound {
		return err
	}
	return fault.Conflictf("%s of %s is not stored: %w", what, run.Log.Name, err).Hinted("store it by its digest first, then import the run")
}
