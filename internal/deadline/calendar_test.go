// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t interface {
	Helper()
	Fatal(...any)
}, rule string) Zone {
	t.Helper()
	z, err := NewZone("test", rule)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func ms(t testing.TB, text string) int64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixMilli()
}

const (
	pacific = "PST8PDT,M3.2.0,M11.1.0"
	central = "CET-1CEST,M3.5.0,M10.5.0/3"
	kiribat = "<+14>-14"
	// At midnight clocks go to one o'clock, and back from one o'clock.
	midnight = "XST3XDT,M10.3.0/0,M2.3.0/0"
)

// A day has 24 hours but where clocks change, in zones west and east, and where
// they change at midnight.
func TestDaysInZones(t *testing.T) {
	for _, c := range []struct {
		rule  string
		day   Day
		start string
		hours int64
	}{
		{"UTC0", "2026-03-08", "2026-03-08T00:00:00Z", 24},
		{pacific, "2026-03-07", "2026-03-07T08:00:00Z", 24},
		{pacific, "2026-03-08", "2026-03-08T08:00:00Z", 23},
		{pacific, "2026-03-09", "2026-03-09T07:00:00Z", 24},
		{pacific, "2026-11-01", "2026-11-01T07:00:00Z", 25},
		{pacific, "2026-11-02", "2026-11-02T08:00:00Z", 24},
		{central, "2026-03-29", "2026-03-28T23:00:00Z", 23},
		{central, "2026-10-25", "2026-10-24T22:00:00Z", 25},
		{kiribat, "2026-01-01", "2025-12-31T10:00:00Z", 24},
		{midnight, "2026-10-18", "2026-10-18T03:00:00Z", 23},
		{midnight, "2026-02-14", "2026-02-14T02:00:00Z", 25},
		{midnight, "2026-02-15", "2026-02-15T03:00:00Z", 24},
	} {
		z := zone(t, c.rule)
		if got := z.Start(c.day); got != ms(t, c.start) {
			t.Errorf("%s begins in %s at %s, want %s", c.day, c.rule, time.UnixMilli(got).UTC(), c.start)
		}
		if got := (z.End(c.day) - z.Start(c.day)) / hour; got != c.hours {
			t.Errorf("%s in %s has %d hours, want %d", c.day, c.rule, got, c.hours)
		}
	}
}

// The due dates of a.9, by day and by instant.
func TestDue(t *testing.T) {
	sunday := Calendar{Holidays: []Day{"2026-01-19"}}
	for name, c := range map[string]struct {
		cal   Calendar
		start string
		d     Duration
		day   Day
		last  string
	}{
		"D2: six months":                      {Calendar{}, "2025-02-24T12:00:00Z", Duration{Unit: Months, Count: 6}, "2025-08-24", "2025-08-24T23:59:59.999Z"},
		"D4: twelve months from a leap day":   {Calendar{}, "2024-02-29T12:00:00Z", Duration{Unit: Months, Count: 12}, "2025-02-28", "2025-02-28T23:59:59.999Z"},
		"to a leap day":                       {Calendar{}, "2023-08-31T12:00:00Z", Duration{Unit: Months, Count: 6}, "2024-02-29", "2024-02-29T23:59:59.999Z"},
		"D1: from the end of a long month":    {Calendar{}, "2025-01-31T12:00:00Z", Duration{Unit: Months, Count: 1}, "2025-02-28", "2025-02-28T23:59:59.999Z"},
		"a due day on a weekend stays":        {Calendar{}, "2026-04-16T12:00:00Z", Duration{Unit: CalendarDays, Count: 30}, "2026-05-16", "2026-05-16T23:59:59.999Z"},
		"business days over a weekend":        {Calendar{}, "2026-01-08T12:00:00Z", Duration{Unit: BusinessDays, Count: 2}, "2026-01-12", "2026-01-12T23:59:59.999Z"},
		"business days from a Saturday":       {Calendar{}, "2026-01-10T12:00:00Z", Duration{Unit: BusinessDays, Count: 1}, "2026-01-12", "2026-01-12T23:59:59.999Z"},
		"business days over a holiday":        {sunday, "2026-01-15T12:00:00Z", Duration{Unit: BusinessDays, Count: 2}, "2026-01-20", "2026-01-20T23:59:59.999Z"},
		"hours are an instant":                {Calendar{}, "2026-01-15T22:30:00Z", Duration{Unit: Hours, Count: 72}, "2026-01-18", "2026-01-18T22:30:00Z"},
		"promptly, read as days":              {Calendar{}, "2026-01-15T22:30:00Z", Duration{Unit: Promptly, Days: 7}, "2026-01-22", "2026-01-22T23:59:59.999Z"},
		"before it takes effect":              {Calendar{}, "2026-01-15T22:30:00Z", Duration{Unit: BeforeEffect}, "2026-01-15", "2026-01-15T22:30:00Z"},
		"the day is that of the zone":         {Calendar{Zone: zone(t, pacific)}, "2026-03-01T03:00:00Z", Duration{Unit: CalendarDays, Count: 8}, "2026-03-08", "2026-03-09T06:59:59.999Z"},
		"east of Greenwich the day is longer": {Calendar{Zone: zone(t, kiribat)}, "2026-01-30T12:00:00Z", Duration{Unit: Months, Count: 1}, "2026-02-28", "2026-02-28T09:59:59.999Z"},
		"hours over a change of clocks":       {Calendar{Zone: zone(t, pacific)}, "2026-03-08T08:00:00Z", Duration{Unit: Hours, Count: 24}, "2026-03-09", "2026-03-09T08:00:00Z"},
	} {
		got := c.cal.Due(ms(t, c.start), c.d)
		if got.Day != c.day || got.Last != ms(t, c.last) {
			t.Errorf("%s: %s, %s; want %s, %s", name, got.Day, time.UnixMilli(got.Last).UTC(), c.day, c.last)
		}
	}
	if (Calendar{}).Due(5, Duration{Unit: Promptly}).Known() {
		t.Error("promptly without days has a date")
	}
	if (Calendar{}).Due(5, Duration{Unit: "moons", Count: 1}).Known() {
		t.Error("a unit that nobody knows has a date")
	}
}

// CAP-22: three days after the due day is three days late, whatever clocks do in
// between.
func TestDaysLate(t *testing.T) {
	z := zone(t, pacific)
	due := Calendar{Zone: z}.Due(ms(t, "2026-03-01T20:00:00Z"), Duration{Unit: CalendarDays, Count: 5}) // the 6th
	for day, want := range map[Day]int64{"2026-03-04": -2, "2026-03-06": 0, "2026-03-07": 1, "2026-03-09": 3} {
		for _, at := range []int64{z.Start(day), z.End(day) - 1} {
			if got := due.DaysLate(z, at); got != want {
				t.Errorf("on %s: %d days late, want %d", day, got, want)
			}
		}
	}
	at := Calendar{}.Due(ms(t, "2026-01-01T12:00:00Z"), Duration{Unit: Hours, Count: 24})
	for text, want := range map[string]int64{
		"2026-01-01T11:00:00Z": -1, "2026-01-02T12:00:00Z": 0, "2026-01-02T12:00:01Z": 1, "2026-01-03T12:00:00Z": 1, "2026-01-03T12:00:01Z": 2,
	} {
		if got := at.DaysLate(Zone{}, ms(t, text)); got != want {
			t.Errorf("at %s: %d days late, want %d", text, got, want)
		}
	}
}

func TestQuarters(t *testing.T) {
	c := Calendar{Zone: zone(t, pacific)}
	for text, want := range map[string]string{
		"2026-01-01T07:59:59Z": "2025-Q4 2026-01-01T08:00:00Z", "2026-01-01T08:00:00Z": "2026-Q1 2026-04-01T07:00:00Z",
		"2026-11-30T00:00:00Z": "2026-Q4 2027-01-01T08:00:00Z",
	} {
		end, name := c.QuarterEnd(ms(t, text))
		if got := name + " " + time.UnixMilli(end).UTC().Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// Days follow each other without gap or overlap, and every instant lies in its
// own day.
func TestDaysTileTime(t *testing.T) {
	rules := []string{"UTC0", pacific, central, kiribat, midnight, "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "<-03>3"}
	rapid.Check(t, func(t *rapid.T) {
		z := zone(t, rapid.SampledFrom(rules).Draw(t, "rule"))
		at := rapid.Int64Range(1.6e12, 2.2e12).Draw(t, "ms")
		d := z.DayOf(at)
		if at < z.Start(d) || at >= z.End(d) {
			t.Fatalf("%d lies outside of %s: %d to %d", at, d, z.Start(d), z.End(d))
		}
		if z.DayOf(z.Start(d)) != d || z.DayOf(z.Start(d)-1) != d.AddDays(-1) || z.DayOf(z.End(d)) != d.AddDays(1) {
			t.Fatalf("%s does not begin where the day before ends", d)
		}
	})
}

// A later start is never due earlier, and time that passes never makes something
// less late.
func TestDueIsOrdered(t *testing.T) {
	units := []Unit{Months, CalendarDays, BusinessDays, Hours, BeforeEffect}
	rapid.Check(t, func(t *rapid.T) {
		c := Calendar{Zone: zone(t, rapid.SampledFrom([]string{"UTC0", pacific, central}).Draw(t, "rule"))}
		d := Duration{Unit: rapid.SampledFrom(units).Draw(t, "unit"), Count: rapid.IntRange(1, 40).Draw(t, "count")}
		a := rapid.Int64Range(1.6e12, 2.2e12).Draw(t, "start")
		b := a + rapid.Int64Range(0, 1e10).Draw(t, "later")
		x, y := c.Due(a, d), c.Due(b, d)
		if y.Last < x.Last || x.Last < a {
			t.Fatalf("%+v from %d: %+v, %+v", d, a, x, y)
		}
		if x.DaysLate(c.Zone, b) > x.DaysLate(c.Zone, b+1) || (x.DaysLate(c.Zone, b) > 0) != (b > x.Last) {
			t.Fatalf("%+v: at %d late by %d", x, b, x.DaysLate(c.Zone, b))
		}
	})
}

func TestRulesOfZones(t *testing.T) {
	for _, rule := range []string{"", "Mars", "PST8PDT", "UTC25", "PST8PDT,M3.2.0", "PST8PDT,M13.2.0,M11.1.0", "America/Los_Angeles", "UTC0\nX"} {
		if z, err := NewZone("z", rule); err == nil {
			t.Errorf("%q was taken: %v", rule, z)
		}
	}
	if got := zone(t, "<+0545>-5:45").DayOf(ms(t, "2026-01-01T18:15:00Z")); got != "2026-01-02" {
		t.Error(got)
	}
}
