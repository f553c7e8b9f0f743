// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Suppose gives the state as if a version had been adopted and were in force
// since the day of now, after the one that is, for a question about a world that
// is not. What that one knows is carried over as at any adoption, also to an
// older version. Versions that are to follow are left out; seq stands for an
// entry that was never written. The pack must be of the policy that the state
// follows.
func (s State) Suppose(p Pack, seq, now int64) (State, error) {
	if last, ok := s.InForce(now); ok && last.Digest == p.Digest() {
		return s, nil
	}
	today := Date(deadline.DayOf(now))
	then := s.Fork()
	for key, a := range s.versions.All() {
		if a.Pack.ID != p.ID {
			return s, fault.Conflictf("this journal follows the policy %s, not %s", a.Pack.ID, p.ID)
		}
		if a.Pack.Effective > today {
			then.versions.Delete(key)
		}
	}
	a := Adopted{Digest: p.Digest(), Seq: seq, AdoptedAt: now, Grade: grade.Recomputed, Carries: then.carries(p)}
	p.Effective = today
	a.Pack = p
	then.versions.Set(versionKey(today, seq), a)
	return then, nil
}
