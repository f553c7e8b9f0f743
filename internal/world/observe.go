// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/entry"
)

// observe is what follows when an exemption lets an enforcement point observe:
// the leave, until the day that was signed.
func (w World) observe(d decision.Decision, act entry.Act) ([]entry.Draft, error) {
	x := d.File.Exemption
	return w.Enforcement.Observe(enforcement.Observing{Point: x.Observe, Until: x.Until, Decision: d.File.ID}, act)
}
