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
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

const dayOf37 = "The day is from a secondary source; the developer's pages say February 2025. " + sameDay

// recordSonnet37 is what was published with Claude 3.7 Sonnet (E7 to E14).
func recordSonnet37() []recordEntry {
	card := func(sections ...string) []entry.Source {
		var all []entry.Source
		for _, s := range sections {
			all = append(all, place(docCard37, s))
		}
		return all
	}
	entries := []recordEntry{
		{name: "E7", sources: card("1.4.2"), missing: []string{"N1", "N2"}, steps: models37()},
		{name: "E8", sources: card("7.1", "1.4.2"), missing: []string{"N5"}, steps: method37()},
		{name: "E9", sources: card("7"), missing: []string{"N8", "N9", "N10", "N11", "N12"},
			steps: slices.Concat(registered(recordSpecs2025()), figures("s37", figures37()))},
		{name: "E10", sources: card("7.4", "1.4.3"), missing: []string{"N14"}, steps: outside37()},
		{name: "E11", sources: card("1.4.3"), missing: []string{"N13"}, steps: []recordStep{critiqued("s37"),
			said("stress_testing", modelRef(sonnet37), "Alignment Stress Testing examined the report in several rounds and gave final feedback; its verdict is not published.", "internal")}},
		{name: "E12", grade: grade.Attested, sources: card("1.4.2"), missing: []string{"N3", "N18"},
			steps: []recordStep{said("capability_report_delivered", modelRef(sonnet37),
				"The capability report went to the Responsible Scaling Officer, the chief executive, the board and the trust.")}},
		{name: "E13", sources: card("7.1"), steps: []recordStep{forecast37()}},
		{name: "E14", grade: grade.Attested, sources: card("1.4.4", "7.2"),
			missing: []string{"N1", "N3", "N7", "N13", "N18"},
			steps:   []recordStep{closed37(), determined("s37", file37())}},
	}
	for i := range entries {
		entries[i].day, entries[i].note = daySonnet37, dayOf37
	}
	return entries
}

func modelRef(id string) entry.Ref { return entry.Ref{Kind: "model", ID: id} }

func models37() []recordStep {
	return slices.Concat(
		[]recordStep{registeredModel(sonnet37, "Claude 3.7 Sonnet")},
		snapshots(sonnet37,
			model.SnapshotRegistered{Snapshot: "early", Kind: model.Early},
			model.SnapshotRegistered{Snapshot: "helpful-only-v1", Kind: model.HelpfulOnly},
			model.SnapshotRegistered{Snapshot: "helpful-only-v2", Kind: model.HelpfulOnly},
			model.SnapshotRegistered{Snapshot: "preview-v3.1", Kind: model.Preview},
			model.SnapshotRegistered{Snapshot: "preview-v3.3", Kind: model.Preview},
			model.SnapshotRegistered{Snapshot: "final", Kind: model.Production}))
}

func registeredModel(id, title string) recordStep {
	return recorded(func(how entry.Provenance) app.Intent {
		return app.RegisterModel(model.NewModel{
			Registered: model.Registered{Model: id, Family: "claude", Developer: "Anthropic", Title: title}, How: how,
		})
	})
}

// snapshots registers snapshots whose digests are not published.
func snapshots(of string, all ...model.SnapshotRegistered) []recordStep {
	var steps []recordStep
	for _, s := range all {
		s.Model, s.Safety = of, model.MechanismsUnknown
		steps = append(steps, recorded(func(how entry.Provenance) app.Intent {
			return app.AddSnapshot(model.NewSnapshot{SnapshotRegistered: s, How: how})
		}))
	}
	return steps
}

// opened opens an assessment that later steps find under key. Which trigger made
// it due is not published.
func opened(key string, o assessment.OpenInput) recordStep {
	return named(key, "assessment", recorded(func(how entry.Provenance) app.Intent {
		o.How, o.Trigger = how, assessment.Trigger{Kind: "not_published"}
		return app.OpenAssessment(o)
	}))
}

func method37() []recordStep {
	return []recordStep{
		opened("s37", assessment.OpenInput{
			Model: sonnet37, Kind: assessment.Comprehensive, Thresholds: []string{"CBRN", "AIRD", "AUTO-CKPT", "CYBER"},
			Snapshots: []string{"early", "helpful-only-v1", "helpful-only-v2", "preview-v3.1", "preview-v3.3", "final"},
		}),
		mapped("s37", "CBRN"),
		elicited("s37", "CBRN", elicitationCBRN37()),
		elicited("s37", "AUTO-CKPT", []assessment.Technique{
			{Technique: "tools", Use: assessment.Used},
			{Technique: "few_shot", Use: assessment.Used, Reason: "Examples were shown."},
			{Technique: "reflection", Use: assessment.Used},
			{Technique: "memory", Use: assessment.Used},
		}),
		said("snapshots_compared", modelRef(sonnet37), "The uplift trials were run on an earlier snapshot, and the final one was checked against it."),
	}
}

func elicitationCBRN37() []assessment.Technique {
	return []assessment.Technique{
		{Technique: "cot", Use: assessment.Used, Reason: "Extended thinking was on in all evaluations."},
		{Technique: "best_of_n", Use: assessment.Used, Reason: "In all evaluations."},
		{Technique: "tools", Use: assessment.Used},
		{Technique: "scaffolding", Use: assessment.Used, Reason: "A harness was used."},
		{Technique: "refusal_free", Use: assessment.Used, Reason: "Helpful-only snapshots where there were any."},
		{Technique: "iterated_prompts", Use: assessment.Used},
		{Technique: "few_shot", Use: assessment.NotPublished},
		{Technique: "fine_tuning", Use: assessment.NotPublished},
		{Technique: "budget", Use: assessment.NotPublished},
	}
}

// mapped records the threat model that the CBRN evaluations are about. The
// argument that nothing is missing from it is not published.
func mapped(assessmentKey, thresholdID string) recordStep {
	return recordStep{intent: func(r *recorder, how entry.Provenance) app.Intent {
		how.NotPublished = []string{"N5", "N12"}
		return app.MapThreats(assessment.MapInput{ThreatMapped: assessment.ThreatMapped{
			Assessment: r.ids[assessmentKey], Threshold: thresholdID,
			Bottlenecks: []assessment.Bottleneck{{ID: biology, Text: "Getting and making biological weapons, which the published evaluations are about."}},
		}, How: how})
	}}
}

func elicited(assessmentKey, thresholdID string, items []assessment.Technique) recordStep {
	return recordStep{intent: func(r *recorder, how entry.Provenance) app.Intent {
		how.NotPublished = nil
		return app.RecordElicitation(assessment.ElicitationInput{ElicitationRecorded: assessment.ElicitationRecorded{
			Assessment: r.ids[assessmentKey], Threshold: thresholdID, Items: items,
		}, How: how})
	}}
}

// figures37 are the figures of the card of Claude 3.7 Sonnet.
func figures37() []recordFigure {
	cbrn, autonomy, cyber := place(docCard37, "7.1"), place(docCard37, "7.2"), place(docCard37, "7")
	trials, points := []string{"N8", "N9"}, []string{"N8"}
	uplift := reading(sonnet37, evUplift, evidence.Uplift, "below 2.8")
	return []recordFigure{
		{key: "s37 uplift 1", source: cbrn, missing: trials, specs: []string{"uplift-ratio.2025-02", "uplift-mean.2025-02"},
			result: trial(uplift, "0.5", "0.21", "0.24", "0.09")},
		{key: "s37 uplift 2", source: cbrn, missing: trials, specs: []string{"uplift-ratio.2025-02", "uplift-mean.2025-02"},
			result: trial(uplift, "0.57", "0.2", "0.27", "0.09")},
		{key: "s37 virology", source: cbrn, missing: points, specs: []string{"virology.2025-02"},
			result: pointed(reading(sonnet37, evVirology, evidence.Score, "neither out nor in"), "", 0, "0.697")},
		{key: "s37 vct", source: cbrn, missing: points,
			result: worded(reading(sonnet37, evVCT, evidence.Qualitative, "above the line"), evidence.NoLean, "Above the line; the score is not in the record.")},
		{key: "s37 knowledge", source: cbrn, specs: []string{"knowledge.2025-02"},
			result: noted(counted(reading(sonnet37, evKnowledge, evidence.Score, "below"), threshold.Proportion, "17", 33, 0), "The grader is called little reliable.")},
		{key: "s37 lab-bench", source: cbrn, missing: points,
			result: worded(reading(sonnet37, evLabBench, evidence.Qualitative, "saturated"), evidence.NoLean, "Saturated, so it no longer rules anything out.")},
		{key: "s37 red team", source: cbrn, missing: []string{"N14"}, threshold: "CBRN",
			result: worded(reading(sonnet37, evRedTeam, evidence.ExpertReport, "not warranting ASL-3"), evidence.SupportsRuleOut, "Experts who red-teamed the model found nothing that would warrant ASL-3; there is no line, and the report decides.")},
		{key: "s37 swe", source: autonomy, missing: points, specs: []string{"swe-hard.set", "swe-hard.class"},
			result: counted(reading(sonnet37, evSWE, evidence.Score, "below"), threshold.Mean, "9.65", 42, 20)},
		{key: "s37 dedup", source: autonomy, specs: []string{"dedup.2025-02"},
			result: counted(reading(sonnet37, evDedup, evidence.Score, "below but close"), threshold.ShareAbove, "4", 30, 0)},
		{key: "s37 ctf easy", source: cyber, specs: []string{"ctf-easy"},
			result: counted(reading(sonnet37, evCTFEasy, evidence.Score, "no formal line"), threshold.Proportion, "13", 23, 0)},
		{key: "s37 ctf medium", source: cyber, specs: []string{"ctf-medium"},
			result: counted(reading(sonnet37, evCTFMedium, evidence.Score, "no formal line"), threshold.Proportion, "4", 13, 0)},
		{key: "s37 cybench", source: cyber, specs: []string{"cybench"},
			result: counted(reading(sonnet37, evCybench, evidence.Score, "no formal line"), threshold.Proportion, "15", 34, 0)},
	}
}

func outside37() []recordStep {
	tested := worded(reading(sonnet37, "external-testing", evidence.ExternalFinding, ""), evidence.NoLean,
		"The US and the UK AI Safety Institute tested the model before it was deployed; what they found is not published.")
	return []recordStep{
		external(tested),
		said("report_shared", modelRef(sonnet37), "A copy of the report went to both institutes and to METR. This is not an endorsement by any of them.", "not-an-endorsement", "external"),
		said("experts_consulted", modelRef(sonnet37), "Other external experts were consulted.", "external"),
	}
}

// external reports what an outside party found, or that it looked.
func external(r evidence.ResultReported) recordStep {
	return recorded(func(how entry.Provenance) app.Intent {
		return app.ReportResults([]evidence.ReportedResult{{ResultReported: r, How: how}})
	})
}

// critiqued records that the internal stress-testers gave critique and feedback.
// Their verdict is not published, so there are no words.
func critiqued(assessmentKey string) recordStep {
	return recordStep{intent: func(r *recorder, how entry.Provenance) app.Intent {
		return app.SubmitReview(review.Submission{
			About: entry.Ref{Kind: "assessment", ID: r.ids[assessmentKey]}, Kind: review.Critique, Side: review.Internal,
			Role: "alignment", NotAnEndorsement: true, How: how,
		})
	}}
}

func forecast37() recordStep {
	return named("forecast", "forecast", recordStep{intent: func(r *recorder, how entry.Provenance) app.Intent {
		how.Note = "No number is given. Classifiers for this risk and monitoring were to be built faster. It resolves with the next model."
		return app.RecordForecast(assessment.ForecastInput{ForecastRecorded: assessment.ForecastRecorded{
			Assessment: r.ids["s37"], Threshold: "CBRN", Horizon: "the next model",
			Statement: "There is a substantial probability that the next model needs ASL-3 safeguards.",
		}, How: how})
	}})
}

func closed37() recordStep { return closedAsPublished("s37") }

// closedAsPublished ends an assessment because a document says that it was done.
func closedAsPublished(assessmentKey string) recordStep {
	return recordStep{intent: func(r *recorder, how entry.Provenance) app.Intent {
		return app.CloseAssessment(assessment.CloseInput{Assessment: r.ids[assessmentKey], Outcome: assessment.AsPublished, How: how})
	}}
}

// determined reports a determination made over an assessment.
func determined(assessmentKey string, f decision.File) recordStep {
	return recordStep{intent: func(r *recorder, how entry.Provenance) app.Intent {
		f.Assessment = r.ids[assessmentKey]
		return app.ReportDecision(f, how)
	}}
}

func file37() decision.File {
	return decision.File{
		Kind: policy.DecideDetermination, Model: sonnet37,
		Title: "Responsible Scaling Officer and chief executive on Claude 3.7 Sonnet",
		Determinations: []decision.Determination{
			{Threshold: "CBRN", Outcome: decision.RuledOut, Reason: "Sufficiently far from the threshold."},
			{Threshold: "AUTO-CKPT", Outcome: decision.RuledOut, Reason: "Below the checkpoint for AI research and development."},
			{Threshold: "CYBER", Outcome: decision.Watched, Reason: "Watched; there is no formal threshold."},
		},
	}
}
