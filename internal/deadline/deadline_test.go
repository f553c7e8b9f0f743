// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"testing"

	"pgregory.net/rapid"
)

func TestAddMonths(t *testing.T) {
	cases := []struct {
		day  Day
		n    int
		want Day
	}{
		{"2025-05-22", 12, "2026-05-22"}, // SAF-6: re-approval within twelve months
		{"2025-02-24", 6, "2025-08-24"},  // MOD-3: six months
		{"2024-08-31", 6, "2025-02-28"},
		{"2023-08-31", 6, "2024-02-29"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-12-31", 2, "2025-02-28"},
		{"2025-01-31", -2, "2024-11-30"},
	}
	for _, c := range cases {
		if got := c.day.AddMonths(c.n); got != c.want {
			t.Errorf("%s + %d months = %s, want %s", c.day, c.n, got, c.want)
		}
	}
}

func TestADueDayIsKeptUntilItEnds(t *testing.T) {
	due := Day("2026-05-22")
	if due.Over(due.End() - 1) {
		t.Error("late within the day")
	}
	if !due.Over(due.End()) || due.DaysLate(due.End()) != 1 {
		t.Error("the next day is one day late")
	}
	if due.DaysLate(due.Start()-1) != 0 {
		t.Error("early is not late")
	}
	// CAP-22: three days after the due day is three days late.
	if got := due.DaysLate(Day("2026-05-25").Start() + 5); got != 3 {
		t.Errorf("%d days late, want 3", got)
	}
}

func TestTheZeroDayIsOver(t *testing.T) {
	if !Day("").Over(0) {
		t.Error("no date must not keep anything open")
	}
}

func TestDaysAndMonthsAreOrdered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := DayOf(rapid.Int64Range(0, 4e12).Draw(t, "ms"))
		n := rapid.IntRange(0, 240).Draw(t, "months")
		if e := d.AddMonths(n); e < d || e > d.AddMonths(n+1) {
			t.Fatalf("%s + %d months = %s", d, n, e)
		}
		if back := d.AddDays(n).AddDays(-n); back != d {
			t.Fatalf("%s and %d days back = %s", d, n, back)
		}
		if got, err := ParseDay(string(d)); err != nil || got != d {
			t.Fatal(got, err)
		}
	})
}
