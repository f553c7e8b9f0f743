// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/notice"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/packs"
)

// Adding is a person with the roles that they hold from the start.
type Adding struct {
	Person access.NewPerson    `json:"person"`
	Grants []access.RoleChange `json:"grants,omitempty"`
}

// Adopting takes up a policy version: one that ships, as ID@VERSION, or a whole
// pack as the text of its file or in its canonical form. Accept is the reason why
// a loosening is accepted.
type Adopting struct {
	Ref    string           `json:"ref,omitzero"`
	Pack   string           `json:"pack,omitzero"`
	Accept string           `json:"accept,omitzero"`
	How    entry.Provenance `json:"how,omitzero"`
}

// Ending ends something, with the reason.
type Ending struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// Reversing makes a decision void by a later one.
type Reversing struct {
	ID     string `json:"id"`
	By     string `json:"by"`
	Reason string `json:"reason"`
}

// ReportedDecision is what a source says was decided.
type ReportedDecision struct {
	File decision.File
	How  entry.Provenance
}

// EndingSafeguard takes one piece of evidence back where Evidence names it, and
// ends every approval of a standard's facet otherwise.
type EndingSafeguard struct {
	Evidence string `json:",omitzero"`
	safeguard.WithdrawInput
}

// Imported are runs whose score tables, and logs where kept, are stored already.
// The tables are read from there and not from the runs.
type Imported struct {
	Runs []evidence.NewRun `json:"runs"`
}

// Reporting are figures that documents state, recorded all or none.
type Reporting struct {
	Results []evidence.ReportedResult `json:"results"`
}

// Judging names what is judged, and under which spec.
type Judging struct {
	Assessment string `json:"assessment"`
	Spec       string `json:"spec"`
	Evidence   string `json:"evidence"`
	Metric     string `json:"metric,omitzero"`
}

func peopleActs() []Act {
	return []Act{
		tried("policy.adopt", func(in Adopting) (Intent, error) {
			p, err := in.pack()
			return AdoptPolicy(policy.AdoptIn{Pack: p, Accept: in.Accept, How: in.How}), err
		}),
		act("access.add", func(in Adding) Intent { return AddPerson(in.Person, in.Grants...) }),
		act("access.grant", GrantRole),
		act("access.end", EndRole),
		act("access.register_key", RegisterKey),
		act("access.revoke_key", RevokeKey),
		act("office.vacate", VacateOffice),
		act("office.assign", AssignOffice),
		act("office.act", ActInOffice),
		act("journal.erase", EraseEntries),
	}
}

func (in Adopting) pack() (policy.Pack, error) {
	switch {
	case (in.Ref == "") == (in.Pack == ""):
		return policy.Pack{}, fault.Invalidf("a policy is adopted by its ref or as a pack").Hinted("give one of the two")
	case in.Ref != "":
		return policy.LoadRef(in.Ref, packs.Source)
	case len(in.Pack) > maxPack:
		return policy.Pack{}, fault.Invalidf("the pack has %d bytes and at most %d are taken", len(in.Pack), maxPack)
	}
	if strings.HasPrefix(in.Pack, "{") {
		return policy.ParseCanonical([]byte(in.Pack))
	}
	return policy.ParseWith("pack", []byte(in.Pack), packs.Source)
}

func modelActs() []Act {
	return []Act{
		act("model.register", RegisterModel),
		act("model.snapshot", AddSnapshot),
		act("model.compute", EstimateCompute),
		act("model.derive", DeriveModel),
		act("model.conditions", ChangeConditions),
		act("model.deploy", DeployModel),
		act("model.withdraw", WithdrawModel),
		prepared(importVerb, func(ctx context.Context, a *App, who Who, in Imported) (Done, error) {
			intent, err := a.stored(ctx, in.Runs)
			if err != nil {
				return Done{}, err
			}
			return a.Do(ctx, who, intent)
		}),
		act("evidence.report", func(in Reporting) Intent { return ReportResults(in.Results) }),
		act("evidence.restate", RestateEvidence),
		act("evidence.state", ReportStatement),
	}
}

func assessmentActs() []Act {
	return []Act{
		act("assessment.open", OpenAssessment),
		act("assessment.conclude", ConcludePreliminary),
		act("assessment.map", MapThreats),
		act("assessment.preregister", Preregister),
		act("assessment.elicit", RecordElicitation),
		act("assessment.forecast", RecordForecast),
		act("assessment.argue", ArguePart),
		act("assessment.expert", RecordJudgement),
		act("assessment.answer", AnswerFinding),
		act("assessment.withdraw", WithdrawFinding),
		act("assessment.approve", ApprovePostHoc),
		act("assessment.close", CloseAssessment),
		prepared("assessment.judge", func(ctx context.Context, a *App, who Who, in Judging) (Done, error) {
			return a.Judge(ctx, who, assessment.JudgeInput{Assessment: in.Assessment, Spec: in.Spec, Evidence: in.Evidence, Metric: in.Metric})
		}),
	}
}

func safeguardActs() []Act {
	return []Act{
		act("safeguard.evidence", RecordSafeguardEvidence),
		act("safeguard.report", PrepareReport),
		act("safeguard.fail", RecordFailure),
		act("safeguard.withdraw", func(in EndingSafeguard) Intent {
			if in.Evidence != "" {
				return WithdrawSafeguardEvidence(in.Evidence, in.Reason, in.How)
			}
			return WithdrawSafeguard(in.WithdrawInput)
		}),
		act("restriction.execute", ExecuteRestriction),
		act("restriction.verify", VerifyRestriction),
		act("restriction.lift", LiftRestriction),
	}
}

func decisionActs() []Act {
	return []Act{
		act("decision.propose", Propose),
		act("decision.sign", Sign),
		act("decision.dissent", Dissent),
		act("decision.deliver", Deliver),
		act("decision.acknowledge", Acknowledge),
		act("decision.attest", Attest),
		act("decision.void", func(in Ending) Intent { return Void(in.ID, in.Reason) }),
		act("decision.reverse", func(in Reversing) Intent { return Reverse(in.ID, in.By, in.Reason) }),
		act(reportVerb, func(in ReportedDecision) Intent { return ReportDecision(in.File, in.How) }),
		act("review.submit", SubmitReview),
		act("review.answer", AnswerReview),
		act("review.withdraw", WithdrawReview),
	}
}

func gateActs() []Act {
	return []Act{
		act(holdVerb, PlaceHold),
		act("clearance.revoke", func(in Ending) Intent { return Revoke(in.ID, in.Reason) }),
		act("breakglass.break", BreakGlass),
		tried("enforcement.register", func(in enforcement.Registered) (Intent, error) {
			canary := in.Canary
			if in.Canary = ""; canary != "" {
				return RegisterPoint(in, canary), nil
			}
			canary, err := NewCanary(nil)
			return RegisterPoint(in, canary), err
		}),
		act("enforcement.heartbeat", Heartbeat),
		act("enforcement.retire", RetirePoint),
		act("notice.acknowledge", func(in notice.Acknowledged) Intent { return AcknowledgeNotice(in.Notice) }),
	}
}

func dutyActs() []Act {
	return []Act{
		act("sweep.run", func(struct{}) Intent { return sweep() }),
		act("obligation.complete", CompleteDuty),
		act("obligation.note", NoteDuty),
		act("finding.open", func(in told[finding.Opened]) Intent { return OpenFinding(in.Data, in.How) }),
		act("finding.rate", RateFinding),
		act("finding.resolve", ResolveFinding),
		act("finding.verify", VerifyFinding),
		act("finding.link", func(in told[finding.Linked]) Intent { return LinkFinding(in.Data, in.How) }),
		act(reportFindingVerb, func(in told[finding.Reported]) Intent { return ReportFinding(in.Data, in.How) }),
		act("incident.declare", DeclareIncident),
		act("incident.update", UpdateIncident),
		act("incident.close", CloseIncident),
	}
}
