// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Backup writes a copy of the workspace's database file, as of one moment, into
// a new file. The keys and the blobs are not in it, and what it says of the
// present counts only until the next entry.
func (a *App) Backup(ctx context.Context, path string) error {
	if a.remote != nil {
		return fault.Unsupportedf("this is a copy of a server's journal, and its database is with the server").
			Hinted("make the backup on the server's machine; an export needs none: holdpoint ledger export")
	}
	file, ok := a.store.(interface {
		Backup(ctx context.Context, path string) error
	})
	if !ok {
		return fault.Unsupportedf("this workspace's database is on a server, which makes its own backups").
			Hinted("use pg_dump --format=custom, and pg_restore into an empty database")
	}
	return file.Backup(ctx, path)
}
