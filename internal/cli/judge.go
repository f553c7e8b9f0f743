// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/evallog"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// judgeCmd judges one log against lines given on the command line. It is always
// done (exit 0) once the log could be read, whatever the verdict.
type judgeCmd struct {
	Log       string `arg:"" help:"An Inspect log (.eval, .json) or an lm-evaluation-harness results_*.json."`
	Metric    string `placeholder:"NAME" help:"Which metric, where the log has several."`
	Task      string `placeholder:"NAME" help:"Which task, where the log holds several."`
	RuleOut   string `placeholder:"X" help:"Ruled out when the bound stays on the safe side of X."`
	RuleIn    string `placeholder:"X" help:"Ruled in when the bound reaches X from the other side."`
	Direction string `enum:"below,above" default:"below" help:"The safe side: below the line (a capability) or above it (a safeguard)."`
	Alpha     string `default:"0.05" placeholder:"A" help:"One-sided error allowed for each bound, above 0 and up to 0.5 (default: 0.05)."`
	Planned   int    `placeholder:"N" help:"How many items were to be run; those that are not there count both ways."`
	Target    string `enum:"class,set" default:"class" help:"What is judged: the class of tasks that the items stand for, or this very set."`
}

// Help is what --help adds.
func (judgeCmd) Help() string {
	return "Reads the log, recomputes every figure from its samples, and says whether the one-sided bounds support ruling the " +
		"capability out or in. Give --rule-out, --rule-in or both."
}

func (c judgeCmd) Run(s *session) error {
	spec, err := c.spec()
	if err != nil {
		return err
	}
	log, err := app.OpenLog(c.Log)
	if err != nil {
		return err
	}
	defer log.Close()
	run, result, spec, err := c.judge(s.ctx, log, spec)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.print(judgementOf(run, spec, result))
	}
	judgeText{s, run, spec, result}.print()
	return nil
}

// judge reads the log and judges it. Where it cannot be told which of several
// tasks or metrics is meant, the log is readable all the same, and the answer is
// that nothing can be said yet.
func (c judgeCmd) judge(ctx context.Context, log *app.Log, spec threshold.Spec) (evallog.Run, threshold.Result, threshold.Spec, error) {
	task, tasks := c.Task, log.Tasks()
	several := task == "" && len(tasks) > 1
	if several {
		task = tasks[0]
	}
	run, err := log.Read(ctx, task)
	if err != nil {
		return run, threshold.Result{}, spec, err
	}
	if several {
		run.Task = ""
		return run, unnamed("tasks", "--task", tasks), spec, nil
	}
	if metrics := assessment.MetricsOf(run); c.Metric == "" && len(metrics) > 1 {
		return run, unnamed("metrics", "--metric", metrics), spec, nil
	}
	result, spec, err := assessment.JudgeRun(run, c.Metric, spec)
	if err != nil {
		return run, result, spec, misjudged(err)
	}
	return run, asScored(run, spec, result), spec, nil
}

// unnamed is the result of a judgement for which one of several things would
// have to be named.
func unnamed(what, flag string, names []string) threshold.Result {
	shown := names
	if len(shown) > 20 {
		shown = append(slices.Clone(names[:20]), fmt.Sprintf("and %d more", len(names)-20))
	}
	return threshold.Result{
		Zone: threshold.ZoneInvalid, Verdict: threshold.CannotSay,
		Reasons: []string{fmt.Sprintf("The log holds %d %s, and none was named: name one with %s (%s).", len(names), what, flag, strings.Join(shown, ", "))},
	}
}

// asScored gives the bounds of what has a score, as n, successes and estimate
// are of that. What missing scores could do to them stands in the sensitivity;
// zone and verdict stay those of all treatments together.
func asScored(run evallog.Run, spec threshold.Spec, r threshold.Result) threshold.Result {
	if r.Sensitivity == nil {
		return r
	}
	s := threshold.Reduce(spec, assessment.FromTable(run.Table, spec.Metric))
	if s.Table == nil {
		return r
	}
	scored := *s.Table
	scored.Missing, scored.Absent, scored.AllWrong, scored.AllRight = 0, 0, nil, nil
	s.Table, s.Planned, spec.PlannedItems = &scored, 0, 0
	observed := threshold.JudgeSufficient(spec, s)
	r.Lower, r.Upper, r.Interval = observed.Lower, observed.Upper, observed.Interval
	return r
}

func (c judgeCmd) spec() (threshold.Spec, error) {
	spec := threshold.Spec{Direction: threshold.Direction(c.Direction), Target: threshold.Target(c.Target), PlannedItems: c.Planned}
	if c.RuleOut == "" && c.RuleIn == "" {
		return spec, fault.Usagef("a judgement needs a line").
			Hinted("give --rule-out X, --rule-in X or both: for example --rule-out 0.2 for a capability that is worrying from 20 %% on")
	}
	for _, f := range []struct {
		flag, value string
		into        *stats.Decimal
	}{{"--rule-out", c.RuleOut, &spec.RuleOut}, {"--rule-in", c.RuleIn, &spec.RuleIn}, {"--alpha", c.Alpha, &spec.Alpha}} {
		if err := decimalFlag(f.flag, f.value, f.into); err != nil {
			return spec, err
		}
	}
	if spec.Alpha == "" || spec.Alpha.Cmp("0") <= 0 || spec.Alpha.Cmp("0.5") > 0 {
		return spec, fault.Usagef("--alpha %q is not above 0 and up to 0.5", c.Alpha).Hinted("0.05 gives bounds at 95 %%")
	}
	if c.Planned < 0 {
		return spec, fault.Usagef("--planned %d is not a number of items", c.Planned)
	}
	return spec, nil
}

// decimalFlag reads the number of a flag; "" leaves it absent.
func decimalFlag(flag, value string, into *stats.Decimal) error {
	if value == "" {
		return nil
	}
	d, err := stats.ParseDecimal(value)
	if err != nil {
		return fault.Usagef("%s %q is not a decimal number", flag, value).Hinted("write digits with a point, such as 0.05")
	}
	*into = d
	return nil
}

// misjudged turns what is wrong with a spec into a fault of usage, since here
// the spec is the command line.
func misjudged(err error) error {
	var list fault.List
	if errors.As(err, &list) {
		var all []string
		for _, f := range list {
			all = append(all, f.Message)
		}
		return fault.Usagef("%s", strings.Join(all, "; ")).Hinted("see holdpoint judge --help")
	}
	if hint := fault.HintOf(err); hint != "" {
		return fault.Usagef("%w", err).Hinted("%s", hint)
	}
	return err
}

// judgement is the JSON of a judgement. Absent numbers are null.
type judgement struct {
	Run         judgedRun   `json:"run"`
	Metric      text        `json:"metric"`
	N           known       `json:"n"`
	Successes   number      `json:"successes"`
	Estimate    number      `json:"estimate"`
	Lower       number      `json:"lower"`
	Upper       number      `json:"upper"`
	Interval    *interval   `json:"interval"`
	Zone        string      `json:"zone"`
	Verdict     string      `json:"verdict"`
	Reasons     []string    `json:"reasons"`
	Sensitivity sensitivity `json:"sensitivity"`
	Warnings    []warning   `json:"warnings"`
}

// judgedRun counts samples, one sample being one item in one epoch.
type judgedRun struct {
	Format      string `json:"format"`
	Task        text   `json:"task"`
	Model       text   `json:"model"`
	Status      string `json:"status"`
	Planned     known  `json:"planned"`
	Completed   *int   `json:"completed"`
	Scored      *int   `json:"scored"`
	Errored     *int   `json:"errored"`
	Unscored    *int   `json:"unscored"`
	Invalidated *int   `json:"invalidated"`
}

type interval struct {
	Kind  string `json:"kind"`
	Level number `json:"level"`
	Sides int    `json:"sides"`
}

// sensitivity is the judgement with all missing scores wrong, and all right.
// Where nothing is missing both are the judgement itself.
type sensitivity struct {
	AllWrong scenario `json:"all_wrong"`
	AllRight scenario `json:"all_right"`
}

type scenario struct {
	Estimate number `json:"estimate"`
	Lower    number `json:"lower"`
	Upper    number `json:"upper"`
	Zone     string `json:"zone"`
	Verdict  string `json:"verdict"`
}

type warning struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

func judgementOf(run evallog.Run, spec threshold.Spec, r threshold.Result) judgement {
	j := judgement{
		Run: judgedRunOf(run), Metric: text(spec.Metric), N: known(r.N), Successes: number(r.Successes), Estimate: number(r.Estimate),
		Lower: number(r.Lower), Upper: number(r.Upper), Zone: zoneOf(r.Zone), Verdict: string(r.Verdict), Reasons: r.Reasons,
		Sensitivity: sensitivityOf(r), Warnings: warningsOf(r.Warnings),
	}
	if r.Interval != nil {
		j.Interval = &interval{Kind: r.Interval.Kind, Level: number(r.Interval.Level), Sides: r.Interval.Sides}
	}
	return j
}

// judgedRunOf leaves out counts of samples where the log holds none.
func judgedRunOf(run evallog.Run) judgedRun {
	j := judgedRun{
		Format: run.Format, Task: text(run.Task), Model: text(run.Model), Status: run.Status, Planned: known(run.Counts.Planned),
	}
	if c := run.Counts; !run.AggregateOnly {
		j.Completed, j.Scored, j.Errored, j.Unscored, j.Invalidated = &c.Completed, &c.Scored, &c.Errored, &c.Unscored, &c.Invalidated
	}
	return j
}

// zoneOf gives the zone in the words of the command's contract: without a line
// there is no command, so what is left is invalid.
func zoneOf(z threshold.Zone) string {
	if z == threshold.ZoneNoThreshold {
		return string(threshold.ZoneInvalid)
	}
	return string(z)
}

func sensitivityOf(r threshold.Result) sensitivity {
	if r.Sensitivity != nil {
		return sensitivity{scenarioOf(r.Sensitivity.AllWrong), scenarioOf(r.Sensitivity.AllRight)}
	}
	same := scenarioOf(threshold.Scenario{Estimate: r.Estimate, Lower: r.Lower, Upper: r.Upper, Zone: r.Zone, Verdict: r.Verdict})
	return sensitivity{same, same}
}

func scenarioOf(s threshold.Scenario) scenario {
	return scenario{number(s.Estimate), number(s.Lower), number(s.Upper), zoneOf(s.Zone), string(s.Verdict)}
}

func warningsOf(list []stats.Warning) []warning {
	all := []warning{}
	for _, w := range list {
		all = append(all, warning(w))
	}
	return all
}
