// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"math/big"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/rule"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// Estimate is the latest estimate of the effective compute of one snapshot, or
// of a model as a whole.
type Estimate struct {
	ComputeEstimated
	Seq   int64
	Grade grade.Grade
}

// NewEstimate is the input of [State.EstimateCompute].
type NewEstimate struct {
	ComputeEstimated
	How entry.Provenance
}

// EstimateCompute records an estimate of effective compute with its method
// (MOD-2). It takes the place of an earlier one of the same snapshot; the
// earlier stays in the journal. Without Low and High the upper bound is not
// known, and a trigger that the value alone does not fire cannot tell.
func (s State) EstimateCompute(in NewEstimate, _ entry.Act) ([]entry.Draft, error) {
	var p problems
	p.estimate(in.ComputeEstimated)
	p.provenance(in.How)
	if err := p.Err(); err != nil {
		return nil, err
	}
	if err := s.knownSnapshot(in.Model, in.Snapshot); err != nil {
		return nil, err
	}
	return computeEstimated.Drafts(in.ComputeEstimated, in.How)
}

func (p *problems) estimate(c ComputeEstimated) {
	p.word("unit of compute", string(c.Unit), computeUnits())
	p.text("method", c.Method, maxReason)
	if strings.TrimSpace(c.Method) == "" {
		p.add(fault.Invalidf("an estimate needs its method").Hinted("say how it was computed, such as 6ND from parameters and tokens"))
	}
	switch {
	case c.Unit == Relative:
		p.name("reference model", c.Reference)
	case c.Reference != "":
		p.add(fault.Invalidf("FLOP are not relative to %s", c.Reference).Hinted("leave the reference out, or use the unit relative"))
	}
	if !p.positive("estimate", c.Value, true) {
		return
	}
	low, high := p.positive("lower bound", c.Low, false), p.positive("upper bound", c.High, false)
	if low != high {
		p.add(fault.Invalidf("an interval has two bounds").Hinted("give both, or neither where none is stated"))
	} else if low && (c.Low.Cmp(c.Value) > 0 || c.High.Cmp(c.Value) < 0) {
		p.add(fault.Invalidf("the estimate %s is not between its bounds %s and %s", c.Value, c.Low, c.High))
	}
}

// Estimate gives the latest estimate of exactly that snapshot; "" asks for the
// model as a whole.
func (s State) Estimate(model, snapshot string) (Estimate, bool) {
	return s.estimates.Get(SnapshotID(model, snapshot))
}

// Estimates lists the latest estimate of a model as a whole and of each of its
// snapshots.
func (s State) Estimates(model string) []Estimate { return of(s.estimates, model) }

// Multiple is a ratio of two amounts of effective compute. Low and High take
// the bounds that are furthest apart and are "" where a bound is not known.
type Multiple struct {
	Value stats.Decimal
	Low   stats.Decimal
	High  stats.Decimal
}

// Ratio divides now by last. Estimates in different units, or relative to
// different models, have no ratio.
func Ratio(now, last Estimate) (Multiple, error) {
	if now.Unit == "" || last.Unit == "" {
		return Multiple{}, fault.NotFoundf("there is no estimate to compare")
	}
	if now.Unit != last.Unit || now.Reference != last.Reference {
		return Multiple{}, fault.Conflictf("the estimates of %s and %s are in different units", now.subject(), last.subject()).
			Hinted("estimate both by one method in one unit")
	}
	m := Multiple{Value: quotient(now.Value, last.Value), Low: quotient(now.Low, last.High), High: quotient(now.High, last.Low)}
	if m.Value == "" {
		return Multiple{}, fault.Invalidf("the estimates of %s and %s have no ratio", now.subject(), last.subject())
	}
	return m, nil
}

func (e Estimate) subject() string { return strings.TrimSuffix(SnapshotID(e.Model, e.Snapshot), "/") }

// quotient is exact and then rounded to nine digits, as every number that is
// compared with a line; "" where it has none.
func quotient(a, b stats.Decimal) stats.Decimal {
	x, okA := a.Rat()
	y, okB := b.Rat()
	if !okA || !okB || y.Sign() == 0 {
		return ""
	}
	return stats.Round(new(big.Rat).Quo(x, y))
}

// reaches compares with a line that counts itself. The upper bound decides; a
// value that reaches the line by itself does too, whatever the bounds.
func (m Multiple) reaches(line stats.Decimal) rule.Status {
	switch {
	case m.Value.Cmp(line) >= 0 || m.High != "" && m.High.Cmp(line) >= 0:
		return rule.Met
	case m.High == "":
		return rule.CannotTell
	}
	return rule.NotMet
}

// upper is the upper bound, or the value where no bound is known.
func (m Multiple) upper() stats.Decimal {
	if m.High == "" {
		return m.Value
	}
	return m.High
}

// Comparison answers whether one model is at or above the effective compute of
// another: met is yes.
type Comparison struct {
	Status  rule.Status
	Ratio   Multiple // of the snapshot that decided; empty where none did
	Grade   grade.Grade
	Reason  string
	Entries []int64
}

// Comparable tells whether model a is, by the upper bound, at or above once the
// effective compute of model b (MOD-7). A model is comparable to itself. Every
// estimate of a counts; b is taken as a whole, or at its largest snapshot where
// nobody estimated the whole.
func (s State) Comparable(a, b string) Comparison {
	if a == b && s.models.Has(a) {
		return Comparison{Status: rule.Met, Grade: grade.Recomputed, Reason: a + " is compared with itself"}
	}
	base, err := s.whole(b)
	if err != nil {
		return Comparison{Reason: err.Error()}
	}
	r := RatioTrigger(s.Estimates(a), base, "1")
	c := Comparison{Ratio: r.Ratio, Grade: r.Grade, Entries: r.Entries}
	switch r.Outcome {
	case Fired:
		c.Status, c.Reason = rule.Met, a+" may have at least the effective compute of "+b
	case NotFired:
		c.Status, c.Reason = rule.NotMet, a+" has less effective compute than "+b
	default:
		c.Reason = r.Reason
	}
	return c
}

func (s State) whole(model string) (Estimate, error) {
	if e, ok := s.Estimate(model, ""); ok {
		return e, nil
	}
	all := s.Estimates(model)
	if len(all) == 0 {
		return Estimate{}, fault.NotFoundf("nobody has estimated the effective compute of %s", model)
	}
	for _, e := range all {
		if _, err := Ratio(e, all[0]); err != nil {
			return Estimate{}, err
		}
	}
	return slices.MaxFunc(all, func(x, y Estimate) int { return x.Value.Cmp(y.Value) }), nil
}
