// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"database/sql"

	"github.com/holdpoint/holdpoint/internal/directory"
)

// Directory is the erasable tables, for reading.
func (a *App) Directory() directory.DB { return a.store.Read() }

// Keep changes the erasable tables in one transaction. Nothing of it is in the
// journal, so it is for what may be lost without changing a verdict.
func (a *App) Keep(ctx context.Context, change func(directory.DB) error) error {
	if a.unsigned != nil {
		return a.unsigned
	}
	return a.store.Write(ctx, func(tx *sql.Tx) error { return change(tx) })
}
