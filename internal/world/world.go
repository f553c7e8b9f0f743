// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package world composes the areas: everything a journal says, as rules read it.
//
// A [World] is a fold over the entries. Each entry is folded by exactly one
// area, named by the type's prefix; the journal folds its own. Forking takes
// constant time, so a writer can try an act on a fork and throw it away.
//
// [World.React] gives what follows by itself from an act: a decision whose
// last signature or acknowledgement has arrived takes effect, and what it
// decides (an approval of safeguards, a lifted hold) is written beside it in the
// same transaction, so that replay infers nothing.
//
// The package has no rules of its own, reads no clock and stores nothing.
package world

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/incident"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/notice"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/restriction"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/signoff"
)

// World is the state of every area after Seq entries. The zero value is the
// world before the first entry.
type World struct {
	Access      access.State
	Signoff     signoff.State
	Policy      policy.State
	Review      review.State
	Model       model.State
	Evidence    evidence.State
	Assessment  assessment.State
	Safeguard   safeguard.State
	Decision    decision.State
	Gate        gate.State
	Finding     finding.State
	Restriction restriction.State
	Obligation  obligation.State
	Notice      notice.State
	Enforcement enforcement.State
	Incident    incident.State
	// Seq counts the entries folded; Time is the recorded_at of the last.
	Seq, Time int64
}

// Fork gives a world that changes on its own. Constant time.
func (w World) Fork() World {
	return World{
		Access: w.Access.Fork(), Signoff: w.Signoff.Fork(), Policy: w.Policy.Fork(), Review: w.Review.Fork(),
		Model: w.Model.Fork(), Evidence: w.Evidence.Fork(), Assessment: w.Assessment.Fork(),
		Safeguard: w.Safeguard.Fork(), Decision: w.Decision.Fork(), Gate: w.Gate.Fork(),
		Finding: w.Finding.Fork(), Restriction: w.Restriction.Fork(), Obligation: w.Obligation.Fork(), Notice: w.Notice.Fork(), Enforcement: w.Enforcement.Fork(), Incident: w.Incident.Fork(),
		Seq: w.Seq, Time: w.Time,
	}
}

// Apply folds one entry into a fork and gives the result.
func (w World) Apply(e entry.Entry) (World, error) {
	prefix, _, _ := strings.Cut(e.Type, ".")
	var err error
	switch prefix {
	case "access":
		err = w.Access.Apply(e)
	case "signoff":
		err = w.Signoff.Apply(e)
	case "policy":
		err = w.Policy.Apply(e)
	case "review":
		err = w.Review.Apply(e)
	case "model":
		err = w.Model.Apply(e)
	case "evidence":
		err = w.Evidence.Apply(e)
	case "assessment":
		err = w.Assessment.Apply(e)
	case "safeguard":
		err = w.Safeguard.Apply(e)
	case "decision":
		err = w.Decision.Apply(e)
	case "gate":
		err = w.Gate.Apply(e)
	case "finding":
		err = w.Finding.Apply(e)
	case "restriction":
		err = w.Restriction.Apply(e)
	case "obligation":
		err = w.Obligation.Apply(e)
	case "notice":
		err = w.Notice.Apply(e)
	case "enforcement":
		err = w.Enforcement.Apply(e)
	case "incident":
		err = w.Incident.Apply(e)
	case "journal", "system":
		// The journal folds what is about itself.
	default:
		err = fault.Unsupportedf("entry %d: no area folds %s", e.Seq, e.Type)
	}
	w.Seq, w.Time = e.Seq+1, e.RecordedAt
	return w, err
}

// Types lists the entry types of every area.
func Types() []entry.Type {
	var all []entry.Type
	for _, types := range [][]entry.Type{
		access.Types(), signoff.Types(), policy.Types(), review.Types(), model.Types(), evidence.Types(),
		assessment.Types(), safeguard.Types(), decision.Types(), gate.Types(), finding.Types(), restriction.Types(), obligation.Types(), notice.Types(), enforcement.Types(), incident.Types(),
	} {
		all = append(all, types...)
	}
	return all
}

// Facts gives the world as the gate reads it.
func (w World) Facts() gate.Facts {
	return gate.Facts{
		Access: w.Access, Signoff: w.Signoff, Policy: w.Policy, Review: w.Review, Model: w.Model, Evidence: w.Evidence,
		Assessment: w.Assessment, Safeguard: w.Safeguard, Decision: w.Decision, Gate: w.Gate, Enforcement: w.Enforcement,
		Breached: w.breached(), Seq: w.Seq,
	}
}

// DecisionBasis gives the world as a decision reads it.
func (w World) DecisionBasis() decision.Basis {
	return w.Facts().Basis()
}

// DecisionSee gives the world as a decision is made from it, at the time of the
// last entry.
func (w World) DecisionSee() decision.See {
	see := w.Facts().DecisionSee()
	see.Now = w.Time
	return see
}

// FindingSee gives the world as a finding of noncompliance reads it.
func (w World) FindingSee() finding.See { return finding.See{Access: w.Access, Policy: w.Policy} }

// IncidentSee gives the world as an incident reads it.
func (w World) IncidentSee() incident.See { return incident.See{Access: w.Access, Model: w.Model} }

// AssessmentSee gives the world as an assessment reads it at now. Without a
// policy in force there is nothing to assess against.
func (w World) AssessmentSee(now int64) (assessment.See, error) {
	p, ok := w.Policy.InForce(now)
	if !ok {
		return assessment.See{}, fault.Conflictf("no policy is in force, so there is nothing to assess against").
			Hinted("adopt one: holdpoint policy adopt anthropic-rsp@2.2")
	}
	return assessment.See{Policy: p.Pack, Model: w.Model, Evidence: w.Evidence, Rules: gate.Rules}, nil
}
