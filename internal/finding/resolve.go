// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Resolved is the data of finding.resolved. Mitigating says what made it less
// bad than it could have been.
type Resolved struct {
	Finding          string `json:"finding"`
	RootCause        string `json:"root_cause"`
	CorrectiveAction string `json:"corrective_action"`
	Mitigating       string `json:"mitigating,omitzero"`
}

// Resolve says why it happened and what was done so that it does not happen
// again. The finding stays. Until it is verified, a later resolution takes the
// place of a former one.
func (s State) Resolve(in Resolved) ([]entry.Draft, error) {
	f, err := s.Find(in.Finding)
	if err != nil {
		return nil, err
	}
	switch f.Status() {
	case IsOpen:
		return nil, fault.Conflictf("%s was not rated, so nobody said how bad it is", f.ID).Hinted("rate it first: holdpoint finding rate %s minimal|material --argument TEXT", f.ID)
	case IsVerified:
		return nil, fault.Conflictf("%s is resolved, and the resolution was verified", f.ID).Hinted("open another finding for what is not as it should be")
	}
	if err := said("the root cause", in.RootCause); err != nil {
		return nil, err
	}
	if err := said("the corrective action", in.CorrectiveAction); err != nil {
		return nil, err
	}
	return resolved.Drafts(in)
}

// Verified is the data of finding.verified.
type Verified struct {
	Finding   string `json:"finding"`
	Statement string `json:"statement"`
}

// Verify says how somebody saw that the corrective action works. It takes a
// person who did not resolve the finding.
func (s State) Verify(in Verified, see See, act entry.Act) ([]entry.Draft, error) {
	f, err := s.Find(in.Finding)
	if err != nil {
		return nil, err
	}
	switch f.Status() {
	case IsVerified:
		return nil, fault.Conflictf("%s was verified already", f.ID)
	case IsOpen, IsRated:
		return nil, fault.Conflictf("%s is not resolved, so there is nothing to verify", f.ID).Hinted("resolve it first: holdpoint finding resolve %s", f.ID)
	}
	if err := human(see, act, "verifies"); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(f.Resolutions, func(r Resolution) bool { return r.By == act.Actor }) {
		return nil, fault.Forbiddenf("%q resolved %s and cannot also verify it (rule SOD-VERIFY)", act.Actor, f.ID).Hinted("ask somebody else")
	}
	if err := said("what was seen", in.Statement); err != nil {
		return nil, err
	}
	return verified.Drafts(in)
}
