// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"database/sql"
	"errors"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Challenge is what a sign-in that has begun must answer. Hash is SHA-256 of the
// secret in the browser's cookie; Expires is in milliseconds since 1970.
type Challenge struct {
	Hash    []byte
	Purpose string
	Data    []byte
	Expires int64
}

// AddChallenge keeps a new challenge.
func AddChallenge(ctx context.Context, db DB, c Challenge) error {
	_, err := db.ExecContext(ctx, `INSERT INTO challenges (hash, purpose, data, expires) VALUES ($1, $2, $3, $4)`, c.Hash, c.Purpose, c.Data, c.Expires)
	return err
}

// TakeChallenge gives a challenge and removes it, so that it is answered once; a
// fault of kind NotFound where there is none of this purpose.
func TakeChallenge(ctx context.Context, db DB, hash []byte, purpose string) (Challenge, error) {
	c := Challenge{Hash: hash, Purpose: purpose}
	err := db.QueryRowContext(ctx, `DELETE FROM challenges WHERE hash = $1 AND purpose = $2 RETURNING data, expires`, hash, purpose).Scan(&c.Data, &c.Expires)
	if errors.Is(err, sql.ErrNoRows) {
		return c, fault.NotFoundf("there is no such challenge, or it was answered")
	}
	return c, err
}
