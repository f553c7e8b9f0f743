// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evallog"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/testdata"
	"github.com/holdpoint/holdpoint/proof"
)

// world applies drafts as a journal would and remembers the entries.
type world struct {
	t       *testing.T
	state   State
	see     See
	entries []entry.Entry
}

func newWorld(t *testing.T, models ...string) *world {
	w := &world{t: t}
	for _, m := range models {
		w.model(m)
	}
	return w
}

func (w *world) act() entry.Act { return entry.Act{Actor: "operator", Seq: int64(len(w.entries))} }

func (w *world) do(drafts []entry.Draft, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("refused: %v", err)
	}
	registry := entry.NewRegistry(append(Types(), model.Types()...)...)
	for _, d := range drafts {
		salt := make([]byte, proof.SaltSize)
		e := entry.Entry{Header: proof.Header{
			Seq: int64(len(w.entries)), Type: d.Type, V: d.V, Actor: "operator", Body: proof.Commit(salt, d.Body),
		}, Salt: salt, Body: d.Body}
		if err := registry.Check(e); err != nil {
			w.t.Fatal(err)
		}
		w.entries = append(w.entries, e)
		w.apply(e)
	}
}

func (w *world) apply(e entry.Entry) {
	w.t.Helper()
	var err error
	if strings.HasPrefix(e.Type, "model.") {
		w.see.Models = w.see.Models.Fork()
		err = w.see.Models.Apply(e)
	} else {
		w.state = w.state.Fork()
		err = w.state.Apply(e)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) refuse(kind fault.Kind, drafts []entry.Draft, err error) {
	w.t.Helper()
	if fault.KindOf(err) != kind || drafts != nil {
		w.t.Errorf("got %d drafts and %v, want a refusal of kind %s", len(drafts), err, kind)
	}
}

func (w *world) model(name string) {
	w.t.Helper()
	w.do(w.see.Models.Register(model.NewModel{Registered: model.Registered{Model: name}}, w.act()))
}

func (w *world) snapshot(m, name string) {
	w.t.Helper()
	w.do(w.see.Models.AddSnapshot(model.NewSnapshot{SnapshotRegistered: model.SnapshotRegistered{
		Model: m, Snapshot: name, Kind: model.Early, Safety: model.MechanismsUnknown,
	}}, w.act()))
}

func (w *world) last(noun string) string { return entry.ID(noun, int64(len(w.entries)-1)) }

func sourced() entry.Provenance {
	return entry.Graded(grade.Reported, entry.Source{Document: "C4", Section: "7.2"})
}

func figure(m, evaluation string, value stats.Decimal) ReportedResult {
	return ReportedResult{
		ResultReported: ResultReported{Model: m, Evaluation: evaluation, Kind: Score, Point: &Point{Value: value}},
		How:            sourced(),
	}
}

func digest(c string) string { return strings.Repeat(c, 64) }

// run is a small finished run whose log has the digest ccc...
func run(m, c, taskID string) NewRun {
	r := evallog.Run{
		Format: evallog.FormatInspectEval, Task: "vault", TaskID: taskID, EvalID: "e" + c, Model: "mock/m",
		Status: evallog.StatusSuccess, Epochs: 1,
		Counts:      evallog.Counts{Planned: 2, Present: 2, Completed: 2, Scored: 2},
		Metrics:     []evallog.Metric{{Name: "match", Items: 2, Mean: "0.5", Claims: []evallog.Claim{{Name: "accuracy", Value: "0.9"}}}},
		Elicitation: evallog.Elicitation{Solvers: []evallog.Step{{Solver: "generate", Params: []evallog.Pair{{Name: "cache", Value: "false"}}}}},
		Harness:     evallog.Harness{Name: "inspect_ai", Version: "0.3.1"},
		Warnings:    []stats.Warning{{Code: "claims_disagree", Text: "The log says 0.9."}},
		Table: evallog.Table{Version: evallog.TableVersion, Format: evallog.FormatInspectEval, Task: "vault", Status: "success", Planned: 2, Epochs: 1, Rows: []evallog.Row{
			{Item: "1", Epoch: 1, Metric: "match", Value: "1", State: evallog.Scored},
			{Item: "2", Epoch: 1, Metric: "match", Value: "0", State: evallog.Scored},
		}},
	}
	_, table := EncodeTable(r)
	return NewRun{Model: m, Log: LogFile{Name: "log.eval", SHA256: digest(c), Size: 100}, Table: table, Run: r}
}

func TestImport(t *testing.T) {
	w := newWorld(t, "m")
	in := run("m", "a", "task-1")
	w.do(w.state.Import(in, w.see, w.act()))
	got, ok := w.state.Run("run-1")
	want := Run{ID: "run-1", Seq: 1, Grade: grade.Recomputed, Imported: Imported{
		Model: "m", Log: in.Log, Table: in.Table,
		Run: RunFacts{
			Format: "inspect-eval", Task: "vault", TaskID: "task-1", EvalID: "ea", Model: "mock/m", Status: "success", Epochs: 1,
			Counts: Counts{Planned: 2, Present: 2, Completed: 2, Scored: 2}, Metrics: []string{"match"},
			Elicitation: Elicitation{Solvers: []Step{{Solver: "generate", Params: []Pair{{Name: "cache", Value: "false"}}}}},
			Harness:     Harness{Name: "inspect_ai", Version: "0.3.1"},
			Warnings:    []Warning{{Code: "claims_disagree", Text: "The log says 0.9."}},
		},
	}}
	if d := cmp.Diff(want, got); d != "" || !ok {
		t.Error(d)
	}
	if body := string(w.entries[1].Body); strings.Contains(body, `"0.9"`) {
		t.Errorf("the entry holds a figure that the log claims: %s", body)
	}
	if !w.state.Recomputable(got) {
		t.Error("a run with a table can be recomputed")
	}
}

// A log counts once for a snapshot, and the refusal names the earlier run.
func TestImportTwice(t *testing.T) {
	w := newWorld(t, "m")
	w.snapshot("m", "early")
	w.do(w.state.Import(run("m", "a", ""), w.see, w.act()))
	first := w.last("run")
	drafts, err := w.state.Import(run("m", "a", ""), w.see, w.act())
	w.refuse(fault.Conflict, drafts, err)
	if !strings.Contains(err.Error(), first) {
		t.Errorf("%v does not name %s", err, first)
	}
	other := run("m", "a", "")
	other.Snapshot = "early"
	w.do(w.state.Import(other, w.see, w.act()))
	if got := w.state.RunsOfLog(digest("a")); len(got) != 2 {
		t.Errorf("%d runs of the log", len(got))
	}
}

// Every attempt at a task is kept, whatever its outcome.
func TestAttempts(t *testing.T) {
	w := newWorld(t, "m")
	w.do(w.state.Import(run("m", "a", "task"), w.see, w.act()))
	failed := run("m", "b", "task")
	failed.Run.Status = evallog.StatusCancelled
	w.do(w.state.Import(failed, w.see, w.act()))
	w.do(w.state.Import(run("m", "c", "task\x00"), w.see, w.act()))
	w.do(w.state.Import(run("m", "d", "task-2"), w.see, w.act()))
	w.do(w.state.Import(run("m", "e", ""), w.see, w.act()))
	var got []string
	for _, r := range w.state.Attempts("task") {
		got = append(got, r.Run.Status)
	}
	if d := cmp.Diff([]string{"success", "cancelled"}, got); d != "" {
		t.Error(d)
	}
	if got := w.state.Attempts(""); len(got) != 0 {
		t.Errorf("runs without a task id are %d attempts at one task", len(got))
	}
	if got := w.state.For("m"); len(got.Runs) != 5 || len(got.Results) != 0 {
		t.Errorf("%d runs", len(got.Runs))
	}
}

func TestImportRefuses(t *testing.T) {
	w := newWorld(t, "m")
	recomputed := grade.Recomputed
	cases := []struct {
		name   string
		change func(*NewRun)
		kind   fault.Kind
	}{
		{"model", func(r *NewRun) { r.Model = "n" }, fault.NotFound},
		{"snapshot", func(r *NewRun) { r.Snapshot = "s" }, fault.NotFound},
		{"path", func(r *NewRun) { r.Log.Name = "logs/log.eval" }, fault.Invalid},
		{"path of another system", func(r *NewRun) { r.Log.Name = `logs\log.eval` }, fault.Invalid},
		{"no name", func(r *NewRun) { r.Log.Name = "" }, fault.Invalid},
		{"log digest", func(r *NewRun) { r.Log.SHA256 = strings.ToUpper(digest("a")) }, fault.Invalid},
		{"table digest", func(r *NewRun) { r.Table.SHA256 = "" }, fault.Invalid},
		{"empty log", func(r *NewRun) { r.Log.Size = 0 }, fault.Invalid},
		{"head only", func(r *NewRun) { r.Run.HeaderOnly = true }, fault.Invalid},
		{"no status", func(r *NewRun) { r.Run.Status = "" }, fault.Invalid},
		{"reported without a source", func(r *NewRun) { r.How = entry.Graded(grade.Reported) }, fault.Invalid},
		{"aggregates as recomputed", func(r *NewRun) { r.Run.AggregateOnly, r.How.Grade = true, &recomputed }, fault.Invalid},
	}
	for _, c := range cases {
		in := run("m", "a", "t")
		c.change(&in)
		drafts, err := w.state.Import(in, w.see, w.act())
		if fault.KindOf(err) != c.kind || drafts != nil {
			t.Errorf("%s: %v, want kind %s", c.name, err, c.kind)
		}
	}
}

func TestAggregateOnlyIsReported(t *testing.T) {
	w := newWorld(t, "m")
	in := run("m", "a", "")
	in.Run.AggregateOnly = true
	w.do(w.state.Import(in, w.see, w.act()))
	got, _ := w.state.Run(w.last("run"))
	if got.Grade != grade.Reported || w.state.Recomputable(got) {
		t.Errorf("grade %s, recomputable %t", got.Grade, w.state.Recomputable(got))
	}
}

// What is reported carries its source and its grade, or is refused.
func TestReportedNeedsSourceAndGrade(t *testing.T) {
	w := newWorld(t, "m")
	attested, unknown, recomputed := grade.Attested, grade.Unknown, grade.Recomputed
	source := []entry.Source{{Document: "C4"}}
	cases := []struct {
		name              string
		how               entry.Provenance
		result, statement bool
	}{
		{"both", entry.Provenance{Source: source, Grade: &attested}, true, true},
		{"nothing", entry.Provenance{}, false, false},
		{"no grade", entry.Provenance{Source: source}, false, false},
		{"no source", entry.Provenance{Grade: &attested}, false, false},
		{"source without a document", entry.Provenance{Source: []entry.Source{{Section: "1"}}, Grade: &attested}, false, false},
		{"recomputed", entry.Provenance{Source: source, Grade: &recomputed}, false, false},
		{"unknown", entry.Provenance{Source: source, Grade: &unknown}, false, true},
	}
	for _, c := range cases {
		in := figure("m", "e", "0.5")
		in.How = c.how
		if _, err := w.state.Report(in, w.see, w.act()); (err == nil) != c.result {
			t.Errorf("%s: result: %v", c.name, err)
		}
		st := NewStatement{StatementReported: StatementReported{Topic: "office", Text: "handed over"}, How: c.how}
		if _, err := w.state.Declare(st, w.see, w.act()); (err == nil) != c.statement {
			t.Errorf("%s: statement: %v", c.name, err)
		}
	}
	in := figure("n", "e", "0.5")
	drafts, err := w.state.Report(in, w.see, w.act())
	w.refuse(fault.NotFound, drafts, err)
}

func TestStatements(t *testing.T) {
	w := newWorld(t, "m")
	in := NewStatement{StatementReported: StatementReported{
		Topic: "compliance_finding", About: entry.Ref{Kind: "policy", ID: "anthropic-rsp-1.0"},
		Text: "evaluations ended three days late", Tags: []string{"minimal"},
	}, How: sourced()}
	w.do(w.state.Declare(in, w.see, w.act()))
	got := w.state.Statements()
	if len(got) != 1 || got[0].ID != "statement-1" || got[0].Grade != grade.Reported || got[0].Text != in.Text {
		t.Errorf("%+v", got)
	}
	for name, bad := range map[string]StatementReported{
		"topic":     {Topic: "Two Words", Text: "x"},
		"text":      {Topic: "office"},
		"half ref":  {Topic: "office", Text: "x", About: entry.Ref{Kind: "policy"}},
		"tag":       {Topic: "office", Text: "x", Tags: []string{""}},
		"long text": {Topic: "office", Text: strings.Repeat("x", maxText+1)},
	} {
		if _, err := w.state.Declare(NewStatement{StatementReported: bad, How: sourced()}, w.see, w.act()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRestate is CAP-21: the knowledge figure of 17 that became 18.
func TestRestate(t *testing.T) {
	w := newWorld(t, "s37", "o4")
	w.do(w.state.Report(figure("s37", "knowledge", "17"), w.see, w.act()))
	old := w.last("result")
	w.do(w.state.Report(figure("s37", "knowledge", "18"), w.see, w.act()))
	by := w.last("result")
	w.do(w.state.Report(figure("o4", "knowledge", "17"), w.see, w.act()))
	foreign := w.last("result")
	w.do(w.state.Report(figure("s37", "virology", "0.697"), w.see, w.act()))
	unlike := w.last("result")
	w.do(w.state.Import(run("s37", "a", ""), w.see, w.act()))
	recomputed := w.last("run")
	restate := func(old, by string) ([]entry.Draft, error) {
		return w.state.Restate(NewRestatement{RestatedBy: RestatedBy{Replaces: old, By: by, Cause: "as the later card says"}}, w.see, w.act())
	}
	refuse := func(kind fault.Kind, a, b string) {
		t.Helper()
		drafts, err := restate(a, b)
		w.refuse(kind, drafts, err)
	}
	refuse(fault.Conflict, old, old)
	refuse(fault.Conflict, old, foreign)
	refuse(fault.Conflict, old, unlike)
	refuse(fault.NotFound, old, "result-99")
	refuse(fault.NotFound, "result-99", by)
	w.do(restate(old, by))
	refuse(fault.Conflict, old, recomputed)
	refuse(fault.Conflict, by, old)
	w.do(restate(by, recomputed))
	r, ok := w.state.Restated(old)
	if !ok || r.By != by || w.state.Current(old) != recomputed || w.state.Current(unlike) != unlike {
		t.Errorf("%s is restated by %+v and stands as %s", old, r, w.state.Current(old))
	}
	drafts, err := w.state.Restate(NewRestatement{RestatedBy: RestatedBy{Replaces: unlike, By: recomputed}}, w.see, w.act())
	w.refuse(fault.Invalid, drafts, err)
}

// Losing bytes makes a run no longer recomputable, for ever.
func TestMissing(t *testing.T) {
	w := newWorld(t, "m")
	in := run("m", "a", "")
	w.do(w.state.Import(in, w.see, w.act()))
	id := w.last("run")
	gone := BlobMissing{Digest: in.Table.SHA256, About: entry.Ref{Kind: "run", ID: id}}
	w.do(w.state.MarkMissing(gone, w.see, w.act()))
	got, _ := w.state.Run(id)
	if _, ok := w.state.Missing(in.Table.SHA256); !ok || w.state.Recomputable(got) {
		t.Error("the run can still be recomputed")
	}
	drafts, err := w.state.MarkMissing(gone, w.see, w.act())
	w.refuse(fault.Conflict, drafts, err)
	drafts, err = w.state.MarkMissing(BlobMissing{Digest: "x"}, w.see, w.act())
	w.refuse(fault.Invalid, drafts, err)
}

// CAP-12: trials under other conditions are not compared in silence.
func TestTrialsDiffer(t *testing.T) {
	a := Trial{Duration: "2 days", Rubric: "r1", CriticalOf: 18}
	cases := []struct {
		b    Trial
		want []string
	}{
		{a, nil},
		{Trial{Duration: "4 days", Rubric: "r1", CriticalOf: 18}, []string{"duration"}},
		{Trial{Duration: "2 days", CriticalOf: 18}, []string{"rubric"}},
		{Trial{}, []string{"duration", "rubric", "critical_of"}},
	}
	for _, c := range cases {
		if d := cmp.Diff(c.want, a.Differs(c.b)); d != "" {
			t.Error(d)
		}
	}
	if got := (Trial{}).Differs(Trial{}); len(got) != 2 {
		t.Errorf("two trials of which nothing is known differ in %v", got)
	}
}

func TestApplyRefusesWhatIsNotOurs(t *testing.T) {
	var s State
	err := s.Apply(entry.Entry{Header: proof.Header{Type: "evidence.lost", V: 1}})
	if fault.KindOf(err) != fault.Internal {
		t.Errorf("err = %v", err)
	}
}

// Replaying the entries gives the state that lived, and restatements end.
func TestReplayEqualsLive(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, "a", "b")
		for range rapid.IntRange(1, 15).Draw(rt, "steps") {
			w.step(rt)
		}
		again := newWorld(t)
		for _, e := range w.entries {
			again.apply(e)
		}
		if d := cmp.Diff(dump(w.state), dump(again.state)); d != "" {
			rt.Fatal(d)
		}
		for _, r := range w.state.For("a").Results {
			if _, restated := w.state.Restated(w.state.Current(r.ID)); restated {
				rt.Fatalf("%s does not end", r.ID)
			}
		}
	})
}

func (w *world) step(rt *rapid.T) {
	m := rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "model")
	c := rapid.SampledFrom([]string{"0", "1", "2"}).Draw(rt, "log")
	var drafts []entry.Draft
	var err error
	switch rapid.IntRange(0, 4).Draw(rt, "verb") {
	case 0:
		drafts, err = w.state.Import(run(m, c, "t"+c), w.see, w.act())
	case 1:
		drafts, err = w.state.Report(figure(m, "e", "0.5"), w.see, w.act())
	case 2:
		st := StatementReported{Topic: "duty", Text: "more study"}
		drafts, err = w.state.Declare(NewStatement{StatementReported: st, How: sourced()}, w.see, w.act())
	case 3:
		id := func(what string) string {
			noun := rapid.SampledFrom([]string{"run", "result"}).Draw(rt, what)
			return entry.ID(noun, rapid.Int64Range(2, int64(len(w.entries))).Draw(rt, what+" seq"))
		}
		by := RestatedBy{Replaces: id("old"), By: id("new"), Cause: "corrected"}
		drafts, err = w.state.Restate(NewRestatement{RestatedBy: by}, w.see, w.act())
	case 4:
		drafts, err = w.state.MarkMissing(BlobMissing{Digest: digest(c), About: entry.Ref{Kind: "run", ID: "run-2"}}, w.see, w.act())
	}
	if err == nil {
		w.do(drafts, nil)
	}
}

func dump(s State) []any {
	all := []any{s.Statements()}
	for _, m := range []string{"a", "b"} {
		items := s.For(m)
		all = append(all, items)
		for _, r := range items.Runs {
			all = append(all, s.Current(r.ID), s.Attempts(r.Run.TaskID), s.Recomputable(r))
		}
		for _, r := range items.Results {
			all = append(all, s.Current(r.ID))
		}
	}
	return all
}

// Every real log that can be read can be imported, and its score table is named
// by the bytes that are stored.
func TestImportRealLogs(t *testing.T) {
	w := newWorld(t, "m")
	for _, file := range []string{
		"inspect-ai-tests/log_formats.eval",
		"inspect-ai-tests/2025-02-11T15-17-00-05-00_popularity_dPiJifoWeEQBrfWsAopzWr.eval",
		"inspect-ai-tests/2025-05-12T20-28-13-04-00_no-samples.json",
		"inspect-derived/zstd_method93.eval",
		"inspect-derived/in_progress_no_header.eval",
		"eee-inspect/data_arc_qwen.json",
	} {
		path := testdata.Path(t, "evals", file)
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		read, err := evallog.Read(filepath.Base(path), bytes.NewReader(raw), int64(len(raw)), evallog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		stored, table := EncodeTable(read)
		if _, err := evallog.ParseTable(stored); err != nil || table.SHA256 != hexSum(stored) {
			t.Fatalf("%s: table %s: %v", file, table.SHA256, err)
		}
		w.do(w.state.Import(NewRun{
			Model: "m", Log: LogFile{Name: filepath.Base(path), SHA256: hexSum(raw), Size: int64(len(raw))}, Table: table, Run: read,
		}, w.see, w.act()))
		got, _ := w.state.Run(w.last("run"))
		if got.Run.Counts.Planned != read.Counts.Planned || len(got.Run.Metrics) != len(read.Metrics) || len(got.Run.Warnings) != len(read.Warnings) {
			t.Errorf("%s: %+v", file, got.Run)
		}
	}
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
