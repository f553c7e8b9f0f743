// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/restriction"
	"github.com/holdpoint/holdpoint/internal/world"
)

// ExecuteRestriction records that a person has carried a restriction out. What a
// withdrawal takes out of use is recorded with it.
func ExecuteRestriction(in restriction.Executed) Intent {
	return Intent{Verb: "restriction.execute", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Restriction.Execute(in, w.RestrictionSee(), act)
	}}
}

// VerifyRestriction records that another person has seen that it was carried out.
func VerifyRestriction(in restriction.Verified) Intent {
	return Intent{Verb: "restriction.verify", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Restriction.Verify(in, w.RestrictionSee(), act)
	}}
}

// LiftRestriction records that a restriction no longer stands.
func LiftRestriction(in restriction.Lifted) Intent {
	return Intent{Verb: "restriction.lift", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Restriction.Lift(in, w.RestrictionSee(), act)
	}}
}

// LiveHeld is something live that is held at a moment.
type LiveHeld struct {
	restriction.Thing
	Verdict gate.Verdict
	// Since is when it was closed, in milliseconds since 1970, as far as is known;
	// 0 where nobody recorded it.
	Since int64
	// Owner answers for it by Due; "" and 0 where the policy names nobody, and in
	// a journal that tells a public record again.
	Owner string
	Due   int64
	// Response is the duty as recorded; "" where nobody wrote it down yet.
	Response string
	Status   restriction.Status
	// Told tells that the journal only tells what sources say, so that nobody owes
	// an answer.
	Told bool
	// Restriction is the one that answered for it and still stands, "" for none.
	Restriction string
}

// LiveHeld lists what is live and held, and who must answer by when. A duty that
// a date began counts from that date, whether or not anything wrote it down.
func (a *App) LiveHeld(m Moment) []LiveHeld {
	w := m.View.State
	var all []LiveHeld
	for _, t := range restriction.Live(w.Model, w.Policy, m.Now) {
		v := a.Verdict(m, t.Ask())
		if v.Outcome == gate.Clear {
			continue
		}
		all = append(all, liveHeld(w, LiveHeld{Thing: t, Verdict: v}, m.Now))
	}
	return all
}

func liveHeld(w world.World, h LiveHeld, now int64) LiveHeld {
	p, _ := w.Policy.InForce(now)
	h.Told = p.Grade < grade.Recomputed
	r, ok := w.Restriction.Last(h.Thing)
	switch {
	case h.Told:
	case ok && (r.IsOpen() || r.How == restriction.ByRestriction && !w.Owes(h.Thing, h.Verdict, now)):
		h.Since, h.Owner, h.Due, h.Response, h.Status = r.HeldAt, r.Owner, r.Due, r.ID, r.StatusAt(now)
		h.Restriction = restrictionOf(w, r)
	default:
		h.Since, h.Status = w.HeldSince(h.Thing, now), restriction.Open
		h.owed(p.Pack.Response, now)
	}
	return h
}

// owed fills in who answers, by when, for what no entry says yet.
func (h *LiveHeld) owed(by *policy.Response, now int64) {
	if by == nil {
		return
	}
	h.Owner, h.Due = by.Owner, restriction.DueAt(*by, h.Since)
	if now > h.Due {
		h.Status = restriction.Overdue
	}
}

func restrictionOf(w world.World, r restriction.Response) string {
	for _, o := range w.Restriction.Standing() {
		if r.How == restriction.ByRestriction && o.Decision == r.By.ID {
			return o.ID
		}
	}
	return ""
}
