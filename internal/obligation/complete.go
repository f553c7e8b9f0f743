// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package obligation

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// Deed is a fact by which duties are done. At is when, in milliseconds since
// 1970, and Seq the entry that says so, with its grade.
type Deed struct {
	Starts  policy.ClockStart
	Subject entry.Ref
	At      int64
	Seq     int64
	Grade   grade.Grade
	Source  []entry.Source
}

// Do completes every duty of a start and subject that is not done.
func (s State) Do(deed Deed) ([]entry.Draft, error) {
	var drafts []entry.Draft
	for _, d := range s.running(deed.Starts, deed.Subject) {
		c := d.completion(d.zone().DayOf(deed.At), deed.At)
		c.Because = deed.Seq
		draft, err := completed.Draft(c, graded(deed.Grade, deed.Source)...)
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, draft)
	}
	return drafts, nil
}

// running lists the duties of a start and subject that are not done.
func (s State) running(starts policy.ClockStart, subject entry.Ref) []Duty {
	prefix := subjectKey(starts, subject)
	var all []Duty
	for key, id := range s.latest.From(prefix) {
		if !strings.HasPrefix(key, prefix) {
			break
		}
		if d, _ := s.duties.Get(id); d.Done == nil {
			all = append(all, d)
		}
	}
	return all
}

// completion is how a duty stands that was done on a day, and not after at.
func (d Duty) completion(on deadline.Day, at int64) Completed {
	c := Completed{Duty: d.ID, On: on, DoneAt: at}
	if d.Now.Known() {
		v := d.Now.DaysLate(d.zone(), at)
		c.VarianceDays = &v
	}
	return c
}

// Completing is the input of [State.Complete].
type Completing struct {
	Duty string
	// On is the day on which it was done, in the zone of the policy.
	On       deadline.Day
	Evidence []entry.Ref
	Note     string
}

// Complete records that a duty was done, on the word of somebody who holds the
// role that owes it.
func (s State) Complete(in Completing, who access.State, act entry.Act) ([]entry.Draft, error) {
	d, err := s.Duty(in.Duty)
	if err != nil {
		return nil, err
	}
	if err := d.owed(who, act, "says that it is done"); err != nil {
		return nil, err
	}
	if d.Done != nil {
		return nil, fault.Conflictf("%s was done on %s (entry %d)", d.ID, d.Done.On, d.Done.Seq)
	}
	if by := doneBy(d.Starts); by != "" {
		return nil, fault.Conflictf("%s is done by an act that is recorded itself: %s", d.ID, by)
	}
	if err := d.checkDay(in.On, act.Now); err != nil {
		return nil, err
	}
	if len(in.Evidence) == 0 && strings.TrimSpace(in.Note) == "" {
		return nil, fault.Invalidf("nothing says how it is known that %s was done", d.ID).
			Hinted("name evidence, such as document:minutes-2026-01, or say it in a note")
	}
	c := d.completion(in.On, d.latestOn(in.On, act.Now))
	c.Evidence, c.Note = in.Evidence, in.Note
	return completed.Drafts(c)
}

// doneBy says which act does a duty of a start, "" where a person says so.
func doneBy(starts policy.ClockStart) string {
	switch starts {
	case policy.StartTrigger:
		return "a determination about the model that takes effect"
	case policy.StartAssessment:
		return "a comprehensive assessment of the model that is closed as complete"
	case policy.StartApproval:
		return "a new approval of the safeguards"
	case policy.StartVacancy:
		return "somebody who takes the office, or acts in it"
	}
	return ""
}

// owed refuses everybody but the holders of the role that owes the duty, and the
// owner of the workspace.
func (d Duty) owed(who access.State, act entry.Act, does string) error {
	if act.Actor == access.Operator || who.HoldsRoleAt(act.Actor, d.Owner, act.Now) {
		return nil
	}
	return fault.Forbiddenf("%s is owed by %s, and only somebody in that role %s (rule SOD-OWED)", d.ID, d.Owner, does).
		Hinted("holdpoint person list shows who holds which role")
}

func (d Duty) checkDay(on deadline.Day, now int64) error {
	if _, err := deadline.ParseDay(string(on)); err != nil {
		return err
	}
	z := d.zone()
	if today := z.DayOf(now); on > today {
		return fault.Invalidf("%s is still to come (today is %s)", on, today).Hinted("record it when it was done")
	}
	if start := z.DayOf(d.Started); on < start && !d.beforeEffect() {
		return fault.Invalidf("%s began on %s, so it was not done on %s", d.ID, start, on).
			Hinted("what was done before belongs to an earlier duty")
	}
	return nil
}

// beforeEffect tells whether the thing was to be done before the duty's start.
func (d Duty) beforeEffect() bool { return d.Last != 0 && d.Last == d.Started }

// latestOn is the last moment of a day at which something can have been done. Of
// what was to be done before its start, the day of the start is in time.
func (d Duty) latestOn(on deadline.Day, now int64) int64 {
	at := min(d.zone().End(on)-1, now)
	if d.beforeEffect() && on <= d.Due {
		return min(at, d.Last)
	}
	return at
}

// Note records what a person says about a missed date.
func (s State) Note(in Noted, who access.State, act entry.Act) ([]entry.Draft, error) {
	d, err := s.Duty(in.Duty)
	if err != nil {
		return nil, err
	}
	if err := d.owed(who, act, "explains it"); err != nil {
		return nil, err
	}
	if err := access.CheckReason(in.Text); err != nil {
		return nil, err
	}
	if st := d.At(act.Now).Status; st != IsMissed && st != DoneLate {
		return nil, fault.Conflictf("%s is %s, so there is nothing to explain", d.ID, strings.ReplaceAll(string(st), "_", " "))
	}
	return noted.Drafts(in)
}
