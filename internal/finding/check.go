// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package finding

import "github.com/holdpoint/holdpoint/internal/entry"

// Check asks of a recorded entry of this area what was asked before it was
// recorded: that nobody verified what they resolved themselves, or took back
// alone what they called material. The receiver and see are the states just
// before the entry. It is how a copy of a journal is verified without trusting
// who made it.
func (s State) Check(e entry.Entry, see See) error {
	act := entry.Act{Actor: e.Actor, Seq: e.Seq, Now: e.RecordedAt}
	switch e.Type {
	case opened.Name():
		return again(e, opened, s.Open)
	case reported.Name():
		return again(e, reported, s.Report)
	case rated.Name():
		return again(e, rated, func(d Rated, _ entry.Provenance) ([]entry.Draft, error) { return s.Rate(d, see, act) })
	case resolved.Name():
		return again(e, resolved, func(d Resolved, _ entry.Provenance) ([]entry.Draft, error) { return s.Resolve(d) })
	case verified.Name():
		return again(e, verified, func(d Verified, _ entry.Provenance) ([]entry.Draft, error) { return s.Verify(d, see, act) })
	case linked.Name():
		return again(e, linked, func(d Linked, how entry.Provenance) ([]entry.Draft, error) { return s.Link(d, how, see) })
	}
	return nil
}

// again decides once more what an entry says was decided.
func again[T any](e entry.Entry, k entry.Kind[T], decide func(T, entry.Provenance) ([]entry.Draft, error)) error {
	d, how, err := k.Decode(e)
	if err != nil {
		return err
	}
	_, err = decide(d, how)
	return err
}
