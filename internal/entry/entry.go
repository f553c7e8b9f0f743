// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package entry gives the words of the journal: drafts that rules make, entries
// that the journal keeps, the one codec of their bodies, and the registry of
// types.
//
// An area declares each of its types once, as a [Kind]:
//
//	var registered = entry.Define[Registered]("model.registered", 1, entry.Fact)
//
// and from then on makes drafts with it and decodes entries with it. Payload
// versions are for ever: a change of fields is a new version of the type, and
// the old one stays readable.
//
// A body is canonical JSON of at most [MaxBody] bytes: an envelope with what
// the area says ("data") and how it is known (happened, source, grade, what
// the source does not say). It holds whole numbers within 2^53 only; other
// numbers are decimals in strings, instants are milliseconds, and there are no
// objects with free keys.
//
// The package keeps no entries and gives no meaning to any type.
package entry

import (
	"fmt"
	"reflect"
	"sort"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/proof"
)

// MaxBody is the largest body in bytes.
const MaxBody = 4 << 20

// Class tells what may become of a body.
type Class uint8

const (
	// Fact bodies are read by rules. They may be withheld from a copy, at the
	// price of "not checked", and are never erased.
	Fact Class = iota
	// Private bodies are read by no rule. Withholding or erasing every one of
	// them changes no verdict.
	Private
)

// Draft is an entry that a rule wants and the journal has not taken yet.
type Draft struct {
	Type  string
	V     int64
	Class Class
	Body  []byte
	// Erase names entries whose bodies and salts are deleted in the same
	// transaction. Only the journal's own erasure type may set it.
	Erase []int64
}

// Entry is what the journal keeps. Body and Salt are nil where a copy withholds
// them or where they were erased.
type Entry struct {
	proof.Header
	Salt []byte
	Body []byte
}

// Act is who does something, when, and which seq the first draft will have if
// the act is accepted. Rules take time and place from here and from nowhere
// else.
type Act struct {
	// Actor is the opaque id of a person, or "operator".
	Actor string
	// Seq is the position of the act's first draft.
	Seq int64
	// Now is milliseconds since 1970, UTC: the recorded_at of the drafts.
	Now int64
}

// ID names the thing that the act's n-th draft creates, such as "decision-57".
func (a Act) ID(noun string, n int) string { return ID(noun, a.Seq+int64(n)) }

// ID names the thing that the entry at seq created.
func ID(noun string, seq int64) string { return fmt.Sprintf("%s-%d", noun, seq) }

// Happened says when the thing happened that the entry records, which is not
// when it was recorded.
type Happened struct {
	// At is milliseconds since 1970, UTC; for a day, its start.
	At int64 `json:"at"`
	// Precision is instant, day or month.
	Precision string `json:"precision"`
	// Basis is observed, stated, publication (the date of the document that
	// says so) or not_published.
	Basis string `json:"basis"`
}

// Source names a document and the place in it.
type Source struct {
	Document string `json:"document"`
	Section  string `json:"section,omitzero"`
}

// Provenance is how well an entry is known and from where.
type Provenance struct {
	Happened *Happened    `json:"happened,omitzero"`
	Source   []Source     `json:"source,omitempty"`
	Grade    *grade.Grade `json:"grade,omitzero"`
	// NotPublished lists ids of what the source does not say.
	NotPublished []string `json:"not_published,omitempty"`
	// Note is one sentence about the entry itself, such as how its date was
	// chosen.
	Note string `json:"note,omitzero"`
}

// GradeOr gives the entry's grade, or the grade that its kind has by itself.
func (p Provenance) GradeOr(g grade.Grade) grade.Grade {
	if p.Grade == nil {
		return g
	}
	return *p.Grade
}

// Graded is a provenance of one grade.
func Graded(g grade.Grade, sources ...Source) Provenance {
	return Provenance{Grade: &g, Source: sources}
}

type body[T any] struct {
	Data T `json:"data"`
	Provenance
}

// Kind is one type of entry in one version, with T as its data.
type Kind[T any] struct {
	name  string
	v     int64
	class Class
}

// Define declares a kind. It panics when T could not be kept for ever: a float,
// a map or an interface among its fields is a mistake of ours.
func Define[T any](name string, v int64, class Class) Kind[T] {
	if strings.Count(name, ".") != 1 || v < 1 {
		panic("entry: a type is named area.what_happened and its versions start at 1: " + name)
	}
	if err := durable(reflect.TypeFor[T](), name, map[reflect.Type]bool{}); err != nil {
		panic("entry: " + err.Error())
	}
	return Kind[T]{name: name, v: v, class: class}
}

func durable(t reflect.Type, path string, seen map[reflect.Type]bool) error {
	if seen[t] {
		return nil
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Float32, reflect.Float64, reflect.Map, reflect.Interface, reflect.Chan, reflect.Func, reflect.Complex64, reflect.Complex128:
		return fmt.Errorf("%s is a %s: entries hold no such values", path, t)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return durable(t.Elem(), path, seen)
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			if !f.IsExported() {
				continue
			}
			if err := durable(f.Type, path+"."+f.Name, seen); err != nil {
				return err
			}
		}
	}
	return nil
}

// Name is the type's name.
func (k Kind[T]) Name() string { return k.name }

// Draft makes a draft. At most one provenance may be given.
func (k Kind[T]) Draft(data T, how ...Provenance) (Draft, error) {
	b := body[T]{Data: data}
	for _, p := range how {
		b.Provenance = p
	}
	raw, err := proof.Canonical(b)
	if err != nil {
		return Draft{}, fault.Invalidf("%s: %w", k.name, err)
	}
	if len(raw) > MaxBody {
		return Draft{}, fault.Invalidf("%s: body of %d bytes is over the limit of %d", k.name, len(raw), MaxBody).
			Hinted("keep large content in a file and name it by its digest")
	}
	return Draft{Type: k.name, V: k.v, Class: k.class, Body: raw}, nil
}

// Drafts is Draft for the common case of an act that is one entry.
func (k Kind[T]) Drafts(data T, how ...Provenance) ([]Draft, error) {
	d, err := k.Draft(data, how...)
	if err != nil {
		return nil, err
	}
	return []Draft{d}, nil
}

// Decode reads an entry of this kind.
func (k Kind[T]) Decode(e Entry) (T, Provenance, error) {
	var b body[T]
	if e.Type != k.name || e.V != k.v {
		return b.Data, b.Provenance, fault.New(fault.Internal, "entry %d is %s v%d, not %s v%d", e.Seq, e.Type, e.V, k.name, k.v)
	}
	err := k.decode(e.Body, &b)
	if err != nil {
		return b.Data, b.Provenance, fault.Corruptf("entry %d (%s): %w", e.Seq, e.Type, err)
	}
	return b.Data, b.Provenance, nil
}

func (k Kind[T]) decode(raw []byte, b *body[T]) error {
	if raw == nil {
		return fault.Corruptf("the body is not in this copy")
	}
	// Canonical form was checked when the entry was taken or verified, so the
	// fold only needs a strict decode.
	return json.Unmarshal(raw, b, json.RejectUnknownMembers(true))
}

// Type gives the kind without its Go type, for a registry.
func (k Kind[T]) Type() Type {
	return Type{Name: k.name, V: k.v, Class: k.class, check: func(raw []byte) error {
		var b body[T]
		if err := k.decode(raw, &b); err != nil {
			return err
		}
		again, err := proof.Canonical(b)
		if err != nil {
			return err
		}
		if string(again) == string(raw) {
			return nil // equal to what is canonical, hence canonical
		}
		if err := proof.CheckCanonical(raw); err != nil {
			return err
		}
		return fmt.Errorf("the body has a second spelling: an empty member is written out")
	}}
}

// Type is a kind without its Go type.
type Type struct {
	Name  string
	V     int64
	Class Class
	check func([]byte) error
}

// Registry knows every type of entry that this binary can read.
type Registry struct{ types map[string][]Type }

// NewRegistry collects types; the same type and version twice is a mistake of
// ours and panics.
func NewRegistry(types ...Type) Registry {
	r := Registry{types: map[string][]Type{}}
	for _, t := range types {
		for _, have := range r.types[t.Name] {
			if have.V == t.V {
				panic(fmt.Sprintf("entry: type %s v%d is declared twice", t.Name, t.V))
			}
		}
		r.types[t.Name] = append(r.types[t.Name], t)
	}
	return r
}

// Types lists all types by name and version.
func (r Registry) Types() []Type {
	var all []Type
	for _, ts := range r.types {
		all = append(all, ts...)
	}
	sort.Slice(all, func(i, j int) bool {
		if all[i].Name != all[j].Name {
			return all[i].Name < all[j].Name
		}
		return all[i].V < all[j].V
	})
	return all
}

// Find gives the type of a header. A type or version that this binary does not
// know must stop whatever wanted to read it.
func (r Registry) Find(h proof.Header) (Type, error) {
	versions, ok := r.types[h.Type]
	for _, t := range versions {
		if t.V == h.V {
			return t, nil
		}
	}
	if ok {
		return Type{}, fault.Unsupportedf("entry %d is %s version %d, which this release cannot read", h.Seq, h.Type, h.V).
			Hinted("use the release that wrote it, or a newer one")
	}
	return Type{}, fault.Unsupportedf("entry %d is of the unknown type %q", h.Seq, h.Type).
		Hinted("use a release that knows this type; it is newer than this one, or the journal is not Holdpoint's")
}

// Check verifies that the entry's type is known and that its body, where there
// is one, is what its header commits to and is in its one spelling.
func (r Registry) Check(e Entry) error {
	t, err := r.Find(e.Header)
	if err != nil {
		return err
	}
	if e.Body == nil {
		return nil
	}
	if len(e.Body) > MaxBody {
		return fault.Corruptf("entry %d (%s): body of %d bytes is over the limit", e.Seq, e.Type, len(e.Body))
	}
	if proof.Commit(e.Salt, e.Body) != e.Header.Body {
		return fault.Corruptf("entry %d (%s): the body is not the one its header commits to", e.Seq, e.Type)
	}
	if err := t.check(e.Body); err != nil {
		return fault.Corruptf("entry %d (%s): %w", e.Seq, e.Type, err)
	}
	return nil
}

// Ref points at a thing by kind, id and, where the pointing must not survive a
// change of the thing, the digest of what was shown.
type Ref struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Digest string `json:"digest,omitzero"`
}
