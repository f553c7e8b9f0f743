// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Attest records a person's word about a condition or a lapse event.
func (s State) Attest(in AttestedV1, _ entry.Act) ([]entry.Draft, error) {
	if err := s.checkAttested(in); err != nil {
		return nil, err
	}
	return attested.Drafts(in)
}

func (s State) checkAttested(in AttestedV1) error {
	d, err := s.Decision(in.Decision)
	if err != nil {
		return err
	}
	known := slices.ContainsFunc(d.File.Conditions, func(c Condition) bool { return c.ID == in.Condition }) ||
		slices.ContainsFunc(d.File.LapsesOn, func(l Lapse) bool { return l.ID == in.Condition })
	if !known {
		return fault.NotFoundf("%s has no condition %q", in.Decision, in.Condition)
	}
	if in.Note == "" {
		return fault.Invalidf("an attestation says in a sentence what it rests on")
	}
	if d.lapsed(in.Condition) {
		return fault.Conflictf("%s has lapsed by %q already, and that is final", in.Decision, in.Condition).Hinted("propose a new decision")
	}
	return nil
}

// lapsed tells whether a lapse event of the decision was said to have happened.
func (d Decision) lapsed(id string) bool {
	a, ok := d.attestation(id)
	return ok && a.Met && slices.ContainsFunc(d.File.LapsesOn, func(l Lapse) bool { return l.ID == id })
}

// Reverse makes a decision void because a later decision in effect says so
// (DEC-7). What is only proposed is taken back instead.
func (s State) Reverse(id, by, reason string) ([]entry.Draft, error) {
	d := VoidedV1{Decision: id, By: by, Reason: reason}
	if err := s.checkVoided(d); err != nil {
		return nil, err
	}
	return voided.Drafts(d)
}

// Void takes a proposal back.
func (s State) Void(id, reason string) ([]entry.Draft, error) {
	d := VoidedV1{Decision: id, Reason: reason}
	if err := s.checkVoided(d); err != nil {
		return nil, err
	}
	return voided.Drafts(d)
}

// Without gives the state as it would be if a decision were void, for a question
// of what would be. Nothing is recorded.
func (s State) Without(id string) State {
	d, ok := s.decisions.Get(id)
	if !ok {
		return s
	}
	s = s.Fork()
	d.Status, d.Reason = Void, "supposed"
	s.decisions.Set(id, d)
	return s
}

// checkVoided tells a proposal that is taken back from a decision that is
// reversed: only the latter needs another decision, and does need one.
func (s State) checkVoided(v VoidedV1) error {
	d, err := s.Decision(v.Decision)
	if err != nil {
		return err
	}
	if err := access.CheckReason(v.Reason); err != nil {
		return err
	}
	if v.By == "" {
		if d.Status != Proposed {
			return fault.Conflictf("%s is %s; only a proposal can be taken back", v.Decision, strings.ReplaceAll(string(d.Status), "_", " ")).
				Hinted("a decision in effect is reversed by a new one: holdpoint decision reverse")
		}
		return nil
	}
	if d.Status != InEffect && d.Status != Reported {
		return fault.Conflictf("%s is %s; only a decision in effect can be reversed", v.Decision, d.Status)
	}
	later, err := s.Decision(v.By)
	if err != nil {
		return err
	}
	if later.Status != InEffect || later.EffectSeq <= d.EffectSeq {
		return fault.Conflictf("%s is not a later decision in effect", v.By).Hinted("a decision is reversed by a new decision only")
	}
	return nil
}
