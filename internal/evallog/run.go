// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import "github.com/holdpoint/holdpoint/internal/stats"

// The formats a Run can come from.
const (
	FormatInspectEval = "inspect-eval" // Inspect, zip container
	FormatInspectJSON = "inspect-json" // Inspect, one JSON object
	FormatLMEval      = "lm-eval"      // lm-evaluation-harness 0.4: keys are metric,filter
	FormatLMEvalOld   = "lm-eval-old"  // lm-evaluation-harness before 0.4
)

// The states a run can be in. Only StatusSuccess can support a verdict.
const (
	StatusSuccess   = "success"
	StatusCancelled = "cancelled"
	StatusError     = "error"
	StatusStarted   = "started"
)

// Run is what a log says, whatever its format. Absent facts are empty strings,
// zeros or empty lists; slices are sorted where the log has no order of its
// own, so equal logs give equal Runs.
type Run struct {
	Format        string // one of the Format constants
	FormatVersion string // of the file, such as "2" for Inspect
	Task          string
	TaskVersion   string
	TaskID        string // the same for every retry of a task in Inspect
	EvalID        string // one attempt; derived for Inspect logs that predate it
	RunID         string
	Created       string // as the log writes it, normally RFC 3339
	StartedAt     string
	CompletedAt   string
	Model         string
	ModelRoles    []Pair // role, model
	Status        string // one of the Status constants
	Error         string // message of the run's own error, clipped
	Dataset       Dataset
	Subset        bool   // not the whole dataset was asked for
	SubsetReason  string // one sentence when Subset
	Epochs        int    // attempts per item, at least 1
	Reducers      []string
	Counts        Counts
	Metrics       []Metric
	Elicitation   Elicitation
	Harness       Harness
	Packages      []Pair // name, version
	Revision      Revision
	Tags          []string
	Metadata      []Pair
	Edits         []Edit // changes after or during the run, at most MaxEdits
	Table         Table
	Warnings      []stats.Warning // in the order of their codes

	// AggregateOnly: the log holds figures but no per-item scores, so nothing
	// can be recomputed and Table has no rows.
	AggregateOnly bool
	// HeaderOnly: made by [ReadHeader]; edits, invalidations and retries of
	// samples were not looked for.
	HeaderOnly bool
	// HigherIsBetter names metrics whose direction the log states; Value is
	// "true" or "false".
	HigherIsBetter []Pair
}

// Pair is a name and a value. A value that is not a plain string is compact
// JSON; one longer than 256 bytes is replaced by "sha256:HEX (N bytes)", which
// pins it without copying it. Of a solver's tools the names are given.
type Pair struct {
	Name  string
	Value string
}

// Dataset is what was asked, as far as the log says.
type Dataset struct {
	Name     string
	Location string
	Samples  int // 0: not said
	Shuffled bool
}

// Harness is the program that ran the evaluation.
type Harness struct {
	Name    string // "inspect_ai" or "lm_eval"
	Version string
}

// Revision is the source tree the task was run from.
type Revision struct {
	Commit string
	Dirty  bool
	Origin string
}

// Counts are of samples, one sample being one item in one epoch.
type Counts struct {
	// Planned is (items asked for) x (epochs): items are the sample ids the
	// log lists, else the dataset's size cut by the limit. Where the results
	// block or the samples themselves say more, the larger number stands. 0 is
	// not known.
	Planned     int
	Present     int // found in the log
	Completed   int // present and finished without an error
	Scored      int // with a usable score in at least one metric
	Errored     int
	Unscored    int // finished without an error and without any usable score
	Limited     int // stopped by a limit of messages, tokens, time or cost
	Invalidated int
	Edited      int // with a score changed after the run
	Fallback    int // answered at least partly by another model
	Retries     int // samples that were run again after an error
}

// Metric is one number per sample: the scorer's name, or scorer/key where a
// score has named parts, or metric,filter in lm-eval.
type Metric struct {
	Name   string
	Items  int           // items with at least one usable score
	Mean   stats.Decimal // recomputed: mean over items of the means over epochs; "" if no item
	Claims []Claim       // what the log itself says, never used for a verdict
}

// Claim is an aggregate as the log states it.
type Claim struct {
	Name     string // accuracy, mean, ...
	Reducer  string // how epochs were combined; "" is the log's default
	Value    stats.Decimal
	Stderr   stats.Decimal // "" if not stated
	Scored   int           // items counted by the log; 0 is not said
	Unscored int
}

// Elicitation is what bounds how much was drawn out of the model.
type Elicitation struct {
	Solvers      []Step // in the order they ran
	Config       []Pair // sampling, reasoning, limits, attempts; sorted
	TaskArgs     []Pair
	Roles        []Pair // role.setting of the model roles
	ScoreOnError bool
}

// Step is one solver of the plan, such as a prompt, an agent or a tool set.
type Step struct {
	Solver string
	Params []Pair
}

// Edit is a change that somebody made to the log or to the running evaluation.
type Edit struct {
	Kind   string // "score", "invalidation", "log" or "config"
	Item   string // JSON spelling of the sample id; "" for the whole log
	Epoch  int
	Metric string
	At     string
	Author string
	Reason string
	What   string // for config: name and value
}

// MaxEdits bounds Run.Edits; a warning says how many there are in all.
const MaxEdits = 1000
