// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// State is every finding. The zero value is empty.
type State struct {
	findings cow.Map[string, Finding]
}

// Finding is a finding as it stands.
type Finding struct {
	Opened
	ID  string
	Seq int64
	// At is when it was recorded, in milliseconds since 1970.
	At int64
	By string
}

// Types lists the entry types of this area.
func Types() []entry.Type { return []entry.Type{opened.Type()} }

// Fork gives a state that changes on its own. Constant time.
func (s State) Fork() State { return State{findings: s.findings.Fork()} }

// Apply folds one entry.
func (s *State) Apply(e entry.Entry) error {
	if e.Type != opened.Name() {
		return fault.New(fault.Internal, "entry %d: finding does not know the type %s", e.Seq, e.Type)
	}
	d, _, err := opened.Decode(e)
	if err != nil {
		return err
	}
	id := entry.ID("finding", e.Seq)
	s.findings.Set(id, Finding{Opened: d, ID: id, Seq: e.Seq, At: e.RecordedAt, By: e.Actor})
	return nil
}
