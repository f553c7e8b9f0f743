// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/proof"
)

// reportOn reads made-up entries, each on a day of March 2026, up to the period's end.
func reportOn(t *testing.T, from, to deadline.Day, entries ...entry.Entry) AccessReport {
	t.Helper()
	r := accessReader{
		report: AccessReport{From: from, To: to}, start: from.Start(), end: to.End(), open: map[string][]int{},
		proposals: map[string]*proposal{}, decisions: map[string]*proposal{},
	}
	for i, e := range entries {
		if e.RecordedAt >= r.end {
			break
		}
		e.Seq = int64(i)
		if err := r.read(e); err != nil {
			t.Fatal(err)
		}
	}
	return r.result()
}

func on(day deadline.Day, actor, typ, data string) entry.Entry {
	return entry.Entry{Header: proof.Header{RecordedAt: day.Start(), Type: typ, V: 1, Actor: actor}, Body: []byte(`{"data":` + data + `}`)}
}

// Who went on without a clearance is listed by the type of the entry.
func TestReportListsBrokenGlass(t *testing.T) {
	broken := func(day deadline.Day) entry.Entry {
		return on(day, "p-officer", "gate.glass_broken", `{"model":"m","action":"deploy","environment":"production","reason":"an outage","until":5,"hours":2,"clearance":"clearance-1"}`)
	}
	r := reportOn(t, "2026-03-02", "2026-03-03", broken("2026-03-01"), broken("2026-03-03"), broken("2026-03-04"))
	want := []GlassBroken{{Seq: 1, At: deadline.Day("2026-03-03").Start(), Person: "p-officer", Model: "m", Action: "deploy", Environment: "production", Reason: "an outage", Until: 5}}
	if d := cmp.Diff(want, r.Glass); d != "" {
		t.Error(d)
	}
}

// An exemption belongs to a period in which it was proposed or ran.
func TestReportListsExemptions(t *testing.T) {
	entries := []entry.Entry{
		on("2026-03-02", "p-officer", "decision.proposed", `{"file":{"id":"decision-0","kind":"exemption","title":"t","grade":"attested","exemption":{"duty":"duty-1","extend":true,"reason":"late","until":"2026-03-20"}},"question":"question-1"}`),
		on("2026-03-05", "p-chief", "decision.took_effect", `{"decision":"decision-0"}`),
		on("2026-03-10", "p-chief", "decision.voided", `{"decision":"decision-0","reason":"r","by":"decision-9"}`),
	}
	for _, c := range []struct {
		from, to deadline.Day
		entries  []entry.Entry
		listed   bool
	}{
		{"2026-03-01", "2026-03-01", entries, false},
		{"2026-03-02", "2026-03-02", entries, true},
		{"2026-03-03", "2026-03-04", entries, false},
		{"2026-03-06", "2026-03-07", entries, true},
		{"2026-03-11", "2026-03-12", entries, false},
		{"2026-03-20", "2026-03-20", entries[:2], true},
		{"2026-03-21", "2026-03-22", entries[:2], false},
	} {
		r := reportOn(t, c.from, c.to, c.entries...)
		if len(r.Exemptions) == 1 != c.listed {
			t.Errorf("%s to %s: %+v", c.from, c.to, r.Exemptions)
		}
		if c.listed && (r.Exemptions[0].What != "the duty duty-1 is extended" || r.Exemptions[0].Until != "2026-03-20" || r.Exemptions[0].Reason != "late") {
			t.Errorf("%+v", r.Exemptions[0])
		}
	}
}

// Own work is what somebody wrote and judged; what the operator recorded is
// somebody's, and nobody knows whose.
func TestReportTellsOwnWork(t *testing.T) {
	r := reportOn(t, "2026-03-02", "2026-03-31",
		on("2026-03-02", "p-team", "assessment.opened", `{}`),
		on("2026-03-02", "p-officer", "assessment.found", `{}`),
		on("2026-03-02", Operator, "safeguard.report_prepared", `{}`),
		on("2026-03-02", "p-chief", "decision.proposed", `{"file":{"id":"decision-3","kind":"determination","grade":"attested","assessment":"assessment-0",
			"pins":[{"ref":{"kind":"finding","id":"finding-1"},"seq":1,"grade":"attested"},{"ref":{"kind":"report","id":"report-2"},"seq":2,"grade":"attested"}]},"question":"question-4"}`),
		on("2026-03-03", Operator, "signoff.signed", `{"question":"question-4","role":"rso","person":"p-officer","answer":"approve"}`),
		on("2026-03-03", Operator, "signoff.signed", `{"question":"question-4","role":"ceo","person":"p-chief","answer":"dissent"}`),
		on("2026-03-03", "p-team", "review.submitted", `{"about":{"kind":"assessment","id":"assessment-0"},"role":"red-team"}`),
		on("2026-03-03", "p-other", "review.submitted", `{"about":{"kind":"assessment","id":"assessment-0"},"role":"alignment"}`),
		on("2026-03-03", "p-other", "assessment.approved_post_hoc", `{"finding":"finding-1","by":"p-officer"}`),
	)
	at := deadline.Day("2026-03-03").Start()
	own := []OwnWork{
		{Person: "p-officer", Act: "signed", Role: "rso", Seq: 4, At: at, On: "decision-3", Work: []string{"finding-1"}},
		{Person: "p-team", Act: "reviewed", Role: "red-team", Seq: 6, At: at, On: "assessment-0", Work: []string{"assessment-0"}},
		{Person: "p-officer", Act: "approved after the fact", Seq: 8, At: at, On: "finding-1", Work: []string{"finding-1"}},
	}
	unknown := []OwnWork{{Person: "p-officer", Act: "signed", Role: "rso", Seq: 4, At: at, On: "decision-3", Work: []string{"report-2"}}}
	if d := cmp.Diff(own, r.Own) + cmp.Diff(unknown, r.Unattributed); d != "" {
		t.Error(d)
	}
}
