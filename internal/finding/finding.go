// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package finding keeps findings of noncompliance: what was not as the policy
// asks, how it was found, how bad it is, what was done, and what was learned.
//
// A finding is opened by a person or by the machine and never goes away: it is
// rated with an argument, resolved, verified by somebody else, and linked to
// what it changed. One that a source reports is marked with its source.
//
// The package decides nothing about a gate, and finds nothing itself.
package finding

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Category says what sort of thing was not as it should be.
type Category string

// The categories.
const (
	Late           Category = "late"
	UnclearRecord  Category = "unclear_record"
	MethodologyGap Category = "methodology_gap"
	MissedNotice   Category = "missed_notice"
	Deviation      Category = "deviation"
	BrokenGlass    Category = "break_glass"
	Canary         Category = "canary_not_held"
	Incident       Category = "incident"
)

// Categories lists every category.
func Categories() []Category {
	return []Category{Late, UnclearRecord, MethodologyGap, MissedNotice, Deviation, BrokenGlass, Canary, Incident}
}

// FoundBy says who noticed.
type FoundBy string

// A finding is found by the machine or by a person.
const (
	ByMachine FoundBy = "machine"
	ByPerson  FoundBy = "person"
)

// Opened is the data of finding.opened.
type Opened struct {
	Category  Category `json:"category"`
	Statement string   `json:"statement"`
	// Policy and Clause name the rule that applied then, such as
	// anthropic-rsp@2.2 and 3.1.
	Policy string `json:"policy,omitzero"`
	Clause string `json:"clause,omitzero"`
	// Owner is the role that answers for it.
	Owner string `json:"owner,omitzero"`
	// About is what it is about: a duty, a model, an enforcement point.
	About entry.Ref `json:"about"`
	// Duty, Rule and Due are those of a late duty.
	Duty string       `json:"duty,omitzero"`
	Rule string       `json:"rule,omitzero"`
	Due  deadline.Day `json:"due,omitzero"`
	// VarianceDays is how many whole days late it was when the finding was
	// opened, where that is known.
	VarianceDays *int64  `json:"variance_days,omitzero"`
	FoundBy      FoundBy `json:"found_by"`
}

var opened = entry.Define[Opened]("finding.opened", 1, entry.Fact)

// Open opens a finding; its id is act.ID("finding", n) of its draft.
func (s State) Open(in Opened, how entry.Provenance) ([]entry.Draft, error) {
	if strings.TrimSpace(in.Statement) == "" {
		return nil, fault.Invalidf("a finding says in a sentence what was found")
	}
	return opened.Drafts(in, how)
}
