// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/chart"
)

// exceptionRoutes is the page of what stands for a while.
func exceptionRoutes() []route { return []route{{"GET", "/exceptions", exceptionsPage}} }

type exceptionsShown struct {
	all, points, unenforced list
	plot                    string
}

func exceptionsPage(r *request) (answer, error) {
	all := app.Exceptions(r.moment)
	s := exceptionsShown{all: r.exceptions(all), points: r.points(), unenforced: r.unenforced()}
	for _, l := range []list{s.all, s.points, s.unenforced} {
		if a, ok := l.taken(); ok {
			return a, nil
		}
	}
	if len(all) > 0 {
		p := chart.TimelinePlot{Title: "What stands by way of exception, by when it ends", Description: "The same dates stand in the table below.", Now: r.moment.Now}
		for _, x := range all[:min(len(all), shownRows)] {
			p.Spans = append(p.Spans, chart.Span{Name: x.ID, Start: x.Since, End: x.Ends, Text: words(string(x.Kind)) + ", " + endsWords(x, r.moment.Now)})
		}
		s.plot = chart.Timeline(p)
	}
	return answer{title: "Exceptions", question: "What is not as the policy has it by itself, and when does it end?", here: "/exceptions", body: exceptionsBody(r, s), wide: true}, nil
}

func endsWords(x app.Exception, now int64) string {
	if x.Ends == 0 {
		return "until it is lifted"
	}
	return "until " + instant(x.Ends) + " (" + until(x.Ends, now) + ")"
}

func (r *request) exceptions(all []app.Exception) list {
	l := list{caption: "Everything that stands by way of exception", empty: "Nothing stands by way of exception: no waiver, interim measure, baseline, leave to observe, acting office or hold.",
		columns: []column{{id: "ends", title: "Ends"}, {id: "kind", title: "What"}, {id: "id", title: "Id"}, {id: "about", title: "About"}, {id: "owner", title: "Answers for it"}, {id: "clause", title: "Clause"}}}
	for _, x := range all {
		ends := cell{text: endsWords(x, r.moment.Now), sort: number(x.Ends)}
		if x.Ends == 0 {
			ends.sort = number(1 << 60)
		}
		id := text(x.ID)
		switch {
		case x.Kind == app.Stopped:
			id.href = "/holds/" + x.ID
		case strings.HasPrefix(x.ID, "decision-"):
			id.href = "/decisions/" + x.ID
		}
		l.rows = append(l.rows, row{cells: []cell{ends, text(words(string(x.Kind))), id, text(x.About), text(orText(x.Owner, "nobody is named")), text(x.Clause)}})
	}
	return l.shown(r)
}

func (r *request) points() list {
	w := r.moment.View.State
	l := list{id: "points", caption: "Enforcement points", empty: "No enforcement point is registered: nothing is known to ask before something runs. Register one with: holdpoint enforcement register",
		columns: []column{{id: "point", title: "Point"}, {id: "before", title: "Stands before"}, {id: "owner", title: "Answers for it"}, {id: "heard", title: "Last heard"}, {id: "state", title: "State"}}}
	for _, p := range w.Enforcement.Points() {
		l.rows = append(l.rows, row{cells: []cell{
			text(p.Point).proved(p.Seq), text(words(strings.Join(p.Actions, ", "))).noted(words(p.Environment)), text(p.Owner), {text: instant(p.Heard.At), sort: number(p.Heard.At)},
			text(p.Words(w.PointStatus(p, r.moment.Now))),
		}})
	}
	return l.shown(r)
}

func (r *request) unenforced() list {
	l := list{id: "unenforced", caption: "Live without enforcement", empty: "Everything that is live stands behind a point that is known to hold.",
		columns: []column{{id: "model", title: "Model"}, {id: "where", title: "Where"}, {id: "why", title: "Why"}}}
	for _, u := range r.moment.View.State.Unguarded(r.moment.Now) {
		l.rows = append(l.rows, row{cells: []cell{link(u.Model, modelHref(u.Model)), text(words(u.Environment)).noted(words(u.Action)), text(u.Why).proved(u.Seq)}})
	}
	return l.shown(r)
}
