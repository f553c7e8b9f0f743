// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package proof checks what a Holdpoint journal says without trusting the
// machine that says it.
//
// It is the lowest package of the house and the one that outsiders import: the
// bytes of an entry's header, the leaf hash, signed checkpoints, inclusion and
// consistency proofs, clearances and revocation lists. Everything here works
// offline, on bytes that are passed in, and needs the standard library, a strict
// JSON codec, and the note and tlog packages of the Go checksum database only.
//
// A journal is an RFC 6962 Merkle tree. Its leaves are the headers of its
// entries (see [Header]); a header commits to a body by SHA-256 over a 16-byte
// salt and the body, so a copy may withhold a body, or a whole entry, and the
// root stays the same.
//
// Every encoding read here has exactly one spelling: base64 is standard, padded
// and strict in its trailing bits, hexadecimal is lower case, JSON is RFC 8785
// canonical. A second spelling of the same value is refused, so a changed byte
// never goes unnoticed.
//
// The package does not read files, keep state, or know what an entry means.
package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a node of the Merkle tree (SHA-256, RFC 6962 section 2.1).
type Hash = tlog.Hash

// SaltSize is the length in bytes of the salt that hides a body's content.
const SaltSize = 16

// MaxInt is the largest integer that JSON numbers carry exactly, 2^53 - 1.
const MaxInt = 1<<53 - 1

// Header is the public part of an entry and the leaf of the tree.
type Header struct {
	// Actor is an opaque id; names live outside the journal.
	Actor string `json:"actor"`
	// Body is SHA-256(salt || body) in lower-case hexadecimal.
	Body string `json:"body"`
	// RecordedAt is in milliseconds since 1970-01-01T00:00:00Z and never lies
	// before that of the entry before.
	RecordedAt int64 `json:"recorded_at"`
	// Seq counts entries from 0 and is the leaf's index in the tree.
	Seq int64 `json:"seq"`
	// Type is "area.what_happened".
	Type string `json:"type"`
	// V is the version of the body's fields.
	V int64 `json:"v"`
}

// Encode gives the header's one and only spelling, canonical JSON. It is
// written out by hand because a verifier does it for every entry; a test holds
// it against [Canonical].
func (h Header) Encode() ([]byte, error) {
	b := make([]byte, 0, 256)
	var err error
	text := func(name, value string) {
		b = append(b, name...)
		b, err = jsontext.AppendQuote(b, value)
	}
	if text(`{"actor":`, h.Actor); err != nil {
		return nil, fmt.Errorf("actor: %w", err)
	}
	if text(`,"body":`, h.Body); err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	b = strconv.AppendInt(append(b, `,"recorded_at":`...), h.RecordedAt, 10)
	b = strconv.AppendInt(append(b, `,"seq":`...), h.Seq, 10)
	if text(`,"type":`, h.Type); err != nil {
		return nil, fmt.Errorf("type: %w", err)
	}
	b = strconv.AppendInt(append(b, `,"v":`...), h.V, 10)
	return append(b, '}'), nil
}

// ParseHeader reads a header and refuses any spelling but the canonical one.
func ParseHeader(b []byte) (Header, error) {
	var h Header
	if err := json.Unmarshal(b, &h, json.RejectUnknownMembers(true)); err != nil {
		return Header{}, fmt.Errorf("header: %w", err)
	}
	again, err := h.Encode()
	if err != nil {
		return Header{}, fmt.Errorf("header: %w", err)
	}
	if !bytes.Equal(again, b) {
		return Header{}, fmt.Errorf("header: not canonical JSON (RFC 8785)")
	}
	switch {
	case h.Seq < 0 || h.Seq > MaxInt:
		return Header{}, fmt.Errorf("header: seq %d is out of range", h.Seq)
	case h.RecordedAt < 0 || h.RecordedAt > MaxInt:
		return Header{}, fmt.Errorf("header: recorded_at %d is out of range", h.RecordedAt)
	case h.V < 1 || h.V > MaxInt:
		return Header{}, fmt.Errorf("header: version %d is out of range", h.V)
	case h.Type == "" || h.Actor == "":
		return Header{}, fmt.Errorf("header: type and actor must not be empty")
	}
	if _, err := ParseHex(h.Body, sha256.Size); err != nil {
		return Header{}, fmt.Errorf("header: body commitment: %w", err)
	}
	return h, nil
}

// Time is when the entry was recorded, in UTC.
func (h Header) Time() time.Time { return time.UnixMilli(h.RecordedAt).UTC() }

// Commit gives SHA-256(salt || body) in lower-case hexadecimal.
func Commit(salt, body []byte) string {
	h := sha256.New()
	h.Write(salt)
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// Leaf gives the leaf hash of an encoded header.
func Leaf(header []byte) Hash { return tlog.RecordHash(header) }

// Canonical encodes a value as RFC 8785 canonical JSON. Numbers must be
// integers within 2^53; anything else is an error and belongs in a string.
func Canonical(v any) ([]byte, error) {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	val := jsontext.Value(b)
	if err := checkNumbers(val); err != nil {
		return nil, err
	}
	if err := val.Canonicalize(); err != nil {
		return nil, err
	}
	return val, nil
}

// ParseCanonical reads canonical JSON into v. Duplicate names, invalid UTF-8,
// unknown or wrongly cased members, fractions, and any spelling but the
// canonical one are errors.
func ParseCanonical(b []byte, v any) error {
	if err := CheckCanonical(b); err != nil {
		return err
	}
	return json.Unmarshal(b, v, json.RejectUnknownMembers(true))
}

// CheckCanonical tells whether b is canonical JSON with whole numbers only.
func CheckCanonical(b []byte) error {
	val := jsontext.Value(b).Clone()
	if err := checkNumbers(val); err != nil {
		return err
	}
	if err := val.Canonicalize(); err != nil {
		return err
	}
	if !bytes.Equal(val, b) {
		return fmt.Errorf("not canonical JSON (RFC 8785)")
	}
	return nil
}

// checkNumbers looks at every number outside strings. It needs no grammar:
// whoever calls it also has the bytes parsed.
func checkNumbers(b []byte) error {
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			i = endOfString(b, i)
		case c == '-' || (c >= '0' && c <= '9'):
			start := i
			for i+1 < len(b) && inNumber(b[i+1]) {
				i++
			}
			if err := checkInteger(string(b[start : i+1])); err != nil {
				return err
			}
		}
	}
	return nil
}

// endOfString gives the index of the quote that closes the string at i.
func endOfString(b []byte, i int) int {
	for i++; i < len(b) && b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i
}

func inNumber(c byte) bool {
	return (c >= '0' && c <= '9') || c == '.' || c == '+' || c == '-' || c == 'e' || c == 'E'
}

func checkInteger(s string) error {
	digits := strings.TrimPrefix(s, "-")
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return fmt.Errorf("number %s is not an integer; write it as a string", s)
		}
	}
	if s == "-0" || len(digits) > 16 || (len(digits) == 16 && digits > "9007199254740991") {
		return fmt.Errorf("integer %s is outside 2^53; write it as a string", s)
	}
	return nil
}

// ParseHex reads size bytes of lower-case hexadecimal.
func ParseHex(s string, size int) ([]byte, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != size || hex.EncodeToString(b) != s {
		return nil, fmt.Errorf("%q is not %d bytes of lower-case hexadecimal", s, size)
	}
	return b, nil
}

// ParseBase64 reads standard padded base64 in its one spelling: no line
// breaks, no stray trailing bits.
func ParseBase64(s string) ([]byte, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || base64.StdEncoding.EncodeToString(b) != s {
		return nil, fmt.Errorf("%.40q is not base64 in its one spelling", s)
	}
	return b, nil
}

// ParseHash reads a tree hash from base64.
func ParseHash(s string) (Hash, error) {
	b, err := ParseBase64(s)
	if err != nil {
		return Hash{}, err
	}
	if len(b) != sha256.Size {
		return Hash{}, fmt.Errorf("a tree hash has %d bytes, not %d", sha256.Size, len(b))
	}
	return Hash(b), nil
}
