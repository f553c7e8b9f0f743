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
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/packs"
)

// maxPack bounds the file of a policy pack in bytes; those that ship have a
// tenth of it.
const maxPack = 4 << 20

// ReadPack reads the file of a policy pack.
func ReadPack(path string) ([]byte, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if size > maxPack {
		return nil, fault.Invalidf("the file has %d bytes and a policy pack at most %d", size, maxPack).At("%s", path)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxPack+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	return b, nil
}

// beside gives the packs that the pack in a file may extend: those that stand
// beside it as ID-VERSION.yaml, and those that ship.
func beside(path string) policy.Loader {
	return func(id, version string) ([]byte, error) {
		name := id + "-" + version + ".yaml"
		if !filepath.IsLocal(name) || name != filepath.Base(name) {
			return packs.Source(id, version)
		}
		src, err := ReadPack(filepath.Join(filepath.Dir(path), name))
		if fault.KindOf(err) == fault.NotFound {
			return packs.Source(id, version)
		}
		return src, err
	}
}

// LintPack lists every problem of a pack's file. An overlay may stand on a pack
// beside it, or on one that ships.
func LintPack(path string) (fault.List, error) {
	src, err := ReadPack(path)
	if err != nil {
		return nil, err
	}
	return policy.Lint(path, src, beside(path)), nil
}

// LoadPolicy finds a policy by what a person types: a file, id@version, or the
// version alone of a policy that ships. Those adopted here, if any, are looked
// at too.
func LoadPolicy(ref string, adopted policy.State) (policy.Pack, error) {
	if isFile(ref) {
		src, err := ReadPack(ref)
		if err != nil {
			return policy.Pack{}, err
		}
		return policy.ParseWith(ref, src, beside(ref))
	}
	return FindPolicy(ref, adopted)
}

// FindPolicy is [LoadPolicy] for somebody far away, who names no file.
func FindPolicy(ref string, adopted policy.State) (policy.Pack, error) {
	full := inFull(ref, adopted)
	if a, err := adopted.Find(full); err == nil {
		return a.Pack, nil
	}
	return policy.LoadRef(full, packs.Source)
}

// isFile tells whether a person means a file: it is there, or looks like one.
func isFile(ref string) bool {
	if strings.ContainsRune(ref, filepath.Separator) || strings.HasSuffix(ref, ".yaml") || strings.HasSuffix(ref, ".yml") {
		return true
	}
	info, err := os.Stat(ref)
	return err == nil && info.Mode().IsRegular() && !errors.Is(err, fs.ErrNotExist)
}

// inFull completes a bare version with the id of the adopted or shipped policy
// that has it.
func inFull(ref string, adopted policy.State) string {
	if strings.Contains(ref, "@") {
		return ref
	}
	for _, a := range adopted.Versions() {
		if a.Pack.Version == ref {
			return a.Ref()
		}
	}
	for _, p := range packs.List() {
		if p.Version == ref {
			return p.Ref()
		}
	}
	return ref
}

// AdoptPolicy is the intent to take up a policy version.
func AdoptPolicy(in policy.AdoptIn) Intent {
	identity := struct {
		Digest string           `json:"digest"`
		Accept string           `json:"accept"`
		How    entry.Provenance `json:"how"`
	}{in.Pack.Digest(), in.Accept, in.How}
	args := Adopting{Pack: string(in.Pack.Canonical()), Accept: in.Accept, How: in.How}
	return Intent{Verb: "policy.adopt", Input: identity, Args: args, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Policy.Adopt(in, act)
	}}
}

// PreviewAdoption tells what adopting a pack would do to every model and action,
// on the first day on which it would be in force. Nothing is written.
func (a *App) PreviewAdoption(ctx context.Context, p policy.Pack) ([]gate.Effect, Moment, error) {
	m, err := a.Moment(ctx, "")
	if err != nil {
		return nil, m, err
	}
	act := entry.Act{Actor: Operator, Seq: m.View.Size, Now: m.Now}
	drafts, err := m.View.State.Policy.Adopt(policy.AdoptIn{Pack: p, Accept: "preview"}, act)
	if err != nil {
		return nil, m, err
	}
	then, err := pretend(m.View.State, drafts, act)
	if err != nil {
		return nil, m, err
	}
	m.Now = max(m.Now, deadline.Day(p.Effective).Start())
	return gate.Preview(m.View.State.Facts(), then.Policy, p, m.Now), m, nil
}

// roles lists the roles of the version in force; nil without one.
func roles(w world.World, now int64) []string {
	p, ok := w.Policy.InForce(now)
	if !ok {
		return nil
	}
	var ids []string
	for _, r := range p.Pack.Roles {
		ids = append(ids, r.ID)
	}
	return slices.Sorted(slices.Values(ids))
}
