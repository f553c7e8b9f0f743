// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"

	"github.com/go-json-experiment/json"
)

// clientData is what the browser says about where and for what the user was
// asked (WebAuthn Level 3, section 5.8.1).
type clientData struct {
	Type        string  `json:"type"`
	Challenge   string  `json:"challenge"`
	Origin      string  `json:"origin"`
	CrossOrigin bool    `json:"crossOrigin"`
	TopOrigin   *string `json:"topOrigin"`

	challenge []byte
}

// readClientData reads clientDataJSON. Browsers may add members; those that are
// known must be of their type and stand once.
func readClientData(b []byte, want string, origins []string) (clientData, error) {
	var c clientData
	if len(b) > maxClientData {
		return c, fmt.Errorf("passkey: client data of %d bytes is over the limit of %d", len(b), maxClientData)
	}
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("passkey: client data: %w", err)
	}
	if c.Type != want {
		return c, fmt.Errorf("passkey: the client data are of the type %.40q, not %q", c.Type, want)
	}
	if !slices.Contains(origins, c.Origin) {
		return c, fmt.Errorf("passkey: the browser was on %.80q, and the key may be used on %v only", c.Origin, origins)
	}
	if c.CrossOrigin || c.TopOrigin != nil {
		return c, fmt.Errorf("passkey: the page stood inside a page of another origin")
	}
	var err error
	if c.challenge, err = ParseBase64URL(c.Challenge); err != nil {
		return c, fmt.Errorf("passkey: challenge: %w", err)
	}
	return c, nil
}

// Flags of authenticator data (WebAuthn Level 3, section 6.1).
const (
	flagPresent  = 0x01
	flagVerified = 0x04
	flagEligible = 0x08
	flagBackedUp = 0x10
	flagAttested = 0x40
	flagExtended = 0x80
)

// authData is the part that the authenticator signs.
type authData struct {
	rpHash     []byte
	flags      byte
	counter    uint32
	aaguid     [16]byte
	credential []byte // nil in an assertion
	key        cborMap
}

func readAuthData(b []byte) (authData, error) {
	if len(b) < 37 {
		return authData{}, fmt.Errorf("passkey: authenticator data of %d bytes are too short", len(b))
	}
	a := authData{rpHash: b[:32], flags: b[32], counter: binary.BigEndian.Uint32(b[33:37])}
	b = b[37:]
	var err error
	if a.flags&flagAttested != 0 {
		if b, err = a.readCredential(b); err != nil {
			return authData{}, err
		}
	}
	if a.flags&flagExtended != 0 {
		v, rest, err := readCBOR(b)
		if _, ok := v.(cborMap); err != nil || !ok {
			return authData{}, fmt.Errorf("passkey: the extensions are not a map")
		}
		b = rest
	}
	if len(b) > 0 {
		return authData{}, fmt.Errorf("passkey: %d bytes after the authenticator data", len(b))
	}
	return a, nil
}

func (a *authData) readCredential(b []byte) ([]byte, error) {
	if len(b) < 18 {
		return nil, fmt.Errorf("passkey: the credential ends too early")
	}
	a.aaguid = [16]byte(b[:16])
	n := int(binary.BigEndian.Uint16(b[16:18]))
	if b = b[18:]; n == 0 || n > maxCredential || n > len(b) {
		return nil, fmt.Errorf("passkey: a credential id of %d bytes", n)
	}
	a.credential = b[:n:n]
	v, rest, err := readCBOR(b[n:])
	if err != nil {
		return nil, fmt.Errorf("passkey: public key: %w", err)
	}
	var ok bool
	if a.key, ok = v.(cborMap); !ok {
		return nil, fmt.Errorf("passkey: the public key is not a COSE key")
	}
	return rest, nil
}

func (a authData) backupEligible() bool { return a.flags&flagEligible != 0 }
func (a authData) backedUp() bool       { return a.flags&flagBackedUp != 0 }

// check holds the data against the relying party and asks that the user was
// there and was verified, by PIN or by a feature of the body.
func (a authData) check(rp string) error {
	switch {
	case !bytes.Equal(a.rpHash, hash([]byte(rp))):
		return fmt.Errorf("passkey: the authenticator was not asked by %s", rp)
	case a.flags&flagPresent == 0:
		return fmt.Errorf("passkey: the authenticator does not say that the user was present")
	case a.flags&flagVerified == 0:
		return fmt.Errorf("passkey: the authenticator did not verify the user (by PIN, finger or face)")
	case a.backedUp() && !a.backupEligible():
		return fmt.Errorf("passkey: the authenticator says that a key was copied that cannot be")
	}
	return nil
}

// COSE algorithms (IANA registry "COSE Algorithms").
const (
	coseES256 = -7
	coseEdDSA = -8
	coseRS256 = -257
)

// RSA keys between these sizes in bits are accepted.
const (
	minRSABits = 2048
	maxRSABits = 8192
)

// readCOSE reads a COSE public key (RFC 9052 section 7, RFC 9053).
func readCOSE(m cborMap) (int64, crypto.PublicKey, error) {
	alg, ok := m[int64(3)].(int64)
	if !ok {
		return 0, nil, fmt.Errorf("passkey: the public key names no algorithm")
	}
	kty, _ := m[int64(1)].(int64)
	var key crypto.PublicKey
	var err error
	switch {
	case alg == coseES256 && kty == 2:
		key, err = coseP256(m)
	case alg == coseEdDSA && kty == 1:
		key, err = coseEd25519(m)
	case alg == coseRS256 && kty == 3:
		key, err = coseRSA(m)
	default:
		return 0, nil, fmt.Errorf("passkey: the algorithm %d with a key of the type %d is not accepted; ES256 (-7), EdDSA (-8) and RS256 (-257) are", alg, kty)
	}
	return alg, key, err
}

func coseP256(m cborMap) (crypto.PublicKey, error) {
	crv, _ := m[int64(-1)].(int64)
	x, okx := m[int64(-2)].([]byte)
	y, oky := m[int64(-3)].([]byte)
	if crv != 1 || !okx || !oky || len(x) != 32 || len(y) != 32 || len(m) != 5 {
		return nil, fmt.Errorf("passkey: the public key is not a point on P-256")
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, x, y))
	if err != nil {
		return nil, fmt.Errorf("passkey: the public key is not a point on P-256")
	}
	return key, nil
}

func coseEd25519(m cborMap) (crypto.PublicKey, error) {
	crv, _ := m[int64(-1)].(int64)
	x, ok := m[int64(-2)].([]byte)
	if crv != 6 || !ok || len(x) != ed25519.PublicKeySize || len(m) != 4 {
		return nil, fmt.Errorf("passkey: the public key is not an Ed25519 key")
	}
	if WeakEd25519(x) {
		return nil, fmt.Errorf("passkey: the public key is a degenerate one: signatures by it prove nothing")
	}
	return ed25519.PublicKey(x), nil
}

func coseRSA(m cborMap) (crypto.PublicKey, error) {
	n, okn := m[int64(-1)].([]byte)
	e, oke := m[int64(-2)].([]byte)
	if !okn || !oke || len(m) != 4 || !bytes.Equal(e, []byte{1, 0, 1}) || len(n) == 0 || n[0] == 0 {
		return nil, fmt.Errorf("passkey: the public key is not an RSA key with the exponent 65537")
	}
	key := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537}
	if bits := key.N.BitLen(); bits < minRSABits || bits > maxRSABits || key.N.Bit(0) == 0 {
		return nil, fmt.Errorf("passkey: an RSA key of %d bits, not %d to %d", bits, minRSABits, maxRSABits)
	}
	return key, nil
}

// verifySigned tells whether the signature over the message was made with the
// key, by its algorithm.
func verifySigned(key crypto.PublicKey, message, signature []byte) bool {
	digest := hash(message)
	switch k := key.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(k, digest, signature)
	case ed25519.PublicKey:
		return ed25519.Verify(k, message, signature)
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(k, crypto.SHA256, digest, signature) == nil
	}
	return false
}
