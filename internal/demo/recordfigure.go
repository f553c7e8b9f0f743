// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// The evaluations of the record.
const (
	evUplift     = "bioweapon-acquisition-uplift"
	evVirology   = "long-form-virology"
	evVirology1  = "long-form-virology-task-1"
	evVirology2  = "long-form-virology-task-2"
	evVCT        = "multimodal-virology-vct"
	evKnowledge  = "bioweapons-knowledge"
	evDNA        = "dna-synthesis-screening"
	evLabBench   = "lab-bench-subset"
	evRedTeam    = "expert-red-team"
	evCreative   = "creative-biology"
	evCreative30 = "creative-biology-best-of-30"
	evSWE        = "swe-bench-verified-hard"
	evDedup      = "data-deduplication"
	evSuite2     = "ai-research-suite-2"
	evSurvey     = "staff-survey"
	evKernels    = "kernels"
	evTextRL     = "text-reinforcement-learning"
	evTraining   = "training-speedup"
	evQuadruped  = "quadruped-control"
	evCompiler   = "novel-compiler"
	evCTFEasy    = "ctf-easy"
	evCTFMedium  = "ctf-medium"
	evCybench    = "cybench"
)

// recordFigure is a figure as a document states it, and the lines it is judged
// by. A judgement in words names the threshold it is about instead.
type recordFigure struct {
	key       string
	result    evidence.ResultReported
	source    entry.Source
	missing   []string
	specs     []string
	threshold string
}

// figures makes the steps that report figures and judge them in an assessment.
func figures(assessmentKey string, all []recordFigure) []recordStep {
	var steps []recordStep
	for _, f := range all {
		steps = append(steps, named(f.key, "result", f.reported()))
		for _, spec := range f.specs {
			steps = append(steps, judgedUnder(assessmentKey, f.key, spec))
		}
		if f.threshold != "" {
			steps = append(steps, f.believed(assessmentKey))
		}
	}
	return steps
}

func (f recordFigure) reported() recordStep {
	return recorded(func(how entry.Provenance) app.Intent {
		how.Source, how.NotPublished = []entry.Source{f.source}, f.missing
		return app.ReportResults([]evidence.ReportedResult{{ResultReported: f.result, How: how}})
	})
}

// judgedUnder judges a reported result under a spec.
func judgedUnder(assessmentKey, key, spec string) recordStep {
	return recordStep{intent: func(r *recorder, _ entry.Provenance) app.Intent {
		return judgedReport(assessment.JudgeInput{Assessment: r.ids[assessmentKey], Spec: spec, Evidence: r.ids[key]})
	}}
}

// believed records a judgement in words as what people concluded.
func (f recordFigure) believed(assessmentKey string) recordStep {
	return recordStep{intent: func(r *recorder, how entry.Provenance) app.Intent {
		how.Source, how.NotPublished = []entry.Source{f.source}, f.missing
		bottleneck := ""
		if f.threshold == "CBRN" || f.threshold == "CBRN-3" {
			bottleneck = biology
		}
		return app.RecordJudgement(assessment.JudgementInput{
			Assessment: r.ids[assessmentKey], Threshold: f.threshold, Bottleneck: bottleneck, By: "publisher",
			Direction: threshold.Verdict(f.result.Judgement.Direction), Text: f.result.Judgement.Text,
			Evidence: &entry.Ref{Kind: "result", ID: r.ids[f.key]}, How: how,
		})
	}}
}

// reading begins a reported result with what its document concludes.
func reading(model, evaluation string, kind evidence.Kind, published string) evidence.ResultReported {
	return evidence.ResultReported{Model: model, Evaluation: evaluation, Kind: kind, PublishedReading: published}
}

// counted is a share: so many of n, averaged over attempts where those are
// published.
func counted(r evidence.ResultReported, s threshold.Statistic, successes stats.Decimal, n, attempts int) evidence.ResultReported {
	r.Statistic, r.Count = s, &evidence.Count{Successes: successes, N: n, Attempts: attempts}
	return r
}

// pointed is a figure whose n is not published.
func pointed(r evidence.ResultReported, s threshold.Statistic, k int, value stats.Decimal) evidence.ResultReported {
	r.Statistic, r.K, r.Point = s, k, &evidence.Point{Value: value}
	return r
}

// worded is a result in words.
func worded(r evidence.ResultReported, lean evidence.Lean, text string) evidence.ResultReported {
	r.Judgement = &evidence.Judgement{Text: text, Direction: lean}
	return r
}

// noted adds a remark to a result.
func noted(r evidence.ResultReported, text string) evidence.ResultReported {
	r.Notes = text
	return r
}

// assumedN is what a standard deviation of the trials is read with: n per arm is
// not published, and a secondary source says 8 to 10.
const assumedN = 10

// trial is an uplift trial: the mean share of the rubric with and without the
// model. What the spread is, and n per arm, is not published. The arms are judged
// as a ratio and as a mean, so the result itself has no statistic.
func trial(r evidence.ResultReported, with, withSpread, without, withoutSpread stats.Decimal) evidence.ResultReported {
	r.Arms = &evidence.Arms{
		Treatment:  evidence.Arm{Mean: with, Spread: withSpread, AssumedN: assumedN},
		Control:    &evidence.Arm{Mean: without, Spread: withoutSpread, AssumedN: assumedN},
		SpreadKind: threshold.SpreadNotStated,
	}
	r.Notes = "n per arm is not published; 10 is assumed, and only where the spread is read as a standard deviation."
	return r
}

// spread is a mean with a spread of which nobody says what it is.
func spread(r evidence.ResultReported, mean, plusMinus stats.Decimal) evidence.ResultReported {
	r.Statistic = threshold.Mean
	r.Arms = &evidence.Arms{Treatment: evidence.Arm{Mean: mean, Spread: plusMinus}, SpreadKind: threshold.SpreadNotStated}
	return r
}
