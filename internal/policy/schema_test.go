// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"bytes"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/packs"
)

const schemaPath = "../../packs/policy.schema.json"

// The published schema is the one that the reader's structs give; -update
// writes it.
func TestSchemaIsCurrent(t *testing.T) {
	if *update {
		if err := os.WriteFile(schemaPath, policy.JSONSchema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(schemaPath)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(policy.JSONSchema()), string(have)); diff != "" {
		t.Errorf("run go test ./internal/policy -update:\n%s", diff)
	}
}

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(policy.JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("policy.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("policy.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plain gives the JSON value that an editor sees; days stay text.
func plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, c := range n.Content {
			list[i] = plain(c)
		}
		return list
	}
	switch n.Tag {
	case "!!bool":
		return n.Value == "true"
	case "!!int":
		if i, err := strconv.Atoi(n.Value); err == nil {
			return i
		}
	case "!!null":
		return nil
	case "!!float":
		return 0.5
	}
	return n.Value
}

func document(t testing.TB, src []byte) *yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Content[0]
}

func TestShippedPacksMatchSchema(t *testing.T) {
	s := compiled(t)
	for _, i := range packs.List() {
		src, err := packs.Source(i.ID, i.Version)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(plain(document(t, src))); err != nil {
			t.Errorf("%s as written: %v", i.Ref(), err)
		}
		if err := s.Validate(plain(document(t, shipped(t, i.Version).Canonical()))); err != nil {
			t.Errorf("%s resolved: %v", i.Ref(), err)
		}
	}
}

// mappings lists every mapping of a document.
func mappings(n *yaml.Node) []*yaml.Node {
	var out []*yaml.Node
	if n.Kind == yaml.MappingNode {
		out = append(out, n)
	}
	for _, c := range n.Content {
		out = append(out, mappings(c)...)
	}
	return out
}

// Schema and reader agree on unknown keys, in every mapping there is.
func TestSchemaAndReaderAgreeOnUnknownKeys(t *testing.T) {
	s := compiled(t)
	root := document(t, []byte(minimal(t)))
	for _, m := range mappings(root) {
		before := m.Content
		m.Content = append(append([]*yaml.Node{}, before...),
			&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "zzz"},
			&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "z"})
		src, err := yaml.Marshal(root)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := policy.Parse("x", src); err == nil {
			t.Errorf("line %d: the reader takes an unknown key", m.Line)
		}
		if s.Validate(plain(root)) == nil {
			t.Errorf("line %d: the schema takes an unknown key", m.Line)
		}
		m.Content = before
	}
}

// Whatever is done to a pack, what the reader accepts the schema accepts.
func TestReaderIsNoLooserThanSchema(t *testing.T) {
	s := compiled(t)
	src := []byte(minimal(t))
	rapid.Check(t, func(t *rapid.T) {
		var doc yaml.Node
		if err := yaml.Unmarshal(src, &doc); err != nil {
			t.Fatal(err)
		}
		all := mappings(doc.Content[0])
		m := all[rapid.IntRange(0, len(all)-1).Draw(t, "mapping")]
		i := 2 * rapid.IntRange(0, len(m.Content)/2-1).Draw(t, "pair")
		switch rapid.IntRange(0, 2).Draw(t, "act") {
		case 0:
			m.Content = append(m.Content[:i:i], m.Content[i+2:]...)
		case 1:
			m.Content[i+1] = &yaml.Node{Kind: yaml.SequenceNode}
		case 2:
			v := rapid.SampledFrom([]string{"text", "12", "true", "1.5", "2026-01-01", "", "null"}).Draw(t, "value")
			m.Content[i+1] = &yaml.Node{Kind: yaml.ScalarNode, Value: v}
		}
		out, err := yaml.Marshal(doc.Content[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := policy.Parse("x", out); err != nil {
			return
		}
		var again yaml.Node
		if err := yaml.Unmarshal(out, &again); err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(plain(again.Content[0])); err != nil {
			t.Fatalf("the reader takes what the schema refuses: %v\n%s", err, out)
		}
	})
}

// Canonical bytes are one encoding: any other spelling is refused.
func TestCanonicalIsStrict(t *testing.T) {
	p := shipped(t, "2.1")
	good := p.Canonical()
	q, err := policy.ParseCanonical(good)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, q); diff != "" || q.Digest() != p.Digest() {
		t.Fatalf("not the inverse: %s", diff)
	}
	for name, bad := range map[string][]byte{
		"space":    append([]byte(" "), good...),
		"newline":  append(bytes.Clone(good), '\n'),
		"escape":   bytes.Replace(good, []byte(`"text"`), []byte(`"te\u0078t"`), 1),
		"order":    bytes.Replace(good, []byte(`"basis":"text","clause":"6.2"`), []byte(`"clause":"6.2","basis":"text"`), 1),
		"YAML":     []byte(minimal(t)),
		"cut":      good[:len(good)-1],
		"repeated": append(bytes.Clone(good), good...),
		"overlay":  []byte(`{"extends":"anthropic-rsp@2.0","schema":"holdpoint/policy/v1","version":"2.1"}`),
		"empty":    nil,
	} {
		if bytes.Equal(bad, good) {
			t.Fatalf("%s: changed nothing", name)
		}
		if _, err := policy.ParseCanonical(bad); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// Comments, order of keys and quotes do not change a digest; content does.
func TestDigestFollowsContent(t *testing.T) {
	p := parse(t, minimal(t))
	same := parse(t, edit(t, minimal(t), "title: Aster policy\npublisher: Aster Lab\n", "# a remark\npublisher: \"Aster Lab\"\ntitle: 'Aster policy'\n"))
	if same.Digest() != p.Digest() {
		t.Error("the spelling changed the digest")
	}
	if parse(t, edit(t, minimal(t), "Doors are locked.", "Doors are shut.")).Digest() == p.Digest() {
		t.Error("the content did not change the digest")
	}
	if len(p.Digest()) != 64 {
		t.Errorf("digest %q", p.Digest())
	}
}
