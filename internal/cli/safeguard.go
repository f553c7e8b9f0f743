// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

type safeguardCmd struct {
	Evidence safeguardEvidence `cmd:"" help:"Record what shows that a criterion is fulfilled, or the limitation that stands in for it."`
	Report   safeguardReport   `cmd:"" help:"Gather the evidence into a Safeguards Report; a decision then approves it."`
	Withdraw safeguardWithdraw `cmd:"" help:"End every approval of a standard's facet."`
	Retract  safeguardRetract  `cmd:"" help:"Take one piece of evidence back; what rests on it is reopened."`
	Fail     safeguardFail     `cmd:"" help:"Record that safeguards failed in practice; the standing is reopened."`
	Interim  safeguardInterim  `cmd:"" help:"Interim measures: what stands in for a standard that is not in force, for a while."`
	Show     safeguardShow     `cmd:"" help:"Show criteria against evidence, the standing and the day of re-approval."`
}

// facetOf are the arguments that name a standard's facet.
type facetOf struct {
	Standard string `arg:"" help:"The standard, such as ASL-2."`
	Facet    string `arg:"" enum:"deployment,security,affirmative_case" help:"deployment, security or affirmative_case."`
}

type safeguardEvidence struct {
	facetOf    `embed:""`
	Criterion  string   `arg:"" help:"The criterion, such as ASL2-D1."`
	Text       string   `required:"" placeholder:"TEXT" help:"What is shown, in a sentence."`
	Limitation bool     `help:"It is a limitation, named instead of or beside evidence."`
	Document   string   `placeholder:"PATH|REF" help:"The document that shows it: a file, which is named by its digest, or a reference."`
	ActorScope string   `placeholder:"TEXT" help:"Against which actors, such as non-state actors."`
	Reported   reported `embed:""`
}

func (c safeguardEvidence) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	doc, err := s.document(c.Document)
	if err != nil {
		return err
	}
	done, err := s.act(app.RecordSafeguardEvidence(safeguard.EvidenceInput{
		Standard: c.Standard, Facet: c.Facet, Criterion: c.Criterion, Statement: c.Text, Document: doc,
		Limitation: c.Limitation, ActorScope: c.ActorScope, How: how,
	}))
	if err != nil {
		return err
	}
	id := done.ID("safeguard-evidence", 0)
	return s.done(id, done, id+" is recorded for "+c.Criterion)
}

// document names a file by its digest, and anything else by its words.
func (s *session) document(name string) (*entry.Ref, error) {
	if name == "" {
		return nil, nil
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return nil, fault.Usagef("--document names a folder").At("%s", clipped(name)).Hinted("name a file, or give a reference in words")
	case err != nil || !info.Mode().IsRegular():
		s.note("--document %s is no file here, so it is kept as a reference without a digest", clipped(name))
		return &entry.Ref{Kind: "document", ID: name}, nil
	}
	log, err := app.OpenLog(name)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	file, err := log.Digest(s.ctx)
	return &entry.Ref{Kind: "document", ID: filepath.Base(name), Digest: file.SHA256}, err
}

type safeguardReport struct {
	facetOf      `embed:""`
	ResidualRisk string   `required:"" placeholder:"TEXT" help:"What risk is left."`
	Limitation   []string `sep:"none" placeholder:"TEXT" help:"A limitation of the whole; may be given again."`
	Model        []string `placeholder:"M" help:"A model that it covers; every model if none is given."`
	Env          []string `aliases:"environment" placeholder:"E" help:"An environment that it covers; every one if none is given."`
	Reported     reported `embed:""`
}

func (c safeguardReport) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.PrepareReport(safeguard.ReportInput{
		Standard: c.Standard, Facet: c.Facet, Models: c.Model, Environments: c.Env,
		ResidualRisk: c.ResidualRisk, Limitations: c.Limitation, How: how,
	}))
	if err != nil {
		return err
	}
	id := done.ID("report", 0)
	if !s.JSON {
		s.note("put it to the signers with: holdpoint decision propose --kind safeguards --report %s", id)
	}
	return s.done(id, done, id+" on "+c.Standard+" "+c.Facet+" is prepared")
}

type safeguardWithdraw struct {
	facetOf  `embed:""`
	Reason   string   `required:"" placeholder:"TEXT" help:"Why, in a sentence."`
	By       string   `placeholder:"ROLE" help:"Who withdraws it; whoever acts if not given."`
	Reported reported `embed:""`
}

func (c safeguardWithdraw) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.WithdrawSafeguard(safeguard.WithdrawInput{Standard: c.Standard, Facet: c.Facet, Reason: c.Reason, By: or(c.By, s.As), How: how}))
	if err != nil {
		return err
	}
	return s.done(c.Standard+" "+c.Facet, done, c.Standard+" "+c.Facet+" is no longer approved")
}

type safeguardRetract struct {
	Evidence string   `arg:"" help:"The evidence, such as safeguard-evidence-12."`
	Reason   string   `required:"" placeholder:"TEXT" help:"Why, in a sentence."`
	Reported reported `embed:""`
}

func (c safeguardRetract) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.WithdrawSafeguardEvidence(c.Evidence, c.Reason, how))
	if err != nil {
		return err
	}
	return s.done(c.Evidence, done, c.Evidence+" is taken back")
}

type safeguardFail struct {
	facetOf  `embed:""`
	Reason   string   `required:"" placeholder:"TEXT" help:"What failed, in a sentence."`
	Reported reported `embed:""`
}

func (c safeguardFail) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.RecordFailure(safeguard.FailureInput{Standard: c.Standard, Facet: c.Facet, Reason: c.Reason, How: how}))
	if err != nil {
		return err
	}
	return s.done(c.Standard+" "+c.Facet, done, c.Standard+" "+c.Facet+" is reopened")
}

type safeguardShow struct {
	Standard string `arg:"" optional:"" help:"One standard; all that are defined if not given."`
	Facet    string `arg:"" optional:"" help:"One facet."`
	Model    string `placeholder:"M" help:"How it stands for this model."`
	Env      string `aliases:"environment" placeholder:"E" help:"How it stands in this environment."`
}

// shownFacet is the JSON of a standard's facet.
type shownFacet struct {
	Standard    string           `json:"standard"`
	Facet       string           `json:"facet"`
	Clause      text             `json:"clause"`
	Status      string           `json:"status"`
	Reason      text             `json:"reason"`
	Grade       string           `json:"grade"`
	Decision    text             `json:"decision"`
	Since       text             `json:"since"`
	ReapproveBy text             `json:"reapprove_by"`
	Limitations []string         `json:"limitations"`
	Reports     []string         `json:"reports"`
	Criteria    []shownCriterion `json:"criteria"`
	Missing     []string         `json:"missing"`
	Entries     []int64          `json:"entries"`
	Interim     []interimOne     `json:"interim"`
}

type shownCriterion struct {
	ID        string          `json:"id"`
	Title     string          `json:"title"`
	Statement text            `json:"statement"`
	Evidence  []shownEvidence `json:"evidence"`
}

type shownEvidence struct {
	ID         string `json:"id"`
	Text       string `json:"text"`
	Document   text   `json:"document"`
	Limitation bool   `json:"limitation"`
	Grade      string `json:"grade"`
	Seq        int64  `json:"seq"`
	Withdrawn  *int64 `json:"withdrawn_seq"`
}

func (c safeguardShow) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	p, ok := m.View.State.Policy.InForce(m.Now)
	if !ok {
		return fault.Conflictf("no policy is in force, so no standard has criteria").Hinted("adopt one: holdpoint policy adopt anthropic-rsp@2.2")
	}
	all := []shownFacet{}
	for _, std := range p.Pack.Standards {
		for _, f := range std.Facets {
			if (c.Standard == "" || c.Standard == std.ID) && (c.Facet == "" || c.Facet == string(f.Facet)) {
				all = append(all, c.facet(m, std, f))
			}
		}
	}
	if len(all) == 0 {
		return fault.NotFoundf("%s has no such standard and facet with criteria", p.Ref()).Hinted("holdpoint policy show lists the standards")
	}
	if s.JSON {
		return s.print(struct {
			Standards []shownFacet `json:"standards"`
			Clock     string       `json:"clock"`
		}{all, clockOf(m)})
	}
	for i, f := range all {
		if i > 0 {
			s.say("")
		}
		s.facet(f)
	}
	return nil
}

func (c safeguardShow) facet(m app.Moment, std policy.Standard, f policy.Facet) shownFacet {
	w := m.View.State.Safeguard
	facet := string(f.Facet)
	st := w.Standing(std.ID, facet, c.Model, c.Env, m.Now)
	out := shownFacet{
		Standard: std.ID, Facet: facet, Clause: text(f.Clause), Status: string(st.Status), Reason: text(st.Reason), Grade: st.Grade.String(),
		Decision: text(st.Decision), Since: text(st.Since), ReapproveBy: text(st.ReapproveBy), Limitations: st.Limitations, Entries: st.Entries,
	}
	for _, one := range w.InterimsFor(std.ID, facet, scopeOf(c.Model), scopeOf(c.Env)) {
		out.Interim = append(out.Interim, interimOf(m, one))
	}
	for _, r := range w.Reports(std.ID, facet) {
		out.Reports = append(out.Reports, r.ID)
	}
	var criteria []safeguard.Criterion
	evidence := w.Evidence(std.ID, facet)
	for _, crit := range f.Criteria {
		criteria = append(criteria, safeguard.Criterion{ID: crit.ID, Title: crit.Title})
		out.Criteria = append(out.Criteria, criterionOf(crit, evidence))
	}
	for _, missing := range w.Missing(std.ID, facet, criteria) {
		out.Missing = append(out.Missing, missing.ID)
	}
	return out
}

// scopeOf is the scope of one name; that of none is everything.
func scopeOf(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

func criterionOf(c policy.Criterion, evidence []safeguard.Evidence) shownCriterion {
	out := shownCriterion{ID: c.ID, Title: c.Title, Statement: text(c.Statement), Evidence: []shownEvidence{}}
	for _, e := range evidence {
		if e.Criterion != c.ID {
			continue
		}
		one := shownEvidence{ID: e.ID, Text: e.Statement, Limitation: e.Limitation, Grade: e.Grade.String(), Seq: e.Seq, Withdrawn: some(e.Withdrawn)}
		if e.Document != nil {
			one.Document = text(e.Document.ID)
		}
		out.Evidence = append(out.Evidence, one)
	}
	return out
}

func (s *session) facet(f shownFacet) {
	s.say("%s %s: %s", f.Standard, f.Facet, strings.ReplaceAll(f.Status, "_", " "))
	switch {
	case f.Status == string(safeguard.InForce) && f.ReapproveBy != "":
		s.say("  since %s by %s, to be re-approved by %s, %s", f.Since, f.Decision, f.ReapproveBy, f.Grade)
	case f.Status == string(safeguard.InForce):
		s.say("  since %s by %s, without a day of re-approval, %s", f.Since, f.Decision, f.Grade)
	case f.Reason != "":
		s.wrapped("  ", string(f.Reason))
	}
	for _, l := range f.Limitations {
		s.wrapped("  named limitation: ", l)
	}
	for _, one := range f.Interim {
		s.wrapped("  ", one.sentence())
	}
	for _, c := range f.Criteria {
		state := "✗ nothing"
		if len(c.Evidence) > 0 {
			state = "✓ " + plural(len(c.Evidence), "item", "items")
		}
		s.say("  %-9s %s (%s)", c.ID, printable(c.Title), state)
		s.wrapped("            ", string(c.Statement))
		for _, e := range c.Evidence {
			s.wrapped("    - ", evidenceText(e))
		}
	}
	if len(f.Reports) > 0 {
		s.say("  reports: %s", strings.Join(f.Reports, ", "))
	}
}

func evidenceText(e shownEvidence) string {
	line := fmt.Sprintf("%s (%s, %s)", e.Text, e.ID, e.Grade)
	if e.Document != "" {
		line += ", document " + string(e.Document)
	}
	if e.Limitation {
		line = "limitation: " + line
	}
	if e.Withdrawn != nil {
		line += ", taken back by entry " + seqText(*e.Withdrawn)
	}
	return line
}
