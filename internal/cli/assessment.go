// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

type assessmentCmd struct {
	Open           assessmentOpen        `cmd:"" help:"Open an assessment of a model on a trigger."`
	Preliminary    assessmentPreliminary `cmd:"" help:"Say whether the model is notably more capable."`
	Map            assessmentMap         `cmd:"" help:"Record the threat-model map of a threshold: its bottlenecks."`
	Preregister    assessmentPreregister `cmd:"" help:"Register how evidence will be judged, before it is there."`
	Elicit         assessmentElicit      `cmd:"" help:"Record which techniques of elicitation were used."`
	Forecast       assessmentForecast    `cmd:"" help:"Record what is expected by the next round of testing."`
	Argue          assessmentArgue       `cmd:"" help:"Record a part that is an argument, such as the margin."`
	Judge          assessmentJudge       `cmd:"" help:"Judge a run or reported result under a registered spec: this makes a finding."`
	Opinion        assessmentOpinion     `cmd:"" help:"Record a written expert judgement."`
	Answer         assessmentAnswer      `cmd:"" help:"Answer a finding that does not support the conclusion."`
	Withdraw       assessmentWithdraw    `cmd:"" help:"Declare a finding invalid; it stays visible."`
	ApprovePostHoc assessmentApprove     `cmd:"" help:"Approve that a post hoc finding is relied on."`
	Close          assessmentClose       `cmd:"" help:"Close an assessment."`
	Show           assessmentShow        `cmd:"" help:"Show an assessment, with what it covers and what it lacks, or a finding."`
	List           assessmentList        `cmd:"" help:"List assessments."`
}

type assessmentOpen struct {
	Model     string   `arg:"" help:"The model."`
	Kind      string   `enum:"preliminary,comprehensive,follow_up,voluntary,off_cycle" default:"comprehensive" help:"preliminary, comprehensive (if not given), follow_up, voluntary or off_cycle."`
	Trigger   string   `required:"" placeholder:"KIND[:DETAIL]" help:"Why: a kind of trigger of the policy, such as effective_compute_ratio, months_since or discretion, and a sentence."`
	Threshold []string `placeholder:"T" help:"A threshold in its scope; all but watched ones if none is given; may be given again."`
	Snapshot  []string `placeholder:"S" help:"A snapshot that is tested; may be given again."`
	Target    string   `placeholder:"DAY" help:"The day by which it should be done."`
	Reported  reported `embed:""`
}

func (c assessmentOpen) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	kind, detail, _ := strings.Cut(c.Trigger, ":")
	in := assessment.OpenInput{
		Model: c.Model, Kind: assessment.Kind(c.Kind), Trigger: assessment.Trigger{Kind: kind, Detail: strings.TrimSpace(detail)},
		Thresholds: c.Threshold, Snapshots: c.Snapshot, Target: deadline.Day(c.Target), How: how,
	}
	if free := in.Kind == assessment.Voluntary || in.Kind == assessment.OffCycle; !free {
		if err := s.checkTrigger(kind); err != nil {
			return err
		}
	}
	if len(in.Thresholds) == 0 && in.Kind != assessment.Preliminary {
		if in.Thresholds, err = s.allThresholds(); err != nil {
			return err
		}
	}
	done, err := s.act(app.OpenAssessment(in))
	if err != nil {
		return err
	}
	id := done.ID("assessment", 0)
	return s.done(id, done, id+" of "+c.Model+" is open: "+or(strings.Join(in.Thresholds, ", "), "preliminary"))
}

// notPublished is the trigger of an assessment of which no source says why.
const notPublished = "not_published"

// checkTrigger refuses a kind of trigger that the policy in force does not have:
// a misspelt one would start no clock.
func (s *session) checkTrigger(kind string) error {
	_, m, err := s.now()
	if err != nil {
		return err
	}
	p, ok := m.View.State.Policy.InForce(m.Now)
	if !ok {
		return nil
	}
	var kinds []string
	for _, t := range p.Pack.Triggers {
		kinds = append(kinds, string(t.Kind))
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	if slices.Contains(kinds, kind) || kind == notPublished {
		return nil
	}
	return fault.Usagef("%s knows no trigger %q", p.Ref(), clipped(kind)).Hinted("its kinds are: %s; write --trigger KIND:DETAIL", strings.Join(kinds, ", "))
}

// allThresholds lists those of the policy in force that are more than watched.
func (s *session) allThresholds() ([]string, error) {
	_, m, err := s.now()
	if err != nil {
		return nil, err
	}
	var ids []string
	p, _ := m.View.State.Policy.InForce(m.Now)
	for _, t := range p.Pack.Thresholds {
		if t.Kind != policy.Watch {
			ids = append(ids, t.ID)
		}
	}
	return ids, nil
}

type assessmentPreliminary struct {
	ID       string   `arg:"" help:"The assessment."`
	Limb     string   `enum:"effective_compute,six_months,discretion,none" required:"" help:"What made it so: effective_compute, six_months, discretion or none."`
	Notably  bool     `help:"It is notably more capable; without this flag it is not."`
	Reason   string   `required:"" placeholder:"TEXT" help:"Why, in a sentence."`
	Reported reported `embed:""`
}

func (c assessmentPreliminary) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.ConcludePreliminary(assessment.ConcludeInput{How: how, PreliminaryConcluded: assessment.PreliminaryConcluded{
		Assessment: c.ID, Limb: assessment.Limb(c.Limb), Notably: c.Notably, Reason: c.Reason,
	}}))
	if err != nil {
		return err
	}
	word := "is not notably more capable"
	if c.Notably {
		word = "is notably more capable"
	}
	return s.done(c.ID, done, c.ID+": the model "+word)
}

type assessmentMap struct {
	ID           string   `arg:"" help:"The assessment."`
	Threshold    string   `arg:"" help:"The threshold."`
	Bottleneck   []string `required:"" sep:"none" placeholder:"ID=TEXT" help:"A capability that the harm cannot do without; may be given again."`
	Completeness string   `placeholder:"TEXT" help:"Why no pathway is missing."`
	Reported     reported `embed:""`
}

func (c assessmentMap) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	in := assessment.MapInput{How: how, ThreatMapped: assessment.ThreatMapped{Assessment: c.ID, Threshold: c.Threshold, Completeness: c.Completeness}}
	for _, b := range c.Bottleneck {
		id, words, err := pair("--bottleneck", b)
		if err != nil {
			return err
		}
		in.Bottlenecks = append(in.Bottlenecks, assessment.Bottleneck{ID: id, Text: words})
	}
	done, err := s.act(app.MapThreats(in))
	if err != nil {
		return err
	}
	return s.done(c.ID, done, plural(len(in.Bottlenecks), "bottleneck", "bottlenecks")+" of "+c.Threshold+" mapped")
}

type assessmentElicit struct {
	ID            string   `arg:"" help:"The assessment."`
	Threshold     string   `arg:"" help:"The threshold."`
	Used          []string `placeholder:"TECHNIQUE" help:"A technique that was used, such as cot or tools; several with commas."`
	NotDone       []string `sep:"none" placeholder:"TECHNIQUE=REASON" help:"One that was not used; the reason may be left out."`
	NotApplicable []string `sep:"none" placeholder:"TECHNIQUE=REASON" help:"One that does not apply, and why."`
	NotPublished  []string `placeholder:"TECHNIQUE" help:"One of which no source says whether it was used; several with commas."`
	Reported      reported `embed:""`
}

func (c assessmentElicit) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	in := assessment.ElicitationInput{How: how, ElicitationRecorded: assessment.ElicitationRecorded{Assessment: c.ID, Threshold: c.Threshold}}
	for _, list := range []struct {
		use   assessment.Use
		items []string
	}{{assessment.Used, c.Used}, {assessment.NotDone, c.NotDone}, {assessment.NotApplicable, c.NotApplicable}, {assessment.NotPublished, c.NotPublished}} {
		for _, item := range list.items {
			technique, reason, _ := strings.Cut(item, "=")
			in.Items = append(in.Items, assessment.Technique{Technique: technique, Use: list.use, Reason: reason})
		}
	}
	if len(in.Items) == 0 {
		return fault.Usagef("say which techniques were used, or not").Hinted("for example --used cot,tools --not-done fine_tuning='no time'")
	}
	done, err := s.act(app.RecordElicitation(in))
	if err != nil {
		return err
	}
	return s.done(c.ID, done, plural(len(in.Items), "technique", "techniques")+" recorded for "+c.Threshold)
}

type assessmentForecast struct {
	ID          string   `arg:"" help:"The assessment."`
	Threshold   string   `arg:"" help:"The threshold."`
	Statement   string   `required:"" placeholder:"TEXT" help:"What is expected."`
	Probability string   `placeholder:"P" help:"How likely, between 0 and 1."`
	Horizon     string   `required:"" placeholder:"TEXT" help:"Until when."`
	Reported    reported `embed:""`
}

func (c assessmentForecast) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	in := assessment.ForecastInput{How: how, ForecastRecorded: assessment.ForecastRecorded{
		Assessment: c.ID, Threshold: c.Threshold, Statement: c.Statement, Horizon: c.Horizon,
	}}
	if err := decimalFlag("--probability", c.Probability, &in.Probability); err != nil {
		return err
	}
	done, err := s.act(app.RecordForecast(in))
	if err != nil {
		return err
	}
	id := done.ID("forecast", 0)
	return s.done(id, done, id+" on "+c.Threshold+" is recorded")
}

type assessmentArgue struct {
	ID        string   `arg:"" help:"The assessment."`
	Threshold string   `arg:"" help:"The threshold."`
	Part      string   `arg:"" enum:"margin,low_refusal_snapshot,external_findings" help:"margin, low_refusal_snapshot or external_findings."`
	Text      string   `required:"" placeholder:"TEXT" help:"The argument."`
	Reported  reported `embed:""`
}

func (c assessmentArgue) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.ArguePart(assessment.ArgumentInput{How: how, PartArgued: assessment.PartArgued{
		Assessment: c.ID, Threshold: c.Threshold, Part: policy.Content(c.Part), Text: c.Text,
	}}))
	if err != nil {
		return err
	}
	return s.done(c.ID, done, "the argument on "+c.Part+" for "+c.Threshold+" is recorded")
}

type assessmentJudge struct {
	ID       string `arg:"" help:"The assessment."`
	Spec     string `required:"" placeholder:"S" help:"The registered spec; its newest version counts."`
	Evidence string `required:"" placeholder:"ID" help:"The run or reported result, such as run-12."`
	Metric   string `placeholder:"NAME" help:"Must be the spec's, where it is given."`
}

func (c assessmentJudge) Run(s *session) error {
	a, err := s.workspace()
	if err != nil {
		return err
	}
	who, err := s.who(a)
	if err != nil {
		return err
	}
	done, err := a.Judge(s.ctx, who, assessment.JudgeInput{Assessment: c.ID, Spec: c.Spec, Evidence: c.Evidence, Metric: c.Metric})
	if err != nil {
		return err
	}
	f, ok := done.View.State.Assessment.Finding(done.ID("finding", 0))
	if !ok {
		return fault.New(fault.Internal, "the finding is not there")
	}
	if s.JSON {
		return s.print(struct {
			acted
			Finding foundOne `json:"finding"`
		}{actedOf(f.ID, done), findingOf(f)})
	}
	s.finding(f, done.View.State)
	return nil
}

type assessmentOpinion struct {
	ID         string   `arg:"" help:"The assessment."`
	Threshold  string   `arg:"" help:"The threshold."`
	Direction  string   `enum:"supports_rule_out,inconclusive,supports_rule_in" required:"" help:"supports_rule_out, inconclusive or supports_rule_in."`
	Text       string   `required:"" placeholder:"TEXT" help:"The judgement."`
	By         string   `required:"" placeholder:"ROLE" help:"Who judged, as a role."`
	Bottleneck string   `placeholder:"ID" help:"A bottleneck of the map; without one it covers none."`
	Evidence   string   `placeholder:"KIND:ID" help:"What it rests on."`
	Reported   reported `embed:""`
}

func (c assessmentOpinion) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	in := assessment.JudgementInput{
		Assessment: c.ID, Threshold: c.Threshold, Bottleneck: c.Bottleneck, Direction: threshold.Verdict(c.Direction), Text: c.Text, By: c.By, How: how,
	}
	if c.Evidence != "" {
		kind, id, ok := strings.Cut(c.Evidence, ":")
		if !ok {
			return fault.Usagef("--evidence %q does not say KIND:ID", c.Evidence).Hinted("for example run:run-12")
		}
		in.Evidence = &entry.Ref{Kind: kind, ID: id}
	}
	done, err := s.act(app.RecordJudgement(in))
	if err != nil {
		return err
	}
	id := done.ID("judgement", 0)
	return s.done(id, done, id+" on "+c.Threshold+" is recorded")
}

type assessmentAnswer struct {
	Finding  string   `arg:"" help:"The finding or judgement."`
	Text     string   `required:"" placeholder:"TEXT" help:"The answer."`
	ReliedOn string   `placeholder:"TEXT" help:"Why a post hoc finding is relied on."`
	Reported reported `embed:""`
}

func (c assessmentAnswer) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.AnswerFinding(assessment.AnswerInput{How: how, Answered: assessment.Answered{Finding: c.Finding, Answer: c.Text, ReliedOn: c.ReliedOn}}))
	if err != nil {
		return err
	}
	return s.done(c.Finding, done, c.Finding+" is answered")
}

type assessmentWithdraw struct {
	Finding  string   `arg:"" help:"The finding or judgement."`
	Reason   string   `required:"" placeholder:"TEXT" help:"Why it is invalid."`
	Reported reported `embed:""`
}

func (c assessmentWithdraw) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.WithdrawFinding(assessment.WithdrawInput{How: how, Withdrawn: assessment.Withdrawn{Finding: c.Finding, Reason: c.Reason}}))
	if err != nil {
		return err
	}
	return s.done(c.Finding, done, c.Finding+" is withdrawn")
}

type assessmentApprove struct {
	Finding  string   `arg:"" help:"The finding."`
	By       string   `placeholder:"NAME" help:"For a published approval: who gave it."`
	Reported reported `embed:""`
}

func (c assessmentApprove) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.ApprovePostHoc(assessment.ApproveInput{Finding: c.Finding, By: c.By, How: how}))
	if err != nil {
		return err
	}
	return s.done(c.Finding, done, "that "+c.Finding+" is relied on is approved")
}

type assessmentClose struct {
	ID       string   `arg:"" help:"The assessment."`
	Outcome  string   `enum:"complete,as_published,below,incomplete,cancelled" default:"complete" help:"complete (if not given), as_published, below, incomplete or cancelled."`
	Reason   string   `placeholder:"TEXT" help:"Why, for one that is incomplete or cancelled."`
	Reported reported `embed:""`
}

func (c assessmentClose) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.CloseAssessment(assessment.CloseInput{Assessment: c.ID, Outcome: assessment.Outcome(c.Outcome), Reason: c.Reason, How: how}))
	if err != nil {
		return err
	}
	return s.done(c.ID, done, c.ID+" is closed: "+c.Outcome)
}
