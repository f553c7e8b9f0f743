// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package enforcement

import (
	"bytes"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Check asks of a recorded entry that people or a point wrote whether it could be
// recorded: a heartbeat of a point that stands, by who speaks for it; a point with
// a canary of its own. The receiver and see are the states just before the entry.
// What a decision brought about is checked by who sees that.
func (s State) Check(e entry.Entry, see See) error {
	act := entry.Act{Actor: e.Actor, Seq: e.Seq, Now: e.RecordedAt}
	switch e.Type {
	case registered.Name():
		return again(e, registered, func(d Registered) ([]entry.Draft, error) { return s.Register(d, see, act) })
	case heartbeat.Name():
		return again(e, heartbeat, func(d Heartbeat) ([]entry.Draft, error) { return s.Beat(d, see, act) })
	case retired.Name():
		return again(e, retired, func(d Retired) ([]entry.Draft, error) { return s.Retire(d, act) })
	}
	return nil
}

func again[T any](e entry.Entry, k entry.Kind[T], decide func(T) ([]entry.Draft, error)) error {
	d, _, err := k.Decode(e)
	if err != nil {
		return err
	}
	drafts, err := decide(d)
	if err != nil {
		return fault.Corruptf("it could not have been recorded: %w", err)
	}
	if len(drafts) != 1 || !bytes.Equal(drafts[0].Body, e.Body) {
		return fault.Corruptf("it is not what there was to record")
	}
	return nil
}
