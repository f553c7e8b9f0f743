// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/obligation"
)

// CMP-2, CMP-7, CAP-22: with nobody touching it a late evaluation has become a
// finding with its days and clause; it is rated, resolved, verified by another
// person, and linked to what it changed (CMP-3, CMP-4, CMP-9).
func TestTheLateEvaluation(t *testing.T) {
	view, err := drilled(t).app.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range view.State.Finding.All() {
		days := "-"
		if f.VarianceDays != nil {
			days = fmt.Sprint(*f.VarianceDays)
		}
		got = append(got, strings.Join([]string{string(f.Category), f.Clause, days, string(f.FoundBy), string(f.Rating()), string(f.Status()), fmt.Sprint(len(f.Lessons))}, " "))
	}
	want := []string{
		"break_glass  - machine  open 0",
		"late 3.1 1 machine minimal verified 1",
		"unclear_record 3.2.2 - person minimal verified 1",
		"methodology_gap 3.2.3 - person minimal verified 0",
		"deviation 3.2.4 - person minimal verified 0",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, f := range view.State.Finding.All() {
		if f.Category != finding.Late {
			continue
		}
		d, err := view.State.Obligation.Duty(f.Duty)
		if err != nil {
			t.Fatal(err)
		}
		st := d.At(view.Time)
		if st.Status != obligation.DoneLate || *st.VarianceDays != 3 || d.Policy != "anthropic-rsp@2.2" {
			t.Errorf("%+v under %s", st, d.Policy)
		}
	}
}

// GAT-5, INT-1, INT-4: an approval that lapses under live models is shown first
// and opens responses by itself; interim measures answer them, and the standard
// takes their place.
func TestTheLapsedApproval(t *testing.T) {
	b := drilled(t)
	lapsed, err := b.app.Moment(t.Context(), "2026-05-01T00:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	live := b.app.LiveHeld(lapsed)
	if len(live) != 3 {
		t.Fatalf("%d live things are held the moment after the last day: %+v", len(live), live)
	}
	for _, l := range live {
		if l.Owner != "rso" || l.Due != lapsed.Now+72*3_600_000 || l.Response != "" {
			t.Errorf("before any sweep: %+v", l)
		}
	}
	now, err := b.app.Moment(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var how []string
	for _, r := range now.View.State.Restriction.Responses() {
		how = append(how, string(r.How))
	}
	if d := cmp.Diff("interim interim interim", strings.Join(how[:3], " ")); d != "" {
		t.Error(d)
	}
	for _, m := range now.View.State.Safeguard.Interims() {
		if m.Ended != "replaced" {
			t.Errorf("%s: %s", m.ID, m.Ended)
		}
	}
	if len(b.app.LiveHeld(now)) != 0 {
		t.Error("something is live and held at the end")
	}
}

// What stands by way of exception on a day of the year, by when it ends.
func TestTheDrillsExceptions(t *testing.T) {
	b := drilled(t)
	for at, want := range map[string]string{
		"2026-03-20T00:00:00Z": "decision_until",
		"2026-05-01T10:00:00Z": "break_glass",
		"2026-05-03T00:00:00Z": "interim_measure",
		"2026-06-02T00:00:00Z": "acting_office",
		"2026-07-28T15:00:00Z": "hold",
		"2026-07-30T23:00:00Z": "observe_mode",
	} {
		m, err := b.app.Moment(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, x := range app.Exceptions(m) {
			kinds = append(kinds, string(x.Kind))
		}
		if got := strings.Join(kinds, " "); got != want {
			t.Errorf("at %s: %q, want %q", at, got, want)
		}
	}
}
