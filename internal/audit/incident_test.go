// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package audit_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/incident"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

func (l *lab) state() app.View {
	l.t.Helper()
	v, err := l.app.View(context.Background())
	if err != nil {
		l.t.Fatal(err)
	}
	return v
}

func declaring(stop ...gate.PlaceIn) app.Declaring {
	return app.Declaring{
		Declared: incident.Declared{Kind: incident.Jailbreak, Title: "a prompt gets around the classifier", Models: []string{labModel}},
		Stop:     stop, Reopen: []app.FacetOf{{Standard: "ASL-2", Facet: "deployment"}},
	}
}

// RAP-6: an incident stops the model and reopens the standard in one act, at
// once, and the copy of the journal verifies.
func TestIncidentClosesTheGate(t *testing.T) {
	l := newLab(t)
	v := l.state()
	ask := gate.Ask{Model: labModel, Action: "store_weights"}
	if got := gate.Evaluate(v.State.Facts(), ask, v.Time); got.Outcome != gate.Clear {
		t.Fatalf("held before: %v", got.HeldBecause())
	}
	done := l.do(app.DeclareIncident(declaring(gate.PlaceIn{Model: labModel})))
	v = done.View
	in, err := v.State.Incident.Find(done.ID("incident", 0))
	if err != nil || !slices.Equal(in.Holds, []string{done.ID("hold", 1)}) || !slices.Equal(in.Reopened, []string{"ASL-2/deployment"}) {
		t.Fatalf("%+v, %v", in, err)
	}
	hold, err := v.State.Gate.Hold(in.Holds[0])
	if err != nil || !hold.Stands() || !strings.HasPrefix(hold.Reason, in.ID+": ") {
		t.Errorf("%+v, %v", hold, err)
	}
	got := gate.Evaluate(v.State.Facts(), ask, v.Time)
	if got.Outcome != gate.Held {
		t.Error("the gate is open after the incident")
	}
	if st := v.State.Safeguard.Standing("ASL-2", "deployment", labModel, "production", v.Time); st.Status != safeguard.Reopened {
		t.Errorf("the standard is %s", st.Status)
	}
	if rep := l.verify(l.export(app.ExportOptions{})); !rep.OK() {
		t.Errorf("faults %q, not checked %q", rep.Faults, rep.NotChecked)
	}
}

// A part that is refused leaves nothing of the incident.
func TestIncidentAllOrNothing(t *testing.T) {
	l := newLab(t)
	size := l.state().Size
	if _, err := l.as(app.Operator, 0, app.DeclareIncident(declaring(gate.PlaceIn{Model: "no-such-model"}))); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	bad := declaring()
	bad.Reopen = []app.FacetOf{{Standard: "ASL-9", Facet: "deployment"}}
	if _, err := l.as(app.Operator, 0, app.DeclareIncident(bad)); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if got := l.state().Size; got != size {
		t.Errorf("%d entries were written", got-size)
	}
}

// Everybody known may declare. Stopping a model in the same act takes the duty
// to place holds, and the response its commander or who records.
func TestWhoRespondsToAnIncident(t *testing.T) {
	l := newLab(t)
	for _, id := range []string{"p-1", "p-2"} {
		l.do(app.AddPerson(access.NewPerson{ID: id, Kind: access.Human}))
	}
	if _, err := l.as("p-1", 0, app.DeclareIncident(declaring(gate.PlaceIn{Model: labModel}))); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a hold by who may not place one: %v", err)
	}
	in := declaring()
	in.Commander = "p-1"
	done, err := l.as("p-2", 0, app.DeclareIncident(in))
	if err != nil {
		t.Fatal(err)
	}
	note := app.UpdateIncident(incident.Updated{Incident: done.ID("incident", 0), Note: "seen again"})
	if _, err := l.as("p-2", 0, note); fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "does not command") {
		t.Error(err)
	}
	if _, err := l.as("p-1", 0, note); err != nil {
		t.Error(err)
	}
}

// Findings go into an export and come back; one that its resolver verified does
// not.
func TestFindingsInAnExport(t *testing.T) {
	l := newLab(t)
	about := entry.Ref{Kind: "model", ID: labModel}
	id := l.do(app.OpenFinding(finding.Opened{Category: finding.UnclearRecord, Statement: "a placeholder was changed and not noted", About: about}, entry.Provenance{})).ID("finding", 0)
	l.do(app.RateFinding(finding.Rated{Finding: id, Rating: finding.Minimal, Argument: "the change made the test harder"}))
	l.do(app.ResolveFinding(finding.Resolved{Finding: id, RootCause: "nobody said where", CorrectiveAction: "specs are versioned"}))
	if _, err := l.as("p-officer", 0, app.VerifyFinding(finding.Verified{Finding: id, Statement: "seen"})); err != nil {
		t.Fatal(err)
	}
	done := l.do(app.LinkFinding(finding.Linked{Finding: id, Lesson: "track it", Policy: "anthropic-rsp@2.2", Element: "CBRN-3", Change: "it is tracked"}, entry.Provenance{}))
	f, err := done.View.State.Finding.Find(id)
	if err != nil || f.Status() != finding.IsVerified || f.FoundBy != finding.ByPerson {
		t.Errorf("%+v, %v", f, err)
	}
	if rep := l.verify(l.export(app.ExportOptions{})); !rep.OK() {
		t.Errorf("faults %q, not checked %q", rep.Faults, rep.NotChecked)
	}
}

// What a source tells enters a reconstruction only.
func TestReportedFindingInARunningLab(t *testing.T) {
	a, err := app.Init(context.Background(), t.TempDir(), app.Genesis{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	_, err = a.Do(context.Background(), app.Who{Actor: app.Operator}, app.ReportFinding(finding.Reported{Category: finding.Late, Statement: "late"}, entry.Provenance{}))
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "this workspace runs") {
		t.Error(err)
	}
}

func ids(list []app.Hanging) (all []string) {
	for _, h := range list {
		all = append(all, h.ID)
	}
	return all
}

// RSO 8: from a run to the clearance, and what would fall without it.
func TestImpactOfARun(t *testing.T) {
	l := newLab(t)
	v := l.state()
	f, _ := v.State.Assessment.Finding(l.finding)
	run := f.Found.Evidence.ID
	i, err := app.ImpactOf(v.State, run, v.Time)
	if err != nil {
		t.Fatal(err)
	}
	if len(i.Findings) != 2 || len(i.Decisions) != 1 || !slices.Equal(ids(i.Clearances), []string{l.clearance}) || i.Clearances[0].State != "valid" {
		t.Errorf("%+v", i.Hangings)
	}
	want := append(ids(i.Findings), ids(i.Decisions)...)
	if !i.If.Asked || !slices.Equal(i.If.Lost, want) {
		t.Errorf("lost %v, want %v", i.If.Lost, want)
	}
	if len(i.If.Verdicts) == 0 || i.If.Verdicts[0].Now != gate.Clear || i.If.Verdicts[0].Then != gate.Held || len(i.If.Verdicts[0].Because) == 0 {
		t.Errorf("%+v", i.If.Verdicts)
	}
	if again := l.state(); again.Size != v.Size {
		t.Error("a question wrote something")
	}
}

// What really falls is what was said to fall.
func TestImpactComesTrue(t *testing.T) {
	l := newLab(t)
	v := l.state()
	var evidence string
	for e := range v.State.Safeguard.AllEvidence() {
		if e.Facet == "security" { // which storing weights asks for
			evidence = e.ID
		}
	}
	before, err := app.ImpactOf(v.State, evidence, v.Time)
	if err != nil || !before.If.Asked || len(before.Reports) != 1 || len(before.Decisions) != 1 || len(before.Approvals) != 1 || len(before.Clearances) != 1 {
		t.Fatalf("%+v, %v", before, err)
	}
	l.do(app.WithdrawSafeguardEvidence(evidence, "it was of another model", entry.Provenance{}))
	v = l.state()
	after, err := app.ImpactOf(v.State, evidence, v.Time)
	if err != nil || after.Stands || after.If.Asked || after.If.WhyNot == "" {
		t.Fatalf("%+v, %v", after, err)
	}
	var fell []string
	for _, list := range [][]app.Hanging{after.Reports, after.Decisions, after.Approvals} {
		for _, h := range list {
			if !h.Counts {
				fell = append(fell, h.ID)
			}
		}
	}
	if !slices.Equal(fell, before.If.Lost) || len(fell) == 0 {
		t.Errorf("fell %v, said %v", fell, before.If.Lost)
	}
	for _, c := range before.If.Verdicts {
		if got := gate.Evaluate(v.State.Facts(), c.Ask, v.Time).Outcome; got != c.Then {
			t.Errorf("%s: %s, said %s", c.Ask.Action, got, c.Then)
		}
	}
	// One list of what fell and of what hangs on it.
	all := app.StaleThings(v.State, v.Time)
	if len(all) != 1 || all[0].ID != evidence || len(all[0].Decisions) != 1 || len(all[0].Clearances) != 1 {
		t.Errorf("%+v", all)
	}
}

// Every kind of thing has an impact, and what is none is refused.
func TestImpactOfEveryKind(t *testing.T) {
	l := newLab(t)
	v := l.state()
	things := []string{l.finding}
	for r := range v.State.Safeguard.AllReports() {
		things = append(things, r.ID)
	}
	for a := range v.State.Safeguard.AllApprovals() {
		things = append(things, a.ID)
	}
	for _, d := range v.State.Decision.All() {
		things = append(things, d.File.ID)
	}
	for _, id := range things {
		i, err := app.ImpactOf(v.State, id, v.Time)
		if err != nil || !i.Stands || !i.If.Asked || len(i.If.Verdicts) == 0 {
			t.Errorf("%s: %+v, %v", id, i, err)
		}
	}
	for _, id := range []string{"", "run-0", "finding-0", "decision-0", "report-0", "approval-0", "clearance-1", l.clearance, "x"} {
		if _, err := app.ImpactOf(v.State, id, v.Time); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%q: %v", id, err)
		}
	}
	if all := app.StaleThings(v.State, v.Time); len(all) != 0 {
		t.Errorf("%+v", all)
	}
}

// An interim measure hangs on the decision that approved it, and ends when an
// incident reopens its standard.
func TestImpactOfAnInterimMeasure(t *testing.T) {
	l := newLab(t)
	v := l.state()
	id := l.decide(decision.ProposeIn{Kind: policy.DecideInterim, Title: "Until ASL-3 is there", Interim: &decision.Interim{
		Standard: "ASL-3", Facet: policy.Deployment, Models: []string{labModel}, Equivalence: "the measures stop what the standard would",
		Measures: []decision.Measure{{Kind: decision.BlockResponses, Text: "answers of the domain are blocked"}}, Expires: deadline.DayOf(v.Time).AddDays(30),
	}})
	v = l.state()
	i, err := app.ImpactOf(v.State, id, v.Time)
	if err != nil || len(i.Approvals) != 1 || !i.Approvals[0].Counts || !slices.Equal(i.If.Lost, ids(i.Approvals)) {
		t.Fatalf("%+v, %v", i, err)
	}
	measure := i.Approvals[0].ID
	if m, err := app.ImpactOf(v.State, measure, v.Time); err != nil || !m.Stands || !m.If.Asked {
		t.Errorf("%+v, %v", m, err)
	}
	in := declaring()
	in.Reopen = []app.FacetOf{{Standard: "ASL-3", Facet: "deployment"}}
	v = l.do(app.DeclareIncident(in)).View
	if m, err := app.ImpactOf(v.State, measure, v.Time); err != nil || m.Stands {
		t.Errorf("%+v, %v", m, err)
	}
	if rep := l.verify(l.export(app.ExportOptions{})); !rep.OK() {
		t.Errorf("faults %q, not checked %q", rep.Faults, rep.NotChecked)
	}
}
