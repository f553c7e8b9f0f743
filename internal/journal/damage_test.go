// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/journal/journaltest"
)

// sample is a database with facts, a private entry, and an erased one.
func sample(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "holdpoint.db")
	s := openSQLite(t, path)
	j := begin(t, options(s), journal.Simulated, 1000)
	do(t, j, add(1))
	do(t, j, journaltest.Note("secret"))
	do(t, j, journaltest.Note("kept"))
	do(t, j, journaltest.Erase(2))
	do(t, j, add(1))
	j.Close()
	s.Close()
	return path
}

func change(t *testing.T, path, query string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

// Whatever is changed behind the journal's back is found at the start.
func TestDamageStopsTheStart(t *testing.T) {
	original, err := os.ReadFile(sample(t))
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ name, query, text string }{
		{"body", "UPDATE entries SET body = CAST(replace(CAST(body AS TEXT), '1', '2') AS BLOB) WHERE seq = 1", "entry 1 (toy.added): the body is not the one"},
		{"salt", "UPDATE entries SET salt = zeroblob(16) WHERE seq = 3", "entry 3"},
		{"header", "UPDATE entries SET header = CAST(replace(CAST(header AS TEXT), 'p1', 'p2') AS BLOB) WHERE seq = 1", "root"},
		{"header spelling", "UPDATE entries SET header = CAST(replace(CAST(header AS TEXT), ',', ', ') AS BLOB) WHERE seq = 1", "entry 1"},
		{"header seq", "UPDATE entries SET header = (SELECT header FROM entries WHERE seq = 1) WHERE seq = 5", "the row of entry 5 holds entry 1"},
		{"fact body gone", "UPDATE entries SET body = NULL, salt = NULL WHERE seq = 5", "never erased"},
		{"private body gone", "UPDATE entries SET body = NULL, salt = NULL WHERE seq = 3", "the body of entry 3 is missing"},
		{"only the salt gone", "UPDATE entries SET salt = NULL WHERE seq = 3", "only one of"},
		{"erased body back", "UPDATE entries SET (salt, body) = (SELECT salt, body FROM entries WHERE seq = 3) WHERE seq = 2", "entry 2"},
		{"removed", "DELETE FROM entries WHERE seq = 2", "entry 2 is missing"},
		{"cut", "DELETE FROM entries WHERE seq = 5", "the head counts 6 entries and 5"},
		{"shifted", "UPDATE entries SET seq = 7 WHERE seq = 5", "the head counts"},
		{"head size", "UPDATE head SET size = 5", "disagree"},
		{"head root", "UPDATE head SET root = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='", "disagree"},
		{"head note", "UPDATE head SET checkpoint = replace(checkpoint, '6', '5')", ""},
		{"no head", "DELETE FROM head", "head row is missing"},
		{"torn head", "UPDATE head SET root = 'x'", "head row's root"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "holdpoint.db")
			if err := os.WriteFile(path, original, 0o600); err != nil {
				t.Fatal(err)
			}
			change(t, path, c.query)
			_, err := journal.Open(context.Background(), options(openSQLite(t, path)))
			if k := fault.KindOf(err); k != fault.Corrupt && k != fault.Forbidden || !strings.Contains(fmt.Sprint(err), c.text) {
				t.Errorf("err = %v (%s), want %q", err, k, c.text)
			}
			if fault.HintOf(err) == "" && c.name != "torn head" {
				t.Errorf("%v: no hint", err)
			}
		})
	}
}

// A byte of a row that changes while the journal is open is found by the reader.
func TestDamageIsFoundWhenRead(t *testing.T) {
	p := path(t)
	j := begin(t, options(openSQLite(t, p)), journal.Simulated, 1000)
	do(t, j, add(1))
	change(t, p, "UPDATE entries SET header = CAST(replace(CAST(header AS TEXT), 'p1', 'p2') AS BLOB) WHERE seq = 1")
	_, err := j.Entry(context.Background(), 1)
	wants(t, err, fault.Corrupt, "not the one in the tree")
	_, err = j.At(context.Background(), 0)
	if err != nil {
		t.Error(err)
	}
	change(t, p, "DELETE FROM entries WHERE seq = 1")
	for _, err := range j.Entries(context.Background(), 1, 2) {
		wants(t, err, fault.Corrupt, "entry 1 is missing")
	}
}

// A database that goes back while the journal is open ends appending.
func TestGoingBackWhileOpenIsRefused(t *testing.T) {
	p := path(t)
	j := begin(t, options(openSQLite(t, p)), journal.Simulated, 1000)
	first := j.View()
	do(t, j, add(1))
	change(t, p, "DELETE FROM entries WHERE seq = 1")
	change(t, p, "UPDATE head SET size = $1, root = $2, checkpoint = $3", first.Size, first.Root.String(), string(first.Checkpoint))
	for range 2 {
		_, err := j.Do(context.Background(), add(1))
		wants(t, err, fault.Corrupt, "went back from 2 entries to 1")
	}
	_, err := j.Fresh(context.Background())
	wants(t, err, fault.Corrupt, "went back")
}

// Erased text is in no file of the database.
func TestErasedBytesAreGone(t *testing.T) {
	p := path(t)
	s := openSQLite(t, p)
	j := begin(t, options(s), journal.Simulated, 1000)
	secret := "the unforgettable sentence"
	do(t, j, journaltest.Note(secret))
	found := func() (in []string) {
		files, err := filepath.Glob(p + "*")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if raw, err := os.ReadFile(f); err == nil && bytes.Contains(raw, []byte(secret)) {
				in = append(in, filepath.Base(f))
			}
		}
		return in
	}
	if len(found()) == 0 {
		t.Fatal("the test does not see what is there")
	}
	do(t, j, journaltest.Erase(1))
	if in := found(); len(in) != 0 {
		t.Errorf("found in %v", in)
	}
}

func TestOpenSQLiteRefuses(t *testing.T) {
	ctx := context.Background()
	for version, want := range map[string]bool{"3.51.2": false, "3.51.3": true, "3.54.1": true, "4.0.0": true, "3.8.11": false, "3.51": false, "x": false} {
		if journal.AtLeast(version, "3.51.3") != want {
			t.Errorf("%s: want %v", version, want)
		}
	}
	_, err := journal.OpenSQLite(ctx, path(t), sqliteOptions().WithVersion("3.51.2"))
	wants(t, err, fault.Unsupported, "3.51.3 or newer is needed")
	for _, part := range []string{"journal", "directory"} {
		p := sample(t)
		change(t, p, "UPDATE schema_version SET version = 9 WHERE part = $1", part)
		_, err = journal.OpenSQLite(ctx, p, sqliteOptions())
		wants(t, err, fault.Unsupported, "the "+part+" tables have version 9")
	}
	ro := sqliteOptions()
	ro.ReadOnly = true
	_, err = journal.OpenSQLite(ctx, path(t), ro)
	wants(t, err, fault.NotFound, "no such file")
	garbage := path(t)
	if err := os.WriteFile(garbage, bytes.Repeat([]byte("not a database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = journal.OpenSQLite(ctx, garbage, sqliteOptions())
	wants(t, err, fault.Corrupt, "not a sound SQLite database")
	_, err = journal.OpenSQLite(ctx, t.TempDir(), sqliteOptions())
	wants(t, err, fault.Unavailable, "cannot be opened")
}

// Any path names the file it says, and nobody else can read it.
func TestSQLiteFile(t *testing.T) {
	for _, name := range []string{"a b", "a?mode=memory", "a#b", "a%20b", "é", "file:x"} {
		dir := t.TempDir()
		p := filepath.Join(dir, name)
		begin(t, options(openSQLite(t, p)), journal.Simulated, 1000)
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			info, err := f.Info()
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: mode %v, %v", f.Name(), info.Mode(), err)
			}
			if !strings.HasPrefix(f.Name(), name) {
				t.Errorf("%q made %q", name, f.Name())
			}
		}
	}
}
