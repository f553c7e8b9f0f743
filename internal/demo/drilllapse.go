// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/restriction"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

// lapseDay is the last day on which the first approval of the deployment
// standard counts.
const lapseDay = "2026-04-30"

// forCustomers is what customers use.
func forCustomers(name, snapshot string) model.NewDeployment {
	return model.NewDeployment{Deployed: model.Deployed{
		Model: name, Snapshot: snapshot, Environment: "production", Surface: "api", Audience: "customers",
	}}
}

// lapse: aster-2 is offered and used inside, and on the last day of April the
// approval that both rest on ends, with nobody touching anything.
func (d *drill) lapse() {
	d.on("2026-03-24T09:00:00Z")
	d.act("p-trust-safety", app.DeployModel(forCustomers("aster-2", "rc1")))
	d.act("p-trust-safety", app.DeployModel(model.NewDeployment{Deployed: model.Deployed{Model: "aster-2", Snapshot: "rc1", Environment: "internal"}}))
	d.tell(markAct, "aster-2 is offered to customers and used inside; aster-1 is offered since January")
	d.on("2026-04-14T09:00:00Z")
	d.done("PUBLISH-SUMMARIES", "2026-04-14", "The summary of aster-2 stands on the public page.")
	d.done("BOARD-SUMMARY", "2026-04-14", "The board has the first summary of the year.")
	d.on("2026-05-01T06:00:00Z")
	d.ask("aster-2", "external_deploy", gate.Held)
	d.tell(markHeld, "held, while it is live: the approval of ASL-2 Deployment ended with %s", lapseDay)
	d.sweep()
	d.tell(markAct, "nobody did anything; the sweep writes down what the date has done: within 72 hours the officer owes an answer for the %d things that are live and held", d.liveHeld())
	d.on("2026-05-01T09:00:00Z")
	d.breakGlass()
}

// sweep writes down what dates have done, as the nightly run does.
func (d *drill) sweep() {
	if d.err == nil {
		_, err := d.app.Sweep(d.ctx, d.who(app.Operator))
		d.fail(err)
	}
}

// liveHeld counts what is live and held.
func (d *drill) liveHeld() int {
	if d.err != nil {
		return 0
	}
	m, err := d.app.Moment(d.ctx, "")
	d.fail(err)
	return len(d.app.LiveHeld(m))
}

// breakGlass: what was cleared last may go on for some hours, and only that.
func (d *drill) breakGlass() {
	why := "The answers of the night shift depend on it until the officer is in."
	d.refused("p-trust-safety", "break the glass for customers", app.BreakGlass(gate.BreakIn{
		Model: "aster-2", Action: "external_deploy", Reason: why, Hours: 6,
	}))
	d.tellRefusal()
	d.act("p-security", app.BreakGlass(gate.BreakIn{Model: "aster-2", Action: "internal_deploy", Reason: why, Hours: 6}))
	d.ask("aster-2", "internal_deploy", gate.Held)
	d.tell(markHeld, "held all the same: p-security breaks the glass for use inside, six hours, as cleared last; the officer is paged and it is a finding")
	d.on("2026-05-01T13:00:00Z")
	for _, n := range d.view().State.Notice.OpenFor("rso") {
		d.act(d.rso, app.AcknowledgeNotice(n.ID))
	}
}

// standIn: interim measures stand in for the standard, with an argument and an
// end.
func (d *drill) standIn() {
	d.on("2026-05-02T09:00:00Z")
	d.decide(decision.ProposeIn{
		Kind: policy.DecideInterim, Title: "Do these measures give the assurance of ASL-2 Deployment for two weeks?",
		Interim: &decision.Interim{
			Standard: "ASL-2", Facet: policy.Deployment, Models: []string{"aster-1", "aster-2"}, Environments: []string{"production", "internal"},
			Measures: []decision.Measure{
				{Kind: decision.SensitiveMonitors, Text: "The classifiers block at half of their usual line."},
				{Kind: decision.Downgrade, Text: "Questions on biology are answered by aster-1, and the user is told."},
			},
			Equivalence: "What is missing is a fresh measurement of refusals. At half the line the classifiers stopped every case of the last two measurements, refused or not.",
			Disturbance: "Withdrawing both models stops forty customers; these measures slow down three.",
			Expires:     "2026-05-16",
		},
	})
	d.ask("aster-2", "external_deploy", gate.Clear)
	d.tell(markClear, "clear again: interim measures stand in for the standard until 16 May, a Saturday; %s", d.answers())
}

// answers says how the newest response was answered.
func (d *drill) answers() string {
	all := d.view().State.Restriction.Responses()
	if len(all) == 0 {
		d.fail(fault.New(fault.Internal, "no response was ever owed"))
		return ""
	}
	last := all[len(all)-1]
	if last.IsOpen() {
		d.fail(fault.New(fault.Internal, "%s is not answered", last.ID))
	}
	return "the responses are answered by " + responseWords(last.How)
}

func responseWords(how restriction.How) string {
	if how == restriction.ByInterim {
		return "the interim measures"
	}
	return "a decision"
}

// renew: the measurement is made, and the standard takes the place of what stood
// in for it.
func (d *drill) renew() {
	d.on("2026-05-12T09:00:00Z")
	d.act("p-trust-safety", app.RecordSafeguardEvidence(safeguard.EvidenceInput{
		Standard: "ASL-2", Facet: "deployment", Criterion: "ASL2-D2",
		Statement: "Refusals were measured again on the harm suite with both models; the classifiers read all traffic.",
	}))
	done := d.act("p-trust-safety", app.PrepareReport(safeguard.ReportInput{Standard: "ASL-2", Facet: "deployment", ResidualRisk: baseline()[0].residual}))
	d.on("2026-05-13T09:00:00Z")
	d.decide(decision.ProposeIn{Kind: policy.DecideSafeguards, Title: "Is the ASL-2 deployment standard met again?", Report: done.ID("report", 0)})
	d.ask("aster-2", "external_deploy", gate.Clear)
	d.tell(markClear, "clear: the standard is in force again and has replaced the interim measures")
}
