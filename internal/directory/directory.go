// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package directory keeps what must be erasable: the names of people, the keys
// of acts, and who may come in, in tables beside the journal.
//
// The journal knows people by opaque ids and never forgets; names live here and
// can be forgotten. No fold reads these tables, so losing all of them changes no
// verdict. So do the tables of who may come in: login sessions, service tokens,
// identities at a sign-in provider, passwords and challenges. They hold hashes of
// secrets and never a secret, and neither an address nor a browser's name.
//
// Functions work on any [DB]: a pool, a connection or a transaction. Writers
// pass a transaction of the store's writer connection. The package opens no
// database and applies no migration itself: [Steps] are run by whoever opens the
// database, under the part name [Part].
package directory

import (
	"context"
	"database/sql"
	"errors"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Part is the name under which the version of these tables is recorded.
const Part = "directory"

// Steps gives the migrations in order. A step never changes once released.
func Steps() []string {
	return []string{`
CREATE TABLE names (
	actor TEXT PRIMARY KEY,
	name  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE act_keys (
	key    BLOB PRIMARY KEY,
	intent BLOB NOT NULL,
	first  INTEGER NOT NULL,
	count  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;`, `
CREATE TABLE sessions (
	id      TEXT PRIMARY KEY,
	hash    BLOB NOT NULL UNIQUE,
	actor   TEXT NOT NULL,
	means   TEXT NOT NULL,
	label   TEXT NOT NULL,
	roles   TEXT NOT NULL,
	created INTEGER NOT NULL,
	seen    INTEGER NOT NULL,
	expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_actor ON sessions (actor);
CREATE TABLE tokens (
	id      TEXT PRIMARY KEY,
	hash    BLOB NOT NULL UNIQUE,
	actor   TEXT NOT NULL,
	label   TEXT NOT NULL,
	scopes  TEXT NOT NULL,
	roles   TEXT NOT NULL,
	created INTEGER NOT NULL,
	used    INTEGER NOT NULL,
	expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE identities (
	issuer  TEXT NOT NULL,
	subject TEXT NOT NULL,
	actor   TEXT NOT NULL,
	linked  INTEGER NOT NULL,
	PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE TABLE passwords (
	actor TEXT PRIMARY KEY,
	hash  TEXT NOT NULL,
	made  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE challenges (
	hash    BLOB PRIMARY KEY,
	purpose TEXT NOT NULL,
	data    BLOB NOT NULL,
	expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;`}
}

// DB is what the functions of this package need of a database handle; *sql.DB,
// *sql.Conn and *sql.Tx are such.
type DB interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// MaxName is the longest name in bytes.
const MaxName = 1000

// Set gives an actor the name to show, replacing an earlier one.
func Set(ctx context.Context, db DB, actor, name string) (err error) {
	defer fault.Wrap(&err, "name of %q", actor)
	if actor == "" || name == "" || len(name) > MaxName {
		return fault.Invalidf("an actor and a name of 1 to %d bytes are needed", MaxName)
	}
	_, err = db.ExecContext(ctx, `INSERT INTO names (actor, name) VALUES ($1, $2)
		ON CONFLICT (actor) DO UPDATE SET name = excluded.name`, actor, name)
	return err
}

// Get gives the name of an actor; a fault of kind NotFound when it was never
// set or is erased. A face then shows the actor's id.
func Get(ctx context.Context, db DB, actor string) (name string, err error) {
	err = db.QueryRowContext(ctx, `SELECT name FROM names WHERE actor = $1`, actor).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.NotFoundf("no name is known for %q", actor)
	}
	return name, err
}

// Erase forgets the name of an actor. Forgetting what is not known is no error.
func Erase(ctx context.Context, db DB, actor string) error {
	_, err := db.ExecContext(ctx, `DELETE FROM names WHERE actor = $1`, actor)
	return err
}
