// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"io"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evallog"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/world"
)

// OpenAssessment opens an assessment of a model.
func OpenAssessment(in assessment.OpenInput) Intent {
	return assess("assessment.open", in, func(s assessment.State, see assessment.See, act entry.Act) ([]entry.Draft, error) {
		return s.Open(in, see, act)
	})
}

// ConcludePreliminary says whether a model is notably more capable.
func ConcludePreliminary(in assessment.ConcludeInput) Intent {
	return assess("assessment.conclude", in, func(s assessment.State, _ assessment.See, _ entry.Act) ([]entry.Draft, error) {
		return s.ConcludePreliminary(in)
	})
}

// MapThreats records a threat-model map.
func MapThreats(in assessment.MapInput) Intent {
	return assess("assessment.map", in, func(s assessment.State, _ assessment.See, _ entry.Act) ([]entry.Draft, error) {
		return s.MapThreats(in)
	})
}

// Preregister registers a spec, or a new version of one.
func Preregister(in assessment.SpecInput) Intent {
	return assess("assessment.preregister", in, func(s assessment.State, see assessment.See, act entry.Act) ([]entry.Draft, error) {
		return s.RegisterSpec(in, see, act)
	})
}

// RecordElicitation records which techniques were used.
func RecordElicitation(in assessment.ElicitationInput) Intent {
	return assess("assessment.elicit", in, func(s assessment.State, _ assessment.See, _ entry.Act) ([]entry.Draft, error) {
		return s.RecordElicitation(in)
	})
}

// RecordForecast records a forecast.
func RecordForecast(in assessment.ForecastInput) Intent {
	return assess("assessment.forecast", in, func(s assessment.State, _ assessment.See, _ entry.Act) ([]entry.Draft, error) {
		return s.RecordForecast(in)
	})
}

// ArguePart records a part of an assessment that is an argument.
func ArguePart(in assessment.ArgumentInput) Intent {
	return assess("assessment.argue", in, func(s assessment.State, _ assessment.See, _ entry.Act) ([]entry.Draft, error) {
		return s.ArguePart(in)
	})
}

// RecordJudgement records a written expert judgement.
func RecordJudgement(in assessment.JudgementInput) Intent {
	return assess("assessment.expert", in, func(s assessment.State, _ assessment.See, _ entry.Act) ([]entry.Draft, error) {
		return s.RecordJudgement(in)
	})
}

// AnswerFinding answers a finding in writing.
func AnswerFinding(in assessment.AnswerInput) Intent {
	return assess("assessment.answer", in, func(s assessment.State, _ assessment.See, _ entry.Act) ([]entry.Draft, error) {
		return s.Answer(in)
	})
}

// WithdrawFinding withdraws a finding as invalid.
func WithdrawFinding(in assessment.WithdrawInput) Intent {
	return assess("assessment.withdraw", in, func(s assessment.State, _ assessment.See, _ entry.Act) ([]entry.Draft, error) {
		return s.Withdraw(in)
	})
}

// ApprovePostHoc approves that a post hoc finding is relied on.
func ApprovePostHoc(in assessment.ApproveInput) Intent {
	return assess("assessment.approve", in, func(s assessment.State, _ assessment.See, act entry.Act) ([]entry.Draft, error) {
		return s.ApprovePostHoc(in, act)
	})
}

// CloseAssessment closes an assessment.
func CloseAssessment(in assessment.CloseInput) Intent {
	return assess("assessment.close", in, func(s assessment.State, see assessment.See, _ entry.Act) ([]entry.Draft, error) {
		return s.Close(in, see)
	})
}

// Judge judges a run or a reported result under a registered spec. The score
// table of a run is read and checked before the act.
func (a *App) Judge(ctx context.Context, who Who, in assessment.JudgeInput) (Done, error) {
	view, err := a.View(ctx)
	if err != nil {
		return Done{}, err
	}
	// Where the journal is elsewhere, its server reads the table.
	if run, ok := view.State.Evidence.Run(in.Evidence); ok && a.remote == nil {
		table, err := a.Table(run.Table.SHA256)
		if err != nil {
			return Done{}, err
		}
		in.Table, in.TableDigest = &table, run.Table.SHA256
	}
	identity := []string{in.Assessment, in.Spec, in.Evidence, in.Metric, in.TableDigest}
	intent := assess("assessment.judge", identity, func(s assessment.State, see assessment.See, act entry.Act) ([]entry.Draft, error) {
		return s.Judge(in, see, act)
	})
	intent.Args = Judging{in.Assessment, in.Spec, in.Evidence, in.Metric}
	return a.Do(ctx, who, intent)
}

// Table reads a score table by its digest.
func (a *App) Table(digest string) (evallog.Table, error) {
	in, _, err := a.Blob(context.Background(), digest)
	if err != nil {
		return evallog.Table{}, err
	}
	defer in.Close()
	b, err := io.ReadAll(in)
	if err != nil {
		return evallog.Table{}, fault.Corruptf("score table %s: %w", digest, err)
	}
	return evallog.ParseTable(b)
}

// assess makes an intent of a rule of the assessment area.
func assess(verb string, input any, decide func(assessment.State, assessment.See, entry.Act) ([]entry.Draft, error)) Intent {
	return Intent{Verb: verb, Input: input, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		see, err := w.AssessmentSee(act.Now)
		if err != nil {
			return nil, err
		}
		return decide(w.Assessment, see, act)
	}}
}
