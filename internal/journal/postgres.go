// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/holdpoint/holdpoint/internal/fault"
)

const (
	// writers bounds the connections on which one process changes anything: the
	// journal's writer holds one.
	writers = 4
	// connectLimit bounds making a connection, where the connection string says
	// nothing about it.
	connectLimit = 10 * time.Second
	// lockLimit is how long a transaction waits for the head row, as long as
	// SQLite's.
	lockLimit = "10s"
	// idleLimit ends the transaction of a process that stopped answering while
	// it held the head row. It finds out at its commit.
	idleLimit = "30s"
	// txLimit bounds a transaction whose network is gone. Its outcome is then
	// unknown and is settled like any other.
	txLimit = time.Minute
	// migrating is the advisory lock of those who bring tables up to date.
	migrating = 0x686f6c64706f696e
)

// PostgresOptions says how to open a PostgreSQL database.
type PostgresOptions struct {
	// Keys is the table of act keys.
	Keys ActKeys
	// Parts are further tables that live in the same database.
	Parts []Part
	// ReadOnly changes nothing in the database, tables included.
	ReadOnly bool

	tracer pgx.QueryTracer
}

// Postgres is the [Store] in a PostgreSQL database. Several processes on several
// machines may open the same one, each by its own connections to the primary
// server: a replica lags behind, and a verdict from it would not know of the
// last hold.
type Postgres struct {
	write *sql.DB
	read  *sql.DB
	keys  ActKeys

	reads, locked reading
	readOnly      bool
	// copied are the tables that a move copies.
	copied []string
}

// OpenPostgres opens the database that a connection string names
// (postgres://user@host/name) and brings its tables up to date. It refuses a
// server on which a commit that was answered can still be lost: one with
// synchronous_commit or fsync off, or local where a standby is to be waited for;
// it refuses a standby, and tables that a newer release has changed. No error
// holds a password.
func OpenPostgres(ctx context.Context, dsn string, o PostgresOptions) (_ *Postgres, err error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		// The parser's own words quote the string in part.
		return nil, fault.Invalidf("the connection string of the database cannot be read").
			Hinted("write it as postgres://user@host:5432/name; a password belongs into the environment")
	}
	defer fault.Wrap(&err, "database %s", DescribeDSN(dsn))
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectLimit
	}
	config.RuntimeParams["application_name"] = "holdpoint"
	config.Tracer = o.tracer
	s := &Postgres{keys: o.Keys, readOnly: o.ReadOnly}
	s.open(config, o)
	if err := s.start(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Postgres) open(config *pgx.ConnConfig, o PostgresOptions) {
	reading := config.Copy()
	reading.RuntimeParams["default_transaction_read_only"] = "on"
	s.read = stdlib.OpenDB(*reading, stdlib.OptionAfterConnect(trusted))
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	if o.ReadOnly {
		s.write = s.read
		return
	}
	writing := config.Copy()
	writing.RuntimeParams["lock_timeout"] = lockLimit
	writing.RuntimeParams["idle_in_transaction_session_timeout"] = idleLimit
	s.write = stdlib.OpenDB(*writing, stdlib.OptionAfterConnect(pinned))
	s.write.SetMaxOpenConns(writers)
	s.write.SetMaxIdleConns(writers)
}

// start makes the first connection and the tables.
func (s *Postgres) start(ctx context.Context, o PostgresOptions) error {
	parts, err := parts(o.Parts)
	if err != nil {
		return err
	}
	s.copied = tablesOf(parts)
	if o.ReadOnly {
		err = checkParts(ctx, s.read, parts, notOpened)
	} else {
		err = s.migrate(ctx, parts)
	}
	if err != nil {
		return err
	}
	if s.reads, err = prepareReading(ctx, s.read); err != nil || o.ReadOnly {
		return err
	}
	s.locked, err = prepareReading(ctx, s.write)
	return err
}

// trusted looks at the server behind each new connection: after a failover it
// is another one.
func trusted(ctx context.Context, c *pgx.Conn) error {
	_, err := commits(ctx, c)
	return err
}

// pinned also keeps a later change of the server's configuration from weakening
// this connection.
func pinned(ctx context.Context, c *pgx.Conn) error {
	setting, err := commits(ctx, c)
	if err == nil {
		_, err = c.Exec(ctx, "SELECT set_config('synchronous_commit', $1, false)", setting)
	}
	return err
}

// commits gives the server's setting of synchronous_commit, or the reason why a
// commit there proves too little.
func commits(ctx context.Context, c *pgx.Conn) (setting string, err error) {
	var standby bool
	var fsync, waited string
	err = c.QueryRow(ctx, `SELECT pg_is_in_recovery(), current_setting('fsync'), current_setting('synchronous_commit'),
		current_setting('synchronous_standby_names')`).Scan(&standby, &fsync, &setting, &waited)
	switch {
	case err != nil:
		return "", err
	case standby:
		return "", fault.Unsupportedf("the database server is a standby, which lags behind: what it says of the present does not count").
			Hinted("name the primary server in the connection string")
	case fsync == "off":
		return "", fault.Unsupportedf("the database server has fsync off: a power cut could undo an answered act, and the journal would fork").
			Hinted("set fsync = on in the server's configuration")
	case setting == "off":
		return "", fault.Unsupportedf("the database server has synchronous_commit off: a power cut could undo an answered act, and the journal would fork").
			Hinted("set synchronous_commit = on for this database")
	case setting == "local" && waited != "":
		return "", fault.Unsupportedf("the database server has synchronous_commit local and a standby to wait for: a failover could undo an answered act, and the journal would fork").
			Hinted("set synchronous_commit = on for this database")
	}
	return setting, nil
}

// notOpened explains an error of the first look at a database. The driver's
// words hold no password.
func notOpened(err error) error {
	if kind := fault.KindOf(err); kind != fault.Internal {
		return err
	}
	f := fault.New(fault.Unavailable, "the database cannot be used: %w", err)
	if strings.Contains(err.Error(), "28P01") || strings.Contains(err.Error(), "no password supplied") {
		return f.Hinted("give the password in the environment: HOLDPOINT_DATABASE with the whole connection string, or PGPASSWORD")
	}
	return f.Hinted("is the server running, does the database exist, and may this user make tables in it?")
}

func (s *Postgres) migrate(ctx context.Context, parts []Part) error {
	err := s.Write(ctx, func(tx *sql.Tx) error {
		// Servers that start at once take turns.
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrating)); err != nil {
			return err
		}
		var there bool
		if err := tx.QueryRowContext(ctx, "SELECT to_regclass('schema_version') IS NOT NULL").Scan(&there); err != nil {
			return err
		}
		// Where the tables are there, their user need not be allowed to make any.
		if !there {
			if _, err := tx.ExecContext(ctx, forPostgres(versionTable)); err != nil {
				return err
			}
		}
		return migrateParts(ctx, tx, parts, forPostgres)
	})
	if err != nil {
		return notOpened(err)
	}
	return nil
}

// Read implements [Database].
func (s *Postgres) Read() *sql.DB { return s.read }

// Write implements [Database]. It does not wait for the journal's writer.
func (s *Postgres) Write(ctx context.Context, change func(*sql.Tx) error) error {
	if s.readOnly {
		return readOnly()
	}
	tx, err := s.write.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return notOpened(err)
	}
	defer tx.Rollback()
	if err := change(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Close implements [Store].
func (s *Postgres) Close() error {
	if s.readOnly {
		return s.read.Close()
	}
	return errors.Join(s.read.Close(), s.write.Close())
}

func (s *Postgres) pool() sqlReader { return sqlReader{stmts: s.reads} }

// Head implements [Reader].
func (s *Postgres) Head(ctx context.Context) (Head, error) { return s.pool().Head(ctx) }

// Row implements [Reader].
func (s *Postgres) Row(ctx context.Context, seq int64) (Row, error) { return s.pool().Row(ctx, seq) }

// Rows implements [Reader].
func (s *Postgres) Rows(ctx context.Context, from, to int64) iter.Seq2[Row, error] {
	return s.pool().Rows(ctx, from, to)
}

// Snapshot implements [Store]: a repeatable-read transaction sees one moment and
// keeps nobody out.
func (s *Postgres) Snapshot(ctx context.Context, read func(Reader) error) error {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return unavailable(err)
	}
	defer tx.Rollback()
	return read(sqlReader{stmts: s.reads, tx: tx})
}
