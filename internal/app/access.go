// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"database/sql"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/directory"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/world"
)

// AddPerson is the intent to add somebody, with the roles they hold from the
// start.
func AddPerson(in access.NewPerson, grants ...access.RoleChange) Intent {
	identity := struct {
		Person access.NewPerson    `json:"person"`
		Grants []access.RoleChange `json:"grants"`
	}{in, grants}
	rules := []rule{func(w world.World, act entry.Act) ([]entry.Draft, error) { return w.Access.AddPerson(in, act) }}
	for _, g := range grants {
		rules = append(rules, grantRole(g))
	}
	return Intent{Verb: "access.add", Input: identity, Decide: inOrder(rules...)}
}

// GrantRole is the intent to give somebody a role of the policy in force.
func GrantRole(in access.RoleChange) Intent {
	return Intent{Verb: "access.grant", Input: in, Decide: grantRole(in)}
}

func grantRole(in access.RoleChange) rule {
	return func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.GrantRole(in, access.See{Roles: roles(w, act.Now)}, act)
	}
}

// EndRole is the intent to end a role.
func EndRole(in access.RoleChange) Intent {
	return Intent{Verb: "access.end", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.EndRole(in, act)
	}}
}

// RegisterKey is the intent to register a public key to a person.
func RegisterKey(in access.NewKey) Intent {
	return Intent{Verb: "access.register_key", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.RegisterKey(in, act)
	}}
}

// RevokeKey is the intent to end a key for good.
func RevokeKey(in access.KeyRevocation) Intent {
	return Intent{Verb: "access.revoke_key", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Access.RevokeKey(in, act)
	}}
}

// CheckName tells whether a text can be what a person is called.
func CheckName(name string) error {
	if strings.TrimSpace(name) == "" || len(name) > directory.MaxName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return fault.Invalidf("this cannot be a name").Hinted("use printable text of at most %d bytes", directory.MaxName)
	}
	return nil
}

// SetName says what a person is called. Names stand outside the journal, in the
// directory, and can be forgotten.
func (a *App) SetName(ctx context.Context, who Who, person, name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if err := a.mayName(ctx, who, person); err != nil {
		return err
	}
	if a.remote != nil {
		return a.remote.setName(ctx, person, name)
	}
	return a.store.Write(ctx, func(tx *sql.Tx) error { return directory.Set(ctx, tx, person, name) })
}

// ForgetName erases what a person is called. Forgetting a name that is not known
// is no error; the id stays in the journal.
func (a *App) ForgetName(ctx context.Context, who Who, person string) error {
	if err := a.mayName(ctx, who, person); err != nil {
		return err
	}
	if a.remote != nil {
		return a.remote.forgetName(ctx, person)
	}
	return a.store.Write(ctx, func(tx *sql.Tx) error { return directory.Erase(ctx, tx, person) })
}

// mayName lets the operator name everybody, and each person themselves.
func (a *App) mayName(ctx context.Context, who Who, person string) error {
	if a.unsigned != nil {
		return a.unsigned
	}
	view, err := a.View(ctx)
	if err != nil {
		return err
	}
	if _, ok := view.State.Access.Person(person); !ok {
		return fault.NotFoundf("there is no person %q", person).Hinted("holdpoint person list shows who there is")
	}
	if who.Actor != Operator && who.Actor != person {
		return fault.Forbiddenf("%q may not change the name of %q", who.Actor, person).Hinted("names are changed by their owner or by the operator")
	}
	return nil
}
