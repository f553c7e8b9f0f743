// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evallog"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// Run is an imported run.
type Run struct {
	ID string
	Imported
	Seq   int64
	Grade grade.Grade
}

// NewRun is the input of [State.Import]: what the log says, and the digests of
// the bytes that the caller read and stored. Snapshot is "" where it is not
// known which snapshot was tested. Kept tells whether transcripts were kept.
type NewRun struct {
	Model    string
	Snapshot string
	Log      LogFile
	Table    Blob
	Kept     bool
	Run      evallog.Run
	How      entry.Provenance
}

// EncodeTable gives the bytes of a run's score table and what names them. The
// caller stores the bytes before the import.
func EncodeTable(run evallog.Run) ([]byte, Blob) {
	b := run.Table.Encode()
	sum := sha256.Sum256(b)
	return b, Blob{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(b))}
}

// Import records what a log says. The same log is taken once for each snapshot.
// A log without items of its own can be imported, but nothing in it can be
// better known than reported.
func (s State) Import(in NewRun, see See, _ entry.Act) ([]entry.Draft, error) {
	data := in.imported()
	var p problems
	p.run(data, in.Run.HeaderOnly)
	p.provenance(in.How)
	if data.Run.AggregateOnly && in.How.Grade != nil && *in.How.Grade == grade.Recomputed {
		p.add(fault.Invalidf("a log without items cannot be recomputed").Hinted("leave the grade out"))
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	if err := see.known(in.Model, in.Snapshot); err != nil {
		return nil, err
	}
	if id, ok := s.logs.Get(data.logKey()); ok {
		return nil, fault.Conflictf("this log is already there as %s", id).At("%s", in.Log.Name).
			Hinted("nothing needs to be done; a log counts once")
	}
	return imported.Drafts(data, in.How)
}

func (p *problems) run(d Imported, headerOnly bool) {
	if headerOnly {
		p.add(fault.Invalidf("only the head of the log was read").Hinted("read the whole log before importing it"))
	}
	if !baseName(d.Log.Name) {
		p.add(fault.Invalidf("%q is not the name of a file", d.Log.Name).Hinted("give the name without its folder"))
	}
	p.text("name of the log", d.Log.Name)
	p.digest("log", d.Log.SHA256)
	p.digest("score table", d.Table.SHA256)
	if d.Log.Size <= 0 || d.Table.Size <= 0 || d.Log.Size > maxSize || d.Table.Size > maxSize {
		p.add(fault.Invalidf("a log of %d bytes with a table of %d bytes cannot be", d.Log.Size, d.Table.Size).
			Hinted("give the sizes of the stored bytes"))
	}
	if d.Run.Format == "" || d.Run.Status == "" || d.Run.Epochs < 1 {
		p.add(fault.Invalidf("the run has no format, no status or no epochs").Hinted("pass on what was read from the log"))
	}
}

func (in NewRun) imported() Imported {
	return Imported{
		Model: in.Model, Snapshot: in.Snapshot, Log: in.Log, Table: in.Table, Kept: in.Kept, Run: factsOf(in.Run),
	}
}

// factsOf keeps what rules and lists need of a run.
func factsOf(r evallog.Run) RunFacts {
	f := RunFacts{
		Format: r.Format, Task: r.Task, TaskVersion: r.TaskVersion, TaskID: r.TaskID, EvalID: r.EvalID,
		Model: r.Model, Status: r.Status, Created: r.Created, StartedAt: r.StartedAt, CompletedAt: r.CompletedAt,
		Dataset: r.Dataset.Name, Counts: Counts(r.Counts), Epochs: r.Epochs,
		Elicitation: elicitationOf(r.Elicitation), Harness: Harness(r.Harness),
		Subset: r.Subset, SubsetReason: r.SubsetReason, AggregateOnly: r.AggregateOnly,
	}
	for _, m := range r.Metrics {
		f.Metrics = append(f.Metrics, m.Name)
	}
	for _, w := range r.Warnings {
		f.Warnings = append(f.Warnings, Warning(w))
	}
	return f
}

func elicitationOf(e evallog.Elicitation) Elicitation {
	out := Elicitation{Config: pairs(e.Config), TaskArgs: pairs(e.TaskArgs), Roles: pairs(e.Roles), ScoreOnError: e.ScoreOnError}
	for _, s := range e.Solvers {
		out.Solvers = append(out.Solvers, Step{Solver: s.Solver, Params: pairs(s.Params)})
	}
	return out
}

func pairs(in []evallog.Pair) []Pair {
	var out []Pair
	for _, p := range in {
		out = append(out, Pair(p))
	}
	return out
}

// Attempts lists every run that a task has, in the order of import. Whoever
// relies on one of them says why not on the others. Formats without task ids
// have no attempts that we could tell.
func (s State) Attempts(taskID string) []Run {
	runs := s.runsOf(listed(s.attempts, taskID))
	// A task id is whatever a log says, so one may begin with another.
	return slices.DeleteFunc(runs, func(r Run) bool { return r.Run.TaskID != taskID })
}

// RunsOfLog lists the runs that were imported from one log, at most one for
// each snapshot.
func (s State) RunsOfLog(digest string) []Run {
	var ids []string
	for key, id := range s.logs.From(digest + "/") {
		if !strings.HasPrefix(key, digest+"/") {
			break
		}
		ids = append(ids, id)
	}
	return s.runsOf(ids)
}

func (s State) runsOf(ids []string) []Run {
	var found []Run
	for _, id := range ids {
		if r, ok := s.runs.Get(id); ok {
			found = append(found, r)
		}
	}
	return found
}

// Recomputable tells whether the run can still be recomputed: it has items, and
// nobody found its score table missing.
func (s State) Recomputable(r Run) bool {
	return !r.Run.AggregateOnly && !s.missing.Has(r.Table.SHA256)
}
