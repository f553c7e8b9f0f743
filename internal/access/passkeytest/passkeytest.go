// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package passkeytest is a security key made of software, for tests: it
// registers, signs, and can be told to do either wrongly. Its keys follow from a
// name, so what it registers is the same every time; it keeps no secret and is no
// authenticator.
package passkeytest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math/big"
	"time"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/proof"
)

// RP and Origin are where a key of [New] is registered.
const (
	RP     = "holdpoint.example"
	Origin = "https://holdpoint.example"
)

// Flags of authenticator data.
const (
	Present  = 0x01
	Verified = 0x04
	Eligible = 0x08
	Copied   = 0x10
	attested = 0x40
)

// Key is one credential. Its members may be changed before use.
type Key struct {
	RP, Origin string
	AAGUID     [16]byte
	Flags      byte
	Counter    uint32
	Cross      bool
	// Format is none, self or certified.
	Format string
	// Ed25519 makes it an EdDSA key; ES256 otherwise.
	Ed25519 bool
	// Credential is the id of the credential.
	Credential []byte

	seed [32]byte
}

// New makes a key on P-256 that stays in its hardware and verifies its user.
func New(name string) *Key {
	seed := sha256.Sum256([]byte("passkey " + name))
	id := sha256.Sum256(append([]byte("id "), seed[:]...))
	return &Key{RP: RP, Origin: Origin, Flags: Present | Verified, Format: "none", Credential: id[:], seed: seed}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func ecKey(seed []byte) *ecdsa.PrivateKey {
	sum := sha256.Sum256(seed)
	sum[0] &= 0x7f // below the order of the group
	return must(ecdsa.ParseRawPrivateKey(elliptic.P256(), sum[:]))
}

func (k *Key) signer() crypto.Signer {
	if k.Ed25519 {
		return ed25519.NewKeyFromSeed(k.seed[:])
	}
	return ecKey(k.seed[:])
}

func sign(s crypto.Signer, message []byte) []byte {
	if _, ok := s.(ed25519.PrivateKey); ok {
		return must(s.Sign(rand.Reader, message, crypto.Hash(0)))
	}
	digest := sha256.Sum256(message)
	return must(s.Sign(rand.Reader, digest[:], crypto.SHA256))
}

func (k *Key) cose() []byte {
	switch pub := k.signer().Public().(type) {
	case ed25519.PublicKey:
		return join([]byte{0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21}, bytesItem(pub))
	case *ecdsa.PublicKey:
		point := must(pub.Bytes())
		return join([]byte{0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21}, bytesItem(point[1:33]), []byte{0x22}, bytesItem(point[33:]))
	}
	panic("passkeytest: no such key")
}

func (k *Key) clientData(kind string, challenge []byte) []byte {
	return must(json.Marshal(map[string]any{
		"type": kind, "challenge": enc(challenge), "origin": k.Origin, "crossOrigin": k.Cross, "added_later": "yes",
	}))
}

func (k *Key) authData(flags byte) []byte {
	rp := sha256.Sum256([]byte(k.RP))
	return binary.BigEndian.AppendUint32(append(rp[:], flags), k.Counter)
}

// Register answers navigator.credentials.create.
func (k *Key) Register(challenge []byte) (attestationObject, clientData []byte) {
	clientData = k.clientData("webauthn.create", challenge)
	data := join(k.authData(k.Flags|attested), k.AAGUID[:], binary.BigEndian.AppendUint16(nil, uint16(len(k.Credential))), k.Credential, k.cose())
	digest := sha256.Sum256(clientData)
	signed := join(data, digest[:])
	format, statement := "packed", []byte{0xa0}
	alg := byte(0x26)
	if k.Ed25519 {
		alg = 0x27
	}
	switch k.Format {
	case "none":
		format = "none"
	case "self":
		statement = join([]byte{0xa2}, text("alg"), []byte{alg}, text("sig"), bytesItem(sign(k.signer(), signed)))
	case "certified":
		statement = join([]byte{0xa3}, text("alg"), []byte{0x26}, text("sig"), bytesItem(sign(ecKey([]byte("maker")), signed)),
			text("x5c"), []byte{0x81}, bytesItem(k.certificate()))
	}
	return join([]byte{0xa3}, text("fmt"), text(format), text("attStmt"), statement, text("authData"), bytesItem(data)), clientData
}

// RegisterJSON answers as a browser's toJSON does.
func (k *Key) RegisterJSON(challenge []byte) []byte {
	object, client := k.Register(challenge)
	return must(json.Marshal(map[string]any{
		"id": enc(k.Credential), "rawId": enc(k.Credential), "type": "public-key", "authenticatorAttachment": "cross-platform",
		"clientExtensionResults": map[string]any{}, "response": map[string]any{
			"clientDataJSON": enc(client), "attestationObject": enc(object), "transports": []string{"usb"}, "publicKeyAlgorithm": -7,
		},
	}))
}

// Public is the key as it is registered to a person.
func (k *Key) Public(person string) string {
	object, client := k.Register(access.RegistrationChallenge(person))
	return must(proof.NewPasskey(k.RP, []string{k.Origin}, object, client)).Text()
}

// Assert answers navigator.credentials.get with a challenge.
func (k *Key) Assert(challenge []byte) proof.Assertion {
	k.Counter++
	a := proof.Assertion{Credential: k.Credential, ClientData: k.clientData("webauthn.get", challenge), AuthenticatorData: k.authData(k.Flags)}
	digest := sha256.Sum256(a.ClientData)
	a.Signature = sign(k.signer(), join(a.AuthenticatorData, digest[:]))
	return a
}

// Sign signs a message as the keys of people do.
func (k *Key) Sign(message []byte) []byte {
	return []byte(k.Assert(proof.PasskeyChallenge(message)).Text())
}

// AssertJSON answers as a browser's toJSON does.
func (k *Key) AssertJSON(challenge []byte) []byte {
	a := k.Assert(challenge)
	return must(json.Marshal(map[string]any{
		"id": enc(k.Credential), "rawId": enc(k.Credential), "type": "public-key", "clientExtensionResults": map[string]any{},
		"response": map[string]any{
			"clientDataJSON": enc(a.ClientData), "authenticatorData": enc(a.AuthenticatorData), "signature": enc(a.Signature), "userHandle": nil,
		},
	}))
}

// Root is the certificate (DER) of the maker of certified keys.
func Root() []byte { return must(x509.ParseCertificate(rootDER())).Raw }

func rootDER() []byte {
	root := rootTemplate()
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	return must(x509.CreateCertificate(rand.Reader, root, root, key.Public(), key))
}

func rootTemplate() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Made-up maker root"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1, 0), KeyUsage: x509.KeyUsageCertSign,
	}
}

func (k *Key) certificate() []byte {
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1, 0), BasicConstraintsValid: true,
		Subject: pkix.Name{Country: []string{"AA"}, Organization: []string{"Made-up maker"}, OrganizationalUnit: []string{"Authenticator Attestation"}, CommonName: "Batch 1"},
		ExtraExtensions: []pkix.Extension{{
			Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 45724, 1, 1, 4}, Value: must(asn1.Marshal(k.AAGUID[:])),
		}},
	}
	return must(x509.CreateCertificate(rand.Reader, leaf, rootTemplate(), ecKey([]byte("maker")).Public(), ed25519.NewKeyFromSeed(make([]byte, 32))))
}

func enc(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func join(parts ...[]byte) []byte {
	var all []byte
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func bytesItem(b []byte) []byte { return append(head(2, len(b)), b...) }
func text(s string) []byte      { return append(head(3, len(s)), s...) }

func head(major byte, n int) []byte {
	switch {
	case n < 24:
		return []byte{major<<5 | byte(n)}
	case n < 256:
		return []byte{major<<5 | 24, byte(n)}
	}
	return []byte{major<<5 | 25, byte(n >> 8), byte(n)}
}
