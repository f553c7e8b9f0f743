// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"encoding/json"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/signoff"
)

func passkeyRoutes() []route {
	return []route{
		{"POST", "/decisions/{id}/sign/request", passkeyToSign},
		{"POST", "/people/{id}/passkey/request", passkeyToRegister},
		{"POST", "/people/{id}/passkey", registerPasskey},
	}
}

// party is this site as passkeys know it.
func (s *Site) party() app.RelyingParty {
	return app.RelyingParty{ID: s.RPID, Name: s.title(), Origins: []string{s.Origin}}
}

// passkeys tells whether a passkey can be used by whoever asks.
func (r *request) passkeys() bool {
	return r.site.RPID != "" && r.site.Origin != "" && r.site.Kind != Record && r.person != ""
}

func (r *request) needPasskeys() error {
	switch {
	case r.person == "":
		return fault.Forbiddenf("nobody is signed in").Hinted("sign in, and send the form again")
	case !r.passkeys():
		return fault.Conflictf("this server is not set up for passkeys").Hinted("sign in a terminal, and paste the signature")
	}
	return nil
}

// passkeyToSign gives a browser what it needs to sign an answer with a passkey.
func passkeyToSign(r *request) (answer, error) {
	if err := r.needPasskeys(); err != nil {
		return answer{}, err
	}
	role, as, _ := strings.Cut(r.PostFormValue("as"), "/")
	ask := app.PasskeyAsk{RP: r.site.RPID, Decision: r.PathValue("id"), Role: role, Person: r.person, Answer: signoff.Answer(as), Note: r.PostFormValue("note")}
	req, err := app.AskPasskey(r.moment.View.State, ask)
	if err != nil {
		return answer{}, err
	}
	if shown := r.PostFormValue("digest"); shown != req.Signing.Digest {
		return answer{}, fault.Conflictf("the page showed another file than the one that would be signed").Hinted("load the page again")
	}
	return asJSON(req.Options)
}

// passkeyToRegister gives a browser what it needs to make a passkey.
func passkeyToRegister(r *request) (answer, error) {
	if err := r.needPasskeys(); err != nil {
		return answer{}, err
	}
	if r.PathValue("id") != r.person {
		return answer{}, fault.Forbiddenf("a passkey is registered by who will sign with it")
	}
	o, err := app.OfferPasskey(r.moment.View.State, r.person, r.site.party())
	if err != nil {
		return answer{}, err
	}
	return asJSON(o)
}

func asJSON(v any) (answer, error) {
	b, err := json.Marshal(v)
	return answer{file: b, fileKind: "application/json"}, err
}

// registerPasskey registers what the browser made. Whether the person may is
// decided in the journal's writer.
func registerPasskey(r *request) (answer, error) {
	if err := r.needPasskeys(); err != nil {
		return answer{}, err
	}
	public, err := app.ReadPasskey(r.site.party(), []byte(r.PostFormValue("credential")))
	if err != nil {
		return answer{}, err
	}
	_, err = r.do(app.RegisterKey(access.NewKey{Person: r.PathValue("id"), Public: public}))
	return answer{to: "/people/" + r.PathValue("id")}, err
}

// makePasskey is the part of a person's own page that registers a passkey.
func (r *request) makePasskey(person string) []part {
	if !r.passkeys() || person != r.person {
		return nil
	}
	return []part{{title: "Register a passkey", id: "passkey", script: "passkey.js",
		note: "The button asks your browser to make one. It needs scripts. Registering takes the duty to manage keys; without it, give the public key to somebody who has it.",
		forms: []form{{id: "passkey", action: "/people/" + person + "/passkey", button: "Make a passkey and register it", inputs: []input{
			{name: "credential", kind: "hidden"}}}}}}
}
