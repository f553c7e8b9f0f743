// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Backup writes a copy of the database as of one moment into a new file (mode
// 0600), while others go on reading and writing, and makes it durable. What was
// erased is not in it.
func (s *SQLite) Backup(ctx context.Context, path string) (err error) {
	defer fault.Wrap(&err, "backup %s", path)
	// SQLite writes into an empty file only, and gives a new one a wider mode.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fault.Conflictf("a file of this name is already there").Hinted("name a new file")
	}
	if err != nil {
		return fault.New(fault.Unavailable, "the file cannot be made: %w", err)
	}
	defer f.Close()
	if _, err := s.write.ExecContext(ctx, "VACUUM INTO $1", path); err != nil {
		return errors.Join(fault.New(fault.Unavailable, "the database could not be copied: %w", err), os.Remove(path))
	}
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer folder.Close()
	return errors.Join(f.Sync(), folder.Sync())
}
