// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

var (
	opened               = entry.Define[Opened]("assessment.opened", 1, entry.Fact)
	preliminaryConcluded = entry.Define[PreliminaryConcluded]("assessment.preliminary_concluded", 1, entry.Fact)
	specRegistered       = entry.Define[SpecRegistered]("assessment.spec_registered", 1, entry.Fact)
	threatMapped         = entry.Define[ThreatMapped]("assessment.threat_mapped", 1, entry.Fact)
	elicitationRecorded  = entry.Define[ElicitationRecorded]("assessment.elicitation_recorded", 1, entry.Fact)
	forecastRecorded     = entry.Define[ForecastRecorded]("assessment.forecast_recorded", 1, entry.Fact)
	partArgued           = entry.Define[PartArgued]("assessment.part_argued", 1, entry.Fact)
	found                = entry.Define[Found]("assessment.found", 1, entry.Fact)
	judged               = entry.Define[Judged]("assessment.judged", 1, entry.Fact)
	answered             = entry.Define[Answered]("assessment.answered", 1, entry.Fact)
	withdrawn            = entry.Define[Withdrawn]("assessment.withdrawn", 1, entry.Fact)
	postHocApproved      = entry.Define[PostHocApproved]("assessment.approved_post_hoc", 1, entry.Fact)
	closed               = entry.Define[Closed]("assessment.closed", 1, entry.Fact)
)

// Types lists every kind of entry of this area.
func Types() []entry.Type {
	return []entry.Type{
		opened.Type(), preliminaryConcluded.Type(), specRegistered.Type(), threatMapped.Type(),
		elicitationRecorded.Type(), forecastRecorded.Type(), partArgued.Type(), found.Type(), judged.Type(),
		answered.Type(), withdrawn.Type(), postHocApproved.Type(), closed.Type(),
	}
}

// Known says which entry a value comes from, how well that is known, and on
// which day it happened (the day of recording where the entry says no other).
type Known struct {
	Seq   int64
	Grade grade.Grade
	Day   deadline.Day
}

// Assessment is one cycle of assessing a model. ClosedBy is zero while it is
// open.
type Assessment struct {
	ID string
	Opened
	Known
	Conclusion *PreliminaryConcluded
	Outcome    Outcome
	Missing    []Missing
	ClosedBy   Known
}

// Open tells whether the assessment is still going on.
func (a Assessment) Open() bool { return a.Outcome == "" }

// Done tells whether the assessment was closed as one that counts.
func (a Assessment) Done() bool { return a.Outcome == Complete || a.Outcome == AsPublished }

// Spec is one version of a registered spec. At is when it was registered here,
// in milliseconds since 1970.
type Spec struct {
	SpecRegistered
	Known
	At int64
}

// ThreatMap is the threat-model map of a model and threshold.
type ThreatMap struct {
	ThreatMapped
	Known
}

// Elicitation is one technique as last recorded for a model and threshold.
type Elicitation struct {
	Technique
	Known
}

// Forecast is a recorded forecast. ID is forecast-SEQ.
type Forecast struct {
	ID string
	ForecastRecorded
	Known
}

// Argument is a part of an assessment that is a text.
type Argument struct {
	PartArgued
	Known
}

// Answer is the written answer to a finding.
type Answer struct {
	Answered
	Known
}

// Finding is evidence judged under a spec (ID finding-SEQ) or a written
// judgement (ID judgement-SEQ). Exactly one of Found and Judged is set; the
// sufficient statistics stay in the entry.
type Finding struct {
	ID         string
	Assessment string
	Model      string
	Threshold  string
	Known
	Found      *Found
	Judged     *Judged
	Answer     *Answer
	ApprovedBy string // who approved a post hoc finding, "" for nobody
	Approved   Known
	Withdrawn  Known // Seq 0 and no day while it stands
	Reason     string
}

// IsWithdrawn tells whether the finding was withdrawn as invalid.
func (f Finding) IsWithdrawn() bool { return f.Withdrawn.Day != "" }

// Fork gives a state that changes on its own, in constant time.
func (s State) Fork() State {
	return State{
		assessments: s.assessments.Fork(), ofModel: s.ofModel.Fork(), specs: s.specs.Fork(), maps: s.maps.Fork(),
		elicitation: s.elicitation.Fork(), forecasts: s.forecasts.Fork(), arguments: s.arguments.Fork(),
		findings: s.findings.Fork(), places: s.places.Fork(), resting: s.resting.Fork(), changed: s.changed.Fork(),
	}
}

// Apply takes one entry of this area into the state.
func (s *State) Apply(e entry.Entry) error {
	switch e.Type {
	case opened.Name():
		return apply(e, opened, s.applyOpened)
	case preliminaryConcluded.Name():
		return apply(e, preliminaryConcluded, s.applyConcluded)
	case specRegistered.Name():
		return apply(e, specRegistered, s.applySpec(e.RecordedAt))
	case threatMapped.Name():
		return apply(e, threatMapped, s.applyMap)
	case elicitationRecorded.Name():
		return apply(e, elicitationRecorded, s.applyElicitation)
	case forecastRecorded.Name():
		return apply(e, forecastRecorded, s.applyForecast)
	case partArgued.Name():
		return apply(e, partArgued, s.applyArgument)
	case found.Name():
		return apply(e, found, s.applyFound)
	case judged.Name():
		return apply(e, judged, s.applyJudged)
	case answered.Name():
		return apply(e, answered, s.applyAnswered)
	case withdrawn.Name():
		return apply(e, withdrawn, s.applyWithdrawn)
	case postHocApproved.Name():
		return apply(e, postHocApproved, s.applyApproved)
	case closed.Name():
		return apply(e, closed, s.applyClosed)
	}
	return fault.New(fault.Internal, "entry %d: assessments know no %s", e.Seq, e.Type)
}

func apply[T any](e entry.Entry, k entry.Kind[T], take func(T, Known) error) error {
	data, how, err := k.Decode(e)
	if err != nil {
		return err
	}
	known := Known{Seq: e.Seq, Grade: how.GradeOr(grade.Attested), Day: deadline.DayOf(e.RecordedAt)}
	if how.Happened != nil {
		known.Day = deadline.DayOf(how.Happened.At)
	}
	return take(data, known)
}

func (s *State) applyOpened(d Opened, k Known) error {
	id := entry.ID("assessment", k.Seq)
	s.assessments.Set(id, Assessment{ID: id, Opened: d, Known: k})
	s.ofModel.Set(cow.PairKey(d.Model, cow.SeqKey(k.Seq)), id)
	return nil
}

func (s *State) changeAssessment(id string, k Known, edit func(*Assessment)) error {
	a, ok := s.assessments.Get(id)
	if !ok {
		return fault.Corruptf("entry %d speaks of %s, which does not exist", k.Seq, id)
	}
	edit(&a)
	s.assessments.Set(id, a)
	return nil
}

// applyConcluded closes a preliminary assessment that found the model below
// (CAP-1).
func (s *State) applyConcluded(d PreliminaryConcluded, k Known) error {
	return s.changeAssessment(d.Assessment, k, func(a *Assessment) {
		a.Conclusion = &d
		if !d.Notably {
			a.Outcome, a.ClosedBy = Below, k
		}
	})
}

func (s *State) applyClosed(d Closed, k Known) error {
	return s.changeAssessment(d.Assessment, k, func(a *Assessment) {
		a.Outcome, a.Missing, a.ClosedBy = d.Outcome, d.Missing, k
		if !a.Done() {
			s.changed.Set(cow.PairKey(a.Model, ""), k.Seq)
		}
	})
}

func (s *State) applySpec(recordedAt int64) func(SpecRegistered, Known) error {
	return func(d SpecRegistered, k Known) error {
		s.specs.Set(specKey(d.ID, d.Version), Spec{SpecRegistered: d, Known: k, At: recordedAt})
		return nil
	}
}

// subject is the key of what is known about a model and a threshold, found
// through the assessment.
func (s *State) subject(assessment, threshold string, k Known) (string, error) {
	a, ok := s.assessments.Get(assessment)
	if !ok {
		return "", fault.Corruptf("entry %d speaks of %s, which does not exist", k.Seq, assessment)
	}
	return cow.PairKey(a.Model, threshold), nil
}

func (s *State) applyMap(d ThreatMapped, k Known) error {
	key, err := s.subject(d.Assessment, d.Threshold, k)
	if err == nil {
		s.maps.Set(key, ThreatMap{d, k})
		s.changed.Set(key, k.Seq)
	}
	return err
}

func (s *State) applyElicitation(d ElicitationRecorded, k Known) error {
	key, err := s.subject(d.Assessment, d.Threshold, k)
	if err != nil {
		return err
	}
	for _, t := range d.Items {
		s.elicitation.Set(cow.PairKey(key, t.Technique), Elicitation{t, k})
	}
	s.changed.Set(key, k.Seq)
	return nil
}

func (s *State) applyForecast(d ForecastRecorded, k Known) error {
	key, err := s.subject(d.Assessment, d.Threshold, k)
	if err == nil {
		s.forecasts.Set(cow.PairKey(key, cow.SeqKey(k.Seq)), Forecast{entry.ID("forecast", k.Seq), d, k})
	}
	return err
}

func (s *State) applyArgument(d PartArgued, k Known) error {
	key, err := s.subject(d.Assessment, d.Threshold, k)
	if err == nil {
		s.arguments.Set(cow.PairKey(key, string(d.Part)), Argument{d, k})
	}
	return err
}

func (s *State) applyFound(d Found, k Known) error {
	d.Sufficient = threshold.Sufficient{}
	s.changed.Set(cow.PairKey(d.Model, d.Threshold), k.Seq)
	if d.Old != nil {
		d.Old = &OldRule{Version: d.Old.Version, Result: d.Old.Result}
	}
	s.put(Finding{ID: entry.ID("finding", k.Seq), Assessment: d.Assessment, Model: d.Model, Threshold: d.Threshold, Known: k, Found: &d})
	return nil
}

func (s *State) applyJudged(d Judged, k Known) error {
	s.changed.Set(cow.PairKey(d.Model, d.Threshold), k.Seq)
	s.put(Finding{ID: entry.ID("judgement", k.Seq), Assessment: d.Assessment, Model: d.Model, Threshold: d.Threshold, Known: k, Judged: &d})
	return nil
}

func (s *State) put(f Finding) {
	key := cow.PairKey(cow.PairKey(f.Model, f.Threshold), cow.SeqKey(f.Seq))
	s.findings.Set(key, f)
	s.places.Set(f.ID, key)
	if id := f.EvidenceID(); id != "" {
		s.resting.Set(cow.PairKey(id, cow.SeqKey(f.Seq)), f.ID)
	}
}

func (s *State) changeFinding(id string, k Known, edit func(*Finding)) error {
	f, ok := s.Finding(id)
	if !ok {
		return fault.Corruptf("entry %d speaks of %s, which does not exist", k.Seq, id)
	}
	edit(&f)
	s.put(f)
	return nil
}

func (s *State) applyAnswered(d Answered, k Known) error {
	return s.changeFinding(d.Finding, k, func(f *Finding) { f.Answer = &Answer{d, k} })
}

func (s *State) applyWithdrawn(d Withdrawn, k Known) error {
	return s.changeFinding(d.Finding, k, func(f *Finding) { f.Withdrawn, f.Reason = k, d.Reason })
}

func (s *State) applyApproved(d PostHocApproved, k Known) error {
	return s.changeFinding(d.Finding, k, func(f *Finding) { f.ApprovedBy, f.Approved = d.By, k })
}

// within lists the values whose keys start with a name and its separator.
func within[V any](m cow.Map[string, V], name string) []V {
	var out []V
	prefix := cow.PairKey(name, "")
	for key, v := range m.From(prefix) {
		if len(key) < len(prefix) || key[:len(prefix)] != prefix {
			break
		}
		out = append(out, v)
	}
	return slices.Clip(out)
}

func specKey(id string, version int) string { return cow.PairKey(id, cow.SeqKey(int64(version))) }
