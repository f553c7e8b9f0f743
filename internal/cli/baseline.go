// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
)

type baselineCmd struct {
	Propose baselinePropose `cmd:"" help:"Propose to take over what was decided before this journal, with its sources, for a while."`
	Sign    baselineSign    `cmd:"" help:"Record a signed approval or dissent in a role."`
	List    baselineList    `cmd:"" help:"List baselines: what for, how well known, and how long they stand."`
}

type baselinePropose struct {
	File        string   `arg:"" optional:"" help:"The baseline in YAML; flags add to it."`
	Title       string   `placeholder:"TEXT" help:"One sentence that says what is asked."`
	Model       []string `placeholder:"M" help:"A model that it is for; may be given again."`
	Action      []string `placeholder:"A" help:"An action of the policy that it is for; may be given again."`
	Environment []string `aliases:"env" placeholder:"E" help:"An environment that it is for; may be given again."`
	Determine   []string `sep:"none" placeholder:"T=OUTCOME:REASON" help:"What was decided about a threshold, for every model named; may be given again."`
	Standard    []string `placeholder:"S:FACET" help:"A facet of a standard that was met, such as ASL-2:security; may be given again."`
	DecidedOn   string   `placeholder:"DAY" help:"The last day on which any of it was decided, before this journal had a policy."`
	Source      []string `sep:"none" placeholder:"TEXT" help:"A document that says so; may be given again."`
	Reason      string   `placeholder:"TEXT" help:"Why it is needed."`
	Grade       string   `placeholder:"GRADE" enum:",attested,reported" default:"" help:"How well it is known: attested (if not given), or reported where the sources hold the figures."`
	Expires     string   `placeholder:"DAY" help:"The last day on which it stands."`
}

// Help is what --help adds.
func (baselinePropose) Help() string {
	return fmt.Sprintf(`A lab that begins with models in production takes over, once and for %d months at most, what it decided before. The policy's signers sign it; it is marked wherever it is relied on; what is assessed and signed here takes its place; and when it ends, what rests on it is held. It says nothing about a snapshot that is registered later. A file looks like this:

  models: [aster-1, aster-1-mini, aster-2]
  actions: [store_weights, internal_deploy, external_deploy]
  environments: [production, internal]
  determinations:
    - {threshold: CBRN-3, outcome: ruled_out, reason: assessed in spring and found far below}
    - {threshold: AUTO-CKPT, outcome: ruled_out, reason: solves none of the long tasks}
  standards:
    - {standard: ASL-2, facet: deployment}
    - {standard: ASL-2, facet: security, limitations: [the audit of the backup site is still to come]}
  decided_on: 2025-04-30
  sources:
    - {document: Minutes of the risk committee, section: "7"}
  reason: three models serve customers, and assessing them anew takes until winter
  expires: 2025-12-31

Until then assess each model: holdpoint assessment open.`, decision.StandInMonths)
}

// baselineFile is a baseline as a file has it.
type baselineFile struct {
	Title          string                      `json:"title"`
	Models         []string                    `json:"models"`
	Actions        []string                    `json:"actions"`
	Environments   []string                    `json:"environments"`
	Determinations []decision.Determination    `json:"determinations"`
	Standards      []decision.BaselineStandard `json:"standards"`
	DecidedOn      deadline.Day                `json:"decided_on"`
	Sources        []entry.Source              `json:"sources"`
	Reason         string                      `json:"reason"`
	Grade          grade.Grade                 `json:"grade"`
	Expires        deadline.Day                `json:"expires"`
}

func (c baselinePropose) Run(s *session) error {
	var f baselineFile
	if c.File != "" {
		if err := readYAML(c.File, &f); err != nil {
			return err
		}
	}
	if err := c.onto(&f); err != nil {
		return err
	}
	title := or(f.Title, fmt.Sprintf("Shall what was decided by %s stand as a baseline for %s until %s?", f.DecidedOn, strings.Join(f.Models, ", "), f.Expires))
	return s.propose(decision.ProposeIn{
		Kind: policy.DecideBaseline, Title: title, Determinations: f.Determinations,
		Baseline: &decision.Baseline{
			Models: f.Models, Actions: f.Actions, Environments: f.Environments, Standards: f.Standards, DecidedOn: f.DecidedOn,
			Sources: f.Sources, Reason: f.Reason, Grade: f.Grade, Expires: f.Expires,
		},
	})
}

// onto adds the flags to what a file says.
func (c baselinePropose) onto(f *baselineFile) error {
	for _, t := range []struct {
		flag string
		into *string
	}{{c.Title, &f.Title}, {c.DecidedOn, (*string)(&f.DecidedOn)}, {c.Reason, &f.Reason}, {c.Expires, (*string)(&f.Expires)}} {
		if t.flag != "" {
			*t.into = t.flag
		}
	}
	f.Models, f.Actions, f.Environments = append(f.Models, c.Model...), append(f.Actions, c.Action...), append(f.Environments, c.Environment...)
	for _, doc := range c.Source {
		f.Sources = append(f.Sources, entry.Source{Document: doc})
	}
	for _, std := range c.Standard {
		id, facet, ok := strings.Cut(std, ":")
		if !ok {
			return fault.Usagef("--standard %q does not say STANDARD:FACET", std).Hinted("for example --standard ASL-2:security")
		}
		f.Standards = append(f.Standards, decision.BaselineStandard{Standard: id, Facet: policy.FacetKind(facet)})
	}
	dets, err := determinationsOf(c.Determine)
	if err != nil {
		return err
	}
	f.Determinations = append(f.Determinations, dets...)
	if c.Grade != "" {
		f.Grade, err = grade.Parse(c.Grade)
	}
	return err
}

// Help is what --help adds.
func (baselineSign) Help() string { return decisionSign{}.Help() }

type baselineSign struct {
	decisionSign `embed:""`
}

func (c baselineSign) Run(s *session) error {
	_, m, err := s.now()
	if err != nil {
		return err
	}
	d, err := m.View.State.Decision.Decision(c.ID)
	if err != nil {
		return err
	}
	if d.File.Kind != policy.DecideBaseline {
		return fault.Usagef("%s is a decision of kind %s, and no baseline", c.ID, d.File.Kind).Hinted("sign it with: holdpoint decision sign %s", c.ID)
	}
	return c.decisionSign.Run(s)
}

type baselineList struct{}

// baselineOne is the JSON of a baseline.
type baselineOne struct {
	ID             string                      `json:"id"`
	Status         string                      `json:"status"`
	Stands         bool                        `json:"stands"`
	Models         []string                    `json:"models"`
	Actions        []string                    `json:"actions"`
	Environments   []string                    `json:"environments"`
	Determinations []decision.Determination    `json:"determinations"`
	Standards      []decision.BaselineStandard `json:"standards"`
	DecidedOn      string                      `json:"decided_on"`
	Expires        string                      `json:"expires"`
	DaysLeft       int                         `json:"days_left"`
	Grade          string                      `json:"grade"`
	Sources        []entry.Source              `json:"sources"`
	Reason         string                      `json:"reason"`
	// Problems say why it does not stand, or not for one of its models.
	Problems []string `json:"problems"`
	WaitsFor []string `json:"waits_for"`
	Seq      int64    `json:"seq"`
}

func baselineOf(m app.Moment, d decision.Decision) baselineOne {
	w, b := m.View.State, d.File.Baseline
	out := baselineOne{
		ID: d.File.ID, Status: statusOf(w, d), Models: b.Models, Actions: b.Actions, Environments: b.Environments,
		Determinations: d.File.Determinations, Standards: b.Standards, DecidedOn: string(b.DecidedOn), Expires: string(b.Expires),
		DaysLeft: daysLeft(b.Expires, m.Now), Grade: d.File.Grade.String(), Sources: b.Sources, Reason: b.Reason, WaitsFor: waits(w, d), Seq: d.Seq,
	}
	for _, p := range w.Decision.Problems(d.File.ID, w.DecisionBasis(), m.Now) {
		out.Problems = append(out.Problems, p.Reason)
	}
	out.Stands = len(out.Problems) == 0
	for _, name := range b.Models {
		for _, det := range d.File.Determinations {
			for _, p := range w.Decision.Against(d.File, name, det.Threshold, w.DecisionBasis()) {
				out.Problems = append(out.Problems, fmt.Sprintf("%s of %s: %s", det.Threshold, name, p.Reason))
			}
		}
	}
	return out
}

func (baselineList) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	all := []baselineOne{}
	for _, d := range m.View.State.Decision.All() {
		if d.File.Kind == policy.DecideBaseline && d.File.Baseline != nil {
			all = append(all, baselineOf(m, d))
		}
	}
	if s.JSON {
		return s.print(struct {
			Baselines []baselineOne `json:"baselines"`
			Clock     string        `json:"clock"`
		}{all, clockOf(m)})
	}
	if len(all) == 0 {
		s.note("nothing was taken over from before this journal: holdpoint baseline propose")
		return nil
	}
	rows := [][]string{{"BASELINE", "STATE", "UNTIL", "LEFT", "GRADE", "MODELS", "FOR"}}
	for _, b := range all {
		rows = append(rows, []string{b.ID, b.state(), b.Expires, plural(b.DaysLeft, "day", "days"), b.Grade, strings.Join(b.Models, ", "),
			strings.Join(b.Actions, ", ") + " in " + strings.Join(b.Environments, ", ")})
	}
	s.grid(rows)
	for _, b := range all {
		if b.Status == string(decision.Proposed) {
			continue
		}
		for _, p := range b.Problems {
			s.wrapped("  "+b.ID+": ", p)
		}
	}
	return nil
}

func (b baselineOne) state() string {
	if b.Status == string(decision.InEffect) && !b.Stands {
		return "does not count"
	}
	return words(b.Status)
}
