// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package threshold

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/stats"
)

// Attempts missing from the failed items only: filled in as right they lift the
// mean from 0.45 to 0.7, and the bounds have to lie around that (CAP-13).
func TestMissingAttemptsOfSomeGradedItems(t *testing.T) {
	failed, passed := table(50, "0"), table(50, "0.9", "0.9")
	for i := range failed.Items {
		failed.Items[i].Missing = 1
	}
	got := Judge(below(Mean, out("0.66")), concat(failed, passed))
	if got.Verdict != CannotSay || got.Sensitivity == nil {
		t.Fatalf("%+v", got)
	}
	wrong, right := got.Sensitivity.AllWrong, got.Sensitivity.AllRight
	if wrong.Estimate != "0.45" || right.Estimate != "0.7" {
		t.Errorf("estimates %s and %s", wrong.Estimate, right.Estimate)
	}
	// The exact bounds for 45 of 100 are 0.365162 and 0.537110; t99 = 1.660391.
	// They move by 0.25, with the error of a move by all or nothing,
	// sqrt(0.25*0.75/100) = 0.0433013.
	printed(t, "wrong upper", wrong.Upper, 0.537110, 1e-6)
	printed(t, "right lower", right.Lower, 0.365162+0.25-1.660391*0.0433013, 1e-6)
	printed(t, "right upper", right.Upper, 0.537110+0.25+1.660391*0.0433013, 1e-6)
}

// Graded scores that are all or nothing but for a hair are judged like a
// proportion: Student's upper bound for 6 of 36, 0.271, is less than the exact
// one for 5.94, 0.300 (CAP-13).
func TestNearlyAllOrNothing(t *testing.T) {
	got := Judge(below(Mean, out("0.29")), concat(table(30, "0"), table(6, "0.99")))
	if got.Verdict != Inconclusive || got.Interval.Kind == stats.KindStudent {
		t.Errorf("%+v", got)
	}
}

// Partial credit for most and a whole pass for a few: Student's upper bound
// 0.258161 would let a line of 0.27 go, which such scores with a mean on the line
// do in one run of six. With as many items far below, Student's stands (CAP-13).
func TestFewWholePassesAmongPartialCredit(t *testing.T) {
	skewed := concat(table(96, "0.2"), table(4, "1"))
	got := Judge(below(Mean, out("0.27")), skewed)
	if got.Verdict != Inconclusive || got.Interval.Kind == stats.KindStudent {
		t.Errorf("%+v", got)
	}
	even := concat(table(92, "0.4"), table(4, "0"), table(4, "0.8"))
	if got := Judge(below(Mean, out("0.45")), even); got.Verdict != SupportsRuleOut || got.Interval.Kind != stats.KindStudent {
		t.Errorf("%+v", got)
	}
	sufficient := Reduce(below(Mean, out("0.27")), skewed)
	// 96*(-0.032)^3 + 4*0.768^3
	if m3 := sufficient.Table.Observed.M3.Float(); m3 < 1.808793 || m3 > 1.808795 {
		t.Errorf("the sum of cubes is %v, want 1.808794", m3)
	}
	if proportion := Reduce(below(Proportion, out("0.27")), table(40, "1")); proportion.Table.Observed.M3 != "" {
		t.Error("pass or fail has a sum of cubes")
	}
}
