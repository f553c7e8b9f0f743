// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package access

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// MaxActingDays is the longest time in days for which somebody is named acting.
// It is a rule of the house: nothing renews itself.
const MaxActingDays = 90

// Assignment is the input of [State.Assign].
type Assignment struct {
	Role   string
	Person string
	// Reason is one sentence without names; it is kept for ever.
	Reason string
}

// Assign gives a role to its next holder. The grant of the one who held it ends
// with the same entry, and so does an acting grant. Only a holder of the role
// that the policy names may assign it; where it names none, the operator.
func (s State) Assign(in Assignment, see See, act entry.Act) ([]entry.Draft, error) {
	if _, err := s.appoint(in.Role, in.Person, in.Reason, see, act); err != nil {
		return nil, err
	}
	if g, ok := s.Grant(in.Person, in.Role); ok {
		return nil, fault.Conflictf("%q holds the role %q since entry %d", in.Person, in.Role, g.Seq)
	}
	former, err := s.soleHolder(in.Role)
	if err != nil {
		return nil, err
	}
	return officeAssigned.Drafts(OfficeAssigned{Role: in.Role, Person: in.Person, Former: former, Reason: in.Reason})
}

// ActingGrant is the input of [State.GrantActing].
type ActingGrant struct {
	Role   string
	Person string
	// Until is the last day, in UTC.
	Until deadline.Day
	// Reason is one sentence without names; it is kept for ever.
	Reason string
}

// GrantActing gives a role to somebody for a time, at most [MaxActingDays] days.
// It takes the place of an acting grant that still runs. Who may is as for
// [State.Assign]; nobody grants it to themselves.
func (s State) GrantActing(in ActingGrant, see See, act entry.Act) ([]entry.Draft, error) {
	by, err := s.appoint(in.Role, in.Person, in.Reason, see, act)
	if err != nil {
		return nil, err
	}
	if g, ok := s.Grant(in.Person, in.Role); ok {
		return nil, fault.Conflictf("%q holds the role %q since entry %d and need not act in it", in.Person, in.Role, g.Seq)
	}
	if err := checkUntil(in.Until, act.Now); err != nil {
		return nil, err
	}
	if o := s.Office(in.Role, act.Now); o.ActingNow(act.Now) && o.Acting.Person == in.Person && o.Acting.Until == in.Until {
		return nil, fault.Conflictf("%q acts in the role %q until %s already", in.Person, in.Role, in.Until)
	}
	return actingGranted.Drafts(ActingGranted{Role: in.Role, Person: in.Person, Until: in.Until, Reason: in.Reason, By: by})
}

func checkUntil(until deadline.Day, now int64) error {
	if _, err := deadline.ParseDay(string(until)); err != nil {
		return err
	}
	if until.Over(now) {
		return fault.Invalidf("%s is over, so nobody can act until then", until).Hinted("name a day that is still to come")
	}
	if last := deadline.DayOf(now).AddDays(MaxActingDays); last.DaysUntil(until) > 0 {
		return fault.Invalidf("somebody acts for at most %d days, so until %s and not until %s", MaxActingDays, last, until).
			Hinted("name an earlier day; when it is over, a new grant is needed")
	}
	return nil
}

// Vacating is the input of [State.Vacate].
type Vacating struct {
	Role string
	// Reason is one sentence without names; it is kept for ever.
	Reason string
}

// Vacate ends the grant of the one who holds an office. Where nobody acts in it,
// that leaves it vacant, and this is recorded. The operator may, a holder of the
// role that appoints, and whoever holds the office.
func (s State) Vacate(in Vacating, see See, act entry.Act) ([]entry.Draft, error) {
	o := s.Office(in.Role, act.Now)
	holder, err := s.soleHolder(in.Role)
	if holder == "" && o.Filled {
		holder = o.Acting.Person
	}
	if err := s.mayVacate(in.Role, holder, see, act); err != nil {
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	if err := CheckReason(in.Reason); err != nil {
		return nil, err
	}
	if o.Vacant {
		return nil, fault.Conflictf("the office %q is vacant since %s", in.Role, deadline.DayOf(o.Since))
	}
	if len(o.Holders) > 0 && o.ActingNow(act.Now) {
		return roleEnded.Drafts(RoleEnded{Person: holder, Role: in.Role, Reason: in.Reason})
	}
	return officeVacated.Drafts(OfficeVacated{Role: in.Role, Person: holder, Reason: in.Reason, Cause: CauseRecorded})
}

func (s State) mayVacate(role, holder string, see See, act entry.Act) error {
	seat, err := see.seat(role)
	if err != nil {
		return err
	}
	if !seat.Office {
		return fault.Invalidf("the role %q is no office of the policy in force, so it is not vacated", role).
			Hinted("end it for who holds it: holdpoint person end PERSON %s", role)
	}
	if act.Actor == Operator || act.Actor == holder ||
		seat.AppointedBy != "" && s.HoldsRoleAt(act.Actor, seat.AppointedBy, act.Now) {
		return nil
	}
	return fault.Forbiddenf("%q may not vacate the office %q (rule SOD-VACATE)", act.Actor, role).
		Hinted("whoever holds it may, %sand the owner of this installation", appointing(seat))
}

func appointing(seat Seat) string {
	if seat.AppointedBy == "" {
		return ""
	}
	return "a holder of the role " + seat.AppointedBy + ", "
}

// appoint checks who names whom, and gives the role by which the actor may.
func (s State) appoint(role, person, reason string, see See, act entry.Act) (by string, err error) {
	seat, err := see.seat(role)
	if err != nil {
		return "", err
	}
	if seat.External {
		return "", fault.Invalidf("the role %q stands outside the lab, which does not appoint to it", role).
			Hinted("say who it is with: holdpoint person grant PERSON %s", role)
	}
	if err := s.mayAppoint(seat, act); err != nil {
		return "", err
	}
	if act.Actor == person {
		return "", fault.Forbiddenf("%q may not name themselves for the role %q (rule SOD-SELF)", person, role).
			Hinted("another person must be named, or another person must do the naming")
	}
	if err := CheckReason(reason); err != nil {
		return "", err
	}
	p, err := s.known(person)
	if err != nil {
		return "", err
	}
	if p.Kind == Automation || p.Kind == Body && !seat.Body {
		return "", fault.Forbiddenf("%q is of the kind %q and cannot hold the role %q", p.ID, p.Kind, role).
			Hinted("name a human being")
	}
	return seat.AppointedBy, nil
}

func (s State) mayAppoint(seat Seat, act entry.Act) error {
	if seat.AppointedBy == "" {
		return onlyOperator(act, "name who holds the role "+seat.Role)
	}
	if act.Actor != Operator && s.HoldsRoleAt(act.Actor, seat.AppointedBy, act.Now) {
		return nil
	}
	return fault.Forbiddenf("%q may not name who holds the role %q: the policy leaves that to %q (rule SOD-APPOINTER)", act.Actor, seat.Role, seat.AppointedBy).
		Hinted("holders of the role %q: %s", seat.AppointedBy, orNone(s.HoldersAt(seat.AppointedBy, act.Now)))
}

// soleHolder gives the one who holds a role, "" for nobody.
func (s State) soleHolder(role string) (string, error) {
	holders := s.Holders(role)
	if len(holders) > 1 {
		return "", fault.Conflictf("the role %q is held by several: %s", role, strings.Join(holders, ", ")).
			Hinted("end it for those who leave: holdpoint person end PERSON %s", role)
	}
	return strings.Join(holders, ""), nil
}

// Reasons that stand in entries which nobody asked for.
const (
	reasonEnded = "The last grant of the role ended."
	reasonOver  = "The acting holder's last day is over."
)

// FellVacant gives the entry that follows when the end of a role, at now, left
// an office without a holder; none where it did not.
func (s State) FellVacant(role string, now int64) ([]entry.Draft, error) {
	e, ok := s.ended.Get(role)
	if !ok || e.at != now || s.vacancies.Has(role) || s.Office(role, now).Filled {
		return nil, nil
	}
	return officeVacated.Drafts(OfficeVacated{Role: role, Person: e.person, Reason: reasonEnded, Cause: RoleEndedCause})
}

// ActingEnded gives the entry that writes down that the time of an office's
// acting holder is over at now and that nobody else holds it; none where that is
// not so, or is written down already.
func (s State) ActingEnded(role string, now int64) ([]entry.Draft, error) {
	a, ok := s.acting.Get(role)
	if !ok || s.vacancies.Has(role) || s.Office(role, now).Filled {
		return nil, nil
	}
	return officeVacated.Drafts(OfficeVacated{Role: role, Person: a.Person, Reason: reasonOver, Cause: ActingOver})
}

func (see See) seat(role string) (Seat, error) {
	var ids []string
	for _, seat := range see.Seats {
		if seat.Role == role {
			return seat, nil
		}
		ids = append(ids, seat.Role)
	}
	return Seat{}, knownRole(role, ids)
}
