// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// recordClaude4 is what was published with Claude Opus 4 and Claude Sonnet 4, up
// to the determinations (E18 to E25).
func recordClaude4() []recordEntry {
	card := func(section string) []entry.Source { return []entry.Source{place(docCard4, section)} }
	process := []string{"N1", "N3", "N7", "N13", "N15", "N18"}
	entries := []recordEntry{
		{name: "E18", sources: card("1.2.2"), missing: []string{"N1", "N2", "N4"}, steps: models4()},
		{name: "E19", sources: card("7"), missing: []string{"N8"}, steps: restated37()},
		{name: "E20", sources: card("7"), missing: []string{"N6", "N8", "N9", "N10", "N11", "N12"}, steps: findings4()},
		{name: "E21", sources: []entry.Source{place(docCard4, "7.5"), place(docCard4, "1.2.4")}, missing: []string{"N14"}, steps: outside4()},
		{name: "E22", grade: grade.Attested, sources: card("1.2.3"), missing: []string{"N3", "N13", "N18"}, steps: critique4()},
		{name: "E23", grade: grade.Attested, sources: card("1.2.3"), missing: process,
			steps: []recordStep{closedAsPublished("s4"), determined("s4", fileSonnet4())}},
		{name: "E24", grade: grade.Attested, sources: []entry.Source{place(docCard4, "1.2.3"), place(docASL3, "")},
			missing: append(slices.Clone(process), "N19"),
			steps:   []recordStep{closedAsPublished("o4"), determined("o4", fileOpus4())}},
		{name: "E25", sources: []entry.Source{place(docRecord, "forecast of E13")}, steps: []recordStep{resolved()}},
	}
	for i := range entries {
		entries[i].day, entries[i].note = dayClaude4, sameDay
	}
	return entries
}

func models4() []recordStep {
	several := []model.SnapshotRegistered{
		{Snapshot: "helpful-only", Kind: model.HelpfulOnly},
		{Snapshot: "hhh", Kind: model.HHH},
		{Snapshot: "release-candidate", Kind: model.ReleaseCandidate},
	}
	return slices.Concat(
		[]recordStep{registeredModel(sonnet4, "Claude Sonnet 4")}, snapshots(sonnet4, several...),
		[]recordStep{registeredModel(opus4, "Claude Opus 4")}, snapshots(opus4, several...),
		[]recordStep{said("snapshots_unnumbered", modelRef(opus4),
			"Each named snapshot stands for several of its kind, of both models; how many there were is not published.")})
}

// again is the key of the assessment that holds the figures of Claude 3.7 Sonnet
// under the thresholds of 2.2. It is ours, and closed as incomplete so that it
// counts for nothing but its figures.
const again = "s37 again"

// restated37 is what the card of May 2025 says anew about Claude 3.7 Sonnet.
func restated37() []recordStep {
	regraded := pointed(reading(sonnet37, evUplift, evidence.Uplift, ""), "ratio_of_means", 0, "1.53")
	steps := slices.Concat(registered(recordSpecsMay2025()), []recordStep{
		opened(again, assessment.OpenInput{Model: sonnet37, Kind: assessment.OffCycle, Thresholds: []string{"CBRN-3", "CBRN-4", "AIRD-4"},
			Snapshots: []string{"helpful-only-v1", "helpful-only-v2", "final"}}),
		mapped(again, "CBRN-3"), elicited(again, "CBRN-3", elicitationCBRN37()),
		reported("s37 uplift regraded", noted(regraded, "Graded again by an updated rubric; no interval is given.")),
		reported("s37 knowledge again", counted(reading(sonnet37, evKnowledge, evidence.Score, "below"), "proportion", "18", 33, 0)),
		replaced("s37 uplift 1", "s37 uplift regraded", "An updated rubric; which of the two trials was graded again is not said, and both ratios were about 2.1."),
		replaced("s37 uplift 2", "s37 uplift regraded", "An updated rubric; which of the two trials was graded again is not said, and both ratios were about 2.1."),
		replaced("s37 knowledge", "s37 knowledge again", "The later card prints 18 of 33; the reason is not published."),
		said("evaluation_reinstated", modelRef(sonnet37), "The LAB-Bench subset, which was called saturated, is used again. The reason is not published.", "lab-bench"),
		said("line_changed", modelRef(sonnet37), "The line of the multimodal virology test was expert level in every field and is now 0.221.", "vct"),
	})
	for _, j := range []struct{ key, spec string }{
		{"s37 uplift regraded", "uplift-ratio.2025-05"}, {"s37 virology", "virology.2025-05"}, {"s37 knowledge again", "knowledge.2025-05"},
	} {
		steps = append(steps, judgedUnder(again, j.key, j.spec))
	}
	return steps
}

// reported reports a result that stands in the sources of its entry.
func reported(key string, r evidence.ResultReported) recordStep {
	return named(key, "result", external(r))
}

// replaced records that a figure was restated.
func replaced(old, by, cause string) recordStep {
	return recordStep{intent: func(r *recorder, how entry.Provenance) app.Intent {
		return app.RestateEvidence(evidence.NewRestatement{
			RestatedBy: evidence.RestatedBy{Replaces: r.ids[old], By: r.ids[by], Cause: cause}, How: how,
		})
	}}
}

// findings4 are the figures of the card of May 2025.
func findings4() []recordStep {
	steps := slices.Concat(figures(again, figuresLater37()), []recordStep{unfinished(again)})
	for _, m := range []struct {
		key, model string
		figures    []recordFigure
	}{{"s4", sonnet4, figuresSonnet4()}, {"o4", opus4, figuresOpus4()}} {
		steps = append(steps, opened(m.key, assessment.OpenInput{
			Model: m.model, Kind: assessment.Comprehensive,
			Thresholds: []string{"CBRN-3", "CBRN-4", "AIRD-4", "AIRD-5", "AUTO-CKPT", "CYBER"},
			Snapshots:  []string{"helpful-only", "hhh", "release-candidate"},
		}), mapped(m.key, "CBRN-3"), elicited(m.key, "CBRN-3", []assessment.Technique{
			{Technique: "refusal_free", Use: assessment.Used, Reason: "Several helpful-only snapshots were tested."},
		}))
		steps = append(steps, figures(m.key, m.figures)...)
	}
	return steps
}

func unfinished(assessmentKey string) recordStep {
	return recordStep{intent: func(r *recorder, how entry.Provenance) app.Intent {
		return app.CloseAssessment(assessment.CloseInput{
			Assessment: r.ids[assessmentKey], Outcome: assessment.Incomplete, How: how,
			Reason: "It holds figures that were published later; no new assessment of this model is published.",
		})
	}}
}

func outside4() []recordStep {
	tested := func(m string) evidence.ResultReported {
		return worded(reading(m, "external-testing", evidence.ExternalFinding, ""), evidence.NoLean,
			"The US and the UK AI Safety Institute tested the model; what they found is not published.")
	}
	partners := worded(reading(opus4, "partners", evidence.ExternalFinding, "different in quality"), evidence.NoLean,
		"Partners say that the model differs in quality from those before it; their texts are not published.")
	return []recordStep{
		external(tested(sonnet4)), external(tested(opus4)), external(partners),
		said("expert_red_team", modelRef(opus4), "Deloitte's experts took part in the red teaming. This is not an endorsement by them.", "not-an-endorsement", "external"),
	}
}

func critique4() []recordStep {
	return []recordStep{
		critiqued("s4"), critiqued("o4"),
		said("experts_consulted", modelRef(sonnet4), "External experts were consulted.", "external"),
		said("experts_consulted", modelRef(opus4), "External experts were consulted.", "external"),
		said("capability_report_delivered", modelRef(sonnet4), "The capability report went to the Responsible Scaling Officer, the chief executive, the board and the trust."),
		said("capability_report_delivered", modelRef(opus4), "The capability report went to the Responsible Scaling Officer, the chief executive, the board and the trust."),
	}
}

func fileSonnet4() decision.File {
	return decision.File{
		Kind: policy.DecideDetermination, Model: sonnet4,
		Title: "Responsible Scaling Officer and chief executive on Claude Sonnet 4",
		Determinations: []decision.Determination{
			{Threshold: "CBRN-3", Outcome: decision.RuledOut, Reason: "Ruled out."},
			{Threshold: "AIRD-4", Outcome: decision.RuledOut, Reason: "Below the threshold."},
		},
	}
}

func fileOpus4() decision.File {
	return decision.File{
		Kind: policy.DecideDetermination, Model: opus4, Precautionary: true, Provisional: true,
		Title: "Responsible Scaling Officer and chief executive on Claude Opus 4",
		Determinations: []decision.Determination{
			{Threshold: "CBRN-3", Outcome: decision.TreatedAsCrossed, Reason: "Not ruled out; treated as crossed as a precaution, for the time being. No date of review is published."},
			{Threshold: "CBRN-4", Outcome: decision.RuledOut, Reason: "The need for ASL-4 is ruled out."},
			{Threshold: "AIRD-4", Outcome: decision.RuledOut, Reason: "Below the threshold."},
		},
	}
}

func resolved() recordStep {
	return recordStep{intent: func(r *recorder, how entry.Provenance) app.Intent {
		return app.ReportStatement(evidence.NewStatement{StatementReported: evidence.StatementReported{
			Topic: "forecast_resolved", About: entry.Ref{Kind: "forecast", ID: r.ids["forecast"]},
			Text: "The forecast came true: the next model was given ASL-3 safeguards.", Tags: []string{"yes"},
		}, How: how})
	}}
}
