// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
)

// exemption carries out a decision of its kind that has taken effect.
func (w World) exemption(d decision.Decision, act entry.Act) ([]entry.Draft, error) {
	if d.File.Exemption.Observe != "" {
		return w.observe(d, act)
	}
	return nil, nil
}
