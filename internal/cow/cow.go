// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package cow gives copy-on-write ordered maps.
//
// The world of a journal is a set of these maps with small immutable values.
// [Map.Fork] takes constant time; afterwards the two maps share what neither
// has changed. One goroutine may change a fork while any number read the
// original, as long as nobody changes the original after it was forked from a
// second goroutine: the writer forks what it published and changes the fork.
//
// Values are replaced, never edited in place. The package is a thin skin over
// a kept B-tree library.
package cow

import (
	"cmp"
	"fmt"
	"iter"

	"github.com/tidwall/btree"
)

// Map is an ordered map. The zero value is an empty map. Copying a Map by value
// shares it; use [Map.Fork].
//
// The tree holds pointers: the first change after a fork copies the nodes on its
// way, and nodes full of large values would cost far more than the change.
type Map[K cmp.Ordered, V any] struct{ tree *btree.Map[K, *V] }

// Fork gives a map with the same content that changes on its own. Constant
// time. The receiver must not be changed afterwards.
func (m Map[K, V]) Fork() Map[K, V] {
	if m.tree == nil {
		return Map[K, V]{tree: new(btree.Map[K, *V])}
	}
	return Map[K, V]{tree: m.tree.Copy()}
}

// Get gives the value at key.
func (m Map[K, V]) Get(key K) (V, bool) {
	if m.tree != nil {
		if v, ok := m.tree.Get(key); ok {
			return *v, true
		}
	}
	var zero V
	return zero, false
}

// Has tells whether there is a value at key.
func (m Map[K, V]) Has(key K) bool {
	_, ok := m.Get(key)
	return ok
}

// Len counts the keys.
func (m Map[K, V]) Len() int {
	if m.tree == nil {
		return 0
	}
	return m.tree.Len()
}

// Set puts a value. Only a fork may be changed.
func (m *Map[K, V]) Set(key K, value V) {
	if m.tree == nil {
		m.tree = new(btree.Map[K, *V])
	}
	m.tree.Set(key, &value)
}

// Delete removes a key. Only a fork may be changed.
func (m *Map[K, V]) Delete(key K) {
	if m.tree != nil {
		m.tree.Delete(key)
	}
}

// All goes through the map in key order.
func (m Map[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		if m.tree != nil {
			m.tree.Scan(func(k K, v *V) bool { return yield(k, *v) })
		}
	}
}

// From goes through the map in key order, starting at the first key >= from.
func (m Map[K, V]) From(from K) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		if m.tree != nil {
			m.tree.Ascend(from, func(k K, v *V) bool { return yield(k, *v) })
		}
	}
}

// Values goes through the values in key order.
func (m Map[K, V]) Values() iter.Seq[V] {
	return func(yield func(V) bool) {
		for _, v := range m.All() {
			if !yield(v) {
				return
			}
		}
	}
}

// SeqKey spells a non-negative seq so that the order of the text is the order
// of the numbers, for keys that combine a name with a seq.
func SeqKey(seq int64) string { return fmt.Sprintf("#%016x", seq) }

// PairKey joins two names into a key that orders by the first, then by the
// second, whatever the names hold.
func PairKey(a, b string) string { return a + "\x00" + b }
