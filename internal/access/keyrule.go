// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package access

import (
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// KeyRule is what the policy asks of the keys that a role signs with. What is
// not set is not asked; all that is set must hold.
type KeyRule struct {
	Role string
	// Kinds are the allowed kinds; none means any.
	Kinds []Algorithm
	// Hardware asks for a key that its authenticator does not copy: a passkey
	// that is not backup-eligible, or an SSH key of the sk- types. Of a passkey
	// without attestation it is only what the browser says.
	Hardware bool
	// Attested asks for a passkey whose registration a maker's certificate signed.
	Attested bool
	// AAGUIDs are the allowed makes of authenticators; none means any.
	AAGUIDs []string
	// Roots are certificates (DER) of which one must have signed the maker's;
	// without them any certificate will do, also one that somebody made at home.
	Roots [][]byte
}

// Check tells whether the role may sign with the key: nil, or a fault of kind
// Forbidden that names what the policy asks.
func (r KeyRule) Check(key Key) error {
	if len(r.Kinds) > 0 && !slices.Contains(r.Kinds, key.Algorithm) {
		return r.refuse(key, "keys.kinds", "it is of the kind %s, and the role signs with: %s", key.Algorithm, joined(r.Kinds))
	}
	if r.Hardware && !heldByHardware(key) {
		return r.refuse(key, "keys.hardware", "it is not known to stay in one piece of hardware")
	}
	if !r.Attested && len(r.AAGUIDs) == 0 && len(r.Roots) == 0 {
		return nil
	}
	p, err := key.Passkey()
	if err != nil {
		return r.refuse(key, "keys.attested", "only a passkey can show its maker's certificate")
	}
	return r.checkMaker(key, p)
}

func (r KeyRule) checkMaker(key Key, p proof.Passkey) error {
	a, err := p.Attestation()
	if err != nil || a.Kind != proof.Certified {
		return r.refuse(key, "keys.attested", "no certificate of its maker came with its registration")
	}
	if len(r.AAGUIDs) > 0 && !slices.Contains(r.AAGUIDs, p.Make()) {
		return r.refuse(key, "keys.aaguids", "its make %s is not among the allowed ones", p.Make())
	}
	if len(r.Roots) > 0 && !a.Under(r.Roots) {
		return r.refuse(key, "keys.roots", "its maker's certificate leads to none of the named roots")
	}
	return nil
}

func (r KeyRule) refuse(key Key, rule, format string, args ...any) error {
	why := fault.Forbiddenf(format, args...)
	return fault.Forbiddenf("the policy (%s) does not let the role %q sign with the key %s: %w", rule, r.Role, key.ID, why).
		Hinted("sign with a key that the policy allows for %q, or register one: holdpoint policy show", r.Role)
}

func joined(kinds []Algorithm) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, ", ")
}

func heldByHardware(key Key) bool {
	switch key.Algorithm {
	case Passkey:
		p, err := key.Passkey()
		return err == nil && !p.BackupEligible
	case SSH:
		pub, _, _, _, err := ssh.ParseAuthorizedKey([]byte(key.Public))
		return err == nil && (pub.Type() == ssh.KeyAlgoSKED25519 || pub.Type() == ssh.KeyAlgoSKECDSA256)
	}
	return false
}
