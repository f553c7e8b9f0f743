// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// field is one key of a pack struct, read from its tags.
type field struct {
	key      string
	doc      string
	required bool
	index    []int
	typ      reflect.Type
}

// fields lists the keys of a struct in order, embedded structs in place.
func fields(t reflect.Type) []field {
	var list []field
	for f := range t.Fields() {
		if f.Anonymous {
			for _, in := range fields(f.Type) {
				in.index = append(slices.Clone(f.Index), in.index...)
				list = append(list, in)
			}
			continue
		}
		key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		list = append(list, field{key, f.Tag.Get("doc"), f.Tag.Get("pack") == "required", f.Index, f.Type})
	}
	return list
}

// decoder turns nodes into a pack and remembers which node each JSON pointer
// came from, so that later checks can name a line.
type decoder struct {
	*report
	doubts
	nodes map[string]*yaml.Node
}

func newDecoder(r *report) *decoder {
	return &decoder{report: r, doubts: newDoubts(), nodes: map[string]*yaml.Node{}}
}

func (d *decoder) value(n *yaml.Node, v reflect.Value, ptr string) {
	d.nodes[ptr] = n
	if d.broken[n] {
		d.lose(ptr, v.Type())
		return
	}
	before := d.found
	d.kind(n, v, ptr)
	// Mappings and lists note for themselves what they lack.
	if k := v.Kind(); d.found > before && (k == reflect.String || k == reflect.Int || k == reflect.Bool) {
		d.lose(ptr, v.Type())
	}
}

func (d *decoder) kind(n *yaml.Node, v reflect.Value, ptr string) {
	switch v.Kind() {
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		d.kind(n, p.Elem(), ptr)
		v.Set(p)
	case reflect.Struct:
		d.object(n, v, ptr)
	case reflect.Slice:
		d.list(n, v, ptr)
	case reflect.String:
		d.text(n, v)
	case reflect.Int:
		d.integer(n, v)
	case reflect.Bool:
		d.boolean(n, v)
	default:
		panic("policy: no reading for " + v.Type().String())
	}
}

func (d *decoder) object(n *yaml.Node, v reflect.Value, ptr string) {
	if n.Kind != yaml.MappingNode {
		d.at(n, "write keys and values below it", "%s must be a mapping, not %s", last(ptr), kindName(n))
		d.lose(ptr, v.Type())
		return
	}
	d.objects[ptr] = true
	known, merged := fields(v.Type()), false
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, val := n.Content[i], n.Content[i+1]
		if d.broken[k] {
			merged, d.odd[ptr] = true, true
			continue
		}
		at := slices.IndexFunc(known, func(f field) bool { return f.key == k.Value })
		if at < 0 {
			d.stranger(n, k, known, ptr)
			continue
		}
		d.nodes[ptr+"/"+k.Value+"#key"] = k
		d.value(val, v.FieldByIndex(known[at].index), ptr+"/"+k.Value)
	}
	for _, f := range known {
		if _, val := pair(n, f.key); val != nil {
			continue
		}
		if merged {
			d.lose(ptr+"/"+f.key, f.typ) // the broken key may have brought it
		} else if f.required {
			d.at(n, "add "+f.key+": "+f.doc, "%s lacks %q", last(ptr), f.key)
			d.lose(ptr+"/"+f.key, f.typ)
		}
	}
}

// stranger reports a key that the format does not know. What it seems to stand
// for is lost, if it is a list or is not there by its right name.
func (d *decoder) stranger(n, k *yaml.Node, known []field, ptr string) {
	d.odd[ptr] = true
	d.at(k, nearest(k.Value, known), "unknown key %q in %s", k.Value, last(ptr))
	at := slices.IndexFunc(known, func(f field) bool { return f.key == closest(k.Value, known) })
	if at < 0 {
		return
	}
	_, have := pair(n, known[at].key)
	if _, val := pair(n, k.Value); have == nil || len(val.Content) > 0 {
		d.lose(ptr+"/"+known[at].key, known[at].typ)
	}
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, ptr string) {
	if n.Kind != yaml.SequenceNode {
		d.at(n, "write a list, each item after a dash", "%s must be a list, not %s", last(ptr), kindName(n))
		d.lose(ptr, v.Type())
		return
	}
	if len(n.Content) == 0 {
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, c := range n.Content {
		d.value(c, out.Index(i), ptr+"/"+strconv.Itoa(i))
	}
	v.Set(out)
}

var (
	integerForm = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})$`)
	decimalForm = regexp.MustCompile(`^(0|[1-9][0-9]{0,14})(\.[0-9]{0,8}[1-9])?$`)
	dateForm    = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

func (d *decoder) text(n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" || n.Value == "" {
		d.at(n, "write some text, or leave the key out", "text is needed here, not %s", kindName(n))
		return
	}
	v.SetString(n.Value)
	switch x := v.Interface().(type) {
	case Date:
		if !validDate(x) {
			d.at(n, "write the day as YYYY-MM-DD", "%q is not a day of the calendar", n.Value)
		}
		return
	case Decimal:
		if n.Tag != "!!str" || !decimalForm.MatchString(n.Value) {
			d.at(n, `write it in quotes without exponent or trailing zeros, such as "4" or "1.5"`, "%s is not a decimal in quotes", n.Value)
		}
		return
	case word:
		if !slices.Contains(x.words(), n.Value) {
			d.at(n, "use one of: "+strings.Join(x.words(), ", "), "%q is not a value this key may have", n.Value)
		}
		return
	}
	if n.Tag != "!!str" {
		d.at(n, fmt.Sprintf("put it in quotes: %q", n.Value), "text is needed here, and YAML reads %s as %s", n.Value, kindName(n))
	}
}

func (d *decoder) integer(n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || !integerForm.MatchString(n.Value) {
		d.at(n, "write digits without quotes, sign or leading zero", "a whole number is needed here, not %s", kindName(n))
		return
	}
	i, err := strconv.Atoi(n.Value)
	if err != nil {
		d.at(n, "write a smaller number", "%s is out of range", n.Value)
		return
	}
	v.SetInt(int64(i))
}

func (d *decoder) boolean(n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" || (n.Value != "true" && n.Value != "false") {
		d.at(n, "write true or false", "true or false is needed here, not %s", kindName(n))
		return
	}
	v.SetBool(n.Value == "true")
}

func validDate(d Date) bool {
	if !dateForm.MatchString(string(d)) {
		return false
	}
	_, err := time.Parse(time.DateOnly, string(d))
	return err == nil
}

func kindName(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!null":
		return "nothing"
	case "!!int", "!!float":
		return "the number " + n.Value
	case "!!bool":
		return "a truth value"
	case "!!timestamp":
		return "a time"
	}
	return fmt.Sprintf("%q", n.Value)
}

// last names the place that a pointer ends in, for a sentence.
func last(ptr string) string {
	if ptr == "" {
		return "the pack"
	}
	parts := strings.Split(strings.TrimPrefix(ptr, "/"), "/")
	name := parts[len(parts)-1]
	if _, err := strconv.Atoi(name); err == nil && len(parts) > 1 {
		return "an item of " + parts[len(parts)-2]
	}
	return name
}

// nearest hints at the known key that is closest to an unknown one.
func nearest(key string, known []field) string {
	if key == "not" {
		return "there is no not: a lost fact would turn it to met; ask for what must be shown"
	}
	if best := closest(key, known); best != "" {
		return fmt.Sprintf("did you mean %q?", best)
	}
	names := make([]string, len(known))
	for i, f := range known {
		names[i] = f.key
	}
	return "known keys here: " + strings.Join(names, ", ")
}

// closest gives the known key that an unknown one may be a slip for, or "".
func closest(key string, known []field) string {
	best, bestDist := "", min(4, 1+len(key)/2)
	for _, f := range known {
		if dist := distance(key, f.key); dist < bestDist {
			best, bestDist = f.key, dist
		}
	}
	return best
}

// distance is the Levenshtein distance, cut short for long keys.
func distance(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 99
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		prev := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := prev
			if a[i] != b[j] {
				cost++
			}
			prev = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
