// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package obligation

import (
	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
)

// Overdue lists at most so many duties whose date has passed at now and of which
// that is not written down, longest past first; last those whose relief does not
// count any more.
func (s State) Overdue(now int64, most int, counts Counts) []Duty {
	var all []Duty
	end := cow.SeqKey(now)
	for key, id := range s.waiting.All() {
		if key >= end || len(all) == most {
			break
		}
		d, _ := s.duties.Get(id)
		all = append(all, d.Without(counts))
	}
	for key, id := range s.waiting.From(end) {
		if len(all) == most {
			break
		}
		if d, _ := s.duties.Get(id); d.Relieved() && key >= end && now > d.Without(counts).missedAfter() {
			all = append(all, d.Without(counts))
		}
	}
	return all
}

// LateBy lists the duties that a deed does after their date, as long as nobody has
// written that down.
func (s State) LateBy(deed Deed, counts Counts) []Duty {
	var late []Duty
	for _, d := range s.running(deed.Starts, deed.Subject) {
		if d = d.Without(counts); d.Unwritten(deed.At) {
			late = append(late, d)
		}
	}
	return late
}

// Unwritten tells whether the date of a duty has passed at a moment and nobody has
// written that down.
func (d Duty) Unwritten(at int64) bool {
	return d.Done == nil && d.Breach == nil && !d.Published() && d.Now.Known() && at > d.missedAfter()
}

// Miss writes down, in one entry, that the dates of duties have passed. The
// finding of the n-th that becomes one is the n-th entry after it.
func (s State) Miss(duties []Duty, act entry.Act) ([]entry.Draft, error) {
	if len(duties) == 0 {
		return nil, nil
	}
	var data Missed
	n := 0
	for _, d := range duties {
		r := d.miss(act.Now)
		if d.Finds() {
			n++
			r.Finding = act.ID("finding", n)
		}
		data.Duties = append(data.Duties, r)
	}
	return missed.Drafts(data)
}

func (d Duty) miss(now int64) MissedRow {
	return MissedRow{Duty: d.ID, Due: d.Now.Day, VarianceDays: d.Now.DaysLate(d.zone(), now), NoteWanted: !d.Finds()}
}

// Holding lists the duties that hold something once they are missed, and are not
// done.
func (s State) Holding() []Duty {
	var all []Duty
	for id := range s.holding.Values() {
		d, _ := s.duties.Get(id)
		all = append(all, d)
	}
	return all
}
