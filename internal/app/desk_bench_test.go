// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"os"
	"strconv"
	"testing"

	"github.com/holdpoint/holdpoint/internal/world"
)

// many is a crowd of models with findings, decisions and clearances: as many
// entries as HOLDPOINT_BENCH_ENTRIES says, or a hundred thousand.
func many(b *testing.B) world.World {
	b.Helper()
	n, err := strconv.Atoi(os.Getenv("HOLDPOINT_BENCH_ENTRIES"))
	if err != nil {
		n = 100_000
	}
	return crowd(b, n)
}

// BenchmarkDesk is what waits for everybody.
func BenchmarkDesk(b *testing.B) {
	w := many(b)
	m := Moment{View: View{State: w}, Now: w.Time}
	for b.Loop() {
		Desk(m, "")
	}
	b.ReportMetric(float64(w.Seq), "entries")
}

// BenchmarkExceptions is everything that is by way of exception.
func BenchmarkExceptions(b *testing.B) {
	w := many(b)
	m := Moment{View: View{State: w}, Now: w.Time}
	for b.Loop() {
		Exceptions(m)
	}
	b.ReportMetric(float64(w.Seq), "entries")
}
