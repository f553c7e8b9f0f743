// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package safeguard

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/proof"
)

// ReportInput asks for a Safeguards Report on one facet of one standard. Models
// and Environments name what it covers; none means all.
type ReportInput struct {
	Standard, Facet      string
	Models, Environments []string
	ResidualRisk         string
	Limitations          []string
	How                  entry.Provenance
}

// PrepareReport gathers the evidence of every criterion into a report. It is
// refused while a criterion has neither evidence nor a named limitation
// (SAF-5); the fault names every such criterion. The thing created is
// report-SEQ; it carries the digest of its canonical content, which is what a
// signature binds. Its grade is the lowest of its evidence's.
func (s State) PrepareReport(in ReportInput, see See, act entry.Act) ([]entry.Draft, error) {
	if err := s.checkReport(in, see); err != nil {
		return nil, err
	}
	content := ReportContent{
		Standard: in.Standard, Facet: in.Facet,
		Models: sortedSet(in.Models), Environments: sortedSet(in.Environments),
		ResidualRisk: in.ResidualRisk, Limitations: slices.Clone(in.Limitations),
	}
	low := grade.Recomputed
	for _, c := range see.Criteria {
		shown := ShownCriterion{Criterion: c.ID}
		for _, e := range s.evidenceFor(in.Standard, in.Facet, c.ID) {
			shown.Evidence = append(shown.Evidence, e.Seq)
			low = min(low, e.Grade)
			if e.Limitation {
				shown.Limitations = append(shown.Limitations, e.Statement)
			}
		}
		content.Criteria = append(content.Criteria, shown)
	}
	digest, err := content.Digest()
	if err != nil {
		return nil, err
	}
	return reportPrepared.Drafts(ReportPrepared{ReportContent: content, Digest: digest}, capped(in.How, low))
}

func (s State) checkReport(in ReportInput, see See) error {
	if err := checkSubject(in.Standard, in.Facet); err != nil {
		return err
	}
	if len(see.Criteria) == 0 {
		return fault.Invalidf("the policy names no criteria for the %s standard %s, so there is nothing to report on", in.Facet, in.Standard)
	}
	if strings.TrimSpace(in.ResidualRisk) == "" {
		return fault.Invalidf("a Safeguards Report needs a statement of residual risk")
	}
	var missing []string
	for _, c := range s.Missing(in.Standard, in.Facet, see.Criteria) {
		missing = append(missing, c.ID)
	}
	if len(missing) > 0 {
		return fault.Conflictf("the %s standard %s lacks evidence for: %s", in.Facet, in.Standard, strings.Join(missing, ", ")).
			Hinted("record evidence for each of them, or name the limitation")
	}
	return nil
}

// Missing gives the criteria that have neither evidence nor a named limitation.
func (s State) Missing(standard, facet string, criteria []Criterion) []Criterion {
	var missing []Criterion
	for _, c := range criteria {
		if len(s.evidenceFor(standard, facet, c.ID)) == 0 {
			missing = append(missing, c)
		}
	}
	return missing
}

// Digest is the SHA-256 of the content's canonical JSON, in lower-case
// hexadecimal.
func (c ReportContent) Digest() (string, error) {
	raw, err := proof.Canonical(c)
	if err != nil {
		return "", fault.Invalidf("the report cannot be written down: %w", err)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

// ApproveInput is the effect of a decision on a standard's facet. Report may be
// "" when a published approval is reported whose report is not held here; then
// the scope and limitations are given, otherwise they default to the report's.
type ApproveInput struct {
	Standard, Facet string
	Report          string
	// Decision is the id of the decision that takes effect.
	Decision             string
	Models, Environments []string
	// ApprovedOn is the day of the approval; "" takes the day it happened, or
	// the day of the act.
	ApprovedOn deadline.Day
	// ReapproveBy is the last day on which the approval holds; "" where the
	// policy sets no period.
	ReapproveBy deadline.Day
	Limitations []string
	// Known is the most that an approval without a report is known by: a
	// baseline's. Unknown means attested.
	Known grade.Grade
	How   entry.Provenance
}

// Approve makes the entry that brings a standard's facet into force. It is
// called when a decision takes effect, or when a published approval is
// reported. An approval of a report cannot be better known than the report, and
// one without a report is attested at most.
//
// A report that is older than a withdrawal or failure, or rests on withdrawn
// evidence, is refused: a new one is needed.
func (s State) Approve(in ApproveInput, act entry.Act) ([]entry.Draft, error) {
	if err := checkSubject(in.Standard, in.Facet); err != nil {
		return nil, err
	}
	if in.Decision == "" {
		return nil, fault.Invalidf("an approval of the %s standard %s names no decision", in.Facet, in.Standard)
	}
	limit := max(in.Known, grade.Attested)
	if in.Report != "" {
		r, err := s.approvable(in)
		if err != nil {
			return nil, err
		}
		limit = r.Grade
		if in, err = within(in, r); err != nil {
			return nil, err
		}
	}
	if in.ApprovedOn == "" {
		in.ApprovedOn = dayOf(in.How, act.Now)
	}
	if err := checkDays(in, act.Now); err != nil {
		return nil, err
	}
	return approved.Drafts(Approved{
		Standard: in.Standard, Facet: in.Facet, Report: in.Report, Decision: in.Decision,
		Models: sortedSet(in.Models), Environments: sortedSet(in.Environments),
		ApprovedOn: string(in.ApprovedOn), ReapproveBy: string(in.ReapproveBy), Limitations: in.Limitations,
	}, capped(in.How, limit))
}

// approvable gives the report to approve, if it still stands.
func (s State) approvable(in ApproveInput) (Report, error) {
	r, ok := s.reports.Get(in.Report)
	if !ok {
		return r, fault.NotFoundf("there is no Safeguards Report %q", in.Report)
	}
	if r.Standard != in.Standard || r.Facet != in.Facet {
		return r, fault.Conflictf("%s is about the %s standard %s, not the %s standard %s", r.ID, r.Facet, r.Standard, in.Facet, in.Standard)
	}
	b, _ := s.breaks.Get(subject(in.Standard, in.Facet))
	if last := max(b.withdrawn.seq, b.failed.seq); b.any() && last > r.Seq {
		return r, fault.Conflictf("%s was prepared before entry %d, which withdrew or reopened the standard", r.ID, last).
			Hinted("prepare a new report that deals with it")
	}
	if len(r.Lost) > 0 {
		return r, fault.Conflictf("%s rests on evidence that was withdrawn, by entry %d", r.ID, r.Lost[0]).
			Hinted("record new evidence and prepare a new report")
	}
	return r, nil
}

// within fills scope and limitations from the report and refuses a scope wider
// than it.
func within(in ApproveInput, r Report) (ApproveInput, error) {
	for _, side := range []struct {
		what  string
		asked *[]string
		have  []string
	}{{"model", &in.Models, r.Models}, {"environment", &in.Environments, r.Environments}} {
		if len(*side.asked) == 0 {
			*side.asked = r.scope(side.what)
			continue
		}
		for _, x := range *side.asked {
			if !covers(side.have, x) {
				return in, fault.Conflictf("%s does not cover the %s %q", r.ID, side.what, x).
					Hinted("approve within the report's scope, or prepare a report that covers it")
			}
		}
	}
	for _, l := range r.Limitations {
		if !slices.Contains(in.Limitations, l) {
			in.Limitations = append(slices.Clone(in.Limitations), l)
		}
	}
	return in, nil
}

func checkDays(in ApproveInput, now int64) error {
	for _, d := range []deadline.Day{in.ApprovedOn, in.ReapproveBy} {
		if d == "" {
			continue
		}
		if _, err := deadline.ParseDay(string(d)); err != nil {
			return err
		}
	}
	if in.ApprovedOn.Start() > now {
		return fault.Invalidf("an approval cannot be dated %s, which is in the future", in.ApprovedOn).
			Hinted("record it on the day it takes effect")
	}
	if in.ReapproveBy != "" && in.ApprovedOn.DaysUntil(in.ReapproveBy) < 1 {
		return fault.Invalidf("the re-approval day %s is not after the approval of %s", in.ReapproveBy, in.ApprovedOn)
	}
	return nil
}

// capped is graded, but never better known than limit.
func capped(how entry.Provenance, limit grade.Grade) entry.Provenance {
	g := min(how.GradeOr(limit), limit)
	how.Grade = &g
	return how
}

func sortedSet(xs []string) []string {
	if len(xs) == 0 {
		return nil
	}
	xs = slices.Clone(xs)
	slices.Sort(xs)
	return slices.Compact(xs)
}

// covers tells whether a scope names x; an empty scope covers everything.
func covers(scope []string, x string) bool {
	return len(scope) == 0 || slices.Contains(scope, x)
}
