// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/rule"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/packs"
	"github.com/holdpoint/holdpoint/proof"
)

// ledger is a journal in memory; every entry is checked as a verifier would
// before it is folded.
type ledger struct {
	t testing.TB
	w world.World
}

func pack(t testing.TB, ref string) policy.Pack {
	t.Helper()
	p, err := policy.LoadRef(ref, packs.Source)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func moment(t testing.TB, text string) int64 {
	t.Helper()
	v, err := time.Parse(time.RFC3339, text+"T12:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	return v.UnixMilli()
}

type decides = func(world.World, entry.Act) ([]entry.Draft, error)

// do carries out an act on a day with everything that follows from it, and gives
// the entries.
func (l *ledger) do(day string, decide decides) []entry.Entry {
	l.t.Helper()
	act := entry.Act{Actor: "operator", Seq: l.w.Seq, Now: moment(l.t, day)}
	drafts, err := decide(l.w, act)
	if err == nil {
		drafts, err = l.w.React(drafts, act)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	var all []entry.Entry
	for _, d := range drafts {
		e := entry.Entry{Header: proof.Header{Seq: l.w.Seq, RecordedAt: act.Now, Type: d.Type, V: d.V, Actor: act.Actor}, Body: d.Body}
		if err := l.w.Check(e); err != nil {
			l.t.Fatalf("%s does not check: %v", e.Type, err)
		}
		if l.w, err = l.w.Fork().Apply(e); err != nil {
			l.t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// says records an entry as it stands.
func (l *ledger) says(day, typ, body string) []entry.Entry {
	l.t.Helper()
	return l.do(day, func(world.World, entry.Act) ([]entry.Draft, error) {
		return []entry.Draft{{Type: typ, V: 1, Body: []byte(body)}}, nil
	})
}

func (l *ledger) adopt(day string, p policy.Pack, how ...entry.Provenance) []entry.Entry {
	l.t.Helper()
	in := policy.AdoptIn{Pack: p, Accept: "for the test"}
	for _, h := range how {
		in.How = h
	}
	return l.do(day, func(w world.World, act entry.Act) ([]entry.Draft, error) { return w.Policy.Adopt(in, act) })
}

func (l *ledger) model(day, id string) {
	l.t.Helper()
	l.do(day, func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.Register(model.NewModel{Registered: model.Registered{Model: id}}, act)
	})
}

func (l *ledger) deploy(day, id, env string) []entry.Entry {
	l.t.Helper()
	return l.do(day, func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.Deploy(model.NewDeployment{Deployed: model.Deployed{Model: id, Environment: env}}, act)
	})
}

func (l *ledger) withdraw(day, id, env string) []entry.Entry {
	l.t.Helper()
	return l.do(day, func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.Withdraw(model.NewDeployment{Deployed: model.Deployed{Model: id, Environment: env}}, act)
	})
}

func (l *ledger) sweep(day string) []entry.Entry {
	l.t.Helper()
	return l.do(day, world.World.Sweep)
}

func begin(t testing.TB, p policy.Pack) *ledger {
	t.Helper()
	l := &ledger{t: t}
	l.adopt("2025-06-02", p)
	l.model("2025-06-02", "m1")
	return l
}

// found lists the duties of a rule: what each is about, when it is due, how it
// stands on a day.
func (l *ledger) found(rule, day string) []string {
	l.t.Helper()
	var all []string
	for _, d := range l.w.Obligation.All() {
		if d.Rule == rule {
			all = append(all, fmt.Sprintf("%s %s %s", d.About(), d.Now.Day, d.At(moment(l.t, day)).Status))
		}
	}
	return all
}

func (l *ledger) are(rule, day string, want ...string) {
	l.t.Helper()
	if got := l.found(rule, day); !slices.Equal(got, want) {
		l.t.Errorf("%s on %s: %q, want %q", rule, day, got, want)
	}
}

func typesOf(all []entry.Entry) string {
	var names []string
	for _, e := range all {
		names = append(names, e.Type)
	}
	return strings.Join(names, " ")
}

// What is owed again and again begins with the adoption, in one entry; a later
// version begins nothing that runs (POL-2).
func TestAdoptionBeginsDuties(t *testing.T) {
	l := &ledger{t: t}
	if got := typesOf(l.adopt("2025-06-02", pack(t, "anthropic-rsp@2.0"))); got != "policy.adopted obligation.opened" {
		t.Error(got)
	}
	for _, row := range [][2]string{
		{"CYBER-UPDATE", "lab 2025-12-02 unknown"}, {"PUBLIC-UPDATE", "lab 2026-06-02 unknown"}, {"OUTSIDE-REVIEW", "lab 2026-06-02 unknown"},
		{"INSIDE-REVIEW", "lab 2025-12-02 unknown"}, {"EXERCISE", "lab 2026-06-02 unknown"}, {"BOARD-SUMMARY", "lab/2025-Q2 2025-08-01 scheduled"},
	} {
		l.are(row[0], "2025-06-03", row[1])
	}
	if got := typesOf(l.adopt("2025-06-04", pack(t, "anthropic-rsp@2.1"))); got != "policy.adopted" {
		t.Error(got)
	}
	for _, d := range l.w.Obligation.All() {
		if d.Policy != "anthropic-rsp@2.0" {
			t.Errorf("%s counts under %s", d.Rule, d.Policy)
		}
	}
}

// Completing what is owed again and again begins the next, under the version in
// force then.
func TestDoneBeginsAnew(t *testing.T) {
	l := begin(t, pack(t, "anthropic-rsp@2.2"))
	id := ""
	for _, d := range l.w.Obligation.All() {
		if d.Rule == "INSIDE-REVIEW" {
			id = d.ID
		}
	}
	got := typesOf(l.do("2025-12-05", func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Obligation.Complete(obligation.Completing{Duty: id, On: "2025-12-05", Note: "done"}, w.Access, act)
	}))
	if got != "obligation.completed obligation.opened" {
		t.Error(got)
	}
	l.are("INSIDE-REVIEW", "2026-01-01", "lab 2025-12-02 done_late", "lab 2026-06-05 scheduled")
}

// D1, D2: an assessment starts the month; closed, it ends the former wait and
// begins another; an older one ends nothing.
func TestAssessments(t *testing.T) {
	l := begin(t, pack(t, "anthropic-rsp@2.2"))
	open := func(day string) string {
		e := l.says(day, "assessment.opened", `{"data":{"kind":"comprehensive","model":"m1","policy":"anthropic-rsp@2.2","trigger":{"kind":"discretion"}}}`)
		return entry.ID("assessment", e[0].Seq)
	}
	shut := func(day, id, how string) string {
		return typesOf(l.says(day, "assessment.closed", fmt.Sprintf(`{"data":{"assessment":%q,"outcome":"complete"}%s}`, id, how)))
	}
	first := open("2025-06-10")
	l.are("ASSESS-MONTH", "2025-06-11", "model/m1 2025-07-10 scheduled")
	if got := shut("2025-07-01", first, ""); got != "assessment.closed obligation.opened" {
		t.Error(got)
	}
	l.are("REASSESS", "2025-12-20", "model/m1 2026-01-01 due_soon")
	old := open("2025-07-02")
	happened := fmt.Sprintf(`,"happened":{"at":%d,"basis":"observed","precision":"day"}`, moment(t, "2025-05-01"))
	if got := shut("2025-07-03", old, happened); got != "assessment.closed" {
		t.Error(got)
	}
	next := open("2026-01-04") // three days after the trigger fired: the month is counted from then
	// Late, and no sweep came by: the finding comes with the deed.
	if got := shut("2026-01-04", next, ""); got != "assessment.closed obligation.missed finding.opened obligation.completed obligation.opened" {
		t.Error(got)
	}
	l.are("REASSESS", "2026-01-05", "model/m1 2026-01-01 done_late", "model/m1 2026-07-04 scheduled")
	l.are("ASSESS-MONTH", "2025-06-11", "model/m1 2025-07-10 scheduled")
}

// A trigger that fired with no assessment opened since starts the month by itself
// when somebody sweeps, from the day on which it fired.
func TestTriggersStartTheMonth(t *testing.T) {
	l := begin(t, pack(t, "anthropic-rsp@2.2"))
	e := l.says("2025-06-10", "assessment.opened", `{"data":{"kind":"comprehensive","model":"m1","policy":"anthropic-rsp@2.2","trigger":{"kind":"discretion"}}}`)
	l.says("2025-06-20", "assessment.closed", fmt.Sprintf(`{"data":{"assessment":%q,"outcome":"complete"}}`, entry.ID("assessment", e[0].Seq)))
	l.says("2025-06-21", "decision.reported", reportedDecision(t, l, "ruled_out"))
	l.sweep("2025-12-19")
	l.are("ASSESS-MONTH", "2025-12-19", "model/m1 2025-07-10 unknown") // ended by what a source reports
	l.sweep("2026-01-05")
	l.are("ASSESS-MONTH", "2026-01-05", "model/m1 2025-07-10 unknown", "model/m1 2026-01-20 scheduled")
	if got := typesOf(l.sweep("2026-01-05")); got != "" {
		t.Errorf("twice: %s", got)
	}
}

func reportedDecision(t testing.TB, l *ledger, outcome string) string {
	t.Helper()
	p, _ := l.w.Policy.InForce(moment(t, "2025-06-21"))
	return fmt.Sprintf(`{"data":{"file":{"as_of":0,"determinations":[{"outcome":%q,"reason":"r","threshold":"AUTO-CKPT"},{"outcome":"crossed","reason":"r","threshold":"CBRN-3"}],`+
		`"grade":"attested","id":%q,"kind":"determination","model":"m1","policy":{"digest":%q,"ref":%q},"schema":"holdpoint/decision/v1","title":"t"}}}`,
		outcome, entry.ID("decision", l.w.Seq), p.Digest, p.Ref())
}

// A line that is reached starts what follows from it once; what a source reports
// is never late.
func TestDeterminationsStartDuties(t *testing.T) {
	l := begin(t, pack(t, "anthropic-rsp@2.2"))
	for range 2 {
		l.says("2025-06-21", "decision.reported", reportedDecision(t, l, string(decision.CheckpointReached)))
	}
	for rule, want := range map[string]string{
		"CKPT-SECURITY": "model/m1/AUTO-CKPT 2025-06-21 unknown", "CKPT-UPDATE": "model/m1/AUTO-CKPT 2025-07-21 unknown",
		"CKPT-TEST": "model/m1/AUTO-CKPT 2025-07-21 unknown", "GOVERNMENT-NOTICE": "model/m1/CBRN-3 2025-07-05 unknown",
		"THRESHOLD-REVIEW": "model/m1/CBRN-3 2025-07-21 unknown",
	} {
		l.are(rule, "2025-09-01", want)
	}
	for _, e := range l.sweep("2025-09-01") {
		if e.Type == "finding.opened" {
			t.Errorf("a source is accused: %s", e.Body)
		}
	}
}

// Word follows a deployment to others once for each model and environment, and a
// material finding; an office that falls vacant is filled.
func TestOtherStarts(t *testing.T) {
	l := begin(t, pack(t, "anthropic-rsp@2.2"))
	for _, env := range []string{"internal", "production", "partner"} {
		l.deploy("2025-07-01", "m1", env)
	}
	l.do("2025-07-02", func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.Withdraw(model.NewDeployment{Deployed: model.Deployed{Model: "m1", Environment: "production"}}, act)
	})
	l.deploy("2025-07-03", "m1", "production")
	l.are("PUBLISH-SUMMARIES", "2025-07-04", "model/m1/production 2025-07-31 scheduled", "model/m1/partner 2025-07-31 scheduled")
	e := l.do("2025-07-05", func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Finding.Open(finding.Opened{Category: finding.Deviation, Statement: "s", About: modelOne(), FoundBy: finding.ByPerson}, entry.Provenance{})
	})
	id := entry.ID("finding", e[0].Seq)
	for _, rating := range []finding.Rating{finding.Minimal, finding.Material} {
		l.do("2025-07-06", func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Finding.Rate(finding.Rated{Finding: id, Rating: rating, Argument: string(rating)}, w.FindingSee(), act)
		})
	}
	l.are("BOARD-NOTICE", "2025-07-06", "finding/"+id+" 2025-07-13 scheduled")
}

func modelOne() entry.Ref { return entry.Ref{Kind: "model", ID: "m1"} }

// An office that falls vacant is filled in time by whoever takes it, also by an
// ordinary grant.
func TestVacancies(t *testing.T) {
	l := begin(t, pack(t, "anthropic-rsp@2.2"))
	roles := access.See{Roles: []string{"rso"}}
	change := access.RoleChange{Person: "p-1", Role: "rso", Reason: "appointed"}
	l.do("2025-07-01", func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.AddPerson(access.NewPerson{ID: "p-1", Kind: access.Human}, act)
	})
	grant := func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.GrantRole(change, roles, act)
	}
	l.do("2025-07-01", grant)
	l.do("2025-07-02", func(w world.World, act entry.Act) ([]entry.Draft, error) { return w.Access.EndRole(change, act) })
	l.are("OFFICE-FILLED", "2025-07-12", "office/rso 2025-07-09 missed")
	l.do("2025-07-12", grant)
	l.are("OFFICE-FILLED", "2025-07-13", "office/rso 2025-07-09 done_late")
}

// D4: an approval begins the year, and the next one ends it.
func TestApprovals(t *testing.T) {
	l := begin(t, pack(t, "anthropic-rsp@2.2"))
	file := func(day string) {
		p, _ := l.w.Policy.InForce(moment(t, day))
		body := fmt.Sprintf(`{"data":{"file":{"as_of":0,"grade":"attested","id":%q,"kind":"safeguards","policy":{"digest":%q,"ref":%q},`+
			`"safeguards":{"facet":"security","standard":"ASL-2"},"schema":"holdpoint/decision/v1","title":"t"}}}`, entry.ID("decision", l.w.Seq), p.Digest, p.Ref())
		id := entry.ID("decision", l.w.Seq)
		l.says(day, "decision.reported", body)
		l.says(day, "safeguard.approved", fmt.Sprintf(`{"data":{"approved_on":%q,"decision":%q,"facet":"security","standard":"ASL-2"}}`, day, id))
	}
	file("2025-07-01")
	file("2026-07-04")
	l.are("REAPPROVE", "2026-08-01", "standard/ASL-2/security 2026-07-01 done_late", "standard/ASL-2/security 2027-07-04 scheduled")
}

// A missed must becomes a finding with its days, clause and version, once; a
// missed target wants a note; the quarter goes on (CMP-2, CMP-5, CMP-7).
func TestSweep(t *testing.T) {
	l := begin(t, pack(t, "anthropic-rsp@2.2"))
	entries := l.sweep("2025-12-05")
	if got := typesOf(entries); got != "obligation.opened obligation.missed finding.opened" {
		t.Fatal(got)
	}
	f := l.w.Finding.All()[0]
	if f.Rule != "INSIDE-REVIEW" || f.Clause != "7.2.4" || f.Policy != "anthropic-rsp@2.2" || f.Due != "2025-12-02" || *f.VarianceDays != 3 ||
		f.FoundBy != finding.ByMachine || f.Category != finding.Late || !strings.Contains(f.Statement, "3 days late") {
		t.Errorf("%+v", f.Opened)
	}
	l.are("CYBER-UPDATE", "2025-12-05", "lab 2025-12-02 missed")
	l.are("BOARD-SUMMARY", "2025-12-05", "lab/2025-Q2 2025-08-01 missed", "lab/2025-Q3 2025-11-01 missed", "lab/2025-Q4 2026-02-01 scheduled")
	if got := typesOf(l.sweep("2025-12-06")); got != "" {
		t.Errorf("twice: %s", got)
	}
}

// Many dates are written down in several acts, each whole by itself, and none
// twice, also when the sweep stops in between.
func TestSweepInBatches(t *testing.T) {
	l := begin(t, pack(t, "anthropic-rsp@2.2"))
	for i := range 1100 {
		id := fmt.Sprintf("n%d", i)
		l.model("2025-06-02", id)
		l.deploy("2025-06-03", id, "production")
		l.withdraw("2025-06-03", id, "production")
	}
	var sizes []int
	for {
		n := len(l.sweep("2025-07-20"))
		if n == 0 {
			break
		}
		sizes = append(sizes, n)
	}
	if want := []int{502, 501, 101}; !slices.Equal(sizes, want) {
		t.Errorf("%v, want %v", sizes, want)
	}
	if got := len(l.w.Finding.All()); got != 1100 {
		t.Errorf("%d findings", got)
	}
}

// A reconstruction from sources accuses nobody, whatever time it is.
func TestAReconstructionIsNeverLate(t *testing.T) {
	l := &ledger{t: t}
	l.adopt("2025-06-02", pack(t, "anthropic-rsp@2.2"), entry.Graded(grade.Reported, entry.Source{Document: "policy"}))
	l.model("2025-06-02", "m1")
	l.deploy("2025-06-03", "m1", "production")
	if got := typesOf(l.sweep("2027-01-01")); got != "obligation.opened" {
		t.Error(got)
	}
	for _, d := range l.w.Obligation.All() {
		if st := d.At(moment(t, "2027-01-01")).Status; st != obligation.Unknown && st != obligation.Scheduled {
			t.Errorf("%s is %s", d.Rule, st)
		}
	}
}

// holding is a policy in which summaries that are not published hold.
func holding(t testing.TB, breach policy.Breach) policy.Pack {
	p := pack(t, "anthropic-rsp@2.2")
	p.Obligations = slices.Clone(p.Obligations)
	for i := range p.Obligations {
		if p.Obligations[i].ID == "PUBLISH-SUMMARIES" {
			p.Obligations[i].OnBreach = breach
		}
	}
	return p
}

func (l *ledger) duty(model, env, day string) (rule.Status, bool) {
	l.t.Helper()
	v := gate.Evaluate(l.w.Facts(), gate.Ask{Model: model, Action: "external_deploy", Environment: env}, moment(l.t, day))
	for _, c := range v.Conditions {
		if strings.HasPrefix(c.ID, "duty:") {
			return c.Status, true
		}
	}
	return 0, false
}

// A duty that holds holds by its date; nobody need have swept, and sweeping makes
// no verdict better or worse. What concerns another model holds nothing.
func TestABreachHoldsByDate(t *testing.T) {
	l := begin(t, holding(t, policy.BreachHold))
	l.model("2025-06-02", "m2")
	if _, ok := l.duty("m1", "", "2025-06-02"); ok {
		t.Error("there is a condition without a duty")
	}
	l.deploy("2025-06-03", "m1", "production")
	wants := map[string]rule.Status{"2025-07-03": rule.Met, "2025-07-04": rule.NotMet, "2026-07-04": rule.NotMet}
	for day, want := range wants {
		if got, ok := l.duty("m1", "", day); !ok || got != want {
			t.Errorf("on %s: %s, %v", day, got, ok)
		}
	}
	if _, ok := l.duty("m2", "", "2026-07-04"); ok {
		t.Error("the duty of another model holds")
	}
	unswept := gate.Evaluate(l.w.Facts(), gate.Ask{Model: "m1", Action: "external_deploy"}, moment(t, "2025-07-06"))
	l.sweep("2025-07-06")
	swept := gate.Evaluate(l.w.Facts(), gate.Ask{Model: "m1", Action: "external_deploy"}, moment(t, "2025-07-06"))
	if unswept.Outcome != swept.Outcome || unswept.Status() != swept.Status() || len(unswept.Conditions) != len(swept.Conditions) {
		t.Error("sweeping changed the verdict")
	}
	if got, _ := l.duty("m1", "", "2025-07-06"); got != rule.NotMet {
		t.Error(got)
	}
}

// What holds new starts lets go on what is live where it is.
func TestABreachHoldsNewStarts(t *testing.T) {
	l := begin(t, holding(t, policy.BreachHoldNewStarts))
	l.deploy("2025-06-03", "m1", "production")
	if got, ok := l.duty("m1", "production", "2025-08-01"); ok {
		t.Errorf("what is live is held: %s", got)
	}
	if got, ok := l.duty("m1", "partner", "2025-08-01"); !ok || got != rule.NotMet {
		t.Errorf("a new start: %s, %v", got, ok)
	}
}

// What the machine did not find, or a duty that is not as the policy has it, is
// a fault in a copy.
func TestForgedDuties(t *testing.T) {
	l := begin(t, pack(t, "anthropic-rsp@2.2"))
	l.deploy("2025-06-03", "m1", "production")
	l.withdraw("2025-06-03", "m1", "production")
	opened := findOne(t, l.w, "PUBLISH-SUMMARIES")
	entries := l.sweep("2025-12-05")
	before := l.w
	body := func(i int) string { return string(entries[i].Body) }
	if typesOf(entries) != "obligation.opened obligation.missed finding.opened finding.opened" {
		t.Fatal(typesOf(entries))
	}
	for name, c := range map[string]struct {
		w    world.World
		seq  int64
		typ  string
		body string
	}{
		"missed again":   {before, before.Seq, "obligation.missed", body(1)},
		"found again":    {before, before.Seq, "finding.opened", body(2)},
		"found another":  {before, entries[2].Seq, "finding.opened", strings.Replace(body(2), `"variance_days":`, `"variance_days":1`, 1)},
		"no such duty":   {before, before.Seq, "obligation.missed", `{"data":{"duties":[{"due":"2025-12-02","duty":"duty-0.1","variance_days":3}]}}`},
		"opened again":   {before, before.Seq, "obligation.opened", body(0)},
		"done by no act": {before, before.Seq, "obligation.completed", fmt.Sprintf(`{"data":{"at":%d,"because":2,"duty":%q,"on":"2025-06-04","variance_days":-29}}`, moment(t, "2025-06-04"), opened.ID)},
		"done earlier":   {before, before.Seq, "obligation.completed", fmt.Sprintf(`{"data":{"at":%d,"duty":%q,"note":"x","on":"2025-07-08","variance_days":0}}`, moment(t, "2025-07-08"), opened.ID)},
		"waived":         {before, before.Seq, "obligation.waived", fmt.Sprintf(`{"data":{"decision":"decision-9","duty":%q,"reason":"r","until":"2026-01-01","until_ms":1}}`, opened.ID)},
	} {
		e := entry.Entry{Header: proof.Header{Seq: c.seq, RecordedAt: moment(t, "2025-12-05"), Type: c.typ, V: 1, Actor: "operator"}, Body: []byte(c.body)}
		if err := c.w.Check(e); err == nil {
			t.Errorf("%s: %s passes", name, c.body)
		}
	}
	longer := strings.Replace(body(0), `"due_ms":`, `"due_ms":1`, 1)
	e := entry.Entry{Header: proof.Header{Seq: 1, RecordedAt: moment(t, "2025-12-05"), Type: "obligation.opened", V: 1, Actor: "operator"}, Body: []byte(longer)}
	if err := begin(t, pack(t, "anthropic-rsp@2.2")).w.Check(e); err == nil || !strings.Contains(err.Error(), "not as") {
		t.Errorf("a later date passes: %v", err)
	}
}

func findOne(t testing.TB, w world.World, rule string) obligation.Duty {
	t.Helper()
	for _, d := range w.Obligation.All() {
		if d.Rule == rule {
			return d
		}
	}
	t.Fatalf("there is no duty %s", rule)
	return obligation.Duty{}
}
