// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"database/sql"
	"errors"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Session is a login session. Hash is SHA-256 of the secret in the cookie; the
// secret is stored nowhere. Times are milliseconds since 1970.
type Session struct {
	ID    string
	Hash  []byte
	Actor string
	// Means and Label say how the person came in, coarsely.
	Means, Label string
	// Roles are those that the person held when the session was made.
	Roles                  string
	Created, Seen, Expires int64
}

const sessionColumns = `id, hash, actor, means, label, roles, created, seen, expires`

func scanSession(row interface{ Scan(...any) error }) (s Session, err error) {
	err = row.Scan(&s.ID, &s.Hash, &s.Actor, &s.Means, &s.Label, &s.Roles, &s.Created, &s.Seen, &s.Expires)
	return s, err
}

// AddSession keeps a new login session.
func AddSession(ctx context.Context, db DB, s Session) error {
	_, err := db.ExecContext(ctx, `INSERT INTO sessions (`+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.ID, s.Hash, s.Actor, s.Means, s.Label, s.Roles, s.Created, s.Seen, s.Expires)
	return err
}

// SessionOf gives the session of a secret's hash; a fault of kind NotFound where
// there is none.
func SessionOf(ctx context.Context, db DB, hash []byte) (Session, error) {
	s, err := scanSession(db.QueryRowContext(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE hash = $1`, hash))
	if errors.Is(err, sql.ErrNoRows) {
		return s, fault.NotFoundf("there is no such login session")
	}
	return s, err
}

// Sessions lists the login sessions of an actor, or of everybody for "", by
// actor and then by when they began.
func Sessions(ctx context.Context, db DB, actor string) ([]Session, error) {
	rows, err := db.QueryContext(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE actor = $1 OR $1 = '' ORDER BY actor, created, id`, actor)
	if err != nil {
		return nil, err
	}
	return all(rows, scanSession)
}

// all reads rows to their end.
func all[T any](rows *sql.Rows, scan func(interface{ Scan(...any) error }) (T, error)) (list []T, err error) {
	defer rows.Close()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, rows.Err()
}

// SeeSession records when a session was last used.
func SeeSession(ctx context.Context, db DB, id string, now int64) error {
	_, err := db.ExecContext(ctx, `UPDATE sessions SET seen = $1 WHERE id = $2`, now, id)
	return err
}

// EndSession ends one session; false where there is none of this id.
func EndSession(ctx context.Context, db DB, id string) (bool, error) {
	return removed(db.ExecContext(ctx, `DELETE FROM sessions WHERE id = $1`, id))
}

// removed tells whether a statement removed a row.
func removed(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// EndSessions ends all sessions of an actor but the one of the id keep, which
// may be "", and says how many.
func EndSessions(ctx context.Context, db DB, actor, keep string) (int64, error) {
	res, err := db.ExecContext(ctx, `DELETE FROM sessions WHERE actor = $1 AND id <> $2`, actor, keep)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Tidy removes login sessions, challenges and tokens that nobody can use any
// more: sessions not seen since idle or over, challenges over, and tokens over
// for as long as forget says.
func Tidy(ctx context.Context, db DB, now, idle, forget int64) error {
	_, err := db.ExecContext(ctx, `DELETE FROM sessions WHERE expires <= $1 OR seen <= $2`, now, idle)
	if err != nil {
		return err
	}
	if _, err = db.ExecContext(ctx, `DELETE FROM challenges WHERE expires <= $1`, now); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `DELETE FROM tokens WHERE expires <= $1`, forget)
	return err
}
