// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/entry"
	findings "github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/notice"
	"github.com/holdpoint/holdpoint/proof"
)

// breakglassCmd lets something go on for a few hours that the gate holds.
type breakglassCmd struct {
	Model    string `arg:"" help:"The model."`
	Action   string `arg:"" help:"The action that goes on."`
	Env      string `name:"environment" aliases:"env" placeholder:"E" help:"Where; the policy names one for each action."`
	Snapshot string `placeholder:"S" help:"Which snapshot; the newest that could ship if not given."`
	Reason   string `required:"" placeholder:"TEXT" help:"Why it cannot wait, in a sentence without names; it is kept for ever."`
	Hours    int64  `required:"" placeholder:"N" help:"For how many hours; the policy says how many at most."`
	Out      string `short:"o" placeholder:"FILE" help:"A file to write that proves that this is recorded. It is no clearance."`
}

// Help is what --help adds.
func (breakglassCmd) Help() string {
	return "What it does: it records that one person, who holds a role that the policy names, lets exactly what was cleared last go on for a few " +
		"hours; it opens a finding and pages the role that the policy names, at once. What it does not do: it changes no verdict and is no " +
		"clearance; holdpoint gate check stays held (exit 3) and says so, and holdpoint verify clearance accepts nothing of it. " +
		"It is refused where the gate is clear, where nothing was cleared before, and for what somebody stopped: a revoked clearance, a hold, a " +
		"threshold determined since. finding list shows every one."
}

// brokenGlass is the JSON of a broken glass.
type brokenGlass struct {
	ID          string  `json:"id"`
	By          string  `json:"by"`
	Clearance   string  `json:"clearance"`
	Model       string  `json:"model"`
	Snapshot    string  `json:"snapshot"`
	Action      string  `json:"action"`
	Environment string  `json:"environment"`
	Reason      string  `json:"reason"`
	Hours       int64   `json:"hours"`
	Since       instant `json:"since"`
	Until       instant `json:"until"`
	Seq         int64   `json:"seq"`
}

func asBrokenGlass(b gate.BrokenGlass) *brokenGlass {
	return &brokenGlass{b.ID, b.By, b.Clearance, b.Model, b.Snapshot, b.Action, b.Environment, b.Reason, b.Hours, instant(b.At), instant(b.Until), b.Seq}
}

// brokenGlassOf gives the broken glass that runs for what was asked.
func brokenGlassOf(v gate.Verdict, m app.Moment) *brokenGlass {
	w := m.View.State
	if b, ok := w.Gate.Glass(w.Facts(), v); ok {
		return asBrokenGlass(b)
	}
	return nil
}

// broken says under a held verdict that somebody goes on all the same.
func (t verdictText) broken() {
	b := brokenGlassOf(t.v, t.m)
	if b == nil {
		return
	}
	t.wrapped("GLASS BROKEN: ", "until "+b.Until.String()+" by "+b.By+" on "+b.Clearance+" ("+b.ID+"): "+oneLine(b.Reason)+
		". The answer is held all the same.")
}

func (c breakglassCmd) Run(s *session) error {
	if c.Out != "" {
		if err := writable(c.Out); err != nil {
			return err
		}
	}
	done, err := s.act(app.BreakGlass(gate.BreakIn{
		Model: c.Model, Snapshot: c.Snapshot, Action: c.Action, Environment: c.Env, Reason: c.Reason, Hours: c.Hours,
	}))
	if err != nil {
		return err
	}
	b, err := done.View.State.Gate.BrokenGlass(done.ID("glass", 0))
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := s.prove(c.Out, b); err != nil {
			return err
		}
	}
	found, paged := aftermath(done)
	if s.JSON {
		return s.print(struct {
			acted
			Broken  *brokenGlass `json:"broken_glass"`
			Finding text         `json:"finding"`
			Notice  text         `json:"notice"`
			Paged   text         `json:"paged"`
			File    text         `json:"file"`
		}{actedOf(b.ID, done), asBrokenGlass(b), text(found), text(paged.ID), text(paged.To), text(c.Out)})
	}
	s.say("%s: the glass is broken for %s of %s/%s in %s until %s (%s)", b.ID, b.Action, b.Model, b.Snapshot, b.Environment, instant(b.Until), entriesOf(done))
	s.wrapped("  ", "It goes by "+b.Clearance+" and no further. The gate stays held, no clearance is made, and a hold or a revocation ends it.")
	s.say("  %s is open, and %s pages %s.", found, paged.ID, paged.To)
	if c.Out != "" {
		s.say("  Proof that this is recorded: %s", printable(c.Out))
	}
	return nil
}

// aftermath gives the finding and the notice that an act brought about.
func aftermath(done app.Done) (string, notice.Notice) {
	var found string
	var told notice.Notice
	for _, e := range done.Entries {
		switch e.Type {
		case findings.OpenedType:
			found = entry.ID("finding", e.Seq)
		case notice.QueuedType:
			told, _ = done.View.State.Notice.Notice(entry.ID("notice", e.Seq))
		}
	}
	return found, told
}

// prove writes what proves to an outsider that the glass was broken: the entry,
// and that it is in the signed journal.
func (s *session) prove(path string, b gate.BrokenGlass) error {
	a, err := s.workspace()
	if err != nil {
		return err
	}
	incl, err := a.Inclusion(s.ctx, b.Seq)
	if err != nil {
		return err
	}
	file, err := proof.Canonical(struct {
		Schema    string          `json:"schema"`
		Broken    *brokenGlass    `json:"broken_glass"`
		Inclusion proof.Inclusion `json:"inclusion"`
	}{"holdpoint/break-glass/v1", asBrokenGlass(b), incl})
	if err != nil {
		return err
	}
	return replace(path, append(file, '\n'))
}
