// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/rule"
	"github.com/holdpoint/holdpoint/internal/stats"
)

func flop(model string, value, low, high stats.Decimal) ComputeEstimated {
	return ComputeEstimated{Model: model, Value: value, Low: low, High: high, Unit: FLOP, Method: "6ND"}
}

func exact(model string, value stats.Decimal) Estimate {
	return Estimate{ComputeEstimated: flop(model, value, value, value), Grade: grade.Reported}
}

// pythia is training compute 6ND of the Pythia suite at step 143,000 with
// 2,097,152 tokens a step and nominal N (Biderman et al., arXiv 2304.01373), in
// units of 1e18 FLOP.
var pythia = map[string]stats.Decimal{"70m": "126", "160m": "288", "410m": "740", "1b": "1800", "1.4b": "2500"}

// TestRatioTriggerOnPythia takes real steps of compute through the 4x trigger
// (MOD-2).
func TestRatioTriggerOnPythia(t *testing.T) {
	cases := []struct {
		last, now string
		want      Outcome
	}{
		{"160m", "410m", NotFired}, // 2.6
		{"410m", "1.4b", NotFired}, // 3.4
		{"160m", "1b", Fired},      // 6.3
		{"70m", "410m", Fired},
		{"1.4b", "70m", NotFired},
	}
	for _, c := range cases {
		r := RatioTrigger([]Estimate{exact(c.now, pythia[c.now])}, exact(c.last, pythia[c.last]), "4")
		if r.Outcome != c.want {
			t.Errorf("%s to %s: %s (%s), want %s", c.last, c.now, r.Outcome, r.Reason, c.want)
		}
	}
	// Within one run the ratio is that of the steps.
	start := exact("step-33000", "33000")
	for now, want := range map[stats.Decimal]Outcome{"133000": Fired, "123000": NotFired} {
		if r := RatioTrigger([]Estimate{exact("later", now)}, start, "4"); r.Outcome != want {
			t.Errorf("step 33000 to %s: %s, want %s", now, r.Outcome, want)
		}
	}
}

// TestRatioBoundary: 3.99 no, 4.0 yes, and the upper bound decides (MOD-2).
func TestRatioBoundary(t *testing.T) {
	last := exact("last", "100")
	cases := []struct {
		name string
		now  ComputeEstimated
		want Outcome
	}{
		{"3.99", flop("now", "399", "399", "399"), NotFired},
		{"4.0", flop("now", "400", "400", "400"), Fired},
		{"rounds to 4 in nine digits", flop("now", "399.99999999", "399.99999999", "399.99999999"), Fired},
		{"just below in nine digits", flop("now", "399.999999", "399.999999", "399.999999"), NotFired},
		{"upper bound above", flop("now", "300", "200", "400"), Fired},
		{"upper bound below", flop("now", "300", "200", "399"), NotFired},
		{"no bounds, value below", flop("now", "300", "", ""), CannotTell},
		{"no bounds, value above", flop("now", "400", "", ""), Fired},
		{"other unit", ComputeEstimated{Model: "now", Value: "9", Low: "9", High: "9", Unit: Relative, Reference: "last"}, CannotTell},
		{"nothing", ComputeEstimated{}, CannotTell},
	}
	for _, c := range cases {
		r := RatioTrigger([]Estimate{{ComputeEstimated: c.now}}, last, "4")
		if r.Outcome != c.want || r.Reason == "" {
			t.Errorf("%s: %s (%s), want %s", c.name, r.Outcome, r.Reason, c.want)
		}
	}
}

func TestRatioTriggerSays(t *testing.T) {
	last := Estimate{ComputeEstimated: flop("aster-1", "100", "80", "120"), Seq: 4, Grade: grade.Reported}
	now := Estimate{ComputeEstimated: flop("aster-2", "200", "180", "240"), Seq: 9, Grade: grade.Attested}
	got := RatioTrigger([]Estimate{now}, last, "4")
	want := Reading{
		Outcome: NotFired, Reason: "aster-2 is at up to 3 times the effective compute of aster-1, below 4 times",
		Ratio: Multiple{Value: "2", Low: "1.5", High: "3"}, FiresAt: "320", Grade: grade.Attested, Entries: []int64{4, 9},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if r := RatioTrigger(nil, last, "4"); r.Outcome != CannotTell {
		t.Errorf("without an estimate: %s", r.Outcome)
	}
	if r := RatioTrigger([]Estimate{now}, Estimate{}, "4"); r.Outcome != CannotTell {
		t.Errorf("without a last assessment: %s", r.Outcome)
	}
	if r := RatioTrigger([]Estimate{now}, last, ""); r.Outcome != CannotTell {
		t.Errorf("without a line: %s", r.Outcome)
	}
}

// One more estimate, or one that lost its interval, never makes a trigger
// quieter.
func TestRatioTriggerIsMonotone(t *testing.T) {
	order := map[Outcome]int{NotFired: 0, CannotTell: 1, Fired: 2}
	num := rapid.Custom(func(t *rapid.T) Estimate {
		v := rapid.Int64Range(1, 1000).Draw(t, "value")
		e := flop("m", stats.FromInt(v), stats.FromInt(max(1, v-rapid.Int64Range(0, 100).Draw(t, "below"))),
			stats.FromInt(v+rapid.Int64Range(0, 100).Draw(t, "above")))
		if rapid.IntRange(0, 3).Draw(t, "stated") == 0 {
			e.Low, e.High = "", ""
		}
		return Estimate{ComputeEstimated: e}
	})
	rapid.Check(t, func(t *rapid.T) {
		now := rapid.SliceOfN(num, 1, 4).Draw(t, "now")
		last, more := num.Draw(t, "last"), num.Draw(t, "more")
		before := RatioTrigger(now, last, "4")
		if after := RatioTrigger(append(now[:len(now):len(now)], more), last, "4"); order[after.Outcome] < order[before.Outcome] {
			t.Fatalf("one more estimate: %s after %s", after.Outcome, before.Outcome)
		}
		last.Low, last.High = "", ""
		if after := RatioTrigger(now, last, "4"); before.Outcome != Fired && order[after.Outcome] < order[before.Outcome] {
			t.Fatalf("a lost interval: %s after %s", after.Outcome, before.Outcome)
		}
	})
}

// TestMonthsTrigger is the six-month clock (MOD-3).
func TestMonthsTrigger(t *testing.T) {
	at := func(day string, ms int64) int64 { return deadline.Day(day).Start() + ms }
	cases := []struct {
		last deadline.Day
		now  int64
		want Outcome
		on   deadline.Day
	}{
		{"2025-05-22", at("2025-11-22", -1), NotFired, "2025-11-22"},
		{"2025-05-22", at("2025-11-22", 0), Fired, "2025-11-22"},
		{"2024-08-31", at("2025-02-27", 0), NotFired, "2025-02-28"},
		{"2024-08-31", at("2025-02-28", 0), Fired, "2025-02-28"},
		{"2025-05-22", at("2025-05-22", 0), NotFired, "2025-11-22"},
		{"2025-05-22", at("2025-05-21", 0), CannotTell, ""},
		{"", at("2025-05-22", 0), CannotTell, ""},
		{"22 May", at("2025-05-22", 0), CannotTell, ""},
	}
	for _, c := range cases {
		r := MonthsTrigger(c.last, 6, c.now)
		if r.Outcome != c.want || r.FiresOn != c.on || r.Reason == "" {
			t.Errorf("%s at %s: %s on %s (%s), want %s on %s", c.last, deadline.DayOf(c.now), r.Outcome, r.FiresOn, r.Reason, c.want, c.on)
		}
	}
	if r := MonthsTrigger("2025-05-22", 0, at("2026-01-01", 0)); r.Outcome != CannotTell {
		t.Errorf("no number of months: %s", r.Outcome)
	}
}

// TestDiscretionTrigger: the reading names who and why (MOD-4).
func TestDiscretionTrigger(t *testing.T) {
	if r := DiscretionTrigger(); r.Outcome != NotFired {
		t.Errorf("without a call: %s", r.Outcome)
	}
	r := DiscretionTrigger(Call{By: "the RSO", Why: "a jump on internal tests", Seq: 7, Grade: grade.Attested})
	if r.Outcome != Fired || r.Grade != grade.Attested || !strings.Contains(r.Reason, "the RSO") || !strings.Contains(r.Reason, "a jump") {
		t.Errorf("%+v", r)
	}
}

func TestOutcomeWords(t *testing.T) {
	for o := CannotTell; o <= Fired; o++ {
		text, _ := o.MarshalText()
		var back Outcome
		if err := back.UnmarshalText(text); err != nil || back != o {
			t.Errorf("%s reads back as %s, %v", text, back, err)
		}
	}
	var o Outcome
	if err := o.UnmarshalText([]byte("maybe")); fault.KindOf(err) != fault.Invalid {
		t.Errorf("err = %v", err)
	}
}

// TestComparable: at or above once the effective compute, by the upper bound
// (MOD-7).
func TestComparable(t *testing.T) {
	w := &world{t: t}
	w.model("big", "small", "close", "vague", "none", "scaled")
	estimate := func(c ComputeEstimated) {
		t.Helper()
		w.do(w.state.EstimateCompute(NewEstimate{ComputeEstimated: c}, w.act()))
	}
	w.snapshot("small", "early", Early)
	w.snapshot("small", "late", Pretrain)
	estimate(flop("big", "100", "90", "110"))
	estimate(flop("close", "80", "70", "90"))
	estimate(flop("vague", "80", "", ""))
	estimate(ComputeEstimated{Model: "scaled", Value: "2", Unit: Relative, Reference: "big", Method: "loss on a fixed set"})
	for name, value := range map[string]stats.Decimal{"early": "10", "late": "50"} {
		c := flop("small", value, value, value)
		c.Snapshot = name
		estimate(c)
	}
	cases := []struct {
		a, b string
		want rule.Status
	}{
		{"close", "big", rule.Met}, // 90/90: inclusive
		{"small", "big", rule.NotMet},
		{"big", "small", rule.Met},
		{"vague", "big", rule.CannotTell},
		{"none", "big", rule.CannotTell},
		{"big", "none", rule.CannotTell},
		{"scaled", "big", rule.CannotTell},
		{"none", "none", rule.Met},
		{"unheard-of", "unheard-of", rule.CannotTell},
	}
	for _, c := range cases {
		got := w.state.Comparable(c.a, c.b)
		if got.Status != c.want || got.Reason == "" {
			t.Errorf("%s to %s: %s (%s), want %s", c.a, c.b, got.Status, got.Reason, c.want)
		}
	}
	// A later estimate takes the place of the earlier one of the same snapshot.
	estimate(flop("close", "60", "50", "70"))
	if got := w.state.Comparable("close", "big"); got.Status != rule.NotMet {
		t.Errorf("after the correction: %s (%s)", got.Status, got.Reason)
	}
}

func TestEstimateRefuses(t *testing.T) {
	w := &world{t: t}
	w.model("m")
	good := flop("m", "126000000000000000000", "1", "200000000000000000000")
	cases := []struct {
		name   string
		change func(*ComputeEstimated)
		kind   fault.Kind
	}{
		{"model", func(c *ComputeEstimated) { c.Model = "n" }, fault.NotFound},
		{"snapshot", func(c *ComputeEstimated) { c.Snapshot = "s" }, fault.NotFound},
		{"exponent", func(c *ComputeEstimated) { c.Value = "1.26e20" }, fault.Invalid},
		{"zero", func(c *ComputeEstimated) { c.Value = "0" }, fault.Invalid},
		{"no value", func(c *ComputeEstimated) { c.Value = "" }, fault.Invalid},
		{"one bound", func(c *ComputeEstimated) { c.Low = "" }, fault.Invalid},
		{"outside", func(c *ComputeEstimated) { c.High = "2" }, fault.Invalid},
		{"method", func(c *ComputeEstimated) { c.Method = " " }, fault.Invalid},
		{"unit", func(c *ComputeEstimated) { c.Unit = "hours" }, fault.Invalid},
		{"relative to nothing", func(c *ComputeEstimated) { c.Unit = Relative }, fault.Invalid},
		{"FLOP relative to something", func(c *ComputeEstimated) { c.Reference = "m" }, fault.Invalid},
	}
	for _, c := range cases {
		in := good
		c.change(&in)
		drafts, err := w.state.EstimateCompute(NewEstimate{ComputeEstimated: in}, w.act())
		if fault.KindOf(err) != c.kind || drafts != nil {
			t.Errorf("%s: %v, want kind %s", c.name, err, c.kind)
		}
	}
	w.do(w.state.EstimateCompute(NewEstimate{ComputeEstimated: good}, w.act()))
	if got, ok := w.state.Estimate("m", ""); !ok || got.Value != good.Value {
		t.Errorf("%+v", got)
	}
}

// The exact quotient and floating point agree to nine digits or so.
func TestRatioAgainstFloat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64Range(1, 1<<50).Draw(t, "a"), rapid.Int64Range(1, 1<<50).Draw(t, "b")
		m, err := Ratio(exact("a", stats.FromInt(a)), exact("b", stats.FromInt(b)))
		if err != nil {
			t.Fatal(err)
		}
		if want := float64(a) / float64(b); math.Abs(m.Value.Float()/want-1) > 1e-8 {
			t.Fatalf("%d/%d = %s", a, b, m.Value)
		}
	})
}
