// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"encoding/csv"
	"math"
	"math/big"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/testdata"
)

var (
	zero = new(big.Rat)
	one  = big.NewRat(1, 1)
)

func binary(t testing.TB, x, n int) Moments {
	t.Helper()
	items := make([]ItemValue, n)
	for i := range items {
		items[i] = ItemValue{Value: zero, Attempts: 1}
		if i < x {
			items[i].Value = one
		}
	}
	m, err := MomentsOf(items)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func closeTo(t *testing.T, what string, got Decimal, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(got.Float()) || math.Abs(got.Float()-want) > tolerance {
		t.Errorf("%s = %q, want %g", what, got, want)
	}
}

// The reference values of the statistics literature search, printed to five
// digits (scipy 1.x): they test without the data folder.
func TestPrintedProportions_CAP13(t *testing.T) {
	tests := []struct {
		x            Decimal
		n            int
		wilson, cp   [2]float64
		oneSidedHigh float64
	}{
		{"0", 10, [2]float64{0, 0.27753}, [2]float64{0, 0.30850}, 0.25887},
		{"5", 10, [2]float64{0.23659, 0.76341}, [2]float64{0.18709, 0.81291}, 0.77756},
		{"3", 100, [2]float64{0.01025, 0.08452}, [2]float64{0.00623, 0.08518}, 0.07571},
		{"63", 100, [2]float64{0.53221, 0.71818}, [2]float64{0.52765, 0.72443}, 0.71064},
		{"97", 100, [2]float64{0.91548, 0.98975}, [2]float64{0.91482, 0.99377}, 0.99177},
		{"0", 299, [2]float64{0, 0.01268}, [2]float64{0, 0.01226}, 0.00997},
		{"31", 47, [2]float64{}, [2]float64{}, 0.77346},
		{"31", 50, [2]float64{}, [2]float64{}, 0.73493},
		{"34", 50, [2]float64{}, [2]float64{}, 0.78790},
		// Fractional counts: published averages over 20 and 10 runs.
		{"9.65", 42, [2]float64{}, [2]float64{}, 0.361},
		{"15.4", 42, [2]float64{}, [2]float64{}, 0.505},
		{"16.6", 42, [2]float64{}, [2]float64{}, 0.534},
	}
	in := must[Interval](t)
	for _, tt := range tests {
		tolerance := 5.1e-6
		if tt.n == 42 {
			tolerance = 5.1e-4
		}
		high := in(ClopperPearson(tt.x, tt.n, OneSided("0.05")))
		closeTo(t, "one-sided upper of "+string(tt.x), high.Upper, tt.oneSidedHigh, tolerance)
		if tt.cp[1] == 0 {
			continue
		}
		w, cp := in(Wilson(tt.x, tt.n, TwoSided("0.05"))), in(ClopperPearson(tt.x, tt.n, TwoSided("0.05")))
		closeTo(t, "wilson lower", w.Lower, tt.wilson[0], tolerance)
		closeTo(t, "wilson upper", w.Upper, tt.wilson[1], tolerance)
		closeTo(t, "cp lower", cp.Lower, tt.cp[0], tolerance)
		closeTo(t, "cp upper", cp.Upper, tt.cp[1], tolerance)
	}
}

func TestPrintedExactTests(t *testing.T) {
	for _, tt := range []struct {
		x, n int
		line Decimal
		want float64
	}{{3, 20, "0.5", 0.00129}, {63, 100, "0.7", 0.07988}, {4, 35, "0.2", 0.14349}} {
		got := must[Decimal](t)(PBelow(tt.x, tt.n, tt.line))
		closeTo(t, "p", got, tt.want, 5.1e-6)
	}
	if got := must[Decimal](t)(PAbove(0, 5, "0.5")); got != "1" {
		t.Errorf("PAbove of no success = %q", got)
	}
}

// Plans by enumeration of the exact test.
func TestPrintedPlans(t *testing.T) {
	for _, tt := range []struct {
		line Decimal
		want int
	}{{"0.5", 5}, {"0.2", 14}, {"0.1", 29}, {"0.05", 59}, {"0.01", 299}} {
		if n, _, err := ZeroSuccesses(tt.line, "0.05"); err != nil || n != tt.want {
			t.Errorf("ZeroSuccesses(%s) = %d, %v, want %d", tt.line, n, err, tt.want)
		}
	}
	for _, tt := range []struct {
		truth, line   Decimal
		first, stable int
	}{{"0.15", "0.3", 49, 57}, {"0.2", "0.4", 36, 39}, {"0.03", "0.1", 76, 89}} {
		first, stable, err := ExactPlan{tt.truth, tt.line, "0.05", "0.8"}.Items()
		if err != nil || first != tt.first || stable != tt.stable {
			t.Errorf("plan %s against %s = %d, %d, %v; want %d, %d", tt.truth, tt.line, first, stable, err, tt.first, tt.stable)
		}
	}
}

// Miller, arXiv 2411.00640: the worked value, recomputed.
func TestPrintedPower(t *testing.T) {
	n := must[Decimal](t)(PairedPlan{ninth, "0", "0.05", "0.8"}.Items("0.03"))
	closeTo(t, "n", n, 969.0, 0.05)
	d := must[Decimal](t)(PairedPlan{ninth, thirtieth, "0.05", "0.8"}.Detectable(198))
	closeTo(t, "smallest difference", d, 0.0757, 5e-5)
}

// Published campaign of three models on cyber tasks (CC-BY): one run per task,
// clusters are task families.
func TestClusteredErrorsOfRealRuns(t *testing.T) {
	f, err := os.Open(testdata.Path(t, "evals", "lyptus", "model_runs.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	byModel := make(map[string][]ItemValue)
	for _, r := range rows[1:] {
		v := zero
		if r[4] == "1" {
			v = one
		}
		byModel[r[3]] = append(byModel[r[3]], ItemValue{Value: v, Attempts: 1, Cluster: r[1]})
	}
	for _, tt := range []struct {
		model                  string
		n, clusters            int
		mean, naive, clustered float64
	}{
		{"o3", 625, 7, 0.68960, 0.018521, 0.172326},
		{"GPT-4o", 630, 7, 0.55238, 0.019827, 0.181369},
		{"GPT-2", 484, 5, 0.064050, 0.011141, 0.045264},
	} {
		m, err := MomentsOf(byModel[tt.model])
		if err != nil || m.N != tt.n || m.Clusters != tt.clusters {
			t.Fatalf("%s: %d items in %d clusters, %v", tt.model, m.N, m.Clusters, err)
		}
		closeTo(t, "mean", m.Mean(), tt.mean, 5.1e-6)
		items, _, err := m.OverItems()
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "naive se", items.SE(), tt.naive, 5.1e-7)
		clusters, warnings, err := m.OverClusters()
		if err != nil {
			t.Fatal(err)
		}
		closeTo(t, "clustered se", clusters.SE(), tt.clustered, 5.1e-7)
		// t at 0.95 with C-1 degrees of freedom: 1.943180 for 6, 2.131847 for 4.
		quantile := map[int]float64{7: 1.943180, 5: 2.131847}[tt.clusters]
		in := must[Interval](t)(clusters.Bounds(OneSided("0.05")))
		closeTo(t, "clustered upper", in.Upper, tt.mean+quantile*tt.clustered, 1e-5)
		if len(warnings) != 1 || warnings[0].Code != "few_clusters" {
			t.Errorf("%s: warnings %v, want few_clusters", tt.model, warnings)
		}
	}
}

// Attempts are averaged first: pooling n*K attempts would claim more.
func TestRepeatsAreAveragedFirst(t *testing.T) {
	half := big.NewRat(1, 2)
	items := []ItemValue{
		{Value: one, Within: zero, Attempts: 4}, {Value: zero, Within: zero, Attempts: 4},
		{Value: half, Within: big.NewRat(1, 12), Attempts: 4}, {Value: half, Within: big.NewRat(1, 12), Attempts: 4},
	}
	m, err := MomentsOf(items)
	if err != nil {
		t.Fatal(err)
	}
	want := Moments{
		N: 4, Sum: "2", M2: "0.5", Clusters: 1, ClusterM2: "0",
		Attempts: 4, Within: "0.16666666666666666", WithinDF: 12,
	}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
	over, _, err := m.OverItems()
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "se over items", over.SE(), math.Sqrt(0.5/3/4), 1e-9)
	runs, _, err := m.OverRuns()
	if err != nil {
		t.Fatal(err)
	}
	closeTo(t, "se over runs", runs.SE(), math.Sqrt(1.0/6)/4, 1e-9)
	in := must[Interval](t)(over.Bounds(TwoSided("0.05")))
	closeTo(t, "upper", in.Upper, 0.5+3.182446305*0.204124145, 1e-8)
	closeTo(t, "lower", in.Lower, 0.5-3.182446305*0.204124145, 1e-8)
	// t at 0.975 with 12 degrees of freedom: 2.178812830.
	in = must[Interval](t)(runs.Bounds(TwoSided("0.05")))
	closeTo(t, "upper over runs", in.Upper, 0.5+2.178812830*0.102062073, 1e-8)
}

// Forty clusters of five that agree are worth forty items less what the
// estimated error costs: 40*39/40 * (t199/t39)^2, with t 1.652547 and 1.684875.
func TestTrialsOfClusters(t *testing.T) {
	var items []ItemValue
	for i := range 200 {
		v := zero
		if i/5 == 0 {
			v = one
		}
		items = append(items, ItemValue{Value: v, Attempts: 1, Cluster: string(rune('A' + i/5))})
	}
	m, err := MomentsOf(items)
	if err != nil {
		t.Fatal(err)
	}
	est, _, err := m.OverClusters()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := est.Trials(m.N, OneSided("0.05")); err != nil || got != 37 {
		t.Errorf("trials = %d, %v; want 37", got, err)
	}
	if _, err := (Estimate{}).Trials(9, OneSided("0.05")); err == nil {
		t.Error("an estimate without error has a number of trials")
	}
}

func TestNoErrorIsMadeUp(t *testing.T) {
	if _, _, err := binary(t, 1, 1).OverItems(); err == nil {
		t.Error("one item has a standard error")
	}
	if _, _, err := binary(t, 3, 9).OverClusters(); err == nil {
		t.Error("one cluster has a standard error")
	}
	if _, _, err := binary(t, 3, 9).OverRuns(); err == nil {
		t.Error("single attempts have an error over runs")
	}
	if _, w, err := binary(t, 9, 9).OverItems(); err != nil || len(w) != 1 || w[0].Code != "no_spread" {
		t.Errorf("a perfect score: %v, %v; want a no_spread warning", w, err)
	}
	if _, err := PassAtK(1, 3, 5); err == nil {
		t.Error("pass@5 of 3 attempts is defined")
	}
	if m, err := MomentsOf(nil); err != nil || m.Mean() != "" {
		t.Errorf("no items have a mean: %q, %v", m.Mean(), err)
	}
}

// An uplift trial as published in May 2025: 42±11 over 25±13, read three ways.
func TestPrintedRatios_CAP12(t *testing.T) {
	for _, tt := range []struct {
		kind           SpreadKind
		n              int
		delta, fieller float64
	}{{SpreadSD, 10, 2.3, 2.4}, {SpreadCI95, 0, 2.7, 3.1}, {SpreadSE, 0, 4.4, 0}} {
		treatment, err := Summary("42", "11", tt.kind, tt.n)
		if err != nil {
			t.Fatal(err)
		}
		control, err := Summary("25", "13", tt.kind, tt.n)
		if err != nil {
			t.Fatal(err)
		}
		delta := must[Interval](t)(RatioDelta(treatment, control, OneSided("0.05")))
		closeTo(t, string(tt.kind)+" delta", delta.Upper, tt.delta, 0.05)
		fieller, _, err := RatioFieller(treatment, control, OneSided("0.05"))
		if err != nil {
			t.Fatal(err)
		}
		if tt.fieller > 0 {
			closeTo(t, string(tt.kind)+" fieller", fieller.Upper, tt.fieller, 0.05)
		}
		if fieller.Upper.Cmp(delta.Upper) <= 0 {
			t.Errorf("%s: Fieller %s is not wider than delta %s", tt.kind, fieller.Upper, delta.Upper)
		}
	}
}

func TestFiellerUnboundedIsNoNumber(t *testing.T) {
	treatment, _ := Summary("42", "11", SpreadSE, 0)
	control, _ := Summary("25", "16", SpreadSE, 0)
	in, warnings, err := RatioFieller(treatment, control, OneSided("0.05"))
	if err != nil || in.Upper != "" || in.Lower != "" || len(warnings) != 1 || warnings[0].Code != "unbounded" {
		t.Errorf("got %v, %v, %v; want no bounds and a warning", in, warnings, err)
	}
}

func TestMedianBounds(t *testing.T) {
	values := make([]*big.Rat, 11)
	for i := range values {
		values[i] = big.NewRat(int64(i+1), 1)
	}
	// P(Bin(11, 1/2) <= 2) = 0.0327, <= 3 is 0.1133: three values lie beyond.
	med, in, err := Median(values, OneSided("0.05"))
	if err != nil || med != "6" || in.Lower != "3" || in.Upper != "9" {
		t.Errorf("median %s in [%s, %s], %v; want 6 in [3, 9]", med, in.Lower, in.Upper, err)
	}
	if _, in, _ := Median(values[:4], OneSided("0.05")); in.Upper != "" {
		t.Errorf("four values bound a median by %s", in.Upper)
	}
}

func TestBadInputIsRefused(t *testing.T) {
	for name, call := range map[string]func() error{
		"alpha 0":           func() error { _, err := ClopperPearson("1", 2, OneSided("0")); return err },
		"alpha missing":     func() error { _, err := Wilson("1", 2, TwoSided("")); return err },
		"three sides":       func() error { _, err := Wilson("1", 2, Confidence{"0.05", 3}); return err },
		"too many":          func() error { _, err := ClopperPearson("3", 2, OneSided("0.05")); return err },
		"negative":          func() error { _, err := ClopperPearson("-1", 2, OneSided("0.05")); return err },
		"no items":          func() error { _, err := ClopperPearson("0", 0, OneSided("0.05")); return err },
		"line 1":            func() error { _, err := PBelow(1, 2, "1"); return err },
		"sd of one":         func() error { _, err := Summary("1", "1", SpreadSD, 1); return err },
		"spread 0":          func() error { _, err := Summary("1", "0", SpreadSE, 5); return err },
		"unknown spread":    func() error { _, err := Summary("1", "1", "range", 5); return err },
		"truth above line":  func() error { _, _, err := ExactPlan{"0.5", "0.4", "0.05", "0.8"}.Items(); return err },
		"impossible plan":   func() error { _, _, err := ExactPlan{"0.4999", "0.5", "0.05", "0.8"}.Items(); return err },
		"no difference":     func() error { _, err := PairedPlan{"1", "0", "0.05", "0.8"}.Items("0"); return err },
		"negative variance": func() error { _, err := PairedPlan{"-1", "0", "0.05", "0.8"}.Detectable(9); return err },
		"median of nothing": func() error { _, _, err := Median(nil, OneSided("0.05")); return err },
	} {
		if call() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Duality: the bound excludes a line exactly when the exact test rejects it.
func TestExactTestAndBoundAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "n")
		x := rapid.IntRange(0, n).Draw(t, "x")
		line := MustFloat(float64(rapid.IntRange(1, 99).Draw(t, "line")) / 100)
		in, err := ClopperPearson(FromInt(int64(x)), n, OneSided("0.05"))
		if err != nil {
			t.Fatal(err)
		}
		below, _ := PBelow(x, n, line)
		if gap := math.Abs(below.Float() - 0.05); gap > 1e-6 && (below.Cmp("0.05") < 0) != (in.Upper.Cmp(line) < 0) {
			t.Fatalf("%d/%d: p %s against %s but upper bound %s", x, n, below, line, in.Upper)
		}
		above, _ := PAbove(x, n, line)
		if gap := math.Abs(above.Float() - 0.05); gap > 1e-6 && (above.Cmp("0.05") < 0) != (in.Lower.Cmp(line) > 0) {
			t.Fatalf("%d/%d: p %s against %s but lower bound %s", x, n, above, line, in.Lower)
		}
	})
}

func TestRepeatStandsForEqualItems(t *testing.T) {
	half := big.NewRat(1, 2)
	short := []ItemValue{
		{Value: one, Within: half, Attempts: 2, Cluster: "a", Repeat: 3},
		{Value: half, Within: half, Attempts: 3, Cluster: "b", Repeat: 2},
	}
	var long []ItemValue
	for _, it := range short {
		for range it.Repeat {
			it := it
			it.Repeat = 1
			long = append(long, it)
		}
	}
	a, errA := MomentsOf(short)
	b, errB := MomentsOf(long)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if diff := cmp.Diff(b, a); diff != "" {
		t.Error(diff)
	}
}

func TestMomentsIgnoreOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) ItemValue {
			return ItemValue{
				Value:    big.NewRat(int64(rapid.IntRange(-99, 99).Draw(t, "num")), int64(rapid.IntRange(1, 12).Draw(t, "den"))),
				Attempts: rapid.IntRange(1, 5).Draw(t, "attempts"),
				Cluster:  rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "cluster"),
			}
		}), 1, 20).Draw(t, "items")
		want, err := MomentsOf(items)
		if err != nil {
			t.Fatal(err)
		}
		got, err := MomentsOf(rapid.Permutation(items).Draw(t, "order"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}
