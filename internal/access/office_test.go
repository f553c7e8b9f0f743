// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package access

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// seats are those of the tests: the chief names the officer, and nobody says who
// names the chief.
var seats = See{Roles: []string{"board", "ceo", "expert", "rso"}, Seats: []Seat{
	{Role: "ceo"}, {Role: "rso", Office: true, AppointedBy: "ceo"}, {Role: "board", Body: true}, {Role: "expert", External: true},
}}

// staffed has a chief, an officer and others, on the day of the test.
type staffed struct {
	*world
	now int64
}

func newStaffed(t failer, day deadline.Day) *staffed {
	w := &staffed{newWorld(), day.Start()}
	for _, id := range []string{"chief", "officer", "deputy", "other"} {
		w.add(t, id, Human)
	}
	w.add(t, "committee", Body)
	w.add(t, "bot", Automation)
	for _, g := range []InRole{{"ceo", "chief"}, {"rso", "officer"}} {
		d, err := w.GrantRole(RoleChange{Person: g.Person, Role: g.Role, Reason: "appointed"}, seats, w.act(Operator))
		w.take(t, d, err)
	}
	return w
}

func (w *staffed) by(actor string) entry.Act {
	return entry.Act{Actor: actor, Seq: int64(len(w.entries)), Now: w.now}
}

// record folds drafts of an actor's act, and checks each as a verifier does.
func (w *staffed) record(t failer, actor string, drafts []entry.Draft, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range drafts {
		e := entry.Entry{Body: d.Body, Header: proof.Header{Seq: w.by(actor).Seq, RecordedAt: w.now, Type: d.Type, V: d.V, Actor: actor}}
		if err := w.Check(e, seats); err != nil {
			t.Fatal(err)
		}
		if err := w.Apply(e); err != nil {
			t.Fatal(err)
		}
		w.entries = append(w.entries, e)
	}
}

func (w *staffed) grantActing(t failer, until deadline.Day) {
	t.Helper()
	d, err := w.GrantActing(ActingGrant{Role: "rso", Person: "deputy", Until: until, Reason: "on leave"}, seats, w.by("chief"))
	w.record(t, "chief", d, err)
}

func (w *staffed) vacate(t failer, actor string) {
	t.Helper()
	d, err := w.Vacate(Vacating{Role: "rso", Reason: "left"}, seats, w.by(actor))
	w.record(t, actor, d, err)
}

// GOV-1: the office falls vacant, somebody acts in it, and it is handed on.
func TestSuccession(t *testing.T) {
	w := newStaffed(t, "2026-03-02")
	w.vacate(t, "officer")
	o := w.Office("rso", w.now)
	if o.Filled || !o.Vacant || o.Since != w.now || len(o.Entries) != 1 || w.HoldsRoleAt("officer", "rso", w.now) {
		t.Fatalf("after it was vacated: %+v", o)
	}
	w.grantActing(t, "2026-03-20")
	if o = w.Office("rso", w.now); !o.Filled || o.Vacant || !w.HoldsRoleAt("deputy", "rso", w.now) || w.HoldsRole("deputy", "rso") {
		t.Fatalf("with an acting holder: %+v", o)
	}
	if d := cmp.Diff([]string{"deputy"}, w.HoldersAt("rso", w.now)); d != "" || !slices.Equal(w.RolesAt("deputy", w.now), []string{"rso"}) {
		t.Error(d)
	}
	d, err := w.Assign(Assignment{Role: "rso", Person: "other", Reason: "appointed"}, seats, w.by("chief"))
	w.record(t, "chief", d, err)
	if w.HoldsRoleAt("deputy", "rso", w.now) || !slices.Equal(w.HoldersAt("rso", w.now), []string{"other"}) {
		t.Error("the acting holder is still there after the office was assigned")
	}
	d, err = w.Assign(Assignment{Role: "rso", Person: "deputy", Reason: "handed on"}, seats, w.by("chief"))
	w.record(t, "chief", d, err)
	if !strings.Contains(string(d[0].Body), `"former":"other"`) || !slices.Equal(w.Holders("rso"), []string{"deputy"}) {
		t.Errorf("succession: %s, held by %v", d[0].Body, w.Holders("rso"))
	}
}

// An acting grant holds until its day is over in UTC, whatever day that is.
func TestActingEndsByDate(t *testing.T) {
	for _, c := range []struct{ name, from, until string }{
		{"a leap day", "2028-02-01", "2028-02-29"},
		{"the day before none", "2027-02-01", "2027-02-28"},
		{"a Sunday", "2026-03-02", "2026-03-08"},
		{"the day the clocks change", "2026-03-02", "2026-03-29"},
		{"a year's end", "2026-12-01", "2026-12-31"},
		{"the same day", "2026-03-02", "2026-03-02"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newStaffed(t, deadline.Day(c.from))
			w.vacate(t, "chief")
			w.grantActing(t, deadline.Day(c.until))
			end := deadline.Day(c.until).End()
			if !w.HoldsRoleAt("deputy", "rso", end-1) || !w.Office("rso", end-1).Filled {
				t.Error("the last instant of the day does not count")
			}
			o := w.Office("rso", end)
			if w.HoldsRoleAt("deputy", "rso", end) || o.Filled || !o.Vacant || o.Since != end || len(w.RolesAt("deputy", end)) > 0 {
				t.Errorf("the first instant after: %+v", o)
			}
		})
	}
}

// With no sweeper the office is as vacant as with one, and two write once.
func TestActingOverIsWrittenOnce(t *testing.T) {
	w := newStaffed(t, "2026-03-02")
	w.vacate(t, "operator")
	w.grantActing(t, "2026-03-05")
	if d, err := w.ActingEnded("rso", w.now); err != nil || len(d) != 0 {
		t.Fatalf("while it runs: %v, %v", d, err)
	}
	w.now = deadline.Day("2026-03-09").Start()
	before := w.Office("rso", w.now)
	d, err := w.ActingEnded("rso", w.now)
	w.record(t, "operator", d, err)
	after := w.Office("rso", w.now)
	if len(d) != 1 || after.Filled || !after.Vacant || after.Since != before.Since {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if d, err := w.ActingEnded("rso", w.now); err != nil || len(d) != 0 {
		t.Errorf("written twice: %v, %v", d, err)
	}
	w.grantActing(t, "2026-03-10")
	if !w.Office("rso", w.now).Filled {
		t.Error("a new grant does not fill it")
	}
}

// A holder who leaves while somebody acts leaves the office filled.
func TestHolderLeavesWhileSomebodyActs(t *testing.T) {
	w := newStaffed(t, "2026-03-02")
	w.grantActing(t, "2026-03-05")
	_, err := w.Vacate(Vacating{Role: "rso", Reason: "a coup"}, seats, w.by("deputy"))
	refused(t, err, fault.Forbidden, "may not vacate")
	w.vacate(t, "officer")
	if o := w.Office("rso", w.now); !o.Filled || o.Vacant || len(o.Holders) != 0 {
		t.Errorf("%+v", o)
	}
	w.vacate(t, "deputy")
	if o := w.Office("rso", w.now); o.Filled || !o.Vacant {
		t.Errorf("%+v", o)
	}
	_, err = w.Vacate(Vacating{Role: "rso", Reason: "again"}, seats, w.by(Operator))
	refused(t, err, fault.Conflict, "is vacant since 2026-03-02")
}

func TestAppointingRefuses(t *testing.T) {
	w := newStaffed(t, "2026-03-02")
	w.grantActing(t, "2026-03-10")
	acting := func(role, person string, until deadline.Day, reason string) func(entry.Act) error {
		return func(act entry.Act) error {
			_, err := w.GrantActing(ActingGrant{Role: role, Person: person, Until: until, Reason: reason}, seats, act)
			return err
		}
	}
	assign := func(role, person, reason string) func(entry.Act) error {
		return func(act entry.Act) error {
			_, err := w.Assign(Assignment{Role: role, Person: person, Reason: reason}, seats, act)
			return err
		}
	}
	vacate := func(role, reason string) func(entry.Act) error {
		return func(act entry.Act) error {
			_, err := w.Vacate(Vacating{Role: role, Reason: reason}, seats, act)
			return err
		}
	}
	for _, c := range []struct {
		name, actor string
		try         func(entry.Act) error
		kind        fault.Kind
		words       string
	}{
		{"an acting officer makes it longer for themselves", "deputy", acting("rso", "deputy", "2026-03-20", "r"), fault.Forbidden, `leaves that to "ceo"`},
		{"an acting officer names another", "deputy", acting("rso", "other", "2026-03-20", "r"), fault.Forbidden, `leaves that to "ceo"`},
		{"the officer names a deputy", "officer", acting("rso", "other", "2026-03-20", "r"), fault.Forbidden, `leaves that to "ceo"`},
		{"the operator where the policy names somebody", Operator, acting("rso", "other", "2026-03-20", "r"), fault.Forbidden, `leaves that to "ceo"`},
		{"the chief names themselves", "chief", acting("rso", "chief", "2026-03-20", "r"), fault.Forbidden, "may not name themselves"},
		{"the chief takes the office", "chief", assign("rso", "chief", "r"), fault.Forbidden, "may not name themselves"},
		{"a person where the policy names nobody", "chief", acting("ceo", "other", "2026-03-20", "r"), fault.Forbidden, "may not name who holds"},
		{"too long", "chief", acting("rso", "other", "2026-06-01", "r"), fault.Invalid, "at most 90 days"},
		{"over already", "chief", acting("rso", "other", "2026-03-01", "r"), fault.Invalid, "is over"},
		{"no day", "chief", acting("rso", "other", "2026-02-30", "r"), fault.Invalid, "is not a day"},
		{"no reason", "chief", acting("rso", "other", "2026-03-20", " "), fault.Invalid, "reason is missing"},
		{"nobody", "chief", acting("rso", "ghost", "2026-03-20", "r"), fault.NotFound, `no person "ghost"`},
		{"the operator as holder", "chief", assign("rso", Operator, "r"), fault.Forbidden, "holds no role"},
		{"an automation", "chief", assign("rso", "bot", "r"), fault.Forbidden, `of the kind "automation"`},
		{"a body in a person's office", "chief", assign("rso", "committee", "r"), fault.Forbidden, `of the kind "body"`},
		{"who holds it already", "chief", assign("rso", "officer", "r"), fault.Conflict, "holds the role"},
		{"acting for oneself", "chief", acting("rso", "officer", "2026-03-20", "r"), fault.Conflict, "need not act in it"},
		{"outside the lab", Operator, assign("expert", "other", "r"), fault.Invalid, "stands outside"},
		{"no such role", "chief", assign("king", "other", "r"), fault.NotFound, `no role "king"`},
		{"vacated by anybody", "other", vacate("rso", "r"), fault.Forbidden, "may not vacate"},
		{"vacated without a reason", "chief", vacate("rso", ""), fault.Invalid, "reason is missing"},
		{"what is no office", Operator, vacate("ceo", "r"), fault.Invalid, "is no office"},
	} {
		t.Run(c.name, func(t *testing.T) { refused(t, c.try(w.by(c.actor)), c.kind, c.words) })
	}
	_, err := w.Assign(Assignment{Role: "rso", Person: "other", Reason: "r"}, See{}, w.by("chief"))
	refused(t, err, fault.Conflict, "no policy is in force")
	w.now = deadline.Day("2026-03-11").Start()
	if err := acting("rso", "other", "2026-06-09", "ninety days")(w.by("chief")); err != nil {
		t.Error(err)
	}
}

// Several holders are not ended by one act.
func TestSeveralHolders(t *testing.T) {
	w := newStaffed(t, "2026-03-02")
	d, err := w.GrantRole(RoleChange{Person: "other", Role: "rso", Reason: "shared"}, seats, w.by(Operator))
	w.record(t, Operator, d, err)
	_, err = w.Vacate(Vacating{Role: "rso", Reason: "r"}, seats, w.by(Operator))
	refused(t, err, fault.Conflict, "held by several: officer, other")
	_, err = w.Assign(Assignment{Role: "rso", Person: "deputy", Reason: "r"}, seats, w.by("chief"))
	refused(t, err, fault.Conflict, "held by several")
}

// What nobody could have recorded is found in a copy.
func TestForgedOfficeEntries(t *testing.T) {
	w := newStaffed(t, "2026-03-02")
	w.grantActing(t, "2026-03-10")
	forge := func(actor string, d entry.Draft, err error) error {
		if err != nil {
			t.Fatal(err)
		}
		return w.Check(entry.Entry{Body: d.Body, Header: proof.Header{Seq: w.by(actor).Seq, RecordedAt: w.now, Type: d.Type, V: d.V, Actor: actor}}, seats)
	}
	grant := ActingGranted{Role: "rso", Person: "deputy", Until: "2026-03-20", Reason: "longer", By: "ceo"}
	d, err := actingGranted.Draft(grant)
	refused(t, forge("deputy", d, err), fault.Corrupt, "could not have been recorded")
	grant.By = ""
	d, err = actingGranted.Draft(grant)
	refused(t, forge("chief", d, err), fault.Corrupt, "is not what was to be recorded")
	d, err = officeVacated.Draft(OfficeVacated{Role: "rso", Person: "deputy", Reason: reasonOver, Cause: ActingOver})
	refused(t, forge(Operator, d, err), fault.Corrupt, "is not what was to be recorded")
	d, err = officeVacated.Draft(OfficeVacated{Role: "rso", Person: "officer", Reason: reasonEnded, Cause: RoleEndedCause})
	refused(t, forge(Operator, d, err), fault.Corrupt, "is not what was to be recorded")
	d, err = officeAssigned.Draft(OfficeAssigned{Role: "rso", Person: "other", Former: "deputy", Reason: "r"})
	refused(t, forge("chief", d, err), fault.Corrupt, "is not what was to be recorded")
	for _, bad := range []OfficeVacated{{Role: "rso", Person: "other", Cause: CauseRecorded}, {Role: "ceo", Person: "deputy", Cause: CauseRecorded}} {
		d, _ := officeVacated.Draft(bad)
		s := w.Fork()
		refused(t, s.Apply(entry.Entry{Body: d.Body, Header: proof.Header{Type: d.Type, V: d.V}}), fault.Corrupt, "does not hold it")
	}
}

// Letting time pass never fills an office: who holds a role later held it before.
func TestTimeNeverFills(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newStaffed(t, "2026-03-02")
		for range rapid.IntRange(0, 8).Draw(t, "acts") {
			w.now += rapid.Int64Range(0, 4).Draw(t, "days") * 86_400_000
			act := w.by(rapid.SampledFrom([]string{"chief", "operator", "officer", "deputy"}).Draw(t, "actor"))
			person := rapid.SampledFrom([]string{"officer", "deputy", "other"}).Draw(t, "person")
			var drafts []entry.Draft
			var err error
			switch rapid.IntRange(0, 4).Draw(t, "verb") {
			case 0:
				until := deadline.DayOf(w.now).AddDays(rapid.IntRange(0, 9).Draw(t, "for"))
				drafts, err = w.GrantActing(ActingGrant{Role: "rso", Person: person, Until: until, Reason: "r"}, seats, act)
			case 1:
				drafts, err = w.Assign(Assignment{Role: "rso", Person: person, Reason: "r"}, seats, act)
			case 2:
				drafts, err = w.Vacate(Vacating{Role: "rso", Reason: "r"}, seats, act)
			case 3:
				drafts, err = w.ActingEnded("rso", w.now)
			case 4:
				drafts, err = w.EndRole(RoleChange{Person: person, Role: "rso", Reason: "r"}, act)
			}
			if err == nil {
				w.record(t, act.Actor, drafts, nil)
			}
		}
		then := w.now + rapid.Int64Range(0, 20).Draw(t, "later")*86_400_000
		was, is := w.Office("rso", w.now), w.Office("rso", then)
		if is.Filled && !was.Filled || was.Vacant && !is.Vacant {
			t.Fatalf("was %+v, is %+v", was, is)
		}
		if is.Vacant && (is.Filled || is.Since == 0 || len(is.Entries) == 0) {
			t.Fatalf("vacant without proof: %+v", is)
		}
		for _, p := range w.HoldersAt("rso", then) {
			if !slices.Contains(w.HoldersAt("rso", w.now), p) || !w.HoldsRoleAt(p, "rso", then) {
				t.Fatalf("%s came to hold it", p)
			}
		}
		var replayed State
		for _, e := range w.entries {
			if err := replayed.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(w.Office("rso", then), replayed.Office("rso", then)); d != "" {
			t.Fatal(d)
		}
	})
}
