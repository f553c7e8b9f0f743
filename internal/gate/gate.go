// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package gate answers the question the system exists for: may this model be
// trained, stored or deployed here, now?
//
// [Evaluate] is a pure function of facts, ask and time: the same journal prefix
// and the same now give the same bytes. Its verdict is held or clear, with the
// whole tree of conditions: each met, not met or cannot tell, with clause,
// basis, grade, reason and the entries that prove it. Clear needs every
// condition met by facts at or above the floor; everything else is held.
//
// The built-in conditions are those of the core rule: a policy is in force, no
// hold stands, the baseline standards are in force, and for every threshold that
// gates the action either it is ruled out or the safeguards it demands are in
// force and the next thresholds are ruled out. While an office is vacant whose
// holder signs all this, that holds too. A pack can add conditions and can take
// none away. Where a standard is not in force, interim measures that people
// approved for it can stand in for it until their last day; what was decided
// before the journal counts as a baseline, in its scope and until it ends. Either
// is named wherever it is relied on.
//
// A gate check is never an entry. A clearance is: a signed verdict that is
// clear, for one snapshot's weights, one action and one environment, with an
// expiry. A hold can be placed by one person; lifting it takes a decision of
// the policy's signers. Breaking the glass is recorded here too, and changes no
// verdict.
//
// The package decides nothing about thresholds or safeguards; people do, and
// their decisions are facts here.
package gate

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/rule"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/signoff"
)

// Rules is the number of the rules by which this package judges. Any change
// that can change a verdict is a new number.
const Rules = 1

// Facts is the world as far as the gate reads it. Seq is the number of entries
// that made it.
type Facts struct {
	Access     access.State
	Signoff    signoff.State
	Policy     policy.State
	Review     review.State
	Model      model.State
	Evidence   evidence.State
	Assessment assessment.State
	Safeguard  safeguard.State
	Decision   decision.State
	Gate       State
	// Enforcement is what has a canary, which is never clear.
	Enforcement enforcement.State
	// Breached are the duties that hold when they are missed.
	Breached []Breach
	Seq      int64
}

// Ask is a question to the gate.
type Ask struct {
	Model string
	// Snapshot is one of the model's; "" means the newest that could ship.
	Snapshot string
	Action   string
	// Environment is where; "" means the pack's default for the action.
	Environment string
	// ComparableTo is the model that a training run's result would be
	// comparable to; "" means Model itself. It matters for training only.
	ComparableTo string
	// Floor is the lowest grade of fact that may meet a condition; Unknown
	// means the pack's default.
	Floor grade.Grade
}

// Outcome is held or clear; the zero value is held.
type Outcome bool

// The two outcomes.
const (
	Held  Outcome = false
	Clear Outcome = true
)

// String gives held or clear.
func (o Outcome) String() string {
	if o == Clear {
		return "clear"
	}
	return "held"
}

// MarshalText writes the word.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Verdict is the gate's answer.
type Verdict struct {
	Outcome Outcome
	// Grade is the lowest grade the verdict rests on.
	Grade grade.Grade
	Rules int64
	// Ask is the question with its defaults filled in.
	Ask Ask
	// Policy is the version in force; zero without one.
	Policy policy.Adopted
	Seq    int64
	Now    int64
	// Conditions are the children of the root: all must be met.
	Conditions []rule.Result
	// Requires names the standards that are demanded, highest rank per facet.
	Requires []Demand
	// Carried lists determinations made under a former version, or about
	// another threshold, that this verdict relies on.
	Carried []Carried
	// NotPublished lists what the sources of the facts used do not say.
	NotPublished []string
	// Limitations are those named by the approvals relied on, and the interim
	// measures.
	Limitations []string
	// StandIns are the baselines and interim measures relied on.
	StandIns []StandIn
}

// Demand is a standard that is required, and what requires it.
type Demand struct {
	Standard string
	Facet    policy.FacetKind
	By       string
}

// Carried says how one threshold rests on the determination of another.
type Carried struct {
	Threshold string
	From      string
	// Under is the version under which From was determined.
	Under    string
	Rule     string
	Basis    policy.Basis
	Decision string
}

// HeldBecause lists the conditions that hold it, the first found first. Of a
// threshold that nobody determined it gives why it is not ruled out, and not
// what would be required if it were crossed; of one determined as crossed, the
// safeguards that are missing.
func (v Verdict) HeldBecause() []rule.Result {
	var unmet []rule.Result
	for _, c := range v.Conditions {
		switch {
		case c.Status == rule.Met:
		case !strings.HasPrefix(c.ID, thresholdPrefix) || len(c.Children) < 2:
			unmet = append(unmet, c.Unmet()...)
		case c.Children[0].Status == rule.CannotTell:
			unmet = append(unmet, c.Children[0])
		default:
			unmet = append(unmet, c.Children[1].Unmet()...)
		}
	}
	return unmet
}

// Status is the worst value among the conditions.
func (v Verdict) Status() rule.Status {
	return rule.All(rule.Condition{}, "", v.Conditions...).Status
}

// State keeps holds and clearances.
type State struct {
	holds      cow.Map[string, Hold]
	clearances cow.Map[string, Clearance]
	// current maps what a clearance is for to the newest one for it.
	current cow.Map[string, string]
	// glass keeps every broken glass, and broken maps what one is for to the
	// newest for it.
	glass  cow.Map[string, BrokenGlass]
	broken cow.Map[string, string]
}
