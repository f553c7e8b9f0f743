// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package threshold

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/stats"
)

// genSpec draws valid specs for a statistic of items.
func genSpec(t *rapid.T) Spec {
	s := Spec{
		Metric:        "m",
		Statistic:     rapid.SampledFrom([]Statistic{Proportion, Mean, PassAtK, MaxOfK, ShareAbove, Count, Median}).Draw(t, "statistic"),
		Direction:     rapid.SampledFrom([]Direction{Below, Above}).Draw(t, "direction"),
		Target:        rapid.SampledFrom([]Target{Class, Set}).Draw(t, "target"),
		Cluster:       rapid.SampledFrom([]string{"", "", "family"}).Draw(t, "cluster"),
		PlannedItems:  rapid.SampledFrom([]int{0, 10, 60}).Draw(t, "planned"),
		PlannedEpochs: rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "epochs"),
		Role:          RoleRuleOut,
	}
	if s.Statistic.usesK() {
		s.K = rapid.IntRange(1, 3).Draw(t, "k")
	}
	s.LineStatistic, s.LineK = s.Statistic, s.K
	a, b := rapid.IntRange(1, 99).Draw(t, "line"), rapid.IntRange(1, 99).Draw(t, "line")
	lines := []stats.Decimal{stats.MustFloat(float64(min(a, b)) / 100), stats.MustFloat(float64(max(a, b)) / 100)}
	if s.Direction == Above {
		slices.Reverse(lines)
	}
	s.RuleOut, s.RuleIn = lines[0], lines[1]
	return s
}

// genSample draws a complete table of up to 60 items; binary scores unless the
// statistic takes others.
func genSample(t *rapid.T, s Spec) Sample {
	scores := []stats.Decimal{"0", "0", "1"}
	if s.Statistic == Mean || s.Statistic == Median || s.Statistic == Count {
		scores = []stats.Decimal{"0", "0.1", "0.5", "1"}
	}
	// Lopsided tables reach the outer zones more often.
	scores = scores[rapid.IntRange(0, len(scores)-1).Draw(t, "worst"):]
	n := rapid.IntRange(1, 60).Draw(t, "items")
	sample := Sample{Status: StatusComplete, Items: make([]Item, n)}
	attempts := max(s.K, rapid.IntRange(1, 4).Draw(t, "attempts"))
	for i := range sample.Items {
		it := Item{ID: fmt.Sprint(i), Cluster: fmt.Sprint(i % 12)}
		for range attempts {
			it.Scores = append(it.Scores, rapid.SampledFrom(scores).Draw(t, "score"))
		}
		it.Missing = rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "missing")
		sample.Items[i] = it
	}
	return sample
}

// Adding a missing item, or a missing attempt at one, never brings support for
// rule-out, nor for rule-in.
func TestMissingNeverBringsSupport(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := genSpec(t)
		sample := genSample(t, spec)
		before := Judge(spec, sample)
		worse := sample
		worse.Items = slices.Clone(sample.Items)
		added := rapid.IntRange(0, 3).Draw(t, "new items")
		// The plan grows along, or new items would only take the place of absent
		// ones.
		worse.Planned = max(spec.PlannedItems, sample.Planned) + added
		for i := range added {
			worse.Items = append(worse.Items, Item{
				ID: fmt.Sprint("new", i), Missing: rapid.IntRange(1, 3).Draw(t, "attempts"), Cluster: "0",
			})
		}
		worse.Items[0].Missing += rapid.IntRange(0, 2).Draw(t, "more")
		after := Judge(spec, worse)
		if supports(after.Verdict) && after.Verdict != before.Verdict {
			t.Fatalf("%s became %s:\n%+v\n%+v", before.Verdict, after.Verdict, before, after)
		}
		if before.Sensitivity != nil && after.Sensitivity != nil && spec.Statistic != Count {
			narrower := before.Sensitivity.AllRight.Upper.Float() > after.Sensitivity.AllRight.Upper.Float() ||
				before.Sensitivity.AllWrong.Lower.Float() < after.Sensitivity.AllWrong.Lower.Float()
			if narrower {
				t.Fatalf("missing data narrowed the bounds:\n%+v\n%+v", before.Sensitivity, after.Sensitivity)
			}
		}
	})
}

func supports(v Verdict) bool { return v == SupportsRuleOut || v == SupportsRuleIn }

func TestWiderSpreadNeverBringsSupport(t *testing.T) {
	hundredths := func(x int) stats.Decimal { return stats.MustFloat(float64(x) / 100) }
	rapid.Check(t, func(t *rapid.T) {
		statistic := rapid.SampledFrom([]Statistic{Mean, RatioOfMeans}).Draw(t, "statistic")
		spec := below(statistic, func(s *Spec) {
			s.Direction = rapid.SampledFrom([]Direction{Below, Above}).Draw(t, "direction")
			if s.RuleOut, s.RuleIn = "1.5", "3"; s.Direction == Above {
				s.RuleOut, s.RuleIn = "3", "1.5"
			}
		})
		mean, spread := rapid.IntRange(1, 500), rapid.IntRange(1, 200)
		arms := Arms{SpreadKind: rapid.SampledFrom([]stats.SpreadKind{
			stats.SpreadSD, stats.SpreadSE, stats.SpreadCI95, SpreadNotStated,
		}).Draw(t, "kind")}
		arms.Treatment = Arm{Mean: hundredths(mean.Draw(t, "mean")), N: rapid.IntRange(0, 20).Draw(t, "n"), AssumedN: 10}
		arms.Control = Arm{Mean: hundredths(mean.Draw(t, "mean")), N: rapid.IntRange(0, 20).Draw(t, "n")}
		a, b := spread.Draw(t, "spread"), spread.Draw(t, "spread")
		judge := func(a, b int) Result {
			x := arms
			x.Treatment.Spread, x.Control.Spread = hundredths(a), hundredths(b)
			return Judge(spec, Sample{Status: StatusComplete, Arms: &x})
		}
		before := judge(a, b)
		after := judge(a+rapid.IntRange(0, 99).Draw(t, "more"), b+rapid.IntRange(0, 99).Draw(t, "more"))
		if supports(after.Verdict) && after.Verdict != before.Verdict {
			t.Fatalf("%s became %s:\n%+v\n%+v", before.Verdict, after.Verdict, before, after)
		}
	})
}

// A replay reads the sums back from the journal's bytes and gets the same
// result to the last character.
func TestReplayFromSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := genSpec(t)
		sample := genSample(t, spec)
		reduced, err := json.Marshal(Reduce(spec, sample))
		if err != nil {
			t.Fatal(err)
		}
		var again Sufficient
		if err := json.Unmarshal(reduced, &again); err != nil {
			t.Fatalf("%v in %s", err, reduced)
		}
		if diff := cmp.Diff(Judge(spec, sample), JudgeSufficient(spec, again)); diff != "" {
			t.Fatalf("%s\n%s", diff, reduced)
		}
		shuffled := sample
		shuffled.Items = rapid.Permutation(sample.Items).Draw(t, "order")
		if diff := cmp.Diff(Judge(spec, sample), Judge(spec, shuffled)); diff != "" {
			t.Fatalf("the order of items matters: %s", diff)
		}
	})
}

func TestZoneAndVerdictGoTogether_CAP9(t *testing.T) {
	seen := make(map[Verdict]bool)
	rapid.Check(t, func(t *rapid.T) {
		spec := genSpec(t)
		spec.Placeholder, spec.Replacement = rapid.Bool().Draw(t, "placeholder"), "x"
		got := Judge(spec, genSample(t, spec))
		checkResult(t, spec, got)
		seen[got.Verdict] = true
	})
	for _, v := range []Verdict{SupportsRuleOut, Inconclusive, SupportsRuleIn, CannotSay} {
		if !seen[v] {
			t.Errorf("the samples drawn never reach %s", v)
		}
	}
}

// checkResult holds for every result there is.
func checkResult(t interface{ Fatalf(string, ...any) }, spec Spec, r Result) {
	pairs := map[Zone]Verdict{
		ZoneBelowRuleOut: SupportsRuleOut, ZoneMiddle: Inconclusive, ZoneAboveRuleIn: SupportsRuleIn,
		ZoneInvalid: CannotSay, ZoneNoThreshold: CannotSay,
	}
	if pairs[r.Zone] != r.Verdict || len(r.Reasons) == 0 || r.Rules != Rules {
		t.Fatalf("%s with %s and reasons %q", r.Zone, r.Verdict, r.Reasons)
	}
	if s := r.Sensitivity; supports(r.Verdict) && s != nil && (s.AllWrong.Verdict != r.Verdict || s.AllRight.Verdict != r.Verdict) {
		t.Fatalf("%s though missing data says otherwise: %+v", r.Verdict, s)
	}
	for _, x := range r.Readings {
		if supports(r.Verdict) && x.Verdict != r.Verdict {
			t.Fatalf("%s though a reading says otherwise: %+v", r.Verdict, x)
		}
	}
	if r.Verdict == SupportsRuleOut {
		if spec.Placeholder || spec.LowerBoundOnly || spec.LineStatistic == "" {
			t.Fatalf("rule-out supported by %+v", spec)
		}
		if r.Margin == "" || r.Margin.Cmp("0") <= 0 || r.Lower == r.Upper {
			t.Fatalf("rule-out supported with margin %q in [%s, %s]", r.Margin, r.Lower, r.Upper)
		}
	}
}

// FuzzJudge: any bytes that read as a spec and a sample get an answer, and so
// do any that read as reduced sums.
func FuzzJudge(f *testing.F) {
	for _, c := range recordCases() {
		spec, _ := json.Marshal(c.spec)
		sample, _ := json.Marshal(c.sample)
		f.Add(spec, sample)
	}
	spec, _ := json.Marshal(below(Mean, out("0.5")))
	uplift, _ := json.Marshal(below(RatioOfMeans, out("2.8")))
	arms, _ := json.Marshal(armed("42", "11", "25", "13"))
	f.Add(uplift, arms)
	f.Add(spec, []byte(`{"status":"complete","items":[{"id":"a","scores":["0.5","1"],"missing":1},{"id":"b","scores":["0"]}]}`))
	f.Add(spec, []byte(`{"status":"complete","table":{"items":2,"unit":true,"observed":{"n":2,"sum":"-1","m2":"","attempts":1}}}`))
	f.Fuzz(func(t *testing.T, specBytes, sampleBytes []byte) {
		var spec Spec
		if json.Unmarshal(specBytes, &spec) != nil {
			return
		}
		var sample Sample
		if json.Unmarshal(sampleBytes, &sample) == nil {
			checkResult(t, spec, Judge(spec, sample))
		}
		var sums Sufficient
		if json.Unmarshal(sampleBytes, &sums) == nil {
			checkResult(t, spec, JudgeSufficient(spec, sums))
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	graded := make([]stats.Decimal, 1000)
	for i := range graded {
		graded[i] = stats.MustFloat(float64(i) / 1000)
	}
	for _, bb := range []struct {
		name  string
		spec  Spec
		score func(i int) stats.Decimal
	}{
		{"binary", below(Proportion, out("0.5")), func(i int) stats.Decimal { return stats.FromInt(int64(i % 3 / 2)) }},
		{"graded", below(Mean, out("0.5")), func(i int) stats.Decimal { return graded[i*7%1000] }},
	} {
		sample := Sample{Status: StatusComplete}
		for i := range 20_000 {
			sample.Items = append(sample.Items, Item{ID: fmt.Sprint(i), Scores: []stats.Decimal{bb.score(i), bb.score(i + 1)}, Missing: i % 50 / 49})
		}
		b.Run(bb.name+"/20000", func(b *testing.B) {
			for b.Loop() {
				Judge(bb.spec, sample)
			}
		})
	}
	reduced := Reduce(below(Proportion, out("0.5")), scored(100, 900, 5))
	b.Run("sums", func(b *testing.B) {
		for b.Loop() {
			JudgeSufficient(below(Proportion, out("0.5")), reduced)
		}
	})
}
