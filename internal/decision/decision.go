// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package decision keeps what people decided: determinations of thresholds,
// approvals of safeguards, lifted holds.
//
// A decision is made over a decision file: one canonical JSON text that holds
// the question, the answer asked for, everything it rests on (pinned by digest
// and entry), and what the deciders would otherwise not be shown: unanswered
// findings, elicitation gaps, missing parts, open critique. The policy's signers
// sign the file's digest through package signoff; the decision takes effect when
// all of them have, and everyone who must see it first has acknowledged it.
//
// A determination is never overwritten (THR-8): a later one stands beside it and
// is the one that counts. What a lab or a public document reports as decided
// enters as [Report], marked as attested, and is told apart for ever.
//
// A decision stops counting by itself when its review date passes, when a
// condition under which it lapses comes true, when something it pins is
// withdrawn or restated, or while a blocking challenge against it stands open.
// None of that changes an entry; it is computed when asked.
//
// The package verifies no signature (signoff does), and opens no gate (gate
// does).
package decision

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/proof"
)

// Outcome is what a determination says about one threshold.
type Outcome string

// The outcomes. Only RuledOut and, for a watched threshold, Watched ask nothing
// more of the model.
const (
	RuledOut             Outcome = "ruled_out"
	TreatedAsCrossed     Outcome = "not_ruled_out_treated_as_crossed"
	Crossed              Outcome = "crossed"
	VoluntarilyAsCrossed Outcome = "voluntarily_treated_as_crossed"
	CheckpointReached    Outcome = "checkpoint_reached"
	AlertReached         Outcome = "alert_reached"
	Watched              Outcome = "watch"
)

// Outcomes lists every outcome.
func Outcomes() []Outcome {
	return []Outcome{RuledOut, TreatedAsCrossed, Crossed, VoluntarilyAsCrossed, CheckpointReached, AlertReached, Watched}
}

// Demands tells whether the outcome makes the threshold's safeguards required.
func (o Outcome) Demands() bool {
	return o == TreatedAsCrossed || o == Crossed || o == VoluntarilyAsCrossed
}

// Words spells the outcome for a sentence.
func (o Outcome) Words() string {
	if o == TreatedAsCrossed {
		return "not ruled out, treated as crossed"
	}
	return strings.ReplaceAll(string(o), "_", " ")
}

// Status is where a decision stands.
type Status string

// A decision is proposed, then in effect; or reported by a source; or void.
const (
	Proposed Status = "proposed"
	InEffect Status = "in_effect"
	Reported Status = "reported"
	Void     Status = "void"
)

// File is what the deciders sign: its canonical JSON is the decision file.
type File struct {
	Schema string              `json:"schema"`
	ID     string              `json:"id"`
	Kind   policy.DecisionKind `json:"kind"`
	// Title is one sentence that says what is asked.
	Title  string `json:"title"`
	Policy Policy `json:"policy"`
	Model  string `json:"model,omitzero"`
	// Snapshots are those the decision speaks of; none means the whole model.
	Snapshots      []string        `json:"snapshots,omitempty"`
	Assessment     string          `json:"assessment,omitzero"`
	Determinations []Determination `json:"determinations,omitempty"`
	Safeguards     *Safeguards     `json:"safeguards,omitzero"`
	// Hold names the hold that a lift_hold decision would lift.
	Hold          string       `json:"hold,omitzero"`
	Interim       *Interim     `json:"interim,omitzero"`
	Restriction   *Restriction `json:"restriction,omitzero"`
	Baseline      *Baseline    `json:"baseline,omitzero"`
	Exemption     *Exemption   `json:"exemption,omitzero"`
	Ruling        *Ruling      `json:"ruling,omitzero"`
	HighStakes    bool         `json:"high_stakes,omitzero"`
	Precautionary bool         `json:"precautionary,omitzero"`
	Provisional   bool         `json:"provisional,omitzero"`
	ReviewBy      deadline.Day `json:"review_by,omitzero"`
	Conditions    []Condition  `json:"conditions,omitempty"`
	// LapsesOn are the conditions under which the decision stops counting.
	LapsesOn     []Lapse `json:"lapses_on,omitempty"`
	Alternatives string  `json:"alternatives,omitzero"`
	// Pins is everything the decision rests on.
	Pins []Pin `json:"pins,omitempty"`
	// NotShown is what the file's author leaves open: unanswered findings,
	// elicitation gaps, parts of an assessment that are not there, open reviews.
	NotShown []string    `json:"not_shown,omitempty"`
	Grade    grade.Grade `json:"grade"`
	// AsOf is the first entry that the file could not see.
	AsOf int64 `json:"as_of"`
}

// Policy names the version under which the decision is made (POL-2).
type Policy struct {
	Ref    string `json:"ref"`
	Digest string `json:"digest"`
}

// Determination is the answer about one threshold.
type Determination struct {
	Threshold string  `json:"threshold"`
	Outcome   Outcome `json:"outcome"`
	Reason    string  `json:"reason"`
}

// Safeguards is an approval of one facet of a standard.
type Safeguards struct {
	Standard     string           `json:"standard"`
	Facet        policy.FacetKind `json:"facet"`
	Report       string           `json:"report,omitzero"`
	Models       []string         `json:"models,omitempty"`
	Environments []string         `json:"environments,omitempty"`
	Limitations  []string         `json:"limitations,omitempty"`
}

// Condition is something that must stay true for the decision to count. Its
// state is attested by a person; until then it is unknown, and holds.
type Condition struct {
	ID   string `json:"id"`
	Text string `json:"text"`
}

// Lapse is a condition under which the decision stops counting: a day, or an
// event in words that a person records.
type Lapse struct {
	ID   string       `json:"id"`
	Text string       `json:"text"`
	Day  deadline.Day `json:"day,omitzero"`
}

// Pin is one thing that the decision rests on, as it was.
type Pin struct {
	Ref   entry.Ref   `json:"ref"`
	Seq   int64       `json:"seq"`
	Grade grade.Grade `json:"grade"`
	Text  string      `json:"text,omitzero"`
}

// Bytes gives the decision file: canonical JSON.
func (f File) Bytes() ([]byte, error) { return proof.Canonical(f) }

// Digest gives the file's SHA-256 in lower-case hexadecimal.
func (f File) Digest() (string, error) {
	b, err := f.Bytes()
	if err != nil {
		return "", fault.Invalidf("decision file: %w", err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// State keeps every decision.
type State struct {
	decisions cow.Map[string, Decision]
	// determined lists decision ids by model and threshold, in order.
	determined cow.Map[string, string]
	questions  cow.Map[string, string]
	// baselines lists the ids of baselines in the order of their effect.
	baselines cow.Map[string, string]
	// open holds the ids of the proposed ones.
	open cow.Map[string, bool]
}

// Decision is a decision as it stands.
type Decision struct {
	File   File
	Digest string
	Status Status
	// Question is its signoff; "" for a reported decision.
	Question string
	// Seq is the entry that proposed or reported it, EffectSeq the one that put
	// it into effect (the same for a reported one).
	Seq, EffectSeq int64
	EffectAt       int64
	// DecidedAt is when it was decided: when it took effect, or when a source
	// says that it was. Milliseconds since 1970.
	DecidedAt    int64
	Reason       string
	NotPublished []string
	Source       []entry.Source
	// Attested is the last word on each condition and lapse event.
	Attested []Attestation
}

// Attestation is a person's word that a condition is met or a lapse event has
// happened.
type Attestation struct {
	Condition string
	Met       bool
	Until     deadline.Day
	Seq       int64
}

// Code is the short code of the decision file, for reading aloud.
func (d Decision) Code() string { return signoff.Code(d.Digest) }

// Decision gives a decision by id.
func (s State) Decision(id string) (Decision, error) {
	if d, ok := s.decisions.Get(id); ok {
		return d, nil
	}
	return Decision{}, fault.NotFoundf("there is no decision %q", id).
		Hinted("holdpoint decision list shows them all")
}

// OfQuestion gives the decision that a signoff question belongs to.
func (s State) OfQuestion(question string) (Decision, bool) {
	id, ok := s.questions.Get(question)
	if !ok {
		return Decision{}, false
	}
	return s.decisions.Get(id)
}

// Each goes through every decision, in no order that means anything.
func (s State) Each() iter.Seq[Decision] { return s.decisions.Values() }

// All lists every decision in the order in which they were proposed.
func (s State) All() []Decision {
	var all []Decision
	for d := range s.decisions.Values() {
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b Decision) int { return cmp.Compare(a.Seq, b.Seq) })
	return all
}
