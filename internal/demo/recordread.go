// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// RecordReading is one published reading beside ours. Kind says how they relate;
// Verdict is our engine's, "" where nothing was judged by a line.
type RecordReading struct {
	ID         string      `json:"id"`
	Model      string      `json:"model"`
	Threshold  string      `json:"threshold"`
	Evaluation string      `json:"evaluation"`
	Published  string      `json:"published"`
	Ours       string      `json:"ours"`
	Basis      string      `json:"basis"`
	Why        string      `json:"why"`
	Kind       ReadingKind `json:"kind"`
	Verdict    string      `json:"verdict"`
	Estimate   string      `json:"estimate"`
	Lower      string      `json:"lower"`
	Upper      string      `json:"upper"`
	Source     string      `json:"source"`
	Missing    []string    `json:"not_published"`
}

// ReadingKind says how a published reading relates to ours.
type ReadingKind string

// We agree; we cannot tell where the publisher could; our rules are stricter; or
// there is nothing to compare.
const (
	Agrees     ReadingKind = "agrees"
	CannotTell ReadingKind = "cannot_tell"
	Stricter   ReadingKind = "stricter"
	NoReading  ReadingKind = "context"
)

// side is what a published reading says, as far as it can be compared.
type side int

const (
	noSide  side = iota
	out          // the figure speaks for ruling out
	between      // it does not, or it worries
	spent        // the evaluation says nothing any more
)

// sideOf reads the few words that the record uses for published readings.
func sideOf(published string) side {
	switch published {
	case "below 2.8", "not at the bar; an earlier, weaker snapshot", "below", "below but close", "well below", "below the line", "not warranting ASL-3":
		return out
	case "too close to rule out", "neither out nor in", "below the rule-in line", "raises concern", "substantially more risk in parts":
		return between
	case "saturated", "above the line", "above the line; saturated", "above; saturated":
		return spent
	}
	return noSide
}

// compare sorts readings into those that agree, those that differ, and the rest.
func (s *RecordStory) compare(all []RecordReading) {
	s.Agreements, s.Differences, s.Context = []RecordReading{}, []RecordReading{}, []RecordReading{}
	for _, r := range all {
		switch r.Kind {
		case Agrees:
			s.Agreements = append(s.Agreements, r)
		case CannotTell, Stricter:
			s.Differences = append(s.Differences, r)
		default:
			s.Context = append(s.Context, r)
		}
	}
}

// recordReader compares the record's figures with their findings.
type recordReader struct {
	facts gate.Facts
	now   int64
	ids   map[string]int
}

// all gives every reading: the newest model first, its trial before all else.
func (r *recordReader) all() []RecordReading {
	r.ids = map[string]int{}
	var rows []RecordReading
	for _, m := range []string{opus4, sonnet4, sonnet37} {
		for _, res := range r.facts.Evidence.For(m).Results {
			rows = append(rows, r.ofResult(res)...)
		}
		rows = append(rows, r.ofThresholds(m)...)
	}
	return rows
}

// ofResult gives a reading for each published line that the result was judged
// by, or one for the result in words.
func (r *recordReader) ofResult(res evidence.Result) []RecordReading {
	lines := r.judgedBy(res)
	if len(lines) == 0 {
		return []RecordReading{r.inWords(res)}
	}
	var rows []RecordReading
	for _, l := range lines {
		rows = append(rows, r.ofLine(res, l))
	}
	return rows
}

// recordJudged is one published line with the findings by which a result was
// judged under it. A line of two parts has two.
type recordJudged struct {
	line     string
	spec     assessment.Spec
	findings []assessment.Finding
}

// judgedBy gathers the findings on a result by published line. The same line
// registered again for another version of the policy adds nothing.
func (r *recordReader) judgedBy(res evidence.Result) []recordJudged {
	var lines []recordJudged
	for _, f := range r.facts.Assessment.FindingsOn(entry.Ref{Kind: "result", ID: res.ID}) {
		sp, _ := r.facts.Assessment.Spec(f.Found.Spec)
		line, part := lineOf(sp.ID)
		i := slices.IndexFunc(lines, func(l recordJudged) bool { return l.line == line })
		switch {
		case i < 0:
			lines = append(lines, recordJudged{line, sp, []assessment.Finding{f}})
		case part:
			lines[i].findings = append(lines[i].findings, f)
		}
	}
	return lines
}

// lineOf names the published line of a spec without its date, and tells whether
// the spec is one part of it.
func lineOf(spec string) (string, bool) {
	if strings.HasPrefix(spec, "survey-") {
		return "survey", true
	}
	line, _, _ := strings.Cut(spec, ".2025-")
	return line, false
}

func (r *recordReader) ofLine(res evidence.Result, l recordJudged) RecordReading {
	worst := slices.MinFunc(l.findings, func(a, b assessment.Finding) int {
		return cmp.Compare(weightOf(a.Found.Result.Verdict), weightOf(b.Found.Result.Verdict))
	}).Found.Result
	first := l.findings[0].Found.Result
	row := r.row(res, l.spec.Threshold, l.line)
	row.Verdict, row.Estimate, row.Lower, row.Upper = string(worst.Verdict), string(first.Estimate), string(first.Lower), string(first.Upper)
	row.Kind, row.Ours = r.judgement(res, l, worst.Verdict), oursOf(l, worst.Verdict, first)
	row.Why = whyOf(res, l)
	if l.spec.Rule.Role == threshold.RoleCheckpoint {
		row.Evaluation += " (" + string(l.spec.Rule.Target) + ")"
	}
	return row
}

// weightOf orders verdicts from the one that says least.
func weightOf(v threshold.Verdict) int {
	return slices.Index([]threshold.Verdict{threshold.CannotSay, threshold.Inconclusive, threshold.SupportsRuleIn, threshold.SupportsRuleOut}, v)
}

// judgement tells how the published reading relates to ours.
func (r *recordReader) judgement(res evidence.Result, l recordJudged, v threshold.Verdict) ReadingKind {
	if l.spec.Rule.Role == threshold.RoleContext || l.line == "uplift-mean" {
		return NoReading // no line, or a rule that the publisher did not read it by
	}
	switch s := sideOf(res.PublishedReading); {
	case s == noSide:
		return NoReading
	case s == spent, s == out && v == threshold.SupportsRuleOut, s == between && v == threshold.Inconclusive:
		return Agrees
	case v == threshold.CannotSay:
		return CannotTell
	}
	return Stricter
}

// oursOf says in a line what the figures support.
func oursOf(l recordJudged, v threshold.Verdict, res threshold.Result) string {
	text := strings.ReplaceAll(string(v), "_", " ")
	if l.spec.Lifecycle == assessment.Saturated {
		text = "no weight, since it is saturated; by itself " + text
	}
	if len(res.Readings) > 1 && v == threshold.Inconclusive {
		text += " under every reading of ±"
	}
	return text + boundsOf(res)
}

func boundsOf(res threshold.Result) string {
	switch {
	case len(res.Readings) > 1:
		var parts []string
		for _, x := range res.Readings {
			if x.Upper != "" {
				parts = append(parts, fmt.Sprintf("%s %s %s", x.Name, x.Method, threePlaces(x.Upper)))
			}
		}
		return fmt.Sprintf(": %s, upper bounds %s", threePlaces(res.Estimate), strings.Join(parts, ", "))
	case res.Upper != "":
		return fmt.Sprintf(": %s (%s to %s)", threePlaces(res.Estimate), threePlaces(res.Lower), threePlaces(res.Upper))
	case res.Estimate != "":
		return fmt.Sprintf(": %s, no interval", threePlaces(res.Estimate))
	}
	return ""
}

// threePlaces rounds a decimal for reading; the exact one stands beside it in
// the JSON.
func threePlaces(d stats.Decimal) string {
	text := strconv.FormatFloat(d.Float(), 'f', 3, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// whyOf gives the engine's reasons and what the result itself remarks.
func whyOf(res evidence.Result, l recordJudged) string {
	var parts []string
	for _, f := range l.findings {
		for _, reason := range f.Found.Result.Reasons {
			if len(l.findings) > 1 && f.Found.Result.Estimate == "" {
				reason = "The median answer is not published."
			}
			parts = append(parts, reason)
		}
	}
	if l.spec.Change != "" {
		parts = append(parts, l.spec.Change)
	}
	if res.Notes != "" {
		parts = append(parts, res.Notes)
	}
	return strings.Join(parts, " ")
}

// inWords gives the reading of a result that has no figure.
func (r *recordReader) inWords(res evidence.Result) RecordReading {
	row := r.row(res, "", res.Evaluation)
	row.Kind, row.Ours, row.Why = NoReading, "recorded", res.Notes
	if res.Judgement != nil {
		row.Why = res.Judgement.Text
	}
	if f, ok := r.believed(res); ok {
		row.Threshold, row.Verdict, row.Kind = f.Threshold, string(f.Judged.Direction), Agrees
		row.Ours = "judgement recorded, no interval: " + strings.ReplaceAll(row.Verdict, "_", " ")
		return row
	}
	if sp, ok := r.lineFor(res); ok && sp.Lifecycle == assessment.Saturated {
		row.Threshold, row.Ours, row.Kind = sp.Threshold, "no weight, since it is saturated", Agrees
		if sideOf(res.PublishedReading) == out {
			row.Ours, row.Kind = "no weight until it is reinstated with a reason", Stricter
			row.Why += " " + sp.Change
		}
	}
	return row
}

// believed finds the judgement that names a result in words as its evidence.
func (r *recordReader) believed(res evidence.Result) (assessment.Finding, bool) {
	for _, version := range r.facts.Policy.Versions() {
		for _, t := range version.Pack.Thresholds {
			for _, f := range r.facts.Assessment.Findings(res.Model, t.ID) {
				if f.Judged != nil && f.Judged.Evidence != nil && f.Judged.Evidence.ID == res.ID {
					return f, true
				}
			}
		}
	}
	return assessment.Finding{}, false
}

// lineFor finds the newest spec of a result that was not judged, among those
// from no later than the result.
func (r *recordReader) lineFor(res evidence.Result) (assessment.Spec, bool) {
	var found assessment.Spec
	for _, sp := range r.facts.Assessment.Specs("") {
		if sp.Evaluation == res.Evaluation && sp.Day <= deadline.DayOf(res.How.Happened.At) && sp.Seq >= found.Seq {
			found = sp
		}
	}
	return found, found.ID != ""
}

// row begins a reading of a result.
func (r *recordReader) row(res evidence.Result, thr, line string) RecordReading {
	row := RecordReading{
		Model: res.Model, Threshold: thr, Evaluation: res.Evaluation, Published: res.PublishedReading,
		Basis: string(policy.House), Missing: append([]string{}, res.How.NotPublished...),
	}
	row.ID = r.id(res.Model + "/" + line)
	if len(res.How.Source) > 0 {
		row.Source = res.How.Source[0].Document
		if sec := res.How.Source[0].Section; sec != "" {
			row.Source += ", section " + sec
		}
	}
	return row
}

// id makes a name unique: the second of a name has the number 2.
func (r *recordReader) id(name string) string {
	r.ids[name]++
	if n := r.ids[name]; n > 1 {
		return fmt.Sprintf("%s/%d", name, n)
	}
	return name
}

// ofThresholds compares what was determined about each threshold with what the
// figures support.
func (r *recordReader) ofThresholds(model string) []RecordReading {
	ask := gate.Ask{Model: model, Action: "external_deploy", Floor: grade.Attested}
	v := gate.Evaluate(r.facts, ask, r.now)
	var rows []RecordReading
	for _, fig := range gate.Figures(r.facts, model, ask.Action, grade.Reported, r.now) {
		published, own := publishedOutcome(r.facts, v, fig.Threshold)
		if published == "" || !own && !fig.Supported {
			continue // what was only carried along says nothing new about the figures
		}
		rows = append(rows, r.ofThreshold(model, published, fig))
	}
	return rows
}

func (r *recordReader) ofThreshold(model, published string, fig gate.Figure) RecordReading {
	row := RecordReading{
		ID: r.id(model + "/" + strings.ToLower(fig.Threshold)), Model: model, Threshold: fig.Threshold,
		Evaluation: "everything published", Published: published, Basis: string(policy.Text),
		Ours: "the figures support ruling it out", Kind: Agrees, Missing: []string{},
	}
	if fig.Through != "" {
		row.Why = "Through " + fig.Through + "."
	}
	if fig.Supported {
		return row
	}
	row.Ours, row.Why = "not shown to be ruled out", strings.Join(fig.Reasons, ". ")+"."
	if strings.HasPrefix(published, "ruled out") {
		row.Ours, row.Kind, row.Missing = "cannot tell from the figures", CannotTell, []string{"N5", "N6", "N8", "N9"}
	}
	if model == sonnet4 && fig.Threshold == "CBRN-3" {
		row.Why += " An independent reader of the card (aisafetyclaims.org) came to the same."
	}
	return row
}

// inconsistencies finds figures of one document that differ.
func (r *recordReader) inconsistencies() []Inconsistency {
	found := []Inconsistency{}
	for _, m := range []string{opus4, sonnet4, sonnet37} {
		at := map[string]int{}
		for _, res := range r.facts.Evidence.For(m).Results {
			if res.Point == nil || len(res.How.Source) == 0 {
				continue
			}
			key := res.Evaluation + "\x00" + res.How.Source[0].Document
			i, seen := at[key]
			if !seen {
				i, at[key] = len(found), len(found)
				found = append(found, Inconsistency{m, res.Evaluation, res.How.Source[0].Document, nil})
			}
			found[i].Values = append(found[i].Values, string(res.Point.Value))
		}
	}
	return slices.DeleteFunc(found, func(x Inconsistency) bool { return len(x.Values) < 2 })
}
