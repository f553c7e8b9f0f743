// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"reflect"
	"slices"
	"strconv"
)

// sort names the sort of thing an id belongs to, as a sentence says it.
type sort string

const (
	sortRole       sort = "role"
	sortDomain     sort = "domain"
	sortActor      sort = "actor"
	sortStandard   sort = "standard"
	sortCriterion  sort = "criterion"
	sortThreshold  sort = "threshold"
	sortAction     sort = "action"
	sortObligation sort = "obligation"
	sortClause     sort = "clause"
	sortOther      sort = "element"
)

// named is an element or clause with its place in the pack.
type named struct {
	id      string
	sort    sort
	pointer string
	// element is the zero Element for a clause.
	element Element
	// says is its statement or title.
	says string
}

// index lists every element and clause of a pack in the order of the pack.
func index(p Pack) []named {
	var list []named
	collect(reflect.ValueOf(p), "", &list)
	return list
}

// Has tells whether the pack has an element or a clause of that id.
func (p Pack) Has(id string) bool {
	return slices.ContainsFunc(index(p), func(n named) bool { return n.id == id })
}

func collect(v reflect.Value, ptr string, list *[]named) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			collect(v.Elem(), ptr, list)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collect(v.Index(i), ptr+"/"+strconv.Itoa(i), list)
		}
	case reflect.Struct:
		if n, ok := nameOf(v, ptr); ok {
			*list = append(*list, n)
		}
		for _, f := range fields(v.Type()) {
			collect(v.FieldByIndex(f.index), ptr+"/"+f.key, list)
		}
	}
}

func nameOf(v reflect.Value, ptr string) (named, bool) {
	if c, ok := v.Interface().(Clause); ok {
		return named{id: c.ID, sort: sortClause, pointer: ptr}, true
	}
	e, ok := reflect.TypeAssert[Element](elementField(v))
	if !ok {
		return named{}, false
	}
	return named{id: e.ID, sort: sortOf(v.Interface()), pointer: ptr, element: e, says: saysOf(v)}, true
}

func elementField(v reflect.Value) reflect.Value {
	if f := v.FieldByName("Element"); f.IsValid() {
		return f
	}
	return reflect.ValueOf(struct{}{})
}

func sortOf(x any) sort {
	switch x.(type) {
	case Role:
		return sortRole
	case Domain:
		return sortDomain
	case Actor:
		return sortActor
	case Standard:
		return sortStandard
	case Criterion:
		return sortCriterion
	case Threshold:
		return sortThreshold
	case Action:
		return sortAction
	case Obligation:
		return sortObligation
	}
	return sortOther
}

// Part is an element of a pack as a list shows it. Sort is the sort of thing it
// is, in a word; Says its statement or title, "" where it has neither.
type Part struct {
	Element
	Sort string
	Says string
}

// Parts lists every element of the pack, in the order of the pack.
func (p Pack) Parts() []Part {
	var all []Part
	for _, n := range index(p) {
		if n.sort != sortClause {
			all = append(all, Part{n.element, string(n.sort), n.says})
		}
	}
	return all
}

// saysOf is the statement of an element, its title where it has none.
func saysOf(v reflect.Value) string {
	for _, name := range []string{"Statement", "Title"} {
		if f := v.FieldByName(name); f.IsValid() && f.Kind() == reflect.String && f.String() != "" {
			return f.String()
		}
	}
	return ""
}
