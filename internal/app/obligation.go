// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"fmt"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/world"
)

// CompleteDuty is the intent to say that a duty was done. Who owes it says so.
func CompleteDuty(in obligation.Completing) Intent {
	return Intent{Verb: "obligation.complete", Input: in, Decide: inOrder(
		func(w world.World, act entry.Act) ([]entry.Draft, error) { return w.DoneLate(in, act) },
		func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Obligation.Complete(in, w.Access, act)
		},
	)}
}

// NoteDuty is the intent to explain a missed date.
func NoteDuty(in obligation.Noted) Intent {
	return Intent{Verb: "obligation.note", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Obligation.Note(in, w.Access, act)
	}}
}

// mayExempt tells why a duty that a proposal names cannot be waived or extended.
func mayExempt(w world.World, x *decision.Exemption, now int64) error {
	if x == nil || x.Duty == "" {
		return nil
	}
	return w.Obligation.MayRelieve(obligation.Relieving{Duty: x.Duty, Extend: x.Extend, Until: x.Until}, now)
}

// sweep is the intent to write down what dates have done.
func sweep() Intent {
	return Intent{Verb: "sweep.run", Args: struct{}{}, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Sweep(act)
	}}
}

// mostSweeps bounds the acts of one sweep. Each writes some hundred things down,
// so more of them are a mistake of ours.
const mostSweeps = 10_000

// Sweep writes down what dates have done, in as many acts as it takes, and gives
// those that wrote something. One that is stopped half-way has written whole acts;
// the next goes on where it stopped.
func (a *App) Sweep(ctx context.Context, who Who) ([]Done, error) {
	var all []Done
	key := who.Key
	for n := range mostSweeps {
		if key != "" {
			who.Key = fmt.Sprintf("%s/%d", key, n)
		}
		done, err := a.Do(ctx, who, sweep())
		if err != nil || len(done.Entries) == 0 {
			return all, err
		}
		all = append(all, done)
	}
	return all, fault.New(fault.Internal, "the sweep does not come to an end")
}

// waitingDuties lists the duties that are missed or due soon, and the missed dates
// that want a word.
func waitingDuties(w world.World, now int64) []Waiting {
	var all []Waiting
	for _, d := range w.Obligation.Undone() {
		d = w.AsDecided(d, now)
		st := d.At(now)
		if st.Status != obligation.IsMissed && !d.Soon(now) || st.Status == obligation.IsWaived {
			continue
		}
		x := Waiting{
			What: "duty", ID: d.ID, About: fmt.Sprintf("%s, about %s: %s", w.DutyTitle(d), d.About(), st.Reason),
			Roles: []string{d.Owner}, Since: d.Started, Due: d.Now.Last, Next: fmt.Sprintf("holdpoint obligation complete %s --on DAY --note TEXT", d.ID),
		}
		all = append(all, x)
		if st.NoteWanted {
			x.What, x.Next = "note", fmt.Sprintf("holdpoint obligation note %s TEXT", d.ID)
			all = append(all, x)
		}
	}
	return all
}
