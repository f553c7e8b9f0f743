// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evallog"
	"github.com/holdpoint/holdpoint/internal/evidence"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
	"github.com/holdpoint/holdpoint/proof"
)

// JudgeInput judges a run or reported result under a registered spec, always
// under its newest version.
type JudgeInput struct {
	Assessment string
	Spec       string
	// Evidence is the id of a run or of a reported result.
	Evidence string
	// Metric, where given, must be the spec's.
	Metric string
	// Table is the run's score table and TableDigest the SHA-256 of the bytes it
	// was read from. Both are left out for a reported result.
	Table       *evallog.Table
	TableDigest string
}

// Judge makes a finding: the evidence under the spec, with the result, what it
// was computed from, whether it is post hoc, the verdict under the old rule if
// the spec changed after the run, and the elicitation gaps. The thing created is
// finding-SEQ. Its grade, and for a reported result its source, are those of the
// evidence.
func (s State) Judge(in JudgeInput, see See, act entry.Act) ([]entry.Draft, error) {
	sp, ok := s.Spec(in.Spec)
	if !ok {
		return nil, fault.NotFoundf("there is no spec %q", in.Spec).Hinted("preregister it first")
	}
	a, err := s.openOn(in.Assessment, sp.Threshold)
	if err != nil {
		return nil, err
	}
	p, err := see.piece(in)
	if err != nil {
		return nil, err
	}
	if err := s.mayJudge(in, a, sp, p); err != nil {
		return nil, err
	}
	d := Found{
		Assessment: a.ID, Model: a.Model, Snapshot: p.snapshot, Threshold: sp.Threshold,
		Spec: sp.ID, Version: sp.Version, Evidence: p.ref, Metric: sp.Rule.Metric, Rules: see.rules(),
		Warnings: p.warnings,
	}
	d.Sufficient, d.Result = p.source.judge(sp.Rule)
	d.PostHoc, d.TimingUnknown, d.Why = timing(sp, p)
	d.Old = s.oldRule(sp, p, d.PostHoc)
	for _, g := range s.Gaps(a.Model, sp.Threshold, see) {
		d.Gaps = append(d.Gaps, g.String())
	}
	return found.Drafts(d, entry.Graded(p.grade, p.documents...))
}

func (s State) mayJudge(in JudgeInput, a Assessment, sp Spec, p piece) error {
	if p.model != a.Model {
		return fault.Conflictf("%s is about %s and %s about %s", p.ref.ID, p.model, a.ID, a.Model).
			Hinted("judge it in an assessment of its own model")
	}
	if in.Metric != "" && in.Metric != sp.Rule.Metric {
		return fault.Conflictf("the spec %s is about the metric %q, not %q", sp.ID, sp.Rule.Metric, in.Metric).
			Hinted("register a new version of the spec, which makes the finding post hoc")
	}
	if t := in.Table; t != nil && !t.AggregateOnly && !slices.Contains(t.Metrics(), sp.Rule.Metric) {
		return fault.NotFoundf("%s has no metric %q", p.ref.ID, sp.Rule.Metric).
			Hinted("its metrics are: %s", strings.Join(t.Metrics(), ", "))
	}
	for _, f := range s.Findings(a.Model, sp.Threshold) {
		if d := f.Found; d != nil && !f.IsWithdrawn() && d.Spec == sp.ID && d.Version == sp.Version && d.Evidence.ID == p.ref.ID {
			return fault.Conflictf("%s was judged under version %d of %s already: %s", p.ref.ID, sp.Version, sp.ID, f.ID).
				Hinted("withdraw %s first if it is invalid", f.ID)
		}
	}
	return nil
}

// oldRule judges under the version that stood when the run began, or, when none
// did, under the one before (CAP-5).
func (s State) oldRule(sp Spec, p piece, postHoc bool) *OldRule {
	if !postHoc || sp.Version < 2 {
		return nil
	}
	older := slices.DeleteFunc(s.SpecVersions(sp.ID), func(v Spec) bool { return v.Version >= sp.Version })
	if len(older) == 0 {
		return nil
	}
	old := older[len(older)-1]
	for _, v := range slices.Backward(older) {
		if late, unknown, _ := timing(v, p); !late && !unknown {
			old = v
			break
		}
	}
	o := OldRule{Version: old.Version}
	o.Sufficient, o.Result = p.source.judge(old.Rule)
	return &o
}

// timing tells whether the evidence was there before the spec, or that nobody
// knows, and why.
func timing(sp Spec, p piece) (postHoc, unknown bool, why string) {
	name := fmt.Sprintf("version %d of %s", sp.Version, sp.ID)
	elsewhere := sp.Version > 1 && sp.Registered != RegisteredHere
	undated := p.day == "" || sp.Day == ""
	here := deadline.DayOf(sp.At)
	switch {
	case sp.Registered == RegisteredHere && p.seq < sp.Seq:
		return true, false, fmt.Sprintf("the evidence was recorded before %s was registered", name)
	case sp.Registered == RegisteredHere && p.started != 0 && p.started < sp.At:
		return true, false, fmt.Sprintf("the run began before %s was registered", name)
	case sp.Registered == RegisteredHere && p.started == 0 && p.day != "" && p.day < here:
		return true, false, fmt.Sprintf("the evidence is from %s, before %s was registered", p.day, name)
	case elsewhere && !undated && p.day < sp.Day:
		return true, false, fmt.Sprintf("the evidence is from %s, and %s from %s", p.day, name, sp.Day)
	case sp.Registered == RegistrationUnsaid:
		return false, true, fmt.Sprintf("when %s was registered is not published", name)
	case elsewhere && undated:
		return false, true, fmt.Sprintf("whether the evidence or %s came first is not published", name)
	case sp.Registered == RegisteredHere && p.started == 0 && !(p.observed && p.day > here):
		return false, true, "when the run began is not known"
	}
	return false, false, ""
}

// Source is what a finding is computed from: the score table of a run, or a
// reported result. Exactly one is set.
type Source struct {
	Table  *evallog.Table
	Result *evidence.Result
}

// judge reduces and judges under a rule.
func (src Source) judge(rule threshold.Spec) (threshold.Sufficient, threshold.Result) {
	var sample threshold.Sample
	var problem string
	if src.Result != nil {
		sample = FromReported(*src.Result, rule)
		problem = otherStatistic(*src.Result, rule)
	} else {
		sample = FromTable(*src.Table, rule.Metric)
	}
	sufficient := threshold.Reduce(rule, sample)
	if problem != "" {
		sufficient.Problems = append(sufficient.Problems, problem)
	}
	return sufficient, threshold.JudgeSufficient(rule, sufficient)
}

// Recompute does again what a finding says was done: from its source to the
// sufficient statistics and the result, under the rule of the spec's version.
// It is for whoever checks a journal; [Equal] compares.
func Recompute(f Found, rule threshold.Spec, src Source) (threshold.Sufficient, threshold.Result, error) {
	if (src.Table == nil) == (src.Result == nil) {
		return threshold.Sufficient{}, threshold.Result{}, fault.Invalidf("a finding is recomputed from either a score table or a reported result")
	}
	if src.Result != nil && src.Result.ID != f.Evidence.ID {
		return threshold.Sufficient{}, threshold.Result{}, fault.Conflictf("the finding rests on %s, not on %s", f.Evidence.ID, src.Result.ID)
	}
	sufficient, result := src.judge(rule)
	return sufficient, result, nil
}

// Equal tells whether two values have the same canonical JSON. An error in
// writing one down is "not equal".
func Equal[T any](a, b T) bool {
	x, errX := proof.Canonical(a)
	y, errY := proof.Canonical(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// DecodeFound reads an entry of the type assessment.found.
func DecodeFound(e entry.Entry) (Found, error) {
	d, _, err := found.Decode(e)
	return d, err
}

// FromTable turns the rows of one metric into a sample. An attempt without a
// usable score (errored, unscored, invalidated, stopped by a limit, or absent
// where the log asked for more epochs) is missing. Planned counts items.
func FromTable(t evallog.Table, metric string) threshold.Sample {
	s := threshold.Sample{Status: status(t.Status), Items: []threshold.Item{}}
	epochs := max(1, t.Epochs)
	s.Planned = (t.Planned + epochs - 1) / epochs
	all := map[string]bool{}
	for _, r := range t.Rows {
		all[r.Item] = true
		if r.Metric != metric {
			continue
		}
		if n := len(s.Items); n == 0 || s.Items[n-1].ID != r.Item {
			s.Items = append(s.Items, threshold.Item{ID: r.Item, Scores: []stats.Decimal{}})
		}
		if it := &s.Items[len(s.Items)-1]; r.Value != "" {
			it.Scores = append(it.Scores, r.Value)
		}
	}
	for i := range s.Items {
		s.Items[i].Missing = max(0, epochs-len(s.Items[i].Scores))
	}
	s.Planned = max(s.Planned, len(all))
	return s
}

func status(s string) string {
	if s == evallog.StatusSuccess {
		return threshold.StatusComplete
	}
	return s
}

// FromReported turns a published figure into a sample. A survey is a count of
// those who said yes, or its median where the rule asks for one. A written
// judgement has no sample.
func FromReported(r evidence.Result, rule threshold.Spec) threshold.Sample {
	s := threshold.Sample{Status: threshold.StatusComplete}
	switch {
	case r.Count != nil:
		s.Count = &threshold.Tally{Successes: r.Count.Successes, N: r.Count.N, Attempts: r.Count.Attempts}
	case r.Point != nil:
		s.Point = &threshold.PointOnly{Value: r.Point.Value}
	case r.Arms != nil:
		s.Arms = &threshold.Arms{Treatment: threshold.Arm(r.Arms.Treatment), SpreadKind: r.Arms.SpreadKind}
		if r.Arms.Control != nil {
			s.Arms.Control = threshold.Arm(*r.Arms.Control)
		}
	case r.Survey != nil && rule.Statistic != threshold.Median:
		s.Count = &threshold.Tally{Successes: stats.FromInt(int64(r.Survey.Yes)), N: r.Survey.N, Attempts: 1}
	case r.Survey != nil && r.Survey.Median != "":
		s.Point = &threshold.PointOnly{Value: r.Survey.Median}
	}
	return s
}

// otherStatistic says why a published figure is not in the statistic of the
// rule, "" when it is (CAP-8). A count among n is a proportion and a mean.
func otherStatistic(r evidence.Result, rule threshold.Spec) string {
	counts := []threshold.Statistic{threshold.Proportion, threshold.Mean, threshold.Count}
	switch {
	case rule.Conversion != "":
		return ""
	case r.Statistic == "":
		return unsaidStatistic(r, rule)
	case r.Statistic == rule.Statistic && r.K == rule.K:
		return ""
	case r.Statistic == rule.Statistic && r.K == 0:
		return fmt.Sprintf("The published figure is a %s that does not say of how many attempts, and the spec asks for %d; without a conversion note they are not compared.", r.Statistic, rule.K)
	case r.Count != nil && slices.Contains(counts, r.Statistic) && slices.Contains(counts, rule.Statistic):
		return ""
	}
	return fmt.Sprintf("The published figure is a %s and the spec asks for a %s; without a conversion note they are not compared.", r.Statistic, rule.Statistic)
}

// unsaidStatistic is for a figure whose document does not name its statistic:
// only its form can show that it is the one of the rule.
func unsaidStatistic(r evidence.Result, rule threshold.Spec) string {
	shown := false
	switch rule.Statistic {
	case threshold.Proportion, threshold.Count:
		shown = r.Count != nil || r.Survey != nil
	case threshold.Mean:
		shown = r.Count != nil || r.Arms != nil
	case threshold.RatioOfMeans:
		shown = r.Arms != nil
	case threshold.Median:
		shown = r.Survey != nil
	case threshold.Point:
		shown = r.Point != nil
	}
	if shown {
		return ""
	}
	return fmt.Sprintf("The published figure does not say which statistic it is, and the spec asks for a %s; without a conversion note they are not compared.", rule.Statistic)
}

// piece is what judging needs to know of a run or result.
type piece struct {
	ref      entry.Ref
	source   Source
	model    string
	snapshot string
	seq      int64
	grade    grade.Grade
	started  int64        // milliseconds since 1970, 0 when not known
	day      deadline.Day // day of the evidence, "" when not known
	observed bool         // day is that of the test and not of its publication
	warnings []stats.Warning
	// documents say where a reported result was published.
	documents []entry.Source
}

func (see See) rules() int {
	if see.Rules == 0 {
		return threshold.Rules
	}
	return see.Rules
}
