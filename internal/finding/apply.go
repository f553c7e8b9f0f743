// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// State is every finding. The zero value is empty.
type State struct {
	// findings is keyed by seq, so that the order is that of the journal.
	findings cow.Map[string, Finding]
}

// The types of entries of this area.
var (
	opened   = entry.Define[Opened]("finding.opened", 1, entry.Fact)
	rated    = entry.Define[Rated]("finding.rated", 1, entry.Fact)
	resolved = entry.Define[Resolved]("finding.resolved", 1, entry.Fact)
	verified = entry.Define[Verified]("finding.verified", 1, entry.Fact)
	linked   = entry.Define[Linked]("finding.linked", 1, entry.Fact)
	reported = entry.Define[Reported]("finding.reported", 1, entry.Fact)
)

// OpenedType is the type of the entries that open findings.
const OpenedType = "finding.opened"

// Types lists the entry types of this area.
func Types() []entry.Type {
	return []entry.Type{opened.Type(), rated.Type(), resolved.Type(), verified.Type(), linked.Type(), reported.Type()}
}

// Fork gives a state that changes on its own. Constant time.
func (s State) Fork() State { return State{findings: s.findings.Fork()} }

// Apply folds one entry.
func (s *State) Apply(e entry.Entry) error {
	switch e.Type {
	case opened.Name():
		return s.applyOpened(e)
	case reported.Name():
		return s.applyReported(e)
	case rated.Name():
		return change(s, e, rated, func(d Rated) string { return d.Finding }, func(f *Finding, d Rated, m Mark) {
			f.Ratings = append(slices.Clip(f.Ratings), Judged{d.Rating, d.Argument, m})
		})
	case resolved.Name():
		return change(s, e, resolved, func(d Resolved) string { return d.Finding }, func(f *Finding, d Resolved, m Mark) {
			f.Resolutions = append(slices.Clip(f.Resolutions), Resolution{d, m})
		})
	case verified.Name():
		return change(s, e, verified, func(d Verified) string { return d.Finding }, func(f *Finding, d Verified, m Mark) {
			f.Verification = &Verification{d, m}
		})
	case linked.Name():
		return change(s, e, linked, func(d Linked) string { return d.Finding }, func(f *Finding, d Linked, m Mark) {
			f.Lessons = append(slices.Clip(f.Lessons), Lesson{d, m})
		})
	}
	return fault.New(fault.Internal, "entry %d: finding does not know the type %s", e.Seq, e.Type)
}

func (s *State) applyOpened(e entry.Entry) error {
	d, how, err := opened.Decode(e)
	if err != nil {
		return err
	}
	known := grade.Attested
	if d.FoundBy == ByMachine {
		known = grade.Recomputed // anybody who has the journal finds the same
	}
	s.put(Finding{Opened: d, Mark: markOf(e), ID: entry.ID("finding", e.Seq), Grade: how.GradeOr(known), How: how})
	return nil
}

func (s *State) applyReported(e entry.Entry) error {
	d, how, err := reported.Decode(e)
	if err != nil {
		return err
	}
	f := Finding{Opened: d.found(), Mark: markOf(e), ID: entry.ID("finding", e.Seq), Grade: how.GradeOr(grade.Unknown), How: how, Told: d.Lesson}
	if d.Rating != "" {
		f.Ratings = []Judged{{d.Rating, d.Argument, Mark{Seq: e.Seq, At: e.RecordedAt}}}
	}
	s.put(f)
	return nil
}

func (s *State) put(f Finding) { s.findings.Set(cow.SeqKey(f.Seq), f) }

// change folds an entry about a finding that is there.
func change[T any](s *State, e entry.Entry, k entry.Kind[T], id func(T) string, edit func(*Finding, T, Mark)) error {
	d, _, err := k.Decode(e)
	if err != nil {
		return err
	}
	f, err := s.Find(id(d))
	if err != nil {
		return fault.Corruptf("entry %d (%s) speaks of the finding %q, which is not there", e.Seq, e.Type, id(d))
	}
	edit(&f, d, markOf(e))
	s.put(f)
	return nil
}

func markOf(e entry.Entry) Mark { return Mark{Seq: e.Seq, At: e.RecordedAt, By: e.Actor} }
