// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/rule"
)

// Breach is a duty that holds when it is missed. Whether it is missed follows
// from the date, and not from anybody having written that down.
type Breach struct {
	Duty string
	// Model is a registered model, or EveryModel.
	Model string
	// NewStartsOnly tells that what is in use already goes on.
	NewStartsOnly bool
	// Due is the last millisecond that was in time at first, 0 where no date can
	// be told. Reliefs are what was decided about it since.
	Due     int64
	Reliefs []Relief
	// Published tells that it is known from a source only, which does not say
	// whether it was done.
	Published bool
	// Missed tells that the missed date was written down.
	Missed bool
	Reason string
	Clause string
	Basis  policy.Basis
	Seq    int64
}

// Relief is a waiver or an extension, until a last millisecond, for as long as its
// decision counts. Waives tells that the date had passed or is left as it was.
type Relief struct {
	Decision string
	Until    int64
	Waives   bool
}

// duties is met while no duty that would hold the model is missed. There is no
// such condition where no such duty concerns it.
func (e *evaluation) duties() []rule.Result {
	var all []rule.Result
	for _, b := range e.facts.Breached {
		if e.bound(b) {
			c := rule.Condition{ID: "duty:" + b.Duty, Clause: b.Clause, Basis: rule.Basis(b.Basis)}
			b.Reliefs = slices.DeleteFunc(slices.Clone(b.Reliefs), func(x Relief) bool {
				return len(e.facts.Decision.Problems(x.Decision, e.facts.Basis(), e.now)) > 0
			})
			status, why := b.at(e.now)
			all = append(all, rule.New(c, status, grade.Recomputed, why, b.Seq))
		}
	}
	return all
}

func (b Breach) at(now int64) (rule.Status, string) {
	for _, x := range b.Reliefs {
		switch {
		case now > x.Until:
		case x.Waives:
			return rule.Met, b.Duty + " is waived for now: " + b.Reason
		default:
			return rule.Met, b.Duty + " is not late: " + b.Reason
		}
	}
	switch {
	case b.Missed:
		return rule.NotMet, b.Duty + " was missed: " + b.Reason
	case b.Due == 0:
		return rule.CannotTell, b.Duty + " has no date, so whether it is late cannot be told: " + b.Reason
	case now <= b.Due:
		return rule.Met, b.Duty + " is not late: " + b.Reason
	case b.Published:
		return rule.CannotTell, b.Duty + " was due, and what was published does not say whether it was done: " + b.Reason
	}
	return rule.NotMet, b.Duty + " was missed: " + b.Reason
}

// bound tells whether the duty speaks of the model, of what it was made from or
// is compared with, and of what is asked: something in use is no new start.
func (e *evaluation) bound(b Breach) bool {
	if b.NewStartsOnly && !e.newStart(e.v.Ask.Model) {
		return false
	}
	return e.concerns(Hold{Model: b.Model})
}
