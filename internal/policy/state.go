// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// State is the policy versions a lab has adopted, in the order in which they
// take effect.
type State struct {
	versions cow.Map[string, Adopted]
}

// Adopted is one adopted version.
type Adopted struct {
	Pack   Pack
	Digest string
	// Seq is the entry that adopted it, AdoptedAt when that was recorded.
	Seq       int64
	AdoptedAt int64
	// Grade is how well it is known that this is the policy: recomputed for the
	// lab's own act, reported for a published document.
	Grade grade.Grade
	// Carries is what the version adopted before hands on to this one.
	Carries []Carry
}

// Ref is "id@version".
func (a Adopted) Ref() string { return a.Pack.ID + "@" + a.Pack.Version }

// Versions lists every adopted version in order of effect.
func (s State) Versions() []Adopted {
	var all []Adopted
	for a := range s.versions.Values() {
		all = append(all, a)
	}
	return all
}

// InForce gives the version in force at now (milliseconds since 1970): the last
// to have taken effect. Without one nothing can be met.
func (s State) InForce(now int64) (Adopted, bool) {
	today := string(deadline.DayOf(now))
	var last Adopted
	found := false
	for a := range s.versions.Values() {
		if string(a.Pack.Effective) > today {
			break
		}
		last, found = a, true
	}
	return last, found
}

// Before gives the version that was in force before a, if any.
func (s State) Before(a Adopted) (Adopted, bool) {
	var former Adopted
	found := false
	for v := range s.versions.Values() {
		if v.Seq == a.Seq {
			break
		}
		former, found = v, true
	}
	return former, found
}

// Find gives an adopted version by "id@version".
func (s State) Find(ref string) (Adopted, error) {
	for a := range s.versions.Values() {
		if a.Ref() == ref {
			return a, nil
		}
	}
	return Adopted{}, fault.NotFoundf("policy %q was never adopted here", ref).
		Hinted("holdpoint policy list shows the packs; holdpoint policy adopt takes one up")
}

// AdoptIn asks to adopt a pack. Accept must give a reason when the pack loosens
// the version before it.
type AdoptIn struct {
	Pack   Pack
	Accept string
	How    entry.Provenance
}

// Adopt takes up a policy version. A loosening is named in the entry and needs
// a reason; the versions of one journal are those of one policy, in order.
func (s State) Adopt(in AdoptIn, act entry.Act) ([]entry.Draft, error) {
	p := in.Pack
	data := AdoptedV1{ID: p.ID, Version: p.Version, Digest: p.Digest(), Effective: p.Effective, Pack: string(p.Canonical()), Reason: in.Accept}
	if last, ok := s.last(); ok {
		if err := follows(last, p); err != nil {
			return nil, err
		}
		for _, c := range Diff(last.Pack, p) {
			switch c.Kind {
			case Loosening:
				data.Loosenings = append(data.Loosenings, c.Sentence)
			case Tightening:
				data.Tightened = append(data.Tightened, c.Sentence)
			}
		}
		if len(data.Loosenings) > 0 && act.Actor != owner {
			return nil, fault.Forbiddenf("%s@%s loosens %s, which nobody does alone: %s", p.ID, p.Version, last.Ref(), data.Loosenings[0]).
				Hinted("a loosening goes the policy's own way of change; the owner of the workspace then adopts it, with the reason")
		}
		if len(data.Loosenings) > 0 && in.Accept == "" {
			return nil, fault.Conflictf("%s@%s loosens %s: %s", p.ID, p.Version, last.Ref(), data.Loosenings[0]).
				Hinted("a loosening needs a reason that stands in the journal: give one with --accept-loosening")
		}
	}
	return adopted.Drafts(data, in.How)
}

// owner is the actor who keeps the workspace; no person has this id.
const owner = access.Operator

func follows(last Adopted, p Pack) error {
	switch {
	case last.Pack.ID != p.ID:
		return fault.Conflictf("this journal follows the policy %s, not %s", last.Pack.ID, p.ID).
			Hinted("start a workspace of its own for another policy")
	case last.Pack.Version == p.Version:
		return fault.Conflictf("%s@%s is adopted already", p.ID, p.Version)
	case p.Effective < last.Pack.Effective:
		return fault.Conflictf("%s@%s takes effect on %s, before %s did on %s", p.ID, p.Version, p.Effective, last.Ref(), last.Pack.Effective).
			Hinted("adopt versions in the order in which they take effect")
	}
	return nil
}

func (s State) last() (Adopted, bool) {
	var last Adopted
	found := false
	for a := range s.versions.Values() {
		last, found = a, true
	}
	return last, found
}
