// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"reflect"
	"regexp"
	"strings"
)

// doubts remembers which values of a pack could not be read, so that checks of
// the rest say what is wrong by itself and not what only follows.
type doubts struct {
	objects map[string]bool // pointers read as mappings
	odd     map[string]bool // mappings with a key nobody knows
	lost    map[string]bool // values not read
	within  map[string]bool // mappings and lists with a lost value at any depth
	direct  map[string]bool // mappings that lost a value of their own
	sorts   map[sort]bool   // sorts of which an element or its id is lost
	any     bool            // a whole element, list, id or citation is lost
}

func newDoubts() doubts {
	return doubts{
		objects: map[string]bool{"": true}, odd: map[string]bool{}, lost: map[string]bool{},
		within: map[string]bool{}, direct: map[string]bool{}, sorts: map[sort]bool{},
	}
}

// holders says below which pointers the elements of a sort stand.
var holders = func() map[sort]*regexp.Regexp {
	m := map[sort]*regexp.Regexp{
		sortCriterion: regexp.MustCompile(`^/standards(/\d+(/facets(/\d+(/criteria(/\d+(/id)?)?)?)?)?)?$`),
	}
	for s, list := range map[sort]string{
		sortRole: "roles", sortDomain: "domains", sortActor: "actors", sortStandard: "standards",
		sortThreshold: "thresholds", sortAction: "actions", sortObligation: "obligations", sortClause: "clauses",
	} {
		m[s] = regexp.MustCompile(`^/` + list + `(/\d+(/id)?)?$`)
	}
	return m
}()

var citing = regexp.MustCompile(`/(id|clause|where(/\d+)?)$`)

// lose notes that the value at ptr, of type t, could not be read.
func (d *doubts) lose(ptr string, t reflect.Type) {
	if d.lost[ptr] {
		return
	}
	d.lost[ptr] = true
	up := parent(ptr)
	for !d.objects[up] {
		up = parent(up)
	}
	d.direct[up] = true
	for p := ptr; p != ""; p = parent(p) {
		d.within[p] = true
	}
	for s, re := range holders {
		if re.MatchString(ptr) {
			d.sorts[s] = true
		}
	}
	switch t.Kind() {
	case reflect.Slice, reflect.Struct, reflect.Pointer:
		d.any = true
	default:
		d.any = d.any || citing.MatchString(ptr)
	}
}

// follows tells whether a problem seen at ptr may only follow from a value
// that could not be read: its own, or another of the same mapping. The keys of
// the pack itself are looked at one by one.
func (d *doubts) follows(ptr string) bool {
	up := ptr
	for !d.objects[up] {
		up = parent(up)
	}
	return d.lost[ptr] || up != "" && (d.lost[up] || d.direct[up])
}

func parent(ptr string) string { return ptr[:max(strings.LastIndexByte(ptr, '/'), 0)] }
