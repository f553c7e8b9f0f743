// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"database/sql"
	"iter"

	"github.com/holdpoint/holdpoint/proof"
)

// Row is an entry as it is stored: header bytes, salt and body were made once
// and nobody makes them again. Salt and Body are nil once erased.
type Row struct {
	Seq    int64
	Header []byte
	Salt   []byte
	Body   []byte
}

// Head is the one row that moves: how many entries there are, the root over
// them, and the signed checkpoint that says so. A store in which no journal has
// begun has Size 0 and an empty Checkpoint.
type Head struct {
	Size       int64
	Root       proof.Hash
	Checkpoint []byte
}

// Act is what a store remembers about an accepted act, to give the same answer
// when it is asked for again.
type Act struct {
	// Intent is SHA-256 of what was wanted.
	Intent [32]byte
	// First is the seq of the act's first entry and Count their number.
	First int64
	Count int64
}

// Reader reads what has been committed. A row or head that does not exist is a
// fault of kind NotFound; bytes that cannot be read are a fault too, never a
// shorter answer.
type Reader interface {
	// Head reads the head by one indexed query.
	Head(ctx context.Context) (Head, error)
	// Row reads one entry.
	Row(ctx context.Context, seq int64) (Row, error)
	// Rows goes through the entries from <= seq < to in order, as of one
	// moment. A gap ends it early; the caller counts. The yielded slices belong
	// to the caller.
	Rows(ctx context.Context, from, to int64) iter.Seq2[Row, error]
}

// Store keeps a journal's rows, its head and its act keys. [SQLite] and
// [Postgres] are such; the suite in journaltest says what each must do. A Store may
// be used by many goroutines, and several processes may open the same one.
type Store interface {
	Reader
	// Snapshot runs read on one unchanging moment of the store.
	Snapshot(ctx context.Context, read func(Reader) error) error
	// Lock begins a transaction that holds the head row: until it ends, nobody
	// else in any process holds it, and what Tx reads is the newest state. A
	// lock that cannot be had in bounded time is a fault of kind Unavailable.
	Lock(ctx context.Context) (Tx, error)
	// Close lets go of the store. Nothing is lost by leaving it out.
	Close() error
}

// Database is a [Store] in which the erasable tables of other packages lie too.
// [SQLite] and [Postgres] are such.
type Database interface {
	Store
	// Read gives the pool of read connections.
	Read() *sql.DB
	// Write runs change in one transaction, which is durable when Write returns
	// nil.
	Write(ctx context.Context, change func(*sql.Tx) error) error
}

// Tx is one locked transaction. Everything in it happens together, durably, at
// Commit, or not at all. It is used by one goroutine.
type Tx interface {
	Reader
	// FindAct looks an act key up.
	FindAct(ctx context.Context, key [32]byte) (act Act, found bool, err error)
	// KeepAct remembers an act key that FindAct did not find.
	KeepAct(ctx context.Context, key [32]byte, act Act) error
	// Insert adds an entry; its seq must be free. KeepAct and Insert may be put
	// off until the transaction reads, moves its head or commits, which then
	// tells of their errors.
	Insert(ctx context.Context, row Row) error
	// Erase deletes the body and salt of an entry so that they cannot be read
	// from the store's files again, as far as the engine can promise that.
	Erase(ctx context.Context, seq int64) error
	// SetHead moves the head row.
	SetHead(ctx context.Context, head Head) error
	// Commit makes the transaction durable before it returns nil. After an
	// error the outcome is unknown: it may have been committed or not.
	Commit() error
	// Rollback gives the transaction up. After Commit it does nothing.
	Rollback()
}

// ActKeys is the erasable table of act keys. It is another package's, and its
// rows are written in the journal's transaction.
type ActKeys interface {
	// Find gives what was kept under key.
	Find(ctx context.Context, tx *sql.Tx, key [32]byte) (intent [32]byte, first, count int64, found bool, err error)
	// Keep stores under a key that was not found.
	Keep(ctx context.Context, tx *sql.Tx, key, intent [32]byte, first, count int64) error
	// KeepAll stores many in one statement, on PostgreSQL; the slices are equally
	// long.
	KeepAll(ctx context.Context, tx *sql.Tx, keys, intents [][]byte, firsts, counts []int64) error
}
