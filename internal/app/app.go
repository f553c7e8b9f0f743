// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package app ties the rules to a workspace: it opens the folder, lets people
// act, and answers questions.
//
// A workspace is a folder:
//
//	holdpoint.db      the journal and the erasable directory (SQLite)
//	blobs/            bytes by digest: score tables, and logs where kept
//	holdpoint.key     the journal's signing key, readable by its owner only
//	holdpoint.vkey    the journal's public key, for everybody
//	last-checkpoint   the newest signed checkpoint, outside the database
//
// Everything that changes the world is an [Intent]: a name, an input, and the
// rule of an area that decides. [App.Do] authorises the actor and lets the
// journal's writer decide on the world as it will be. The functions that make
// intents stand in a file for each noun.
//
// Work that takes long, such as reading logs, is done before an intent is made
// and pinned by digest. The package prints nothing and logs nothing.
package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/holdpoint/holdpoint/internal/blob"
	"github.com/holdpoint/holdpoint/internal/directory"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

// Names of the files of a workspace.
const (
	databaseFile   = "holdpoint.db"
	blobFolder     = "blobs"
	signingFile    = "holdpoint.key"
	verifyFile     = "holdpoint.vkey"
	checkpointFile = "last-checkpoint"
)

// View is one moment of a workspace's journal.
type View = journal.View[world.World]

// App is an open workspace.
type App struct {
	dir     string
	key     proof.SigningKey
	store   *journal.SQLite
	journal *journal.Journal[world.World]
	blobs   *blob.Store
}

// Genesis says how a new workspace begins.
type Genesis struct {
	// Origin names the journal and its key; "" makes a name of its own.
	Origin string
	// Clock is wall or simulated; "" is wall.
	Clock journal.Clock
	// At is the first moment of a simulated clock, in milliseconds since 1970.
	At int64
	// Seed makes the journal's key; nil takes randomness. Only a made-up history
	// may fix it.
	Seed []byte
	// Salt gives the salts of bodies; nil takes randomness.
	Salt io.Reader
}

// Init makes a workspace in a folder, which may exist but must not hold one.
func Init(ctx context.Context, dir string, g Genesis) (_ *App, err error) {
	defer fault.Wrap(&err, "init %s", dir)
	if _, err := os.Stat(filepath.Join(dir, databaseFile)); err == nil {
		return nil, fault.Conflictf("there is a workspace already").Hinted("use it, or choose another folder")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.New(fault.Unavailable, "the folder cannot be made: %w", err)
	}
	key, err := newKey(g)
	if err != nil {
		return nil, err
	}
	if err := writeKeys(dir, key); err != nil {
		return nil, err
	}
	if g.Clock == "" {
		g.Clock = journal.Wall
	}
	return open(ctx, dir, key, g.Salt, &journal.Genesis{Clock: g.Clock, Actor: Operator, At: g.At})
}

func newKey(g Genesis) (proof.SigningKey, error) {
	seed := g.Seed
	if seed == nil {
		seed = make([]byte, 32)
		rand.Read(seed)
	}
	if g.Origin == "" {
		sum := sha256.Sum256(append([]byte("holdpoint origin"), seed...))
		g.Origin = "holdpoint.local/" + strings.ToLower(string(hexDigits(sum[:4])))
	}
	key, err := proof.NewSigningKey(g.Origin, seed)
	if err != nil {
		return key, fault.Invalidf("%w", err)
	}
	return key, nil
}

func hexDigits(b []byte) []byte {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 2*len(b))
	for _, x := range b {
		out = append(out, digits[x>>4], digits[x&15])
	}
	return out
}

// writeKeys never replaces a key that is there: it may be the only copy.
func writeKeys(dir string, key proof.SigningKey) error {
	if err := writeNew(filepath.Join(dir, signingFile), key.String()+"\n", 0o600); err != nil {
		return err
	}
	return writeNew(filepath.Join(dir, verifyFile), key.VerifyKey().String()+"\n", 0o644)
}

func writeNew(path, content string, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return fault.New(fault.Conflict, "%s cannot be written: %w", filepath.Base(path), err)
	}
	if _, err := f.WriteString(content); err != nil {
		f.Close()
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Open opens the workspace in a folder.
func Open(ctx context.Context, dir string, salt io.Reader) (_ *App, err error) {
	defer fault.Wrap(&err, "open %s", dir)
	if _, err := os.Stat(filepath.Join(dir, databaseFile)); err != nil {
		return nil, fault.NotFoundf("there is no workspace here").
			Hinted("make one with: holdpoint init %s --policy anthropic-rsp@2.2", dir)
	}
	text, err := os.ReadFile(filepath.Join(dir, signingFile))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "the journal's signing key cannot be read: %w", err).
			Hinted("put %s back from its safe copy; without it nothing can be appended", signingFile)
	}
	key, err := proof.ParseSigningKey(string(text))
	if err != nil {
		return nil, fault.Corruptf("%s: %w", signingFile, err)
	}
	return open(ctx, dir, key, salt, nil)
}

func open(ctx context.Context, dir string, key proof.SigningKey, salt io.Reader, begin *journal.Genesis) (*App, error) {
	blobs, err := blob.Open(filepath.Join(dir, blobFolder))
	if err != nil {
		return nil, err
	}
	store, err := journal.OpenSQLite(ctx, filepath.Join(dir, databaseFile), journal.SQLiteOptions{
		Keys: directory.ActKeys{}, Parts: []journal.Part{{Name: "directory", Steps: directory.Steps()}},
	})
	if err != nil {
		return nil, err
	}
	o := journal.Options[world.World]{
		Store: store, Registry: Registry(), Key: &key, Salt: salt,
		Guard: journal.GuardFile(filepath.Join(dir, checkpointFile)),
	}
	a := &App{dir: dir, key: key, store: store, blobs: blobs}
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

// Registry knows every type of entry of this release.
func Registry() entry.Registry {
	return entry.NewRegistry(append(journal.Types(), world.Types()...)...)
}

// Close lets go of the workspace.
func (a *App) Close() error {
	a.journal.Close()
	return a.store.Close()
}

// Dir is the workspace's folder.
func (a *App) Dir() string { return a.dir }

// Key is the journal's public key.
func (a *App) Key() proof.VerifyKey { return a.key.VerifyKey() }

// View gives the newest moment, including what other processes appended.
func (a *App) View(ctx context.Context) (View, error) { return a.journal.Fresh(ctx) }

// Entry reads one entry.
func (a *App) Entry(ctx context.Context, seq int64) (entry.Entry, error) {
	return a.journal.Entry(ctx, seq)
}

// Name gives what a person is called in this workspace, or the id where no name
// was given or it was erased.
func (a *App) Name(ctx context.Context, actor string) string {
	name, err := directory.Get(ctx, a.store.Read(), actor)
	if err != nil {
		return actor
	}
	return name
}
