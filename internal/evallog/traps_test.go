// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// What a score becomes; the marks are those of Inspect's value_to_float, and a
// label it would count as 0 is unscored.
func TestValues(t *testing.T) {
	long := strings.Repeat("the model wrote this ", 10)
	for _, tt := range []struct {
		value, number, label, warn string
	}{
		{`"C"`, "1", "C", ""}, {`"I"`, "0", "I", ""}, {`"P"`, "0.5", "P", ""}, {`"N"`, "0", "N", ""},
		{`"yes"`, "1", "yes", ""}, {`"True"`, "1", "True", ""}, {`"NO"`, "0", "NO", ""}, {`"false"`, "0", "false", ""},
		{`true`, "1", "true", ""}, {`false`, "0", "false", ""},
		{`0.25`, "0.25", "", ""}, {`-3`, "-3", "", ""}, {`1e-3`, "0.001", "", ""}, {`1E+2`, "100", "", ""},
		{`"0.5"`, "0.5", "0.5", ""}, {`" +7 "`, "7", " +7 ", ""}, {`0.3333333333333333`, "0.333333333", "", ""},
		{`"c"`, "", "c", "unknown_label unscored"},
		{`"maybe"`, "", "maybe", "unknown_label unscored"},
		{`""`, "", "", "unknown_label unscored"},
		{`"+-1"`, "", "+-1", "unknown_label unscored"},
		{`"0x10"`, "", "0x10", "unknown_label unscored"},
		{`"` + long + `"`, "", clipLabel(long), "unknown_label unscored"},
		{`null`, "", "null", "null_score unscored"},
		{`NaN`, "", "NaN", "nan_score unscored"},
		{`"nan"`, "", "nan", "nan_score unscored"},
		{`Infinity`, "", "Infinity", "infinite_score unscored"},
		{`-Infinity`, "", "-Infinity", "infinite_score unscored"},
		{`1e999`, "", "1e999", "infinite_score unscored"},
		{`123456789012345678901234567890`, "123456789000000000000000000000", "", ""},
	} {
		r := mustRead(t, pack(t, zip.Store, start(), oneSample("1", 1, tt.value, ""), header(1, "7", "")))
		row := rowOf(t, r, "1", 1)
		if string(row.Value) != tt.number || row.Label != tt.label {
			t.Errorf("%s gives %+v", tt.value, row)
		}
		if (row.State == Scored) != (tt.number != "") {
			t.Errorf("%s has the state %s", tt.value, row.State)
		}
		if got := strings.TrimSpace(strings.ReplaceAll(codes(r), "aggregate_disagrees", "")); got != tt.warn {
			t.Errorf("%s warns %q, want %q", tt.value, got, tt.warn)
		}
		if len(row.Label) > longestLabel || strings.Contains(row.Label, "model wrote") {
			t.Errorf("the label %q is copied", row.Label)
		}
		roundTrip(t, r.Table)
	}
}

// Ids are compared in their JSON type, may hold slashes and colons, and are
// never confused with the chunked shape.
func TestIDs(t *testing.T) {
	odd := `"pr_arena/human-uplift/flair/issue_3603/457f8/2025-03-31T22:28:26Z"`
	tricky := `"a_epoch_1/sample"`
	r := mustRead(t, pack(t, zip.Deflate, quiz("",
		oneSample("1", 1, `"C"`, ""),
		member{"samples/x1_epoch_1.json", `{"id":"1","epoch":1,"scores":{"match":{"value":"I"}}}`},
		member{"samples/x2_epoch_1.json", `{"id":"001","epoch":1,"scores":{"match":{"value":"P"}}}`},
		oneSample(odd, 1, `"C"`, ""), oneSample(odd, 2, `"I"`, ""),
		oneSample(tricky, 1, `"C"`, ""),
		member{"samples/s_epoch_1.json", `{"id":"\ud800","epoch":1,"scores":{"match":{"value":0.1}}}`},
		member{"samples/t_epoch_1.json", `{"id":"\udc00","epoch":1,"scores":{"match":{"value":0.2}}}`},
		member{"samples/u_epoch_1.json", `{"id":"\ud83d\ude00\n\"","epoch":1,"scores":{"match":{"value":0.3}}}`},
		member{"samples/v_epoch_1.json", `{"id":123456789012345678901234567890,"epoch":1,"scores":{"match":{"value":0.4}}}`},
	)...))
	for id, want := range map[string]string{
		"1": "1", `"1"`: "0", `"001"`: "0.5", odd: "1", tricky: "1",
		`"\ud800"`: "0.1", `"\udc00"`: "0.2", "\"\U0001F600\\u000a\\\"\"": "0.3", "123456789012345678901234567890": "0.4",
	} {
		if got := rowOf(t, r, id, 1); string(got.Value) != want {
			t.Errorf("%s has %q, want %q", id, got.Value, want)
		}
	}
	if got := rowOf(t, r, odd, 2); got.Value != "0" || r.Epochs != 2 || r.Counts.Present != 10 {
		t.Errorf("%+v, epochs %d, present %d", got, r.Epochs, r.Counts.Present)
	}
	roundTrip(t, r.Table)
}

// The chunked shape: sample.json is the sample, all else is transcript.
func TestChunkedShape(t *testing.T) {
	r := mustRead(t, pack(t, zip.Deflate, quiz("",
		member{"samples/a/b_epoch_1/sample.json", `{"id":"a/b","epoch":1,"scores":{"match":{"value":"C"}}}`},
		member{"samples/a/b_epoch_1/messages/0.json", `[this is never read`},
		member{"samples/a/b_epoch_1/events/stats.json", `{}`},
		member{"samples/a/b_epoch_1/skeleton.json", `{}`},
		oneSample("2", 1, `"I"`, ""),
	)...))
	if rowOf(t, r, `"a/b"`, 1).Value != "1" || rowOf(t, r, "2", 1).Value != "0" || r.Counts.Present != 2 {
		t.Errorf("%+v", r.Table.Rows)
	}
}

// What happened to a sample decides its state.
func TestStates(t *testing.T) {
	by := `{"timestamp":"2026-01-03T00:00:00Z","author":"lead","reason":"wrong tool","metadata":{}}`
	edited := `{"id":8,"epoch":1,"scores":{"match":{"value":"C","history":[{"value":"I"},{"value":"C","provenance":` + by + `}]}}}`
	members := []member{
		oneSample("1", 1, `"C"`, ""),
		{"samples/2_epoch_1.json", `{"id":2,"epoch":1,"scores":{},"error":{"message":"boom","traceback":"t"}}`},
		oneSample("3", 1, `"C"`, `,"limit":{"type":"token","limit":5}`),
		{"samples/4_epoch_1.json", `{"id":4,"epoch":1,"scores":null,"limit":{"type":"time","limit":5}}`},
		oneSample("5", 1, `"C"`, `,"invalidation":`+by),
		{"samples/6_epoch_1.json", `{"id":6,"epoch":1,"scores":null,"error":null,"limit":null,"invalidation":null}`},
		oneSample("7", 1, `"I"`, `,"error":{"message":"late"},"error_retries":[{"message":"x"}],"model_fallbacks":[{"model":"a","fallback_model":"b","count":1}]`),
		{"samples/8_epoch_1.json", edited},
	}
	r := mustRead(t, pack(t, zip.Deflate, quiz(`,"invalidated":true`, members...)...))
	var got []string
	for _, row := range r.Table.Rows {
		got = append(got, fmt.Sprintf("%s %s %q %v", row.Item, row.State, row.Value, row.Edited))
	}
	want := []string{
		`1 scored "1" false`, `2 errored "" false`, `3 limited "1" false`, `4 limited "" false`,
		`5 invalidated "" false`, `6 unscored "" false`, `7 errored "" false`, `8 scored "1" true`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	counts := Counts{Planned: 8, Present: 8, Completed: 6, Scored: 3, Errored: 2, Unscored: 2, Limited: 2, Invalidated: 1, Edited: 1, Fallback: 1, Retries: 1}
	if d := cmp.Diff(counts, r.Counts); d != "" {
		t.Error(d)
	}
	if got := codes(r); got != "completed_disagrees edited errored_excluded fallback_model invalidated limited retried scored_on_error unscored" {
		t.Error(got)
	}
	if len(r.Edits) != 2 || r.Edits[0].Kind != "invalidation" || r.Edits[0].Item != "5" || r.Edits[1].Author != "lead" || r.Edits[1].Metric != "match" {
		t.Errorf("edits %+v", r.Edits)
	}
	items, tally := r.Table.Select("match")
	if len(items) != 3 || tally != (Tally{Rows: 8, Scored: 3, Errored: 2, Unscored: 1, Limited: 2, Invalidated: 1, Edited: 1}) {
		t.Errorf("%+v %+v", items, tally)
	}
	roundTrip(t, r.Table)
}

// Scores with named parts are one metric per part, and the log's own claims
// find theirs.
func TestNamedParts(t *testing.T) {
	log := `{"version":2,"status":"success",` + evalBlock("") + `,
	 "results":{"total_samples":2,"completed_samples":2,"scores":[
	  {"name":"help","scorer":"grade","metrics":{"mean":{"name":"mean","value":0.5},"stderr":{"name":"stderr","value":0.5}}},
	  {"name":"list","scorer":"grade","metrics":{"accuracy":{"name":"accuracy","value":1}}},
	  {"name":"plain","scorer":"plain","metrics":{"accuracy":{"name":"accuracy","value":NaN}}}]},
	 "samples":[
	  {"id":1,"epoch":1,"scores":{"grade":{"value":{"help":1,"list":true,"odd":null,"deep":{"a":1}}},"plain":{"value":[1,0]}}},
	  {"id":2,"epoch":1,"scores":{"grade":{"value":{"help":0,"list":true}}}}]}`
	r := mustRead(t, []byte(log))
	var got []string
	for _, m := range r.Metrics {
		got = append(got, fmt.Sprintf("%s %d %q %d", m.Name, m.Items, m.Mean, len(m.Claims)))
	}
	want := []string{`grade/deep 0 "" 0`, `grade/help 2 "0.5" 1`, `grade/list 2 "1" 1`, `grade/odd 0 "" 0`, `plain 0 "" 1`, `plain/0 1 "1" 0`, `plain/1 1 "0" 0`}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got := codes(r); got != "null_score structured_score" {
		t.Error(got)
	}
	if s := r.Metrics[1].Claims[0]; s.Name != "mean" || s.Value != "0.5" || s.Stderr != "0.5" {
		t.Errorf("%+v", s)
	}
	if row := rowOf(t, r, "2", 1); row.State != Unscored {
		t.Errorf("a part that a sample lacks is %+v", row)
	}
}

// Forms that older releases wrote: one score per sample, one scorer in the
// results, no eval_id, max_messages.
func TestOldForms(t *testing.T) {
	log := `{"version":1,"status":"success","eval":{"run_id":"R","created":"2024-05-01T00:00:00+00:00","task":"quiz","task_id":"T",
	  "dataset":{"samples":2},"model":"m","config":{"max_messages":30},"sandbox":["docker","compose.yaml"]},
	 "results":{"scorer":{"name":"match","params":{}},"metrics":{"accuracy":{"name":"accuracy","value":0.5,"options":{}}},"sample_reductions":[]},
	 "samples":[{"id":1,"epoch":1,"score":{"value":"C"},"transcript":{"events":[],"content":{}}},{"id":2,"epoch":1,"score":{"value":"I"}}]}`
	r := mustRead(t, []byte(log))
	if len(r.Metrics) != 1 || r.Metrics[0].Name != "match" || r.Metrics[0].Mean != "0.5" || len(r.Metrics[0].Claims) != 1 || codes(r) != "" {
		t.Errorf("%+v %s", r.Metrics, codes(r))
	}
	if !strings.HasPrefix(r.EvalID, "derived-") || fmt.Sprint(r.Elicitation.Config) != "[{message_limit 30}]" || r.Counts.Planned != 2 {
		t.Errorf("%+v", r)
	}
}

func journal(n int, rows string) member {
	return member{fmt.Sprintf("%s%d.json", summariesFolder, n), "[" + rows + "]"}
}

// A log without a header is in progress, or its run crashed: the journal
// stands in, the last row of a sample wins, and settings that an operator
// changed are folded in.
func TestInProgress(t *testing.T) {
	change := func(n int, c string) member {
		return member{fmt.Sprintf("%s%d.json", updatesFolder, n), `{"changes":[` + c + `],"scope":"task","provenance":{"timestamp":"t","author":"op","metadata":{}}}`}
	}
	b := pack(t, zip.Deflate,
		member{startMember, `{"version":2,` + evalBlock(`,"config":{"epochs":1,"token_limit":100,"time_limit":5}`) + `,"plan":{"steps":[]}}`},
		journal(10, `{"id":1,"epoch":1,"scores":{"match":{"value":"C"}},"completed":true}`),
		journal(2, `{"id":1,"epoch":1,"scores":{"match":{"value":"I"}}},{"id":2,"epoch":1,"error":"x","retries":2}`),
		change(1, `{"config":"eval","name":"token_limit","value":900,"cleared":false,"previous":100},{"config":"concurrency","name":"max_samples","value":1,"cleared":false}`),
		change(2, `{"config":"eval","name":"time_limit","value":50,"cleared":false}`),
		change(3, `{"config":"eval","name":"time_limit","value":null,"cleared":true}`),
	)
	r := mustRead(t, b)
	if r.Status != StatusStarted || r.Counts.Present != 2 || rowOf(t, r, "1", 1).Value != "1" || rowOf(t, r, "2", 1).State != Errored {
		t.Errorf("%s %+v", r.Status, r.Table.Rows)
	}
	if got := codes(r); got != "errored_excluded in_progress mid_run_config retried summary_only" {
		t.Error(got)
	}
	if got := fmt.Sprint(r.Elicitation.Config); got != "[{epochs 1} {time_limit 5} {token_limit 900}]" {
		t.Error(got)
	}
	if len(r.Edits) != 4 || r.Edits[0].What != "token_limit = 900" || r.Edits[0].Author != "op" {
		t.Errorf("%+v", r.Edits)
	}
}

// Warnings about the run as a whole.
func TestRunWarnings(t *testing.T) {
	eval := func(extra, results, samples string) string {
		return `{"version":2,"status":"success",` + evalBlock(extra) + results + `,"samples":[` + samples + `]}`
	}
	sample := `{"id":1,"epoch":1,"scores":{"match":{"value":"C"}}}`
	null := `{"id":1,"epoch":1,"scores":{"match":{"value":null}}}`
	claim := func(name, value, reducer string) string {
		return `,"results":{"total_samples":1,"completed_samples":1,"scores":[{"name":"match","scorer":"match","reducer":"` + reducer + `","metrics":{"` + name + `":{"value":` + value + `}}}]}`
	}
	for _, tt := range []struct{ name, log, warn string }{
		{"clean", eval("", claim("accuracy", "1", ""), sample), ""},
		{"rounding", eval("", claim("accuracy", "0.9999999", ""), sample), ""},
		{"disagrees", eval("", claim("accuracy", "0.99", ""), sample), "aggregate_disagrees"},
		{"another reducer is not compared", eval(`,"config":{"epochs_reducer":["max"]}`, claim("accuracy", "0.99", ""), sample), ""},
		{"another metric is not compared", eval("", claim("std", "0.99", ""), sample), ""},
		{"sample_id", eval(`,"config":{"sample_id":["1"]}`, "", sample), "subset"},
		{"fewer ids", eval(`,"dataset":{"samples":9,"sample_ids":[1]}`, "", sample), "subset"},
		{"limit beyond the dataset", eval(`,"config":{"limit":20},"dataset":{"samples":1}`, "", sample), ""},
		{"range", eval(`,"config":{"limit":[5,6]},"dataset":{"samples":9}`, "", sample), "subset"},
		{"cache", eval(`,"model_generate_config":{"cache":true}`, "", sample), "cached"},
		{"no cache", eval(`,"model_generate_config":{"cache":false}`, "", sample), ""},
		{"early stop", eval("", `,"results":{"total_samples":1,"early_stopping":{"manager":"m","early_stops":[]},"scores":[]}`, sample), "early_stopped"},
		{"old pass@k", eval(`,"packages":{"inspect_ai":"0.3.220"}`, claim("accuracy", "1", "pass_at_2"), sample), "old_pass_at_k"},
		{"new pass@k", eval(`,"packages":{"inspect_ai":"0.3.221"}`, claim("accuracy", "1", "pass_at_2"), sample), ""},
		{"old NaN", eval(`,"packages":{"inspect_ai":"0.3.252.dev1+gab"}`, "", null), "nan_zeroed null_score unscored"},
		{"new NaN", eval(`,"packages":{"inspect_ai":"0.4.0"}`, "", null), "null_score unscored"},
		{"run error", strings.Replace(eval("", "", sample), `"success"`, `"error","error":{"message":"m"}`, 1), "run_error"},
	} {
		r := mustRead(t, []byte(tt.log))
		if got := codes(r); got != tt.warn {
			t.Errorf("%s: warns %q, want %q", tt.name, got, tt.warn)
		}
	}
}

// A log that was told to keep no samples is read from its summaries.
func TestSummariesOnly(t *testing.T) {
	b := pack(t, zip.Deflate, start(), member{summariesMember, `[{"id":1,"epoch":1,"scores":{"match":{"value":"C"}},"limit":"token"}]`}, header(1, "1", ""))
	r := mustRead(t, b)
	if codes(r) != "limited summary_only" || rowOf(t, r, "1", 1).Value != "1" {
		t.Errorf("%s %+v", codes(r), r.Table.Rows)
	}
}

// Settings that are long are pinned and not copied; those that may hold
// secrets or change nothing are left out.
func TestSettings(t *testing.T) {
	long := strings.Repeat("secret prompt ", 100)
	log := `{"version":2,"status":"success",` + evalBlock(`,"model_roles":{"grader":{"model":"g","config":{"temperature":0}}},"task_args":{"b":[1,{"x":"y\n"}],"a":"`+long+`","n":null}`) +
		`,"plan":{"steps":[{"solver":"agent","params":{"attempts":3,"tools":[{"type":"tool","name":"bash","params":{"timeout":9}},"python",{"x":1}]}}],"finish":null,"config":{"max_tokens":5,"extra_headers":{"auth":"key"},"max_retries":3}}}`
	r := mustRead(t, []byte(log))
	if strings.Contains(fmt.Sprintf("%+v", r), "secret prompt") || strings.Contains(fmt.Sprintf("%+v", r), "auth") {
		t.Errorf("%+v", r)
	}
	e := r.Elicitation
	if got := fmt.Sprint(e.Config, e.Roles, e.Solvers, r.ModelRoles, e.TaskArgs[1]); got != `[{epochs 1} {max_tokens 5}] [{grader.temperature 0}] [{agent [{attempts 3} {tools bash,python}]}] [{grader g}] {b [1,{"x":"y\u000a"}]}` {
		t.Error(got)
	}
	if !strings.HasPrefix(e.TaskArgs[0].Value, "sha256:") || !strings.HasSuffix(e.TaskArgs[0].Value, " (1400 bytes)") {
		t.Error(e.TaskArgs[0])
	}
}

const lmResults = `{"results":{"quiz":{"alias":"quiz","exact_match,none":0.5,"exact_match_stderr,none":0.25,"acc,strict":NaN,"acc_stderr,strict":"N/A"}},
 "group_subtasks":{"quiz":[]},"configs":{"quiz":{"metric_list":[{"metric":"exact_match","aggregation":"mean"}]}},
 "versions":{"quiz":2},"n-samples":{"quiz":{"original":9,"effective":2}},"config":{"model":"hf","model_args":"pretrained=lab/m,x=1","limit":2}}`

func TestLMEvalSamples(t *testing.T) {
	rows := `{"doc_id":0,"filter":"none","exact_match":1.0,"resps":[["}"]]}
{"doc_id":0,"filter":"strict","acc":0}
{"doc_id":1,"exact_match":1.0}
`
	asked := ""
	opt := Options{Companion: func(name string) (io.ReaderAt, int64, error) {
		asked = name
		return strings.NewReader(rows), int64(len(rows)), nil
	}}
	r, err := Read("some/dir/results_2026-01-01.json", strings.NewReader(lmResults), int64(len(lmResults)), opt)
	if err != nil {
		t.Fatal(err)
	}
	if asked != "samples_quiz_2026-01-01.jsonl" || r.Model != "lab/m" || !r.Subset || r.Counts.Planned != 2 {
		t.Errorf("asked for %s, %+v", asked, r)
	}
	if got := codes(r); got != "aggregate_disagrees subset" {
		t.Error(got)
	}
	var got []string
	for _, row := range r.Table.Rows {
		got = append(got, fmt.Sprint(row.Item, row.Metric, row.State, row.Value))
	}
	want := []string{"0acc,strictscored0", "0exact_match,nonescored1", "1acc,strictunscored", "1exact_match,nonescored1"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	roundTrip(t, r.Table)
}

func TestLMEvalCompanionFaults(t *testing.T) {
	read := func(c func(string) (io.ReaderAt, int64, error)) (Run, error) {
		return Read("results.json", strings.NewReader(lmResults), int64(len(lmResults)), Options{Companion: c})
	}
	if r, err := read(func(string) (io.ReaderAt, int64, error) { return nil, 0, fault.NotFoundf("none") }); err != nil || !r.AggregateOnly {
		t.Error(r, err)
	}
	if _, err := read(func(string) (io.ReaderAt, int64, error) { return nil, 0, errDisk }); err == nil {
		t.Error("a companion that cannot be opened is not an absent one")
	}
	for _, rows := range []string{`{"doc_id":0`, `{"exact_match":1}`, `[]`, "x"} {
		_, err := read(func(string) (io.ReaderAt, int64, error) { return strings.NewReader(rows), int64(len(rows)), nil })
		if err == nil {
			t.Errorf("%q was read", rows)
		}
	}
}

func TestTasks(t *testing.T) {
	log := `{"results":{"b":{"acc":1},"a":{"acc":1},"g":{"acc":1}},"groups":{"g":{}},"versions":{}}`
	got, err := Tasks("x.json", strings.NewReader(log), int64(len(log)), Options{})
	if err != nil || fmt.Sprint(got) != "[a b]" {
		t.Error(got, err)
	}
	b := pack(t, zip.Store, quiz("", oneSample("1", 1, "1", ""))...)
	got, err = Tasks("x.eval", bytes.NewReader(b), int64(len(b)), Options{})
	if err != nil || fmt.Sprint(got) != "[quiz]" {
		t.Error(got, err)
	}
	grouped := `{"results":{"g":{"acc,none":0.5,"acc_stderr,none":0}},"group_subtasks":{"g":["a","b"]},"versions":{}}`
	r, err := Read("x.json", strings.NewReader(grouped), int64(len(grouped)), Options{Task: "g"})
	if err != nil || codes(r) != "aggregate_only group no_count zero_stderr" {
		t.Error(codes(r), err)
	}
}

// Of a repeated list of samples the last one counts, as in Python; a header is
// found also where the samples come first.
func TestOrderOfMembers(t *testing.T) {
	log := `{"version":2,"samples":[{"id":1,"scores":{"m":{"value":0}}}],"status":"success",` + evalBlock("") +
		`,"results":{"total_samples":1,"completed_samples":2,"scores":[]},"samples":[{"id":2,"scores":{"m":{"value":1}}}]}`
	r := mustRead(t, []byte(log))
	if len(r.Table.Rows) != 1 || r.Table.Rows[0].Item != "2" || codes(r) != "completed_disagrees duplicate_member" {
		t.Errorf("%+v %s", r.Table.Rows, codes(r))
	}
	h, err := ReadHeader("x.json", strings.NewReader(log), int64(len(log)), Options{})
	if err != nil || h.Task != "quiz" || len(h.Table.Rows) != 0 || h.AggregateOnly {
		t.Errorf("%+v %v", h, err)
	}
}

// Only the builds that wrote version 3 are believed about it; every higher
// version is refused before anything else is looked at.
func TestVersionsAboveTwo(t *testing.T) {
	log := func(version, build string) []byte {
		all := quiz("", oneSample(`"a"`, 1, "1", ""))
		for i := range all {
			all[i].body = strings.Replace(all[i].body, `"version":2`, `"version":`+version, 1)
			all[i].body = strings.Replace(all[i].body, `"inspect_ai":"0.3.255"`, `"inspect_ai":"`+build+`"`, 1)
		}
		return pack(t, zip.Deflate, all...)
	}
	if r := mustRead(t, log("3", "0.3.135.dev45+gab")); !strings.Contains(codes(r), "development_format") {
		t.Error(codes(r))
	}
	if r := mustRead(t, log("2", "0.3.135.dev45+gab")); strings.Contains(codes(r), "development_format") {
		t.Error(codes(r))
	}
	for _, build := range []string{"0.3.135", "0.3.136.dev1", "0.3.255"} {
		refuse(t, log("3", build), Options{}, fault.Unsupported, "version 3")
	}
	refuse(t, log("4", "0.3.135.dev2"), Options{}, fault.Unsupported, "version 4")
}
