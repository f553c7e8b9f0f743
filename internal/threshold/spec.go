// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package threshold

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// Statistic is what is computed from the scores, or what a line is stated in.
type Statistic string

const (
	// Proportion of items that pass.
	Proportion Statistic = "proportion"
	// Mean of item scores, attempts averaged first.
	Mean Statistic = "mean"
	// RatioOfMeans of a treatment arm over a control arm.
	RatioOfMeans Statistic = "ratio_of_means"
	// PassAtK: at least one of k attempts passes, unbiased per item.
	PassAtK Statistic = "pass_at_k"
	// MaxOfK: the best of k attempts per item.
	MaxOfK Statistic = "max_of_k"
	// ShareAbove: share of attempts that score above [Spec.Above].
	ShareAbove Statistic = "share_above"
	// Count of items that pass; lines are counts too.
	Count Statistic = "count"
	// Median of item scores.
	Median Statistic = "median"
	// Point: a published figure that is none of the others.
	Point Statistic = "point"
)

var statistics = []Statistic{Proportion, Mean, RatioOfMeans, PassAtK, MaxOfK, ShareAbove, Count, Median, Point}

func (s Statistic) usesK() bool { return s == PassAtK || s == MaxOfK }

// rate tells whether the statistic is a share of items, so that its lines lie
// between 0 and 1 and its interval is the exact binomial one.
func (s Statistic) rate() bool {
	return s == Proportion || s == PassAtK || s == ShareAbove
}

// Direction says on which side of the lines the model is safe.
type Direction string

const (
	// Below: low values are safe (a dangerous capability).
	Below Direction = "below"
	// Above: high values are safe (a safeguard).
	Above Direction = "above"
)

// Target says what the interval speaks about.
type Target string

const (
	// Class: the items are a sample of a class of tasks; interval over items.
	Class Target = "class"
	// Set: these items are all there is; interval over runs.
	Set Target = "set"
)

// Role says what the evaluation is for. The judgement is the same for all; the
// caller reads the role.
type Role string

// The roles. Only [RoleContext] may go without a line.
const (
	RoleRuleOut      Role = "rule_out"
	RoleRuleIn       Role = "rule_in"
	RoleEarlyWarning Role = "early_warning"
	RoleCheckpoint   Role = "checkpoint"
	RoleContext      Role = "context"
)

var roles = []Role{RoleRuleOut, RoleRuleIn, RoleEarlyWarning, RoleCheckpoint, RoleContext}

// BoundBothWays is the only rule for missing scores: judge with all of them
// wrong and with all of them right.
const BoundBothWays = "bound_both_ways"

// Spec says, before a run, how it will be judged. It is fit for an entry: no
// floats, no maps.
type Spec struct {
	Metric    string    `json:"metric"`
	Statistic Statistic `json:"statistic"`
	// K attempts, for pass_at_k and max_of_k.
	K int `json:"k,omitzero"`
	// Above is the score that an attempt must exceed, for share_above; "" when
	// the scores already say 0 or 1.
	Above     stats.Decimal `json:"above,omitzero"`
	Direction Direction     `json:"direction"`
	// RuleOut and RuleIn are the two lines; either may be "".
	RuleOut stats.Decimal `json:"rule_out,omitzero"`
	RuleIn  stats.Decimal `json:"rule_in,omitzero"`
	// Buffer is the distance that a bound must keep from RuleOut; "" is 0.
	Buffer stats.Decimal `json:"buffer,omitzero"`
	// Alpha is the one-sided error of each bound; "" is 0.05.
	Alpha         stats.Decimal `json:"alpha,omitzero"`
	PlannedItems  int           `json:"planned_items,omitzero"`
	PlannedEpochs int           `json:"planned_epochs,omitzero"`
	// Cluster names the key by which items come in families; "" for none. A
	// fixed set ignores it.
	Cluster string `json:"cluster,omitzero"`
	Target  Target `json:"target"`
	// LineStatistic is the statistic the lines are stated in, LineK its k; "" is
	// unstated, and then nothing beyond a line can be supported.
	LineStatistic Statistic `json:"line_statistic,omitzero"`
	LineK         int       `json:"line_k,omitzero"`
	// Conversion is the written note that lets a result in one statistic be
	// compared with a line in another (CAP-8).
	Conversion string `json:"conversion,omitzero"`
	// Missing is [BoundBothWays]; "" is the same.
	Missing string `json:"missing,omitzero"`
	Role    Role   `json:"role"`
	// Placeholder marks a stand-in for a test still to be built, named in
	// Replacement; it never supports rule-out.
	Placeholder bool   `json:"placeholder,omitzero"`
	Replacement string `json:"replacement,omitzero"`
	// LowerBoundOnly marks a score that still rises with budget: it never
	// supports rule-out.
	LowerBoundOnly bool `json:"lower_bound_only,omitzero"`
}

const (
	maxPlannedItems = 10_000_000
	maxAttempts     = 10_000
	maxText         = 4_000
)

// largestLine keeps differences of lines and bounds within a decimal.
const largestLine = stats.Decimal("1000000000000000")

// Check lists every problem of the spec as a [fault.List], nil when there is
// none.
func (s Spec) Check() error {
	var c checker
	c.that(s.Metric != "" && len(s.Metric) <= maxText, "metric", "a spec names its metric")
	c.that(slices.Contains(statistics, s.Statistic), "statistic", "%q is not a statistic", string(s.Statistic))
	c.that(s.Direction == Below || s.Direction == Above, "direction", "the direction is below or above, not %q", string(s.Direction))
	c.that(s.Target == Class || s.Target == Set, "target", "the target is class or set, not %q", string(s.Target))
	c.that(slices.Contains(roles, s.Role), "role", "%q is not a role", string(s.Role))
	c.that(s.Missing == "" || s.Missing == BoundBothWays, "missing", "the missing-data rule is %s, not %q", BoundBothWays, s.Missing)
	c.that(s.PlannedItems >= 0 && s.PlannedItems <= maxPlannedItems, "planned_items", "%d items cannot be planned", s.PlannedItems)
	c.that(s.PlannedEpochs >= 0 && s.PlannedEpochs <= maxAttempts, "planned_epochs", "%d epochs cannot be planned", s.PlannedEpochs)
	c.that(len(s.Cluster) <= maxText && len(s.Conversion) <= maxText && len(s.Replacement) <= maxText, "text", "a text is longer than %d bytes", maxText)
	c.that(!s.Placeholder || s.Replacement != "", "replacement", "a placeholder names its planned replacement")
	s.checkK(&c)
	s.checkLines(&c)
	return c.found.Err()
}

func (s Spec) checkK(c *checker) {
	if s.Statistic.usesK() {
		c.that(s.K >= 1 && s.K <= maxAttempts, "k", "%s needs k of 1 to %d, not %d", s.Statistic, maxAttempts, s.K)
	} else {
		c.that(s.K == 0, "k", "%s takes no k", s.Statistic)
	}
	if s.LineStatistic.usesK() {
		c.that(s.LineK >= 1 && s.LineK <= maxAttempts, "line_k", "a line in %s says its k", s.LineStatistic)
	} else {
		c.that(s.LineK == 0, "line_k", "a line in %q takes no k", string(s.LineStatistic))
	}
	c.that(s.LineStatistic == "" || slices.Contains(statistics, s.LineStatistic), "line_statistic", "%q is not a statistic", string(s.LineStatistic))
	c.that(s.Above == "" || s.Statistic == ShareAbove && s.Above.Valid(), "above", "a score to exceed is a number, and for share_above only")
}

func (s Spec) checkLines(c *checker) {
	ok := true
	for _, line := range []struct {
		name  string
		value stats.Decimal
	}{{"rule_out", s.RuleOut}, {"rule_in", s.RuleIn}, {"buffer", s.Buffer}} {
		ok = c.that(isLine(line.value), line.name, "%q is not a number that a line can have", string(line.value)) && ok
	}
	alpha := s.alpha()
	c.that(alpha.Valid() && alpha.Cmp("0") > 0 && alpha.Cmp("0.5") <= 0, "alpha", "alpha %q is not between 0 and 0.5", string(alpha))
	c.that(s.hasLine() || s.Role == RoleContext, "rule_out", "only a spec for context goes without a line")
	if !ok {
		return
	}
	c.that(s.buffer().Cmp("0") >= 0, "buffer", "a buffer is 0 or more")
	if s.Statistic.rate() {
		c.that(inUnit(s.RuleOut) && inUnit(s.RuleIn), "rule_out", "lines of a %s lie between 0 and 1", s.Statistic)
	}
	if s.RuleOut != "" && s.RuleIn != "" {
		order := s.RuleIn.Cmp(s.RuleOut)
		c.that(s.Direction == Above && order <= 0 || s.Direction != Above && order >= 0, "rule_in", "the rule-in line lies on the safe side of the rule-out line")
	}
}

func isLine(d stats.Decimal) bool {
	return d == "" || d.Valid() && d.Cmp(largestLine) <= 0 && d.Cmp("-"+largestLine) >= 0
}

func inUnit(d stats.Decimal) bool { return d == "" || d.Cmp("0") >= 0 && d.Cmp("1") <= 0 }

func (s Spec) hasLine() bool { return s.RuleOut != "" || s.RuleIn != "" }

func (s Spec) alpha() stats.Decimal {
	if s.Alpha == "" {
		return "0.05"
	}
	return s.Alpha
}

func (s Spec) buffer() stats.Decimal {
	if s.Buffer == "" {
		return "0"
	}
	return s.Buffer
}

func (s Spec) confidence() stats.Confidence { return stats.OneSided(s.alpha()) }

// clustered tells whether the interval is over clusters.
func (s Spec) clustered() bool { return s.Cluster != "" && s.Target == Class }

type checker struct{ found fault.List }

func (c *checker) that(ok bool, where, format string, args ...any) bool {
	if !ok {
		c.found = append(c.found, fault.Invalidf(format, args...).At("%s", where))
	}
	return ok
}
