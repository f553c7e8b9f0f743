// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
)

type findingCmd struct {
	List    findingList    `cmd:"" help:"List findings of noncompliance: what was missed, who noticed, whether it repeats."`
	Show    findingShow    `cmd:"" help:"Show one finding with everything that was said of it."`
	Open    findingOpen    `cmd:"" help:"Record that something was not as the policy asks."`
	Rate    findingRate    `cmd:"" help:"Say how bad a finding is, and why."`
	Resolve findingResolve `cmd:"" help:"Say why it happened and what was done about it."`
	Verify  findingVerify  `cmd:"" help:"Say that you saw the corrective action work; another person than the one who resolved it."`
	Link    findingLink    `cmd:"" help:"Link what was learned to the element of a policy that it changed."`
	Report  findingReport  `cmd:"" help:"Record a finding that a source tells of, in a reconstruction."`
}

// noncompliance are the flags that say what was found.
type noncompliance struct {
	Category     string   `arg:"" help:"late, unclear_record, methodology_gap, missed_notice, deviation, break_glass, canary_not_held or incident."`
	Statement    string   `arg:"" help:"What was found, in a sentence."`
	About        string   `required:"" placeholder:"KIND:ID" help:"What it is about, such as model:aster-2 or spec:quiz."`
	Policy       string   `placeholder:"REF" help:"The version that applied then, such as anthropic-rsp@2.2."`
	Clause       string   `placeholder:"C" help:"The clause of it."`
	Owner        string   `placeholder:"ROLE" help:"The role that answers for it."`
	Rule         string   `placeholder:"ID" help:"The rule of the policy that was not kept, by which repetition is counted."`
	Due          string   `placeholder:"DAY" help:"The day by which it was due."`
	VarianceDays *int64   `placeholder:"N" help:"How many whole days late it was."`
	Reported     reported `embed:""`
}

func (c noncompliance) found() (finding.Opened, error) {
	about, err := refFlag("--about", c.About)
	return finding.Opened{
		Category: finding.Category(c.Category), Statement: c.Statement, Policy: c.Policy, Clause: c.Clause, Owner: c.Owner,
		About: about, Rule: c.Rule, Due: deadline.Day(c.Due), VarianceDays: c.VarianceDays,
	}, err
}

// refFlag reads KIND:ID.
func refFlag(name, value string) (entry.Ref, error) {
	kind, id, ok := strings.Cut(value, ":")
	if !ok || kind == "" || id == "" {
		return entry.Ref{}, fault.Usagef("%s %q does not name a thing", name, value).Hinted("write its kind and id, such as model:aster-2")
	}
	return entry.Ref{Kind: kind, ID: id}, nil
}

type findingOpen struct {
	noncompliance `embed:""`
}

func (c findingOpen) Run(s *session) error {
	in, err := c.found()
	if err != nil {
		return err
	}
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.OpenFinding(in, how))
	if err != nil {
		return err
	}
	id := done.ID("finding", 0)
	if !s.JSON {
		s.note("say how bad it is with: holdpoint finding rate %s minimal|material --argument TEXT", id)
	}
	return s.done(id, done, id+" is open")
}

type findingRate struct {
	Finding  string `arg:"" help:"The finding."`
	Rating   string `arg:"" enum:"minimal,material" help:"minimal or material."`
	Argument string `required:"" placeholder:"TEXT" help:"Why, in a sentence or a few; a later rating needs a new one."`
}

func (c findingRate) Run(s *session) error {
	done, err := s.act(app.RateFinding(finding.Rated{Finding: c.Finding, Rating: finding.Rating(c.Rating), Argument: c.Argument}))
	if err != nil {
		return err
	}
	return s.done(c.Finding, done, c.Finding+" is rated "+c.Rating)
}

type findingResolve struct {
	Finding    string `arg:"" help:"The finding."`
	RootCause  string `required:"" placeholder:"TEXT" help:"Why it happened."`
	Action     string `required:"" placeholder:"TEXT" help:"What was done so that it does not happen again."`
	Mitigating string `placeholder:"TEXT" help:"What made it less bad than it could have been."`
}

func (c findingResolve) Run(s *session) error {
	done, err := s.act(app.ResolveFinding(finding.Resolved{Finding: c.Finding, RootCause: c.RootCause, CorrectiveAction: c.Action, Mitigating: c.Mitigating}))
	if err != nil {
		return err
	}
	if !s.JSON {
		s.note("another person verifies it with: holdpoint finding verify %s --statement TEXT --as PERSON", c.Finding)
	}
	return s.done(c.Finding, done, c.Finding+" is resolved, and stays in the record")
}

type findingVerify struct {
	Finding   string `arg:"" help:"The finding."`
	Statement string `required:"" placeholder:"TEXT" help:"What was seen, in a sentence."`
}

func (c findingVerify) Run(s *session) error {
	done, err := s.act(app.VerifyFinding(finding.Verified{Finding: c.Finding, Statement: c.Statement}))
	if err != nil {
		return err
	}
	return s.done(c.Finding, done, "the resolution of "+c.Finding+" is verified")
}

type findingLink struct {
	Finding  string   `arg:"" help:"The finding."`
	Policy   string   `arg:"" help:"The version that was changed, adopted here, such as anthropic-rsp@2.0."`
	Element  string   `arg:"" help:"The id of the element or clause in it that is as it is because of this."`
	Lesson   string   `required:"" placeholder:"TEXT" help:"What was learned."`
	Change   string   `required:"" placeholder:"TEXT" help:"What was changed."`
	Reported reported `embed:""`
}

func (c findingLink) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.LinkFinding(finding.Linked{Finding: c.Finding, Lesson: c.Lesson, Policy: c.Policy, Element: c.Element, Change: c.Change}, how))
	if err != nil {
		return err
	}
	return s.done(c.Finding, done, c.Finding+" is linked to "+c.Element+" of "+c.Policy)
}

type findingReport struct {
	noncompliance `embed:""`
	Rating        string   `enum:",minimal,material" default:"" placeholder:"RATING" help:"The source's own rating: minimal or material."`
	Argument      string   `placeholder:"TEXT" help:"The source's argument for it."`
	Lesson        string   `placeholder:"TEXT" help:"What the source says was learned."`
	NotPublished  []string `placeholder:"ID" help:"What the source does not say, by its id in the record; may be given again."`
}

// Help is what --help adds.
func (findingReport) Help() string {
	return "Only in a workspace with a simulated clock: a lab opens what it finds. It needs --source."
}

func (c findingReport) Run(s *session) error {
	in, err := c.found()
	if err != nil {
		return err
	}
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	how.NotPublished = c.NotPublished
	done, err := s.act(app.ReportFinding(finding.Reported{
		Category: in.Category, Statement: in.Statement, Policy: in.Policy, Clause: in.Clause, Owner: in.Owner, About: in.About,
		Rule: in.Rule, Due: in.Due, VarianceDays: in.VarianceDays, Rating: finding.Rating(c.Rating), Argument: c.Argument, Lesson: c.Lesson,
	}, how))
	if err != nil {
		return err
	}
	id := done.ID("finding", 0)
	return s.done(id, done, id+" is recorded as the source tells it")
}
