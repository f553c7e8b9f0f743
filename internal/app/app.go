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
	dir string
	// key is nil where nothing can be signed, and unsigned says why.
	key      *proof.SigningKey
	unsigned error

	store   *journal.SQLite
	journal *journal.Journal[world.World]
	blobs   *blob.Store
	// remote is the server whose journal this is a copy of; nil where the
	// journal is here.
	remote *remote
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
//
// The database comes first, then the keys, then the first entry: after a stop
// at any step, Init again goes on where it stopped, with the key that is there.
// A key without a database is therefore a database that was lost.
func Init(ctx context.Context, dir string, g Genesis) (_ *App, err error) {
	defer fault.Wrap(&err, "init %s", dir)
	if err := lostDatabase(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.New(fault.Unavailable, "the folder cannot be made: %w", err)
	}
	if err := neverBegun(ctx, dir); err != nil {
		return nil, err
	}
	key, err := ownKey(dir, g)
	if err != nil {
		return nil, err
	}
	if g.Clock == "" {
		g.Clock = journal.Wall
	}
	p := place{dir: dir, key: &key, verify: key.VerifyKey()}
	a, err := p.open(ctx, g.Salt, &journal.Genesis{Clock: g.Clock, Actor: Operator, At: g.At})
	if err != nil {
		return nil, err
	}
	// A stopped Init may have left a key that nothing uses.
	left, _ := filepath.Glob(filepath.Join(dir, unfinished))
	for _, path := range left {
		os.Remove(path)
	}
	return a, nil
}

// unfinished names files of keys that are being written.
const unfinished = ".holdpoint-key-*"

// lostDatabase tells whether a database should be here and is not.
func lostDatabase(dir string) error {
	if exists(dir, databaseFile) || !exists(dir, signingFile) && !exists(dir, checkpointFile) {
		return nil
	}
	return fault.New(fault.Conflict, "the database is missing: put %s back from its backup", databaseFile).
		Hinted("if there is no backup, begin in another folder: a second journal under this key would contradict the first")
}

func exists(dir, name string) bool {
	_, err := os.Lstat(filepath.Join(dir, name))
	return err == nil
}

// neverBegun makes the database where it is missing, and refuses one in which a
// journal has begun.
func neverBegun(ctx context.Context, dir string) error {
	there := fault.Conflictf("there is a workspace already").
		Hinted("use it (without a policy in force, continue with: holdpoint policy adopt), or choose another folder")
	if exists(dir, databaseFile) && !exists(dir, signingFile) && exists(dir, verifyFile) {
		return there // its key is kept elsewhere
	}
	store, err := openStore(ctx, dir, false)
	if err != nil {
		return err
	}
	defer store.Close()
	head, err := store.Head(ctx)
	if err == nil && head.Size != 0 {
		return there
	}
	return err
}

// ownKey gives the key that an interrupted Init left, or a new one.
func ownKey(dir string, g Genesis) (proof.SigningKey, error) {
	key, err := newKey(g)
	if err != nil {
		return key, err
	}
	if exists(dir, signingFile) {
		have, err := readKey(dir)
		if err == nil && g.Origin != "" && have.Name() != g.Origin {
			err = fault.Conflictf("there is a key of %s already", have.Name()).Hinted("leave --origin away, or choose another folder")
		}
		key = have
		if err != nil {
			return key, err
		}
	} else if err := writeNew(filepath.Join(dir, signingFile), key.String()+"\n", 0o600); err != nil {
		return key, err
	}
	if exists(dir, verifyFile) {
		return key, nil
	}
	return key, writeNew(filepath.Join(dir, verifyFile), key.VerifyKey().String()+"\n", 0o644)
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

// writeNew makes a file with its whole content or not at all, and never replaces
// one that is there: a key may be the only copy.
func writeNew(path, content string, mode fs.FileMode) (err error) {
	defer func() {
		kind := fault.Unavailable
		if errors.Is(err, fs.ErrExist) {
			kind = fault.Conflict
		}
		if err != nil {
			err = fault.New(kind, "%s cannot be written: %w", filepath.Base(path), err)
		}
	}()
	f, err := os.CreateTemp(filepath.Dir(path), unfinished)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(content)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	// Unlike a rename, a link does not replace.
	return os.Link(f.Name(), path)
}

// Open opens the workspace in a folder.
func Open(ctx context.Context, dir string, salt io.Reader) (_ *App, err error) {
	defer fault.Wrap(&err, "open %s", dir)
	if err := lostDatabase(dir); err != nil {
		return nil, err
	}
	if !exists(dir, databaseFile) {
		return nil, fault.NotFoundf("there is no workspace here").
			Hinted("make one with: holdpoint init %s --policy anthropic-rsp@2.2", dir)
	}
	p, err := find(dir)
	if err != nil {
		return nil, err
	}
	a, err := p.open(ctx, salt, nil)
	if fault.KindOf(err) == fault.NotFound {
		return nil, fault.NotFoundf("making this workspace was not finished: no journal has begun here").
			Hinted("go on with: holdpoint init %s --policy anthropic-rsp@2.2", dir)
	}
	return a, err
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

// Place says where the workspace is: its folder, or the address of its server.
func (a *App) Place() string {
	if a.remote != nil {
		return a.remote.c.Server()
	}
	return a.dir
}

// Key is the journal's public key.
func (a *App) Key() proof.VerifyKey { return a.journal.Key() }

// Refusal tells why the journal may not be the newest one or not the right one,
// or nil. It can be read then, and gives no answer that is clear.
func (a *App) Refusal() error { return a.journal.Doubt() }

// ReadOnly tells why nothing can be appended or signed here, or nil: the signing
// key is missing, or the folder may not be written.
func (a *App) ReadOnly() error { return a.unsigned }

// Unkept tells that there was no checkpoint outside the database when the
// workspace was opened, though it has more than its first entry.
func (a *App) Unkept() bool { return a.journal.Unkept() }

// signing gives the key for something that is signed now: not when the journal
// is in doubt, for what it says of the present does not count.
func (a *App) signing() (proof.SigningKey, error) {
	if err := a.journal.Doubt(); err != nil {
		return proof.SigningKey{}, err
	}
	if a.remote != nil {
		return proof.SigningKey{}, fault.New(fault.Internal, "the key of the journal is with its server")
	}
	if a.key == nil {
		return proof.SigningKey{}, a.unsigned
	}
	return *a.key, nil
}

// View gives the newest moment, including what other processes appended.
func (a *App) View(ctx context.Context) (View, error) { return a.journal.Fresh(ctx) }

// Entry reads one entry.
func (a *App) Entry(ctx context.Context, seq int64) (entry.Entry, error) {
	return a.journal.Entry(ctx, seq)
}

// Name gives what a person is called in this workspace, or the id where no name
// was given or it was erased.
func (a *App) Name(ctx context.Context, actor string) string {
	if a.remote != nil {
		return a.remote.name(ctx, actor)
	}
	name, err := directory.Get(ctx, a.store.Read(), actor)
	if err != nil {
		return actor
	}
	return name
}
