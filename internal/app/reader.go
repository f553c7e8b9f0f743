// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// Reader is somebody who reads entries. Facts are for everybody who may read at
// all; the body of a private entry is for its actor, for the owner of the
// workspace, and for whoever has the duty to administer. A Reader is used by one
// goroutine.
type Reader struct {
	actor   string
	all     bool
	types   entry.Registry
	private int
}

// Reader gives what somebody may read now; who is no person of the journal reads
// nothing.
func (a *App) Reader(ctx context.Context, actor string) (*Reader, error) {
	m, err := a.Moment(ctx, "")
	if err != nil {
		return nil, err
	}
	if _, ok := m.View.State.Access.Person(actor); !ok && actor != Operator {
		return nil, fault.Forbiddenf("%q is nobody known here", actor).Hinted("add the person with: holdpoint person add %s", actor)
	}
	act := entry.Act{Actor: actor, Now: m.Now}
	all := actor == Operator || hasDuty(m.View.State, "reading private bodies", policy.Administer, act) == nil
	return &Reader{actor: actor, all: all, types: Registry()}, nil
}

// Actor is who reads.
func (r *Reader) Actor() string { return r.actor }

// All tells that every private body may be read.
func (r *Reader) All() bool { return r.all }

// See gives an entry as the reader may see it: without body and salt where they
// are not for the reader.
func (r *Reader) See(e entry.Entry) entry.Entry {
	t, err := r.types.Find(e.Header)
	switch {
	case err == nil && t.Class == entry.Fact || e.Body == nil:
	case r.all || e.Actor == r.actor:
		r.private++
	default:
		e.Salt, e.Body = nil, nil
	}
	return e
}

// Private counts the private bodies that were seen.
func (r *Reader) Private() int { return r.private }

// MayStore lets the owner of the workspace store bytes, and whoever has a duty
// that brings some: to assess or to record.
func (a *App) MayStore(ctx context.Context, actor string) error {
	m, err := a.Moment(ctx, "")
	if err != nil || actor == Operator {
		return err
	}
	act := entry.Act{Actor: actor, Now: m.Now}
	for _, duty := range []policy.Duty{policy.Assess, policy.Record, policy.Safeguard} {
		if hasDuty(m.View.State, "storing", duty, act) == nil {
			return nil
		}
	}
	return fault.Forbiddenf("%q holds no role with the duty to assess or to record, which storing needs", actor).
		Hinted("holdpoint person list shows who holds which role")
}

// MayFetch lets whoever reads have bytes by their digest, but a log, which holds
// its transcripts: that is for the owner of the workspace and for whoever has the
// duty to assess or to review.
func (a *App) MayFetch(ctx context.Context, actor, digest string) error {
	m, err := a.Moment(ctx, "")
	if err != nil || actor == Operator || len(m.View.State.Evidence.RunsOfLog(digest)) == 0 {
		return err
	}
	act := entry.Act{Actor: actor, Now: m.Now}
	for _, duty := range []policy.Duty{policy.Assess, policy.Review} {
		if hasDuty(m.View.State, "reading a log", duty, act) == nil {
			return nil
		}
	}
	return fault.Forbiddenf("a kept log has its transcripts, and %q holds no role with the duty to assess or to review", actor).
		Hinted("holdpoint person list shows who holds which role")
}

// Roles lists the roles that somebody holds now.
func (a *App) Roles(ctx context.Context, actor string) ([]string, error) {
	m, err := a.Moment(ctx, "")
	if err != nil {
		return nil, err
	}
	return append([]string{}, m.View.State.Access.RolesAt(actor, m.Now)...), nil
}

// Names gives what people are called, by id; who has no name is left out.
func (a *App) Names(ctx context.Context) (map[string]string, error) {
	view, err := a.View(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, p := range view.State.Access.People() {
		if name := a.Name(ctx, p.ID); name != p.ID {
			names[p.ID] = name
		}
	}
	return names, nil
}
