// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package obligation_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/proof"
)

var (
	lab = entry.Ref{Kind: obligation.Lab, ID: obligation.Lab}
	m1  = entry.Ref{Kind: "model", ID: "m1"}
)

// rules is a small policy, a version for each set of durations.
func rules(version string, months int) policy.Adopted {
	rule := func(id string, starts policy.ClockStart, within policy.Duration, hard policy.Hardness, breach policy.Breach) policy.Obligation {
		return policy.Obligation{
			Element: policy.Element{ID: id, Clause: "c", Basis: policy.Text}, Title: id, Owner: "rso", Starts: starts, Within: within,
			Hardness: hard, OnBreach: breach, Recurring: true, Warn: []int{14, 3},
		}
	}
	monthly := policy.Duration{Unit: policy.Months, Count: months}
	return policy.Adopted{Grade: grade.Recomputed, Seq: 1, Pack: policy.Pack{ID: "lab", Version: version, Obligations: []policy.Obligation{
		rule("AGAIN", policy.StartAssessment, monthly, policy.Must, policy.BreachFinding),
		rule("AIM", policy.StartTrigger, monthly, policy.Target, policy.BreachNote),
		rule("REVIEW", policy.StartLast, monthly, policy.Must, policy.BreachFinding),
		rule("SOON", policy.StartNeedsMore, policy.Duration{Unit: policy.Promptly}, policy.Must, policy.BreachFinding),
		rule("BEFORE", policy.StartReached, policy.Duration{Unit: policy.BeforeEffect}, policy.Target, policy.BreachNote),
		rule("TELL", policy.StartNoncompl, policy.Duration{Unit: policy.Hours, Count: 72}, policy.Must, policy.BreachHold),
	}}}
}

// book is a journal of duties in memory.
type book struct {
	t     testing.TB
	s     obligation.State
	seq   int64
	who   access.State
	under policy.Adopted
}

func start(t testing.TB) *book { return &book{t: t, seq: 100, under: rules("1", 6)} }

func at(t testing.TB, text string) int64 {
	t.Helper()
	if len(text) == len(time.DateOnly) {
		text += "T12:00:00Z"
	}
	v, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return v.UnixMilli()
}

// do takes drafts in and gives the seq of the first.
func (b *book) do(now int64, decide func(act entry.Act) ([]entry.Draft, error)) (int64, error) {
	b.t.Helper()
	act := entry.Act{Actor: access.Operator, Seq: b.seq, Now: now}
	drafts, err := decide(act)
	for _, d := range drafts {
		e := entry.Entry{Header: proof.Header{Seq: b.seq, RecordedAt: now, Type: d.Type, V: d.V, Actor: act.Actor}, Body: d.Body}
		b.s = b.s.Fork()
		if err := b.s.Apply(e); err != nil {
			b.t.Fatal(err)
		}
		b.seq++
	}
	return act.Seq, err
}

// open starts a clock and gives the duty's id.
func (b *book) open(day string, starts policy.ClockStart, edit ...func(*obligation.Event)) string {
	b.t.Helper()
	ev := obligation.Event{Starts: starts, Subject: m1, At: at(b.t, day), Seq: 9, Grade: grade.Recomputed}
	for _, f := range edit {
		f(&ev)
	}
	seq, err := b.do(ev.At, func(act entry.Act) ([]entry.Draft, error) { return b.s.Open([]obligation.Event{ev}, b.under, act) })
	if err != nil || b.seq == seq {
		b.t.Fatalf("nothing was opened: %v", err)
	}
	return entry.ID("duty", seq) + ".1"
}

func (b *book) complete(id, on, day string) error {
	b.t.Helper()
	_, err := b.do(at(b.t, day), func(act entry.Act) ([]entry.Draft, error) {
		return b.s.Complete(obligation.Completing{Duty: id, On: deadline.Day(on), Note: "done"}, b.who, act)
	})
	return err
}

func (b *book) relieve(id, until, day string, extend bool) {
	b.t.Helper()
	if _, err := b.do(at(b.t, day), func(act entry.Act) ([]entry.Draft, error) {
		return b.s.Relieve(obligation.Relieving{Duty: id, Until: deadline.Day(until), Extend: extend, Reason: "ill", Decision: "decision-7"}, act)
	}); err != nil {
		b.t.Fatal(err)
	}
}

func (b *book) sweep(day string) []obligation.Duty {
	b.t.Helper()
	late := b.s.Overdue(at(b.t, day), 500, nil)
	if _, err := b.do(at(b.t, day), func(act entry.Act) ([]entry.Draft, error) { return b.s.Miss(late, act) }); err != nil {
		b.t.Fatal(err)
	}
	return late
}

func (b *book) duty(id string) obligation.Duty {
	b.t.Helper()
	d, err := b.s.Duty(id)
	if err != nil {
		b.t.Fatal(err)
	}
	return d
}

// is wants a status and a variance ("-" for none) on a day.
func (b *book) is(id, day string, want obligation.Status, variance string) {
	b.t.Helper()
	st := b.duty(id).At(at(b.t, day))
	got := "-"
	if st.VarianceDays != nil {
		got = time.Duration(*st.VarianceDays).String()
		got = strings.TrimSuffix(strings.TrimSuffix(got, "ns"), "s")
	}
	if st.Status != want || got != variance {
		b.t.Errorf("on %s %s is %s by %s (%s), want %s by %s", day, id, st.Status, got, st.Reason, want, variance)
	}
}

// CMP-1, CMP-7: a date acts by itself, warnings come before it, and the day after
// it is missed by one day, whether or not anybody wrote that down.
func TestADateActsByItself(t *testing.T) {
	b := start(t)
	id := b.open("2026-01-10", policy.StartAssessment)
	b.is(id, "2026-06-25", obligation.Scheduled, "-")
	b.is(id, "2026-06-26", obligation.DueSoon, "-")
	b.is(id, "2026-07-10", obligation.DueSoon, "-")
	b.is(id, "2026-07-11", obligation.IsMissed, "1")
	b.is(id, "2026-07-13", obligation.IsMissed, "3")
}

// CMP-2, CMP-9, CAP-22: done three days late is late by three days, under the rule
// of the version under which it began, whatever a later version says.
func TestThreeDaysLate(t *testing.T) {
	b := start(t)
	id := b.open("2026-01-10", policy.StartAssessment)
	b.under = rules("2", 12)
	if _, err := b.do(at(t, "2026-07-13"), func(entry.Act) ([]entry.Draft, error) {
		return b.s.Do(obligation.Deed{Starts: policy.StartAssessment, Subject: m1, At: at(t, "2026-07-13"), Seq: 50, Grade: grade.Recomputed})
	}); err != nil {
		t.Fatal(err)
	}
	b.is(id, "2030-01-01", obligation.DoneLate, "3")
	if why := b.duty(id).At(at(t, "2030-01-01")).Reason; !strings.Contains(why, "3 days late by the rule of lab@1 (due on 2026-07-10)") {
		t.Error(why)
	}
	next := b.open("2026-07-13", policy.StartAssessment)
	if d := b.duty(next); d.Policy != "lab@2" || d.Due != "2027-07-13" {
		t.Errorf("the next is due on %s under %s", d.Due, d.Policy)
	}
}

// POL-2: the version that comes in the middle of a duty changes nothing about it.
func TestAPolicyChangeInTheMiddle(t *testing.T) {
	b := start(t)
	id := b.open("2026-01-10", policy.StartAssessment)
	b.under = rules("2", 12)
	ev := obligation.Event{Starts: policy.StartAssessment, Subject: m1, At: at(t, "2026-02-01"), Grade: grade.Recomputed}
	if drafts, err := b.s.Open([]obligation.Event{ev}, b.under, entry.Act{}); err != nil || len(drafts) != 0 {
		t.Error("it was opened twice", err)
	}
	b.is(id, "2026-07-11", obligation.IsMissed, "1")
}

// CMP-8: unknown is never compliant. Nothing says when it was last done; nobody
// says from when promptly is late; what was published does not say.
func TestUnknown(t *testing.T) {
	b := start(t)
	assumed := b.open("2026-01-10", policy.StartLast, func(e *obligation.Event) { e.Subject, e.Assumed = lab, true })
	b.is(assumed, "2026-01-10", obligation.Unknown, "-")
	b.is(assumed, "2026-07-10", obligation.Unknown, "-")
	b.is(assumed, "2026-07-11", obligation.IsMissed, "1")
	promptly := b.open("2026-01-10", policy.StartNeedsMore)
	b.is(promptly, "2036-01-10", obligation.Unknown, "-")
	if err := b.complete(promptly, "2026-01-11", "2026-01-12"); err != nil {
		t.Fatal(err)
	}
	b.is(promptly, "2026-01-12", obligation.Unknown, "-")
	told := b.open("2026-01-10", policy.StartAssessment, func(e *obligation.Event) { e.Grade = grade.Reported })
	b.is(told, "2026-06-01", obligation.Scheduled, "-")
	b.is(told, "2026-07-11", obligation.Unknown, "-")
	if late := b.sweep("2027-01-01"); len(late) != 1 || late[0].ID != assumed {
		t.Errorf("written down as missed: %v", late)
	}
	if _, err := b.do(at(t, "2027-01-01"), func(entry.Act) ([]entry.Draft, error) {
		return b.s.Do(obligation.Deed{Starts: policy.StartAssessment, Subject: m1, At: at(t, "2026-05-01"), Seq: 50, Grade: grade.Reported})
	}); err != nil {
		t.Fatal(err)
	}
	b.is(told, "2027-01-01", obligation.Unknown, "-")
}

// CMP-5: a missed must is a finding, a missed target wants a note; neither goes
// away.
func TestMissed(t *testing.T) {
	b := start(t)
	must, aim := b.open("2026-01-10", policy.StartAssessment), b.open("2026-01-11", policy.StartTrigger)
	if late := b.sweep("2026-07-10"); len(late) != 0 {
		t.Fatalf("on the due day: %v", late)
	}
	at13 := b.seq
	if late := b.sweep("2026-07-13"); len(late) != 2 || late[0].ID != must || late[1].ID != aim {
		t.Fatalf("%v", late)
	}
	if d := b.duty(must); d.Breach.Finding != entry.ID("finding", at13+1) || d.Breach.VarianceDays != 3 || d.Breach.NoteWanted {
		t.Errorf("%+v", d.Breach)
	}
	if d := b.duty(aim); d.Breach.Finding != "" || d.Breach.VarianceDays != 2 || !d.At(at(t, "2026-07-13")).NoteWanted {
		t.Errorf("%+v", d.Breach)
	}
	if late := b.sweep("2026-07-14"); len(late) != 0 {
		t.Errorf("written down twice: %v", late)
	}
	if _, err := b.do(at(t, "2026-07-14"), func(act entry.Act) ([]entry.Draft, error) {
		return b.s.Note(obligation.Noted{Duty: aim, Text: "one evaluation had to be repeated"}, b.who, act)
	}); err != nil {
		t.Fatal(err)
	}
	if b.duty(aim).At(at(t, "2026-07-14")).NoteWanted {
		t.Error("a note is still wanted")
	}
	// A clock that goes back makes nothing better than it was written down.
	b.is(must, "2026-07-01", obligation.IsMissed, "3")
	b.is(must, "2026-07-20", obligation.IsMissed, "10")
}

// A waiver ends, and after it what is not done is missed; given after the breach
// it leaves the breach standing.
func TestWaiver(t *testing.T) {
	b := start(t)
	id := b.open("2026-01-10", policy.StartAssessment)
	b.relieve(id, "2026-08-01", "2026-07-01", false)
	b.is(id, "2026-07-20", obligation.IsWaived, "-")
	if late := b.sweep("2026-08-01"); len(late) != 0 {
		t.Errorf("a waived duty was missed: %v", late)
	}
	b.relieve(id, "2026-08-10", "2026-08-01", false)
	b.is(id, "2026-08-10", obligation.IsWaived, "-")
	b.is(id, "2026-08-11", obligation.IsMissed, "32")
	if late := b.sweep("2026-08-11"); len(late) != 1 {
		t.Error("not written down after the waiver ended")
	}
	b.relieve(id, "2026-09-01", "2026-08-12", false)
	b.is(id, "2026-08-20", obligation.IsMissed, "41")
	if why := b.duty(id).At(at(t, "2026-08-20")).Reason; !strings.Contains(why, "waived afterwards until 2026-09-01 by decision-7") {
		t.Error(why)
	}
}

// An extension moves the date; one that comes after it moves nothing.
func TestExtension(t *testing.T) {
	b := start(t)
	id := b.open("2026-01-10", policy.StartAssessment)
	b.relieve(id, "2026-08-01", "2026-07-10", true)
	b.is(id, "2026-07-25", obligation.DueSoon, "-")
	b.is(id, "2026-08-02", obligation.IsMissed, "1")
	b.relieve(id, "2026-10-01", "2026-08-03", true)
	b.is(id, "2026-08-20", obligation.IsMissed, "19")
}

// Hours count from the instant, and something due before its start is late at once
// unless it was done by then.
func TestInstants(t *testing.T) {
	b := start(t)
	id := b.open("2026-01-10", policy.StartNoncompl)
	b.is(id, "2026-01-13T12:00:00Z", obligation.DueSoon, "-")
	b.is(id, "2026-01-13T12:00:01Z", obligation.IsMissed, "1")
	before := b.open("2026-01-10", policy.StartReached)
	b.is(before, "2026-01-10T12:00:01Z", obligation.IsMissed, "1")
	if err := b.complete(before, "2026-01-02", "2026-01-10T13:00:00Z"); err != nil {
		t.Fatal(err)
	}
	b.is(before, "2026-02-01", obligation.DoneOnTime, "-7")
	late := b.open("2026-02-10", policy.StartReached)
	if err := b.complete(late, "2026-02-13", "2026-02-13"); err != nil {
		t.Fatal(err)
	}
	b.is(late, "2026-03-01", obligation.DoneLate, "3")
}

func TestRefusals(t *testing.T) {
	b := start(t)
	review := b.open("2026-01-10", policy.StartLast, func(e *obligation.Event) { e.Subject, e.Assumed = lab, true })
	again := b.open("2026-01-10", policy.StartAssessment)
	done := b.open("2026-01-10", policy.StartNeedsMore)
	if err := b.complete(done, "2026-01-11", "2026-01-12"); err != nil {
		t.Fatal(err)
	}
	note := func(id, text string) error {
		_, err := b.s.Note(obligation.Noted{Duty: id, Text: text}, b.who, entry.Act{Actor: access.Operator, Now: at(t, "2026-01-12")})
		return err
	}
	relief := func(in obligation.Relieving) error { return b.s.MayRelieve(in, at(t, "2026-01-12")) }
	_, stranger := b.s.Complete(obligation.Completing{Duty: review, On: "2026-01-12", Note: "x"}, b.who, entry.Act{Actor: "p-1", Now: at(t, "2026-01-12")})
	_, unshown := b.s.Complete(obligation.Completing{Duty: review, On: "2026-01-12"}, b.who, entry.Act{Actor: access.Operator, Now: at(t, "2026-01-12")})
	for name, c := range map[string]struct {
		err   error
		kind  fault.Kind
		words string
	}{
		"unknown":        {b.complete("duty-1.1", "2026-01-12", "2026-01-12"), fault.NotFound, "no duty"},
		"future":         {b.complete(review, "2026-01-13", "2026-01-12"), fault.Invalid, "still to come"},
		"before":         {b.complete(review, "2026-01-09", "2026-01-12"), fault.Invalid, "began on 2026-01-10"},
		"no day":         {b.complete(review, "yesterday", "2026-01-12"), fault.Invalid, "not a day"},
		"twice":          {b.complete(done, "2026-01-11", "2026-01-12"), fault.Conflict, "was done on"},
		"by itself":      {b.complete(again, "2026-01-11", "2026-01-12"), fault.Conflict, "recorded itself"},
		"stranger":       {stranger, fault.Forbidden, "owed by rso"},
		"unshown":        {unshown, fault.Invalid, "nothing says how"},
		"nothing missed": {note(review, "why"), fault.Conflict, "nothing to explain"},
		"no note":        {note(again, " "), fault.Invalid, "reason is missing"},
		"relief of done": {relief(obligation.Relieving{Duty: done, Until: "2026-02-01"}), fault.Conflict, "was done"},
		"over":           {relief(obligation.Relieving{Duty: again, Until: "2026-01-11"}), fault.Invalid, "over already"},
		"no later":       {relief(obligation.Relieving{Duty: again, Until: "2026-07-10", Extend: true}), fault.Invalid, "no later"},
	} {
		if c.err == nil || fault.KindOf(c.err) != c.kind || !strings.Contains(c.err.Error(), c.words) {
			t.Errorf("%s: %v (%s), want %s and %q", name, c.err, fault.KindOf(c.err), c.kind, c.words)
		}
	}
}

// The list goes by the due date, those without one last.
func TestListOrder(t *testing.T) {
	b := start(t)
	never := b.open("2026-01-01", policy.StartNeedsMore)
	second, first := b.open("2026-01-12", policy.StartAssessment), b.open("2026-01-11", policy.StartTrigger)
	var got []string
	for _, d := range b.s.All() {
		got = append(got, d.ID)
	}
	if want := []string{first, second, never}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := len(b.s.Undone()); got != 3 {
		t.Error(got)
	}
}

// A duty that is not there is a broken journal.
func TestUnknownSubjectIsCorrupt(t *testing.T) {
	var s obligation.State
	e := entry.Entry{Header: proof.Header{Seq: 3, Type: obligation.NotedType, V: 1}, Body: []byte(`{"data":{"duty":"duty-1.1","text":"x"}}`)}
	if err := s.Apply(e); fault.KindOf(err) != fault.Corrupt {
		t.Error(err)
	}
}

// The words of a pack's durations are those that dates are counted by.
func TestUnitsHaveTheSameWords(t *testing.T) {
	for p, d := range map[policy.Unit]deadline.Unit{
		policy.Months: deadline.Months, policy.CalendarDays: deadline.CalendarDays, policy.BusinessDays: deadline.BusinessDays,
		policy.Hours: deadline.Hours, policy.Promptly: deadline.Promptly, policy.BeforeEffect: deadline.BeforeEffect,
	} {
		if string(p) != string(d) {
			t.Errorf("%s is counted as %s", p, d)
		}
	}
}
