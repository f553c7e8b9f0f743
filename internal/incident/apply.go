// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package incident

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// State is every incident. The zero value is empty.
type State struct {
	// incidents is keyed by seq, so that the order is that of the journal.
	incidents cow.Map[string, Incident]
}

// The types of entries of this area.
var (
	declared = entry.Define[Declared]("incident.declared", 1, entry.Fact)
	updated  = entry.Define[Updated]("incident.updated", 1, entry.Fact)
	closed   = entry.Define[Closed]("incident.closed", 1, entry.Fact)
)

// Types lists the entry types of this area.
func Types() []entry.Type {
	return []entry.Type{declared.Type(), updated.Type(), closed.Type()}
}

// Fork gives a state that changes on its own. Constant time.
func (s State) Fork() State { return State{incidents: s.incidents.Fork()} }

// Apply folds one entry.
func (s *State) Apply(e entry.Entry) error {
	switch e.Type {
	case declared.Name():
		d, _, err := declared.Decode(e)
		if err != nil {
			return err
		}
		s.put(Incident{Declared: d, Mark: markOf(e), ID: entry.ID("incident", e.Seq)})
		return nil
	case updated.Name():
		d, _, err := updated.Decode(e)
		if err != nil {
			return err
		}
		return s.change(e, d.Incident, func(v *Incident) { v.take(Update{d, markOf(e)}) })
	case closed.Name():
		d, _, err := closed.Decode(e)
		if err != nil {
			return err
		}
		return s.change(e, d.Incident, func(v *Incident) { v.Closing = &Closing{d, markOf(e)} })
	}
	return fault.New(fault.Internal, "entry %d: incident does not know the type %s", e.Seq, e.Type)
}

// take copies what an update states over what was stated before.
func (v *Incident) take(u Update) {
	v.Updates = append(slices.Clip(v.Updates), u)
	if u.Commander != "" {
		v.Commander = u.Commander
	}
	c := v.Clock().over(u.clock())
	v.Times, v.Response = c.Times, c.Response
	if u.Remediated != 0 {
		v.Retest = nil // it tested what was mended before
	}
	if u.Retest != nil {
		v.Retest = u.Retest
	}
}

func (s *State) put(v Incident) { s.incidents.Set(cow.SeqKey(v.Seq), v) }

func (s *State) change(e entry.Entry, id string, edit func(*Incident)) error {
	v, err := s.Find(id)
	if err != nil {
		return fault.Corruptf("entry %d (%s) speaks of the incident %q, which is not there", e.Seq, e.Type, id)
	}
	edit(&v)
	s.put(v)
	return nil
}

func markOf(e entry.Entry) Mark { return Mark{Seq: e.Seq, At: e.RecordedAt, By: e.Actor} }
