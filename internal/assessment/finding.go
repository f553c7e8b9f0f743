// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"iter"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// JudgementInput records a written judgement. Its model is the assessment's.
type JudgementInput struct {
	Assessment string
	Threshold  string
	// Bottleneck is an id of the threat-model map, or "" for the threshold as a
	// whole, which covers no bottleneck.
	Bottleneck string
	Direction  threshold.Verdict
	Text       string
	By         string
	Evidence   *entry.Ref
	How        entry.Provenance
}

// RecordJudgement records an expert judgement or an argument. The thing created
// is judgement-SEQ; like a finding it needs an answer when it does not support
// the conclusion.
func (s State) RecordJudgement(in JudgementInput) ([]entry.Draft, error) {
	a, err := s.openOn(in.Assessment, in.Threshold)
	if err != nil {
		return nil, err
	}
	directions := []threshold.Verdict{threshold.SupportsRuleOut, threshold.Inconclusive, threshold.SupportsRuleIn}
	switch {
	case !slices.Contains(directions, in.Direction):
		return nil, fault.Invalidf("a judgement cannot be %q", in.Direction).Hinted("use one of: %s", list(directions))
	case strings.TrimSpace(in.Text) == "" || strings.TrimSpace(in.By) == "":
		return nil, fault.Invalidf("a judgement is written out and names the role that made it")
	case in.Evidence != nil && (in.Evidence.Kind == "" || in.Evidence.ID == ""):
		return nil, fault.Invalidf("the evidence of a judgement is named by kind and id")
	}
	if m, ok := s.ThreatMap(a.Model, in.Threshold); in.Bottleneck != "" && (!ok || !m.has(in.Bottleneck)) {
		return nil, fault.NotFoundf("the threat-model map of %s has no bottleneck %q", in.Threshold, in.Bottleneck).
			Hinted("record the map first, or leave the bottleneck out")
	}
	return judged.Drafts(Judged{
		Assessment: a.ID, Model: a.Model, Threshold: in.Threshold, Bottleneck: in.Bottleneck,
		Direction: in.Direction, Text: in.Text, By: in.By, Evidence: in.Evidence,
	}, in.How)
}

func (m ThreatMap) has(bottleneck string) bool {
	return slices.ContainsFunc(m.Bottlenecks, func(b Bottleneck) bool { return b.ID == bottleneck })
}

// AnswerInput answers a finding or judgement.
type AnswerInput struct {
	Answered
	How entry.Provenance
}

// Answer records the written answer to a finding that does not support the
// conclusion (CAP-11). A post hoc finding also needs the reason why it is relied
// on, if it is. A later answer replaces an earlier one.
func (s State) Answer(in AnswerInput) ([]entry.Draft, error) {
	f, err := s.standing(in.Finding)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(in.Answered.Answer) == "" {
		return nil, fault.Invalidf("the answer to %s says nothing", f.ID)
	}
	return answered.Drafts(in.Answered, in.How)
}

// WithdrawInput withdraws a finding.
type WithdrawInput struct {
	Withdrawn
	How entry.Provenance
}

// Withdraw declares a finding invalid, with the reason. It then neither supports
// nor blocks, and stays visible.
func (s State) Withdraw(in WithdrawInput) ([]entry.Draft, error) {
	f, err := s.standing(in.Finding)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(in.Reason) == "" {
		return nil, fault.Invalidf("withdrawing %s needs the reason why it is invalid", f.ID)
	}
	return withdrawn.Drafts(in.Withdrawn, in.How)
}

// ApproveInput approves a post hoc finding. By "" is whoever acts; another name
// can be given for a published approval, whose source is in How.
type ApproveInput struct {
	Finding string
	By      string
	How     entry.Provenance
}

// ApprovePostHoc approves that a post hoc finding is relied on. The author of
// any version of its spec may not (CAP-4).
func (s State) ApprovePostHoc(in ApproveInput, act entry.Act) ([]entry.Draft, error) {
	f, err := s.standing(in.Finding)
	if err != nil {
		return nil, err
	}
	if f.Found == nil || !f.Found.PostHoc {
		return nil, fault.Conflictf("%s is not a post hoc finding", f.ID)
	}
	reported := len(in.How.Source) > 0
	if in.By == "" || !reported {
		in.By = act.Actor
	}
	for _, v := range s.SpecVersions(f.Found.Spec) {
		if v.Author == in.By {
			return nil, fault.Forbiddenf("%s wrote the spec %s and cannot approve a post hoc finding under it (rule SOD-POSTHOC)", in.By, v.ID).
				Hinted("ask somebody else")
		}
	}
	return postHocApproved.Drafts(PostHocApproved{Finding: f.ID, By: in.By}, in.How)
}

// standing gives a finding that was not withdrawn.
func (s State) standing(id string) (Finding, error) {
	f, ok := s.Finding(id)
	if !ok {
		return f, fault.NotFoundf("there is no finding or judgement %q", id)
	}
	if f.IsWithdrawn() {
		return f, fault.Conflictf("%s was withdrawn by entry %d", id, f.Withdrawn.Seq)
	}
	return f, nil
}

// Finding gives a finding or judgement by id, also a withdrawn one.
func (s State) Finding(id string) (Finding, bool) {
	key, ok := s.places.Get(id)
	if !ok {
		return Finding{}, false
	}
	return s.findings.Get(key)
}

// Findings lists the findings and judgements on a model and threshold in the
// order of recording, withdrawn ones included.
func (s State) Findings(model, threshold string) []Finding {
	return within(s.findings, cow.PairKey(model, threshold))
}

// AllFindings goes through the findings and judgements on every model, withdrawn
// ones included.
func (s State) AllFindings() iter.Seq[Finding] { return s.findings.Values() }

// EvidenceID is the id of the evidence that a finding or judgement rests on, "" for
// a judgement that names none.
func (f Finding) EvidenceID() string {
	switch {
	case f.Found != nil:
		return f.Found.Evidence.ID
	case f.Judged != nil && f.Judged.Evidence != nil:
		return f.Judged.Evidence.ID
	}
	return ""
}

// Resting lists the findings and judgements that rest on a piece of evidence, in
// the order of recording, withdrawn ones included.
func (s State) Resting(evidence string) []Finding {
	var all []Finding
	for _, id := range within(s.resting, evidence) {
		if f, ok := s.Finding(id); ok {
			all = append(all, f)
		}
	}
	return all
}

// FindingsOn lists the findings that rest on a piece of evidence.
func (s State) FindingsOn(ref entry.Ref) []Finding {
	var all []Finding
	for f := range s.findings.Values() {
		if f.Found != nil && f.Found.Evidence.ID == ref.ID {
			all = append(all, f)
		}
	}
	return all
}
