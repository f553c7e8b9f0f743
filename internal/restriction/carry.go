// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package restriction

import (
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/model"
)

// See is the lower states that the acts on a restriction read.
type See struct {
	Access   access.State
	Model    model.State
	Decision decision.State
	Gate     gate.State
}

// Certificate is the document that says that one copy of the weights is gone.
type Certificate struct {
	// Location is the copy's, as the decision lists it.
	Location string    `json:"location"`
	Document entry.Ref `json:"document"`
}

// Execute records that one person has carried a restriction out. Carrying out a
// withdrawal records that what is in use in its scope no longer is; deleting
// weights needs a certificate for every copy that was decided on (INT-6).
func (s State) Execute(in Executed, see See, act entry.Act) ([]entry.Draft, error) {
	o, err := s.toDo(in.Restriction, in.Statement)
	if err != nil {
		return nil, err
	}
	if o.Executed.Done() {
		return nil, fault.Conflictf("%s was carried out already, by %s", o.ID, o.Executed.By).
			Hinted("another person verifies it: holdpoint restriction verify %s", o.ID)
	}
	if err := named(see.Access, act.Actor, "carries out a restriction"); err != nil {
		return nil, err
	}
	if err := certified(o, in.Certificates, see.Decision); err != nil {
		return nil, err
	}
	drafts, err := executed.Drafts(in)
	if err != nil || o.Kind != decision.WithdrawModel {
		return drafts, err
	}
	for _, d := range see.Model.Live() {
		if !o.withdraws(d) {
			continue
		}
		more, err := see.Model.Withdraw(model.NewDeployment{Deployed: d.Deployed}, act)
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, more...)
	}
	return drafts, nil
}

// withdraws tells whether a deployment is in the scope of a withdrawal.
func (o Order) withdraws(d model.Deployment) bool {
	return o.Model == d.Model && (o.Environment == "" || o.Environment == d.Environment) &&
		(len(o.Snapshots) == 0 || slices.Contains(o.Snapshots, d.Snapshot))
}

// toDo gives a restriction on which something may be done.
func (s State) toDo(id, statement string) (Order, error) {
	o, err := s.Order(id)
	if err != nil {
		return o, err
	}
	if !o.Stands() {
		return o, fault.Conflictf("%s was lifted with entry %d", o.ID, o.Lifted.Seq)
	}
	return o, access.CheckReason(statement)
}

// named refuses whoever is not one named person: the owner of the workspace, a
// body, a program.
func named(people access.State, actor, what string) error {
	if p, ok := people.Person(actor); ok && p.Kind == access.Human {
		return nil
	}
	return fault.Forbiddenf("%s is not a named person, and only one %s", actor, what).
		Hinted("say who acts: --as PERSON")
}

// certified asks for one certificate for each copy that was decided on, and none
// besides.
func certified(o Order, have []Certificate, decisions decision.State) error {
	if o.Kind != decision.DeleteWeights {
		if len(have) > 0 {
			return fault.Invalidf("%s deletes no weights, so there is nothing to certify", o.ID)
		}
		return nil
	}
	d, err := decisions.Decision(o.Decision)
	if err != nil {
		return err
	}
	copies := d.File.Restriction.Copies
	var l fault.List
	for i, c := range have {
		if !slices.ContainsFunc(copies, func(k decision.Copy) bool { return k.Location == c.Location }) {
			l = append(l, fault.Invalidf("%s decided on no copy at %q", o.Decision, c.Location))
		}
		if slices.ContainsFunc(have[:i], func(b Certificate) bool { return b.Location == c.Location }) {
			l = append(l, fault.Invalidf("the copy at %q is certified twice", c.Location))
		}
		if !digest(c.Document.Digest) {
			l = append(l, fault.Invalidf("the certificate for the copy at %q is not named by its SHA-256", c.Location))
		}
	}
	for _, k := range copies {
		if !slices.ContainsFunc(have, func(c Certificate) bool { return c.Location == k.Location }) {
			l = append(l, fault.Invalidf("there is no certificate for the copy of %s at %q", k.Snapshot, k.Location).
				Hinted("every copy is deleted and certified before the deletion is recorded"))
		}
	}
	return l.Err()
}

func digest(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// Verify records that a second named person has seen that a restriction was
// carried out.
func (s State) Verify(in Verified, see See, act entry.Act) ([]entry.Draft, error) {
	o, err := s.toDo(in.Restriction, in.Statement)
	if err != nil {
		return nil, err
	}
	if err := named(see.Access, act.Actor, "verifies a restriction"); err != nil {
		return nil, err
	}
	switch {
	case !o.Executed.Done():
		return nil, fault.Conflictf("nobody has carried %s out yet", o.ID).Hinted("holdpoint restriction execute %s", o.ID)
	case o.Verified.Done():
		return nil, fault.Conflictf("%s was verified already, by %s", o.ID, o.Verified.By)
	case o.Executed.By == act.Actor:
		return nil, fault.Forbiddenf("%s carried %s out and cannot also verify it (rule SOD-CARRIED)", act.Actor, o.ID).
			Hinted("another named person verifies it")
	}
	return verified.Drafts(in)
}

// postMortem tells whether a kind is lifted only with what was learned from what
// made it necessary: a model that was not elicited enough (INT-8), and one that
// surpassed its safeguards in training (INT-9).
func postMortem(k decision.RestrictionKind) bool {
	return k == decision.HaltNewCustomers || k == decision.LockWeights
}

// Lift records that a restriction no longer stands. One with a hold is lifted
// with its hold, which the policy's signers decide; [State.LiftedWith] does so
// by itself unless a post-mortem is still to be written.
func (s State) Lift(in Lifted, see See, act entry.Act) ([]entry.Draft, error) {
	o, err := s.toDo(in.Restriction, in.Reason)
	if err != nil {
		return nil, err
	}
	if in.Decision != "" {
		return nil, fault.Invalidf("a restriction is lifted by the decision on its hold, and by no other")
	}
	if h, err := see.Gate.Hold(o.Hold); o.Hold != "" && (err != nil || h.Stands()) {
		return nil, fault.Conflictf("%s stands as long as %s does", o.ID, o.Hold).
			Hinted("propose to the policy's signers that it is lifted: holdpoint hold lift %s", o.Hold)
	}
	if postMortem(o.Kind) && strings.TrimSpace(in.PostMortem) == "" {
		return nil, fault.Invalidf("%s is lifted with a post-mortem only", o.ID).
			Hinted("say with --post-mortem what was learned, and what is changed so that it does not happen again")
	}
	return lifted.Drafts(in)
}

// LiftedWith gives what follows when a hold is lifted: the restriction that
// placed it is lifted too. One that wants a post-mortem waits for it.
func (s State) LiftedWith(h gate.Hold) ([]entry.Draft, error) {
	for _, o := range s.Standing() {
		if o.Hold == h.ID && !h.Stands() && !postMortem(o.Kind) {
			return lifted.Drafts(Lifted{Restriction: o.ID, Decision: h.Decision})
		}
	}
	return nil, nil
}
