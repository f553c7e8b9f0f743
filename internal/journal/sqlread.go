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

// What both engines are asked, in one text.
const (
	selectHead = "SELECT size, root, checkpoint, moved FROM head WHERE one = 1"
	selectRow  = "SELECT seq, header, salt, body FROM entries WHERE seq = $1"
	selectRows = "SELECT seq, header, salt, body FROM entries WHERE seq >= $1 AND seq < $2 ORDER BY seq"
	eraseEntry = "UPDATE entries SET salt = NULL, body = NULL WHERE seq = $1"
	setHead    = "UPDATE head SET size = $1, root = $2, checkpoint = $3 WHERE one = 1"
)

// reading is what a Reader asks, prepared on one pool.
type reading struct{ head, row, rows *sql.Stmt }

func prepareReading(ctx context.Context, db *sql.DB) (r reading, err error) {
	if r.head, err = db.PrepareContext(ctx, selectHead); err != nil {
		return r, err
	}
	if r.row, err = db.PrepareContext(ctx, selectRow); err != nil {
		return r, err
	}
	r.rows, err = db.PrepareContext(ctx, selectRows)
	return r, err
}

// sqlReader reads on the pool, or within a transaction.
type sqlReader struct {
	stmts reading
	tx    *sql.Tx
}

func (r sqlReader) stmt(ctx context.Context, stmt *sql.Stmt) *sql.Stmt {
	if r.tx == nil {
		return stmt
	}
	return r.tx.StmtContext(ctx, stmt)
}

func (r sqlReader) Head(ctx context.Context) (Head, error) {
	var h Head
	var root, checkpoint, moved string
	err := r.stmt(ctx, r.stmts.head).QueryRowContext(ctx).Scan(&h.Size, &root, &checkpoint, &moved)
	if errors.Is(err, sql.ErrNoRows) {
		return Head{}, fault.Corruptf("the head row is missing").Hinted("put a backup of the database back")
	}
	if err != nil {
		return Head{}, unavailable(err)
	}
	if moved != "" {
		return Head{}, movedTo(moved)
	}
	return headOf(h.Size, root, checkpoint)
}

func headOf(size int64, root, checkpoint string) (h Head, err error) {
	h.Size = size
	if h.Size == 0 && root == "" {
		return h, nil
	}
	h.Checkpoint = []byte(checkpoint)
	if h.Root, err = proof.ParseHash(root); err != nil {
		return Head{}, fault.Corruptf("the head row's root: %w", err)
	}
	return h, nil
}

func (r sqlReader) Row(ctx context.Context, seq int64) (Row, error) {
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

func (r sqlReader) Rows(ctx context.Context, from, to int64) iter.Seq2[Row, error] {
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

func readOnly() error { return fault.Forbiddenf("the database is opened for reading only") }

func unavailable(err error) error {
	return fault.New(fault.Unavailable, "the database did not answer: %w", err).
		Hinted("another process may be holding it; try again")
}

func movedTo(where string) error {
	return fault.Conflictf("this database was moved away: %s", where).
		Hinted("open the workspace where its journal is now; if moving was interrupted, give the same command again")
}
