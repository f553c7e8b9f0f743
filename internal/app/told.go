// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/holdpoint/holdpoint/internal/entry"
)

// Told says an entry in words: what happened, to what, and why where the entry
// says so.
func Told(e entry.Entry) (says, reason string) {
	area, what, _ := strings.Cut(e.Type, ".")
	says = area + " " + strings.ReplaceAll(what, "_", " ")
	if e.Body == nil {
		return says + " (erased)", ""
	}
	var body struct {
		Data jsontext.Value `json:"data"`
	}
	members := map[string]jsontext.Value{}
	if json.Unmarshal(e.Body, &body) != nil || json.Unmarshal(body.Data, &members) != nil {
		return says, ""
	}
	var about []string
	for _, name := range []string{
		"id", "model", "snapshot", "action", "environment", "standard", "facet", "person", "role", "decision", "question", "hold", "clearance",
		"assessment", "threshold", "duty", "rule", "finding", "incident", "restriction", "response", "interim", "point", "notice", "kind", "outcome", "rating", "category", "version", "until",
	} {
		if word := scalar(members[name]); word != "" {
			about = append(about, strings.ReplaceAll(name, "_", " ")+" "+word)
		}
	}
	if len(about) > 0 {
		says += " (" + strings.Join(about, ", ") + ")"
	}
	return says, why(members)
}

// why gives the sentence in which the entry says why, or what it is about; that
// of a decision stands in its file.
func why(members map[string]jsontext.Value) string {
	for _, name := range []string{"reason", "title", "statement", "argument", "text", "note"} {
		if s := scalar(members[name]); strings.Contains(s, " ") {
			return s
		}
	}
	var file map[string]jsontext.Value
	if json.Unmarshal(members["file"], &file) != nil {
		return ""
	}
	return scalar(file["title"])
}

// scalar gives a member that is a text, "" for anything else.
func scalar(v jsontext.Value) string {
	var s string
	if len(v) == 0 || v.Kind() != '"' || json.Unmarshal(v, &s) != nil {
		return ""
	}
	return s
}
