// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"database/sql"
	"errors"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// SetPassword keeps the slow hash of an actor's password, replacing an earlier
// one.
func SetPassword(ctx context.Context, db DB, actor, hash string, now int64) error {
	_, err := db.ExecContext(ctx, `INSERT INTO passwords (actor, hash, made) VALUES ($1, $2, $3)
		ON CONFLICT (actor) DO UPDATE SET hash = excluded.hash, made = excluded.made`, actor, hash, now)
	return err
}

// Password gives the slow hash of an actor's password; a fault of kind NotFound
// where there is none.
func Password(ctx context.Context, db DB, actor string) (hash string, err error) {
	err = db.QueryRowContext(ctx, `SELECT hash FROM passwords WHERE actor = $1`, actor).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.NotFoundf("%q has no password", actor)
	}
	return hash, err
}

// RemovePassword takes an actor's password away; false where there was none.
func RemovePassword(ctx context.Context, db DB, actor string) (bool, error) {
	return removed(db.ExecContext(ctx, `DELETE FROM passwords WHERE actor = $1`, actor))
}
