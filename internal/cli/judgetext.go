// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/evallog"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// judgeText prints a judgement for a person: what was run, the figures with
// their bounds, where they lie, the verdict, and what weakens it.
type judgeText struct {
	s      *session
	run    evallog.Run
	spec   threshold.Spec
	result threshold.Result
}

func (t judgeText) print() {
	t.ran()
	t.s.say("")
	t.figures()
	t.s.say("")
	if t.result.Lower != "" && t.result.Upper != "" {
		t.bar()
		t.s.say("")
	}
	t.verdict()
	t.weaknesses()
}

func (t judgeText) ran() {
	r, c := t.run, t.run.Counts
	t.s.say("%s", fmt.Sprintf("%s, answered by %s", or(r.Task, "a task without a name"), or(r.Model, "a model without a name")))
	facts := []string{r.Format, r.Status}
	if c.Planned > 0 {
		facts = append(facts, plural(c.Planned, "sample", "samples")+" planned")
	}
	if r.AggregateOnly {
		facts = append(facts, "no samples in the log")
	} else {
		facts = append(facts, fmt.Sprintf("%d completed", c.Completed), fmt.Sprintf("%d scored", c.Scored))
	}
	if r.Epochs > 1 {
		facts = append(facts, fmt.Sprintf("%d epochs, averaged for each item", r.Epochs))
	}
	for _, f := range []struct {
		n    int
		what string
	}{{c.Errored, "errored"}, {c.Unscored, "unscored"}, {c.Invalidated, "invalidated"}, {c.Limited, "stopped by a limit"}} {
		if f.n > 0 {
			facts = append(facts, fmt.Sprintf("%d %s", f.n, f.what))
		}
	}
	t.s.say("%s", strings.Join(facts, ", "))
}

func (t judgeText) figures() {
	r := t.result
	rows := [][]string{{"metric", cmp.Or(t.spec.Metric, "none named")}}
	if r.Estimate != "" {
		rows = append(rows, []string{"estimate", string(r.Estimate) + t.counted()})
	} else {
		rows = append(rows, []string{"estimate", "none"})
	}
	if r.Interval != nil {
		rows = append(rows,
			[]string{"lower bound", or(string(r.Lower), "none") + t.level()},
			[]string{"upper bound", or(string(r.Upper), "none") + t.level()})
	}
	if i, err := stats.Wilson(r.Successes, r.N, stats.TwoSided("0.05")); err == nil && t.spec.Statistic == threshold.Proportion {
		rows = append(rows, []string{"95 % interval", fmt.Sprintf("%s to %s  (two-sided, %s%s; shown only, never used)", i.Lower, i.Upper, i.Kind, t.scored())})
	}
	for _, claim := range t.claims() {
		rows = append(rows, []string{"the log says", claim + "  (shown only, never used)"})
	}
	for _, line := range t.lines() {
		rows = append(rows, []string{line.name + " line", string(line.at)})
	}
	t.s.grid(append(rows, []string{"safe side", t.side()}))
}

// claims are the log's own figures of the metric.
func (t judgeText) claims() []string {
	var all []string
	for _, m := range t.run.Metrics {
		for _, c := range m.Claims {
			if m.Name != t.spec.Metric || c.Value == "" {
				continue
			}
			text := fmt.Sprintf("%s %s", c.Name, c.Value)
			if c.Stderr != "" {
				text += fmt.Sprintf(", standard error %s", c.Stderr)
			}
			all = append(all, text)
		}
	}
	return all
}

func (t judgeText) counted() string {
	r := t.result
	switch {
	case r.N == 0:
		return ""
	case r.Successes != "":
		return fmt.Sprintf("  (%s of %s)", r.Successes, plural(r.N, "item", "items"))
	}
	return fmt.Sprintf("  (mean of %s)", plural(r.N, "item", "items"))
}

func (t judgeText) level() string {
	i := t.result.Interval
	return fmt.Sprintf("  (one-sided, level %s, %s%s)", i.Level, i.Kind, t.scored())
}

// scored says of an interval that something has no score and is not in it.
func (t judgeText) scored() string {
	if t.result.Sensitivity == nil {
		return ""
	}
	return ", of what has a score"
}

func (t judgeText) side() string {
	if t.spec.Direction == threshold.Above {
		return "above the line"
	}
	return "below the line"
}

type line struct {
	name string
	at   stats.Decimal
}

func (t judgeText) lines() []line {
	var all []line
	for _, l := range []line{{"rule-out", t.spec.RuleOut}, {"rule-in", t.spec.RuleIn}} {
		if l.at != "" {
			all = append(all, l)
		}
	}
	return all
}

// barWidth is how many columns the axis of the bar has.
const barWidth = 61

// bar draws the bounds and the lines on one axis:
//
//	0 ──────────────────────────────├────●────┤─────────────── 1
//	                      ^ rule-out 0.4
func (t judgeText) bar() {
	lo, hi := t.scale()
	at := func(d stats.Decimal) int {
		f := math.Round((d.Float() - lo) / (hi - lo) * (barWidth - 1))
		return int(min(max(f, 0), barWidth-1))
	}
	axis := []rune(strings.Repeat("─", barWidth))
	for i := at(t.result.Lower); i <= at(t.result.Upper); i++ {
		axis[i] = '━'
	}
	for _, l := range t.lines() {
		axis[at(l.at)] = '│'
	}
	axis[at(t.result.Lower)], axis[at(t.result.Upper)] = '├', '┤'
	if t.result.Estimate != "" {
		axis[at(t.result.Estimate)] = '●'
	}
	left := short(lo)
	t.s.say("%s %s %s", left, string(axis), short(hi))
	for _, l := range t.lines() {
		t.s.say("%s^ %s %s", strings.Repeat(" ", len(left)+1+at(l.at)), l.name, l.at)
	}
}

// scale is the axis: 0 to 1 for a rate, else what has to be shown with a margin.
func (t judgeText) scale() (lo, hi float64) {
	points := []float64{t.result.Lower.Float(), t.result.Upper.Float()}
	for _, l := range t.lines() {
		points = append(points, l.at.Float())
	}
	lo, hi = slices.Min(points), slices.Max(points)
	if lo >= 0 && hi <= 1 {
		return 0, 1
	}
	margin := (hi - lo) / 10
	if margin == 0 {
		margin = 1
	}
	return lo - margin, hi + margin
}

func short(x float64) string { return fmt.Sprintf("%.3g", x) }

func (t judgeText) verdict() {
	t.s.wrapped("", t.conclusion())
	for _, reason := range t.result.Reasons {
		t.s.wrapped("  ", reason)
	}
}

func (t judgeText) conclusion() string {
	switch t.result.Verdict {
	case threshold.SupportsRuleOut:
		return "Supports ruling out: the whole of the bound is on the safe side of the rule-out line."
	case threshold.SupportsRuleIn:
		return "Supports ruling in: the bound reaches the rule-in line."
	case threshold.Inconclusive:
		return "Inconclusive: the result lies in the middle zone, which is never a pass."
	}
	return "Cannot say."
}

func (t judgeText) weaknesses() {
	if sens := t.result.Sensitivity; sens != nil {
		t.s.say("")
		t.s.say("If all missing scores were")
		t.s.grid([][]string{
			{"  wrong:", string(sens.AllWrong.Estimate), "bounds", bounds(sens.AllWrong), words(string(sens.AllWrong.Verdict))},
			{"  right:", string(sens.AllRight.Estimate), "bounds", bounds(sens.AllRight), words(string(sens.AllRight.Verdict))},
		})
	}
	if len(t.result.Warnings) > 0 {
		t.s.say("")
		t.s.say("%s:", plural(len(t.result.Warnings), "warning", "warnings"))
	}
	for _, w := range t.result.Warnings {
		t.s.wrapped("  - ", w.Text)
	}
}

func bounds(s threshold.Scenario) string {
	return or(string(s.Lower), "none") + " to " + or(string(s.Upper), "none")
}

// words gives a name of the contract as people read it.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }
