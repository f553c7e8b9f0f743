// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package audit_test

import (
	"context"
	"crypto/ed25519"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/rule"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

// The acting holder's last day in the story is a Sunday.
const lastActingDay = deadline.Day("2025-06-22")

// as lets somebody act, at a moment or (0) a little later.
func (l *lab) as(actor string, at int64, in app.Intent) (app.Done, error) {
	return l.app.Do(context.Background(), app.Who{Actor: actor, At: at}, in)
}

// must is as for what has to be accepted.
func (l *lab) must(actor string, at int64, in app.Intent) app.Done {
	l.t.Helper()
	done, err := l.as(actor, at, in)
	if err != nil {
		l.t.Fatalf("%s by %s: %v", in.Verb, actor, err)
	}
	return done
}

// verdict asks the gate about storing the model's weights.
func (l *lab) verdict(now int64) gate.Verdict {
	l.t.Helper()
	view, err := l.app.View(context.Background())
	if err != nil {
		l.t.Fatal(err)
	}
	return gate.Evaluate(view.State.Facts(), gate.Ask{Model: labModel, Action: "store_weights"}, max(now, view.Time))
}

// officeHolds tells whether the vacant office of the officer, and nothing else, holds it.
func officeHolds(v gate.Verdict) bool {
	because := v.HeldBecause()
	return v.Outcome == gate.Held && len(because) == 1 && because[0].ID == "office:rso" && because[0].Status == rule.NotMet &&
		because[0].Clause == "7.1.1" && string(because[0].Basis) == "text" && len(because[0].Entries) > 0
}

func (l *lab) person(id string) {
	l.t.Helper()
	l.do(app.AddPerson(access.NewPerson{ID: id, Kind: access.Human}))
	l.do(app.RegisterKey(access.NewKey{Person: id, Public: access.Ed25519Text(personKey(id).Public().(ed25519.PublicKey))}))
}

// signing gives the intent by which a person signs as the officer.
func (l *lab) signing(question, person string) app.Intent {
	l.t.Helper()
	view, _ := l.app.View(context.Background())
	in := signoff.Signing{Question: question, Role: "rso", Person: person, Answer: signoff.Approve, Key: view.State.Access.ActiveKeys(person)[0].ID}
	text, err := view.State.Signoff.Statement(in)
	if err != nil {
		l.t.Fatal(err)
	}
	in.Signature = string(access.Ed25519Signature(ed25519.Sign(personKey(person), text)))
	return app.Sign(in)
}

// propose puts a question that changes no verdict to the signers.
func (l *lab) propose() string {
	l.t.Helper()
	return l.do(app.Propose(decision.ProposeIn{
		Kind: policy.DecideDetermination, Title: "Is the other threshold reached?", Model: labModel,
		Determinations: []decision.Determination{{Threshold: "AUTO-CKPT", Outcome: decision.CheckpointReached, Reason: "to be careful"}},
	})).ID("question", 1)
}

func sweep() app.Intent {
	return app.Intent{Verb: "sweep.run", Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) { return w.Sweep(act) }}
}

// GOV-1, the whole story: the office falls vacant and holds, somebody acts in it
// until a day, signs while it lasts and not after, the date alone holds again, and
// a successor lifts it. A copy of it verifies, with every clearance.
func TestOfficeStory(t *testing.T) {
	l := newLab(t)
	l.person("p-deputy")
	l.person("p-next")
	if v := l.verdict(0); v.Outcome != gate.Clear {
		t.Fatalf("at first: %+v", v.HeldBecause())
	}
	ended := l.must(app.Operator, 0, app.EndRole(access.RoleChange{Person: "p-officer", Role: "rso", Reason: "left the lab"}))
	if n := len(ended.Entries); n != 3 || ended.Entries[1].Type != "access.office_vacated" {
		t.Fatalf("the end of the role gave %d entries", n)
	}
	if !officeHolds(l.verdict(0)) {
		t.Errorf("vacant: %+v", l.verdict(0).HeldBecause())
	}
	question := l.propose()
	view, _ := l.app.View(context.Background())
	d, _ := view.State.Decision.OfQuestion(question)
	if missing := view.State.Decision.Missing(d, view.State.DecisionSee()); !strings.HasPrefix(missing[0], "the signature of rso (the office is vacant since 2025-06-15)") {
		t.Errorf("waits for %q", missing)
	}
	acting := app.ActInOffice(access.ActingGrant{Role: "rso", Person: "p-deputy", Until: lastActingDay, Reason: "until somebody is found"})
	if _, err := l.as("p-deputy", 0, acting); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an acting officer granted it to themselves: %v", err)
	}
	l.must("p-chief", 0, acting)
	if v := l.verdict(0); v.Outcome != gate.Clear || slices.ContainsFunc(v.Conditions, func(r rule.Result) bool { return strings.HasPrefix(r.ID, gate.OfficePrefix) }) {
		t.Errorf("filled for a time: %+v", v.HeldBecause())
	}
	l.must("p-deputy", lastActingDay.End()-1, l.signing(question, "p-deputy"))
	l.expired()
	l.must("p-chief", 0, app.AssignOffice(access.Assignment{Role: "rso", Person: "p-next", Reason: "appointed"}))
	if v := l.verdict(0); v.Outcome != gate.Clear {
		t.Errorf("with a successor: %+v", v.HeldBecause())
	}
	l.clearAgain()
	l.verified()
}

// expired takes the story past the acting holder's last day.
func (l *lab) expired() {
	l.t.Helper()
	over := lastActingDay.End()
	if v := l.verdict(over - 1); v.Outcome != gate.Clear {
		l.t.Errorf("the last instant: %+v", v.HeldBecause())
	}
	if !officeHolds(l.verdict(over)) {
		l.t.Errorf("by date alone: %+v", l.verdict(over).HeldBecause())
	}
	view, _ := l.app.View(context.Background())
	if st := view.State.Signoff.Waiting(); !slices.ContainsFunc(st[0].Slots, func(a signoff.Answered) bool { return a.Person == "p-deputy" }) {
		l.t.Error("what the acting officer signed before is gone")
	}
	d, _ := view.State.Decision.OfQuestion(st(l, "p-deputy"))
	l.must(app.Operator, over, app.Void(d.File.ID, "to be asked again"))
	_, err := l.as("p-deputy", 0, l.signing(l.propose(), "p-deputy"))
	if fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "acted as \"rso\" until 2025-06-22") {
		l.t.Errorf("signed after the last day: %v", err)
	}
	if _, err := l.as("p-deputy", 0, app.Propose(decision.ProposeIn{})); fault.KindOf(err) != fault.Forbidden {
		l.t.Errorf("the duties of the role did not end: %v", err)
	}
	for n, want := range []string{"access.office_vacated", ""} {
		done, err := l.as(app.Operator, 0, sweep())
		if got := typesOf(done); err != nil && want != "" || !strings.HasPrefix(got, want) || want == "" && strings.Contains(got, "office") {
			l.t.Errorf("sweep %d wrote %q: %v", n+1, got, err)
		}
	}
	if !officeHolds(l.verdict(0)) {
		l.t.Errorf("after the sweep: %+v", l.verdict(0).HeldBecause())
	}
}

// st gives the question that the person answered last.
func st(l *lab, person string) string {
	view, _ := l.app.View(context.Background())
	for _, w := range slices.Backward(view.State.Signoff.Waiting()) {
		if slices.ContainsFunc(w.Slots, func(a signoff.Answered) bool { return a.Person == person }) {
			return w.Question
		}
	}
	l.t.Fatalf("%s answered nothing", person)
	return ""
}

func typesOf(done app.Done) string {
	var all []string
	for _, e := range done.Entries {
		all = append(all, e.Type)
	}
	return strings.Join(all, " ")
}

// clearAgain has a clearance that is younger than the vacancy.
func (l *lab) clearAgain() {
	l.t.Helper()
	if _, _, err := l.app.Issue(context.Background(), app.Who{Actor: app.Operator}, gate.Ask{Model: labModel, Action: "store_weights"}, time.Hour); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) verified() {
	l.t.Helper()
	if rep := l.verify(l.export(app.ExportOptions{})); !rep.OK() || rep.Replay.Clearances.Equal != 2 {
		l.t.Errorf("faults %q, not checked %q, %+v", rep.Faults, rep.NotChecked, rep.Replay)
	}
}

// What nobody was allowed to record is found in a copy, whoever signed it.
func TestForgedAppointments(t *testing.T) {
	for _, c := range []struct {
		name, typ, actor, old, new, want string
	}{
		{"by oneself", "access.acting_granted", "p-deputy", "", "", "could not have been recorded"},
		{"by the operator", "access.acting_granted", "operator", "", "", "could not have been recorded"},
		{"for half a year", "access.acting_granted", "", `"until":"2025-06-22"`, `"until":"2025-12-22"`, "at most 90 days"},
		{"another's vacancy", "access.office_vacated", "", `"person":"p-officer"`, `"person":"p-deputy"`, "not what was to be recorded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLab(t)
			l.person("p-deputy")
			l.do(app.EndRole(access.RoleChange{Person: "p-officer", Role: "rso", Reason: "left the lab"}))
			l.must("p-chief", 0, app.ActInOffice(access.ActingGrant{Role: "rso", Person: "p-deputy", Until: lastActingDay, Reason: "for now"}))
			f := forge(t, l)
			i := f.find(c.typ)
			if c.old != "" {
				f.edit(i, c.old, c.new)
			} else {
				f.set(i, f.rows[i].Body, func(h *proof.Header) { h.Actor = c.actor })
			}
			wantFault(t, l.verify(f.export()), c.want)
		})
	}
}
