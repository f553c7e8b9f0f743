// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ChangeKind says which way a change goes.
type ChangeKind string

// A loosening asks less than before, a tightening more; a neutral change asks
// neither, or moves what cannot be compared and says so.
const (
	Loosening  ChangeKind = "loosening"
	Tightening ChangeKind = "tightening"
	Neutral    ChangeKind = "neutral"
)

func (ChangeKind) words() []string { return []string{"loosening", "tightening", "neutral"} }

// Change is one difference between two packs as a sentence for people.
// Element is the id it concerns, in the later pack where it is still there;
// Clause is empty where no clause stands behind it.
type Change struct {
	Kind     ChangeKind `json:"kind"`
	Element  string     `json:"element"`
	Clause   string     `json:"clause"`
	Sentence string     `json:"sentence"`
}

// Diff compares two packs by what they ask for, a being the earlier. Words are
// never weighed: a line, criterion or duty whose statement changed counts as a
// loosening unless the pack says how the words relate, because a machine cannot
// tell that they ask no less. A demand without a defined standard that now gets
// one is neutral: nothing written was dropped. Loosenings come first, then
// tightenings, then the rest, each in the order of the pack.
func Diff(a, b Pack) []Change {
	d := &differ{a: a, b: b}
	d.header()
	d.roles()
	d.actions()
	d.thresholds()
	d.standards()
	d.baseline()
	d.triggers()
	d.assessment()
	d.decisions()
	d.gates()
	d.obligations()
	d.disclosure()
	d.urgent()
	d.calendar()
	d.defaults()
	d.clauses()
	order := ChangeKind("").words()
	slices.SortStableFunc(d.changes, func(x, y Change) int {
		return cmp.Compare(slices.Index(order, string(x.Kind)), slices.Index(order, string(y.Kind)))
	})
	return d.changes
}

type differ struct {
	a, b    Pack
	changes []Change
}

func (d *differ) say(kind ChangeKind, e Element, format string, args ...any) {
	d.changes = append(d.changes, Change{kind, e.ID, e.Clause, fmt.Sprintf(format, args...) + "."})
}

// stricter says a change under the kind that more (or less) of it means.
func (d *differ) stricter(more bool, e Element, format string, args ...any) {
	kind := Loosening
	if more {
		kind = Tightening
	}
	d.say(kind, e, format, args...)
}

// match pairs the elements of two lists by id: gone, kept and new, in order.
func match[T any](a, b []T, id func(T) string) (gone []T, kept [][2]T, added []T) {
	for _, x := range a {
		if _, ok := lookup(b, func(y T) bool { return id(y) == id(x) }); !ok {
			gone = append(gone, x)
		}
	}
	for _, y := range b {
		if x, ok := lookup(a, func(x T) bool { return id(y) == id(x) }); ok {
			kept = append(kept, [2]T{x, y})
		} else {
			added = append(added, y)
		}
	}
	return gone, kept, added
}

// lists compares two lists of words and gives what went and what came.
func lists[T ~string](a, b []T) (gone, added []string) {
	for _, x := range a {
		if !slices.Contains(b, x) {
			gone = append(gone, string(x))
		}
	}
	for _, y := range b {
		if !slices.Contains(a, y) {
			added = append(added, string(y))
		}
	}
	return gone, added
}

func (d *differ) header() {
	e := Element{ID: d.b.ID}
	if d.a.Ref() != d.b.Ref() {
		d.say(Neutral, e, "%s becomes %s, in force from %s", d.a.Ref(), d.b.Ref(), d.b.Effective)
	}
	if d.a.Title != d.b.Title {
		d.say(Neutral, e, "The title is now %q", d.b.Title)
	}
	if d.a.Publisher != d.b.Publisher {
		d.say(Neutral, e, "The publisher is now %s", d.b.Publisher)
	}
}

func (d *differ) roles() {
	gone, kept, added := match(d.a.Roles, d.b.Roles, func(r Role) string { return r.ID })
	for _, r := range gone {
		d.say(Neutral, r.Element, "The role %s (%s) is gone", r.ID, r.Title)
	}
	for _, r := range added {
		d.say(Neutral, r.Element, "The role %s (%s) is new", r.ID, r.Title)
	}
	for _, k := range kept {
		d.role(k[0], k[1])
	}
}

func (d *differ) role(a, b Role) {
	if a.Office != b.Office {
		d.stricter(b.Office, b.Element, "%s: is an office that must be filled: %s", b.ID, yes(b.Office))
	}
	lost, gained := lists(a.Duties, b.Duties)
	if len(lost)+len(gained) > 0 {
		d.say(Neutral, b.Element, "%s: duties lost: %s; gained: %s", b.ID, among(lost), among(gained))
	}
	if a.AppointedBy != b.AppointedBy || a.External != b.External || a.Kind != b.Kind {
		d.say(Neutral, b.Element, "%s: kind, place or appointment of the role changed", b.ID)
	}
	d.keys(a, b)
}

func (d *differ) actions() {
	gone, kept, added := match(d.a.Actions, d.b.Actions, func(a Action) string { return a.ID })
	for _, x := range gone {
		d.say(Loosening, x.Element, "The action %s is no longer gated", x.ID)
	}
	for _, x := range added {
		d.say(Tightening, x.Element, "The action %s is gated from now on", x.ID)
	}
	for _, k := range kept {
		if x, y := k[0].ClearanceMaxHours, k[1].ClearanceMaxHours; x != y {
			d.stricter(y < x, k[1].Element, "%s: a clearance may last %d hours instead of %d", k[1].ID, y, x)
		}
		if k[0].Environment != k[1].Environment || k[0].Class != k[1].Class {
			d.say(Neutral, k[1].Element, "%s: the class or default environment changed", k[1].ID)
		}
	}
}

func (d *differ) triggers() {
	gone, kept, added := match(d.a.Triggers, d.b.Triggers, func(t Trigger) string { return t.ID })
	for _, t := range gone {
		d.say(Loosening, t.Element, "The trigger %s (%s) is gone", t.ID, t.Kind)
	}
	for _, t := range added {
		d.say(Tightening, t.Element, "The trigger %s (%s) is new", t.ID, t.Kind)
	}
	for _, k := range kept {
		d.trigger(k[0], k[1])
	}
}

func (d *differ) trigger(a, b Trigger) {
	switch {
	case a.Kind != b.Kind || a.Starts != b.Starts || a.Role != b.Role || a.Action != b.Action:
		d.say(Loosening, b.Element, "The trigger %s is of another make; a machine cannot tell whether it fires as early", b.ID)
	case a.Months != b.Months:
		d.stricter(b.Months < a.Months, b.Element, "%s: fires after %d months instead of %d", b.ID, b.Months, a.Months)
	case a.Ratio != b.Ratio:
		d.stricter(lessDecimal(b.Ratio, a.Ratio), b.Element, "%s: fires at %s times the effective compute instead of %s", b.ID, b.Ratio, a.Ratio)
	}
}

// lessDecimal compares two decimals as written: more digits before the point
// is larger, and otherwise text order is number order.
func lessDecimal(a, b Decimal) bool {
	wa, _, _ := strings.Cut(string(a), ".")
	wb, _, _ := strings.Cut(string(b), ".")
	return cmp.Or(cmp.Compare(len(wa), len(wb)), strings.Compare(string(a), string(b))) < 0
}

func (d *differ) defaults() {
	a, b := d.a.Defaults, d.b.Defaults
	if a.Floor != b.Floor {
		order := a.Floor.words()
		more := slices.Index(order, string(b.Floor)) > slices.Index(order, string(a.Floor))
		d.stricter(more, Element{ID: "defaults"}, "A condition is now met by facts from the grade %s up, instead of %s", b.Floor, a.Floor)
	}
	if a.Environment != b.Environment {
		d.say(Neutral, Element{ID: "defaults"}, "The default environment is now %s", b.Environment)
	}
}

// clauses are prose about the policy; nothing is gated by them, so a changed
// list is one neutral line.
func (d *differ) clauses() {
	gone, kept, added := match(d.a.Clauses, d.b.Clauses, func(c Clause) string { return c.ID })
	changed := 0
	for _, k := range kept {
		if k[0].Summary != k[1].Summary || k[0].Modality != k[1].Modality || k[0].Coverage != k[1].Coverage {
			changed++
		}
	}
	if len(gone)+len(added)+changed > 0 {
		d.say(Neutral, Element{ID: "clauses"}, "The list of clauses: %d gone, %d new, %d described in other words", len(gone), len(added), changed)
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func among(words []string) string {
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}
