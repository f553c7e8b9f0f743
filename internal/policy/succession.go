// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"slices"
	"strings"
)

// CarryRule names the rule by which a determination survives a change of
// policy.
type CarryRule string

// Unchanged: the same id and words. Succession: the new threshold continues
// the old one. Checkpoint and implication: ruling out one rules out the other.
const (
	CarryUnchanged   CarryRule = "unchanged"
	CarrySuccession  CarryRule = "succession"
	CarryCheckpoint  CarryRule = "checkpoint"
	CarryImplication CarryRule = "implication"
)

// Carry says that a determination about From, made under the former version,
// speaks for To in this one. Via is the threshold of this version through
// which it does, empty for unchanged and succession. With RuledOutOnly set
// only "ruled out" (for a checkpoint: "below") is carried; a threshold found
// crossed then says nothing about To.
type Carry struct {
	From, To     string
	Via          string
	Rule         CarryRule
	RuledOutOnly bool
	Clause       string
	Basis        Basis
}

// Carried lists every way in which a determination made under from speaks for
// a threshold of p. For each threshold the ways come in order of strength:
// unchanged or succession, checkpoint, implication. A threshold that is not
// listed keeps nothing and follows its transition.
func (p Pack) Carried(from Pack) []Carry {
	c := carrier{pack: p, direct: map[string][]Carry{}, linked: map[string][]Carry{}}
	for _, t := range p.Thresholds {
		c.direct[t.ID] = directly(t, from)
	}
	var out []Carry
	for _, t := range p.Thresholds {
		out = append(out, c.to(t.ID)...)
	}
	return out
}

// directly carries by identity and succession. Words that are lower now are
// not covered by a finding against the higher ones, so nothing is carried.
func directly(t Threshold, from Pack) []Carry {
	var out []Carry
	for _, s := range t.continues(from) {
		old, _ := from.Threshold(s.Threshold)
		switch {
		case s.Words == "" && sameLine(old, t):
			out = append(out, Carry{From: old.ID, To: t.ID, Rule: CarryUnchanged, Clause: t.Clause, Basis: Text})
		case s.Words != "" && s.Words != LowerWords:
			out = append(out, Carry{
				From: old.ID, To: t.ID, Rule: CarrySuccession,
				RuledOutOnly: s.Words != SameWords, Clause: s.Clause, Basis: s.Basis,
			})
		}
	}
	return out
}

// continues lists what a threshold continues of another version. Packs inherit
// what their thresholds once succeeded, so names that the other version does
// not have are passed over, and an id that both have with the same line is the
// same threshold. Words is empty where the id alone ties the two.
func (t Threshold) continues(from Pack) []Succession {
	var out []Succession
	self, kept := from.Threshold(t.ID)
	for _, s := range t.Succeeds {
		_, there := from.Threshold(s.Threshold)
		if there && (s.Threshold != t.ID || !sameLine(self, t)) {
			out = append(out, s)
		}
	}
	if len(out) == 0 && kept {
		out = []Succession{{Threshold: t.ID}}
	}
	return out
}

// sameLine tells whether two thresholds draw the same line.
func sameLine(a, b Threshold) bool {
	return a.Statement == b.Statement && a.Baseline == b.Baseline && a.Kind == b.Kind && slices.Equal(a.Actors, b.Actors)
}

// carrier remembers what it found, so that a web of links is walked once.
type carrier struct {
	pack   Pack
	direct map[string][]Carry
	linked map[string][]Carry
}

func (c carrier) to(id string) []Carry {
	return slices.Concat(c.direct[id], c.through(id))
}

// through carries over what is linked to a threshold that is itself carried.
// Links are followed to the end: A rules out B rules out C. Of several ways
// from one threshold through another the first is enough.
func (c carrier) through(to string) []Carry {
	if out, ok := c.linked[to]; ok {
		return out
	}
	links := c.pack.ImpliedBy(to)
	slices.SortStableFunc(links, func(a, b Implication) int { return strings.Compare(string(a.Rule), string(b.Rule)) })
	var out []Carry
	for _, l := range links {
		for _, s := range c.to(l.From) {
			same := func(o Carry) bool { return o.From == s.From && o.Via == l.From }
			if slices.ContainsFunc(out, same) {
				continue
			}
			out = append(out, Carry{
				From: s.From, To: to, Via: l.From, Rule: CarryRule(l.Rule),
				RuledOutOnly: true, Clause: l.Clause, Basis: weaker(l.Basis, s.Basis),
			})
		}
	}
	c.linked[to] = out
	return out
}

// weaker is the basis that stands on less of the policy's own words.
func weaker(a, b Basis) Basis {
	order := a.words()
	return Basis(order[max(slices.Index(order, string(a)), slices.Index(order, string(b)))])
}
