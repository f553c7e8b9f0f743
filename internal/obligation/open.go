// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package obligation

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// Event is a fact that starts clocks.
type Event struct {
	Starts policy.ClockStart
	// Subject is what it is about, and Part what of it is meant, where one
	// subject can start the same clock several times: a threshold, an
	// environment, a quarter.
	Subject entry.Ref
	Part    string
	// At is when it happened, in milliseconds since 1970, and Seq the entry that
	// says so, with its grade.
	At    int64
	Seq   int64
	Grade grade.Grade
	// Source is the document that tells of it, if one does.
	Source []entry.Source
	// Rules are the obligations that it starts; none means all of that start.
	Rules []string
	// Once tells that it starts them once for ever; else again when the former
	// duty is done.
	Once bool
	// Assumed tells that nobody knows when the thing was last done.
	Assumed bool
}

// Open opens the duties that events start under a version of the policy, all in
// one entry. A duty that runs already is not opened twice.
func (s State) Open(events []Event, under policy.Adopted, _ entry.Act) ([]entry.Draft, error) {
	var rows []Row
	var sources []entry.Source
	low := grade.Recomputed
	begun := map[string]bool{}
	cal := Calendar(under.Pack)
	for _, ev := range events {
		for _, o := range under.Pack.Obligations {
			if o.Starts != ev.Starts || ev.Rules != nil && !slices.Contains(ev.Rules, o.ID) {
				continue
			}
			r := rowOf(o, ev, under, cal)
			if begun[r.key()] || s.runs(r, ev) {
				continue
			}
			begun[r.key()] = true
			rows, low = append(rows, r), min(low, r.Grade)
			sources = append(sources, ev.Source...)
		}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	return opened.Drafts(Opened{Duties: rows}, graded(low, sources)...)
}

// graded marks what is known from a source; the lab's own acts need no mark.
func graded(g grade.Grade, sources []entry.Source) []entry.Provenance {
	if g >= grade.Recomputed {
		return nil
	}
	var once []entry.Source
	for _, s := range sources {
		if !slices.Contains(once, s) {
			once = append(once, s)
		}
	}
	return []entry.Provenance{entry.Graded(g, once...)}
}

// runs tells whether there is such a duty already: one that is not done, or any
// for what starts it once. One that was done after the event was done for it.
func (s State) runs(r Row, ev Event) bool {
	id, ok := s.latest.Get(r.key())
	if !ok {
		return false
	}
	d, _ := s.duties.Get(id)
	return ev.Once || d.Done == nil || d.Done.DoneAt > ev.At
}

func rowOf(o policy.Obligation, ev Event, under policy.Adopted, cal deadline.Calendar) Row {
	due := cal.Due(ev.At, deadline.Duration{Unit: deadline.Unit(o.Within.Unit), Count: o.Within.Count, Days: o.Within.Days})
	r := Row{
		Rule: o.ID, Clause: o.Clause, Basis: o.Basis, Policy: under.Ref(), Subject: ev.Subject, Part: ev.Part,
		Owner: o.Owner, Hardness: o.Hardness, OnBreach: o.OnBreach,
		Starts: o.Starts, Started: ev.At, StartSeq: ev.Seq, Grade: min(ev.Grade, under.Grade),
		Due: due.Day, Last: due.Last, Warn: o.Warn, Recurring: o.Recurring, Assumed: ev.Assumed,
	}
	if z := under.Pack.Defaults.TimeZone; z != nil {
		r.Zone = z.Rule
	}
	return r
}

// Calendar is the calendar of a policy: where its days end, and its holidays.
func Calendar(p policy.Pack) deadline.Calendar {
	var c deadline.Calendar
	if z := p.Defaults.TimeZone; z != nil {
		// A rule that does not read is refused with the pack.
		c.Zone, _ = deadline.NewZone(z.Name, z.Rule)
	}
	for _, d := range p.Defaults.Holidays {
		c.Holidays = append(c.Holidays, deadline.Day(d))
	}
	return c
}

// Adoption lists the events with which the adoption of a version begins: what is
// to be done again and again counts from then, and the quarter goes on.
func Adoption(a policy.Adopted, now int64) []Event {
	at := max(now, deadline.Day(a.Pack.Effective).Start())
	last := Event{Starts: policy.StartLast, Subject: entry.Ref{Kind: Lab, ID: Lab}, At: at, Seq: a.Seq, Grade: a.Grade, Assumed: true}
	return []Event{last, quarter(a, at)}
}

// quarter is the end of the quarter in which an instant lies.
func quarter(a policy.Adopted, at int64) Event {
	end, name := Calendar(a.Pack).QuarterEnd(at)
	return Event{Starts: policy.StartQuarterEnd, Subject: entry.Ref{Kind: Lab, ID: Lab}, Part: name, At: end, Seq: a.Seq, Grade: a.Grade, Once: true}
}

// Quarters lists the ends of the quarters from the one in which the version was
// adopted to that of now. Those that have begun a duty begin none again.
func Quarters(a policy.Adopted, now int64) []Event {
	at := max(a.AdoptedAt, deadline.Day(a.Pack.Effective).Start())
	var all []Event
	for {
		q := quarter(a, at)
		all = append(all, q)
		if q.At > now {
			return all
		}
		at = q.At
	}
}
