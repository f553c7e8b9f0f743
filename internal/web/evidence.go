// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// evidenceRoutes are the pages of runs, reported results and statements.
func evidenceRoutes() []route {
	return []route{
		{"GET", "/evidence", evidenceListPage},
		{"GET", "/evidence/{id}", evidencePage},
		{"GET", "/evidence/{id}/original", originalLog},
		{"POST", "/evidence/{id}/restate", restateEvidence},
		{"POST", "/evidence", stateEvidence},
	}
}

func evidenceHref(id string) string { return "/evidence/" + url.PathEscape(id) }

func evidenceListPage(r *request) (answer, error) {
	w := r.moment.View.State
	l := list{
		caption: "Evidence",
		columns: []column{{id: "id", title: "Evidence"}, {id: "kind", title: "Kind"}, {id: "model", title: "About"}, {id: "what", title: "What"},
			{id: "standing", title: "Standing"}, {id: "grade", title: "How well known"}, {id: "source", title: "Source"}},
		empty: "There is no evidence yet. Open an assessment and add a run there, or record what a document says with: holdpoint evidence report FILE.",
	}
	for _, m := range w.Model.Models() {
		found := w.Evidence.For(m.Model)
		for _, x := range found.Runs {
			l.rows = append(l.rows, r.evidenceRow(x.ID, "run", x.Model, x.Run.Task, x.Grade.String(), x.Log.Name, x.Seq))
		}
		for _, x := range found.Results {
			l.rows = append(l.rows, r.evidenceRow(x.ID, "reported result", x.Model, x.Evaluation, x.Grade.String(), sourcesOf(x.How), x.Seq))
		}
	}
	for _, x := range w.Evidence.Statements() {
		l.rows = append(l.rows, r.evidenceRow(x.ID, "statement", x.About.ID, x.Topic+": "+x.Text, x.Grade.String(), sourcesOf(x.How), x.Seq))
	}
	slices.SortStableFunc(l.rows, func(a, b row) int { return cmp.Compare(b.cells[0].sort, a.cells[0].sort) })
	l = l.shown(r)
	if a, ok := l.taken(); ok {
		return a, nil
	}
	return answer{title: "Evidence", question: "What is known from tests and documents, how well, and does it still stand?", here: "/evidence", body: evidenceListBody(r, l), wide: true}, nil
}

func (r *request) evidenceRow(id, kind, about, what, grade, source string, seq int64) row {
	m, why := r.standingOf(id)
	model := text(about)
	if _, ok := r.moment.View.State.Model.Model(about); ok {
		model = link(about, "/models/"+url.PathEscape(about))
	}
	return row{cells: []cell{link(id, evidenceHref(id)).by(seq), text(kind), model, text(clip(what)), marked(m, why), text(grade), text(source)}}
}

// clip shortens a long text for a table.
func clip(s string) string {
	const most = 160
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + " …"
	}
	return s
}

// standingOf tells whether a piece of evidence still stands, and why not.
func (r *request) standingOf(id string) (mark, string) {
	w := r.moment.View.State.Evidence
	if re, ok := w.Restated(id); ok {
		return late, "corrected by " + re.By
	}
	if run, ok := w.Run(id); ok {
		if _, gone := w.Missing(run.Table.SHA256); gone {
			return late, "its score table is missing"
		}
		if run.Run.AggregateOnly {
			return cannotTell, "figures only: nothing can be computed again"
		}
	}
	return stands, ""
}

func sourcesOf(p entry.Provenance) string {
	var all []string
	for _, s := range p.Source {
		all = append(all, strings.TrimSpace(s.Document+" "+s.Section))
	}
	return strings.Join(all, "; ")
}

// evidenceView is one piece of evidence as its page shows it.
type evidenceView struct {
	id, kind, model string
	seq             int64
	facts           []fact
	warnings        []string
	// elicitation is what the log says of how much was drawn out.
	elicitation  []fact
	packages     string
	text, note   string
	notPublished []string
	kept         bool
	barred       string
	impact       app.Impact
	hangs        list
	restatable   bool
}

func evidencePage(r *request) (answer, error) {
	w := r.moment.View.State.Evidence
	id := r.PathValue("id")
	v := evidenceView{id: id}
	if x, ok := w.Run(id); ok {
		v.run(r, x)
	} else if x, ok := w.Result(id); ok {
		v.result(r, x)
	} else if i := slices.IndexFunc(w.Statements(), func(s evidence.Statement) bool { return s.ID == id }); i >= 0 {
		v.statement(w.Statements()[i])
	} else {
		return answer{}, fault.NotFoundf("there is no evidence %q", id).Hinted("look at the list of evidence")
	}
	if err := v.recorded(r); err != nil {
		return answer{}, err
	}
	if v.kind != "statement" {
		impact, err := app.ImpactOf(r.moment.View.State, id, r.moment.Now)
		if err != nil {
			return answer{}, err
		}
		v.impact, v.hangs = impact, hangingList(impact).shown(r)
		if a, ok := v.hangs.taken(); ok {
			return a, nil
		}
		_, gone := w.Restated(id)
		v.restatable = !gone
	}
	return answer{title: v.id, question: "What does this say, where is it from, and what hangs on it?", here: "/evidence", body: evidenceBody(r, v), wide: true}, nil
}

// recorded adds when it happened and when it was recorded.
func (v *evidenceView) recorded(r *request) error {
	e, err := r.site.App.Entry(r.Context(), v.seq)
	if err != nil {
		return err
	}
	happened := text("not said")
	if h := provenanceOf(r, v.id).Happened; h != nil {
		happened = text(happenedWords(*h))
	}
	m, why := r.standingOf(v.id)
	v.facts = append(v.facts,
		fact{"Happened", happened},
		fact{"Recorded", text(instant(e.RecordedAt)).proved(v.seq)},
		fact{"Standing", marked(m, why)},
	)
	return nil
}

func provenanceOf(r *request, id string) entry.Provenance {
	w := r.moment.View.State.Evidence
	if x, ok := w.Result(id); ok {
		return x.How
	}
	for _, s := range w.Statements() {
		if s.ID == id {
			return s.How
		}
	}
	return entry.Provenance{}
}

// happenedWords says when something happened, as precisely as is known.
func happenedWords(h entry.Happened) string {
	when := day(h.At)
	switch h.Precision {
	case "instant":
		when = instant(h.At)
	case "month":
		when = when[:7]
	}
	if h.Basis == "not_published" {
		return "not published when"
	}
	return when + " (" + words(h.Basis) + ")"
}

func (v *evidenceView) run(r *request, x evidence.Run) {
	c, run := x.Run.Counts, x.Run
	v.kind, v.model, v.seq, v.kept = "run", x.Model, x.Seq, x.Kept
	v.barred = r.barred(policy.Assess, policy.Review)
	answered := run.Model
	if answered == "" {
		answered = "the log does not say"
	}
	v.facts = []fact{
		{"What", text(run.Task + " of " + x.Model)},
		{"Snapshot", text(orNot(x.Snapshot, "not said"))},
		{"Answered by", text(answered)},
		{"How well known", text(x.Grade.String())},
		{"State of the run", text(run.Format + ", " + run.Status)},
		{"Samples", text(samples(c))},
		{"Epochs", text(strconv.Itoa(run.Epochs))},
		{"Metrics", text(orNot(strings.Join(run.Metrics, ", "), "none"))},
		{"Started", text(orNot(run.StartedAt, "the log does not say"))},
		{"Completed", text(orNot(run.CompletedAt, "the log does not say"))},
		{"Log", text(x.Log.Name + ", " + plural(x.Log.Size, "byte", "bytes"))},
		{"Digest of the log", text("sha256 " + x.Log.SHA256)},
		{"Digest of the score table", text("sha256 " + x.Table.SHA256)},
	}
	if run.Subset {
		v.facts = append(v.facts, fact{"A subset", text(orNot(run.SubsetReason, "not every item was run"))})
	}
	for _, w := range run.Warnings {
		v.warnings = append(v.warnings, rounded(w.Text))
	}
	v.packages = strings.TrimSpace(run.Harness.Name + " " + run.Harness.Version)
	v.drawnOut(run.Elicitation)
}

func orNot(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

func samples(c evidence.Counts) string {
	planned := "not said how many were planned"
	if c.Planned > 0 {
		planned = fmt.Sprintf("%d planned", c.Planned)
	}
	all := []string{planned, fmt.Sprintf("%d completed", c.Completed), fmt.Sprintf("%d scored", c.Scored)}
	for _, x := range []struct {
		n    int
		what string
	}{{c.Errored, "errored"}, {c.Unscored, "unscored"}, {c.Limited, "stopped by a limit"}, {c.Invalidated, "invalidated"}, {c.Edited, "edited after the run"},
		{c.Fallback, "answered by another model"}, {c.Retries, "retried"}} {
		if x.n > 0 {
			all = append(all, fmt.Sprintf("%d %s", x.n, x.what))
		}
	}
	return strings.Join(all, ", ")
}

func (v *evidenceView) drawnOut(e evidence.Elicitation) {
	for _, s := range e.Solvers {
		v.elicitation = append(v.elicitation, fact{"Solver " + s.Solver, text(orNot(pairsText(s.Params), "no parameters"))})
	}
	for _, x := range []struct {
		name string
		all  []evidence.Pair
	}{{"Configuration", e.Config}, {"Arguments of the task", e.TaskArgs}, {"Roles", e.Roles}} {
		if len(x.all) > 0 {
			v.elicitation = append(v.elicitation, fact{x.name, text(clip(pairsText(x.all)))})
		}
	}
}

func pairsText(all []evidence.Pair) string {
	var out []string
	for _, p := range all {
		out = append(out, p.Name+" = "+p.Value)
	}
	return strings.Join(out, ", ")
}

func (v *evidenceView) result(r *request, x evidence.Result) {
	v.kind, v.model, v.seq, v.text, v.note, v.notPublished = "reported result", x.Model, x.Seq, x.PublishedReading, x.Notes, x.How.NotPublished
	v.facts = []fact{
		{"What", text(x.Evaluation + " of " + x.Model + ", a " + words(string(x.Kind)))},
		{"Figure", text(figureOf(x.ResultReported))},
		{"Statistic", text(orNot(words(string(x.Statistic)), "not published"))},
		{"Snapshot", text(orNot(x.Snapshot, "not published"))},
		{"How well known", text(x.Grade.String())},
		{"Source", text(orNot(sourcesOf(x.How), "none"))},
	}
}

func (v *evidenceView) statement(x evidence.Statement) {
	v.kind, v.seq, v.text, v.notPublished = "statement", x.Seq, x.Text, x.How.NotPublished
	v.facts = []fact{
		{"Topic", text(x.Topic)},
		{"About", text(orNot(strings.Trim(x.About.Kind+" "+x.About.ID, " "), "nothing named"))},
		{"How well known", text(x.Grade.String())},
		{"Source", text(orNot(sourcesOf(x.How), "none"))},
	}
}

// figureOf says the one figure of a result.
func figureOf(d evidence.ResultReported) string {
	switch {
	case d.Count != nil:
		return fmt.Sprintf("%s of %d", d.Count.Successes, d.Count.N)
	case d.Point != nil:
		return string(d.Point.Value) + ", n not published"
	case d.Arms != nil && d.Arms.Control != nil:
		return fmt.Sprintf("%s against %s (± is %s)", armText(d.Arms.Treatment), armText(*d.Arms.Control), words(string(d.Arms.SpreadKind)))
	case d.Arms != nil:
		return fmt.Sprintf("%s (± is %s)", armText(d.Arms.Treatment), words(string(d.Arms.SpreadKind)))
	case d.Survey != nil:
		return fmt.Sprintf("%s: %d of %d yes", d.Survey.Question, d.Survey.Yes, d.Survey.N)
	case d.Judgement != nil:
		return d.Judgement.Text + " (" + words(string(d.Judgement.Direction)) + ")"
	}
	return "no figure"
}

func armText(a evidence.Arm) string {
	if a.Spread == "" {
		return string(a.Mean)
	}
	return string(a.Mean) + " ± " + string(a.Spread)
}

func hangingList(i app.Impact) list {
	l := list{
		id: "hangs", caption: "What hangs on " + i.ID,
		columns: []column{{id: "thing", title: "What"}, {id: "about", title: "About"}, {id: "counts", title: "Counts now"}},
		empty:   "Nothing hangs on it.",
	}
	for _, all := range [][]app.Hanging{i.Findings, i.Reports, i.Decisions, i.Approvals, i.Clearances} {
		for _, h := range all {
			m := ended
			if h.Counts {
				m = stands
			}
			thing := text(h.ID)
			if strings.HasPrefix(h.ID, "decision-") {
				thing = link(h.ID, "/decisions/"+h.ID)
			}
			l.rows = append(l.rows, row{cells: []cell{thing.proved(h.Seq), text(clip(h.Text)), marked(m, words(h.State))}})
		}
	}
	return l
}

// originalLog gives the log as it was taken in, to be saved and never shown: it
// may hold anything.
func originalLog(r *request) (answer, error) {
	run, ok := r.moment.View.State.Evidence.Run(r.PathValue("id"))
	if !ok || !run.Kept {
		return answer{}, fault.NotFoundf("no original file is kept for %q", r.PathValue("id")).Hinted("its digest and score table are")
	}
	if why := r.barred(policy.Assess, policy.Review); why != "" {
		return answer{}, fault.Forbiddenf("a kept log has its transcripts, which not everybody may read").Hinted("%s", why)
	}
	in, _, err := r.site.App.Blob(r.Context(), run.Log.SHA256)
	if err != nil {
		return answer{}, err
	}
	return answer{fileKind: "application/octet-stream", fileName: plainName(run.Log.Name), send: func(w io.Writer) error {
		defer in.Close()
		_, err := io.Copy(w, in)
		return err
	}}, nil
}

func restateEvidence(r *request) (answer, error) {
	id := r.PathValue("id")
	_, err := r.do(app.RestateEvidence(evidence.NewRestatement{RestatedBy: evidence.RestatedBy{
		Replaces: id, By: strings.TrimSpace(r.PostFormValue("by")), Cause: strings.TrimSpace(r.PostFormValue("cause")),
	}}))
	return answer{to: evidenceHref(id)}, err
}

// stateEvidence records a sourced statement.
func stateEvidence(r *request) (answer, error) {
	in := evidence.NewStatement{StatementReported: evidence.StatementReported{Topic: strings.TrimSpace(r.PostFormValue("topic")), Text: strings.TrimSpace(r.PostFormValue("text"))}}
	if doc := strings.TrimSpace(r.PostFormValue("document")); doc != "" {
		in.How.Source = []entry.Source{{Document: doc, Section: strings.TrimSpace(r.PostFormValue("section"))}}
	}
	if m := r.PostFormValue("model"); m != "" {
		in.About = entry.Ref{Kind: "model", ID: m}
	}
	done, err := r.do(app.ReportStatement(in))
	if err != nil {
		return answer{}, err
	}
	return answer{to: evidenceHref(done.ID("statement", 0))}, nil
}
