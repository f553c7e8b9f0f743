// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"encoding/base64"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

// passkey is what a passkey's registration says, in JSON.
type passkey struct {
	RP         string   `json:"rp_id"`
	Origins    []string `json:"origins"`
	Credential string   `json:"credential_id"`
	AAGUID     string   `json:"aaguid"`
	// Attestation is none, self, certified, or unknown for a format that is not
	// read.
	Attestation string `json:"attestation"`
	// Synced: the key may be copied to other devices, as the browser says.
	Synced   bool `json:"synced"`
	BackedUp bool `json:"backed_up"`
}

func passkeyOf(k access.Key) *passkey {
	p, err := k.Passkey()
	if err != nil {
		return nil
	}
	one := passkey{
		RP: p.RP, Origins: p.Origins, Credential: base64.RawURLEncoding.EncodeToString(p.Credential), AAGUID: p.Make(),
		Attestation: "false", Synced: p.BackupEligible, BackedUp: p.BackedUp,
	}
	if a, err := p.Attestation(); err == nil {
		one.Attestation = string(a.Kind)
	}
	return &one
}

// sentence says what a passkey is, in a few words.
func (p passkey) sentence() string {
	attested := map[string]string{
		string(proof.Certified): "attested by its maker's certificate", string(proof.SelfAttestation): "attested by itself only",
		string(proof.NoAttestation): "not attested", string(proof.UnknownAttestation): "attested in a form that is not read here",
	}[p.Attestation]
	device := "stays in one device"
	if p.Synced {
		device = "synced, or may be"
	}
	return "on " + p.RP + ", " + or(attested, "falsely attested") + ", " + device
}

type keyShow struct {
	ID string `arg:"" help:"The fingerprint, SHA256:..."`
}

func (c keyShow) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	k, ok := m.View.State.Access.Key(c.ID)
	if !ok {
		return fault.NotFoundf("there is no key %q", c.ID).Hinted("holdpoint key list shows every key")
	}
	one := keyOf(k)
	if s.JSON {
		return s.print(struct {
			key
			Clock string `json:"clock"`
		}{one, clockOf(m)})
	}
	s.say("%s, %s of %s, since entry %d%s", k.ID, k.Algorithm, k.Person, k.Seq, revoked(one))
	if p := one.Passkey; p != nil {
		s.say("  relying party  %s (%s)", p.RP, strings.Join(p.Origins, ", "))
		s.say("  make (AAGUID)  %s", p.AAGUID)
		s.say("  credential id  %s", p.Credential)
		s.wrapped("  ", p.sentence())
		return nil
	}
	s.say("  %s", k.Public)
	return nil
}

// party are the flags that name the site for which a passkey is made.
type party struct {
	RPID   string   `name:"rp-id" placeholder:"HOST" help:"For a passkey: the relying party, a host name; the host of the origin if not given."`
	Origin []string `placeholder:"URL" sep:"none" help:"For a passkey: a page on which it may be used, such as https://holdpoint.example (repeatable)."`
}

// Help is what --help adds.
func (keyRequest) Help() string {
	return "Prints the options that a page gives to navigator.credentials.create (PublicKeyCredentialCreationOptionsJSON). The page's " +
		"answer, as credential.toJSON() gives it, is registered with: holdpoint key register PERSON FILE"
}

type keyRequest struct {
	Person string `arg:"" help:"Whose passkey it will be."`
	RPID   string `name:"rp-id" required:"" placeholder:"HOST" help:"The relying party, a host name."`
}

func (c keyRequest) Run(s *session) error {
	_, m, err := s.now()
	if err != nil {
		return err
	}
	o, err := app.OfferPasskey(m.View.State, c.Person, app.RelyingParty{ID: c.RPID, Name: "Holdpoint"})
	if err != nil {
		return err
	}
	return s.print(o)
}

// asserted completes an act with a signature by a passkey. The signer is --as, or
// whoever has the credential that signed.
func (s *session) asserted(w world.World, in signoff.Signing, answer []byte) (signoff.Signing, error) {
	if s.As != app.Operator {
		in.Person = s.As
		return app.WithAssertion(w.Access, in, answer)
	}
	var last error
	for _, p := range w.Access.People() {
		in.Person = p.ID
		done, err := app.WithAssertion(w.Access, in, answer)
		if fault.KindOf(err) != fault.NotFound {
			return done, err
		}
		last = err
	}
	if last == nil {
		return in, fault.NotFoundf("nobody is registered here")
	}
	return in, fault.NotFoundf("the passkey that signed is registered to nobody").Hinted("register it first: holdpoint key register PERSON FILE")
}

// passkeyLimits is what a signature by a passkey does not prove.
const passkeyLimits = "A signature by a passkey shows that the key signed this statement on its site with the user verified. It does not show that the " +
	"person saw this text: compare the code with what they saw."

// signedWith says of a passkey what signed, and of another key nothing.
func (t decisionText) signedWith(id text) string {
	k, ok := t.m.View.State.Access.Key(string(id))
	if !ok {
		return ""
	}
	if p := passkeyOf(k); p != nil {
		return ", with a passkey " + p.sentence()
	}
	return ""
}

// limits says what the signatures do not prove, where a passkey signed.
func (t decisionText) limits() {
	for _, a := range append(append([]shownAnswer{}, t.out.Signatures...), t.out.Dissents...) {
		if t.signedWith(a.Key) != "" {
			t.wrapped("  ", passkeyLimits)
			return
		}
	}
}
