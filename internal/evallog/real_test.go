// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/testdata"
)

// readFile reads a real log with what stands beside it.
func readFile(t testing.TB, task string, elem ...string) (Run, error) {
	t.Helper()
	path := testdata.Path(t, append([]string{"evals"}, elem...)...)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	beside := func(name string) (io.ReaderAt, int64, error) {
		b, err := os.ReadFile(filepath.Join(filepath.Dir(path), name))
		if err != nil {
			return nil, 0, fault.NotFoundf("no %s", name)
		}
		return bytes.NewReader(b), int64(len(b)), nil
	}
	return Read(filepath.Base(path), bytes.NewReader(b), int64(len(b)), Options{Task: task, Companion: beside})
}

// The facts of every Inspect log are those its collection states.
func TestInspectFacts(t *testing.T) {
	for _, tt := range []struct {
		file    string
		format  string
		status  string
		planned int
		present int
		items   int
		dataset int
		metric  string
		mean    string // recomputed; "" when nothing can be
		claim   string
		stderr  string
		warn    string
	}{
		{"inspect-ai-tests/log_formats.eval", FormatInspectEval, "success", 1, 1, 1, 100, "match", "0", "0", "0", "subset zero_stderr"},
		{"inspect-ai-tests/log_formats.json", FormatInspectJSON, "success", 1, 1, 1, 100, "match", "0", "0", "0", "subset zero_stderr"},
		{"inspect-ai-tests/log_read_sample.eval", FormatInspectEval, "success", 1, 1, 1, 100, "match", "1", "1", "0", "subset zero_stderr"},
		{"inspect-ai-tests/log_read_sample.json", FormatInspectJSON, "success", 1, 1, 1, 100, "match", "1", "1", "0", "subset zero_stderr"},
		{"inspect-ai-tests/log_streaming.eval", FormatInspectEval, "success", 4, 4, 2, 100, "match", "0.75", "0.75", "0.25", "subset"},
		{"inspect-ai-tests/2024-11-05T13-32-37-05-00_input-task_hxs4q9azL3ySGkjJirypKZ.eval", FormatInspectEval, "success", 1, 1, 1, 1, "model_graded_fact", "1", "1", "0", "zero_stderr"},
		{"inspect-ai-tests/2025-02-11T15-17-00-05-00_popularity_dPiJifoWeEQBrfWsAopzWr.eval", FormatInspectEval, "success", 10, 10, 0, 100, "", "", "", "", "no_scores subset"},
		{"inspect-ai-tests/2025-05-12T20-28-13-04-00_no-samples.json", FormatInspectJSON, "cancelled", 3, 0, 0, 100, "match", "", "0.666667", "0.333333", "aggregate_only cancelled samples_cut subset"},
		{"inspect-ai-tests/2025-05-12T20-28-13-04-00_popularity.json", FormatInspectJSON, "cancelled", 3, 3, 3, 100, "match", "0.666667", "0.666667", "0.333333", "cancelled subset"},
		{"inspect-ai-tests/2025-05-12T20-28-26-04-00_security-guide.json", FormatInspectJSON, "success", 3, 3, 3, 16, "model_graded_fact", "1", "1", "0", "subset zero_stderr"},
		{"inspect-scout/2025-09-23T08-09-58-04-00_popularity_DN2wbX2ZvACsBpjwptzBRo.eval", FormatInspectEval, "success", 100, 100, 100, 100, "match", "0.63", "0.63", "0.048524", ""},
		{"inspect-scout/2025-09-23T08-09-58-04-00_security-guide_LuxZJVwvymC3S3SyoJczxB.eval", FormatInspectEval, "success", 16, 16, 16, 16, "model_graded_fact", "0.6875", "0.6875", "0.119678", ""},
		{"inspect-derived/zstd_method93.eval", FormatInspectEval, "success", 16, 16, 16, 16, "model_graded_fact", "0.6875", "0.6875", "0.119678", ""},
		{"inspect-derived/in_progress_no_header.eval", FormatInspectEval, "started", 16, 10, 10, 16, "model_graded_fact", "any", "", "", "in_progress"},
		{"eee-inspect/data_arc_qwen.json", FormatInspectJSON, "success", 3, 3, 3, 2376, "choice", "0.333333", "0.333333", "0.333333", "subset"},
		{"eee-inspect/data_arc_sonnet.json", FormatInspectJSON, "success", 5, 5, 5, 2376, "choice", "1", "1", "0", "subset zero_stderr"},
		{"eee-inspect/data_intercode_ctf_local_path.json", FormatInspectJSON, "success", 79, 1, 1, 1, "includes", "0", "0.354430", "0.054161", "dataset_count_disagrees limited samples_cut"},
		{"eee-inspect/data_pubmedqa_gpt4o_mini.json", FormatInspectJSON, "success", 2, 2, 2, 500, "choice", "1", "1", "0", "subset zero_stderr"},
	} {
		t.Run(filepath.Base(tt.file), func(t *testing.T) {
			r, err := readFile(t, "", strings.Split(tt.file, "/")...)
			if err != nil {
				t.Fatal(err)
			}
			got := []any{r.Format, r.Status, r.Counts.Planned, r.Counts.Present, r.Dataset.Samples, codes(r)}
			want := []any{tt.format, tt.status, tt.planned, tt.present, tt.dataset, tt.warn}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
			if r.AggregateOnly != strings.Contains(tt.warn, "aggregate_only") {
				t.Error("AggregateOnly is", r.AggregateOnly)
			}
			checkMetric(t, r, tt.metric, tt.items, [3]string{tt.mean, tt.claim, tt.stderr})
			roundTrip(t, r.Table)
		})
	}
}

func checkMetric(t *testing.T, r Run, name string, items int, want [3]string) {
	t.Helper()
	if name == "" {
		if len(r.Metrics) != 0 || len(r.Table.Rows) != 0 {
			t.Errorf("unexpected metrics %+v", r.Metrics)
		}
		return
	}
	if len(r.Metrics) != 1 || r.Metrics[0].Name != name || r.Metrics[0].Items != items {
		t.Fatalf("metrics %+v, want %s with %d items", r.Metrics, name, items)
	}
	m := r.Metrics[0]
	if want[0] != "any" {
		near(t, "mean", m.Mean, want[0])
	}
	if want[1] == "" {
		if len(m.Claims) != 0 {
			t.Errorf("unexpected claims %+v", m.Claims)
		}
		return
	}
	near(t, "claim", m.Claims[0].Value, want[1])
	near(t, "stderr", m.Claims[0].Stderr, want[2])
}

// near compares with figures that were written with six digits.
func near(t *testing.T, what string, got stats.Decimal, want string) {
	t.Helper()
	if want == "" || got == "" {
		if string(got) != want {
			t.Errorf("%s is %q, want %q", what, got, want)
		}
		return
	}
	w := stats.Decimal(want).Float()
	if math.Abs(got.Float()-w) > 6e-7 {
		t.Errorf("%s is %s, want %s", what, got, want)
	}
}

func roundTrip(t testing.TB, table Table) {
	t.Helper()
	b := table.Encode()
	again, err := ParseTable(b)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.Encode(), b) {
		t.Error("the table is not the same after a round trip")
	}
}

// Version 3 was written by builds on the way to 0.3.135 and by no release.
func TestDevelopmentFormat(t *testing.T) {
	r, err := readFile(t, "", "inspect-ai-tests", "log_message_deduplication.eval")
	if err != nil {
		t.Fatal(err)
	}
	if r.FormatVersion != "3" || r.Status != "success" || r.Counts.Planned != 1 || !strings.Contains(codes(r), "development_format") {
		t.Errorf("unexpected %+v", r)
	}
	checkMetric(t, r, "closeness_log", 1, [3]string{"0", "0", "0"})
	roundTrip(t, r.Table)
}

// The same evaluation in deflate and in zstd gives the same score table.
func TestCompressionDoesNotMatter(t *testing.T) {
	a, err := readFile(t, "", "inspect-scout", "2025-09-23T08-09-58-04-00_security-guide_LuxZJVwvymC3S3SyoJczxB.eval")
	if err != nil {
		t.Fatal(err)
	}
	b, err := readFile(t, "", "inspect-derived", "zstd_method93.eval")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(a, b); d != "" {
		t.Error(d)
	}
}

// The header and the summaries alone give the same scores as the full pass.
func TestReadHeaderOfRealLog(t *testing.T) {
	path := testdata.Path(t, "evals", "inspect-scout", "2025-09-23T08-09-58-04-00_popularity_DN2wbX2ZvACsBpjwptzBRo.eval")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	full := mustRead(t, b)
	quick, err := ReadHeader("log.eval", bytes.NewReader(b), int64(len(b)), Options{})
	if err != nil || !quick.HeaderOnly {
		t.Fatal(err, quick.HeaderOnly)
	}
	if d := cmp.Diff(full.Table, quick.Table); d != "" {
		t.Error(d)
	}
	if full.HeaderOnly || full.Model != "openai/gpt-4o-mini" || full.Harness.Version != "0.3.133" || full.Revision.Commit != "66c0c9077" {
		t.Errorf("unexpected %+v", full)
	}
	if s := full.Elicitation.Solvers; len(s) != 2 || s[0].Solver != "system_message" || !strings.Contains(s[0].Params[0].Value, "Yes") {
		t.Errorf("solvers %+v", s)
	}
}

func TestLMEvalFacts(t *testing.T) {
	const file = "results_2026-01-21T03-44-18.458309.json"
	_, err := readFile(t, "", "eee-lm-eval", file)
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.HintOf(err), "math_perturbed_full, math_rephrased_full") {
		t.Fatalf("a file of two tasks needs one to be named: %v, hint %q", err, fault.HintOf(err))
	}
	r, err := readFile(t, "math_perturbed_full", "eee-lm-eval", file)
	if err != nil {
		t.Fatal(err)
	}
	if r.Counts.Planned != 5000 || r.Counts.Present != 10 || codes(r) != "samples_cut zero_stderr" || r.AggregateOnly || r.Created != "2026-01-21T02:59:43Z" {
		t.Errorf("unexpected %+v", r)
	}
	checkMetric(t, r, "exact_match,none", 10, [3]string{"0", "0", "0"})
	roundTrip(t, r.Table)
	r, err = readFile(t, "math_rephrased_full", "eee-lm-eval", file)
	if err != nil {
		t.Fatal(err)
	}
	checkMetric(t, r, "exact_match,none", 0, [3]string{"", "0.0004", "0.00028281"})
	if !r.AggregateOnly || codes(r) != "aggregate_only" || r.Metrics[0].Claims[0].Scored != 5000 {
		t.Errorf("unexpected %+v", r)
	}
	roundTrip(t, r.Table)
	_, err = readFile(t, "nothing", "eee-lm-eval", file)
	if fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
}

func TestOldLMEvalFacts(t *testing.T) {
	for _, tt := range []struct{ size, sciq0, sciq5, lambada0, lambada5 string }{
		{"70m", "0.606", "0.598", "0.1915", "0.1343"},
		{"160m", "0.720", "0.792", "0.3417", "0.2684"},
		{"410m", "0.826", "0.880", "0.5244", "0.4657"},
		{"1b", "0.870", "0.916", "0.5804", "0.5282"},
		{"1.4b", "0.865", "0.926", "0.6187", "0.5676"},
	} {
		for task, want := range map[string][2]string{"sciq": {tt.sciq0, tt.sciq5}, "lambada_openai": {tt.lambada0, tt.lambada5}} {
			for i, shots := range []string{"zero-shot", "five-shot"} {
				r := lastCheckpoint(t, tt.size, shots, task)
				k := slices.IndexFunc(r.Metrics, func(m Metric) bool { return m.Name == "acc" })
				got, w := r.Metrics[k].Claims[0].Value.Float(), stats.Decimal(want[i]).Float()
				if math.Abs(got-w) > 5.1e-5 {
					t.Errorf("%s %s %s: %v, want %v", tt.size, shots, task, got, w)
				}
				if r.Format != FormatLMEvalOld || !r.AggregateOnly || codes(r) != "aggregate_only no_count" || r.Model == "" {
					t.Errorf("unexpected %+v", r)
				}
			}
		}
	}
}

func lastCheckpoint(t *testing.T, size, shots, task string) Run {
	t.Helper()
	dir := testdata.Path(t, "evals", "pythia-lm-eval", "pythia-"+size+"-deduped", shots)
	files, err := filepath.Glob(filepath.Join(dir, "*step143000.json"))
	if err != nil || len(files) != 1 {
		t.Fatal(err, files)
	}
	r, err := readFile(t, task, "pythia-lm-eval", "pythia-"+size+"-deduped", shots, filepath.Base(files[0]))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Formats of a later day are named, everything else is told what it is not.
func TestOtherFiles(t *testing.T) {
	for file, says := range map[string]string{
		"garak/quack.report.jsonl":                     "garak",
		"promptfoo/results.json":                       "promptfoo",
		"inspect-ai-tests/inspect-openapi.schema.json": "components",
		"eee-lm-eval/every_eval_ever.eval.schema.json": "$schema",
		"lyptus/model_runs.csv":                        "not an evaluation log",
	} {
		_, err := readFile(t, "", strings.Split(file, "/")...)
		if k := fault.KindOf(err); k != fault.Invalid && k != fault.Unsupported || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", file, err)
		}
	}
}
