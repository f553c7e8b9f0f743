// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package safeguard

import (
	"fmt"
	"slices"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// EvidenceRecorded is the data of safeguard.evidence_recorded.
type EvidenceRecorded struct {
	Standard   string     `json:"standard"`
	Facet      string     `json:"facet"`
	Criterion  string     `json:"criterion"`
	Statement  string     `json:"statement"`
	Document   *entry.Ref `json:"document,omitzero"`
	Limitation bool       `json:"limitation,omitzero"`
	ActorScope string     `json:"actor_scope,omitzero"`
}

// EvidenceWithdrawn is the data of safeguard.evidence_withdrawn.
type EvidenceWithdrawn struct {
	Evidence string `json:"evidence"`
	Reason   string `json:"reason"`
}

// ShownCriterion is a criterion with the seqs of the evidence for it and the
// limitations named instead of or beside evidence.
type ShownCriterion struct {
	Criterion   string   `json:"criterion"`
	Evidence    []int64  `json:"evidence"`
	Limitations []string `json:"limitations,omitempty"`
}

// ReportContent is what a Safeguards Report says; its canonical JSON is what
// the report's digest binds.
type ReportContent struct {
	Standard     string           `json:"standard"`
	Facet        string           `json:"facet"`
	Models       []string         `json:"models,omitempty"`
	Environments []string         `json:"environments,omitempty"`
	ResidualRisk string           `json:"residual_risk"`
	Limitations  []string         `json:"limitations,omitempty"`
	Criteria     []ShownCriterion `json:"criteria"`
}

// ReportPrepared is the data of safeguard.report_prepared.
type ReportPrepared struct {
	ReportContent
	Digest string `json:"digest"`
}

// Approved is the data of safeguard.approved. Days are written 2006-01-02.
type Approved struct {
	Standard     string   `json:"standard"`
	Facet        string   `json:"facet"`
	Report       string   `json:"report,omitzero"`
	Decision     string   `json:"decision"`
	Models       []string `json:"models,omitempty"`
	Environments []string `json:"environments,omitempty"`
	ApprovedOn   string   `json:"approved_on"`
	ReapproveBy  string   `json:"reapprove_by,omitzero"`
	Limitations  []string `json:"limitations,omitempty"`
}

// ApprovalWithdrawn is the data of safeguard.withdrawn.
type ApprovalWithdrawn struct {
	Standard string `json:"standard"`
	Facet    string `json:"facet"`
	Reason   string `json:"reason"`
	By       string `json:"by"`
}

// FailureRecorded is the data of safeguard.failure_recorded.
type FailureRecorded struct {
	Standard string `json:"standard"`
	Facet    string `json:"facet"`
	Reason   string `json:"reason"`
}

var (
	evidenceRecorded  = entry.Define[EvidenceRecorded]("safeguard.evidence_recorded", 1, entry.Fact)
	evidenceWithdrawn = entry.Define[EvidenceWithdrawn]("safeguard.evidence_withdrawn", 1, entry.Fact)
	reportPrepared    = entry.Define[ReportPrepared]("safeguard.report_prepared", 1, entry.Fact)
	approved          = entry.Define[Approved]("safeguard.approved", 1, entry.Fact)
	approvalWithdrawn = entry.Define[ApprovalWithdrawn]("safeguard.withdrawn", 1, entry.Fact)
	failureRecorded   = entry.Define[FailureRecorded]("safeguard.failure_recorded", 1, entry.Fact)
	interimApproved   = entry.Define[InterimApproved]("safeguard.interim_approved", 1, entry.Fact)
	interimEnded      = entry.Define[InterimEnded]("safeguard.interim_ended", 1, entry.Fact)
)

// Types lists every kind of entry of this area.
func Types() []entry.Type {
	return []entry.Type{
		evidenceRecorded.Type(), evidenceWithdrawn.Type(), reportPrepared.Type(),
		approved.Type(), approvalWithdrawn.Type(), failureRecorded.Type(),
		interimApproved.Type(), interimEnded.Type(),
	}
}

// Evidence is what the fold keeps of evidence. Withdrawn is the seq of the entry
// that withdrew it, 0 while it stands.
type Evidence struct {
	ID         string
	Seq        int64
	Grade      grade.Grade
	Standard   string
	Facet      string
	Criterion  string
	Statement  string
	Document   *entry.Ref
	Limitation bool
	ActorScope string
	Withdrawn  int64
}

// Report is what the fold keeps of a report. Limitations holds those of the
// report and of its criteria; Evidence the seqs it rests on; Lost the entries
// that withdrew some of it.
type Report struct {
	ID           string
	Seq          int64
	Grade        grade.Grade
	Standard     string
	Facet        string
	Models       []string
	Environments []string
	Limitations  []string
	Evidence     []int64
	Lost         []int64
	Digest       string
}

func (r Report) scope(what string) []string {
	if what == "model" {
		return r.Models
	}
	return r.Environments
}

// Approval is what the fold keeps of an approval. ID is approval-SEQ.
type Approval struct {
	ID           string
	Seq          int64
	Grade        grade.Grade
	Standard     string
	Facet        string
	Report       string
	Decision     string
	Models       []string
	Environments []string
	ApprovedOn   deadline.Day
	ReapproveBy  deadline.Day
	Limitations  []string
}

// interruption is what last spoke against the approvals of a subject.
type interruption struct{ withdrawn, failed mark }

func (b interruption) any() bool { return b.withdrawn.day != "" || b.failed.day != "" }

// mark is the latest seq and the latest day of a kind of interruption; the day
// is "" when there was none.
type mark struct {
	seq int64
	day deadline.Day
}

// after tells whether the mark speaks against a. Only an approval that was both
// recorded later and given on that day or later answers it.
func (m mark) after(a Approval) bool {
	return m.day != "" && (a.Seq < m.seq || a.ApprovedOn < m.day)
}

func (m mark) with(seq int64, day deadline.Day) mark {
	return mark{seq: max(m.seq, seq), day: max(m.day, day)}
}

// subject is the key prefix of everything about a standard's facet.
func subject(standard, facet string) string { return standard + "/" + facet + "/" }

func key(standard, facet string, seq int64) string {
	return fmt.Sprintf("%s%016d", subject(standard, facet), seq)
}

// DecodeApproved reads an entry of the type safeguard.approved.
func DecodeApproved(e entry.Entry) (Approved, error) {
	d, _, err := approved.Decode(e)
	return d, err
}

// Fork gives a state that changes on its own, in constant time.
func (s State) Fork() State {
	return State{
		evidence: s.evidence.Fork(), reports: s.reports.Fork(), approvals: s.approvals.Fork(), breaks: s.breaks.Fork(),
		interims: s.interims.Fork(),
	}
}

// Apply takes one entry of this area into the state.
func (s *State) Apply(e entry.Entry) error {
	switch e.Type {
	case evidenceRecorded.Name():
		return s.applyEvidence(e)
	case evidenceWithdrawn.Name():
		return s.applyEvidenceWithdrawn(e)
	case reportPrepared.Name():
		return s.applyReport(e)
	case approved.Name():
		return s.applyApproved(e)
	case approvalWithdrawn.Name(), failureRecorded.Name():
		return s.applyInterruption(e)
	case interimApproved.Name():
		return s.applyInterim(e)
	case interimEnded.Name():
		return s.applyInterimEnded(e)
	}
	return fault.New(fault.Internal, "entry %d: safeguard does not know the type %s", e.Seq, e.Type)
}

func (s *State) applyEvidence(e entry.Entry) error {
	d, how, err := evidenceRecorded.Decode(e)
	if err != nil {
		return err
	}
	s.evidence.Set(key(d.Standard, d.Facet, e.Seq), Evidence{
		ID: entry.ID("safeguard-evidence", e.Seq), Seq: e.Seq, Grade: how.GradeOr(grade.Unknown),
		Standard: d.Standard, Facet: d.Facet, Criterion: d.Criterion, Statement: d.Statement,
		Document: d.Document, Limitation: d.Limitation, ActorScope: d.ActorScope,
	})
	return nil
}

func (s *State) applyEvidenceWithdrawn(e entry.Entry) error {
	d, _, err := evidenceWithdrawn.Decode(e)
	if err != nil {
		return err
	}
	have, ok := s.findEvidence(d.Evidence)
	if !ok {
		return fault.Corruptf("entry %d withdraws %s, which does not exist", e.Seq, d.Evidence)
	}
	have.Withdrawn = e.Seq
	s.evidence.Set(key(have.Standard, have.Facet, have.Seq), have)
	for _, r := range s.Reports(have.Standard, have.Facet) {
		if slices.Contains(r.Evidence, have.Seq) {
			r.Lost = append(slices.Clip(r.Lost), e.Seq)
			s.reports.Set(r.ID, r)
		}
	}
	return nil
}

func (s *State) applyReport(e entry.Entry) error {
	d, how, err := reportPrepared.Decode(e)
	if err != nil {
		return err
	}
	r := Report{
		ID: entry.ID("report", e.Seq), Seq: e.Seq, Grade: how.GradeOr(grade.Unknown),
		Standard: d.Standard, Facet: d.Facet, Models: d.Models, Environments: d.Environments,
		Limitations: d.Limitations, Digest: d.Digest,
	}
	for _, c := range d.Criteria {
		r.Evidence = append(r.Evidence, c.Evidence...)
		r.Limitations = append(r.Limitations, c.Limitations...)
	}
	s.reports.Set(r.ID, r)
	return nil
}

func (s *State) applyApproved(e entry.Entry) error {
	d, how, err := approved.Decode(e)
	if err != nil {
		return err
	}
	s.approvals.Set(key(d.Standard, d.Facet, e.Seq), Approval{
		ID: entry.ID("approval", e.Seq), Seq: e.Seq, Grade: how.GradeOr(grade.Unknown),
		Standard: d.Standard, Facet: d.Facet, Report: d.Report, Decision: d.Decision,
		Models: d.Models, Environments: d.Environments,
		ApprovedOn: deadline.Day(d.ApprovedOn), ReapproveBy: deadline.Day(d.ReapproveBy), Limitations: d.Limitations,
	})
	return nil
}

func (s *State) applyInterruption(e entry.Entry) error {
	if e.Type == approvalWithdrawn.Name() {
		d, how, err := approvalWithdrawn.Decode(e)
		if err != nil {
			return err
		}
		b, _ := s.breaks.Get(subject(d.Standard, d.Facet))
		b.withdrawn = b.withdrawn.with(e.Seq, dayOf(how, e.RecordedAt))
		s.breaks.Set(subject(d.Standard, d.Facet), b)
		return nil
	}
	d, how, err := failureRecorded.Decode(e)
	if err != nil {
		return err
	}
	b, _ := s.breaks.Get(subject(d.Standard, d.Facet))
	b.failed = b.failed.with(e.Seq, dayOf(how, e.RecordedAt))
	s.breaks.Set(subject(d.Standard, d.Facet), b)
	return nil
}
