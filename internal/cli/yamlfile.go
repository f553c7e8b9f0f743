// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// maxInput bounds a YAML file that a person wrote, in bytes.
const maxInput = 1 << 20

// readYAML reads a YAML or JSON file into a struct by the names of its json
// tags. Unknown keys, keys that are there twice, aliases and a second document
// are refused; a decimal may be written as a number or as text.
func readYAML(path string, into any) error {
	src, err := readSmall(path)
	if err != nil {
		return err
	}
	if len(src) > maxInput {
		return fault.Invalidf("the file has %d bytes and may have %d", len(src), maxInput).At("%s", path)
	}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(src))
	if err := dec.Decode(&doc); err != nil {
		return fault.Invalidf("this is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: ")).At("%s", path)
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return fault.Invalidf("the file holds more than one document").At("%s", path)
	}
	var b bytes.Buffer
	if err := asJSON(&b, doc.Content[0], path, 0); err != nil {
		return err
	}
	err = json.Unmarshal(b.Bytes(), into, json.RejectUnknownMembers(true), json.WithUnmarshalers(json.UnmarshalFromFunc(decimalFrom)))
	if err == nil {
		return nil
	}
	return misread(path, err)
}

// misread says in plain words which key is wrong.
func misread(path string, err error) error {
	where, cause := "", err
	if se, ok := errors.AsType[*json.SemanticError](err); ok {
		where = strings.ReplaceAll(strings.TrimPrefix(string(se.JSONPointer), "/"), "/", ".")
		if errors.Is(se.Err, json.ErrUnknownName) {
			return fault.Invalidf("the key %q is not known here", where).At("%s", path).Hinted("--help shows an example of the file")
		}
		if cause = se.Err; cause == nil {
			cause = errors.New("the value is of the wrong kind")
		}
	}
	if pe, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		where = strings.ReplaceAll(strings.TrimPrefix(string(pe.JSONPointer), "/"), "/", ".")
		cause = pe.Err
	}
	return fault.Invalidf("%s: %w", or(where, "the file"), cause).At("%s", path).Hinted("--help shows an example of the file")
}

func decimalFrom(dec *jsontext.Decoder, d *stats.Decimal) error {
	tok, err := dec.ReadToken()
	if err != nil {
		return err
	}
	*d, err = stats.ParseDecimal(tok.String())
	return err
}

// asJSON writes a node as JSON, with its numbers as they stand.
func asJSON(b *bytes.Buffer, n *yaml.Node, path string, depth int) error {
	bad := func(format string, args ...any) error {
		return fault.Invalidf(format, args...).At("%s:%d:%d", path, n.Line, n.Column)
	}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return bad("anchors and aliases are not allowed")
	case depth > 20:
		return bad("the file is nested too deeply")
	case n.Kind == yaml.ScalarNode:
		return scalarJSON(b, n)
	}
	open, shut := byte('['), byte(']')
	if n.Kind == yaml.MappingNode {
		open, shut = '{', '}'
	}
	b.WriteByte(open)
	for i, c := range n.Content {
		isKey := n.Kind == yaml.MappingNode && i%2 == 0
		if isKey && c.Kind != yaml.ScalarNode {
			return bad("a key is a word")
		}
		if i > 0 && (n.Kind != yaml.MappingNode || isKey) {
			b.WriteByte(',')
		}
		if isKey {
			quoted, err := jsontext.AppendQuote(nil, c.Value)
			if err != nil {
				return bad("%w", err)
			}
			b.Write(append(quoted, ':'))
			continue
		}
		if err := asJSON(b, c, path, depth+1); err != nil {
			return err
		}
	}
	b.WriteByte(shut)
	return nil
}

func scalarJSON(b *bytes.Buffer, n *yaml.Node) error {
	switch tag := n.ShortTag(); {
	case tag == "!!null":
		b.WriteString("null")
		return nil
	case tag == "!!bool":
		b.WriteString(strings.ToLower(n.Value))
		return nil
	case (tag == "!!int" || tag == "!!float") && jsontext.Value(n.Value).IsValid():
		b.WriteString(n.Value)
		return nil
	}
	quoted, err := jsontext.AppendQuote(nil, n.Value)
	if err != nil {
		return fault.Invalidf("line %d: %w", n.Line, err)
	}
	b.Write(quoted)
	return nil
}
