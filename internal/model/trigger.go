// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/rule"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// Outcome is what a trigger says; the zero value is CannotTell.
type Outcome uint8

const (
	// CannotTell: a fact is missing or facts do not fit together.
	CannotTell Outcome = iota
	// NotFired: the facts show that the trigger has not fired.
	NotFired
	// Fired: an assessment is due.
	Fired
)

// String gives cannot_tell, not_fired or fired.
func (o Outcome) String() string {
	switch o {
	case NotFired:
		return "not_fired"
	case Fired:
		return "fired"
	}
	return "cannot_tell"
}

// MarshalText writes the word.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads the word; anything else is an error.
func (o *Outcome) UnmarshalText(b []byte) error {
	for v := CannotTell; v <= Fired; v++ {
		if v.String() == string(b) {
			*o = v
			return nil
		}
	}
	return fault.Invalidf("%q is not fired, not_fired or cannot_tell", b)
}

// Reading is what a trigger says, why, and where it fires next. Of Ratio,
// FiresAt and FiresOn only what fits the trigger is set.
type Reading struct {
	Outcome Outcome
	Reason  string // one sentence, without a final stop
	// Ratio is the largest multiple found.
	Ratio Multiple
	// FiresAt is the effective compute, in the unit of the estimates, at which
	// the upper bound fires the trigger; "" where the bounds are not known.
	FiresAt stats.Decimal
	// FiresOn is the day on which the trigger fires or fired.
	FiresOn deadline.Day
	Grade   grade.Grade
	Entries []int64
}

// RatioTrigger compares every estimate of a model with that of the model or
// snapshot that was last assessed comprehensively (MOD-2). It fires where the
// upper bound, high of now over low of last, reaches the multiple at, itself
// included: at 4, a ratio of 3.99 does not fire and 4.0 does. One estimate that
// fires is enough; one that has no known ratio or upper bound makes the rest
// cannot tell. Sources: RSP 2.x, 3.1 (4x); FSF uses 6x and the same arithmetic.
func RatioTrigger(now []Estimate, last Estimate, at stats.Decimal) Reading {
	if !at.Valid() || at.Cmp("0") <= 0 {
		return Reading{Reason: fmt.Sprintf("the trigger's multiple %q is not a positive number", string(at))}
	}
	if len(now) == 0 || last.Unit == "" {
		return Reading{Reason: "effective compute is not estimated for the model and for the last one assessed"}
	}
	worst := Reading{Outcome: NotFired}
	for i, e := range now {
		r := readRatio(e, last, at)
		if i == 0 || moreUrgent(r, worst) {
			worst = r
		}
	}
	worst.FiresAt = product(at, last.Low)
	return worst
}

// moreUrgent puts fired before cannot tell before not fired, and then the
// larger ratio first.
func moreUrgent(a, b Reading) bool {
	rank := func(o Outcome) int { return slices.Index([]Outcome{NotFired, CannotTell, Fired}, o) }
	if a.Outcome != b.Outcome {
		return rank(a.Outcome) > rank(b.Outcome)
	}
	return a.Ratio.Value != "" && b.Ratio.Value != "" && a.Ratio.upper().Cmp(b.Ratio.upper()) > 0
}

func readRatio(now, last Estimate, at stats.Decimal) Reading {
	r := Reading{Grade: grade.Lowest(now.Grade, last.Grade), Entries: []int64{now.Seq, last.Seq}}
	slices.Sort(r.Entries)
	r.Entries = slices.Compact(r.Entries)
	m, err := Ratio(now, last)
	if err != nil {
		r.Reason = err.Error()
		return r
	}
	r.Ratio = m
	against := fmt.Sprintf("%s is at up to %s times the effective compute of %s", now.subject(), m.upper(), last.subject())
	switch m.reaches(at) {
	case rule.Met:
		r.Outcome, r.Reason = Fired, fmt.Sprintf("%s, and the trigger is %s times", against, at)
	case rule.NotMet:
		r.Outcome, r.Reason = NotFired, fmt.Sprintf("%s, below %s times", against, at)
	default:
		r.Reason = fmt.Sprintf("%s is at %s times the effective compute of %s by the estimates, whose bounds are not known", now.subject(), m.Value, last.subject())
	}
	return r
}

func product(a, b stats.Decimal) stats.Decimal {
	x, okA := a.Rat()
	y, okB := b.Rat()
	if !okA || !okB {
		return ""
	}
	return stats.Round(new(big.Rat).Mul(x, y))
}

// MonthsTrigger fires when that many calendar months have passed since the day
// of the last comprehensive assessment (MOD-3): on the day that bears the same
// number, or on the last day of a shorter month, from its first instant (UTC).
// now is milliseconds since 1970.
func MonthsTrigger(last deadline.Day, months int, now int64) Reading {
	if _, err := deadline.ParseDay(string(last)); err != nil || months < 1 {
		return Reading{Reason: "no day of a last comprehensive assessment is known"}
	}
	today := deadline.DayOf(now)
	if last.DaysUntil(today) < 0 {
		return Reading{Reason: fmt.Sprintf("the last comprehensive assessment, %s, lies after %s", last, today)}
	}
	on := last.AddMonths(months)
	r := Reading{FiresOn: on, Grade: grade.Recomputed}
	if now >= on.Start() {
		r.Outcome, r.Reason = Fired, fmt.Sprintf("%d months since %s were over on %s", months, last, on)
		return r
	}
	r.Outcome, r.Reason = NotFired, fmt.Sprintf("%d months since %s are over on %s", months, last, on)
	return r
}

// Call is somebody's decision, within their discretion, that an assessment is
// due: who and why (MOD-4), and the entry that says so.
type Call struct {
	By    string
	Why   string
	Seq   int64
	Grade grade.Grade
}

// DiscretionTrigger fires when there is a call; calls are those since the last
// comprehensive assessment. It never fires by itself.
func DiscretionTrigger(calls ...Call) Reading {
	if len(calls) == 0 {
		return Reading{Outcome: NotFired, Grade: grade.Recomputed, Reason: "nobody with the discretion has called for an assessment"}
	}
	r := Reading{Outcome: Fired, Grade: grade.Recomputed}
	for _, c := range calls {
		r.Reason = fmt.Sprintf("%s called for an assessment: %s", c.By, c.Why)
		r.Grade = min(r.Grade, c.Grade)
		r.Entries = append(r.Entries, c.Seq)
	}
	slices.Sort(r.Entries)
	return r
}
