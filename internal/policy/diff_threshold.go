// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"fmt"
	"slices"
	"strings"
)

// heirs lists the thresholds of b that continue the threshold of a.
func (d *differ) heirs(old string) []Threshold {
	var out []Threshold
	for _, t := range d.b.Thresholds {
		if slices.ContainsFunc(t.continues(d.a), func(s Succession) bool { return s.Threshold == old }) {
			out = append(out, t)
		}
	}
	return out
}

func (d *differ) thresholds() {
	continued := map[string]bool{}
	for _, old := range d.a.Thresholds {
		heirs := d.heirs(old.ID)
		for _, h := range heirs {
			continued[h.ID] = true
		}
		switch len(heirs) {
		case 0:
			d.say(Loosening, old.Element, "The threshold %s (%s) is gone", old.ID, old.Title)
		case 1:
			d.continued(old, heirs[0])
		default:
			d.split(old, heirs)
		}
	}
	for _, t := range d.b.Thresholds {
		if !continued[t.ID] {
			d.say(Tightening, t.Element, "The threshold %s (%s) is new%s", t.ID, t.Title, d.demands(t))
		}
	}
}

func (d *differ) demands(t Threshold) string {
	var parts []string
	for _, e := range t.Effects {
		s, _ := d.b.standard(e.Standard)
		part := e.Standard + " " + facetName(e.Facet)
		if !s.Defined {
			part += " (undefined: holds)"
		}
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " and demands " + strings.Join(parts, ", ")
}

func (d *differ) wording(t Threshold, old string) Wording {
	s, _ := lookup(t.continues(d.a), func(s Succession) bool { return s.Threshold == old })
	return s.Words
}

// continued compares a threshold with its only heir.
func (d *differ) continued(old, t Threshold) {
	words := d.wording(t, old.ID)
	switch {
	case words == HigherWords:
		d.say(Loosening, t.Element, "The threshold %s is raised: %s takes more to reach", old.ID, t.ID)
	case words == LowerWords:
		d.say(Tightening, t.Element, "The threshold %s is lowered: %s takes less to reach", old.ID, t.ID)
	case words == PartOf:
		d.say(Loosening, t.Element, "The threshold %s lives on only in part, as %s", old.ID, t.ID)
	case words == SameWords && old.ID != t.ID:
		d.say(Neutral, t.Element, "The threshold %s is now called %s, with the same words", old.ID, t.ID)
	case words == "" && !sameLine(old, t):
		d.say(Loosening, t.Element, "The threshold %s is described in other words; say under succeeds how they relate, or it counts as raised", t.ID)
	}
	if gating(old.Kind) && !gating(t.Kind) {
		d.say(Loosening, t.Element, "%s is now a %s and no longer gates", t.ID, t.Kind)
		return
	}
	less, more, filled := d.effects(old, t)
	d.group(Loosening, t, "asks less: ", less)
	d.group(Tightening, t, "asks more: ", more)
	d.group(Neutral, t, "an open demand is filled in, which cannot be compared: ", filled)
	d.links(old, t)
}

func gating(k ThresholdKind) bool { return k == Capability || k == Usage }

func (d *differ) group(kind ChangeKind, t Threshold, lead string, parts []string) {
	if len(parts) > 0 {
		d.say(kind, t.Element, "%s %s%s", t.ID, lead, strings.Join(parts, "; "))
	}
}

// split compares a threshold with several heirs, each a part of it. It is one
// line, of the worst kind that any heir's demands give.
func (d *differ) split(old Threshold, heirs []Threshold) {
	var names, less, more, filled []string
	for _, h := range heirs {
		names = append(names, h.ID)
		l, m, f := d.effects(old, h)
		less, more, filled = append(less, prefixed(h.ID, l)...), append(more, prefixed(h.ID, m)...), append(filled, prefixed(h.ID, f)...)
		if w := d.wording(h, old.ID); w == HigherWords {
			less = append(less, h.ID+" takes more to reach")
		}
		d.links(old, h)
	}
	kind, said := Neutral, filled
	switch {
	case len(less) > 0:
		kind, said = Loosening, less
	case len(more) > 0:
		kind, said = Tightening, more
	}
	sentence := fmt.Sprintf("The threshold %s is split into %s", old.ID, strings.Join(names, " and "))
	if len(said) > 0 {
		sentence += ": " + strings.Join(said, "; ")
	}
	if kind == Neutral && len(filled) > 0 {
		sentence += "; the former demand had no criteria, so the two cannot be compared by rank" + d.open(old)
	}
	d.changes = append(d.changes, Change{kind, heirs[0].ID, heirs[0].Clause, sentence + "."})
}

// open names the standards without criteria that a former threshold demanded.
func (d *differ) open(old Threshold) string {
	var names []string
	for _, e := range old.Effects {
		if s, ok := d.a.standard(e.Standard); ok && !s.Defined && s.Rank == 0 {
			names = append(names, s.ID+": "+s.Title)
		}
	}
	return " (" + strings.Join(unique(names), "; ") + ")"
}

func prefixed(id string, parts []string) []string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = id + " " + p
	}
	return out
}

// effects compares what two thresholds demand, facet by facet. The actions
// that change in the same way share one part of the sentence.
func (d *differ) effects(old, t Threshold) (less, more, filled []string) {
	verdicts := map[string][]string{}
	var order []string
	note := func(kind ChangeKind, what, action string) {
		key := string(kind) + "|" + what
		if verdicts[key] == nil {
			order = append(order, key)
		}
		verdicts[key] = append(verdicts[key], action)
	}
	for _, facet := range FacetKind("").words() {
		for _, action := range d.everyAction() {
			kind, what := d.demand(d.standardOf(d.a, old, action, facet), d.standardOf(d.b, t, action, facet), FacetKind(facet))
			if what != "" {
				note(kind, what, action)
			}
		}
	}
	for _, key := range order {
		kind, what, _ := strings.Cut(key, "|")
		part := what
		if len(verdicts[key]) < len(d.everyAction()) {
			part += " (" + strings.Join(verdicts[key], ", ") + ")"
		}
		switch ChangeKind(kind) {
		case Loosening:
			less = append(less, part)
		case Tightening:
			more = append(more, part)
		default:
			filled = append(filled, part)
		}
	}
	return less, more, filled
}

func (d *differ) everyAction() []string {
	var out []string
	for _, a := range slices.Concat(d.a.Actions, d.b.Actions) {
		if !slices.Contains(out, a.ID) {
			out = append(out, a.ID)
		}
	}
	return out
}

// standardOf gives the strictest standard that a threshold demands of a facet
// for an action: an undefined one before any defined, then by rank.
func (d *differ) standardOf(p Pack, t Threshold, action, facet string) *Standard {
	var best *Standard
	for _, e := range t.Effects {
		if string(e.Facet) != facet || !slices.Contains(e.Actions, action) {
			continue
		}
		s, ok := p.standard(e.Standard)
		if ok && (best == nil || (best.Defined && !s.Defined) || (best.Defined == s.Defined && s.Rank > best.Rank)) {
			best = &s
		}
	}
	return best
}

// demand compares one demand before and after; nil is no demand.
func (d *differ) demand(a, b *Standard, facet FacetKind) (ChangeKind, string) {
	name := facetName(facet)
	switch {
	case a == nil && b == nil:
		return Neutral, ""
	case a == nil:
		return Tightening, fmt.Sprintf("demands %s %s", b.ID, name)
	case b == nil:
		return Loosening, fmt.Sprintf("no longer demands %s %s", a.ID, name)
	case a.ID == b.ID:
		return Neutral, ""
	case a.Rank == 0 && !a.Defined:
		return Neutral, fmt.Sprintf("demands %s %s where %s was left open", b.ID, name, a.ID)
	case b.Rank > a.Rank && a.Rank > 0:
		return Tightening, fmt.Sprintf("demands %s %s instead of %s", b.ID, name, a.ID)
	default:
		return Loosening, fmt.Sprintf("demands %s %s instead of %s", b.ID, name, a.ID)
	}
}

// links compares what rules out what. A new way to be ruled out makes less
// work, so it is a loosening, unless the threshold it reaches is itself new.
func (d *differ) links(old, t Threshold) {
	before := d.mapped(slices.Concat(old.Implies, old.RulesOut))
	after := linkIDs(slices.Concat(t.Implies, t.RulesOut))
	gone, added := lists(before, after)
	added = slices.DeleteFunc(added, d.isNew)
	if len(added) > 0 {
		d.say(Loosening, t.Element, "%s, ruled out, now rules out %s as well", t.ID, strings.Join(added, ", "))
	}
	if len(gone) > 0 {
		d.say(Tightening, t.Element, "%s, ruled out, no longer rules out %s", t.ID, strings.Join(gone, ", "))
	}
}

// mapped names links of the former version by the heirs of their targets.
func (d *differ) mapped(links []Link) []string {
	var out []string
	for _, id := range linkIDs(links) {
		for _, h := range d.heirs(id) {
			out = append(out, h.ID)
		}
	}
	return out
}

// isNew tells whether a threshold has no work of its own in the former
// version: it is new, or one part of a split, whose parts are tied to one
// another from the start.
func (d *differ) isNew(id string) bool {
	t, _ := d.b.Threshold(id)
	from := t.continues(d.a)
	return len(from) == 0 || slices.ContainsFunc(from, func(s Succession) bool { return s.Words == PartOf })
}

func linkIDs(links []Link) []string {
	out := make([]string, len(links))
	for i, l := range links {
		out[i] = l.Threshold
	}
	return out
}

func facetName(f FacetKind) string { return strings.ReplaceAll(string(f), "_", " ") }
