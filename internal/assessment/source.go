// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"fmt"
	"time"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// piece finds the evidence to judge. Evidence that was restated is refused:
// judge what took its place.
func (see See) piece(in JudgeInput) (piece, error) {
	if now := see.Evidence.Current(in.Evidence); now != in.Evidence {
		return piece{}, fault.Conflictf("%s was restated as %s", in.Evidence, now).Hinted("judge %s", now)
	}
	if r, ok := see.Evidence.Run(in.Evidence); ok {
		return see.run(in, r)
	}
	r, ok := see.Evidence.Result(in.Evidence)
	switch {
	case !ok:
		return piece{}, fault.NotFoundf("there is no run or reported result %q", in.Evidence).Hinted("import or report it first")
	case r.Judgement != nil:
		return piece{}, fault.Invalidf("%s is a written judgement, which no spec can judge", r.ID).
			Hinted("record it as a judgement that names %s as its evidence", r.ID)
	case in.Table != nil:
		return piece{}, fault.Invalidf("%s is a reported result and has no score table", r.ID)
	}
	p := piece{
		ref: entry.Ref{Kind: "result", ID: r.ID}, source: Source{Result: &r},
		model: r.Model, snapshot: r.Snapshot, seq: r.Seq, grade: r.Grade, documents: r.How.Source,
	}
	if h := r.How.Happened; h != nil {
		p.day = deadline.DayOf(h.At)
		p.observed = h.Precision == "day" && (h.Basis == "observed" || h.Basis == "stated")
	}
	return p, nil
}

func (see See) run(in JudgeInput, r evidence.Run) (piece, error) {
	if in.Table == nil {
		return piece{}, fault.Invalidf("judging %s needs its score table", r.ID)
	}
	if in.TableDigest != r.Table.SHA256 {
		return piece{}, fault.Corruptf("the score table is not the one that %s names", r.ID).
			Hinted("read the stored bytes of %s", r.Table.SHA256)
	}
	p := piece{
		ref: entry.Ref{Kind: "run", ID: r.ID, Digest: r.Table.SHA256}, source: Source{Table: in.Table},
		model: r.Model, snapshot: r.Snapshot, seq: r.Seq, grade: r.Grade, started: began(r.Run),
	}
	if p.started != 0 {
		p.day = deadline.DayOf(p.started)
	}
	for _, w := range r.Run.Warnings {
		p.warnings = append(p.warnings, stats.Warning{Code: w.Code, Text: w.Text})
	}
	if n := len(see.Evidence.Attempts(r.Run.TaskID)); n > 1 {
		p.warnings = append(p.warnings, stats.Warning{Code: "attempts", Text: fmt.Sprintf(
			"This is one of %d imported attempts at the task; choosing among them is choosing a result.", n)})
	}
	return p, nil
}

// began is when a run began, in milliseconds since 1970; 0 when the log does
// not say so in a form we know.
func began(r evidence.RunFacts) int64 {
	for _, text := range []string{r.StartedAt, r.Created} {
		if t, err := time.Parse(time.RFC3339, text); err == nil {
			return t.UnixMilli()
		}
	}
	return 0
}

// stale says why what a finding rests on no longer stands, and by which entry;
// "" when it does.
func (see See) stale(ref entry.Ref) (string, int64) {
	if r, ok := see.Evidence.Restated(ref.ID); ok {
		return fmt.Sprintf("its evidence %s was restated as %s", ref.ID, r.By), r.Seq
	}
	if r, ok := see.Evidence.Run(ref.ID); ok {
		if m, gone := see.Evidence.Missing(r.Table.SHA256); gone {
			return fmt.Sprintf("the score table of %s is missing", ref.ID), m.Seq
		}
	}
	return "", 0
}
