// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/proof"
)

func (s *server) openapi(w http.ResponseWriter, _ *http.Request) {
	_ = replyBytes(w, "application/json", s.doc)
}

const aboutDocument = "Every read and every act of a Holdpoint workspace. An act is POST /acts/NOUN.VERB; with an Idempotency-Key it happens once " +
	"however often it is sent, and with Holdpoint-Seen it is refused when a later entry is about something that it names. " +
	"A read answers with the document that the command line prints with --json. Errors are problems as RFC 9457 has them. " +
	"A member of an act's arguments that is left out is empty; what an act needs, its refusal says."

// document writes the OpenAPI document of the interface.
func document(o Options) []byte {
	types := newSchemas()
	paths := object{}
	for _, x := range app.Acts() {
		paths["/acts/"+x.Verb] = object{"post": actOperation(types, x)}
	}
	if o.Reads != nil {
		for _, r := range o.Reads.List() {
			paths["/"+r.Path] = object{"get": readOperation(r)}
		}
	}
	fixedPaths(types, paths)
	release := o.Release
	if release == "" {
		release = "unreleased"
	}
	doc := object{
		"openapi":  "3.1.0",
		"info":     object{"title": "Holdpoint", "version": release, "description": aboutDocument, "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"}},
		"servers":  []any{object{"url": o.Base + Root}},
		"security": []any{object{"token": []any{}}},
		"paths":    paths,
		"components": object{
			"schemas":         types.all,
			"securitySchemes": object{"token": object{"type": "http", "scheme": "bearer"}},
			"responses": object{"problem": object{
				"description": "The request was refused.",
				"content":     content("application/problem+json", types.of(reflect.TypeFor[Problem]())),
			}},
			"parameters": object{
				"key":  header(headerKey, "string", "The client's own key of the act, at most 200 bytes."),
				"seen": header(headerSeen, "integer", "The last entry that was seen when it was decided to act."),
				"at":   header(headerAt, "string", "The moment of the act, where the clock of the journal is simulated."),
			},
		},
	}
	b, err := json.Marshal(doc, json.Deterministic(true), jsontext.Multiline(true), jsontext.WithIndent(" "))
	if err != nil {
		panic("api: " + err.Error()) // it is made of maps and strings
	}
	return append(b, '\n')
}

func content(kind string, schema object) object { return object{kind: object{"schema": schema}} }

func header(name, kind, help string) object {
	return object{"name": name, "in": "header", "description": help, "schema": object{"type": kind}}
}

// answers are the responses of an operation: what it gives, or a problem.
func answers(kind string, schema object) object {
	ok := object{"description": "Done."}
	if kind != "" {
		ok["content"] = content(kind, schema)
	}
	return object{"200": ok, "default": ref("responses/problem")}
}

// operationID spells a path as the name of a function.
func operationID(words string) string {
	var out strings.Builder
	for i, word := range strings.FieldsFunc(words, func(r rune) bool { return strings.ContainsRune("/._-{} ", r) }) {
		if i > 0 {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		out.WriteString(word)
	}
	return out.String()
}

func actOperation(types *schemas, x app.Act) object {
	noun, verb, _ := strings.Cut(x.Verb, ".")
	return object{
		"operationId": operationID("act/" + x.Verb),
		"tags":        []any{"acts"},
		"summary":     noun + ": " + strings.ReplaceAll(verb, "_", " "),
		"parameters":  []any{ref("parameters/key"), ref("parameters/seen"), ref("parameters/at")},
		"requestBody": object{"required": true, "content": content("application/json", types.of(x.In))},
		"responses":   answers("application/json", types.of(reflect.TypeFor[Done]())),
	}
}

func readOperation(r app.Read) object {
	params := []any{}
	for _, p := range r.Params {
		schema := object{"type": p.Type}
		if len(p.Enum) > 0 {
			schema["enum"] = p.Enum
		}
		if p.Many {
			schema = object{"type": "array", "items": schema}
		}
		params = append(params, object{"name": p.Name, "in": "query", "required": p.Required, "description": p.Help, "schema": schema})
	}
	return object{
		"operationId": operationID("read/" + r.Path),
		"tags":        []any{"reads"},
		"summary":     r.Help,
		"parameters":  params,
		"responses":   answers("application/json", object{"type": "object"}),
	}
}

// fixed is a path that is neither an act nor a read of the command line.
type fixed struct {
	method, path, summary string
	// in and out are the bodies: a type, or the kind of content of bytes.
	in, out reflect.Type
	bytes   string
	query   []string
}

// fixedList lists them in the order in which they are routed.
func fixedList() []fixed {
	const text, raw = "text/plain", "application/octet-stream"
	return []fixed{
		{method: "get", path: "/head", summary: "The newest state of the journal, and its public key.", out: reflect.TypeFor[Head]()},
		{method: "get", path: "/checkpoint", summary: "The newest signed checkpoint.", bytes: text},
		{method: "get", path: "/entries", summary: "Entries as they are stored, in pages.", out: reflect.TypeFor[Page](), query: []string{"from", "after", "limit"}},
		{method: "get", path: "/entries/{seq}/proof", summary: "An entry with the proof that it is in the journal.", out: reflect.TypeFor[proof.Inclusion]()},
		{method: "get", path: "/events", summary: "Server-sent events, one for each entry, after Last-Event-ID or from now on.", bytes: "text/event-stream", query: []string{"after"}},
		{method: "get", path: "/blobs/{digest}", summary: "Bytes by their SHA-256.", bytes: raw},
		{method: "put", path: "/blobs/{digest}", summary: "Store bytes under their SHA-256.", bytes: raw, out: reflect.TypeFor[Stored]()},
		{method: "get", path: "/export", summary: "A copy of the journal as a tar archive; with withhold_private=true without private bodies.", bytes: "application/x-tar", query: []string{"withhold_private"}},
		{method: "post", path: "/clearances", summary: "Take a clearance that is valid already, or issue one when the gate is clear.", in: reflect.TypeFor[Issuing](), out: reflect.TypeFor[Clearance]()},
		{method: "get", path: "/clearances/{id}", summary: "The file of a clearance.", out: reflect.TypeFor[Clearance]()},
		{method: "get", path: "/revocations", summary: "The signed revocation list, fresh for 24 hours.", bytes: text},
		{method: "get", path: "/me", summary: "Who the caller is.", out: reflect.TypeFor[Me]()},
		{method: "get", path: "/names", summary: "What people are called.", out: reflect.TypeFor[Names]()},
		{method: "put", path: "/names/{person}", summary: "Say what a person is called.", in: reflect.TypeFor[Naming]()},
		{method: "delete", path: "/names/{person}", summary: "Erase what a person is called."},
	}
}

func fixedPaths(types *schemas, paths object) {
	for _, f := range fixedList() {
		op := object{"operationId": operationID(f.method + f.path), "tags": []any{"journal"}, "summary": f.summary, "responses": answers("", nil)}
		switch {
		case f.out != nil:
			op["responses"] = answers("application/json", types.of(f.out))
		case f.bytes != "":
			op["responses"] = answers(f.bytes, object{"type": "string"})
		default:
			op["responses"] = object{"204": object{"description": "Done."}, "default": ref("responses/problem")}
		}
		switch {
		case f.in != nil:
			op["requestBody"] = object{"required": true, "content": content("application/json", types.of(f.in))}
		case f.method == "put":
			op["requestBody"] = object{"required": true, "content": content(f.bytes, object{"type": "string"})}
		}
		if params := f.parameters(); len(params) > 0 {
			op["parameters"] = params
		}
		at, ok := paths[f.path].(object)
		if !ok {
			at = object{}
			paths[f.path] = at
		}
		at[f.method] = op
	}
}

func (f fixed) parameters() []any {
	var params []any
	for _, part := range strings.Split(f.path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			params = append(params, object{"name": strings.TrimSuffix(name, "}"), "in": "path", "required": true, "schema": object{"type": "string"}})
		}
	}
	for _, name := range f.query {
		kind := "integer"
		if name == "withhold_private" {
			kind = "boolean"
		}
		params = append(params, object{"name": name, "in": "query", "schema": object{"type": kind}})
	}
	if f.path == "/clearances" {
		params = append(params, ref("parameters/key"), ref("parameters/at"))
	}
	return params
}
