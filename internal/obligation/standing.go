// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package obligation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Status is where a duty stands.
type Status string

// The statuses. Of one that is not done only scheduled and due soon are in time.
const (
	Scheduled  Status = "scheduled"
	DueSoon    Status = "due_soon"
	DoneOnTime Status = "done_on_time"
	DoneLate   Status = "done_late"
	IsMissed   Status = "missed"
	IsWaived   Status = "waived"
	Unknown    Status = "unknown"
)

// Statuses lists every status, what is late first.
func Statuses() []Status {
	return []Status{IsMissed, Unknown, DueSoon, Scheduled, IsWaived, DoneLate, DoneOnTime}
}

// Standing is where a duty stands at a moment. VarianceDays is how many whole
// days late it is or was, 0 or less in time, nil where that cannot be told.
type Standing struct {
	Status       Status
	VarianceDays *int64
	// Reason is one sentence, without a final stop.
	Reason string
	// NoteWanted tells that a missed target waits for a person's word.
	NoteWanted bool
}

// At tells where the duty stands at now (milliseconds since 1970). Time that
// passes never makes it better.
func (d Duty) At(now int64) Standing {
	switch {
	case d.Done != nil:
		return d.done()
	case d.Breach != nil || d.breachedBefore() || d.overdue(now) && !d.waived(now):
		return d.missed(now)
	case d.waived(now):
		return Standing{Status: IsWaived, Reason: fmt.Sprintf("waived until %s by %s: %s", d.Waiver.Until, d.Waiver.Decision, d.Waiver.Reason)}
	case !d.Now.Known():
		return Standing{Status: Unknown, Reason: "the policy says promptly, and nobody says from which day on that is late"}
	case now > d.Now.Last:
		return Standing{Status: Unknown, Reason: fmt.Sprintf("it was due on %s, and what was published does not say whether it was done", d.Now.Day)}
	case d.Assumed:
		return Standing{Status: Unknown, Reason: fmt.Sprintf("nothing says when it was last done; counted from the adoption of %s it is due on %s", d.Policy, d.Now.Day)}
	case d.Soon(now):
		return Standing{Status: DueSoon, Reason: fmt.Sprintf("due on %s", d.Now.Day)}
	}
	return Standing{Status: Scheduled, Reason: fmt.Sprintf("due on %s", d.Now.Day)}
}

// done compares the day on which it was done with the due day. Of what a source
// tells, the days are those of publication, which are not those of the doing.
func (d Duty) done() Standing {
	v := d.Done.VarianceDays
	if v != nil && d.Now.Known() {
		// What it was extended to may count no more.
		n := max(*v, d.Now.DaysLate(d.zone(), d.Done.DoneAt))
		v = &n
	}
	switch {
	case min(d.Grade, d.Done.Grade) < grade.Recomputed:
		return Standing{Status: Unknown, Reason: fmt.Sprintf("done by %s, as published; what was published does not say when it began and was done", d.Done.On)}
	case v == nil:
		return Standing{Status: Unknown, Reason: fmt.Sprintf("done on %s, and nobody says by when it was to be done", d.Done.On)}
	case *v <= 0:
		return Standing{Status: DoneOnTime, VarianceDays: v, Reason: fmt.Sprintf("done on %s, due on %s under %s%s", d.Done.On, d.Now.Day, d.Policy, d.writtenLate())}
	}
	return Standing{Status: DoneLate, VarianceDays: v, Reason: fmt.Sprintf("done on %s, %s late by the rule of %s (due on %s)", d.Done.On, days(*v), d.Policy, d.Now.Day)}
}

// writtenLate says that it had been written down as missed before anybody said
// that it was done.
func (d Duty) writtenLate() string {
	if d.Breach == nil {
		return ""
	}
	return "; recorded only after it had been written down as missed"
}

func (d Duty) missed(now int64) Standing {
	v := d.Now.DaysLate(d.zone(), now)
	if d.Breach != nil {
		v = max(v, d.Breach.VarianceDays) // a clock that went back takes no day away
	}
	st := Standing{Status: IsMissed, VarianceDays: &v, Reason: fmt.Sprintf("due on %s, %s late by the rule of %s", d.Now.Day, days(v), d.Policy)}
	switch {
	case d.waived(now):
		st.Reason += fmt.Sprintf("; waived afterwards until %s by %s: %s", d.Waiver.Until, d.Waiver.Decision, d.Waiver.Reason)
	case d.Waiver != nil:
		st.Reason += fmt.Sprintf("; the waiver ended on %s", d.Waiver.Until)
	case d.Extended != nil && d.Extended.AfterBreach:
		st.Reason += fmt.Sprintf("; extended afterwards to %s by %s", d.Extended.Until, d.Extended.Decision)
	}
	st.NoteWanted = !d.Finds() && len(d.Notes) == 0
	return st
}

// overdue tells whether the date has passed of a duty whose date means something
// here.
func (d Duty) overdue(now int64) bool { return d.Now.Known() && !d.Published() && now > d.Now.Last }

func (d Duty) waived(now int64) bool { return d.Waiver != nil && now <= d.Waiver.Last }

// breachedBefore tells that the date had passed when relief was given.
func (d Duty) breachedBefore() bool {
	return d.Waiver != nil && d.Waiver.AfterBreach || d.Extended != nil && d.Extended.AfterBreach
}

// Soon tells whether a duty with a date is within its longest warning.
func (d Duty) Soon(now int64) bool {
	return len(d.Warn) > 0 && d.Now.Known() && d.zone().DayOf(now).DaysUntil(d.Now.Day) <= slices.Max(d.Warn)
}

// DueWithin tells whether a duty that is not done is due within so many days of
// now, or was due before.
func (d Duty) DueWithin(days int, now int64) bool {
	return d.Done == nil && d.Now.Known() && d.zone().DayOf(now).DaysUntil(d.Now.Day) <= days
}

func days(n int64) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

// Undone lists the duties that are not done, first due first, those without a
// date last.
func (s State) Undone() []Duty {
	var all []Duty
	for id := range s.undone.Values() {
		d, _ := s.duties.Get(id)
		all = append(all, d)
	}
	return all
}

// All lists every duty by its due date, those without one last.
func (s State) All() []Duty {
	all := slices.Collect(s.duties.Values())
	key := func(d Duty) string {
		return dueKey(d.Now.Last, cow.SeqKey(d.Seq)+fmt.Sprintf("%8s", d.ID[strings.LastIndexByte(d.ID, '.')+1:]))
	}
	slices.SortFunc(all, func(a, b Duty) int { return strings.Compare(key(a), key(b)) })
	return all
}
