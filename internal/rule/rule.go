// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package rule evaluates condition trees to one of three values: met, not met,
// cannot tell.
//
// Only "met" opens anything. The zero value of a status is cannot tell, so is
// anything that went wrong, and so is a group of no conditions: nothing was
// shown. There is no "not": turning a lost fact into a met condition would need
// one.
//
// A result says why in one sentence, from which clause the condition comes, how
// well the facts under it are known, and which entries prove it. Groups keep
// all their children, met or not, because a reader wants every reason.
//
// The package knows no predicates. Those are Go functions of whoever evaluates,
// named in [Tree] and found through a [Lookup].
package rule

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Status is one of three values; the zero value is CannotTell.
type Status uint8

const (
	// CannotTell: a fact is missing, contradictory or not well enough known.
	CannotTell Status = iota
	// NotMet: the facts show that the condition does not hold.
	NotMet
	// Met: the facts show that the condition holds.
	Met
)

// String gives met, not_met or cannot_tell.
func (s Status) String() string {
	switch s {
	case Met:
		return "met"
	case NotMet:
		return "not_met"
	}
	return "cannot_tell"
}

// MarshalText writes the word.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word; anything else is an error.
func (s *Status) UnmarshalText(b []byte) error {
	for v := CannotTell; v <= Met; v++ {
		if v.String() == string(b) {
			*s = v
			return nil
		}
	}
	return fault.Invalidf("%q is not met, not_met or cannot_tell", b)
}

// Basis says whose words a condition is.
type Basis string

const (
	// Text: the policy says so.
	Text Basis = "text"
	// Reading: our interpretation of the policy, which a recorded ruling
	// overrides.
	Reading Basis = "reading"
	// House: ours and stricter; a lab may relax it in its own pack.
	House Basis = "house"
)

// Condition names a condition and where it comes from.
type Condition struct {
	ID     string `json:"id"`
	Clause string `json:"clause"`
	Basis  Basis  `json:"basis"`
}

// Result is a condition with its value. Grade is that of the facts the value
// rests on; Unknown where nothing was found.
type Result struct {
	Condition
	Status   Status      `json:"status"`
	Grade    grade.Grade `json:"grade"`
	Reason   string      `json:"reason"`
	Entries  []int64     `json:"entries"`
	Children []Result    `json:"children"`
}

// New gives a leaf. A met leaf needs a known grade: without one the value is
// cannot tell, whatever the caller believed.
func New(c Condition, s Status, g grade.Grade, reason string, entries ...int64) Result {
	if s == Met && g == grade.Unknown {
		s, reason = CannotTell, reason+" (but nothing says how well that is known)"
	}
	slices.Sort(entries)
	return Result{Condition: c, Status: s, Grade: g, Reason: reason, Entries: slices.Compact(entries)}
}

// All is met when every child is met, not met when one is not, and cannot tell
// otherwise. Its grade is the lowest of its children's.
func All(c Condition, reason string, children ...Result) Result {
	r := Result{Condition: c, Reason: reason, Children: children}
	if len(children) == 0 {
		return r
	}
	r.Status, r.Grade = Met, grade.Recomputed
	for _, child := range children {
		r.Status = both(r.Status, child.Status)
		r.Grade = min(r.Grade, child.Grade)
	}
	return r
}

// both is "and": not met wins over cannot tell, cannot tell over met.
func both(a, b Status) Status {
	if a == NotMet || b == NotMet {
		return NotMet
	}
	return min(a, b)
}

// Any is met when a child is met, not met when every child is not, and cannot
// tell otherwise. Its grade is the highest of its met children's, otherwise the
// lowest of all.
func Any(c Condition, reason string, children ...Result) Result {
	r := Result{Condition: c, Reason: reason, Children: children}
	if len(children) == 0 {
		return r
	}
	r.Status = NotMet
	low, met := grade.Recomputed, grade.Unknown
	for _, child := range children {
		low = min(low, child.Grade)
		switch child.Status {
		case Met:
			r.Status, met = Met, max(met, child.Grade)
		case CannotTell:
			if r.Status == NotMet {
				r.Status = CannotTell
			}
		}
	}
	r.Grade = low
	if r.Status == Met {
		r.Grade = met
	}
	return r
}

// Leaves gives every condition without children, in order.
func (r Result) Leaves() []Result {
	if len(r.Children) == 0 {
		return []Result{r}
	}
	var leaves []Result
	for _, c := range r.Children {
		leaves = append(leaves, c.Leaves()...)
	}
	return leaves
}

// Unmet gives the leaves that hold the result back: those that are not met
// under a group that is not met. A met Any hides the alternatives it did not
// need.
func (r Result) Unmet() []Result {
	if r.Status == Met {
		return nil
	}
	if len(r.Children) == 0 {
		return []Result{r}
	}
	var unmet []Result
	for _, c := range r.Children {
		unmet = append(unmet, c.Unmet()...)
	}
	return unmet
}

// Tree is a condition written in a policy: exactly one of All, Any and
// Predicate is set.
type Tree struct {
	Condition
	All       []Tree
	Any       []Tree
	Predicate string
	Params    []Param
}

// Param is a named argument of a predicate.
type Param struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Lookup evaluates a named predicate. It gives false for a name it does not
// know.
type Lookup func(t Tree) (Result, bool)

// Eval evaluates a tree. An unknown predicate, and a node that is not exactly
// one of group and predicate, is cannot tell.
func Eval(t Tree, look Lookup) Result {
	kinds := 0
	for _, set := range []bool{len(t.All) > 0, len(t.Any) > 0, t.Predicate != ""} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		return New(t.Condition, CannotTell, grade.Unknown, "the condition is not one group or one predicate")
	}
	switch {
	case len(t.All) > 0:
		return All(t.Condition, "all of these", evalEach(t.All, look)...)
	case len(t.Any) > 0:
		return Any(t.Condition, "any of these", evalEach(t.Any, look)...)
	}
	r, ok := look(t)
	if !ok {
		return New(t.Condition, CannotTell, grade.Unknown, "this release knows no predicate "+t.Predicate)
	}
	r.Condition = t.Condition
	return r
}

func evalEach(ts []Tree, look Lookup) []Result {
	rs := make([]Result, len(ts))
	for i, t := range ts {
		rs[i] = Eval(t, look)
	}
	return rs
}
