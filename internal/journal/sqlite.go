// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	// The driver registers itself under "sqlite".
	_ "modernc.org/sqlite"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Up to 3.51.2, two connections that write and checkpoint at the same instant
// could lose a part of the write-ahead log.
const minSQLite = "3.51.3"

// readers bounds the read connections of one process.
const readers = 8

// SQLiteOptions says how to open a database file.
type SQLiteOptions struct {
	// Keys is the table of act keys.
	Keys ActKeys
	// Parts are further tables that live in the same file.
	Parts []Part
	// ReadOnly opens an existing file and changes nothing in it. Where nothing
	// may be written beside the file either, it is read as it lies there; that
	// is refused while its write-ahead log holds something.
	ReadOnly bool

	version func(*sql.DB) (string, error)
}

// SQLite is the [Store] in one file. Several processes may open the same file
// on one machine; a network file system is not supported.
type SQLite struct {
	write *sql.DB
	read  *sql.DB
	keys  ActKeys

	// Statements belong to the pool they were prepared on.
	reads, locked      reading
	insert, erase, set *sql.Stmt
	// copied are the tables that a move copies.
	copied []string
}

// OpenSQLite opens the database file at path, makes it (mode 0600) when it is
// not there, and brings its tables up to date. It refuses an SQLite older than
// 3.51.3 and tables that a newer release has changed.
func OpenSQLite(ctx context.Context, path string, o SQLiteOptions) (_ *SQLite, err error) {
	defer fault.Wrap(&err, "database %s", path)
	if err := makeFile(path, o.ReadOnly); err != nil {
		return nil, err
	}
	s := &SQLite{keys: o.Keys}
	if err := s.open(ctx, path, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *SQLite) open(ctx context.Context, path string, o SQLiteOptions) (err error) {
	source := dsn(path, true)
	if o.ReadOnly && lies(path) {
		source += "&immutable=1"
	}
	if s.read, err = sql.Open("sqlite", source); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	if !o.ReadOnly {
		source = dsn(path, false)
	}
	if s.write, err = sql.Open("sqlite", source); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := checkVersion(s.write, o.version); err != nil {
		return err
	}
	if err := s.migrate(ctx, o); err != nil {
		return err
	}
	return s.prepare(ctx, o.ReadOnly)
}

func makeFile(path string, readOnly bool) error {
	if readOnly {
		_, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return fault.NotFoundf("there is no such file").Hinted("begin a journal there first, or name another folder")
		}
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fault.New(fault.Unavailable, "the file cannot be opened: %w", err)
	}
	// SQLite gives its companion files the mode of this one.
	return errors.Join(f.Chmod(0o600), f.Close())
}

// lies tells whether nobody can write beside the file here and all of it is in
// the file: SQLite then needs no companion files, which it could not make.
func lies(path string) bool {
	f, err := os.CreateTemp(filepath.Dir(path), ".holdpoint-*")
	if err == nil {
		f.Close()
		os.Remove(f.Name())
		return false
	}
	wal, err := os.Stat(path + "-wal")
	return errors.Is(err, fs.ErrNotExist) || err == nil && wal.Size() == 0
}

func dsn(path string, readOnly bool) string {
	q := url.Values{"_pragma": {"busy_timeout(10000)", "temp_store(memory)"}}
	if readOnly {
		q.Add("mode", "ro")
		q.Add("_pragma", "query_only(1)")
	} else {
		// With less than FULL a power cut may undo a commit whose checkpoint
		// was already shown: the journal would fork.
		q["_pragma"] = append(q["_pragma"], "journal_mode(WAL)", "synchronous(FULL)", "fullfsync(1)", "secure_delete(1)")
		q.Add("_txlock", "immediate")
	}
	return (&url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: q.Encode()}).String()
}

func checkVersion(db *sql.DB, ask func(*sql.DB) (string, error)) error {
	if ask == nil {
		ask = func(db *sql.DB) (v string, err error) {
			err = db.QueryRow("SELECT sqlite_version()").Scan(&v)
			return v, err
		}
	}
	have, err := ask(db)
	if err != nil {
		return opening(err)
	}
	if !atLeast(have, minSQLite) {
		return fault.Unsupportedf("SQLite %s can damage a journal that is written and read at once; %s or newer is needed", have, minSQLite).
			Hinted("use a build of holdpoint with a newer SQLite")
	}
	return nil
}

// opening explains an error of the first look at a file.
func opening(err error) error {
	if strings.Contains(err.Error(), "not a database") || strings.Contains(err.Error(), "malformed") {
		return fault.Corruptf("the file is not a sound SQLite database: %w", err).Hinted("name the right file, or put a backup back")
	}
	f := fault.New(fault.Unavailable, "the file cannot be used: %w", err)
	if strings.Contains(err.Error(), "unable to open") || strings.Contains(err.Error(), "readonly") {
		return f.Hinted("what was written last lies beside the file and can only be read by whoever may write there: open it once as its owner, or read a copy of the folder")
	}
	return f
}

// atLeast compares dotted version numbers; what is not one is too old.
func atLeast(have, want string) bool {
	h, w := strings.Split(have, "."), strings.Split(want, ".")
	for i := range w {
		if i >= len(h) {
			return false
		}
		hn, err := strconv.Atoi(h[i])
		wn, _ := strconv.Atoi(w[i])
		if err != nil || hn < wn {
			return false
		}
		if hn > wn {
			return true
		}
	}
	return true
}

func (s *SQLite) migrate(ctx context.Context, o SQLiteOptions) error {
	parts, err := parts(o.Parts)
	if err != nil {
		return err
	}
	s.copied = tablesOf(parts)
	if o.ReadOnly {
		return checkParts(ctx, s.read, parts, opening)
	}
	return s.Write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, versionTable); err != nil {
			return opening(err)
		}
		return migrateParts(ctx, tx, parts, asWritten)
	})
}

func (s *SQLite) prepare(ctx context.Context, readOnly bool) (err error) {
	if s.reads, err = prepareReading(ctx, s.read); err != nil || readOnly {
		return err
	}
	if s.locked, err = prepareReading(ctx, s.write); err != nil {
		return err
	}
	var errs []error
	prepare := func(query string) *sql.Stmt {
		stmt, err := s.write.PrepareContext(ctx, query)
		errs = append(errs, err)
		return stmt
	}
	s.insert = prepare("INSERT INTO entries (seq, header, salt, body) VALUES ($1, $2, $3, $4)")
	s.erase = prepare(eraseEntry)
	s.set = prepare(setHead)
	return errors.Join(errs...)
}

// Read gives the pool of read connections, for the tables of other parts.
func (s *SQLite) Read() *sql.DB { return s.read }

// Write runs change in one transaction on the writer connection, for the tables
// of other parts. It waits for its turn behind the journal's own.
func (s *SQLite) Write(ctx context.Context, change func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return opening(err)
	}
	defer tx.Rollback()
	if err := change(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Close implements [Store].
func (s *SQLite) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

func (s *SQLite) pool() sqlReader { return sqlReader{stmts: s.reads} }

// Head implements [Reader].
func (s *SQLite) Head(ctx context.Context) (Head, error) { return s.pool().Head(ctx) }

// Row implements [Reader].
func (s *SQLite) Row(ctx context.Context, seq int64) (Row, error) { return s.pool().Row(ctx, seq) }

// Rows implements [Reader].
func (s *SQLite) Rows(ctx context.Context, from, to int64) iter.Seq2[Row, error] {
	return s.pool().Rows(ctx, from, to)
}

// Snapshot implements [Store]: a read transaction, which in WAL mode sees one
// moment and keeps no writer out.
func (s *SQLite) Snapshot(ctx context.Context, read func(Reader) error) error {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return unavailable(err)
	}
	defer tx.Rollback()
	return read(sqlReader{stmts: s.reads, tx: tx})
}

// Lock implements [Store] by BEGIN IMMEDIATE: SQLite has one write lock, which
// covers the head row.
func (s *SQLite) Lock(ctx context.Context) (Tx, error) {
	if s.insert == nil {
		return nil, readOnly()
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, unavailable(err)
	}
	locked := &sqliteTx{sqlReader: sqlReader{stmts: s.locked, tx: tx}, s: s, tx: tx}
	if _, err := locked.Head(ctx); fault.KindOf(err) == fault.Conflict {
		tx.Rollback()
		return nil, err // moved away
	}
	return locked, nil
}
