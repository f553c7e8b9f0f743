// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package session knows who is behind a request: a person signed in with a
// browser, or a program with a service token.
//
// What it keeps stands in the erasable directory and not in the journal: losing
// all of it signs everybody out and changes no verdict. A caller is a person of
// the journal; what that person may do is decided in the journal's writer and
// never here. A scope only takes away.
package session

import (
	"context"
	"slices"
)

// Means is how a caller proved who they are.
type Means string

// The means.
const (
	// Browser is a login session, held by a cookie.
	Browser Means = "browser"
	// Token is a service token, held by a program.
	Token Means = "token"
	// Demo is a role that was picked in the demonstration, which proves nothing.
	Demo Means = "demo"
)

// Scope is something that a service token may be used for. A browser session has
// all of them.
type Scope string

// The scopes.
const (
	// Read sees what the token's person sees.
	Read Scope = "read"
	// Check asks the gate and takes clearances that are valid already.
	Check Scope = "check"
	// Act acts as the token's person.
	Act Scope = "act"
)

// Caller is who is behind a request. Actor is the opaque id of a person of the
// journal; ID names the login session or the token, never its secret.
type Caller struct {
	Actor  string
	Means  Means
	ID     string
	Scopes []Scope
}

// May tells whether the caller's scopes allow something.
func (c Caller) May(s Scope) bool { return c.Means != Token || slices.Contains(c.Scopes, s) }

type callerKey struct{}

// With puts the caller into the context of a request.
func With(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// From gives the caller of a request; false where nobody is signed in.
func From(ctx context.Context) (Caller, bool) {
	c, ok := ctx.Value(callerKey{}).(Caller)
	return c, ok
}
