// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision_test

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/world"
)

// An exemption is about one thing, with a reason and an end.
func TestExemptionRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		x     *decision.Exemption
		words string
	}{
		"nothing":   {nil, "says what it is about"},
		"no thing":  {&decision.Exemption{Reason: "r", Until: "2026-01-01"}, "about one of them"},
		"both":      {&decision.Exemption{Duty: "d", Observe: "o", Reason: "r", Until: "2026-01-01"}, "about one of them"},
		"extended":  {&decision.Exemption{Observe: "o", Extend: true, Reason: "r", Until: "2026-01-01"}, "only a duty"},
		"no reason": {&decision.Exemption{Duty: "d", Reason: " ", Until: "2026-01-01"}, "reason is missing"},
		"no end":    {&decision.Exemption{Duty: "d", Reason: "r"}, "not a day"},
	} {
		h := begin(t)
		_, err := h.try(func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Decision.Propose(decision.ProposeIn{Kind: policy.DecideException, Title: "t", Exemption: c.x}, w.DecisionSee(), act)
		})
		t.Run(name, func(t *testing.T) { refused(t, err, fault.Invalid, c.words) })
	}
}
