// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package restriction

import (
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Types lists the entry types of this area.
func Types() []entry.Type { return nil }

// Fork gives a state that changes on its own. Constant time.
func (s State) Fork() State { return s }

// Apply folds one entry.
func (s *State) Apply(e entry.Entry) error {
	return fault.New(fault.Internal, "entry %d: restriction does not know the type %s", e.Seq, e.Type)
}
