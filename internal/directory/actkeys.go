// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"database/sql"
	"errors"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// ActKeys is the table of act keys: a hash of (actor, client's key) leads to a
// hash of what was wanted and to where the answer is in the journal. It holds
// no text of anyone. The journal writes it in its own transaction.
type ActKeys struct{}

// Find gives what was kept under key.
func (ActKeys) Find(ctx context.Context, tx *sql.Tx, key [32]byte) (intent [32]byte, first, count int64, found bool, err error) {
	var raw []byte
	err = tx.QueryRowContext(ctx, `SELECT intent, first, count FROM act_keys WHERE key = $1`, key[:]).Scan(&raw, &first, &count)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return intent, 0, 0, false, nil
	case err != nil:
		return intent, 0, 0, false, err
	case len(raw) != len(intent):
		return intent, 0, 0, false, fault.Corruptf("an act key has an intent digest of %d bytes", len(raw))
	}
	return [32]byte(raw), first, count, true, nil
}

// Keep stores under a key that is not there yet.
func (ActKeys) Keep(ctx context.Context, tx *sql.Tx, key, intent [32]byte, first, count int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO act_keys (key, intent, first, count) VALUES ($1, $2, $3, $4)`,
		key[:], intent[:], first, count)
	return err
}

// KeepAll stores many in one statement. It is for PostgreSQL, where each
// statement is a round trip; SQLite has no arrays.
func (ActKeys) KeepAll(ctx context.Context, tx *sql.Tx, keys, intents [][]byte, firsts, counts []int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO act_keys (key, intent, first, count)
		SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bigint[])`, keys, intents, firsts, counts)
	return err
}
