// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"strconv"
	"time"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/journal"
	condition "github.com/holdpoint/holdpoint/internal/rule"
)

// Moment is a moment at which a question is answered: what the journal said, and
// what time it is.
type Moment struct {
	View View
	// Now is milliseconds since 1970.
	Now int64
	// Simulated tells that the clock is made up, and every output says so.
	Simulated bool
}

// Moment gives the moment that at names: "" is now; a number is the journal
// after that many entries less one, at the time of that entry; a time or a day
// is what the journal said then. In a simulated clock, now is the time of the
// last entry. A day alone means its last millisecond, UTC.
func (a *App) Moment(ctx context.Context, at string) (Moment, error) {
	view, err := a.journal.Fresh(ctx)
	if err != nil {
		return Moment{}, err
	}
	simulated := view.Begun.Clock == journal.Simulated
	if at == "" {
		now := view.Time
		if !simulated {
			now = max(now, time.Now().UnixMilli())
		}
		return Moment{View: view, Now: now, Simulated: simulated}, nil
	}
	if seq, err := strconv.ParseInt(at, 10, 64); err == nil {
		past, err := a.journal.At(ctx, seq)
		return Moment{View: past, Now: past.Time, Simulated: simulated}, err
	}
	ms, err := ParseTime(at)
	if err != nil {
		return Moment{}, err
	}
	return a.then(ctx, view, ms, simulated)
}

func (a *App) then(ctx context.Context, view View, ms int64, simulated bool) (Moment, error) {
	if ms >= view.Time {
		return Moment{View: view, Now: ms, Simulated: simulated}, nil
	}
	seq, err := a.journal.SeqAt(ctx, ms)
	if err != nil {
		return Moment{}, err
	}
	past, err := a.journal.At(ctx, seq)
	return Moment{View: past, Now: ms, Simulated: simulated}, err
}

// ParseTime reads an RFC 3339 time, or a day, which means its last millisecond
// in UTC.
func ParseTime(s string) (int64, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UnixMilli(), nil
	}
	if d, err := deadline.ParseDay(s); err == nil {
		return d.End() - 1, nil
	}
	return 0, fault.Usagef("%q is not a moment", s).
		Hinted("write a time (2025-05-22T14:00:00Z), a day (2025-05-22) or the number of an entry")
}

// Check asks the gate. An action that the policy does not know is a fault of
// usage; everything else has an answer.
func (a *App) Check(ctx context.Context, ask gate.Ask, at string) (gate.Verdict, Moment, error) {
	m, err := a.Moment(ctx, at)
	if err != nil {
		return gate.Verdict{}, m, err
	}
	f := m.View.State.Facts()
	if err := gate.CheckAction(f, ask.Action, m.Now); err != nil {
		return gate.Verdict{}, m, err
	}
	return a.Verdict(m, ask), m, nil
}

// Verdict answers one of many questions about the same moment, with what the
// workspace knows of itself.
func (a *App) Verdict(m Moment, ask gate.Ask) gate.Verdict {
	return a.trusted(gate.Evaluate(m.View.State.Facts(), ask, m.Now))
}

// trusted holds what a journal in doubt would call clear: a hold, a revocation
// or a failed safeguard may be among the entries that are missing.
func (a *App) trusted(v gate.Verdict) gate.Verdict {
	doubt := a.journal.Doubt()
	if doubt == nil {
		return v
	}
	c := condition.Condition{ID: "journal", Basis: condition.House}
	why := "this journal is older than what it has already shown, or not the same one: " + doubt.Error()
	v.Conditions = append([]condition.Result{condition.New(c, condition.CannotTell, grade.Unknown, why)}, v.Conditions...)
	v.Outcome, v.Grade = gate.Held, grade.Unknown
	return v
}
