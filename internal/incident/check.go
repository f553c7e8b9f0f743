// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package incident

import "github.com/holdpoint/holdpoint/internal/entry"

// Check asks of a recorded entry of this area what was asked before it was
// recorded, so that a copy of a journal is verified without trusting who made
// it. The receiver and see are the states just before the entry.
func (s State) Check(e entry.Entry, see See) error {
	act := entry.Act{Actor: e.Actor, Seq: e.Seq, Now: e.RecordedAt}
	switch e.Type {
	case declared.Name():
		d, how, err := declared.Decode(e)
		if err == nil {
			_, err = s.Declare(d, how, see, act)
		}
		return err
	case updated.Name():
		d, _, err := updated.Decode(e)
		if err == nil {
			_, err = s.Update(d, see, act)
		}
		return err
	case closed.Name():
		d, _, err := closed.Decode(e)
		if err == nil {
			_, err = s.Close(d)
		}
		return err
	}
	return nil
}
