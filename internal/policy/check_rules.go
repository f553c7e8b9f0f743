// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func (c *checker) threshold(t Threshold, ptr string) {
	c.ref(ptr+"/domain", t.Domain, sortDomain)
	c.refs(ptr+"/actors", t.Actors, sortActor)
	for i, e := range t.Effects {
		at := fmt.Sprintf("%s/effects/%d", ptr, i)
		c.demand(at, e.Standard, e.Facet)
		c.refs(at+"/actions", e.Actions, sortAction)
	}
	c.kind(t, ptr)
	c.undefined(t, ptr)
	c.links(ptr+"/implies", t.Implies)
	c.links(ptr+"/rules_out", t.RulesOut)
	for i, s := range t.Succeeds {
		at := fmt.Sprintf("%s/succeeds/%d", ptr, i)
		c.stands(at, s.Clause, s.Basis)
		if slices.ContainsFunc(t.Succeeds[:i], func(o Succession) bool { return o.Threshold == s.Threshold }) {
			c.bad(at, "name it once", "%q is succeeded twice", s.Threshold)
		}
	}
	c.refs(ptr+"/on_reach", t.OnReach, sortObligation)
	c.transition(t, ptr)
}

// kind holds each kind of threshold to what it can have.
func (c *checker) kind(t Threshold, ptr string) {
	gates := t.Kind == Capability || t.Kind == Usage
	switch {
	case gates && len(t.Effects) == 0:
		c.bad(ptr+"/kind", "add effects, or call it a watch", "%s is a %s threshold that demands nothing", t.ID, t.Kind)
	case !gates && len(t.Effects) > 0:
		c.bad(ptr+"/effects", "move the effects to a capability threshold", "%s is a %s, which has no gate and so no effects", t.ID, t.Kind)
	case (t.Kind == Checkpoint) != (len(t.RulesOut) > 0):
		c.bad(ptr+"/kind", "give rules_out to checkpoints and to no others", "%s is a %s with %d thresholds under rules_out", t.ID, t.Kind, len(t.RulesOut))
	}
}

// undefined asks a pack to say out loud that a demand cannot yet be met.
func (c *checker) undefined(t Threshold, ptr string) {
	open := slices.ContainsFunc(t.Effects, func(e Effect) bool {
		s, ok := c.pack.standard(e.Standard)
		return ok && !s.Defined && !c.within[c.byID[s.ID].pointer]
	})
	if open && t.OnUndefined == "" {
		c.bad(ptr+"/effects", "add on_undefined: hold", "%s demands a standard without criteria and does not say what that does", t.ID)
	}
}

func (c *checker) links(ptr string, links []Link) {
	for i, l := range links {
		at := fmt.Sprintf("%s/%d", ptr, i)
		c.ref(at+"/threshold", l.Threshold, sortThreshold)
		c.stands(at, l.Clause, l.Basis)
	}
}

func (c *checker) transition(t Threshold, ptr string) {
	if t.Transition == nil {
		return
	}
	at := ptr + "/transition"
	if (t.Transition.Kind == TransitionAssessBy) != (t.Transition.By != "") {
		c.bad(at, "give by to assess_by and to no other", "a transition of kind %s with the day %q", t.Transition.Kind, t.Transition.By)
	}
	carried := len(t.Succeeds) > 0 || len(c.pack.ImpliedBy(t.ID)) > 0
	if t.Transition.Kind == TransitionCarried && !carried && !c.within["/thresholds"] {
		c.bad(at, "let it succeed another, be implied or be ruled out by a checkpoint", "%s is carried over, but nothing carries it", t.ID)
	}
}

// circles finds thresholds that would rule themselves out, or descend from
// themselves, actors that would lie within themselves and roles that would
// fill themselves.
func (c *checker) circles() {
	links, heirs := map[string][]string{}, map[string][]string{}
	var ids []string
	for _, t := range c.pack.Thresholds {
		ids = append(ids, t.ID)
		for _, l := range slices.Concat(t.Implies, t.RulesOut) {
			links[t.ID] = append(links[t.ID], l.Threshold)
		}
		for _, s := range t.Succeeds {
			if s.Threshold != t.ID {
				heirs[t.ID] = append(heirs[t.ID], s.Threshold)
			}
		}
	}
	c.round(ids, links, "/thresholds/%d/id", "%s would rule itself out: %s")
	c.round(ids, heirs, "/thresholds/%d/id", "%s would succeed itself: %s")
	c.actorCircles()
	c.roleCircles()
}

// round reports each circle at its first member in the file. An element
// without an id is part of none.
func (c *checker) round(ids []string, next map[string][]string, place, format string) {
	delete(next, "")
	for _, path := range circles(ids, next) {
		at := fmt.Sprintf(place, slices.Index(ids, path[0]))
		c.at(c.nodes[at], "break the circle", format, path[0], strings.Join(append(path, path[0]), " -> "))
	}
}

func (c *checker) actorCircles() {
	next := map[string][]string{}
	var ids []string
	for i, a := range c.pack.Actors {
		ids = append(ids, a.ID)
		if a.Within != "" {
			c.ref(fmt.Sprintf("/actors/%d/within", i), a.Within, sortActor)
			next[a.ID] = []string{a.Within}
		}
	}
	c.round(ids, next, "/actors/%d/within", "the actor %s lies within itself: %s")
}

// roleCircles finds offices that could only be filled by themselves: once
// empty, nobody could name an acting holder.
func (c *checker) roleCircles() {
	next := map[string][]string{}
	var ids []string
	for _, r := range c.pack.Roles {
		ids = append(ids, r.ID)
		if r.AppointedBy != "" {
			next[r.ID] = []string{r.AppointedBy}
		}
	}
	c.round(ids, next, "/roles/%d/appointed_by", "the role %s is appointed by itself: %s")
}

// trigger holds each kind of trigger to its own parameter.
func (c *checker) trigger(t Trigger, ptr string) {
	params := []struct {
		key  string
		kind TriggerKind
		set  bool
	}{
		{"ratio", EffectiveComputeRatio, t.Ratio != ""},
		{"months", MonthsSince, t.Months != 0},
		{"role", Discretion, t.Role != ""},
		{"action", BeforeAction, t.Action != ""},
	}
	for _, p := range params {
		if p.set && p.kind != t.Kind {
			c.bad(ptr+"/"+p.key, "remove it", "a trigger of kind %s has no %s", t.Kind, p.key)
		}
		if !p.set && p.kind == t.Kind {
			c.bad(ptr, "add "+p.key, "a trigger of kind %s needs %s", t.Kind, p.key)
		}
	}
	if t.Role != "" {
		c.ref(ptr+"/role", t.Role, sortRole)
	}
	if t.Action != "" {
		c.ref(ptr+"/action", t.Action, sortAction)
	}
}

func (c *checker) gates() {
	for i, a := range c.pack.Actions {
		if a.ClearanceMaxHours < 1 {
			c.bad(fmt.Sprintf("/actions/%d/clearance_max_hours", i), "at least one hour", "a clearance for %s could never be valid", a.ID)
		}
	}
	for i, g := range c.pack.Gates {
		ptr := fmt.Sprintf("/gates/%d", i)
		c.refs(ptr+"/actions", g.Actions, sortAction)
		c.condition(g.Require, ptr+"/require")
	}
}

func (c *checker) condition(cond Condition, ptr string) {
	forms := 0
	for _, set := range []bool{len(cond.All) > 0, len(cond.Any) > 0, cond.Is != ""} {
		if set {
			forms++
		}
	}
	if forms != 1 && (c.odd[ptr] || c.lost[ptr]) {
		return
	}
	if forms != 1 || (cond.Is == "" && len(cond.With) > 0) {
		c.bad(ptr, "write one of all, any, or is (with its parameters under with)", "a condition is one of all, any and is, and not empty")
		return
	}
	for i, sub := range cond.All {
		c.condition(sub, fmt.Sprintf("%s/all/%d", ptr, i))
	}
	for i, sub := range cond.Any {
		c.condition(sub, fmt.Sprintf("%s/any/%d", ptr, i))
	}
	if cond.Is != "" {
		c.predicate(cond, ptr)
	}
}

func (c *checker) predicate(cond Condition, ptr string) {
	p, ok := predicate(cond.Is)
	if !ok {
		names := make([]string, 0, len(Catalogue()))
		for _, k := range Catalogue() {
			names = append(names, k.Name)
		}
		c.bad(ptr+"/is", "use one of: "+strings.Join(names, ", "), "no predicate is called %q", cond.Is)
		return
	}
	for _, spec := range p.Params {
		at := slices.IndexFunc(cond.With, func(w Param) bool { return w.Name == spec.Name })
		if at < 0 {
			c.bad(ptr, fmt.Sprintf("add {name: %s, value: …}: %s", spec.Name, spec.Meaning), "%s needs the parameter %q", p.Name, spec.Name)
			continue
		}
		c.param(fmt.Sprintf("%s/with/%d/value", ptr, at), spec, cond.With[at].Value)
	}
	for i, w := range cond.With {
		at := fmt.Sprintf("%s/with/%d/name", ptr, i)
		known := slices.ContainsFunc(p.Params, func(s ParamSpec) bool { return s.Name == w.Name })
		twice := slices.ContainsFunc(cond.With[:i], func(o Param) bool { return o.Name == w.Name })
		if !known || twice {
			c.bad(at, "remove it", "%s has no parameter %q, or has it already", p.Name, w.Name)
		}
	}
}

func (c *checker) param(ptr string, spec ParamSpec, value string) {
	switch spec.Refers {
	case RefRole:
		c.ref(ptr, value, sortRole)
	case RefCriterion:
		c.ref(ptr, value, sortCriterion)
	case RefDecision:
		if !c.within["/decisions"] && !slices.ContainsFunc(c.pack.Decisions, func(d Decision) bool { return string(d.Kind) == value }) {
			c.bad(ptr, "name a kind that decisions define", "this pack decides nothing of the kind %q", value)
		}
	case RefMonths:
		if n, err := strconv.Atoi(value); err != nil || n < 1 || !integerForm.MatchString(value) {
			c.bad(ptr, `a whole number of months in quotes, such as "6"`, "%q is not a number of months", value)
		}
	}
}

func (c *checker) obligation(o Obligation, ptr string) {
	c.ref(ptr+"/owner", o.Owner, sortRole)
	counted := o.Within.Unit != Promptly && o.Within.Unit != BeforeEffect
	switch {
	case counted && o.Within.Count < 1:
		c.bad(ptr+"/within", "add count", "%s allows a number of %s without saying how many", o.ID, o.Within.Unit)
	case !counted && (o.Within.Count != 0 || o.Within.Earliest != 0):
		c.bad(ptr+"/within", "remove count", "%q takes no count", o.Within.Unit)
	case o.Within.Days != 0 && (o.Within.Unit != Promptly || o.Within.Days < 1):
		c.bad(ptr+"/within/days", "give days to promptly and to no other", "%q with %d days", o.Within.Unit, o.Within.Days)
	case o.Within.Earliest > o.Within.Count:
		c.bad(ptr+"/within", "the earliest comes first", "a range that begins at %d and ends at %d", o.Within.Earliest, o.Within.Count)
	}
	for i, w := range o.Warn {
		if i > 0 && w >= o.Warn[i-1] {
			c.bad(fmt.Sprintf("%s/warn/%d", ptr, i), "longest first", "warnings are not in falling order")
		}
	}
	if o.Hardness != Must && slices.Index(o.OnBreach.words(), string(o.OnBreach)) > slices.Index(o.OnBreach.words(), string(BreachFinding)) {
		c.bad(ptr+"/on_breach", "use note or finding, or make it a must", "a missed %s cannot hold anything", o.Hardness)
	}
}
