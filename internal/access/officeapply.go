// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package access

import (
	"bytes"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Cause tells how an office fell vacant.
type Cause string

// A vacancy is recorded by somebody; or it follows from the end of the last
// grant, or from the end of an acting holder's time, and is written by itself.
const (
	CauseRecorded  Cause = "recorded"
	RoleEndedCause Cause = "role_ended"
	ActingOver     Cause = "acting_over"
)

// OfficeVacated is the data of access.office_vacated. Person is who held the
// office, "" for nobody.
type OfficeVacated struct {
	Role   string `json:"role"`
	Person string `json:"person,omitzero"`
	Reason string `json:"reason"`
	Cause  Cause  `json:"cause"`
}

// OfficeAssigned is the data of access.office_assigned. Former is who held the
// role and holds it no longer, "" for nobody.
type OfficeAssigned struct {
	Role   string `json:"role"`
	Person string `json:"person"`
	Former string `json:"former,omitzero"`
	Reason string `json:"reason"`
}

// ActingGranted is the data of access.acting_granted. By is the role in which
// the actor granted it, "" for the operator.
type ActingGranted struct {
	Role   string       `json:"role"`
	Person string       `json:"person"`
	Until  deadline.Day `json:"until"`
	Reason string       `json:"reason"`
	By     string       `json:"by,omitzero"`
}

var (
	officeVacated  = entry.Define[OfficeVacated]("access.office_vacated", 1, entry.Fact)
	officeAssigned = entry.Define[OfficeAssigned]("access.office_assigned", 1, entry.Fact)
	actingGranted  = entry.Define[ActingGranted]("access.acting_granted", 1, entry.Fact)
)

func (s *State) applyOfficeVacated(e entry.Entry) error {
	d, _, err := officeVacated.Decode(e)
	if err != nil {
		return err
	}
	if d.Cause == CauseRecorded && d.Person != "" {
		a, acts := s.acting.Get(d.Role)
		switch {
		case s.HoldsRole(d.Person, d.Role):
			s.end(d.Person, d.Role, e)
		case acts && a.Person == d.Person:
			s.acting.Delete(d.Role)
			s.ended.Set(d.Role, ended{person: d.Person, seq: e.Seq, at: e.RecordedAt})
		default:
			return fault.Corruptf("entry %d ends the office %q of %q, who does not hold it", e.Seq, d.Role, d.Person)
		}
	}
	s.vacancies.Set(d.Role, vacancy{seq: e.Seq, at: e.RecordedAt, cause: d.Cause})
	return nil
}

func (s *State) applyOfficeAssigned(e entry.Entry) error {
	d, how, err := officeAssigned.Decode(e)
	if err != nil {
		return err
	}
	if !s.people.Has(d.Person) || d.Former != "" && !s.HoldsRole(d.Former, d.Role) {
		return fault.Corruptf("entry %d hands the role %q from %q to %q, who do not hold it or are not known", e.Seq, d.Role, d.Former, d.Person)
	}
	if d.Former != "" {
		s.end(d.Former, d.Role, e)
	}
	s.acting.Delete(d.Role)
	s.hold(Grant{Person: d.Person, Role: d.Role, Seq: e.Seq, At: e.RecordedAt, Grade: how.GradeOr(grade.Attested)})
	return nil
}

func (s *State) applyActingGranted(e entry.Entry) error {
	d, how, err := actingGranted.Decode(e)
	if err != nil {
		return err
	}
	if !s.people.Has(d.Person) {
		return fault.Corruptf("entry %d names %q acting, whom no entry added", e.Seq, d.Person)
	}
	s.acting.Set(d.Role, Acting{
		Person: d.Person, Role: d.Role, Until: d.Until, Seq: e.Seq, At: e.RecordedAt, Grade: how.GradeOr(grade.Attested),
	})
	s.vacancies.Delete(d.Role)
	return nil
}

// hold keeps a grant, which fills the role.
func (s *State) hold(g Grant) {
	s.grants.Set(cow.PairKey(g.Person, g.Role), g)
	s.holders.Set(cow.PairKey(g.Role, g.Person), g.Person)
	s.vacancies.Delete(g.Role)
}

// end takes a grant away.
func (s *State) end(person, role string, e entry.Entry) {
	s.grants.Delete(cow.PairKey(person, role))
	s.holders.Delete(cow.PairKey(role, person))
	s.ended.Set(role, ended{person: person, seq: e.Seq, at: e.RecordedAt})
}

// Check asks of a recorded entry about an office or a key what was asked before
// it was recorded: that the actor was allowed to name this person for this time,
// that the key is one and nobody's yet, or that what was written by itself was so. The receiver and see are the states
// just before the entry. It is how a copy of a journal is verified without
// trusting who made it.
func (s State) Check(e entry.Entry, see See) error {
	act := entry.Act{Actor: e.Actor, Seq: e.Seq, Now: e.RecordedAt}
	var again []entry.Draft
	var err error
	switch e.Type {
	case officeVacated.Name():
		again, err = s.vacatedAgain(e, see, act)
	case officeAssigned.Name():
		d, _, bad := officeAssigned.Decode(e)
		if err = bad; err == nil {
			again, err = s.Assign(Assignment{Role: d.Role, Person: d.Person, Reason: d.Reason}, see, act)
		}
	case actingGranted.Name():
		d, _, bad := actingGranted.Decode(e)
		if err = bad; err == nil {
			again, err = s.GrantActing(ActingGrant{Role: d.Role, Person: d.Person, Until: d.Until, Reason: d.Reason}, see, act)
		}
	case keyRegistered.Name():
		d, how, bad := keyRegistered.Decode(e)
		if err = bad; err == nil {
			again, err = s.RegisterKey(NewKey{Person: d.Person, Public: d.Public, How: how}, act)
		}
	case personAdded.Name(), roleGranted.Name(), roleEnded.Name():
		return s.checkPeople(e, see, act)
	default:
		return nil
	}
	if err != nil {
		return fault.Corruptf("entry %d (%s) could not have been recorded: %w", e.Seq, e.Type, err)
	}
	if len(again) != 1 || again[0].Type != e.Type || !bytes.Equal(again[0].Body, e.Body) {
		return fault.Corruptf("entry %d (%s) is not what was to be recorded", e.Seq, e.Type)
	}
	return nil
}

// checkPeople asks of who was added and given a role that it was the operator, and
// nobody by a detour around the offices. An end of a role may also be the end of an
// office that somebody acts in.
func (s State) checkPeople(e entry.Entry, see See, act entry.Act) error {
	if act.Actor == Operator {
		return nil
	}
	if e.Type == roleEnded.Name() {
		d, _, err := roleEnded.Decode(e)
		if err != nil {
			return err
		}
		if s.mayVacate(d.Role, d.Person, see, act) == nil && s.Office(d.Role, act.Now).ActingNow(act.Now) {
			return nil
		}
	}
	return fault.Corruptf("entry %d (%s) could not have been recorded: %q is not the owner of the installation", e.Seq, e.Type, act.Actor)
}

func (s State) vacatedAgain(e entry.Entry, see See, act entry.Act) ([]entry.Draft, error) {
	d, _, err := officeVacated.Decode(e)
	if err != nil {
		return nil, err
	}
	if d.Cause == CauseRecorded {
		return s.Vacate(Vacating{Role: d.Role, Reason: d.Reason}, see, act)
	}
	if seat, err := see.seat(d.Role); err != nil || !seat.Office {
		return nil, fault.Invalidf("the role %q is no office of the policy in force", d.Role)
	}
	if d.Cause == ActingOver {
		return s.ActingEnded(d.Role, act.Now)
	}
	return s.FellVacant(d.Role, act.Now)
}
