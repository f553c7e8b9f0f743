// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Linked is the data of finding.linked: what was learned, and the element of a
// policy that was changed by it (CMP-4).
type Linked struct {
	Finding string `json:"finding"`
	Lesson  string `json:"lesson"`
	// Policy is a version that was adopted here, such as anthropic-rsp@2.0, and
	// Element or clause in it what the lesson changed.
	Policy  string `json:"policy"`
	Element string `json:"element"`
	Change  string `json:"change"`
}

// Link links a lesson to the change of a policy. It may be done at any time.
func (s State) Link(in Linked, how entry.Provenance, see See) ([]entry.Draft, error) {
	f, err := s.Find(in.Finding)
	if err != nil {
		return nil, err
	}
	if err := said("the lesson", in.Lesson); err != nil {
		return nil, err
	}
	if err := said("the change", in.Change); err != nil {
		return nil, err
	}
	p, err := see.Policy.Find(in.Policy)
	if err != nil {
		return nil, err
	}
	if !p.Pack.Has(in.Element) {
		return nil, fault.NotFoundf("%s has no element or clause %q", p.Ref(), in.Element).Hinted("holdpoint policy show lists them")
	}
	if slices.ContainsFunc(f.Lessons, func(l Lesson) bool { return l.Linked == in }) {
		return nil, fault.Conflictf("%s is linked to this change already", f.ID)
	}
	return linked.Drafts(in, how)
}
