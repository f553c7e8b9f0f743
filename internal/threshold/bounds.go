// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package threshold

import (
	"fmt"
	"math"
	"math/big"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// bounds are an estimate with its two one-sided bounds.
type bounds struct {
	n        int
	estimate stats.Decimal
	stats.Interval
	warnings []stats.Warning
}

// A Student interval of scores in [0,1] is not trusted alone where a few rare
// passes could make it far too narrow: under smallN items, when all scores
// together come to fewer than smallSum whole passes or whole failures, or when
// they lie so near to all or nothing that their variance is at least half of the
// largest. Nor are items with fewer than cochran times their squared skewness,
// such as partial credit for most and a whole pass for a few. (Cochran 1977,
// Sampling Techniques, section 2.15.)
const (
	smallN   = 30
	smallSum = 5
	cochran  = 25
)

// thin tells whether the exact interval must be looked at too.
func thin(m stats.Moments, trials int, est stats.Estimate) bool {
	rate := m.Sum.Float() / float64(m.N)
	passes, se := rate*float64(trials), est.SE().Float()
	return trials < smallN || passes < smallSum || float64(trials)-passes < smallSum ||
		rate*(1-rate) <= 2*se*se*float64(trials)
}

// skewed tells, of items, whether a few of them lie far from the others, or
// nobody summed that up.
func skewed(side Side) bool {
	if side.M3 == "" || !side.M3.Valid() {
		return true
	}
	m2, m3 := side.M2.Float(), side.M3.Float()
	return m2*m2*m2 <= cochran*m3*m3
}

// ofTable computes the bounds as observed and, where attempts are missing, with
// all of them wrong and all of them right.
func (s Spec) ofTable(t *Table) ([]bounds, error) {
	if t.Observed.N < 1 {
		return nil, fault.Invalidf("no item has a score")
	}
	sides := []*Side{&t.Observed}
	if t.Missing > 0 {
		sides = append(sides, t.AllWrong, t.AllRight)
	}
	found := make([]bounds, len(sides))
	for i, side := range sides {
		if side.N < t.Observed.N || side.N > 2*maxPlannedItems || !side.Sum.Valid() || !side.M2.Valid() || side.Attempts < 1 {
			return nil, fault.Invalidf("the sums of the score table are not whole")
		}
		var err error
		if i == 0 {
			found[i], err = s.observed(t)
		} else {
			found[i], err = s.filled(t, side, found[0])
		}
		if err != nil {
			return nil, err
		}
	}
	if s.Statistic == Count {
		for i := range found {
			found[i].scale(found[i].n)
		}
	}
	return found, nil
}

func (s Spec) observed(t *Table) (bounds, error) {
	if s.Statistic == Median {
		return s.ofMedian(&t.Observed)
	}
	m := t.Observed.Moments
	b := bounds{n: m.N, estimate: m.Mean()}
	var err error
	switch {
	case s.passOrFail(t):
		err = s.exact(m, s.trials(t, m.N), &b)
	case s.Target == Set:
		err = s.overRuns(t, m, &b)
	case s.clustered():
		err = s.overClusters(t, m, &b)
	default:
		err = s.overItems(t, m, &b)
	}
	if err == nil && t.Unit {
		b.Lower, b.Upper = clamp(b.Lower), clamp(b.Upper)
	}
	return b, err
}

// filled gives the bounds with the missing attempts scored. Pass-or-fail items
// are counted. For other scores a fill-in of equal values could narrow the
// error, so the observed bounds are moved by what the fill-in does to the items
// that have a score, and then mixed with the items that have none: more missing
// then always means wider.
func (s Spec) filled(t *Table, side *Side, observed bounds) (bounds, error) {
	if s.Statistic == Median {
		return s.ofMedian(side)
	}
	b := bounds{n: side.N, estimate: side.Mean()}
	if s.passOrFail(t) {
		return b, s.exact(side.Moments, s.trials(t, side.N), &b)
	}
	n, gone := float64(t.Observed.N), float64(side.N-t.Observed.N)
	added := side.Sum.Float() - t.Observed.Sum.Float()
	// Items without a score of their own count as the fill-in, but a best of k
	// may have attempts that were too few.
	value := 0.0
	switch {
	case s.Statistic.usesK() && gone > 0:
		value = unit(added / gone)
	case side == t.AllRight:
		value = 1
	}
	share, shift := gone/(n+gone), (added-gone*value)/n
	moved, err := s.moved(t, shift)
	if !t.Unit || err != nil {
		return b, fault.Invalidf("the sums of the score table do not belong together")
	}
	b.Interval = observed.Interval
	b.Lower = stats.MustFloat((1-share)*unit(observed.Lower.Float()+moved.Lower.Float()) + share*value)
	b.Upper = stats.MustFloat((1-share)*unit(observed.Upper.Float()+moved.Upper.Float()) + share*value)
	return b, nil
}

// moved gives how far a fill-in moves the mean of the items that have a score,
// with its error. Which items lack attempts is chance too: moves between 0 and 1
// vary at most as if each were all or nothing, and standard errors add up to no
// less than the error of the sum.
func (s Spec) moved(t *Table, shift float64) (stats.Interval, error) {
	size := math.Abs(shift)
	if size < 1e-12 {
		return stats.Interval{Lower: "0", Upper: "0"}, nil
	}
	sampled := t.Observed.N
	if s.clustered() {
		sampled = t.Observed.Clusters
	}
	se := stats.MustFloat(math.Sqrt(size * (1 - size) / float64(sampled)))
	if se == "0" && size <= 1 {
		return stats.Interval{Lower: stats.MustFloat(shift), Upper: stats.MustFloat(shift)}, nil
	}
	est, err := stats.Summary(stats.MustFloat(shift), se, stats.SpreadSE, sampled)
	if err != nil {
		return stats.Interval{}, err
	}
	return est.Bounds(s.confidence())
}

func unit(x float64) float64 { return math.Min(1, math.Max(0, x)) }

// passOrFail tells whether the exact binomial interval stands alone: over items
// for a class, over pooled attempts for a fixed set (attempts at one item share
// a rate that differs between items, so pooling is wider than the truth).
func (s Spec) passOrFail(t *Table) bool {
	if s.clustered() {
		return false
	}
	return s.Statistic.rate() || t.Binary || s.Target == Set && s.Statistic.usesK() && t.Unit
}

// trials gives how many independent trials n items stand for. Over runs it goes
// by the item with the fewest attempts made; attempts filled in add none.
func (s Spec) trials(t *Table, n int) int {
	if s.Target == Class {
		return n
	}
	attempts := min(t.Observed.Attempts, maxAttempts)
	if s.Statistic.usesK() {
		attempts = max(1, attempts/max(1, s.K))
	}
	return min(n*attempts, stats.MaxItems)
}

func (s Spec) ofMedian(side *Side) (bounds, error) {
	if s.Target == Set {
		return bounds{}, fault.Invalidf("a median over a fixed set has no interval here")
	}
	if s.clustered() {
		return bounds{}, fault.Invalidf("a median of clustered items has no interval here")
	}
	if side.Median == nil {
		return bounds{}, fault.Invalidf("the median is not in the sums of the score table")
	}
	in := stats.Interval{
		Lower: side.Median.Lower, Upper: side.Median.Upper,
		Level: stats.Decimal("1").Sub(s.alpha()), Sides: 1, Kind: stats.KindOrder,
	}
	return bounds{n: side.N, estimate: side.Median.Value, Interval: in}, nil
}

// overItems: Student's t, and where that is too narrow, the wider of it and the
// exact interval.
func (s Spec) overItems(t *Table, m stats.Moments, b *bounds) error {
	est, warnings, err := m.OverItems()
	if t.Unit && (err != nil || m.M2 == "0" || thin(m, m.N, est) || skewed(t.Observed)) {
		b.warnings = append(warnings, stats.Warning{Code: "few_items", Text: fmt.Sprintf(
			"%d items are few, or their scores lie nearly all at the ends: the wider of the exact and the Student interval is used.", m.N)})
		return s.widest(m, m.N, est, err, b)
	}
	return s.student(est, warnings, err, b)
}

// overClusters: the wider of Student's t over clusters and the exact interval
// over as many trials as the clusters are worth; where all clusters have the
// same mean, each counts as one trial.
func (s Spec) overClusters(t *Table, m stats.Moments, b *bounds) error {
	if !m.ClusterM2.Valid() || m.Clusters > m.N {
		return fault.Invalidf("the cluster sums of the score table are not whole")
	}
	est, warnings, err := m.OverClusters()
	if !t.Unit || err != nil {
		return s.student(est, warnings, err, b)
	}
	b.warnings = warnings
	trials := m.Clusters
	if m.ClusterM2 != "0" {
		if trials, err = est.Trials(m.N, s.confidence()); err != nil {
			return err
		}
	}
	return s.widest(m, trials, est, nil, b)
}

// overRuns: items are fixed, attempts vary.
func (s Spec) overRuns(t *Table, m stats.Moments, b *bounds) error {
	trials := s.trials(t, m.N)
	est, warnings, err := m.OverRuns()
	if t.Unit && (err != nil || m.Within == "0" || thin(m, trials, est)) {
		b.warnings = warnings
		return s.widest(m, trials, est, err, b)
	}
	return s.student(est, warnings, err, b)
}

func (s Spec) exact(m stats.Moments, trials int, b *bounds) error {
	in, err := s.binomial(m.Sum.Float()/float64(m.N), trials)
	b.Interval = in
	return err
}

// binomial gives exact bounds for a mean rate over so many trials.
func (s Spec) binomial(rate float64, trials int) (stats.Interval, error) {
	if math.IsNaN(rate) || rate < 0 || rate > 1 {
		return stats.Interval{}, fault.Invalidf("a rate of %v is not between 0 and 1", rate)
	}
	x := stats.MustFloat(rate * float64(trials))
	if whole := stats.FromInt(int64(trials)); x.Cmp(whole) > 0 {
		x = whole
	}
	return stats.ClopperPearson(x, trials, s.confidence())
}

func (s Spec) student(est stats.Estimate, warnings []stats.Warning, err error, b *bounds) error {
	if err != nil {
		return err
	}
	b.warnings = append(b.warnings, warnings...)
	b.Interval, err = est.Bounds(s.confidence())
	return err
}

// widest joins the exact interval over trials with the estimate's own, which
// may not exist.
func (s Spec) widest(m stats.Moments, trials int, est stats.Estimate, missing error, b *bounds) error {
	if err := s.exact(m, trials, b); err != nil || missing != nil {
		return err
	}
	in, err := est.Bounds(s.confidence())
	if err != nil {
		return err
	}
	if in.Lower.Cmp(b.Lower) < 0 || in.Upper.Cmp(b.Upper) > 0 {
		b.Interval = hull(b.Interval, in, stats.KindWidest)
	}
	return nil
}

// hull covers both intervals; where one has no bound the hull has none.
func hull(a, b stats.Interval, kind string) stats.Interval {
	out := stats.Interval{Lower: a.Lower, Upper: a.Upper, Level: a.Level, Sides: a.Sides, Kind: kind}
	if b.Lower == "" || out.Lower != "" && b.Lower.Cmp(out.Lower) < 0 {
		out.Lower = b.Lower
	}
	if b.Upper == "" || out.Upper != "" && b.Upper.Cmp(out.Upper) > 0 {
		out.Upper = b.Upper
	}
	return out
}

func clamp(d stats.Decimal) stats.Decimal {
	switch {
	case d == "":
		return d
	case d.Cmp("0") < 0:
		return "0"
	case d.Cmp("1") > 0:
		return "1"
	}
	return d
}

// scale turns rates into counts of n items.
func (b *bounds) scale(n int) {
	times := func(d stats.Decimal) stats.Decimal {
		r, ok := d.Rat()
		if !ok {
			return d
		}
		return stats.Round(r.Mul(r, big.NewRat(int64(n), 1)))
	}
	b.estimate, b.Lower, b.Upper = times(b.estimate), times(b.Lower), times(b.Upper)
}
