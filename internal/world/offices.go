// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// roleEnded is the type of the entries that can leave an office without a holder.
const roleEnded = "access.role_ended"

// AccessSee gives what the policy in force at now says of roles; without one
// there are none.
func (w World) AccessSee(now int64) access.See {
	p, ok := w.Policy.InForce(now)
	if !ok {
		return access.See{}
	}
	var see access.See
	for _, r := range p.Pack.Roles {
		see.Roles = append(see.Roles, r.ID)
		see.Seats = append(see.Seats, access.Seat{
			Role: r.ID, Office: r.Office, Body: r.Kind == policy.Body, External: r.External, AppointedBy: r.AppointedBy,
		})
	}
	slices.Sort(see.Roles)
	return see
}

// offices records offices that the drafts leave without a holder.
func (w World) offices(drafts []entry.Draft, act entry.Act) ([]entry.Draft, error) {
	if !slices.ContainsFunc(drafts, func(d entry.Draft) bool { return d.Type == roleEnded }) {
		return drafts, nil
	}
	then, err := w.Pretend(drafts, act)
	if err != nil {
		return nil, err
	}
	more, err := then.vacant(act.Now, access.State.FellVacant)
	return append(drafts, more...), err
}

// sweepOffices writes down that the time of acting holders is over; see Sweep.
func (w World) sweepOffices(act entry.Act) ([]entry.Draft, error) {
	return w.vacant(act.Now, access.State.ActingEnded)
}

// vacant asks every office of the policy in force.
func (w World) vacant(now int64, fell func(access.State, string, int64) ([]entry.Draft, error)) ([]entry.Draft, error) {
	var drafts []entry.Draft
	for _, seat := range w.AccessSee(now).Seats {
		if !seat.Office {
			continue
		}
		more, err := fell(w.Access, seat.Role, now)
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, more...)
	}
	return drafts, nil
}
