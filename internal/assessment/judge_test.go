// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evallog"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/testdata"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

func stat(s string) stats.Decimal { return stats.Decimal(s) }

func TestFindingRecordsWhatItRestsOn(t *testing.T) {
	w, _ := ready(t)
	f, ok := w.State.Finding("finding-10")
	d, err := DecodeFound(w.entries[10])
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	if f.Grade != grade.Recomputed || d.PostHoc || d.TimingUnknown || d.Result.Verdict != threshold.SupportsRuleOut {
		t.Errorf("%+v", f)
	}
	if d := cmp.Diff([]string{"tools (not done)"}, d.Gaps); d != "" {
		t.Error("CAP-7:", d)
	}
	if d.Sufficient.Table == nil || f.Found.Sufficient.Table != nil {
		t.Error("the sufficient statistics belong in the entry and not in the fold")
	}
}

// A finding on a figure from a document names that document.
func TestFindingNamesItsDocuments(t *testing.T) {
	w := newWorld(t, policy.PreregRecord)
	a := w.open("m1", Comprehensive, "CBRN")
	w.spec("quiz", "CBRN")
	seq := w.do(w.see.Evidence.Report(evidence.ReportedResult{ResultReported: evidence.ResultReported{
		Model: "m1", Evaluation: "quiz", Kind: evidence.Score, Point: &evidence.Point{Value: "0.3"},
	}, How: published(grade.Reported, today)}, evidence.See{Models: w.see.Model}, w.act()))
	seq = w.do(w.State.Judge(JudgeInput{Assessment: a, Spec: "quiz", Evidence: entry.ID("result", seq)}, w.see, w.act()))
	_, how, err := found.Decode(w.entries[seq])
	if err != nil {
		t.Fatal(err)
	}
	want := entry.Graded(grade.Reported, entry.Source{Document: "card"})
	if d := cmp.Diff(want, how); d != "" {
		t.Error(d)
	}
}

// An outsider gets the same from the same table, and another from another.
func TestRecompute(t *testing.T) {
	w := newWorld(t, policy.PreregRecord)
	a := w.open("m1", Comprehensive, "CBRN")
	w.spec("quiz", "CBRN")
	_, in := w.run("m1", 12, 40, 60_000)
	in.Assessment, in.Spec = a, "quiz"
	seq := w.do(w.State.Judge(in, w.see, w.act()))
	d, err := DecodeFound(w.entries[seq])
	if err != nil {
		t.Fatal(err)
	}
	sufficient, result, err := Recompute(d, rule(), Source{Table: in.Table})
	if err != nil || !Equal(sufficient, d.Sufficient) || !Equal(result, d.Result) {
		t.Fatalf("recomputing differs: %v\n%+v\n%+v", err, result, d.Result)
	}
	if again := threshold.JudgeSufficient(rule(), d.Sufficient); !Equal(again, d.Result) {
		t.Error("judging the sufficient statistics differs")
	}
	other := *in.Table
	other.Rows = append([]evallog.Row{}, other.Rows...)
	other.Rows[39].Value = "1"
	if _, result, _ = Recompute(d, rule(), Source{Table: &other}); Equal(result, d.Result) {
		t.Error("another table gives the same")
	}
	if _, _, err := Recompute(d, rule(), Source{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("from nothing: %v", err)
	}
}

func TestJudgeRefuses(t *testing.T) {
	w, a := ready(t)
	w.model("m2")
	_, other := w.run("m2", 1, 40, 0)
	_, in := w.run("m1", 1, 40, 60_000)
	noMetric := *in.Table
	noMetric.Rows = nil
	seq := w.do(w.see.Evidence.Report(evidence.ReportedResult{ResultReported: evidence.ResultReported{
		Model: "m1", Evaluation: "panel", Kind: evidence.Qualitative, Judgement: &evidence.Judgement{Text: "x", Direction: evidence.NoLean},
	}, How: published(grade.Reported, today)}, evidence.See{Models: w.see.Model}, w.act()))
	replaced, _ := w.run("m1", 5, 41, 60_000)
	w.do(w.see.Evidence.Restate(evidence.NewRestatement{RestatedBy: evidence.RestatedBy{Replaces: replaced, By: in.Evidence, Cause: "x"}}, evidence.See{}, w.act()))
	judge := func(in JudgeInput, edit func(*JudgeInput)) error {
		in.Assessment, in.Spec = a, "quiz"
		edit(&in)
		_, err := w.State.Judge(in, w.see, w.act())
		return err
	}
	same := func(*JudgeInput) {}
	tests := map[string]struct {
		err  error
		want fault.Kind
	}{
		"unknown spec":       {judge(in, func(in *JudgeInput) { in.Spec = "x" }), fault.NotFound},
		"unknown evidence":   {judge(in, func(in *JudgeInput) { in.Evidence = "run-999" }), fault.NotFound},
		"another model":      {judge(other, same), fault.Conflict},
		"another metric":     {judge(in, func(in *JudgeInput) { in.Metric = "f1" }), fault.Conflict},
		"metric not there":   {judge(in, func(in *JudgeInput) { in.Table = &noMetric }), fault.NotFound},
		"no table":           {judge(in, func(in *JudgeInput) { in.Table = nil }), fault.Invalid},
		"another table":      {judge(in, func(in *JudgeInput) { in.TableDigest = strings.Repeat("0", 64) }), fault.Corrupt},
		"judged before":      {judge(JudgeInput{Evidence: "run-9", Table: in.Table, TableDigest: digestOf(w, "run-9")}, same), fault.Conflict},
		"restated":           {judge(in, func(in *JudgeInput) { in.Evidence = replaced }), fault.Conflict},
		"a written judgment": {judge(JudgeInput{Evidence: entry.ID("result", seq)}, same), fault.Invalid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if fault.KindOf(tt.err) != tt.want {
				t.Errorf("got %v, want kind %s", tt.err, tt.want)
			}
		})
	}
}

func digestOf(w *world, run string) string {
	r, _ := w.see.Evidence.Run(run)
	return r.Table.SHA256
}

// CAP-4: a run from before its spec is post hoc; it counts once somebody else
// approves it and its reliance is explained, and never where the policy requires
// preregistration.
func TestPostHocCAP4(t *testing.T) {
	for _, mode := range []policy.Preregistration{policy.PreregRecord, policy.PreregRequire} {
		t.Run(string(mode), func(t *testing.T) {
			w := newWorld(t, mode)
			a := w.open("m1", Comprehensive, "CKPT")
			_, in := w.run("m1", 1, 40, 0)
			w.spec("quiz", "CKPT")
			in.Assessment, in.Spec = a, "quiz"
			id := entry.ID("finding", w.do(w.State.Judge(in, w.see, w.act())))
			if f, _ := w.State.Finding(id); !f.Found.PostHoc || f.Found.Why == "" || f.Found.Old != nil {
				t.Fatalf("%+v", f.Found)
			}
			if c := w.coverage("CKPT"); c.Supported || len(c.Unanswered) != 1 {
				t.Fatalf("%q", c.Reasons)
			}
			if _, err := w.State.ApprovePostHoc(ApproveInput{Finding: id, By: "somebody"}, w.act()); fault.KindOf(err) != fault.Forbidden {
				t.Fatalf("the author approved: %v", err)
			}
			w.actor = "second"
			w.do(w.State.ApprovePostHoc(ApproveInput{Finding: id}, w.act()))
			if c := w.coverage("CKPT"); c.Supported {
				t.Fatal("supported without a reason to rely on it")
			}
			w.answer(id)
			if c := w.coverage("CKPT"); c.Supported != (mode == policy.PreregRecord) {
				t.Fatalf("%q", c.Reasons)
			}
		})
	}
}

// An explanation alone is not enough: somebody else has to approve.
func TestPostHocNeedsApproval(t *testing.T) {
	w := newWorld(t, policy.PreregRecord)
	a := w.open("m1", Comprehensive, "CKPT")
	_, in := w.run("m1", 1, 40, 0)
	w.spec("quiz", "CKPT")
	in.Assessment, in.Spec = a, "quiz"
	w.answer(entry.ID("finding", w.do(w.State.Judge(in, w.see, w.act()))))
	if c := w.coverage("CKPT"); c.Supported {
		t.Error("supported without approval")
	}
}

// Which came first, the evidence or the spec.
func TestTimingCAP4(t *testing.T) {
	at := today.Start() + 1000
	here := Spec{SpecRegistered: SpecRegistered{ID: "s", Version: 1, Registered: RegisteredHere}, Known: Known{Seq: 10, Day: today}, At: at}
	with := func(r Registration, version int) Spec {
		sp := here
		sp.Registered, sp.Version = r, version
		return sp
	}
	tests := map[string]struct {
		spec             Spec
		piece            piece
		postHoc, unknown bool
	}{
		"recorded before, whatever the log's clock says": {here, piece{seq: 9, started: at + 1}, true, false},
		"began before, recorded after":                   {here, piece{seq: 11, started: at - 1}, true, false},
		"began with it":                                  {here, piece{seq: 11, started: at}, false, false},
		"start unknown":                                  {here, piece{seq: 11}, false, true},
		"published the day before":                       {here, piece{seq: 11, day: today.AddDays(-1)}, true, false},
		"published later, tested nobody knows when":      {here, piece{seq: 11, day: today.AddDays(1)}, false, true},
		"tested on a later day":                          {here, piece{seq: 11, day: today.AddDays(1), observed: true}, false, false},
		"tested on the same day":                         {here, piece{seq: 11, day: today, observed: true}, false, true},
		"published as registered beforehand":             {with(RegisteredPublished, 1), piece{seq: 9, day: today.AddDays(-9)}, false, false},
		"published change after the evidence":            {with(RegisteredPublished, 2), piece{seq: 9, day: today.AddDays(-9)}, true, false},
		"published change on the evidence's day":         {with(RegisteredPublished, 2), piece{seq: 9, day: today}, false, false},
		"published change, evidence without a day":       {with(RegisteredPublished, 2), piece{seq: 9}, false, true},
		"registration not published":                     {with(RegistrationUnsaid, 1), piece{seq: 11, day: today}, false, true},
		"registration not published, changed afterwards": {with(RegistrationUnsaid, 2), piece{seq: 11, day: today.AddDays(-9)}, true, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			postHoc, unknown, why := timing(tt.spec, tt.piece)
			if postHoc != tt.postHoc || unknown != tt.unknown || (why == "") == (postHoc || unknown) {
				t.Errorf("post hoc %v, unknown %v, %q", postHoc, unknown, why)
			}
		})
	}
}

// Where preregistration is required, not knowing is not enough.
func TestUnknownTimingUnderRequire(t *testing.T) {
	for mode, want := range map[policy.Preregistration]bool{policy.PreregRecord: true, policy.PreregRequire: false} {
		w := newWorld(t, mode)
		a := w.open("m1", Comprehensive, "CKPT")
		w.spec("quiz", "CKPT", func(d *SpecRegistered) { d.Registered = RegistrationUnsaid })
		w.judge(a, "quiz", 1, 40)
		if c := w.coverage("CKPT"); c.Supported != want {
			t.Errorf("%s: %q", mode, c.Reasons)
		}
	}
}

// A run that began before the spec and was imported after it is post hoc too.
func TestRunBeganBeforeSpec(t *testing.T) {
	w := newWorld(t, policy.PreregRecord)
	a := w.open("m1", Comprehensive, "CKPT")
	w.spec("quiz", "CKPT")
	_, in := w.run("m1", 1, 40, 0)
	in.Assessment, in.Spec = a, "quiz"
	id := entry.ID("finding", w.do(w.State.Judge(in, w.see, w.act())))
	if f, _ := w.State.Finding(id); !f.Found.PostHoc {
		t.Errorf("%+v", f.Found)
	}
}

// CAP-5: a spec changed after the run shows the verdict under both rules.
func TestChangedSpecShowsBothVerdictsCAP5(t *testing.T) {
	w := newWorld(t, policy.PreregRecord)
	a := w.open("m1", Comprehensive, "CKPT")
	w.spec("quiz", "CKPT")
	_, in := w.run("m1", 20, 40, 1_000)
	in.Assessment, in.Spec = a, "quiz"
	w.do(w.State.Judge(in, w.see, w.act()))
	w.now += 10_000
	w.spec("quiz", "CKPT", func(d *SpecRegistered) { d.Change, d.Rule.RuleOut = "the line was too low", "0.7" })
	id := entry.ID("finding", w.do(w.State.Judge(in, w.see, w.act())))
	f, _ := w.State.Finding(id)
	old := f.Found.Old
	if !f.Found.PostHoc || old == nil || old.Version != 1 || old.Result.Verdict != threshold.Inconclusive || f.Found.Result.Verdict != threshold.SupportsRuleOut {
		t.Fatalf("%+v", f.Found)
	}
	if c := w.coverage("CKPT"); c.Supported || len(c.Unanswered) != 1 {
		t.Errorf("the old finding is superseded and the new one post hoc: %q", c.Reasons)
	}
}

// An unfinished run, and attempts that are missing, never support (CAP-13).
func TestFromTable(t *testing.T) {
	row := func(item string, epoch int, metric, value string, state evallog.State) evallog.Row {
		return evallog.Row{Item: item, Epoch: epoch, Metric: metric, Value: stat(value), State: state}
	}
	table := evallog.Table{
		Status: evallog.StatusSuccess, Planned: 8, Epochs: 2,
		Rows: []evallog.Row{
			row(`"a"`, 1, "acc", "1", evallog.Scored), row(`"a"`, 2, "acc", "0", evallog.Scored),
			row(`"b"`, 1, "acc", "", evallog.Errored), row(`"b"`, 2, "acc", "1", evallog.Limited),
			row(`"c"`, 1, "acc", "", evallog.Invalidated), row(`"d"`, 1, "other", "1", evallog.Scored),
		},
	}
	want := threshold.Sample{Status: threshold.StatusComplete, Planned: 4, Items: []threshold.Item{
		{ID: `"a"`, Scores: []stats.Decimal{"1", "0"}},
		{ID: `"b"`, Scores: []stats.Decimal{"1"}, Missing: 1},
		{ID: `"c"`, Scores: []stats.Decimal{}, Missing: 2},
	}}
	if d := cmp.Diff(want, FromTable(table, "acc")); d != "" {
		t.Error(d)
	}
	table.Status = evallog.StatusCancelled
	if got := FromTable(table, "acc"); got.Status != threshold.StatusCancelled {
		t.Errorf("status %q", got.Status)
	}
}

func TestFromReported(t *testing.T) {
	survey := evidence.ResultReported{Survey: &evidence.Survey{Question: "x", Yes: 0, N: 4, Median: "2.5"}}
	arms := evidence.ResultReported{Arms: &evidence.Arms{Treatment: evidence.Arm{Mean: "0.5", Spread: "0.2", AssumedN: 10}, SpreadKind: threshold.SpreadNotStated}}
	median := rule()
	median.Statistic = threshold.Median
	tests := map[string]struct {
		r    evidence.ResultReported
		rule threshold.Spec
		want threshold.Sample
	}{
		"count":     {evidence.ResultReported{Count: &evidence.Count{Successes: "9.65", N: 42, Attempts: 20}}, rule(), threshold.Sample{Count: &threshold.Tally{Successes: "9.65", N: 42, Attempts: 20}}},
		"point":     {evidence.ResultReported{Point: &evidence.Point{Value: "0.44"}}, rule(), threshold.Sample{Point: &threshold.PointOnly{Value: "0.44"}}},
		"survey":    {survey, rule(), threshold.Sample{Count: &threshold.Tally{Successes: "0", N: 4, Attempts: 1}}},
		"median":    {survey, median, threshold.Sample{Point: &threshold.PointOnly{Value: "2.5"}}},
		"one arm":   {arms, rule(), threshold.Sample{Arms: &threshold.Arms{Treatment: threshold.Arm{Mean: "0.5", Spread: "0.2", AssumedN: 10}, SpreadKind: threshold.SpreadNotStated}}},
		"judgement": {evidence.ResultReported{Judgement: &evidence.Judgement{}}, rule(), threshold.Sample{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.want.Status = threshold.StatusComplete
			if d := cmp.Diff(tt.want, FromReported(evidence.Result{ResultReported: tt.r}, tt.rule)); d != "" {
				t.Error(d)
			}
		})
	}
}

// CAP-8: a figure in another statistic is not compared without a conversion
// note.
func TestOtherStatisticCAP8(t *testing.T) {
	r := evidence.Result{ResultReported: evidence.ResultReported{
		Statistic: threshold.PassAtK, K: 5, Count: &evidence.Count{Successes: "1", N: 42},
	}}
	s, result := Source{Result: &r}.judge(rule())
	if len(s.Problems) != 1 || result.Verdict != threshold.CannotSay {
		t.Errorf("%q %s", s.Problems, result.Verdict)
	}
	converted := rule()
	converted.Conversion = "pass@5 is at least the proportion, so below stays below"
	if _, result = (Source{Result: &r}).judge(converted); result.Verdict != threshold.SupportsRuleOut {
		t.Errorf("%s: %q", result.Verdict, result.Reasons)
	}
}

// What a document does not say of its figure is never taken for what the rule
// asks (CAP-8).
func TestUnsaidStatisticCAP8(t *testing.T) {
	passAt10 := threshold.Spec{
		Metric: "m", Statistic: threshold.PassAtK, K: 10, LineStatistic: threshold.PassAtK, LineK: 10,
		Direction: threshold.Below, RuleOut: "0.3", Target: threshold.Class, Role: threshold.RoleRuleOut,
	}
	for name, r := range map[string]evidence.ResultReported{
		"no statistic": {}, "no k": {Statistic: threshold.PassAtK}, "another k": {Statistic: threshold.PassAtK, K: 1},
	} {
		r.Count = &evidence.Count{Successes: "5", N: 100}
		s, result := Source{Result: &evidence.Result{ResultReported: r}}.judge(passAt10)
		if len(s.Problems) == 0 || result.Verdict != threshold.CannotSay {
			t.Errorf("%s: %q %s", name, s.Problems, result.Verdict)
		}
	}
}

func TestJudgeRun(t *testing.T) {
	w := newWorld(t, policy.PreregRecord)
	_, in := w.run("m1", 31, 50, 0)
	run := evallog.Run{Table: *in.Table, Warnings: []stats.Warning{{Code: "x", Text: "from the log"}}}
	line := threshold.Spec{RuleOut: "0.75", Direction: threshold.Below, Target: threshold.Class}
	result, used, err := JudgeRun(run, "", line)
	if err != nil || used.Metric != "accuracy" || used.Statistic != threshold.Proportion {
		t.Fatalf("%+v %v", used, err)
	}
	// Clopper-Pearson, one-sided 95 %, 31 of 50: the 0.95 quantile of Beta(32, 19).
	if result.Verdict != threshold.SupportsRuleOut || result.N != 50 || !strings.HasPrefix(string(result.Upper), "0.73493") || len(result.Warnings) != 1 {
		t.Errorf("%+v", result)
	}
	run.Table.Rows = append(run.Table.Rows, evallog.Row{Item: `"0000"`, Epoch: 1, Metric: "f1", Value: "0.5", State: evallog.Scored})
	if _, _, err := JudgeRun(run, "", line); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.HintOf(err), "accuracy, f1") {
		t.Errorf("two metrics, none named: %v (%s)", err, fault.HintOf(err))
	}
	if _, _, err := JudgeRun(run, "bleu", line); fault.KindOf(err) != fault.NotFound {
		t.Errorf("unknown metric: %v", err)
	}
	empty := evallog.Run{Table: evallog.Table{Status: evallog.StatusStarted, Epochs: 1}}
	if result, _, err := JudgeRun(empty, "", line); err != nil || result.Verdict != threshold.CannotSay {
		t.Errorf("an unfinished run without scores: %+v %v", result, err)
	}
}

// Real Inspect logs are judged or refused with a reason, and nothing that is
// not finished supports anything.
func TestJudgeRunOnRealLogs(t *testing.T) {
	dir := testdata.Path(t, "evals", "inspect-ai-tests")
	judgedLogs := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".eval" && filepath.Ext(path) != ".json" {
			return err
		}
		run, ok := read(t, path)
		if !ok {
			return nil
		}
		metrics := run.Table.Metrics()
		if len(metrics) == 0 {
			metrics = []string{""}
		}
		for _, m := range metrics {
			r, _, err := JudgeRun(run, m, threshold.Spec{RuleOut: "1000", Direction: threshold.Below, Target: threshold.Class, Statistic: threshold.Mean})
			if err != nil {
				t.Errorf("%s, %s: %v", path, m, err)
			}
			if run.Status != evallog.StatusSuccess && r.Verdict != threshold.CannotSay {
				t.Errorf("%s is %s, and its verdict %s", path, run.Status, r.Verdict)
			}
			judgedLogs++
		}
		return nil
	})
	if err != nil || judgedLogs == 0 {
		t.Errorf("%d judged, %v", judgedLogs, err)
	}
}

func read(t *testing.T, path string) (evallog.Run, bool) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	run, err := evallog.Read(filepath.Base(path), f, info.Size(), evallog.Options{})
	return run, err == nil
}

// The cost of a finding inside the writer: 2,800 scores.
func BenchmarkJudge(b *testing.B) {
	w := newWorld(b, policy.PreregRecord)
	a := w.open("m1", Comprehensive, "CKPT")
	w.spec("quiz", "CKPT")
	_, in := w.run("m1", 300, 2800, 60_000)
	in.Assessment, in.Spec = a, "quiz"
	for b.Loop() {
		if _, err := w.State.Judge(in, w.see, w.act()); err != nil {
			b.Fatal(err)
		}
	}
}
