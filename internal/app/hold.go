// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/world"
)

const holdVerb = "hold.place"

// PlaceHold places a hold. Lifting it is a decision: see Propose.
func PlaceHold(in gate.PlaceIn) Intent {
	return Intent{Verb: holdVerb, Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Gate.Place(in, w.Facts(), act)
	}}
}
