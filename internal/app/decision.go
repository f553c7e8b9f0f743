// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/internal/world"
)

// Propose writes a decision file and puts it to the policy's signers. The
// decision is done.ID("decision", 0), its question done.ID("question", 1).
func Propose(in decision.ProposeIn) Intent {
	return Intent{Verb: "decision.propose", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		if in.Hold != "" {
			if h, err := w.Gate.Hold(in.Hold); err != nil {
				return nil, err
			} else if !h.Stands() {
				return nil, fault.Conflictf("%s was lifted already", h.ID)
			}
		}
		if err := mayExempt(w, in.Exemption, act.Now); err != nil {
			return nil, err
		}
		drafts, err := w.Decision.Propose(in, w.DecisionSee(), act)
		if err == nil && in.Restriction != nil {
			err = w.CheckRestriction(*in.Restriction, act.Now)
		}
		return drafts, err
	}}
}

// Sign records a signer's signed answer. When it is the last thing that the
// decision waited for, the decision takes effect in the same transaction.
func Sign(in signoff.Signing) Intent {
	return Intent{Verb: "decision.sign", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Signoff.Sign(in, w.SignoffSee(act.Now), act)
	}}
}

// Dissent records the dissent of somebody who is not asked to sign.
func Dissent(in signoff.Signing) Intent {
	return Intent{Verb: "decision.dissent", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Signoff.Dissent(in, w.SignoffSee(act.Now), act)
	}}
}

// Deliver records that a decision was put before a recipient.
func Deliver(in signoff.Delivering) Intent {
	return Intent{Verb: "decision.deliver", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Signoff.Deliver(in, act)
	}}
}

// Acknowledge records a recipient's signed acknowledgement.
func Acknowledge(in signoff.Signing) Intent {
	return Intent{Verb: "decision.acknowledge", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Signoff.Acknowledge(in, w.SignoffSee(act.Now), act)
	}}
}

// Void takes an undecided proposal back, with its question.
func Void(id, reason string) Intent {
	return Intent{Verb: "decision.void", Input: []string{id, reason}, Args: Ending{id, reason}, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		d, err := w.Decision.Decision(id)
		if err != nil {
			return nil, err
		}
		if d.Status != decision.Proposed {
			return nil, fault.Conflictf("%s is %s; only a proposal can be taken back", id, d.Status).
				Hinted("a decision in effect is reversed by a new one: holdpoint decision reverse")
		}
		drafts, err := w.Signoff.Void(signoff.Voiding{Question: d.Question, Reason: reason}, act)
		if err != nil {
			return nil, err
		}
		more, err := w.Decision.Void(id, reason)
		return append(drafts, more...), err
	}}
}

// Reverse makes a decision void because a later one in effect says so.
func Reverse(id, by, reason string) Intent {
	return Intent{Verb: "decision.reverse", Input: []string{id, by, reason}, Args: Reversing{id, by, reason}, Decide: func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Decision.Reverse(id, by, reason)
	}}
}

// Attest records a person's word about a condition or a lapse event.
func Attest(in decision.AttestedV1) Intent {
	return Intent{Verb: "decision.attest", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Decision.Attest(in, act)
	}}
}

const reportVerb = "decision.report"

// decided gives when the source says that it was decided, or now.
func decided(how entry.Provenance, now int64) int64 {
	if how.Happened != nil {
		return how.Happened.At
	}
	return now
}

// ReportDecision records what a source says was decided, and brings a reported
// approval of safeguards into force, attested. ReapproveBy follows from the
// policy's period and the day of the decision. Only a reconstruction with a
// simulated clock may hold such decisions: a lab that runs decides by signing.
func ReportDecision(f decision.File, how entry.Provenance) Intent {
	in := ReportedDecision{f, how}
	return Intent{Verb: reportVerb, Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		drafts, err := w.Decision.Report(f, how, w.DecisionSee(), act)
		if err != nil || f.Kind != policy.DecideSafeguards {
			return drafts, err
		}
		p, _ := w.Policy.InForce(act.Now)
		s := f.Safeguards
		approved, err := w.Safeguard.Approve(safeguard.ApproveInput{
			Standard: s.Standard, Facet: string(s.Facet), Decision: act.ID("decision", 0), Models: s.Models,
			Environments: s.Environments, Limitations: s.Limitations,
			ReapproveBy: decision.ReapproveBy(p.Pack, *s, decided(how, act.Now)), How: how,
		}, entry.Act{Actor: act.Actor, Seq: act.Seq + 1, Now: act.Now})
		return append(drafts, approved...), err
	}}
}
