// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Suppose gives the state as if a version were in force since the day of now, in
// place of the one that is, for a question about a world that is not. Versions
// that would follow it are left out, and seq stands for an entry that was never
// written. The pack must be of the policy that the state follows.
func (s State) Suppose(p Pack, seq, now int64) (State, error) {
	today := Date(deadline.DayOf(now))
	s = s.Fork()
	if err := s.without(p, today); err != nil {
		return s, err
	}
	carries := s.carries(p)
	digest := p.Digest()
	p.Effective = today
	s.versions.Set(versionKey(today, seq), Adopted{
		Pack: p, Digest: digest, Seq: seq, AdoptedAt: now, Grade: grade.Recomputed, Carries: carries,
	})
	return s, nil
}

// without drops the version itself, those adopted after it, and those that are
// not yet in force.
func (s *State) without(p Pack, today Date) error {
	drop := false
	for key, a := range s.Fork().versions.All() {
		if a.Pack.ID != p.ID {
			return fault.Conflictf("this journal follows the policy %s, not %s", a.Pack.ID, p.ID)
		}
		if drop = drop || a.Ref() == p.Ref() || a.Pack.Effective > today; drop {
			s.versions.Delete(key)
		}
	}
	return nil
}
