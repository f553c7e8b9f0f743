// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/proof"
)

// determine is the decision on aster-2: two people, two roles, and no effect
// before board and trust have seen it.
func (d *drill) determine() {
	d.on("2026-03-06T09:00:00Z")
	d.ask("aster-2", "external_deploy", gate.Held)
	q := d.propose("p-rso", d.proposal())
	d.act(app.Operator, app.GrantRole(access.RoleChange{Person: "p-rso", Role: "ceo", Reason: "Deputises while the chief executive travels."}))
	d.sign(q, "rso", "p-rso")
	d.tell(markAct, "proposed: CBRN-3 and the autonomy checkpoint are ruled out; p-rso signs as rso")
	d.refused("p-rso", "sign as ceo too, being the deputy", app.Sign(d.signing(q.question, "ceo", "p-rso", signoff.Approve)))
	d.tellRefusal()
	d.on("2026-03-09T09:00:00Z")
	d.act(app.Operator, app.EndRole(access.RoleChange{Person: "p-rso", Role: "ceo", Reason: "The chief executive is back."}))
	d.sign(q, "ceo", "p-ceo")
	d.ask("aster-2", "external_deploy", gate.Held)
	d.tell(markHeld, "held: deploy aster-2: p-ceo has signed too; still missing: %s", d.waits(q))
	d.deliver(q)
	d.on("2026-03-10T09:00:00Z")
	d.acknowledge(q, "board", "p-board")
	d.on("2026-03-11T09:00:00Z")
	d.acknowledge(q, "trust", "p-trust")
	d.inEffect(q)
	d.ask("aster-2", "external_deploy", gate.Clear)
	d.tell(markClear, "clear: deploy aster-2: board and trust have acknowledged, the decision has effect")
}

// holdAndLift: one person is enough to stop, two signers are needed to go on.
func (d *drill) holdAndLift() {
	d.on("2026-03-12T09:00:00Z")
	done := d.act("p-trust-safety", app.PlaceHold(gate.PlaceIn{
		Model: "aster-2", Actions: []string{"external_deploy"}, Reason: "A way around the refusals was reported and is being looked at.",
	}))
	d.ask("aster-2", "external_deploy", gate.Held)
	d.tell(markHeld, "held: deploy aster-2: p-trust-safety, alone, has placed a hold")
	d.refusal("p-rso", "issue a clearance", func(who app.Who) error {
		_, _, err := d.app.Issue(d.ctx, who, gate.Ask{Model: "aster-2", Action: "external_deploy"}, clearanceLife)
		return err
	})
	d.on("2026-03-13T09:00:00Z")
	q := d.propose("p-rso", decision.ProposeIn{
		Kind: policy.DecideLiftHold, Model: "aster-2", Hold: done.ID("hold", 0), Title: "Can the hold be lifted? The report was a repeat of one that was mended in February.",
	})
	d.sign(q, "rso", "p-rso")
	d.sign(q, "ceo", "p-ceo")
	d.inEffect(q)
	d.ask("aster-2", "external_deploy", gate.Clear)
	d.tell(markClear, "clear: deploy aster-2: p-rso and p-ceo have signed that the hold is lifted")
}

const clearanceLife = 72 * time.Hour

// Names of the files beside the workspace.
const (
	fileExternal    = "aster-2.clearance.json"
	fileInternal    = "aster-2-internal.clearance.json"
	fileRevocations = "revocations"
)

// clear issues two clearances, checks their files as an outsider would, and
// revokes the first.
func (d *drill) clear() {
	d.on("2026-03-16T09:00:00Z")
	file, c := d.issue("external_deploy", fileExternal)
	ok := d.check(file, weights("aster-2", "rc1"), d.revocations())
	d.tell(markChecked, "clearance for external_deploy of aster-2/rc1; checked offline with its weights: %s", ok)
	other := d.check(file, weights("aster-2", "early"), nil)
	d.tell(markRefused, "refused offline: the same file with other weights: %s", other)
	d.on("2026-03-17T09:00:00Z")
	d.act("p-trust-safety", app.Revoke(c.ID, "The roll-out is put off by a week; a new clearance will be asked for."))
	gone := d.check(file, weights("aster-2", "rc1"), d.revocations())
	d.tell(markRefused, "refused offline: p-trust-safety has revoked it: %s", gone)
	row := rowOf(c)
	row.Revoked, row.RightWeights, row.OtherWeights, row.AfterRevoked = true, ok, other, gone

	inside, ci := d.issue("internal_deploy", fileInternal)
	list := d.revocations()
	d.file(fileRevocations, list)
	rowIn := rowOf(ci)
	rowIn.RightWeights = d.check(inside, weights("aster-2", "rc1"), list)
	rowIn.OtherWeights = d.check(inside, weights("aster-2", "early"), list)
	rowIn.AfterRevoked = rowIn.RightWeights
	d.tell(markChecked, "clearance for internal_deploy; checked offline with weights and revocation list: %s", rowIn.RightWeights)
	d.story.Clearances = []ClearanceRow{row, rowIn}
	for _, r := range d.story.Clearances {
		if d.err == nil && (r.RightWeights != checkedOK || r.OtherWeights == checkedOK || r.Revoked == (r.AfterRevoked == checkedOK)) {
			d.fail(fault.New(fault.Internal, "the checks of %s came out as %+v", r.ID, r))
		}
	}
}

func rowOf(c gate.Clearance) ClearanceRow {
	return ClearanceRow{ID: c.ID, Model: c.Ask.Model, Action: c.Ask.Action, Expires: rfc3339(c.Expires)}
}

func (d *drill) issue(action, name string) ([]byte, gate.Clearance) {
	if d.err != nil {
		return nil, gate.Clearance{}
	}
	file, c, err := d.app.Issue(d.ctx, d.who("p-rso"), gate.Ask{Model: "aster-2", Action: action}, clearanceLife)
	d.fail(err)
	d.file(name, file)
	return file, c
}

func (d *drill) revocations() []byte {
	if d.err != nil {
		return nil
	}
	list, err := d.app.Revocations(d.ctx)
	d.fail(err)
	return list
}

const checkedOK = "ok"

// check does what an outsider does who has the file, the public key and the
// weights: no workspace is read.
func (d *drill) check(file, weights, revocations []byte) string {
	if d.err != nil {
		return ""
	}
	sum := sha256.Sum256(weights)
	moment := time.UnixMilli(d.now)
	_, err := proof.CheckClearance(file, proof.Ask{
		Keys: []proof.VerifyKey{d.app.Key()}, Digest: hex.EncodeToString(sum[:]), Revocations: revocations, At: moment, Now: moment,
	})
	if err != nil {
		return err.Error()
	}
	return checkedOK
}
