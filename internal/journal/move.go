// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// movable is a database of this package: its tables can be copied and its head
// row sealed.
type movable interface {
	Database
	// lockAll begins a transaction that holds the head row, of a sealed database
	// too, for as long as copying takes.
	lockAll(ctx context.Context) (*sql.Tx, error)
	tables() []string
}

// arriving is what the head row of a database says that a journal is being moved
// to: nobody opens it before its source is sealed.
const arriving = "no, to here, and its move was not finished"

// Move copies a journal and the tables beside it to another database and seals
// the source, which from then on is neither read nor appended to, by processes
// that have it open neither: the journal goes on in one place. to is what the
// sealed source says of where it is now; it names the target in the same words
// each time.
//
// The steps are three commits: the whole copy, which cannot be opened yet; the
// seal; the opening of the copy. Whatever was interrupted between two of them is
// completed by calling Move again. A target that holds a journal already is
// refused, unless it is an earlier part of this one that was sealed or never
// opened.
func Move(ctx context.Context, source, target Database, to string) (Head, error) {
	from, ok := source.(movable)
	into, also := target.(movable)
	if !ok || !also {
		return Head{}, fault.New(fault.Internal, "these databases cannot be moved")
	}
	m := move{from: from, into: into, to: to}
	var err error
	if m.old, err = from.lockAll(ctx); err != nil {
		return Head{}, err
	}
	defer m.old.Rollback()
	if m.new, err = into.lockAll(ctx); err != nil {
		return Head{}, err
	}
	defer func() { m.new.Rollback() }()
	return m.run(ctx)
}

type move struct {
	from, into movable
	to         string
	old, new   *sql.Tx
}

// sealed is a head row as it stands.
type sealed struct {
	Head
	moved string
}

func headRow(ctx context.Context, tx *sql.Tx) (s sealed, err error) {
	var size int64
	var root, checkpoint string
	if err := tx.QueryRowContext(ctx, selectHead).Scan(&size, &root, &checkpoint, &s.moved); err != nil {
		return s, unavailable(err)
	}
	s.Head, err = headOf(size, root, checkpoint)
	return s, err
}

func (m *move) run(ctx context.Context) (Head, error) {
	was, err := headRow(ctx, m.old)
	if err != nil {
		return Head{}, err
	}
	there, err := headRow(ctx, m.new)
	if err != nil {
		return Head{}, err
	}
	switch {
	case was.moved == m.to && there.moved == "":
		return there.Head, m.continues(ctx, m.new, there.Head, was.Head) // all done before
	case was.moved == m.to && there.moved == arriving && there.Root == was.Root:
		return was.Head, m.open(ctx)
	case was.moved != "":
		return Head{}, movedTo(was.moved)
	case was.Size == 0:
		return Head{}, fault.NotFoundf("no journal has begun in the database that is to be moved")
	}
	if err := m.free(ctx, was, there); err != nil {
		return Head{}, err
	}
	if err := m.copy(ctx, was.Head); err != nil {
		return Head{}, err
	}
	if err := mark(ctx, m.old, m.to); err != nil {
		return Head{}, err
	}
	if err := m.old.Commit(); err != nil {
		return Head{}, fault.New(fault.Unavailable, "it is not known whether the old database was sealed: %w", err).Hinted("give the same command again")
	}
	if m.new, err = m.into.lockAll(ctx); err != nil {
		return Head{}, err
	}
	return was.Head, m.open(ctx)
}

func mark(ctx context.Context, tx *sql.Tx, moved string) error {
	_, err := tx.ExecContext(ctx, "UPDATE head SET moved = $1 WHERE one = 1", moved)
	return err
}

// open lets the copy be opened: its source is sealed.
func (m *move) open(ctx context.Context) error {
	if err := mark(ctx, m.new, ""); err != nil {
		return err
	}
	return m.new.Commit()
}

// free tells whether the target may be written over: it is empty, or holds an
// earlier part of this journal that nobody can have gone on with.
func (m *move) free(ctx context.Context, was, there sealed) error {
	if there.moved != "" && there.Size <= was.Size {
		return m.continues(ctx, m.old, was.Head, there.Head)
	}
	taken := fault.Conflictf("there is something in the target database already, and nothing was changed").
		Hinted("name an empty database")
	if there.Size != 0 || there.moved != "" {
		return taken
	}
	for _, table := range m.into.tables() {
		var n int64
		if err := m.new.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return taken
		}
	}
	return nil
}

// continues tells whether the journal of tx, with the head longer, begins with
// the one whose head is shorter.
func (m *move) continues(ctx context.Context, tx *sql.Tx, longer, shorter Head) error {
	if shorter.Size > longer.Size {
		return fault.Conflictf("the target database has %d entries and the sealed one %d: it is not where this journal went", longer.Size, shorter.Size)
	}
	root, err := rootOf(ctx, tx, shorter.Size)
	if err == nil && shorter.Size > 0 && root != shorter.Root {
		err = fault.Conflictf("the target database holds another journal, and nothing was changed").Hinted("name an empty database")
	}
	return err
}

// rootOf rebuilds the root over the first size entries from their bytes.
func rootOf(ctx context.Context, tx *sql.Tx, size int64) (proof.Hash, error) {
	rows, err := tx.QueryContext(ctx, "SELECT seq, header FROM entries WHERE seq < $1 ORDER BY seq", size)
	if err != nil {
		return proof.Hash{}, err
	}
	defer rows.Close()
	var tree Tree
	for rows.Next() {
		var seq int64
		var header []byte
		if err := rows.Scan(&seq, &header); err != nil {
			return proof.Hash{}, err
		}
		if seq != tree.Size() {
			break
		}
		tree = tree.Append(proof.Leaf(header))
	}
	if err := rows.Err(); err != nil {
		return proof.Hash{}, err
	}
	if tree.Size() != size {
		return proof.Hash{}, fault.Corruptf("entry %d is missing", tree.Size()).Hinted(backupHint)
	}
	return tree.Root(size)
}

// copy fills the target, reads it again, and commits it as one that cannot be
// opened yet.
func (m *move) copy(ctx context.Context, head Head) error {
	tables := m.from.tables()
	if !slices.Equal(tables, m.into.tables()) {
		return fault.New(fault.Internal, "the two databases do not have the same tables")
	}
	for _, table := range tables {
		if _, err := m.new.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
		put, err := copyTable(ctx, m.old, m.new, table)
		if err != nil {
			return fault.New(fault.Unavailable, "table %s was not copied, and nothing was changed: %w", table, err)
		}
		got, err := readTable(ctx, m.new, table)
		if err != nil {
			return err
		}
		if put != got {
			return fault.Corruptf("table %s is not the same in the target, and nothing was changed", table)
		}
	}
	root, err := rootOf(ctx, m.new, head.Size)
	if err != nil {
		return err
	}
	if root != head.Root {
		return fault.Corruptf("the root rebuilt from the copy is not the one of the head, and nothing was changed").Hinted(backupHint)
	}
	if _, err := m.new.ExecContext(ctx, setHead, head.Size, head.Root.String(), string(head.Checkpoint)); err != nil {
		return err
	}
	if err := mark(ctx, m.new, arriving); err != nil {
		return err
	}
	return m.new.Commit()
}

// content sums up a table, whatever the order of its rows.
type content struct {
	rows int64
	sum  [sha256.Size]byte
}

func (c *content) add(values []any) {
	h := sha256.New()
	for _, v := range values {
		text := fmt.Sprintf("%T", v)
		if raw, ok := v.([]byte); ok {
			text += string(raw)
		} else {
			text += fmt.Sprint(v)
		}
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(text))))
		h.Write([]byte(text))
	}
	c.rows++
	for i, b := range h.Sum(nil) {
		c.sum[i] ^= b
	}
}

// eachRow goes through the rows of a table and gives their columns' names first.
func eachRow(ctx context.Context, tx *sql.Tx, table string, columns func([]string), row func([]any) error) error {
	rows, err := tx.QueryContext(ctx, "SELECT * FROM "+table)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	columns(names)
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := row(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

func readTable(ctx context.Context, tx *sql.Tx, table string) (c content, err error) {
	err = eachRow(ctx, tx, table, func([]string) {}, func(values []any) error { c.add(values); return nil })
	return c, err
}

// rowsAtOnce is how many rows are copied in one statement.
const rowsAtOnce = 200

func copyTable(ctx context.Context, from, to *sql.Tx, table string) (c content, err error) {
	var columns []string
	var waiting []any
	send := func() error {
		if len(waiting) == 0 {
			return nil
		}
		_, err := to.ExecContext(ctx, insertMany(table, columns, len(waiting)/len(columns)), waiting...)
		waiting = waiting[:0]
		return err
	}
	err = eachRow(ctx, from, table, func(names []string) { columns = names }, func(values []any) error {
		c.add(values)
		waiting = append(waiting, values...)
		if len(waiting) < rowsAtOnce*len(columns) {
			return nil
		}
		return send()
	})
	return c, errors.Join(err, send())
}

func insertMany(table string, columns []string, rows int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `INSERT INTO %s ("%s") VALUES `, table, strings.Join(columns, `", "`))
	for i := range rows * len(columns) {
		switch {
		case i%len(columns) != 0:
			b.WriteString(", ")
		case i > 0:
			b.WriteString("), (")
		default:
			b.WriteString("(")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return b.String() + ")"
}

var madeTables = regexp.MustCompile(`CREATE TABLE (\w+)`)

// tablesOf lists the tables that parts make, the head row's left out.
func tablesOf(parts []Part) (tables []string) {
	for _, p := range parts {
		for _, step := range p.Steps {
			for _, made := range madeTables.FindAllStringSubmatch(step, -1) {
				if made[1] != "head" {
					tables = append(tables, made[1])
				}
			}
		}
	}
	return tables
}

func (s *SQLite) tables() []string { return s.copied }

func (s *SQLite) lockAll(ctx context.Context) (*sql.Tx, error) {
	if s.insert == nil {
		return nil, readOnly()
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, unavailable(err)
	}
	return tx, nil
}

func (s *Postgres) tables() []string { return s.copied }

func (s *Postgres) lockAll(ctx context.Context) (*sql.Tx, error) {
	if s.readOnly {
		return nil, readOnly()
	}
	tx, err := s.write.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return nil, unlocked(err)
	}
	var moved string
	_, err = tx.ExecContext(ctx, "SET LOCAL idle_in_transaction_session_timeout = 0")
	if err == nil {
		err = tx.QueryRowContext(ctx, "SELECT moved FROM head WHERE one = 1 FOR UPDATE").Scan(&moved)
	}
	if err != nil {
		tx.Rollback()
		return nil, unavailable(err)
	}
	return tx, nil
}
