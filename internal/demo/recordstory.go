// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
)

// recordNote stands on everything that is shown of the record.
const recordNote = "Our rules are stricter than the policy in places; a difference is not a finding of noncompliance."

// RecordStory is where the record stands: what was published, and what the
// published figures alone support. Its JSON is a documented contract.
type RecordStory struct {
	Mode       string `json:"mode"`
	Clock      string `json:"clock"`
	RecordEnds string `json:"record_ends"`
	Note       string `json:"note"`
	Checkpoint Head   `json:"checkpoint"`
	// Standing has a row for each model and action asked about, at the record's
	// end.
	Standing []RecordRow `json:"standing"`
	// Agreements and Differences compare the published readings with ours.
	Agreements  []RecordReading `json:"agreements"`
	Differences []RecordReading `json:"differences"`
	// History has the verdicts as published at each instant; WhatIf what would
	// follow if nothing more were recorded.
	History []HistoryRow `json:"history"`
	WhatIf  []HistoryRow `json:"what_if"`
	// Context lists what has no line, or no published reading to compare.
	Context []RecordReading `json:"context"`
	// Inconsistencies lists figures that one document prints in two ways.
	Inconsistencies []Inconsistency `json:"inconsistencies"`
	NotPublished    []NotPublished  `json:"not_published"`
}

// RecordRow is the standing of one model and action. The verdict is that of what
// was published, with the grade it rests on.
type RecordRow struct {
	Model        string       `json:"model"`
	Action       string       `json:"action"`
	Verdict      string       `json:"verdict"`
	Grade        string       `json:"grade"`
	Policy       string       `json:"policy"`
	Requires     []string     `json:"requires"`
	HeldBecause  []string     `json:"held_because"`
	Carried      []CarriedRow `json:"carried"`
	Conditions   []string     `json:"conditions"`
	NotPublished []string     `json:"not_published"`
	FiguresOnly  FiguresOnly  `json:"figures_only"`
}

// CarriedRow says which determination speaks for a threshold.
type CarriedRow struct {
	Threshold string `json:"threshold"`
	From      string `json:"from"`
	Under     string `json:"under"`
	Rule      string `json:"rule"`
	Basis     string `json:"basis"`
}

// FiguresOnly is the verdict when only figures and documents count and nobody's
// decision does. Its reasons come from findings and coverage; Summary says them
// in a line for each threshold.
type FiguresOnly struct {
	Verdict string   `json:"verdict"`
	Status  string   `json:"status"`
	Reasons []string `json:"reasons"`
	Summary []string `json:"summary"`
}

// Inconsistency is a figure that a document prints in two ways.
type Inconsistency struct {
	Model      string   `json:"model"`
	Evaluation string   `json:"evaluation"`
	Document   string   `json:"document"`
	Values     []string `json:"values"`
}

// Record tells where the record stands. Every part of it is computed from the
// journal.
func Record(ctx context.Context, a *app.App) (_ RecordStory, err error) {
	defer fault.Wrap(&err, "tell the record")
	m, err := a.Moment(ctx, "")
	if err != nil {
		return RecordStory{}, err
	}
	f := m.View.State.Facts()
	s := RecordStory{
		Mode: "reconstruction", Clock: string(m.View.Begun.Clock), Note: recordNote, Checkpoint: headOf(m.View),
		RecordEnds: string(deadline.DayOf(m.View.Time)), NotPublished: recordGaps(),
	}
	for _, ask := range endAsks() {
		s.Standing = append(s.Standing, recordRow(f, ask, m.View.Time))
	}
	if s.History, err = recordHistory(ctx, a); err != nil {
		return RecordStory{}, err
	}
	later := deadline.Day("2026-05-23").Start()
	s.WhatIf = verdicts(f, asksOf(opus4, allAsked()...), later)
	r := recordReader{facts: f, now: m.View.Time}
	s.compare(r.all())
	s.Inconsistencies = r.inconsistencies()
	return s, nil
}

// allAsked are the actions that the record speaks about. The others hang on what
// is not published, such as contracts and third parties, and are not asked.
func allAsked() []string {
	return []string{"external_deploy", "internal_deploy", "store_weights", "train"}
}

// withoutTraining are those asked about a model that is no longer the newest.
func withoutTraining() []string { return allAsked()[:3] }

func asksOf(model string, actions ...string) []gate.Ask {
	var asks []gate.Ask
	for _, a := range actions {
		asks = append(asks, gate.Ask{Model: model, Action: a, Floor: grade.Attested})
	}
	return asks
}

// endAsks are the questions at the record's end. Whether the two smaller models
// may be trained on is asked only while they are the newest.
func endAsks() []gate.Ask {
	return slices.Concat(asksOf(opus4, allAsked()...), asksOf(sonnet4, withoutTraining()...), asksOf(sonnet37, withoutTraining()...))
}

func recordRow(f gate.Facts, ask gate.Ask, now int64) RecordRow {
	v := gate.Evaluate(f, ask, now)
	row := RecordRow{
		Model: ask.Model, Action: ask.Action, Verdict: v.Outcome.String(), Grade: v.Grade.String(), Policy: v.Policy.Ref(),
		Requires: requirements(v), HeldBecause: heldBecause(v), Carried: []CarriedRow{},
		Conditions: append([]string{}, v.Limitations...), NotPublished: append([]string{}, inOrderOfID(v.NotPublished)...),
		FiguresOnly: figuresOnly(f, ask, now),
	}
	for _, c := range v.Carried {
		row.Carried = append(row.Carried, CarriedRow{c.Threshold, c.From, c.Under, c.Rule, string(c.Basis)})
	}
	return row
}

// inOrderOfID sorts N2 before N10.
func inOrderOfID(ids []string) []string {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return ids
}

// figuresOnly asks again with a floor that no decision reaches.
func figuresOnly(f gate.Facts, ask gate.Ask, now int64) FiguresOnly {
	ask.Floor = grade.Reported
	v := gate.Evaluate(f, ask, now)
	reasons := figureReasons(f, ask, v.Policy.Pack, now)
	return FiguresOnly{
		Verdict: v.Outcome.String(), Status: v.Status().String(), Reasons: reasons, Summary: inShort(f, ask.Model, v.Policy.Pack, reasons),
	}
}

// inShort says the reasons in one line for each threshold that they are about.
func inShort(f gate.Facts, model string, p policy.Pack, reasons []string) []string {
	lines, done := []string{}, map[string]bool{}
	see := assessment.See{Policy: p, Model: f.Model, Evidence: f.Evidence, Rules: gate.Rules, Floor: grade.Reported}
	for _, r := range reasons {
		about, what, _ := strings.Cut(r, ": ")
		if strings.Contains(what, "(N17)") {
			text, _, _ := strings.Cut(r, ": nothing reported")
			lines = append(lines, text)
		} else if !done[about] {
			lines = append(lines, about+": "+shortOf(f.Assessment, f.Assessment.Coverage(model, about, see)))
		}
		done[about] = true
	}
	return lines
}

func shortOf(s assessment.State, c assessment.Coverage) string {
	var parts []string
	if len(c.Missing) > 0 {
		parts = append(parts, "the record has no "+strings.ReplaceAll(strings.Join(c.Missing, ", "), "_", " "))
	}
	if len(slices.DeleteFunc(slices.Clone(c.Gaps), assessment.Gap.Explained)) > 0 {
		parts = append(parts, "elicitation has gaps")
	}
	var open []string
	for _, u := range c.Unanswered {
		name := "a judgement"
		if f, ok := s.Finding(u.ID); ok && f.Found != nil {
			name, _ = lineOf(f.Found.Spec)
		}
		open = append(open, name)
	}
	if len(open) > 0 {
		parts = append(parts, "results that do not support ruling it out are unanswered: "+strings.Join(open, ", "))
	}
	return strings.Join(parts, "; ")
}

// figureReasons says why the figures alone leave the action held. A threshold
// that another one rules out is argued through that one, so only the lowest of
// each line gives its reasons.
func figureReasons(f gate.Facts, ask gate.Ask, p policy.Pack, now int64) []string {
	reasons := []string{}
	for _, fig := range gate.Figures(f, ask.Model, ask.Action, grade.Reported, now) {
		for _, reason := range fig.Reasons {
			about, _, _ := strings.Cut(reason, ": ")
			if len(p.ImpliedBy(about)) == 0 && !slices.Contains(reasons, reason) {
				reasons = append(reasons, reason)
			}
		}
	}
	return append(reasons, unevidenced(f, ask, p)...)
}

// unevidenced says which safeguards of a threshold that was treated as crossed
// are approved while their evidence is not published.
func unevidenced(f gate.Facts, ask gate.Ask, p policy.Pack) []string {
	var out []string
	for _, t := range p.Gating(ask.Action) {
		_, det, ok := f.Decision.Latest(ask.Model, t.ID)
		if !ok || !det.Outcome.Demands() {
			continue
		}
		for _, req := range p.Effects(t.ID, ask.Action) {
			facet, _ := p.Standard(req.Standard, req.Facet)
			if lacks := unreported(f.Safeguard, req, facet); len(lacks) > 0 {
				out = append(out, t.ID+": the evidence for the "+req.Standard+" "+string(req.Facet)+
					" safeguards is not published (N17): nothing reported for "+strings.Join(lacks, ", "))
			}
		}
	}
	return out
}

// unreported lists the criteria for which there is no evidence beyond a
// statement.
func unreported(s safeguard.State, req policy.Requirement, facet policy.Facet) []string {
	var lacks []string
	for _, c := range facet.Criteria {
		if !slices.ContainsFunc(s.Evidence(req.Standard, string(req.Facet)), func(e safeguard.Evidence) bool {
			return e.Criterion == c.ID && e.Withdrawn == 0 && !e.Limitation && e.Grade >= grade.Reported
		}) {
			lacks = append(lacks, c.ID)
		}
	}
	return lacks
}

// recordHistory asks at each instant at which something changed.
func recordHistory(ctx context.Context, a *app.App) ([]HistoryRow, error) {
	view, err := a.View(ctx)
	if err != nil {
		return nil, err
	}
	before, err := beforeASL3(view)
	if err != nil {
		return nil, err
	}
	rows := []HistoryRow{}
	for _, instant := range []struct {
		at   string
		asks []gate.Ask
	}{
		{string(daySonnet37), asksOf(sonnet37, allAsked()...)},
		{string(dayPolicy21), asksOf(sonnet37, allAsked()...)},
		{string(dayPolicy22), asksOf(sonnet37, allAsked()...)},
		{before, slices.Concat(asksOf(sonnet4, withoutTraining()...), asksOf(opus4, allAsked()...))},
		{string(dayClaude4), endAsks()},
	} {
		m, err := a.Moment(ctx, instant.at)
		if err != nil {
			return nil, err
		}
		rows = append(rows, verdicts(m.View.State.Facts(), instant.asks, m.View.Time)...)
	}
	return rows, nil
}

// beforeASL3 names the last entry before anything is said about ASL-3
// safeguards: the determinations stand, the approvals do not.
func beforeASL3(view app.View) (string, error) {
	all := view.State.Safeguard.Evidence("ASL-3", string(policy.Deployment))
	if len(all) == 0 {
		return "", fault.Conflictf("the journal says nothing about ASL-3 safeguards, so it is not the record")
	}
	return strconv.FormatInt(all[0].Seq-1, 10), nil
}

func verdicts(f gate.Facts, asks []gate.Ask, now int64) []HistoryRow {
	rows := []HistoryRow{}
	for _, ask := range asks {
		v := gate.Evaluate(f, ask, now)
		rows = append(rows, HistoryRow{Time: rfc3339(now), Model: ask.Model, Action: ask.Action, Verdict: v.Outcome.String()})
	}
	return rows
}

// publishedOutcome says what was published about a threshold, "" for nothing.
// Own tells that it was determined itself, or under its former name.
func publishedOutcome(f gate.Facts, v gate.Verdict, threshold string) (text string, own bool) {
	if _, det, ok := f.Decision.Latest(v.Ask.Model, threshold); ok {
		return det.Outcome.Words(), true
	}
	for _, c := range v.Carried {
		if c.Threshold == threshold {
			return decision.RuledOut.Words() + ", carried from " + c.From, c.Rule == string(policy.CarrySuccession)
		}
	}
	return "", false
}
