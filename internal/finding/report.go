// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Reported is the data of finding.reported: a finding as a source tells it. What
// the source does not say stays empty; the provenance names it.
type Reported struct {
	Category  Category `json:"category"`
	Statement string   `json:"statement"`
	// Policy and Clause name the rule as the source does; the version need not
	// be adopted here.
	Policy       string       `json:"policy,omitzero"`
	Clause       string       `json:"clause,omitzero"`
	Owner        string       `json:"owner,omitzero"`
	About        entry.Ref    `json:"about"`
	Rule         string       `json:"rule,omitzero"`
	Due          deadline.Day `json:"due,omitzero"`
	VarianceDays *int64       `json:"variance_days,omitzero"`
	// Rating and Argument are the source's own.
	Rating   Rating `json:"rating,omitzero"`
	Argument string `json:"argument,omitzero"`
	// Lesson is what the source says was learned from it.
	Lesson string `json:"lesson,omitzero"`
}

// found gives the members that an opened finding has too.
func (r Reported) found() Opened {
	return Opened{
		Category: r.Category, Statement: r.Statement, Policy: r.Policy, Clause: r.Clause, Owner: r.Owner, About: r.About,
		Rule: r.Rule, Due: r.Due, VarianceDays: r.VarianceDays, FoundBy: BySource,
	}
}

// Report records a finding that a source tells of, with the source and its grade
// in the provenance. The caller refuses it in a journal that is lived.
func (s State) Report(in Reported, how entry.Provenance) ([]entry.Draft, error) {
	if err := checkFound(in.found()); err != nil {
		return nil, err
	}
	if in.Rating != "" && in.Rating != Minimal && in.Rating != Material {
		return nil, fault.Invalidf("%q is not a rating", in.Rating).Hinted("use minimal or material, or leave it out if the source does not say")
	}
	if (in.Rating == "") != (strings.TrimSpace(in.Argument) == "") {
		return nil, fault.Invalidf("a rating comes with the source's argument for it, and an argument with the rating")
	}
	if how.Grade == nil || *how.Grade != grade.Attested && *how.Grade != grade.Reported {
		return nil, fault.Invalidf("what a source tells is reported or attested").Hinted("give the grade")
	}
	unnamed := func(s entry.Source) bool { return strings.TrimSpace(s.Document) == "" }
	if len(how.Source) == 0 || slices.ContainsFunc(how.Source, unnamed) {
		return nil, fault.Invalidf("a reported finding names the document that tells of it").Hinted("give the source: DOC or DOC:SECTION")
	}
	return reported.Drafts(in, how)
}
