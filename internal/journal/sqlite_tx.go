// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"database/sql"
	"errors"
	"iter"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// sqliteReader reads on the pool, or within a transaction.
type sqliteReader struct {
	stmts reading
	tx    *sql.Tx
}

func (s *SQLite) pool() sqliteReader { return sqliteReader{stmts: s.reads} }

func (r sqliteReader) stmt(ctx context.Context, stmt *sql.Stmt) *sql.Stmt {
	if r.tx == nil {
		return stmt
	}
	return r.tx.StmtContext(ctx, stmt)
}

func (r sqliteReader) Head(ctx context.Context) (Head, error) {
	var h Head
	var root, checkpoint string
	err := r.stmt(ctx, r.stmts.head).QueryRowContext(ctx).Scan(&h.Size, &root, &checkpoint)
	if errors.Is(err, sql.ErrNoRows) {
		return Head{}, fault.Corruptf("the head row is missing").Hinted("put a backup of the database back")
	}
	if err != nil {
		return Head{}, unavailable(err)
	}
	if h.Size == 0 && root == "" {
		return h, nil
	}
	h.Checkpoint = []byte(checkpoint)
	if h.Root, err = proof.ParseHash(root); err != nil {
		return Head{}, fault.Corruptf("the head row's root: %w", err)
	}
	return h, nil
}

func (r sqliteReader) Row(ctx context.Context, seq int64) (Row, error) {
	var row Row
	err := r.stmt(ctx, r.stmts.row).QueryRowContext(ctx, seq).Scan(&row.Seq, &row.Header, &row.Salt, &row.Body)
	if errors.Is(err, sql.ErrNoRows) {
		return Row{}, fault.NotFoundf("there is no entry %d", seq)
	}
	if err != nil {
		return Row{}, unavailable(err)
	}
	return row, nil
}

func (r sqliteReader) Rows(ctx context.Context, from, to int64) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		rows, err := r.stmt(ctx, r.stmts.rows).QueryContext(ctx, from, to)
		if err != nil {
			yield(Row{}, unavailable(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			row, err := scanRow(rows)
			if !yield(row, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Row{}, unavailable(err))
		}
	}
}

// scanRow copies the three blobs into one block: a start reads a million rows.
func scanRow(rows *sql.Rows) (Row, error) {
	var row Row
	var header, salt, body sql.RawBytes
	if err := rows.Scan(&row.Seq, &header, &salt, &body); err != nil {
		return Row{}, unavailable(err)
	}
	block := make([]byte, 0, len(header)+len(salt)+len(body))
	cut := func(raw sql.RawBytes) []byte {
		if raw == nil {
			return nil
		}
		from := len(block)
		block = append(block, raw...)
		return block[from:len(block):len(block)]
	}
	row.Header, row.Salt, row.Body = cut(header), cut(salt), cut(body)
	return row, nil
}

type sqliteTx struct {
	sqliteReader
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
