// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// inScope are the thresholds that are determined themselves; CBRN-4 and both AI
// R&D thresholds follow from them.
func inScope() []string { return []string{"CBRN-3", "AUTO-CKPT"} }

func (d *drill) open(model string, snapshots []string, trigger assessment.Trigger, target deadline.Day) string {
	return d.act("p-red-team", app.OpenAssessment(assessment.OpenInput{
		Model: model, Kind: assessment.Comprehensive, Trigger: trigger, Thresholds: inScope(), Snapshots: snapshots, Target: target,
	})).ID("assessment", 0)
}

func (d *drill) preregister(ids ...string) {
	all := specs()
	for _, id := range ids {
		d.act("p-red-team", app.Preregister(assessment.SpecInput{SpecRegistered: all[id]}))
	}
}

// mapThreats records what a misuser could not do without, and why nothing is
// missing from the list.
func (d *drill) mapThreats(in string) {
	d.act("p-red-team", app.MapThreats(assessment.MapInput{ThreatMapped: assessment.ThreatMapped{
		Assessment: in, Threshold: "CBRN-3",
		Bottlenecks: []assessment.Bottleneck{
			{ID: "knowledge", Text: "Rare know-how that is not in public sources"},
			{ID: "acquisition", Text: "Getting hold of controlled materials"},
			{ID: "production", Text: "Making it work at the bench"},
			{ID: "delivery", Text: "Keeping and delivering what was made"},
		},
		Completeness: "The four steps are those of every known programme and attempt since 1970; two experts looked for a path around each and named none.",
	}}))
}

func (d *drill) elicited(in, thr string, expert assessment.Technique) {
	used := func(name string) assessment.Technique {
		return assessment.Technique{Technique: name, Use: assessment.Used}
	}
	d.act("p-red-team", app.RecordElicitation(assessment.ElicitationInput{ElicitationRecorded: assessment.ElicitationRecorded{
		Assessment: in, Threshold: thr,
		Items: []assessment.Technique{
			used("cot"), used("best_of_n"), used("tools"), used("scaffolding"), used("fine_tuning"), used("refusal_free"), expert,
			{Technique: "few_shot", Use: assessment.NotApplicable, Reason: "Worked examples lowered every score in the pilot; the better setting was used."},
		},
	}}))
}

func expertPrompts() assessment.Technique {
	return assessment.Technique{Technique: "expert_prompting", Use: assessment.Used}
}

func (d *drill) forecast(in, thr, statement string) {
	d.act("p-red-team", app.RecordForecast(assessment.ForecastInput{ForecastRecorded: assessment.ForecastRecorded{
		Assessment: in, Threshold: thr, Statement: statement, Probability: "0.1", Horizon: "six months",
	}}))
}

func (d *drill) margin(in, text string) {
	d.act("p-red-team", app.ArguePart(assessment.ArgumentInput{PartArgued: assessment.PartArgued{
		Assessment: in, Threshold: "CBRN-3", Part: policy.Margin, Text: text,
	}}))
}

func (d *drill) opinion(in, bottleneck, text string) {
	d.act("p-red-team", app.RecordJudgement(assessment.JudgementInput{
		Assessment: in, Threshold: "CBRN-3", Bottleneck: bottleneck, Direction: threshold.SupportsRuleOut, By: "expert", Text: text,
	}))
}

// judge writes the log, imports it, judges it under its spec, and wants the
// verdict that it was made for. It gives the finding's id.
func (d *drill) judge(in string, e evaluation) string {
	b, err := e.log.encode()
	d.fail(err)
	path := d.file("logs/"+e.log.name(), b)
	if d.err != nil {
		return ""
	}
	imported, _, err := d.app.Import(d.ctx, d.who("p-red-team"), app.Importing{Model: e.model, Snapshot: e.snapshot}, path)
	d.fail(err)
	if d.err != nil {
		return ""
	}
	done, err := d.app.Judge(d.ctx, d.who("p-red-team"), assessment.JudgeInput{Assessment: in, Spec: e.spec, Evidence: imported.ID("run", 0)})
	d.fail(err)
	if d.err != nil {
		return ""
	}
	id := done.ID("finding", 0)
	f, _ := done.View.State.Assessment.Finding(id)
	switch {
	case f.Found == nil || f.Found.Result.Verdict != e.want:
		d.fail(fault.New(fault.Internal, "%s of %s was to come out as %s: %+v", e.spec, e.model, e.want, f.Found))
	case f.Found.PostHoc || f.Found.TimingUnknown:
		d.fail(fault.New(fault.Internal, "%s of %s is post hoc: %s", e.spec, e.model, f.Found.Why))
	case e.model == "aster-2":
		r := f.Found.Result
		d.tell(markAct, "%s (%s): %s, bound %s, line %s: %s", e.spec, e.snapshot,
			thousandths(r.Estimate), thousandths(r.Upper), specs()[e.spec].Rule.RuleOut, verdictWords(r.Verdict))
	}
	return id
}

func (d *drill) close(in string) {
	d.act("p-red-team", app.CloseAssessment(assessment.CloseInput{Assessment: in, Outcome: assessment.Complete}))
}

// assessFirst is the assessment of aster-1 and the determination on it.
func (d *drill) assessFirst() {
	in := d.open("aster-1", []string{"helpful-only", "final"}, assessment.Trigger{
		Kind: string(policy.Discretion), Detail: "The Responsible Scaling Officer asks for it: no model of this lab has been assessed under the policy yet.",
	}, "")
	d.mapThreats(in)
	d.preregister(specKnowledge, specPlanning, specSoftware)
	d.on("2026-01-16T09:00:00Z")
	for _, thr := range inScope() {
		d.elicited(in, thr, expertPrompts())
	}
	for _, e := range firstEvaluations() {
		d.judge(in, e)
	}
	d.opinion(in, "production", "Answers on bench work hold nothing beyond a textbook; the worst errors are frequent and confident.")
	d.opinion(in, "delivery", "Nothing in the answers bears on delivery beyond what any reader knows.")
	d.forecast(in, "CBRN-3", "Tuning and tools of the next six months will not bring aster-1 to half of any line.")
	d.margin(in, "Every bound is less than half of its line, and the best elicitation so far has added a tenth.")
	d.close(in)
	d.on("2026-01-20T09:00:00Z")
	d.decide(decision.ProposeIn{
		Kind: policy.DecideDetermination, Model: "aster-1", Assessment: in,
		Title:          "Is aster-1 below the thresholds?",
		Determinations: ruledOut("All four bottlenecks are far out of its reach.", "It solves one task in nine."),
	})
}

func ruledOut(cbrn, checkpoint string) []decision.Determination {
	return []decision.Determination{
		{Threshold: "CBRN-3", Outcome: decision.RuledOut, Reason: cbrn},
		{Threshold: "AUTO-CKPT", Outcome: decision.RuledOut, Reason: checkpoint},
	}
}

// assess is the assessment of aster-2, with the evaluation that comes out in the
// middle and what it takes to answer it.
func (d *drill) assess() {
	d.on("2026-02-17T09:00:00Z")
	in := d.open("aster-2", []string{"early", "helpful-only", "rc1"}, assessment.Trigger{
		Kind: string(policy.EffectiveComputeRatio), Detail: "6.25 times the effective compute of aster-1",
	}, "2026-03-17")
	d.assessment = in
	d.mapThreats(in)
	d.preregister(specProtocol)
	d.forecast(in, "CBRN-3", "Neither tuning nor tools of the next six months will bring a score to its line.")
	d.forecast(in, "AUTO-CKPT", "The share of tasks solved stays below two in five for six months.")
	d.tell(markAct, "assessment opened: threats mapped, forecasts made, specs registered before any run")
	d.elicited(in, "CBRN-3", assessment.Technique{Technique: "expert_prompting", Use: assessment.NotDone, Reason: "The experts are not free before 24 February."})
	d.elicited(in, "AUTO-CKPT", expertPrompts())
	d.on("2026-02-23T09:00:00Z")
	middle := ""
	for _, e := range secondEvaluations() {
		middle = d.judge(in, e)
	}
	d.margin(in, "The best elicitation so far has added a tenth, and every bound but one is further than that from its line.")
	d.opinion(in, "delivery", "Answers on keeping and delivery are at the level of public summaries.")
	d.refused("p-rso", "rule CBRN-3 out", app.Propose(d.proposal()))
	d.tellRefusal()
	d.answerMiddle(in, middle)
	d.critique(in)
	d.on("2026-03-05T09:00:00Z")
	d.close(in)
}

// answerMiddle runs the larger test under a spec of its own, and answers the
// first one in writing; that one stays in the file.
func (d *drill) answerMiddle(in, middle string) {
	d.on("2026-02-25T09:00:00Z")
	d.preregister(specProtocol2)
	d.elicited(in, "CBRN-3", expertPrompts())
	d.on("2026-02-27T09:00:00Z")
	d.judge(in, longEvaluation())
	d.refused("p-rso", "rule CBRN-3 out, the first test being unanswered", app.Propose(d.proposal()))
	d.act("p-red-team", app.AnswerFinding(assessment.AnswerInput{Answered: assessment.Answered{
		Finding: middle,
		Answer:  "Sixty items were too few to tell a fifth from the line of three tenths. A test of 150 new items, registered beforehand and with prompts by experts, has its bound below the line with room to spare.",
	}}))
	d.tell(markAct, "the finding in the middle is answered in writing and stays in the file")
}

// critique is what others say about the assessment, and the answers.
func (d *drill) critique(in string) {
	about := entry.Ref{Kind: "assessment", ID: in}
	d.on("2026-03-03T09:00:00Z")
	done := d.act("p-stress-test", app.SubmitReview(review.Submission{
		About: about, Kind: review.Critique, Side: review.Internal, Role: "alignment", Blocking: true,
		Text: "The margin is argued from past gains of elicitation only. Say what six months of tuning would add, and whether the bounds survive it.",
	}))
	d.margin(in, "Tuning on the nearest public data raised the long protocol test by four points in a trial; with that and the tenth that elicitation added, every bound stays below its line.")
	d.act("p-rso", app.AnswerReview(review.Answering{
		Review: done.ID("review", 0), Outcome: review.Accepted, Text: "Done: the margin now includes a trial of tuning.",
	}))
	feedback := d.act("p-expert", app.SubmitReview(review.Submission{
		About: about, Kind: review.Feedback, Side: review.External, Role: "expert",
		Text: "The list of bottlenecks is the one that I would use. I have not seen the items and cannot vouch for the result.",
	}))
	d.act("p-rso", app.AnswerReview(review.Answering{Review: feedback.ID("review", 0), Outcome: review.Noted, Text: "Thank you; the limits are noted in the file."}))
	d.tell(markAct, "stress testing disputes the margin and is answered; an expert comments (%s)", review.NotAnEndorsement)
}

// proposal is the determination on aster-2, asked for as often as it takes.
func (d *drill) proposal() decision.ProposeIn {
	return decision.ProposeIn{
		Kind: policy.DecideDetermination, Model: "aster-2", Assessment: d.assessment, HighStakes: true,
		Title: "Is aster-2 below the thresholds?",
		Determinations: ruledOut("Knowledge, acquisition and production are shown to be out of reach by tests, delivery by an expert.",
			"It solves 10 of 46 tasks, of which one ended in an error."),
		Alternatives: "Treat CBRN-3 as crossed and bring ASL-3 into force first: half a year, and not required by what was found.",
	}
}
