// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"encoding/hex"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/incident"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// incident: a jailbreak is declared with its times, stops the model in the same
// act, and is closed with a re-test and a post-mortem (RAP-6, RAP-8).
func (d *drill) incident() {
	d.on("2026-07-28T14:00:00Z")
	at := func(moment string) int64 {
		ms, err := millis(moment)
		d.fail(err)
		return ms
	}
	done := d.act("p-trust-safety", app.DeclareIncident(app.Declaring{
		Declared: incident.Declared{
			Kind: incident.Jailbreak, Title: "A prompt in verse gets around the refusals", Commander: "p-trust-safety", Models: []string{"aster-2"},
			Times:    incident.Times{Occurred: at("2026-07-28T09:00:00Z"), Detected: at("2026-07-28T11:00:00Z"), Aware: at("2026-07-28T11:20:00Z")},
			Severity: "one harmful answer, no more than a library gives", Universality: "one domain", TargetHours: 24,
		},
		Stop: []gate.PlaceIn{{Model: "aster-2", Actions: []string{"external_deploy"}}},
	}))
	id := done.ID("incident", 0)
	d.ask("aster-2", "external_deploy", gate.Held)
	d.tell(markHeld, "held: %s, a jailbreak, is declared, and stops the model in the same act", id)
	d.on("2026-07-28T21:00:00Z")
	d.act("p-trust-safety", app.UpdateIncident(incident.Updated{
		Incident: id, Response: incident.Response{Identified: at("2026-07-28T13:30:00Z"), Remediated: at("2026-07-28T20:00:00Z")},
	}))
	d.act("p-trust-safety", app.UpdateIncident(incident.Updated{
		Incident: id, Retest: &incident.Retest{Statement: "Four hundred variants of the prompt are refused.", Passed: true},
	}))
	d.on("2026-07-29T09:00:00Z")
	d.act("p-trust-safety", app.CloseIncident(incident.Closed{
		Incident: id, PostMortem: incident.PostMortem{Text: "The refusal training had no verse. It has some now, and the suite has a part of its own for it."},
		Lessons: []string{"Form is a way around as much as wording is."},
	}))
	for _, h := range d.view().State.Gate.Standing("aster-2") {
		q := d.agree(decision.ProposeIn{
			Kind: policy.DecideLiftHold, Model: "aster-2", Hold: h.ID, Title: "Can the hold be lifted? The way around is closed and tested.",
		})
		d.inEffect(q)
	}
	d.ask("aster-2", "external_deploy", gate.Clear)
	d.tell(markClear, "clear: identified after four and a half hours, remedied after six and a half more, tested again, lifted by two signatures")
}

// enforce: the place that asks before something runs is registered, watches for
// a while by leave, and proves that it holds.
func (d *drill) enforce() {
	d.on("2026-07-30T09:00:00Z")
	canary := hex.EncodeToString(seedOf("canary of prod-admission"))
	d.act(d.rso, app.RegisterPoint(enforcement.Registered{
		Point: "prod-admission", Environment: "production", Actions: []string{"external_deploy"}, Owner: "security", HeartbeatHours: 48,
	}, canary))
	q := d.agree(decision.ProposeIn{
		Kind: policy.DecideException, Title: "May the new admission hook only watch for two weeks?",
		Exemption: &decision.Exemption{Observe: "prod-admission", Reason: "Its answers are compared with what runs first.", Until: "2026-08-13"},
	})
	d.inEffect(q)
	d.act("p-security", app.Heartbeat(enforcement.Heartbeat{Point: "prod-admission", Canary: enforcement.Held, Mode: enforcement.Observe}))
	d.tell(markAct, "the admission hook of production is registered, and may only watch until 13 August; a canary that must always be held shows what it does; use inside has no hook yet, and that is shown")
	d.sweep()
}
