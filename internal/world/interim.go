// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
)

// interim carries out a decision of its kind that has taken effect.
func (w World) interim(_ decision.Decision, _ entry.Act) ([]entry.Draft, error) {
	return nil, nil
}

// sweepInterim writes down what dates have done; see Sweep.
func (w World) sweepInterim(_ entry.Act) ([]entry.Draft, error) { return nil, nil }
