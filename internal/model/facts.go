// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// stated is the grade of what somebody recorded without saying how it is known:
// a statement, and no more.
const stated = grade.Attested

type known struct {
	seq   int64
	grade grade.Grade
}

// Registered says that a model exists. Only the name is needed.
type Registered struct {
	Model     string `json:"model"`
	Family    string `json:"family,omitzero"`
	Developer string `json:"developer,omitzero"`
	Title     string `json:"title,omitzero"`
}

// SnapshotKind says what sort of state of a model a snapshot is.
type SnapshotKind string

// The kinds of snapshot.
const (
	Pretrain         SnapshotKind = "pretrain"
	Early            SnapshotKind = "early"
	HelpfulOnly      SnapshotKind = "helpful_only"
	HHH              SnapshotKind = "hhh" // helpful, honest and harmless
	Preview          SnapshotKind = "preview"
	ReleaseCandidate SnapshotKind = "release_candidate"
	Production       SnapshotKind = "production"
	ThirdParty       SnapshotKind = "third_party" // as another company runs it
)

func snapshotKinds() []string {
	return words(Pretrain, Early, HelpfulOnly, HHH, Preview, ReleaseCandidate, Production, ThirdParty)
}

// Mechanisms says whether the model's safety mechanisms were on.
type Mechanisms string

// Whether safety mechanisms are on.
const (
	MechanismsOn      Mechanisms = "on"
	MechanismsOff     Mechanisms = "off"
	MechanismsUnknown Mechanisms = "unknown"
)

func mechanisms() []string { return words(MechanismsOn, MechanismsOff, MechanismsUnknown) }

// SnapshotRegistered names one state of a model's weights. Weights is the
// digest that [ManifestDigest] gives, "" where it is not known or published;
// Files is the list behind it where it is known, sorted by path.
type SnapshotRegistered struct {
	Model    string       `json:"model"`
	Snapshot string       `json:"snapshot"`
	Kind     SnapshotKind `json:"kind"`
	Safety   Mechanisms   `json:"safety_mechanisms"`
	Weights  string       `json:"weights,omitzero"`
	Files    []File       `json:"files,omitempty"`
	TakenOn  string       `json:"taken_on,omitzero"` // 2006-01-02
}

// Method is how a model was made from another.
type Method string

// The ways to derive a model.
const (
	FineTune     Method = "fine_tune"
	Distillation Method = "distillation"
	Quantisation Method = "quantisation"
	Merge        Method = "merge"
	OtherMethod  Method = "other"
)

func methods() []string { return words(FineTune, Distillation, Quantisation, Merge, OtherMethod) }

// Increase says whether a derived model is suspected to be significantly more
// capable than its base.
type Increase string

// The answers to whether an increase is suspected.
const (
	IncreaseNotSuspected Increase = "not_suspected"
	IncreaseSuspected    Increase = "suspected"
	IncreaseUnknown      Increase = "unknown"
)

func increases() []string { return words(IncreaseNotSuspected, IncreaseSuspected, IncreaseUnknown) }

// Derived says that a model was made from another. BaseSnapshot is "" where it
// is not known.
type Derived struct {
	Model        string   `json:"model"`
	Base         string   `json:"base"`
	BaseSnapshot string   `json:"base_snapshot,omitzero"`
	Method       Method   `json:"method"`
	Increase     Increase `json:"increase"`
	Reason       string   `json:"reason"`
}

// ComputeUnit is what an estimate of effective compute counts.
type ComputeUnit string

// The units of effective compute.
const (
	FLOP     ComputeUnit = "flop"     // operations, scaled by algorithmic gains
	Relative ComputeUnit = "relative" // multiples of the reference model
)

func computeUnits() []string { return words(FLOP, Relative) }

// ComputeEstimated is an estimate of the effective compute of a snapshot, or of
// the model as a whole where Snapshot is "". Low and High bound it and are both
// "" where no interval was stated. Reference is the model that relative units
// are multiples of, "" for FLOP.
type ComputeEstimated struct {
	Model     string        `json:"model"`
	Snapshot  string        `json:"snapshot,omitzero"`
	Value     stats.Decimal `json:"value"`
	Low       stats.Decimal `json:"low,omitzero"`
	High      stats.Decimal `json:"high,omitzero"`
	Unit      ComputeUnit   `json:"unit"`
	Method    string        `json:"method"`
	Reference string        `json:"reference,omitzero"`
}

// ChangeKind says which conditions of use changed.
type ChangeKind string

// The kinds of change.
const (
	ChangeFineTuning ChangeKind = "fine_tuning" // others may fine-tune it
	ChangeWeights    ChangeKind = "weights"     // others get the weights
	ChangeNewTools   ChangeKind = "new_tools"
	ChangeOther      ChangeKind = "other"
)

func changeKinds() []string {
	return words(ChangeFineTuning, ChangeWeights, ChangeNewTools, ChangeOther)
}

// ConditionsChanged says that a model is used under other conditions than it
// was assessed for.
type ConditionsChanged struct {
	Model       string     `json:"model"`
	What        ChangeKind `json:"what"`
	Significant bool       `json:"significant"`
	Reason      string     `json:"reason"`
}

// Deployed says where a model is in use; the same fields say where it no longer
// is. Snapshot is "" where it is not known which.
type Deployed struct {
	Model       string `json:"model"`
	Snapshot    string `json:"snapshot,omitzero"`
	Environment string `json:"environment"`
	Surface     string `json:"surface,omitzero"`
	Audience    string `json:"audience,omitzero"`
}

func (d Deployed) key() string {
	return strings.Join([]string{d.Model, d.Snapshot, d.Environment, d.Surface, d.Audience}, "/")
}

func words[T ~string](ws ...T) []string {
	s := make([]string, len(ws))
	for i, w := range ws {
		s[i] = string(w)
	}
	return s
}
