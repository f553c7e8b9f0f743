// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evidence

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
	"github.com/holdpoint/holdpoint/proof"
)

var update = flag.Bool("update", false, "write golden bodies that are not there yet")

// TestGoldenBodies keeps the bytes of every type and version, with every field
// set: what was written once is read for ever. A file that is there is never
// rewritten; a change of fields is a new version of the type.
func TestGoldenBodies(t *testing.T) {
	stop := Pair{Name: "stop", Value: "x"}
	golden(t, imported, Imported{
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
	golden(t, resultReported, ResultReported{
		Model: "m", Snapshot: "s", Evaluation: "e", Kind: Uplift, Statistic: threshold.PassAtK, K: 5,
		Count: &Count{Successes: "9.65", N: 42, Attempts: 20}, Point: &Point{Value: "0.5"},
		Arms:   &Arms{Treatment: Arm{Mean: "0.5", Spread: "0.1", N: 8, AssumedN: 10}, Control: &Arm{Mean: "0.2"}, SpreadKind: stats.SpreadCI95},
		Survey: &Survey{Question: "q", Yes: 1, N: 4, Median: "3"}, Judgement: &Judgement{Text: "t", Direction: NoLean},
		Trial:            &Trial{Duration: "2 days", Rubric: "r", CriticalFailures: "9.57", CriticalOf: 18},
		PublishedReading: "below", Notes: "n",
	})
	golden(t, statementReported, StatementReported{Topic: "office", About: entry.Ref{Kind: "policy", ID: "p", Digest: digest("c")}, Text: "t", Tags: []string{"a"}})
	golden(t, restatedBy, RestatedBy{Replaces: "result-1", By: "run-2", Cause: "c"})
	golden(t, blobMissing, BlobMissing{Digest: digest("d"), About: entry.Ref{Kind: "run", ID: "run-2"}})
	if kept, _ := filepath.Glob("testdata/bodies/*"); len(kept) != len(Types()) {
		t.Errorf("%d golden bodies for %d types and versions", len(kept), len(Types()))
	}
}

func golden[T any](t *testing.T, k entry.Kind[T], data T) {
	t.Helper()
	draft, err := k.Draft(data)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "bodies", fmt.Sprintf("%s.v%d.json", k.Name(), draft.V))
	if _, err := os.Stat(path); err != nil && *update {
		if err := os.WriteFile(path, draft.Body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(kept), string(draft.Body)); d != "" {
		t.Errorf("%s is written differently now: %s", k.Name(), d)
	}
	back, _, err := k.Decode(entry.Entry{Header: proof.Header{Type: k.Name(), V: draft.V}, Body: kept})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(data, back); d != "" {
		t.Errorf("%s is read differently now: %s", k.Name(), d)
	}
}
