// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package demo builds the two workspaces of the demonstration and tells what is
// in them.
//
// The record ([BuildRecord]) is the public record of 2024-25; the drill
// ([BuildDrill]) is a fictional lab in which people sign, hold, lift, issue and
// revoke. Both begin with a simulated clock, fixed keys and fixed salts, so that
// their bytes and tree heads are the same on every machine; nothing in an entry
// names a path or a build.
//
// Both are made by the same acts that a person makes through package app: no
// entry is written past a rule, and what a rule refuses leaves none.
//
// The private keys of the drill are computed from the names of its people and
// are therefore public. They must never be used for anything else.
package demo

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
)

// Head names a moment of a journal: its origin, the number of entries, and the
// root of the tree over them in standard base64, as "holdpoint ledger head
// --json" prints it.
type Head struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
	Root   string `json:"root"`
}

// headOf gives the head of a moment.
func headOf(v app.View) Head {
	return Head{Origin: v.Begun.Origin, Size: v.Size, Root: v.Root.String()}
}

// HistoryRow is one answer of the gate at a moment of the past.
type HistoryRow struct {
	// Time is RFC 3339 in UTC.
	Time    string `json:"time"`
	Model   string `json:"model"`
	Action  string `json:"action"`
	Verdict string `json:"verdict"`
}

// Stories is what is told of both workspaces. Its JSON is a contract.
type Stories struct {
	Record RecordStory `json:"record"`
	Drill  DrillStory  `json:"drill"`
}

// Build builds DIR/record and DIR/drill, with the drill's files in
// DIR/drill-files, and gives their stories. A folder that holds one of them, or
// is a workspace itself, is refused; after a failure none of them is left.
func Build(ctx context.Context, dir string) (_ Stories, err error) {
	parts := []string{filepath.Join(dir, "record"), filepath.Join(dir, "drill"), filepath.Join(dir, "drill-files")}
	if err := vacant(dir, parts); err != nil {
		return Stories{}, err
	}
	defer func() {
		for _, part := range parts {
			if err != nil {
				err = errors.Join(err, os.RemoveAll(part))
			}
		}
	}()
	var out Stories
	if out.Record, err = tellRecordIn(ctx, parts[0]); err != nil {
		return Stories{}, err
	}
	drill, story, err := BuildDrill(ctx, parts[1])
	if err != nil {
		return Stories{}, err
	}
	out.Drill = story
	return out, drill.Close()
}

func tellRecordIn(ctx context.Context, dir string) (RecordStory, error) {
	a, err := BuildRecord(ctx, dir)
	if err != nil {
		return RecordStory{}, err
	}
	story, err := Record(ctx, a)
	return story, errors.Join(err, a.Close())
}

func vacant(dir string, parts []string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fault.Conflictf("this is a file, not a folder").At("%s", dir).Hinted("name a folder")
	}
	for _, path := range append(parts, filepath.Join(dir, "holdpoint.db")) {
		if _, err := os.Lstat(path); err == nil {
			return fault.Conflictf("there is a workspace already, and the demonstration overwrites nothing").At("%s", path).
				Hinted("name another folder with --dir, or use what is there: holdpoint status --dir %s", path)
		}
	}
	return nil
}

// seedOf gives 32 bytes that are the same on every machine.
func seedOf(name string) []byte {
	sum := sha256.Sum256([]byte("holdpoint demonstration, public: " + name))
	return sum[:]
}

// saltsOf gives salts that are the same on every machine. Salts protect erased
// text from being guessed; what is made up needs no such protection.
func saltsOf(name string) io.Reader {
	return rand.NewChaCha8([32]byte(seedOf(name + " salts")))
}

// millis reads a moment that is written in this package.
func millis(text string) (int64, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0, fault.New(fault.Internal, "the moment %q of the demonstration: %w", text, err)
	}
	return t.UnixMilli(), nil
}

// rfc3339 writes a moment in UTC, with milliseconds where there are any.
func rfc3339(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.999Z07:00")
}

// empty refuses a folder that holds anything: nothing is overwritten.
func empty(dir string) error {
	names, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fault.New(fault.Unavailable, "the folder cannot be read: %w", err).At("%s", dir)
	}
	if len(names) > 0 {
		return fault.Conflictf("the folder is not empty, and the demonstration overwrites nothing").At("%s", dir).
			Hinted("name a new folder, or use the workspace that is there: holdpoint status --dir %s", dir)
	}
	return nil
}

// requirements writes what a verdict demands, such as "ASL-2 deployment".
func requirements(v gate.Verdict) []string {
	all := []string{}
	for _, d := range v.Requires {
		all = append(all, fmt.Sprintf("%s %s", d.Standard, d.Facet))
	}
	return all
}

// heldBecause gives the reason of every condition that holds, each once.
func heldBecause(v gate.Verdict) []string {
	all := []string{}
	seen := map[string]bool{}
	for _, c := range v.HeldBecause() {
		if !seen[c.Reason] {
			all = append(all, c.Reason)
		}
		seen[c.Reason] = true
	}
	return all
}
