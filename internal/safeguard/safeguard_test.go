// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package safeguard

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/proof"
)

const start = deadline.Day("2025-05-22")

var two = See{Criteria: []Criterion{{"threat_model", "Threat modelling"}, {"red_team", "Red-teaming"}}}

// world applies drafts as the journal would.
type world struct {
	t       fataler
	State   State
	entries []entry.Entry
	now     int64
}

type fataler interface {
	Helper()
	Fatal(...any)
}

func newWorld(t fataler) *world { return &world{t: t, now: start.Start()} }

func (w *world) act() entry.Act {
	return entry.Act{Actor: "operator", Seq: int64(len(w.entries)), Now: w.now}
}

// do applies what a verb wants and gives the seq of its first draft.
func (w *world) do(drafts []entry.Draft, err error) int64 {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	first := int64(len(w.entries))
	w.State = w.State.Fork()
	for _, d := range drafts {
		salt := make([]byte, proof.SaltSize)
		e := entry.Entry{Salt: salt, Body: d.Body}
		e.Seq, e.Type, e.V, e.RecordedAt = int64(len(w.entries)), d.Type, d.V, w.now
		e.Actor, e.Header.Body = "operator", proof.Commit(salt, d.Body)
		if err := entry.NewRegistry(Types()...).Check(e); err != nil {
			w.t.Fatal(err)
		}
		if err := w.State.Apply(e); err != nil {
			w.t.Fatal(err)
		}
		w.entries = append(w.entries, e)
	}
	w.now++
	return first
}

func (w *world) evidence(criterion string, limitation bool) string {
	w.t.Helper()
	seq := w.do(w.State.RecordEvidence(EvidenceInput{
		Standard: "ASL-3", Facet: "deployment", Criterion: criterion, Statement: "shown: " + criterion,
		Limitation: limitation, Document: &entry.Ref{Kind: "document", ID: "asl-3-report"},
	}, two, w.act()))
	return entry.ID("safeguard-evidence", seq)
}

func (w *world) report(models ...string) string {
	w.t.Helper()
	seq := w.do(w.State.PrepareReport(ReportInput{
		Standard: "ASL-3", Facet: "deployment", Models: models, ResidualRisk: "low", Limitations: []string{"biology first"},
	}, two, w.act()))
	return entry.ID("report", seq)
}

func (w *world) approve(report string, by deadline.Day) string {
	w.t.Helper()
	seq := w.do(w.State.Approve(ApproveInput{
		Standard: "ASL-3", Facet: "deployment", Report: report, Decision: "decision-1", ReapproveBy: by,
	}, w.act()))
	return entry.ID("approval", seq)
}

func (w *world) standing(model string) Standing {
	return w.State.Standing("ASL-3", "deployment", model, "production", w.now)
}

func ready(t fataler) *world {
	w := newWorld(t)
	w.evidence("threat_model", false)
	w.evidence("red_team", true)
	return w
}

// SAF-5: no report while a criterion lacks evidence or a named limitation.
func TestReportNeedsEveryCriterionSAF5(t *testing.T) {
	w := newWorld(t)
	w.evidence("threat_model", false)
	in := ReportInput{Standard: "ASL-3", Facet: "deployment", ResidualRisk: "low"}
	_, err := w.State.PrepareReport(in, two, w.act())
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "red_team") || strings.Contains(err.Error(), "threat_model") {
		t.Fatalf("the fault does not name the missing criterion: %v", err)
	}
	w.evidence("red_team", true)
	w.report()
	r, _ := w.State.Report("report-2")
	want := Report{
		ID: "report-2", Seq: 2, Grade: grade.Reported, Standard: "ASL-3", Facet: "deployment",
		Limitations: []string{"biology first", "shown: red_team"}, Evidence: []int64{0, 1}, Digest: r.Digest,
	}
	if d := cmp.Diff(want, r); d != "" || len(r.Digest) != 64 {
		t.Error(d, r.Digest)
	}
}

func TestEvidenceWithdrawnIsMissing(t *testing.T) {
	w := ready(t)
	w.do(w.State.WithdrawEvidence("safeguard-evidence-0", "the document was restated", entry.Provenance{}))
	missing := w.State.Missing("ASL-3", "deployment", two.Criteria)
	if d := cmp.Diff(two.Criteria[:1], missing); d != "" {
		t.Error(d)
	}
	if _, err := w.State.WithdrawEvidence("safeguard-evidence-0", "again", entry.Provenance{}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("withdrawn twice: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	w := ready(t)
	w.report("aster-2")
	ev := func(change func(*EvidenceInput)) error {
		in := EvidenceInput{Standard: "ASL-3", Facet: "deployment", Criterion: "red_team", Statement: "x"}
		change(&in)
		_, err := w.State.RecordEvidence(in, two, w.act())
		return err
	}
	ap := func(change func(*ApproveInput)) error {
		in := ApproveInput{Standard: "ASL-3", Facet: "deployment", Report: "report-2", Decision: "decision-1"}
		change(&in)
		_, err := w.State.Approve(in, w.act())
		return err
	}
	_, never := w.State.Withdraw(WithdrawInput{Standard: "ASL-3", Facet: "security", Reason: "x", By: "rso"})
	_, empty := w.State.RecordFailure(FailureInput{Standard: "ASL-3", Facet: "deployment", Reason: " "})
	_, noCriteria := w.State.PrepareReport(ReportInput{Standard: "ASL-1", Facet: "deployment", ResidualRisk: "x"}, See{}, w.act())
	_, noRisk := w.State.PrepareReport(ReportInput{Standard: "ASL-3", Facet: "deployment"}, two, w.act())
	tests := map[string]struct {
		err  error
		want fault.Kind
	}{
		"malformed standard":       {ev(func(in *EvidenceInput) { in.Standard = "ASL 3" }), fault.Invalid},
		"unknown criterion":        {ev(func(in *EvidenceInput) { in.Criterion = "magic" }), fault.NotFound},
		"empty statement":          {ev(func(in *EvidenceInput) { in.Statement = " " }), fault.Invalid},
		"document without name":    {ev(func(in *EvidenceInput) { in.Document = &entry.Ref{Kind: "document"} }), fault.Invalid},
		"digest not hex":           {ev(func(in *EvidenceInput) { in.Document = &entry.Ref{Kind: "document", Digest: "XY"} }), fault.Invalid},
		"no residual risk":         {noRisk, fault.Invalid},
		"no criteria published":    {noCriteria, fault.Invalid},
		"unknown report":           {ap(func(in *ApproveInput) { in.Report = "report-99" }), fault.NotFound},
		"report on another facet":  {ap(func(in *ApproveInput) { in.Facet = "security" }), fault.Conflict},
		"no decision":              {ap(func(in *ApproveInput) { in.Decision = "" }), fault.Invalid},
		"scope wider than report":  {ap(func(in *ApproveInput) { in.Models = []string{"other"} }), fault.Conflict},
		"approved in the future":   {ap(func(in *ApproveInput) { in.ApprovedOn = start.AddDays(2) }), fault.Invalid},
		"re-approval before":       {ap(func(in *ApproveInput) { in.ReapproveBy = start }), fault.Invalid},
		"re-approval is not a day": {ap(func(in *ApproveInput) { in.ReapproveBy = "next year" }), fault.Invalid},
		"nothing to withdraw":      {never, fault.Conflict},
		"failure without reason":   {empty, fault.Invalid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if fault.KindOf(tt.err) != tt.want {
				t.Errorf("got %v, want kind %s", tt.err, tt.want)
			}
		})
	}
}

// SAF-6: the re-approval day counts as kept until it ends, then the standard
// has lapsed by itself.
func TestLapseSAF6(t *testing.T) {
	w := ready(t)
	w.approve(w.report(), start.AddMonths(12))
	last := deadline.Day("2026-05-22")
	for now, want := range map[int64]Status{last.End() - 1: InForce, last.End(): Lapsed} {
		got := w.State.Standing("ASL-3", "deployment", "m", "production", now)
		if got.Status != want || got.ReapproveBy != last {
			t.Errorf("at %d: %+v, want %s", now, got, want)
		}
	}
	w.now = last.AddDays(1).Start()
	w.approve(w.report(), last.AddMonths(12))
	if got := w.standing("m"); got.Status != InForce {
		t.Errorf("a new approval does not bring it back: %+v", got)
	}
}

func TestStandingDescribesTheApproval(t *testing.T) {
	w := ready(t)
	w.approve(w.report("aster-2"), "")
	want := Standing{
		Status: InForce, Grade: grade.Reported, Entries: []int64{2, 3}, Approval: "approval-3", Decision: "decision-1",
		Limitations: []string{"biology first", "shown: red_team"}, Since: start, Reason: "approved on 2025-05-22",
	}
	if d := cmp.Diff(want, w.standing("aster-2")); d != "" {
		t.Error(d)
	}
	if got := w.standing("other"); got.Status != NotApproved || got.Grade != grade.Unknown {
		t.Errorf("the scope is not kept: %+v", got)
	}
}

// A published approval without a report that we hold is attested at most.
func TestReportedApprovalIsAttested(t *testing.T) {
	w := newWorld(t)
	w.do(w.State.Approve(ApproveInput{
		Standard: "ASL-2", Facet: "security", Decision: "decision-9", How: entry.Graded(grade.Recomputed),
	}, w.act()))
	ask := Ask{Standard: "ASL-2", Facet: "security", Model: "m", Floor: grade.Attested}
	if got := w.State.StandingAt(ask, w.now); got.Status != InForce || got.Grade != grade.Attested {
		t.Errorf("%+v", got)
	}
	ask.Floor = grade.Reported
	if got := w.State.StandingAt(ask, w.now); got.Status != NotApproved || got.Grade != grade.Attested || len(got.Entries) != 1 {
		t.Errorf("below the floor: %+v", got)
	}
}

// SAF-10, and what it takes to come back.
func TestFailureReopensUntilNewReport(t *testing.T) {
	w := ready(t)
	old := w.report()
	w.approve(old, "")
	w.do(w.State.RecordFailure(FailureInput{Standard: "ASL-3", Facet: "deployment", Reason: "a universal jailbreak"}))
	if got := w.standing("m"); got.Status != Reopened || len(got.Entries) != 3 {
		t.Fatalf("%+v", got)
	}
	_, err := w.State.Approve(ApproveInput{Standard: "ASL-3", Facet: "deployment", Report: old, Decision: "decision-2"}, w.act())
	if fault.KindOf(err) != fault.Conflict {
		t.Fatalf("the old report was approved again: %v", err)
	}
	backdated := ApproveInput{Standard: "ASL-3", Facet: "deployment", Decision: "decision-2", ApprovedOn: start.AddDays(-9)}
	w.do(w.State.Approve(backdated, w.act()))
	if got := w.standing("m"); got.Status != Reopened {
		t.Fatalf("an approval from before the failure answers it: %+v", got)
	}
	w.approve(w.report(), "")
	if got := w.standing("m"); got.Status != InForce {
		t.Fatalf("%+v", got)
	}
}

// An approval entered later but given before a failure does not answer it.
func TestBackdatedApprovalAnswersNothing(t *testing.T) {
	w := newWorld(t)
	w.do(w.State.RecordFailure(FailureInput{Standard: "ASL-3", Facet: "deployment", Reason: "a universal jailbreak"}))
	w.do(w.State.Approve(ApproveInput{
		Standard: "ASL-3", Facet: "deployment", Decision: "decision-2", ApprovedOn: start.AddDays(-9),
	}, w.act()))
	if got := w.standing("m"); got.Status != Reopened {
		t.Errorf("%+v", got)
	}
}

// What rested on withdrawn evidence is reopened and cannot be approved again.
func TestLostEvidenceReopens(t *testing.T) {
	w := ready(t)
	report := w.report()
	w.approve(report, "")
	w.do(w.State.WithdrawEvidence("safeguard-evidence-0", "restated", entry.Provenance{}))
	if got := w.standing("m"); got.Status != Reopened || len(got.Entries) != 3 {
		t.Errorf("%+v", got)
	}
	_, err := w.State.Approve(ApproveInput{Standard: "ASL-3", Facet: "deployment", Report: report, Decision: "decision-2"}, w.act())
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("approved again: %v", err)
	}
}

// An older, better known approval must not hide that the newest has lapsed.
func TestFloorNeverRaises(t *testing.T) {
	w := ready(t)
	w.approve(w.report(), start.AddMonths(12))
	w.now = start.AddDays(30).Start()
	w.do(w.State.Approve(ApproveInput{
		Standard: "ASL-3", Facet: "deployment", Decision: "decision-2", ReapproveBy: start.AddDays(60),
	}, w.act()))
	now := start.AddDays(61).Start()
	for _, floor := range []grade.Grade{grade.Attested, grade.Reported} {
		got := w.State.StandingAt(Ask{"ASL-3", "deployment", "m", "e", floor}, now)
		if got.Status != Lapsed {
			t.Errorf("floor %s: %+v", floor, got)
		}
	}
}

// random does one random act; bad acts can only lower a standing.
func (w *world) random(t *rapid.T, bad bool) {
	kinds := []string{"failure", "withdraw", "lose evidence", "day"}
	if !bad {
		kinds = append(kinds, "evidence", "approve", "reported approval", "narrow approval")
	}
	switch kind := rapid.SampledFrom(kinds).Draw(t, "act"); kind {
	case "failure":
		w.do(w.State.RecordFailure(FailureInput{Standard: "ASL-3", Facet: "deployment", Reason: "x"}))
	case "withdraw":
		if d, err := w.State.Withdraw(WithdrawInput{Standard: "ASL-3", Facet: "deployment", Reason: "x", By: "rso"}); err == nil {
			w.do(d, nil)
		}
	case "lose evidence":
		all := w.State.Evidence("ASL-3", "deployment")
		if e := all[rapid.IntRange(0, len(all)-1).Draw(t, "which")]; e.Withdrawn == 0 {
			w.do(w.State.WithdrawEvidence(e.ID, "lost", entry.Provenance{}))
		}
	case "day":
		w.now = deadline.DayOf(w.now).AddDays(rapid.IntRange(1, 200).Draw(t, "days")).Start()
	case "evidence":
		w.evidence(rapid.SampledFrom(two.Criteria).Draw(t, "criterion").ID, false)
	default:
		w.randomApproval(t, kind)
	}
}

func (w *world) randomApproval(t *rapid.T, kind string) {
	in := ApproveInput{Standard: "ASL-3", Facet: "deployment", Decision: "decision-1"}
	if rapid.Bool().Draw(t, "expires") {
		in.ReapproveBy = deadline.DayOf(w.now).AddDays(rapid.IntRange(1, 400).Draw(t, "period"))
	}
	if kind == "narrow approval" {
		in.Models = []string{"aster-2"}
	}
	if kind == "approve" {
		if len(w.State.Missing("ASL-3", "deployment", two.Criteria)) > 0 {
			return
		}
		in.Report = w.report()
	}
	w.do(w.State.Approve(in, w.act()))
}

// Losing evidence, adding a challenge, a passing date and a higher floor never
// raise a standing.
func TestNothingBadRaises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := ready(t)
		for range rapid.IntRange(0, 8).Draw(t, "good") {
			w.random(t, false)
		}
		for range rapid.IntRange(1, 4).Draw(t, "bad") {
			ask := Ask{Standard: "ASL-3", Facet: "deployment", Floor: grade.Attested,
				Model: rapid.SampledFrom([]string{"aster-2", "other"}).Draw(t, "model")}
			before := w.State.StandingAt(ask, w.now)
			high := ask
			high.Floor = grade.Reported
			if raised := w.State.StandingAt(high, w.now); before.Status.Below(raised.Status) {
				t.Fatalf("a higher floor raised %s to %s", before.Status, raised.Status)
			}
			w.random(t, true)
			if after := w.State.StandingAt(ask, w.now); before.Status.Below(after.Status) {
				t.Fatalf("%s was raised to %s", before.Status, after.Status)
			}
		}
	})
}

func TestReplayEqualsLive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := ready(t)
		for range rapid.IntRange(0, 10).Draw(t, "acts") {
			w.random(t, false)
		}
		var replay State
		for _, e := range w.entries {
			if err := replay.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(dump(w.State), dump(replay)); d != "" {
			t.Fatal(d)
		}
	})
}

func dump(s State) []any {
	return []any{s.Evidence("ASL-3", "deployment"), s.Reports("ASL-3", "deployment"),
		s.Approvals("ASL-3", "deployment"), s.Standing("ASL-3", "deployment", "m", "e", start.Start())}
}

func TestApplyRefusesUnknownType(t *testing.T) {
	var s State
	err := s.Apply(entry.Entry{Header: proof.Header{Type: "safeguard.forgotten", V: 1}})
	if fault.KindOf(err) != fault.Internal {
		t.Errorf("got %v", err)
	}
}
