// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal_test

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"testing"

	"github.com/holdpoint/holdpoint/internal/directory"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/journal/journaltest"
	"github.com/holdpoint/holdpoint/internal/journal/postgrestest"
)

func postgresOptions() journal.PostgresOptions {
	return journal.PostgresOptions{Keys: directory.ActKeys{}, Parts: []journal.Part{{Name: directory.Part, Steps: directory.Steps()}}}
}

func openPostgres(t testing.TB, dsn string) *journal.Postgres {
	t.Helper()
	s, err := journal.OpenPostgres(context.Background(), dsn, postgresOptions())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestPostgresConforms(t *testing.T) {
	journaltest.Exercise(t, func(t *testing.T) journaltest.Open {
		dsn := postgrestest.DSN(t)
		return func() journal.Store { return openPostgres(t, dsn) }
	})
}

// execute changes a database behind the journal's back.
func execute(t *testing.T, dsn, query string, args ...any) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

// A server on which an answered commit can be lost is refused, at the start and
// by every later connection.
func TestPostgresRefusesWeakCommits(t *testing.T) {
	ctx, dsn := context.Background(), postgrestest.DSN(t)
	s := openPostgres(t, dsn)
	name := dsn[strings.Index(dsn, "/d")+1 : strings.Index(dsn, "?")]
	for setting, refused := range map[string]bool{"off": true, "local": false, "remote_write": false, "on": false} {
		execute(t, dsn, "ALTER DATABASE "+name+" SET synchronous_commit = "+setting)
		again, err := journal.OpenPostgres(ctx, dsn, postgresOptions())
		if refused {
			if fault.KindOf(err) != fault.Unsupported || fault.HintOf(err) == "" || !strings.Contains(err.Error(), "synchronous_commit off") {
				t.Errorf("%s: %v", setting, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", setting, err)
		}
		again.Close()
	}
	execute(t, dsn, "ALTER DATABASE "+name+" SET synchronous_commit = off")
	// A connection that is there keeps what it was made with; a new one is not
	// taken.
	execute(t, dsn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
	var err error
	for range 3 { // the pool finds out one by one that its connections are gone
		var tx journal.Tx
		if tx, err = s.Lock(ctx); err == nil {
			tx.Rollback()
			t.Fatal("a weak server was written to")
		}
	}
	if fault.KindOf(err) != fault.Unsupported {
		t.Errorf("err = %v", err)
	}
}

// Several servers that start at once on an empty database make its tables once.
func TestPostgresStartsAtOnce(t *testing.T) {
	dsn := postgrestest.DSN(t)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			s, err := journal.OpenPostgres(context.Background(), dsn, postgresOptions())
			if err != nil {
				t.Error(err)
				return
			}
			s.Close()
		})
	}
	wg.Wait()
}

// No error of opening says the password.
func TestPostgresKeepsThePassword(t *testing.T) {
	ctx := context.Background()
	for _, dsn := range []string{
		"postgres://u:hunter2@/d?host=/nowhere", "postgres://u:hunter2@[::1/d", "postgres://u:hunter2@/d?port=x",
		"postgres://u@/d?host=/nowhere&password=hunter2", "postgres://u:hunter2@/d?host=/nowhere&sslmode=what",
	} {
		_, err := journal.OpenPostgres(ctx, dsn, postgresOptions())
		if err == nil || strings.Contains(err.Error()+fault.HintOf(err), "hunter2") {
			t.Errorf("%s: %v", dsn, err)
		}
		if public, _, err := journal.PublicDSN(dsn); strings.Contains(public, "hunter2") {
			t.Errorf("public: %s, %v", public, err)
		}
	}
	public, secret, err := journal.PublicDSN("postgres://u:hunter2@db.example:5433/d?sslmode=verify-full")
	if public != "postgres://u@db.example:5433/d?sslmode=verify-full" || !secret || err != nil {
		t.Error(public, secret, err)
	}
}

// Without the right to write, reading is all there is.
func TestPostgresForReading(t *testing.T) {
	ctx, dsn := context.Background(), postgrestest.DSN(t)
	o := postgresOptions()
	o.ReadOnly = true
	if _, err := journal.OpenPostgres(ctx, dsn, o); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("an empty database: %v", err)
	}
	j := begin(t, options(openPostgres(t, dsn)), journal.Wall, 0)
	do(t, j, add(1))
	s, err := journal.OpenPostgres(ctx, dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if h, err := s.Head(ctx); err != nil || h.Size != 2 {
		t.Error(h.Size, err)
	}
	if _, err := s.Lock(ctx); fault.KindOf(err) != fault.Forbidden {
		t.Error(err)
	}
	if _, err := s.Read().Exec("DELETE FROM entries"); err == nil {
		t.Error("a connection for reading wrote")
	}
}

// A second process knows at once what the first appended, by one query.
func TestPostgresConfirmsTheHead(t *testing.T) {
	ctx, dsn := context.Background(), postgrestest.DSN(t)
	a := begin(t, options(openPostgres(t, dsn)), journal.Wall, 0)
	o, count := postgresOptions().Counted()
	store, err := journal.OpenPostgres(ctx, dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	b, err := journal.Open(ctx, options(store))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for i := int64(1); i <= 5; i++ {
		do(t, a, add(1))
		if v, err := b.Fresh(ctx); err != nil || v.Size != 1+i {
			t.Fatalf("size %d, %v", v.Size, err)
		}
		before := count()
		if _, err := b.Fresh(ctx); err != nil {
			t.Fatal(err)
		}
		if n := count() - before; n != 1 {
			t.Errorf("confirming the head took %d queries", n)
		}
	}
	// By its index, where there is more than one page to look through.
	var plan string
	tx, err := store.Read().Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.Exec("SET LOCAL enable_seqscan = off"); err != nil {
		t.Fatal(err)
	}
	if err := tx.QueryRow("EXPLAIN SELECT size, root, checkpoint, moved FROM head WHERE one = 1").Scan(&plan); err != nil || !strings.Contains(plan, "Index") {
		t.Error(plan, err)
	}
}
