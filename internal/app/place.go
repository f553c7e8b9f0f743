// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

// place is a folder with what it allows: without a key nothing is written, and
// unsigned says why.
type place struct {
	dir      string
	storage  Storage
	key      *proof.SigningKey
	verify   proof.VerifyKey
	unsigned error
}

// find looks at a folder in which there is a database.
func find(dir string, storage Storage) (place, error) {
	p := place{dir: dir, storage: storage}
	key, err := readKey(dir)
	switch {
	case err == nil:
		p.key, p.verify = &key, key.VerifyKey()
	case fault.KindOf(err) == fault.Corrupt:
		return p, err
	default:
		p.unsigned = err
		if p.verify, err = readVerifyKey(dir); err != nil {
			return p, errors.Join(p.unsigned, err)
		}
	}
	if p.unsigned == nil && !writableFolder(dir, storage) {
		p.key = nil
		p.unsigned = fault.New(fault.Unavailable, "the workspace may not be written here, so nothing can be recorded").
			Hinted("act as the user who owns %s, or make it writable", dir)
	}
	return p, nil
}

func readKey(dir string) (proof.SigningKey, error) {
	text, err := os.ReadFile(filepath.Join(dir, signingFile))
	if err != nil {
		what := "cannot be read"
		if errors.Is(err, fs.ErrNotExist) {
			what = "is missing"
		}
		return proof.SigningKey{}, fault.New(fault.Unavailable, "the journal's signing key %s, so nothing can be recorded or signed: %w", what, err).
			Hinted("put %s back from its safe copy", signingFile)
	}
	key, err := proof.ParseSigningKey(string(text))
	if err != nil {
		return key, fault.Corruptf("%s: %w", signingFile, err)
	}
	return key, nil
}

func readVerifyKey(dir string) (proof.VerifyKey, error) {
	text, err := os.ReadFile(filepath.Join(dir, verifyFile))
	if err != nil {
		return proof.VerifyKey{}, fault.New(fault.Unavailable, "the journal's public key cannot be read: %w", err).
			Hinted("put %s back from its copy", verifyFile)
	}
	key, err := proof.ParseVerifyKey(string(text))
	if err != nil {
		return key, fault.Corruptf("%s: %w", verifyFile, err)
	}
	return key, nil
}

// writableFolder tells whether the database file and what is laid beside it, the
// last checkpoint at least, can be written.
func writableFolder(dir string, storage Storage) bool {
	if storage.Database == "" {
		f, err := os.OpenFile(filepath.Join(dir, databaseFile), os.O_RDWR, 0)
		if err != nil {
			return false
		}
		f.Close()
	}
	f, err := os.CreateTemp(dir, ".holdpoint-*")
	if err != nil {
		return false
	}
	f.Close()
	return os.Remove(f.Name()) == nil
}

func (p place) open(ctx context.Context, salt io.Reader, begin *journal.Genesis) (*App, error) {
	blobs, err := p.storage.openBlobs(p.dir)
	if err != nil {
		return nil, err
	}
	store, err := p.storage.open(ctx, p.dir, p.key == nil)
	if err != nil {
		return nil, err
	}
	o := journal.Options[world.World]{
		Store: store, Registry: Registry(), Key: p.key, Verify: p.verify, Salt: salt,
		Guard: journal.GuardFile(filepath.Join(p.dir, checkpointFile)),
	}
	a := &App{dir: p.dir, key: p.key, unsigned: p.unsigned, store: store, blobs: blobs}
	if begin != nil {
		a.journal, err = journal.Begin(ctx, o, *begin)
	} else {
		a.journal, err = journal.Open(ctx, o)
	}
	if err != nil {
		store.Close()
		return nil, err
	}
	return a, nil
}
