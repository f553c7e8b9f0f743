// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding"
	"fmt"
	"path"
	"reflect"
	"strings"
	"unicode"
)

// object is a JSON object with members in no order of its own: the document is
// written with sorted names.
type object = map[string]any

// schemas makes JSON Schemas of Go types by what their JSON is, and keeps those
// of named structs apart.
type schemas struct {
	all   object
	names map[reflect.Type]string
}

func newSchemas() *schemas { return &schemas{all: object{}, names: map[reflect.Type]string{}} }

var marshalsText = reflect.TypeFor[encoding.TextMarshaler]()

// of gives the schema of a type, as a reference where it has a name.
func (s *schemas) of(t reflect.Type) object {
	if t.Implements(marshalsText) {
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return object{"type": "integer"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return object{"type": "string", "contentEncoding": "base64"}
		}
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		return s.structure(t)
	}
	return object{}
}

func (s *schemas) structure(t reflect.Type) object {
	if t.Name() == "" {
		return s.members(t)
	}
	name, ok := s.names[t]
	if !ok {
		name = s.name(t)
		s.names[t] = name
		s.all[name] = object{} // a type may hold itself
		s.all[name] = s.members(t)
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// name is the package's name and the type's, such as decision.ProposeIn.
func (s *schemas) name(t reflect.Type) string {
	name := t.Name()
	if before, inner, generic := strings.Cut(name, "["); generic {
		name = before + "." + path.Base(strings.TrimSuffix(inner, "]"))
	}
	return path.Base(t.PkgPath()) + "." + name
}

// members gives the schema of a struct. Nothing is required: what is left out is
// empty, and the rule of the act says what it needs.
func (s *schemas) members(t reflect.Type) object {
	properties := object{}
	s.fields(t, properties)
	out := object{"type": "object", "additionalProperties": false}
	if len(properties) > 0 {
		out["properties"] = properties
	}
	return out
}

// fields gathers the members of a struct, those of embedded ones included. An
// outer member hides an inner one of its name.
func (s *schemas) fields(t reflect.Type, into object) {
	var embedded []reflect.Type
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported() && !f.Anonymous:
			continue
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			embedded = append(embedded, f.Type)
			continue
		case name == "":
			name = snake(f.Name)
		}
		member := s.of(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" && member["$ref"] == nil {
			member["description"] = doc
		}
		if strings.Contains(options, "string") {
			member = object{"type": "string"}
		}
		if _, taken := into[name]; !taken {
			into[name] = member
		}
	}
	for _, inner := range embedded {
		s.fields(inner, into)
	}
}

// snake spells a Go name as the members of JSON are: HighStakes is high_stakes,
// SHA256 is sha256.
func snake(name string) string {
	var out strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		upper := unicode.IsUpper(r)
		if upper && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1])) {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

func ref(name string) object { return object{"$ref": fmt.Sprintf("#/components/%s", name)} }
