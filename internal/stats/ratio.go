// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"math"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// SpreadKind says what a published "±" is.
type SpreadKind string

const (
	// SpreadSD is the standard deviation of single observations.
	SpreadSD SpreadKind = "sd"
	// SpreadSE is the standard error of the mean.
	SpreadSE SpreadKind = "se"
	// SpreadCI95 is the half width of a two-sided 95 % interval of the mean.
	SpreadCI95 SpreadKind = "ci95"
)

// Summary reads a published mean with its spread. A standard deviation needs n
// of 2 or more; the other kinds take n = 0 for "not published" and then use
// normal quantiles, which is too narrow for small arms. A spread of 0 is
// refused: it is a rounding or a single value, not certainty.
func Summary(mean, spread Decimal, kind SpreadKind, n int) (Estimate, error) {
	if !mean.Valid() || !spread.Valid() || spread.Cmp("0") <= 0 {
		return Estimate{}, fault.Invalidf("mean %q with spread %q gives no error", string(mean), string(spread))
	}
	e := Estimate{mean: mean.Float(), se: spread.Float(), kind: KindNormal}
	if n >= 2 {
		e.df, e.kind = float64(n-1), KindStudent
	}
	switch kind {
	case SpreadSD:
		if n < 2 {
			return Estimate{}, fault.Invalidf("a standard deviation says nothing about a mean of %d values", n).
				Hinted("state n of the arm")
		}
		e.se /= math.Sqrt(float64(n))
	case SpreadCI95:
		e.se /= zQuantile(0.975)
	case SpreadSE:
	default:
		return Estimate{}, fault.Invalidf("%q is not a kind of spread", string(kind))
	}
	return e, nil
}

// Ratio gives treatment mean over control mean; both must be positive.
func Ratio(treatment, control Estimate) (Decimal, error) {
	if treatment.mean <= 0 || control.mean <= 0 {
		return "", fault.Invalidf("a ratio needs two positive means")
	}
	return FromFloat(treatment.mean / control.mean)
}

// RatioDelta gives bounds for the ratio of two independent means by the delta
// method on the log scale, with normal quantiles: the variance of the log ratio
// is the sum of the squared relative errors.
func RatioDelta(treatment, control Estimate, c Confidence) (Interval, error) {
	tail, err := c.tail()
	if err != nil {
		return Interval{}, err
	}
	if _, err := Ratio(treatment, control); err != nil {
		return Interval{}, err
	}
	ratio := treatment.mean / control.mean
	factor := math.Exp(zQuantile(1-tail) * math.Hypot(treatment.se/treatment.mean, control.se/control.mean))
	upper, err := FromFloat(ratio * factor)
	if err != nil {
		return Interval{}, err
	}
	in := c.interval(KindDelta, ratio/factor, 0)
	in.Upper = upper
	return in, nil
}

// RatioFieller gives Fieller's bounds for the ratio of two independent normal
// means, with normal quantiles. When the control mean does not differ from zero
// at this level both bounds are "" and a warning says that the set is
// unbounded; no number is made up.
func RatioFieller(treatment, control Estimate, c Confidence) (Interval, []Warning, error) {
	tail, err := c.tail()
	if err != nil {
		return Interval{}, nil, err
	}
	if _, err := Ratio(treatment, control); err != nil {
		return Interval{}, nil, err
	}
	in := c.interval(KindFieller, 0, 0)
	z2 := math.Pow(zQuantile(1-tail), 2)
	x, y := treatment.mean, control.mean
	// Roots of a*r^2 - 2xy*r + b = 0.
	a, b := y*y-z2*control.se*control.se, x*x-z2*treatment.se*treatment.se
	upper := math.Inf(1)
	root := math.Sqrt(math.Max(0, x*x*y*y-a*b))
	if a > 0 {
		upper = (x*y + root) / a
	}
	if in.Upper, err = FromFloat(upper); err != nil {
		in.Lower, in.Upper = "", ""
		return in, []Warning{{"unbounded", "Fieller's method gives no finite bound: the control mean does not differ from zero at this level."}}, nil
	}
	in.Lower = MustFloat((x*y - root) / a)
	return in, nil, nil
}
