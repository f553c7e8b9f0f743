// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"cmp"
	"slices"
)

// Requirement is a demand for one facet of one standard. Threshold is empty
// when the baseline demands it. An undefined standard (Defined false) can be
// met by nobody and holds (POL-7).
type Requirement struct {
	Facet     FacetKind
	Standard  string
	Defined   bool
	Threshold string
	ID        string
	Clause    string
	Basis     Basis
}

// Ref is the pack's name as id@version.
func (p Pack) Ref() string { return p.ID + "@" + p.Version }

// Threshold finds a threshold by id.
func (p Pack) Threshold(id string) (Threshold, bool) {
	return lookup(p.Thresholds, func(t Threshold) bool { return t.ID == id })
}

// Standard finds one facet of a standard. An undefined standard has none.
func (p Pack) Standard(id string, facet FacetKind) (Facet, bool) {
	s, _ := p.standard(id)
	return lookup(s.Facets, func(f Facet) bool { return f.Facet == facet })
}

func (p Pack) standard(id string) (Standard, bool) {
	return lookup(p.Standards, func(s Standard) bool { return s.ID == id })
}

// StandardByID finds a whole standard, defined or not.
func (p Pack) StandardByID(id string) (Standard, bool) { return p.standard(id) }

// Role finds a role or body by id.
func (p Pack) Role(id string) (Role, bool) {
	return lookup(p.Roles, func(r Role) bool { return r.ID == id })
}

// Action finds an action by id.
func (p Pack) Action(id string) (Action, bool) {
	return lookup(p.Actions, func(a Action) bool { return a.ID == id })
}

// Decision finds the rule for a kind of decision; a pack has at most one.
func (p Pack) Decision(kind DecisionKind) (Decision, bool) {
	return lookup(p.Decisions, func(d Decision) bool { return d.Kind == kind })
}

// Obligation finds an obligation by id.
func (p Pack) Obligation(id string) (Obligation, bool) {
	return lookup(p.Obligations, func(o Obligation) bool { return o.ID == id })
}

// ClauseByID finds a clause by its reference.
func (p Pack) ClauseByID(id string) (Clause, bool) {
	return lookup(p.Clauses, func(c Clause) bool { return c.ID == id })
}

func lookup[T any](list []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(list, is); i >= 0 {
		return list[i], true
	}
	var none T
	return none, false
}

// Environment is the environment meant when an ask about the action names
// none.
func (p Pack) Environment(action string) string {
	if a, ok := p.Action(action); ok {
		return a.Environment
	}
	return p.Defaults.Environment
}

// Effects lists what a threshold demands for an action once it is reached or
// not ruled out, in the order of the pack. An unknown threshold or action
// demands nothing here; callers must have looked both up.
func (p Pack) Effects(threshold, action string) []Requirement {
	t, _ := p.Threshold(threshold)
	var out []Requirement
	for _, e := range t.Effects {
		if slices.Contains(e.Actions, action) {
			out = append(out, p.requirement(e, threshold))
		}
	}
	return out
}

func (p Pack) requirement(e Effect, threshold string) Requirement {
	s, _ := p.standard(e.Standard)
	return Requirement{
		Facet: e.Facet, Standard: e.Standard, Defined: s.Defined,
		Threshold: threshold, ID: e.ID, Clause: e.Clause, Basis: e.Basis,
	}
}

// BaselineFor lists what every model needs for an action, whatever it can do.
func (p Pack) BaselineFor(action string) []Requirement {
	var out []Requirement
	for _, b := range p.Baseline {
		if slices.Contains(b.Actions, action) {
			out = append(out, p.requirement(Effect(b), ""))
		}
	}
	return out
}

// GatesFor lists the extra conditions on an action.
func (p Pack) GatesFor(action string) []Gate {
	var out []Gate
	for _, g := range p.Gates {
		if slices.Contains(g.Actions, action) {
			out = append(out, g)
		}
	}
	return out
}

// Gating lists the thresholds that can gate an action: those with an effect on
// it.
func (p Pack) Gating(action string) []Threshold {
	var out []Threshold
	for _, t := range p.Thresholds {
		if len(p.Effects(t.ID, action)) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// Next lists the thresholds of the same domain at the next level above; levels
// may skip (THR-3). It is empty when nothing comes after.
func (p Pack) Next(threshold string) []Threshold {
	t, ok := p.Threshold(threshold)
	if !ok || t.Level == 0 {
		return nil
	}
	above := slices.DeleteFunc(slices.Clone(p.Thresholds), func(o Threshold) bool {
		return o.Domain != t.Domain || o.Level <= t.Level
	})
	if len(above) == 0 {
		return nil
	}
	lowest := slices.MinFunc(above, func(a, b Threshold) int { return cmp.Compare(a.Level, b.Level) }).Level
	return slices.DeleteFunc(above, func(o Threshold) bool { return o.Level != lowest })
}

// LinkRule says why ruling out one threshold rules out another.
type LinkRule string

// By implication between thresholds, or because a checkpoint lies below.
const (
	ByImplication LinkRule = "implication"
	ByCheckpoint  LinkRule = "checkpoint"
)

// Implication says that ruling out From, or staying below it when it is a
// checkpoint, rules out To.
type Implication struct {
	From, To string
	Rule     LinkRule
	Clause   string
	Basis    Basis
}

// ImpliedBy lists what, ruled out, rules out the threshold, directly; callers
// follow the chain as far as they need. There are no circles.
func (p Pack) ImpliedBy(threshold string) []Implication {
	var out []Implication
	for _, t := range p.Thresholds {
		for _, l := range t.RulesOut {
			if l.Threshold == threshold {
				out = append(out, Implication{t.ID, threshold, ByCheckpoint, l.Clause, l.Basis})
			}
		}
		for _, l := range t.Implies {
			if l.Threshold == threshold {
				out = append(out, Implication{t.ID, threshold, ByImplication, l.Clause, l.Basis})
			}
		}
	}
	return out
}

// AssessmentFor lists what the assessment of a kind of threshold must have.
func (p Pack) AssessmentFor(kind ThresholdKind) []AssessmentRequirement {
	var out []AssessmentRequirement
	for _, r := range p.Assessment.Requirements {
		if slices.Contains(r.Kinds, kind) {
			out = append(out, r)
		}
	}
	return out
}
