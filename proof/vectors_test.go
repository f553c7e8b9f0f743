// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

type vector struct {
	Name               string `json:"name"`
	AttestationObject  string `json:"attestation_object"`
	RegistrationClient string `json:"registration_client"`
	AuthenticatorData  string `json:"authenticator_data"`
	Client             string `json:"client"`
	Signature          string `json:"signature"`
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The vectors of WebAuthn Level 3, section 16. Their challenges are not ours, so
// the parts are checked one by one; those that did not verify the user, and those
// of algorithms that are not accepted, must be refused for that reason.
func TestSpecificationVectors(t *testing.T) {
	b, err := os.ReadFile("testdata/webauthn-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Root    string   `json:"root"`
		Vectors []vector `json:"vectors"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		name, registers, asserts string
		kind                     AttestationKind
	}{
		{"none ES256", "did not verify the user", "did not verify the user", ""},
		{"packed self ES256", "", "did not verify the user", SelfAttestation},
		{"packed ES256", "", "", Certified},
		{"packed RS256", "", "did not verify the user", Certified},
		{"packed EdDSA", "did not verify the user", "did not verify the user", ""},
		{"none ES256 cross origin", "of another origin", "", ""},
		{"packed ES384", "did not verify the user", "", ""},
		{"tpm ES256", "", "", UnknownAttestation},
	} {
		i := slices.IndexFunc(file.Vectors, func(v vector) bool { return v.Name == want.name })
		v := file.Vectors[i]
		p, err := NewPasskey("example.org", []string{"https://example.org"}, unhex(t, v.AttestationObject), unhex(t, v.RegistrationClient))
		if !saysVector(err, want.registers) {
			t.Errorf("%s: registration: %v, want %q", v.Name, err, want.registers)
		}
		data, err := readAuthData(unhex(t, v.AuthenticatorData))
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
		if want.asserts != "" && !saysVector(data.check("example.org"), want.asserts) {
			t.Errorf("%s: assertion: %v, want %q", v.Name, data.check("example.org"), want.asserts)
		}
		if p.Public == nil {
			continue
		}
		vectorHolds(t, v, p, want.kind, unhex(t, file.Root))
	}
}

func saysVector(err error, words string) bool {
	if words == "" {
		return err == nil
	}
	return err != nil && strings.Contains(err.Error(), words)
}

func vectorHolds(t *testing.T, v vector, p Passkey, kind AttestationKind, root []byte) {
	t.Helper()
	a, err := p.Attestation()
	if err != nil || a.Kind != kind || a.Under([][]byte{root}) != (kind == Certified) || a.Under(nil) {
		t.Errorf("%s: attestation %+v, %v; want %s", v.Name, a, err, kind)
	}
	if _, err := readClientData(unhex(t, v.Client), "webauthn.get", p.Origins); err != nil {
		t.Errorf("%s: %v", v.Name, err)
	}
	signed := slices.Concat(unhex(t, v.AuthenticatorData), hash(unhex(t, v.Client)))
	if !verifySigned(p.Public, signed, unhex(t, v.Signature)) {
		t.Errorf("%s: the assertion does not hold", v.Name)
	}
	signed[40] ^= 1
	if verifySigned(p.Public, signed, unhex(t, v.Signature)) {
		t.Errorf("%s: a changed assertion holds", v.Name)
	}
	p.authData[60] ^= 1
	if a, err := p.Attestation(); err == nil && kind != UnknownAttestation {
		t.Errorf("%s: an attestation over changed data is %s", v.Name, a.Kind)
	}
	p.authData[60] ^= 1
	if again, err := ParsePasskey(p.Text()); err != nil || again.Text() != p.Text() {
		t.Errorf("%s: its text does not read back: %v", v.Name, err)
	}
}
