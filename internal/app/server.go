// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/holdpoint/holdpoint/client"
	"github.com/holdpoint/holdpoint/internal/blob"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

// Server says how the workspace of a server is opened.
type Server struct {
	Client *client.Client
	// Cache is the folder in which copies of journals are kept, one for each
	// server and caller.
	Cache string
	// Key is the public key of the journal as it is known from elsewhere; ""
	// trusts the one that was trusted first.
	Key string
	// Trusted is called when a server's own word for its key is trusted, which
	// happens once.
	Trusted func(key string)
}

// remote is a server whose journal an App has a copy of.
type remote struct {
	c     *client.Client
	copy  journal.Copy
	me    client.Me
	names map[string]string
}

// OpenServer opens the workspace of a server. Its journal is copied into a cache,
// entry by entry, and every copy is checked against the checkpoint that the
// journal's key signed; then everything is answered from the copy as [Open]
// answers from the original, and believed of the server is only that nothing newer
// is missing. Acts, and what needs the journal's key, go to the server.
func OpenServer(ctx context.Context, s Server) (_ *App, err error) {
	defer fault.Wrap(&err, "open %s", s.Client.Server())
	head, err := s.Client.Head(ctx)
	if err != nil {
		return nil, err
	}
	me, err := s.Client.Me(ctx)
	if err != nil {
		return nil, err
	}
	dir := s.folder(me.Actor)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.New(fault.Unavailable, "the cache of the server's journal cannot be made: %w", err)
	}
	key, err := s.pin(dir, head.Key)
	if err != nil {
		return nil, err
	}
	blobs, err := blob.Open(filepath.Join(dir, blobFolder))
	if err != nil {
		return nil, err
	}
	store, err := openStore(ctx, dir, false)
	if err != nil {
		return nil, err
	}
	r := &remote{c: s.Client, me: me, copy: journal.Copy{Store: store, Registry: Registry(), Key: key}}
	a := &App{dir: dir, store: store, blobs: blobs, remote: r}
	if err := r.open(ctx, a); err != nil {
		store.Close()
		return nil, err
	}
	return a, nil
}

// folder is the place of a copy. Callers see different bodies, so each has a copy
// of their own.
func (s Server) folder(actor string) string {
	sum := sha256.Sum256([]byte(s.Client.Server() + "\n" + actor))
	return filepath.Join(s.Cache, hex.EncodeToString(sum[:12]))
}

// pin gives the key that the journal must be signed with, and keeps it.
func (s Server) pin(dir, said string) (proof.VerifyKey, error) {
	said = strings.TrimSpace(said)
	trusted, err := os.ReadFile(filepath.Join(dir, verifyFile))
	known := strings.TrimSpace(string(trusted))
	switch {
	case err != nil && !os.IsNotExist(err):
		return proof.VerifyKey{}, fault.New(fault.Unavailable, "the trusted key cannot be read: %w", err)
	case s.Key != "" && known != "" && s.Key != known:
		return proof.VerifyKey{}, fault.Forbiddenf("the key that was given is not the one that was trusted here before").
			Hinted("if the server really has a new journal, remove %s", dir)
	case known == "" && s.Key != "":
		known = s.Key
	case known == "":
		known = said
	}
	if said != known {
		return proof.VerifyKey{}, fault.Forbiddenf("the server signs with the key %s, and %s is trusted", said, known).
			Hinted("somebody may have put another server in its place: ask its owner before you remove %s", dir)
	}
	key, err := proof.ParseVerifyKey(known)
	if err != nil {
		return key, fault.Corruptf("the key of the server: %w", err)
	}
	if len(trusted) > 0 {
		return key, nil
	}
	if err := writeNew(filepath.Join(dir, verifyFile), known+"\n", 0o600); err != nil {
		return key, err
	}
	if s.Key == "" && s.Trusted != nil {
		s.Trusted(known)
	}
	return key, nil
}

// open copies what there is before the copy can be opened as a journal.
func (r *remote) open(ctx context.Context, a *App) error {
	head, err := r.copy.Store.Head(ctx)
	if err != nil {
		return err
	}
	if head.Size == 0 {
		if err := r.extend(ctx, journal.Tree{}); err != nil {
			return err
		}
	}
	o := journal.Options[world.World]{Store: r.copy.Store, Registry: r.copy.Registry, Verify: r.copy.Key, Partial: true}
	if a.journal, err = journal.Open(ctx, o); err != nil {
		return err
	}
	if head.Size == 0 {
		return nil
	}
	return r.follow(ctx, a)
}

// follow brings the copy up to date.
func (r *remote) follow(ctx context.Context, a *App) error {
	if err := r.extend(ctx, a.journal.View().Tree); err != nil {
		return err
	}
	_, err := a.journal.Fresh(ctx)
	return err
}

func (r *remote) extend(ctx context.Context, tree journal.Tree) error {
	checkpoint, err := r.c.Checkpoint(ctx)
	if err != nil {
		return err
	}
	return r.copy.Extend(ctx, tree, checkpoint, r.rows(ctx, tree.Size()))
}

func (r *remote) rows(ctx context.Context, from int64) iter.Seq2[journal.Row, error] {
	return func(yield func(journal.Row, error) bool) {
		for e, err := range r.c.Entries(ctx, from) {
			if !yield(journal.Row{Seq: e.Seq, Header: e.Header, Salt: e.Salt, Body: e.Body}, err) || err != nil {
				return
			}
		}
	}
}

// Caller is who the server takes the caller for; false where the workspace is
// not a server's.
func (a *App) Caller() (actor string, ok bool) {
	if a.remote == nil {
		return "", false
	}
	return a.remote.me.Actor, true
}
