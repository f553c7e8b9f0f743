// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// PasskeyPrefix begins the text of a passkey and of a signature by one.
const PasskeyPrefix = "webauthn:"

// Largest parts of a passkey and of an assertion, in bytes. An attestation with
// two certificates and an RSA key has some 5,000.
const (
	maxAttestation = 8 << 10
	maxClientData  = 4 << 10
	maxCredential  = 1023 // WebAuthn, section 4, "Credential ID"
	maxOrigins     = 8
)

// Passkey is the public half of a WebAuthn credential, with all that its
// registration showed (WebAuthn Level 3, section 7.1). What is read from the
// authenticator is what the authenticator says of itself, unless
// [Passkey.Attestation] shows a certificate for it.
type Passkey struct {
	// RP is the host name that the credential is bound to, for ever.
	RP string
	// Origins are the pages on which it may be used, sorted; each is on RP or
	// below it.
	Origins []string
	// Credential is the id by which a browser finds the key.
	Credential []byte
	// AAGUID names the make of the authenticator; zero where it does not say.
	AAGUID [16]byte
	// Algorithm is the COSE number: -7 (ES256), -8 (EdDSA) or -257 (RS256).
	Algorithm int64
	// Public is an *ecdsa.PublicKey on P-256, an ed25519.PublicKey or an
	// *rsa.PublicKey.
	Public crypto.PublicKey
	// BackupEligible: the key may be copied to other devices (a synced
	// passkey). BackedUp: it was, when it was registered.
	BackupEligible bool
	BackedUp       bool
	// Challenge is what the registration answered.
	Challenge []byte

	attestation, client []byte
	authData            []byte
	format              string
	statement           cborMap
}

// passkeyText is the JSON behind [Passkey.Text]. All four members are always
// there; bytes are base64url without padding.
type passkeyText struct {
	Attestation string   `json:"attestation"`
	Client      string   `json:"client"`
	Origins     []string `json:"origins"`
	RP          string   `json:"rp"`
}

// NewPasskey reads a registration: the attestation object and clientDataJSON as
// the browser gave them, for a relying party and the origins on which the key
// may be used from now on. The user must have been verified. It does not look at
// the attestation, which [Passkey.Attestation] does, nor know which challenge
// was asked for, which is in the result.
func NewPasskey(rp string, origins []string, attestationObject, clientDataJSON []byte) (Passkey, error) {
	origins = slices.Sorted(slices.Values(origins))
	p := Passkey{RP: rp, Origins: slices.Compact(origins), attestation: attestationObject, client: clientDataJSON}
	if err := p.checkParty(); err != nil {
		return Passkey{}, err
	}
	c, err := readClientData(clientDataJSON, "webauthn.create", p.Origins)
	if err != nil {
		return Passkey{}, err
	}
	p.Challenge = c.challenge
	if err := p.readAttestationObject(); err != nil {
		return Passkey{}, err
	}
	return p, nil
}

// ParsePasskey reads what [Passkey.Text] writes and nothing else.
func ParsePasskey(text string) (Passkey, error) {
	var t passkeyText
	if err := parseWebauthnText(text, &t); err != nil {
		return Passkey{}, fmt.Errorf("passkey: %w", err)
	}
	attestation, err := ParseBase64URL(t.Attestation)
	if err != nil {
		return Passkey{}, fmt.Errorf("passkey: attestation: %w", err)
	}
	client, err := ParseBase64URL(t.Client)
	if err != nil {
		return Passkey{}, fmt.Errorf("passkey: client data: %w", err)
	}
	p, err := NewPasskey(t.RP, t.Origins, attestation, client)
	if err != nil {
		return Passkey{}, err
	}
	if p.Text() != text {
		return Passkey{}, fmt.Errorf("passkey: the origins are not sorted, or one stands twice")
	}
	return p, nil
}

// Text is the one spelling of the passkey: [PasskeyPrefix] and the base64url,
// without padding, of canonical JSON with the members attestation (the
// attestation object), client (the clientDataJSON of the registration), origins
// and rp. Everything else follows from these, so nothing can contradict them.
func (p Passkey) Text() string {
	return webauthnText(passkeyText{
		Attestation: base64.RawURLEncoding.EncodeToString(p.attestation),
		Client:      base64.RawURLEncoding.EncodeToString(p.client),
		Origins:     p.Origins, RP: p.RP,
	})
}

// Make gives the AAGUID as people write it, in lower-case hexadecimal with
// hyphens.
func (p Passkey) Make() string {
	a := p.AAGUID
	return fmt.Sprintf("%x-%x-%x-%x-%x", a[:4], a[4:6], a[6:8], a[8:10], a[10:])
}

func webauthnText(v any) string {
	b, err := Canonical(v)
	if err != nil {
		panic("proof: text of plain strings that cannot be written: " + err.Error())
	}
	return PasskeyPrefix + base64.RawURLEncoding.EncodeToString(b)
}

func parseWebauthnText(text string, v any) error {
	body, ok := strings.CutPrefix(text, PasskeyPrefix)
	if !ok {
		return fmt.Errorf("does not begin with %s", PasskeyPrefix)
	}
	b, err := ParseBase64URL(body)
	if err != nil {
		return err
	}
	if err := ParseCanonical(b, v); err != nil {
		return err
	}
	if again, err := Canonical(v); err != nil || !bytes.Equal(again, b) {
		return fmt.Errorf("a member is missing")
	}
	return nil
}

// ParseBase64URL reads base64url without padding in its one spelling.
func ParseBase64URL(s string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || base64.RawURLEncoding.EncodeToString(b) != s {
		return nil, fmt.Errorf("%.40q is not base64url without padding", s)
	}
	return b, nil
}

var rpForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)

// checkParty holds the relying party's id and the origins to their form.
func (p Passkey) checkParty() error {
	if _, err := netip.ParseAddr(p.RP); err == nil || len(p.RP) > 253 || !rpForm.MatchString(p.RP) {
		return fmt.Errorf("passkey: %.80q is not the id of a relying party: a host name in lower case", p.RP)
	}
	if len(p.Origins) == 0 || len(p.Origins) > maxOrigins {
		return fmt.Errorf("passkey: %d origins, not one to %d", len(p.Origins), maxOrigins)
	}
	for _, o := range p.Origins {
		if err := checkOrigin(o, p.RP); err != nil {
			return err
		}
	}
	return nil
}

// checkOrigin accepts https://HOST[:PORT] where HOST is the relying party or
// below it, and http:// for localhost only, as browsers do.
func checkOrigin(origin, rp string) error {
	u, err := url.Parse(origin)
	if err != nil || len(origin) > 300 || u.Scheme+"://"+u.Host != origin || strings.HasSuffix(origin, ":") {
		return fmt.Errorf("passkey: %.80q is not an origin such as https://holdpoint.example", origin)
	}
	host := u.Hostname()
	local := host == "localhost" || strings.HasSuffix(host, ".localhost")
	if u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return fmt.Errorf("passkey: the origin %s is not https", origin)
	}
	if !rpForm.MatchString(host) || host != rp && !strings.HasSuffix(host, "."+rp) {
		return fmt.Errorf("passkey: the origin %s is not on %s", origin, rp)
	}
	return nil
}

// readAttestationObject reads the credential out of the attestation object.
func (p *Passkey) readAttestationObject() error {
	if len(p.attestation) > maxAttestation {
		return fmt.Errorf("passkey: an attestation of %d bytes is over the limit of %d", len(p.attestation), maxAttestation)
	}
	v, rest, err := readCBOR(p.attestation)
	if err != nil {
		return fmt.Errorf("passkey: attestation: %w", err)
	}
	m, _ := v.(cborMap)
	format, ok1 := m["fmt"].(string)
	data, ok2 := m["authData"].([]byte)
	statement, ok3 := m["attStmt"].(cborMap)
	if !ok1 || !ok2 || !ok3 || len(m) != 3 || len(rest) > 0 {
		return fmt.Errorf("passkey: the attestation object is not one of fmt, attStmt and authData")
	}
	a, err := readAuthData(data)
	if err != nil {
		return err
	}
	if err := a.check(p.RP); err != nil {
		return err
	}
	if a.credential == nil {
		return fmt.Errorf("passkey: the authenticator data holds no credential")
	}
	p.format, p.statement, p.authData = format, statement, data
	p.AAGUID, p.Credential = a.aaguid, a.credential
	p.BackupEligible, p.BackedUp = a.backupEligible(), a.backedUp()
	p.Algorithm, p.Public, err = readCOSE(a.key)
	return err
}

func hash(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}
