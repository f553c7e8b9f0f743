// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"context"
	"path/filepath"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/journal"
)

// DrillOrigin names the journal of the drill.
const DrillOrigin = "holdpoint.example/drill"

// DrillStory is what happened in the drill and where it stands.
type DrillStory struct {
	// Workspace is the folder.
	Workspace  string        `json:"workspace"`
	Checkpoint Head          `json:"checkpoint"`
	Clock      string        `json:"clock"`
	Policy     string        `json:"policy"`
	AsOf       string        `json:"as_of"`
	Standing   []StandingRow `json:"standing"`
	History    []HistoryRow  `json:"history"`
	Acts       []Told        `json:"acts"`
	Refused    []Refusal     `json:"refused"`
	// Clearances are the two that were issued, in order.
	Clearances []ClearanceRow `json:"clearances"`
	// Files is the folder with what a newcomer can try the commands on.
	Files string `json:"files"`
}

// StandingRow is the gate's answer at the end. HeldBecause is empty when it is
// clear.
type StandingRow struct {
	Model       string   `json:"model"`
	Action      string   `json:"action"`
	Verdict     string   `json:"verdict"`
	Grade       string   `json:"grade"`
	Requires    []string `json:"requires"`
	HeldBecause []string `json:"held_because"`
}

// Mark is the shape that stands before a line of the story.
type Mark string

// The marks. A word always stands beside the shape.
const (
	markAct     Mark = "act"
	markHeld    Mark = "held"
	markClear   Mark = "clear"
	markRefused Mark = "refused"
	markChecked Mark = "checked"
)

// Told is one line of the story.
type Told struct {
	Time string `json:"time"`
	Mark Mark   `json:"mark"`
	Text string `json:"text"`
}

// Refusal is an act that a rule refused. It left no entry.
type Refusal struct {
	Time    string `json:"time"`
	By      string `json:"by"`
	Act     string `json:"act"`
	Because string `json:"because"`
}

// ClearanceRow is a clearance that was issued, with what an offline check of its
// file said: "ok", or why it was refused.
type ClearanceRow struct {
	ID           string `json:"id"`
	Model        string `json:"model"`
	Action       string `json:"action"`
	Expires      string `json:"expires"`
	Revoked      bool   `json:"revoked"`
	RightWeights string `json:"right_weights"`
	OtherWeights string `json:"other_weights"`
	AfterRevoked string `json:"after_revocation"`
}

// BuildDrill acts the drill out in a new workspace in dir, and writes the files
// that belong to it (logs, weights, keys, clearances) into the folder dir-files
// beside it. Both must be new or empty. The workspace is given open; the caller
// closes it.
func BuildDrill(ctx context.Context, dir string) (_ *app.App, _ DrillStory, err error) {
	defer fault.Wrap(&err, "the drill")
	files := filepath.Clean(dir) + "-files"
	for _, folder := range []string{dir, files} {
		if err := empty(folder); err != nil {
			return nil, DrillStory{}, err
		}
	}
	begin, err := millis("2026-01-05T08:00:00Z")
	if err != nil {
		return nil, DrillStory{}, err
	}
	a, err := app.Init(ctx, dir, app.Genesis{
		Origin: DrillOrigin, Clock: journal.Simulated, At: begin, Seed: seedOf("drill journal"), Salt: saltsOf("drill"),
	})
	if err != nil {
		return nil, DrillStory{}, err
	}
	d := &drill{ctx: ctx, app: a, files: files, now: begin, rso: officer}
	d.story = DrillStory{Workspace: dir, Files: files, Clock: string(journal.Simulated)}
	d.run()
	if d.err != nil {
		a.Close()
		return nil, DrillStory{}, d.err
	}
	return a, d.story, nil
}

// run is the story, chapter by chapter.
func (d *drill) run() {
	d.people()
	d.safeguards()
	d.first()
	d.second()
	d.assess()
	d.determine()
	d.holdAndLift()
	d.clear()
	d.lapse()
	d.standIn()
	d.renew()
	d.succeed()
	d.late()
	d.learn()
	d.incident()
	d.enforce()
	d.standing()
}

// standing asks every question of the last moment.
func (d *drill) standing() {
	view := d.view()
	if d.err != nil {
		return
	}
	d.story.Checkpoint = headOf(view)
	d.story.AsOf = rfc3339(view.Time)
	for _, q := range []gate.Ask{
		{Model: "aster-1", Action: "external_deploy"},
		{Model: "aster-2", Action: "train"},
		{Model: "aster-2", Action: "store_weights"},
		{Model: "aster-2", Action: "internal_deploy"},
		{Model: "aster-2", Action: "external_deploy"},
		{Model: "aster-2", Action: "fine_tuning_access"},
		{Model: "aster-2", Action: "open_weights"},
	} {
		v := d.verdict(q)
		d.story.Policy = v.Policy.Ref()
		d.story.Standing = append(d.story.Standing, StandingRow{
			Model: q.Model, Action: q.Action, Verdict: v.Outcome.String(), Grade: v.Grade.String(),
			Requires: requirements(v), HeldBecause: heldBecause(v),
		})
	}
}
