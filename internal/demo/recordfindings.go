// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/finding"
)

// Keys of the four findings, by which their lessons name them.
const (
	foundLate        = "late"
	foundPlaceholder = "placeholder"
	foundElicitation = "elicitation"
	foundBuffer      = "buffer"
)

// findings2024 are the four findings of the first review of adherence (CMP-9),
// as the publisher tells and rates them.
func findings2024() []recordStep {
	days := int64(3)
	return []recordStep{
		foundIn2024(foundLate, finding.Reported{
			Category: finding.Late, VarianceDays: &days,
			Statement: "A set of evaluations was completed 3 days after the interval of three months had ended.",
			Argument:  "The three days went into refining and improving the evaluations.",
		}),
		foundIn2024(foundPlaceholder, finding.Reported{
			Category:  finding.UnclearRecord,
			Statement: "A placeholder evaluation was changed, and it was unclear how and where such a change is to be noted.",
			Argument:  "What was used instead measured more accurately than the placeholder.",
		}),
		foundIn2024(foundElicitation, finding.Reported{
			Category:  finding.MethodologyGap,
			Statement: "Some evaluations were run without standard techniques of elicitation, such as chain of thought and best-of-N.",
			Argument:  "The method still showed enough distance from the thresholds.",
		}),
		foundIn2024(foundBuffer, finding.Reported{
			Category:  finding.Deviation,
			Statement: "The evaluations of one domain were not designed for the safety buffer.",
			Argument:  "The method still showed enough distance from the thresholds.",
		}),
	}
}

func foundIn2024(key string, f finding.Reported) recordStep {
	f.Policy, f.Rating = "anthropic-rsp@1.0", finding.Minimal
	f.About = entry.Ref{Kind: "policy", ID: f.Policy}
	return named(key, "finding", recorded(func(how entry.Provenance) app.Intent { return app.ReportFinding(f, how) }))
}

// lessons2024 link what was learned to what version 2.0 says (CMP-4).
func lessons2024() []recordStep {
	return []recordStep{
		learned(foundLate, "REASSESS", "The policy needs more flexibility.",
			"The interval between assessments went from three months to six: a loosening. Under it the evaluations that were 3 days late would have been on time."),
		learned(foundPlaceholder, "PREREG", "Where changes are noted has to be plain.",
			"The unclear words about placeholder evaluations were resolved."),
		learned(foundElicitation, "EL-BEST", "Compliance has to be tracked better.",
			"Gaps of elicitation are tracked from now on."),
		learned(foundBuffer, "ASSESS-FULL", "The policy needs more flexibility.",
			"The words about the safety buffer were changed."),
	}
}

func learned(key, element, lesson, change string) recordStep {
	return recordStep{intent: func(r *recorder, how entry.Provenance) app.Intent {
		return app.LinkFinding(finding.Linked{
			Finding: r.ids[key], Lesson: lesson, Policy: "anthropic-rsp@2.0", Element: element, Change: change,
		}, how)
	}}
}
