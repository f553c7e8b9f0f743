// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/packs"
)

// sameDay is the note of every entry: documents give days, not times.
const sameDay = "The order of entries within the day is the policy's order, not a published time."

// record2024 is what was published on 15 October 2024 (E1 to E6).
func record2024() []recordEntry {
	return []recordEntry{
		{name: "E1", day: dayPolicy, missing: []string{"N18"},
			sources: []entry.Source{place(docSeed, "framework"), place(docRSP20, "2")},
			note:    "Published and in force; the board's approval and the consultation of the trust are not published. " + sameDay,
			steps:   []recordStep{adopted("anthropic-rsp@2.0", "")}},
		{name: "E2", day: dayPolicy, sources: []entry.Source{place(docSeed, "looking ahead")}, note: sameDay,
			steps: []recordStep{
				said("office", policyRef(), "The office of Responsible Scaling Officer passed from one holder to the next.", "office.rso"),
				said("office", policyRef(), "A position of Head of Responsible Scaling is open and not yet filled.", "office.head-rs", "vacant"),
			}},
		{name: "E3", day: dayPolicy, grade: grade.Attested, missing: []string{"N17"},
			sources: []entry.Source{place(docSeed, "framework")},
			note:    "The evidence for the single criteria is not published. " + sameDay,
			steps: []recordStep{
				decided(baselineFile(policy.Deployment)), decided(baselineFile(policy.Security)),
			}},
		{name: "E4", day: dayPolicy, missing: []string{"N20"},
			sources: []entry.Source{place(docSeed, "learning from experience"), place(docUpdate, "15 October 2024")},
			note:    "Found under version 1.0 and rated minimal risk by the publisher; due date, model and domain are not published. " + sameDay,
			steps:   findings2024()},
		{name: "E5", day: dayPolicy,
			sources: []entry.Source{place(docUpdate, "15 October 2024"), place(docRSP20, "3.1")}, note: sameDay,
			steps: lessons2024()},
		{name: "E6", day: dayPolicy, missing: []string{"N14"},
			sources: []entry.Source{place(docSeed, "footnote 1")}, note: sameDay,
			steps: []recordStep{
				said("methodology_shared", entry.Ref{Kind: "methodology", ID: "capability-assessment"},
					"The method of assessment was shared with both AI Safety Institutes and with independent experts for feedback. This is not an endorsement by any of them.",
					"not-an-endorsement", "external"),
			}},
	}
}

func policyRef() entry.Ref { return entry.Ref{Kind: "policy", ID: "anthropic-rsp"} }

// adopted takes up a policy version that ships. Accept gives the reason for
// recording a loosening.
func adopted(ref, accept string) recordStep {
	return recorded(func(how entry.Provenance) app.Intent {
		return app.Intent{Verb: "policy.adopt", Input: ref, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
			p, err := policy.LoadRef(ref, packs.Source)
			if err != nil {
				return nil, err
			}
			return w.Policy.Adopt(policy.AdoptIn{Pack: p, Accept: accept, How: how}, act)
		}}
	})
}

// said records a statement about something that has no area of its own yet.
func said(topic string, about entry.Ref, text string, tags ...string) recordStep {
	return recorded(func(how entry.Provenance) app.Intent {
		return app.ReportStatement(evidence.NewStatement{
			StatementReported: evidence.StatementReported{Topic: topic, About: about, Text: text, Tags: tags}, How: how,
		})
	})
}

// decided reports a decision.
func decided(f decision.File) recordStep {
	return recorded(func(how entry.Provenance) app.Intent { return app.ReportDecision(f, how) })
}

func baselineFile(facet policy.FacetKind) decision.File {
	return decision.File{
		Kind: policy.DecideSafeguards, Title: "All models operate under ASL-2 (" + string(facet) + ")",
		Safeguards: &decision.Safeguards{Standard: "ASL-2", Facet: facet},
	}
}
