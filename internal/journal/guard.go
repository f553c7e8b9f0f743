// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// Guard keeps the last checkpoint outside the database, so that a database put
// back from a backup is noticed before it forks the journal. Without one, or
// when it is put back as well, a restore is detected only by whoever holds a
// newer checkpoint.
type Guard interface {
	// Load gives what was saved last; a fault of kind NotFound when nothing was.
	Load() ([]byte, error)
	// Save keeps a signed checkpoint durably before it returns. An older one
	// than that kept may be ignored.
	Save(checkpoint []byte) error
}

// GuardFile is a [Guard] in one file, which lies beside the database or, better,
// on another disk.
type GuardFile string

// Load implements [Guard].
func (g GuardFile) Load() ([]byte, error) {
	raw, err := os.ReadFile(string(g))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.NotFoundf("no checkpoint was kept in %s", string(g))
	}
	return raw, err
}

// Save implements [Guard] by writing a new file and renaming it. The rename
// itself is not synced: a power cut may leave the checkpoint before, which is
// still one that this journal continues.
func (g GuardFile) Save(checkpoint []byte) (err error) {
	defer fault.Wrap(&err, "checkpoint file %s", string(g))
	if have, err := g.Load(); err == nil && noteSize(have) > noteSize(checkpoint) {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(string(g)), filepath.Base(string(g))+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(checkpoint)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), string(g))
}

// noteSize reads the size out of a checkpoint without verifying it; 0 when
// there is none.
func noteSize(checkpoint []byte) int64 {
	lines := bytes.SplitN(checkpoint, []byte("\n"), 3)
	if len(lines) < 3 {
		return 0
	}
	n, err := strconv.ParseInt(string(lines[1]), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

const restoreHint = "put the newer database back; if it is lost, read from this one and ask the people who decide about it: " +
	"appending here would fork the journal"

// guarded tells whether the journal continues the checkpoint kept outside it.
// The fault, if there is one, is the reason for refusing to append.
func guarded(outside []byte, key proof.VerifyKey, tree Tree) error {
	cp, err := proof.OpenCheckpoint(outside, key)
	if err != nil {
		return fault.Corruptf("the checkpoint kept outside the database cannot be read: %w", err).
			Hinted("find out who changed it; when you are sure that the database is the newest one, remove the file and open again")
	}
	if cp.Size > tree.Size() {
		return fault.Conflictf("the database has %d entries, but a checkpoint over %d was signed: it is older than what was already shown",
			tree.Size(), cp.Size).Hinted(restoreHint)
	}
	root, err := tree.Root(cp.Size)
	if err != nil {
		return err
	}
	if root != cp.Root {
		return fault.Conflictf("the database does not continue the checkpoint over %d entries that was signed: its history is another one", cp.Size).
			Hinted(restoreHint)
	}
	return nil
}
