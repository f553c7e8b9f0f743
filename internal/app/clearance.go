// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"time"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

// Issue gives a clearance file for the ask: the one that is valid already, or a
// new one when the gate is clear.
func (a *App) Issue(ctx context.Context, who Who, ask gate.Ask, life time.Duration) ([]byte, gate.Clearance, error) {
	if a.remote != nil {
		return a.remote.issue(ctx, a, who, ask, life)
	}
	if _, err := a.signing(); err != nil {
		return nil, gate.Clearance{}, err
	}
	v, m, err := a.Check(ctx, ask, "")
	if err != nil {
		return nil, gate.Clearance{}, err
	}
	if err := authorise(m.View.State, issueVerb, entry.Act{Actor: who.Actor, Now: m.Now}); err != nil {
		return nil, gate.Clearance{}, err
	}
	if err := gate.CheckLife(v, life.Milliseconds()); v.Outcome == gate.Clear && err != nil {
		return nil, gate.Clearance{}, err
	}
	if c, ok := valid(m, v, life); ok {
		file, err := a.Seal(ctx, c.ID)
		return file, c, err
	}
	return a.issue(ctx, who, gate.IssueIn{Ask: ask, Life: life.Milliseconds()})
}

// valid finds the clearance that answers a question already. One that would
// outlive what was asked for is not an answer to it.
func valid(m Moment, v gate.Verdict, life time.Duration) (gate.Clearance, bool) {
	c, ok := m.View.State.Gate.Existing(v)
	return c, ok && v.Outcome == gate.Clear && c.Expires <= m.Now+life.Milliseconds()
}

// Take gives the clearance that is valid already for the ask, and issues none.
func (a *App) Take(ctx context.Context, ask gate.Ask, life time.Duration) ([]byte, gate.Clearance, error) {
	v, m, err := a.Check(ctx, ask, "")
	if err != nil {
		return nil, gate.Clearance{}, err
	}
	if v.Outcome != gate.Clear {
		return nil, gate.Clearance{}, heldFault(v)
	}
	c, ok := valid(m, v, life)
	if !ok {
		return nil, c, fault.NotFoundf("the gate is clear, and no clearance is valid for it that ends in time").
			Hinted("somebody who may record issues one: holdpoint clearance issue")
	}
	file, err := a.Seal(ctx, c.ID)
	return file, c, err
}

func heldFault(v gate.Verdict) error {
	why := "held"
	for _, r := range v.HeldBecause() {
		why += ": " + r.Reason
		break
	}
	return fault.Conflictf("%s", why).Hinted("ask the gate for every condition: holdpoint gate check")
}

const issueVerb = "clearance.issue"

// Renew gives a new clearance for what an earlier one was for, if the gate is
// still clear.
func (a *App) Renew(ctx context.Context, who Who, id string, life time.Duration) ([]byte, gate.Clearance, error) {
	if a.remote != nil {
		return a.remote.renew(ctx, a, who, id, life)
	}
	if _, err := a.signing(); err != nil {
		return nil, gate.Clearance{}, err
	}
	view, err := a.View(ctx)
	if err != nil {
		return nil, gate.Clearance{}, err
	}
	c, err := view.State.Gate.Clearance(id)
	if err != nil {
		return nil, gate.Clearance{}, err
	}
	return a.issue(ctx, who, gate.IssueIn{Ask: c.Ask, Life: life.Milliseconds(), Renews: c.ID})
}

func (a *App) issue(ctx context.Context, who Who, in gate.IssueIn) ([]byte, gate.Clearance, error) {
	begun := a.journal.View().Begun
	in.Origin, in.Clock = begun.Origin, string(begun.Clock)
	done, err := a.Do(ctx, who, Intent{Verb: issueVerb, Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		f := w.Facts()
		if id := gate.Published(f, gate.Evaluate(f, in.Ask, act.Now)); id != "" {
			return nil, fault.Conflictf("the answer rests on %s, which a source reports and nobody signed here: no clearance is issued on it", id).
				Hinted("a reconstruction of a public record clears nothing; a lab decides by signing")
		}
		return w.Gate.Issue(in, f, act)
	}})
	if err != nil {
		return nil, gate.Clearance{}, err
	}
	c, err := done.View.State.Gate.Clearance(done.ID("clearance", 0))
	if err != nil {
		return nil, c, err
	}
	file, err := a.seal(ctx, done.View, c)
	return file, c, err
}

// Seal makes the file of a clearance that was issued: the statement that the
// journal holds, signed, with its inclusion proof.
func (a *App) Seal(ctx context.Context, id string) ([]byte, error) {
	if a.remote != nil {
		return a.remote.seal(ctx, a, id)
	}
	view, err := a.View(ctx)
	if err != nil {
		return nil, err
	}
	c, err := view.State.Gate.Clearance(id)
	if err != nil {
		return nil, err
	}
	return a.seal(ctx, view, c)
}

func (a *App) seal(ctx context.Context, view View, c gate.Clearance) ([]byte, error) {
	key, err := a.signing()
	if err != nil {
		return nil, err
	}
	e, err := a.journal.Entry(ctx, c.Seq)
	if err != nil {
		return nil, err
	}
	d, err := gate.DecodeClearance(e)
	if err != nil {
		return nil, err
	}
	incl, err := inclusion(e, view)
	if err != nil {
		return nil, err
	}
	return proof.SealClearance(key, []byte(d.Payload), incl)
}

// Inclusion proves that the entry at seq is in the journal as it is now signed.
func (a *App) Inclusion(ctx context.Context, seq int64) (proof.Inclusion, error) {
	view, err := a.View(ctx)
	if err != nil {
		return proof.Inclusion{}, err
	}
	e, err := a.journal.Entry(ctx, seq)
	if err != nil {
		return proof.Inclusion{}, err
	}
	return inclusion(e, view)
}

func inclusion(e entry.Entry, view View) (proof.Inclusion, error) {
	header, err := e.Header.Encode()
	if err != nil {
		return proof.Inclusion{}, err
	}
	path, err := view.Tree.InclusionProof(e.Seq, view.Size)
	if err != nil {
		return proof.Inclusion{}, err
	}
	incl := proof.Inclusion{
		Body: base64.StdEncoding.EncodeToString(e.Body), Header: base64.StdEncoding.EncodeToString(header),
		Salt: hex.EncodeToString(e.Salt), Checkpoint: string(view.Checkpoint), Hashes: []string{},
	}
	for _, h := range path {
		incl.Hashes = append(incl.Hashes, h.String())
	}
	return incl, nil
}

// Revoke is the intent to end a clearance.
func Revoke(id, reason string) Intent {
	return Intent{Verb: "clearance.revoke", Input: []string{id, reason}, Args: Ending{id, reason}, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Gate.Revoke(id, reason, act)
	}}
}

// RevocationLife is how long a revocation list counts as fresh.
const RevocationLife = 24 * time.Hour

// Revocations makes a signed revocation list as of the journal's newest entry:
// the clearances that were revoked, and those whose question the gate holds now.
func (a *App) Revocations(ctx context.Context) ([]byte, error) {
	if a.remote != nil {
		return a.remote.revocations(ctx, a)
	}
	key, err := a.signing()
	if err != nil {
		return nil, err
	}
	m, err := a.Moment(ctx, "")
	if err != nil {
		return nil, err
	}
	stopped := append(m.View.State.Gate.RevokedIDs(), gate.Stopped(m.View.State.Facts(), m.Now)...)
	slices.Sort(stopped)
	issued := time.UnixMilli(m.Now).UTC()
	return proof.Revocations{
		Origin: m.View.Begun.Origin, Size: m.View.Size,
		Issued: issued.Format(time.RFC3339), NextUpdate: issued.Add(RevocationLife).Format(time.RFC3339),
		IDs: stopped,
	}.Sign(key)
}
