// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/deadline"
)

// checker looks for what a pack can have wrong beyond its shape. Of a pack
// whose shape is wrong too it checks what could be read.
type checker struct {
	*decoder
	pack    Pack
	byID    map[string]named
	muddled bool // the shape is wrong somewhere
}

var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$`)

func (d *decoder) check(p Pack) {
	c := checker{decoder: d, pack: p, byID: map[string]named{}, muddled: len(d.faults) > 0}
	c.ids()
	c.head()
	c.elements()
	c.standards()
	for i, t := range p.Thresholds {
		c.threshold(t, fmt.Sprintf("/thresholds/%d", i))
	}
	c.circles()
	for i, t := range p.Triggers {
		c.trigger(t, fmt.Sprintf("/triggers/%d", i))
	}
	c.people()
	c.gates()
	for i, o := range p.Obligations {
		c.obligation(o, fmt.Sprintf("/obligations/%d", i))
	}
	c.disclosure()
	c.urgent()
	c.calendar()
	c.clauses()
}

// bad reports a problem at a JSON pointer, unless it may only follow from one
// that is reported already.
func (c *checker) bad(ptr, hint, format string, args ...any) {
	n := c.nodes[ptr]
	if c.muddled && (n == nil || c.follows(ptr)) {
		return
	}
	c.at(n, hint, format, args...)
}

// ref reports a name that is not the id of an element of the sort.
func (c *checker) ref(ptr, id string, want sort) {
	if c.lost[ptr] || c.muddled && c.nodes[ptr] == nil {
		return
	}
	n, ok := c.byID[id]
	switch {
	case !ok && !c.sorts[want]:
		c.at(c.nodes[ptr], "add it, or name one that exists", "no %s has the id %q", want, id)
	case ok && n.sort != want:
		c.at(c.nodes[ptr], "name what is needed, or correct the id", "%q is the id of another sort of thing (%s); the id of a %s is needed here", id, n.sort, want)
	}
}

func (c *checker) refs(ptr string, ids []string, want sort) {
	for i, id := range ids {
		at := fmt.Sprintf("%s/%d", ptr, i)
		c.ref(at, id, want)
		if slices.Contains(ids[:i], id) {
			c.bad(at, "name it once", "%q is listed twice", id)
		}
	}
}

func (c *checker) ids() {
	for _, n := range index(c.pack) {
		if c.lost[n.pointer+"/id"] || c.lost[n.pointer] {
			continue
		}
		if !idForm.MatchString(n.id) {
			c.bad(n.pointer+"/id", "letters, digits, dots, hyphens, at most 64", "%q cannot be an id", n.id)
			continue
		}
		if first, dup := c.byID[n.id]; dup {
			c.bad(n.pointer+"/id", "ids are unique in the whole pack; rename one", "the id %q is already that of a %s (%s)", n.id, first.sort, c.where(c.nodes[first.pointer+"/id"]))
			continue
		}
		c.byID[n.id] = n
	}
}

var (
	packIDForm  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	versionForm = regexp.MustCompile(`^[0-9]+(\.[0-9]+){0,3}$`)
	refForm     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}@[0-9]+(\.[0-9]+){0,3}$`)
)

func (c *checker) head() {
	p := c.pack
	if !packIDForm.MatchString(p.ID) {
		c.bad("/id", "lower-case letters, digits and hyphens", "%q cannot be the id of a policy", p.ID)
	}
	if !versionForm.MatchString(p.Version) {
		c.bad("/version", `write numbers and dots, such as "2.0"`, "%q is not a version", p.Version)
	}
	if p.Supersedes != "" && !refForm.MatchString(p.Supersedes) {
		c.bad("/supersedes", "write id@version", "%q does not name a version of a policy", p.Supersedes)
	}
	if p.Supersedes != "" && p.Supersedes == p.Ref() {
		c.bad("/supersedes", "name the version before this one, or leave the key out", "%s supersedes itself", p.Ref())
	}
	if p.Effective < p.Published && !c.lost["/published"] {
		c.bad("/effective", "a policy is published before it takes effect, or on the day", "in force from %s, but published on %s", p.Effective, p.Published)
	}
}

// elements holds every element to its clause and basis.
func (c *checker) elements() {
	for _, n := range index(c.pack) {
		if n.sort == sortClause {
			continue
		}
		c.stands(n.pointer, n.element.Clause, n.element.Basis)
	}
}

func (c *checker) stands(ptr, clause string, basis Basis) {
	if clause == "" {
		if basis != House {
			c.bad(ptr, "name the clause, or say basis: house", "%s stands on the policy (basis %s) but names no clause", last(ptr), basis)
		}
		return
	}
	c.ref(ptr+"/clause", clause, sortClause)
}

func (c *checker) standards() {
	for i, s := range c.pack.Standards {
		ptr := fmt.Sprintf("/standards/%d", i)
		if s.Defined != (len(s.Facets) > 0) {
			c.bad(ptr+"/defined", "say defined: true with facets, or defined: false without", "%s says defined: %t but has %d facets", s.ID, s.Defined, len(s.Facets))
		}
		var seen []FacetKind
		for j, f := range s.Facets {
			at := fmt.Sprintf("%s/facets/%d", ptr, j)
			if slices.Contains(seen, f.Facet) {
				c.bad(at+"/facet", "merge the two", "%s has the facet %s twice", s.ID, f.Facet)
			}
			seen = append(seen, f.Facet)
			c.facet(f, at)
		}
	}
	for i, b := range c.pack.Baseline {
		ptr := fmt.Sprintf("/baseline/%d", i)
		c.demand(ptr, b.Standard, b.Facet)
		c.refs(ptr+"/actions", b.Actions, sortAction)
	}
}

func (c *checker) facet(f Facet, ptr string) {
	if len(f.Criteria) == 0 {
		c.bad(ptr+"/criteria", "a standard with nothing to show would always hold good", "the facet %s has no criteria", f.ID)
	}
	c.refs(ptr+"/actors_in", f.ActorsIn, sortActor)
	c.refs(ptr+"/actors_out", f.ActorsOut, sortActor)
	for i, id := range f.ActorsOut {
		if slices.Contains(f.ActorsIn, id) {
			c.bad(fmt.Sprintf("%s/actors_out/%d", ptr, i), "decide on one", "the actor %q is both in and out of scope", id)
		}
	}
	if f.Reapproval != nil && f.Reapproval.Months < 1 {
		c.bad(ptr+"/reapproval/months", "at least one month", "a re-approval period of no time")
	}
}

// demand checks that a standard exists and, where it is defined, has the
// facet.
func (c *checker) demand(ptr, standard string, facet FacetKind) {
	c.ref(ptr+"/standard", standard, sortStandard)
	s, ok := c.pack.standard(standard)
	if !ok || !s.Defined || c.within[c.byID[standard].pointer] {
		return
	}
	if _, ok := c.pack.Standard(standard, facet); !ok {
		c.bad(ptr+"/facet", "demand a facet that the standard has", "the standard %s has no facet %s", standard, facet)
	}
}

func (c *checker) people() {
	for i, r := range c.pack.Roles {
		if r.AppointedBy != "" {
			c.ref(fmt.Sprintf("/roles/%d/appointed_by", i), r.AppointedBy, sortRole)
		}
		if r.Keys != nil {
			c.keys(*r.Keys, fmt.Sprintf("/roles/%d/keys", i))
		}
	}
	for i, d := range c.pack.Decisions {
		c.decision(i, d)
	}
}

func (c *checker) decision(i int, d Decision) {
	ptr := fmt.Sprintf("/decisions/%d", i)
	if len(d.Signers) == 0 {
		c.bad(ptr+"/signers", "name at least one role", "%s can be decided by nobody", d.ID)
	}
	c.refs(ptr+"/signers", d.Signers, sortRole)
	c.refs(ptr+"/consulted", d.Consulted, sortRole)
	for j, del := range d.Deliveries {
		at := fmt.Sprintf("%s/deliveries/%d", ptr, j)
		c.ref(at+"/to", del.To, sortRole)
	}
	for _, other := range c.pack.Decisions[:i] {
		if other.Kind == d.Kind {
			c.bad(ptr+"/kind", "merge the two", "%s and %s both decide on %s", other.ID, d.ID, d.Kind)
		}
	}
}

func (c *checker) disclosure() {
	for i, p := range c.pack.Disclosure {
		ptr := fmt.Sprintf("/disclosure/%d", i)
		c.refs(ptr+"/to", p.To, sortRole)
		if (p.Kind == RuleRedaction) != (len(p.Reasons) > 0) {
			c.bad(ptr+"/kind", "give reasons to redaction rules and to no others", "%s is a rule of %s with %d reasons", p.ID, p.Kind, len(p.Reasons))
		}
		if p.Kind == RuleNotice && len(p.To) == 0 {
			c.bad(ptr+"/kind", "add to", "%s is a notice to nobody", p.ID)
		}
	}
}

// urgent holds what happens within hours to its roles and lengths.
func (c *checker) urgent() {
	if r := c.pack.Response; r != nil {
		c.ref("/response/owner", r.Owner, sortRole)
		if r.Hours < 1 {
			c.bad("/response/hours", "at least one hour", "a response within no time")
		}
	}
	if b := c.pack.BreakGlass; b != nil {
		c.refs("/break_glass/roles", b.Roles, sortRole)
		c.ref("/break_glass/page", b.Page, sortRole)
		if b.MaxHours < 1 || b.MaxHours > maxBreakGlass {
			c.bad("/break_glass/max_hours", fmt.Sprintf("between 1 and %d", maxBreakGlass), "breaking the glass for %d hours", b.MaxHours)
		}
	}
}

// maxBreakGlass is the longest that a pack may let somebody go on alone, in
// hours: a weekend. What lasts longer is a decision.
const maxBreakGlass = 72

// calendar holds the time zone to a rule that can be read.
func (c *checker) calendar() {
	z := c.pack.Defaults.TimeZone
	if z == nil {
		return
	}
	if _, err := deadline.NewZone(z.Name, z.Rule); err != nil {
		c.bad("/defaults/time_zone/rule", "write a POSIX TZ rule, such as PST8PDT,M3.2.0,M11.1.0", "%v", err)
	}
}

func (c *checker) clauses() {
	citing := citations(c.pack)
	for i, cl := range c.pack.Clauses {
		ptr := fmt.Sprintf("/clauses/%d", i)
		c.ref(ptr+"/owner", cl.Owner, sortRole)
		for j, id := range cl.Where {
			at := fmt.Sprintf("%s/where/%d", ptr, j)
			n, ok := c.byID[id]
			if (!ok && !c.any || ok && n.sort == sortClause) && !c.lost[at] {
				c.bad(at, "name an element of this pack", "clause %s says it is encoded in %q, which does not exist", cl.ID, id)
			}
		}
		c.covered(ptr, cl, len(citing[cl.ID])+len(cl.Where))
	}
}

func (c *checker) covered(ptr string, cl Clause, elements int) {
	switch {
	case (cl.Coverage == Encoded || cl.Coverage == DutyOnly) && elements == 0 && c.any:
		// What carries it may be among what could not be read.
	case (cl.Coverage == Encoded || cl.Coverage == DutyOnly) && elements == 0:
		c.bad(ptr+"/coverage", "name the elements under where, or cite the clause in them", "clause %s counts as %s, but no element carries it", cl.ID, cl.Coverage)
	case cl.Coverage == NotEncoded && elements > 0:
		c.bad(ptr+"/coverage", "correct the coverage or the elements", "clause %s counts as not encoded, but %d elements carry it", cl.ID, elements)
	case (cl.Coverage == Judgement || cl.Coverage == NotEncoded) && cl.Why == "":
		c.bad(ptr+"/coverage", "add why", "clause %s is %s without a reason", cl.ID, strings.ReplaceAll(string(cl.Coverage), "_", " "))
	}
}
