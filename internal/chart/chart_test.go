// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/chart"
)

var update = flag.Bool("update", false, "write the golden files")

func plot() chart.IntervalPlot {
	return chart.IntervalPlot{Title: "Margins", Description: "Two estimates beside their lines", Rows: []chart.IntervalRow{
		{Name: "uplift", Point: "2.52", Lower: "1.004", Upper: "4.6", RuleOut: "2.8", RuleIn: "5", Text: "2.52 (1.004 to 4.6)"},
		{Name: "virology", Point: "0.83", RuleOut: "0.5", RuleIn: "0.8", Text: "0.83, no interval: n is not published"},
		{Name: "survey <3x & more", Text: "not published"},
	}}
}

func timeline() chart.TimelinePlot {
	const day = int64(86_400_000)
	return chart.TimelinePlot{Title: "What ends", Description: "Two exceptions", Now: 100 * day, Spans: []chart.Span{
		{Name: "waiver-1", Start: 90 * day, End: 120 * day, Text: "until 1970-05-01"},
		{Name: "hold-2", Start: 95 * day, Text: "until lifted"},
	}}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s", path, got)
	}
}

func TestDrawings(t *testing.T) {
	golden(t, "testdata/intervals.svg", chart.Intervals(plot()))
	golden(t, "testdata/timeline.svg", chart.Timeline(timeline()))
}

// A drawing is well-formed whatever its words and numbers are, and carries no
// style and nothing that runs.
func TestDrawingsAreInert(t *testing.T) {
	p := plot()
	p.Title = `</title><script>alert(1)</script>` + "\x00"
	p.Rows = append(p.Rows, chart.IntervalRow{Name: `"><b onclick=x>`, Point: "NaN", Upper: "Inf", RuleIn: "1e999", Text: "\xff&"},
		chart.IntervalRow{Point: "1e300", Lower: "-1e300"})
	out := chart.Intervals(p)
	d := xml.NewDecoder(strings.NewReader(out))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		if el, ok := tok.(xml.StartElement); ok {
			if el.Name.Local == "script" || el.Name.Local == "b" {
				t.Errorf("an element of the input came through: %s", el.Name.Local)
			}
			for _, a := range el.Attr {
				if a.Name.Local == "style" || strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Errorf("%s=%q", a.Name.Local, a.Value)
				}
			}
		}
	}
	if again := chart.Intervals(p); again != out {
		t.Error("the same input gives other bytes")
	}
}

// What is not known is not drawn.
func TestNoNumberNoMark(t *testing.T) {
	out := chart.Intervals(chart.IntervalPlot{Rows: []chart.IntervalRow{{Name: "x", RuleOut: "0.5"}}})
	if strings.Contains(out, "<circle") || strings.Contains(out, `class="interval"`) {
		t.Errorf("an estimate is drawn that nobody knows: %s", out)
	}
}
