// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

var longDecimal = regexp.MustCompile(`[0-9]+\.[0-9]{4,}`)

// rounded writes the decimals of a text with three digits, or with as many as
// keep it from looking like a coarser figure that it is compared with.
func rounded(s string) string {
	return longDecimal.ReplaceAllStringFunc(s, func(d string) string {
		x, err := strconv.ParseFloat(d, 64)
		if err != nil {
			return d
		}
		for digits := 3; digits < 9; digits++ {
			short := strconv.FormatFloat(x, 'f', digits, 64)
			if !strings.HasSuffix(short, "00") && !strings.HasSuffix(short, "50") && (digits == 3 || !strings.HasSuffix(short, "0")) {
				return short
			}
		}
		return d
	})
}

// figureOr writes a decimal, or what stands where there is none.
func figureOr[S ~string](d S, none string) string {
	if d == "" {
		return none
	}
	return rounded(string(d))
}

// zoneWords says where the bounds lie, for somebody who knows no statistics.
func zoneWords(z threshold.Zone) string {
	switch z {
	case threshold.ZoneBelowRuleOut:
		return "on the safe side of the rule-out line"
	case threshold.ZoneMiddle:
		return "between the lines, or across one"
	case threshold.ZoneAboveRuleIn:
		return "past the rule-in line"
	case threshold.ZoneNoThreshold:
		return "there is no line to compare with"
	}
	return "no judgement can be made"
}

// markOfVerdict is the sign of a judgement. Inconclusive is not a pass.
func markOfVerdict(v threshold.Verdict) mark {
	switch v {
	case threshold.SupportsRuleOut:
		return below
	case threshold.SupportsRuleIn:
		return reached
	case threshold.Inconclusive:
		return inconclusive
	}
	return cannotTell
}

// verdictWords says what a judgement supports.
func verdictWords(v threshold.Verdict) string {
	switch v {
	case threshold.SupportsRuleOut:
		return "supports that the model is below the threshold"
	case threshold.SupportsRuleIn:
		return "supports that the model has reached the threshold"
	case threshold.Inconclusive:
		return "does not settle it either way"
	}
	return "says nothing either way"
}

// marginSentence says in a sentence how far a finding is from the line.
func marginSentence(d assessment.Found, rule threshold.Spec) string {
	r := d.Result
	if r.Estimate == "" {
		return "There is no figure to judge: it " + verdictWords(r.Verdict) + "."
	}
	what := "The figure is " + rounded(string(r.Estimate))
	if r.N > 0 {
		what += " (n = " + strconv.Itoa(r.N) + ")"
	}
	what += ", with one-sided bounds " + figureOr(r.Lower, "unknown") + " to " + figureOr(r.Upper, "unknown")
	line := string(rule.RuleOut)
	if rule.Buffer != "" {
		line += " and its buffer of " + string(rule.Buffer)
	}
	switch {
	case r.Margin == "" || rule.RuleOut == "":
		what += "; there is no margin to a rule-out line"
	case strings.HasPrefix(string(r.Margin), "-"):
		what += "; the bound misses the rule-out line " + line + " by " + rounded(string(r.Margin[1:]))
	default:
		what += "; the bound stays on the safe side of the rule-out line " + line + " by a margin of " + rounded(string(r.Margin))
	}
	return what + ". That " + verdictWords(r.Verdict) + "."
}
