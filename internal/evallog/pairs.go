// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// message reads an error, which is an object with a message or a text.
func (s *scanner) message() (string, error) {
	c, err := s.peek()
	if err != nil {
		return "", s.cut(err)
	}
	if c != '{' {
		return s.words(300)
	}
	text := "unnamed"
	err = s.object(func(n []byte) (err error) {
		if string(n) == "message" {
			text, err = s.words(300)
			return err
		}
		return s.skip()
	})
	return text, err
}

// each walks an object, giving names as texts, and notes names that repeat, as
// far as the first maxPairs tell.
func (s *scanner) each(member func(name string) error) error {
	seen := map[string]bool{}
	return s.object(func(n []byte) error {
		name := string(n)
		if seen[name] {
			s.repeats.add(name)
		} else if len(seen) < maxPairs {
			seen[name] = true
		}
		return member(name)
	})
}

// maybe runs read unless the value is null.
func (s *scanner) maybe(read func() error) error {
	if null, err := s.null(); null || err != nil {
		return err
	}
	return read()
}

// list walks an array or a null.
func (s *scanner) list(element func() error) error {
	return s.maybe(func() error { return s.array(element) })
}

// texts reads a list of texts, at most maxPairs of them.
func (s *scanner) texts() ([]string, error) {
	var out []string
	err := s.list(func() error {
		t, err := s.words(1000)
		if len(out) >= maxPairs {
			return s.bad("a list has more than %d texts", maxPairs)
		}
		out = append(out, t)
		return err
	})
	return out, err
}

const (
	maxPairs     = 5000
	longestValue = 256
)

// pairs reads an object as sorted pairs; a name is kept if keep is nil or says
// so, and nulls are left out. Where a name repeats the last one wins.
func (s *scanner) pairs(keep func(name string) bool) ([]Pair, error) {
	return s.pairsWith(keep, func(string) (string, bool, error) { return s.brief() })
}

// params reads the parameters of a solver. Of tools, whose definitions are
// long, the names are kept.
func (s *scanner) params() ([]Pair, error) {
	return s.pairsWith(nil, func(name string) (string, bool, error) {
		if c, err := s.peek(); name != "tools" || err != nil || c != '[' {
			return s.brief()
		}
		return s.toolNames()
	})
}

func (s *scanner) toolNames() (string, bool, error) {
	var names []string
	err := s.array(func() error {
		c, err := s.peek()
		if err != nil {
			return s.cut(err)
		}
		name := ""
		if c != '{' {
			name, err = s.words(100)
		} else {
			err = s.each(func(n string) (err error) {
				if n == "name" {
					name, err = s.words(100)
					return err
				}
				return s.skip()
			})
		}
		if name != "" && len(names) < maxPairs {
			names = append(names, name)
		}
		return err
	})
	return pin(strings.Join(names, ",")), true, err
}

func (s *scanner) pairsWith(keep func(string) bool, read func(string) (string, bool, error)) ([]Pair, error) {
	got := map[string]string{}
	err := s.maybe(func() error {
		return s.each(func(name string) error {
			name = clipText(name, 200)
			if keep != nil && !keep(name) {
				return s.skip()
			}
			v, there, err := read(name)
			if delete(got, name); there {
				got[name] = v
			}
			if len(got) > maxPairs {
				return s.bad("an object has more than %d members", maxPairs)
			}
			return err
		})
	})
	return sortedPairs(got), err
}

func sortedPairs(m map[string]string) []Pair {
	var out []Pair
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, Pair{name, m[name]})
	}
	return out
}

// brief reads any value in short: see [Pair]. It tells false for null.
func (s *scanner) brief() (string, bool, error) {
	c, err := s.peek()
	if err != nil {
		return "", false, s.cut(err)
	}
	if c != '{' && c != '[' {
		v, err := s.value()
		return pin(plain(v.text)), v.kind != scalarNull, err
	}
	var b strings.Builder
	err = s.compact(&b)
	return pin(b.String()), true, err
}

func pin(text string) string {
	if len(text) <= longestValue {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:]) + " (" + decimalInt(len(text)) + " bytes)"
}

// compact copies a value as JSON without white space, up to MaxText bytes.
func (s *scanner) compact(b *strings.Builder) error {
	c, err := s.peek()
	if err != nil {
		return s.cut(err)
	}
	if b.Len() > s.lim.MaxText {
		return s.bad("a setting is longer than %d bytes", s.lim.MaxText)
	}
	comma := ""
	switch c {
	case '{':
		b.WriteByte('{')
		err = s.each(func(name string) error {
			key, _ := spell(plain(name))
			b.WriteString(comma + key + ":")
			comma = ","
			return s.compact(b)
		})
		b.WriteByte('}')
	case '[':
		b.WriteByte('[')
		err = s.array(func() error {
			b.WriteString(comma)
			comma = ","
			return s.compact(b)
		})
		b.WriteByte(']')
	default:
		var v scalar
		v, err = s.value()
		if v.kind == scalarString {
			v.text, _ = spell(plain(v.text))
		}
		b.WriteString(v.text)
	}
	return err
}
