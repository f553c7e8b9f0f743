// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import "github.com/holdpoint/holdpoint/internal/entry"

// sweepEnforcement writes down what dates have done; see Sweep.
func (w World) sweepEnforcement(_ entry.Act) ([]entry.Draft, error) { return nil, nil }
