// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/obligation"
)

// exemption carries out a decision of its kind that has taken effect: a duty is
// waived or extended, or an enforcement point has leave to observe.
func (w World) exemption(d decision.Decision, act entry.Act) ([]entry.Draft, error) {
	if d.File.Exemption.Observe != "" {
		return w.observe(d, act)
	}
	if d.File.Exemption.Duty != "" {
		return w.Obligation.Relieve(relieving(d), act)
	}
	return nil, nil
}

func relieving(d decision.Decision) obligation.Relieving {
	x := d.File.Exemption
	return obligation.Relieving{Duty: x.Duty, Extend: x.Extend, Reason: x.Reason, Until: x.Until, Decision: d.File.ID}
}
