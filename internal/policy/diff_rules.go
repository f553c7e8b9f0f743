// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

func (d *differ) standards() {
	gone, kept, added := match(d.a.Standards, d.b.Standards, func(s Standard) string { return s.ID })
	for _, s := range gone {
		// What demanded it is compared where it is demanded.
		d.say(Neutral, s.Element, "The standard %s is gone", s.ID)
	}
	for _, s := range added {
		d.say(Neutral, s.Element, "The standard %s is new", s.ID)
	}
	for _, k := range kept {
		d.standard(k[0], k[1])
	}
}

func (d *differ) standard(a, b Standard) {
	if a.Defined != b.Defined {
		if b.Defined {
			d.say(Neutral, b.Element, "The standard %s, undefined until now, has criteria and can be met", b.ID)
		} else {
			d.say(Tightening, b.Element, "The standard %s has no criteria any more, so whatever demands it holds", b.ID)
		}
		return
	}
	if a.Rank != b.Rank {
		d.say(Loosening, b.Element, "The standard %s changes its rank from %d to %d, which moves what counts as stricter", b.ID, a.Rank, b.Rank)
	}
	gone, kept, added := match(a.Facets, b.Facets, func(f Facet) string { return string(f.Facet) })
	for _, f := range gone {
		d.say(Loosening, f.Element, "%s loses its %s facet", b.ID, facetName(f.Facet))
	}
	for _, f := range added {
		d.say(Tightening, f.Element, "%s gains a %s facet", b.ID, facetName(f.Facet))
	}
	for _, k := range kept {
		d.facet(b.ID+" "+facetName(k[1].Facet), k[0], k[1])
	}
}

func (d *differ) facet(name string, a, b Facet) {
	gone, kept, added := match(a.Criteria, b.Criteria, func(c Criterion) string { return c.ID })
	for _, c := range gone {
		d.say(Loosening, c.Element, "%s drops the criterion %s (%s)", name, c.ID, c.Title)
	}
	for _, c := range added {
		d.say(Tightening, c.Element, "%s gains the criterion %s (%s)", name, c.ID, c.Title)
	}
	for _, k := range kept {
		d.reworded(k[1].Element, name+" "+k[1].ID, k[0].Statement, k[1].Statement)
		lost, gained := lists(k[0].Parts, k[1].Parts)
		d.moved(k[1].Element, name+" "+k[1].ID+": parts", lost, gained)
	}
	d.reworded(b.Element, name, a.Statement, b.Statement)
	d.scope(name, a, b)
	d.reapproval(name, a, b)
}

// reworded counts other words as a loosening; see Diff.
func (d *differ) reworded(e Element, name, a, b string) {
	if a != b {
		d.say(Loosening, e, "%s is described in other words; a machine cannot tell that they ask no less", name)
	}
}

// moved reports what a list of demands lost and gained.
func (d *differ) moved(e Element, name string, lost, gained []string) {
	if len(lost) > 0 {
		d.say(Loosening, e, "%s dropped: %s", name, strings.Join(lost, ", "))
	}
	if len(gained) > 0 {
		d.say(Tightening, e, "%s added: %s", name, strings.Join(gained, ", "))
	}
}

// scope compares whom a facet must hold against. An actor within a wider one
// is covered wherever the wider one is.
func (d *differ) scope(name string, a, b Facet) {
	var less, more []string
	lost, gained := lists(a.ActorsIn, b.ActorsIn)
	less = append(less, d.uncovered(lost, b.ActorsIn)...)
	more = append(more, d.uncovered(gained, a.ActorsIn)...)
	back, out := lists(a.ActorsOut, b.ActorsOut)
	less = append(less, d.uncovered(out, a.ActorsOut)...)
	more = append(more, d.uncovered(back, b.ActorsOut)...)
	if less = unique(less); len(less) > 0 {
		d.say(Loosening, b.Element, "%s need no longer hold against: %s", name, strings.Join(d.titles(less), "; "))
	}
	if more = unique(more); len(more) > 0 {
		d.say(Tightening, b.Element, "%s must now hold against: %s", name, strings.Join(d.titles(more), "; "))
	}
}

func (d *differ) uncovered(ids, by []string) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return d.covers(by, id) })
}

// covers tells whether a list names an actor or a wider kind that includes it.
func (d *differ) covers(list []string, id string) bool {
	for range len(d.a.Actors) + len(d.b.Actors) + 1 {
		if slices.Contains(list, id) {
			return true
		}
		actor := d.actor(id)
		if actor.Within == "" {
			return false
		}
		id = actor.Within
	}
	return false
}

func (d *differ) actor(id string) Actor {
	a, _ := lookup(slices.Concat(d.b.Actors, d.a.Actors), func(a Actor) bool { return a.ID == id })
	return a
}

func (d *differ) titles(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strings.ToLower(d.actor(id).Title[:1]) + d.actor(id).Title[1:]
	}
	return out
}

func unique(ids []string) []string {
	var out []string
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func (d *differ) reapproval(name string, a, b Facet) {
	switch {
	case a.Reapproval == nil && b.Reapproval == nil:
	case b.Reapproval == nil:
		d.say(Loosening, b.Element, "%s: an approval no longer has to be renewed", name)
	case a.Reapproval == nil:
		d.say(Tightening, b.Element, "%s: an approval must be renewed after %d months", name, b.Reapproval.Months)
	default:
		d.ordered(b.Reapproval.Element, name+": a lapse leads to", a.Reapproval.OnLapse, b.Reapproval.OnLapse)
		if x, y := a.Reapproval.Months, b.Reapproval.Months; x != y {
			d.stricter(y < x, b.Reapproval.Element, "%s: an approval lasts %d months instead of %d", name, y, x)
		}
	}
}

// ordered compares two words of a list that runs from mild to hard.
func (d *differ) ordered(e Element, name string, a, b word) {
	x, y := reflect.ValueOf(a).String(), reflect.ValueOf(b).String()
	if x != y {
		order := a.words()
		d.stricter(slices.Index(order, y) > slices.Index(order, x), e, "%s %s instead of %s", name, spaced(y), spaced(x))
	}
}

func spaced(s string) string { return strings.ReplaceAll(s, "_", " ") }

func (d *differ) baseline() {
	for _, facet := range FacetKind("").words() {
		for _, action := range d.everyAction() {
			a := d.standardOf(d.a, Threshold{Effects: asEffects(d.a.Baseline)}, action, facet)
			b := d.standardOf(d.b, Threshold{Effects: asEffects(d.b.Baseline)}, action, facet)
			if kind, what := d.demand(a, b, FacetKind(facet)); what != "" {
				d.say(kind, Element{ID: "baseline"}, "The baseline for %s %s", action, what)
			}
		}
	}
}

func asEffects(list []Baseline) []Effect {
	out := make([]Effect, len(list))
	for i, b := range list {
		out[i] = Effect(b)
	}
	return out
}

func (d *differ) assessment() {
	a, b := d.a.Assessment, d.b.Assessment
	gone, kept, added := match(a.Requirements, b.Requirements, func(r AssessmentRequirement) string { return r.ID })
	for _, r := range gone {
		d.say(Loosening, r.Element, "The assessment requirement %s is gone", r.ID)
	}
	for _, r := range added {
		d.say(Tightening, r.Element, "The assessment requirement %s is new", r.ID)
	}
	for _, k := range kept {
		d.requirement(k[0], k[1])
	}
	lost, gained := lists(techniques(a), techniques(b))
	d.moved(Element{ID: "elicitation"}, "Elicitation checklist", lost, gained)
	d.ordered(b.Preregistration.Element, "Preregistration:", a.Preregistration.Mode, b.Preregistration.Mode)
}

func techniques(a Assessment) []Technique {
	out := make([]Technique, len(a.Elicitation))
	for i, e := range a.Elicitation {
		out[i] = e.Technique
	}
	return out
}

func (d *differ) requirement(a, b AssessmentRequirement) {
	lost, gained := lists(a.Contents, b.Contents)
	d.moved(b.Element, b.ID+": contents", lost, gained)
	lost, gained = lists(a.Kinds, b.Kinds)
	d.moved(b.Element, b.ID+": kinds of threshold", lost, gained)
	if x, y := a.SupportingEvaluations, b.SupportingEvaluations; x != y {
		// Zero is strictest: no number of evaluations suffices by itself.
		d.stricter(y == 0 || (x > 0 && y > x), b.Element, "%s: %d supporting evaluations suffice instead of %d (0: none do)", b.ID, y, x)
	}
}

func (d *differ) decisions() {
	gone, kept, added := match(d.a.Decisions, d.b.Decisions, func(x Decision) string { return string(x.Kind) })
	for _, x := range gone {
		d.say(Loosening, x.Element, "There is no rule any more for who decides on %s", spaced(string(x.Kind)))
	}
	for _, x := range added {
		d.say(Tightening, x.Element, "There is a rule now for who decides on %s", spaced(string(x.Kind)))
	}
	for _, k := range kept {
		d.decision("Decisions on "+spaced(string(k[1].Kind)), k[0], k[1])
	}
}

func (d *differ) decision(name string, a, b Decision) {
	lost, gained := lists(a.Signers, b.Signers)
	d.moved(b.Element, name+": signers", lost, gained)
	lost, gained = lists(a.Consulted, b.Consulted)
	d.moved(b.Element, name+": consulted", lost, gained)
	if a.Distinct != b.Distinct {
		d.stricter(b.Distinct, b.Element, "%s: each signature by another person: %s", name, yes(b.Distinct))
	}
	if a.Ordered != b.Ordered {
		d.stricter(b.Ordered, b.Element, "%s: signed in order: %s", name, yes(b.Ordered))
	}
	lost, gained = lists(feedbackWords(a.Feedback), feedbackWords(b.Feedback))
	d.moved(b.Element, name+": feedback", lost, gained)
	d.deliveries(name, a, b)
}

func feedbackWords(list []Feedback) []string {
	out := make([]string, len(list))
	for i, f := range list {
		out[i] = fmt.Sprintf("%s %s (%s)", f.Kind, spaced(string(f.When)), spaced(string(f.Stakes)))
	}
	return out
}

func (d *differ) deliveries(name string, a, b Decision) {
	gone, kept, added := match(a.Deliveries, b.Deliveries, func(x Delivery) string { return x.To })
	for _, x := range gone {
		d.say(Loosening, b.Element, "%s: %s no longer receives the file", name, x.To)
	}
	for _, x := range added {
		d.say(Tightening, b.Element, "%s: %s receives the file, %s", name, x.To, spaced(string(x.When)))
	}
	for _, k := range kept {
		if k[0].When != k[1].When {
			order := k[0].When.words()
			more := slices.Index(order, string(k[1].When)) < slices.Index(order, string(k[0].When))
			d.stricter(more, b.Element, "%s: %s receives the file %s instead of %s", name, k[1].To, spaced(string(k[1].When)), spaced(string(k[0].When)))
		}
	}
}
