// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/rule"
	"github.com/holdpoint/holdpoint/proof"
)

// Clearance is what the fold keeps of an issued clearance.
type Clearance struct {
	ID        string
	Seq       int64
	Statement string
	Ask       Ask
	Policy    string
	Rules     int64
	// NotBefore and Expires are milliseconds since 1970; valid for
	// NotBefore <= t < Expires.
	NotBefore, Expires int64
	Renews             string
	// Rests are the entries that its conditions rest on, ascending.
	Rests []int64
	// RevokedSeq is the entry that revoked it, 0 while it was not.
	RevokedSeq int64
	Reason     string
}

// Valid tells whether the clearance is neither expired nor revoked at now.
func (c Clearance) Valid(now int64) bool {
	return c.RevokedSeq == 0 && c.NotBefore <= now && now < c.Expires
}

// key is what a clearance is for: while a valid one exists for the same thing,
// it is returned again.
func (c Clearance) key() string {
	a := c.Ask
	return strings.Join([]string{a.Model, a.Snapshot, a.Action, a.Environment, a.ComparableTo, a.Floor.String(), c.Policy, strconv.FormatInt(c.Rules, 10)}, "\x00")
}

// Clearance gives a clearance by id.
func (s State) Clearance(id string) (Clearance, error) {
	if c, ok := s.clearances.Get(id); ok {
		return c, nil
	}
	return Clearance{}, fault.NotFoundf("there is no clearance %q", id).Hinted("holdpoint clearance list shows them all")
}

// EachClearance goes through every clearance ever issued, in no order that means
// anything.
func (s State) EachClearance() iter.Seq[Clearance] { return s.clearances.Values() }

// Clearances lists every clearance ever issued, oldest first.
func (s State) Clearances() []Clearance {
	return slices.SortedFunc(s.clearances.Values(), func(a, b Clearance) int { return cmp.Compare(a.Seq, b.Seq) })
}

// RevokedIDs lists the ids of revoked clearances in the order of their text.
func (s State) RevokedIDs() []string {
	var ids []string
	for c := range s.clearances.Values() {
		if c.RevokedSeq != 0 {
			ids = append(ids, c.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// IssueIn asks for a clearance.
type IssueIn struct {
	Ask Ask
	// Life is how long it shall be valid, in milliseconds.
	Life int64
	// Renews names the clearance that this one continues, if any.
	Renews string
	// Origin and Clock are the journal's, as stated in its first entry.
	Origin, Clock string
}

// CheckLife refuses a life that a clearance for the action cannot have: longer
// than the policy allows, or than what it rests on stands.
func CheckLife(v Verdict, life int64) error {
	a, _ := v.Policy.Pack.Action(v.Ask.Action)
	if err := outlives(v, life); err != nil {
		return err
	}
	switch {
	case life <= 0:
		return fault.Usagef("a clearance must expire after it begins")
	case life > int64(a.ClearanceMaxHours)*3_600_000:
		return fault.Conflictf("a clearance for %s lasts at most %d hours under %s", v.Ask.Action, a.ClearanceMaxHours, v.Policy.Ref())
	}
	return nil
}

// Existing gives the valid clearance that already answers the ask, if there is
// one.
func (s State) Existing(v Verdict) (Clearance, bool) {
	c := Clearance{Ask: v.Ask, Policy: v.Policy.Ref(), Rules: v.Rules}
	id, ok := s.current.Get(c.key())
	if !ok {
		return Clearance{}, false
	}
	found, ok := s.clearances.Get(id)
	return found, ok && found.Valid(v.Now)
}

// Issue records a clearance when the verdict on the ask is clear at this very
// moment. The statement is signed after the commit. An ask that a valid
// clearance already answers is refused unless it renews that one; callers look
// with Existing first.
func (s State) Issue(in IssueIn, f Facts, act entry.Act) ([]entry.Draft, error) {
	v := Evaluate(f, in.Ask, act.Now)
	if v.Outcome != Clear {
		return nil, heldFault(v)
	}
	weights, err := subject(f, v.Ask)
	if err != nil {
		return nil, err
	}
	if err := s.checkLife(in, v); err != nil {
		return nil, err
	}
	payload, err := proof.Canonical(statement(in, v, act, weights))
	if err != nil {
		return nil, fault.New(fault.Internal, "statement: %w", err)
	}
	sum := sha256.Sum256(payload)
	return issued.Drafts(ClearanceIssuedV1{
		Statement: hex.EncodeToString(sum[:]), Payload: string(payload),
		Model: v.Ask.Model, Snapshot: v.Ask.Snapshot, Action: v.Ask.Action, Environment: v.Ask.Environment,
		ComparableTo: v.Ask.ComparableTo, Floor: v.Ask.Floor, Policy: v.Policy.Ref(), Rules: v.Rules,
		NotBefore: act.Now, Expires: act.Now + in.Life, Renews: in.Renews,
	})
}

func heldFault(v Verdict) error {
	var why []string
	for _, r := range v.HeldBecause() {
		why = append(why, r.Reason)
	}
	return fault.Conflictf("held: %s", strings.Join(why, "; ")).
		Hinted("holdpoint gate check %s %s shows every condition", v.Ask.Model, v.Ask.Action)
}

// subject gives the digest of the weights that the clearance is for.
func subject(f Facts, ask Ask) (string, error) {
	snap, ok := f.Model.Snapshot(ask.Model, ask.Snapshot)
	if !ok || snap.Weights == "" {
		return "", fault.Conflictf("no digest of the weights of %s is recorded, so there is nothing to clear", ask.Model).
			Hinted("register the snapshot with its weights: holdpoint model snapshot %s NAME --weights PATH", ask.Model)
	}
	return snap.Weights, nil
}

func (s State) checkLife(in IssueIn, v Verdict) error {
	if err := CheckLife(v, in.Life); err != nil {
		return err
	}
	if in.Renews != "" {
		return s.checkRenewal(in, v)
	}
	if c, ok := s.Existing(v); ok && c.Expires <= v.Now+in.Life {
		return fault.Conflictf("%s is valid for the same thing until %s", c.ID, rfc3339(c.Expires)).
			Hinted("renew it, or revoke it first")
	}
	return nil
}

// Published names a decision that the verdict rests on and that a source
// reports; "" where people signed all of them. No clearance is issued on what a
// source says: whoever clears must be able to answer for it.
func Published(f Facts, v Verdict) string {
	for _, c := range v.Conditions {
		for _, leaf := range c.Leaves() {
			if leaf.Status != rule.Met {
				continue
			}
			if id := f.reported(leaf.Entries); id != "" {
				return id
			}
		}
	}
	return ""
}

// reported gives the id of a reported decision, or of one behind an approval,
// among the entries.
func (f Facts) reported(entries []int64) string {
	for _, d := range f.Decision.All() {
		if d.Status != decision.Reported {
			continue
		}
		// A reported approval is written right after its decision.
		if slices.Contains(entries, d.Seq) || slices.Contains(entries, d.Seq+1) {
			return d.File.ID
		}
	}
	return ""
}

func (s State) checkRenewal(in IssueIn, v Verdict) error {
	c, err := s.Clearance(in.Renews)
	if err != nil {
		return err
	}
	if c.RevokedSeq != 0 {
		return fault.Conflictf("%s was revoked and cannot be renewed: %s", c.ID, c.Reason).Hinted("issue a new one if the gate is clear")
	}
	if c.Ask.Model != v.Ask.Model || c.Ask.Snapshot != v.Ask.Snapshot || c.Ask.Action != v.Ask.Action || c.Ask.Environment != v.Ask.Environment {
		return fault.Conflictf("%s is for another model, snapshot, action or environment", c.ID)
	}
	return nil
}

func statement(in IssueIn, v Verdict, act entry.Act, weights string) proof.Statement {
	return proof.Statement{
		Type:          proof.StatementType,
		PredicateType: proof.PredicateType,
		Subject:       []proof.Subject{{Name: v.Ask.Model + "/" + v.Ask.Snapshot, Digest: proof.Digest{SHA256: weights}}},
		Predicate: proof.Predicate{
			ID: act.ID("clearance", 0), Model: v.Ask.Model, Snapshot: v.Ask.Snapshot,
			Action: v.Ask.Action, Environment: v.Ask.Environment, ComparableTo: comparison(v.Ask), Floor: v.Ask.Floor.String(),
			Verdict: v.Outcome.String(), Grade: v.Grade.String(), Rules: v.Rules,
			Policy:     proof.Policy{ID: v.Policy.Pack.ID, Version: v.Policy.Pack.Version, Digest: v.Policy.Digest},
			Conditions: Publish(v.Conditions),
			Journal:    proof.Position{Origin: in.Origin, Seq: act.Seq},
			Clock:      in.Clock, NotBefore: rfc3339(act.Now), Expires: rfc3339(act.Now + in.Life), Renews: in.Renews,
		},
	}
}

// comparison names the model that a training run was compared with, where that
// is another one.
func comparison(ask Ask) string {
	if ask.ComparableTo == ask.Model {
		return ""
	}
	return ask.ComparableTo
}

// Stopped lists clearances that are neither expired nor revoked and whose
// question the gate would now hold: a revocation list names them as long as that
// is so.
func Stopped(f Facts, now int64) []string {
	var ids []string
	for _, c := range f.Gate.Clearances() {
		if c.Valid(now) && Evaluate(f, c.Ask, now).Outcome == Held {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// Publish gives conditions in the form that clearances and JSON output show.
func Publish(rs []rule.Result) []proof.Condition {
	cs := make([]proof.Condition, len(rs))
	for i, r := range rs {
		cs[i] = proof.Condition{
			ID: r.ID, Clause: r.Clause, Basis: string(r.Basis), Status: r.Status.String(), Grade: r.Grade.String(),
			Reason: r.Reason, Entries: append([]int64{}, r.Entries...), Children: Publish(r.Children),
		}
	}
	return cs
}

// rfc3339 spells an instant in UTC with milliseconds only where there are any.
func rfc3339(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.999Z07:00")
}

// Revoke ends a clearance. Anybody who may place a hold may revoke.
func (s State) Revoke(id, reason string, _ entry.Act) ([]entry.Draft, error) {
	if err := access.CheckReason(reason); err != nil {
		return nil, err
	}
	c, err := s.Clearance(id)
	if err != nil {
		return nil, err
	}
	if c.RevokedSeq != 0 {
		return nil, fault.Conflictf("%s was revoked already: %s", c.ID, c.Reason)
	}
	return revoked.Drafts(ClearanceRevokedV1{Clearance: c.ID, Reason: reason})
}

// Recheck evaluates the question that a clearance answered, with the facts
// before it was recorded, and gives the statement that would be signed now.
func Recheck(d ClearanceIssuedV1, seq int64, clock, origin string, f Facts) ([]byte, error) {
	in := IssueIn{
		Ask:    Ask{Model: d.Model, Snapshot: d.Snapshot, Action: d.Action, Environment: d.Environment, ComparableTo: d.ComparableTo, Floor: d.Floor},
		Life:   d.Expires - d.NotBefore,
		Renews: d.Renews, Origin: origin, Clock: clock,
	}
	v := Evaluate(f, in.Ask, d.NotBefore)
	weights, err := subject(f, v.Ask)
	if err != nil {
		return nil, err
	}
	if a, _ := v.Policy.Pack.Action(d.Action); in.Life <= 0 || in.Life > int64(a.ClearanceMaxHours)*3_600_000 {
		return nil, fault.Corruptf("it is valid for longer than the policy allows for %s", d.Action)
	}
	if err := outlives(v, in.Life); err != nil {
		return nil, fault.Corruptf("it is valid for longer than what it rests on: %w", err)
	}
	return proof.Canonical(statement(in, v, entry.Act{Seq: seq, Now: d.NotBefore}, weights))
}
