// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/stats"
)

type modelCmd struct {
	Add        modelAdd        `cmd:"" help:"Name a model."`
	Snapshot   modelSnapshot   `cmd:"" help:"Name one state of a model's weights, with their digest."`
	Compute    modelCompute    `cmd:"" help:"Record an estimate of effective compute and how it was made."`
	Derive     modelDerive     `cmd:"" help:"Record that a model was made from another."`
	Conditions modelConditions `cmd:"" help:"Record that a model is used under other conditions than before."`
	Deploy     modelDeploy     `cmd:"" help:"Record that a model is in use somewhere; this asks no gate."`
	Withdraw   modelWithdraw   `cmd:"" help:"Record that a model is no longer in use there."`
	Due        modelDue        `cmd:"" help:"Tell which assessments are due, and which trigger fires next."`
	List       modelList       `cmd:"" help:"List the models."`
	Show       modelShow       `cmd:"" help:"Show one model with its snapshots, compute, lineage and use."`
}

type modelAdd struct {
	ID        string   `arg:"" help:"The model's name here, such as aster-2."`
	Family    string   `placeholder:"TEXT" help:"The family it belongs to."`
	Developer string   `placeholder:"TEXT" help:"Who makes it."`
	Title     string   `placeholder:"TEXT" help:"What people call it."`
	Reported  reported `embed:""`
}

func (c modelAdd) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	in := model.NewModel{Registered: model.Registered{Model: c.ID, Family: c.Family, Developer: c.Developer, Title: c.Title}, How: how}
	done, err := s.act(app.RegisterModel(in))
	if err != nil {
		return err
	}
	return s.done(c.ID, done, "the model "+c.ID+" is registered")
}

type modelSnapshot struct {
	Model    string   `arg:"" help:"The model."`
	Name     string   `arg:"" help:"The snapshot's name within the model, such as rc-3."`
	Kind     string   `required:"" placeholder:"KIND" help:"pretrain, early, helpful_only, hhh, preview, release_candidate, production or third_party."`
	Weights  string   `xor:"weights" placeholder:"PATH" help:"The weights, a file or a folder: they are hashed, and nothing of them is kept."`
	Digest   string   `xor:"weights" placeholder:"SHA256" help:"The digest of the weights, where they are elsewhere."`
	Safety   string   `enum:"on,off,unknown" default:"unknown" help:"Whether the safety mechanisms were on: on, off or unknown."`
	TakenOn  string   `placeholder:"DAY" help:"The day on which it was taken, 2025-05-22."`
	Reported reported `embed:""`
}

func (c modelSnapshot) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	in := model.NewSnapshot{How: how, SnapshotRegistered: model.SnapshotRegistered{
		Model: c.Model, Snapshot: c.Name, Kind: model.SnapshotKind(c.Kind), Safety: model.Mechanisms(c.Safety),
		Weights: c.Digest, TakenOn: c.TakenOn,
	}}
	if c.Weights != "" {
		if _, err := s.workspace(); err != nil {
			return err // before hours of hashing
		}
		if in.Files, err = app.WeightFiles(s.ctx, c.Weights); err != nil {
			return err
		}
		if in.Weights, err = model.ManifestDigest(in.Files); err != nil {
			return err
		}
	}
	done, err := s.act(app.AddSnapshot(in))
	if err != nil {
		return err
	}
	sentence := "the snapshot " + c.Name + " of " + c.Model + " is registered"
	if in.Weights == "" {
		sentence += " without a digest, so nothing can be cleared for it"
	} else {
		sentence += ", weights " + in.Weights
	}
	return s.done(model.SnapshotID(c.Model, c.Name), done, sentence)
}

type modelCompute struct {
	Model     string   `arg:"" help:"The model."`
	Value     string   `arg:"" help:"The estimate: digits, or 3e25."`
	Low       string   `placeholder:"X" help:"Its lower bound; triggers look at the bounds."`
	High      string   `placeholder:"X" help:"Its upper bound."`
	Unit      string   `enum:"flop,relative" default:"flop" help:"flop, or relative: multiples of --reference."`
	Method    string   `required:"" placeholder:"TEXT" help:"How it was estimated."`
	Snapshot  string   `placeholder:"NAME" help:"Of one snapshot; of the model as a whole if not given."`
	Reference string   `placeholder:"MODEL" help:"What relative units are multiples of."`
	Reported  reported `embed:""`
}

func (c modelCompute) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	in := model.NewEstimate{How: how, ComputeEstimated: model.ComputeEstimated{
		Model: c.Model, Snapshot: c.Snapshot, Unit: model.ComputeUnit(c.Unit), Method: c.Method, Reference: c.Reference,
	}}
	for _, f := range []struct {
		flag, value string
		into        *stats.Decimal
	}{{"VALUE", c.Value, &in.Value}, {"--low", c.Low, &in.Low}, {"--high", c.High, &in.High}} {
		if err := computeFlag(f.flag, f.value, f.into); err != nil {
			return err
		}
	}
	done, err := s.act(app.EstimateCompute(in))
	if err != nil {
		return err
	}
	return s.done(c.Model, done, fmt.Sprintf("the effective compute of %s is estimated at %s %s", or(c.Snapshot, c.Model), in.Value, c.Unit))
}

// computeFlag reads a decimal, and also 3e25, which is how such numbers are
// written; an exponent is spelled out exactly.
func computeFlag(flag, value string, into *stats.Decimal) error {
	plain, err := spelledOut(value)
	if err != nil {
		return fault.Usagef("%s %q is not a number", flag, value).Hinted("write digits, or 3e25")
	}
	return decimalFlag(flag, plain, into)
}

// spelledOut writes 1.2e3 as 1200; what has no exponent stays as it is.
func spelledOut(value string) (string, error) {
	digits, exponent, ok := strings.Cut(strings.ToLower(value), "e")
	if !ok {
		return value, nil
	}
	n, err := strconv.Atoi(exponent)
	if err != nil {
		return "", err
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	if strings.Trim(whole, "-") == "" || n < len(fraction) || n > 40 {
		return "", strconv.ErrRange
	}
	return whole + fraction + strings.Repeat("0", n-len(fraction)), nil
}

type modelDerive struct {
	New      string   `arg:"" name:"model" help:"The derived model, registered before."`
	From     string   `required:"" placeholder:"MODEL" help:"What it was made from."`
	Snapshot string   `placeholder:"NAME" help:"Which snapshot of that, where it is known."`
	Method   string   `required:"" enum:"fine_tune,distillation,quantisation,merge,other" placeholder:"METHOD" help:"fine_tune, distillation, quantisation, merge or other."`
	Increase string   `required:"" enum:"not_suspected,suspected,unknown" placeholder:"WORD" help:"Whether a significant increase in capability is suspected: not_suspected, suspected or unknown."`
	Reason   string   `required:"" placeholder:"TEXT" help:"Why, in a sentence."`
	Reported reported `embed:""`
}

func (c modelDerive) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.DeriveModel(model.NewDerivation{How: how, Derived: model.Derived{
		Model: c.New, Base: c.From, BaseSnapshot: c.Snapshot, Method: model.Method(c.Method),
		Increase: model.Increase(c.Increase), Reason: c.Reason,
	}}))
	if err != nil {
		return err
	}
	return s.done(c.New, done, c.New+" is derived from "+c.From+" ("+words(c.Method)+"), increase "+words(c.Increase))
}

type modelConditions struct {
	Model       string   `arg:"" help:"The model."`
	What        string   `required:"" enum:"fine_tuning,weights,new_tools,other" placeholder:"WORD" help:"What changed: fine_tuning or weights (given to others), new_tools or other."`
	Significant bool     `help:"The change matters: what was determined before no longer holds by itself."`
	Reason      string   `required:"" placeholder:"TEXT" help:"Why it matters or not, in a sentence."`
	Reported    reported `embed:""`
}

func (c modelConditions) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.ChangeConditions(model.NewChange{How: how, ConditionsChanged: model.ConditionsChanged{
		Model: c.Model, What: model.ChangeKind(c.What), Significant: c.Significant, Reason: c.Reason,
	}}))
	if err != nil {
		return err
	}
	return s.done(c.Model, done, "the conditions of "+c.Model+" changed ("+words(c.What)+")")
}

// use are the flags that say where a model is in use.
type use struct {
	Env      string   `aliases:"environment" required:"" placeholder:"E" help:"The environment, such as production."`
	Snapshot string   `placeholder:"NAME" help:"Which snapshot, where it is known."`
	Surface  string   `placeholder:"TEXT" help:"Through what it is reached, such as an API."`
	Audience string   `placeholder:"TEXT" help:"Who can reach it."`
	Reported reported `embed:""`
}

func (u use) of(modelID string) (model.NewDeployment, error) {
	how, err := u.Reported.how()
	return model.NewDeployment{How: how, Deployed: model.Deployed{
		Model: modelID, Snapshot: u.Snapshot, Environment: u.Env, Surface: u.Surface, Audience: u.Audience,
	}}, err
}

type modelDeploy struct {
	Model string `arg:"" help:"The model."`
	Use   use    `embed:""`
}

func (c modelDeploy) Run(s *session) error {
	in, err := c.Use.of(c.Model)
	if err != nil {
		return err
	}
	done, err := s.act(app.DeployModel(in))
	if err != nil {
		return err
	}
	s.strangePlace(done.View, c.Use.Env)
	return s.done(c.Model, done, c.Model+" is in use in "+c.Use.Env)
}

// strangePlace says that no action of the policy happens where a model is said to
// be in use: it may be a slip.
func (s *session) strangePlace(v app.View, env string) {
	p, ok := v.State.Policy.InForce(v.Time)
	if !ok || slices.ContainsFunc(p.Pack.Actions, func(a policy.Action) bool { return a.Environment == env }) {
		return
	}
	s.note("no action of %s happens in %q by itself; if it is a slip, holdpoint model withdraw takes it back", p.Ref(), env)
}

type modelWithdraw struct {
	Model string `arg:"" help:"The model."`
	Use   use    `embed:""`
}

func (c modelWithdraw) Run(s *session) error {
	in, err := c.Use.of(c.Model)
	if err != nil {
		return err
	}
	done, err := s.act(app.WithdrawModel(in))
	if err != nil {
		return err
	}
	return s.done(c.Model, done, c.Model+" is no longer in use in "+c.Use.Env)
}

type modelDue struct {
	Model string   `arg:"" optional:"" help:"Of one model; of all if not given."`
	Plan  []string `sep:"none" placeholder:"COMPUTE@DAY" help:"A point of the training plan, in the unit of the model's estimates, such as 3e22@2026-09-01; may be given again. Says on which day the plan fires a trigger of compute; nothing is recorded."`
}

// due is one trigger of the policy as it stands for a model, in JSON.
type due struct {
	Model   string  `json:"model"`
	Trigger string  `json:"trigger"`
	Kind    string  `json:"kind"`
	Clause  text    `json:"clause"`
	Starts  string  `json:"starts"`
	Outcome string  `json:"outcome"`
	Reason  string  `json:"reason"`
	On      text    `json:"fires_on"`
	At      number  `json:"fires_at"`
	Ratio   number  `json:"ratio"`
	Running text    `json:"running"`
	Grade   string  `json:"grade"`
	Entries []int64 `json:"entries"`
	// Planned is the day on which the plan fires it; null without a plan, and where
	// the plan never does.
	Planned text `json:"planned_on"`
}

// plan reads the points of a training plan.
func (c modelDue) plan() ([]model.Planned, error) {
	if len(c.Plan) > 0 && c.Model == "" {
		return nil, fault.Usagef("a training plan is that of one model").Hinted("name the model: holdpoint model due MODEL --plan COMPUTE@DAY")
	}
	var plan []model.Planned
	for _, p := range c.Plan {
		value, on, _ := strings.Cut(p, "@")
		var number stats.Decimal
		err := computeFlag("--plan", value, &number)
		day, errDay := deadline.ParseDay(on)
		if err != nil || errDay != nil || number == "" {
			return nil, fault.Usagef("--plan %q does not say COMPUTE@DAY", p).Hinted("for example --plan 3e22@2026-09-01")
		}
		plan = append(plan, model.Planned{Day: day, Value: number})
	}
	return plan, nil
}

func (c modelDue) Run(s *session) error {
	plan, err := c.plan()
	if err != nil {
		return err
	}
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	ids, err := modelsNamed(m, c.Model)
	if err != nil {
		return err
	}
	all := []due{}
	for _, id := range ids {
		rows, err := app.Due(m, id)
		if err != nil {
			return err
		}
		for _, r := range rows {
			row := due{id, r.Trigger, string(r.Kind), text(r.Clause), string(r.Starts), r.Outcome.String(), r.Sentence,
				text(r.On), number(r.At), number(r.Ratio), text(r.Running), r.Grade.String(), append([]int64{}, r.Entries...), ""}
			if len(plan) > 0 && r.At != "" {
				day, err := model.Reaches(plan, r.At)
				if err != nil {
					return err
				}
				row.Planned = text(day)
			}
			all = append(all, row)
		}
	}
	if s.JSON {
		return s.print(struct {
			AsOf  instant `json:"as_of"`
			Clock string  `json:"clock"`
			Due   []due   `json:"due"`
		}{instant(m.Now), clockOf(m), all})
	}
	s.due(ids, all, deadline.DayOf(m.Now))
	if len(plan) > 0 {
		s.say("")
		s.say("%s", nextFired(all))
	}
	return nil
}

// nextFired says which trigger fires first, by the plan and by the calendar.
func nextFired(all []due) string {
	first, on := "", text("")
	for _, d := range all {
		day := d.On
		if d.Planned != "" {
			day = d.Planned
		}
		if d.Outcome != model.Fired.String() && day != "" && (on == "" || day < on) {
			first, on = d.Trigger, day
		}
	}
	if first == "" {
		return "By this plan no trigger fires that has not fired already. Nothing was recorded."
	}
	return "By this plan " + first + " fires next, on " + string(on) + ". Nothing was recorded."
}

func (s *session) due(ids []string, all []due, today deadline.Day) {
	if len(ids) == 0 {
		s.note("there are no models yet: holdpoint model add ID")
	}
	for i, id := range ids {
		if i > 0 {
			s.say("")
		}
		s.say("%s, on %s", id, today)
		rows := [][]string{}
		for _, d := range all {
			if d.Model == id {
				rows = append(rows, []string{"  " + words(d.Outcome), d.Trigger, words(d.Starts), d.Reason + when(d)})
			}
		}
		s.grid(rows)
	}
}

func when(d due) string {
	switch {
	case d.Running != "":
		return "; " + string(d.Running) + " is open"
	case d.Planned != "":
		return "; by the plan it fires on " + string(d.Planned)
	case d.On != "" && d.Outcome == model.NotFired.String():
		return "; fires on " + string(d.On)
	case d.At != "":
		return "; fires at " + string(d.At)
	}
	return ""
}

// modelsNamed gives the one model that was named, or all.
func modelsNamed(m app.Moment, id string) ([]string, error) {
	if id != "" {
		if _, ok := m.View.State.Model.Model(id); !ok {
			return nil, noModel(id)
		}
		return []string{id}, nil
	}
	var ids []string
	for _, one := range m.View.State.Model.Models() {
		ids = append(ids, one.Model)
	}
	return ids, nil
}

func noModel(id string) error {
	return fault.NotFoundf("there is no model %q", id).Hinted("holdpoint model list shows the models; holdpoint model add %s registers it", id)
}
