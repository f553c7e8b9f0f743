// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package assessment keeps the assessing of models against thresholds: why and
// when an assessment was opened, the specs registered for it, threat-model
// maps, elicitation, forecasts, and the findings: evidence judged under a spec.
//
// Judging calls the threshold engine when the finding is made; the entry holds
// the result and what it was computed from, and the fold copies them.
// [Recompute] does it again for whoever checks.
//
// [State.Coverage] answers whether everything recorded supports that a model is
// below a threshold: every part that the policy asks for is there, every
// bottleneck of the threat-model map is covered, and every finding that does not
// support the conclusion has a written answer. The answer is never a
// determination: people make that. Losing anything that supports, and adding
// anything that does not, never raises it.
//
// [State.Due] says which trigger makes the next assessment due.
//
// The package reads no logs and keeps no results: they are passed in, or named
// by reference in the evidence state.
package assessment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// State is every assessment with what belongs to it. The zero value is empty.
type State struct {
	assessments cow.Map[string, Assessment]  // by id
	ofModel     cow.Map[string, string]      // id of an assessment by model and seq
	specs       cow.Map[string, Spec]        // by id and version
	maps        cow.Map[string, ThreatMap]   // by model and threshold
	elicitation cow.Map[string, Elicitation] // by model, threshold and technique
	forecasts   cow.Map[string, Forecast]    // by model, threshold and seq
	arguments   cow.Map[string, Argument]    // by model, threshold and part
	findings    cow.Map[string, Finding]     // by model, threshold and seq
	places      cow.Map[string, string]      // key of a finding by its id
	resting     cow.Map[string, string]      // id of a finding by the id of its evidence and seq
	changed     cow.Map[string, int64]       // last entry by model and threshold, or model alone
}

// See is what the rules read besides this area: the policy version in force (or
// the one to judge by), models, evidence, and the journal's rules number. Facts
// known less well than Floor support nothing, and still speak against; the zero
// floor is attested.
type See struct {
	Policy   policy.Pack
	Model    model.State
	Evidence evidence.State
	Rules    int
	Floor    grade.Grade
}

// OpenInput opens an assessment. Thresholds are those in scope; a preliminary
// assessment needs none. Target is the day by which it should be done, or "".
type OpenInput struct {
	Model      string
	Kind       Kind
	Trigger    Trigger
	Thresholds []string
	Snapshots  []string
	Target     deadline.Day
	How        entry.Provenance
}

// Open opens an assessment and stamps it with the policy version in force
// (POL-2). The thing created is assessment-SEQ.
func (s State) Open(in OpenInput, see See, act entry.Act) ([]entry.Draft, error) {
	if err := checkOpen(in, see); err != nil {
		return nil, err
	}
	return opened.Drafts(Opened{
		Model: in.Model, Kind: in.Kind, Trigger: in.Trigger, Policy: see.Policy.Ref(),
		Thresholds: in.Thresholds, Snapshots: in.Snapshots, Target: string(in.Target),
	}, in.How)
}

func checkOpen(in OpenInput, see See) error {
	var all fault.List
	if _, ok := see.Model.Model(in.Model); !ok {
		all = append(all, fault.NotFoundf("there is no model %q", in.Model).Hinted("register it first"))
	}
	if !slices.Contains(kinds(), in.Kind) {
		all = append(all, fault.Invalidf("%q is not a kind of assessment", in.Kind).Hinted("use one of: %s", list(kinds())))
	}
	if in.Trigger.Kind == "" {
		all = append(all, fault.Invalidf("an assessment needs the trigger that made it due"))
	}
	if in.Trigger.Kind == string(policy.Discretion) && strings.TrimSpace(in.Trigger.Detail) == "" {
		all = append(all, fault.Invalidf("an assessment opened at discretion says who opens it and why"))
	}
	for _, id := range in.Thresholds {
		if _, ok := see.Policy.Threshold(id); !ok {
			all = append(all, unknownThreshold(id, see))
		}
	}
	if len(in.Thresholds) == 0 && in.Kind != Preliminary {
		all = append(all, fault.Invalidf("a %s assessment names the thresholds in its scope", in.Kind))
	}
	for _, id := range in.Snapshots {
		if _, ok := see.Model.Snapshot(in.Model, id); !ok {
			all = append(all, fault.NotFoundf("the model %s has no snapshot %q", in.Model, id).Hinted("register the snapshot first"))
		}
	}
	if in.Target != "" {
		if _, err := deadline.ParseDay(string(in.Target)); err != nil {
			all = append(all, fault.Invalidf("the target %q is not a day", string(in.Target)).Hinted("write it as 2025-05-22"))
		}
	}
	return all.Err()
}

func unknownThreshold(id string, see See) *fault.Error {
	return fault.NotFoundf("the policy %s has no threshold %q", see.Policy.Ref(), id).
		Hinted("policy show lists its thresholds")
}

// ConcludeInput concludes a preliminary assessment.
type ConcludeInput struct {
	PreliminaryConcluded
	How entry.Provenance
}

// ConcludePreliminary says whether the model is notably more capable, and by
// which limb (CAP-1). "Not" closes the cycle; no further test is required.
func (s State) ConcludePreliminary(in ConcludeInput) ([]entry.Draft, error) {
	a, err := s.open(in.Assessment)
	switch {
	case err != nil:
		return nil, err
	case a.Kind != Preliminary:
		return nil, fault.Conflictf("%s is a %s assessment, not a preliminary one", a.ID, a.Kind)
	case !slices.Contains(limbs(), in.Limb):
		return nil, fault.Invalidf("%q is not a limb", in.Limb).Hinted("use one of: %s", list(limbs()))
	case in.Notably == (in.Limb == LimbNone):
		return nil, fault.Invalidf("a model is notably more capable by a limb, and is not by the limb none")
	case strings.TrimSpace(in.Reason) == "":
		return nil, fault.Invalidf("the conclusion of a preliminary assessment needs its reason")
	}
	return preliminaryConcluded.Drafts(in.PreliminaryConcluded, in.How)
}

// CloseInput closes an assessment.
type CloseInput struct {
	Assessment string
	Outcome    Outcome
	Reason     string
	How        entry.Provenance
}

// Close ends an assessment. Complete is refused while a part that the policy
// asks for is missing for a threshold in scope (CAP-2); as_published takes a
// source and lists what is missing; incomplete and cancelled need a reason.
func (s State) Close(in CloseInput, see See) ([]entry.Draft, error) {
	a, err := s.open(in.Assessment)
	if err != nil {
		return nil, err
	}
	data := Closed{Assessment: a.ID, Outcome: in.Outcome, Reason: in.Reason}
	for _, id := range a.Thresholds {
		if parts := s.Missing(a.Model, id, see); len(parts) > 0 {
			data.Missing = append(data.Missing, Missing{Threshold: id, Parts: parts})
		}
	}
	if err := checkClose(in, data.Missing); err != nil {
		return nil, err
	}
	return closed.Drafts(data, in.How)
}

func checkClose(in CloseInput, missing []Missing) error {
	switch in.Outcome {
	case Complete:
		if len(missing) > 0 {
			m := missing[0]
			return fault.Conflictf("%s cannot be completed: %s lacks %s", in.Assessment, m.Threshold, strings.Join(m.Parts, ", ")).
				Hinted("record what is missing, or close it as incomplete with a reason")
		}
	case AsPublished:
		if len(in.How.Source) == 0 {
			return fault.Invalidf("an assessment closed as published names the document that says so")
		}
	case Incomplete, Cancelled:
		if strings.TrimSpace(in.Reason) == "" {
			return fault.Invalidf("closing an assessment as %s needs a reason", in.Outcome)
		}
	default:
		return fault.Invalidf("an assessment cannot be closed as %q", in.Outcome).
			Hinted("use complete, as_published, incomplete or cancelled")
	}
	return nil
}

// open gives an assessment that is still going on.
func (s State) open(id string) (Assessment, error) {
	a, ok := s.assessments.Get(id)
	if !ok {
		return a, fault.NotFoundf("there is no assessment %q", id)
	}
	if !a.Open() {
		return a, fault.Conflictf("%s was closed as %s", id, a.Outcome).Hinted("open another assessment")
	}
	return a, nil
}

// openOn gives an open assessment that has the threshold in its scope.
func (s State) openOn(id, threshold string) (Assessment, error) {
	a, err := s.open(id)
	if err == nil && !slices.Contains(a.Thresholds, threshold) {
		return a, fault.Conflictf("%s does not have the threshold %q in its scope", id, threshold).
			Hinted("its thresholds are: %s", list(a.Thresholds))
	}
	return a, err
}

// Assessment gives an assessment by id.
func (s State) Assessment(id string) (Assessment, bool) { return s.assessments.Get(id) }

// Assessments lists the assessments of a model in the order of recording; of
// all models where model is "".
func (s State) Assessments(model string) []Assessment {
	var all []Assessment
	if model == "" {
		all = slices.Collect(s.assessments.Values())
		slices.SortFunc(all, func(a, b Assessment) int { return cmp.Compare(a.Seq, b.Seq) })
		return all
	}
	for _, id := range within(s.ofModel, model) {
		if a, ok := s.assessments.Get(id); ok {
			all = append(all, a)
		}
	}
	return all
}

// Assessed gives the newest closed assessment, comprehensive or follow-up, that
// had the threshold in its scope (CAP-18 asks for one against the next
// thresholds).
func (s State) Assessed(model, threshold string) (Assessment, bool) {
	var last Assessment
	for _, a := range s.Assessments(model) {
		if a.Done() && (a.Kind == Comprehensive || a.Kind == FollowUp) && slices.Contains(a.Thresholds, threshold) &&
			(last.ID == "" || a.ClosedBy.Day >= last.ClosedBy.Day) {
			last = a
		}
	}
	return last, last.ID != ""
}

// wellNamed tells whether id is 1 to 80 of a-z, 0-9, point, underscore and
// hyphen and starts with a letter or digit.
func wellNamed(id string) bool {
	if len(id) == 0 || len(id) > 80 || strings.ContainsRune("._-", rune(id[0])) {
		return false
	}
	return strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789._-") == ""
}

func list[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return strings.Join(texts, ", ")
}
