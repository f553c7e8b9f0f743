// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import "github.com/holdpoint/holdpoint/internal/entry"

// responses opens a response duty for whatever is live and held after the drafts and was not before, and ends those that are answered.
func (w World) responses(drafts []entry.Draft, _ entry.Act) ([]entry.Draft, error) {
	return drafts, nil
}

// sweepResponses writes down what dates have done; see Sweep.
func (w World) sweepResponses(_ entry.Act) ([]entry.Draft, error) { return nil, nil }
