// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package safeguard keeps what is known about safeguards: which criterion of a
// standard is shown by which evidence, the Safeguards Reports made from that,
// the approvals, and whether a standard is in force for a model in an
// environment at an instant.
//
// A report cannot be prepared while a criterion has neither evidence nor a
// named limitation. An approval covers the models and environments it names
// (none named means all) until its re-approval day is over; that day acts by
// itself, nobody has to write it down. A withdrawal ends an approval; a recorded
// failure in practice, or withdrawn evidence, reopens it until a new approval of
// a newer report. None of these, and no passing date, ever raises a standing.
//
// Interim measures stand in for a standard's facet for a while. They end by
// themselves after their last day, when the standard is approved for all that
// they stood for, when stronger ones follow them, and when a failure or
// withdrawal of the standard is recorded after them. What has ended does not
// come back.
//
// The package knows no policy: which criteria a standard has, and how long an
// approval lasts, is passed in. It does not decide; an approval is the effect of
// a decision, which is another area's.
package safeguard

import (
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/proof"
)

// State is what is known about safeguards. The zero value is the empty state.
type State struct {
	evidence  cow.Map[string, Evidence]     // by subject and seq
	reports   cow.Map[string, Report]       // by id
	approvals cow.Map[string, Approval]     // by subject and seq
	breaks    cow.Map[string, interruption] // by subject
	interims  cow.Map[string, Interim]      // by id
}

// Criterion is one criterion of a standard's facet, from the policy pack.
type Criterion struct{ ID, Title string }

// See is what the verbs need from the policy: the criteria of the standard and
// facet that the input names, under the policy version in force.
type See struct{ Criteria []Criterion }

// EvidenceInput says what shows that a criterion is fulfilled, or names the
// limitation that stands in for such evidence. Document may be nil.
type EvidenceInput struct {
	Standard, Facet, Criterion string
	Statement                  string
	Document                   *entry.Ref
	Limitation                 bool
	// ActorScope names the actors that the evidence is about, such as
	// "non-state actors"; it may be empty.
	ActorScope string
	How        entry.Provenance
}

// RecordEvidence records evidence, or a named limitation, for one criterion
// (SAF-1 to SAF-4). A criterion that the policy does not name is refused. The
// thing created is safeguard-evidence-SEQ.
//
// Its grade is attested when it is a statement alone and reported when it names
// a document, unless How says otherwise.
func (s State) RecordEvidence(in EvidenceInput, see See, act entry.Act) ([]entry.Draft, error) {
	if err := checkSubject(in.Standard, in.Facet); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(see.Criteria, func(c Criterion) bool { return c.ID == in.Criterion }) {
		return nil, fault.NotFoundf("the %s standard %s has no criterion %q", in.Facet, in.Standard, in.Criterion).
			Hinted("the policy names these: %s", criterionIDs(see.Criteria))
	}
	if strings.TrimSpace(in.Statement) == "" {
		return nil, fault.Invalidf("evidence for criterion %s says nothing", in.Criterion).
			Hinted("state in a sentence what shows the criterion, or which limitation there is")
	}
	if err := checkDocument(in.Document); err != nil {
		return nil, err
	}
	return evidenceRecorded.Drafts(EvidenceRecorded{
		Standard: in.Standard, Facet: in.Facet, Criterion: in.Criterion, Statement: in.Statement,
		Document: in.Document, Limitation: in.Limitation, ActorScope: in.ActorScope,
	}, graded(in.How, evidenceGrade(in.Document)))
}

// WithdrawEvidence takes evidence back, for instance because its document was
// lost or restated. Every approval that rests on it is reopened.
func (s State) WithdrawEvidence(id, reason string, how entry.Provenance) ([]entry.Draft, error) {
	e, ok := s.findEvidence(id)
	switch {
	case !ok:
		return nil, fault.NotFoundf("there is no safeguards evidence %q", id)
	case e.Withdrawn != 0:
		return nil, fault.Conflictf("%s was withdrawn already, by entry %d", id, e.Withdrawn)
	case strings.TrimSpace(reason) == "":
		return nil, fault.Invalidf("withdrawing %s needs a reason", id)
	}
	return evidenceWithdrawn.Drafts(EvidenceWithdrawn{Evidence: id, Reason: reason}, how)
}

// WithdrawInput ends the approval of a standard's facet. By names who withdraws
// it, as a role or person.
type WithdrawInput struct {
	Standard, Facet string
	Reason, By      string
	How             entry.Provenance
}

// Withdraw ends every approval of a standard's facet that there is.
func (s State) Withdraw(in WithdrawInput) ([]entry.Draft, error) {
	if err := checkSubject(in.Standard, in.Facet); err != nil {
		return nil, err
	}
	if len(s.Approvals(in.Standard, in.Facet)) == 0 {
		return nil, fault.Conflictf("the %s standard %s was never approved, so there is nothing to withdraw", in.Facet, in.Standard)
	}
	if strings.TrimSpace(in.Reason) == "" || strings.TrimSpace(in.By) == "" {
		return nil, fault.Invalidf("withdrawing the %s standard %s needs a reason and who withdraws it", in.Facet, in.Standard)
	}
	return approvalWithdrawn.Drafts(ApprovalWithdrawn{Standard: in.Standard, Facet: in.Facet, Reason: in.Reason, By: in.By}, in.How)
}

// FailureInput says how safeguards failed in practice.
type FailureInput struct {
	Standard, Facet string
	Reason          string
	How             entry.Provenance
}

// RecordFailure records evidence that safeguards fail in practice (SAF-10). The
// standing is reopened until a new report is approved.
func (s State) RecordFailure(in FailureInput) ([]entry.Draft, error) {
	if err := checkSubject(in.Standard, in.Facet); err != nil {
		return nil, err
	}
	if strings.TrimSpace(in.Reason) == "" {
		return nil, fault.Invalidf("a failure of the %s standard %s needs a sentence saying what failed", in.Facet, in.Standard)
	}
	return failureRecorded.Drafts(FailureRecorded{Standard: in.Standard, Facet: in.Facet, Reason: in.Reason}, in.How)
}

func checkSubject(standard, facet string) error {
	for _, id := range []string{standard, facet} {
		if !wellNamed(id) {
			return fault.Invalidf("%q is not the id of a standard or facet", id).
				Hinted("use the ids of the policy pack, such as ASL-3 and deployment")
		}
	}
	return nil
}

func checkDocument(doc *entry.Ref) error {
	if doc == nil {
		return nil
	}
	if doc.Kind == "" || doc.ID == "" && doc.Digest == "" {
		return fault.Invalidf("the document is named by neither id nor digest").
			Hinted("give its kind, and its id or its SHA-256")
	}
	if doc.Digest == "" {
		return nil
	}
	if _, err := proof.ParseHex(doc.Digest, 32); err != nil {
		return fault.Invalidf("the document's digest is not a SHA-256 in lower-case hexadecimal: %w", err)
	}
	return nil
}

// wellNamed tells whether id is 1 to 80 of letters, digits, point, underscore
// and hyphen and starts with a letter or digit: ids of a policy pack may have
// capital letters.
func wellNamed(id string) bool {
	if len(id) == 0 || len(id) > 80 || strings.ContainsRune("._-", rune(id[0])) {
		return false
	}
	return strings.Trim(strings.ToLower(id), "abcdefghijklmnopqrstuvwxyz0123456789._-") == ""
}

func evidenceGrade(doc *entry.Ref) grade.Grade {
	if doc == nil {
		return grade.Attested
	}
	return grade.Reported
}

// graded gives the provenance a grade: its own, or the one that this kind of
// thing has by itself.
func graded(how entry.Provenance, own grade.Grade) entry.Provenance {
	g := how.GradeOr(own)
	how.Grade = &g
	return how
}

func criterionIDs(cs []Criterion) string {
	if len(cs) == 0 {
		return "none"
	}
	ids := make([]string, len(cs))
	for i, c := range cs {
		ids[i] = c.ID
	}
	return strings.Join(ids, ", ")
}

// dayOf is the day on which an act happened: as its provenance says, otherwise
// the day it was recorded.
func dayOf(how entry.Provenance, recordedAt int64) deadline.Day {
	if how.Happened != nil {
		return deadline.DayOf(how.Happened.At)
	}
	return deadline.DayOf(recordedAt)
}
