// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
)

// PasskeyDomain stands before a message in the hash that a passkey signs, so
// that what was signed for another purpose is never a signature here.
const PasskeyDomain = "holdpoint/passkey/sign/v1\n"

// PasskeyChallenge is the challenge by which a passkey signs a message: SHA-256
// over [PasskeyDomain] and the message. In the browser it is the value of
// publicKey.challenge in navigator.credentials.get.
func PasskeyChallenge(message []byte) []byte {
	return hash(slices.Concat([]byte(PasskeyDomain), message))
}

// Assertion is a signature by a passkey as the browser gives it: the bytes of
// PublicKeyCredential.rawId and of the three members of its response.
type Assertion struct {
	Credential        []byte
	ClientData        []byte
	AuthenticatorData []byte
	Signature         []byte
}

// assertionText is the JSON behind [Assertion.Text].
type assertionText struct {
	AuthenticatorData string `json:"authenticator_data"`
	Client            string `json:"client"`
	Credential        string `json:"credential"`
	Signature         string `json:"signature"`
}

// Text is the one spelling of the assertion: [PasskeyPrefix] and the base64url,
// without padding, of canonical JSON with the members authenticator_data, client
// (the clientDataJSON), credential and signature, each base64url.
func (a Assertion) Text() string {
	enc := base64.RawURLEncoding.EncodeToString
	return webauthnText(assertionText{enc(a.AuthenticatorData), enc(a.ClientData), enc(a.Credential), enc(a.Signature)})
}

// ParseAssertion reads what [Assertion.Text] writes and nothing else.
func ParseAssertion(text string) (Assertion, error) {
	var t assertionText
	if err := parseWebauthnText(text, &t); err != nil {
		return Assertion{}, fmt.Errorf("signature by a passkey: %w", err)
	}
	var a Assertion
	for _, part := range []struct {
		to   *[]byte
		from string
	}{{&a.AuthenticatorData, t.AuthenticatorData}, {&a.ClientData, t.Client}, {&a.Credential, t.Credential}, {&a.Signature, t.Signature}} {
		var err error
		if *part.to, err = ParseBase64URL(part.from); err != nil {
			return Assertion{}, fmt.Errorf("signature by a passkey: %w", err)
		}
	}
	return a, nil
}

// Counter is the signature counter that the authenticator states; 0 where it
// keeps none. It is a record and no defence: synced passkeys have none, and
// nothing here compares two of them.
func (a Assertion) Counter() uint32 {
	d, err := readAuthData(a.AuthenticatorData)
	if err != nil {
		return 0
	}
	return d.counter
}

// VerifyAssertion tells whether the passkey signed exactly this message, on one
// of its origins, with the user present and verified (WebAuthn Level 3, section
// 7.2): nil, or what is wrong. It needs nothing but its arguments. That the key
// is whose it is said to be, that it was not revoked, and that the user read the
// message are not in a signature.
func VerifyAssertion(key Passkey, message []byte, a Assertion) error {
	if !bytes.Equal(a.Credential, key.Credential) {
		return fmt.Errorf("passkey: the signature is by another credential")
	}
	c, err := readClientData(a.ClientData, "webauthn.get", key.Origins)
	if err != nil {
		return err
	}
	if !bytes.Equal(c.challenge, PasskeyChallenge(message)) {
		return fmt.Errorf("passkey: the signature is over another statement")
	}
	d, err := readAuthData(a.AuthenticatorData)
	if err != nil {
		return err
	}
	if err := d.check(key.RP); err != nil {
		return err
	}
	if d.credential != nil {
		return fmt.Errorf("passkey: a registration is not a signature")
	}
	if d.backupEligible() != key.BackupEligible {
		return fmt.Errorf("passkey: whether the key can be copied to other devices is said otherwise than at its registration")
	}
	if !verifySigned(key.Public, slices.Concat(a.AuthenticatorData, hash(a.ClientData)), a.Signature) {
		return fmt.Errorf("passkey: the signature does not hold under this key")
	}
	return nil
}
