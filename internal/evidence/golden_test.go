// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evidence

import (
	"testing"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/entry/entrytest"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// TestGoldenBodies keeps the bytes of every type and version, with every field
// set: what was written once is read for ever. A file that is there is never
// rewritten; a change of fields is a new version of the type.
func TestGoldenBodies(t *testing.T) {
	b := entrytest.NewBodies(t)
	stop := Pair{Name: "stop", Value: "x"}
	entrytest.Keep(b, imported, Imported{
		Model: "m", Snapshot: "s", Log: LogFile{Name: "l.eval", SHA256: digest("a"), Size: 1}, Table: Blob{SHA256: digest("b"), Size: 2}, Kept: true,
		Run: RunFacts{
			Format: "inspect-eval", Task: "t", TaskVersion: "1", TaskID: "i", EvalID: "e", Model: "mock/m", Status: "success",
			Created: "2025-05-22T00:00:00Z", StartedAt: "a", CompletedAt: "b", Dataset: "d",
			Counts: Counts{Planned: 1, Present: 2, Completed: 3, Scored: 4, Errored: 5, Unscored: 6, Limited: 7, Invalidated: 8, Edited: 9, Fallback: 10, Retries: 11},
			Epochs: 2, Metrics: []string{"match"},
			Elicitation: Elicitation{
				Solvers: []Step{{Solver: "generate", Params: []Pair{stop}}}, Config: []Pair{stop}, TaskArgs: []Pair{stop}, Roles: []Pair{stop}, ScoreOnError: true,
			},
			Harness: Harness{Name: "inspect_ai", Version: "0.3"}, Subset: true, SubsetReason: "limit", AggregateOnly: true,
			Warnings: []Warning{{Code: "c", Text: "t"}},
		},
	})
	entrytest.Keep(b, resultReported, ResultReported{
		Model: "m", Snapshot: "s", Evaluation: "e", Kind: Uplift, Statistic: threshold.PassAtK, K: 5,
		Count: &Count{Successes: "9.65", N: 42, Attempts: 20}, Point: &Point{Value: "0.5"},
		Arms:   &Arms{Treatment: Arm{Mean: "0.5", Spread: "0.1", N: 8, AssumedN: 10}, Control: &Arm{Mean: "0.2"}, SpreadKind: stats.SpreadCI95},
		Survey: &Survey{Question: "q", Yes: 1, N: 4, Median: "3"}, Judgement: &Judgement{Text: "t", Direction: NoLean},
		Trial:            &Trial{Duration: "2 days", Rubric: "r", CriticalFailures: "9.57", CriticalOf: 18},
		PublishedReading: "below", Notes: "n",
	})
	entrytest.Keep(b, statementReported, StatementReported{Topic: "office", About: entry.Ref{Kind: "policy", ID: "p", Digest: digest("c")}, Text: "t", Tags: []string{"a"}})
	entrytest.Keep(b, restatedBy, RestatedBy{Replaces: "result-1", By: "run-2", Cause: "c"})
	entrytest.Keep(b, blobMissing, BlobMissing{Digest: digest("d"), About: entry.Ref{Kind: "run", ID: "run-2"}})
	b.Check(Types())
}
