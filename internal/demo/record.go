// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"context"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/world"
)

// recordOrigin names the journal of the record.
const recordOrigin = "holdpoint.example/record"

// The models of the record.
const (
	sonnet37 = "claude-3-7-sonnet"
	sonnet4  = "claude-sonnet-4"
	opus4    = "claude-opus-4"
)

// The days on which something of the record was published. Within a day the
// order of entries is the policy's and not a published time.
const (
	dayPolicy   deadline.Day = "2024-10-15"
	daySonnet37 deadline.Day = "2025-02-24"
	dayPolicy21 deadline.Day = "2025-03-31"
	dayPolicy22 deadline.Day = "2025-05-14"
	dayClaude4  deadline.Day = "2025-05-22"
	dayEnd      deadline.Day = "2025-06-30"
)

// BuildRecord makes the workspace of the record in a new folder: a
// reconstruction of 2024-25 from public documents, entry by entry. Every entry
// names its source and its grade, what the documents do not say is listed as not
// published, and nobody's signature is made up: determinations and approvals are
// reported decisions, and no clearance can be issued.
func BuildRecord(ctx context.Context, dir string) (_ *app.App, err error) {
	defer fault.Wrap(&err, "build the record")
	if err := empty(dir); err != nil {
		return nil, err
	}
	a, err := app.Init(ctx, dir, app.Genesis{
		Origin: recordOrigin, Clock: journal.Simulated, At: dayPolicy.Start(),
		Seed: seedOf("record"), Salt: saltsOf("record"),
	})
	if err != nil {
		return nil, err
	}
	r := recorder{app: a, ids: map[string]string{}}
	for _, e := range recordEntries() {
		if err := r.write(ctx, e); err != nil {
			a.Close()
			return nil, err
		}
	}
	return a, nil
}

// recordEntries lists the record from its beginning to its end.
func recordEntries() []recordEntry {
	var all []recordEntry
	for _, part := range [][]recordEntry{record2024(), recordSonnet37(), recordVersions(), recordClaude4(), recordSafeguards()} {
		all = append(all, part...)
	}
	return all
}

// recordEntry is one row of the record: what was published on a day, as one act
// of the journal. Its source, grade and gaps hold for every step of it; no grade
// means reported.
type recordEntry struct {
	name    string
	day     deadline.Day
	grade   grade.Grade
	sources []entry.Source
	missing []string // ids of what is not published
	note    string
	steps   []recordStep
}

// recordStep is one part of an act. The intent is made when the steps before it
// are done, so it can name what they created.
type recordStep struct {
	// key is under which later steps find the thing of the kind noun that the
	// step creates; "" for nothing.
	key, noun string
	intent    func(r *recorder, how entry.Provenance) app.Intent
}

// recorder writes the record and remembers what the entries created.
type recorder struct {
	app *app.App
	ids map[string]string
}

// write appends an entry of the record as one act, all of it or nothing.
func (r *recorder) write(ctx context.Context, e recordEntry) (err error) {
	defer fault.Wrap(&err, "%s", e.name)
	view, err := r.app.View(ctx)
	if err != nil {
		return err
	}
	_, err = r.app.Do(ctx, app.Who{Actor: app.Operator, At: max(view.Time+1, e.day.Start())}, app.Intent{
		// The act has parts of many kinds; the operator may do all of them.
		Verb: "evidence.state", Input: e.name, Decide: r.deciding(e),
	})
	return err
}

func (r *recorder) deciding(e recordEntry) func(world.World, entry.Act) ([]entry.Draft, error) {
	return func(w world.World, act entry.Act) ([]entry.Draft, error) {
		var all []entry.Draft
		for _, step := range e.steps {
			drafts, err := step.intent(r, e.how()).Decide(w, act)
			if err != nil {
				return nil, err
			}
			if step.key != "" {
				r.ids[step.key] = act.ID(step.noun, 0)
			}
			if w, err = w.Pretend(drafts, act); err != nil {
				return nil, err
			}
			act.Seq += int64(len(drafts))
			all = append(all, drafts...)
		}
		return all, nil
	}
}

// how gives the provenance of an entry.
func (e recordEntry) how() entry.Provenance {
	g := e.grade
	if g == grade.Unknown {
		g = grade.Reported
	}
	return entry.Provenance{
		Happened: &entry.Happened{At: e.day.Start(), Precision: "day", Basis: "publication"},
		Source:   e.sources, Grade: &g, NotPublished: e.missing, Note: e.note,
	}
}

// recorded makes a step of an intent that needs nothing from other steps.
func recorded(intent func(how entry.Provenance) app.Intent) recordStep {
	return recordStep{intent: func(_ *recorder, how entry.Provenance) app.Intent { return intent(how) }}
}

// named makes a step that creates something which later steps name by key.
func named(key, noun string, step recordStep) recordStep {
	step.key, step.noun = key, noun
	return step
}

// judgedReport is the intent to judge a reported result, which needs no score
// table, under a spec.
func judgedReport(in assessment.JudgeInput) app.Intent {
	return app.Intent{Verb: "assessment.judge", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		see, err := w.AssessmentSee(act.Now)
		if err != nil {
			return nil, err
		}
		return w.Assessment.Judge(in, see, act)
	}}
}
