// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-json-experiment/json"
	"golang.org/x/oauth2"

	"github.com/holdpoint/holdpoint/internal/directory"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// CallbackPath is where a provider sends people back to.
const CallbackPath = "/sign-in/callback"

// Provider is a sign-in provider that speaks OpenID Connect. Who somebody is, is
// the pair of issuer and subject, linked to a person by the owner of the
// workspace. Nobody is added by signing in, and no group of the provider becomes a
// role: a role is a grant in the journal, with its time, its reason and who gave
// it, which an auditor replays; a provider's groups have no history there and
// change without anybody deciding it here.
type Provider struct {
	Issuer, ClientID, ClientSecret string
}

func (p Provider) check() error {
	if p.Issuer == "" || p.ClientID == "" {
		return fault.Invalidf("a sign-in provider has an issuer and a client id").Hinted("the provider shows both where Holdpoint is registered there")
	}
	return nil
}

// discovery remembers what a provider said of itself.
type discovery struct {
	mu    sync.Mutex
	found *oidc.Provider
}

// calls is the client for what a provider is asked.
func calls(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, &http.Client{Timeout: 10 * time.Second})
}

func (k *Keeper) discover(ctx context.Context) (*oidc.Provider, error) {
	if k.options.OIDC == nil {
		return nil, fault.NotFoundf("this server has no sign-in provider").Hinted("set oidc_issuer and oidc_client, or use the sign-in that the page shows")
	}
	k.provider.mu.Lock()
	defer k.provider.mu.Unlock()
	if k.provider.found != nil {
		return k.provider.found, nil
	}
	p, err := oidc.NewProvider(calls(ctx), k.options.OIDC.Issuer)
	if err != nil {
		return nil, k.refused(err, "the sign-in provider %s does not say how to sign in", k.options.OIDC.Issuer).Hinted("try again; if it stays so, the operator looks at oidc_issuer and whether this server reaches it")
	}
	k.provider.found = p
	return p, nil
}

// refused is a fault of a sign-in with its cause in the log and not on the page.
func (k *Keeper) refused(cause error, format string, args ...any) *fault.Error {
	f := fault.New(fault.Unavailable, format, args...)
	k.options.Log.Warn("a sign-in failed", "by", "oidc", "issuer", k.options.OIDC.Issuer, "what", f.Message, "why", causeOf(cause))
	return f
}

// causeOf says what went wrong without what a provider wrote about somebody.
func causeOf(err error) string {
	var answer *oauth2.RetrieveError
	if errors.As(err, &answer) {
		status := "no status"
		if answer.Response != nil {
			status = answer.Response.Status
		}
		return strings.TrimSpace(status + " " + code(answer.ErrorCode))
	}
	return err.Error()
}

// code keeps the error code of a provider to the characters of one.
func code(text string) string {
	ok := func(r rune) bool { return r == '_' || r >= 'a' && r <= 'z' }
	if len(text) > 60 || strings.ContainsFunc(text, func(r rune) bool { return !ok(r) }) {
		return "an error without a known code"
	}
	return text
}

func (k *Keeper) oauth(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: k.options.OIDC.ClientID, ClientSecret: k.options.OIDC.ClientSecret, Endpoint: p.Endpoint(),
		RedirectURL: strings.TrimRight(k.options.Origin, "/") + CallbackPath, Scopes: []string{oidc.ScopeOpenID},
	}
}

// begun is what an answer of the provider must fit.
type begun struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
	Next     string `json:"next"`
}

const oidcPurpose = "oidc"

// OIDCStart sends the browser to the provider: authorization code flow with PKCE
// (RFC 7636, S256), state and nonce. Afterwards the person is led to next where it
// is a path of this server.
func (k *Keeper) OIDCStart(w http.ResponseWriter, r *http.Request, next string) error {
	p, err := k.discover(r.Context())
	if err != nil {
		return err
	}
	b := begun{State: written(newSecret()), Nonce: written(newSecret()), Verifier: oauth2.GenerateVerifier(), Next: LocalPath(next)}
	data, err := json.Marshal(b)
	if err != nil {
		return err
	}
	if err := k.Challenge(w, r, oidcPurpose, data); err != nil {
		return err
	}
	http.Redirect(w, r, k.oauth(p).AuthCodeURL(b.State, oidc.Nonce(b.Nonce), oauth2.S256ChallengeOption(b.Verifier)), http.StatusSeeOther)
	return nil
}

// OIDCCallback takes the provider's answer, lets the person in and gives where to
// go on. A fault says what happened and what to do; it may name the subject, so it
// is for the page and not for a log. Why is in the log already.
func (k *Keeper) OIDCCallback(w http.ResponseWriter, r *http.Request) (next string, err error) {
	data, err := k.TakeChallenge(w, r, oidcPurpose)
	if err != nil {
		return "", err
	}
	var b begun
	if err := json.Unmarshal(data, &b); err != nil {
		return "", fault.Corruptf("a kept challenge: %w", err)
	}
	p, err := k.discover(r.Context())
	if err != nil {
		return "", err
	}
	q := r.URL.Query()
	if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(b.State)) != 1 {
		return "", k.refused(errors.New("the state differs"), "this answer is not to the sign-in that this browser began").Hinted("begin the sign-in again")
	}
	if said := q.Get("error"); said != "" {
		return "", k.refused(errors.New(code(said)), "the sign-in provider refused: %s", code(said)).Hinted("access_denied means that it, or you, said no; for the rest the operator has the log")
	}
	subject, err := k.subject(r.Context(), p, b, q.Get("code"))
	if err != nil {
		return "", err
	}
	actor, err := k.linked(r.Context(), subject)
	if err != nil {
		return "", err
	}
	_, err = k.Begin(w, r, actor, Browser, "single sign-on")
	return b.Next, err
}

// subject exchanges the code and verifies the token that comes for it.
func (k *Keeper) subject(ctx context.Context, p *oidc.Provider, b begun, codeText string) (string, error) {
	token, err := k.oauth(p).Exchange(calls(ctx), codeText, oauth2.VerifierOption(b.Verifier))
	if err != nil {
		return "", k.refused(err, "the sign-in provider did not accept its own answer: %s", causeOf(err)).Hinted("begin again; if it stays so, the operator looks at oidc_client, oidc_secret and the redirect address")
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" {
		return "", k.refused(errors.New("no id_token"), "the sign-in provider did not say who signed in").Hinted("the operator allows the scope openid for this client at the provider")
	}
	id, err := p.VerifierContext(calls(context.WithoutCancel(ctx)), &oidc.Config{ClientID: k.options.OIDC.ClientID, Now: k.options.Now}).Verify(ctx, raw)
	if err != nil {
		return "", k.refused(err, "what the sign-in provider said does not check out: %v", err).Hinted("often a clock is wrong, or oidc_client is another application's")
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(b.Nonce)) != 1 {
		return "", k.refused(errors.New("the nonce differs"), "this answer is not to the sign-in that this browser began").Hinted("begin the sign-in again")
	}
	return id.Subject, nil
}

func (k *Keeper) linked(ctx context.Context, subject string) (string, error) {
	issuer := k.options.OIDC.Issuer
	actor, err := directory.Linked(ctx, k.register.app.Directory(), issuer, subject)
	if fault.KindOf(err) != fault.NotFound {
		return actor, err
	}
	k.options.Log.Warn("a sign-in failed", "by", "oidc", "issuer", issuer, "what", "the subject is linked to nobody")
	return "", fault.Forbiddenf("the provider knows you, and nobody here is linked to the subject %q of %s", subject, issuer).
		Hinted("give this to the operator, who links you with: holdpoint identity link PERSON --issuer %s --subject %s", issuer, subject)
}
