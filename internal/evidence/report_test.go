// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evidence

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

const head = "schema: holdpoint/results/v1\n"

// TestParseReport reads an uplift trial in full.
func TestParseReport(t *testing.T) {
	src := head + `
model: m
source: {document: S37, section: "7.1"}
happened: {on: 2025-02-24}
results:
  - evaluation: uplift
    snapshot: early
    kind: uplift
    statistic: ratio_of_means
    arms:
      treatment: {mean: 0.50, spread: 0.21, n: 8}
      control: {mean: 0.24, spread: "0.09", assumed_n: 10}
      spread_kind: not_stated
    trial: {duration: 2 days, rubric: r2, critical_failures: 9.57, critical_of: 18}
    published_reading: below 2.8
    source:
      - {document: C4, section: "7.2"}
      - {document: S37, section: "7.1"}
    grade: attested
    happened: {on: 2025-05, basis: stated}
    not_published: [N8, N9]
    note: the date is that of the card
    notes: two trials
`
	got, err := ParseReport("results.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	attested := grade.Attested
	want := []ReportedResult{{
		ResultReported: ResultReported{
			Model: "m", Snapshot: "early", Evaluation: "uplift", Kind: Uplift, Statistic: threshold.RatioOfMeans,
			Arms: &Arms{
				Treatment: Arm{Mean: "0.5", Spread: "0.21", N: 8}, Control: &Arm{Mean: "0.24", Spread: "0.09", AssumedN: 10},
				SpreadKind: threshold.SpreadNotStated,
			},
			Trial:            &Trial{Duration: "2 days", Rubric: "r2", CriticalFailures: "9.57", CriticalOf: 18},
			PublishedReading: "below 2.8", Notes: "two trials",
		},
		How: entry.Provenance{
			Happened: &entry.Happened{At: deadline.Day("2025-05-01").Start(), Precision: "month", Basis: "stated"},
			Source:   []entry.Source{{Document: "C4", Section: "7.2"}, {Document: "S37", Section: "7.1"}},
			Grade:    &attested, NotPublished: []string{"N8", "N9"}, Note: "the date is that of the card",
		},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestParseReportDefaults(t *testing.T) {
	src := head + `
model: m
source: {document: D, section: "1"}
results:
  - {evaluation: a, kind: score, point: {value: 1}}
  - {evaluation: b, model: n, kind: score, point: {value: 2}, source: {document: E, section: "2"}}
`
	got, err := ParseReport("r.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Model != "m" || got[1].Model != "n" || got[0].How.Source[0].Document != "D" ||
		got[1].How.Source[0].Document != "E" || *got[0].How.Grade != grade.Reported || got[0].How.Happened != nil {
		t.Errorf("%+v", got)
	}
}

// TestPublishedFiguresCanBeSaid takes every kind of figure that the two system
// cards publish through the verb and back out of the journal.
func TestPublishedFiguresCanBeSaid(t *testing.T) {
	src, err := os.ReadFile("testdata/figures.yaml")
	if err != nil {
		t.Fatal(err)
	}
	results, err := ParseReport("figures.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, "s37", "s4", "o4")
	w.snapshot("s4", "earlier")
	for _, r := range results {
		w.do(w.state.Report(r, w.see, w.act()))
	}
	kinds, got := map[Kind]int{}, 0
	for _, m := range []string{"s37", "s4", "o4"} {
		for _, r := range w.state.For(m).Results {
			kinds[r.Kind]++
			got++
			if r.Grade < grade.Attested || len(r.How.Source) == 0 {
				t.Errorf("%s has the grade %s and the sources %v", r.ID, r.Grade, r.How.Source)
			}
		}
	}
	if got != len(results) || len(kinds) != 6 {
		t.Errorf("%d of %d results, kinds %v", got, len(results), kinds)
	}
}

func TestParseReportFindsEveryProblem(t *testing.T) {
	src := head + `model: m
results:
  - evaluation: a
    kind: score
    points: {value: 1}
  - evaluation: b
    kind: score
    point: {value: 1e3}
  - evaluation: c
    kind: score
    point: {value: 1}
`
	_, err := ParseReport("r.yaml", []byte(src))
	l, ok := err.(fault.List)
	if !ok {
		t.Fatalf("err = %v", err)
	}
	var where []string
	for _, f := range l {
		where = append(where, f.Where)
		if f.Hint == "" {
			t.Errorf("%v has no hint", f)
		}
	}
	if d := cmp.Diff([]string{"r.yaml:6:5", "r.yaml:9:20", "r.yaml:10:5"}, where); d != "" {
		t.Errorf("%s\n%v", d, err)
	}
}

func TestParseReportRefuses(t *testing.T) {
	source := "source: {document: D, section: '1'}\nmodel: m\n"
	one := func(s string) string { return head + source + "results:\n  - {evaluation: a, " + s + "}\n" }
	cases := []struct{ name, src, says string }{
		{"empty", "", "empty"},
		{"a list", "- a\n", "mapping"},
		{"not YAML", "a: [", "YAML"},
		{"no schema", source + "results: [{evaluation: a, kind: score, point: {value: 1}}]\n", "schema"},
		{"other schema", "schema: x\n" + source + "results: [{evaluation: a, kind: score, point: {value: 1}}]\n", "schema"},
		{"no results", head + source, "results"},
		{"empty results", head + source + "results: []\n", "no results"},
		{"two documents", one("kind: score, point: {value: 1}") + "---\na: 1\n", "second YAML document"},
		{"alias", head + "x: &a [1]\ny: *a\n", "aliases"},
		{"tag", one("kind: !!str score, point: {value: 1}"), "tags"},
		{"merge key", one("kind: score, <<: {k: 1}, point: {value: 1}"), "plain text"},
		{"twice", one("kind: score, kind: score, point: {value: 1}"), "twice"},
		{"null", one("kind: score, point: {value: }"), "single value"},
		{"unknown kind", one("kind: exam, point: {value: 1}"), "kind of result"},
		{"no figure", one("kind: score"), "0 figures"},
		{"two figures", one("kind: score, point: {value: 1}, count: {successes: 1, n: 2}"), "2 figures"},
		{"figure of another kind", one("kind: qualitative, point: {value: 1}"), "has no point"},
		{"hexadecimal", one("kind: score, point: {value: 0x10}"), "decimal number"},
		{"infinite", one("kind: score, point: {value: .inf}"), "decimal number"},
		{"percent", one("kind: score, point: {value: 50%}"), "decimal number"},
		{"huge", one("kind: score, point: {value: 10000000000000000}"), "compare"},
		{"n as text", one("kind: score, count: {successes: 1, n: many}"), "whole number"},
		{"n of 0", one("kind: score, count: {successes: 0, n: 0}"), "n is 0"},
		{"too many", one("kind: score, count: {successes: 2.5, n: 2}"), "cannot be"},
		{"below 0", one("kind: score, count: {successes: -1, n: 2}"), "cannot be"},
		{"k of a mean", one("kind: score, statistic: mean, k: 5, point: {value: 1}"), "k of 5"},
		{"statistic", one("kind: score, statistic: best, point: {value: 1}"), "statistic"},
		{"spread kind", one("kind: uplift, arms: {treatment: {mean: 1, spread: 1}, spread_kind: sigma}"), "kind of spread"},
		{"no spread kind", one("kind: uplift, arms: {treatment: {mean: 1, spread: 1}}"), "spread_kind"},
		{"sd without spread", one("kind: uplift, arms: {treatment: {mean: 1}, spread_kind: sd}"), "spread"},
		{"n and assumed n", one("kind: uplift, arms: {treatment: {mean: 1, spread: 1, n: 9, assumed_n: 9}, spread_kind: sd}"), "none is assumed"},
		{"trial of a score", one("kind: score, point: {value: 1}, trial: {rubric: x}"), "only an uplift"},
		{"more yes than people", one("kind: survey, survey: {question: q, yes: 5, n: 4}"), "must be from 0 to 4"},
		{"no question", one("kind: survey, survey: {yes: 1, n: 4}"), "question"},
		{"empty judgement", one("kind: qualitative, judgement: {text: ' ', direction: none}"), "empty"},
		{"direction", one("kind: qualitative, judgement: {text: t, direction: good}"), "direction"},
		{"grade", one("kind: score, grade: recomputed, point: {value: 1}"), "grade recomputed"},
		{"grade unknown", one("kind: score, grade: unknown, point: {value: 1}"), "grade unknown"},
		{"not a grade", one("kind: score, grade: sure, point: {value: 1}"), "not a grade"},
		{"date", one("kind: score, happened: {on: 2025-02-30}, point: {value: 1}"), "not a date"},
		{"basis", one("kind: score, happened: {on: 2025-02-28, basis: guess}, point: {value: 1}"), "basis"},
		{"not published", one("kind: score, not_published: ['N 8'], point: {value: 1}"), "not published"},
		{"source without section", one("kind: score, source: {document: D}, point: {value: 1}"), "section"},
		{"no source", head + "model: m\nresults: [{evaluation: a, kind: score, point: {value: 1}}]\n", "where this comes from"},
		{"no model", head + "source: {document: D, section: '1'}\nresults: [{evaluation: a, kind: score, point: {value: 1}}]\n", "model"},
		{"deep", head + "results: " + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "\n", "limits"},
		{"large", strings.Repeat("#", maxFileBytes+1), "limit"},
	}
	for _, c := range cases {
		results, err := ParseReport("r.yaml", []byte(c.src))
		if err == nil || results != nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %d results, %v; want a fault that says %q", c.name, len(results), err, c.says)
			continue
		}
		for _, f := range err.(fault.List) {
			if !strings.HasPrefix(f.Where, "r.yaml:") || f.Kind != fault.Invalid || f.Hint == "" {
				t.Errorf("%s: %q at %q, hint %q", c.name, f.Message, f.Where, f.Hint)
			}
		}
	}
}

// Whatever is read can be entered: its model aside, no verb finds a problem
// that the parser let through, and the entry has one spelling.
func FuzzParseReport(f *testing.F) {
	f.Add([]byte(head + "model: m\nsource: {document: D, section: '1'}\nresults: [{evaluation: a, kind: score, point: {value: 1}}]\n"))
	f.Add([]byte(head + "results: [{evaluation: a, kind: survey, survey: {question: q, yes: 1, n: 2}}]"))
	f.Add([]byte("a: &a [*a]"))
	if figures, err := os.ReadFile("testdata/figures.yaml"); err == nil {
		f.Add(figures)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		results, err := ParseReport("f.yaml", src)
		if err != nil {
			if l, ok := err.(fault.List); !ok || len(l) == 0 || results != nil {
				t.Fatalf("%d results with %T", len(results), err)
			}
			return
		}
		w := newWorld(t)
		for _, r := range results {
			if r.Snapshot != "" {
				continue
			}
			if _, ok := w.see.Models.Model(r.Model); !ok {
				w.model(r.Model)
			}
			w.do(w.state.Report(r, w.see, w.act()))
		}
	})
}
