// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"math"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/holdpoint/holdpoint/internal/stats"
)

// The members of an Inspect log, with the fields that Inspect writes, in its
// order (format version 2; see inspect_ai/log/_log.py).

type logSolver struct {
	Solver string         `json:"solver"`
	Params jsontext.Value `json:"params"`
}

type logDataset struct {
	Name      string   `json:"name"`
	Location  string   `json:"location"`
	Samples   int      `json:"samples"`
	SampleIDs []string `json:"sample_ids"`
	Shuffled  bool     `json:"shuffled"`
}

type logConfig struct {
	Epochs         int      `json:"epochs"`
	EpochsReducer  []string `json:"epochs_reducer"`
	FailOnError    bool     `json:"fail_on_error"`
	ContinueOnFail bool     `json:"continue_on_fail"`
	MessageLimit   int      `json:"message_limit"`
	TokenLimit     int      `json:"token_limit"`
	LogSamples     bool     `json:"log_samples"`
}

type logMetric struct {
	Name    string   `json:"name"`
	Options struct{} `json:"options"`
}

type logScorer struct {
	Name     string      `json:"name"`
	Options  struct{}    `json:"options"`
	Metrics  []logMetric `json:"metrics"`
	Metadata struct{}    `json:"metadata"`
}

type logNote struct {
	Simulated bool   `json:"simulated"`
	Note      string `json:"note"`
}

type logEval struct {
	EvalID      string      `json:"eval_id"`
	RunID       string      `json:"run_id"`
	Created     string      `json:"created"`
	Task        string      `json:"task"`
	TaskID      string      `json:"task_id"`
	TaskVersion int         `json:"task_version"`
	TaskAttribs struct{}    `json:"task_attribs"`
	TaskArgs    struct{}    `json:"task_args"`
	Tags        []string    `json:"tags"`
	Dataset     logDataset  `json:"dataset"`
	Model       string      `json:"model"`
	Generate    logGenerate `json:"model_generate_config"`
	ModelArgs   struct{}    `json:"model_args"`
	ModelRoles  struct{}    `json:"model_roles"`
	Config      logConfig   `json:"config"`
	Packages    struct{}    `json:"packages"`
	Metadata    logNote     `json:"metadata"`
	Scorers     []logScorer `json:"scorers"`
}

type logGenerate struct {
	MaxTokens       int    `json:"max_tokens"`
	ReasoningEffort string `json:"reasoning_effort"`
}

type logPlan struct {
	Name   string      `json:"name"`
	Steps  []logSolver `json:"steps"`
	Config logGenerate `json:"config"`
}

type logStart struct {
	Version int     `json:"version"`
	Eval    logEval `json:"eval"`
	Plan    logPlan `json:"plan"`
}

type logValue struct {
	Name   string         `json:"name"`
	Value  jsontext.Value `json:"value"`
	Params struct{}       `json:"params"`
}

// logMetrics names what the two metrics of every simulated scorer say.
type logMetrics struct {
	Accuracy *logValue `json:"accuracy,omitzero"`
	Mean     *logValue `json:"mean,omitzero"`
	Stderr   logValue  `json:"stderr"`
}

type logEvalScore struct {
	Name     string     `json:"name"`
	Scorer   string     `json:"scorer"`
	Reducer  string     `json:"reducer"`
	Scored   int        `json:"scored_samples"`
	Unscored int        `json:"unscored_samples"`
	Params   struct{}   `json:"params"`
	Metrics  logMetrics `json:"metrics"`
}

type logResults struct {
	Total     int            `json:"total_samples"`
	Completed int            `json:"completed_samples"`
	Scores    []logEvalScore `json:"scores"`
}

type logStats struct {
	StartedAt   string   `json:"started_at"`
	CompletedAt string   `json:"completed_at"`
	ModelUsage  struct{} `json:"model_usage"`
}

type logHeader struct {
	Version     int        `json:"version"`
	Status      string     `json:"status"`
	Eval        logEval    `json:"eval"`
	Plan        logPlan    `json:"plan"`
	Results     logResults `json:"results"`
	Stats       logStats   `json:"stats"`
	Invalidated bool       `json:"invalidated"`
	Tags        []string   `json:"tags"`
	Metadata    logNote    `json:"metadata"`
}

type logScore struct {
	Value       any    `json:"value"`
	Answer      string `json:"answer"`
	Explanation string `json:"explanation"`
}

type logMessage struct {
	ID      string `json:"id"`
	Content string `json:"content"`
	Source  string `json:"source"`
	Role    string `json:"role"`
}

type logChoice struct {
	Message    logMessage `json:"message"`
	StopReason string     `json:"stop_reason"`
}

type logOutput struct {
	Model      string      `json:"model"`
	Choices    []logChoice `json:"choices"`
	Completion string      `json:"completion"`
}

type logError struct {
	Message   string `json:"message"`
	Traceback string `json:"traceback"`
}

type logSample struct {
	ID           string              `json:"id"`
	Epoch        int                 `json:"epoch"`
	Input        string              `json:"input"`
	Target       string              `json:"target"`
	Messages     []logMessage        `json:"messages"`
	Output       logOutput           `json:"output"`
	Scores       map[string]logScore `json:"scores,omitempty"`
	Metadata     logNote             `json:"metadata"`
	Store        struct{}            `json:"store"`
	Events       []struct{}          `json:"events"`
	ModelUsage   struct{}            `json:"model_usage"`
	StartedAt    string              `json:"started_at"`
	CompletedAt  string              `json:"completed_at"`
	TotalTime    int                 `json:"total_time"`
	WorkingTime  int                 `json:"working_time"`
	UUID         string              `json:"uuid"`
	Error        *logError           `json:"error,omitzero"`
	ErrorRetries []struct{}          `json:"error_retries"`
	Attachments  struct{}            `json:"attachments"`
}

type logSummary struct {
	ID          string              `json:"id"`
	Epoch       int                 `json:"epoch"`
	Input       string              `json:"input"`
	Target      string              `json:"target"`
	Metadata    logNote             `json:"metadata"`
	Scores      map[string]logScore `json:"scores"`
	ModelUsage  struct{}            `json:"model_usage"`
	StartedAt   string              `json:"started_at"`
	CompletedAt string              `json:"completed_at"`
	TotalTime   int                 `json:"total_time"`
	WorkingTime int                 `json:"working_time"`
	UUID        string              `json:"uuid"`
	Error       string              `json:"error,omitzero"`
	Retries     int                 `json:"retries"`
	Completed   bool                `json:"completed"`
}

type logReduction struct {
	Scorer  string       `json:"scorer"`
	Reducer string       `json:"reducer"`
	Samples []logReduced `json:"samples"`
}

type logReduced struct {
	Value    float64 `json:"value"`
	SampleID string  `json:"sample_id"`
}

func simulatedNote() logNote {
	return logNote{Simulated: true, Note: "A made-up run of a fictional lab, written by Holdpoint's demonstration. No model was run."}
}

func simulatedTags() []string { return []string{"simulated", "holdpoint-drill"} }

const elicitedTokens = 500_000

func (l inspectLog) generate() logGenerate {
	return logGenerate{MaxTokens: 32_000, ReasoningEffort: "high"}
}

func (l inspectLog) metric() string {
	if l.graded {
		return "mean"
	}
	return "accuracy"
}

func (l inspectLog) eval() logEval {
	e := logEval{
		EvalID: shortID("eval", l.name()), RunID: shortID("run", l.name()), Created: rfc3339(l.begin),
		Task: l.task, TaskID: l.taskID(), TaskVersion: 1, Tags: simulatedTags(), Model: l.model, Generate: l.generate(),
		Dataset: logDataset{Name: l.task, Location: "simulated://" + l.task, Samples: len(l.items)},
		Config: logConfig{
			Epochs: l.epochs, EpochsReducer: []string{"mean"}, ContinueOnFail: true,
			MessageLimit: 200, TokenLimit: elicitedTokens, LogSamples: true,
		},
		Metadata: simulatedNote(),
		Scorers:  []logScorer{{Name: l.scorer, Metrics: []logMetric{{Name: "inspect_ai/" + l.metric()}, {Name: "inspect_ai/stderr"}}}},
	}
	for _, it := range l.items {
		e.Dataset.SampleIDs = append(e.Dataset.SampleIDs, it.id)
	}
	return e
}

func (l inspectLog) plan() logPlan {
	return logPlan{Name: "plan", Steps: l.solvers, Config: l.generate()}
}

func (l inspectLog) start() logStart { return logStart{Version: 2, Eval: l.eval(), Plan: l.plan()} }

// samples gives every sample in full and as a summary, in the order of items.
func (l inspectLog) samples() ([]logSample, []logSummary) {
	var full []logSample
	var brief []logSummary
	at := l.begin
	for _, it := range l.items {
		for e := range l.epochs {
			s := l.sample(it, e, at)
			at += logPace
			full = append(full, s)
			brief = append(brief, summaryOf(s))
		}
	}
	return full, brief
}

func (l inspectLog) sample(it logItem, epoch int, at int64) logSample {
	uuid := shortID("sample", l.name(), it.id, string(rune('a'+epoch)))
	said := "(simulated answer)"
	s := logSample{
		ID: it.id, Epoch: epoch + 1, Input: "(simulated item " + it.id + ")", Target: "(withheld)",
		Metadata: simulatedNote(), Events: []struct{}{}, ErrorRetries: []struct{}{}, UUID: uuid,
		StartedAt: rfc3339(at), CompletedAt: rfc3339(at + logPace), TotalTime: logPace / 1000, WorkingTime: logPace / 1000,
		Messages: []logMessage{
			{ID: shortID(uuid, "user"), Content: "(simulated item " + it.id + ")", Source: "input", Role: "user"},
		},
		Output: logOutput{Model: l.model, Choices: []logChoice{}},
	}
	if len(it.scores) == 0 {
		s.Error = &logError{Message: "simulated: the sandbox did not start", Traceback: "(simulated)"}
		return s
	}
	answer := logMessage{ID: shortID(uuid, "assistant"), Content: said, Source: "generate", Role: "assistant"}
	s.Messages = append(s.Messages, answer)
	s.Output.Choices = append(s.Output.Choices, logChoice{Message: answer, StopReason: "stop"})
	s.Output.Completion = said
	s.Scores = map[string]logScore{l.scorer: {Value: l.value(it.scores[epoch]), Answer: said, Explanation: "(simulated)"}}
	return s
}

// value writes a score as Inspect does: C or I, or the number itself.
func (l inspectLog) value(d stats.Decimal) any {
	switch {
	case l.graded:
		return jsontext.Value(d)
	case d == "1":
		return "C"
	}
	return "I"
}

func summaryOf(s logSample) logSummary {
	b := logSummary{
		ID: s.ID, Epoch: s.Epoch, Input: s.Input, Target: s.Target, Metadata: s.Metadata, Scores: s.Scores,
		StartedAt: s.StartedAt, CompletedAt: s.CompletedAt, TotalTime: s.TotalTime, WorkingTime: s.WorkingTime,
		UUID: s.UUID, Completed: true,
	}
	if s.Error != nil {
		b.Error, b.Completed = s.Error.Message, false
	}
	return b
}

func (l inspectLog) reductions(reduced []logReduced) []logReduction {
	return []logReduction{{Scorer: l.scorer, Reducer: "mean", Samples: reduced}}
}

func (l inspectLog) header(reduced []logReduced) (logHeader, error) {
	results, err := l.results(reduced)
	total := int64(len(l.items) * l.epochs)
	return logHeader{
		Version: 2, Status: "success", Eval: l.eval(), Plan: l.plan(), Results: results,
		Stats: logStats{StartedAt: rfc3339(l.begin), CompletedAt: rfc3339(l.begin + total*logPace)},
		Tags:  simulatedTags(), Metadata: simulatedNote(),
	}, err
}

// results states the aggregates that Inspect would: over reduced items, with
// errored ones left out of the denominator.
func (l inspectLog) results(reduced []logReduced) (logResults, error) {
	mean, stderr := meanOf(reduced)
	figure, err := number(mean)
	if err != nil {
		return logResults{}, err
	}
	spread, err := number(stderr)
	if err != nil {
		return logResults{}, err
	}
	score := logEvalScore{
		Name: l.scorer, Scorer: l.scorer, Reducer: "mean", Scored: len(reduced),
		Metrics: logMetrics{Stderr: logValue{Name: "stderr", Value: spread}},
	}
	if v := (&logValue{Name: l.metric(), Value: figure}); l.graded {
		score.Metrics.Mean = v
	} else {
		score.Metrics.Accuracy = v
	}
	return logResults{Total: len(l.items) * l.epochs, Completed: len(reduced) * l.epochs, Scores: []logEvalScore{score}}, nil
}

// meanOf gives the mean and its standard error, sample deviation over the root
// of n.
func meanOf(values []logReduced) (mean, stderr float64) {
	n := float64(len(values))
	for _, v := range values {
		mean += v.Value / n
	}
	var squares float64
	for _, v := range values {
		squares += (v.Value - mean) * (v.Value - mean)
	}
	return mean, math.Sqrt(squares/(n-1)) / math.Sqrt(n)
}
