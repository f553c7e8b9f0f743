// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/chart"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// assessmentRoutes are the pages of assessments and their findings.
func assessmentRoutes() []route {
	return []route{
		{"GET", "/assessments", assessmentsPage},
		{"GET", "/assessments/{id}", assessmentPage},
		{"POST", "/assessments/{id}/answer", answerFinding},
		{"POST", "/assessments/{id}/run", importAndJudge},
		{"POST", "/assessments/{id}/judge", judgeEvidence},
	}
}

func assessmentHref(id string) string { return "/assessments/" + url.PathEscape(id) }

func findingHref(f assessment.Finding) string { return assessmentHref(f.Assessment) + "#" + f.ID }

func assessmentsPage(r *request) (answer, error) {
	l := list{
		caption: "Assessments",
		columns: []column{{id: "id", title: "Assessment"}, {id: "model", title: "Model"}, {id: "kind", title: "Kind"}, {id: "status", title: "Status"},
			{id: "opened", title: "Opened"}, {id: "target", title: "To be done by"}, {id: "thresholds", title: "Thresholds"}},
		empty: "No assessment was opened yet. A page of a model says when the next is due; open one with: holdpoint assessment open MODEL.",
	}
	for _, a := range slices.Backward(r.moment.View.State.Assessment.Assessments("")) {
		l.rows = append(l.rows, row{cells: []cell{
			link(a.ID, assessmentHref(a.ID)).by(a.Seq),
			link(a.Model, "/models/"+url.PathEscape(a.Model)),
			text(words(string(a.Kind))),
			marked(markOfAssessment(a), outcomeWords(a)),
			text(string(a.Day)).proved(a.Seq),
			text(a.Target),
			text(strings.Join(a.Thresholds, ", ")),
		}})
	}
	l = l.shown(r)
	if a, ok := l.taken(); ok {
		return a, nil
	}
	return answer{title: "Assessments", question: "What is being tested, against which lines, and what came of it?", here: "/assessments", body: assessmentsBody(r, l), wide: true}, nil
}

func markOfAssessment(a assessment.Assessment) mark {
	switch {
	case a.Open():
		return open
	case a.Done():
		return done
	}
	return ended
}

func outcomeWords(a assessment.Assessment) string {
	if a.Open() {
		return ""
	}
	switch a.Outcome {
	case assessment.Complete:
		return "complete"
	case assessment.AsPublished:
		return "as published"
	case assessment.Below:
		return "not notably more capable"
	}
	return words(string(a.Outcome))
}

// assessmentView is one assessment as its page shows it.
type assessmentView struct {
	assessment.Assessment
	thresholds []thresholdView
	specs      []assessment.Spec
	// typed are the fields of the form that went wrong, and wrong says how.
	typed map[string]string
	wrong problem
}

// thresholdView is what an assessment says of one threshold.
type thresholdView struct {
	id, title, statement string
	policy               string
	coverage             assessment.Coverage
	specs                list
	findings             list
	shown                []findingView
	forecasts            []assessment.Forecast
	arguments            []assessment.Argument
	plot                 string
}

// findingView is a finding or a written judgement with its spec.
type findingView struct {
	assessment.Finding
	rule       threshold.Spec
	evaluation string
	unanswered string
	stale      string
}

func assessmentPage(r *request) (answer, error) {
	return showAssessment(r, nil, problem{})
}

// showAssessment shows an assessment, after a form that went wrong with what was
// typed in it.
func showAssessment(r *request, typed map[string]string, wrong problem) (answer, error) {
	w := r.moment.View.State
	a, ok := w.Assessment.Assessment(r.PathValue("id"))
	if !ok {
		return answer{}, fault.NotFoundf("there is no assessment %q", r.PathValue("id")).Hinted("look at the list of assessments")
	}
	see, err := w.AssessmentSee(r.moment.Now)
	if err != nil {
		return answer{}, err
	}
	v := assessmentView{Assessment: a, typed: typed, wrong: wrong}
	for i, id := range a.Thresholds {
		one := r.threshold(a, id, i, see)
		v.thresholds = append(v.thresholds, one)
		for _, sp := range w.Assessment.Specs(id) {
			if sp.Assessment == "" || sp.Assessment == a.ID {
				v.specs = append(v.specs, sp)
			}
		}
		for _, l := range []list{one.specs, one.findings} {
			if file, ok := l.taken(); ok {
				return file, nil
			}
		}
	}
	out := answer{
		title: "Assessment of " + a.Model, question: "Does everything recorded here support that the model is below each threshold?",
		here: "/assessments", body: assessmentBody(r, v), wide: true,
	}
	if wrong.what != "" {
		out.status = statusOf(fault.Invalid)
	}
	return out, nil
}

func (r *request) threshold(a assessment.Assessment, id string, i int, see assessment.See) thresholdView {
	w := r.moment.View.State.Assessment
	one := thresholdView{id: id, title: id, policy: see.Policy.Ref(), coverage: w.Coverage(a.Model, id, see), forecasts: w.Forecasts(a.Model, id)}
	if t, ok := see.Policy.Threshold(id); ok {
		one.title, one.statement = t.Title, t.Statement
	}
	for _, part := range parts(see.Policy, id) {
		if arg, ok := w.Argument(a.Model, id, part); ok {
			one.arguments = append(one.arguments, arg)
		}
	}
	one.specs = specList(r, a, id, i)
	one.findings = list{
		id: fmt.Sprintf("findings%d", i), caption: "Findings on " + id,
		columns: []column{{id: "finding", title: "Finding"}, {id: "evaluation", title: "Evaluation"}, {id: "n", title: "n", number: true}, {id: "k", title: "k", number: true},
			{id: "point", title: "Point", number: true}, {id: "lower", title: "Lower", number: true}, {id: "upper", title: "Upper", number: true},
			{id: "out", title: "Rule out", number: true}, {id: "in", title: "Rule in", number: true}, {id: "zone", title: "Where the bounds lie"}, {id: "margin", title: "Margin", number: true}},
		empty: "Nothing was judged against this threshold in this assessment yet. Add a run below, or judge evidence that is here.",
	}
	open := map[string]string{}
	for _, o := range one.coverage.Unanswered {
		open[o.ID] = o.Reason
	}
	for _, f := range w.Findings(a.Model, id) {
		if f.Assessment != a.ID {
			continue
		}
		fv := findingView{Finding: f, unanswered: open[f.ID]}
		fv.stale, _ = see.Stale(f)
		if f.Found != nil {
			for _, sp := range w.SpecVersions(f.Found.Spec) {
				if sp.Version == f.Found.Version {
					fv.rule, fv.evaluation = sp.Rule, sp.Evaluation
				}
			}
			one.findings.rows = append(one.findings.rows, fv.row())
		}
		one.shown = append(one.shown, fv)
	}
	one.plot = plotOf(a.Model, id, one.shown)
	one.findings = one.findings.shown(r)
	return one
}

// maxPlotted is how many findings a plot shows; the table beside it has all.
const maxPlotted = 24

// plotOf draws the findings that have a figure and stand.
func plotOf(model, id string, all []findingView) string {
	p := chart.IntervalPlot{Title: "Findings on " + id + " of " + model, Description: "Each estimate with its one-sided bounds beside the lines of its spec; the same numbers stand in the table."}
	for _, f := range all {
		if f.Found == nil || f.IsWithdrawn() || f.Found.Result.Estimate == "" || len(p.Rows) == maxPlotted {
			continue
		}
		res := f.Found.Result
		said := figureOr(res.Estimate, "") + " (" + figureOr(res.Lower, "?") + " to " + figureOr(res.Upper, "?") + ")"
		if res.Successes != "" && res.N > 0 {
			said = rounded(string(res.Successes)) + " of " + strconv.Itoa(res.N) + ", " + said
		}
		p.Rows = append(p.Rows, chart.IntervalRow{
			Name: f.evaluation, Point: string(res.Estimate), Lower: string(res.Lower), Upper: string(res.Upper),
			RuleOut: string(f.rule.RuleOut), RuleIn: string(f.rule.RuleIn), Text: said,
		})
	}
	if len(p.Rows) == 0 {
		return ""
	}
	return chart.Intervals(p)
}

// parts are the arguments that the policy asks for, on thresholds of that kind.
func parts(p policy.Pack, id string) []policy.Content {
	t, ok := p.Threshold(id)
	if !ok {
		return nil
	}
	var all []policy.Content
	for _, req := range p.AssessmentFor(t.Kind) {
		for _, part := range req.Contents {
			if !slices.Contains(all, part) {
				all = append(all, part)
			}
		}
	}
	return all
}

func specList(r *request, a assessment.Assessment, id string, i int) list {
	l := list{
		id: fmt.Sprintf("specs%d", i), caption: "Specs for " + id,
		columns: []column{{id: "spec", title: "Spec"}, {id: "evaluation", title: "Evaluation"}, {id: "version", title: "Version", number: true}, {id: "registered", title: "Registered"},
			{id: "lines", title: "Lines"}, {id: "planned", title: "Planned", number: true}, {id: "notes", title: "What to know"}},
		empty: "No spec is registered, so nothing can be judged: say first how a result will be read, with holdpoint assessment preregister.",
	}
	for _, sp := range r.moment.View.State.Assessment.Specs(id) {
		if sp.Assessment == "" || sp.Assessment == a.ID {
			l.rows = append(l.rows, specRow(sp))
		}
	}
	return l.shown(r)
}

func specRow(sp assessment.Spec) row {
	when := "here, " + instant(sp.At)
	switch sp.Registered {
	case assessment.RegisteredPublished:
		when = "beforehand, says a source"
	case assessment.RegistrationUnsaid:
		when = "not published when"
	}
	planned := cell{text: "not said"}
	if sp.Rule.PlannedItems > 0 {
		planned = counted(sp.Rule.PlannedItems)
	}
	return row{cells: []cell{
		text(sp.ID), text(sp.Evaluation), counted(sp.Version), text(when).by(sp.At).proved(sp.Seq), text(linesOf(sp.Rule)), planned, text(strings.Join(specNotes(sp), "; ")),
	}}
}

// linesOf says the lines of a spec and its safe side.
func linesOf(s threshold.Spec) string {
	var all []string
	if s.RuleOut != "" {
		all = append(all, "ruled out "+string(s.Direction)+" "+string(s.RuleOut))
	}
	if s.RuleIn != "" {
		all = append(all, "ruled in at "+string(s.RuleIn))
	}
	if len(all) == 0 {
		return "none: context only"
	}
	return strings.Join(all, ", ")
}

func specNotes(sp assessment.Spec) []string {
	var all []string
	if sp.LoadBearing {
		all = append(all, "the conclusion rests on it")
	}
	if sp.Rule.Placeholder {
		all = append(all, "a placeholder, which never rules out")
	}
	if sp.Rule.LowerBoundOnly {
		all = append(all, "still rises with budget, so it never rules out")
	}
	if sp.Lifecycle != assessment.Active {
		all = append(all, words(string(sp.Lifecycle)))
	}
	if sp.Change != "" {
		all = append(all, "changed: "+sp.Change)
	}
	return all
}

func (f findingView) row() row {
	d := f.Found
	res := d.Result
	note := ""
	if f.IsWithdrawn() {
		note = "withdrawn"
	}
	if d.Old != nil {
		note = strings.TrimSpace(note + fmt.Sprintf(" under version %d it was: %s", d.Old.Version, words(string(d.Old.Result.Verdict))))
	}
	n := text("not published")
	if res.N > 0 {
		n = counted(res.N)
	}
	return row{cells: []cell{
		link(f.ID, findingHref(f.Finding)).by(f.Seq), text(f.evaluation), n,
		text(figureOr(res.Successes, "–")), text(figureOr(res.Estimate, "–")), text(figureOr(res.Lower, "–")), text(figureOr(res.Upper, "–")),
		text(figureOr(f.rule.RuleOut, "–")), text(figureOr(f.rule.RuleIn, "–")),
		marked(markOfVerdict(res.Verdict), zoneWords(res.Zone)).noted(note), text(figureOr(res.Margin, "–")),
	}}
}

// warnings are those of the result and of the finding, each once.
func (f findingView) warnings() []string {
	var all []string
	for _, w := range append(slices.Clone(f.Found.Result.Warnings), f.Found.Warnings...) {
		if t := rounded(w.Text); !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	return all
}

// answerable tells whether somebody should answer it in writing.
func (f findingView) answerable() bool { return f.unanswered != "" && !f.IsWithdrawn() }

func answerFinding(r *request) (answer, error) {
	in := assessment.AnswerInput{Answered: assessment.Answered{
		Finding: r.PostFormValue("finding"), Answer: strings.TrimSpace(r.PostFormValue("answer")), ReliedOn: strings.TrimSpace(r.PostFormValue("relied_on")),
	}}
	if _, err := r.do(app.AnswerFinding(in)); err != nil {
		return answer{}, err
	}
	return answer{to: assessmentHref(r.PathValue("id")) + "#" + in.Finding}, nil
}

// judgeEvidence judges a run or result that is here already.
func judgeEvidence(r *request) (answer, error) {
	in := assessment.JudgeInput{Assessment: r.PathValue("id"), Spec: r.PostFormValue("spec"), Evidence: strings.TrimSpace(r.PostFormValue("evidence"))}
	who, err := r.who()
	if err != nil {
		return answer{}, err
	}
	done, err := r.site.App.Judge(r.Context(), who, in)
	if err != nil {
		return answer{}, err
	}
	return answer{to: assessmentHref(in.Assessment) + "#" + done.ID("finding", 0)}, nil
}

func specWords(sp assessment.Spec) string {
	return sp.ID + " version " + strconv.Itoa(sp.Version) + " on " + sp.Threshold + ": " + sp.Evaluation + ", " + linesOf(sp.Rule)
}

// facts are those of the whole assessment.
func (v assessmentView) facts() []fact {
	all := []fact{
		{"Assessment", text(v.ID).proved(v.Seq)},
		{"Model", link(v.Model, "/models/"+url.PathEscape(v.Model))},
		{"Kind", text(words(string(v.Kind)))},
		{"Opened", text(string(v.Day) + ", " + strings.TrimSpace(words(v.Trigger.Kind)+" "+v.Trigger.Detail))},
		{"Under", link(v.Policy, "/policy")},
		{"Status", marked(markOfAssessment(v.Assessment), outcomeWords(v.Assessment))},
	}
	if v.Target != "" {
		all = append(all, fact{"To be done by", text(v.Target)})
	}
	if len(v.Snapshots) > 0 {
		all = append(all, fact{"Snapshots", text(strings.Join(v.Snapshots, ", "))})
	}
	for _, m := range v.Missing {
		all = append(all, fact{"Missing for " + m.Threshold, text(strings.Join(m.Parts, ", "))})
	}
	return all
}

// judgeable lists the newest evidence about a model that nothing corrected.
func (r *request) judgeable(modelID string) []someone {
	w := r.moment.View.State.Evidence
	found := w.For(modelID)
	var all []someone
	for _, run := range slices.Backward(found.Runs) {
		all = append(all, someone{run.ID, run.ID + ": " + run.Run.Task + " " + run.Snapshot})
	}
	for _, res := range slices.Backward(found.Results) {
		all = append(all, someone{res.ID, res.ID + ": " + res.Evaluation})
	}
	all = slices.DeleteFunc(all, func(e someone) bool { _, gone := w.Restated(e.id); return gone })
	return all[:min(len(all), perPage)]
}
