// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package threshold

import (
	"fmt"
	"testing"

	"github.com/holdpoint/holdpoint/internal/stats"
)

// Width-0 intervals and perfect scores: the exact interval takes over.
func TestNoSpreadIsNotCertainty(t *testing.T) {
	zeros := Sample{Status: StatusComplete, Items: []Item{}}
	for i := range 5 {
		zeros.Items = append(zeros.Items, Item{ID: fmt.Sprint(i), Scores: []stats.Decimal{"0.2", "0.2"}})
	}
	got := Judge(below(Mean, out("0.5")), zeros)
	if got.Verdict != Inconclusive || !hasWarning(got, "no_spread") || got.Lower == got.Upper {
		t.Errorf("five equal scores: %+v", got)
	}
	got = Judge(below(Mean, out("0.5")), scored(0, 5, 0)) // exact: 0.451
	printed(t, "upper", got.Upper, 0.45072, 5e-6)
	// Every cluster at zero: each counts as one item, 1-0.05^(1/3).
	spec := below(Proportion, func(s *Spec) { s.RuleOut, s.Cluster = "0.5", "family" })
	sample := scored(0, 60, 0)
	for i := range sample.Items {
		sample.Items[i].Cluster = string(rune('a' + i%3))
	}
	got = Judge(spec, sample)
	printed(t, "clustered upper", got.Upper, 0.63160, 5e-6)
	if got.Verdict != Inconclusive || !hasWarning(got, "few_clusters") {
		t.Errorf("three families: %s %v", got.Verdict, got.Warnings)
	}
}

// Forty families of five that always agree are worth forty items, not 200.
func TestClustersWidenTheInterval(t *testing.T) {
	sample := scored(0, 0, 0)
	for i := range 200 {
		score := stats.Decimal("0")
		if i/5 < 8 {
			score = "1"
		}
		sample.Items = append(sample.Items, Item{ID: fmt.Sprint(i), Scores: []stats.Decimal{score}, Cluster: fmt.Sprint(i / 5)})
	}
	spec := below(Proportion, out("0.3"))
	if got := Judge(spec, sample); got.Verdict != SupportsRuleOut {
		t.Errorf("without clusters: %s", got.Verdict)
	}
	spec.Cluster = "family"
	if got := Judge(spec, sample); got.Verdict != Inconclusive {
		t.Errorf("with clusters: %s [%s, %s]", got.Verdict, got.Lower, got.Upper)
	}
	if got := Judge(spec, counted("40", 200, 1)); got.Verdict != CannotSay {
		t.Errorf("a count knows no clusters: %s", got.Verdict)
	}
}

// One item in forty passes once in ten: Student's t alone would put the upper
// bound at 0.0067, under what even 400 independent attempts would allow.
func TestRarePassesAreNotCertainty(t *testing.T) {
	rare := func(pass, fail stats.Decimal) Sample {
		s := Sample{Status: StatusComplete, Items: []Item{}}
		for i := range 40 {
			it := Item{ID: fmt.Sprint(i), Scores: []stats.Decimal{fail, fail, fail, fail, fail, fail, fail, fail, fail, fail}, Cluster: fmt.Sprint(i / 5)}
			if i == 0 {
				it.Scores[0] = pass
			}
			s.Items = append(s.Items, it)
		}
		return s
	}
	for _, sample := range []Sample{rare("1", "0"), rare("0.9", "0")} {
		for _, target := range []Target{Class, Set} {
			spec := below(Mean, func(s *Spec) { s.RuleOut, s.Target = "0.011", target })
			if got := Judge(spec, sample); got.Verdict != Inconclusive {
				t.Errorf("over the %s: %s, upper bound %s", target, got.Verdict, got.Upper)
			}
		}
	}
	// All passes in one family of eight: worth at most eight items.
	family := scored(0, 0, 0)
	for i := range 40 {
		score := stats.Decimal("0")
		if i < 5 {
			score = "1"
		}
		family.Items = append(family.Items, Item{ID: fmt.Sprint(i), Scores: []stats.Decimal{score}, Cluster: fmt.Sprint(i / 5)})
	}
	got := Judge(below(Proportion, func(s *Spec) { s.RuleOut, s.Cluster = "0.45", "family" }), family)
	if got.Verdict != Inconclusive { // exact over 8 items: 0.471
		t.Errorf("one family passes: %s, upper bound %s", got.Verdict, got.Upper)
	}
}

// table makes n items with the same attempts each.
func table(n int, scores ...stats.Decimal) Sample {
	s := Sample{Status: StatusComplete, Items: []Item{}}
	for i := range n {
		s.Items = append(s.Items, Item{ID: fmt.Sprint(i), Scores: scores})
	}
	return s
}

// concat renumbers the items of several samples into one.
func concat(samples ...Sample) Sample {
	s := Sample{Status: StatusComplete, Items: []Item{}}
	for _, x := range samples {
		for _, it := range x.Items {
			it.ID = fmt.Sprint(len(s.Items))
			s.Items = append(s.Items, it)
		}
	}
	return s
}

// Which interval serves which scores, with its bounds computed by hand: exact
// ones from the binomial distribution, Student's with t39 = 1.684875 and
// t11 = 1.795885.
func TestIntervalOfScores_CAP13(t *testing.T) {
	mean := below(Mean, out("0.9"))
	set := below(Mean, func(s *Spec) { s.RuleOut, s.Target = "0.9", Set })
	passSet := below(PassAtK, func(s *Spec) { s.RuleOut, s.Target, s.K, s.LineK = "0.9", Set, 2, 2 })
	for _, tt := range []struct {
		name         string
		spec         Spec
		sample       Sample
		kind         string
		lower, upper float64
	}{
		// SE = sqrt(40*0.01/39/40) = 0.0160128
		{"forty graded items", mean, concat(table(20, "0.4"), table(20, "0.6")), stats.KindStudent, 0.473020, 0.526980},
		{"twelve are few: exact 6 of 12", mean, concat(table(6, "0.4"), table(6, "0.6")), stats.KindClopperPearson, 0.245300, 0.754700},
		{"no spread: exact 20 of 40", mean, table(40, "0.5"), stats.KindClopperPearson, 0.361092, 0.638908},
		{"rare failures: exact 39.6 of 40", mean, concat(table(36, "1"), table(4, "0.9")), stats.KindClopperPearson, 0.91, 0.9999},
		// Each item: variance 0.02 of 2 attempts, squared error 0.01; 40 items, 40
		// degrees of freedom, t40 = 1.683851; SE = sqrt(0.4)/40 = 0.0158114.
		{"two graded attempts, fixed set", set, table(40, "0.4", "0.6"), stats.KindRuns, 0.473376, 0.526624},
		{"pass@2 of four attempts, fixed set: 20 trials", passSet, table(10, "0", "0", "0", "0"), stats.KindClopperPearson, 0, 0.139108},
		{"the same as a count", passSet, counted("0", 10, 4), stats.KindClopperPearson, 0, 0.139108},
	} {
		got := Judge(tt.spec, tt.sample)
		if got.Interval == nil || got.Interval.Kind != tt.kind {
			t.Errorf("%s: %+v", tt.name, got)
			continue
		}
		tolerance := 1e-6
		if tt.name[:4] == "rare" {
			tolerance = 0.02
		}
		printed(t, tt.name+" lower", got.Lower, tt.lower, tolerance)
		printed(t, tt.name+" upper", got.Upper, tt.upper, tolerance)
	}
}

// Forty graded items and ten that are missing: the share is a fifth, so the
// bounds 0.473020 and 0.526980 become four fifths of it, plus a fifth if right.
func TestMissingGradedScores(t *testing.T) {
	sample := concat(table(20, "0.4"), table(20, "0.6"))
	sample.Planned = 50
	got := Judge(below(Mean, out("0.6")), sample)
	if got.Verdict != CannotSay || got.Sensitivity == nil || got.Missing != 10 {
		t.Fatalf("%+v", got)
	}
	wrong, right := got.Sensitivity.AllWrong, got.Sensitivity.AllRight
	if wrong.Estimate != "0.4" || right.Estimate != "0.6" {
		t.Errorf("estimates %s and %s", wrong.Estimate, right.Estimate)
	}
	printed(t, "wrong lower", wrong.Lower, 0.8*0.473020, 1e-6)
	printed(t, "wrong upper", wrong.Upper, 0.8*0.526980, 1e-6)
	printed(t, "right lower", right.Lower, 0.8*0.473020+0.2, 1e-6)
	printed(t, "right upper", right.Upper, 0.8*0.526980+0.2, 1e-6)
}

// Fewer attempts than planned are missing attempts.
func TestEpochsShortOfThePlan(t *testing.T) {
	spec := below(Proportion, func(s *Spec) { s.RuleOut, s.PlannedEpochs = "0.5", 4 })
	for name, sample := range map[string]Sample{"table": table(20, "0", "0"), "count": counted("0", 20, 2)} {
		got := Judge(spec, sample)
		if got.Missing != 40 || got.Sensitivity == nil || got.Sensitivity.AllRight.Estimate != "0.5" || got.Verdict != CannotSay {
			t.Errorf("%s: %+v", name, got)
		}
	}
	// What more attempts would do to a count of pass@2 is not in the count.
	spec = below(PassAtK, func(s *Spec) { s.RuleOut, s.PlannedEpochs, s.K, s.LineK = "0.5", 4, 2, 2 })
	got := Judge(spec, counted("5", 20, 2))
	if got.Sensitivity == nil || got.Sensitivity.AllWrong.Estimate != "0" || got.Sensitivity.AllRight.Estimate != "1" {
		t.Errorf("pass@2: %+v", got.Sensitivity)
	}
}

func TestArmsNeedTheirN_CAP8(t *testing.T) {
	spec := below(Mean, func(s *Spec) { s.RuleOut, s.RuleIn = "50", "80" })
	arms := func(mean stats.Decimal, n, assumed int, kind stats.SpreadKind) Sample {
		return Sample{Status: StatusComplete, Arms: &Arms{
			Treatment: Arm{Mean: mean, Spread: "2", N: n, AssumedN: assumed}, SpreadKind: kind,
		}}
	}
	for _, tt := range []struct {
		name    string
		sample  Sample
		verdict Verdict
		upper   float64
	}{
		{"n published", arms("42", 10, 0, stats.SpreadSE), SupportsRuleOut, 42 + 1.833113*2},
		{"n published, every reading", arms("42", 10, 0, SpreadNotStated), SupportsRuleOut, 42 + 1.833113*2},
		{"sd", arms("42", 10, 0, stats.SpreadSD), SupportsRuleOut, 42 + 1.833113*2/3.162278},
		{"n not published", arms("42", 0, 0, stats.SpreadSE), CannotSay, 42 + 1.644854*2},
		{"n assumed", arms("42", 0, 10, stats.SpreadSD), CannotSay, 42 + 1.833113*2/3.162278},
		{"in the middle whatever n", arms("60", 0, 0, SpreadNotStated), Inconclusive, 0},
		{"no reading as sd", arms("42", 0, 0, SpreadNotStated), CannotSay, 0},
		{"no such spread", arms("42", 10, 0, "range"), CannotSay, 0},
	} {
		got := Judge(spec, tt.sample)
		if got.Verdict != tt.verdict {
			t.Errorf("%s: %s, want %s: %v", tt.name, got.Verdict, tt.verdict, got.Reasons)
		}
		if tt.upper == 0 && got.Upper != "" {
			t.Errorf("%s: an upper bound %s though one reading has none", tt.name, got.Upper)
		}
		if tt.upper > 0 {
			printed(t, tt.name, got.Upper, tt.upper, 2e-6)
		}
	}
}
