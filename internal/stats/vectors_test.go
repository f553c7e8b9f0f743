// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/holdpoint/holdpoint/internal/testdata"
)

// vectors is the part of the reference vectors that this package answers. They
// were computed with scipy and enumerated exactly.
type vectors struct {
	RuleOutZero []struct {
		Threshold, Alpha float64
		N                int     `json:"n_zero_success"`
		P                float64 `json:"p_value"`
	} `json:"rule_out_zero"`
	PassAtK []struct {
		N, C, K  int
		PassAtK  float64 `json:"pass_at_k"`
		PassAllK float64 `json:"pass_hat_k"`
	} `json:"pass_at_k"`
	T []struct {
		DF, Q, Q95 float64
	} `json:"t_quantiles"`
	Miller struct {
		ZAlpha2   float64 `json:"z_alpha2"`
		ZBeta     float64 `json:"z_beta"`
		NoNoise   float64 `json:"n_omega2_1_9_delta_003"`
		K1        float64 `json:"n_omega2_1_9_sigma_1_6_K1"`
		K10       float64 `json:"n_K10"`
		MDEN198   float64 `json:"mde_n198_K10"`
		MDEN198K1 float64 `json:"mde_n198_K1"`
	}
	Binomial []struct {
		X, N        int
		Wilson95    [2]float64
		CP95        [2]float64
		CPUpper     float64  `json:"cp_upper95_onesided"`
		CPLower     float64  `json:"cp_lower95_onesided"`
		WilsonUpper float64  `json:"wilson_upper95_onesided"`
		WilsonLower float64  `json:"wilson_lower95_onesided"`
		SE          *float64 `json:"se_inspect_ddof1"`
	}
	Exact []struct {
		X, N      int
		Threshold float64
		Below     float64 `json:"p_below"`
		Above     float64 `json:"p_above"`
		Upper     float64 `json:"cp_upper95"`
	} `json:"exact_one_sided"`
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	b, err := os.ReadFile(testdata.Path(t, "evals", "vectors", "reference_vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Binomial) == 0 || len(v.Exact) == 0 || len(v.PassAtK) == 0 || len(v.T) == 0 || len(v.RuleOutZero) == 0 {
		t.Fatal("the reference vectors lack a part this test relies on")
	}
	return v
}

// near compares a nine-digit decimal with a reference to half a unit of the
// ninth digit, plus what the reference itself may be off.
func near(t *testing.T, what string, got Decimal, want float64) {
	t.Helper()
	if math.IsNaN(got.Float()) || math.Abs(got.Float()-want) > 5.1e-9*math.Abs(want)+1e-15 {
		t.Errorf("%s = %q, want %.12g", what, got, want)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestVectorsIntervals_CAP13(t *testing.T) {
	in := must[Interval](t)
	for _, v := range readVectors(t).Binomial {
		x := FromInt(int64(v.X))
		cp := in(ClopperPearson(x, v.N, TwoSided("0.05")))
		near(t, "cp lower", cp.Lower, v.CP95[0])
		near(t, "cp upper", cp.Upper, v.CP95[1])
		one := in(ClopperPearson(x, v.N, OneSided("0.05")))
		near(t, "one-sided cp lower", one.Lower, v.CPLower)
		near(t, "one-sided cp upper", one.Upper, v.CPUpper)
		w := in(Wilson(x, v.N, TwoSided("0.05")))
		near(t, "wilson lower", w.Lower, v.Wilson95[0])
		near(t, "wilson upper", w.Upper, v.Wilson95[1])
		w1 := in(Wilson(x, v.N, OneSided("0.05")))
		near(t, "one-sided wilson lower", w1.Lower, math.Max(0, v.WilsonLower))
		near(t, "one-sided wilson upper", w1.Upper, v.WilsonUpper)
	}
}

func TestVectorsItemError(t *testing.T) {
	for _, v := range readVectors(t).Binomial {
		est, _, err := binary(t, v.X, v.N).OverItems()
		if v.SE == nil {
			if err == nil {
				t.Errorf("%d/%d has a standard error", v.X, v.N)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		near(t, "se", est.SE(), *v.SE)
	}
}

func TestVectorsExact(t *testing.T) {
	p := must[Decimal](t)
	for _, v := range readVectors(t).Exact {
		line := MustFloat(v.Threshold)
		near(t, "p below", p(PBelow(v.X, v.N, line)), v.Below)
		near(t, "p above", p(PAbove(v.X, v.N, line)), v.Above)
		cp := must[Interval](t)(ClopperPearson(FromInt(int64(v.X)), v.N, OneSided("0.05")))
		near(t, "cp upper", cp.Upper, v.Upper)
	}
}

func TestVectorsZeroSuccesses(t *testing.T) {
	for _, v := range readVectors(t).RuleOutZero {
		n, p, err := ZeroSuccesses(MustFloat(v.Threshold), MustFloat(v.Alpha))
		if err != nil || n != v.N {
			t.Errorf("ZeroSuccesses(%v, %v) = %d, %v, want %d", v.Threshold, v.Alpha, n, err, v.N)
		}
		near(t, "p", p, v.P)
	}
}

func TestVectorsPassAtK(t *testing.T) {
	for _, v := range readVectors(t).PassAtK {
		some, err := PassAtK(v.C, v.N, v.K)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "pass@k", Round(some), v.PassAtK)
		all, err := PassAllK(v.C, v.N, v.K)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "pass^k", Round(all), v.PassAllK)
	}
}

func TestVectorsQuantiles(t *testing.T) {
	for _, v := range readVectors(t).T {
		near(t, "t 0.975", MustFloat(tQuantile(0.975, v.DF)), v.Q)
		near(t, "t 0.95", MustFloat(tQuantile(0.95, v.DF)), v.Q95)
	}
	m := readVectors(t).Miller
	near(t, "z alpha/2", MustFloat(zQuantile(0.975)), m.ZAlpha2)
	near(t, "z beta", MustFloat(zQuantile(0.8)), m.ZBeta)
}

func TestVectorsPower(t *testing.T) {
	m, d := readVectors(t).Miller, must[Decimal](t)
	plan := func(within Decimal) PairedPlan {
		return PairedPlan{Between: ninth, Within: within, Alpha: "0.05", Power: "0.8"}
	}
	near(t, "n without noise", d(plan("0").Items("0.03")), m.NoNoise)
	near(t, "n at K=1", d(plan(third).Items("0.03")), m.K1)
	near(t, "n at K=10", d(plan(thirtieth).Items("0.03")), m.K10)
	near(t, "mde at K=10", d(plan(thirtieth).Detectable(198)), m.MDEN198)
	near(t, "mde at K=1", d(plan(third).Detectable(198)), m.MDEN198K1)
}

const (
	ninth     = Decimal("0.1111111111111111")
	third     = Decimal("0.3333333333333333")
	thirtieth = Decimal("0.03333333333333333")
)
