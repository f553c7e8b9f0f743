// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/packs"
)

// cast is everybody of the drill: an id that says what the person does, and the
// role of the policy that goes with it.
type cast struct {
	id   string
	kind access.Kind
	role string
}

func everybody() []cast {
	return []cast{
		{officer, access.Human, "rso"},
		{"p-ceo", access.Human, "ceo"},
		{"p-board", access.Body, "board"},
		{"p-trust", access.Body, "trust"},
		{"p-red-team", access.Human, "red-team"},
		{"p-trust-safety", access.Human, "trust-safety"},
		{"p-security", access.Human, "security"},
		{"p-stress-test", access.Human, "alignment"},
		{"p-expert", access.Human, "expert"},
	}
}

// people adopts the policy and says who there is.
func (d *drill) people() {
	pack, err := policy.LoadRef("anthropic-rsp@2.2", packs.Source)
	d.fail(err)
	d.act(app.Operator, app.AdoptPolicy(policy.AdoptIn{Pack: pack}))
	for _, p := range everybody() {
		d.act(app.Operator, app.AddPerson(access.NewPerson{ID: p.id, Kind: p.kind},
			access.RoleChange{Person: p.id, Role: p.role, Reason: "Appointed to the role."}))
		own := d.keyOf(p.id)
		d.act(app.Operator, app.RegisterKey(access.NewKey{Person: p.id, Public: own.Public()}))
		d.file("keys/"+p.id+".key", []byte(own.Text()+"\n"))
	}
	d.tell(markAct, "Aster Lab (fictional) adopts %s; %d people and bodies get roles", pack.Ref(), len(everybody()))
}

// shown is what shows one criterion.
type shown struct {
	criterion, statement string
	limitation           bool
}

// facet is one facet of the baseline standard.
type facet struct {
	facet, owner string
	shown        []shown
	residual     string
}

func baseline() []facet {
	return []facet{
		{facet: "deployment", owner: "p-trust-safety", residual: "Single harmful answers still get through; the worst of them give no more than a library does.", shown: []shown{
			{criterion: "ASL2-D1", statement: "Rules of use version 4 are accepted at sign-up, and a card describes each model before it is offered."},
			{criterion: "ASL2-D2", statement: "Refusal training is measured on the harm suite with each candidate; classifiers read all traffic and cases are reviewed within a day."},
			{criterion: "ASL2-D3", statement: "Customers cannot fine-tune yet, so nothing they do can undo the safeguards.", limitation: true},
			{criterion: "ASL2-D4", statement: "The address for reports of weaknesses is public; reports have been answered within three days in the median."},
		}},
		{facet: "security", owner: "p-security", residual: "A patient attacker with the means of a state is not kept out and is not meant to be at this level.", shown: []shown{
			{criterion: "ASL2-S1", statement: "All forty suppliers with access were vetted this year and have signed the security terms."},
			{criterion: "ASL2-S2", statement: "Both sites have guards, badges and escorted visitors; the log of visits was sampled in December."},
			{criterion: "ASL2-S3", statement: "Everybody was screened on hiring and passed this year's training."},
			{criterion: "ASL2-S4", statement: "Training recipes and weights are in separate groups of access with twelve and nine members."},
			{criterion: "ASL2-S5", statement: "Hosts that hold weights run a hardened image, log in by hardware key only, and limit what leaves them."},
			{criterion: "ASL2-S6", statement: "Alarms are watched day and night; the last exercise ended in twenty-five minutes."},
		}},
	}
}

// safeguards brings the baseline into force: evidence for every criterion, a
// report, two signatures, and acknowledgement before effect.
func (d *drill) safeguards() {
	d.on("2026-01-06T09:00:00Z")
	var reports []string
	criteria := 0
	for _, f := range baseline() {
		for _, s := range f.shown {
			d.act(f.owner, app.RecordSafeguardEvidence(safeguard.EvidenceInput{
				Standard: "ASL-2", Facet: f.facet, Criterion: s.criterion, Statement: s.statement, Limitation: s.limitation,
			}))
			criteria++
		}
		done := d.act(f.owner, app.PrepareReport(safeguard.ReportInput{Standard: "ASL-2", Facet: f.facet, ResidualRisk: f.residual}))
		reports = append(reports, done.ID("report", 0))
	}
	d.on("2026-01-09T10:00:00Z")
	for i, f := range baseline() {
		in := decision.ProposeIn{
			Kind: policy.DecideSafeguards, Title: "Is the ASL-2 " + f.facet + " standard met?", Report: reports[i],
		}
		if f.facet == "deployment" {
			in.LapsesOn = []decision.Lapse{{ID: "refusals", Text: "refusals are measured again before May", Day: lapseDay}}
		}
		d.decide(in)
	}
	d.tell(markAct, "ASL-2 in force: all %d criteria are shown or a limitation is named, two people sign", criteria)
}
