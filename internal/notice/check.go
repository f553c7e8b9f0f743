// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package notice

import (
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Check asks of a recorded acknowledgement whether its actor could give it. The
// receiver and see are the states just before the entry. What is queued is checked
// by who sees what it is about.
func (s State) Check(e entry.Entry, see See) error {
	if e.Type != acknowledged.Name() {
		return nil
	}
	d, _, err := acknowledged.Decode(e)
	if err != nil {
		return err
	}
	if _, err := s.Acknowledge(d, see, entry.Act{Actor: e.Actor, Seq: e.Seq, Now: e.RecordedAt}); err != nil {
		return fault.Corruptf("it could not have been recorded: %w", err)
	}
	return nil
}
