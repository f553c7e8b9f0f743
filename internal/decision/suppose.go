// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// Suppose gives drafts by which a decision would be in effect that nobody made,
// as if the signers of the version in force had, for a question about a world
// that is not. They are folded into a copy and never recorded, so nothing is
// asked of what the decision would rest on. Its grade is attested: it is a word.
func (s State) Suppose(f File, p policy.Adopted, act entry.Act) ([]entry.Draft, error) {
	for _, det := range f.Determinations {
		t, ok := p.Pack.Threshold(det.Threshold)
		if !ok {
			return nil, fault.NotFoundf("%s has no threshold %q", p.Ref(), det.Threshold)
		}
		if err := fits(t, det.Outcome); err != nil {
			return nil, err
		}
	}
	f.Schema, f.ID, f.AsOf, f.Grade = Schema, act.ID("decision", 0), act.Seq, grade.Attested
	f.Policy = Policy{Ref: p.Ref(), Digest: p.Digest}
	digest, err := f.Digest()
	if err != nil {
		return nil, err
	}
	asked, err := proposed.Drafts(ProposedV1{File: f, Digest: digest, Question: act.ID("supposed", 0)})
	if err != nil {
		return nil, err
	}
	effect, err := s.TakeEffect(f.ID)
	return append(asked, effect...), err
}
