// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/gate"
)

// standing is the first page: what is live and held, and then which models may do
// what now, at what grade, and what holds the rest.
type standing struct {
	live []liveHeld
	// held are the models with an action that is held, clear those with none.
	models []modelStanding
	counts standingCounts
	table  list
	told   bool
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
	s := standing{told: r.site.Kind == Record}
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
	for _, m := range w.Model.Models() {
		one := modelStanding{model: m.Model, title: m.Model}
		if ok {
			for _, action := range p.Pack.Actions {
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
