// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/url"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

// safeguardRoutes are the pages of standards and their facets.
func safeguardRoutes() []route {
	return []route{
		{"GET", "/safeguards", safeguardsPage},
		{"GET", "/safeguards/{standard}/{facet}", facetPage},
		{"POST", "/safeguards/{standard}/{facet}/evidence", addSafeguardEvidence},
		{"POST", "/safeguards/{standard}/{facet}/failure", recordFailure},
	}
}

func facetHref(standard, facet string) string {
	return "/safeguards/" + url.PathEscape(standard) + "/" + url.PathEscape(facet)
}

func safeguardsPage(r *request) (answer, error) {
	l := list{
		caption: "Standards and their facets",
		columns: []column{{id: "standard", title: "Standard"}, {id: "facet", title: "Facet"}, {id: "standing", title: "Standing"}, {id: "until", title: "Approved until"},
			{id: "criteria", title: "Criteria shown"}, {id: "grade", title: "How well known"}, {id: "why", title: "Why"}},
		empty: "No policy is in force, so no standard has criteria. Adopt one with: holdpoint policy adopt.",
	}
	p, _ := r.moment.View.State.Policy.InForce(r.moment.Now)
	var undefined []policy.Standard
	for _, std := range p.Pack.Standards {
		if !std.Defined {
			undefined = append(undefined, std)
		}
		for _, f := range std.Facets {
			l.rows = append(l.rows, r.facetRow(std, f))
		}
	}
	l = l.shown(r)
	if a, ok := l.taken(); ok {
		return a, nil
	}
	return answer{title: "Safeguards", question: "Which standards are in force, until when, and what shows it?", here: "/safeguards", body: safeguardsBody(r, l, undefined), wide: true}, nil
}

func (r *request) facetRow(std policy.Standard, f policy.Facet) row {
	w := r.moment.View.State.Safeguard
	facet := string(f.Facet)
	st := w.Standing(std.ID, facet, "", "", r.moment.Now)
	criteria := criteriaOf(f)
	until := text("–")
	if st.Status == safeguard.InForce {
		until = text(reapproveWords(st, r.moment.Now))
	}
	missing := len(w.Missing(std.ID, facet, criteria))
	return row{cells: []cell{
		text(std.ID).noted(std.Title), link(words(facet), facetHref(std.ID, facet)),
		marked(markOfStanding(st.Status), standingWords(st.Status)).proved(st.Entries...), until,
		text(plural(len(criteria)-missing, "criterion", "criteria") + " of " + plural(len(criteria), "criterion", "criteria")),
		text(st.Grade.String()), text(st.Reason),
	}}
}

func reapproveWords(st safeguard.Standing, now int64) string {
	if st.ReapproveBy == "" {
		return "no day of re-approval"
	}
	return string(st.ReapproveBy) + " (" + until(st.ReapproveBy.End(), now) + ")"
}

func markOfStanding(s safeguard.Status) mark {
	switch s {
	case safeguard.InForce:
		return met
	case safeguard.Reopened:
		return cannotTell
	case safeguard.Lapsed:
		return late
	}
	return notMet
}

func standingWords(s safeguard.Status) string { return words(string(s)) }

func criteriaOf(f policy.Facet) []safeguard.Criterion {
	var all []safeguard.Criterion
	for _, c := range f.Criteria {
		all = append(all, safeguard.Criterion{ID: c.ID, Title: c.Title})
	}
	return all
}

// facetView is one facet of a standard as its page shows it.
type facetView struct {
	standard  policy.Standard
	facet     policy.Facet
	standing  safeguard.Standing
	criteria  []criterionView
	interim   []interimView
	reports   []safeguard.Report
	approvals []safeguard.Approval
	broken    int64
}

type criterionView struct {
	policy.Criterion
	evidence []safeguard.Evidence
}

func (c criterionView) mark() mark {
	m := notMet
	for _, e := range c.evidence {
		switch {
		case e.Withdrawn != 0:
		case e.Limitation && m != met:
			m = due
		case !e.Limitation:
			m = met
		}
	}
	return m
}

func (c criterionView) words() string {
	switch c.mark() {
	case met:
		return "shown"
	case due:
		return "a limitation is named instead of evidence"
	}
	return "nothing shows it"
}

type interimView struct {
	safeguard.Interim
	why string
}

func (r *request) facet() (policy.Standard, policy.Facet, error) {
	p, _ := r.moment.View.State.Policy.InForce(r.moment.Now)
	std, _ := p.Pack.StandardByID(r.PathValue("standard"))
	for _, f := range std.Facets {
		if string(f.Facet) == r.PathValue("facet") {
			return std, f, nil
		}
	}
	return std, policy.Facet{}, fault.NotFoundf("the policy in force has no criteria for %q, %q", r.PathValue("standard"), r.PathValue("facet")).
		Hinted("look at the list of safeguards")
}

func facetPage(r *request) (answer, error) {
	std, f, err := r.facet()
	if err != nil {
		return answer{}, err
	}
	w, facet := r.moment.View.State, string(f.Facet)
	v := facetView{
		standard: std, facet: f, standing: w.Safeguard.Standing(std.ID, facet, "", "", r.moment.Now),
		reports: w.Safeguard.Reports(std.ID, facet), approvals: w.Safeguard.Approvals(std.ID, facet),
	}
	v.broken, _ = w.Safeguard.Broken(std.ID, facet)
	evidence := w.Safeguard.Evidence(std.ID, facet)
	for _, c := range f.Criteria {
		one := criterionView{Criterion: c}
		for _, e := range evidence {
			if e.Criterion == c.ID {
				one.evidence = append(one.evidence, e)
			}
		}
		v.criteria = append(v.criteria, one)
	}
	for _, m := range w.Safeguard.InterimsFor(std.ID, facet, nil, nil) {
		one := interimView{m, w.Safeguard.Over(m, r.moment.Now)}
		if ps := w.Decision.Problems(m.Decision, w.DecisionBasis(), r.moment.Now); one.why == "" && len(ps) > 0 {
			one.why = ps[0].Reason
		}
		v.interim = append(v.interim, one)
	}
	return answer{title: std.ID + " " + words(facet), question: "Is this standard in force, until when, and what shows each criterion?", here: "/safeguards", body: facetBody(r, v)}, nil
}

// approvalWords says over what an approval reaches.
func approvalWords(a safeguard.Approval) string {
	s := "approved on " + string(a.ApprovedOn) + " for " + scopeWords(a.Models, "every model") + " in " + scopeWords(a.Environments, "every environment")
	if a.ReapproveBy != "" {
		s += ", to be approved again by " + string(a.ReapproveBy)
	}
	return s
}

func scopeWords(names []string, all string) string {
	if len(names) == 0 {
		return all
	}
	return strings.Join(names, ", ")
}

func (i interimView) lastDay(now int64) string {
	return string(i.Expires) + " (" + until(deadline.Day(i.Expires).End(), now) + ")"
}

func addSafeguardEvidence(r *request) (answer, error) {
	in := safeguard.EvidenceInput{
		Standard: r.PathValue("standard"), Facet: r.PathValue("facet"), Criterion: r.PostFormValue("criterion"),
		Statement: strings.TrimSpace(r.PostFormValue("statement")), Limitation: r.PostFormValue("limitation") != "",
		ActorScope: strings.TrimSpace(r.PostFormValue("actor_scope")),
	}
	if doc := strings.TrimSpace(r.PostFormValue("document")); doc != "" {
		in.Document = &entry.Ref{Kind: "document", ID: doc}
	}
	_, err := r.do(app.RecordSafeguardEvidence(in))
	return answer{to: facetHref(in.Standard, in.Facet) + "#criterion-" + url.PathEscape(in.Criterion)}, err
}

func recordFailure(r *request) (answer, error) {
	in := safeguard.FailureInput{Standard: r.PathValue("standard"), Facet: r.PathValue("facet"), Reason: strings.TrimSpace(r.PostFormValue("reason"))}
	_, err := r.do(app.RecordFailure(in))
	return answer{to: facetHref(in.Standard, in.Facet)}, err
}
