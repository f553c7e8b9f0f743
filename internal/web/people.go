// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/fault"
)

func peopleRoutes() []route {
	return []route{
		{"GET", "/people", peoplePage},
		{"GET", "/people/{id}", personPage},
		{"GET", "/people/report", accessPage},
	}
}

// peoplePage says who holds which role, and what is vacant.
func peoplePage(r *request) (answer, error) {
	w := r.moment.View.State
	p, _ := w.Policy.InForce(r.moment.Now)
	roles := list{id: "roles", caption: "Roles and offices", columns: []column{{id: "role", title: "Role"}, {id: "stands", title: "Stands"}, {id: "held", title: "Held by"}, {id: "named", title: "Named by"}}, empty: "No policy is in force, so there are no roles yet."}
	for _, role := range p.Pack.Roles {
		o := w.Access.Office(role.ID, r.moment.Now)
		var held []string
		for _, h := range o.Holders {
			held = append(held, r.named(h))
		}
		if o.ActingNow(r.moment.Now) {
			held = append(held, r.named(o.Acting.Person)+", acting until "+string(o.Acting.Until))
		}
		m, note := mark("filled"), ""
		switch {
		case o.Filled:
		case role.Office:
			m, note = "vacant", "since "+day(o.Since)+": what rests on its signature is held"
		default:
			m = "nobody holds it"
		}
		kind := "role"
		if role.Office {
			kind = "office: must never be empty"
		}
		roles.rows = append(roles.rows, row{alarm: m == "vacant", cells: []cell{text(r.roleTitle(role.ID)).noted(kind), marked(m, "").noted(note).proved(o.Entries...), text(or(strings.Join(held, "; "), "nobody")), text(r.roleTitle(or(role.AppointedBy, "the owner of the workspace")))}})
	}
	people := list{id: "people", caption: "People", columns: []column{{id: "person", title: "Person"}, {id: "kind", title: "Kind"}, {id: "roles", title: "Holds now"}}, empty: "Nobody was added yet. Add somebody with: holdpoint person add."}
	for _, x := range w.Access.People() {
		var held []string
		for _, role := range w.Access.RolesAt(x.ID, r.moment.Now) {
			held = append(held, r.roleTitle(role))
		}
		people.rows = append(people.rows, row{cells: []cell{link(r.named(x.ID), "/people/"+x.ID).noted(x.ID), text(string(x.Kind)), text(or(strings.Join(held, ", "), "no role"))}})
	}
	return sheetOf(r, answer{title: "People and offices", question: "Who holds which role, and what is vacant?", here: "/people", wide: true}, []part{
		{title: "Roles and offices", table: &roles}, {title: "People", table: &people}, {title: "For a period", lines: []cell{link("Who held which role when, and who approved own work", "/people/report")}},
	})
}

func personPage(r *request) (answer, error) {
	w := r.moment.View.State
	x, ok := w.Access.Person(r.PathValue("id"))
	if !ok {
		if r.PathValue("id") == access.Operator {
			return sheetOf(r, answer{title: "The operator", here: "/people"}, []part{{note: "The owner of this installation. It is not a person, holds no role and cannot sign."}})
		}
		return answer{}, fault.NotFoundf("there is nobody with the id %q", r.PathValue("id")).Hinted("the page People lists everybody")
	}
	held := part{title: "Roles held now", empty: "No role."}
	for _, role := range w.Access.RolesAt(x.ID, r.moment.Now) {
		c := text(r.roleTitle(role))
		if g, ok := w.Access.Grant(x.ID, role); ok {
			c = text(r.roleTitle(role) + ", since " + day(g.At)).proved(g.Seq)
		} else if a := w.Access.Office(role, r.moment.Now).Acting; a.Person == x.ID {
			c = text(r.roleTitle(role) + ", acting until " + string(a.Until)).proved(a.Seq)
		}
		held.lines = append(held.lines, c)
	}
	keys := part{title: "Keys", empty: "No key, so nothing can be signed. Register a public key with: holdpoint key register " + x.ID + " FILE.pub"}
	for _, k := range w.Access.Keys(x.ID) {
		c := text(string(k.Algorithm) + " " + k.ID).proved(k.Seq)
		if k.Revoked() {
			c = marked("revoked", c.text).proved(k.Seq, k.RevokedSeq)
		}
		keys.lines = append(keys.lines, c)
	}
	return sheetOf(r, answer{title: r.named(x.ID), question: "What does this person hold and sign with?", here: "/people"}, append([]part{
		{facts: []fact{{"Id", text(x.ID)}, {"Kind", text(string(x.Kind))}, {"Added", text("with entry " + fmt.Sprint(x.Seq)).proved(x.Seq)}}}, held, keys,
		{lines: []cell{link("Roles over time, for a period", "/people/report")}},
	}, r.makePasskey(x.ID)...))
}

// accessPage says of a period who held which role, and what was approved or let
// off by way of exception. It reads the journal up to then, so it is made only
// for a period that somebody asks about.
func accessPage(r *request) (answer, error) {
	q := r.URL.Query()
	parts := []part{{forms: []form{{action: "/people/report", get: true, button: "Show", inputs: []input{
		{name: "from", label: "From", kind: "date", required: true, value: or(q.Get("from"), day(r.moment.Now-90*24*3600*1000))}, {name: "to", label: "To", kind: "date", required: true, value: or(q.Get("to"), day(r.moment.Now))}}}}}}
	a := answer{title: "Access in a period", question: "Who held which role when, and who approved their own work?", here: "/people", wide: true}
	if q.Get("from") == "" {
		return sheetOf(r, a, parts)
	}
	from, err := deadline.ParseDay(q.Get("from"))
	if err != nil {
		return a, err
	}
	to, err := deadline.ParseDay(q.Get("to"))
	if err != nil {
		return a, err
	}
	rep, err := r.site.App.AccessReport(r.Context(), from, to)
	if err != nil {
		return a, err
	}
	held := list{id: "held", caption: "Roles held", columns: []column{{id: "person", title: "Person"}, {id: "role", title: "Role"}, {id: "from", title: "From"}, {id: "to", title: "To"}}, empty: "Nobody held a role in this period."}
	for _, h := range rep.Held {
		role := r.roleTitle(h.Role)
		if h.Acting {
			role += ", acting"
		}
		held.rows = append(held.rows, row{cells: []cell{link(r.named(h.Person), "/people/"+h.Person), text(role), text(day(h.Begin)).proved(h.Seq), text(or(strings.Trim(day(h.End), "–"), "still")).proved(steps(h.EndSeq)...)}})
	}
	own := part{title: "Approvals and reviews of own work", empty: "None in this period."}
	for _, o := range rep.Own {
		own.lines = append(own.lines, text(r.named(o.Person)+" "+o.Act+" "+o.On+": own is "+strings.Join(o.Work, ", ")).proved(o.Seq))
	}
	nobody := part{title: "Approvals of work whose author the journal does not name", empty: "None in this period."}
	for _, o := range rep.Unattributed {
		nobody.lines = append(nobody.lines, text(r.named(o.Person)+" "+o.Act+" "+o.On).proved(o.Seq))
	}
	glass := part{title: "Went on without a clearance", empty: "Nobody did."}
	for _, g := range rep.Glass {
		glass.lines = append(glass.lines, text(r.named(g.Person)+": "+words(g.Action)+" of "+g.Model+" until "+instant(g.Until)).noted(g.Reason).proved(g.Seq))
	}
	let := part{title: "Let off for a while", empty: "Nothing was waived, extended or only watched."}
	for _, x := range rep.Exemptions {
		let.lines = append(let.lines, link(x.What+" until "+string(x.Until), "/decisions/"+x.Decision).noted(x.Reason).proved(x.Seq))
	}
	return sheetOf(r, a, append(parts, part{title: "Roles held", table: &held}, own, nobody, glass, let))
}
