// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"bytes"
	"strings"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/notice"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

// Check asks of a recorded entry whether it could be recorded: what follows from
// a decision, whether that decided it; what the machine wrote by itself, whether
// there was something to write; what people recorded of a finding, an incident, an
// office, a duty, a response or a restriction, whether it was allowed. The receiver
// is the world just before the entry. It is how a copy of a journal is verified
// without trusting who made it.
func (w World) Check(e entry.Entry) error {
	switch e.Type {
	case gate.GlassBrokenType:
		return w.checkBroken(e)
	case notice.QueuedType:
		return w.checkNotice(e)
	case finding.OpenedType:
		return w.checkFinding(e)
	case interimEnded:
		return w.checkEnding(e)
	}
	switch area, _, _ := strings.Cut(e.Type, "."); {
	case area == "finding":
		return w.Finding.Check(e, w.FindingSee())
	case obligation.Independent(e.Type):
		return w.checkDuty(e)
	case area == "incident":
		return w.Incident.Check(e, w.IncidentSee())
	case area == "access":
		return w.Access.Check(e, w.AccessSee(e.RecordedAt))
	case area == "restriction":
		return w.checkRestriction(e)
	case area == "notice":
		return w.Notice.Check(e, notice.See{Access: w.Access})
	case area == "enforcement" && e.Type != enforcement.ObservingType:
		p, _ := w.Policy.InForce(e.RecordedAt)
		return w.Enforcement.Check(e, enforcement.See{Access: w.Access, Model: w.Model, Pack: p.Pack})
	}
	return w.checkDecided(e)
}

// What the machine opens findings about, besides broken glasses and enforcement
// points.
const (
	kindDuty     = "duty"
	kindResponse = "response"
)

// checkFinding asks of a finding that the machine opened whether there was
// something to find, by the noun that it is about; the machine finds nothing about
// any other.
func (w World) checkFinding(e entry.Entry) error {
	if err := w.Finding.Check(e, w.FindingSee()); err != nil {
		return err
	}
	d, err := finding.DecodeOpened(e)
	if err != nil || d.FoundBy != finding.ByMachine {
		return err
	}
	switch d.About.Kind {
	case kindResponse:
		return w.checkMissed(e, d)
	case kindDuty:
		return w.checkLate(e, d)
	case kindGlass, kindPoint:
		return w.checkFound(e, d.About)
	}
	return fault.Corruptf("the machine finds nothing about a %s", d.About.Kind)
}

// checkDecided asks of what a decision brought about whether it is what it decided.
func (w World) checkDecided(e entry.Entry) error {
	id, err := decidedBy(e)
	if err != nil || id == "" {
		return err
	}
	d, err := w.Decision.Decision(id)
	if err != nil {
		return err
	}
	if d.Status == decision.Reported && e.Type == safeguardApproved && d.File.Kind == policy.DecideSafeguards {
		return nil // as a source reports it, and graded so
	}
	if d.Status != decision.InEffect {
		return fault.Corruptf("it rests on %s, which is %s", id, d.Status)
	}
	drafts, err := w.consequence(id, entry.Act{Actor: e.Actor, Seq: e.Seq, Now: e.RecordedAt})
	if err != nil {
		return err
	}
	// What a decision brings about stands right behind its effect, in order.
	n := e.Seq - d.EffectSeq - 1
	if n < 0 || n >= int64(len(drafts)) || drafts[n].Type != e.Type || !bytes.Equal(drafts[n].Body, e.Body) {
		return fault.Corruptf("it is not what %s decided", id)
	}
	return nil
}

const (
	safeguardApproved = "safeguard.approved"
	interimApproved   = "safeguard.interim_approved"
	interimEnded      = "safeguard.interim_ended"
	holdLifted        = "gate.hold_lifted"
)

// decidedBy names the decision that an entry carries out, "" for other entries.
func decidedBy(e entry.Entry) (string, error) {
	switch e.Type {
	case safeguardApproved:
		d, err := safeguard.DecodeApproved(e)
		return d.Decision, err
	case interimApproved:
		d, err := safeguard.DecodeInterim(e)
		return d.Decision, err
	case holdLifted:
		d, err := gate.DecodeLifted(e)
		return d.Decision, err
	case enforcement.ObservingType:
		d, err := enforcement.DecodeObserving(e)
		return d.Decision, err
	case obligation.WaivedType, obligation.ExtendedType:
		d, err := obligation.DecodeRelieved(e)
		return d.Decision, err
	}
	return "", nil
}
