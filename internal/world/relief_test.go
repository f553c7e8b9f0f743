// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/rule"
	"github.com/holdpoint/holdpoint/internal/world"
)

// owing is a lab whose summaries hold when they are not published, with a model
// in production, and the duty to publish them.
func owing(t testing.TB) (*lab, obligation.Duty) {
	t.Helper()
	l := &lab{t: t, now: begun.Start(), actor: access.Operator}
	l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Policy.Adopt(policy.AdoptIn{Pack: holding(t, policy.BreachHold), Accept: "for the test"}, act)
	})
	l.staff()
	l.model("m")
	l.deploy("m", "production")
	return l, findOne(t, l.w, "PUBLISH-SUMMARIES")
}

// summaries tells how the duty to publish holds at a moment.
func (l *lab) summaries(now int64) rule.Status {
	l.t.Helper()
	v := gate.Evaluate(l.w.Facts(), gate.Ask{Model: "m", Action: "external_deploy"}, now)
	for _, c := range v.Conditions {
		if strings.HasPrefix(c.ID, "duty:") {
			return c.Status
		}
	}
	l.t.Fatal("no duty is a condition")
	return 0
}

func exempt(d obligation.Duty, extend bool, until deadline.Day) decision.ProposeIn {
	return decision.ProposeIn{Kind: policy.DecideException, Title: "Shall it wait?", Exemption: &decision.Exemption{
		Duty: d.ID, Extend: extend, Reason: "the press office is closed", Until: until,
	}}
}

// A waiver or an extension whose decision was reversed is none: the date counts
// again, by itself and in what a sweep writes (CMP-8).
func TestReversedReliefIsNone(t *testing.T) {
	for name, extend := range map[string]bool{"waiver": false, "extension": true} {
		t.Run(name, func(t *testing.T) {
			l, d := owing(t)
			until := d.Due.AddDays(60)
			id, _ := l.decide(exempt(d, extend, until))
			late := d.Due.AddDays(3).Start()
			if got := l.summaries(late); got != rule.Met {
				t.Fatalf("it is relieved and %s", got)
			}
			if got := l.summaries(until.End()); got != rule.NotMet {
				t.Errorf("the relief is over and it is %s", got)
			}
			later, _ := l.decide(restrict(decision.Restriction{Kind: decision.RestrictAccess}))
			l.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
				return w.Decision.Reverse(id, later, "it was no good reason")
			})
			if got := l.summaries(late); got != rule.NotMet {
				t.Errorf("the relief was reversed and it is %s", got)
			}
			l.now = late
			got, _ := l.w.Obligation.Duty(d.ID)
			if st := l.w.AsDecided(got, late); st.At(late).Status != obligation.IsMissed || st.Now.Day != d.Due {
				t.Errorf("%s, due on %s", st.At(late).Status, st.Now.Day)
			}
			if wrote := types(l.sweep()); !strings.Contains(wrote, "obligation.missed") {
				t.Errorf("swept %s", wrote)
			}
			if wrote := types(l.sweep()); strings.Contains(wrote, "obligation.missed") {
				t.Errorf("swept again: %s", wrote)
			}
			if got := l.summaries(late); got != rule.NotMet {
				t.Errorf("written down, it is %s", got)
			}
		})
	}
}

// seats is what the test's policy says of offices.
func (l *lab) seats() access.See { return l.w.AccessSee(l.now) }

func (l *lab) actingOfficer(until deadline.Day) {
	l.t.Helper()
	l.as("ceo", func() {
		l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Access.GrantActing(access.ActingGrant{Role: "rso", Person: "p-one", Until: until, Reason: "on leave"}, l.seats(), act)
		})
	})
}

func (l *lab) vacateOffice() {
	l.t.Helper()
	l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.Vacate(access.Vacating{Role: "rso", Reason: "left"}, l.seats(), act)
	})
}

// The clock of an empty office starts when it was empty, and not when a sweep
// finds it so.
func TestVacancyCountsFromTheEndOfActing(t *testing.T) {
	l, _ := owing(t)
	until := begun.AddDays(10)
	l.actingOfficer(until)
	l.vacateOffice()
	l.now = until.AddDays(30).Start()
	l.sweep()
	if d := findOne(t, l.w, "OFFICE-FILLED"); d.Started != until.End() {
		t.Errorf("the office was empty since %s, and the duty counts from %s", deadline.DayOf(until.End()), deadline.DayOf(d.Started))
	}
}

// Whoever is given the office fills it, by whatever verb; and nothing else does.
func TestVacancyEndsWithWhoFillsIt(t *testing.T) {
	l, _ := owing(t)
	l.vacateOffice()
	vacated := l.w
	d := findOne(t, l.w, "OFFICE-FILLED")
	got := l.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.GrantRole(access.RoleChange{Person: "p-one", Role: "rso", Reason: "appointed"}, l.seats(), act)
	})
	done := got[len(got)-1]
	if findOne(t, l.w, "OFFICE-FILLED").Done == nil {
		t.Fatalf("the office is filled and the duty runs: %s", types(got))
	}
	done.Seq = vacated.Seq
	if err := vacated.Check(done); err == nil {
		t.Errorf("%s is done by an entry that fills nothing", d.ID)
	}
}

// A duty that begins in a time to come would be due later than it is.
func TestForgedStartIsFound(t *testing.T) {
	l, d := owing(t)
	for _, e := range l.entries {
		if e.Type != obligation.OpenedType || !strings.Contains(string(e.Body), d.Rule) {
			continue
		}
		w := before(l, e)
		cal := obligation.Calendar(pack(t, "anthropic-rsp@2.2"))
		started := begun.AddDays(100).Start()
		due := cal.Due(started, deadline.Duration{Unit: deadline.Promptly, Days: 30})
		body := strings.NewReplacer(
			`"started":`+strconv.FormatInt(d.Started, 10), `"started":`+strconv.FormatInt(started, 10),
			string(d.Due), string(due.Day), strconv.FormatInt(d.Last, 10), strconv.FormatInt(due.Last, 10),
		).Replace(string(e.Body))
		e.Body = []byte(body)
		if err := w.Check(e); err == nil || !strings.Contains(err.Error(), "begins later") {
			t.Errorf("%s passes: %v", body, err)
		}
		return
	}
	t.Fatal("nothing opens the duty")
}
