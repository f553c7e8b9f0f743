// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/journal/postgrestest"
)

func storage(t *testing.T, dsn string) app.Storage {
	t.Helper()
	s, _, err := app.NewStorage(dsn, "")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func opened(t *testing.T, dir string) *app.App {
	t.Helper()
	a, err := app.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func headOf(t *testing.T, dir string) app.Head {
	t.Helper()
	a, err := app.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	h, err := a.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func do(t *testing.T, a *app.App, in app.Intent) {
	t.Helper()
	if _, err := a.Do(t.Context(), operator, in); err != nil {
		t.Fatal(err)
	}
}

// A second process knows at once of a hold that the first placed, and the other
// way round of what it appends.
func TestASecondServerSeesAHoldAtOnce(t *testing.T) {
	dir := lab(t)
	if _, err := app.Migrate(t.Context(), dir, storage(t, postgrestest.DSN(t))); err != nil {
		t.Fatal(err)
	}
	second := t.TempDir()
	for _, name := range []string{"holdpoint.key", "holdpoint.vkey", "storage.yaml"} {
		write(t, at(second, name), read(t, at(dir, name)))
	}
	a, b := opened(t, dir), opened(t, second)
	do(t, a, app.PlaceHold(gate.PlaceIn{Model: "m1", Reason: "stop"}))
	v, _, err := b.Check(t.Context(), gate.Ask{Model: "m1", Action: "train"}, "")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, c := range v.Conditions {
		found = found || c.ID == "no_hold" && c.Status.String() == "not_met"
	}
	if v.Outcome != gate.Held || !found {
		t.Errorf("the second server answers %v: %+v", v.Outcome, v.Conditions)
	}
	do(t, b, addModel("m9"))
	do(t, a, addModel("m10"))
	if x, y := headOf(t, dir), headOf(t, second); x.Root != y.Root {
		t.Error("two servers, two roots")
	}
}

// There and back again: the same tree head, names and act keys, and the place it
// came from refuses.
func TestMigrateThereAndBack(t *testing.T) {
	ctx, dir, dsn := t.Context(), lab(t), postgrestest.DSN(t)
	a := opened(t, dir)
	who := operator
	who.Key = "once"
	if _, err := a.Do(ctx, who, addModel("m5")); err != nil {
		t.Fatal(err)
	}
	do(t, a, app.AddPerson(newPerson("p-owner")))
	if err := a.SetName(ctx, operator, "p-owner", "The owner"); err != nil {
		t.Fatal(err)
	}
	before := headOf(t, dir)
	there := storage(t, dsn)
	m, err := app.Migrate(ctx, dir, there)
	if err != nil || m.Head.Root != before.Root || string(m.Head.Checkpoint) != string(before.Checkpoint) {
		t.Fatalf("%v, %v", m.Head, err)
	}
	// Whoever had it open can neither append nor answer.
	_, err = a.Do(ctx, operator, addModel("m6"))
	wants(t, err, fault.Conflict, "was moved away")
	if _, err := a.View(ctx); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the old database answers: %v", err)
	}
	_, err = app.Migrate(ctx, dir, there)
	wants(t, err, fault.Conflict, "there already")
	b := opened(t, dir)
	if b.Name(ctx, "p-owner") != "The owner" {
		t.Error("a name was lost")
	}
	if done, err := b.Do(ctx, who, addModel("m5")); err != nil || !done.Repeated {
		t.Errorf("an act key was lost: %v", err)
	}
	do(t, b, addModel("m7"))
	// Without storage.yaml the old file is all there is, and it is sealed.
	config := read(t, at(dir, "storage.yaml"))
	remove(t, at(dir, "storage.yaml"))
	_, err = app.Open(ctx, dir, nil)
	wants(t, err, fault.Conflict, "was moved away: to postgres://")
	write(t, at(dir, "storage.yaml"), config)
	after := headOf(t, dir)
	if m, err = app.Migrate(ctx, dir, app.Storage{}); err != nil || m.Head.Root != after.Root {
		t.Fatal(err)
	}
	if _, err := os.Stat(at(dir, "storage.yaml")); err == nil {
		t.Error("storage.yaml still names the server")
	}
	if h := headOf(t, dir); string(h.Checkpoint) != string(after.Checkpoint) {
		t.Error("another head after the way back")
	}
	do(t, opened(t, dir), addModel("m8"))
	write(t, at(dir, "storage.yaml"), config)
	_, err = app.Open(ctx, dir, nil)
	wants(t, err, fault.Conflict, "was moved away: to holdpoint.db")
}

// Interrupted before its last step, a migration is completed by the same
// command.
func TestMigrateGoesOn(t *testing.T) {
	ctx, dir, dsn := t.Context(), lab(t), postgrestest.DSN(t)
	before := headOf(t, dir)
	if _, err := app.Migrate(ctx, dir, storage(t, dsn)); err != nil {
		t.Fatal(err)
	}
	remove(t, at(dir, "storage.yaml"))
	if m, err := app.Migrate(ctx, dir, storage(t, dsn)); err != nil || m.Head.Root != before.Root {
		t.Fatalf("%v, %v", m, err)
	}
	do(t, opened(t, dir), addModel("m7"))
}

// What cannot be done leaves everything as it was.
func TestMigrateRefuses(t *testing.T) {
	ctx, dir, other := t.Context(), lab(t), lab(t)
	taken := postgrestest.DSN(t)
	if _, err := app.Migrate(ctx, other, storage(t, taken)); err != nil {
		t.Fatal(err)
	}
	before := headOf(t, dir)
	_, err := app.Migrate(ctx, dir, storage(t, taken))
	wants(t, err, fault.Conflict, "something in the target database already")
	_, err = app.Migrate(ctx, dir, storage(t, postgrestest.At(taken, "/nowhere")))
	wants(t, err, fault.Unavailable, "cannot be used")
	_, err = app.Migrate(ctx, t.TempDir(), storage(t, taken))
	wants(t, err, fault.NotFound, "no workspace")
	_, _, err = app.NewStorage("postgres://u:hunter2@[", "")
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Error(err)
	}
	if h := headOf(t, dir); h.Root != before.Root {
		t.Error("a refused migration changed something")
	}
	do(t, opened(t, dir), addModel("m2"))
}

// The password comes from the environment, which must name the same database.
func TestInitOnAServer(t *testing.T) {
	ctx, dir, dsn := t.Context(), t.TempDir(), postgrestest.DSN(t)
	secret := strings.Replace(dsn, "t@", "t:hunter2@", 1)
	s, forgot, err := app.NewStorage(secret, "")
	if err != nil || !forgot {
		t.Fatal(forgot, err)
	}
	closeOf(t)(app.Init(ctx, dir, app.Genesis{Storage: s}))
	if strings.Contains(string(read(t, at(dir, "storage.yaml"))), "hunter2") {
		t.Error("the password was written down")
	}
	_, err = app.Init(ctx, dir, app.Genesis{Storage: s})
	wants(t, err, fault.Conflict, "there is a workspace already")
	t.Setenv("HOLDPOINT_DATABASE", secret)
	do(t, opened(t, dir), addModel("m1"))
	t.Setenv("HOLDPOINT_DATABASE", postgrestest.DSN(t))
	_, err = app.Open(ctx, dir, nil)
	wants(t, err, fault.Conflict, "names another database")
	write(t, at(dir, "storage.yaml"), []byte("databse: x\n"))
	_, err = app.Open(ctx, dir, nil)
	wants(t, err, fault.Invalid, "cannot be understood")
}

// The drill of docs/operate.md with pg_dump: an old backup is noticed, the
// newest one goes on.
func TestBackupOnPostgres(t *testing.T) {
	ctx, dir, dsn := t.Context(), lab(t), postgrestest.DSN(t)
	if _, err := app.Migrate(ctx, dir, storage(t, dsn)); err != nil {
		t.Fatal(err)
	}
	run := func(tool string, args ...string) {
		t.Helper()
		if out, err := exec.Command(postgrestest.Tool(t, tool), args...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", tool, err, out)
		}
	}
	dump := func(name string) string {
		run("pg_dump", "--format=custom", "--file="+at(dir, name), dsn)
		return at(dir, name)
	}
	restore := func(file string) {
		fresh := postgrestest.DSN(t)
		run("pg_restore", "--exit-on-error", "--single-transaction", "--dbname="+fresh, file)
		write(t, at(dir, "storage.yaml"), []byte("database: "+fresh+"\n"))
	}
	old := dump("old.dump")
	a := opened(t, dir)
	do(t, a, addModel("m2"))
	newest := dump("newest.dump")
	head := headOf(t, dir)
	a.Close()

	restore(old)
	back := opened(t, dir)
	wants(t, back.Refusal(), fault.Conflict, "older than what was already shown")
	_, err := back.Do(ctx, operator, addModel("m3"))
	wants(t, err, fault.Conflict, "older than what was already shown")
	back.Close()

	restore(newest)
	good := opened(t, dir)
	if h := headOf(t, dir); h.Root != head.Root || good.Refusal() != nil {
		t.Errorf("the newest backup: %v", good.Refusal())
	}
	do(t, good, addModel("m3"))
}

// The same drill on SQLite, with a copy made while the journal is open.
func TestBackupOnSQLite(t *testing.T) {
	dir := lab(t)
	a := opened(t, dir)
	copyOf := func(name string) []byte {
		if err := a.Backup(t.Context(), at(dir, name)); err != nil {
			t.Fatal(err)
		}
		return read(t, at(dir, name))
	}
	old := copyOf("old.db")
	do(t, a, addModel("m2"))
	newest := copyOf("newest.db")
	wants(t, a.Backup(t.Context(), at(dir, "newest.db")), fault.Conflict, "already there")
	head := headOf(t, dir)
	a.Close()
	put := func(db []byte) {
		for _, beside := range []string{"-wal", "-shm"} {
			os.Remove(at(dir, "holdpoint.db"+beside))
		}
		write(t, at(dir, "holdpoint.db"), db)
	}
	put(old)
	back := opened(t, dir)
	wants(t, back.Refusal(), fault.Conflict, "older than what was already shown")
	back.Close()
	put(newest)
	good := opened(t, dir)
	if h := headOf(t, dir); h.Root != head.Root || good.Refusal() != nil {
		t.Errorf("the newest backup: %v", good.Refusal())
	}
	do(t, good, addModel("m3"))
}
