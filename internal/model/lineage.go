// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Derivation is what one model takes from another. Seq is the entry that said
// so last.
type Derivation struct {
	Derived
	Seq   int64
	Grade grade.Grade
}

// NewDerivation is the input of [State.Derive].
type NewDerivation struct {
	Derived
	How entry.Provenance
}

// Derive records that a model was made from another and whether a significant
// increase in capability is suspected. The same pair may be recorded again when
// the judgement changes: the last one stands, with its reason. A model cannot
// be its own ancestor.
func (s State) Derive(in NewDerivation, _ entry.Act) ([]entry.Draft, error) {
	var p problems
	p.word("method", string(in.Method), methods())
	p.word("answer to whether an increase is suspected", string(in.Increase), increases())
	p.reason(in.Reason)
	p.provenance(in.How)
	if err := p.Err(); err != nil {
		return nil, err
	}
	if err := s.known(in.Model); err != nil {
		return nil, err
	}
	if err := s.knownSnapshot(in.Base, in.BaseSnapshot); err != nil {
		return nil, err
	}
	if in.Model == in.Base || slices.Contains(s.Ancestors(in.Base), in.Model) {
		return nil, fault.Conflictf("%s cannot be derived from %s, which is derived from it", in.Model, in.Base).
			Hinted("register the later state of the model under a name of its own")
	}
	if have, ok := s.derivations.Get(in.Model + "/" + in.Base); ok && have.Derived == in.Derived {
		return nil, fault.Conflictf("entry %d already says so", have.Seq).Hinted("nothing needs to be done")
	}
	return derived.Drafts(in.Derived, in.How)
}

// Derivations lists what a model was derived from, by the name of the base.
func (s State) Derivations(model string) []Derivation { return of(s.derivations, model) }

// Ancestors lists every model that a model was derived from, directly or
// through others, nearest first and by name within one step.
func (s State) Ancestors(model string) []string {
	var found []string
	for step := []string{model}; len(step) > 0; {
		var next []string
		for _, m := range step {
			for _, d := range s.Derivations(m) {
				if !slices.Contains(found, d.Base) && !slices.Contains(next, d.Base) {
					next = append(next, d.Base)
				}
			}
		}
		slices.Sort(next)
		found = append(found, next...)
		step = next
	}
	return found
}

// Inheritance says whether a derived model may rest on what was determined for
// its base. Reason is one sentence either way; Entries are what it rests on.
type Inheritance struct {
	Holds        bool
	Base         string
	BaseSnapshot string
	Method       Method
	Grade        grade.Grade
	Reason       string
	Entries      []int64
}

// Inherits applies MOD-5: a fine-tune, distillation or quantisation of one base
// inherits unless a significant increase is suspected or nobody knows, unless
// conditions changed significantly for it, and unless the caller's policy bars
// the method. A merge, and what came about in another way, never inherits.
func (s State) Inherits(model string, barred ...Method) Inheritance {
	bases := s.Derivations(model)
	if len(bases) != 1 {
		return notInherited(bases, model+" is not derived from exactly one registered model")
	}
	d := bases[0]
	switch {
	case !slices.Contains([]Method{FineTune, Distillation, Quantisation}, d.Method):
		return notInherited(bases, "what comes about by "+string(d.Method)+" does not inherit")
	case slices.Contains(barred, d.Method):
		return notInherited(bases, "the policy does not let a "+string(d.Method)+" inherit")
	case d.Increase == IncreaseSuspected:
		return notInherited(bases, "a significant increase over "+d.Base+" is suspected")
	case d.Increase != IncreaseNotSuspected:
		return notInherited(bases, "nobody has said whether "+model+" can do significantly more than "+d.Base)
	}
	if c, ok := s.Voided(model); ok {
		return notInherited(bases, "conditions changed significantly for "+model+" ("+string(c.What)+")", c.Seq)
	}
	return Inheritance{
		Holds: true, Base: d.Base, BaseSnapshot: d.BaseSnapshot, Method: d.Method, Grade: d.Grade,
		Reason:  model + " is a " + string(d.Method) + " of " + d.Base + " and no significant increase is suspected",
		Entries: []int64{d.Seq},
	}
}

func notInherited(bases []Derivation, reason string, entries ...int64) Inheritance {
	for _, d := range bases {
		entries = append(entries, d.Seq)
	}
	slices.Sort(entries)
	return Inheritance{Reason: reason, Entries: entries}
}

// Change is a change of the conditions a model is used under.
type Change struct {
	ConditionsChanged
	Seq   int64
	Grade grade.Grade
}

// NewChange is the input of [State.ChangeConditions].
type NewChange struct {
	ConditionsChanged
	How entry.Provenance
}

// ChangeConditions records that a model is now used in another way than it was
// assessed for, such as with new tools, and whether that matters (MOD-5).
func (s State) ChangeConditions(in NewChange, _ entry.Act) ([]entry.Draft, error) {
	var p problems
	p.word("kind of change", string(in.What), changeKinds())
	p.reason(in.Reason)
	p.provenance(in.How)
	if err := p.Err(); err != nil {
		return nil, err
	}
	if err := s.known(in.Model); err != nil {
		return nil, err
	}
	return conditionsChanged.Drafts(in.ConditionsChanged, in.How)
}

// Changes lists the changes of a model's conditions, oldest first.
func (s State) Changes(model string) []Change { return of(s.changes, model) }

// Voided gives the latest significant change of conditions. What was reported
// about the model before that entry no longer holds by itself.
func (s State) Voided(model string) (Change, bool) {
	for _, c := range slices.Backward(s.Changes(model)) {
		if c.Significant {
			return c, true
		}
	}
	return Change{}, false
}
