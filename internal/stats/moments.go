// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"math"
	"math/big"
	"strconv"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Exact is a sum that bounds are computed again from: a decimal string that
// names one float64 (up to 17 digits), in the form of a [Decimal]. It is never
// compared with a line.
type Exact string

// ExactOf gives the float64 nearest to r in writing. Magnitudes of 1e40 or more
// are an error; under 1e-40 they become 0.
func ExactOf(r *big.Rat) (Exact, error) {
	x, _ := r.Float64()
	if math.IsInf(x, 0) || math.Abs(x) >= 1e40 {
		return "", fault.Invalidf("a sum of 1e40 or more has no decimal form")
	}
	if math.Abs(x) < 1e-40 {
		return "0", nil
	}
	return Exact(trim(strconv.FormatFloat(x, 'f', -1, 64))), nil
}

// Float gives the float64 that e names, NaN for anything else.
func (e Exact) Float() float64 { return Decimal(e).Float() }

// Valid tells whether e is a number in its one form.
func (e Exact) Valid() bool { return Decimal(e).Valid() }

// MarshalText writes the number; another form is an error.
func (e Exact) MarshalText() ([]byte, error) { return Decimal(e).MarshalText() }

// UnmarshalText reads a number in its one form only.
func (e *Exact) UnmarshalText(b []byte) error { return (*Decimal)(e).UnmarshalText(b) }

// ItemValue is one item after its attempts were averaged (or reduced in the way
// the statistic says).
type ItemValue struct {
	// Value of the item. Equal values should share a pointer: it saves work.
	Value *big.Rat
	// Within is the sample variance of the attempts divided by their number, the
	// squared error of Value over runs; nil when there was one attempt.
	Within *big.Rat
	// Attempts that were scored.
	Attempts int
	// Cluster the item belongs to; not read unless clusters are asked for.
	Cluster string
	// Repeat says how many such items there are; 0 stands for 1.
	Repeat int
}

func (it ItemValue) times() int64 { return int64(max(1, it.Repeat)) }

// Moments are the sums that a mean's bounds are computed from. They are taken
// in exact arithmetic, so they depend neither on the order of items nor on the
// processor.
type Moments struct {
	// N items.
	N int `json:"n"`
	// Sum of item values, and M2, the sum of their squared distances from the
	// mean.
	Sum Exact `json:"sum"`
	M2  Exact `json:"m2"`
	// Clusters, and ClusterM2: the sum over clusters of the squared sum of
	// distances from the mean.
	Clusters  int   `json:"clusters"`
	ClusterM2 Exact `json:"cluster_m2"`
	// Attempts of the item with the fewest.
	Attempts int `json:"attempts"`
	// Within is the sum over items of their squared error over runs, WithinDF
	// the attempts beyond the first, summed. Within is "" when some item has one
	// attempt only.
	Within   Exact `json:"within"`
	WithinDF int   `json:"within_df"`
}

// MomentsOf sums items. No items give the zero Moments.
func MomentsOf(items []ItemValue) (Moments, error) {
	if len(items) == 0 {
		return Moments{}, nil
	}
	nums, denom := scaled(items)
	sum, squares, count := new(big.Int), new(big.Int), int64(0)
	for i, x := range nums {
		times := big.NewInt(items[i].times())
		count += items[i].times()
		repeated := new(big.Int).Mul(x, times)
		sum.Add(sum, repeated)
		squares.Add(squares, repeated.Mul(repeated, x))
	}
	n := big.NewInt(count)
	denom2 := new(big.Int).Mul(denom, denom)
	// M2 = (n*squares - sum^2) / (n*denom^2): centred before it is rounded.
	centred := new(big.Int).Mul(n, squares)
	centred.Sub(centred, new(big.Int).Mul(sum, sum))

	m := Moments{N: int(count)}
	var err error
	if m.Sum, err = ExactOf(new(big.Rat).SetFrac(sum, denom)); err != nil {
		return Moments{}, err
	}
	if m.M2, err = ExactOf(new(big.Rat).SetFrac(centred, new(big.Int).Mul(n, denom2))); err != nil {
		return Moments{}, err
	}
	m.Clusters, m.ClusterM2, err = clusterMoments(items, nums, denom2)
	if err != nil {
		return Moments{}, err
	}
	return m, m.addRuns(items)
}

// ThirdMoment gives the sum of the items' cubed distances from their mean, in
// exact arithmetic like [Moments]: positive when a few items lie far above.
func ThirdMoment(items []ItemValue) (Exact, error) {
	if len(items) == 0 {
		return "0", nil
	}
	nums, denom := scaled(items)
	count := int64(0)
	s1, s2, s3 := new(big.Int), new(big.Int), new(big.Int)
	for i, x := range nums {
		count += items[i].times()
		power := new(big.Int).Mul(x, big.NewInt(items[i].times()))
		s1.Add(s1, power)
		s2.Add(s2, power.Mul(power, x))
		s3.Add(s3, power.Mul(power, x))
	}
	// (n^2*s3 - 3n*s1*s2 + 2*s1^3) / (n^2*denom^3): centred before it is rounded.
	n := big.NewInt(count)
	n2 := new(big.Int).Mul(n, n)
	cube := new(big.Int).Exp(s1, big.NewInt(3), nil)
	mixed := new(big.Int).Mul(s1, s2)
	centred := s3.Mul(s3, n2)
	centred.Sub(centred, mixed.Mul(mixed, new(big.Int).Mul(n, big.NewInt(3))))
	centred.Add(centred, cube.Mul(cube, big.NewInt(2)))
	denom3 := new(big.Int).Exp(denom, big.NewInt(3), nil)
	return ExactOf(new(big.Rat).SetFrac(centred, denom3.Mul(denom3, n2)))
}

// scaled gives the items' values as integers over one denominator.
func scaled(items []ItemValue) ([]*big.Int, *big.Int) {
	denom := big.NewInt(1)
	seen := make(map[*big.Rat]*big.Int)
	for _, it := range items {
		if _, ok := seen[it.Value]; ok {
			continue
		}
		seen[it.Value] = nil
		d := it.Value.Denom()
		g := new(big.Int).GCD(nil, nil, denom, d)
		denom.Mul(denom, new(big.Int).Quo(d, g))
	}
	nums := make([]*big.Int, len(items))
	for i, it := range items {
		x := seen[it.Value]
		if x == nil {
			x = new(big.Int).Quo(denom, it.Value.Denom())
			x.Mul(x, it.Value.Num())
			seen[it.Value] = x
		}
		nums[i] = x
	}
	return nums, denom
}

func clusterMoments(items []ItemValue, nums []*big.Int, denom2 *big.Int) (int, Exact, error) {
	type cluster struct {
		n   int64
		sum *big.Int
	}
	clusters := make(map[string]*cluster)
	total, count := new(big.Int), int64(0)
	for i, it := range items {
		c := clusters[it.Cluster]
		if c == nil {
			c = &cluster{sum: new(big.Int)}
			clusters[it.Cluster] = c
		}
		repeated := new(big.Int).Mul(nums[i], big.NewInt(it.times()))
		c.n += it.times()
		count += it.times()
		c.sum.Add(c.sum, repeated)
		total.Add(total, repeated)
	}
	n := big.NewInt(count)
	m2 := new(big.Int)
	for _, c := range clusters {
		// n times the cluster's summed distance from the mean, an integer.
		d := new(big.Int).Mul(n, c.sum)
		d.Sub(d, new(big.Int).Mul(big.NewInt(c.n), total))
		m2.Add(m2, d.Mul(d, d))
	}
	n2 := new(big.Int).Mul(n, n)
	e, err := ExactOf(new(big.Rat).SetFrac(m2, n2.Mul(n2, denom2)))
	return len(clusters), e, err
}

func (m *Moments) addRuns(items []ItemValue) error {
	m.Attempts = items[0].Attempts
	within := make([]ItemValue, 0, len(items))
	for _, it := range items {
		m.Attempts = min(m.Attempts, it.Attempts)
		m.WithinDF += max(0, it.Attempts-1) * int(it.times())
		if it.Within != nil {
			within = append(within, ItemValue{Value: it.Within, Repeat: it.Repeat})
		}
	}
	if len(within) < len(items) {
		return nil
	}
	nums, denom := scaled(within)
	sum := new(big.Int)
	for i, x := range nums {
		sum.Add(sum, new(big.Int).Mul(x, big.NewInt(within[i].times())))
	}
	var err error
	m.Within, err = ExactOf(new(big.Rat).SetFrac(sum, denom))
	return err
}
