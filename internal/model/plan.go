// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"math/big"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// Planned is a point of a training plan: the effective compute that is to be
// reached by the end of a day, in the unit of the model's estimates.
type Planned struct {
	Day   deadline.Day
	Value stats.Decimal
}

// Reaches gives the first day on which a training plan reaches an amount of
// effective compute, along straight lines between its points; "" where it never
// does. It is a projection and records nothing.
func Reaches(plan []Planned, at stats.Decimal) (deadline.Day, error) {
	want, ok := at.Rat()
	if !ok {
		return "", fault.Invalidf("%q is not an amount of effective compute", string(at))
	}
	plan = slices.SortedFunc(slices.Values(plan), func(a, b Planned) int { return strings.Compare(string(a.Day), string(b.Day)) })
	var last Planned
	var was *big.Rat
	for _, p := range plan {
		value, ok := p.Value.Rat()
		if !ok || was != nil && (value.Cmp(was) < 0 || p.Day == last.Day) {
			return "", fault.Invalidf("a plan of training goes up from day to day, and %s of %s does not", string(p.Value), p.Day)
		}
		if value.Cmp(want) >= 0 {
			return crossing(last, p, was, value, want), nil
		}
		last, was = p, value
	}
	return "", nil
}

// crossing is the day on the line between two points on which an amount is
// reached, counted up to a whole day; before the first point, its own day.
func crossing(from, to Planned, a, b, want *big.Rat) deadline.Day {
	if a == nil {
		return to.Day
	}
	share := new(big.Rat).Quo(new(big.Rat).Sub(want, a), new(big.Rat).Sub(b, a))
	days := new(big.Rat).Mul(share, new(big.Rat).SetInt64(int64(from.Day.DaysUntil(to.Day))))
	whole := new(big.Int).Quo(new(big.Int).Add(days.Num(), new(big.Int).Sub(days.Denom(), big.NewInt(1))), days.Denom())
	return from.Day.AddDays(int(whole.Int64()))
}
