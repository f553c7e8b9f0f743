// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package obligation

import (
	"reflect"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// See is the lower states that an entry is checked against, and which decisions
// count.
type See struct {
	Access access.State
	Policy policy.State
	Counts Counts
}

// Independent tells whether a type of entry of this area follows from no
// decision, and is checked by [State.Check].
func Independent(typ string) bool {
	return typ == OpenedType || typ == CompletedType || typ == MissedType || typ == NotedType
}

// Check asks of a recorded entry of this area whether it could be recorded: that
// a duty is one of the version it names, with its date; that a date had passed
// that was written down as missed, by so many days; that who says that a duty was
// done may say so. The receiver and see are the states just before the entry. What
// a decision or another entry brought about is checked by who sees that.
func (s State) Check(e entry.Entry, see See) error {
	act := entry.Act{Actor: e.Actor, Seq: e.Seq, Now: e.RecordedAt}
	switch e.Type {
	case opened.Name():
		d, _, err := opened.Decode(e)
		if err != nil {
			return err
		}
		return s.checkOpened(d, see.Policy, act.Now)
	case completed.Name():
		d, _, err := completed.Decode(e)
		if err != nil || d.Because != 0 {
			return err
		}
		return s.checkCompleted(d, see, act)
	case missed.Name():
		d, _, err := missed.Decode(e)
		if err != nil {
			return err
		}
		return s.checkMissed(d, see.Counts, act)
	case noted.Name():
		d, _, err := noted.Decode(e)
		if err != nil {
			return err
		}
		_, err = s.Note(d, see.Access, act)
		return err
	}
	return nil
}

func (s State) checkOpened(d Opened, versions policy.State, now int64) error {
	begun := map[string]bool{}
	for _, r := range d.Duties {
		under, err := versions.Find(r.Policy)
		if err != nil {
			return err
		}
		o, ok := under.Pack.Obligation(r.Rule)
		if !ok {
			return fault.Corruptf("%s has no obligation %q", r.Policy, r.Rule)
		}
		ev := Event{Starts: r.Starts, Subject: r.Subject, Part: r.Part, At: r.Started, Seq: r.StartSeq, Grade: r.Grade, Assumed: r.Assumed}
		if o.Starts != r.Starts || !reflect.DeepEqual(rowOf(o, ev, under, Calendar(under.Pack)), r) {
			return fault.Corruptf("the duty %s about %s is not as %s has it", r.Rule, Duty{Row: r}.About(), r.Policy)
		}
		if !r.begins(under, now) {
			return fault.Corruptf("the duty %s about %s begins later than it was written down", r.Rule, Duty{Row: r}.About())
		}
		if begun[r.key()] || s.runs(r, ev) {
			return fault.Corruptf("the duty %s about %s runs already", r.Rule, Duty{Row: r}.About())
		}
		begun[r.key()] = true
	}
	return nil
}

// begins tells whether a duty can have begun when it says, by what was known at
// now: what starts a clock has happened, and only a quarter's end and the day on
// which a version is effective lie ahead.
func (r Row) begins(under policy.Adopted, now int64) bool {
	switch r.Starts {
	case policy.StartQuarterEnd:
		end, name := Calendar(under.Pack).QuarterEnd(r.Started - 1)
		return end == r.Started && name == r.Part
	case policy.StartLast:
		return r.Started <= max(now, deadline.Day(under.Pack.Effective).Start())
	}
	return r.Started <= now
}

func (s State) checkCompleted(d Completed, see See, act entry.Act) error {
	if _, err := s.Complete(Completing{Duty: d.Duty, On: d.On, Evidence: d.Evidence, Note: d.Note}, see.Access, act); err != nil {
		return err
	}
	v, _ := s.duties.Get(d.Duty)
	return v.checkVariance(d, v.latestOn(d.On, act.Now))
}

// CheckDeed asks whether a duty was done by a deed, as an entry says.
func (s State) CheckDeed(e entry.Entry, deed Deed) error {
	d, _, err := completed.Decode(e)
	if err != nil {
		return err
	}
	v, err := s.Duty(d.Duty)
	switch {
	case err != nil:
		return err
	case v.Done != nil:
		return fault.Corruptf("%s was done already", v.ID)
	case v.Starts != deed.Starts || v.Subject != deed.Subject || d.Because != deed.Seq:
		return fault.Corruptf("entry %d does not do %s", d.Because, v.ID)
	}
	return v.checkVariance(d, deed.At)
}

func (d Duty) checkVariance(c Completed, at int64) error {
	want := d.completion(d.zone().DayOf(at), at)
	if c.DoneAt != at || !reflect.DeepEqual(c.VarianceDays, want.VarianceDays) {
		return fault.Corruptf("%s was not done on %s by that many days", d.ID, c.On)
	}
	return nil
}

// DecodeCompleted reads an entry of the type obligation.completed.
func DecodeCompleted(e entry.Entry) (Completed, error) {
	d, _, err := completed.Decode(e)
	return d, err
}

func (s State) checkMissed(m Missed, counts Counts, act entry.Act) error {
	n := 0
	seen := map[string]bool{}
	for _, r := range m.Duties {
		d, err := s.Duty(r.Duty)
		if err != nil {
			return err
		}
		d = d.Without(counts)
		if d.Done != nil || d.Breach != nil || d.Published() || !d.Now.Known() || act.Now <= d.missedAfter() || seen[d.ID] {
			return fault.Corruptf("%s was not missed, or that was written down already", d.ID)
		}
		seen[d.ID] = true
		want := d.miss(act.Now)
		if d.Finds() {
			n++
			want.Finding = act.ID("finding", n)
		}
		if r != want {
			return fault.Corruptf("%s was missed by %s (due on %s), and the entry says otherwise", d.ID, days(want.VarianceDays), want.Due)
		}
	}
	return nil
}
