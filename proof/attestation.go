// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"slices"
)

// AttestationKind says what a registration shows about its authenticator.
type AttestationKind string

const (
	// NoAttestation: nothing. Make and backup flags are what the browser says.
	NoAttestation AttestationKind = "none"
	// SelfAttestation: the key signed its own registration, which shows that
	// somebody has it and nothing about what it is in.
	SelfAttestation AttestationKind = "self"
	// Certified: a certificate of the maker signed it. How far the maker is
	// trusted is for the reader to say: see [Attestation.Under].
	Certified AttestationKind = "certified"
	// UnknownAttestation: a format that is not read here, such as tpm. It
	// counts as nothing.
	UnknownAttestation AttestationKind = "unknown"
)

// Attestation is what a registration shows about its authenticator.
type Attestation struct {
	Kind   AttestationKind
	Format string
	// Chain are the certificates of a certified one, the signing one first; each
	// is signed by the next.
	Chain []*x509.Certificate
}

// Attestation checks the attestation statement from the stored bytes alone
// (WebAuthn Level 3, sections 8.2 and 8.7). An error means that it is false,
// not that it is missing.
func (p Passkey) Attestation() (Attestation, error) {
	switch {
	case p.format == "none" && len(p.statement) == 0:
		return Attestation{Kind: NoAttestation, Format: p.format}, nil
	case p.format == "none":
		return Attestation{}, fmt.Errorf("passkey: an attestation of the format none holds a statement")
	case p.format != "packed":
		return Attestation{Kind: UnknownAttestation, Format: p.format}, nil
	}
	alg, ok1 := p.statement["alg"].(int64)
	sig, ok2 := p.statement["sig"].([]byte)
	if !ok1 || !ok2 {
		return Attestation{}, fmt.Errorf("passkey: the packed attestation has no signature")
	}
	signed := slices.Concat(p.authData, hash(p.client))
	x5c, certified := p.statement["x5c"]
	if certified {
		return p.certified(alg, signed, sig, x5c)
	}
	if alg != p.Algorithm || !verifySigned(p.Public, signed, sig) {
		return Attestation{}, fmt.Errorf("passkey: the registration was not signed with the key that it registers")
	}
	return Attestation{Kind: SelfAttestation, Format: p.format}, nil
}

var attestationAlgorithms = map[int64]x509.SignatureAlgorithm{
	coseES256: x509.ECDSAWithSHA256, -35: x509.ECDSAWithSHA384, -36: x509.ECDSAWithSHA512,
	coseEdDSA: x509.PureEd25519, coseRS256: x509.SHA256WithRSA,
}

func (p Passkey) certified(alg int64, signed, sig []byte, x5c any) (Attestation, error) {
	list, _ := x5c.([]any)
	if len(list) == 0 || len(list) > 4 {
		return Attestation{}, fmt.Errorf("passkey: %d certificates of the maker, not one to four", len(list))
	}
	a := Attestation{Kind: Certified, Format: p.format}
	for _, item := range list {
		der, _ := item.([]byte)
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return Attestation{}, fmt.Errorf("passkey: certificate of the maker: %w", err)
		}
		a.Chain = append(a.Chain, c)
	}
	if err := a.chained(); err != nil {
		return Attestation{}, err
	}
	if err := p.checkMaker(a.Chain[0]); err != nil {
		return Attestation{}, err
	}
	algorithm, ok := attestationAlgorithms[alg]
	if !ok {
		return Attestation{}, fmt.Errorf("passkey: the attestation is signed by the algorithm %d, which is not accepted", alg)
	}
	if err := a.Chain[0].CheckSignature(algorithm, signed, sig); err != nil {
		return Attestation{}, fmt.Errorf("passkey: the maker's certificate did not sign this registration")
	}
	return a, nil
}

func (a Attestation) chained() error {
	for i, c := range a.Chain[:len(a.Chain)-1] {
		if err := c.CheckSignatureFrom(a.Chain[i+1]); err != nil {
			return fmt.Errorf("passkey: certificate %d of the maker is not signed by the next: %w", i+1, err)
		}
	}
	return nil
}

// aaguidExtension is id-fido-gen-ce-aaguid.
var aaguidExtension = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 45724, 1, 1, 4}

// checkMaker holds the certificate to WebAuthn Level 3, section 8.2.1, and its
// make to the one that the authenticator states.
func (p Passkey) checkMaker(c *x509.Certificate) error {
	if c.Version != 3 || c.IsCA || !slices.Equal(c.Subject.OrganizationalUnit, []string{"Authenticator Attestation"}) ||
		len(c.Subject.Country) != 1 || len(c.Subject.Organization) == 0 || c.Subject.CommonName == "" {
		return fmt.Errorf("passkey: the certificate is not one for attesting authenticators")
	}
	for _, e := range c.Extensions {
		if !e.Id.Equal(aaguidExtension) {
			continue
		}
		var aaguid []byte
		if rest, err := asn1.Unmarshal(e.Value, &aaguid); err != nil || len(rest) > 0 || e.Critical || !bytes.Equal(aaguid, p.AAGUID[:]) {
			return fmt.Errorf("passkey: the maker's certificate is for another make of authenticator")
		}
	}
	return nil
}

// Under tells whether the certificates lead to one of the roots (DER): a root is
// the last of the chain or signed it. Times are not looked at, since a
// certificate that expired attested what it attested. Without a root that is
// trusted, anybody can make a chain.
func (a Attestation) Under(roots [][]byte) bool {
	if a.Kind != Certified {
		return false
	}
	last := a.Chain[len(a.Chain)-1]
	return slices.ContainsFunc(roots, func(der []byte) bool {
		if bytes.Equal(last.Raw, der) {
			return true
		}
		root, err := x509.ParseCertificate(der)
		return err == nil && last.CheckSignatureFrom(root) == nil
	})
}
