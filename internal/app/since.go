// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"strconv"
	"time"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
)

// Changed is one question whose answer is another one now.
type Changed struct {
	Model, Action string
	// Before is nil where the question could not be asked then: the model or the
	// action was not there.
	Before *gate.Verdict
	After  gate.Verdict
}

// Since gives the moment before which somebody last looked: the number of the
// first entry they have not seen, or a time.
func (a *App) Since(ctx context.Context, at string) (Moment, error) {
	now, err := a.Moment(ctx, "")
	if err != nil {
		return Moment{}, err
	}
	if n, err := strconv.ParseInt(at, 10, 64); err == nil {
		if n < 1 || n > now.View.Size {
			return Moment{}, fault.Usagef("there is no entry %d to begin with", n).Hinted("this journal has the entries 0 to %d", now.View.Size-1)
		}
		return a.Moment(ctx, strconv.FormatInt(n-1, 10))
	}
	if day, err := deadline.ParseDay(at); err == nil {
		at = time.UnixMilli(day.Start()).UTC().Format(time.RFC3339) // the day itself is what is asked about
	}
	then, err := a.Moment(ctx, at)
	if err == nil && then.Now > now.Now {
		return Moment{}, fault.Usagef("%s is still to come", at).Hinted("a day is meant to its end: name the day before, or a time such as 2025-05-22T14:00:00Z")
	}
	return then, err
}

// Changes compares two moments: the questions of the later one whose outcome is
// another one than it was, whether by an act or by a date.
func (a *App) Changes(then, now Moment) []Changed {
	p, ok := now.View.State.Policy.InForce(now.Now)
	if !ok {
		return nil
	}
	f := then.View.State.Facts()
	var all []Changed
	for _, m := range now.View.State.Model.Models() {
		for _, action := range p.Pack.Actions {
			ask := gate.Ask{Model: m.Model, Action: action.ID}
			c := Changed{Model: m.Model, Action: action.ID, After: a.Verdict(now, ask)}
			if _, known := f.Model.Model(m.Model); known && gate.CheckAction(f, action.ID, then.Now) == nil {
				before := gate.Evaluate(f, ask, then.Now)
				c.Before = &before
			}
			if c.Before == nil || c.Before.Outcome != c.After.Outcome {
				all = append(all, c)
			}
		}
	}
	return all
}

// Between lists the entries that the later moment has and the earlier had not.
func (a *App) Between(ctx context.Context, then, now Moment) ([]entry.Entry, error) {
	var all []entry.Entry
	for e, err := range a.Entries(ctx, then.View.Size, now.View.Size) {
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}
