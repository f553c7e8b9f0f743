// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/review"
)

// policyRoutes are the pages of the policy: its clauses, its versions and how
// they are read.
func policyRoutes() []route {
	return []route{
		{"GET", "/policy", policyPage},
		{"GET", "/policy/diff", policyDiffPage},
		{"GET", "/policy/preview", policyPreviewPage},
		{"POST", "/policy/question", askClause},
		{"POST", "/policy/ruling", ruleClause},
	}
}

// policyView is one version of the policy as its page shows it.
type policyView struct {
	pack     policy.Pack
	inForce  bool
	versions list
	refs     []string
	// clauses are those of the kind of coverage that is asked for.
	clauses []clauseView
	counts  map[policy.CoverageKind]int
	total   int
	only    policy.CoverageKind
	table   list
	touched list
	rulings []decision.Decision
	open    []review.Review
}

type clauseView struct {
	policy.ClauseCoverage
	parts []policy.Part
}

func clauseHref(id string) string { return "/policy#clause-" + url.PathEscape(id) }

func policyPage(r *request) (answer, error) {
	state := r.moment.View.State.Policy
	v := policyView{refs: app.KnownPolicies(state), only: policy.CoverageKind(r.URL.Query().Get("coverage"))}
	now, adopted := state.InForce(r.moment.Now)
	v.pack = now.Pack
	if ref := r.URL.Query().Get("of"); ref != "" {
		p, err := app.KnownPolicy(ref, state)
		if err != nil {
			return answer{}, err
		}
		v.pack = p
	}
	v.inForce = adopted && v.pack.Ref() == now.Ref()
	v.read(r)
	v.versions, v.touched = versionList(r).shown(r), touchedList(r, v.pack).shown(r)
	for _, l := range []list{v.table, v.versions, v.touched} {
		if a, ok := l.taken(); ok {
			return a, nil
		}
	}
	return answer{title: "Policy", question: "What does the policy ask for, and where did each clause go?", here: "/policy", body: policyBody(r, v), wide: true}, nil
}

// adopted tells whether the version was adopted.
func (v policyView) adopted(r *request) bool {
	_, err := r.moment.View.State.Policy.Find(v.pack.Ref())
	return err == nil
}

// read fills in what the page says of the version.
func (v *policyView) read(r *request) {
	parts := map[string]policy.Part{}
	for _, p := range v.pack.Parts() {
		parts[p.ID] = p
	}
	v.counts = map[policy.CoverageKind]int{}
	v.table = list{
		id: "clauses", caption: "Clauses", columns: []column{{id: "clause", title: "Clause"}, {id: "coverage", title: "Coverage"}, {id: "modality", title: "How binding"},
			{id: "owner", title: "Owed by"}, {id: "says", title: "What it says"}, {id: "where", title: "Encoded in"}, {id: "why", title: "Why not"}},
	}
	for _, c := range policy.Coverage(v.pack) {
		v.counts[c.Coverage]++
		v.total++
		v.table.rows = append(v.table.rows, row{cells: []cell{text(c.Clause), text(words(string(c.Coverage))), text(string(c.Modality)), text(words(c.Owner)), text(c.Summary),
			text(strings.Join(c.Where, ", ")), text(c.Why)}})
		if v.only != "" && c.Coverage != v.only {
			continue
		}
		one := clauseView{ClauseCoverage: c}
		for _, id := range c.Where {
			if p, ok := parts[id]; ok {
				one.parts = append(one.parts, p)
			}
		}
		v.clauses = append(v.clauses, one)
	}
	v.table = v.table.shown(r)
	v.rulings = r.moment.View.State.Decision.Rulings()
	for _, q := range r.moment.View.State.Review.AllOpen() {
		if q.About.Kind == "clause" || q.About.Kind == "contract" {
			v.open = append(v.open, q)
		}
	}
}

func versionList(r *request) list {
	state := r.moment.View.State.Policy
	l := list{
		id: "versions", caption: "Versions", columns: []column{{id: "version", title: "Version"}, {id: "effective", title: "In force from"}, {id: "until", title: "Until"}, {id: "adopted", title: "Adopted"}, {id: "standing", title: "Standing"}},
		empty: "No policy was adopted and none ships.",
	}
	adopted := state.Versions()
	now, any := state.InForce(r.moment.Now)
	for i, a := range adopted {
		until, m := "–", ended
		if i+1 < len(adopted) {
			until = string(adopted[i+1].Pack.Effective)
		}
		switch {
		case any && a.Ref() == now.Ref():
			m = stands
		case r.moment.Now < deadline.Day(a.Pack.Effective).Start():
			m = due
		}
		l.rows = append(l.rows, row{cells: []cell{link(a.Ref(), "/policy?of="+url.QueryEscape(a.Ref())), text(string(a.Pack.Effective)), text(until), text(instant(a.AdoptedAt)).proved(a.Seq), marked(m, "")}})
	}
	for _, ref := range app.KnownPolicies(state)[len(adopted):] {
		l.rows = append(l.rows, row{cells: []cell{link(ref, "/policy?of="+url.QueryEscape(ref)), text("–"), text("–"), text("no: it only ships"), marked(open, "")}})
	}
	return l
}

// fewModels is how many models a row names before it counts the rest.
const fewModels = 6

// touchedList says of each threshold which models were or are assessed against it.
func touchedList(r *request, p policy.Pack) list {
	l := list{
		id: "touched", caption: "Thresholds and the models assessed against them",
		columns: []column{{id: "threshold", title: "Threshold"}, {id: "title", title: "Title"}, {id: "clause", title: "Clause"}, {id: "basis", title: "On whose authority"}, {id: "models", title: "Models assessed against it"}},
		empty:   "No policy is in force, so there is no threshold.",
	}
	models := map[string][]string{}
	for _, a := range r.moment.View.State.Assessment.Assessments("") {
		for _, id := range a.Thresholds {
			if !slices.Contains(models[id], a.Model) {
				models[id] = append(models[id], a.Model)
			}
		}
	}
	for _, t := range p.Thresholds {
		who := models[t.ID]
		said := strings.Join(who[:min(len(who), fewModels)], ", ")
		if len(who) > fewModels {
			said += " and " + strconv.Itoa(len(who)-fewModels) + " more"
		}
		l.rows = append(l.rows, row{cells: []cell{text(t.ID), text(t.Title), link(t.Clause, clauseHref(t.Clause)), text(authority(t.Basis)), text(orNot(said, "none yet"))}})
	}
	return l
}

// authority says on whose authority an element stands.
func authority(b policy.Basis) string {
	switch b {
	case policy.Text:
		return "the policy's text"
	case policy.Reading:
		return "our reading of it"
	}
	return "ours, stricter than the policy"
}

// coverageKinds is the order in which the page counts clauses.
func coverageKinds() []policy.CoverageKind {
	return []policy.CoverageKind{policy.Encoded, policy.DutyOnly, policy.Judgement, policy.NotEncoded}
}

func coverageWords(k policy.CoverageKind) string {
	switch k {
	case policy.Encoded:
		return "encoded"
	case policy.DutyOnly:
		return "a duty without a gate"
	case policy.Judgement:
		return "left to judgement"
	}
	return "not encoded"
}

func policyAddress(v policyView, k policy.CoverageKind) string {
	q := url.Values{}
	if !v.inForce {
		q.Set("of", v.pack.Ref())
	}
	if k != "" {
		q.Set("coverage", string(k))
	}
	if len(q) == 0 {
		return "/policy"
	}
	return "/policy?" + q.Encode()
}

// askClause asks whoever rules on it how a clause is read.
func askClause(r *request) (answer, error) {
	clause, question := strings.TrimSpace(r.PostFormValue("clause")), strings.TrimSpace(r.PostFormValue("question"))
	if err := r.knownClause(clause); err != nil {
		return answer{}, err
	}
	_, err := r.do(app.SubmitReview(review.Submission{
		About: entry.Ref{Kind: "clause", ID: clause}, Kind: review.Comment, Side: review.Internal, Role: "staff", Text: question,
	}))
	return answer{to: "/policy#rulings"}, err
}

// ruleClause proposes to the policy's signers how a clause is read.
func ruleClause(r *request) (answer, error) {
	in := decision.Ruling{
		Clause: strings.TrimSpace(r.PostFormValue("clause")), Question: strings.TrimSpace(r.PostFormValue("question")),
		Ruling: strings.TrimSpace(r.PostFormValue("ruling")), Clarify: r.PostFormValue("clarify") != "",
	}
	if err := r.knownClause(in.Clause); err != nil {
		return answer{}, err
	}
	done, err := r.do(app.Propose(decision.ProposeIn{Kind: policy.DecideInterpret, Title: "How is clause " + in.Clause + " read?", Ruling: &in}))
	if err != nil {
		return answer{}, err
	}
	return answer{to: "/decisions/" + done.ID("decision", 0)}, nil
}

func (r *request) knownClause(id string) error {
	p, ok := r.moment.View.State.Policy.InForce(r.moment.Now)
	if !ok {
		return fault.Conflictf("no policy is in force, so there is no clause to ask about").Hinted("adopt one first")
	}
	if _, known := p.Pack.ClauseByID(id); !known {
		return fault.NotFoundf("%s has no clause %q", p.Ref(), id).Hinted("choose one of the clauses on the page Policy")
	}
	return nil
}
