// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
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
// on another disk. The file has two slots that are overwritten in turn, each a
// digest and the checkpoint: writing in place costs one sync and no change of
// the folder, and a slot torn by a power cut leaves the one before, which the
// journal still continues. Processes take turns by a lock on the file, where the
// machine has such locks.
type GuardFile string

const slotSize = 4096

// Load implements [Guard].
func (g GuardFile) Load() ([]byte, error) {
	f, err := os.Open(string(g))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.NotFoundf("no checkpoint was kept in %s", string(g))
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lockFile(f, false)
	raw, err := io.ReadAll(io.LimitReader(f, 2*slotSize))
	if err != nil {
		return nil, err
	}
	if len(raw) == 0 {
		return nil, fault.NotFoundf("no checkpoint was kept in %s", string(g))
	}
	note, _, sound := newest(raw)
	if !sound {
		return nil, fault.Corruptf("%s holds no sound checkpoint", string(g)).Hinted(guardHint)
	}
	return note, nil
}

// Save implements [Guard].
func (g GuardFile) Save(checkpoint []byte) (err error) {
	defer fault.Wrap(&err, "checkpoint file %s", string(g))
	f, err := os.OpenFile(string(g), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	lockFile(f, true)
	raw, err := io.ReadAll(io.LimitReader(f, 2*slotSize))
	if err != nil {
		return err
	}
	have, free, sound := newest(raw)
	if len(raw) > 0 && !sound {
		return fault.Corruptf("it holds no sound checkpoint").Hinted(guardHint)
	}
	if sound && noteSize(have) > noteSize(checkpoint) {
		return nil
	}
	slot, err := pack(checkpoint)
	if err != nil {
		return err
	}
	if _, err := f.WriteAt(slot, int64(free)*slotSize); err != nil {
		return err
	}
	return f.Sync()
}

// newest gives the largest sound checkpoint and the number of the other slot.
func newest(raw []byte) (note []byte, free int, sound bool) {
	for i := range 2 {
		slot := raw[min(i*slotSize, len(raw)):min((i+1)*slotSize, len(raw))]
		have, ok := unpack(slot)
		if ok && (!sound || noteSize(have) >= noteSize(note)) {
			note, free, sound = have, 1-i, true
		}
	}
	return note, free, sound
}

func pack(note []byte) ([]byte, error) {
	sum := sha256.Sum256(note)
	slot := append(hex.AppendEncode(nil, sum[:]), '\n')
	slot = append(slot, note...)
	if len(slot) > slotSize {
		return nil, fault.Invalidf("a checkpoint of %d bytes is too long", len(note))
	}
	return append(slot, bytes.Repeat([]byte("\n"), slotSize-len(slot))...), nil
}

func unpack(slot []byte) ([]byte, bool) {
	_, rest, ok := bytes.Cut(slot, []byte("\n"))
	if !ok {
		return nil, false
	}
	note := append(bytes.Clone(bytes.TrimRight(rest, "\n")), '\n')
	// Compared as a whole: a slot has one spelling.
	again, err := pack(note)
	return note, err == nil && bytes.Equal(again, slot)
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

const guardHint = "find out who changed it; when you are sure that the database is the newest one, remove the file and open again"

const restoreHint = "put the newer database back; if it is lost, read from this one and ask the people who decide about it: " +
	"appending here would fork the journal"

// guarded tells whether the journal continues the checkpoint kept outside it.
// The fault, if there is one, is the reason for refusing to append.
func guarded(outside []byte, key proof.VerifyKey, tree Tree) error {
	cp, err := proof.OpenCheckpoint(outside, key)
	if err != nil {
		return fault.Corruptf("the checkpoint kept outside the database cannot be read: %w", err).
			Hinted(guardHint)
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
