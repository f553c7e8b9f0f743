// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// Interim is what is done instead of a required standard until that is in
// force: measures that give the same assurance for a while (RSP 2.x, 6.2).
type Interim struct {
	Standard     string           `json:"standard"`
	Facet        policy.FacetKind `json:"facet"`
	Models       []string         `json:"models"`
	Environments []string         `json:"environments,omitempty"`
	Measures     []Measure        `json:"measures"`
	// Equivalence argues that the measures give the assurance of the standard.
	Equivalence string     `json:"equivalence"`
	Document    *entry.Ref `json:"document,omitzero"`
	// Disturbance says why, among measures that are safe, these disturb those
	// who rely on the model least (INT-3).
	Disturbance string `json:"disturbance,omitzero"`
	// Expires is the last day on which it stands.
	Expires deadline.Day `json:"expires"`
	// Follows names the interim measure that this one takes the place of, and
	// Stronger says in what it asks for more (INT-4).
	Follows  string `json:"follows,omitzero"`
	Stronger string `json:"stronger,omitzero"`
}

// Measure is one thing that is done. Kind is of the library of measures.
type Measure struct {
	Kind MeasureKind `json:"kind"`
	Text string      `json:"text"`
}

// MeasureKind is a kind of interim measure.
type MeasureKind string

// The library of measures (INT-2).
const (
	BlockResponses    MeasureKind = "block_responses"
	Downgrade         MeasureKind = "downgrade_by_domain"
	SensitiveMonitors MeasureKind = "more_sensitive_monitors"
	IsolatedNetwork   MeasureKind = "isolated_network"
	LimitAccess       MeasureKind = "limit_access"
	OtherMeasure      MeasureKind = "other"
)

// Measures lists the library.
func Measures() []MeasureKind {
	return []MeasureKind{BlockResponses, Downgrade, SensitiveMonitors, IsolatedNetwork, LimitAccess, OtherMeasure}
}

// Restriction is what is done about something that may not go on as it is.
type Restriction struct {
	Kind        RestrictionKind `json:"kind"`
	Model       string          `json:"model"`
	Snapshots   []string        `json:"snapshots,omitempty"`
	Environment string          `json:"environment,omitzero"`
	Reason      string          `json:"reason"`
	// Replacement is the model below the threshold that takes over (INT-5).
	Replacement string `json:"replacement,omitzero"`
	// Resume lists what must be so before a paused training goes on, and Notice
	// what those who wait for it are told (INT-7).
	Resume []string `json:"resume,omitempty"`
	Notice string   `json:"notice,omitzero"`
	// Copies are all the copies of the weights that are deleted (INT-6).
	Copies []Copy `json:"copies,omitempty"`
	// Response is the response duty that this answers, if one is open.
	Response string `json:"response,omitzero"`
}

// RestrictionKind is a kind of restriction.
type RestrictionKind string

// The kinds of restriction, from the mildest.
const (
	RestrictAccess   RestrictionKind = "limit_access"
	BlockDomain      RestrictionKind = "block_domain"
	HaltNewCustomers RestrictionKind = "halt_new_customers"
	LockWeights      RestrictionKind = "lock_weights"
	PauseTraining    RestrictionKind = "pause_training"
	WithdrawModel    RestrictionKind = "withdraw"
	DeleteWeights    RestrictionKind = "delete_weights"
)

// Restrictions lists the kinds.
func Restrictions() []RestrictionKind {
	return []RestrictionKind{RestrictAccess, BlockDomain, HaltNewCustomers, LockWeights, PauseTraining, WithdrawModel, DeleteWeights}
}

// Words spells the kind for a sentence.
func (k RestrictionKind) Words() string { return strings.ReplaceAll(string(k), "_", " ") }

// Copy is one copy of a model's weights.
type Copy struct {
	Snapshot string `json:"snapshot"`
	SHA256   string `json:"sha256"`
	// Location says where it lies, such as a bucket or a vault.
	Location string `json:"location"`
}

// Baseline is what a lab decided before it had Holdpoint, taken over for a
// while with its sources: the Determinations of the file hold for every model
// named, and the standards count as approved for them.
type Baseline struct {
	Models       []string           `json:"models"`
	Actions      []string           `json:"actions"`
	Environments []string           `json:"environments"`
	Standards    []BaselineStandard `json:"standards,omitempty"`
	// DecidedOn is the last day on which any of it was decided.
	DecidedOn deadline.Day   `json:"decided_on"`
	Sources   []entry.Source `json:"sources"`
	Reason    string         `json:"reason"`
	// Grade is how well it is known: attested, or reported where the sources
	// hold the figures. Attested if nothing is said.
	Grade grade.Grade `json:"grade,omitzero"`
	// Expires is the last day on which it stands, at most twelve months on.
	Expires deadline.Day `json:"expires"`
}

// BaselineStandard is one facet of a standard that was met before.
type BaselineStandard struct {
	Standard    string           `json:"standard"`
	Facet       policy.FacetKind `json:"facet"`
	Limitations []string         `json:"limitations,omitempty"`
}

// Exemption lets somebody off something for a while, with a reason: a duty is
// waived or extended, or an enforcement point only watches. Exactly one of Duty
// and Observe is set.
type Exemption struct {
	// Duty is the duty that is waived, or extended to Until.
	Duty string `json:"duty,omitzero"`
	// Extend tells an extension from a waiver.
	Extend bool `json:"extend,omitzero"`
	// Observe is the enforcement point that reports and does not hold.
	Observe string `json:"observe,omitzero"`
	Reason  string `json:"reason"`
	// Until is the new last day, or the last day of the exemption.
	Until deadline.Day `json:"until"`
}

// Ruling says how an unclear clause is read until a version clears it up
// (POL-5).
type Ruling struct {
	Clause   string `json:"clause"`
	Question string `json:"question"`
	Ruling   string `json:"ruling"`
	// Clarify asks that the next version say it in its own words.
	Clarify bool `json:"clarify,omitzero"`
}

// later tells whether the file says what version 1 of its entry could not.
func (f File) later() bool {
	return f.Interim != nil || f.Restriction != nil || f.Baseline != nil || f.Exemption != nil || f.Ruling != nil
}
