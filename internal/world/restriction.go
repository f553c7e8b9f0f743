// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
)

// restriction carries out a decision of its kind that has taken effect.
func (w World) restriction(_ decision.Decision, _ entry.Act) ([]entry.Draft, error) {
	return nil, nil
}
