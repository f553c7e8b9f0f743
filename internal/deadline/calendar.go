// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"slices"
	"time"
)

// Calendar is where days begin and end, and which of them are no business days
// beside Saturdays and Sundays. The zero value is UTC without holidays.
type Calendar struct {
	Zone     Zone
	Holidays []Day
}

// Unit is the unit of a [Duration]. The words are those of policy packs.
type Unit string

// The units of a duration.
const (
	Months       Unit = "months"
	CalendarDays Unit = "calendar_days"
	BusinessDays Unit = "business_days"
	Hours        Unit = "hours"
	Promptly     Unit = "promptly"
	BeforeEffect Unit = "before_effect"
)

// Duration is the time allowed. Promptly has no count; Days is after how many
// calendar days it is read as late, 0 where nobody says. BeforeEffect has
// neither.
type Duration struct {
	Unit  Unit
	Count int
	Days  int
}

// Due is by when something is to be done. Last is the last millisecond that is
// in time (since 1970), and Day the day on which that lies in the calendar's
// zone. The zero value cannot be told.
type Due struct {
	Day  Day
	Last int64
}

// Known tells whether there is a date at all.
func (d Due) Known() bool { return d.Day != "" }

// Due counts from a start in milliseconds since 1970. Days are counted from the
// day of the start and last until they end, also on a weekend or holiday: what
// is due then was to be done before it. Hours are counted from the instant.
// Something due before it takes effect is due when it starts.
func (c Calendar) Due(start int64, d Duration) Due {
	day := c.Zone.DayOf(start)
	switch d.Unit {
	case Months:
		return c.until(day.AddMonths(d.Count))
	case CalendarDays:
		return c.until(day.AddDays(d.Count))
	case BusinessDays:
		return c.until(c.AddBusinessDays(day, d.Count))
	case Hours:
		return c.at(start + int64(d.Count)*time.Hour.Milliseconds())
	case BeforeEffect:
		return c.at(start)
	case Promptly:
		if d.Days > 0 {
			return c.until(day.AddDays(d.Days))
		}
	}
	return Due{}
}

func (c Calendar) until(day Day) Due { return Due{Day: day, Last: c.Zone.End(day) - 1} }

func (c Calendar) at(ms int64) Due { return Due{Day: c.Zone.DayOf(ms), Last: ms} }

// AddBusinessDays counts that many days on which business is done; the day
// itself does not count.
func (c Calendar) AddBusinessDays(day Day, n int) Day {
	for n > 0 {
		day = day.AddDays(1)
		if c.Business(day) {
			n--
		}
	}
	return day
}

// Business tells whether a day is neither Saturday nor Sunday nor a holiday.
func (c Calendar) Business(day Day) bool {
	w := day.time().Weekday()
	return w != time.Saturday && w != time.Sunday && !slices.Contains(c.Holidays, day)
}

// DaysLate counts whole days from the due date to an instant: 0 or less when it
// is in time, else the days that have begun since. What is due at the end of a
// day is one day late on the next; what is due at an instant is one day late
// from the millisecond after it for 24 hours.
func (d Due) DaysLate(z Zone, at int64) int64 {
	if d.Last == z.End(d.Day)-1 {
		return int64(d.Day.DaysUntil(z.DayOf(at)))
	}
	const day = int64(24 * time.Hour / time.Millisecond)
	if at <= d.Last {
		return -((d.Last - at) / day)
	}
	return (at-d.Last-1)/day + 1
}

// QuarterEnd is the first millisecond after the calendar quarter of an instant,
// and the quarter's name, such as 2026-Q1.
func (c Calendar) QuarterEnd(ms int64) (end int64, name string) {
	t := c.Zone.DayOf(ms).time()
	q := (int(t.Month()) - 1) / 3
	first := time.Date(t.Year(), time.Month(3*q+1), 1, 0, 0, 0, 0, time.UTC)
	next := Day(first.AddDate(0, 3, 0).Format(time.DateOnly))
	return c.Zone.Start(next), first.Format("2006") + "-Q" + string(rune('1'+q))
}
