// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Limits of a results file.
const (
	maxFileBytes = 1 << 20
	maxNodes     = 50_000
	maxDepth     = 12
)

// yamlReader reads nodes strictly and collects every fault with its position.
type yamlReader struct {
	name   string
	nodes  int
	faults fault.List
}

func (r *yamlReader) at(n *yaml.Node, hint, format string, args ...any) {
	line, column := 1, 1
	if n != nil && n.Line > 0 {
		line, column = n.Line, n.Column
	}
	r.faults = append(r.faults, fault.Invalidf(format, args...).Hinted("%s", hint).At("%s:%d:%d", r.name, line, column))
}

// document gives the mapping that the single document of src is, nil when
// there is nothing to go on with.
func (r *yamlReader) document(src []byte) *yaml.Node {
	if len(src) > maxFileBytes {
		r.at(nil, "split it", "the file has %d bytes; the limit is %d", len(src), maxFileBytes)
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); err != nil {
		r.syntax(err)
		return nil
	}
	if err := dec.Decode(&second); err == nil {
		r.at(&second, "keep one document per file", "a second YAML document starts here")
		return nil
	} else if !errors.Is(err, io.EOF) {
		r.syntax(err)
		return nil
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		r.at(&doc, "begin with schema: "+ResultsSchema, "a results file is a mapping of keys to values")
		return nil
	}
	if !r.plain(doc.Content[0], 0) {
		return nil
	}
	return doc.Content[0]
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

func (r *yamlReader) syntax(err error) {
	if errors.Is(err, io.EOF) {
		r.at(nil, "begin with schema: "+ResultsSchema, "the file is empty")
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

// plain refuses what makes YAML surprising: aliases, anchors, explicit tags,
// merge and repeated keys. It gives false when reading on makes no sense.
func (r *yamlReader) plain(n *yaml.Node, depth int) bool {
	r.nodes++
	if r.nodes > maxNodes || depth > maxDepth {
		r.at(n, "split the file", "the file is nested or filled beyond the limits (%d levels, %d values)", maxDepth, maxNodes)
		return false
	}
	switch {
	case n.Kind == yaml.AliasNode:
		r.at(n, "write the value out", "aliases (*%s) are not allowed", n.Value)
		return false
	case n.Anchor != "":
		r.at(n, "remove the anchor and write values out", "anchors (&%s) are not allowed", n.Anchor)
	case n.Style&yaml.TaggedStyle != 0:
		r.at(n, "remove the tag; quote the value if it must be text", "explicit tags (%s) are not allowed", n.Tag)
	}
	if n.Kind == yaml.MappingNode {
		r.keys(n)
	}
	for _, c := range n.Content {
		if !r.plain(c, depth+1) {
			return false
		}
	}
	return true
}

func (r *yamlReader) keys(n *yaml.Node) {
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		switch line, twice := seen[k.Value]; {
		case k.Kind != yaml.ScalarNode || k.Tag != "!!str":
			r.at(k, "quote the key or use one that the format knows", "a key must be plain text")
		case twice:
			r.at(k, "remove one of the two", "key %q is there twice; the first is on line %d", k.Value, line)
		default:
			seen[k.Value] = k.Line
		}
	}
}

// field is one key of a mapping and what reads its value.
type field struct {
	key      string
	required bool
	read     func(*yaml.Node)
}

// mapping reads the fields of a mapping; other keys are faults. It gives false
// when n is no mapping.
func (r *yamlReader) mapping(n *yaml.Node, what string, fields ...field) bool {
	if n.Kind != yaml.MappingNode {
		r.at(n, "write keys and values", "%s is a mapping of keys to values", what)
		return false
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.key
	}
	present := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		at := slices.Index(names, k.Value)
		if at < 0 {
			r.at(k, "use one of: "+strings.Join(names, ", "), "%s has no key %q", what, k.Value)
			continue
		}
		present[k.Value] = true
		fields[at].read(n.Content[i+1])
	}
	for _, f := range fields {
		if f.required && !present[f.key] {
			r.at(n, "add it", "%s needs the key %s", what, f.key)
		}
	}
	return true
}

func (r *yamlReader) list(n *yaml.Node, what string, read func(*yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		r.at(n, "write a list", "%s is a list", what)
		return
	}
	for _, c := range n.Content {
		read(c)
	}
}

// scalar gives the text of a value as it was written, whatever YAML would make
// of it; false for null and for anything that is no single value.
func (r *yamlReader) scalar(n *yaml.Node) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		r.at(n, "leave the key out where nothing is known", "a single value is needed")
		return "", false
	}
	return n.Value, true
}

func into[T ~string](r *yamlReader, to *T) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if s, ok := r.scalar(n); ok {
			*to = T(s)
		}
	}
}

func (r *yamlReader) whole(to *int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := r.scalar(n)
		if !ok {
			return
		}
		v, err := strconv.Atoi(s)
		if err != nil || strconv.Itoa(v) != s {
			r.at(n, "write digits only", "%s is not a whole number", strconv.Quote(s))
			return
		}
		*to = v
	}
}

// said prints a position for a fault that is about a whole result.
func (r *yamlReader) said(n *yaml.Node) string {
	return fmt.Sprintf("%s:%d:%d", r.name, n.Line, n.Column)
}
