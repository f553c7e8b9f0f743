// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import "strings"

// part is a piece of a page that says what is so: facts, sentences, a table,
// exact text, and the forms by which something is done about it. What is empty
// is left out.
type part struct {
	title string
	id    string
	// tone is that of a notice: stop, go or ask; "" for none.
	tone  string
	note  string
	facts []fact
	lines []cell
	// empty stands where there are no lines; "" leaves it out.
	empty string
	table *list
	exact string
	forms []form
	// script names a file of the folder static that a form gains from.
	script string
}

// form is something that can be done here.
type form struct {
	id     string
	action string
	title  string
	hint   string
	button string
	// folded forms open on demand.
	folded bool
	get    bool
	inputs []input
}

// input is a field of a form. kind is text, area, date, pick, tick or hidden.
type input struct {
	name, label, kind, value, hint string
	options                        []option
	required                       bool
}

type option struct{ value, label string }

func options(values ...string) []option {
	var all []option
	for _, v := range values {
		all = append(all, option{v, words(v)})
	}
	return all
}

// as gives the page an id for a field, the same in every answer.
func (f form) as(in input) string {
	return strings.NewReplacer("/", "-", "?", "-").Replace(strings.Trim(f.action, "/")) + "-" + f.id + in.name
}

// lines makes sentences of texts.
func lines(all ...string) []cell {
	var cells []cell
	for _, s := range all {
		cells = append(cells, text(s))
	}
	return cells
}

func (f form) method() string {
	if f.get {
		return "get"
	}
	return "post"
}

// sheetOf shows parts as a page, or the file of one of their tables if the
// address asks for one.
func sheetOf(r *request, a answer, parts []part) (answer, error) {
	for i := range parts {
		if parts[i].table == nil {
			continue
		}
		l := parts[i].table.shown(r)
		if file, ok := l.taken(); ok {
			return file, nil
		}
		parts[i].table = &l
	}
	a.body = sheet(r, parts)
	return a, nil
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
