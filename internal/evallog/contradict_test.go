// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
)

func quizJSON(eval, results, samples string) []byte {
	return []byte(`{"version":2,"status":"success",` + evalBlock(eval) + results + `,"samples":[` + samples + `]}`)
}

// JSON readers differ on which of two equal names counts; here it is the last,
// and the run says that there were two.
func TestDuplicateMembers(t *testing.T) {
	scored := `"scores":{"match":{"value":"C"}}`
	for _, tt := range []struct {
		name, log, value string
	}{
		{"status", `{"version":2,"status":"error","status":"success",` + evalBlock("") + `,"samples":[{"id":1,` + scored + `}]}`, "1"},
		{"model", string(quizJSON(`,"model":"lab/two"`, "", `{"id":1,`+scored+`}`)), "1"},
		{"epochs", string(quizJSON(`,"config":{"epochs":4,"epochs":1}`, "", `{"id":1,`+scored+`}`)), "1"},
		{"results", string(quizJSON("", `,"results":{"scores":[]},"results":{"scores":[]}`, `{"id":1,`+scored+`}`)), "1"},
		{"plan", string(quizJSON("", `,"plan":{"steps":[{"solver":"a","solver":"b"}]}`, `{"id":1,`+scored+`}`)), "1"},
		{"id", string(quizJSON("", "", `{"id":2,"id":1,`+scored+`}`)), "1"},
		{"epoch", string(quizJSON("", "", `{"id":1,"epoch":1,"epoch":1,`+scored+`}`)), "1"},
		{"scores", string(quizJSON("", "", `{"id":1,"scores":{"match":{"value":"I"}},`+scored+`}`)), "1"},
		{"scorer", string(quizJSON("", "", `{"id":1,"scores":{"match":{"value":"I"},"match":{"value":"C"}}}`)), "1"},
		{"scorer, the last is null", string(quizJSON("", "", `{"id":1,"scores":{"match":{"value":"C"},"match":null}},{"id":2,`+scored+`}`)), ""},
		{"value", string(quizJSON("", "", `{"id":1,"scores":{"match":{"value":"I","value":"C"}}}`)), "1"},
		{"part", string(quizJSON("", "", `{"id":1,"scores":{"match":{"value":{"a":0,"a":1}}}}`)), "1"},
		{"history", string(quizJSON("", "", `{"id":1,"scores":{"match":{"value":"C","history":[],"history":[]}}}`)), "1"},
		{"error", string(quizJSON("", "", `{"id":1,"error":{"message":"m"},"error":null,`+scored+`}`)), "1"},
		{"limit", string(quizJSON("", "", `{"id":1,"limit":{"type":"token"},"limit":null,`+scored+`}`)), "1"},
	} {
		r := mustRead(t, []byte(tt.log))
		if row := rowOf(t, r, "1", 1); string(row.Value) != tt.value {
			t.Errorf("%s: %+v", tt.name, row)
		}
		if !strings.Contains(codes(r), "duplicate_member") {
			t.Errorf("%s: warns %q", tt.name, codes(r))
		}
	}
}

// A scorer that comes again takes the place of all it said before, and of
// nothing else.
func TestScorerTwice(t *testing.T) {
	r := mustRead(t, quizJSON("", "", `{"id":1,"scores":{"a":{"value":1},"b":{"value":{"x":0,"y":0}},"c":{"value":1},"b":{"value":{"x":1}},"c":{"value":0}}}`))
	var got []string
	for _, row := range r.Table.Rows {
		got = append(got, row.Metric+"="+string(row.Value))
	}
	if strings.Join(got, " ") != "a=1 b/x=1 c=0" || codes(r) != "duplicate_member" {
		t.Errorf("%v %s", got, codes(r))
	}
}

// Two samples of one item and epoch: the last counts, and if they differ the
// run says so.
func TestDuplicateSamples(t *testing.T) {
	yes, no := `{"id":1,"epoch":1,"scores":{"match":{"value":"C"}}}`, `{"id":1,"epoch":1,"scores":{"match":{"value":"I"}}}`
	zipped := func(m ...member) []byte { return pack(t, zip.Deflate, quiz("", m...)...) }
	summaries := func(rows string) []byte {
		return pack(t, zip.Deflate, start(), member{summariesMember, "[" + rows + "]"}, header(1, "1", ""))
	}
	for _, tt := range []struct {
		name  string
		log   []byte
		value string
		warn  bool
	}{
		{"list", quizJSON("", "", no+","+yes), "1", true},
		{"list, equal", quizJSON("", "", yes+","+yes), "1", false},
		{"list, three", quizJSON("", "", yes+","+no+","+no), "0", true},
		{"files", zipped(member{"samples/a_epoch_1.json", yes}, member{"samples/b_epoch_1.json", no}), "0", true},
		{"files, equal", zipped(member{"samples/a_epoch_1.json", yes}, member{"samples/b_epoch_1.json", yes}), "1", false},
		{"files of one name", zipped(member{"samples/1_epoch_1.json", no}, member{"samples/1_epoch_1.json", yes}), "1", true},
		{"files of one name, equal", zipped(member{"samples/1_epoch_1.json", yes}, member{"samples/1_epoch_1.json", yes}), "1", false},
		{"summaries", summaries(no + "," + yes), "1", true},
		{"summaries, equal", summaries(yes + "," + yes), "1", false},
	} {
		r := mustRead(t, tt.log)
		if row := rowOf(t, r, "1", 1); string(row.Value) != tt.value {
			t.Errorf("%s: %+v", tt.name, row)
		}
		if got := strings.Contains(codes(r), "duplicate_sample"); got != tt.warn {
			t.Errorf("%s: warns %q", tt.name, codes(r))
		}
	}
}

// Two headers in one zip are a header that says everything twice.
func TestTwoHeaders(t *testing.T) {
	b := pack(t, zip.Deflate, oneSample("1", 1, `"C"`, ""), header(2, "1", ""), header(1, "1", ""))
	if got := codes(mustRead(t, b)); got != "duplicate_member" {
		t.Error(got)
	}
}

// The summaries of a finished run agree with its samples.
func TestSummaryDisagrees(t *testing.T) {
	full := oneSample("1", 1, `"C"`, "")
	limited := oneSample("1", 1, `"C"`, `,"limit":{"type":"token","limit":5}`)
	errored := member{"samples/1_epoch_1.json", `{"id":1,"epoch":1,"scores":{},"error":{"message":"boom"}}`}
	for _, tt := range []struct {
		name    string
		summary string
		full    member
		warn    bool
	}{
		{"equal", `{"id":1,"epoch":1,"scores":{"match":{"value":"C"}}}`, full, false},
		{"without scores", `{"id":1,"epoch":1}`, full, false},
		{"equal limit", `{"id":1,"epoch":1,"scores":{"match":{"value":"C"}},"limit":"token"}`, limited, false},
		{"equal error", `{"id":1,"epoch":1,"error":"boom"}`, errored, false},
		{"score", `{"id":1,"epoch":1,"scores":{"match":{"value":"I"}}}`, full, true},
		{"no number", `{"id":1,"epoch":1,"scores":{"match":{"value":null}}}`, full, true},
		{"another scorer", `{"id":1,"epoch":1,"scores":{"other":{"value":"C"}}}`, full, true},
		{"one scorer more", `{"id":1,"epoch":1,"scores":{"match":{"value":"C"},"other":{"value":"C"}}}`, full, true},
		{"no limit", `{"id":1,"epoch":1,"scores":{"match":{"value":"C"}}}`, limited, true},
		{"limit", `{"id":1,"epoch":1,"scores":{"match":{"value":"C"}},"limit":"time"}`, limited, true},
		{"no error", `{"id":1,"epoch":1,"scores":{}}`, errored, true},
		{"error", `{"id":1,"epoch":1,"scores":{"match":{"value":"C"}},"error":"boom"}`, full, true},
	} {
		r := mustRead(t, pack(t, zip.Deflate, start(), tt.full, member{summariesMember, "[" + tt.summary + "]"}, header(1, "1", "")))
		if got := strings.Contains(codes(r), "summary_disagrees"); got != tt.warn {
			t.Errorf("%s: warns %q", tt.name, codes(r))
		}
		// A journal may lag behind, so that of a crashed run contradicts nothing.
		r = mustRead(t, pack(t, zip.Deflate, start(), tt.full, journal(1, tt.summary)))
		if got := codes(r); strings.Contains(got, "summary_disagrees") {
			t.Errorf("%s: in a journal warns %q", tt.name, got)
		}
	}
}

// A mean is over epochs, whatever the log does with them; where it does
// something else the run names it.
func TestReducers(t *testing.T) {
	sample := `{"id":1,"epoch":1,"scores":{"match":{"value":"C"}}},{"id":1,"epoch":2,"scores":{"match":{"value":"I"}}}`
	claim := func(reducer string) string {
		return `,"results":{"total_samples":2,"completed_samples":2,"scores":[{"name":"match","scorer":"match","reducer":"` + reducer + `","metrics":{"accuracy":{"value":0.5}}}]}`
	}
	for _, tt := range []struct {
		config, results, names string
	}{
		{`{"epochs":2}`, "", ""},
		{`{"epochs":2}`, claim("mean"), ""},
		{`{"epochs":2,"epochs_reducer":["mean"]}`, "", ""},
		{`{"epochs":2,"epochs_reducer":["max","mean"]}`, "", ""},
		{`{"epochs":2,"epochs_reducer":["max"]}`, "", "max"},
		{`{"epochs":2,"epochs_reducer":["mode","median"]}`, "", "median, mode"},
		{`{"epochs":2,"epochs_reducer":["pass_at_2"]}`, claim("pass_at_2"), "pass_at_2"},
		{`{"epochs":2}`, claim("at_least_2"), "at_least_2"},
	} {
		r := mustRead(t, quizJSON(`,"config":`+tt.config, tt.results, sample))
		at := slices.IndexFunc(r.Warnings, func(w stats.Warning) bool { return w.Code == "reducer" })
		if (at >= 0) != (tt.names != "") || at >= 0 && !strings.Contains(r.Warnings[at].Text, "by "+tt.names+";") {
			t.Errorf("%s %s: warns %+v", tt.config, tt.results, r.Warnings)
		}
	}
}

// More samples than were asked for are a choice that somebody made.
func TestMoreThanAskedFor(t *testing.T) {
	two := `{"id":1,"scores":{"match":{"value":"C"}}},{"id":2,"scores":{"match":{"value":"C"}}}`
	for config, want := range map[string]string{
		`,"config":{"limit":1}`:                       "more_than_planned subset",
		`,"config":{"limit":2}`:                       "subset",
		`,"dataset":{"sample_ids":[1],"samples":9}`:   "more_than_planned subset",
		`,"dataset":{"sample_ids":[1,2],"samples":2}`: "",
	} {
		if got := codes(mustRead(t, quizJSON(config, "", two))); got != want {
			t.Errorf("%s warns %q, want %q", config, got, want)
		}
	}
}

// Rows of one document and filter that differ are two samples in one.
func TestDuplicateRows(t *testing.T) {
	results := `{"results":{"quiz":{"acc,none":1,"acc_stderr,none":0.1}},"n-samples":{"quiz":{"original":1,"effective":1}},"configs":{"quiz":{"metric_list":[{"metric":"acc","aggregation":"mean"}]}}}`
	for rows, want := range map[string]string{
		`{"doc_id":0,"filter":"none","acc":0}` + "\n" + `{"doc_id":0,"filter":"none","acc":1}`: "duplicate_sample",
		`{"doc_id":0,"filter":"none","acc":1}` + "\n" + `{"doc_id":0,"filter":"none","acc":1}`: "",
		`{"doc_id":0,"filter":"none","acc":1}` + "\n" + `{"doc_id":0,"filter":"flex","acc":0}`: "",
		`{"doc_id":0,"filter":"none","acc":0,"acc":1}`:                                         "duplicate_member",
	} {
		beside := func(name string) (io.ReaderAt, int64, error) {
			if name != "samples_quiz.jsonl" {
				return nil, 0, fault.NotFoundf("no %s", name)
			}
			return strings.NewReader(rows), int64(len(rows)), nil
		}
		r, err := Read("results.json", bytes.NewReader([]byte(results)), int64(len(results)), Options{Companion: beside})
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(r.Table.Rows, func(row Row) bool { return row.Metric == "acc,none" })
		if got := codes(r); got != want || r.Table.Rows[at].Value != "1" {
			t.Errorf("%s warns %q with %+v, want %q", rows, got, r.Table.Rows, want)
		}
	}
}
