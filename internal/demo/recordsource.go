// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import "github.com/holdpoint/holdpoint/internal/entry"

// The public documents that the record rests on.
const (
	docSeed   = "Announcing our updated Responsible Scaling Policy, Anthropic, 15 October 2024"
	docUpdate = "RSP updates page, Anthropic, entry of 15 October 2024"
	docRSP20  = "Responsible Scaling Policy 2.0, Anthropic, 15 October 2024"
	docRSP21  = "Responsible Scaling Policy 2.1, Anthropic, 31 March 2025 (by the changelog in 2.2)"
	docRSP22  = "Responsible Scaling Policy 2.2, Anthropic, 14 May 2025"
	docCard37 = "Claude 3.7 Sonnet system card, Anthropic, February 2025"
	docCard4  = "Claude Opus 4 and Claude Sonnet 4 system card, Anthropic, May 2025"
	docASL3   = "Activating ASL-3 protections, Anthropic, 22 May 2025"
	// docRecord is the source of what only this reconstruction says.
	docRecord = "Holdpoint, the record (our own reading)"
	// docSilence is the source of entries that say that something is not said.
	docSilence = "not published in the documents of this record"
)

// in names a place in a document.
func place(document, section string) entry.Source {
	return entry.Source{Document: document, Section: section}
}

// NotPublished is something that the documents of the record do not say. A
// document that says it turns its id off.
type NotPublished struct {
	ID   string `json:"id"`
	What string `json:"what"`
}

// recordGaps lists what is not published, in the order of its ids.
func recordGaps() []NotPublished {
	return []NotPublished{
		{"N1", "the digests of the weights"},
		{"N2", "effective compute, and which limb of the trigger applied"},
		{"N3", "the dates of tests, reports, determinations, approvals and deliveries"},
		{"N4", "when internal use began, and when training took place"},
		{"N5", "the argument that the threat model is complete"},
		{"N6", "forecasts per threshold for Claude Sonnet 4 and Claude Opus 4"},
		{"N7", "when the specs of the evaluations were registered"},
		{"N8", "n and item scores of most evaluations, and n per arm of the trials (a secondary source says 8 to 10)"},
		{"N9", "what the ± of the trials is"},
		{"N10", "which evaluations carried the conclusion"},
		{"N11", "several CBRN lines, withheld as sensitive"},
		{"N12", "chemical, radiological and nuclear results"},
		{"N13", "the verdict of the internal stress-testers, and any dissent"},
		{"N14", "the text of external findings"},
		{"N15", "whether Claude Sonnet 4 and Claude Opus 4 reached the autonomy checkpoint"},
		{"N16", "the median answer of the staff survey"},
		{"N17", "the evidence for each criterion of the safeguards, audits, and third-party environments"},
		{"N18", "receipts of the board, the trust and the government"},
		{"N19", "interim measures"},
		{"N20", "the due date and the model of the late evaluations of 2024"},
	}
}
