// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package threshold judges a result against the lines of its spec: which zone
// the bounds lie in, and what that supports.
//
// [Judge] is total and pure: it answers every spec and every sample, and where
// a fact is missing the answer is [CannotSay] with its reason, never a guess
// on the clear side. [Reduce] cuts a score table down to the sums a replay
// needs; [JudgeSufficient] judges those, and Judge is nothing but one after the
// other, so a replay cannot differ from the first judgement.
//
// The rules: both bounds are one-sided at 1 - alpha. Below the rule-out line
// by more than the buffer supports rule-out; reaching the rule-in line supports
// rule-in; anything else is the middle, which is inconclusive and never
// "passed". Missing attempts count both as wrong and as right, and the verdict
// must be the same (and the same as without them). A "±" nobody explained is
// read every way, likewise. A figure without n, or one whose statistic is not
// the one the line is stated in, supports nothing. An interval of width zero
// supports nothing.
//
// Zone and verdict go together: below_rule_out with supports_rule_out, middle
// with inconclusive, above_rule_in with supports_rule_in, and cannot_say with
// invalid or no_threshold. For direction "above" the lines are mirrored:
// below_rule_out then means the safe side, above the line.
//
// The package does not read logs, does not weigh findings against each other,
// and decides nothing: a determination is made by people (CAP-10).
package threshold

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/stats"
)

// Rules is the number of the rules in this package. Any change that can change
// a result under the same facts raises it.
const Rules = 1

// Zone says where the bounds lie.
type Zone string

// Verdict says what the bounds support.
type Verdict string

// Zones and verdicts, in pairs.
const (
	ZoneBelowRuleOut Zone = "below_rule_out"
	ZoneMiddle       Zone = "middle"
	ZoneAboveRuleIn  Zone = "above_rule_in"
	ZoneNoThreshold  Zone = "no_threshold"
	ZoneInvalid      Zone = "invalid"

	SupportsRuleOut Verdict = "supports_rule_out"
	Inconclusive    Verdict = "inconclusive"
	SupportsRuleIn  Verdict = "supports_rule_in"
	CannotSay       Verdict = "cannot_say"
)

// Result is a judgement. Absent numbers are "" (left out of the JSON).
type Result struct {
	Method stats.Method `json:"method"`
	Rules  int          `json:"rules"`
	// N items (or arms' observations) with a score; Planned of them, 0 when
	// nobody said; Missing attempts.
	N         int           `json:"n"`
	Planned   int           `json:"planned,omitzero"`
	Missing   int           `json:"missing,omitzero"`
	Successes stats.Decimal `json:"successes,omitzero"`
	// Estimate from what was scored. Lower and Upper cover every treatment of
	// missing attempts and every reading.
	Estimate stats.Decimal   `json:"estimate,omitzero"`
	Lower    stats.Decimal   `json:"lower,omitzero"`
	Upper    stats.Decimal   `json:"upper,omitzero"`
	Interval *stats.Interval `json:"interval,omitzero"`
	// Margin is the distance of the bound from the rule-out line less its
	// buffer: positive on the safe side.
	Margin      stats.Decimal   `json:"margin,omitzero"`
	Zone        Zone            `json:"zone"`
	Verdict     Verdict         `json:"verdict"`
	Reasons     []string        `json:"reasons"`
	Sensitivity *Sensitivity    `json:"sensitivity,omitzero"`
	Readings    []Reading       `json:"readings,omitzero"`
	Warnings    []stats.Warning `json:"warnings,omitzero"`
}

// Sensitivity is the verdict with every missing attempt scored 0, and 1.
// Whether 0 or 1 is the dangerous case depends on the spec's direction.
type Sensitivity struct {
	AllWrong Scenario `json:"all_wrong"`
	AllRight Scenario `json:"all_right"`
}

// Scenario is the judgement of one treatment of missing attempts.
type Scenario struct {
	Estimate stats.Decimal `json:"estimate,omitzero"`
	Lower    stats.Decimal `json:"lower,omitzero"`
	Upper    stats.Decimal `json:"upper,omitzero"`
	Zone     Zone          `json:"zone"`
	Verdict  Verdict       `json:"verdict"`
}

// Reading is the judgement under one meaning of "±" by one method. Name is sd,
// se or ci95, Method a kind of interval.
type Reading struct {
	Name    stats.SpreadKind `json:"name"`
	Method  string           `json:"method"`
	Lower   stats.Decimal    `json:"lower,omitzero"`
	Upper   stats.Decimal    `json:"upper,omitzero"`
	Zone    Zone             `json:"zone"`
	Verdict Verdict          `json:"verdict"`
}

// Judge judges a sample under a spec.
func Judge(spec Spec, sample Sample) Result {
	return JudgeSufficient(spec, Reduce(spec, sample))
}

// JudgeSufficient judges a reduced sample under the spec it was reduced under.
func JudgeSufficient(spec Spec, s Sufficient) Result {
	j := &judgement{spec: spec, result: Result{
		Method: stats.Method{ID: fmt.Sprintf("%s.%s", spec.Statistic, spec.Target), Version: 1},
		Rules:  Rules, Zone: ZoneInvalid, Verdict: CannotSay,
	}}
	if reasons := insufficient(spec, s); len(reasons) > 0 {
		j.result.Reasons = reasons
		return j.result
	}
	j.result.Planned = max(spec.PlannedItems, s.Planned)
	switch {
	case s.Table != nil:
		j.table(s.Table)
	case s.Count != nil:
		j.count(*s.Count)
	case s.Arms != nil:
		j.arms(*s.Arms)
	default:
		j.point(s.Point.Value)
	}
	return j.result
}

// insufficient lists why no number is looked at.
func insufficient(spec Spec, s Sufficient) []string {
	if err := spec.Check(); err != nil {
		return []string{"The spec is not valid: " + strings.ReplaceAll(err.Error(), "\n", "; ") + "."}
	}
	if problem := statusProblem(s.Status); problem != "" {
		return []string{problem}
	}
	if n := s.forms(); n != 1 && len(s.Problems) == 0 {
		return []string{fmt.Sprintf("A sample is one of items, count, arms and point; here are %d.", n)}
	}
	if s.Planned < 0 || s.Planned > maxPlannedItems {
		return []string{fmt.Sprintf("%d items cannot have been planned.", s.Planned)}
	}
	return slices.Clone(s.Problems)
}

// judgement is a result in the making.
type judgement struct {
	spec   Spec
	result Result
	// unsupported says why this sample can support nothing beyond a line, "" when
	// it can.
	unsupported string
}

func (j *judgement) cannotSay(format string, args ...any) {
	j.result.Zone, j.result.Verdict = ZoneInvalid, CannotSay
	j.result.Reasons = append(j.result.Reasons, fmt.Sprintf(format, args...))
}

func (j *judgement) warn(warnings ...stats.Warning) {
	for _, w := range warnings {
		if !slices.Contains(j.result.Warnings, w) {
			j.result.Warnings = append(j.result.Warnings, w)
		}
	}
}

// beyondPlan warns of more items than the spec plans or, where it plans none,
// than the run does: the plan of a run that went on too long went along.
func (j *judgement) beyondPlan(items int) {
	if planned := cmp.Or(j.spec.PlannedItems, j.result.Planned); planned > 0 && items > planned {
		j.warn(stats.Warning{Code: "more_than_planned", Text: fmt.Sprintf(
			"There are %d items where %d were planned: stopping late is a choice too.", items, planned)})
	}
}

// table judges a score table under each treatment of what is missing.
func (j *judgement) table(t *Table) {
	j.result.Missing = t.Missing
	j.beyondPlan(t.Items)
	if j.spec.Statistic == RatioOfMeans || j.spec.Statistic == Point {
		j.cannotSay("A %s is not computed from items.", j.spec.Statistic)
		return
	}
	if t.Absent != max(0, j.result.Planned-t.Items) || t.Missing < t.Absent ||
		t.Missing > 0 && (t.AllWrong == nil || t.AllRight == nil) {
		j.cannotSay("The sums do not account for every planned item and missing attempt.")
		return
	}
	found, err := j.spec.ofTable(t)
	if err != nil {
		j.cannotSay("There is no interval: %s.", err.Error())
		return
	}
	if t.Unit && j.spec.Statistic != Median {
		j.result.Successes = stats.MustFloat(t.Observed.Sum.Float())
	}
	j.scenarios(found)
}

// scenarios takes the bounds as observed and, where attempts are missing, with
// all of them wrong and all of them right. All must agree.
func (j *judgement) scenarios(found []bounds) {
	observed := found[0]
	j.result.N, j.result.Estimate = observed.n, observed.estimate
	cover := observed.Interval
	placed := make([]placement, len(found))
	for i, b := range found {
		j.warn(b.warnings...)
		// Only the scores themselves can lack width: filling in must not turn a
		// lack of spread into support, nor the other way round.
		if placed[i] = j.spec.allow(j.spec.compare(b.Interval)); i == 0 {
			placed[i] = j.spec.place(b.Interval)
		}
		cover = hull(cover, b.Interval, cover.Kind)
	}
	if len(found) == 3 {
		cover.Kind = stats.KindMissing
		j.warn(stats.Warning{Code: "missing", Text: fmt.Sprintf(
			"%s no score, which is counted both as wrong and as right.", many(j.result.Missing, "attempt has", "attempts have"))})
		j.result.Sensitivity = &Sensitivity{
			AllWrong: scenario(found[1], placed[1]), AllRight: scenario(found[2], placed[2]),
		}
	}
	j.conclude(cover, placed, "The verdict depends on the attempts without a score: %s as scored, %s if all are wrong, %s if all are right.")
}

func scenario(b bounds, p placement) Scenario {
	return Scenario{Estimate: b.estimate, Lower: b.Lower, Upper: b.Upper, Zone: p.zone, Verdict: p.verdict}
}

// conclude sets the bounds and the verdict on which every placement agrees.
func (j *judgement) conclude(cover stats.Interval, placed []placement, disagreement string) {
	j.result.Lower, j.result.Upper, j.result.Interval = cover.Lower, cover.Upper, &cover
	j.result.Margin = j.spec.margin(cover)
	verdicts := make([]any, len(placed))
	for i, p := range placed {
		verdicts[i] = p.verdict
	}
	for _, p := range placed {
		if p.zone != placed[0].zone {
			j.cannotSay(disagreement, verdicts...)
			return
		}
	}
	// The cover of agreeing bounds lies where they do; its numbers go in the
	// reason.
	final := j.spec.place(cover)
	if final.zone != placed[0].zone {
		final = placed[0]
	}
	if final.supports() && j.unsupported != "" {
		j.cannotSay("%s", j.unsupported)
		return
	}
	j.result.Zone, j.result.Verdict = final.zone, final.verdict
	j.result.Reasons = append(j.result.Reasons, final.reason)
}

// many spells a count with its noun and verb.
func many(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}
