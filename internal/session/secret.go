// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package session

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
)

// secretBytes is 256 bits: no search finds such a secret, so that a fast hash of
// it is as good as a slow one.
const secretBytes = 32

func newSecret() []byte {
	secret := make([]byte, secretBytes)
	rand.Read(secret)
	return secret
}

// newID names a session or token to people; it opens nothing.
func newID(noun string) string {
	id := make([]byte, 8)
	rand.Read(id)
	return noun + "-" + hex.EncodeToString(id)
}

func hashOf(secret []byte) []byte {
	sum := sha256.Sum256(secret)
	return sum[:]
}

// written gives a secret as text, and read takes it back; nil for what is none.
func written(secret []byte) string { return base64.RawURLEncoding.EncodeToString(secret) }

func read(text string) []byte {
	secret, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(secret) != secretBytes {
		return nil
	}
	return secret
}

// tokenPrefix lets scanners of source code find a token that leaked.
const tokenPrefix = "hp_"

// checksum tells a mistyped token from an unknown one, without a look-up.
func checksum(secret []byte) []byte {
	sum := sha256.Sum256(append([]byte("holdpoint token checksum\n"), secret...))
	return sum[:4]
}

// tokenText is "hp_" and 48 characters of base64url: the secret and its checksum.
func tokenText(secret []byte) string {
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(append(append([]byte{}, secret...), checksum(secret)...))
}

// tokenSecret reads the text of a token; nil for what is none.
func tokenSecret(text string) []byte {
	if len(text) < len(tokenPrefix) || text[:len(tokenPrefix)] != tokenPrefix {
		return nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text[len(tokenPrefix):])
	if err != nil || len(b) != secretBytes+4 {
		return nil
	}
	secret, sum := b[:secretBytes], b[secretBytes:]
	if subtle.ConstantTimeCompare(sum, checksum(secret)) != 1 {
		return nil
	}
	return secret
}
