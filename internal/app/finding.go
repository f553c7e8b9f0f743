// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/world"
)

// told is an input with where it is known from, for the digest of an act.
type told[T any] struct {
	Data T                `json:"data"`
	How  entry.Provenance `json:"how"`
}

// OpenFinding opens a finding that a person made.
func OpenFinding(in finding.Opened, how entry.Provenance) Intent {
	in.FoundBy = finding.ByPerson
	return Intent{Verb: "finding.open", Input: told[finding.Opened]{in, how}, Decide: func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Finding.Open(in, how)
	}}
}

// reportFindingVerb is refused in a workspace that runs: see Do.
const reportFindingVerb = "finding.report"

// ReportFinding records a finding that a source tells of, in a reconstruction.
func ReportFinding(in finding.Reported, how entry.Provenance) Intent {
	return Intent{Verb: reportFindingVerb, Input: told[finding.Reported]{in, how}, Decide: func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Finding.Report(in, how)
	}}
}

// notByWhoBroke refuses that the person who broke the glass says how bad that was,
// or that it is dealt with.
func notByWhoBroke(w world.World, id string, act entry.Act) error {
	f, err := w.Finding.Find(id)
	if err != nil || f.Category != finding.BrokenGlass {
		return nil // who asks for a finding that is not there is told below
	}
	if b, err := w.Gate.BrokenGlass(f.About.ID); err == nil && b.By == act.Actor {
		return fault.Forbiddenf("%q broke the glass, and somebody else says what follows from it (rule SOD-GLASS)", act.Actor).
			Hinted("%s answers for %s", f.Owner, f.ID)
	}
	return nil
}

// RateFinding says how bad a finding is.
func RateFinding(in finding.Rated) Intent {
	return Intent{Verb: "finding.rate", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		if err := notByWhoBroke(w, in.Finding, act); err != nil {
			return nil, err
		}
		return w.Finding.Rate(in, w.FindingSee(), act)
	}}
}

// ResolveFinding says why a finding happened and what was done about it.
func ResolveFinding(in finding.Resolved) Intent {
	return Intent{Verb: "finding.resolve", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		if err := notByWhoBroke(w, in.Finding, act); err != nil {
			return nil, err
		}
		return w.Finding.Resolve(in)
	}}
}

// VerifyFinding says how somebody else saw that it is resolved.
func VerifyFinding(in finding.Verified) Intent {
	return Intent{Verb: "finding.verify", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Finding.Verify(in, w.FindingSee(), act)
	}}
}

// LinkFinding links a lesson to the change of a policy.
func LinkFinding(in finding.Linked, how entry.Provenance) Intent {
	return Intent{Verb: "finding.link", Input: told[finding.Linked]{in, how}, Decide: func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Finding.Link(in, how, w.FindingSee())
	}}
}
