// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"unicode"

	"go.yaml.in/yaml/v3"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Limits of a pack file. The packs that ship are below a tenth of each.
const (
	maxBytes = 1 << 20
	maxNodes = 100_000
	maxDepth = 40
)

// maxShorthand bounds how many aliases, anchors, merge keys and tags are
// reported one by one.
const maxShorthand = 50

// maxFaults bounds how many problems of a file are listed: beyond them, the
// file is no pack that somebody is at work on.
const maxFaults = 2000

// report collects faults with their position. Nodes of an overlay's base
// remember the file they came from.
type report struct {
	name   string
	origin map[*yaml.Node]string
	broken map[*yaml.Node]bool // reported already, and not to be read
	faults fault.List
	found  int // problems, listed or not
}

func newReport(name string) *report {
	return &report{name: name, origin: map[*yaml.Node]string{}, broken: map[*yaml.Node]bool{}}
}

func (r *report) at(n *yaml.Node, hint, format string, args ...any) {
	switch r.found++; {
	case r.found > maxFaults+1:
		return
	case r.found == maxFaults+1:
		hint, format, args = "correct those first", "there are more problems than the %d that are listed", []any{maxFaults}
	}
	f := fault.Invalidf(format, args...).Hinted("%s", hint)
	if n != nil {
		f = f.At("%s", r.where(n))
	} else {
		f = f.At("%s:1:1", r.name)
	}
	r.faults = append(r.faults, f)
}

func (r *report) where(n *yaml.Node) string {
	name := r.name
	if o, ok := r.origin[n]; ok {
		name = o
	}
	return fmt.Sprintf("%s:%d:%d", name, n.Line, n.Column)
}

// document reads the single YAML document of src as nodes and refuses whatever
// a pack has no use for. It gives nil when there is nothing to go on with.
func (r *report) document(src []byte) *yaml.Node {
	if len(src) > maxBytes {
		r.at(nil, "split the policy or shorten its notes", "the file has %d bytes; a pack may have %d", len(src), maxBytes)
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		r.syntax(err)
		return nil
	}
	var second yaml.Node
	if err := dec.Decode(&second); err == nil {
		r.at(&second, "keep one policy version per file", "a second YAML document starts here")
		return nil
	} else if !errors.Is(err, io.EOF) {
		r.syntax(err)
		return nil
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		r.at(&doc, "begin with schema: "+Schema, "a pack is a mapping of keys to values")
		return nil
	}
	w := walker{report: r}
	w.walk(doc.Content[0], 0)
	if w.stop {
		return nil
	}
	return doc.Content[0]
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

func (r *report) syntax(err error) {
	if errors.Is(err, io.EOF) {
		r.at(nil, "begin with schema: "+Schema, "the file is empty")
		return
	}
	n := &yaml.Node{Line: 1, Column: 1}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		if line, convErr := strconv.Atoi(m[1]); convErr == nil {
			n.Line = line
		}
	}
	r.at(n, "check indentation, colons and quotes near this line", "not readable as YAML: %w", err)
}

// walker refuses what makes YAML surprising: aliases (a few lines can stand
// for millions), merge keys, explicit tags, repeated keys. An alias is never
// followed: it has no content of its own, so the walk stays within the file.
type walker struct {
	*report
	nodes     int
	shorthand int
	stop      bool
}

func (w *walker) walk(n *yaml.Node, depth int) {
	w.nodes++
	if w.stop {
		return
	}
	if w.nodes > maxNodes || depth > maxDepth {
		w.at(n, "a pack needs far less", "the file is nested or filled beyond the limits (%d levels, %d values)", maxDepth, maxNodes)
		w.stop = true
		return
	}
	w.plain(n)
	if n.Kind == yaml.MappingNode {
		w.keys(n)
	}
	for _, c := range n.Content {
		w.walk(c, depth+1)
	}
}

func (w *walker) plain(n *yaml.Node) {
	switch {
	case n.Kind == yaml.AliasNode:
		w.broken[n] = true
		w.short(n, "write the value out; aliases can hide a million values in a line", "aliases (*%s) are not allowed", n.Value)
	case n.Anchor != "":
		w.short(n, "remove the anchor and write values out", "anchors (&%s) are not allowed", n.Anchor)
	}
	switch {
	case n.Style&yaml.TaggedStyle != 0:
		w.broken[n] = n.Kind == yaml.ScalarNode
		w.short(n, "remove the tag; quote the value if it must be text", "explicit tags (%s) are not allowed", n.Tag)
	case n.Kind == yaml.ScalarNode && !printable(n.Value):
		w.at(n, "keep to printable characters and ordinary spaces", "the value has characters that do not show")
	}
}

// short reports what YAML has to save typing, up to a number.
func (w *walker) short(n *yaml.Node, hint, format string, args ...any) {
	switch w.shorthand++; {
	case w.shorthand <= maxShorthand:
		w.at(n, hint, format, args...)
	case w.shorthand == maxShorthand+1:
		w.at(n, "write every value out", "there are more aliases, anchors, merge keys or tags from here on than the %d that are listed", maxShorthand)
	}
}

func (w *walker) keys(n *yaml.Node) {
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		switch first, dup := seen[k.Value]; {
		case k.Kind == yaml.AliasNode:
			// The walk reports it when it comes to the key.
		case k.Tag == "!!merge":
			w.broken[k] = true
			w.short(k, "write the keys out", "merge keys (<<) are not allowed")
		case k.Kind != yaml.ScalarNode || k.Tag != "!!str":
			w.broken[k] = true
			w.at(k, "quote the key or use one that the format knows", "a key must be plain text")
		case dup:
			w.at(k, "remove one of the two", "key %q is there twice; the first is on line %d", k.Value, first)
		default:
			seen[k.Value] = k.Line
		}
	}
}

func printable(s string) bool {
	for _, c := range s {
		if c == unicode.ReplacementChar || !unicode.IsPrint(c) {
			return false
		}
	}
	return true
}

// pair finds key's value in a mapping.
func pair(m *yaml.Node, key string) (k, v *yaml.Node) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i], m.Content[i+1]
		}
	}
	return nil, nil
}
