// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"fmt"
	"slices"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Format is the number of the journal's layout that this release writes.
const Format = 1

// MinRules and MaxRules are the rules numbers that this release implements. A
// journal with another one is refused.
const (
	MinRules = 1
	MaxRules = 1
)

// Clock says where the times of a journal come from.
type Clock string

const (
	// Wall times are those of the machine, and no act may choose its own.
	Wall Clock = "wall"
	// Simulated times are made up: one millisecond per act unless the act
	// names its time. The first entry says so for ever.
	Simulated Clock = "simulated"
)

// Begun is the first entry of every journal.
type Begun struct {
	// Origin is the journal's name, which is the name of its key.
	Origin string `json:"origin"`
	Format int64  `json:"format"`
	// Rules is the number of the rules in force from the start.
	Rules int64 `json:"rules"`
	Clock Clock `json:"clock"`
}

// Erased names entries whose bodies and salts were deleted in the transaction
// that appended this entry.
type Erased struct {
	Seqs   []int64 `json:"seqs"`
	Reason string  `json:"reason"`
	// Decision names who decided it, such as the id of a decision file.
	Decision string `json:"decision"`
}

// RulesAdopted raises the number of the rules in force.
type RulesAdopted struct {
	Rules int64 `json:"rules"`
}

// The types of entries that belong to the journal itself. All are facts: they
// are never erased.
var (
	BegunKind        = entry.Define[Begun]("journal.begun", 1, entry.Fact)
	ErasedKind       = entry.Define[Erased]("journal.erased", 1, entry.Fact)
	RulesAdoptedKind = entry.Define[RulesAdopted]("system.rules_adopted", 1, entry.Fact)
)

// Types lists the journal's own types, for the registry of the whole program.
func Types() []entry.Type {
	return []entry.Type{BegunKind.Type(), ErasedKind.Type(), RulesAdoptedKind.Type()}
}

// Erase drafts the deletion of the bodies and salts at seqs. The writer refuses
// it unless each of them is a private entry that still has its body.
func Erase(e Erased) (entry.Draft, error) {
	switch {
	case len(e.Seqs) == 0:
		return entry.Draft{}, fault.Invalidf("an erasure names at least one entry")
	case e.Reason == "" || e.Decision == "":
		return entry.Draft{}, fault.Invalidf("an erasure gives its reason and the decision it rests on")
	}
	e.Seqs = slices.Sorted(slices.Values(e.Seqs))
	if len(slices.Compact(slices.Clone(e.Seqs))) != len(e.Seqs) {
		return entry.Draft{}, fault.Invalidf("an erasure names an entry twice")
	}
	d, err := ErasedKind.Draft(e)
	d.Erase = e.Seqs
	return d, err
}

// AdoptRules drafts the step to a higher rules number.
func AdoptRules(rules int64) (entry.Draft, error) {
	if err := checkRules(rules); err != nil {
		return entry.Draft{}, err
	}
	return RulesAdoptedKind.Draft(RulesAdopted{Rules: rules})
}

func checkRules(rules int64) error {
	if rules >= MinRules && rules <= MaxRules {
		return nil
	}
	have := fmt.Sprintf("rules %d to %d", MinRules, MaxRules)
	if MinRules == MaxRules {
		have = fmt.Sprintf("rules %d only", MinRules)
	}
	return fault.Unsupportedf("the journal asks for rules %d and this release implements %s", rules, have).
		Hinted("use a release that implements rules %d", rules)
}

func (b Begun) check(origin string) error {
	switch {
	case b.Origin != origin:
		return fault.Corruptf("the journal calls itself %q and its key is that of %q", b.Origin, origin)
	case b.Format != Format:
		return fault.Unsupportedf("the journal has format %d and this release reads format %d", b.Format, Format).
			Hinted("use the release that began it, or a newer one")
	case b.Clock != Wall && b.Clock != Simulated:
		return fault.Unsupportedf("the journal has the unknown clock %q", b.Clock).
			Hinted("use the release that began it, or a newer one")
	}
	return checkRules(b.Rules)
}
