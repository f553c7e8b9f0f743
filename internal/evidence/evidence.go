// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package evidence keeps what is known about models from tests: imported runs,
// figures that somebody reported, statements that belong to areas built later,
// and which of them were corrected.
//
// A run ([State.Import]) is what a log said, pinned by the digests of the log
// and of its score table. The caller has read the log and stored the bytes
// before; an aggregate in a log is never believed, so the entry names metrics
// and holds no figures. The same log counts once for a snapshot; every attempt
// at a task is kept and listed ([State.Attempts]), since choosing one of
// several logs would be choosing a result.
//
// A reported result ([State.Report]) is a figure from a document. It has
// exactly one figure: a count, a point, arms of a trial, a survey or a written
// judgement. What the document does not say stays empty and is never filled in.
// No result or statement is taken without its source and its grade, and none of
// them can be better known than "reported". People write results in YAML, see
// [ParseReport]:
//
//	schema: holdpoint/results/v1
//	model: claude-3-7-sonnet              # for all results that name none
//	source: {document: S37, section: "7.1"}
//	happened: {on: 2025-02-24, basis: publication}
//	results:
//	  - evaluation: bioweapon-acquisition-uplift
//	    kind: uplift
//	    statistic: ratio_of_means
//	    arms:
//	      treatment: {mean: 0.50, spread: 0.21, assumed_n: 10}
//	      control: {mean: 0.24, spread: 0.09, assumed_n: 10}
//	      spread_kind: not_stated           # sd | se | ci95 | not_stated
//	    published_reading: below 2.8
//	    not_published: [N8, N9]
//	  - evaluation: bioweapons-knowledge
//	    kind: score
//	    statistic: proportion
//	    count: {successes: 17, n: 33}
//	    published_reading: below, low reliability
//
// The package judges nothing: whether a figure crosses a line is not its
// matter, nor whether a document is right.
package evidence

import (
	"fmt"
	"iter"
	"strings"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
)

// State is all evidence. The zero value is empty.
type State struct {
	runs       cow.Map[string, Run]
	results    cow.Map[string, Result]
	statements cow.Map[int64, Statement]
	logs       cow.Map[string, string] // log digest/model/snapshot: run id
	attempts   cow.Map[string, string] // task id and seq: run id
	ofModel    cow.Map[string, string] // model and seq: run or result id
	restated   cow.Map[string, Restatement]
	missing    cow.Map[string, Missing] // digest
}

// See is what the rules of this area read of lower ones.
type See struct{ Models model.State }

func (see See) known(m, snapshot string) error {
	if _, ok := see.Models.Model(m); !ok {
		return fault.NotFoundf("there is no model %q", m).Hinted("register the model first, or look at the list of models")
	}
	if snapshot == "" {
		return nil
	}
	if _, ok := see.Models.Snapshot(m, snapshot); !ok {
		return fault.NotFoundf("%s has no snapshot %q", m, snapshot).Hinted("register the snapshot first")
	}
	return nil
}

// Result is a reported figure with how it is known.
type Result struct {
	ID string
	ResultReported
	How   entry.Provenance
	Seq   int64
	Grade grade.Grade
}

// Statement is a reported fact that no area keeps yet.
type Statement struct {
	ID string
	StatementReported
	How   entry.Provenance
	Seq   int64
	Grade grade.Grade
}

// Run gives the run of that id.
func (s State) Run(id string) (Run, bool) { return s.runs.Get(id) }

// Result gives the reported result of that id.
func (s State) Result(id string) (Result, bool) { return s.results.Get(id) }

// Statements lists all statements, oldest first.
func (s State) Statements() []Statement {
	var all []Statement
	for st := range s.statements.Values() {
		all = append(all, st)
	}
	return all
}

// Items is evidence about one model, oldest first. What was restated is in it
// too; [State.Restated] tells which.
type Items struct {
	Runs    []Run
	Results []Result
}

// For lists what is known about a model and its snapshots.
func (s State) For(model string) Items {
	var items Items
	for _, id := range listed(s.ofModel, model) {
		if r, ok := s.runs.Get(id); ok {
			items.Runs = append(items.Runs, r)
		}
		if r, ok := s.results.Get(id); ok {
			items.Results = append(items.Results, r)
		}
	}
	return items
}

// ordered is a key under which the things of one owner stand in the order of
// their entries.
func ordered(owner string, seq int64) string { return fmt.Sprintf("%s\x00%016d", owner, seq) }

func listed(m cow.Map[string, string], owner string) []string {
	var ids []string
	for key, id := range m.From(owner + "\x00") {
		if !strings.HasPrefix(key, owner+"\x00") {
			break
		}
		ids = append(ids, id)
	}
	return ids
}

// Report records a figure that a document states.
func (s State) Report(in ReportedResult, see See, _ entry.Act) ([]entry.Draft, error) {
	var p problems
	p.result(in.ResultReported)
	p.sourced(in.How, grade.Attested, grade.Reported)
	if err := p.Err(); err != nil {
		return nil, err
	}
	if err := see.known(in.Model, in.Snapshot); err != nil {
		return nil, err
	}
	return resultReported.Drafts(in.ResultReported, in.How)
}

// NewStatement is the input of [State.Declare].
type NewStatement struct {
	StatementReported
	How entry.Provenance
}

// Declare records a sourced statement about something that has no area of its
// own yet, such as an office or a duty. Its grade may also be unknown, for a
// statement that something is not published.
func (s State) Declare(in NewStatement, _ See, _ entry.Act) ([]entry.Draft, error) {
	var p problems
	p.name("topic", in.Topic)
	if in.About != (entry.Ref{}) && (in.About.Kind == "" || in.About.ID == "") {
		p.add(fault.Invalidf("what the statement is about has no kind or no id").Hinted("give both, or neither"))
	}
	p.needed("text", in.Text)
	for _, t := range in.Tags {
		p.name("tag", t)
	}
	p.sourced(in.How, grade.Unknown, grade.Reported)
	if err := p.Err(); err != nil {
		return nil, err
	}
	return statementReported.Drafts(in.StatementReported, in.How)
}

// Restatement says that one piece of evidence took the place of another.
type Restatement struct {
	RestatedBy
	Seq   int64
	Grade grade.Grade
}

// NewRestatement is the input of [State.Restate].
type NewRestatement struct {
	RestatedBy
	How entry.Provenance
}

// Restate records that a run or result is corrected by a later one about the
// same model (CAP-21). Each is replaced once, by one that still stands, so a
// chain of corrections has an end.
func (s State) Restate(in NewRestatement, _ See, _ entry.Act) ([]entry.Draft, error) {
	var p problems
	p.needed("cause", in.Cause)
	p.provenance(in.How)
	if err := p.Err(); err != nil {
		return nil, err
	}
	old, err := s.subject(in.Replaces)
	if err != nil {
		return nil, err
	}
	by, err := s.subject(in.By)
	if err != nil {
		return nil, err
	}
	if err := s.mayReplace(old, by); err != nil {
		return nil, err
	}
	return restatedBy.Drafts(in.RestatedBy, in.How)
}

// subject is what a piece of evidence speaks about; evaluation is "" for a run.
type subject struct{ id, model, evaluation string }

func (s State) subject(id string) (subject, error) {
	if r, ok := s.runs.Get(id); ok {
		return subject{id, r.Model, ""}, nil
	}
	if r, ok := s.results.Get(id); ok {
		return subject{id, r.Model, r.Evaluation}, nil
	}
	return subject{}, fault.NotFoundf("there is no run or result %q", id).Hinted("look at the list of evidence for the model")
}

func (s State) mayReplace(old, by subject) error {
	if old.id == by.id {
		return fault.Conflictf("%s cannot replace itself", old.id).Hinted("enter the corrected figure first")
	}
	if r, ok := s.restated.Get(old.id); ok {
		return fault.Conflictf("%s was already replaced by %s (entry %d)", old.id, r.By, r.Seq).
			Hinted("restate %s instead", s.Current(old.id))
	}
	if r, ok := s.restated.Get(by.id); ok {
		return fault.Conflictf("%s was itself replaced by %s (entry %d)", by.id, r.By, r.Seq).
			Hinted("name the one that stands, %s", s.Current(by.id))
	}
	if old.model != by.model {
		return fault.Conflictf("%s is about %s and %s is about %s", old.id, old.model, by.id, by.model).
			Hinted("a correction is about the same model")
	}
	if old.evaluation != "" && by.evaluation != "" && old.evaluation != by.evaluation {
		return fault.Conflictf("%s is a result of %s and %s of %s", old.id, old.evaluation, by.id, by.evaluation).
			Hinted("a correction is about the same evaluation")
	}
	return nil
}

// Restated tells whether and by what a run or result was replaced.
func (s State) Restated(id string) (Restatement, bool) { return s.restated.Get(id) }

// Restatements goes through every restatement, by what was replaced.
func (s State) Restatements() iter.Seq[Restatement] { return s.restated.Values() }

// AllMissing goes through the bytes that were found missing.
func (s State) AllMissing() iter.Seq[Missing] { return s.missing.Values() }

// Current follows restatements from id to the one that stands; id itself when
// nothing replaced it.
func (s State) Current(id string) string {
	for {
		r, ok := s.restated.Get(id)
		if !ok {
			return id
		}
		id = r.By
	}
}

// Missing says that bytes were looked for and not found.
type Missing struct {
	BlobMissing
	Seq int64
}

// MarkMissing records that bytes which evidence names are not there (any more).
// What rests on them cannot be told from then on.
func (s State) MarkMissing(in BlobMissing, _ See, _ entry.Act) ([]entry.Draft, error) {
	var p problems
	p.digest("missing bytes", in.Digest)
	if in.About.Kind == "" || in.About.ID == "" {
		p.add(fault.Invalidf("nothing says what named the bytes").Hinted("name the run by kind and id"))
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	if m, ok := s.missing.Get(in.Digest); ok {
		return nil, fault.Conflictf("entry %d already says that the bytes %s are missing", m.Seq, in.Digest).
			Hinted("nothing needs to be done")
	}
	return blobMissing.Drafts(in)
}

// Missing tells whether the bytes of that digest were found missing.
func (s State) Missing(digest string) (Missing, bool) { return s.missing.Get(digest) }

// baseName tells whether a name is that of a file and not a path.
func baseName(s string) bool {
	return s != "" && len(s) <= 255 && s != "." && s != ".." && !strings.ContainsAny(s, `/\`)
}
