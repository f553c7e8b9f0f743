// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"context"
	"database/sql"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
)

// WithStep stops a batch between two steps.
func (o Options[S]) WithStep(step func(string)) Options[S] { o.step = step; return o }

// WithSnapshotEvery keeps states of the past more often.
func (o Options[S]) WithSnapshotEvery(n int64) Options[S] { o.snapshotEvery = n; return o }

// WithVersion makes a database claim another version of SQLite.
func (o SQLiteOptions) WithVersion(v string) SQLiteOptions {
	o.version = func(*sql.DB) (string, error) { return v, nil }
	return o
}

type counter struct{ n atomic.Int64 }

func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.n.Add(1)
	return ctx
}

func (c *counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// Counted counts the queries that are sent.
func (o PostgresOptions) Counted() (PostgresOptions, func() int64) {
	c := &counter{}
	o.tracer = c
	return o, c.n.Load
}

// BeginAs begins a journal that says anything of itself.
func BeginAs[S State[S]](o Options[S], b Begun) error {
	return begin(context.Background(), o.filled(), Genesis{Clock: b.Clock, Actor: "p1"}, b)
}

var (
	ParseHeader = parseHeader
	QuickHeader = quickHeader
	AtLeast     = atLeast
)
