// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/holdpoint/holdpoint/client"
	"github.com/holdpoint/holdpoint/internal/blob"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/proof"
)

func (who Who) how() client.How {
	h := client.How{Key: who.Key, Seen: who.Seen}
	if who.At != 0 {
		h.At = time.UnixMilli(who.At)
	}
	return h
}

// mine refuses to act as somebody else than the caller: the server would act as
// the caller all the same.
func (r *remote) mine(who Who) error {
	if who.Actor != r.me.Actor {
		return fault.Forbiddenf("the server knows you as %q, and %q was to act", r.me.Actor, who.Actor).
			Hinted("act with a token of %q", who.Actor)
	}
	return nil
}

// do has the server act and follows it. What it says that it wrote is read from
// the copy, which is checked.
func (r *remote) do(ctx context.Context, a *App, who Who, in Intent) (Done, error) {
	if err := r.mine(who); err != nil {
		return Done{}, err
	}
	args, err := in.args()
	if err != nil {
		return Done{}, fault.Invalidf("%s: %w", in.Verb, err)
	}
	said, err := r.c.Do(ctx, in.Verb, jsontext.Value(args), who.how())
	if err != nil {
		return Done{}, err
	}
	if err := r.follow(ctx, a); err != nil {
		return Done{}, err
	}
	done := Done{First: said.First, Repeated: said.Repeated, View: a.journal.View()}
	for i, w := range said.Entries {
		e, err := a.journal.Entry(ctx, said.First+int64(i))
		if err != nil {
			return Done{}, err
		}
		if e.Type != w.Type || e.Actor != who.Actor {
			return Done{}, fault.Corruptf("the server says that it wrote %s as entry %d, and %s is there", w.Type, e.Seq, e.Type)
		}
		done.Entries = append(done.Entries, e)
	}
	return done, nil
}

func asked(ask gate.Ask) client.Ask {
	out := client.Ask{Model: ask.Model, Action: ask.Action, Environment: ask.Environment, Snapshot: ask.Snapshot, ComparableTo: ask.ComparableTo}
	if ask.Floor != grade.Unknown {
		out.Floor = ask.Floor.String()
	}
	return out
}

func (r *remote) issue(ctx context.Context, a *App, who Who, ask gate.Ask, life time.Duration) ([]byte, gate.Clearance, error) {
	if err := r.mine(who); err != nil {
		return nil, gate.Clearance{}, err
	}
	got, err := r.c.Issue(ctx, asked(ask), life, who.how())
	return r.cleared(ctx, a, got, err)
}

func (r *remote) renew(ctx context.Context, a *App, who Who, id string, life time.Duration) ([]byte, gate.Clearance, error) {
	if err := r.mine(who); err != nil {
		return nil, gate.Clearance{}, err
	}
	got, err := r.c.Renew(ctx, id, life, who.how())
	return r.cleared(ctx, a, got, err)
}

// cleared checks the file of a clearance against the copy and the trusted key.
func (r *remote) cleared(ctx context.Context, a *App, got client.Clearance, err error) ([]byte, gate.Clearance, error) {
	if err != nil {
		return nil, gate.Clearance{}, err
	}
	if err := r.follow(ctx, a); err != nil {
		return nil, gate.Clearance{}, err
	}
	c, err := a.journal.View().State.Gate.Clearance(got.ID)
	if err != nil {
		return nil, c, err
	}
	return got.File, c, r.sound(a, got.File)
}

func (r *remote) sound(a *App, file []byte) error {
	at := time.UnixMilli(a.journal.View().Time)
	if _, err := proof.CheckClearance(file, proof.Ask{Keys: []proof.VerifyKey{r.copy.Key}, At: at, Now: at}); err != nil {
		return fault.Corruptf("the clearance that the server gave does not check out: %w", err)
	}
	return nil
}

func (r *remote) seal(ctx context.Context, a *App, id string) ([]byte, error) {
	got, err := r.c.Clearance(ctx, id)
	file, _, err := r.cleared(ctx, a, got, err)
	return file, err
}

func (r *remote) revocations(ctx context.Context, a *App) ([]byte, error) {
	list, err := r.c.Revocations(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := proof.OpenRevocations(list, r.copy.Key); err != nil {
		return nil, fault.Corruptf("the revocation list that the server gave does not check out: %w", err)
	}
	return list, r.follow(ctx, a)
}

func (r *remote) name(ctx context.Context, actor string) string {
	if r.names == nil {
		names, err := r.c.Names(ctx)
		if err != nil {
			return actor
		}
		r.names = names
	}
	if name, ok := r.names[actor]; ok {
		return name
	}
	return actor
}

func (r *remote) setName(ctx context.Context, person, name string) error {
	r.names = nil
	return r.c.SetName(ctx, person, name)
}

func (r *remote) forgetName(ctx context.Context, person string) error {
	r.names = nil
	return r.c.ForgetName(ctx, person)
}

// fetch copies a blob of the server. Bytes that have another digest are kept under
// that one, where nobody looks for them.
func (r *remote) fetch(ctx context.Context, blobs *blob.Store, digest string) error {
	in, err := r.c.Blob(ctx, digest)
	if err != nil {
		return err
	}
	defer in.Close()
	got, _, err := blobs.Put(ctx, in, MaxBlob())
	if err == nil && got != digest {
		err = fault.Corruptf("the server gave other bytes than those of blob %s", digest)
	}
	return err
}

func (r *remote) put(ctx context.Context, blobs *blob.Store, digest string, size int64) error {
	in, _, err := blobs.Get(digest)
	if err != nil {
		return err
	}
	defer in.Close()
	return r.c.PutBlob(ctx, digest, in, size)
}

// export unpacks the copy that the server made.
func (r *remote) export(ctx context.Context, a *App, dir string, o ExportOptions) (Exported, error) {
	if names, err := os.ReadDir(dir); err == nil && len(names) > 0 {
		return Exported{}, fault.Conflictf("the folder is not empty").Hinted("an export covers every file of its folder; name a new one")
	}
	if err := r.follow(ctx, a); err != nil {
		return Exported{}, err
	}
	in, err := r.c.Export(ctx, o.WithholdPrivate)
	if err != nil {
		return Exported{}, err
	}
	defer in.Close()
	names, err := unpack(in, dir)
	if err != nil {
		return Exported{}, err
	}
	head, err := a.Head(ctx)
	if err != nil {
		return Exported{}, err
	}
	out := Exported{Head: head}
	there, gone, err := a.tables(a.journal.View().State)
	for _, digest := range append(there, gone...) {
		if slices.Contains(names, blobFolder+"/"+digest) {
			out.Tables++
		} else {
			out.Absent = append(out.Absent, digest)
		}
	}
	return out, err
}

// unpack writes the files of an archive into a new folder, and nothing outside
// of it.
func unpack(in io.Reader, dir string) (names []string, err error) {
	archive := tar.NewReader(in)
	for {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return names, nil
		}
		if err != nil {
			return names, fault.New(fault.Unavailable, "the copy broke off: %w", err)
		}
		if h.Typeflag != tar.TypeReg || !filepath.IsLocal(h.Name) || strings.Contains(h.Name, `\`) {
			return names, fault.Corruptf("%q does not belong in a copy of a journal", h.Name)
		}
		if err := unpackFile(archive, filepath.Join(dir, filepath.FromSlash(h.Name))); err != nil {
			return names, fault.New(fault.Unavailable, "the copy cannot be written: %w", err)
		}
		names = append(names, h.Name)
	}
}

func unpackFile(in io.Reader, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, in)
	return errors.Join(err, f.Close())
}
