// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package obligation keeps the dated duties of the policy: when each began, by
// when it is due, when it was done or missed, and how many whole days late that
// was.
//
// A duty is one instance of an obligation of a policy version. A fact opens it
// ([State.Open]) and fixes its date under the version in force then; a later
// version changes nothing about it (POL-2). A date acts by itself: where a duty
// stands ([Duty.At]) follows from what is recorded and from the time, whether or
// not anybody wrote down that the date has passed. What was missed stays missed;
// it can be done late, explained, or waived from then on.
//
// Unknown is never compliant (CMP-8): a duty of which nothing says when it was
// last done, one without a date, and one that is known from what a source
// published are listed as unknown, and no clock accuses a source of anything.
//
// The package knows none of the facts that start or end a duty; it takes them as
// small values ([Event], [Deed]). It finds nothing, holds nothing and tells nobody.
package obligation

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// State is every duty. The zero value is empty.
type State struct {
	duties cow.Map[string, Duty]
	// latest maps start, subject, rule and part to the newest duty for them.
	latest cow.Map[string, string]
	// undone orders the duties that are not done by their due date.
	undone cow.Map[string, string]
	// waiting orders those of which it is still to be written down that they
	// were missed, by when they will have been.
	waiting cow.Map[string, string]
	// holding has those that hold something when they are missed.
	holding cow.Map[string, string]
}

// Duty is a duty with everything that is recorded of it.
type Duty struct {
	Row
	// ID is duty-SEQ.N: the N-th of the entry that opened it.
	ID  string
	Seq int64
	// Now is the due date that counts: the first, or the one it was extended to.
	Now      deadline.Due
	Done     *Completion
	Waiver   *Relief
	Extended *Relief
	Breach   *Breach
	Notes    []Note
}

// Mark says which entry something comes from, when that was recorded (in
// milliseconds since 1970), and by whom.
type Mark struct {
	Seq int64
	At  int64
	By  string
}

// Completion is how a duty was done. Grade is how well that is known.
type Completion struct {
	Completed
	Mark
	Grade grade.Grade
}

// Relief is a waiver or an extension.
type Relief struct {
	Relieved
	Mark
}

// Breach is a missed date that was written down.
type Breach struct {
	MissedRow
	Mark
}

// Note is what a person says about a missed date.
type Note struct {
	Text string
	Mark
}

// Lab is the subject of a duty that is about no one thing.
const Lab = "lab"

// Duty gives a duty by id.
func (s State) Duty(id string) (Duty, error) {
	if d, ok := s.duties.Get(id); ok {
		return d, nil
	}
	return Duty{}, fault.NotFoundf("there is no duty %q", id).
		Hinted("holdpoint obligation list shows them all, each with its id, such as duty-12.3")
}

// Len counts the duties.
func (s State) Len() int { return s.duties.Len() }

// About names what a duty is about: its subject, and the part of it that is
// meant, such as model/aster-2/CBRN-3.
func (d Duty) About() string {
	about := d.Subject.Kind + "/" + d.Subject.ID
	if d.Subject.Kind == Lab {
		about = Lab
	}
	if d.Part != "" {
		about += "/" + d.Part
	}
	return about
}

// zone is where the duty's days begin and end. A rule that does not read was
// refused when the pack was.
func (r Row) zone() deadline.Zone {
	if r.Zone == "" {
		return deadline.Zone{}
	}
	z, err := deadline.NewZone("policy", r.Zone)
	if err != nil {
		return deadline.Zone{}
	}
	return z
}

// Published tells whether all that is known of the duty's start is what a source
// says, or that its policy is one that a source reports.
func (r Row) Published() bool { return r.Grade < grade.Recomputed }

// Holds tells whether a breach of it holds something.
func (r Row) Holds() bool {
	return r.OnBreach == policy.BreachHold || r.OnBreach == policy.BreachHoldNewStarts
}

// Finds tells whether a breach of it is a finding: of a must always, of what is
// softer where the policy says so (CMP-5).
func (r Row) Finds() bool { return r.Hardness == policy.Must || r.OnBreach != policy.BreachNote }

// subjectKey begins the key of every duty that one start can have opened for one
// subject.
func subjectKey(starts policy.ClockStart, subject entry.Ref) string {
	return strings.Join([]string{string(starts), subject.Kind, subject.ID, ""}, "\x00")
}

func (r Row) key() string {
	return subjectKey(r.Starts, r.Subject) + r.Rule + "\x00" + r.Part
}

// dueKey orders duties by their due date; those without one come last.
func dueKey(last int64, id string) string {
	if last == 0 {
		return "~" + id
	}
	return cow.SeqKey(last) + id
}
