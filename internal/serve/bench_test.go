// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package serve

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/web"
	"github.com/holdpoint/holdpoint/packs"
)

// Sizes of the workspace that is asked: HOLDPOINT_BENCH_ENTRIES and
// HOLDPOINT_BENCH_MODELS change them, and HOLDPOINT_BENCH_DATABASE puts the
// journal into PostgreSQL.
func size(b *testing.B, name string, usual int) int {
	b.Helper()
	text := cmp.Or(os.Getenv(name), strconv.Itoa(usual))
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatalf("%s: %v", name, err)
	}
	return n
}

// crowded opens a workspace with many models and entries, behind a server.
func crowded(b *testing.B) http.Handler {
	b.Helper()
	ctx := b.Context()
	a, err := app.Init(ctx, filepath.Join(b.TempDir(), "crowd"), app.Genesis{Storage: app.Storage{Database: os.Getenv("HOLDPOINT_BENCH_DATABASE")}})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { a.Close() })
	pack, err := policy.LoadRef("anthropic-rsp@2.2", packs.Source)
	if err != nil {
		b.Fatal(err)
	}
	do := func(in app.Intent) {
		if _, err := a.Do(ctx, app.Who{Actor: app.Operator}, in); err != nil {
			b.Error(err)
		}
	}
	do(app.AdoptPolicy(policy.AdoptIn{Pack: pack}))
	models, entries := size(b, "HOLDPOINT_BENCH_MODELS", 2_000), size(b, "HOLDPOINT_BENCH_ENTRIES", 100_000)
	name := func(n int) string { return fmt.Sprintf("model-%d", n%models) }
	together(models, func(n int) { do(app.RegisterModel(model.NewModel{Registered: model.Registered{Model: name(n)}})) })
	together(max(0, entries-models), func(n int) {
		do(app.EstimateCompute(model.NewEstimate{ComputeEstimated: model.ComputeEstimated{Model: name(n), Value: "10000000000000000000000000", Unit: model.FLOP, Method: "counted"}}))
	})
	c := Defaults()
	s, err := New(c, slog.New(slog.DiscardHandler), Workspace{App: a, Base: "/drill", Kind: web.Drill})
	if err != nil {
		b.Fatal(err)
	}
	return s.Handler()
}

// together does n things from many sides, so that they are written in groups.
func together(n int, do func(int)) {
	var all sync.WaitGroup
	next := make(chan int)
	for range 64 {
		all.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}

// BenchmarkAnswers prints the server's time for every page and for a check of the
// gate: the median, and what 95 and 99 of 100 answers stay below.
func BenchmarkAnswers(b *testing.B) {
	h := crowded(b)
	for _, path := range []string{
		"/", "/desk", "/board", "/since?at=1", "/models", "/models/model-1", "/gate", "/gate/model-1/external_deploy", "/exceptions", "/assessments",
		"/evidence", "/safeguards", "/decisions", "/policy", "/duties", "/findings", "/people", "/journal", "/journal/7", "/search?q=model-1",
		"/api/v1/gate/check?model=model-1&action=external_deploy",
	} {
		b.Run(path, func(b *testing.B) {
			var took []time.Duration
			bytes := 0
			for b.Loop() {
				w := httptest.NewRecorder()
				begun := time.Now()
				h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/drill"+path, nil))
				took = append(took, time.Since(begun))
				if bytes = w.Body.Len(); w.Code != http.StatusOK {
					b.Fatalf("status %d: %.300s", w.Code, w.Body)
				}
			}
			slices.Sort(took)
			for _, q := range []int{50, 95, 99} {
				b.ReportMetric(float64(took[(len(took)-1)*q/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", q))
			}
			b.ReportMetric(float64(bytes)/1000, "kB")
		})
	}
}
