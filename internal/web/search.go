// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"strconv"
	"strings"
)

// searchRoutes finds things by their names.
func searchRoutes() []route { return []route{{"GET", "/search", searchPage}} }

// hit is one thing that was found, hitGroup those of a kind. more counts what is
// not shown.
type hit struct{ name, about, href string }
type hitGroup struct {
	title string
	hits  []hit
	more  int
}

// hitsAtMost is how many things of a kind are shown.
const hitsAtMost = 20

// finder looks for all the words of a query.
type finder struct {
	words  []string
	groups []hitGroup
}

func searchPage(r *request) (answer, error) {
	q := strings.TrimSpace(r.URL.Query().Get("q"))
	f := &finder{words: strings.Fields(strings.ToLower(q))}
	if q != "" {
		r.findEntry(f, q)
		r.findModels(f)
		r.findDecisions(f)
		r.findFindings(f)
		r.findPeople(f)
		r.findClauses(f)
	}
	question := "Looked for “" + q + "”."
	if q == "" {
		question = "What are you looking for?"
	}
	return answer{title: "Search", question: question, body: searchBody(r, f.groups, q)}, nil
}

// add takes a thing into a group if every word is in it.
func (f *finder) add(title, name, about, href string, also ...string) {
	text := strings.ToLower(name + " " + about + " " + strings.Join(also, " "))
	for _, w := range f.words {
		if !strings.Contains(text, w) {
			return
		}
	}
	f.put(title, hit{name, about, href})
}

func (f *finder) put(title string, h hit) {
	if len(f.groups) == 0 || f.groups[len(f.groups)-1].title != title {
		f.groups = append(f.groups, hitGroup{title: title})
	}
	g := &f.groups[len(f.groups)-1]
	if len(g.hits) >= hitsAtMost {
		g.more++
		return
	}
	g.hits = append(g.hits, h)
}

func (r *request) findEntry(f *finder, q string) {
	if seq, err := strconv.ParseInt(q, 10, 64); err == nil && seq >= 0 && seq < r.moment.View.Size {
		f.put("Journal", hit{"Entry " + q, "", "/journal/" + q})
	}
}

func (r *request) findModels(f *finder) {
	w := r.moment.View.State.Model
	for _, m := range w.Models() {
		var digests []string
		for _, s := range w.Snapshots(m.Model) {
			digests = append(digests, s.Snapshot, s.Weights)
		}
		f.add("Models", m.Model, orText(m.Title, m.Family), modelHref(m.Model), digests...)
	}
	for _, m := range w.Models() {
		for _, a := range r.moment.View.State.Assessment.Assessments(m.Model) {
			f.add("Assessments", a.ID, m.Model, "/assessments/"+a.ID, a.Thresholds...)
		}
	}
}

func (r *request) findDecisions(f *finder) {
	for d := range r.moment.View.State.Decision.Each() {
		f.add("Decisions", d.File.ID, d.File.Title, "/decisions/"+d.File.ID, d.Digest, d.File.Model)
	}
}

func (r *request) findFindings(f *finder) {
	for _, x := range r.moment.View.State.Finding.All() {
		f.add("Findings", x.ID, x.Told, "/findings/"+x.ID)
	}
	for _, d := range r.moment.View.State.Obligation.All() {
		f.add("Duties", d.ID, d.About(), "/duties")
	}
}

func (r *request) findPeople(f *finder) {
	for _, p := range r.moment.View.State.Access.People() {
		f.add("People", p.ID, r.named(p.ID), "/people/"+p.ID)
	}
}

func (r *request) findClauses(f *finder) {
	p, ok := r.moment.View.State.Policy.InForce(r.moment.Now)
	if !ok {
		return
	}
	for _, c := range p.Pack.Clauses {
		f.add("Policy", c.ID, c.Summary, "/policy#clause-"+c.ID)
	}
}
