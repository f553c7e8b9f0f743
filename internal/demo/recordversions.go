// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"github.com/holdpoint/holdpoint/internal/entry"
)

// recordVersions is how the policy changed before Claude 4 (E15 to E17).
func recordVersions() []recordEntry {
	const publication = "The day of publication is not given apart from the day in force. " + sameDay
	ours := []entry.Source{place(docRecord, "carrying of determinations")}
	return []recordEntry{
		{name: "E15", day: dayPolicy21, sources: []entry.Source{place(docRSP21, "changelog")}, note: publication,
			steps: []recordStep{adopted("anthropic-rsp@2.1", "Published by the lab; recorded as it is. What needs ASL-N+1 evaluations first is no longer asked for.")}},
		{name: "E16", day: dayPolicy21, sources: ours,
			note: "Our rule; no act of the publisher says so. " + sameDay,
			steps: []recordStep{
				said("determination_carried", modelRef(sonnet37), "What was determined about CBRN in February is carried to CBRN-3 by succession: the words are the same. Basis: house.", "basis-house", "cbrn-3"),
				said("determination_carried", modelRef(sonnet37), "It is carried to CBRN-4 by order: below the lower threshold is below the higher one. Basis: house.", "basis-house", "cbrn-4"),
				said("determination_carried", modelRef(sonnet37), "Below the checkpoint is below both thresholds for AI research and development. Basis: text, clause 2.", "basis-text", "aird-4", "aird-5"),
			}},
		{name: "E17", day: dayPolicy22, note: publication,
			sources: []entry.Source{place(docRSP21, "changelog"), place(docRSP22, "4.2")},
			steps:   []recordStep{adopted("anthropic-rsp@2.2", "Published by the lab; recorded as it is. ASL-3 security is no longer meant to hold against sophisticated or state-compromised insiders.")}},
	}
}
