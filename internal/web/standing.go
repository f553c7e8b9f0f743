// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/model"
)

// standing is the first page: what is live and held, and then which models may do
// what now, at what grade, and what holds the rest.
type standing struct {
	live []liveHeld
	// held are the models with an action that is held, clear those with none.
	models []modelStanding
	counts standingCounts
	table  list
	// pages are the parts into which many models are cut: only the models of one
	// are asked about. all counts the models.
	pages []modelsPage
	all   int
}

type standingCounts struct{ clear, held, live int }

type liveHeld struct {
	app.LiveHeld
	because []string
	owner   string
}

// modelStanding says of one model in a sentence what is held, and why.
type modelStanding struct {
	model, title string
	held, clear  []string
	because      []string
	entries      []int64
}

func standingPage(r *request) (answer, error) {
	if r.site.Kind == Record && r.URL.Query().Get("at") == "" {
		return recordPage(r)
	}
	s := standing{}
	w := r.moment.View.State
	for _, l := range r.site.App.LiveHeld(r.moment) {
		s.live = append(s.live, liveHeld{l, reasons(l.Verdict), r.named(l.Owner)})
	}
	s.counts.live = len(s.live)
	s.table = list{
		caption: "Every model and action",
		columns: []column{{id: "model", title: "Model"}, {id: "action", title: "Action"}, {id: "verdict", title: "Answer"}, {id: "grade", title: "How well known"}, {id: "because", title: "Because"}},
		empty:   "No model is registered yet. Register one with: holdpoint model register, or on the page Models.",
	}
	p, ok := w.Policy.InForce(r.moment.Now)
	all := w.Model.Models()
	s.all = len(all)
	if as := r.URL.Query().Get("as"); as == "" {
		all, s.pages = pagedModels(all, s.live, r.URL.Query().Get("models"))
	}
	for _, m := range all {
		one := modelStanding{model: m.Model, title: m.Model}
		if ok {
			for _, action := range p.Pack.Actions {
				if !r.site.asks(action.ID) {
					continue
				}
				v := r.site.App.Verdict(r.moment, gate.Ask{Model: m.Model, Action: action.ID})
				s.add(&one, v)
			}
		}
		s.models = append(s.models, one)
	}
	slices.SortStableFunc(s.models, func(a, b modelStanding) int { return len(b.held) - len(a.held) })
	l := s.table.shown(r)
	if a, ok := l.taken(); ok {
		return a, nil
	}
	s.table = l
	return answer{title: "Standing", question: "Which models may do what now, and what holds the rest?", here: "/", body: standingBody(r, s), wide: true}, nil
}

func (s *standing) add(one *modelStanding, v gate.Verdict) {
	why := reasons(v)
	r := row{cells: []cell{
		link(one.model, "/models/"+url.PathEscape(one.model)),
		link(words(v.Ask.Action), gateHref(v.Ask)),
		marked(markOfOutcome(v.Outcome), ""),
		text(v.Grade.String()),
		text(firstOf(why)),
	}}
	if v.Outcome == gate.Clear {
		s.counts.clear++
		one.clear = append(one.clear, words(v.Ask.Action))
	} else {
		s.counts.held++
		one.held = append(one.held, words(v.Ask.Action))
		for _, x := range why {
			if !slices.Contains(one.because, x) {
				one.because = append(one.because, x)
			}
		}
		for _, h := range v.HeldBecause() {
			for _, e := range h.Entries {
				if !slices.Contains(one.entries, e) {
					one.entries = append(one.entries, e)
				}
			}
		}
	}
	s.table.rows = append(s.table.rows, r)
}

// reasons lists in plain words what holds, each once.
func reasons(v gate.Verdict) []string {
	var all []string
	for _, r := range v.HeldBecause() {
		if why := plainly(r.Reason); !slices.Contains(all, why) {
			all = append(all, why)
		}
	}
	return all
}

// plainly leaves out of a reason what only a machine needs.
func plainly(reason string) string {
	reason = strings.ReplaceAll(reason, " (not approved)", "")
	return strings.ReplaceAll(reason, " (standard_undefined)", "")
}

func firstOf(why []string) string {
	switch len(why) {
	case 0:
		return ""
	case 1:
		return why[0]
	}
	return fmt.Sprintf("%s (and %d more)", why[0], len(why)-1)
}

// words writes an identifier as words.
func words(id string) string { return strings.ReplaceAll(id, "_", " ") }

// gateHref is the page of one answer of the gate.
func gateHref(a gate.Ask) string {
	return "/gate/" + url.PathEscape(a.Model) + "/" + url.PathEscape(a.Action)
}

// How much the cards of the page show before the table has the rest.
const (
	shownModels  = 12
	shownReasons = 3
)

func firstModels(all []modelStanding) []modelStanding { return all[:min(len(all), shownModels)] }
func firstReasons(all []string) []string              { return all[:min(len(all), shownReasons)] }

// modelsPage is a part of many models.
type modelsPage struct {
	number int
	here   bool
}

// modelsAtOnce is how many models are asked about for one page: an answer of the
// gate takes about a tenth of a millisecond, and there are several a model.
const modelsAtOnce = 24

// pagedModels cuts many models into parts: what is live while held first, then
// the newest. Nothing is kept between requests, so that no answer is ever old.
func pagedModels(all []model.Model, live []liveHeld, asked string) ([]model.Model, []modelsPage) {
	if len(all) <= modelsAtOnce {
		return all, nil
	}
	first := map[string]bool{}
	for _, l := range live {
		first[l.Model] = true
	}
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b model.Model) int {
		if first[a.Model] != first[b.Model] {
			if first[a.Model] {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.Seq, a.Seq)
	})
	last := (len(all) + modelsAtOnce - 1) / modelsAtOnce
	n, _ := strconv.Atoi(asked)
	n = min(max(n, 1), last)
	var pages []modelsPage
	for i := 1; i <= last; i++ {
		if i == 1 || i == last || i >= n-2 && i <= n+2 {
			pages = append(pages, modelsPage{i, i == n})
		}
	}
	return all[(n-1)*modelsAtOnce : min(n*modelsAtOnce, len(all))], pages
}
