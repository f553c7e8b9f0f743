// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/holdpoint/holdpoint/internal/directory"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/journal/journaltest"
)

func sqliteOptions() journal.SQLiteOptions {
	return journal.SQLiteOptions{Keys: directory.ActKeys{}, Parts: []journal.Part{{Name: directory.Part, Steps: directory.Steps()}}}
}

func openSQLite(t testing.TB, path string) *journal.SQLite {
	t.Helper()
	s, err := journal.OpenSQLite(context.Background(), path, sqliteOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestSQLiteConforms(t *testing.T) {
	journaltest.Exercise(t, func(t *testing.T) journaltest.Open {
		path := filepath.Join(t.TempDir(), "holdpoint.db")
		return func() journal.Store { return openSQLite(t, path) }
	})
}
