// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"fmt"
	"math"
	"math/big"
	"sort"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// FewClusters is the number of clusters under which a clustered error is too
// badly known to go without a warning.
const FewClusters = 10

// Estimate is a mean with its standard error and the degrees of freedom of that
// error; 0 degrees stand for "taken as known" (normal quantiles).
type Estimate struct {
	mean, se, df float64
	kind         string
}

// Mean gives the estimate, "" when it has no decimal form.
func (e Estimate) Mean() Decimal { return MustFloat(e.mean) }

// SE gives the standard error.
func (e Estimate) SE() Decimal { return MustFloat(e.se) }

// Bounds gives Student-t bounds (normal bounds when the error is taken as
// known). A standard error of 0 gives bounds of width 0, which support nothing.
func (e Estimate) Bounds(c Confidence) (Interval, error) {
	tail, err := c.tail()
	if err != nil {
		return Interval{}, err
	}
	half := 0.0
	if e.se > 0 {
		half = tQuantile(1-tail, e.df) * e.se
	}
	lower, err := FromFloat(e.mean - half)
	if err != nil {
		return Interval{}, err
	}
	upper, err := FromFloat(e.mean + half)
	if err != nil {
		return Interval{}, err
	}
	in := c.interval(e.kind, 0, 0)
	in.Lower, in.Upper = lower, upper
	return in, nil
}

// Trials gives how many independent pass-or-fail items carry as much as this
// estimate of a rate from n items that hang together: p(1-p)/SE^2, less for an
// error that is itself estimated from few degrees of freedom, between 1 and n.
// An exact interval over so many trials is safe where few clusters hold all the
// successes. (Korn and Graubard 1998, Survey Methodology 24.)
func (e Estimate) Trials(n int, c Confidence) (int, error) {
	tail, err := c.tail()
	if err != nil {
		return 0, err
	}
	if n < 2 || !(e.se > 0) {
		return 0, fault.Invalidf("an estimate without error is worth no known number of trials")
	}
	lost := tQuantile(1-tail, float64(n-1)) / tQuantile(1-tail, e.df)
	trials := e.mean * (1 - e.mean) / (e.se * e.se) * lost * lost
	return int(math.Max(1, math.Min(float64(n), math.Floor(trials)))), nil
}

// Mean gives the mean of the item values, "" without items.
func (m Moments) Mean() Decimal {
	if m.N < 1 {
		return ""
	}
	return MustFloat(m.Sum.Float() / float64(m.N))
}

// OverItems takes the items as a random sample: SE = SD of item means / sqrt n.
// Fewer than two items have no standard error, which is an error and never 0.
func (m Moments) OverItems() (Estimate, []Warning, error) {
	if m.N < 2 {
		return Estimate{}, nil, fault.Invalidf("%d item has no standard error", m.N).
			Hinted("run at least two items")
	}
	n := float64(m.N)
	se := math.Sqrt(m.M2.Float() / (n - 1) / n)
	return Estimate{m.Sum.Float() / n, se, n - 1, KindStudent}, flat(se), nil
}

// OverClusters takes whole clusters as the sample: the root of the summed
// squares of the clusters' summed distances, over n, with the variance times
// C/(C-1), and C-1 degrees of freedom. (Miller, arXiv 2411.00640, section 2.2;
// the correction as Inspect applies it.)
func (m Moments) OverClusters() (Estimate, []Warning, error) {
	if m.Clusters < 2 {
		return Estimate{}, nil, fault.Invalidf("%d cluster has no standard error", m.Clusters).
			Hinted("at least two clusters, better ten, are needed")
	}
	n, c := float64(m.N), float64(m.Clusters)
	se := math.Sqrt(m.ClusterM2.Float()*c/(c-1)) / n
	warnings := flat(se)
	if m.Clusters < FewClusters {
		warnings = append(warnings, Warning{"few_clusters", fmt.Sprintf(
			"There are only %d clusters, so the error itself is badly known.", m.Clusters)})
	}
	return Estimate{m.Sum.Float() / n, se, c - 1, KindClustered}, warnings, nil
}

// OverRuns takes the items as fixed and only the attempts as random. Every item
// needs two attempts or more.
func (m Moments) OverRuns() (Estimate, []Warning, error) {
	if m.N < 1 || m.Within == "" || m.WithinDF < 1 {
		return Estimate{}, nil, fault.Invalidf("an error over runs needs two attempts or more of every item").
			Hinted("run more epochs")
	}
	n := float64(m.N)
	se := math.Sqrt(m.Within.Float()) / n
	return Estimate{m.Sum.Float() / n, se, float64(m.WithinDF), KindRuns}, flat(se), nil
}

func flat(se float64) []Warning {
	if se > 0 {
		return nil
	}
	return []Warning{{"no_spread", "The scores do not vary at all, so their standard error says nothing."}}
}

// Median gives distribution-free bounds for the median of a class from its
// sorted values: order statistics chosen by the binomial at one half. Where too
// few values are there for a bound, it is "".
func Median(sorted []*big.Rat, c Confidence) (Decimal, Interval, error) {
	tail, err := c.tail()
	if err != nil {
		return "", Interval{}, err
	}
	n := len(sorted)
	if n == 0 {
		return "", Interval{}, fault.Invalidf("no values have no median")
	}
	in := c.interval(KindOrder, 0, 0)
	in.Lower, in.Upper = "", ""
	// How many values at each end lie beyond the bound.
	beyond := sort.Search(n/2, func(x int) bool { return binomialCDF(x, n, 0.5) > tail })
	if beyond > 0 {
		in.Lower, in.Upper = Round(sorted[beyond-1]), Round(sorted[n-beyond])
	}
	mid := new(big.Rat).Add(sorted[(n-1)/2], sorted[n/2])
	return Round(mid.Mul(mid, big.NewRat(1, 2))), in, nil
}
