// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Canonical gives the pack's one encoding: JSON as RFC 8785 orders and writes
// it, absent members left out. Two packs with equal content have equal bytes.
func (p Pack) Canonical() []byte {
	raw, err := json.Marshal(p)
	if err != nil {
		// Pack holds only strings, small integers, truth values, lists and
		// structs of these; text that is not UTF-8 never passes Parse.
		panic("policy: a pack that cannot be written: " + err.Error())
	}
	v := jsontext.Value(raw)
	if err := v.Canonicalize(); err != nil {
		panic("policy: a pack that cannot be ordered: " + err.Error())
	}
	return v
}

// Digest is the SHA-256 of [Pack.Canonical] in lower-case hex.
func (p Pack) Digest() string {
	sum := sha256.Sum256(p.Canonical())
	return hex.EncodeToString(sum[:])
}

// ParseCanonical is the strict inverse of [Pack.Canonical]: it reads exactly
// the bytes that Canonical writes for a valid pack, and nothing else.
func ParseCanonical(src []byte) (Pack, error) {
	// JSON without unprintable characters is YAML, so one reader serves both
	// and neither can accept what the other refuses.
	p, faults := read("canonical", src, nil)
	if len(faults) > 0 {
		return Pack{}, faults
	}
	if !bytes.Equal(p.Canonical(), src) {
		return Pack{}, fault.Corruptf("the bytes are not the canonical form of policy %s", p.Ref()).
			Hinted("write the pack with Canonical; spaces, order and escapes all count")
	}
	return p, nil
}
