// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package obligation

import (
	"fmt"
	"slices"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// Opened is the data of obligation.opened: every duty that one act began.
type Opened struct {
	Duties []Row `json:"duties"`
}

// Row is one duty as it began. Started is milliseconds since 1970 and may lie
// ahead; StartSeq is the entry that says so. Due and Last are absent where no
// date can be told; Last is the last millisecond that is in time. Zone is the
// POSIX rule of the pack's time zone, absent for UTC.
type Row struct {
	Rule     string            `json:"rule"`
	Clause   string            `json:"clause,omitzero"`
	Basis    policy.Basis      `json:"basis"`
	Policy   string            `json:"policy"`
	Subject  entry.Ref         `json:"subject"`
	Part     string            `json:"part,omitzero"`
	Owner    string            `json:"owner"`
	Hardness policy.Hardness   `json:"hardness"`
	OnBreach policy.Breach     `json:"on_breach"`
	Starts   policy.ClockStart `json:"starts"`
	Started  int64             `json:"started"`
	StartSeq int64             `json:"start_seq"`
	Grade    grade.Grade       `json:"grade"`
	Due      deadline.Day      `json:"due,omitzero"`
	Last     int64             `json:"due_ms,omitzero"`
	Zone     string            `json:"zone,omitzero"`
	Warn     []int             `json:"warn,omitempty"`
	// Recurring tells that it begins again when it is done.
	Recurring bool `json:"recurring,omitzero"`
	// Assumed tells that nothing says when it was last done: it is counted from
	// the adoption of the policy.
	Assumed bool `json:"assumed,omitzero"`
}

// Completed is the data of obligation.completed. DoneAt is the last moment at which
// it can have been done, in milliseconds since 1970. Because is the entry that
// did it, absent where a person says so. VarianceDays is absent where there is
// no date to compare with.
type Completed struct {
	Duty         string       `json:"duty"`
	On           deadline.Day `json:"on"`
	DoneAt       int64        `json:"at"`
	Evidence     []entry.Ref  `json:"evidence,omitempty"`
	Note         string       `json:"note,omitzero"`
	Because      int64        `json:"because,omitzero"`
	VarianceDays *int64       `json:"variance_days,omitzero"`
}

// Relieved is the data of obligation.waived and obligation.extended, which
// follow from a decision. Until is the last day of the waiver, or the new due
// day, and Last its last millisecond. AfterBreach tells that the date had passed
// by then, so that what was missed stays missed.
type Relieved struct {
	Duty        string       `json:"duty"`
	Decision    string       `json:"decision"`
	Reason      string       `json:"reason"`
	Until       deadline.Day `json:"until"`
	Last        int64        `json:"until_ms"`
	AfterBreach bool         `json:"after_breach,omitzero"`
}

// Missed is the data of obligation.missed: the dates that have passed.
type Missed struct {
	Duties []MissedRow `json:"duties"`
}

// MissedRow is one missed date: by how many whole days when it was written down,
// and the finding that it became, or that a note is wanted.
type MissedRow struct {
	Duty         string       `json:"duty"`
	Due          deadline.Day `json:"due"`
	VarianceDays int64        `json:"variance_days"`
	Finding      string       `json:"finding,omitzero"`
	NoteWanted   bool         `json:"note_wanted,omitzero"`
}

// Noted is the data of obligation.noted.
type Noted struct {
	Duty string `json:"duty"`
	Text string `json:"text"`
}

var (
	opened    = entry.Define[Opened](OpenedType, 1, entry.Fact)
	completed = entry.Define[Completed](CompletedType, 1, entry.Fact)
	waived    = entry.Define[Relieved](WaivedType, 1, entry.Fact)
	extended  = entry.Define[Relieved](ExtendedType, 1, entry.Fact)
	missed    = entry.Define[Missed](MissedType, 1, entry.Fact)
	noted     = entry.Define[Noted](NotedType, 1, entry.Fact)
)

// The names of the types of this area.
const (
	OpenedType    = "obligation.opened"
	CompletedType = "obligation.completed"
	WaivedType    = "obligation.waived"
	ExtendedType  = "obligation.extended"
	MissedType    = "obligation.missed"
	NotedType     = "obligation.noted"
)

// Types lists the entry types of this area.
func Types() []entry.Type {
	return []entry.Type{opened.Type(), completed.Type(), waived.Type(), extended.Type(), missed.Type(), noted.Type()}
}

// Fork gives a state that changes on its own. Constant time.
func (s State) Fork() State {
	return State{duties: s.duties.Fork(), latest: s.latest.Fork(), undone: s.undone.Fork(), waiting: s.waiting.Fork(), holding: s.holding.Fork()}
}

// Apply folds one entry.
func (s *State) Apply(e entry.Entry) error {
	switch e.Type {
	case opened.Name():
		return s.applyOpened(e)
	case completed.Name():
		return apply(s, e, completed, func(d Completed) string { return d.Duty }, func(v *Duty, d Completed, how entry.Provenance) {
			v.Done = &Completion{Completed: d, Mark: markOf(e), Grade: how.GradeOr(grade.Recomputed)}
		})
	case waived.Name():
		return apply(s, e, waived, func(d Relieved) string { return d.Duty }, func(v *Duty, d Relieved, _ entry.Provenance) {
			v.Waiver = &Relief{d, markOf(e)}
		})
	case extended.Name():
		return apply(s, e, extended, func(d Relieved) string { return d.Duty }, func(v *Duty, d Relieved, _ entry.Provenance) {
			v.Extended = &Relief{d, markOf(e)}
			if !d.AfterBreach {
				v.Now = deadline.Due{Day: d.Until, Last: d.Last}
			}
		})
	case missed.Name():
		return s.applyMissed(e)
	case noted.Name():
		return apply(s, e, noted, func(d Noted) string { return d.Duty }, func(v *Duty, d Noted, _ entry.Provenance) {
			v.Notes = append(slices.Clip(v.Notes), Note{d.Text, markOf(e)})
		})
	}
	return fault.New(fault.Internal, "entry %d: obligation does not know the type %s", e.Seq, e.Type)
}

func markOf(e entry.Entry) Mark { return Mark{Seq: e.Seq, At: e.RecordedAt, By: e.Actor} }

func (s *State) applyOpened(e entry.Entry) error {
	d, _, err := opened.Decode(e)
	if err != nil {
		return err
	}
	for i, r := range d.Duties {
		v := Duty{Row: r, ID: dutyID(e.Seq, i), Seq: e.Seq, Now: deadline.Due{Day: r.Due, Last: r.Last}}
		s.latest.Set(r.key(), v.ID)
		s.put(Duty{}, v)
	}
	return nil
}

// dutyID names the duty of the i-th row of an entry.
func dutyID(seq int64, i int) string { return fmt.Sprintf("duty-%d.%d", seq, i+1) }

func (s *State) applyMissed(e entry.Entry) error {
	d, _, err := missed.Decode(e)
	if err != nil {
		return err
	}
	for _, r := range d.Duties {
		if err := s.change(e, r.Duty, func(v *Duty) { v.Breach = &Breach{r, markOf(e)} }); err != nil {
			return err
		}
	}
	return nil
}

// apply folds an entry about one duty that is there.
func apply[T any](s *State, e entry.Entry, k entry.Kind[T], id func(T) string, edit func(*Duty, T, entry.Provenance)) error {
	d, how, err := k.Decode(e)
	if err != nil {
		return err
	}
	return s.change(e, id(d), func(v *Duty) { edit(v, d, how) })
}

func (s *State) change(e entry.Entry, id string, edit func(*Duty)) error {
	v, ok := s.duties.Get(id)
	if !ok {
		return fault.Corruptf("entry %d (%s) speaks of the duty %q, which is not there", e.Seq, e.Type, id)
	}
	was := v
	edit(&v)
	s.put(was, v)
	return nil
}

// put keeps a duty in place of what it was, and every order that it stands in.
func (s *State) put(was, v Duty) {
	if was.ID != "" {
		s.undone.Delete(dueKey(was.Now.Last, was.ID))
		s.waiting.Delete(dueKey(was.missedAfter(), was.ID))
		s.holding.Delete(was.ID)
	}
	s.duties.Set(v.ID, v)
	if v.Done != nil {
		return
	}
	s.undone.Set(dueKey(v.Now.Last, v.ID), v.ID)
	if v.Breach == nil && v.Now.Known() && !v.Published() {
		s.waiting.Set(dueKey(v.missedAfter(), v.ID), v.ID)
	}
	if v.Holds() {
		s.holding.Set(v.ID, v.ID)
	}
}

// missedAfter is the last millisecond at which the duty is not yet missed: its
// date, or the end of a waiver that came before it passed.
func (d Duty) missedAfter() int64 {
	if w := d.Waiver; w != nil && !w.AfterBreach && d.Now.Last != 0 {
		return max(d.Now.Last, w.Last)
	}
	return d.Now.Last
}

// DecodeRelieved reads an entry of the type obligation.waived or
// obligation.extended.
func DecodeRelieved(e entry.Entry) (Relieved, error) {
	kind := waived
	if e.Type == extended.Name() {
		kind = extended
	}
	d, _, err := kind.Decode(e)
	return d, err
}
