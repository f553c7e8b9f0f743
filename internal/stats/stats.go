// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package stats computes the numbers a threshold decision rests on: intervals
// for proportions, means and ratios of means, exact tests, pass@k, and how many
// items a test needs.
//
// It is pure, works in float64 or exact rationals inside, and lets a number
// leave only as a [Decimal] of nine significant digits. It knows no lines, no
// verdicts and no zones; it fits no curves and resamples nothing.
//
// What each method assumes, and when it must not be used:
//
//   - [ClopperPearson] (exact binomial): independent items with the same rate.
//     Coverage is guaranteed for whole counts; it is the method for verdicts.
//     With a fractional count (scores in [0,1] averaged over repeats) each item
//     is treated as one Bernoulli trial at the average rate, which is the
//     largest variance such scores can have: wide, not narrow. Not for items
//     that come in families: use [Moments.OverClusters].
//   - [Wilson]: the same, approximate. For display; its coverage dips below the
//     level, so it must not carry a verdict.
//   - [Moments.OverItems] (Student t over item means): items are a random
//     sample of a class, attempts are averaged first. Not for fewer than two
//     items (no standard error exists), nor alone for bounded scores with few
//     items or no spread, where it is far too narrow.
//   - [Moments.OverClusters]: whole clusters are the sample. With fewer than
//     about ten clusters the error itself is badly known: a warning says so.
//   - [Moments.OverRuns]: the items are the whole population and only the
//     attempts vary. It says nothing about other items of the same class.
//   - [RatioDelta]: both arms' means are well above zero and nearly normal; uses
//     normal quantiles, so arms under about ten are read too narrowly. Not for
//     a control mean near zero.
//   - [RatioFieller]: exact for normal means. When the control mean does not
//     differ from zero it has no finite bound, and says so.
//   - [PassAtK]: unbiased for independent attempts; undefined for fewer than k.
//
// Sources: Clopper and Pearson 1934; Wilson 1927; Miller, arXiv 2411.00640
// (repeats, clusters, power); Fieller 1954; Chen et al., arXiv 2107.03374.
package stats

import (
	"math"
	"math/big"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Warning is a weakness of a result that must travel with it. Code is stable
// and for machines, Text is one sentence for a person.
type Warning struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Method names how a number was computed, so that it can be computed again.
// Version rises when the same facts would give another number.
type Method struct {
	ID      string `json:"id"`
	Version int    `json:"version"`
}

// The kinds of interval.
const (
	KindClopperPearson = "clopper-pearson"
	KindWilson         = "wilson"
	KindStudent        = "student-t"
	KindClustered      = "student-t-clustered"
	KindRuns           = "student-t-runs"
	KindNormal         = "normal"
	KindDelta          = "delta-log"
	KindFieller        = "fieller"
	KindOrder          = "order-statistic"
	KindWidest         = "widest"
	KindMissing        = "missing"
)

// Interval is a pair of bounds. With Sides 2 it covers at Level; with Sides 1
// each bound is one-sided at Level by itself, and the two together are not an
// interval at that level. An empty bound means there is none.
type Interval struct {
	Lower Decimal `json:"lower"`
	Upper Decimal `json:"upper"`
	Level Decimal `json:"level"`
	Sides int     `json:"sides"`
	Kind  string  `json:"kind"`
}

// Confidence is the error allowed and how it is spent: Alpha in (0, 0.5],
// Sides 1 (all of it on one side) or 2 (half on each).
type Confidence struct {
	Alpha Decimal
	Sides int
}

// OneSided spends all of alpha on one side.
func OneSided(alpha Decimal) Confidence { return Confidence{Alpha: alpha, Sides: 1} }

// TwoSided spends half of alpha on each side.
func TwoSided(alpha Decimal) Confidence { return Confidence{Alpha: alpha, Sides: 2} }

func (c Confidence) tail() (float64, error) {
	if !c.Alpha.Valid() || c.Alpha.Cmp("0") <= 0 || c.Alpha.Cmp("0.5") > 0 {
		return 0, fault.Invalidf("alpha %q is not between 0 and 0.5", string(c.Alpha)).
			Hinted("write the error allowed, such as 0.05")
	}
	if c.Sides != 1 && c.Sides != 2 {
		return 0, fault.Invalidf("an interval has 1 or 2 sides, not %d", c.Sides)
	}
	return c.Alpha.Float() / float64(c.Sides), nil
}

func (c Confidence) interval(kind string, lower, upper float64) Interval {
	return Interval{
		Lower: MustFloat(lower), Upper: MustFloat(upper),
		Level: Decimal("1").Sub(c.Alpha), Sides: c.Sides, Kind: kind,
	}
}

// Rat gives d as an exact rational; false when d is not a decimal in its one
// form.
func (d Decimal) Rat() (*big.Rat, bool) {
	if !d.Valid() {
		return nil, false
	}
	return d.rat(), true
}

// Round gives a rational as a decimal of nine significant digits.
func Round(r *big.Rat) Decimal {
	x, _ := r.Float64()
	return MustFloat(x)
}

func zQuantile(p float64) float64 { return distuv.UnitNormal.Quantile(p) }

// tQuantile treats df = 0 as "unlimited": the normal quantile.
func tQuantile(p, df float64) float64 {
	if df == 0 || math.IsInf(df, 1) {
		return zQuantile(p)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(p)
}
