// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/proof"
)

// reference keeps a tree as tlog's own documentation does.
type reference []proof.Hash

func (r *reference) ReadHashes(indexes []int64) ([]proof.Hash, error) {
	out := make([]proof.Hash, len(indexes))
	for i, index := range indexes {
		out[i] = (*r)[index]
	}
	return out, nil
}

func (r *reference) add(t *rapid.T, n int64, leaf proof.Hash) {
	hashes, err := tlog.StoredHashesForRecordHash(n, leaf, r)
	if err != nil {
		t.Fatal(err)
	}
	*r = append(*r, hashes...)
}

func leaf(i int64) proof.Hash { return proof.Leaf(fmt.Append(nil, "leaf ", i)) }

// The tree is that of RFC 6962 as tlog computes it, at every size, and its
// proofs hold.
func TestTreeAgreesWithTlog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.Int64Range(1, 1500).Draw(t, "size")
		var tree journal.Tree
		var want reference
		for i := range size {
			tree = tree.Append(leaf(i))
			want.add(t, i, leaf(i))
		}
		older := rapid.Int64Range(0, size).Draw(t, "older")
		for _, n := range []int64{older, size} {
			root, err := tlog.TreeHash(n, &want)
			got, err2 := tree.Root(n)
			if err != nil || err2 != nil || root != got {
				t.Fatalf("root over %d: %v, %v, equal %v", n, err, err2, root == got)
			}
		}
		newest := proof.Checkpoint{Origin: "o", Size: size, Root: must(tree.Root(size))}
		seq := rapid.Int64Range(0, size-1).Draw(t, "seq")
		if err := proof.CheckInclusion(newest, seq, leaf(seq), must(tree.InclusionProof(seq, size))); err != nil {
			t.Fatal(err)
		}
		was := proof.Checkpoint{Origin: "o", Size: older, Root: must(tree.Root(older))}
		if err := proof.CheckConsistency(was, newest, must(tree.ConsistencyProof(older, size))); err != nil {
			t.Fatal(err)
		}
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A version that was dropped leaves the one it grew from as it was.
func TestTreeVersionsShareWithoutHarm(t *testing.T) {
	var tree journal.Tree
	for i := range int64(1000) {
		before := must(tree.Root(i))
		dropped := tree
		for k := range i%9 + 1 {
			dropped = dropped.Append(leaf(-k - 1))
		}
		if d := cmp.Diff(before, must(tree.Root(i))); d != "" {
			t.Fatalf("at %d: %s", i, d)
		}
		tree = tree.Append(leaf(i))
	}
	var straight journal.Tree
	for i := range int64(1000) {
		straight = straight.Append(leaf(i))
	}
	if must(tree.Root(1000)) != must(straight.Root(1000)) {
		t.Error("growing after a dropped version gives another root")
	}
}

func TestTreeRefuses(t *testing.T) {
	tree := journal.Tree{}.Append(leaf(0))
	errs := map[string]error{}
	_, errs["root beyond"] = tree.Root(2)
	_, errs["root negative"] = tree.Root(-1)
	_, errs["leaf beyond"] = tree.Leaf(1)
	_, errs["inclusion beyond"] = tree.InclusionProof(1, 1)
	_, errs["inclusion size"] = tree.InclusionProof(0, 2)
	_, errs["consistency back"] = tree.ConsistencyProof(1, 0)
	_, errs["consistency beyond"] = tree.ConsistencyProof(0, 2)
	for name, err := range errs {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}
