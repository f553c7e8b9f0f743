// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import "github.com/holdpoint/holdpoint/internal/entry"

// offices records offices that the drafts leave without a holder.
func (w World) offices(drafts []entry.Draft, _ entry.Act) ([]entry.Draft, error) {
	return drafts, nil
}

// sweepOffices writes down what dates have done; see Sweep.
func (w World) sweepOffices(_ entry.Act) ([]entry.Draft, error) { return nil, nil }
