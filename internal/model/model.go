// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package model keeps the models that a policy speaks about: what they are
// called, which snapshots of them exist and by which digests of weights, what
// they were derived from, how much effective compute went into them, where they
// are deployed and which conditions changed.
//
// A snapshot is named within its model; [SnapshotID] gives the id that refers
// to it from elsewhere. Weights are named by the SHA-256 of the one file that
// holds them or by the digest of a manifest of several, see [ManifestDigest];
// reading files is the caller's.
//
// Triggers are pure readings of facts that the caller passes in: [RatioTrigger],
// [MonthsTrigger] and [DiscretionTrigger] say fired, not fired or cannot tell,
// and when they fire next. Which models were assessed when is not known here;
// the package opens no cycles, decides nothing about thresholds and does not
// ask whether a deployment was allowed.
package model

import (
	"regexp"
	"strings"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// State is every model with what belongs to it. The zero value is empty.
type State struct {
	models      cow.Map[string, Model]
	snapshots   cow.Map[string, Snapshot]   // model/snapshot
	derivations cow.Map[string, Derivation] // model/base
	estimates   cow.Map[string, Estimate]   // model/snapshot, or model/ for the model as a whole
	changes     cow.Map[string, Change]     // model/seq
	deployments cow.Map[string, Deployment] // model/snapshot/environment/surface/audience
	live        cow.Map[string, Deployment] // those of them that are live
}

// Model is a model as registered. Seq is the entry that said so.
type Model struct {
	Registered
	Seq   int64
	Grade grade.Grade
}

// Snapshot is one state of a model's weights. The list of files stays in the
// entry at Seq; Files counts them.
type Snapshot struct {
	Model    string
	Snapshot string
	Kind     SnapshotKind
	Safety   Mechanisms
	Weights  string // digest, or "" where none is known
	Files    int
	TakenOn  string // 2006-01-02, or ""
	Seq      int64
	Grade    grade.Grade
}

// ID is what refers to the snapshot from elsewhere.
func (s Snapshot) ID() string { return SnapshotID(s.Model, s.Snapshot) }

// Unrestrained tells whether the snapshot can show what the model is able to
// do without refusing: a helpful-only one, or one whose safety mechanisms are
// off (MOD-1).
func (s Snapshot) Unrestrained() bool { return s.Kind == HelpfulOnly || s.Safety == MechanismsOff }

// SnapshotID joins the names of a model and of one of its snapshots.
func SnapshotID(model, snapshot string) string { return model + "/" + snapshot }

// Model gives the model of that name.
func (s State) Model(name string) (Model, bool) { return s.models.Get(name) }

// Models lists all models by name.
func (s State) Models() []Model {
	var all []Model
	for m := range s.models.Values() {
		all = append(all, m)
	}
	return all
}

// Snapshot gives one snapshot of a model.
func (s State) Snapshot(model, snapshot string) (Snapshot, bool) {
	return s.snapshots.Get(SnapshotID(model, snapshot))
}

// Snapshots lists the snapshots of a model by name.
func (s State) Snapshots(model string) []Snapshot { return of(s.snapshots, model) }

// of lists the values whose key starts with "model/".
func of[V any](m cow.Map[string, V], model string) []V {
	var found []V
	for key, v := range m.From(model + "/") {
		if !strings.HasPrefix(key, model+"/") {
			break
		}
		found = append(found, v)
	}
	return found
}

// NewModel is the input of [State.Register].
type NewModel struct {
	Registered
	How entry.Provenance
}

// Register names a model. A name can be taken once.
func (s State) Register(in NewModel, _ entry.Act) ([]entry.Draft, error) {
	var p problems
	p.name("model", in.Model)
	p.optionalName("family", in.Family)
	p.text("developer", in.Developer, maxTitle)
	p.text("title", in.Title, maxTitle)
	p.provenance(in.How)
	if err := p.Err(); err != nil {
		return nil, err
	}
	if m, ok := s.models.Get(in.Model); ok {
		return nil, fault.Conflictf("there is already a model %s (entry %d)", m.Model, m.Seq).
			Hinted("register a new state of it as a snapshot, or choose another name")
	}
	return registered.Drafts(in.Registered, in.How)
}

// NewSnapshot is the input of [State.AddSnapshot]. With Files, Weights may be
// left empty; when both are given they must agree.
type NewSnapshot struct {
	SnapshotRegistered
	How entry.Provenance
}

// AddSnapshot registers one state of a model's weights. Without files and
// digest it says that the digest is not known, and nothing can be cleared by
// digest for it.
func (s State) AddSnapshot(in NewSnapshot, _ entry.Act) ([]entry.Draft, error) {
	var p problems
	p.name("snapshot", in.Snapshot)
	p.word("kind", string(in.Kind), snapshotKinds())
	p.word("safety mechanisms", string(in.Safety), mechanisms())
	p.optionalDay("taken on", in.TakenOn)
	p.provenance(in.How)
	data := in.SnapshotRegistered
	p.weights(&data)
	if err := p.Err(); err != nil {
		return nil, err
	}
	if err := s.known(in.Model); err != nil {
		return nil, err
	}
	if have, ok := s.Snapshot(in.Model, in.Snapshot); ok {
		return nil, fault.Conflictf("%s already has a snapshot %s (entry %d)", in.Model, in.Snapshot, have.Seq).
			Hinted("other weights need another name; a snapshot never changes")
	}
	return snapshotRegistered.Drafts(data, in.How)
}

func (s State) known(model string) error {
	if s.models.Has(model) {
		return nil
	}
	return fault.NotFoundf("there is no model %q", model).Hinted("register it first, or look at the list of models")
}

// knownSnapshot accepts "" for the model as a whole.
func (s State) knownSnapshot(model, snapshot string) error {
	if err := s.known(model); err != nil {
		return err
	}
	if snapshot == "" || s.snapshots.Has(SnapshotID(model, snapshot)) {
		return nil
	}
	return fault.NotFoundf("%s has no snapshot %q", model, snapshot).Hinted("register the snapshot first")
}

const (
	maxTitle  = 200
	maxReason = 4000
)

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,79}$`)

var environmentForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$`)

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
