// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import "github.com/holdpoint/holdpoint/internal/entry"

// duties begins and ends the duties that the drafts start or do.
func (w World) duties(drafts []entry.Draft, _ entry.Act) ([]entry.Draft, error) {
	return drafts, nil
}

// sweepDuties writes down what dates have done; see Sweep.
func (w World) sweepDuties(_ entry.Act) ([]entry.Draft, error) { return nil, nil }
