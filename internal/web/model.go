// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/url"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/chart"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// modelRoutes are the pages of models.
func modelRoutes() []route {
	return []route{
		{"GET", "/models", modelsPageOf},
		{"GET", "/models/{id}", modelPage},
		{"POST", "/models/{id}/hold", placeHold},
	}
}

func modelsPageOf(r *request) (answer, error) {
	w := r.moment.View.State
	l := list{
		caption: "Models", empty: "No model is registered yet. Register one with: holdpoint model add ID",
		columns: []column{{id: "model", title: "Model"}, {id: "title", title: "What it is"}, {id: "snapshots", title: "Snapshots", number: true}, {id: "live", title: "Live in"}, {id: "grade", title: "How well known"}},
	}
	for _, m := range w.Model.Models() {
		var live []string
		for _, d := range w.Model.Deployments(m.Model) {
			if d.Live {
				live = append(live, words(d.Environment))
			}
		}
		l.rows = append(l.rows, row{cells: []cell{
			link(m.Model, modelHref(m.Model)), text(orText(m.Title, m.Family)), counted(len(w.Model.Snapshots(m.Model))),
			text(orText(strings.Join(live, ", "), "nothing recorded")), text(m.Grade.String()).proved(m.Seq),
		}})
	}
	l = l.shown(r)
	if a, ok := l.taken(); ok {
		return a, nil
	}
	return answer{title: "Models", question: "Which models are there, and where are they live?", here: "/models", body: table(r, l), wide: true}, nil
}

func modelHref(id string) string { return "/models/" + url.PathEscape(id) }

// modelShown is everything about one model.
type modelShown struct {
	model.Model
	verdicts   list
	determined list
	snapshots  list
	compute    list
	lineage    list
	deployed   list
	triggers   list
	margins    list
	clearances list
	plot       string
	holds      []gate.Hold
	actions    []string
	mayHold    bool
}

func modelPage(r *request) (answer, error) {
	w := r.moment.View.State
	m, ok := w.Model.Model(r.PathValue("id"))
	if !ok {
		return answer{}, fault.NotFoundf("there is no model %q", r.PathValue("id")).Hinted("the page Models lists every model; a model that nobody registered is held")
	}
	s := modelShown{Model: m, holds: w.Gate.Standing(m.Model), mayHold: r.hasDuty(policy.PlaceHold)}
	if p, ok := w.Policy.InForce(r.moment.Now); ok {
		for _, a := range p.Pack.Actions {
			if r.site.asks(a.ID) {
				s.actions = append(s.actions, a.ID)
			}
		}
	}
	triggers, err := r.triggersOf(m.Model)
	if err != nil {
		return answer{}, err
	}
	s.triggers = triggers
	s.verdicts, s.determined = r.verdictsOf(m.Model, s.actions), r.determinedOf(m.Model)
	s.snapshots, s.compute, s.lineage, s.deployed = r.snapshotsOf(m.Model), r.computeOf(m.Model), r.lineageOf(m.Model), r.deployedOf(m.Model)
	s.margins, s.plot = r.marginsOf(m.Model)
	s.clearances = r.clearancesOf(func(c gate.Clearance) bool { return c.Ask.Model == m.Model })
	for _, l := range []list{s.verdicts, s.determined, s.snapshots, s.compute, s.lineage, s.deployed, s.triggers, s.margins, s.clearances} {
		if a, ok := l.taken(); ok {
			return a, nil
		}
	}
	return answer{title: m.Model, question: "What may it do now, what was decided about it, and what comes next?", here: "/models", body: modelBody(r, s), wide: true}, nil
}

// askOf is the question about a model and an action: the record shows
// answers as published.
func (r *request) askOf(modelID, action string) gate.Ask {
	ask := gate.Ask{Model: modelID, Action: action}
	if r.site.Kind == Record {
		ask.Floor = grade.Attested
	}
	return ask
}

func (r *request) verdictsOf(id string, actions []string) list {
	l := list{
		id: "gate", caption: "The gate's answer for every action", empty: "No policy is in force, so everything is held. Adopt one on the page Policy.",
		columns: []column{{id: "action", title: "Action"}, {id: "verdict", title: "Answer"}, {id: "grade", title: "How well known"}, {id: "because", title: "Because"}},
	}
	for _, action := range actions {
		v := r.site.App.Verdict(r.moment, r.askOf(id, action))
		l.rows = append(l.rows, row{cells: []cell{
			link(words(action), gateHref(v.Ask)), marked(markOfOutcome(v.Outcome), ""), text(v.Grade.String()), text(firstOf(reasons(v))),
		}})
	}
	return l.shown(r)
}

func (r *request) determinedOf(id string) list {
	w := r.moment.View.State
	l := list{
		id: "determined", caption: "What was determined about each threshold", empty: "The policy in force has no thresholds, or none is in force.",
		columns: []column{{id: "threshold", title: "Threshold"}, {id: "outcome", title: "Determined"}, {id: "by", title: "Decision"}, {id: "when", title: "When"}, {id: "grade", title: "How well known"}},
	}
	p, ok := w.Policy.InForce(r.moment.Now)
	if !ok {
		return l.shown(r)
	}
	for _, t := range p.Pack.Thresholds {
		c := []cell{text(t.ID).noted(t.Title), marked(cannotTell, "").noted("nobody determined it under this id"), text(""), text(""), text("")}
		if d, det, ok := w.Decision.Latest(id, t.ID); ok {
			c[1] = text(det.Outcome.Words()).noted(det.Reason)
			c[2] = link(d.File.ID, "/decisions/"+d.File.ID)
			c[3] = cell{text: day(d.DecidedAt), sort: number(d.DecidedAt)}
			c[4] = text(d.File.Grade.String()).proved(d.EffectSeq)
		}
		l.rows = append(l.rows, row{cells: c})
	}
	return l.shown(r)
}

func (r *request) snapshotsOf(id string) list {
	l := list{id: "snapshots", caption: "Snapshots", empty: "No snapshot is registered. Without one nothing can be cleared: holdpoint model snapshot",
		columns: []column{{id: "snapshot", title: "Snapshot"}, {id: "kind", title: "Kind"}, {id: "safety", title: "Safety mechanisms"}, {id: "digest", title: "Digest of the weights"}}}
	for _, s := range r.moment.View.State.Model.Snapshots(id) {
		l.rows = append(l.rows, row{cells: []cell{text(s.Snapshot).noted(s.TakenOn), text(words(string(s.Kind))), text(words(string(s.Safety))), text(orText(s.Weights, "not published or not known")).proved(s.Seq)}})
	}
	return l.shown(r)
}

func (r *request) computeOf(id string) list {
	l := list{id: "compute", caption: "Effective compute", empty: "No estimate of effective compute is recorded, so a trigger by compute cannot tell.",
		columns: []column{{id: "of", title: "Of"}, {id: "value", title: "Estimate"}, {id: "method", title: "How"}}}
	for _, e := range r.moment.View.State.Model.Estimates(id) {
		value := string(e.Value) + " " + words(string(e.Unit))
		if e.Low != "" {
			value += " (" + string(e.Low) + " to " + string(e.High) + ")"
		}
		if e.Reference != "" {
			value += " of " + e.Reference
		}
		l.rows = append(l.rows, row{cells: []cell{text(orText(e.Snapshot, "the model as a whole")), text(value).proved(e.Seq), text(e.Method)}})
	}
	return l.shown(r)
}

func (r *request) lineageOf(id string) list {
	l := list{id: "lineage", caption: "What it was made from", empty: "It is not recorded as made from another model.",
		columns: []column{{id: "base", title: "Made from"}, {id: "method", title: "By"}, {id: "increase", title: "Suspected to be more capable"}, {id: "reason", title: "Why"}}}
	for _, d := range r.moment.View.State.Model.Derivations(id) {
		l.rows = append(l.rows, row{cells: []cell{link(d.Base, modelHref(d.Base)).noted(d.BaseSnapshot), text(words(string(d.Method))), text(words(string(d.Increase))), text(d.Reason).proved(d.Seq)}})
	}
	return l.shown(r)
}

func (r *request) deployedOf(id string) list {
	l := list{id: "deployed", caption: "Where it is, or was, in use", empty: "No use of it is recorded.",
		columns: []column{{id: "where", title: "Where"}, {id: "state", title: "State"}, {id: "snapshot", title: "Snapshot"}, {id: "audience", title: "For"}}}
	for _, d := range r.moment.View.State.Model.Deployments(id) {
		m := ended
		if d.Live {
			m = open
		}
		state := map[bool]string{true: "live", false: "withdrawn"}[d.Live]
		l.rows = append(l.rows, row{cells: []cell{text(words(d.Environment)).noted(d.Surface), {text: state, mark: m, entries: []int64{d.Seq}}, text(orText(d.Snapshot, "not known which")), text(d.Audience)}})
	}
	return l.shown(r)
}

// triggersOf says which assessment is due, and what fires next.
func (r *request) triggersOf(id string) (list, error) {
	l := list{id: "due", caption: "What makes a new assessment due", empty: "The policy in force has no triggers.",
		columns: []column{{id: "trigger", title: "Trigger"}, {id: "state", title: "State"}, {id: "next", title: "Fires"}, {id: "running", title: "Running"}}}
	if _, ok := r.moment.View.State.Policy.InForce(r.moment.Now); !ok {
		return l.shown(r), nil
	}
	rows, err := app.Due(r.moment, id)
	if err != nil {
		return l, err
	}
	for _, x := range rows {
		state := marked(cannotTell, "")
		switch x.Outcome {
		case model.Fired:
			state = marked(due, "")
		case model.NotFired:
			state = marked(noMark, "not fired")
		}
		next := string(x.On)
		if x.At != "" {
			next = strings.TrimSpace(next + " at an effective compute of " + string(x.At))
		}
		running := text("")
		if x.Running != "" {
			running = link(x.Running, "/assessments/"+x.Running)
		}
		l.rows = append(l.rows, row{cells: []cell{text(x.Trigger).noted(x.Sentence), state.proved(x.Entries...), text(orText(next, "cannot tell")), running}})
	}
	return l.shown(r), nil
}

// marginsOf gives the findings on a model that were judged by a line, with their
// numbers, and a drawing of the same.
func (r *request) marginsOf(id string) (list, string) {
	w := r.moment.View.State.Assessment
	l := list{id: "margins", caption: "How far each result is from its line", empty: "No result was judged by a line yet.",
		columns: []column{{id: "spec", title: "Evaluation"}, {id: "verdict", title: "Reads as"}, {id: "estimate", title: "Estimate and bounds"}, {id: "lines", title: "Lines"}, {id: "margin", title: "Margin", number: true}}}
	plot := chart.IntervalPlot{Title: "Results of " + id + " beside their lines", Description: "The same numbers stand in the table below."}
	for _, a := range w.Assessments(id) {
		for _, t := range a.Thresholds {
			for _, f := range w.Findings(id, t) {
				if f.Found == nil || f.Assessment != a.ID || f.IsWithdrawn() {
					continue
				}
				spec, _ := w.Spec(f.Found.Spec)
				res := f.Found.Result
				lines := strings.TrimSpace("out " + orText(string(spec.Rule.RuleOut), "–") + ", in " + orText(string(spec.Rule.RuleIn), "–"))
				l.rows = append(l.rows, row{cells: []cell{
					link(f.Found.Spec, "/assessments/"+a.ID+"#"+f.ID).noted(t), text(words(string(res.Verdict))),
					text(intervalText(string(res.Estimate), string(res.Lower), string(res.Upper))).proved(f.Seq), text(lines), text(shortNumber(string(res.Margin))),
				}})
				if res.Estimate != "" && len(plot.Rows) < shownRows {
					plot.Rows = append(plot.Rows, chart.IntervalRow{Name: f.Found.Spec, Point: string(res.Estimate), Lower: string(res.Lower), Upper: string(res.Upper),
						RuleOut: string(spec.Rule.RuleOut), RuleIn: string(spec.Rule.RuleIn), Text: intervalText(string(res.Estimate), string(res.Lower), string(res.Upper))})
				}
			}
		}
	}
	if len(plot.Rows) == 0 {
		return l.shown(r), ""
	}
	return l.shown(r), chart.Intervals(plot)
}

func (r *request) clearancesOf(wanted func(gate.Clearance) bool) list {
	l := list{id: "clearances", caption: "Clearances", empty: "No clearance was issued.",
		columns: []column{{id: "id", title: "Clearance"}, {id: "for", title: "For"}, {id: "state", title: "State"}, {id: "until", title: "Until"}}}
	for c := range r.moment.View.State.Gate.EachClearance() {
		if !wanted(c) {
			continue
		}
		state := marked(ended, "expired")
		switch {
		case c.RevokedSeq != 0:
			state = marked(ended, "revoked").noted(c.Reason).proved(c.RevokedSeq)
		case c.Valid(r.moment.Now):
			state = marked(open, "valid")
		}
		l.rows = append(l.rows, row{cells: []cell{
			text(c.ID).proved(c.Seq), link(c.Ask.Model+", "+words(c.Ask.Action), gateHref(c.Ask)).noted(c.Ask.Environment), state, {text: instant(c.Expires), sort: number(c.Expires)},
		}})
	}
	return l.shown(r)
}

// placeHold stops a model at once: one person is enough.
func placeHold(r *request) (answer, error) {
	in := gate.PlaceIn{Model: r.PathValue("id"), Reason: strings.TrimSpace(r.PostFormValue("reason"))}
	if a := r.PostFormValue("action"); a != "" {
		in.Actions = []string{a}
	}
	done, err := r.do(app.PlaceHold(in))
	if err != nil {
		return answer{}, err
	}
	return answer{to: "/holds/" + done.ID("hold", 0)}, nil
}
