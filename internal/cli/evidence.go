// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/fault"
)

type evidenceCmd struct {
	Import    evidenceImport    `cmd:"" help:"Take evaluation logs as evidence about a model, all or none."`
	Report    evidenceReport    `cmd:"" help:"Take figures that documents state, written down in YAML."`
	Restate   evidenceRestate   `cmd:"" help:"Say that a run or result is corrected by a later one."`
	Statement evidenceStatement `cmd:"" help:"Record a sourced statement about what has no noun of its own yet."`
	List      evidenceList      `cmd:"" help:"List runs, results and statements."`
	Show      evidenceShow      `cmd:"" help:"Show one run, result or statement."`
	Impact    evidenceImpact    `cmd:"" help:"Show what hangs on a piece of evidence, a finding, an approval or a decision, and what would fall without it."`
	Stale     evidenceStale     `cmd:"" help:"List what was restated, withdrawn or lost, with the decisions that hang on it."`
}

type evidenceImport struct {
	Logs     []string `arg:"" name:"log" help:"Inspect logs (.eval, .json) or lm-evaluation-harness results_*.json."`
	Model    string   `required:"" placeholder:"M" help:"The model that was tested."`
	Snapshot string   `placeholder:"S" help:"Which snapshot of it, where it is known."`
	Task     string   `placeholder:"T" help:"Which task, where a log holds several."`
	KeepLog  bool     `help:"Also keep the logs with their transcripts; without it only digest and score table are taken."`
	Reported reported `embed:""`
}

// imported is one run that was taken, in JSON.
type imported struct {
	ID       string    `json:"id"`
	Seq      int64     `json:"seq"`
	Log      string    `json:"log"`
	SHA256   string    `json:"sha256"`
	Table    string    `json:"table"`
	Kept     bool      `json:"kept"`
	Run      judgedRun `json:"run"`
	Metrics  []string  `json:"metrics"`
	Warnings []warning `json:"warnings"`
}

func (c evidenceImport) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	a, err := s.workspace()
	if err != nil {
		return err
	}
	who, err := s.who(a)
	if err != nil {
		return err
	}
	done, runs, err := a.Import(s.ctx, who, app.Importing{Model: c.Model, Snapshot: c.Snapshot, Task: c.Task, Keep: c.KeepLog, How: how}, c.Logs...)
	if err != nil {
		return err
	}
	all := []imported{}
	for i, r := range runs {
		one := imported{ID: done.ID("run", i), Seq: done.First + int64(i), Log: r.Log.Name, SHA256: r.Log.SHA256, Table: r.Table.SHA256,
			Kept: r.Kept, Run: judgedRunOf(r.Run), Metrics: []string{}, Warnings: warningsOf(r.Run.Warnings)}
		for _, m := range r.Run.Metrics {
			one.Metrics = append(one.Metrics, m.Name)
		}
		all = append(all, one)
	}
	if s.JSON {
		return s.print(struct {
			acted
			Runs []imported `json:"runs"`
		}{actedOf(all[0].ID, done), all})
	}
	for i, one := range all {
		run := runs[i].Run
		s.say("%s: %s of %s, %s, %d of %d samples scored (entry %d)", one.ID, or(run.Task, "a task"), c.Model, run.Status,
			run.Counts.Scored, max(run.Counts.Planned, run.Counts.Present), one.Seq)
		for _, w := range one.Warnings {
			s.note("%s: %s", one.ID, w.Text)
		}
		for _, d := range doubts(done.View.State, one.ID) {
			s.note("%s: %s", one.ID, d)
		}
	}
	return nil
}

type evidenceReport struct {
	File string `arg:"" help:"Results in YAML, schema holdpoint/results/v1."`
}

func (c evidenceReport) Run(s *session) error {
	results, err := app.ReadReport(c.File)
	if err != nil {
		return err
	}
	done, err := s.act(app.ReportResults(results))
	if err != nil {
		return err
	}
	ids := []string{}
	for i := range results {
		ids = append(ids, done.ID("result", i))
	}
	if s.JSON {
		return s.print(struct {
			acted
			Results []string `json:"results"`
		}{actedOf(ids[0], done), ids})
	}
	for i, r := range results {
		s.say("%s: %s of %s (entry %d)", ids[i], r.Evaluation, r.Model, done.First+int64(i))
	}
	return nil
}

type evidenceRestate struct {
	Old      string   `arg:"" help:"The run or result that was wrong, such as run-12."`
	By       string   `required:"" placeholder:"NEW" help:"The one that corrects it, recorded before."`
	Cause    string   `required:"" placeholder:"TEXT" help:"What was wrong, in a sentence."`
	Reported reported `embed:""`
}

func (c evidenceRestate) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.RestateEvidence(evidence.NewRestatement{How: how, RestatedBy: evidence.RestatedBy{Replaces: c.Old, By: c.By, Cause: c.Cause}}))
	if err != nil {
		return err
	}
	return s.done(c.Old, done, c.Old+" is corrected by "+c.By)
}

type evidenceStatement struct {
	Topic    string   `arg:"" help:"What it is about in one word, such as office or duty."`
	Text     string   `arg:"" help:"The statement, in a sentence."`
	About    string   `placeholder:"KIND:ID" help:"The thing it is about, such as model:aster-2."`
	Tag      []string `placeholder:"WORD" help:"A word to find it by; may be given again."`
	Reported reported `embed:""`
}

func (c evidenceStatement) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	in := evidence.NewStatement{How: how, StatementReported: evidence.StatementReported{Topic: c.Topic, Text: c.Text, Tags: c.Tag}}
	if c.About != "" {
		kind, id, ok := strings.Cut(c.About, ":")
		if !ok {
			return fault.Usagef("--about %q does not name a thing", c.About).Hinted("write its kind and id, such as model:aster-2")
		}
		in.About = entry.Ref{Kind: kind, ID: id}
	}
	done, err := s.act(app.ReportStatement(in))
	if err != nil {
		return err
	}
	id := done.ID("statement", 0)
	return s.done(id, done, id+" is recorded")
}

type evidenceList struct {
	Model string `placeholder:"M" help:"Only what is about this model."`
}

// item is one piece of evidence in a list, in JSON.
type item struct {
	ID         string   `json:"id"`
	Kind       string   `json:"kind"`
	Model      text     `json:"model"`
	Snapshot   text     `json:"snapshot"`
	What       string   `json:"what"`
	Grade      string   `json:"grade"`
	Seq        int64    `json:"seq"`
	RestatedBy text     `json:"restated_by"`
	Source     []source `json:"source"`
}

func (c evidenceList) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	ids, err := modelsNamed(m, c.Model)
	if err != nil {
		return err
	}
	all := []item{}
	for _, id := range ids {
		all = append(all, itemsOf(m.View.State.Evidence, id)...)
	}
	if c.Model == "" {
		for _, st := range m.View.State.Evidence.Statements() {
			all = append(all, item{ID: st.ID, Kind: "statement", What: st.Topic, Grade: st.Grade.String(), Seq: st.Seq, Source: sourcesOf(st.How)})
		}
	}
	if s.JSON {
		return s.print(struct {
			Evidence []item `json:"evidence"`
			Clock    string `json:"clock"`
		}{all, clockOf(m)})
	}
	if len(all) == 0 {
		s.note("there is no evidence yet: holdpoint evidence import LOG --model M")
		return nil
	}
	rows := [][]string{{"ID", "MODEL", "WHAT", "GRADE", "NOTE"}}
	for _, i := range all {
		note := ""
		if i.RestatedBy != "" {
			note = "corrected by " + string(i.RestatedBy)
		}
		rows = append(rows, []string{i.ID, or(string(i.Model), "-"), i.What, i.Grade, note})
	}
	s.grid(rows)
	return nil
}

func itemsOf(w evidence.State, modelID string) []item {
	var all []item
	found := w.For(modelID)
	for _, r := range found.Runs {
		all = append(all, item{r.ID, "run", text(r.Model), text(r.Snapshot), r.Run.Task, r.Grade.String(), r.Seq, restatedBy(w, r.ID), []source{}})
	}
	for _, r := range found.Results {
		all = append(all, item{r.ID, "result", text(r.Model), text(r.Snapshot), r.Evaluation, r.Grade.String(), r.Seq, restatedBy(w, r.ID), sourcesOf(r.How)})
	}
	return all
}

func restatedBy(w evidence.State, id string) text {
	r, _ := w.Restated(id)
	return text(r.By)
}

type evidenceShow struct {
	ID string `arg:"" help:"The run, result or statement, such as run-12."`
}

// shown is one piece of evidence with what its entry says, in JSON. Of detail,
// empty members are left out.
type shown struct {
	ID           string   `json:"id"`
	Kind         string   `json:"kind"`
	Seq          int64    `json:"seq"`
	Grade        string   `json:"grade"`
	RestatedBy   text     `json:"restated_by"`
	Missing      bool     `json:"bytes_missing"`
	Source       []source `json:"source"`
	NotPublished []string `json:"not_published"`
	Detail       any      `json:"detail"`
	Clock        string   `json:"clock"`
}

func (c evidenceShow) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	one, err := showEvidence(m.View.State.Evidence, c.ID)
	if err != nil {
		return err
	}
	one.Clock = clockOf(m)
	if s.JSON {
		return s.print(one)
	}
	s.shown(one)
	return nil
}

func showEvidence(w evidence.State, id string) (shown, error) {
	one := shown{ID: id, RestatedBy: restatedBy(w, id), Source: []source{}, NotPublished: []string{}}
	if r, ok := w.Run(id); ok {
		_, one.Missing = w.Missing(r.Table.SHA256)
		one.Kind, one.Seq, one.Grade, one.Detail = "run", r.Seq, r.Grade.String(), r.Imported
		return one, nil
	}
	if r, ok := w.Result(id); ok {
		one.Kind, one.Seq, one.Grade, one.Detail = "result", r.Seq, r.Grade.String(), r.ResultReported
		one.Source, one.NotPublished = sourcesOf(r.How), append(one.NotPublished, r.How.NotPublished...)
		return one, nil
	}
	for _, st := range w.Statements() {
		if st.ID == id {
			one.Kind, one.Seq, one.Grade, one.Detail = "statement", st.Seq, st.Grade.String(), st.StatementReported
			one.Source, one.NotPublished = sourcesOf(st.How), append(one.NotPublished, st.How.NotPublished...)
			return one, nil
		}
	}
	return one, fault.NotFoundf("there is no evidence %q", id).Hinted("holdpoint evidence list shows what there is")
}

func (s *session) shown(one shown) {
	s.say("%s, entry %d, %s", one.ID, one.Seq, one.Grade)
	for _, src := range one.Source {
		s.say("  source %s %s", src.Document, string(src.Section))
	}
	if one.RestatedBy != "" {
		s.say("  corrected by %s", one.RestatedBy)
	}
	if one.Missing {
		s.say("  its score table is missing, so nothing can be recomputed from it")
	}
	switch d := one.Detail.(type) {
	case evidence.Imported:
		s.run(d)
	case evidence.ResultReported:
		s.result(d)
	case evidence.StatementReported:
		s.wrapped("  "+d.Topic+": ", d.Text)
	}
	for _, id := range one.NotPublished {
		s.say("  not published: %s", id)
	}
}

func (s *session) run(d evidence.Imported) {
	c := d.Run.Counts
	s.say("  %s of %s, answered by %s", or(d.Run.Task, "a task"), d.Model, or(d.Run.Model, "a model without a name"))
	s.say("  %s, %s, %d planned, %d completed, %d scored, %d errored, %d unscored, %d invalidated",
		d.Run.Format, d.Run.Status, c.Planned, c.Completed, c.Scored, c.Errored, c.Unscored, c.Invalidated)
	s.say("  metrics %s", or(strings.Join(d.Run.Metrics, ", "), "none"))
	s.say("  log %s (%d bytes, %s), sha256 %s", d.Log.Name, d.Log.Size,
		map[bool]string{true: "kept", false: "not kept"}[d.Kept], d.Log.SHA256)
	s.say("  score table sha256 %s", d.Table.SHA256)
	for _, w := range d.Run.Warnings {
		s.wrapped("  - ", w.Text)
	}
}

func (s *session) result(d evidence.ResultReported) {
	s.say("  %s of %s, a %s", d.Evaluation, d.Model, words(string(d.Kind)))
	s.wrapped("  ", figure(d))
	if d.PublishedReading != "" {
		s.wrapped("  the document's own reading: ", d.PublishedReading)
	}
	if d.Notes != "" {
		s.wrapped("  ", d.Notes)
	}
}

// figure says the one figure of a result.
func figure(d evidence.ResultReported) string {
	switch {
	case d.Count != nil:
		return fmt.Sprintf("%s of %d", d.Count.Successes, d.Count.N)
	case d.Point != nil:
		return string(d.Point.Value) + ", n not published"
	case d.Arms != nil && d.Arms.Control != nil:
		return fmt.Sprintf("%s against %s (± is %s)", arm(d.Arms.Treatment), arm(*d.Arms.Control), words(string(d.Arms.SpreadKind)))
	case d.Arms != nil:
		return fmt.Sprintf("%s (± is %s)", arm(d.Arms.Treatment), words(string(d.Arms.SpreadKind)))
	case d.Survey != nil:
		return fmt.Sprintf("%s: %d of %d yes", d.Survey.Question, d.Survey.Yes, d.Survey.N)
	case d.Judgement != nil:
		return d.Judgement.Text + " (" + words(string(d.Judgement.Direction)) + ")"
	}
	return "no figure"
}

func arm(a evidence.Arm) string {
	if a.Spread == "" {
		return string(a.Mean)
	}
	return string(a.Mean) + " ± " + string(a.Spread)
}
