// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
)

// The two y coordinates of order 8; they sum to p = 2^255 - 19.
const (
	orderEight        = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
	orderEightNegated = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
)

// WeakEd25519 tells whether the encoded point is of small order or not in its
// one encoding. Under such a key a signature can hold for many messages.
// The y coordinates of small order are 0, 1, -1 and two of order 8, as in
// libsodium's ge25519_has_small_order.
func WeakEd25519(point []byte) bool {
	if len(point) != ed25519.PublicKeySize {
		return true
	}
	y := [32]byte(point)
	y[31] &= 0x7f
	if y[31] == 0x7f && bytes.Count(y[1:31], []byte{0xff}) == 30 && y[0] >= 0xec {
		return true // y is p-1 (order 2), or p and above (a second encoding)
	}
	if y[0] <= 1 && bytes.Count(y[1:], []byte{0}) == 31 {
		return true // y is 0 (order 4) or 1 (the neutral element)
	}
	is := hex.EncodeToString(y[:])
	return is == orderEight || is == orderEightNegated
}
