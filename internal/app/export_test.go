// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"

	"github.com/holdpoint/holdpoint/internal/journal"
)

// OpenStore makes the database of a workspace and nothing else.
func OpenStore(ctx context.Context, dir string) (journal.Database, error) {
	return Storage{}.open(ctx, dir, false)
}

// OneSweep is one act of a sweep.
func OneSweep() Intent { return sweep() }
