// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
	"github.com/holdpoint/holdpoint/internal/world"
)

type assessmentPreregister struct {
	File        string   `arg:"" optional:"" help:"The spec in YAML; flags add to it."`
	Spec        string   `placeholder:"ID" help:"Its id."`
	Assessment  string   `placeholder:"ID" help:"The assessment that it belongs to; none for a standing spec."`
	Evaluation  string   `placeholder:"TEXT" help:"The evaluation."`
	Threshold   string   `placeholder:"T" help:"The threshold."`
	Bottleneck  []string `placeholder:"ID" help:"A bottleneck that it speaks to; may be given again."`
	LoadBearing bool     `help:"The conclusion rests on it."`
	Validity    string   `placeholder:"TEXT" help:"Why a result is due to capability and not to the test."`
	Metric      string   `placeholder:"NAME" help:"The metric."`
	Statistic   string   `placeholder:"S" help:"Such as proportion, mean, pass_at_k or ratio_of_means."`
	Direction   string   `placeholder:"D" enum:",below,above" default:"" help:"The safe side: below or above."`
	RuleOut     string   `placeholder:"X" help:"The line of rule-out."`
	RuleIn      string   `placeholder:"X" help:"The line of rule-in."`
	Alpha       string   `placeholder:"A" help:"One-sided error of each bound."`
	Planned     int      `placeholder:"N" help:"How many items will be run."`
	Target      string   `placeholder:"T" enum:",class,set" default:"" help:"class (default): every item of this kind; or set: these items only."`
	Line        string   `placeholder:"S" help:"The statistic that the lines are stated in."`
	Role        string   `placeholder:"R" enum:",rule_out,rule_in,early_warning,checkpoint,context" default:"" help:"rule_out, rule_in, early_warning, checkpoint or context."`
	Change      string   `placeholder:"TEXT" help:"For a new version: what changed and why."`
	Reported    reported `embed:""`
}

// Help is what --help adds.
func (assessmentPreregister) Help() string {
	return `A file looks like this:

  spec: cbrn-quiz
  assessment: assessment-20
  evaluation: Acquisition quiz, 60 questions
  threshold: CBRN-3
  bottlenecks: [acquisition]
  load_bearing: true
  validity: the questions need the steps that the threat needs
  rule:
    metric: match
    statistic: proportion        # of items; also mean, pass_at_k, share_above, ratio_of_means, count, median, point
    direction: below             # the safe side
    rule_out: 0.2
    rule_in: 0.6
    planned_items: 60
    target: class                # or set: this fixed set of items
    line_statistic: proportion   # what the lines are stated in
    role: rule_out               # or rule_in, early_warning, checkpoint, context

The same id again, with change: TEXT, is a new version; the old one stays.`
}

// specFile is a spec as a file has it.
type specFile struct {
	Spec        string                  `json:"spec"`
	Version     int                     `json:"version"`
	Assessment  string                  `json:"assessment"`
	Evaluation  string                  `json:"evaluation"`
	Threshold   string                  `json:"threshold"`
	Bottlenecks []string                `json:"bottlenecks"`
	LoadBearing bool                    `json:"load_bearing"`
	Lifecycle   assessment.Lifecycle    `json:"lifecycle"`
	Rule        threshold.Spec          `json:"rule"`
	Validity    string                  `json:"validity"`
	Registered  assessment.Registration `json:"registered"`
	Author      string                  `json:"author"`
	Change      string                  `json:"change"`
}

func (c assessmentPreregister) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	var f specFile
	if c.File != "" {
		if err := readYAML(c.File, &f); err != nil {
			return err
		}
	}
	if err := c.flags(&f); err != nil {
		return err
	}
	if c.File == "" && f.Rule.Target == "" {
		f.Rule.Target = threshold.Class
	}
	done, err := s.act(app.Preregister(assessment.SpecInput{How: how, SpecRegistered: assessment.SpecRegistered{
		ID: f.Spec, Version: f.Version, Assessment: f.Assessment, Evaluation: f.Evaluation, Threshold: f.Threshold, Bottlenecks: f.Bottlenecks,
		LoadBearing: f.LoadBearing, Lifecycle: f.Lifecycle, Rule: f.Rule, Validity: f.Validity, Registered: f.Registered, Author: f.Author, Change: f.Change,
	}}))
	if err != nil {
		return changeHint(err)
	}
	s.unmapped(done.View.State, f)
	sp, _ := done.View.State.Assessment.Spec(f.Spec)
	return s.done(f.Spec, done, "the spec "+f.Spec+" version "+seqText(int64(sp.Version))+" is registered for "+f.Threshold)
}

// changeHint says how to say what changed, where a new version lacks it.
func changeHint(err error) error {
	var f *fault.Error
	var list fault.List
	if errors.As(err, &list) && len(list) == 1 {
		f = list[0]
	}
	if f == nil && !errors.As(err, &f) || !strings.Contains(f.Message+f.Hint, "what changed and why") {
		return err
	}
	return f.Hinted("say it with --change TEXT, or change: TEXT in the file")
}

// unmapped notes the bottlenecks of a spec that no threat-model map has: evidence
// for them covers nothing.
func (s *session) unmapped(w world.World, f specFile) {
	if s.JSON || len(f.Bottlenecks) == 0 || f.Assessment == "" {
		return
	}
	a, ok := w.Assessment.Assessment(f.Assessment)
	if !ok {
		return
	}
	m, mapped := w.Assessment.ThreatMap(a.Model, f.Threshold)
	if !mapped {
		s.note("%s has no threat-model map yet, so nobody can tell whether it will have the bottlenecks %s: holdpoint assessment map %s %s --bottleneck ID=TEXT",
			f.Threshold, strings.Join(f.Bottlenecks, ", "), a.ID, f.Threshold)
		return
	}
	var known []string
	for _, b := range m.Bottlenecks {
		known = append(known, b.ID)
	}
	for _, b := range f.Bottlenecks {
		if !slices.Contains(known, b) {
			s.note("the map of %s has no bottleneck %q, so this covers none there; it has: %s", f.Threshold, clipped(b), strings.Join(known, ", "))
		}
	}
}

func (c assessmentPreregister) flags(f *specFile) error {
	for _, set := range []struct {
		flag string
		into *string
	}{{c.Spec, &f.Spec}, {c.Assessment, &f.Assessment}, {c.Evaluation, &f.Evaluation}, {c.Threshold, &f.Threshold}, {c.Validity, &f.Validity},
		{c.Metric, &f.Rule.Metric}, {c.Statistic, (*string)(&f.Rule.Statistic)}, {c.Direction, (*string)(&f.Rule.Direction)},
		{c.Target, (*string)(&f.Rule.Target)}, {c.Line, (*string)(&f.Rule.LineStatistic)}, {c.Role, (*string)(&f.Rule.Role)}, {c.Change, &f.Change}} {
		if set.flag != "" {
			*set.into = set.flag
		}
	}
	f.Bottlenecks = append(f.Bottlenecks, c.Bottleneck...)
	f.LoadBearing = f.LoadBearing || c.LoadBearing
	if c.Planned != 0 {
		f.Rule.PlannedItems = c.Planned
	}
	for _, d := range []struct {
		flag, value string
		into        *stats.Decimal
	}{{"--rule-out", c.RuleOut, &f.Rule.RuleOut}, {"--rule-in", c.RuleIn, &f.Rule.RuleIn}, {"--alpha", c.Alpha, &f.Rule.Alpha}} {
		if err := decimalFlag(d.flag, d.value, d.into); err != nil {
			return err
		}
	}
	return nil
}
