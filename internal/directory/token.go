// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"database/sql"
	"errors"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Token is a service token. Hash is SHA-256 of the secret, which is stored
// nowhere. Times are milliseconds since 1970; Used is the day of the last use,
// 0 for never.
type Token struct {
	ID    string
	Hash  []byte
	Actor string
	Label string
	// Scopes are separated by commas; Roles are those of the person when the
	// token was made.
	Scopes, Roles          string
	Created, Used, Expires int64
}

const tokenColumns = `id, hash, actor, label, scopes, roles, created, used, expires`

func scanToken(row interface{ Scan(...any) error }) (t Token, err error) {
	err = row.Scan(&t.ID, &t.Hash, &t.Actor, &t.Label, &t.Scopes, &t.Roles, &t.Created, &t.Used, &t.Expires)
	return t, err
}

// AddToken keeps a new token.
func AddToken(ctx context.Context, db DB, t Token) error {
	_, err := db.ExecContext(ctx, `INSERT INTO tokens (`+tokenColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		t.ID, t.Hash, t.Actor, t.Label, t.Scopes, t.Roles, t.Created, t.Used, t.Expires)
	return err
}

// TokenOf gives the token of a secret's hash; a fault of kind NotFound where
// there is none.
func TokenOf(ctx context.Context, db DB, hash []byte) (Token, error) {
	t, err := scanToken(db.QueryRowContext(ctx, `SELECT `+tokenColumns+` FROM tokens WHERE hash = $1`, hash))
	if errors.Is(err, sql.ErrNoRows) {
		return t, fault.NotFoundf("there is no such token")
	}
	return t, err
}

// Tokens lists the tokens of an actor, or of everybody for "".
func Tokens(ctx context.Context, db DB, actor string) ([]Token, error) {
	rows, err := db.QueryContext(ctx, `SELECT `+tokenColumns+` FROM tokens WHERE actor = $1 OR $1 = '' ORDER BY actor, created, id`, actor)
	if err != nil {
		return nil, err
	}
	return all(rows, scanToken)
}

// UseToken records the day on which a token was used.
func UseToken(ctx context.Context, db DB, id string, day int64) error {
	_, err := db.ExecContext(ctx, `UPDATE tokens SET used = $1 WHERE id = $2`, day, id)
	return err
}

// EndToken ends one token; false where there is none of this id.
func EndToken(ctx context.Context, db DB, id string) (bool, error) {
	return removed(db.ExecContext(ctx, `DELETE FROM tokens WHERE id = $1`, id))
}
