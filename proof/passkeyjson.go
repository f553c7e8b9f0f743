// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"fmt"

	"github.com/go-json-experiment/json"
)

// credentialJSON is the JSON that PublicKeyCredential.toJSON() gives (WebAuthn
// Level 3, RegistrationResponseJSON and AuthenticationResponseJSON). Members
// that repeat what the signed bytes say are not read.
type credentialJSON struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Response struct {
		ClientData        string `json:"clientDataJSON"`
		AttestationObject string `json:"attestationObject"`
		AuthenticatorData string `json:"authenticatorData"`
		Signature         string `json:"signature"`
	} `json:"response"`
}

// Registration is what a browser answers to navigator.credentials.create.
type Registration struct {
	Credential        []byte
	AttestationObject []byte
	ClientData        []byte
	// Origin is the page that the browser says it was on.
	Origin string
}

// ReadRegistration reads the RegistrationResponseJSON of a browser. It only takes
// it apart; [NewPasskey] checks it.
func ReadRegistration(b []byte) (Registration, error) {
	c, err := readCredential(b)
	if err != nil {
		return Registration{}, err
	}
	if c.Response.AttestationObject == "" {
		return Registration{}, fmt.Errorf("passkey: this is not the registration of a key: it has no attestationObject")
	}
	var r Registration
	if r.Credential, err = ParseBase64URL(c.ID); err != nil {
		return Registration{}, err
	}
	if r.AttestationObject, err = ParseBase64URL(c.Response.AttestationObject); err != nil {
		return Registration{}, err
	}
	if r.ClientData, err = ParseBase64URL(c.Response.ClientData); err != nil {
		return Registration{}, err
	}
	var client clientData
	if err := json.Unmarshal(r.ClientData, &client); err != nil {
		return Registration{}, fmt.Errorf("passkey: client data: %w", err)
	}
	r.Origin = client.Origin
	return r, nil
}

// ReadAssertion reads the AuthenticationResponseJSON of a browser.
func ReadAssertion(b []byte) (Assertion, error) {
	c, err := readCredential(b)
	if err != nil {
		return Assertion{}, err
	}
	if c.Response.Signature == "" {
		return Assertion{}, fmt.Errorf("passkey: this is not a signature: it has no member response.signature")
	}
	var a Assertion
	if a.Credential, err = ParseBase64URL(c.ID); err != nil {
		return Assertion{}, err
	}
	if a.ClientData, err = ParseBase64URL(c.Response.ClientData); err != nil {
		return Assertion{}, err
	}
	if a.AuthenticatorData, err = ParseBase64URL(c.Response.AuthenticatorData); err != nil {
		return Assertion{}, err
	}
	a.Signature, err = ParseBase64URL(c.Response.Signature)
	return a, err
}

func readCredential(b []byte) (credentialJSON, error) {
	var c credentialJSON
	if err := json.Unmarshal(b, &c); err != nil {
		return c, fmt.Errorf("passkey: this is not what a browser answers: %w", err)
	}
	if c.Type != "public-key" {
		return c, fmt.Errorf("passkey: a credential of the type %.40q, not public-key", c.Type)
	}
	return c, nil
}
