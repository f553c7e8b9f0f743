// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package threshold

import (
	"fmt"

	"github.com/holdpoint/holdpoint/internal/stats"
)

// placement is where one pair of bounds lies and what that supports.
type placement struct {
	zone    Zone
	verdict Verdict
	reason  string
}

func (p placement) supports() bool {
	return p.verdict == SupportsRuleOut || p.verdict == SupportsRuleIn
}

func invalid(format string, args ...any) placement {
	return placement{ZoneInvalid, CannotSay, fmt.Sprintf(format, args...)}
}

// place compares bounds with the lines, then asks whether the spec lets them
// support anything.
func (s Spec) place(in stats.Interval) placement {
	if in.Lower != "" && in.Lower == in.Upper {
		return invalid("The interval has no width, so it says nothing.")
	}
	return s.allow(s.compare(in))
}

// placeFace compares a figure without an interval. Any interval holds its
// figure, so one in the middle is inconclusive whatever n was; beyond a line
// nothing can be said.
func (s Spec) placeFace(value stats.Decimal) placement {
	p := s.compare(stats.Interval{Lower: value, Upper: value})
	switch p.zone {
	case ZoneBelowRuleOut:
		p = invalid("%s lies on the safe side of the rule-out line, but without n there is no bound.", value)
	case ZoneAboveRuleIn:
		p = invalid("%s lies beyond the rule-in line, but without n there is no bound.", value)
	case ZoneMiddle:
		p.reason = fmt.Sprintf("%s itself lies in the middle, and so does some of any interval around it.", value)
	}
	return s.allow(p)
}

func (s Spec) compare(in stats.Interval) placement {
	switch {
	case !s.hasLine():
		return placement{ZoneNoThreshold, CannotSay, "No line is stated."}
	case s.ruledOut(in):
		return placement{ZoneBelowRuleOut, SupportsRuleOut, s.outReason(in)}
	case s.ruledIn(in):
		return placement{ZoneAboveRuleIn, SupportsRuleIn, s.inReason(in)}
	}
	return placement{ZoneMiddle, Inconclusive, s.middleReason(in)}
}

func (s Spec) ruledOut(in stats.Interval) bool {
	if s.RuleOut == "" {
		return false
	}
	if s.Direction == Above {
		return in.Lower != "" && in.Lower.Cmp(s.RuleOut.Add(s.buffer())) > 0
	}
	return in.Upper != "" && in.Upper.Cmp(s.RuleOut.Sub(s.buffer())) < 0
}

func (s Spec) ruledIn(in stats.Interval) bool {
	if s.RuleIn == "" {
		return false
	}
	if s.Direction == Above {
		return in.Upper != "" && in.Upper.Cmp(s.RuleIn) <= 0
	}
	return in.Lower != "" && in.Lower.Cmp(s.RuleIn) >= 0
}

// margin is positive when the bound keeps the buffer from the rule-out line.
func (s Spec) margin(in stats.Interval) stats.Decimal {
	switch {
	case s.RuleOut == "":
		return ""
	case s.Direction == Above && in.Lower != "":
		return in.Lower.Sub(s.RuleOut.Add(s.buffer()))
	case s.Direction != Above && in.Upper != "":
		return s.RuleOut.Sub(s.buffer()).Sub(in.Upper)
	}
	return ""
}

func (s Spec) outReason(in stats.Interval) string {
	if s.Direction == Above {
		return fmt.Sprintf("The lower bound %s is above the rule-out line %s.", in.Lower, s.lineWithBuffer())
	}
	return fmt.Sprintf("The upper bound %s is below the rule-out line %s.", in.Upper, s.lineWithBuffer())
}

// lineWithBuffer names the rule-out line, and the buffer where there is one.
func (s Spec) lineWithBuffer() string {
	if s.buffer() == "0" {
		return string(s.RuleOut)
	}
	return fmt.Sprintf("%s by more than the buffer %s", s.RuleOut, s.buffer())
}

func (s Spec) inReason(in stats.Interval) string {
	if s.Direction == Above {
		return fmt.Sprintf("The upper bound %s does not pass the rule-in line %s.", in.Upper, s.RuleIn)
	}
	return fmt.Sprintf("The lower bound %s reaches the rule-in line %s.", in.Lower, s.RuleIn)
}

func (s Spec) middleReason(in stats.Interval) string {
	text := fmt.Sprintf("The bounds %s to %s", orNone(in.Lower), orNone(in.Upper))
	if s.RuleOut != "" {
		text += " are not wholly on the safe side of the rule-out line " + string(s.RuleOut)
		if s.buffer() != "0" {
			text += fmt.Sprintf(" less the buffer %s", s.buffer())
		}
	}
	switch {
	case s.RuleOut != "" && s.RuleIn != "":
		text += ", and"
	case s.RuleIn != "":
		text += " are"
	}
	if s.RuleIn != "" {
		text += fmt.Sprintf(" not wholly beyond the rule-in line %s", s.RuleIn)
	}
	return text + "."
}

func orNone(d stats.Decimal) string {
	if d == "" {
		return "(none)"
	}
	return string(d)
}

// allow takes back what this spec may not support (CAP-8; placeholders; scores
// that are only a lower bound).
func (s Spec) allow(p placement) placement {
	if p.zone == ZoneNoThreshold || p.zone == ZoneInvalid {
		return p
	}
	if s.otherStatistic() && s.Conversion == "" {
		return invalid("The result is a %s and the line is stated in %s; without a conversion note they are not compared.",
			named(s.Statistic, s.K), named(s.LineStatistic, s.LineK))
	}
	switch {
	case p.supports() && s.LineStatistic == "":
		return invalid("Nothing says in which statistic the line is stated, so a value beyond it supports nothing.")
	case p.verdict == SupportsRuleOut && s.Placeholder:
		return invalid("The evaluation is a placeholder, which never supports rule-out; it is to be replaced by %s.", s.Replacement)
	case p.verdict == SupportsRuleOut && s.LowerBoundOnly:
		return invalid("The score still rises with budget, so it is only a lower bound and never supports rule-out.")
	}
	return p
}

func (s Spec) otherStatistic() bool {
	return s.LineStatistic != "" && (s.LineStatistic != s.Statistic || s.LineK != s.K)
}

func named(s Statistic, k int) string {
	if s.usesK() {
		return fmt.Sprintf("%s with k=%d", s, k)
	}
	return string(s)
}
