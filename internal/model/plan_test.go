// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/stats"
)

func TestReaches(t *testing.T) {
	plan := []Planned{{"2026-03-01", "200"}, {"2026-01-01", "100"}, {"2026-04-01", "400"}}
	for at, want := range map[string]deadline.Day{
		"50":  "2026-01-01", // there from the start
		"100": "2026-01-01",
		"150": "2026-01-31", // half of 59 days, counted up
		"200": "2026-03-01",
		"201": "2026-03-02",
		"400": "2026-04-01",
		"401": "",
	} {
		if got, err := Reaches(plan, stats.Decimal(at)); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", at, got, err, want)
		}
	}
	for _, bad := range [][]Planned{
		{{"2026-01-01", "100"}, {"2026-01-02", "99"}}, {{"2026-01-01", "1"}, {"2026-01-01", "2"}}, {{"2026-01-01", "much"}},
	} {
		if _, err := Reaches(bad, "1000"); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
	if _, err := Reaches(plan, ""); err == nil {
		t.Error("no amount was taken")
	}
}
