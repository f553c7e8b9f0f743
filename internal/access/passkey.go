// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package access

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"golang.org/x/crypto/ssh"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// registrationDomain stands before the statement in the challenge of a
// registration, so that a registration is never anything else.
const registrationDomain = "holdpoint/passkey/register/v1\n"

// registration is what a passkey's registration states. Both members are always
// there.
type registration struct {
	Person string `json:"person"`
	Schema string `json:"schema"`
}

// RegistrationChallenge is the challenge by which a passkey is registered to a
// person: SHA-256 over "holdpoint/passkey/register/v1", a line end and canonical
// JSON with the members person and schema ("holdpoint/passkey/v1"). It is the same
// each time: a key is registered once for ever, so an answer that is sent again
// registers nothing, and an answer made for one person is none for another.
func RegistrationChallenge(person string) []byte {
	b, err := proof.Canonical(registration{Person: person, Schema: "holdpoint/passkey/v1"})
	if err != nil {
		return nil // a person's id is plain text; nothing answers an empty challenge
	}
	sum := sha256.Sum256(append([]byte(registrationDomain), b...))
	return sum[:]
}

// Passkey reads the passkey of a key of that algorithm.
func (k Key) Passkey() (proof.Passkey, error) {
	if k.Algorithm != Passkey {
		return proof.Passkey{}, fault.Invalidf("the key %s is not a passkey", k.ID)
	}
	return proof.ParsePasskey(k.Public)
}

func parsePasskey(text string) (Key, error) {
	if len(text) > maxPasskey {
		return Key{}, fault.Invalidf("a passkey of %d bytes is over the limit of %d", len(text), maxPasskey)
	}
	p, err := proof.ParsePasskey(text)
	if err != nil {
		return Key{}, fault.Invalidf("%w", err).Hinted("register the passkey again, in the browser, with its PIN, finger or face")
	}
	pub, err := ssh.NewPublicKey(p.Public)
	if err != nil {
		return Key{}, fault.Invalidf("passkey: %w", err)
	}
	return Key{ID: ssh.FingerprintSHA256(pub), Algorithm: Passkey, Public: text}, nil
}

// checkRegistration asks of a passkey that its registration was made for this
// person, that what it says about its maker is not false, and that nobody has
// its credential id.
func (s State) checkRegistration(key Key, person string) error {
	p, err := key.Passkey()
	if err != nil {
		return err
	}
	if challenge := RegistrationChallenge(person); challenge == nil || !bytes.Equal(p.Challenge, challenge) {
		return fault.Forbiddenf("this passkey was not registered for %q", person).
			Hinted("the person must register it themselves, as themselves")
	}
	if _, err := p.Attestation(); err != nil {
		return fault.Invalidf("%w", err).Hinted("register it again, or use another security key")
	}
	for have := range s.keys.Values() {
		other, err := have.Passkey()
		if err == nil && bytes.Equal(other.Credential, p.Credential) {
			return takenKey(have, person)
		}
	}
	return nil
}

// KeyOfCredential gives the passkey of a person with a credential id.
func (s State) KeyOfCredential(person string, credential []byte) (Key, bool) {
	for _, k := range s.Keys(person) {
		if p, err := k.Passkey(); err == nil && bytes.Equal(p.Credential, credential) {
			return k, true
		}
	}
	return Key{}, false
}

// Passkeys lists the passkeys of a person that are not revoked and are bound to
// the relying party.
func (s State) Passkeys(person, rp string) []proof.Passkey {
	var all []proof.Passkey
	for _, k := range s.ActiveKeys(person) {
		if p, err := k.Passkey(); err == nil && p.RP == rp {
			all = append(all, p)
		}
	}
	return slices.Clip(all)
}

func verifyPasskey(key Key, message, signature []byte) error {
	p, err := key.Passkey()
	if err != nil {
		return fault.Corruptf("the key %s is not a passkey: %w", key.ID, err)
	}
	a, err := proof.ParseAssertion(string(signature))
	if err != nil {
		return fault.Invalidf("%w", err).
			Hinted("the key %s is a passkey: give what the browser answered", key.ID)
	}
	if err := proof.VerifyAssertion(p, message, a); err != nil {
		return fault.Invalidf("the signature was not made with the key %s over this statement: %w", key.ID, err).
			Hinted("open the decision again and sign what it shows now, with this passkey")
	}
	return nil
}
