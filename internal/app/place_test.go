// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
)

var operator = app.Who{Actor: app.Operator}

// lab makes a workspace with a policy and a model, and closes it.
func lab(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	a, err := app.Init(t.Context(), dir, app.Genesis{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	pack, err := app.LoadPolicy("anthropic-rsp@2.2", policy.State{})
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []app.Intent{app.AdoptPolicy(policy.AdoptIn{Pack: pack}), addModel("m1")} {
		if _, err := a.Do(t.Context(), operator, in); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func addModel(id string) app.Intent {
	return app.RegisterModel(model.NewModel{Registered: model.Registered{Model: id}})
}

func at(dir, name string) string { return filepath.Join(dir, name) }

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, paths ...string) {
	t.Helper()
	for _, p := range paths {
		if err := os.RemoveAll(p); err != nil {
			t.Fatal(err)
		}
	}
}

func wants(t *testing.T, err error, kind fault.Kind, words string) {
	t.Helper()
	if fault.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		t.Errorf("%v (%s), want %s: %s", err, fault.KindOf(err), kind, words)
	}
}

// Whatever Init left behind when it was stopped, Init again goes on from there.
func TestInitGoesOn(t *testing.T) {
	// A complete beginning, taken apart again from its last step to its first.
	steps := []struct {
		name   string
		remove []string
		begun  bool
	}{
		{"begun, nothing kept outside", []string{"last-checkpoint"}, true},
		{"keys, not begun", []string{"holdpoint.db"}, false},
		{"one key", []string{"holdpoint.vkey"}, false},
		{"no key", []string{"holdpoint.key"}, false},
		{"an empty file", nil, false},
		{"a folder", []string{"holdpoint.db", "blobs"}, false},
	}
	dir := t.TempDir()
	closeOf(t)(app.Init(t.Context(), dir, app.Genesis{}))
	empty := t.TempDir()
	store, err := app.OpenStore(t.Context(), empty)
	if err != nil {
		t.Fatal(err)
	}
	store.Close()
	tables := read(t, at(empty, "holdpoint.db"))
	gone := []string{}
	for _, s := range steps {
		gone = append(gone, s.remove...)
		t.Run(s.name, func(t *testing.T) {
			half := t.TempDir()
			if err := os.CopyFS(half, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			for _, name := range gone {
				remove(t, at(half, name))
			}
			switch {
			case s.begun:
				_, err := app.Init(t.Context(), half, app.Genesis{})
				wants(t, err, fault.Conflict, "there is a workspace already")
				closeOf(t)(app.Open(t.Context(), half, nil))
				return
			case s.name == "an empty file":
				write(t, at(half, "holdpoint.db"), nil)
			case s.name != "a folder":
				write(t, at(half, "holdpoint.db"), tables)
				_, err := app.Open(t.Context(), half, nil)
				if s.name == "keys, not begun" {
					wants(t, err, fault.NotFound, "was not finished")
				} else if err == nil {
					t.Error("what was not finished was opened")
				}
			}
			write(t, at(half, ".holdpoint-key-1"), []byte("half a key"))
			closeOf(t)(app.Init(t.Context(), half, app.Genesis{}))
			closeOf(t)(app.Open(t.Context(), half, nil))
			if left, _ := filepath.Glob(at(half, ".holdpoint-*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if s.name == "keys, not begun" && string(read(t, at(half, "holdpoint.key"))) != string(read(t, at(dir, "holdpoint.key"))) {
				t.Error("the key that was there was replaced")
			}
		})
	}
}

// closeOf closes what was opened, and fails where it was not.
func closeOf(t *testing.T) func(*app.App, error) {
	return func(a *app.App, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		a.Close()
	}
}

// A key beside which there is no database is a database that was lost.
func TestALostDatabaseIsNoNewWorkspace(t *testing.T) {
	dir := lab(t)
	remove(t, at(dir, "holdpoint.db"))
	_, err := app.Open(t.Context(), dir, nil)
	wants(t, err, fault.Conflict, "the database is missing: put holdpoint.db back from its backup")
	_, err = app.Init(t.Context(), dir, app.Genesis{})
	wants(t, err, fault.Conflict, "the database is missing")
	remove(t, at(dir, "holdpoint.key"))
	_, err = app.Init(t.Context(), dir, app.Genesis{})
	wants(t, err, fault.Conflict, "the database is missing")
}

// Questions need no key; acts say that it is missing.
func TestWithoutTheKey(t *testing.T) {
	dir := lab(t)
	remove(t, at(dir, "holdpoint.key"))
	a, err := app.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, _, err := a.Check(t.Context(), gate.Ask{Model: "m1", Action: "train"}, ""); err != nil {
		t.Error(err)
	}
	if h, err := a.Checkpoint(t.Context()); err != nil || h.Size < 3 {
		t.Errorf("%+v, %v", h, err)
	}
	const missing = "signing key is missing"
	_, err = a.Do(t.Context(), operator, addModel("m2"))
	wants(t, err, fault.Unavailable, missing)
	wants(t, a.ReadOnly(), fault.Unavailable, missing)
	wants(t, a.SetName(t.Context(), operator, app.Operator, "N"), fault.Unavailable, missing)
	_, err = a.Revocations(t.Context())
	wants(t, err, fault.Unavailable, missing)
	_, err = a.Export(t.Context(), t.TempDir(), app.ExportOptions{})
	wants(t, err, fault.Unavailable, missing)
}

// A database put back from a backup answers nothing that is clear, and nothing
// is signed from it.
func TestARestoredBackupIsNeverClear(t *testing.T) {
	ctx, dir := context.Background(), lab(t)
	old := read(t, at(dir, "holdpoint.db"))
	a, err := app.Open(ctx, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a.Refusal() != nil || a.Unkept() {
		t.Errorf("a sound journal is in doubt: %v", a.Refusal())
	}
	if _, err := a.Do(ctx, operator, addModel("m2")); err != nil {
		t.Fatal(err)
	}
	a.Close()
	write(t, at(dir, "holdpoint.db"), old)
	a, err = app.Open(ctx, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	const older = "older than what was already shown"
	wants(t, a.Refusal(), fault.Conflict, older)
	v, _, err := a.Check(ctx, gate.Ask{Model: "m1", Action: "train"}, "")
	if err != nil {
		t.Fatal(err)
	}
	first := v.Conditions[0]
	if v.Outcome != gate.Held || first.ID != "journal" || first.Status.String() != "cannot_tell" ||
		!strings.Contains(first.Reason, "this journal is older than what it has already shown") {
		t.Errorf("%v, %+v", v.Outcome, first)
	}
	_, _, err = a.Issue(ctx, operator, gate.Ask{Model: "m1", Action: "train"}, time.Hour)
	wants(t, err, fault.Conflict, older)
	_, _, err = a.Renew(ctx, operator, "clearance-1", time.Hour)
	wants(t, err, fault.Conflict, older)
	_, err = a.Revocations(ctx)
	wants(t, err, fault.Conflict, older)
	_, err = a.Export(ctx, t.TempDir(), app.ExportOptions{})
	wants(t, err, fault.Conflict, older)
	_, err = a.Checkpoint(ctx)
	wants(t, err, fault.Conflict, older)
	_, err = a.Do(ctx, operator, addModel("m3"))
	wants(t, err, fault.Conflict, older)
}

// A missing last-checkpoint is said once and written anew.
func TestAMissingCheckpointIsSaid(t *testing.T) {
	dir := lab(t)
	remove(t, at(dir, "last-checkpoint"))
	for _, want := range []bool{true, false} {
		a, err := app.Open(t.Context(), dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.Unkept() != want {
			t.Errorf("unkept: %v", !want)
		}
		a.Close()
	}
}
