// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// title names the workspace in the browser's tab.
func (s *Site) title() string {
	switch s.Kind {
	case Drill:
		return "Holdpoint drill"
	case Record:
		return "Holdpoint record"
	}
	return "Holdpoint"
}

func (r *request) searched() string {
	if strings.HasSuffix(r.URL.Path, "/search") {
		return r.URL.Query().Get("q")
	}
	return ""
}

// place is the page's path within the site.
func (r *request) place() string { return strings.TrimPrefix(r.URL.Path, r.site.Base) }

func (r *request) policyName() string {
	if p, ok := r.moment.View.State.Policy.InForce(r.moment.Now); ok {
		return p.Pack.ID + " " + p.Pack.Version
	}
	return "none in force, so everything is held"
}

// someone is a person with the name to show.
type someone struct{ id, name string }

// people lists everybody known, by name.
func (r *request) people() []someone {
	var all []someone
	for _, p := range r.moment.View.State.Access.People() {
		all = append(all, someone{p.ID, r.named(p.ID)})
	}
	slices.SortFunc(all, func(a, b someone) int { return strings.Compare(a.name, b.name) })
	return all
}

// named is what a person is called here, or the id.
func (r *request) named(person string) string {
	if person == "" {
		return ""
	}
	return r.site.App.Name(r.Context(), person)
}

// fewEntries is how many proofs are linked before the rest is counted.
const fewEntries = 6

func firstFew(entries []int64) []int64 { return entries[:min(len(entries), fewEntries)] }

// fact is a name and a value.
type fact struct {
	name  string
	value cell
}

func (l list) arrow() string {
	if l.down {
		return "↓"
	}
	return "↑"
}

func (l list) counted() string {
	if l.query == "" {
		return plural(l.all, "row", "rows")
	}
	return plural(l.kept, "row", "rows") + " of " + strconv.Itoa(l.all)
}

// field is a value of a form that is shown again.
type field struct{ name, title, value string }

func (p problem) fields() []field {
	var all []field
	for _, name := range slices.Sorted(maps.Keys(p.form)) {
		if name == "act_key" || name == "seen" {
			continue
		}
		for _, v := range p.form[name] {
			all = append(all, field{name, sentence(strings.ReplaceAll(name, "_", " ")), v})
		}
	}
	return all
}

// way is a page in the navigation, wayGroup some that belong together.
type way struct{ path, name string }
type wayGroup struct {
	title string
	ways  []way
}

// ways is the navigation: every page in at most two steps.
func ways() []wayGroup {
	return []wayGroup{
		{"Now", []way{{"/", "Standing"}, {"/desk", "Desk"}, {"/board", "Board"}, {"/since", "Since you last looked"}}},
		{"What may run", []way{{"/models", "Models"}, {"/gate", "Gate"}, {"/exceptions", "Exceptions"}}},
		{"Why", []way{{"/assessments", "Assessments"}, {"/evidence", "Evidence"}, {"/safeguards", "Safeguards"}, {"/decisions", "Decisions"}, {"/policy", "Policy"}}},
		{"What we owe", []way{{"/duties", "Duties and findings"}, {"/people", "People and offices"}, {"/journal", "Journal"}}},
	}
}
