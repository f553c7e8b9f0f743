// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package threshold

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/stats"
)

// Reduce turns a sample into what a judgement under the spec is computed from.
// It never fails: what stands in the way of a verdict is in Problems.
func Reduce(spec Spec, sample Sample) Sufficient {
	s := Sufficient{
		Status: sample.Status, Planned: sample.Planned,
		Count: sample.Count, Arms: sample.Arms, Point: sample.Point,
	}
	if spec.Check() != nil {
		s.Problems = []string{"The spec is not valid."}
		return s
	}
	if sample.Planned < 0 || sample.Planned > maxPlannedItems {
		s.Problems = []string{fmt.Sprintf("%d items cannot have been planned.", sample.Planned)}
		return s
	}
	if sample.Items != nil {
		s.Table, s.Problems = reduceItems(spec, sample)
	}
	return s
}

// reducer turns attempts into item values; equal score lists are done once.
type reducer struct {
	spec Spec
	// attempts that every item should have.
	attempts int
	rats     map[stats.Decimal]*big.Rat
	// One pointer each for the scores 0 and 1, since sums go by pointer.
	zero, one *big.Rat
	done      map[string]*treatment
	problems  []string
	table     Table
}

// treatment is one item under the three ways of treating missing attempts.
// Observed is nil when the scored attempts give no value.
type treatment struct {
	observed, wrong, right *stats.ItemValue
	missing                int
}

func reduceItems(spec Spec, sample Sample) (*Table, []string) {
	r := &reducer{
		spec: spec, attempts: max(1, spec.PlannedEpochs, spec.K),
		rats: make(map[stats.Decimal]*big.Rat),
		zero: new(big.Rat), one: big.NewRat(1, 1),
		done:  make(map[string]*treatment),
		table: Table{Items: len(sample.Items), Binary: true, Unit: true},
	}
	r.checkIDs(sample.Items)
	treated := make([]*treatment, len(sample.Items))
	for i, it := range sample.Items {
		if treated[i] = r.treat(it); treated[i] == nil {
			return nil, r.problems
		}
		r.table.Missing += treated[i].missing
	}
	r.table.Absent = max(0, max(spec.PlannedItems, sample.Planned)-len(sample.Items))
	r.table.Missing += r.table.Absent * r.attempts
	r.checkScale()
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	r.sides(sample.Items, treated)
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return &r.table, nil
}

func (r *reducer) problem(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

func (r *reducer) checkIDs(items []Item) {
	seen := make(map[string]bool, len(items))
	loose := 0
	for _, it := range items {
		if it.ID != "" && seen[it.ID] {
			r.problem("Item %s is there twice.", strconv.Quote(it.ID))
			return
		}
		seen[it.ID] = true
		if it.Cluster == "" {
			loose++
		}
	}
	if r.spec.clustered() && loose > 0 {
		r.problem("%d items have no %s, so the error over families of items is not known.", loose, r.spec.Cluster)
	}
}

// checkScale looks at the kind of scores once all are read.
func (r *reducer) checkScale() {
	t := r.table
	switch {
	case r.spec.Statistic.rate() && !t.Binary:
		r.problem("A %s needs attempts that score 0 or 1.", r.spec.Statistic)
	case r.spec.Statistic == Count && !t.Unit:
		r.problem("A count needs scores between 0 and 1.")
	case t.Missing > 0 && !t.Unit:
		r.problem("%d attempts have no score, and scores outside 0 to 1 cannot be bounded.", t.Missing)
	}
}

// treat reduces one item; nil when it cannot be.
func (r *reducer) treat(it Item) *treatment {
	if it.Missing < 0 || it.Missing > maxAttempts || len(it.Scores) > maxAttempts {
		r.problem("Item %s has more attempts than can be read, or fewer than none.", strconv.Quote(it.ID))
		return nil
	}
	var key strings.Builder
	for _, score := range it.Scores {
		key.WriteString(string(score))
		key.WriteByte(' ')
	}
	key.WriteString(strconv.Itoa(it.Missing))
	if t := r.done[key.String()]; t != nil {
		return t
	}
	values := make([]*big.Rat, len(it.Scores))
	for i, score := range it.Scores {
		if values[i] = r.rat(score); values[i] == nil {
			r.problem("Item %s has a score that is not a number: %s.", strconv.Quote(it.ID), strconv.Quote(string(score)))
			return nil
		}
	}
	t := r.fill(values, max(it.Missing, r.attempts-len(it.Scores)))
	r.done[key.String()] = t
	return t
}

// rat reads a score, as 0 or 1 when the statistic only asks whether it exceeds
// a value.
func (r *reducer) rat(score stats.Decimal) *big.Rat {
	if v, ok := r.rats[score]; ok {
		return v
	}
	v, ok := score.Rat()
	if !ok {
		return nil
	}
	if r.spec.Above != "" {
		over := score.Cmp(r.spec.Above) > 0
		if v = r.zero; over {
			v = r.one
		}
	}
	isOne, isZero := v.Cmp(r.one) == 0, v.Sign() == 0
	r.table.Binary = r.table.Binary && (isOne || isZero)
	r.table.Unit = r.table.Unit && v.Sign() >= 0 && v.Cmp(r.one) <= 0
	r.rats[score] = v
	return v
}

func (r *reducer) fill(values []*big.Rat, missing int) *treatment {
	t := &treatment{observed: r.value(values), missing: missing}
	t.wrong, t.right = t.observed, t.observed
	if missing > 0 {
		t.wrong = r.value(slices.Concat(values, slices.Repeat([]*big.Rat{r.zero}, missing)))
		t.right = r.value(slices.Concat(values, slices.Repeat([]*big.Rat{r.one}, missing)))
	}
	return t
}

// value reduces the attempts at one item, nil when the statistic is not
// defined for so few.
func (r *reducer) value(attempts []*big.Rat) *stats.ItemValue {
	if len(attempts) == 0 || len(attempts) < r.spec.K {
		return nil
	}
	if r.spec.Statistic.usesK() {
		return r.best(attempts)
	}
	sum, m := new(big.Rat), int64(len(attempts))
	for _, x := range attempts {
		sum.Add(sum, x)
	}
	v := &stats.ItemValue{Attempts: len(attempts), Value: new(big.Rat).Quo(sum, big.NewRat(m, 1))}
	if r.spec.Target == Set && m > 1 {
		v.Within = squaredError(attempts, v.Value)
	}
	return v
}

// squaredError gives the sample variance of attempts over their number.
func squaredError(attempts []*big.Rat, mean *big.Rat) *big.Rat {
	total := new(big.Rat)
	for _, x := range attempts {
		d := new(big.Rat).Sub(x, mean)
		total.Add(total, d.Mul(d, d))
	}
	m := int64(len(attempts))
	return total.Quo(total, big.NewRat(m*(m-1), 1))
}

func (r *reducer) best(attempts []*big.Rat) *stats.ItemValue {
	v := &stats.ItemValue{Attempts: len(attempts)}
	passed, binary := 0, true
	top := attempts[0]
	for _, x := range attempts {
		if x.Cmp(r.one) == 0 {
			passed++
		} else if x.Sign() != 0 {
			binary = false
		}
		if x.Cmp(top) > 0 {
			top = x
		}
	}
	switch {
	case binary:
		p, err := stats.PassAtK(passed, len(attempts), r.spec.K)
		if err != nil {
			r.problem("%s.", err.Error())
			return nil
		}
		v.Value = p
	case r.spec.Statistic == MaxOfK && len(attempts) == r.spec.K:
		v.Value = top
	default:
		r.problem("%s with k=%d is not defined here for %d attempts with scores other than 0 and 1.", r.spec.Statistic, r.spec.K, len(attempts))
		return nil
	}
	return v
}

// sides sums the items under each treatment of what is missing.
func (r *reducer) sides(items []Item, treated []*treatment) {
	pick := func(of func(*treatment) *stats.ItemValue, absent bool) Side {
		values := make([]stats.ItemValue, 0, len(items)+1)
		for i, t := range treated {
			if v := of(t); v != nil {
				value := *v
				if r.spec.clustered() {
					value.Cluster = items[i].Cluster
				}
				values = append(values, value)
			}
		}
		if absent && r.table.Absent > 0 {
			v := *of(r.fill(nil, r.attempts))
			v.Repeat, v.Cluster = r.table.Absent, absentCluster
			values = append(values, v)
		}
		side := r.side(values)
		if !absent {
			side.M3 = r.third(values)
		}
		return side
	}
	r.table.Observed = pick(func(t *treatment) *stats.ItemValue { return t.observed }, false)
	if r.table.Missing > 0 {
		wrong := pick(func(t *treatment) *stats.ItemValue { return t.wrong }, true)
		right := pick(func(t *treatment) *stats.ItemValue { return t.right }, true)
		r.table.AllWrong, r.table.AllRight = &wrong, &right
	}
}

// absentCluster holds all planned items that are not in the table: nobody
// knows their clusters, and one is the widest guess.
const absentCluster = "\x00absent"

func (r *reducer) side(values []stats.ItemValue) Side {
	m, err := stats.MomentsOf(values)
	if err != nil {
		r.problem("The scores cannot be summed: %s.", err.Error())
		return Side{}
	}
	side := Side{Moments: m}
	if r.spec.Statistic == Median && m.N > 0 {
		side.Median = r.median(values)
	}
	return side
}

// third sums up how skewed graded scores are, which decides what their interval
// may rest on; "" for others.
func (r *reducer) third(values []stats.ItemValue) stats.Exact {
	if !r.table.Unit || r.table.Binary || r.spec.Statistic == Median {
		return ""
	}
	m3, err := stats.ThirdMoment(values)
	if err != nil {
		r.problem("The scores cannot be summed: %s.", err.Error())
	}
	return m3
}

// maxMedian bounds the values that are sorted for a median.
const maxMedian = 1_000_000

func (r *reducer) median(values []stats.ItemValue) *MedianBounds {
	var sorted []*big.Rat
	for _, v := range values {
		if len(sorted)+max(1, v.Repeat) > maxMedian {
			r.problem("A median of more than %d items is not computed.", maxMedian)
			return nil
		}
		sorted = append(sorted, slices.Repeat([]*big.Rat{v.Value}, max(1, v.Repeat))...)
	}
	slices.SortFunc(sorted, (*big.Rat).Cmp)
	value, in, err := stats.Median(sorted, r.spec.confidence())
	if err != nil {
		r.problem("The median has no bounds: %s.", err.Error())
		return nil
	}
	return &MedianBounds{Value: value, Lower: in.Lower, Upper: in.Upper}
}
