// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/url"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

// RelyingParty is the site for which passkeys are made: part of a server's
// configuration. Its ID is a host name, such as holdpoint.example, and is in every
// passkey for ever: another host name means new passkeys for everybody.
type RelyingParty struct {
	ID string
	// Name is what an authenticator shows.
	Name string
	// Origins are the pages on which passkeys may be used, such as
	// https://holdpoint.example; each is on ID or below it.
	Origins []string
}

// PasskeyAsk says what a person wants to sign.
type PasskeyAsk struct {
	// RP is the id of the relying party, whose passkeys are offered.
	RP       string
	Decision string
	// Role is empty for a dissent from outside the slots.
	Role   string
	Person string
	Answer signoff.Answer
	// Note is signed with it, so it is asked for before.
	Note string
}

// PasskeyRequest is what a page needs to have an answer signed.
//
// A page shows the decision and [PasskeyRequest.Code], gives Options to
// navigator.credentials.get as
//
//	publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options)
//
// and posts JSON.stringify(credential) back, together with decision, role, answer
// and note. The server builds Signing again from these, has [WithAssertion]
// complete it, and carries out [Sign], [Dissent] or [Acknowledge]. Nothing needs
// to be kept in between: the challenge is the statement's, and another statement
// is another challenge. Nothing here says that the answer would be accepted.
type PasskeyRequest struct {
	// Signing lacks Key and Signature. Its Digest is what the page showed.
	Signing signoff.Signing
	// Statement are the bytes that every kind of key signs.
	Statement []byte
	// Code is the short code of what is decided, as the command line shows it.
	Code    string
	Options RequestOptions
}

// RequestOptions is PublicKeyCredentialRequestOptionsJSON (WebAuthn Level 3).
// Binary members are base64url without padding, times are milliseconds.
type RequestOptions struct {
	Challenge        string              `json:"challenge"`
	Timeout          int                 `json:"timeout"`
	RPID             string              `json:"rpId"`
	AllowCredentials []CredentialOptions `json:"allowCredentials"`
	UserVerification string              `json:"userVerification"`
}

// CredentialOptions names one credential.
type CredentialOptions struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// passkeyTimeout is how long a browser waits for the user, in milliseconds: long
// enough to fetch a key from a safe.
const passkeyTimeout = 300_000

// PasskeyRequest gives what a page needs to have an answer signed with a passkey.
func (a *App) PasskeyRequest(ctx context.Context, in PasskeyAsk) (PasskeyRequest, error) {
	view, err := a.View(ctx)
	if err != nil {
		return PasskeyRequest{}, err
	}
	return AskPasskey(view.State, in)
}

// AskPasskey is [App.PasskeyRequest] on a world that is at hand.
func AskPasskey(w world.World, in PasskeyAsk) (PasskeyRequest, error) {
	d, err := w.Decision.Decision(in.Decision)
	if err != nil {
		return PasskeyRequest{}, err
	}
	if d.Question == "" {
		return PasskeyRequest{}, fault.Conflictf("%s is reported by a source; nobody is asked to sign it here", in.Decision)
	}
	out := PasskeyRequest{Code: d.Code(), Signing: signoff.Signing{
		Question: d.Question, Role: in.Role, Person: in.Person, Answer: in.Answer, Note: in.Note, Digest: d.Digest,
	}}
	if out.Statement, err = w.Signoff.Statement(out.Signing); err != nil {
		return PasskeyRequest{}, err
	}
	keys, err := usable(w, in)
	if err != nil {
		return PasskeyRequest{}, err
	}
	out.Options = RequestOptions{
		Challenge: base64.RawURLEncoding.EncodeToString(proof.PasskeyChallenge(out.Statement)), Timeout: passkeyTimeout,
		RPID: in.RP, UserVerification: "required", AllowCredentials: credentials(keys),
	}
	return out, nil
}

// usable gives the person's passkeys with which the policy lets the role sign.
func usable(w world.World, in PasskeyAsk) ([]proof.Passkey, error) {
	var keys []proof.Passkey
	var refused error = fault.NotFoundf("%q has no passkey for %s", in.Person, in.RP).
		Hinted("register one, or sign on the command line: holdpoint decision sign")
	see := w.SignoffSee(w.Time)
	for _, k := range w.Access.ActiveKeys(in.Person) {
		p, err := k.Passkey()
		if err != nil || p.RP != in.RP {
			continue
		}
		if err := see.CheckKey(in.Role, k); err != nil {
			refused = err
			continue
		}
		keys = append(keys, p)
	}
	if len(keys) == 0 {
		return nil, refused
	}
	return keys, nil
}

func credentials(keys []proof.Passkey) []CredentialOptions {
	all := []CredentialOptions{}
	for _, k := range keys {
		all = append(all, CredentialOptions{base64.RawURLEncoding.EncodeToString(k.Credential), "public-key"})
	}
	return all
}

// WithAssertion completes a signed act with what the browser answered: the
// AuthenticationResponseJSON of credential.toJSON(), or a signature text. The key
// is the person's passkey with the answered credential id. That the signature
// holds is checked when the act is carried out.
func WithAssertion(w access.State, in signoff.Signing, answer []byte) (signoff.Signing, error) {
	a, err := readAssertion(bytes.TrimSpace(answer))
	if err != nil {
		return in, fault.Invalidf("%w", err).Hinted("give what navigator.credentials.get answered, as toJSON() writes it")
	}
	key, ok := w.KeyOfCredential(in.Person, a.Credential)
	if !ok {
		return in, fault.NotFoundf("%q has no passkey with the credential id that signed", in.Person).
			Hinted("holdpoint key list shows whose keys there are; each person signs with a key of their own")
	}
	in.Key, in.Signature = key.ID, a.Text()
	return in, nil
}

// IsAssertion tells whether a text is meant as a signature by a passkey.
func IsAssertion(answer []byte) bool {
	answer = bytes.TrimSpace(answer)
	return bytes.HasPrefix(answer, []byte("{")) || bytes.HasPrefix(answer, []byte(proof.PasskeyPrefix))
}

func readAssertion(answer []byte) (proof.Assertion, error) {
	if bytes.HasPrefix(answer, []byte(proof.PasskeyPrefix)) {
		return proof.ParseAssertion(string(answer))
	}
	return proof.ReadAssertion(answer)
}

// CreationOptions is PublicKeyCredentialCreationOptionsJSON (WebAuthn Level 3).
// A page gives it to navigator.credentials.create as
//
//	publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options)
//
// and posts JSON.stringify(credential) back; [ReadPasskey] makes the public key of
// it, which [RegisterKey] registers. The challenge is bound to the person
// ([access.RegistrationChallenge]), so the answer registers nobody else.
type CreationOptions struct {
	RP                 party               `json:"rp"`
	User               user                `json:"user"`
	Challenge          string              `json:"challenge"`
	Parameters         []parameter         `json:"pubKeyCredParams"`
	Timeout            int                 `json:"timeout"`
	ExcludeCredentials []CredentialOptions `json:"excludeCredentials"`
	Selection          selection           `json:"authenticatorSelection"`
	Hints              []string            `json:"hints"`
	Attestation        string              `json:"attestation"`
}

type party struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type user struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
}

type parameter struct {
	Type string `json:"type"`
	Alg  int    `json:"alg"`
}

type selection struct {
	ResidentKey      string `json:"residentKey"`
	UserVerification string `json:"userVerification"`
}

// PasskeyRegistration gives what a page needs to register a passkey of a person.
func (a *App) PasskeyRegistration(ctx context.Context, person string, at RelyingParty) (CreationOptions, error) {
	view, err := a.View(ctx)
	if err != nil {
		return CreationOptions{}, err
	}
	return OfferPasskey(view.State, person, at)
}

// OfferPasskey is [App.PasskeyRegistration] on a world that is at hand. It asks
// for the maker's certificate and for a security key only where the policy asks
// the same of a role that the person holds: browsers warn of it. An authenticator
// keeps the person's id and no name.
func OfferPasskey(w world.World, person string, at RelyingParty) (CreationOptions, error) {
	if _, ok := w.Access.Person(person); !ok {
		return CreationOptions{}, fault.NotFoundf("there is no person %q", person).Hinted("holdpoint person list shows who there is")
	}
	handle := sha256.Sum256([]byte("holdpoint/user/v1\n" + person))
	o := CreationOptions{
		RP: party{at.ID, at.Name}, User: user{base64.RawURLEncoding.EncodeToString(handle[:]), person, person},
		Challenge:  base64.RawURLEncoding.EncodeToString(access.RegistrationChallenge(person)),
		Parameters: []parameter{{"public-key", -7}, {"public-key", -8}, {"public-key", -257}},
		Timeout:    passkeyTimeout, ExcludeCredentials: credentials(w.Access.Passkeys(person, at.ID)),
		Selection: selection{"preferred", "required"}, Hints: []string{}, Attestation: "none",
	}
	for _, rule := range w.SignoffSee(w.Time).Keys {
		if !w.Access.HoldsRoleAt(person, rule.Role, w.Time) {
			continue
		}
		if rule.Attested {
			o.Attestation = "direct"
		}
		if rule.Hardware {
			o.Hints = []string{"security-key"}
		}
	}
	return o, nil
}

// ReadPasskey makes the public key of what a browser answered to
// navigator.credentials.create, for [access.NewKey]. A relying party without
// origins takes the one that the browser names, and one without an id the host of
// that origin: for who checks by eye.
func ReadPasskey(at RelyingParty, answer []byte) (string, error) {
	r, err := proof.ReadRegistration(answer)
	if err != nil {
		return "", fault.Invalidf("%w", err).Hinted("give what navigator.credentials.create answered, as toJSON() writes it")
	}
	if len(at.Origins) == 0 {
		at.Origins = []string{r.Origin}
	}
	if at.ID == "" {
		at.ID = hostOf(r.Origin)
	}
	p, err := proof.NewPasskey(at.ID, at.Origins, r.AttestationObject, r.ClientData)
	if err != nil {
		return "", fault.Invalidf("%w", err).Hinted("register on a page of the relying party, with the PIN, finger or face of the person")
	}
	if !bytes.Equal(p.Credential, r.Credential) {
		return "", fault.Invalidf("the answer names another credential than the one it registers").Hinted("register again")
	}
	return p.Text(), nil
}

func hostOf(origin string) string {
	u, err := url.Parse(origin)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
