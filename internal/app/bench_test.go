// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/audit"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/packs"
)

// benchEntries is how many entries the journals of benchmarks have;
// HOLDPOINT_BENCH_ENTRIES changes it.
func benchEntries(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("HOLDPOINT_BENCH_ENTRIES"))
	if err != nil {
		return 20_000
	}
	return n
}

// filled makes a workspace with a policy and n models and snapshots, written by
// many people at once.
func filled(b *testing.B, n int) (*app.App, string) {
	b.Helper()
	ctx := context.Background()
	dir := filepath.Join(b.TempDir(), "w")
	a, err := app.Init(ctx, dir, app.Genesis{Origin: "holdpoint.example/bench"})
	if err != nil {
		b.Fatal(err)
	}
	p, err := policy.LoadRef("anthropic-rsp@2.2", packs.Source)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := a.Do(ctx, app.Who{Actor: app.Operator}, app.AdoptPolicy(policy.AdoptIn{Pack: p})); err != nil {
		b.Fatal(err)
	}
	work := make(chan int)
	var wg sync.WaitGroup
	for range 128 {
		wg.Go(func() {
			for i := range work {
				in := model.NewModel{Registered: model.Registered{Model: fmt.Sprintf("m-%d", i), Family: "bench", Developer: "Aster Lab"}}
				if _, err := a.Do(ctx, app.Who{Actor: app.Operator}, app.RegisterModel(in)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
	return a, dir
}

// BenchmarkGroupCommit is durable entries from 128 writers at once.
func BenchmarkGroupCommit(b *testing.B) {
	n := benchEntries(b)
	for b.Loop() {
		a, _ := filled(b, n)
		a.Close()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkReplay is opening a workspace: every entry is read, checked and
// folded, and the root must come out.
func BenchmarkReplay(b *testing.B) {
	n := benchEntries(b)
	a, dir := filled(b, n)
	a.Close()
	for b.Loop() {
		a, err := app.Open(context.Background(), dir, nil)
		if err != nil {
			b.Fatal(err)
		}
		a.Close()
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkFullVerification is verify ledger --replay on an export.
func BenchmarkFullVerification(b *testing.B) {
	n := benchEntries(b)
	a, _ := filled(b, n)
	defer a.Close()
	dir := filepath.Join(b.TempDir(), "export")
	if _, err := a.Export(context.Background(), dir, app.ExportOptions{}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		rep, err := audit.Verify(dir, audit.Options{Key: a.Key(), Registry: app.Registry(), Replay: true})
		if err != nil || !rep.OK() {
			b.Fatal(err, rep.Faults)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkAccessReport reads a whole journal.
func BenchmarkAccessReport(b *testing.B) {
	a, _ := filled(b, benchEntries(b))
	defer a.Close()
	for b.Loop() {
		if _, err := a.AccessReport(context.Background(), "2020-01-01", "2100-01-01"); err != nil {
			b.Fatal(err)
		}
	}
}
