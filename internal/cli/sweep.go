// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/obligation"
)

// sweepCmd writes down what dates have done.
type sweepCmd struct{}

// Help is what --help adds.
func (sweepCmd) Help() string {
	return "A date acts by itself, whether or not this runs: no answer is better without it. It writes down which dates have passed, opens the findings that follow, and begins the duties of a new quarter. Run it daily; twice writes nothing twice. --at is for a workspace with a simulated clock."
}

// swept is the JSON of a sweep.
type swept struct {
	Entries  []sweptEntry `json:"entries"`
	Missed   []dutyOne    `json:"missed"`
	Findings []string     `json:"findings"`
	Opened   []dutyOne    `json:"opened"`
	Clock    string       `json:"clock"`
}

type sweptEntry struct {
	Seq  int64  `json:"seq"`
	Type string `json:"type"`
}

func (sweepCmd) Run(s *session) error {
	a, err := s.workspace()
	if err != nil {
		return err
	}
	who, err := s.who(a)
	if err != nil {
		return err
	}
	acts, err := a.Sweep(s.ctx, who)
	if err != nil {
		if n := len(acts); n > 0 {
			s.note("what was swept before this stands: %s", plural(n, "act", "acts"))
		}
		return err
	}
	view, err := a.View(s.ctx)
	if err != nil {
		return err
	}
	out := sweptOf(acts, view)
	if s.JSON {
		return s.print(out)
	}
	s.saySwept(out)
	return nil
}

func sweptOf(acts []app.Done, view app.View) swept {
	out := swept{Entries: []sweptEntry{}, Missed: []dutyOne{}, Findings: []string{}, Opened: []dutyOne{}, Clock: string(view.Begun.Clock)}
	wrote := map[int64]bool{}
	now := int64(0)
	for _, done := range acts {
		for _, e := range done.Entries {
			out.Entries = append(out.Entries, sweptEntry{e.Seq, e.Type})
			wrote[e.Seq], now = true, e.RecordedAt
		}
	}
	for _, f := range view.State.Finding.All() {
		if wrote[f.Seq] {
			out.Findings = append(out.Findings, f.ID)
		}
	}
	for _, d := range view.State.Obligation.All() {
		if d.Breach != nil && wrote[d.Breach.Seq] {
			out.Missed = append(out.Missed, dutyOf(view.State.AsDecided(d, now), now))
		}
		if wrote[d.Seq] {
			out.Opened = append(out.Opened, dutyOf(d, now))
		}
	}
	return out
}

func (s *session) saySwept(out swept) {
	if len(out.Entries) == 0 {
		s.say("There is nothing to write down.")
		return
	}
	s.say("%s written:", plural(len(out.Entries), "entry", "entries"))
	for _, e := range out.Entries {
		if e.Type != obligation.MissedType && e.Type != obligation.OpenedType && e.Type != "finding.opened" {
			s.say("  entry %d: %s", e.Seq, e.Type)
		}
	}
	if len(out.Missed) > 0 {
		s.say("")
		s.say("Missed:")
		s.sayDuties(out.Missed)
	}
	if len(out.Opened) > 0 {
		s.say("")
		s.say("Begun:")
		s.sayDuties(out.Opened)
	}
	if n := len(out.Findings); n > 0 {
		s.say("")
		s.say("%s opened; holdpoint finding list shows them", plural(n, "finding", "findings"))
	}
}
