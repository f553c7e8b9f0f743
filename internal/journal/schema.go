// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/holdpoint/holdpoint/internal/fault"
)

//go:embed schema/*.sql
var schema embed.FS

// Part is a set of tables in the database with its own version: the journal's,
// or another package's such as the directory's. Steps are its migrations in
// order; they only ever grow. They are written once, for SQLite, with columns of
// the types TEXT, INTEGER, REAL and BLOB; another engine gets its own names of
// these types.
type Part struct {
	Name  string
	Steps []string
}

const versionTable = "CREATE TABLE IF NOT EXISTS schema_version (part TEXT PRIMARY KEY, version INTEGER NOT NULL)"

// dialect says a migration step in the words of an engine.
type dialect func(step string) string

func asWritten(step string) string { return step }

var (
	tableOptions = regexp.MustCompile(`\)\s*(?:STRICT|WITHOUT ROWID)(?:\s*,\s*(?:STRICT|WITHOUT ROWID))*`)
	typeNames    = regexp.MustCompile(`\b(?:INTEGER|BLOB|REAL)\b`)
)

// forPostgres gives a step PostgreSQL's names of types: an integer has 64 bits on
// both. Steps hold no text in quotes that these words could stand in.
func forPostgres(step string) string {
	names := map[string]string{"INTEGER": "BIGINT", "BLOB": "BYTEA", "REAL": "DOUBLE PRECISION"}
	step = tableOptions.ReplaceAllString(step, ")")
	return typeNames.ReplaceAllStringFunc(step, func(name string) string { return names[name] })
}

// parts puts the journal's own tables before those of other packages.
func parts(others []Part) ([]Part, error) {
	own, err := ownSteps()
	return append([]Part{{Name: "journal", Steps: own}}, others...), err
}

// ownSteps reads the journal's migrations in the order of their numbers.
func ownSteps() ([]string, error) {
	names, err := fs.Glob(schema, "schema/*.sql")
	if err != nil {
		return nil, err
	}
	steps := make([]string, len(names))
	for i, name := range names {
		if !strings.HasPrefix(name, fmt.Sprintf("schema/%04d_", i+1)) {
			return nil, fault.New(fault.Internal, "migration %s is out of order", name)
		}
		raw, err := schema.ReadFile(name)
		if err != nil {
			return nil, err
		}
		steps[i] = string(raw)
	}
	return steps, nil
}

type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func versionOf(ctx context.Context, q queryer, p Part) (int, error) {
	var have int
	err := q.QueryRowContext(ctx, "SELECT version FROM schema_version WHERE part = $1", p.Name).Scan(&have)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if have > len(p.Steps) {
		return 0, fault.Unsupportedf("the %s tables have version %d and this release knows %d", p.Name, have, len(p.Steps)).
			Hinted("use the release that wrote them, or a newer one")
	}
	return have, nil
}

// checkParts refuses tables that are not of this release; explain words an error
// of the first look.
func checkParts(ctx context.Context, q queryer, parts []Part, explain func(error) error) error {
	for _, p := range parts {
		have, err := versionOf(ctx, q, p)
		if err != nil && fault.KindOf(err) != fault.Unsupported {
			return explain(err)
		}
		if err == nil && have < len(p.Steps) {
			err = fault.New(fault.Conflict, "the %s tables have version %d and this release needs %d", p.Name, have, len(p.Steps)).
				Hinted("open the journal once for writing; that brings its tables up to date")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func migrateParts(ctx context.Context, tx *sql.Tx, parts []Part, say dialect) error {
	for _, p := range parts {
		if err := migratePart(ctx, tx, p, say); err != nil {
			return err
		}
	}
	return nil
}

func migratePart(ctx context.Context, tx *sql.Tx, p Part, say dialect) error {
	have, err := versionOf(ctx, tx, p)
	if err != nil || have == len(p.Steps) {
		return err
	}
	for i, step := range p.Steps[have:] {
		if _, err := tx.ExecContext(ctx, say(step)); err != nil {
			return fault.New(fault.Internal, "%s tables, step %d: %w", p.Name, have+i+1, err)
		}
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO schema_version (part, version) VALUES ($1, $2) ON CONFLICT (part) DO UPDATE SET version = excluded.version",
		p.Name, len(p.Steps))
	return err
}
