// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"math"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// maxPlanned bounds a plan: a test that needs more items is no plan.
const maxPlanned = 20_000

// ZeroSuccesses gives the fewest items n with which no success at all rules out
// a rate of line at alpha, and the p-value (1-line)^n it then has.
func ZeroSuccesses(line, alpha Decimal) (n int, p Decimal, err error) {
	if err := properRate("line", line); err != nil {
		return 0, "", err
	}
	if _, err := OneSided(alpha).tail(); err != nil {
		return 0, "", err
	}
	miss, limit := math.Log1p(-line.Float()), math.Log(alpha.Float())
	guess := math.Ceil(limit / miss)
	if guess > MaxItems {
		return 0, "", fault.Invalidf("a rate of %s cannot be ruled out with fewer than %d items", line, MaxItems)
	}
	n = max(1, int(guess)-1)
	for float64(n)*miss > limit {
		n++
	}
	return n, MustFloat(math.Exp(float64(n) * miss)), nil
}

// ExactPlan is what an exact one-sided test of "below Line" is planned for: the
// rate believed true (below Line), the error allowed, and the wanted chance of
// ruling Line out.
type ExactPlan struct {
	Truth, Line, Alpha, Power Decimal
}

// Items gives two sample sizes for the plan. The power of an exact test rises
// in a saw-tooth: first is the smallest n that reaches the wanted power, stable
// the smallest from which every larger n does too.
func (p ExactPlan) Items() (first, stable int, err error) {
	if err := p.check(); err != nil {
		return 0, 0, err
	}
	critical, limit := -1, maxPlanned
	for n := 1; n <= limit; n++ {
		// The critical count rises by at most one per item.
		if binomialCDF(critical+1, n, p.Line.Float()) <= p.Alpha.Float() {
			critical++
		}
		enough := binomialCDF(critical, n, p.Truth.Float()) >= p.Power.Float()
		switch {
		case !enough:
			stable = 0
		case stable == 0:
			stable = n
		}
		if enough && first == 0 {
			// The teeth shrink with n; past twice the first hit none reaches back.
			first, limit = n, min(maxPlanned, 2*n+100)
		}
	}
	if first == 0 || stable == 0 {
		return 0, 0, fault.Invalidf("more than %d items are needed to tell %s from %s", maxPlanned, p.Truth, p.Line)
	}
	return first, stable, nil
}

func (p ExactPlan) check() error {
	for _, rate := range []struct {
		name  string
		value Decimal
	}{{"true rate", p.Truth}, {"line", p.Line}, {"power", p.Power}} {
		if err := properRate(rate.name, rate.value); err != nil {
			return err
		}
	}
	if p.Truth.Cmp(p.Line) >= 0 {
		return fault.Invalidf("a true rate of %s is not below the line %s", p.Truth, p.Line)
	}
	_, err := OneSided(p.Alpha).tail()
	return err
}

// PairedPlan is what a paired comparison of two models on shared items is
// planned for. Between is the variance of the items' true differences; Within
// is the summed variance of single attempts, already divided by the attempts
// per item on each side. Alpha is two-sided.
type PairedPlan struct {
	Between, Within, Alpha, Power Decimal
}

// Items gives how many shared items detect a difference, not rounded up.
// (Miller, arXiv 2411.00640, section 5.)
func (p PairedPlan) Items(difference Decimal) (Decimal, error) {
	scale, err := p.scale()
	if err != nil {
		return "", err
	}
	if !difference.Valid() || difference.Cmp("0") <= 0 {
		return "", fault.Invalidf("a difference to detect must be positive, not %q", string(difference))
	}
	return FromFloat(scale / (difference.Float() * difference.Float()))
}

// Detectable gives the smallest difference that n shared items detect.
func (p PairedPlan) Detectable(n int) (Decimal, error) {
	scale, err := p.scale()
	if err != nil {
		return "", err
	}
	if n < 1 {
		return "", fault.Invalidf("%d items detect nothing", n)
	}
	return FromFloat(math.Sqrt(scale / float64(n)))
}

func (p PairedPlan) scale() (float64, error) {
	tail, err := TwoSided(p.Alpha).tail()
	if err != nil {
		return 0, err
	}
	if err := properRate("power", p.Power); err != nil {
		return 0, err
	}
	if !p.Between.Valid() || !p.Within.Valid() || p.Between.Cmp("0") < 0 || p.Within.Cmp("0") < 0 {
		return 0, fault.Invalidf("a plan needs two variances of 0 or more")
	}
	z := zQuantile(1-tail) + zQuantile(p.Power.Float())
	return z * z * (p.Between.Float() + p.Within.Float()), nil
}
