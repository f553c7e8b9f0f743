// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package deadline does the arithmetic of due dates: months and days counted
// from a day, when that day is over, and by how many days something is late.
//
// A due date is a calendar day, in UTC or in the zone of a [Calendar]. It is kept
// when the thing is done before that day ends; the first instant of the next day
// is late. Adding months keeps the day of the month and falls back to the last
// day of a shorter month, so 31 August plus six months is 28 or 29 February. A
// due day on a weekend stays there.
//
// The package reads no clock and knows no rules: what a date means is the
// caller's.
package deadline

import (
	"time"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Day is a calendar day, written 2006-01-02. The zero value is no day. Its own
// methods take it as a day in UTC; those of [Zone] as one in a zone.
type Day string

// DayOf gives the UTC day of an instant in milliseconds since 1970.
func DayOf(ms int64) Day { return Day(time.UnixMilli(ms).UTC().Format(time.DateOnly)) }

// ParseDay reads 2006-01-02.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Format(time.DateOnly) != s {
		return "", fault.Invalidf("%q is not a day", s).Hinted("write it as 2025-05-22")
	}
	return Day(s), nil
}

// Start is the first millisecond of the day.
func (d Day) Start() int64 { return d.time().UnixMilli() }

// End is the first millisecond after the day.
func (d Day) End() int64 { return d.time().AddDate(0, 0, 1).UnixMilli() }

// AddDays counts calendar days.
func (d Day) AddDays(n int) Day { return Day(d.time().AddDate(0, 0, n).Format(time.DateOnly)) }

// AddMonths counts calendar months, falling back to the last day of a shorter
// month.
func (d Day) AddMonths(n int) Day {
	t := d.time()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Day(first.AddDate(0, 0, min(t.Day(), last)-1).Format(time.DateOnly))
}

// Over tells whether the day has ended at now (milliseconds since 1970).
func (d Day) Over(now int64) bool { return now >= d.End() }

// DaysLate counts whole days from d to the day of now; 0 when now is not late.
func (d Day) DaysLate(now int64) int {
	return max(0, d.DaysUntil(DayOf(now)))
}

// DaysUntil counts days from d to e; negative when e is earlier.
func (d Day) DaysUntil(e Day) int { return int(e.time().Sub(d.time()) / (24 * time.Hour)) }

// time gives the day's start. A Day is made by DayOf or ParseDay, so a value
// that does not parse is the zero day, year 1: long over.
func (d Day) time() time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}
