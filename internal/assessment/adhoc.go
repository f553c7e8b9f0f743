// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/evallog"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// JudgeRun judges a run that nobody registered a spec for. An empty metric is
// the run's only one; of several, one must be named. An empty statistic is the
// proportion where every score is 0 or 1 and the mean otherwise, and an empty
// statistic of the lines is the same; an empty role is rule_out. The result's
// warnings include those of the run.
func JudgeRun(run evallog.Run, metric string, rule threshold.Spec) (threshold.Result, threshold.Spec, error) {
	metric, err := pickMetric(run, metric)
	if err != nil {
		return threshold.Result{}, rule, err
	}
	rule.Metric = metric
	if rule.Statistic == "" {
		rule.Statistic = statisticOf(run.Table, metric)
	}
	if rule.LineStatistic == "" {
		rule.LineStatistic, rule.LineK = rule.Statistic, rule.K
	}
	if rule.Role == "" {
		rule.Role = threshold.RoleRuleOut
	}
	if err := rule.Check(); err != nil {
		return threshold.Result{}, rule, err
	}
	_, result := Source{Table: &run.Table}.judge(rule)
	result.Warnings = append(result.Warnings, run.Warnings...)
	return result, rule, nil
}

// MetricsOf lists what a run can be judged by: the metrics of its score table,
// or those it claims where it has figures only.
func MetricsOf(run evallog.Run) []string {
	if !run.AggregateOnly {
		return run.Table.Metrics()
	}
	var names []string
	for _, m := range run.Metrics {
		names = append(names, m.Name)
	}
	return names
}

func pickMetric(run evallog.Run, metric string) (string, error) {
	names := MetricsOf(run)
	for _, name := range names {
		if name == metric || metric == "" && len(names) == 1 {
			return name, nil
		}
	}
	switch {
	case len(names) == 0 && metric != "":
		return metric, nil
	case len(names) == 0:
		return "(none)", nil
	case metric == "":
		return "", fault.Invalidf("the run has %d metrics, so one must be named", len(names)).
			Hinted("name one with --metric: %s", strings.Join(names, ", "))
	}
	return "", fault.NotFoundf("the run has no metric %q", metric).Hinted("its metrics are: %s", strings.Join(names, ", "))
}

func statisticOf(t evallog.Table, metric string) threshold.Statistic {
	for _, r := range t.Rows {
		if r.Metric == metric && r.Value != "" && r.Value != "0" && r.Value != "1" {
			return threshold.Mean
		}
	}
	return threshold.Proportion
}
