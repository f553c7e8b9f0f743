// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evidence

import (
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// LogFile names an evaluation log by its bytes. Name is a file name without a
// folder, for people.
type LogFile struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// Blob names stored bytes.
type Blob struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// Imported says that a log was read. Kept tells whether its transcripts were
// kept beside the score table.
type Imported struct {
	Model    string   `json:"model"`
	Snapshot string   `json:"snapshot,omitzero"`
	Log      LogFile  `json:"log"`
	Table    Blob     `json:"table"`
	Kept     bool     `json:"kept,omitzero"`
	Run      RunFacts `json:"run"`
}

func (d Imported) logKey() string { return d.Log.SHA256 + "/" + d.Model + "/" + d.Snapshot }

// RunFacts is what rules and lists need of a run; the fields mean what they
// mean in the evallog package. Model is what the log calls the model.
type RunFacts struct {
	Format        string      `json:"format"`
	Task          string      `json:"task"`
	TaskVersion   string      `json:"task_version,omitzero"`
	TaskID        string      `json:"task_id,omitzero"`
	EvalID        string      `json:"eval_id,omitzero"`
	Model         string      `json:"model,omitzero"`
	Status        string      `json:"status"`
	Created       string      `json:"created,omitzero"`
	StartedAt     string      `json:"started_at,omitzero"`
	CompletedAt   string      `json:"completed_at,omitzero"`
	Dataset       string      `json:"dataset,omitzero"`
	Counts        Counts      `json:"counts"`
	Epochs        int         `json:"epochs"`
	Metrics       []string    `json:"metrics,omitempty"`
	Elicitation   Elicitation `json:"elicitation,omitzero"`
	Harness       Harness     `json:"harness,omitzero"`
	Subset        bool        `json:"subset,omitzero"`
	SubsetReason  string      `json:"subset_reason,omitzero"`
	AggregateOnly bool        `json:"aggregate_only,omitzero"`
	Warnings      []Warning   `json:"warnings,omitempty"`
}

// Counts are of samples, one sample being one item in one epoch.
type Counts struct {
	Planned     int `json:"planned,omitzero"` // 0: not known
	Present     int `json:"present"`
	Completed   int `json:"completed"`
	Scored      int `json:"scored"`
	Errored     int `json:"errored,omitzero"`
	Unscored    int `json:"unscored,omitzero"`
	Limited     int `json:"limited,omitzero"`
	Invalidated int `json:"invalidated,omitzero"`
	Edited      int `json:"edited,omitzero"`
	Fallback    int `json:"fallback,omitzero"`
	Retries     int `json:"retries,omitzero"`
}

// Elicitation is what bounds how much was drawn out of the model.
type Elicitation struct {
	Solvers      []Step `json:"solvers,omitempty"`
	Config       []Pair `json:"config,omitempty"`
	TaskArgs     []Pair `json:"task_args,omitempty"`
	Roles        []Pair `json:"roles,omitempty"`
	ScoreOnError bool   `json:"score_on_error,omitzero"`
}

// IsZero tells that nothing is known about elicitation.
func (e Elicitation) IsZero() bool {
	return len(e.Solvers) == 0 && len(e.Config) == 0 && len(e.TaskArgs) == 0 && len(e.Roles) == 0 && !e.ScoreOnError
}

// Step is one solver of the plan.
type Step struct {
	Solver string `json:"solver"`
	Params []Pair `json:"params,omitempty"`
}

// Pair is a name and a value.
type Pair struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Harness is the program that ran the evaluation.
type Harness struct {
	Name    string `json:"name,omitzero"`
	Version string `json:"version,omitzero"`
}

// Warning is a weakness of a run, as the evallog package found it.
type Warning struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Kind says what sort of thing a reported result is.
type Kind string

// The kinds of reported results.
const (
	Score           Kind = "score"
	Uplift          Kind = "uplift" // a trial of people with and without the model
	SurveyKind      Kind = "survey"
	ExpertReport    Kind = "expert_report"
	ExternalFinding Kind = "external_finding"
	Qualitative     Kind = "qualitative"
)

// ResultReported is a figure as a document states it, with exactly one of
// Count, Point, Arms, Survey and Judgement.
type ResultReported struct {
	Model      string `json:"model"`
	Snapshot   string `json:"snapshot,omitzero"`
	Evaluation string `json:"evaluation"`
	Kind       Kind   `json:"kind"`
	// Statistic of the figure, "" where the document does not say, and its K for
	// pass_at_k and max_of_k, 0 where it does not say (CAP-8).
	Statistic threshold.Statistic `json:"statistic,omitzero"`
	K         int                 `json:"k,omitzero"`

	Count     *Count     `json:"count,omitzero"`
	Point     *Point     `json:"point,omitzero"`
	Arms      *Arms      `json:"arms,omitzero"`
	Survey    *Survey    `json:"survey,omitzero"`
	Judgement *Judgement `json:"judgement,omitzero"`

	// Trial is how an uplift trial was run (CAP-12).
	Trial *Trial `json:"trial,omitzero"`
	// PublishedReading is what the document itself concludes, in few words.
	PublishedReading string `json:"published_reading,omitzero"`
	Notes            string `json:"notes,omitzero"`
}

// Count is a number of successes among N items. Successes may be fractional:
// the mean over attempts of the number of items solved. Attempts is 0 where it
// is not published.
type Count struct {
	Successes stats.Decimal `json:"successes"`
	N         int           `json:"n"`
	Attempts  int           `json:"attempts,omitzero"`
}

// Point is a figure whose n is not published.
type Point struct {
	Value stats.Decimal `json:"value"`
}

// Arms are published means with their spread; without a control arm, one mean.
type Arms struct {
	Treatment  Arm              `json:"treatment"`
	Control    *Arm             `json:"control,omitzero"`
	SpreadKind stats.SpreadKind `json:"spread_kind"` // sd, se, ci95 or not_stated
}

// Arm is one group of a trial. Spread is "" and N is 0 where they are not
// published. AssumedN is ours: what a standard deviation would be read with.
type Arm struct {
	Mean     stats.Decimal `json:"mean"`
	Spread   stats.Decimal `json:"spread,omitzero"`
	N        int           `json:"n,omitzero"`
	AssumedN int           `json:"assumed_n,omitzero"`
}

// Survey is a question that Yes of N people answered with yes. Median is that
// of an answer in numbers, "" where it is not published.
type Survey struct {
	Question string        `json:"question"`
	Yes      int           `json:"yes"`
	N        int           `json:"n"`
	Median   stats.Decimal `json:"median,omitzero"`
}

// Lean is where a written judgement points.
type Lean string

// Where a judgement points.
const (
	SupportsRuleOut Lean = "supports_rule_out"
	Inconclusive    Lean = "inconclusive"
	SupportsRuleIn  Lean = "supports_rule_in"
	NoLean          Lean = "none"
)

// Judgement is what a person wrote where no figure and line decide.
type Judgement struct {
	Text      string `json:"text"`
	Direction Lean   `json:"direction"`
}

// Trial is how an uplift trial was run. Empty members are not published.
// CriticalFailures is the mean number of failures that would each have spoiled
// the plan, out of CriticalOf.
type Trial struct {
	Duration         string        `json:"duration,omitzero"`
	Rubric           string        `json:"rubric,omitzero"`
	CriticalFailures stats.Decimal `json:"critical_failures,omitzero"`
	CriticalOf       int           `json:"critical_of,omitzero"`
}

// Differs names the conditions in which two trials differ, or of which it is
// not known that they are the same: duration, rubric, critical_of. Figures of
// such trials are not compared without saying so (CAP-12).
func (t Trial) Differs(u Trial) []string {
	var names []string
	add := func(name string, same bool) {
		if !same {
			names = append(names, name)
		}
	}
	add("duration", t.Duration != "" && t.Duration == u.Duration)
	add("rubric", t.Rubric != "" && t.Rubric == u.Rubric)
	add("critical_of", t.CriticalOf == u.CriticalOf)
	return names
}

// ReportedResult is a result with how it is known: the input of [State.Report]
// and what [ParseReport] reads.
type ReportedResult struct {
	ResultReported
	How entry.Provenance
}

// StatementReported is a sourced fact about something that has no area of its
// own yet.
type StatementReported struct {
	Topic string    `json:"topic"`
	About entry.Ref `json:"about,omitzero"`
	Text  string    `json:"text"`
	Tags  []string  `json:"tags,omitempty"`
}

// RestatedBy says that the run or result Replaces is corrected by By, and why.
type RestatedBy struct {
	Replaces string `json:"replaces"`
	By       string `json:"by"`
	Cause    string `json:"cause"`
}

// BlobMissing says that the bytes of a digest are not there.
type BlobMissing struct {
	Digest string    `json:"digest"`
	About  entry.Ref `json:"about"`
}
