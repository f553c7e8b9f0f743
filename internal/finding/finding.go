// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package finding keeps findings of noncompliance: what was not as the policy
// asks, how it was found, how bad it is, what was done, and what was learned.
//
// A finding is opened by a person or by the machine and never goes away: it is
// rated with an argument, resolved, verified by somebody else, and linked to
// what it changed. It goes from open to rated, resolved and verified, and never
// back; a later rating changes how bad it is, not how far it has come. One that
// a source reports ([State.Report]) is marked with its source, and enters a
// reconstruction only.
//
// The findings of an assessment, which judge evidence, are not these: package
// assessment keeps them.
//
// The package decides nothing about a gate, and finds nothing itself.
package finding

import (
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
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

// A finding is found by the machine or by a person; of one that was reported,
// all that is known here is that a source says so.
const (
	ByMachine FoundBy = "machine"
	ByPerson  FoundBy = "person"
	BySource  FoundBy = "source"
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

// See is what the verbs read from elsewhere.
type See struct {
	Access access.State
	Policy policy.State
}

// Open opens a finding; its id is act.ID("finding", n) of its draft.
func (s State) Open(in Opened, how entry.Provenance) ([]entry.Draft, error) {
	if err := checkFound(in); err != nil {
		return nil, err
	}
	if in.FoundBy != ByMachine && in.FoundBy != ByPerson {
		return nil, fault.Invalidf("a finding is found by the machine or by a person, not by %q", in.FoundBy)
	}
	return opened.Drafts(in, how)
}

func checkFound(in Opened) error {
	if !slices.Contains(Categories(), in.Category) {
		return fault.Invalidf("%q is not a category of findings", in.Category).Hinted("use one of: %s", list(Categories()))
	}
	if err := said("the statement", in.Statement); err != nil {
		return err
	}
	if in.About.Kind == "" || in.About.ID == "" {
		return fault.Invalidf("a finding is about something: a duty, a model, a spec").Hinted("name its kind and id, such as model:aster-2")
	}
	if in.Due == "" {
		return nil
	}
	_, err := deadline.ParseDay(string(in.Due))
	return err
}

// MaxText is the largest text in bytes.
const MaxText = 10_000

// said refuses a text that says nothing, or too much.
func said(what, text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return fault.Invalidf("%s is missing", what).Hinted("say it in a sentence")
	case len(text) > MaxText:
		return fault.Invalidf("%s has %d bytes and at most %d are kept", what, len(text), MaxText).Hinted("say it in a few sentences, and name the document that says more")
	}
	return nil
}

func list[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return strings.Join(texts, ", ")
}
