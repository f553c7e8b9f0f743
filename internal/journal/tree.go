// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"golang.org/x/mod/sumdb/tlog"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// chunkSize is the number of hashes in one shared block.
const chunkSize = 1024

// Tree is the RFC 6962 tree of a journal, kept in memory: two hashes, 64
// bytes, for each entry. The zero value is the empty tree.
//
// A Tree is a value. Versions share their blocks: a longer version writes only
// behind the end of a shorter one, so readers of the shorter one never notice.
// For that, one history may be grown by one goroutine at a time; a version that
// was dropped may be grown again from before. The tree of a [View] copies its
// blocks when it is grown, and so leaves the journal alone.
type Tree struct {
	chunks []*[chunkSize]proof.Hash
	size   int64
	stored int64
	shared bool
}

// Size counts the leaves.
func (t Tree) Size() int64 { return t.size }

// Append gives the tree with one more leaf.
func (t Tree) Append(leaf proof.Hash) Tree {
	if t.shared {
		t = t.copied()
	}
	n := t.size
	t.push(leaf)
	// Completed subtrees follow their last leaf, in the order of tlog, so that
	// the Go checksum database's own proof code reads this store.
	hash := leaf
	for level, k := 0, n; k&1 == 1; level, k = level+1, k>>1 {
		hash = tlog.NodeHash(t.at(tlog.StoredHashIndex(level, k-1)), hash)
		t.push(hash)
	}
	t.size++
	return t
}

func (t Tree) copied() Tree {
	chunks := make([]*[chunkSize]proof.Hash, len(t.chunks))
	for i, c := range t.chunks {
		block := *c
		chunks[i] = &block
	}
	return Tree{chunks: chunks, size: t.size, stored: t.stored}
}

func (t *Tree) push(h proof.Hash) {
	chunk := int(t.stored / chunkSize)
	if chunk == len(t.chunks) {
		t.chunks = append(t.chunks, new([chunkSize]proof.Hash))
	}
	t.chunks[chunk][t.stored%chunkSize] = h
	t.stored++
}

func (t Tree) at(i int64) proof.Hash { return t.chunks[i/chunkSize][i%chunkSize] }

// ReadHashes gives stored hashes in the order of tlog; it makes Tree a
// tlog.HashReader.
func (t Tree) ReadHashes(indexes []int64) ([]proof.Hash, error) {
	hashes := make([]proof.Hash, len(indexes))
	for i, index := range indexes {
		if index < 0 || index >= t.stored {
			return nil, fault.New(fault.Internal, "the tree of %d entries has no hash %d", t.size, index)
		}
		hashes[i] = t.at(index)
	}
	return hashes, nil
}

// Leaf gives the leaf hash of the entry at seq.
func (t Tree) Leaf(seq int64) (proof.Hash, error) {
	if seq < 0 || seq >= t.size {
		return proof.Hash{}, noEntry(seq, t.size)
	}
	return t.at(tlog.StoredHashIndex(0, seq)), nil
}

// first gives the tree as it was with size leaves, which must not be more than
// it has now.
func (t Tree) first(size int64) Tree {
	t.size, t.stored, t.shared = size, tlog.StoredHashCount(size), true
	t.chunks = t.chunks[:(t.stored+chunkSize-1)/chunkSize]
	return t
}

// Root gives the root over the first size entries. The empty tree's root is
// SHA-256 of nothing.
func (t Tree) Root(size int64) (proof.Hash, error) {
	if size < 0 || size > t.size {
		return proof.Hash{}, fault.NotFoundf("the journal has %d entries, not %d", t.size, size)
	}
	return tlog.TreeHash(size, t)
}

// InclusionProof gives the hashes that tie the entry at seq to the root over
// the first size entries; see [proof.CheckInclusion].
func (t Tree) InclusionProof(seq, size int64) ([]proof.Hash, error) {
	if size > t.size || seq < 0 || seq >= size {
		return nil, fault.NotFoundf("no proof that entry %d is among the first %d: the journal has %d entries", seq, size, t.size)
	}
	return tlog.ProveRecord(size, seq, t)
}

// ConsistencyProof gives the hashes that show that the first newer entries
// continue the first older ones; see [proof.CheckConsistency]. It is empty when
// there is nothing to show: older is 0 or equal to newer.
func (t Tree) ConsistencyProof(older, newer int64) ([]proof.Hash, error) {
	if newer > t.size || older < 0 || older > newer {
		return nil, fault.NotFoundf("no proof from %d to %d entries: the journal has %d", older, newer, t.size)
	}
	if older == 0 || older == newer {
		return nil, nil
	}
	return tlog.ProveTree(newer, older, t)
}

func noEntry(seq, size int64) error {
	return fault.NotFoundf("there is no entry %d: the journal has %d entries, counted from 0", seq, size)
}
