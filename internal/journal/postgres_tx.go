// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"time"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// postgresTx holds the head row. What is to be inserted waits until something is
// read or the head moves, so that a batch costs a handful of statements.
type postgresTx struct {
	reader sqlReader
	s      *Postgres
	tx     *sql.Tx
	stop   context.CancelFunc
	ended  bool
	erased bool

	rows waitingRows
	acts waitingActs
}

type waitingRows struct {
	seqs                   []int64
	headers, salts, bodies [][]byte
}

type waitingActs struct {
	byKey          map[[32]byte]Act
	keys, intents  [][]byte
	firsts, counts []int64
}

// Lock implements [Store] by SELECT ... FOR UPDATE on the head row.
func (s *Postgres) Lock(ctx context.Context) (Tx, error) {
	if s.readOnly {
		return nil, readOnly()
	}
	ctx, stop := context.WithTimeout(ctx, txLimit)
	tx, err := s.write.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		stop()
		return nil, unlocked(err)
	}
	t := &postgresTx{s: s, tx: tx, stop: stop, reader: sqlReader{stmts: s.locked, tx: tx}}
	var moved string
	err = tx.QueryRowContext(ctx, "SELECT moved FROM head WHERE one = 1 FOR UPDATE").Scan(&moved)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = nil // whoever reads the head says it
	case err != nil:
		err = unlocked(err)
	case moved != "":
		err = movedTo(moved)
	}
	if err != nil {
		t.Rollback()
		return nil, err
	}
	return t, nil
}

// unlocked keeps what a connection found out about its server.
func unlocked(err error) error {
	if fault.KindOf(err) == fault.Unsupported {
		return err
	}
	return unavailable(err)
}

func (t *postgresTx) Head(ctx context.Context) (Head, error) { return t.reader.Head(ctx) }

func (t *postgresTx) Row(ctx context.Context, seq int64) (Row, error) {
	if err := t.flush(ctx); err != nil {
		return Row{}, unavailable(err)
	}
	return t.reader.Row(ctx, seq)
}

func (t *postgresTx) Rows(ctx context.Context, from, to int64) iter.Seq2[Row, error] {
	if err := t.flush(ctx); err != nil {
		return func(yield func(Row, error) bool) { yield(Row{}, unavailable(err)) }
	}
	return t.reader.Rows(ctx, from, to)
}

func (t *postgresTx) FindAct(ctx context.Context, key [32]byte) (Act, bool, error) {
	if act, found := t.acts.byKey[key]; found {
		return act, true, nil
	}
	intent, first, count, found, err := t.s.keys.Find(ctx, t.tx, key)
	return Act{Intent: intent, First: first, Count: count}, found, err
}

func (t *postgresTx) KeepAct(_ context.Context, key [32]byte, act Act) error {
	a := &t.acts
	if a.byKey == nil {
		a.byKey = map[[32]byte]Act{}
	}
	a.byKey[key] = act
	a.keys, a.intents = append(a.keys, key[:]), append(a.intents, act.Intent[:])
	a.firsts, a.counts = append(a.firsts, act.First), append(a.counts, act.Count)
	return nil
}

func (t *postgresTx) Insert(_ context.Context, row Row) error {
	r := &t.rows
	r.seqs, r.headers = append(r.seqs, row.Seq), append(r.headers, row.Header)
	r.salts, r.bodies = append(r.salts, row.Salt), append(r.bodies, row.Body)
	if len(r.seqs) > 1 && r.seqs[len(r.seqs)-2] >= row.Seq {
		return fault.New(fault.Internal, "entry %d comes after entry %d", row.Seq, r.seqs[len(r.seqs)-2])
	}
	return nil
}

// flush sends what waits, in one statement for each table.
func (t *postgresTx) flush(ctx context.Context) error {
	if r := t.rows; len(r.seqs) > 0 {
		t.rows = waitingRows{}
		_, err := t.tx.ExecContext(ctx, `INSERT INTO entries (seq, header, salt, body)
			SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bytea[])`, r.seqs, r.headers, r.salts, r.bodies)
		if err != nil {
			return err
		}
	}
	if a := t.acts; len(a.keys) > 0 {
		t.acts = waitingActs{}
		return t.s.keys.KeepAll(ctx, t.tx, a.keys, a.intents, a.firsts, a.counts)
	}
	return nil
}

func (t *postgresTx) Erase(ctx context.Context, seq int64) error {
	t.erased = true
	if err := t.flush(ctx); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, eraseEntry, seq)
	return err
}

func (t *postgresTx) SetHead(ctx context.Context, head Head) error {
	if err := t.flush(ctx); err != nil {
		return err
	}
	result, err := t.tx.ExecContext(ctx, setHead, head.Size, head.Root.String(), string(head.Checkpoint))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n != 1 {
		return errors.Join(fault.Corruptf("the head row is missing"), err)
	}
	return nil
}

func (t *postgresTx) Commit() error {
	defer t.end()
	if err := t.flush(context.Background()); err != nil {
		t.tx.Rollback()
		return err
	}
	if err := t.tx.Commit(); err != nil {
		return err
	}
	if t.erased {
		t.s.vacuum()
	}
	return nil
}

// vacuum takes erased bytes out of the table's rows at once instead of some day.
// Old snapshots in the way leave that to the server's own vacuum. The server
// may still have the bytes in free space of its files, in its log and in
// backups; only it can say for how long.
func (s *Postgres) vacuum() {
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	_, _ = s.write.ExecContext(ctx, "VACUUM (SKIP_LOCKED) entries")
}

func (t *postgresTx) Rollback() {
	if !t.ended {
		_ = t.tx.Rollback()
		t.end()
	}
}

func (t *postgresTx) end() {
	t.ended = true
	t.stop()
}
