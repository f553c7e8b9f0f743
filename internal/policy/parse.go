// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Loader gives the YAML of a version of a policy, for overlays that extend it.
// The bytes come from wherever the caller keeps packs.
type Loader func(id, version string) ([]byte, error)

// Parse reads a pack that stands by itself. The error is a [fault.List] with
// every problem found, each with file:line:column, reason and hint; name is
// the file's name in them.
func Parse(name string, src []byte) (Pack, error) {
	return ParseWith(name, src, nil)
}

// ParseWith is [Parse] for packs that may be overlays: "extends: id@version"
// names a base, which load finds. The result is the whole pack, base included.
func ParseWith(name string, src []byte, load Loader) (Pack, error) {
	p, faults := read(name, src, load)
	if len(faults) > 0 {
		return Pack{}, faults
	}
	return p, nil
}

// Lint reads a pack as [ParseWith] does and gives only the problems, in the
// order of the file.
func Lint(name string, src []byte, load Loader) fault.List {
	_, faults := read(name, src, load)
	return faults
}

func read(name string, src []byte, load Loader) (Pack, fault.List) {
	r := newReport(name)
	root := r.document(src)
	if root == nil {
		return Pack{}, r.faults
	}
	if !r.schemaOf(root) {
		return Pack{}, r.faults
	}
	o := overlay{report: r, load: load}
	root = o.resolve(root)
	if root == nil {
		return Pack{}, r.sorted()
	}
	d := newDecoder(r)
	for _, key := range o.lost {
		d.lose("/"+key, reflect.TypeFor[[]Element]())
	}
	var p Pack
	d.value(root, reflect.ValueOf(&p).Elem(), "")
	d.check(p)
	if len(r.faults) > 0 {
		return Pack{}, r.sorted()
	}
	return p, nil
}

func (r *report) schemaOf(root *yaml.Node) bool {
	_, v := pair(root, "schema")
	if v == nil {
		r.at(root, "begin with schema: "+Schema, `the pack lacks "schema"`)
		return false
	}
	if v.Value != Schema && !r.broken[v] {
		r.at(v, "use schema: "+Schema+", or a release that knows the other", "schema %q is not one this release reads", v.Value)
		return false
	}
	return true
}

// sorted puts faults in the order of the file; ties keep the order found.
func (r *report) sorted() fault.List {
	slices.SortStableFunc(r.faults, func(a, b *fault.Error) int {
		fa, la, ca := position(a.Where)
		fb, lb, cb := position(b.Where)
		return cmp.Or(strings.Compare(fa, fb), cmp.Compare(la, lb), cmp.Compare(ca, cb))
	})
	return r.faults
}

func position(where string) (file string, line, col int) {
	parts := strings.Split(where, ":")
	if len(parts) < 3 {
		return where, 0, 0
	}
	n := len(parts)
	// The two numbers were printed by where; a failure leaves zero.
	_, _ = fmt.Sscan(parts[n-2], &line)
	_, _ = fmt.Sscan(parts[n-1], &col)
	return strings.Join(parts[:n-2], ":"), line, col
}
