// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/url"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
)

func deskRoutes() []route {
	return []route{
		{"GET", "/desk", deskPage},
		{"POST", "/notices/{id}/acknowledge", acknowledgeNotice},
	}
}

// deskPage lists what waits for whoever is signed in, what is late first.
func deskPage(r *request) (answer, error) {
	l := list{
		id: "desk", caption: "What waits",
		columns: []column{{id: "due", title: "By when"}, {id: "what", title: "What is wanted"}, {id: "about", title: "About"}, {id: "who", title: "Of whom"}, {id: "since", title: "Waiting since"}},
		empty:   "Nothing waits. What is put to your roles appears here by itself.",
	}
	var notices []form
	for _, w := range app.Desk(r.moment, r.person) {
		l.rows = append(l.rows, r.waiting1(w))
		if w.What == "notice" && r.person != "" && r.site.Kind != Record {
			notices = append(notices, form{action: "/notices/" + w.ID + "/acknowledge", title: w.About, button: "I have read this", folded: true})
		}
	}
	parts := []part{{table: &l}}
	if r.person == "" {
		parts[0].note = "Nobody is signed in, so this is everything that waits, of whatever role."
	}
	if len(notices) > 0 {
		parts = append(parts, part{title: "Notices to acknowledge", id: "notices", note: "To acknowledge says that you have read it, and no more.", forms: notices})
	}
	return sheetOf(r, answer{title: "Desk", question: "What waits for my signature or answer, and by when?", here: "/desk", wide: true}, parts)
}

func (r *request) waiting1(w app.Waiting) row {
	m := open
	when := text("no date")
	switch {
	case w.Late(r.moment.Now):
		m = late
	case w.Due != 0:
		m = due
	}
	if w.Due != 0 {
		when = text(instant(w.Due)).noted(until(w.Due, r.moment.Now)).by(w.Due)
	}
	when.mark = m
	var who []string
	for _, role := range w.Roles {
		who = append(who, r.roleTitle(role))
	}
	for _, p := range w.Persons {
		who = append(who, r.named(p))
	}
	return row{alarm: m == late, cells: []cell{
		when, link(w.What, waitingHref(w)), text(w.About).noted(w.Next), text(or(strings.Join(who, ", "), "whoever may")), text(instant(w.Since)).by(w.Since),
	}}
}

// waitingHref is the page on which something that waits is done.
func waitingHref(w app.Waiting) string {
	id := url.PathEscape(w.ID)
	switch w.What {
	case "signature":
		return "/decisions/" + id + "#sign"
	case "delivery", "acknowledgement", "review", "renewal":
		return "/decisions/" + id
	case "duty", "note":
		return "/duties/" + id
	case "rating", "resolution":
		return "/findings/" + id
	case "incident":
		return "/incidents/" + id
	case "answer":
		return "/reviews/" + id
	case "notice":
		return "/desk#notices"
	case "response", "execution":
		return "/restrictions"
	case "verification":
		if strings.HasPrefix(w.ID, "finding") {
			return "/findings/" + id
		}
		return "/restrictions"
	case "office", "vacancy":
		return "/people"
	}
	return "/desk"
}

func acknowledgeNotice(r *request) (answer, error) {
	_, err := r.do(app.AcknowledgeNotice(r.PathValue("id")))
	return answer{to: "/desk"}, err
}

// roleTitle is what the policy in force calls a role.
func (r *request) roleTitle(id string) string {
	p, _ := r.moment.View.State.Policy.InForce(r.moment.Now)
	if role, ok := p.Pack.Role(id); ok && role.Title != "" {
		return role.Title
	}
	return words(id)
}
