// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package access

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"encoding/pem"
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// Namespace is the sshsig namespace of every signature: ssh-keygen -Y sign
// -n holdpoint. A signature made for another purpose is refused by it.
const Namespace = "holdpoint"

// Algorithm tells how a key is written and how its signatures are.
type Algorithm string

const (
	// Ed25519 keys are "ed25519:" and the base64 of 32 bytes; a signature is
	// the base64 of 64 bytes over the message itself (RFC 8032).
	Ed25519 Algorithm = "ed25519"
	// SSH keys are a line of authorized_keys; a signature is an armored SSH
	// SIGNATURE (OpenSSH PROTOCOL.sshsig) in the namespace "holdpoint".
	SSH Algorithm = "ssh"
	// Passkey keys are "webauthn:" and the base64url of their registration; a
	// signature is "webauthn:" and the base64url of an assertion, whose challenge
	// is that of the message ([proof.Passkey.Text], [proof.Assertion.Text],
	// [proof.PasskeyChallenge]).
	Passkey Algorithm = "passkey"
)

// ed25519Prefix begins the text of an ed25519 key.
const ed25519Prefix = "ed25519:"

// Limits in bytes and bits. The largest allowed RSA key has a line of some
// 2,800 bytes and a signature of some 5,700; a passkey brings its registration,
// certificates included.
const (
	maxKeyText   = 8 << 10
	maxPasskey   = 24 << 10
	maxSignature = 16 << 10
	minRSABits   = 2048
)

// Key is a public key and its owner.
type Key struct {
	// ID is the OpenSSH fingerprint "SHA256:..." of the public key alone. A key has
	// the same one in every spelling, and a passkey with every registration of it,
	// so that it cannot be registered twice.
	ID string
	// Person owns the key; empty as long as nobody registered it.
	Person    string
	Algorithm Algorithm
	// Public is the one spelling of the key, without options and comment.
	Public string
	// Seq is the entry that registered the key, RevokedSeq the one that
	// revoked it or 0.
	Seq        int64
	RevokedSeq int64
}

// Revoked tells whether the key was revoked.
func (k Key) Revoked() bool { return k.RevokedSeq != 0 }

// ParseKey reads a public key: "ed25519:" with the base64 of its 32 bytes, or a
// line of authorized_keys without options (ssh-ed25519, ecdsa-sha2-nistp*, RSA
// of at least 2048 bits, and the sk- forms of hardware keys), or a passkey as
// [proof.Passkey.Text] writes it. The comment is dropped. Certificates, DSA and
// weak keys are refused.
func ParseKey(text string) (Key, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, proof.PasskeyPrefix) {
		return parsePasskey(text)
	}
	if len(text) > maxKeyText {
		return Key{}, fault.Invalidf("a public key of %d bytes is over the limit of %d", len(text), maxKeyText)
	}
	if strings.Contains(text, "PRIVATE KEY") {
		return Key{}, fault.Invalidf("this is a private key").Hinted("give the public key; keep the private one to yourself")
	}
	if encoded, ok := strings.CutPrefix(text, ed25519Prefix); ok {
		return parseEd25519(encoded)
	}
	return parseSSH(text)
}

// Ed25519Text writes an ed25519 public key as [ParseKey] reads it.
func Ed25519Text(public ed25519.PublicKey) string {
	return ed25519Prefix + base64.StdEncoding.EncodeToString(public)
}

// Ed25519Signature writes an ed25519 signature as [VerifySignature] reads it.
func Ed25519Signature(signature []byte) []byte {
	return []byte(base64.StdEncoding.EncodeToString(signature))
}

func parseEd25519(encoded string) (Key, error) {
	raw, err := proof.ParseBase64(encoded)
	if err != nil {
		return Key{}, fault.Invalidf("ed25519 key: %w", err).Hinted("write ed25519: and the standard base64 of the 32 bytes")
	}
	if len(raw) != ed25519.PublicKeySize {
		return Key{}, fault.Invalidf("an ed25519 key has %d bytes, not %d", ed25519.PublicKeySize, len(raw))
	}
	if proof.WeakEd25519(raw) {
		return Key{}, weakKey()
	}
	pub, err := ssh.NewPublicKey(ed25519.PublicKey(raw))
	if err != nil {
		return Key{}, fault.Invalidf("ed25519 key: %w", err)
	}
	return Key{ID: ssh.FingerprintSHA256(pub), Algorithm: Ed25519, Public: Ed25519Text(raw)}, nil
}

func parseSSH(line string) (Key, error) {
	if strings.ContainsAny(line, "\n\r") {
		return Key{}, fault.Invalidf("a public key is one line").Hinted("register one key at a time")
	}
	pub, _, options, _, err := ssh.ParseAuthorizedKey([]byte(line))
	if err != nil {
		return Key{}, fault.Invalidf("%.40q is not a public key", line).
			Hinted("give a line such as ssh-ed25519 AAAA... (the .pub file) or ed25519: and the base64 of the 32 bytes")
	}
	if len(options) > 0 {
		return Key{}, fault.Invalidf("the key has options (%.40q), which mean nothing here", strings.Join(options, ",")).
			Hinted("begin the line with the type of the key")
	}
	if err := strongSSH(pub); err != nil {
		return Key{}, err
	}
	return Key{ID: ssh.FingerprintSHA256(pub), Algorithm: SSH, Public: sshText(pub)}, nil
}

func sshText(pub ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(pub)))
}

func strongSSH(pub ssh.PublicKey) error {
	switch pub.Type() {
	case ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519:
		var wire struct {
			Name  string
			Point []byte
			Rest  []byte `ssh:"rest"`
		}
		if err := ssh.Unmarshal(pub.Marshal(), &wire); err != nil {
			return fault.Invalidf("ssh key: %w", err)
		}
		if proof.WeakEd25519(wire.Point) {
			return weakKey()
		}
		return nil
	case ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoSKECDSA256:
		return nil
	case ssh.KeyAlgoRSA:
		if bits := rsaBits(pub); bits < minRSABits {
			return fault.Invalidf("an RSA key of %d bits is too short", bits).
				Hinted("use at least %d bits, or better ssh-keygen -t ed25519", minRSABits)
		}
		return nil
	}
	return fault.Invalidf("keys of the type %q are not accepted", pub.Type()).
		Hinted("use ssh-keygen -t ed25519, ed25519-sk, ecdsa or rsa")
}

func rsaBits(pub ssh.PublicKey) int {
	holder, ok := pub.(ssh.CryptoPublicKey)
	if !ok {
		return 0
	}
	var key crypto.PublicKey = holder.CryptoPublicKey()
	if r, ok := key.(*rsa.PublicKey); ok {
		return r.N.BitLen()
	}
	return 0
}

func weakKey() error {
	return fault.Invalidf("this ed25519 key is a degenerate one: signatures by it prove nothing").Hinted("make a new key pair")
}

// VerifySignature tells whether a signature over the message was made with the
// key: nil, or a fault of kind Invalid that says what is wrong with it. It does
// not ask whether the key is revoked or whose it is.
func VerifySignature(key Key, message, signature []byte) error {
	if len(signature) > maxSignature {
		return fault.Invalidf("a signature of %d bytes is over the limit of %d", len(signature), maxSignature)
	}
	// A key may come from a copy of a journal that somebody else made, so its
	// parts are held against each other before it vouches for anything.
	same, err := ParseKey(key.Public)
	if err != nil || same.ID != key.ID || same.Algorithm != key.Algorithm || same.Public != key.Public {
		return fault.Corruptf("the public text of the key %s is not that of a usable key with this fingerprint", key.ID)
	}
	switch key.Algorithm {
	case Ed25519:
		return verifyEd25519(key, message, signature)
	case Passkey:
		return verifyPasskey(key, message, signature)
	}
	return verifySSH(key, message, signature)
}

func verifyEd25519(key Key, message, signature []byte) error {
	pub, err := proof.ParseBase64(strings.TrimPrefix(key.Public, ed25519Prefix))
	if err != nil || len(pub) != ed25519.PublicKeySize {
		return fault.Corruptf("the key %s is not an ed25519 key", key.ID)
	}
	sig, err := proof.ParseBase64(string(signature))
	if err != nil || len(sig) != ed25519.SignatureSize {
		return fault.Invalidf("the signature is not the base64 of %d bytes", ed25519.SignatureSize).
			Hinted("the key %s signs with plain ed25519, in standard base64 on one line", key.ID)
	}
	if !ed25519.Verify(pub, message, sig) {
		return notMade(key)
	}
	return nil
}

func verifySSH(key Key, message, signature []byte) error {
	pub, _, _, _, err := ssh.ParseAuthorizedKey([]byte(key.Public))
	if err != nil {
		return fault.Corruptf("the key %s is not an SSH key", key.ID)
	}
	sig, err := unarmor(signature)
	if err != nil {
		return err
	}
	if made := ssh.FingerprintSHA256(sig.PublicKey); made != key.ID {
		return fault.Invalidf("the signature was made with the key %s, not with %s", made, key.ID)
	}
	if sig.Namespace != Namespace {
		return fault.Invalidf("the signature was made for the namespace %.40q, not %q", sig.Namespace, Namespace).
			Hinted("sign with ssh-keygen -Y sign -n %s", Namespace)
	}
	if err := sshsig.Verify(bytes.NewReader(message), sig, pub, sig.HashAlgorithm, Namespace); err != nil {
		return notMade(key)
	}
	return nil
}

func notMade(key Key) error {
	return fault.Invalidf("the signature was not made with the key %s over this statement", key.ID).
		Hinted("print the statement again, sign exactly those bytes, and name the key that signed")
}

const (
	armorBegin = "-----BEGIN SSH SIGNATURE-----\n"
	armorEnd   = "-----END SSH SIGNATURE-----"
)

// unarmor reads one armored signature and nothing beside it. Lines may have any
// length, since OpenSSH and Go break them differently, but the bytes inside
// must be the ones that their meaning encodes to.
func unarmor(armored []byte) (*sshsig.Signature, error) {
	bad := fault.Invalidf("the signature is not an armored SSH signature").
		Hinted("give the .sig file that ssh-keygen -Y sign -n %s wrote", Namespace)
	text := strings.TrimSuffix(string(armored), "\n")
	if !strings.HasPrefix(text, armorBegin) || !strings.HasSuffix(text, armorEnd) {
		return nil, bad
	}
	block, rest := pem.Decode(armored)
	if block == nil || block.Type != sshsig.PEMType || len(block.Headers) > 0 || len(rest) > 0 {
		return nil, bad
	}
	sig, err := sshsig.ParseSignature(block.Bytes)
	if err != nil {
		return nil, bad
	}
	if !bytes.Equal(sig.Marshal(), block.Bytes) {
		return nil, fault.Invalidf("the SSH signature has bytes that mean nothing").Hinted("sign again")
	}
	return sig, nil
}
