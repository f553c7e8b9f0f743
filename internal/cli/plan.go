// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// planCmd says how many items an evaluation needs before it can rule a line out.
type planCmd struct {
	RuleOut string `required:"" placeholder:"T" help:"The line: a rate that is to be ruled out, between 0 and 1."`
	Alpha   string `default:"0.05" placeholder:"A" help:"One-sided error allowed, above 0 and up to 0.5 (default: 0.05)."`
	Truth   string `placeholder:"P" help:"The rate believed true, below the line; the plan is then for an exact test with --power."`
	Power   string `default:"0.8" placeholder:"B" help:"The wanted chance of ruling the line out when --truth is so (default: 0.8)."`
}

// Help is what --help adds.
func (planCmd) Help() string {
	return "For a preregistration: how many independent items an evaluation needs, each right or wrong, so that the exact one-sided " +
		"bound of judge can stay below the line. Fewer items than this rule nothing out, whatever the model does."
}

// planned is the JSON of a plan. Exact is null where no true rate was given.
type planned struct {
	RuleOut number        `json:"rule_out"`
	Alpha   number        `json:"alpha"`
	Zero    plannedZero   `json:"zero_successes"`
	Exact   *plannedExact `json:"exact"`
}

type plannedZero struct {
	N int    `json:"n"`
	P number `json:"p_value"`
}

type plannedExact struct {
	Truth  number `json:"truth"`
	Power  number `json:"power"`
	First  int    `json:"first"`
	Stable int    `json:"stable"`
}

func (c planCmd) Run(s *session) error {
	p, err := c.plan()
	if err != nil {
		return err
	}
	if s.JSON {
		return s.print(p)
	}
	rows := [][]string{
		{"to rule out", string(p.RuleOut)},
		{"one-sided error", string(p.Alpha)},
		{"no success at all", fmt.Sprintf("%s  (p = %s)", plural(p.Zero.N, "item", "items"), p.Zero.P)},
	}
	if e := p.Exact; e != nil {
		rows = append(rows,
			[]string{"true rate", fmt.Sprintf("%s  (ruled out with a chance of %s)", e.Truth, e.Power)},
			[]string{"first enough", plural(e.First, "item", "items")},
			[]string{"enough from", plural(e.Stable, "item", "items") + " on"})
	}
	s.grid(rows)
	s.say("")
	s.wrapped("", "For items that are independent, each right or wrong. Register the number before the first run; items that get no score count both ways.")
	if p.Exact != nil && p.Exact.First != p.Exact.Stable {
		s.wrapped("", "The power of an exact test rises in a saw-tooth: between the two numbers some sizes fall short again.")
	}
	return nil
}

func (c planCmd) plan() (planned, error) {
	var e stats.ExactPlan
	for _, f := range []struct {
		flag, value string
		into        *stats.Decimal
	}{{"--rule-out", c.RuleOut, &e.Line}, {"--alpha", c.Alpha, &e.Alpha}, {"--truth", c.Truth, &e.Truth}, {"--power", c.Power, &e.Power}} {
		if err := decimalFlag(f.flag, f.value, f.into); err != nil {
			return planned{}, err
		}
	}
	n, p, err := stats.ZeroSuccesses(e.Line, e.Alpha)
	if err != nil {
		return planned{}, unplanned(err)
	}
	out := planned{RuleOut: number(e.Line), Alpha: number(e.Alpha), Zero: plannedZero{n, number(p)}}
	if e.Truth == "" {
		return out, nil
	}
	first, stable, err := e.Items()
	if err != nil {
		return planned{}, unplanned(err)
	}
	out.Exact = &plannedExact{Truth: number(e.Truth), Power: number(e.Power), First: first, Stable: stable}
	return out, nil
}

// unplanned is a fault of usage, since the plan is the command line.
func unplanned(err error) error {
	return fault.Usagef("%w", err).Hinted("see holdpoint plan --help")
}
