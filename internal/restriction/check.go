// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package restriction

import (
	"bytes"
	"slices"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// DecodeOpened reads the entry that opens a response.
func DecodeOpened(e entry.Entry) (Opened, error) {
	d, _, err := opened.Decode(e)
	return d, err
}

// DecodeAnswered reads the entry that ends a response.
func DecodeAnswered(e entry.Entry) (AnsweredV1, error) {
	d, _, err := answered.Decode(e)
	return d, err
}

// DecodeOrdered reads the entry that records what was ordered.
func DecodeOrdered(e entry.Entry) (Ordered, error) {
	d, _, err := ordered.Decode(e)
	return d, err
}

// The types of what the machine writes, and package world checks by computing it
// again.
const (
	OpenedType   = "restriction.response_opened"
	AnsweredType = "restriction.response_answered"
	OrderedType  = "restriction.ordered"
)

// Check asks of the other entries of this area what was asked before they were
// recorded: that different named people carried out and verified, that every
// copy was certified, that what was lifted could be. The receiver and see are
// the states just before the entry.
func (s State) Check(e entry.Entry, see See) error {
	act := entry.Act{Actor: e.Actor, Seq: e.Seq, Now: e.RecordedAt}
	var again []entry.Draft
	switch e.Type {
	case executed.Name():
		d, _, err := executed.Decode(e)
		if err != nil {
			return err
		}
		if again, err = s.Execute(d, see, act); err != nil {
			return fault.Corruptf("it could not have been recorded: %w", err)
		}
	case verified.Name():
		d, _, err := verified.Decode(e)
		if err != nil {
			return err
		}
		if again, err = s.Verify(d, see, act); err != nil {
			return fault.Corruptf("it could not have been recorded: %w", err)
		}
	case lifted.Name():
		d, _, err := lifted.Decode(e)
		if err != nil {
			return err
		}
		if again, err = s.liftAgain(d, see, act); err != nil {
			return fault.Corruptf("it could not have been recorded: %w", err)
		}
	case missed.Name():
		return s.checkMissed(e)
	default:
		return nil
	}
	if len(again) == 0 || !bytes.Equal(again[0].Body, e.Body) {
		return fault.Corruptf("it is not what there was to record")
	}
	return nil
}

func (s State) liftAgain(d Lifted, see See, act entry.Act) ([]entry.Draft, error) {
	if d.Decision == "" {
		return s.Lift(d, see, act)
	}
	o, err := s.Order(d.Restriction)
	if err != nil {
		return nil, err
	}
	h, err := see.Gate.Hold(o.Hold)
	if err != nil {
		return nil, err
	}
	return s.LiftedWith(h)
}

// checkMissed takes the finding, which stands in the entry before, as checked.
func (s State) checkMissed(e entry.Entry) error {
	d, _, err := missed.Decode(e)
	if err != nil {
		return err
	}
	r, err := s.Response(d.Response)
	if err != nil {
		return err
	}
	if !r.IsOpen() || !r.Late(e.RecordedAt) || r.Finding != "" || d.Finding != entry.ID("finding", e.Seq-1) {
		return fault.Corruptf("%s was not missed then, or that is recorded already", r.ID)
	}
	return nil
}

// Settled tells whether a restriction that stands has answered for everything
// that holds something in use: the last response about it ended by that
// restriction, and nothing else holds it now than held it then.
func (r Response) Settled(conditions []string) bool {
	return r.How == ByRestriction && !slices.ContainsFunc(conditions, func(c string) bool { return !slices.Contains(r.Left, c) })
}
