// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package threshold

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// scored makes a table of single attempts: right ones, wrong ones, and items
// whose attempt is missing.
func scored(right, wrong, missing int) Sample {
	s := Sample{Status: StatusComplete, Items: []Item{}}
	for i := range right + wrong + missing {
		it := Item{ID: fmt.Sprint(i)}
		switch {
		case i < right:
			it.Scores = []stats.Decimal{"1"}
		case i < right+wrong:
			it.Scores = []stats.Decimal{"0"}
		default:
			it.Missing = 1
		}
		s.Items = append(s.Items, it)
	}
	return s
}

// 50 planned, 47 scored, 31 right against 0.75: the upper bound is 0.735 or
// 0.788 (exact binomial), so nothing can be said.
func TestMissingCountsBothWays_CAP13(t *testing.T) {
	spec := below(Proportion, out("0.75"))
	want := map[string]float64{"observed": 0.77346, "wrong": 0.73493, "right": 0.78790}
	planned := spec
	planned.PlannedItems = 50
	fromRun := scored(31, 16, 0)
	fromRun.Planned = 50
	for name, tt := range map[string]struct {
		spec   Spec
		sample Sample
	}{
		"errored items":           {spec, scored(31, 16, 3)},
		"items planned, not run":  {planned, scored(31, 16, 0)},
		"the run says 50":         {spec, fromRun},
		"a count short of plan":   {planned, counted("31", 47, 1)},
		"planned and errored too": {planned, scored(31, 16, 2)},
	} {
		got := Judge(tt.spec, tt.sample)
		if got.Verdict != CannotSay || got.Zone != ZoneInvalid || got.Sensitivity == nil {
			t.Fatalf("%s: %s %s %v", name, got.Verdict, got.Zone, got.Reasons)
		}
		w, r := got.Sensitivity.AllWrong, got.Sensitivity.AllRight
		printed(t, name+" wrong", w.Upper, want["wrong"], 5e-6)
		printed(t, name+" right", r.Upper, want["right"], 5e-6)
		if w.Verdict != SupportsRuleOut || r.Verdict != Inconclusive || got.Upper != r.Upper || got.Missing != 3 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	whole := Judge(spec, scored(31, 16, 0))
	printed(t, "observed", whole.Upper, want["observed"], 5e-6)
	if whole.Sensitivity != nil || whole.Verdict != Inconclusive {
		t.Errorf("nothing is missing: %+v", whole)
	}
}

func TestMissingThatChangesNothing(t *testing.T) {
	got := Judge(below(Proportion, out("0.5")), scored(2, 45, 3))
	if got.Verdict != SupportsRuleOut || got.Interval.Kind != stats.KindMissing || !hasWarning(got, "missing") {
		t.Errorf("%+v", got)
	}
}

// For a safeguard, high is safe: the lines are mirrored and so is the case to
// fear, all of the missing attempts wrong.
func TestDirectionAboveMirrors_CAP9(t *testing.T) {
	spec := below(Proportion, func(s *Spec) {
		s.Direction, s.RuleOut, s.RuleIn, s.Buffer = Above, "0.8", "0.5", "0.05"
	})
	for _, tt := range []struct {
		sample  Sample
		verdict Verdict
	}{
		{scored(98, 2, 0), SupportsRuleOut},
		{scored(88, 12, 0), Inconclusive}, // lower bound 0.813: above 0.8, within the buffer
		{scored(30, 70, 0), SupportsRuleIn},
		{scored(45, 55, 0), Inconclusive},
		{scored(93, 2, 5), SupportsRuleOut},
		{scored(83, 2, 15), CannotSay},
	} {
		got := Judge(spec, tt.sample)
		if got.Verdict != tt.verdict {
			t.Errorf("%s of %d: %s, want %s: %v", got.Successes, got.N, got.Verdict, tt.verdict, got.Reasons)
		}
	}
	onLine := spec
	onLine.RuleIn = Judge(spec, scored(45, 55, 0)).Upper
	if got := Judge(onLine, scored(45, 55, 0)); got.Verdict != SupportsRuleIn {
		t.Errorf("an upper bound on the rule-in line: %s", got.Verdict)
	}
	got := Judge(spec, scored(83, 2, 15))
	if got.Sensitivity.AllWrong.Verdict != Inconclusive || got.Sensitivity.AllRight.Verdict != SupportsRuleOut {
		t.Errorf("all wrong is the case to fear: %+v", got.Sensitivity)
	}
	if got := Judge(spec, scored(98, 2, 0)); got.Margin != got.Lower.Sub("0.85") || got.Margin.Cmp("0") <= 0 {
		t.Errorf("margin %s with lower bound %s", got.Margin, got.Lower)
	}
}

func TestBufferAndMargin(t *testing.T) {
	spec := below(Proportion, func(s *Spec) { s.RuleOut, s.Buffer = "0.7", "0.03" })
	got := Judge(spec, counted("17", 33, 1)) // upper bound 0.667
	if got.Verdict != SupportsRuleOut || got.Margin != stats.Decimal("0.67").Sub(got.Upper) {
		t.Errorf("%s, margin %s", got.Verdict, got.Margin)
	}
	spec.Buffer = "0.04"
	if got := Judge(spec, counted("17", 33, 1)); got.Verdict != Inconclusive || !strings.HasPrefix(string(got.Margin), "-") {
		t.Errorf("inside the buffer: %s, margin %s", got.Verdict, got.Margin)
	}
	// A bound that equals the line is not below it; one that equals the rule-in
	// line reaches it.
	at := Judge(spec, counted("17", 33, 1)).Upper
	spec.RuleOut, spec.Buffer = at, ""
	if got := Judge(spec, counted("17", 33, 1)); got.Verdict != Inconclusive || got.Margin != "0" {
		t.Errorf("on the line: %s, margin %s", got.Verdict, got.Margin)
	}
	spec.RuleOut, spec.RuleIn = "", got.Lower
	if got := Judge(spec, counted("17", 33, 1)); got.Verdict != SupportsRuleIn {
		t.Errorf("on the rule-in line: %s", got.Verdict)
	}
}

// What a spec may not support, with data that would (2 of 47 against 0.5).
func TestSpecTakesSupportBack_CAP8(t *testing.T) {
	for name, tt := range map[string]struct {
		change  func(*Spec)
		verdict Verdict
		reason  string
	}{
		"nothing":               {func(*Spec) {}, SupportsRuleOut, "upper bound"},
		"line's statistic":      {func(s *Spec) { s.LineStatistic = "" }, CannotSay, "Nothing says in which statistic"},
		"other statistic":       {func(s *Spec) { s.LineStatistic, s.LineK = MaxOfK, 5 }, CannotSay, "max_of_k with k=5"},
		"with conversion note":  {func(s *Spec) { s.LineStatistic, s.LineK, s.Conversion = MaxOfK, 5, "note 3" }, SupportsRuleOut, "upper bound"},
		"conversion from what?": {func(s *Spec) { s.LineStatistic, s.Conversion = "", "note 3" }, CannotSay, "Nothing says in which statistic"},
		"placeholder":           {func(s *Spec) { s.Placeholder, s.Replacement = true, "the long tasks" }, CannotSay, "the long tasks"},
		"rising with budget":    {func(s *Spec) { s.LowerBoundOnly = true }, CannotSay, "lower bound"},
		"clusters without name": {func(s *Spec) { s.Cluster = "family" }, CannotSay, "have no family"},
	} {
		got := Judge(below(Proportion, func(s *Spec) { s.RuleOut = "0.5"; tt.change(s) }), scored(2, 45, 0))
		if got.Verdict != tt.verdict || !strings.Contains(strings.Join(got.Reasons, " "), tt.reason) {
			t.Errorf("%s: %s %v", name, got.Verdict, got.Reasons)
		}
	}
	// Rule-in is not taken back from a placeholder or a lower bound.
	spec := below(Proportion, func(s *Spec) {
		s.RuleIn, s.Placeholder, s.Replacement, s.LowerBoundOnly = "0.5", true, "x", true
	})
	if got := Judge(spec, scored(45, 2, 0)); got.Verdict != SupportsRuleIn {
		t.Errorf("rule-in: %s %v", got.Verdict, got.Reasons)
	}
	// pass@1 is not pass@5 either.
	spec = below(PassAtK, func(s *Spec) { s.RuleOut, s.K, s.LineK = "0.5", 5, 1 })
	if got := Judge(spec, counted("2", 47, 5)); got.Verdict != CannotSay {
		t.Errorf("another k: %s", got.Verdict)
	}
}

func TestUnfinishedRunHasNoNumbers(t *testing.T) {
	for _, status := range []string{StatusStarted, StatusCancelled, StatusError, "", "success?"} {
		sample := scored(2, 45, 0)
		sample.Status = status
		want := Result{
			Method: stats.Method{ID: "proportion.class", Version: 1}, Rules: Rules,
			Zone: ZoneInvalid, Verdict: CannotSay, Reasons: []string{statusProblem(status)},
		}
		if diff := cmp.Diff(want, Judge(below(Proportion, out("0.5")), sample)); diff != "" {
			t.Errorf("%q: %s", status, diff)
		}
	}
}

func TestInsufficientSamples(t *testing.T) {
	spec := below(Proportion, out("0.5"))
	twice := scored(1, 1, 0)
	twice.Items[1].ID = twice.Items[0].ID
	both := counted("1", 9, 1)
	both.Point = &PointOnly{"0.1"}
	families := scored(0, 40, 0)
	for i := range families.Items {
		families.Items[i].Cluster = "a"
	}
	for name, tt := range map[string]struct {
		spec   Spec
		sample Sample
	}{
		"empty":                 {spec, Sample{Status: StatusComplete}},
		"no items":              {spec, Sample{Status: StatusComplete, Items: []Item{}}},
		"two forms":             {spec, both},
		"all missing":           {spec, scored(0, 0, 40)},
		"item twice":            {spec, twice},
		"half a point":          {spec, Sample{Status: StatusComplete, Items: []Item{{Scores: []stats.Decimal{"0.5"}}}}},
		"not a number":          {spec, Sample{Status: StatusComplete, Items: []Item{{Scores: []stats.Decimal{"NaN"}}}}},
		"negative missing":      {spec, Sample{Status: StatusComplete, Items: []Item{{Missing: -1}}}},
		"more than all":         {spec, counted("10", 9, 1)},
		"count of nothing":      {spec, counted("0", 0, 1)},
		"arms of a proportion":  {spec, armed("1", "1", "1", "1")},
		"ratio of items":        {below(RatioOfMeans, out("2")), scored(1, 1, 0)},
		"point that is none":    {spec, pointed("")},
		"zero spread":           {below(Mean, out("50")), armed("1", "0", "1", "1")},
		"wide scale, missing":   {below(Mean, out("50")), Sample{Status: StatusComplete, Items: []Item{{Scores: []stats.Decimal{"7"}}, {Missing: 1}}}},
		"one item, wide scale":  {below(Mean, out("50")), Sample{Status: StatusComplete, Items: []Item{{Scores: []stats.Decimal{"7"}}}}},
		"no spread, wide scale": {below(Mean, out("50")), Sample{Status: StatusComplete, Items: []Item{{Scores: []stats.Decimal{"7"}}, {Scores: []stats.Decimal{"7"}}}}},
		"planned negative":      {spec, Sample{Status: StatusComplete, Planned: -3, Point: &PointOnly{"0.1"}}},
		"median of families":    {below(Median, func(s *Spec) { s.RuleOut, s.Cluster = "0.5", "family" }), families},
		"count off the scale":   {below(Count, out("5")), Sample{Status: StatusComplete, Items: []Item{{Scores: []stats.Decimal{"7"}}}}},
		"best of graded scores": {below(MaxOfK, func(s *Spec) { s.RuleOut, s.K, s.LineK = "0.5", 1, 1 }), table(9, "0.1", "0.2")},
		"pass@5 of 3 attempts":  {below(PassAtK, func(s *Spec) { s.RuleOut, s.K, s.LineK = "0.5", 5, 5 }), counted("0", 40, 3)},
		"median of a count":     {below(Median, out("0.5")), counted("0", 40, 1)},
		"negative mean":         {below(RatioOfMeans, out("2")), armed("-1", "1", "1", "1")},
		"mean missing":          {below(Mean, out("2")), armed("", "1", "1", "1")},
		"one family":            {below(Proportion, func(s *Spec) { s.RuleOut, s.Cluster = "0.5", "family" }), families},
		"bad spec":              {Spec{}, scored(2, 45, 0)},
	} {
		got := Judge(tt.spec, tt.sample)
		if got.Verdict != CannotSay || len(got.Reasons) == 0 {
			t.Errorf("%s: %s %v", name, got.Verdict, got.Reasons)
		}
	}
}

func TestForgedSumsAreNotBelieved(t *testing.T) {
	spec := below(Proportion, func(s *Spec) { s.RuleOut, s.PlannedItems = "0.75", 50 })
	for name, change := range map[string]func(*Table){
		"absent items dropped":  func(x *Table) { x.Absent, x.Missing = 0, 0 },
		"missing ones dropped":  func(x *Table) { x.Missing = 0 },
		"one treatment dropped": func(x *Table) { x.AllRight = nil },
		"no sum":                func(x *Table) { x.Observed.Sum = "" },
		"no attempts":           func(x *Table) { x.Observed.Attempts = 0 },
		"more than all":         func(x *Table) { x.Observed.Sum = "48" },
		"less than none":        func(x *Table) { x.AllWrong.Sum = "-1" },
	} {
		sums := Reduce(spec, scored(2, 45, 0))
		if got := JudgeSufficient(spec, sums); got.Verdict != SupportsRuleOut {
			t.Fatalf("unchanged: %s %v", got.Verdict, got.Reasons)
		}
		change(sums.Table)
		if got := JudgeSufficient(spec, sums); got.Verdict != CannotSay {
			t.Errorf("%s: %s", name, got.Verdict)
		}
	}
}

func TestStatisticsOfItems(t *testing.T) {
	items := func(scores ...[]stats.Decimal) Sample {
		s := Sample{Status: StatusComplete, Items: []Item{}}
		for i, x := range scores {
			s.Items = append(s.Items, Item{ID: fmt.Sprint(i), Scores: x})
		}
		return s
	}
	attempts := items([]stats.Decimal{"1", "0", "0", "0"}, []stats.Decimal{"0", "0", "0", "0"}, []stats.Decimal{"1", "1", "0", "0"})
	graded := items([]stats.Decimal{"0.1", "0.9"}, []stats.Decimal{"0.3", "0.2"}, []stats.Decimal{"0.4", "0.6"})
	for _, tt := range []struct {
		statistic Statistic
		change    func(*Spec)
		sample    Sample
		want      stats.Decimal
	}{
		{Proportion, func(*Spec) {}, attempts, "0.25"},
		{PassAtK, func(s *Spec) { s.K, s.LineK = 2, 2 }, attempts, "0.444444444"}, // (1/2 + 0 + 5/6) / 3
		{MaxOfK, func(s *Spec) { s.K, s.LineK = 2, 2 }, graded, "0.6"},            // (0.9 + 0.3 + 0.6) / 3
		{Mean, func(*Spec) {}, graded, "0.416666667"},
		{Median, func(*Spec) {}, graded, "0.5"},
		{Count, func(s *Spec) { s.RuleOut = "4" }, attempts, "0.75"},
		{ShareAbove, func(s *Spec) { s.Above = "0.3" }, graded, "0.5"},
	} {
		for _, target := range []Target{Class, Set} {
			spec := below(tt.statistic, func(s *Spec) { s.RuleOut, s.Target = "0.9", target; tt.change(s) })
			if err := spec.Check(); err != nil {
				t.Fatal(err)
			}
			got := Judge(spec, tt.sample)
			if tt.statistic == Median && target == Set {
				if got.Verdict != CannotSay {
					t.Errorf("a median over a set: %s", got.Verdict)
				}
				continue
			}
			if got.Estimate != tt.want {
				t.Errorf("%s over %s = %s, want %s: %v", tt.statistic, target, got.Estimate, tt.want, got.Reasons)
			}
		}
	}
	short := Judge(below(PassAtK, func(s *Spec) { s.RuleOut, s.K, s.LineK = "0.9", 5, 5 }), attempts)
	if short.Verdict != CannotSay {
		t.Errorf("pass@5 of four attempts: %s", short.Verdict)
	}
}

// The same numbers as a published average and as a table of attempts.
func TestCountAndTableAgree(t *testing.T) {
	table := Sample{Status: StatusComplete, Items: []Item{}}
	for i := range 42 {
		it := Item{ID: fmt.Sprint(i)}
		for a := range 10 {
			score := stats.Decimal("0")
			if i*10+a < 154 {
				score = "1"
			}
			it.Scores = append(it.Scores, score)
		}
		table.Items = append(table.Items, it)
	}
	for _, target := range []Target{Class, Set} {
		spec := below(Proportion, func(s *Spec) { s.RuleOut, s.Target = "0.5", target })
		a, b := Judge(spec, table), Judge(spec, counted("15.4", 42, 10))
		if diff := cmp.Diff(b, a); diff != "" {
			t.Errorf("%s: %s", target, diff)
		}
	}
}

func TestSpecCheckListsEveryProblem(t *testing.T) {
	err := Spec{
		Statistic: PassAtK, Direction: "up", RuleOut: "1.50", RuleIn: "0.2", Alpha: "0.9", Buffer: "-1",
		LineStatistic: "vibes", Missing: "drop", Placeholder: true, PlannedItems: -1,
	}.Check()
	var list fault.List
	if !errors.As(err, &list) {
		t.Fatalf("%v is not a list", err)
	}
	var where []string
	for _, e := range list {
		where = append(where, e.Where)
	}
	want := []string{"metric", "direction", "target", "role", "missing", "planned_items", "replacement", "k", "line_statistic", "rule_out", "alpha"}
	if diff := cmp.Diff(want, where); diff != "" {
		t.Error(diff)
	}
	for name, change := range map[string]func(*Spec){
		"percent":         func(s *Spec) { s.RuleOut = "50" },
		"lines swapped":   func(s *Spec) { s.RuleOut, s.RuleIn = "0.8", "0.5" },
		"negative buffer": func(s *Spec) { s.Buffer = "-0.1" },
		"no line":         func(s *Spec) { s.RuleOut = "" },
		"k":               func(s *Spec) { s.K = 5 },
		"huge line":       func(s *Spec) { s.RuleOut = "99999999999999999" },
	} {
		if below(Proportion, func(s *Spec) { s.RuleOut = "0.5"; change(s) }).Check() == nil {
			t.Errorf("%s: no problem found", name)
		}
	}
}

func TestResultShape(t *testing.T) {
	b, err := json.Marshal(Judge(below(Proportion, out("0.8")), counted("17", 33, 1)))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"method":{"id":"proportion.class","version":1},"rules":1,"n":33,"successes":"17",` +
		`"estimate":"0.515151515","lower":"0.36074171","upper":"0.667423446",` +
		`"interval":{"lower":"0.36074171","upper":"0.667423446","level":"0.95","sides":1,"kind":"clopper-pearson"},` +
		`"margin":"0.132576554","zone":"below_rule_out","verdict":"supports_rule_out",` +
		`"reasons":["The upper bound 0.667423446 is below the rule-out line 0.8."]}`
	if diff := cmp.Diff(want, string(b)); diff != "" {
		t.Error(diff)
	}
}

// More items than were planned are a choice that somebody made while looking;
// what the run itself planned does not excuse it, and bounds stay as they are
// (CAP-4).
func TestMoreThanPlanned(t *testing.T) {
	warned := func(r Result) bool {
		return slices.ContainsFunc(r.Warnings, func(w stats.Warning) bool { return w.Code == "more_than_planned" })
	}
	for _, tt := range []struct {
		name      string
		spec, run int
		want      bool
	}{
		{"nobody planned", 0, 0, false},
		{"as the spec plans", 60, 60, false},
		{"fewer than the spec plans", 70, 60, false},
		{"more than the spec plans", 50, 60, true},
		{"more than the spec plans, and the run did not say", 50, 0, true},
		{"as the run plans", 0, 60, false},
		{"more than the run plans", 0, 50, true},
	} {
		spec := below(Proportion, func(s *Spec) { s.RuleOut, s.PlannedItems = "0.9", tt.spec })
		sample := table(60, "0")
		sample.Planned = tt.run
		got := Judge(spec, sample)
		if warned(got) != tt.want {
			t.Errorf("%s: warns %+v", tt.name, got.Warnings)
		}
		count := Sample{Status: StatusComplete, Planned: tt.run, Count: &Tally{Successes: "0", N: 60, Attempts: 1}}
		if got := Judge(spec, count); warned(got) != tt.want {
			t.Errorf("%s: a count warns %+v", tt.name, got.Warnings)
		}
		plain := Judge(below(Proportion, out("0.9")), table(60, "0"))
		if tt.want && (got.Upper != plain.Upper || got.Verdict != plain.Verdict) {
			t.Errorf("%s: the warning moves a bound: %+v", tt.name, got)
		}
	}
}
