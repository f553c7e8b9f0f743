// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package access

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Seat is what the policy in force says of a role.
type Seat struct {
	Role string
	// Office tells that the role must never be empty.
	Office bool
	// Body tells that the role is a group's and not one person's.
	Body bool
	// External tells that the role stands outside the lab.
	External bool
	// AppointedBy is the role that names who holds this one, also for a time;
	// "" leaves that to the owner of the installation.
	AppointedBy string
}

// Acting is a role that somebody holds for a time: until the day Until is over
// in UTC, by date alone.
type Acting struct {
	Person string
	Role   string
	Until  deadline.Day
	// Seq is the entry that granted it, At its time in milliseconds since 1970,
	// UTC.
	Seq   int64
	At    int64
	Grade grade.Grade
}

// Over tells whether the time is over at now, in milliseconds since 1970.
func (a Acting) Over(now int64) bool { return a.Until.Over(now) }

// vacancy is a recorded vacancy that nobody has filled since.
type vacancy struct {
	seq, at int64
	cause   Cause
}

// ended is the last end of a grant of a role.
type ended struct {
	person  string
	seq, at int64
}

// Office is how a role is held at a moment.
type Office struct {
	Role string
	// Holders hold it until that is ended, sorted.
	Holders []string
	// Acting is the last acting grant that nothing ended, over or not; its Seq
	// is 0 without one.
	Acting Acting
	// Filled tells that somebody holds it, also for a time.
	Filled bool
	// Vacant tells that nobody holds it and that this is recorded: by a vacancy,
	// or by an acting grant whose last day is over.
	Vacant bool
	// Since is when it was last emptied, in milliseconds since 1970; 0 while it
	// is filled, or when nobody ever held it.
	Since int64
	// Entries prove that it is vacant.
	Entries []int64
}

// ActingNow tells whether somebody holds the office for a time at now.
func (o Office) ActingNow(now int64) bool { return o.Acting.Seq != 0 && !o.Acting.Over(now) }

// Office tells how a role is held at now, in milliseconds since 1970.
func (s State) Office(role string, now int64) Office {
	o := Office{Role: role, Holders: s.Holders(role)}
	o.Acting, _ = s.acting.Get(role)
	o.Filled = len(o.Holders) > 0 || o.ActingNow(now)
	if o.Filled {
		return o
	}
	if e, ok := s.ended.Get(role); ok {
		o.Since, o.Entries = e.at, append(o.Entries, e.seq)
	}
	if o.Acting.Seq != 0 {
		o.Vacant, o.Since, o.Entries = true, max(o.Since, o.Acting.Until.End()), append(o.Entries, o.Acting.Seq)
	}
	if v, ok := s.vacancies.Get(role); ok {
		o.Vacant, o.Entries = true, append(o.Entries, v.seq)
		if v.cause != ActingOver {
			o.Since = v.at
		}
	}
	slices.Sort(o.Entries)
	o.Entries = slices.Compact(o.Entries)
	return o
}

// HoldsRoleAt tells whether a person holds a role at now, also for a time.
func (s State) HoldsRoleAt(person, role string, now int64) bool {
	if s.HoldsRole(person, role) {
		return true
	}
	a, ok := s.acting.Get(role)
	return ok && a.Person == person && !a.Over(now)
}

// RolesAt lists the ids of the roles that a person holds at now, also for a
// time, sorted.
func (s State) RolesAt(person string, now int64) []string {
	roles := s.Roles(person)
	for a := range s.acting.Values() {
		if a.Person == person && !a.Over(now) && !slices.Contains(roles, a.Role) {
			roles = append(roles, a.Role)
		}
	}
	slices.Sort(roles)
	return roles
}

// HoldersAt lists the ids of those who hold a role at now, also for a time,
// sorted.
func (s State) HoldersAt(role string, now int64) []string {
	people := s.Holders(role)
	if a, ok := s.acting.Get(role); ok && !a.Over(now) && !slices.Contains(people, a.Person) {
		people = append(people, a.Person)
	}
	slices.Sort(people)
	return people
}

// FilledBy tells when somebody was given a role by the entry at seq, in
// milliseconds since 1970; ok is false where that entry gave it to nobody who holds
// it still, or acts in it.
func (s State) FilledBy(role string, seq int64) (at int64, ok bool) {
	for _, p := range s.Holders(role) {
		if g, _ := s.Grant(p, role); g.Seq == seq {
			return g.At, true
		}
	}
	a, ok := s.acting.Get(role)
	return a.At, ok && a.Seq == seq
}

// Actings lists every acting grant that nothing ended, over or not, by role.
func (s State) Actings() []Acting { return slices.Collect(s.acting.Values()) }
