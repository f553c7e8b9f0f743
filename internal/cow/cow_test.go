// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cow

import (
	"maps"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A fork never changes what it was forked from.
func TestForksAreIndependent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m Map[int, int]
		for i := range rapid.IntRange(0, 200).Draw(t, "n") {
			m.Set(i*3, i)
		}
		before := maps.Collect(m.All())
		fork := m.Fork()
		want := maps.Clone(before)
		for range rapid.IntRange(0, 50).Draw(t, "changes") {
			k := rapid.IntRange(0, 700).Draw(t, "key")
			if rapid.Bool().Draw(t, "delete") {
				fork.Delete(k)
				delete(want, k)
			} else {
				fork.Set(k, -k)
				want[k] = -k
			}
		}
		if d := cmp.Diff(before, maps.Collect(m.All())); d != "" {
			t.Fatalf("original changed: %s", d)
		}
		if d := cmp.Diff(want, maps.Collect(fork.All())); d != "" {
			t.Fatalf("fork: %s", d)
		}
	})
}

// Readers of a published map and the writer of its fork do not race.
func TestReadersDoNotRaceWithAFork(t *testing.T) {
	var m Map[int, int]
	for i := range 1000 {
		m.Set(i, i)
	}
	published := m.Fork()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 2000 {
				if v, ok := published.Get(i % 1000); !ok || v != i%1000 {
					t.Errorf("read %d, %v", v, ok)
				}
			}
			for range published.From(10) {
			}
		})
	}
	fork := published.Fork()
	for i := range 2000 {
		fork.Set(i, -i)
	}
	wg.Wait()
}

func BenchmarkFork(b *testing.B) {
	var m Map[int, int]
	for i := range 100_000 {
		m.Set(i, i)
	}
	for b.Loop() {
		m = m.Fork()
		m.Set(5, 7)
	}
}
