// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/chart"
	"github.com/holdpoint/holdpoint/internal/demo"
)

// toldRecord keeps the record's story for the size of the journal that it was
// told of: nobody acts in the record, so that it is told once.
type toldRecord struct {
	mu    sync.Mutex
	size  int64
	story demo.RecordStory
}

// story tells where the record stands.
func (s *Site) story(ctx context.Context, size int64) (demo.RecordStory, error) {
	s.told.mu.Lock()
	defer s.told.mu.Unlock()
	if s.told.size == size {
		return s.told.story, nil
	}
	story, err := demo.Record(ctx, s.App)
	if err == nil {
		s.told.size, s.told.story = size, story
	}
	return story, err
}

// notAsked are the actions that the record does not speak about: what they hang
// on is not published. They are never shown as clear, nor as held.
var notAsked = []string{"partner_deploy", "fine_tuning_access", "open_weights"}

// asks tells whether the site answers for an action.
func (s *Site) asks(action string) bool {
	return s.Kind != Record || !slices.Contains(notAsked, action)
}

// notAskedWhy says why.
const notAskedWhy = "what the answer hangs on, contracts and third parties, is not in these documents"

// recordModel is what the record says of one model: what was published, and what
// the published figures alone support.
type recordModel struct {
	model    string
	sentence string
	rows     []demo.RecordRow
	reasons  []string
	limits   []string
	missing  []string
	carried  []demo.CarriedRow
}

// recordModels gathers a story by model, the newest first.
func recordModels(s demo.RecordStory) []recordModel {
	var all []recordModel
	for _, row := range s.Standing {
		i := slices.IndexFunc(all, func(m recordModel) bool { return m.model == row.Model })
		if i < 0 {
			i = len(all)
			all = append(all, recordModel{
				model: row.Model, sentence: publishedSentence(row), reasons: row.FiguresOnly.Summary,
				limits: row.Conditions, missing: row.NotPublished, carried: row.Carried,
			})
		}
		all[i].rows = append(all[i].rows, row)
	}
	return all
}

// publishedSentence says of what was published, and of what the figures alone
// support, what each is.
func publishedSentence(row demo.RecordRow) string {
	var under []string
	for _, r := range row.Requires {
		if standard, _, _ := strings.Cut(r, " "); !slices.Contains(under, standard) {
			under = append(under, standard)
		}
	}
	published := "Published: not cleared."
	if row.Verdict == "clear" {
		published = "Published: cleared under " + strings.Join(under, " and ") + "."
	}
	switch {
	case row.FiguresOnly.Verdict == "clear":
		return published + " From the published figures alone our rules come to the same."
	case row.FiguresOnly.Status == "cannot_tell":
		return published + " From the published figures alone our rules cannot tell, for these reasons."
	}
	return published + " From the published figures alone our rules do not show it, for these reasons."
}

// recordStanding is the first page of the record.
type recordStanding struct {
	demo.RecordStory
	models []recordModel
	lists  recordLists
	plot   string
}

type recordLists struct{ agree, differ, stricter, history, context list }

func recordPage(r *request) (answer, error) {
	story, err := r.site.story(r.Context(), r.moment.View.Size)
	if err != nil {
		return answer{}, err
	}
	s := recordStanding{RecordStory: story, models: recordModels(story)}
	var cannot, stricter []demo.RecordReading
	for _, d := range story.Differences {
		if d.Kind == demo.Stricter {
			stricter = append(stricter, d)
		} else {
			cannot = append(cannot, d)
		}
	}
	s.lists = recordLists{
		agree:    r.readings("agree", "Where we agree", story.Agreements),
		differ:   r.readings("cannot", "Where we cannot tell", cannot),
		stricter: r.readings("stricter", "Where our rules are stricter (house)", stricter),
		context:  r.readings("context", "Figures without a line, or without a published reading", story.Context),
		history:  recordHistory(story.History).shown(r),
	}
	for _, l := range []list{s.lists.agree, s.lists.differ, s.lists.stricter, s.lists.context, s.lists.history} {
		if a, ok := l.taken(); ok {
			return a, nil
		}
	}
	s.plot = r.plotOf(append(slices.Clone(story.Agreements), story.Differences...))
	return answer{title: "Standing", question: "What was published, and what can be told from the published figures alone?", here: "/", body: recordBody(r, s), wide: true}, nil
}

// readings lists published readings beside ours.
func (r *request) readings(id, caption string, all []demo.RecordReading) list {
	l := list{
		id: id, caption: caption, empty: "There is none.",
		columns: []column{{id: "model", title: "Model"}, {id: "evaluation", title: "Evaluation"}, {id: "published", title: "Published"}, {id: "ours", title: "By our rules"}, {id: "why", title: "Why"}},
	}
	for _, d := range all {
		ours := text(d.Ours)
		if f, _, ok := r.findingOf(d); ok {
			ours = ours.proved(f.Seq)
		}
		why := d.Why
		if len(d.Missing) > 0 {
			why += " Not published: " + strings.Join(d.Missing, ", ") + "."
		}
		l.rows = append(l.rows, row{cells: []cell{
			link(d.Model, "/models/"+d.Model), text(words(strings.ReplaceAll(d.Evaluation, "-", " "))).noted(d.Threshold),
			text(orText(d.Published, "no reading published")), ours, text(why).noted(d.Source),
		}})
	}
	return l.shown(r)
}

// findingOf gives the finding and the spec behind a reading, where it was judged
// by a line.
func (r *request) findingOf(d demo.RecordReading) (assessment.Finding, assessment.Spec, bool) {
	w := r.moment.View.State.Assessment
	_, line, _ := strings.Cut(d.ID, "/")
	for _, f := range w.Findings(d.Model, d.Threshold) {
		if f.Found != nil && strings.HasPrefix(f.Found.Spec, line) {
			spec, ok := w.Spec(f.Found.Spec)
			return f, spec, ok
		}
	}
	return assessment.Finding{}, assessment.Spec{}, false
}

// plotOf draws the readings that have an estimate and a line.
func (r *request) plotOf(all []demo.RecordReading) string {
	p := chart.IntervalPlot{
		Title:       "Published figures beside the lines of the policy",
		Description: "One row for each evaluation that has a figure and a line; the same numbers stand in the tables below.",
	}
	for _, d := range all {
		_, spec, ok := r.findingOf(d)
		if !ok || d.Estimate == "" || spec.Rule.RuleOut == "" && spec.Rule.RuleIn == "" || len(p.Rows) >= shownRows {
			continue
		}
		p.Rows = append(p.Rows, chart.IntervalRow{
			Name: strings.TrimPrefix(d.ID, "claude-"), Point: d.Estimate, Lower: d.Lower, Upper: d.Upper,
			RuleOut: string(spec.Rule.RuleOut), RuleIn: string(spec.Rule.RuleIn), Text: intervalText(d.Estimate, d.Lower, d.Upper),
		})
	}
	if len(p.Rows) == 0 {
		return ""
	}
	return chart.Intervals(p)
}

// shownRows is how many rows a drawing has before only the tables have the rest.
const shownRows = 16

func intervalText(point, lower, upper string) string {
	switch {
	case point == "":
		return "no figure is published"
	case lower == "" && upper == "":
		return shortNumber(point) + ", no interval"
	}
	return shortNumber(point) + " (" + orText(shortNumber(lower), "?") + " to " + orText(shortNumber(upper), "?") + ")"
}

// shortNumber keeps three decimal places of a decimal.
func shortNumber(d string) string {
	whole, part, has := strings.Cut(d, ".")
	if !has {
		return whole
	}
	return whole + "." + part[:min(3, len(part))]
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// recordHistory lists the answers at each instant at which something changed,
// the same answers about a model on one line.
func recordHistory(all []demo.HistoryRow) list {
	l := list{
		id: "history", caption: "The answers as published, over time", empty: "There is none.",
		columns: []column{{id: "time", title: "When"}, {id: "model", title: "Model"}, {id: "verdict", title: "Answer"}, {id: "actions", title: "Asked as"}},
	}
	type key struct{ time, model, verdict string }
	at := map[key]int{}
	for _, h := range all {
		k := key{h.Time, h.Model, h.Verdict}
		i, ok := at[k]
		if !ok {
			m := held
			if h.Verdict == "clear" {
				m = clear_
			}
			i = len(l.rows)
			at[k] = i
			l.rows = append(l.rows, row{cells: []cell{{text: h.Time[:10], sort: h.Time}, link(h.Model, "/models/"+h.Model), marked(m, ""), text(words(h.Action))}})
			continue
		}
		l.rows[i].cells[3].text += ", " + words(h.Action)
	}
	return l
}
