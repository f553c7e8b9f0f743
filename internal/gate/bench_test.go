// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate_test

import (
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/gate"
)

// size is how many entries the world of a benchmark has; HOLDPOINT_BENCH_ENTRIES
// changes it.
func size(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("HOLDPOINT_BENCH_ENTRIES"))
	if err != nil {
		return 30_000
	}
	return n
}

// BenchmarkCheck is a gate check in process, in a world of many models. It
// prints the 99th percentile of single checks.
func BenchmarkCheck(b *testing.B) {
	h := crowd(b, size(b)/3)
	facts := h.w.Facts()
	ask := gate.Ask{Model: "m", Action: "external_deploy"}
	var times []time.Duration
	b.ReportAllocs()
	for b.Loop() {
		t := time.Now()
		if v := gate.Evaluate(facts, ask, h.now); v.Outcome != gate.Clear {
			b.Fatal("held")
		}
		times = append(times, time.Since(t))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)*99/100].Nanoseconds()), "p99-ns")
	b.ReportMetric(float64(len(h.entries)), "entries")
}

// BenchmarkPublish is one entry on a fork of such a world: fork and apply.
func BenchmarkPublish(b *testing.B) {
	h := crowd(b, size(b)/3)
	e := h.entries[len(h.entries)-1]
	b.ReportAllocs()
	for b.Loop() {
		next, err := h.w.Fork().Apply(e)
		if err != nil {
			b.Fatal(err)
		}
		h.w = next
	}
	b.ReportMetric(float64(len(h.entries)), "entries")
}
