// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

// baseline carries out a decision of its kind that has taken effect: each
// standard that it takes over counts as approved in its scope until it ends. Its
// determinations need no entry of their own.
func (w World) baseline(d decision.Decision, act entry.Act) ([]entry.Draft, error) {
	b := d.File.Baseline
	if b.Expires.Over(act.Now) {
		return nil, fault.Conflictf("the baseline ended on %s, before it took effect", b.Expires)
	}
	var all []entry.Draft
	for _, std := range b.Standards {
		drafts, err := w.Safeguard.Approve(safeguard.ApproveInput{
			Standard: std.Standard, Facet: string(std.Facet), Decision: d.File.ID, Models: b.Models, Environments: b.Environments,
			Limitations: std.Limitations, ReapproveBy: b.Expires, Known: b.Grade, How: entry.Provenance{Grade: &d.File.Grade},
		}, act)
		if err != nil {
			return nil, err
		}
		all = append(all, drafts...)
	}
	return all, nil
}
