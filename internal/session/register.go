// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/directory"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Register is who may come in, and by what: login sessions, tokens, identities
// at a sign-in provider and passwords. The owner of the workspace changes it at
// the command line; who may change what is for the face to ask.
type Register struct {
	app *app.App
	now func() time.Time
	// kiln is shared by all who compute passwords here.
	kiln *kiln
}

// NewRegister gives the register of a workspace.
func NewRegister(a *app.App) Register { return Register{app: a, now: time.Now, kiln: newKiln()} }

func (g Register) ms() int64 { return g.now().UnixMilli() }

// person gives somebody of the journal with the roles they hold now, joined. An
// id is compared as it is written: "RSO" is nobody where "rso" is somebody.
func (g Register) person(ctx context.Context, id string) (access.Person, string, error) {
	m, err := g.app.Moment(ctx, "")
	if err != nil {
		return access.Person{}, "", err
	}
	p, ok := m.View.State.Access.Person(id)
	if !ok {
		return p, "", fault.NotFoundf("there is no person %q", id).Hinted("holdpoint person list shows who there is; ids are written in small letters")
	}
	roles := slices.Clone(m.View.State.Access.RolesAt(id, m.Now))
	slices.Sort(roles)
	return p, strings.Join(roles, " "), nil
}

// Session is a login session as people see it. Times are milliseconds since
// 1970. Label says how the person signed in.
type Session struct {
	ID, Actor, Label       string
	Means                  Means
	Created, Seen, Expires int64
}

func sessionOf(s directory.Session) Session {
	return Session{ID: s.ID, Actor: s.Actor, Label: s.Label, Means: Means(s.Means), Created: s.Created, Seen: s.Seen, Expires: s.Expires}
}

// Sessions lists the login sessions of a person, or of everybody for "". Some
// may be over and not tidied away yet.
func (g Register) Sessions(ctx context.Context, person string) ([]Session, error) {
	rows, err := directory.Sessions(ctx, g.app.Directory(), person)
	all := make([]Session, 0, len(rows))
	for _, s := range rows {
		all = append(all, sessionOf(s))
	}
	return all, err
}

// EndSession signs out one session, at once.
func (g Register) EndSession(ctx context.Context, id string) error {
	return g.app.Keep(ctx, func(db directory.DB) error {
		ended, err := directory.EndSession(ctx, db, id)
		if err == nil && !ended {
			return fault.NotFoundf("there is no login session %q", id).Hinted("holdpoint session list shows them")
		}
		return err
	})
}

// EndSessions signs out every session of a person but the one of the id keep,
// which may be "", and says how many there were.
func (g Register) EndSessions(ctx context.Context, person, keep string) (n int64, err error) {
	err = g.app.Keep(ctx, func(db directory.DB) error {
		n, err = directory.EndSessions(ctx, db, person, keep)
		return err
	})
	return n, err
}

// MaxIdentity is the longest issuer or subject in bytes; OpenID Connect Core 1.0,
// section 2, allows a subject 255.
const MaxIdentity = 255

// Link says that a subject of a sign-in provider is a person of the journal. It
// is the pair of issuer and subject that identifies, never an e-mail address,
// which can change hands. A changed link signs the person's sessions out.
func (g Register) Link(ctx context.Context, person, issuer, subject string) error {
	for _, text := range []string{issuer, subject} {
		if text == "" || len(text) > MaxIdentity || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return fault.Invalidf("an issuer and a subject are printable texts of 1 to %d bytes", MaxIdentity).
				Hinted("a refused sign-in says both; copy them from there")
		}
	}
	p, _, err := g.person(ctx, person)
	if err != nil {
		return err
	}
	if p.Kind == access.Automation {
		return fault.Invalidf("%q is an automation, and signs in nowhere", person).Hinted("give it a token: holdpoint token new %s --scopes check --expires 90d", person)
	}
	return g.app.Keep(ctx, func(db directory.DB) error {
		if err := directory.Link(ctx, db, directory.Identity{Issuer: issuer, Subject: subject, Actor: person, Linked: g.ms()}); err != nil {
			return err
		}
		_, err := directory.EndSessions(ctx, db, person, "")
		return err
	})
}

// Links lists the identities of a person, or of everybody for "".
func (g Register) Links(ctx context.Context, person string) ([]directory.Identity, error) {
	return directory.Identities(ctx, g.app.Directory(), person)
}

// Unlink forgets an identity, and signs the person's sessions out.
func (g Register) Unlink(ctx context.Context, person, issuer, subject string) error {
	return g.app.Keep(ctx, func(db directory.DB) error {
		gone, err := directory.Unlink(ctx, db, directory.Identity{Issuer: issuer, Subject: subject, Actor: person})
		if err != nil {
			return err
		}
		if !gone {
			return fault.NotFoundf("%q is not linked to this subject", person).Hinted("holdpoint identity list shows what is linked")
		}
		_, err = directory.EndSessions(ctx, db, person, "")
		return err
	})
}
