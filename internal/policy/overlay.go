// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxOverlays bounds how many packs may extend one another in a row.
const maxOverlays = 16

// overlay merges packs that extend others, on nodes, so that every value
// keeps the line it was written on.
type overlay struct {
	*report
	load  Loader
	chain []string
	lost  []string // lists of the pack that could not be changed as asked
}

// headers are the keys of an overlay that replace those of its base.
func headers() []string {
	return []string{"id", "version", "title", "publisher", "published", "effective", "supersedes", "note", "response", "break_glass", "defaults"}
}

// resolve gives the whole pack of root, which may be an overlay, or nil after
// reporting why there is none.
func (o *overlay) resolve(root *yaml.Node) *yaml.Node {
	_, ext := pair(root, "extends")
	if ext == nil {
		return root
	}
	if o.broken[ext] {
		return nil
	}
	base := o.base(ext)
	if base == nil {
		return nil
	}
	o.header(root, base, ext.Value)
	o.remove(root, base)
	o.set(root, base)
	o.add(root, base)
	o.unknown(root)
	return base
}

func (o *overlay) base(ext *yaml.Node) *yaml.Node {
	id, version, ok := strings.Cut(ext.Value, "@")
	switch {
	case !ok || id == "" || version == "":
		o.at(ext, "write id@version, such as anthropic-rsp@2.0", "%q does not name a version of a policy", ext.Value)
		return nil
	case slices.Contains(o.chain, ext.Value):
		o.at(ext, "extend a pack that does not lead back here", "packs extend each other in a circle: %s -> %s", strings.Join(o.chain, " -> "), ext.Value)
		return nil
	case len(o.chain) >= maxOverlays:
		o.at(ext, "write the pack out", "more than %d packs extend each other", maxOverlays)
		return nil
	case o.load == nil:
		o.at(ext, "give a place to load packs from", "the base %s cannot be loaded here", ext.Value)
		return nil
	}
	src, err := o.load(id, version)
	if err != nil {
		o.at(ext, "check the id and version, or add the missing pack", "the base %s cannot be loaded: %w", ext.Value, err)
		return nil
	}
	o.chain = append(o.chain, ext.Value)
	return o.read(ext.Value, src)
}

// read reads a base under its own name and resolves it in turn.
func (o *overlay) read(name string, src []byte) *yaml.Node {
	own := newReport(name)
	root := own.document(src)
	if root != nil {
		own.schemaOf(root)
	}
	o.faults = append(o.faults, own.faults...)
	if root == nil || len(own.faults) > 0 {
		return nil
	}
	o.mark(root, name)
	return o.resolve(root)
}

func (o *overlay) mark(n *yaml.Node, name string) {
	o.origin[n] = name
	for _, c := range n.Content {
		o.mark(c, name)
	}
}

func (o *overlay) header(root, base *yaml.Node, extends string) {
	for _, key := range headers() {
		if k, v := pair(root, key); v != nil {
			replace(base, k, v)
		}
	}
	if _, v := pair(root, "supersedes"); v == nil {
		_, ext := pair(root, "extends")
		key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "supersedes", Line: ext.Line, Column: ext.Column}
		val := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: extends, Line: ext.Line, Column: ext.Column}
		o.origin[key], o.origin[val] = o.fileOf(ext), o.fileOf(ext)
		replace(base, key, val)
	}
	for _, key := range []string{"version", "published", "effective"} {
		if _, v := pair(root, key); v == nil {
			o.at(root, "add "+key, "an overlay states its own %q", key)
		}
	}
}

// fileOf is the file that a node came from.
func (o *overlay) fileOf(n *yaml.Node) string {
	if name, ok := o.origin[n]; ok {
		return name
	}
	return o.name
}

func (o *overlay) remove(root, base *yaml.Node) {
	_, list := pair(root, "remove")
	if list == nil {
		return
	}
	if list.Kind != yaml.SequenceNode {
		o.at(list, "write a list of ids", "remove must be a list")
		return
	}
	for _, id := range list.Content {
		if !o.broken[id] && !drop(base, id.Value) {
			o.at(id, "name an element of the base", "nothing in the base has the id %q", id.Value)
		}
	}
}

func (o *overlay) set(root, base *yaml.Node) {
	_, list := pair(root, "set")
	if list == nil {
		return
	}
	if list.Kind != yaml.SequenceNode {
		o.at(list, "write a list of mappings, each with an id", "set must be a list")
		return
	}
	for _, item := range list.Content {
		if item.Kind != yaml.MappingNode {
			o.at(item, "write the id and the keys to replace", "an item of set must be a mapping")
			continue
		}
		o.setOne(item, base)
	}
}

func (o *overlay) setOne(item, base *yaml.Node) {
	_, id := pair(item, "id")
	if id == nil {
		o.at(item, "add the id of the element to change", `an item of set lacks "id"`)
		return
	}
	if o.broken[id] {
		return
	}
	target := find(base, id.Value)
	if target == nil {
		o.at(id, "name an element of the base, or use add", "nothing in the base has the id %q", id.Value)
		return
	}
	for i := 0; i+1 < len(item.Content); i += 2 {
		replace(target, item.Content[i], item.Content[i+1])
	}
}

func (o *overlay) add(root, base *yaml.Node) {
	_, lists := pair(root, "add")
	if lists == nil {
		return
	}
	if lists.Kind != yaml.MappingNode {
		o.at(lists, "write the name of a list and its new items", "add must be a mapping")
		o.lost = append(o.lost, packLists()...)
		return
	}
	for i := 0; i+1 < len(lists.Content); i += 2 {
		k, v := lists.Content[i], lists.Content[i+1]
		_, have := pair(base, k.Value)
		switch {
		case v.Kind != yaml.SequenceNode:
			o.at(v, "write a list of elements", "add/%s must be a list", k.Value)
			o.lost = append(o.lost, k.Value)
		case have == nil:
			replace(base, k, v)
		case have.Kind != yaml.SequenceNode:
			o.at(k, "use set for what is not a list", "%q of the base is not a list", k.Value)
		default:
			have.Content = append(have.Content, v.Content...)
		}
	}
}

func (o *overlay) unknown(root *yaml.Node) {
	known := append(headers(), "schema", "extends", "set", "remove", "add")
	for i := 0; i+1 < len(root.Content); i += 2 {
		k, v := root.Content[i], root.Content[i+1]
		if o.broken[k] || slices.Contains(known, k.Value) {
			continue
		}
		o.at(k, "an overlay has "+strings.Join(known, ", "), "unknown key %q in an overlay", k.Value)
		switch {
		case slices.Contains(packLists(), k.Value):
			o.lost = append(o.lost, k.Value)
		case len(v.Content) > 0:
			o.lost = append(o.lost, packLists()...)
		}
	}
}

// packLists are the keys of a pack that hold elements.
func packLists() []string {
	var keys []string
	for _, f := range fields(reflect.TypeFor[Pack]()) {
		if f.typ.Kind() == reflect.Slice {
			keys = append(keys, f.key)
		}
	}
	return keys
}

// replace sets a key of a mapping, keeping its place when it is there.
func replace(m, k, v *yaml.Node) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == k.Value {
			m.Content[i], m.Content[i+1] = k, v
			return
		}
	}
	m.Content = append(m.Content, k, v)
}

// find gives the mapping with an id anywhere below n's lists, or nil. The
// pack's own id does not count.
func find(n *yaml.Node, id string) *yaml.Node {
	for _, c := range n.Content {
		if c.Kind == yaml.MappingNode {
			if _, v := pair(c, "id"); v != nil && v.Value == id {
				return c
			}
		}
		if m := find(c, id); m != nil {
			return m
		}
	}
	return nil
}

// drop removes the mapping with an id from the list that holds it.
func drop(n *yaml.Node, id string) bool {
	if n.Kind == yaml.SequenceNode {
		at := slices.IndexFunc(n.Content, func(c *yaml.Node) bool {
			_, v := pair(c, "id")
			return c.Kind == yaml.MappingNode && v != nil && v.Value == id
		})
		if at >= 0 {
			n.Content = slices.Delete(n.Content, at, at+1)
			return true
		}
	}
	return slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return drop(c, id) })
}
