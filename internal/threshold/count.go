// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package threshold

import (
	"fmt"
	"math/big"

	"github.com/holdpoint/holdpoint/internal/stats"
)

// count judges a published count of successes.
func (j *judgement) count(c Tally) {
	switch j.spec.Statistic {
	case Proportion, Mean, PassAtK, MaxOfK, ShareAbove, Count:
	default:
		j.cannotSay("A %s is not computed from a count.", j.spec.Statistic)
		return
	}
	k, ok := c.Successes.Rat()
	n := big.NewRat(int64(c.N), 1)
	if !ok || c.N < 1 || c.N > maxPlannedItems || c.Attempts < 0 || c.Attempts > maxAttempts || k.Sign() < 0 || k.Cmp(n) > 0 {
		j.cannotSay("%q of %d over %d attempts is not a count.", string(c.Successes), c.N, c.Attempts)
		return
	}
	if j.spec.Statistic.usesK() && c.Attempts > 0 && c.Attempts < j.spec.K {
		j.cannotSay("%s with k=%d is not defined for %d attempts.", j.spec.Statistic, j.spec.K, c.Attempts)
		return
	}
	if j.spec.clustered() {
		j.unsupported = fmt.Sprintf("The count does not say how successes fall on %s, and the error over families of items can be far larger.", j.spec.Cluster)
	}
	j.result.Successes = c.Successes
	var found []bounds
	for _, side := range j.tallies(c, k) {
		b, err := j.spec.ofTally(side)
		if err != nil {
			j.cannotSay("There is no interval: %s.", err.Error())
			return
		}
		found = append(found, b)
	}
	j.scenarios(found)
}

// tally is a count in exact numbers.
type tally struct {
	successes   *big.Rat
	n, attempts int
}

// tallies gives the count as published and, where items or attempts fall short
// of the plan, with the rest wrong and right.
func (j *judgement) tallies(c Tally, k *big.Rat) []tally {
	made := max(1, c.Attempts)
	if c.Attempts == 0 && (j.spec.Target == Set || j.spec.PlannedEpochs > 1) {
		j.warn(stats.Warning{Code: "attempts_unknown", Text: "The attempts per item are not published; one is assumed, which is the widest."})
	}
	published := tally{k, c.N, made}
	j.beyondPlan(c.N)
	absent := max(0, j.result.Planned-c.N)
	attempts := max(made, j.spec.PlannedEpochs)
	j.result.Missing = c.N*(attempts-made) + absent*attempts
	if j.result.Missing == 0 {
		return []tally{published}
	}
	low := new(big.Rat).Mul(k, big.NewRat(int64(made), int64(attempts)))
	high := new(big.Rat).Add(low, new(big.Rat).Mul(
		big.NewRat(int64(c.N), 1), big.NewRat(int64(attempts-made), int64(attempts))))
	if j.spec.Statistic.usesK() && attempts > made {
		// What more attempts do to a best-of-k is not in its count.
		low, high = new(big.Rat), big.NewRat(int64(c.N), 1)
	}
	high.Add(high, big.NewRat(int64(absent), 1))
	// Attempts that were not made add no trials.
	return []tally{published, {low, c.N + absent, made}, {high, c.N + absent, made}}
}

func (s Spec) ofTally(t tally) (bounds, error) {
	rate, _ := new(big.Rat).Quo(t.successes, big.NewRat(int64(t.n), 1)).Float64()
	trials := t.n
	if s.Target == Set {
		attempts := t.attempts
		if s.Statistic.usesK() {
			attempts = max(1, t.attempts/s.K)
		}
		trials = min(t.n*attempts, stats.MaxItems)
	}
	in, err := s.binomial(rate, trials)
	b := bounds{n: t.n, estimate: stats.MustFloat(rate), Interval: in}
	if s.Statistic == Count {
		b.scale(t.n)
	}
	return b, err
}

// point judges a figure without n.
func (j *judgement) point(value stats.Decimal) {
	if !isLine(value) || value == "" {
		j.cannotSay("%q is not a number.", string(value))
		return
	}
	j.result.Estimate = value
	p := j.spec.placeFace(value)
	j.result.Zone, j.result.Verdict = p.zone, p.verdict
	j.result.Reasons = append(j.result.Reasons, p.reason)
	j.warn(stats.Warning{Code: "no_interval", Text: "The number of items is not published, so there is no interval."})
}
