// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// cborMap is a CBOR map whose keys are integers (int64) or text (string).
type cborMap map[any]any

// Limits of what an authenticator may send: it nests four deep (attestation
// object, statement, list of certificates, certificate).
const (
	cborDepth = 6
	cborItems = 64
)

// readCBOR reads one CBOR item (RFC 8949) in the form that CTAP2 prescribes and
// gives the bytes after it: lengths are definite and in their shortest form, keys
// are integers or text and stand once. Floats, tags and simple values other than
// true, false and null mean nothing in WebAuthn's structures and are refused.
// Integers are int64, byte strings []byte, text string, arrays []any.
func readCBOR(b []byte) (any, []byte, error) { return cborItem(b, cborDepth) }

func cborItem(b []byte, depth int) (any, []byte, error) {
	if depth == 0 {
		return nil, nil, fmt.Errorf("cbor: nested too deep")
	}
	major, arg, rest, err := cborHead(b)
	if err != nil {
		return nil, nil, err
	}
	switch major {
	case 0, 1:
		return cborInteger(major, arg, rest)
	case 2, 3:
		return cborString(major, arg, rest)
	case 4:
		return cborArray(arg, rest, depth)
	case 5:
		return cborPairs(arg, rest, depth)
	case 7:
		return cborSimple(arg, rest)
	}
	return nil, nil, fmt.Errorf("cbor: a tag, which means nothing here")
}

// cborHead reads the first byte of an item and the number that belongs to it.
func cborHead(b []byte) (major byte, arg uint64, rest []byte, err error) {
	if len(b) == 0 {
		return 0, 0, nil, fmt.Errorf("cbor: ends too early")
	}
	major, info, b := b[0]>>5, b[0]&0x1f, b[1:]
	if info < 24 {
		return major, uint64(info), b, nil
	}
	if info > 27 {
		return 0, 0, nil, fmt.Errorf("cbor: a length that is not stated")
	}
	size := 1 << (info - 24)
	if len(b) < size {
		return 0, 0, nil, fmt.Errorf("cbor: ends too early")
	}
	var wide [8]byte
	copy(wide[8-size:], b[:size])
	arg = binary.BigEndian.Uint64(wide[:])
	// 24 is the first number that needs a byte of its own, and so on.
	least := []uint64{24, 1 << 8, 1 << 16, 1 << 32}[info-24]
	if arg < least {
		return 0, 0, nil, fmt.Errorf("cbor: a number that is not in its shortest form")
	}
	return major, arg, b[size:], nil
}

func cborInteger(major byte, arg uint64, rest []byte) (any, []byte, error) {
	if arg > MaxInt {
		return nil, nil, fmt.Errorf("cbor: an integer outside 2^53")
	}
	if major == 1 {
		return -1 - int64(arg), rest, nil
	}
	return int64(arg), rest, nil
}

func cborString(major byte, arg uint64, rest []byte) (any, []byte, error) {
	if arg > uint64(len(rest)) {
		return nil, nil, fmt.Errorf("cbor: ends too early")
	}
	s, rest := rest[:arg:arg], rest[arg:]
	if major == 2 {
		return s, rest, nil
	}
	if !utf8.Valid(s) {
		return nil, nil, fmt.Errorf("cbor: text that is not UTF-8")
	}
	return string(s), rest, nil
}

func cborArray(n uint64, rest []byte, depth int) (any, []byte, error) {
	if n > cborItems {
		return nil, nil, fmt.Errorf("cbor: a list of %d items", n)
	}
	list := make([]any, n)
	var err error
	for i := range list {
		if list[i], rest, err = cborItem(rest, depth-1); err != nil {
			return nil, nil, err
		}
	}
	return list, rest, nil
}

func cborPairs(n uint64, rest []byte, depth int) (any, []byte, error) {
	if n > cborItems {
		return nil, nil, fmt.Errorf("cbor: a map of %d pairs", n)
	}
	m := make(cborMap, n)
	for range n {
		var key, value any
		var err error
		if key, rest, err = cborItem(rest, depth-1); err != nil {
			return nil, nil, err
		}
		switch key.(type) {
		case int64, string:
		default:
			return nil, nil, fmt.Errorf("cbor: a key that is neither an integer nor text")
		}
		if _, twice := m[key]; twice {
			return nil, nil, fmt.Errorf("cbor: the key %v stands twice", key)
		}
		if value, rest, err = cborItem(rest, depth-1); err != nil {
			return nil, nil, err
		}
		m[key] = value
	}
	return m, rest, nil
}

func cborSimple(arg uint64, rest []byte) (any, []byte, error) {
	switch arg {
	case 20:
		return false, rest, nil
	case 21:
		return true, rest, nil
	case 22:
		return nil, rest, nil
	}
	return nil, nil, fmt.Errorf("cbor: a simple value or float, which means nothing here")
}
