// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/proof"
)

// HoldPlacedV1 is the data of gate.hold_placed. No actions means every action.
type HoldPlacedV1 struct {
	Model   string   `json:"model"`
	Actions []string `json:"actions,omitempty"`
	Reason  string   `json:"reason"`
}

// HoldLiftedV1 is the data of gate.hold_lifted.
type HoldLiftedV1 struct {
	Hold     string `json:"hold"`
	Decision string `json:"decision"`
}

// ClearanceIssuedV1 is the data of gate.clearance_issued. Statement is the
// SHA-256 of Payload, which is the in-toto statement that was signed; the rest
// is the ask it answers, so that it can be asked again.
type ClearanceIssuedV1 struct {
	Statement    string      `json:"statement"`
	Payload      string      `json:"payload"`
	Model        string      `json:"model"`
	Snapshot     string      `json:"snapshot"`
	Action       string      `json:"action"`
	Environment  string      `json:"environment"`
	ComparableTo string      `json:"comparable_to,omitzero"`
	Floor        grade.Grade `json:"floor"`
	Policy       string      `json:"policy"`
	Rules        int64       `json:"rules"`
	NotBefore    int64       `json:"not_before"`
	Expires      int64       `json:"expires"`
	Renews       string      `json:"renews,omitzero"`
}

// ClearanceRevokedV1 is the data of gate.clearance_revoked.
type ClearanceRevokedV1 struct {
	Clearance string `json:"clearance"`
	Reason    string `json:"reason"`
}

// GlassBrokenV1 is the data of gate.glass_broken. Clearance is the last one for
// exactly what is named; Until is milliseconds since 1970.
type GlassBrokenV1 struct {
	Clearance   string `json:"clearance"`
	Model       string `json:"model"`
	Snapshot    string `json:"snapshot"`
	Action      string `json:"action"`
	Environment string `json:"environment"`
	Reason      string `json:"reason"`
	Until       int64  `json:"until"`
	Hours       int64  `json:"hours"`
}

var (
	holdPlaced  = entry.Define[HoldPlacedV1]("gate.hold_placed", 1, entry.Fact)
	holdLifted  = entry.Define[HoldLiftedV1]("gate.hold_lifted", 1, entry.Fact)
	issued      = entry.Define[ClearanceIssuedV1](proof.ClearanceType, 1, entry.Fact)
	revoked     = entry.Define[ClearanceRevokedV1]("gate.clearance_revoked", 1, entry.Fact)
	glassBroken = entry.Define[GlassBrokenV1](GlassBrokenType, 1, entry.Fact)
)

// GlassBrokenType is the type of the entries that record a broken glass.
const GlassBrokenType = "gate.glass_broken"

// Types lists the entry types of this area.
func Types() []entry.Type {
	return []entry.Type{holdPlaced.Type(), holdLifted.Type(), issued.Type(), revoked.Type(), glassBroken.Type()}
}

// DecodeClearance reads the entry that records a clearance.
func DecodeClearance(e entry.Entry) (ClearanceIssuedV1, error) {
	d, _, err := issued.Decode(e)
	return d, err
}

// DecodeLifted reads the entry that lifts a hold.
func DecodeLifted(e entry.Entry) (HoldLiftedV1, error) {
	d, _, err := holdLifted.Decode(e)
	return d, err
}

// DecodeGlassBroken reads the entry that records a broken glass.
func DecodeGlassBroken(e entry.Entry) (GlassBrokenV1, error) {
	d, _, err := glassBroken.Decode(e)
	return d, err
}

// Fork gives a state that changes on its own.
func (s State) Fork() State {
	return State{
		holds: s.holds.Fork(), clearances: s.clearances.Fork(), current: s.current.Fork(),
		glass: s.glass.Fork(), broken: s.broken.Fork(),
	}
}

// Apply folds one entry.
func (s *State) Apply(e entry.Entry) error {
	switch e.Type {
	case holdPlaced.Name():
		return s.applyHoldPlaced(e)
	case holdLifted.Name():
		return s.applyHoldLifted(e)
	case issued.Name():
		return s.applyIssued(e)
	case revoked.Name():
		return s.applyRevoked(e)
	case glassBroken.Name():
		return s.applyGlassBroken(e)
	}
	return fault.New(fault.Internal, "gate does not fold %s", e.Type)
}

func (s *State) applyHoldPlaced(e entry.Entry) error {
	d, _, err := holdPlaced.Decode(e)
	if err != nil {
		return err
	}
	id := entry.ID("hold", e.Seq)
	s.holds.Set(id, Hold{ID: id, Model: d.Model, Actions: d.Actions, Reason: d.Reason, By: e.Actor, Seq: e.Seq, At: e.RecordedAt})
	return nil
}

func (s *State) applyHoldLifted(e entry.Entry) error {
	d, _, err := holdLifted.Decode(e)
	if err != nil {
		return err
	}
	h, ok := s.holds.Get(d.Hold)
	if !ok {
		return fault.Corruptf("entry %d lifts the hold %q, which is not there", e.Seq, d.Hold)
	}
	h.LiftedSeq, h.Decision = e.Seq, d.Decision
	s.holds.Set(h.ID, h)
	return nil
}

func (s *State) applyIssued(e entry.Entry) error {
	d, _, err := issued.Decode(e)
	if err != nil {
		return err
	}
	c := Clearance{
		ID: entry.ID("clearance", e.Seq), Seq: e.Seq, Statement: d.Statement,
		Ask:    Ask{Model: d.Model, Snapshot: d.Snapshot, Action: d.Action, Environment: d.Environment, ComparableTo: d.ComparableTo, Floor: d.Floor},
		Policy: d.Policy, Rules: d.Rules, NotBefore: d.NotBefore, Expires: d.Expires, Renews: d.Renews, Rests: rests(d.Payload),
	}
	s.clearances.Set(c.ID, c)
	s.current.Set(c.key(), c.ID)
	return nil
}

func (s *State) applyRevoked(e entry.Entry) error {
	d, _, err := revoked.Decode(e)
	if err != nil {
		return err
	}
	c, ok := s.clearances.Get(d.Clearance)
	if !ok {
		return fault.Corruptf("entry %d revokes the clearance %q, which is not there", e.Seq, d.Clearance)
	}
	c.RevokedSeq, c.Reason = e.Seq, d.Reason
	s.clearances.Set(c.ID, c)
	return nil
}

func (s *State) applyGlassBroken(e entry.Entry) error {
	d, _, err := glassBroken.Decode(e)
	if err != nil {
		return err
	}
	if !s.clearances.Has(d.Clearance) {
		return fault.Corruptf("entry %d breaks the glass by the clearance %q, which is not there", e.Seq, d.Clearance)
	}
	b := BrokenGlass{GlassBrokenV1: d, ID: entry.ID("glass", e.Seq), By: e.Actor, Seq: e.Seq, At: e.RecordedAt}
	s.glass.Set(b.ID, b)
	s.broken.Set(b.key(), b.ID)
	return nil
}

// rests reads from a clearance's statement which entries its conditions rest on.
// The statement is canonical JSON, in which a text cannot look like a member: its
// quotes are escaped.
func rests(payload string) []int64 {
	const member = `"entries":[`
	var all []int64
	for {
		_, after, ok := strings.Cut(payload, member)
		if !ok {
			slices.Sort(all)
			return slices.Clip(slices.Compact(all))
		}
		numbers, rest, _ := strings.Cut(after, "]")
		for n := range strings.SplitSeq(numbers, ",") {
			if seq, err := strconv.ParseInt(n, 10, 64); err == nil {
				all = append(all, seq)
			}
		}
		payload = rest
	}
}
