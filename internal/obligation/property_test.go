// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package obligation

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// worth orders statuses: time only goes down in it.
func worth(s Status) int {
	for i, v := range []Status{IsMissed, DoneLate, Unknown, DueSoon, Scheduled, IsWaived, DoneOnTime} {
		if v == s {
			return i
		}
	}
	return -1
}

// anyDuty draws a duty with everything that can have happened to it.
func anyDuty(t *rapid.T) Duty {
	const day = 24 * 3600 * 1000
	begun := rapid.Int64Range(1.7e12, 1.9e12).Draw(t, "started")
	d := Duty{ID: "duty-1.1", Row: Row{
		Started: begun, Grade: rapid.SampledFrom([]grade.Grade{grade.Recomputed, grade.Reported, grade.Attested}).Draw(t, "grade"),
		Hardness: rapid.SampledFrom([]policy.Hardness{policy.Must, policy.Target}).Draw(t, "hardness"), OnBreach: policy.BreachNote,
		Zone: rapid.SampledFrom([]string{"", "PST8PDT,M3.2.0,M11.1.0"}).Draw(t, "zone"), Assumed: rapid.Bool().Draw(t, "assumed"), Warn: []int{14},
	}}
	cal := deadline.Calendar{Zone: d.zone()}
	unit := rapid.SampledFrom([]deadline.Unit{deadline.CalendarDays, deadline.Hours, deadline.Promptly}).Draw(t, "unit")
	d.Now = cal.Due(begun, deadline.Duration{Unit: unit, Count: rapid.IntRange(1, 60).Draw(t, "count")})
	d.Due, d.Last = d.Now.Day, d.Now.Last
	if rapid.Bool().Draw(t, "waived") {
		at := begun + rapid.Int64Range(0, 90*day).Draw(t, "waiver")
		until := cal.Zone.DayOf(at).AddDays(rapid.IntRange(0, 60).Draw(t, "days"))
		d.Waiver = &Relief{Relieved: Relieved{Until: until, Last: cal.Zone.End(until) - 1, AfterBreach: at > d.Last && d.Last != 0 && !d.Published()}, Mark: Mark{At: at}}
	}
	return d
}

// Letting time pass never raises a status, and what is not done never reads as
// done (CMP-8).
func TestTimeRaisesNoStatus(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDuty(t)
		a := d.Started + rapid.Int64Range(0, 2e10).Draw(t, "a")
		b := a + rapid.Int64Range(0, 2e10).Draw(t, "b")
		x, y := d.At(a), d.At(b)
		if worth(y.Status) > worth(x.Status) {
			t.Fatalf("%s became %s", x.Status, y.Status)
		}
		if x.Status == DoneOnTime || x.Status == DoneLate {
			t.Fatalf("nobody did it, and it is %s", x.Status)
		}
		if d.Published() && x.Status == IsMissed {
			t.Fatal("a source is accused of being late")
		}
		if x.VarianceDays != nil && y.VarianceDays != nil && *y.VarianceDays < *x.VarianceDays {
			t.Fatalf("%d days late became %d", *x.VarianceDays, *y.VarianceDays)
		}
	})
}

// Whether it was written down changes nothing about where it stands.
func TestWritingItDownChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDuty(t)
		var s State
		s.put(Duty{}, d)
		now := d.Started + rapid.Int64Range(0, 2e10).Draw(t, "now")
		if d.Waiver != nil {
			now = max(now, d.Waiver.At)
		}
		before := d.At(now)
		late := s.Overdue(now, 10, nil)
		if (len(late) == 1) != (before.Status == IsMissed) {
			t.Fatalf("%s, and %d to be written down", before.Status, len(late))
		}
		for _, l := range late {
			l.Breach = &Breach{MissedRow: l.miss(now)}
			if got := l.At(now); got.Status != before.Status || *got.VarianceDays != *before.VarianceDays {
				t.Fatalf("%+v became %+v", before, got)
			}
		}
	})
}
