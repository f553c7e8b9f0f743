// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/world"
)

// VacateOffice is the intent to end the grant of who holds an office.
func VacateOffice(in access.Vacating) Intent {
	return Intent{Verb: "office.vacate", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.Vacate(in, w.AccessSee(act.Now), act)
	}}
}

// AssignOffice is the intent to give a role to its next holder.
func AssignOffice(in access.Assignment) Intent {
	return Intent{Verb: "office.assign", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.Assign(in, w.AccessSee(act.Now), act)
	}}
}

// ActInOffice is the intent to give a role to somebody for a time.
func ActInOffice(in access.ActingGrant) Intent {
	return Intent{Verb: "office.act", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.GrantActing(in, w.AccessSee(act.Now), act)
	}}
}

// waitingOffices lists vacant offices, each waiting for who may name a holder.
func waitingOffices(w world.World, now int64) []Waiting {
	var all []Waiting
	for _, seat := range w.AccessSee(now).Seats {
		o := w.Access.Office(seat.Role, now)
		if !seat.Office || !o.Vacant {
			continue
		}
		x := Waiting{What: "appointment", ID: seat.Role, About: "the office is vacant", Since: o.Since,
			Next: "holdpoint office assign " + seat.Role + " PERSON --reason TEXT"}
		if seat.AppointedBy != "" {
			x.Roles = []string{seat.AppointedBy}
		}
		all = append(all, x)
	}
	return all
}
