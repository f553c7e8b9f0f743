// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"bytes"
	"context"
	"crypto/sha256"

	"github.com/go-json-experiment/json"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

// Operator is the owner of the workspace, who acts when nobody is named.
const Operator = access.Operator

// Who says who acts.
type Who struct {
	// Actor is the opaque id of a person, or Operator.
	Actor string
	// Key makes the act happen once however often it is sent; "" is none.
	Key string
	// At is the moment of the act in a simulated clock, in milliseconds since
	// 1970; 0 lets the clock go on by itself.
	At int64
	// Seen is the last entry that the actor had seen when they made up their
	// mind: the act is refused when a later one is about what it names. 0 does
	// not look. See [Intent.Subjects].
	Seen int64
}

// Intent is something that somebody wants done. Input is what identifies it
// when it is sent twice.
type Intent struct {
	// Verb is "noun.verb", by which the right to do it is looked up.
	Verb   string
	Input  any
	Decide func(world.World, entry.Act) ([]entry.Draft, error)
	// Args are the arguments as the table of acts reads them, by which a server
	// makes the intent again; nil where they are the Input.
	Args any
	// Subjects are the ids of what the act is about; nil takes those that the
	// arguments name.
	Subjects []string
}

// Done is the answer to an accepted intent.
type Done struct {
	First    int64
	Entries  []entry.Entry
	Repeated bool
	View     View
}

// ID names the thing that the act's n-th entry created.
func (d Done) ID(noun string, n int) string { return entry.ID(noun, d.First+int64(n)) }

// Do carries out an intent: it is authorised and decided on the world as it will
// be, and what follows from it is written in the same transaction.
func (a *App) Do(ctx context.Context, who Who, in Intent) (Done, error) {
	if a.unsigned != nil {
		return Done{}, a.unsigned
	}
	if a.remote != nil {
		return a.remote.do(ctx, a, who, in)
	}
	digest, err := digestOf(in)
	if err != nil {
		return Done{}, err
	}
	if (in.Verb == reportVerb || in.Verb == reportFindingVerb) && a.journal.View().Begun.Clock == journal.Wall {
		return Done{}, fault.Conflictf("this workspace runs: what was decided or found elsewhere is not reported into it").
			Hinted("decide here, by signing, and open what you find; a reconstruction of a public record has a simulated clock")
	}
	job := journal.Intent[world.World]{
		Actor: who.Actor, Key: who.Key, Digest: digest, At: who.At,
		Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) { return decide(w, in, act) },
	}
	res, err := a.unlessChanged(ctx, who.Seen, in, job)
	if err != nil {
		return Done{}, err
	}
	return Done{First: res.First, Entries: res.Entries, Repeated: res.Repeated, View: res.View}, nil
}

func decide(w world.World, in Intent, act entry.Act) ([]entry.Draft, error) {
	if err := authorise(w, in.Verb, act); err != nil {
		return nil, err
	}
	drafts, err := in.Decide(w, act)
	if err != nil {
		return nil, err
	}
	if err := checkHappened(drafts, act.Now); err != nil {
		return nil, err
	}
	return w.React(drafts, act)
}

// checkHappened refuses to record what is dated later than now: a date that is
// still to come proves nothing.
func checkHappened(drafts []entry.Draft, now int64) error {
	for _, d := range drafts {
		if !bytes.Contains(d.Body, []byte(`"happened"`)) {
			continue
		}
		var b struct {
			Happened *entry.Happened `json:"happened"`
		}
		if err := json.Unmarshal(d.Body, &b); err != nil {
			return fault.New(fault.Internal, "%s: %w", d.Type, err)
		}
		if b.Happened != nil && b.Happened.At > now {
			return fault.Invalidf("what is recorded is dated %s, which is still to come", deadline.DayOf(b.Happened.At)).
				Hinted("record it when it has happened")
		}
	}
	return nil
}

func digestOf(in Intent) ([32]byte, error) {
	b, err := proof.Canonical(struct {
		Verb  string `json:"verb"`
		Input any    `json:"input"`
	}{in.Verb, in.Input})
	if err != nil {
		return [32]byte{}, fault.Invalidf("%s: %w", in.Verb, err)
	}
	return sha256.Sum256(b), nil
}

// ownersAlone marks what only the owner of the workspace does; no role of a
// policy has this duty.
const ownersAlone policy.Duty = "own"

// rights says which duty allows a verb; "" is for every person, and a verb that
// is not listed is nobody's. The operator may do everything: what needs a
// person is signed, and the operator has no key that any rule accepts.
func rights() map[string]policy.Duty {
	return map[string]policy.Duty{
		"policy.adopt":           policy.Administer,
		"access.add":             ownersAlone,
		"access.grant":           ownersAlone,
		"access.end":             ownersAlone,
		"access.register_key":    "",
		"access.revoke_key":      "",
		"journal.erase":          policy.Administer,
		"model.register":         policy.Record,
		"model.snapshot":         policy.Record,
		"model.derive":           policy.Assess,
		"model.compute":          policy.Record,
		"model.conditions":       policy.Record,
		"model.deploy":           policy.Record,
		"model.withdraw":         policy.Record,
		"evidence.import":        policy.Assess,
		"evidence.report":        policy.Record,
		"evidence.state":         policy.Record,
		"evidence.restate":       policy.Assess,
		"assessment.open":        policy.Assess,
		"assessment.conclude":    policy.Assess,
		"assessment.map":         policy.Assess,
		"assessment.preregister": policy.Assess,
		"assessment.elicit":      policy.Assess,
		"assessment.forecast":    policy.Assess,
		"assessment.argue":       policy.Assess,
		"assessment.judge":       policy.Assess,
		"assessment.expert":      policy.Assess,
		"assessment.answer":      policy.Assess,
		"assessment.withdraw":    policy.Assess,
		"assessment.approve":     policy.Review,
		"assessment.close":       policy.Assess,
		"safeguard.evidence":     policy.Safeguard,
		"safeguard.report":       policy.Safeguard,
		"safeguard.withdraw":     policy.Safeguard,
		"safeguard.fail":         "",
		"review.submit":          "",
		"review.answer":          policy.Propose,
		"review.withdraw":        "",
		"decision.propose":       policy.Propose,
		"decision.sign":          "",
		"decision.dissent":       "",
		"decision.deliver":       policy.Propose,
		"decision.acknowledge":   policy.Acknowledge,
		"decision.attest":        policy.Record,
		"decision.void":          policy.Propose,
		"decision.reverse":       policy.Decide,
		"decision.report":        ownersAlone,
		"hold.place":             policy.PlaceHold,
		"clearance.issue":        policy.Record,
		"clearance.revoke":       policy.PlaceHold,
		"sweep.run":              "",
		"obligation.complete":    "",
		"obligation.note":        "",
		"finding.open":           policy.Record,
		"finding.rate":           policy.Record,
		"finding.resolve":        policy.Record,
		"finding.verify":         "",
		"finding.link":           policy.Record,
		"finding.report":         ownersAlone,
		"restriction.execute":    policy.Record,
		"restriction.verify":     "", // any named person who did not carry it out
		"restriction.lift":       policy.Record,
		"office.vacate":          "",
		"office.assign":          "",
		"office.act":             "",
		"breakglass.break":       "",
		"enforcement.register":   policy.Administer,
		"enforcement.heartbeat":  "",
		"enforcement.retire":     policy.Administer,
		"notice.acknowledge":     "",
		"incident.declare":       "",
		"incident.update":        "", // its commander, or who records: see mayRespond
		"incident.close":         "",
	}
}

// authorise tells whether the actor may do this: deny by default.
func authorise(w world.World, verb string, act entry.Act) error {
	duty, known := rights()[verb]
	if !known {
		return fault.New(fault.Internal, "nobody has the right to %q: the verb is not in the table (rule SOD-VERB)", verb)
	}
	if act.Actor == Operator {
		return nil
	}
	if _, ok := w.Access.Person(act.Actor); !ok {
		return fault.Forbiddenf("%q is nobody known here (rule SOD-KNOWN)", act.Actor).
			Hinted("add the person with: holdpoint person add %s", act.Actor)
	}
	if duty == "" {
		return nil
	}
	return hasDuty(w, verb, duty, act)
}

// hasDuty tells whether a role of the actor has the duty that the verb needs.
func hasDuty(w world.World, verb string, duty policy.Duty, act entry.Act) error {
	p, ok := w.Policy.InForce(act.Now)
	if !ok {
		return fault.Forbiddenf("no policy is in force, so no role gives %q the duty to %s (rule SOD-POLICY)", act.Actor, duty)
	}
	for _, id := range w.Access.RolesAt(act.Actor, act.Now) {
		r, _ := p.Pack.Role(id)
		for _, d := range r.Duties {
			if d == duty {
				return nil
			}
		}
	}
	return fault.Forbiddenf("%q holds no role with the duty to %s, which %s needs (rule SOD-DUTY)", act.Actor, duty, verb).
		Hinted("holdpoint person list shows who holds which role")
}
