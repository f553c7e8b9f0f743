// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package entrytest keeps the bytes of entries: what was written once is read
// for ever, so the body of every type and version an area defines is kept in
// its testdata/bodies.txt, a line each, and compared on every run.
//
// It never writes that file. A type or version that is new prints the line to
// add by hand; a line that is there is never changed, since a change of fields
// is a new version of the type. Only tests import this package.
package entrytest

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/proof"
)

const file = "testdata/bodies.txt"

// Bodies gathers the bodies of one area.
type Bodies struct {
	t     testing.TB
	lines strings.Builder
	seen  map[string]bool
}

// NewBodies starts an empty collection.
func NewBodies(t testing.TB) *Bodies {
	return &Bodies{t: t, seen: map[string]bool{}}
}

// Keep adds the body that k makes of data, and fails if reading it back gives
// anything but data.
func Keep[T any](b *Bodies, k entry.Kind[T], data T, how ...entry.Provenance) {
	b.t.Helper()
	draft, err := k.Draft(data, how...)
	if err != nil {
		b.t.Fatal(err)
	}
	b.seen[key(draft.Type, draft.V)] = true
	fmt.Fprintf(&b.lines, "%s %s\n", key(draft.Type, draft.V), draft.Body)
	e := entry.Entry{Header: proof.Header{Type: draft.Type, V: draft.V}, Body: draft.Body}
	back, _, err := k.Decode(e)
	if err != nil {
		b.t.Fatal(err)
	}
	if d := cmp.Diff(data, back); d != "" {
		b.t.Errorf("%s is read differently from what was written: %s", k.Name(), d)
	}
}

// KeepFilled keeps a body of k with every member set, at every depth. Members
// whose type takes only some words get theirs from samples, by type; the others
// get their own name, 1 or true.
func KeepFilled[T any](b *Bodies, k entry.Kind[T], samples ...any) {
	b.t.Helper()
	var data T
	fill(b.t, reflect.ValueOf(&data).Elem(), k.Name(), samples)
	Keep(b, k, data)
}

// Check compares with the kept bytes, and fails for a type without any.
func (b *Bodies) Check(types []entry.Type) {
	b.t.Helper()
	want, err := os.ReadFile(file)
	if err != nil {
		b.t.Errorf("%v; the bodies now are:\n%s", err, b.lines.String())
		return
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(b.lines.String(), "\n")); d != "" {
		b.t.Errorf("%s (-kept +now); a kept line never changes: %s", file, d)
	}
	for _, typ := range types {
		if !b.seen[key(typ.Name, typ.V)] {
			b.t.Errorf("%s has no kept body", key(typ.Name, typ.V))
		}
	}
}

func key(name string, v int64) string { return fmt.Sprintf("%s v%d", name, v) }

func fill(t testing.TB, v reflect.Value, name string, samples []any) {
	t.Helper()
	for _, s := range samples {
		if reflect.TypeOf(s) == v.Type() {
			v.Set(reflect.ValueOf(s))
			return
		}
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(name)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), name, samples)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0), name, samples)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), v.Type().Field(i).Name, samples)
		}
	default:
		t.Fatalf("%s: entries have no %s", name, v.Type())
	}
}
