// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/holdpoint/holdpoint/internal/directory"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// MaxTokenLife is the longest life of a service token.
const MaxTokenLife = 366 * 24 * time.Hour

// forgetTokens is how long a token that is over is still listed.
const forgetTokens = 90 * 24 * time.Hour

// NewToken is the input of [Register.NewToken].
type NewToken struct {
	Person string
	Scopes []Scope
	// Life is how long the token is good, at most [MaxTokenLife].
	Life  time.Duration
	Label string
}

// ServiceToken is a token as people see it, without its secret. Times are
// milliseconds since 1970; Used is the day of the last use, 0 for never.
type ServiceToken struct {
	ID, Actor, Label       string
	Scopes                 []Scope
	Created, Used, Expires int64
}

// NewToken makes a token that acts as its person and gives its secret, which is
// stored nowhere and cannot be shown again.
func (g Register) NewToken(ctx context.Context, in NewToken) (t ServiceToken, secret string, err error) {
	if err := in.check(); err != nil {
		return t, "", err
	}
	_, roles, err := g.person(ctx, in.Person)
	if err != nil {
		return t, "", err
	}
	raw, now := newSecret(), g.ms()
	t = ServiceToken{ID: newID("token"), Actor: in.Person, Label: in.Label, Scopes: in.Scopes, Created: now, Expires: now + in.Life.Milliseconds()}
	row := directory.Token{ID: t.ID, Hash: hashOf(raw), Actor: t.Actor, Label: t.Label, Scopes: joined(t.Scopes), Roles: roles, Created: now, Expires: t.Expires}
	err = g.app.Keep(ctx, func(db directory.DB) error {
		if err := directory.Tidy(ctx, db, now, 0, now-forgetTokens.Milliseconds()); err != nil {
			return err
		}
		return directory.AddToken(ctx, db, row)
	})
	return t, tokenText(raw), err
}

func (in NewToken) check() error {
	if len(in.Scopes) == 0 {
		return fault.Invalidf("a token has at least one scope").Hinted("scopes: read, check, act")
	}
	for i, s := range in.Scopes {
		if s != Read && s != Check && s != Act || slices.Contains(in.Scopes[:i], s) {
			return fault.Invalidf("%q is no scope, or is named twice", string(s)).Hinted("scopes: read, check, act")
		}
	}
	if in.Life <= 0 || in.Life > MaxTokenLife {
		return fault.Invalidf("a token ends: it lives for more than nothing and at most a year").Hinted("say --expires 30d, or a day")
	}
	if len(in.Label) > 200 || strings.ContainsFunc(in.Label, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fault.Invalidf("a label is one line of at most 200 bytes")
	}
	return nil
}

func joined(all []Scope) string {
	words := make([]string, len(all))
	for i, s := range all {
		words[i] = string(s)
	}
	return strings.Join(words, ",")
}

func scopesOf(text string) []Scope {
	var all []Scope
	for word := range strings.SplitSeq(text, ",") {
		all = append(all, Scope(word))
	}
	return all
}

func tokenOf(t directory.Token) ServiceToken {
	return ServiceToken{ID: t.ID, Actor: t.Actor, Label: t.Label, Scopes: scopesOf(t.Scopes), Created: t.Created, Used: t.Used, Expires: t.Expires}
}

// Tokens lists the tokens of a person, or of everybody for "".
func (g Register) Tokens(ctx context.Context, person string) ([]ServiceToken, error) {
	rows, err := directory.Tokens(ctx, g.app.Directory(), person)
	all := make([]ServiceToken, 0, len(rows))
	for _, t := range rows {
		all = append(all, tokenOf(t))
	}
	return all, err
}

// RevokeToken ends a token, at once.
func (g Register) RevokeToken(ctx context.Context, id string) error {
	return g.app.Keep(ctx, func(db directory.DB) error {
		ended, err := directory.EndToken(ctx, db, id)
		if err == nil && !ended {
			return fault.NotFoundf("there is no token %q", id).Hinted("holdpoint token list shows them")
		}
		return err
	})
}

const day = 24 * 60 * 60 * 1000

// caller gives who is behind a token, or why nobody is.
func (g Register) caller(ctx context.Context, text string) (Caller, error) {
	secret := tokenSecret(text)
	if secret == nil {
		return Caller{}, fault.Forbiddenf("this is not a token of Holdpoint, or it was mistyped").Hinted("send Authorization: Bearer hp_...")
	}
	t, err := directory.TokenOf(ctx, g.app.Directory(), hashOf(secret))
	if fault.KindOf(err) == fault.NotFound {
		return Caller{}, fault.Forbiddenf("this token is not known here, or was revoked").Hinted("make another with: holdpoint token new")
	}
	if err != nil {
		return Caller{}, err
	}
	now := g.ms()
	if t.Expires <= now {
		return Caller{}, fault.Forbiddenf("the token %s has expired", t.ID).Hinted("make another with: holdpoint token new %s", t.Actor)
	}
	_, roles, err := g.person(ctx, t.Actor)
	if fault.KindOf(err) == fault.NotFound || err == nil && t.Roles != "" && roles == "" {
		return Caller{}, fault.Forbiddenf("the token %s acts as %q, who is not there any more or has no role left", t.ID, t.Actor).
			Hinted("make a token for somebody who is")
	}
	if err != nil {
		return Caller{}, err
	}
	if today := now - now%day; t.Used != today {
		// Where this cannot be written, the token is as good.
		_ = g.app.Keep(ctx, func(db directory.DB) error { return directory.UseToken(ctx, db, t.ID, today) })
	}
	return Caller{Actor: t.Actor, Means: Token, ID: t.ID, Scopes: scopesOf(t.Scopes)}, nil
}
