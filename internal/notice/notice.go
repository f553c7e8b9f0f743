// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package notice keeps the outbox: what a role must be told, about what, and
// who of it has said that they read it. The machine queues a notice in the
// transaction of what it is about, so that nothing happens that nobody is told
// of; a holder of the role acknowledges it.
//
// The package sends nothing: a notice is shown to whoever looks, and what
// carries it further reads it here. It is not the delivery of a decision, which
// is signed (package signoff).
package notice

import (
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// State is every notice. The zero value is empty.
type State struct {
	notices cow.Map[string, Notice]
	// order lists ids by the entry that queued them, open those that nobody
	// acknowledged by role and entry.
	order cow.Map[string, string]
	open  cow.Map[string, string]
}

// Notice is a notice as it stands.
type Notice struct {
	Queued
	ID string
	// Seq and At are those of the entry that queued it; At is milliseconds since
	// 1970.
	Seq, At int64
	// AcknowledgedSeq is 0 while nobody has acknowledged it.
	AcknowledgedSeq int64
	AcknowledgedAt  int64
	AcknowledgedBy  string
}

// Open tells whether nobody has acknowledged it.
func (n Notice) Open() bool { return n.AcknowledgedSeq == 0 }

// Notice gives a notice by id.
func (s State) Notice(id string) (Notice, error) {
	if n, ok := s.notices.Get(id); ok {
		return n, nil
	}
	return Notice{}, fault.NotFoundf("there is no notice %q", id).Hinted("holdpoint notice list shows them all")
}

// All lists every notice, oldest first.
func (s State) All() []Notice { return s.of(s.order, "") }

// OpenFor lists what a role has not acknowledged, oldest first.
func (s State) OpenFor(role string) []Notice { return s.of(s.open, cow.PairKey(role, "")) }

// About lists the notices about a thing, oldest first.
func (s State) About(ref entry.Ref) []Notice {
	return slices.DeleteFunc(s.All(), func(n Notice) bool { return n.About != ref })
}

func (s State) of(ids cow.Map[string, string], prefix string) []Notice {
	var all []Notice
	for key, id := range ids.From(prefix) {
		if !strings.HasPrefix(key, prefix) {
			break
		}
		if n, ok := s.notices.Get(id); ok {
			all = append(all, n)
		}
	}
	return all
}

// Queue queues a notice; its id is act.ID("notice", n) of its draft.
func (s State) Queue(in Queued) ([]entry.Draft, error) {
	if in.To == "" || strings.TrimSpace(in.Text) == "" || in.About.ID == "" {
		return nil, fault.Invalidf("a notice says whom it tells what, and what it is about")
	}
	return queued.Drafts(in)
}

// See is what the verbs read from elsewhere.
type See struct{ Access access.State }

// Acknowledge records that somebody who holds the role has read a notice. One
// holder is enough.
func (s State) Acknowledge(in Acknowledged, see See, act entry.Act) ([]entry.Draft, error) {
	n, err := s.Notice(in.Notice)
	if err != nil {
		return nil, err
	}
	if !n.Open() {
		return nil, fault.Conflictf("%s was acknowledged already, by entry %d", n.ID, n.AcknowledgedSeq).Hinted("nothing needs to be done")
	}
	if !see.Access.HoldsRoleAt(act.Actor, n.To, act.Now) {
		return nil, fault.Forbiddenf("%q does not hold the role %s, which %s is for (rule SOD-NOTICE)", act.Actor, n.To, n.ID).
			Hinted("a holder of the role acknowledges it: holdpoint notice acknowledge %s --as PERSON", n.ID)
	}
	return acknowledged.Drafts(in)
}
