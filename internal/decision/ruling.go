// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// fillRuling checks a ruling on a clause of the version in force. It is a
// person's reading, and attested as such.
func fillRuling(f *File, in ProposeIn, p policy.Pack) error {
	r := in.Ruling
	if r == nil {
		return fault.Invalidf("an interpretation names the clause, the question and the ruling")
	}
	if _, ok := p.ClauseByID(r.Clause); !ok {
		return fault.NotFoundf("%s has no clause %q", p.Ref(), r.Clause).Hinted("holdpoint policy coverage lists every clause")
	}
	if strings.TrimSpace(r.Question) == "" || strings.TrimSpace(r.Ruling) == "" {
		return fault.Invalidf("a ruling on %s says what was unclear, and how it is read", r.Clause)
	}
	f.Grade = grade.Attested
	return nil
}

// Rulings lists the interpretations of clauses, in the order in which they were
// proposed.
func (s State) Rulings() []Decision {
	return slices.DeleteFunc(s.All(), func(d Decision) bool { return d.File.Kind != policy.DecideInterpret })
}

// Clarified names the version, adopted after the ruling took effect, that says
// the clause in other words; "" while none does and the question stays open
// (POL-5).
func (d Decision) Clarified(s policy.State) string {
	if d.File.Ruling == nil || d.Status != InEffect {
		return ""
	}
	then, err := s.Find(d.File.Policy.Ref)
	if err != nil {
		return ""
	}
	was, _ := then.Pack.ClauseByID(d.File.Ruling.Clause)
	for _, v := range s.Versions() {
		if now, _ := v.Pack.ClauseByID(d.File.Ruling.Clause); v.Seq > d.EffectSeq && now.Summary != was.Summary {
			return v.Ref()
		}
	}
	return ""
}
