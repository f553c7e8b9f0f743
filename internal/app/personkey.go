// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"io"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// personKeyPrefix begins the file of a person's key; what follows is the base64
// of the 32 bytes of the ed25519 seed.
const personKeyPrefix = "holdpoint-person-key:ed25519:"

// PersonKey is a private key that a person signs with. It stays with the person;
// a workspace knows the public key only.
type PersonKey struct{ private ed25519.PrivateKey }

// NewPersonKey makes a key from a seed of 32 bytes; nil takes randomness. Only a
// made-up history may fix it.
func NewPersonKey(seed []byte) (PersonKey, error) {
	if seed == nil {
		seed = make([]byte, ed25519.SeedSize)
		rand.Read(seed)
	}
	if len(seed) != ed25519.SeedSize {
		return PersonKey{}, fault.Invalidf("a key needs a seed of %d bytes, not %d", ed25519.SeedSize, len(seed))
	}
	return PersonKey{ed25519.NewKeyFromSeed(seed)}, nil
}

// ParsePersonKey reads what [PersonKey.Text] writes.
func ParsePersonKey(text string) (PersonKey, error) {
	body, ok := strings.CutPrefix(strings.TrimSpace(text), personKeyPrefix)
	if !ok {
		return PersonKey{}, fault.Invalidf("this is not the private key of a person").
			Hinted("make one with: holdpoint key new PERSON -o FILE; with an SSH key, sign with ssh-keygen -Y sign -n holdpoint")
	}
	seed, err := base64.StdEncoding.Strict().DecodeString(body)
	if err != nil {
		return PersonKey{}, fault.Invalidf("the key is damaged: %w", err)
	}
	return NewPersonKey(seed)
}

// ReadPersonKey reads the file of a person's key.
func ReadPersonKey(path string) (PersonKey, error) {
	f, _, err := openRegular(path)
	if err != nil {
		return PersonKey{}, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return PersonKey{}, unreadable(path, err)
	}
	k, err := ParsePersonKey(string(b))
	if f, ok := err.(*fault.Error); ok {
		return k, f.At("%s", path)
	}
	return k, err
}

// Write puts the key into a new file that only its owner may read. A file that
// is there is never replaced: it may be the only copy of a key.
func (k PersonKey) Write(path string) error { return writeNew(path, k.Text()+"\n", 0o600) }

// Text is the content of the key's file, without the end of the line.
func (k PersonKey) Text() string {
	return personKeyPrefix + base64.StdEncoding.EncodeToString(k.private.Seed())
}

// Public is the public key as [access.ParseKey] reads it.
func (k PersonKey) Public() string {
	return access.Ed25519Text(k.private.Public().(ed25519.PublicKey))
}

// Sign signs a message as [access.VerifySignature] checks it.
func (k PersonKey) Sign(message []byte) []byte {
	return access.Ed25519Signature(ed25519.Sign(k.private, message))
}

// ReadPublicKey takes a public key as a person gives it: the key itself, or a
// file that holds it.
func ReadPublicKey(text string) (string, error) {
	if _, err := access.ParseKey(text); err == nil {
		return text, nil
	}
	f, _, err := openRegular(text)
	if fault.KindOf(err) == fault.NotFound {
		return "", fault.Invalidf("%q is neither a public key nor a file", text).
			Hinted("give ed25519:BASE64, a line such as ssh-ed25519 AAAA..., or the name of a .pub file")
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err != nil {
		return "", unreadable(text, err)
	}
	return strings.TrimSpace(string(b)), nil
}
