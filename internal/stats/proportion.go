// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// ClopperPearson gives the exact binomial interval for successes out of n:
// Beta quantiles, 0 for no success, 1 for nothing else. Successes may be
// fractional, since Beta quantiles take real numbers; what that means stands in
// the package comment. (Clopper and Pearson 1934, Biometrika 26.)
func ClopperPearson(successes Decimal, n int, c Confidence) (Interval, error) {
	x, tail, err := proportionInput(successes, n, c)
	if err != nil {
		return Interval{}, err
	}
	return c.interval(KindClopperPearson, cpLower(x, float64(n), tail), cpUpper(x, float64(n), tail)), nil
}

// Wilson gives the score interval, clamped to [0,1]. For display only.
// (Wilson 1927, JASA 22.)
func Wilson(successes Decimal, n int, c Confidence) (Interval, error) {
	x, tail, err := proportionInput(successes, n, c)
	if err != nil {
		return Interval{}, err
	}
	lower, upper := wilson(x, float64(n), zQuantile(1-tail))
	return c.interval(KindWilson, lower, upper), nil
}

func proportionInput(successes Decimal, n int, c Confidence) (x, tail float64, err error) {
	tail, err = c.tail()
	if err != nil {
		return 0, 0, err
	}
	if n < 1 || n > MaxItems {
		return 0, 0, fault.Invalidf("a proportion needs 1 to %d items, not %d", MaxItems, n)
	}
	if !successes.Valid() || successes.Cmp("0") < 0 || successes.Cmp(FromInt(int64(n))) > 0 {
		return 0, 0, fault.Invalidf("%q successes do not fit %d items", string(successes), n)
	}
	return successes.Float(), tail, nil
}

// MaxItems bounds n, so that counts stay exact in every face.
const MaxItems = 1_000_000_000

func cpLower(x, n, tail float64) float64 {
	if x <= 0 {
		return 0
	}
	return unit(mathext.InvRegIncBeta(x, n-x+1, tail))
}

func cpUpper(x, n, tail float64) float64 {
	if x >= n {
		return 1
	}
	return unit(mathext.InvRegIncBeta(x+1, n-x, 1-tail))
}

func wilson(x, n, z float64) (lower, upper float64) {
	p := x / n
	scale := 1 + z*z/n
	centre := (p + z*z/(2*n)) / scale
	half := z / scale * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return unit(centre - half), unit(centre + half)
}

func unit(x float64) float64 { return math.Min(1, math.Max(0, x)) }

// PBelow gives the exact one-sided p-value for "the rate is below line":
// P(X <= successes) when the rate is line.
func PBelow(successes, n int, line Decimal) (Decimal, error) {
	if err := exactInput(successes, n, line); err != nil {
		return "", err
	}
	return MustFloat(binomialCDF(successes, n, line.Float())), nil
}

// PAbove gives the exact one-sided p-value for "the rate is above line":
// P(X >= successes) when the rate is line.
func PAbove(successes, n int, line Decimal) (Decimal, error) {
	if err := exactInput(successes, n, line); err != nil {
		return "", err
	}
	if successes == 0 {
		return "1", nil
	}
	// The upper tail by its own beta function: 1 - CDF would lose small values.
	return MustFloat(mathext.RegIncBeta(float64(successes), float64(n-successes+1), line.Float())), nil
}

func exactInput(successes, n int, line Decimal) error {
	if n < 1 || n > MaxItems || successes < 0 || successes > n {
		return fault.Invalidf("%d successes of %d items is not a count", successes, n)
	}
	return properRate("line", line)
}

func properRate(name string, d Decimal) error {
	if !d.Valid() || d.Cmp("0") <= 0 || d.Cmp("1") >= 0 {
		return fault.Invalidf("the %s %q is not a rate between 0 and 1", name, string(d))
	}
	return nil
}

// binomialCDF gives P(X <= x) for n trials at rate p, 0 < p < 1.
func binomialCDF(x, n int, p float64) float64 {
	switch {
	case x < 0:
		return 0
	case x >= n:
		return 1
	}
	return mathext.RegIncBeta(float64(n-x), float64(x+1), 1-p)
}
