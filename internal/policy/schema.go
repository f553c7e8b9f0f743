// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"reflect"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// schema is the part of JSON Schema that the pack format needs.
type schema struct {
	Dialect     string     `json:"$schema,omitempty"`
	ID          string     `json:"$id,omitempty"`
	Title       string     `json:"title,omitempty"`
	Ref         string     `json:"$ref,omitempty"`
	Description string     `json:"description,omitempty"`
	Type        string     `json:"type,omitempty"`
	Const       string     `json:"const,omitempty"`
	Enum        []string   `json:"enum,omitempty"`
	Pattern     string     `json:"pattern,omitempty"`
	MinLength   int        `json:"minLength,omitempty"`
	Minimum     *int       `json:"minimum,omitempty"`
	Items       *schema    `json:"items,omitempty"`
	Required    []string   `json:"required,omitempty"`
	Properties  properties `json:"properties,omitempty"`
	Additional  *bool      `json:"additionalProperties,omitempty"`
	If          *schema    `json:"if,omitempty"`
	Then        *schema    `json:"then,omitempty"`
	Else        *schema    `json:"else,omitempty"`
	Defs        properties `json:"$defs,omitempty"`
}

type properties map[string]*schema

// JSONSchema describes the pack format as JSON Schema 2020-12, made from the
// same structs and word lists that the reader uses: the two cannot disagree on
// which keys and words exist. It describes whole packs and overlays; what ties
// elements together (references, circles, coverage) is for lint alone.
func JSONSchema() []byte {
	g := generator{defs: properties{}}
	g.of(reflect.TypeFor[Pack](), "")
	g.defs["overlay"] = g.overlay()
	root := schema{
		Dialect: "https://json-schema.org/draft/2020-12/schema",
		ID:      "urn:holdpoint:policy:v1",
		Title:   "Holdpoint policy pack",
		Type:    "object",
		If:      &schema{Required: []string{"extends"}},
		Then:    &schema{Ref: "#/$defs/overlay"},
		Else:    &schema{Ref: "#/$defs/Pack"},
		Defs:    g.defs,
	}
	out, err := json.Marshal(root, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		panic("policy: the schema cannot be written: " + err.Error())
	}
	return append(out, '\n')
}

type generator struct{ defs properties }

func (g generator) of(t reflect.Type, doc string) *schema {
	switch t.Kind() {
	case reflect.Pointer:
		return g.of(t.Elem(), doc)
	case reflect.Slice:
		return &schema{Description: doc, Type: "array", Items: g.of(t.Elem(), "")}
	case reflect.Struct:
		g.object(t)
		return &schema{Description: doc, Ref: "#/$defs/" + t.Name()}
	case reflect.Int:
		zero := 0
		return &schema{Description: doc, Type: "integer", Minimum: &zero}
	case reflect.Bool:
		return &schema{Description: doc, Type: "boolean"}
	}
	return g.text(t, doc)
}

func (g generator) text(t reflect.Type, doc string) *schema {
	s := &schema{Description: doc, Type: "string", MinLength: 1}
	switch x := reflect.Zero(t).Interface().(type) {
	case word:
		s.Enum, s.MinLength = x.words(), 0
	case Date:
		s.Pattern, s.MinLength = dateForm.String(), 0
	case Decimal:
		s.Pattern, s.MinLength = decimalForm.String(), 0
	}
	return s
}

func (g generator) object(t reflect.Type) {
	if g.defs[t.Name()] != nil {
		return
	}
	closed := false
	s := &schema{Type: "object", Additional: &closed, Properties: properties{}}
	g.defs[t.Name()] = s
	for _, f := range fields(t) {
		s.Properties[f.key] = g.of(f.typ, f.doc)
		if f.required {
			s.Required = append(s.Required, f.key)
		}
	}
	if t == reflect.TypeFor[Pack]() {
		s.Properties["schema"] = &schema{Description: "Which format this is.", Const: Schema}
	}
}

// overlay describes a pack that says only what changed.
func (g generator) overlay() *schema {
	closed, pack := false, g.defs["Pack"].Properties
	s := &schema{
		Type: "object", Additional: &closed,
		Required: []string{"schema", "extends", "version", "published", "effective"},
		Properties: properties{
			"schema":  pack["schema"],
			"extends": {Description: "The base, as id@version.", Type: "string", Pattern: refForm.String()},
			"remove":  {Description: "Ids of elements to leave out.", Type: "array", Items: &schema{Type: "string"}},
			"set":     {Description: "Keys to replace in elements of the base.", Type: "array", Items: &schema{Type: "object", Required: []string{"id"}}},
		},
	}
	lists := properties{}
	for key, p := range pack {
		if p.Type == "array" {
			lists[key] = p
		}
	}
	s.Properties["add"] = &schema{Description: "Elements to append to lists of the base.", Type: "object", Additional: &closed, Properties: lists}
	for _, key := range headers() {
		s.Properties[key] = pack[key]
	}
	return s
}
