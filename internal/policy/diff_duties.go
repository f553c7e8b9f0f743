// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

func (d *differ) gates() {
	gone, kept, added := match(d.a.Gates, d.b.Gates, func(g Gate) string { return g.ID })
	for _, g := range gone {
		d.say(Loosening, g.Element, "The condition %s on %s is gone", g.ID, strings.Join(g.Actions, ", "))
	}
	for _, g := range added {
		d.say(Tightening, g.Element, "The condition %s on %s is new", g.ID, strings.Join(g.Actions, ", "))
	}
	for _, k := range kept {
		lost, gained := lists(k[0].Actions, k[1].Actions)
		d.moved(k[1].Element, k[1].ID+": actions", lost, gained)
		d.condition(k[0], k[1])
	}
}

// condition compares conditions as sets of what must all be met. Anything else
// than more of these cannot be told to be as strict.
func (d *differ) condition(a, b Gate) {
	if reflect.DeepEqual(a.Require, b.Require) {
		return
	}
	lost := missing(conjuncts(a.Require), conjuncts(b.Require))
	d.stricter(!lost, b.Element, "%s asks for other things", b.ID)
}

func conjuncts(c Condition) []Condition {
	if len(c.All) == 0 {
		return []Condition{c}
	}
	var out []Condition
	for _, sub := range c.All {
		out = append(out, conjuncts(sub)...)
	}
	return out
}

func missing(want, have []Condition) bool {
	return slices.ContainsFunc(want, func(w Condition) bool {
		return !slices.ContainsFunc(have, func(h Condition) bool { return reflect.DeepEqual(w, h) })
	})
}

func (d *differ) obligations() {
	gone, kept, added := match(d.a.Obligations, d.b.Obligations, func(o Obligation) string { return o.ID })
	for _, o := range gone {
		d.say(Loosening, o.Element, "The duty %s (%s) is gone: %s", o.ID, o.Title, inner(o.Statement))
	}
	for _, o := range added {
		d.say(Tightening, o.Element, "The duty %s (%s) is new: %s", o.ID, o.Title, inner(o.Statement))
	}
	for _, k := range kept {
		d.obligation(k[0], k[1])
	}
}

// inner is a statement inside a longer sentence.
func inner(s string) string { return strings.TrimSuffix(s, ".") }

func (d *differ) obligation(a, b Obligation) {
	d.reworded(b.Element, "The duty "+b.ID, a.Statement, b.Statement)
	d.ordered(b.Element, b.ID+": is", a.Hardness, b.Hardness)
	d.ordered(b.Element, b.ID+": a breach leads to", a.OnBreach, b.OnBreach)
	if a.Within != b.Within {
		more, known := shorter(b.Within, a.Within)
		d.stricter(known && more, b.Element, "%s: within %s instead of %s", b.ID, b.Within, a.Within)
	}
	if a.Starts != b.Starts {
		d.say(Loosening, b.Element, "%s: the clock starts at %s instead of %s; which comes first is not known", b.ID, spaced(string(b.Starts)), spaced(string(a.Starts)))
	}
	if a.Recurring != b.Recurring {
		d.stricter(b.Recurring, b.Element, "%s: starts again when done: %s", b.ID, yes(b.Recurring))
	}
	if a.Owner != b.Owner || !slices.Equal(a.Warn, b.Warn) || a.Title != b.Title {
		d.say(Neutral, b.Element, "%s: owner, title or warnings changed", b.ID)
	}
}

// String writes a duration for a sentence.
func (d Duration) String() string {
	switch {
	case d.Unit == Promptly && d.Days > 0:
		return fmt.Sprintf("promptly (read as %d days)", d.Days)
	case d.Unit == Promptly:
		return "promptly"
	case d.Unit == BeforeEffect:
		return "before it takes effect"
	case d.Earliest > 0:
		return fmt.Sprintf("%d to %d %s", d.Earliest, d.Count, spaced(string(d.Unit)))
	}
	return fmt.Sprintf("%d %s", d.Count, spaced(string(d.Unit)))
}

// shorter compares two durations. Units that differ are compared by their
// surest bounds (a month is 28 to 31 days, a business day one to four calendar
// days); what stays open is not known.
func shorter(a, b Duration) (shorter, known bool) {
	aLow, aHigh, okA := bounds(a)
	bLow, bHigh, okB := bounds(b)
	switch {
	case a.Unit == b.Unit && a.Unit == Promptly:
		return b.Days == 0 || a.Days != 0 && a.Days < b.Days, true
	case a.Unit == b.Unit:
		return a.Count < b.Count, true
	case !okA || !okB:
		return false, false
	case aHigh <= bLow:
		return true, true
	default:
		return false, aLow >= bHigh
	}
}

func bounds(d Duration) (low, high int, ok bool) {
	switch d.Unit {
	case Months:
		return d.Count * 28 * 24, d.Count * 31 * 24, true
	case CalendarDays:
		return d.Count * 24, d.Count * 24, true
	case BusinessDays:
		return d.Count * 24, d.Count * 4 * 24, true
	case Hours:
		return d.Count, d.Count, true
	}
	return 0, 0, false
}

// urgent compares what happens within hours.
func (d *differ) urgent() {
	switch a, b := d.a.Response, d.b.Response; {
	case a == nil && b == nil:
	case a == nil:
		d.say(Tightening, b.Element, "Somebody must answer within %d hours when something live is held", b.Hours)
	case b == nil:
		d.say(Loosening, a.Element, "Nobody must answer any more when something live is held")
	case a.Hours != b.Hours:
		d.stricter(b.Hours < a.Hours, b.Element, "%s: within %d hours instead of %d", b.ID, b.Hours, a.Hours)
	case a.Owner != b.Owner:
		d.say(Neutral, b.Element, "%s: %s answers instead of %s", b.ID, b.Owner, a.Owner)
	}
	switch a, b := d.a.BreakGlass, d.b.BreakGlass; {
	case a == nil && b == nil:
	case a == nil:
		d.say(Loosening, b.Element, "One person may go on for %d hours on a clearance that has lapsed", b.MaxHours)
	case b == nil:
		d.say(Tightening, a.Element, "Nobody may go on any more on a clearance that has lapsed")
	default:
		if a.MaxHours != b.MaxHours {
			d.stricter(b.MaxHours < a.MaxHours, b.Element, "%s: at most %d hours instead of %d", b.ID, b.MaxHours, a.MaxHours)
		}
		lost, gained := lists(a.Roles, b.Roles)
		d.moved(b.Element, b.ID+": who is not asked", gained, lost)
		if a.Page != b.Page {
			d.say(Loosening, b.Element, "%s: %s is told instead of %s", b.ID, b.Page, a.Page)
		}
	}
}

// calendar compares when a day ends and which days count. Whether another zone
// or more holidays give more time depends on the date.
func (d *differ) calendar() {
	a, b := d.a.Defaults, d.b.Defaults
	if !reflect.DeepEqual(a.TimeZone, b.TimeZone) {
		d.say(Loosening, Element{ID: "time_zone"}, "Days begin and end elsewhere; which dates that moves is not known")
	}
	if lost, gained := lists(dates(a.Holidays), dates(b.Holidays)); len(lost)+len(gained) > 0 {
		d.stricter(len(gained) == 0, Element{ID: "holidays"}, "Other days are no business days: %s", strings.Join(append(lost, gained...), ", "))
	}
}

func dates(ds []Date) []string {
	out := make([]string, len(ds))
	for i, d := range ds {
		out[i] = string(d)
	}
	return out
}

func (d *differ) disclosure() {
	gone, kept, added := match(d.a.Disclosure, d.b.Disclosure, func(p Publication) string { return p.ID })
	for _, p := range gone {
		d.stricter(p.Kind == RuleRedaction, p.Element, "The rule of %s %s is gone", p.Kind, p.ID)
	}
	for _, p := range added {
		d.stricter(p.Kind != RuleRedaction, p.Element, "The rule of %s %s is new", p.Kind, p.ID)
	}
	for _, k := range kept {
		d.publication(k[0], k[1])
	}
}

func (d *differ) publication(a, b Publication) {
	d.reworded(b.Element, "The rule "+b.ID, a.Statement, b.Statement)
	lost, gained := lists(a.Contents, b.Contents)
	d.moved(b.Element, b.ID+": contents", lost, gained)
	lost, gained = lists(a.To, b.To)
	d.moved(b.Element, b.ID+": told", lost, gained)
	lost, gained = lists(a.Reasons, b.Reasons)
	if len(gained) > 0 {
		d.say(Loosening, b.Element, "%s: things may now be left out for: %s", b.ID, strings.Join(gained, ", "))
	}
	if len(lost) > 0 {
		d.say(Tightening, b.Element, "%s: things may no longer be left out for: %s", b.ID, strings.Join(lost, ", "))
	}
	if a.When != b.When || a.Kind != b.Kind {
		order := a.When.words()
		more := a.Kind == b.Kind && slices.Index(order, string(b.When)) < slices.Index(order, string(a.When))
		d.stricter(more, b.Element, "%s: %s instead of %s", b.ID, spaced(string(b.When)), spaced(string(a.When)))
	}
}
