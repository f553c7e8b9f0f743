// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"database/sql"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/holdpoint/holdpoint/internal/fault"
)

func open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	for _, step := range Steps() {
		if _, err := db.Exec(step); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func TestNames(t *testing.T) {
	ctx, db := context.Background(), open(t)
	for _, n := range [][2]string{{"p2", "Security lead"}, {"p1", "Scaling officer"}, {"p2", "Head of security"}} {
		if err := Set(ctx, db, n[0], n[1]); err != nil {
			t.Fatal(err)
		}
	}
	if name, err := Get(ctx, db, "p1"); err != nil || name != "Scaling officer" {
		t.Errorf("Get = %q, %v", name, err)
	}
	if name, err := Get(ctx, db, "p2"); err != nil || name != "Head of security" {
		t.Errorf("Get = %q, %v", name, err)
	}
	for range 2 {
		if err := Erase(ctx, db, "p2"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Get(ctx, db, "p2"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("an erased name: %v", err)
	}
}

func TestSetRefuses(t *testing.T) {
	ctx, db := context.Background(), open(t)
	for _, n := range [][2]string{{"", "x"}, {"p", ""}, {"p", string(make([]byte, MaxName+1))}} {
		if err := Set(ctx, db, n[0], n[1]); fault.KindOf(err) != fault.Invalid {
			t.Errorf("Set(%q, %d bytes) = %v", n[0], len(n[1]), err)
		}
	}
}

func TestActKeys(t *testing.T) {
	ctx, db := context.Background(), open(t)
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	key, intent := [32]byte{1}, [32]byte{2}
	if _, _, _, found, err := (ActKeys{}).Find(ctx, tx, key); found || err != nil {
		t.Fatalf("found %v, %v", found, err)
	}
	if err := (ActKeys{}).Keep(ctx, tx, key, intent, 7, 3); err != nil {
		t.Fatal(err)
	}
	got, first, count, found, err := ActKeys{}.Find(ctx, tx, key)
	if err != nil || !found || got != intent || first != 7 || count != 3 {
		t.Errorf("Find = %x %d %d %v %v", got, first, count, found, err)
	}
	if err := (ActKeys{}).Keep(ctx, tx, key, intent, 8, 1); err == nil {
		t.Error("the same key was kept twice")
	}
}

func TestActKeysDamaged(t *testing.T) {
	ctx, db := context.Background(), open(t)
	if _, err := db.Exec(`INSERT INTO act_keys VALUES ($1, x'00', 1, 1)`, make([]byte, 32)); err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, _, _, _, err := (ActKeys{}).Find(ctx, tx, [32]byte{}); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("err = %v", err)
	}
}
