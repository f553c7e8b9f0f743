// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evidence

import (
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// The types of entries of this area.
var (
	imported          = entry.Define[Imported]("evidence.imported", 1, entry.Fact)
	resultReported    = entry.Define[ResultReported]("evidence.result_reported", 1, entry.Fact)
	statementReported = entry.Define[StatementReported]("evidence.statement_reported", 1, entry.Fact)
	restatedBy        = entry.Define[RestatedBy]("evidence.restated", 1, entry.Fact)
	blobMissing       = entry.Define[BlobMissing]("evidence.blob_missing", 1, entry.Fact)
)

// Types lists every type of entry of this area.
func Types() []entry.Type {
	return []entry.Type{
		imported.Type(), resultReported.Type(), statementReported.Type(), restatedBy.Type(), blobMissing.Type(),
	}
}

// Fork gives a state that changes on its own. Constant time.
func (s State) Fork() State {
	return State{
		runs: s.runs.Fork(), results: s.results.Fork(), statements: s.statements.Fork(), logs: s.logs.Fork(),
		attempts: s.attempts.Fork(), ofModel: s.ofModel.Fork(), restated: s.restated.Fork(), missing: s.missing.Fork(),
	}
}

// Apply takes in one entry of this area.
func (s *State) Apply(e entry.Entry) error {
	switch e.Type {
	case imported.Name():
		return apply(e, imported, s.applyImported)
	case resultReported.Name():
		return apply(e, resultReported, s.applyResult)
	case statementReported.Name():
		return apply(e, statementReported, s.applyStatement)
	case restatedBy.Name():
		return apply(e, restatedBy, s.applyRestated)
	case blobMissing.Name():
		return apply(e, blobMissing, s.applyMissing)
	}
	return fault.New(fault.Internal, "entry %d: evidence knows no %s", e.Seq, e.Type)
}

func apply[T any](e entry.Entry, k entry.Kind[T], take func(T, entry.Provenance, int64)) error {
	data, how, err := k.Decode(e)
	if err != nil {
		return err
	}
	take(data, how, e.Seq)
	return nil
}

func (s *State) applyImported(d Imported, how entry.Provenance, seq int64) {
	known := grade.Recomputed
	if d.Run.AggregateOnly {
		// Nothing in such a log follows from items, so it is as good as a figure
		// in a document; the log is that document.
		known = grade.Reported
	}
	id := entry.ID("run", seq)
	s.runs.Set(id, Run{ID: id, Imported: d, Seq: seq, Grade: how.GradeOr(known)})
	s.logs.Set(d.logKey(), id)
	s.ofModel.Set(ordered(d.Model, seq), id)
	if d.Run.TaskID != "" {
		s.attempts.Set(ordered(d.Run.TaskID, seq), id)
	}
}

func (s *State) applyResult(d ResultReported, how entry.Provenance, seq int64) {
	id := entry.ID("result", seq)
	s.results.Set(id, Result{ID: id, ResultReported: d, How: how, Seq: seq, Grade: how.GradeOr(grade.Unknown)})
	s.ofModel.Set(ordered(d.Model, seq), id)
}

func (s *State) applyStatement(d StatementReported, how entry.Provenance, seq int64) {
	s.statements.Set(seq, Statement{
		ID: entry.ID("statement", seq), StatementReported: d, How: how, Seq: seq, Grade: how.GradeOr(grade.Unknown),
	})
}

func (s *State) applyRestated(d RestatedBy, how entry.Provenance, seq int64) {
	s.restated.Set(d.Replaces, Restatement{RestatedBy: d, Seq: seq, Grade: how.GradeOr(grade.Attested)})
}

func (s *State) applyMissing(d BlobMissing, _ entry.Provenance, seq int64) {
	s.missing.Set(d.Digest, Missing{BlobMissing: d, Seq: seq})
}
