// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// ProposedV1 is the data of decision.proposed. In version 1 the file has none of
// interim, restriction, baseline and exemption; in version 2 it has one of them.
type ProposedV1 struct {
	File     File   `json:"file"`
	Digest   string `json:"digest"`
	Question string `json:"question"`
}

// TookEffectV1 is the data of decision.took_effect.
type TookEffectV1 struct {
	Decision string `json:"decision"`
}

// ReportedV1 is the data of decision.reported: what a source says was decided.
type ReportedV1 struct {
	File File `json:"file"`
}

// VoidedV1 is the data of decision.voided.
type VoidedV1 struct {
	Decision string `json:"decision"`
	Reason   string `json:"reason"`
	// By is the decision that reversed it, if one did (DEC-7).
	By string `json:"by,omitzero"`
}

// AttestedV1 is the data of decision.condition_attested.
type AttestedV1 struct {
	Decision  string       `json:"decision"`
	Condition string       `json:"condition"`
	Met       bool         `json:"met"`
	Until     deadline.Day `json:"until,omitzero"`
	Note      string       `json:"note"`
}

var (
	proposed   = entry.Define[ProposedV1]("decision.proposed", 1, entry.Fact)
	proposedV2 = entry.Define[ProposedV1]("decision.proposed", 2, entry.Fact)
	tookEffect = entry.Define[TookEffectV1]("decision.took_effect", 1, entry.Fact)
	reported   = entry.Define[ReportedV1]("decision.reported", 1, entry.Fact)
	voided     = entry.Define[VoidedV1]("decision.voided", 1, entry.Fact)
	attested   = entry.Define[AttestedV1]("decision.condition_attested", 1, entry.Fact)
)

// Types lists the entry types of this area.
func Types() []entry.Type {
	return []entry.Type{proposed.Type(), proposedV2.Type(), tookEffect.Type(), reported.Type(), voided.Type(), attested.Type()}
}

// Fork gives a state that changes on its own.
func (s State) Fork() State {
	return State{decisions: s.decisions.Fork(), determined: s.determined.Fork(), questions: s.questions.Fork(), open: s.open.Fork(), baselines: s.baselines.Fork()}
}

// Apply folds one entry.
func (s *State) Apply(e entry.Entry) error {
	switch e.Type {
	case proposed.Name():
		return s.applyProposed(e)
	case tookEffect.Name():
		return s.applyTookEffect(e)
	case reported.Name():
		return s.applyReported(e)
	case voided.Name():
		return s.applyVoided(e)
	case attested.Name():
		return s.applyAttested(e)
	}
	return fault.New(fault.Internal, "decision does not fold %s", e.Type)
}

// decodeProposed reads either version, each with what it can say and nothing
// else.
func decodeProposed(e entry.Entry) (ProposedV1, error) {
	kind := proposed
	if e.V == 2 {
		kind = proposedV2
	}
	d, _, err := kind.Decode(e)
	if err == nil && d.File.later() != (e.V == 2) {
		err = fault.Corruptf("entry %d: version %d of %s does not hold a file like this", e.Seq, e.V, e.Type)
	}
	return d, err
}

func (s *State) applyProposed(e entry.Entry) error {
	d, err := decodeProposed(e)
	if err != nil {
		return err
	}
	s.decisions.Set(d.File.ID, Decision{File: d.File, Digest: d.Digest, Status: Proposed, Question: d.Question, Seq: e.Seq})
	s.questions.Set(d.Question, d.File.ID)
	s.open.Set(d.File.ID, true)
	return nil
}

func (s *State) applyTookEffect(e entry.Entry) error {
	d, _, err := tookEffect.Decode(e)
	if err != nil {
		return err
	}
	return s.change(e, d.Decision, func(v *Decision) {
		v.Status, v.EffectSeq, v.EffectAt, v.DecidedAt = InEffect, e.Seq, e.RecordedAt, e.RecordedAt
		s.index(*v)
	})
}

func (s *State) applyReported(e entry.Entry) error {
	d, how, err := reported.Decode(e)
	if err != nil {
		return err
	}
	d.File.Grade = how.GradeOr(grade.Attested)
	v := Decision{
		File: d.File, Status: Reported, Seq: e.Seq, EffectSeq: e.Seq, EffectAt: e.RecordedAt,
		NotPublished: how.NotPublished, Source: how.Source, DecidedAt: e.RecordedAt,
	}
	if how.Happened != nil {
		v.DecidedAt = how.Happened.At
	}
	s.decisions.Set(d.File.ID, v)
	s.index(v)
	return nil
}

func (s *State) applyVoided(e entry.Entry) error {
	d, _, err := voided.Decode(e)
	if err != nil {
		return err
	}
	return s.change(e, d.Decision, func(v *Decision) { v.Status, v.Reason = Void, d.Reason })
}

func (s *State) applyAttested(e entry.Entry) error {
	d, _, err := attested.Decode(e)
	if err != nil {
		return err
	}
	return s.change(e, d.Decision, func(v *Decision) {
		if v.lapsed(d.Condition) {
			return // what has lapsed does not come back
		}
		kept := slices.DeleteFunc(slices.Clone(v.Attested), func(a Attestation) bool { return a.Condition == d.Condition })
		v.Attested = append(kept, Attestation{Condition: d.Condition, Met: d.Met, Until: d.Until, Seq: e.Seq})
	})
}

func (s *State) change(e entry.Entry, id string, edit func(*Decision)) error {
	v, ok := s.decisions.Get(id)
	if !ok {
		return fault.Corruptf("entry %d (%s) speaks of the decision %q, which is not there", e.Seq, e.Type, id)
	}
	edit(&v)
	s.decisions.Set(id, v)
	if v.Status != Proposed {
		s.open.Delete(id)
	}
	return nil
}

func (s *State) index(v Decision) {
	if v.IsBaseline() {
		s.indexBaseline(v)
		return
	}
	for _, det := range v.File.Determinations {
		s.determined.Set(determinedKey(v.File.Model, det.Threshold)+cow.SeqKey(v.EffectSeq), v.File.ID)
	}
}

func determinedKey(model, threshold string) string { return cow.PairKey(model, threshold) + "\x00" }
