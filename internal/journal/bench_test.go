// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/journal/journaltest"
	"github.com/holdpoint/holdpoint/internal/journal/postgrestest"
)

// filling makes bodies of about 600 bytes, as entries in use have.
var filling = strings.Repeat("x", 560)

func guardedOptions(b *testing.B) opts {
	dir := b.TempDir()
	o := options(openSQLite(b, filepath.Join(dir, "holdpoint.db")))
	o.Guard = journal.GuardFile(filepath.Join(dir, "last-checkpoint"))
	return o
}

// engines are what appending is measured on.
var engines = map[string]func(b *testing.B) opts{
	"sqlite": guardedOptions,
	"postgres": func(b *testing.B) opts {
		o := options(openPostgres(b, postgrestest.DSN(b)))
		o.Guard = journal.GuardFile(filepath.Join(b.TempDir(), "last-checkpoint"))
		return o
	},
}

func one(i int64) journal.Intent[toy] {
	return journaltest.Add("", journaltest.Added{Name: fmt.Sprint(i%1000) + filling, By: 1})
}

// One writer that waits for each answer: durable and provable, with and without
// the checkpoint outside the database.
func BenchmarkAppendOneWriter(b *testing.B) {
	for _, run := range []string{"sqlite/guarded", "sqlite/alone", "postgres/guarded", "postgres/alone"} {
		b.Run(run, func(b *testing.B) {
			engine, guard, _ := strings.Cut(run, "/")
			o := engines[engine](b)
			if guard == "alone" {
				o.Guard = nil
			}
			j := begin(b, o, journal.Wall, 0)
			took := make([]time.Duration, 0, 1<<16)
			for i := int64(0); b.Loop(); i++ {
				from := time.Now()
				do(b, j, one(i))
				took = append(took, time.Since(from))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-us")
		})
	}
}

// The measure for appending: 4 KiB behind a file, made durable.
func BenchmarkOneFsync(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "f"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 4096)
	var took []time.Duration
	for b.Loop() {
		from := time.Now()
		if _, err := f.Write(block); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(from))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-us")
}

// Many writers share transactions.
func BenchmarkGroupCommit(b *testing.B) {
	for _, run := range []string{"sqlite/64", "sqlite/256", "postgres/64", "postgres/256"} {
		b.Run(run, func(b *testing.B) {
			engine, many, _ := strings.Cut(run, "/")
			writers, err := strconv.Atoi(many)
			if err != nil {
				b.Fatal(err)
			}
			j := begin(b, engines[engine](b), journal.Wall, 0)
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range writers {
				wg.Go(func() {
					for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
						if _, err := j.Do(context.Background(), one(i)); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
		})
	}
}

// many fills a journal with n entries.
func many(b *testing.B, o opts, n int) {
	b.Helper()
	j := begin(b, o, journal.Simulated, 1)
	for i := 0; i < n; i += 500 {
		do(b, j, journaltest.Decide("", "x", func(toy, entry.Act) ([]entry.Draft, error) {
			var drafts []entry.Draft
			for k := range 500 {
				d, err := journaltest.AddedKind.Draft(journaltest.Added{Name: fmt.Sprint((i+k)%1000) + filling, By: 1})
				if err != nil {
					return nil, err
				}
				drafts = append(drafts, d)
			}
			return drafts, nil
		}))
	}
	j.Close()
}

// Opening a journal of 200,000 entries, as at every start.
func BenchmarkReplay(b *testing.B) {
	const n = 200_000
	o := guardedOptions(b)
	many(b, o, n)
	for b.Loop() {
		j, err := journal.Open(context.Background(), o)
		if err != nil {
			b.Fatal(err)
		}
		j.Close()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// Fork, apply and publish without the disk: what an entry costs in memory.
func BenchmarkPublish(b *testing.B) {
	state := toy{}.Fork()
	for i := range int64(1000) {
		state.Counts.Set(fmt.Sprint(i)+filling, 1)
	}
	d, err := journaltest.AddedKind.Draft(journaltest.Added{Name: "7" + filling, By: 1})
	if err != nil {
		b.Fatal(err)
	}
	e := entry.Entry{Body: d.Body}
	e.Type, e.V = d.Type, d.V
	var current atomic.Pointer[toy]
	var tree journal.Tree
	for i := int64(0); b.Loop(); i++ {
		next, err := state.Fork().Apply(e)
		if err != nil {
			b.Fatal(err)
		}
		tree = tree.Append(leaf(i))
		current.Store(&next)
		state = next
	}
}

// Confirming the head before a gate check.
func BenchmarkFresh(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			j := begin(b, engines[engine](b), journal.Wall, 0)
			for b.Loop() {
				if _, err := j.Fresh(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
