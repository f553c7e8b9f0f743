// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"database/sql"
	"errors"

	"github.com/holdpoint/holdpoint/internal/fault"
)

type sqliteTx struct {
	sqlReader
	s      *SQLite
	tx     *sql.Tx
	erased bool
}

func (t *sqliteTx) FindAct(ctx context.Context, key [32]byte) (Act, bool, error) {
	intent, first, count, found, err := t.s.keys.Find(ctx, t.tx, key)
	return Act{Intent: intent, First: first, Count: count}, found, err
}

func (t *sqliteTx) KeepAct(ctx context.Context, key [32]byte, act Act) error {
	return t.s.keys.Keep(ctx, t.tx, key, act.Intent, act.First, act.Count)
}

func (t *sqliteTx) Insert(ctx context.Context, row Row) error {
	_, err := t.stmt(ctx, t.s.insert).ExecContext(ctx, row.Seq, row.Header, row.Salt, row.Body)
	return err
}

func (t *sqliteTx) Erase(ctx context.Context, seq int64) error {
	t.erased = true
	_, err := t.stmt(ctx, t.s.erase).ExecContext(ctx, seq)
	return err
}

func (t *sqliteTx) SetHead(ctx context.Context, head Head) error {
	result, err := t.stmt(ctx, t.s.set).ExecContext(ctx, head.Size, head.Root.String(), string(head.Checkpoint))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(fault.Corruptf("the head row is missing"), err)
	}
	return nil
}

func (t *sqliteTx) Commit() error {
	if err := t.tx.Commit(); err != nil {
		return err
	}
	if t.erased {
		// Otherwise the bytes stay in the write-ahead log until it is next
		// emptied. A reader in the way leaves that to a later one.
		_, _ = t.s.write.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	}
	return nil
}

func (t *sqliteTx) Rollback() { _ = t.tx.Rollback() }
