// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

// recordSafeguards is what was published about ASL-3, and the record's end (E26
// to E31).
func recordSafeguards() []recordEntry {
	post := []entry.Source{place(docASL3, "")}
	return []recordEntry{
		{name: "E26", day: dayClaude4, grade: grade.Attested, sources: post, missing: []string{"N3", "N17", "N18"}, note: sameDay, steps: deployment4()},
		{name: "E27", day: dayClaude4, grade: grade.Attested, sources: post, missing: []string{"N3", "N17", "N18"}, note: sameDay, steps: security4()},
		{name: "E28", day: dayClaude4, sources: []entry.Source{place(docSilence, "")}, missing: []string{"N18"},
			note: "Duties of which nothing is known; that is not a breach. " + sameDay,
			steps: []recordStep{
				said("not_published", modelRef(opus4), "Whether the safeguards reports were approved by the Responsible Scaling Officer and the chief executive, and reached the board and the trust before they took effect, is not published."),
				said("not_published", modelRef(opus4), "Whether the government was told is not published."),
			}},
		{name: "E29", day: dayClaude4, sources: post, note: sameDay,
			steps: []recordStep{
				said("publication", modelRef(opus4), "Summaries were published: the system card, the post, and the report on deployment safeguards.", "published.summary"),
			}},
		{name: "E30", day: dayClaude4, sources: []entry.Source{place(docASL3, ""), place(docRSP22, "4.3"), place(docRSP22, "5")}, note: sameDay,
			steps: []recordStep{
				said("duty", modelRef(opus4), "Further study of what the model can do about CBRN weapons; the protections may be removed or adjusted afterwards.", "follow-up"),
				said("duty", modelRef(opus4), "Both ASL-3 approvals are to be renewed by 2026-05-22.", "re-approval"),
				said("duty", modelRef(opus4), "The list of thresholds is to be thought over, because safeguards were raised.", "threshold-review"),
			}},
		{name: "E31", day: dayEnd, sources: []entry.Source{place(docRecord, "end")},
			note:  "The record ends here; later public documents are not in it.",
			steps: []recordStep{said("record_ends", entry.Ref{}, "The record ends. What was published later is not in it.")}},
	}
}

// published is a statement of the post about a criterion, or a limit of what it
// says.
type published struct {
	criterion, text string
	limit           bool
}

func deployment4() []recordStep {
	said := []published{
		{"ASL3-D1", "There is a threat model, for biological weapons first.", false},
		{"ASL3-D2", "Defences in layers, with classifiers on what goes in and what comes out.", false},
		{"ASL3-D3", "A bounty and red teaming look for breaks.", false},
		{"ASL3-D4", "Breaks that are found are repaired fast.", false},
		{"ASL3-D5", "Traffic is monitored offline, and intelligence about threats is used.", false},
		{"ASL3-D5", "The ranges of the indicators are not published.", true},
		{"ASL3-D6", "Exemptions are given to users who were vetted.", false},
		{"ASL3-D7", "Third-party environments are not described in the post.", true},
		{"ASL3-D1", "Chemical, radiological and nuclear weapons are not covered.", true},
	}
	return approved(policy.Deployment, "ASL-3 Deployment Standard approved for Claude Opus 4", said)
}

func security4() []recordStep {
	said := []published{
		{"ASL3-S2", "More than 100 controls, among them access to weights by two people, change management and lists of allowed programs.", false},
		{"ASL3-S2", "Limits on outgoing traffic, which are preliminary.", false},
		{"ASL3-S1", "State attackers and sophisticated insiders are out of scope.", true},
		{"ASL3-S3", "Audits are not published.", true},
		{"ASL3-S4", "Third-party environments are not published.", true},
	}
	return approved(policy.Security, "ASL-3 Security Standard approved for Claude Opus 4", said)
}

// approved records what the post says about each criterion, and then the
// approval with its limits. It covers the lab's own environments: others are not
// described.
func approved(facet policy.FacetKind, title string, all []published) []recordStep {
	var steps []recordStep
	var limits []string
	for _, s := range all {
		steps = append(steps, recorded(func(how entry.Provenance) app.Intent {
			how.NotPublished = []string{"N17"}
			return app.RecordSafeguardEvidence(safeguard.EvidenceInput{
				Standard: "ASL-3", Facet: string(facet), Criterion: s.criterion, Statement: s.text, Limitation: s.limit, How: how,
			})
		}))
		if s.limit {
			limits = append(limits, s.text)
		}
	}
	return append(steps, decided(decision.File{
		Kind: policy.DecideSafeguards, Title: title,
		Safeguards: &decision.Safeguards{
			Standard: "ASL-3", Facet: facet, Models: []string{opus4},
			Environments: []string{"internal", "production", "training"}, Limitations: slices.Clone(limits),
		},
	}))
}
