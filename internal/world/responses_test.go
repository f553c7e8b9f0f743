// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/restriction"
	"github.com/holdpoint/holdpoint/internal/world"
)

// lapse is the first millisecond in which the approvals of a lab have lapsed.
func lapse() int64 { return begun.AddMonths(12).End() }

// GAT-5: whatever closes the gate of something live opens a response in the same
// transaction, with owner, hours and reasons; what closes nothing opens none.
func TestHeldWhileLiveOpensAResponse(t *testing.T) {
	l := newLab(t)
	wrote(t, l.deploy("m", "production"), "model.deployed")
	wrote(t, l.hold("old"), "gate.hold_placed") // not live
	wrote(t, l.fail(), "safeguard.failure_recorded restriction.response_opened")
	r := l.response()
	if r.Model != "m" || r.Environment != "production" || r.Action != "external_deploy" || r.Owner != "rso" || r.Hours != 72 {
		t.Errorf("%+v", r)
	}
	if r.HeldAt != l.now || r.Due != l.now+72*hour || r.Policy != "anthropic-rsp@2.2" || len(r.Because) == 0 {
		t.Errorf("held at %d, due %d, %s because %q; it is %d", r.HeldAt, r.Due, r.Policy, r.Because, l.now)
	}
	wrote(t, l.hold("m"), "gate.hold_placed") // one response is open already
	wrote(t, l.deploy("old", "internal"), "model.deployed restriction.response_opened")
}

// What stands for what: the action of the environment, going on with training,
// and what is offered by default where nobody named the environment.
func TestLiveThingsStandForActions(t *testing.T) {
	l := newLab(t)
	want := map[string]string{
		"production": "external_deploy", "internal": "internal_deploy", "public": "open_weights", "partner": "partner_deploy",
		"training": "continue_training", "moonbase": "external_deploy",
	}
	for env := range want {
		l.deploy("m", env)
	}
	got := restriction.Live(l.w.Model, l.w.Policy, l.now)
	if len(got) != len(want) {
		t.Errorf("%+v", got)
	}
	for _, th := range got {
		if want[th.Environment] != th.Action {
			t.Errorf("%s stands for %s, want %s", th.Environment, th.Action, want[th.Environment])
		}
	}
	// Nobody named it, so it is held from the start; so is what needs more.
	var held []string
	for _, r := range l.w.Restriction.Waiting() {
		held = append(held, r.Environment)
	}
	slices.Sort(held)
	if !slices.Equal(held, []string{"moonbase", "partner", "public"}) {
		t.Errorf("%v", held)
	}
}

// crossed is a lab in which m crossed a threshold, and is live under the standard
// that this demands until the approvals lapse.
func crossed(t testing.TB) *lab {
	t.Helper()
	l := newLab(t)
	l.determine("m", "CBRN-3=crossed", "CBRN-4=ruled_out")
	l.approve("ASL-3", policy.Deployment)
	l.approve("ASL-3", policy.Security)
	wrote(t, l.deploy("m", "production"), "model.deployed")
	return l
}

// A date closes a gate with nobody acting: the sweep writes it down, and the
// hours count from the date and not from the sweep.
func TestLapseUnderALiveModel(t *testing.T) {
	for name, act := range map[string]func(*lab) []entry.Entry{
		"sweep":      (*lab).sweep,
		"by any act": func(l *lab) []entry.Entry { return l.hold("old") },
	} {
		t.Run(name, func(t *testing.T) {
			l := crossed(t)
			l.now = lapse() + 50*hour
			act(l)
			r := l.response()
			if r.HeldAt != lapse() || r.Due != lapse()+72*hour || r.StatusAt(l.now) != restriction.Open {
				t.Errorf("held at %d, due %d, lapsed at %d", r.HeldAt, r.Due, lapse())
			}
			wrote(t, l.sweep(), "")
		})
	}
}

// A response that is not given in time becomes one finding, once, and stays to
// be given.
func TestOverdueBecomesOneFinding(t *testing.T) {
	l := newLab(t)
	l.deploy("m", "production")
	l.fail()
	due := l.response().Due
	l.now = due - 1
	wrote(t, l.sweep(), "") // its last millisecond
	wrote(t, l.sweep(), "finding.opened restriction.response_missed")
	l.now = due + 100*hour
	wrote(t, l.sweep(), "")
	r := l.response()
	if r.StatusAt(l.now) != restriction.Overdue || r.Finding == "" {
		t.Errorf("%s, %q", r.StatusAt(l.now), r.Finding)
	}
	wrote(t, l.withdraw("m", "production"), "model.withdrawn restriction.response_answered")
}

// Nobody sweeps, and the answer comes late: the finding comes with it.
func TestLateAnswerIsFound(t *testing.T) {
	l := newLab(t)
	l.deploy("m", "production")
	l.fail()
	l.now = l.response().Due + 30*hour
	got := l.withdraw("m", "production")
	wrote(t, got, "model.withdrawn finding.opened restriction.response_missed restriction.response_answered")
}

// A date that closed the gate longer ago than the policy's hours: the finding
// comes with the response.
func TestSweptTooLate(t *testing.T) {
	l := crossed(t)
	l.now = lapse() + 100*hour
	wrote(t, l.sweep(), "restriction.response_opened finding.opened restriction.response_missed")
}

// INT, design principle 3: one recorded act ends a response.
func TestWaysToAnswer(t *testing.T) {
	answered := func(t *testing.T, l *lab, how restriction.How, by entry.Ref) {
		t.Helper()
		r := l.response()
		if r.IsOpen() || r.How != how || r.By != by {
			t.Errorf("answered %s by %+v, want %s by %+v", r.How, r.By, how, by)
		}
	}
	decided := func(id string) entry.Ref { return entry.Ref{Kind: "decision", ID: id} }
	t.Run("withdrawal", func(t *testing.T) {
		l := held(t)
		got := l.withdraw("m", "production")
		answered(t, l, restriction.ByWithdrawal, entry.Ref{Kind: "entry", ID: strconv.FormatInt(got[0].Seq, 10)})
	})
	t.Run("restriction", func(t *testing.T) {
		l := held(t)
		id, got := l.decide(restrict(decision.Restriction{Kind: decision.HaltNewCustomers}))
		wrote(t, got, "signoff.signed decision.took_effect restriction.ordered restriction.response_answered")
		answered(t, l, restriction.ByRestriction, decided(id))
	})
	t.Run("decision", func(t *testing.T) {
		l := newLab(t)
		l.deploy("m", "production")
		hold := entry.ID("hold", l.hold("m")[0].Seq)
		id, got := l.decide(decision.ProposeIn{Kind: policy.DecideLiftHold, Title: "Shall it be lifted?", Hold: hold})
		wrote(t, got, "signoff.signed decision.took_effect gate.hold_lifted restriction.response_answered")
		answered(t, l, restriction.ByDecision, decided(id))
	})
	t.Run("cleared", func(t *testing.T) {
		l := held(t)
		got := l.approve("ASL-2", policy.Deployment)
		wrote(t, got, "decision.reported safeguard.approved restriction.response_answered")
		answered(t, l, restriction.Cleared, entry.Ref{Kind: "entry", ID: strconv.FormatInt(got[1].Seq, 10)})
	})
}

// held is a lab in which m is live in production and held.
func held(t testing.TB) *lab {
	t.Helper()
	l := newLab(t)
	l.deploy("m", "production")
	l.fail()
	l.response()
	return l
}

// A restriction answers for what held it then: something new asks for another
// answer, which the old restriction is not; so does lifting it.
func TestNewReasonsAskForANewAnswer(t *testing.T) {
	l := held(t)
	l.decide(restrict(decision.Restriction{Kind: decision.HaltNewCustomers}))
	wrote(t, l.sweep(), "")
	wrote(t, l.hold("m"), "gate.hold_placed restriction.response_opened")
	wrote(t, l.sweep(), "")
	if open := l.w.Restriction.Waiting(); len(open) != 1 {
		t.Errorf("%+v", open)
	}
	l.decide(restrict(decision.Restriction{Kind: decision.RestrictAccess}))
	if open := l.w.Restriction.Waiting(); len(open) != 0 {
		t.Errorf("%+v", open)
	}
	limit := l.w.Restriction.Orders()[1]
	l.as("p-one", func() {
		got := l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Restriction.Lift(restriction.Lifted{Restriction: limit.ID, Reason: "no longer needed"}, w.RestrictionSee(), act)
		})
		wrote(t, got, "restriction.lifted restriction.response_opened")
	})
}

// What a restriction answered for does not hide that a date closes the gate for one
// reason more: the hours count from that date, whenever somebody asks.
func TestANewReasonCountsFromItsDate(t *testing.T) {
	l := crossed(t)
	l.hold("m")
	l.decide(restrict(decision.Restriction{Kind: decision.HaltNewCustomers}))
	thing := restriction.Live(l.w.Model, l.w.Policy, l.now)[0]
	for _, later := range []int64{1, 50 * hour, 900 * hour} {
		if got := l.w.HeldSince(thing, lapse()+later); got != lapse() {
			t.Errorf("%d hours later it counts from %d, not from %d", later/hour, got, lapse())
		}
	}
}

// A story told again from sources owes nothing to anybody.
func TestReconstructionOwesNothing(t *testing.T) {
	l := &lab{t: t, now: begun.Start(), actor: "operator"}
	l.adopt(entry.Graded(grade.Reported, entry.Source{Document: "TEST"}))
	l.model("m")
	wrote(t, l.deploy("m", "production"), "model.deployed")
	l.now += 1000 * hour
	wrote(t, l.sweep(), "")
	if len(restriction.Live(l.w.Model, l.w.Policy, l.now)) != 1 {
		t.Error("it is live all the same")
	}
}

// What the machine writes follows from the entries before it; anything else is
// found in a copy.
func TestForgedResponsesAreFound(t *testing.T) {
	l := newLab(t)
	l.deploy("m", "production")
	clear := l.w
	l.fail()
	open := l.w
	l.now = l.response().Due + 25*hour
	l.sweep()
	l.approve("ASL-2", policy.Deployment)
	for _, e := range l.entries {
		switch e.Type {
		case "restriction.response_opened":
			refusedEntry(t, clear, e, "")
			refusedEntry(t, open, e, "") // it is open already
			refusedEntry(t, before(l, e), e, `"owner":"rso"`, `"owner":"ceo"`)
			refusedEntry(t, before(l, e), e, `"hours":72`, `"hours":720`)
		case "restriction.response_answered":
			refusedEntry(t, open, e, "")
			refusedEntry(t, before(l, e), e, "cleared", "decision")
		case "finding.opened":
			refusedEntry(t, open, e, `"variance_days":1`, `"variance_days":0`)
			refusedEntry(t, l.w, e, "")
		case "restriction.response_missed":
			refusedEntry(t, open, e, "finding-", "finding-1")
		}
	}
}

// before gives the world just before an entry.
func before(l *lab, e entry.Entry) world.World {
	l.t.Helper()
	var w world.World
	for _, old := range l.entries[:e.Seq] {
		var err error
		if w, err = w.Fork().Apply(old); err != nil {
			l.t.Fatal(err)
		}
	}
	return w
}

// BenchmarkReact is what an act costs more when fifty things are live.
func BenchmarkReact(b *testing.B) {
	l := newLab(b)
	for i := range 25 {
		for _, m := range []string{"m", "old"} {
			l.deploy(m, fmt.Sprintf("env-%d", i))
		}
	}
	act := entry.Act{Actor: "operator", Seq: l.w.Seq, Now: l.now}
	drafts, err := l.w.Review.Submit(challenge(), act)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.w.React(drafts, act); err != nil {
			b.Fatal(err)
		}
	}
}
