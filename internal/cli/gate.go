// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/proof"
)

type gateCmd struct {
	Check    gateCheck    `cmd:"" help:"Ask whether a model may be trained, stored or deployed here, now. Exit 0 clear, 3 held."`
	Standing gateStanding `cmd:"" help:"List every model with every action of the policy."`
}

// asking are the flags of a question to the gate.
type asking struct {
	Model        string `arg:"" help:"The model; one that nobody registered is held."`
	Action       string `arg:"" help:"An action of the policy, such as train, store_weights, internal_deploy or external_deploy."`
	Env          string `aliases:"environment" placeholder:"E" help:"Where; the policy names one for each action."`
	ComparableTo string `placeholder:"M" help:"For training: the model that the result would be comparable to; the model itself if not given."`
	Snapshot     string `placeholder:"S" help:"Which snapshot; the newest that could ship if not given."`
	Floor        string `placeholder:"GRADE" enum:",attested,reported,recomputed" default:"" help:"The lowest grade of fact that may open anything: attested, reported or recomputed; the policy's if not given."`
}

func (a asking) ask() (gate.Ask, error) {
	ask := gate.Ask{Model: a.Model, Snapshot: a.Snapshot, Action: a.Action, Environment: a.Env, ComparableTo: a.ComparableTo}
	if a.Floor == "" {
		return ask, nil
	}
	g, err := grade.Parse(a.Floor)
	ask.Floor = g
	return ask, err
}

type gateCheck struct {
	asking  `embed:""`
	Digest  string   `placeholder:"SHA256" help:"Ask about the snapshot with these weights; a digest that no snapshot of the model has is held."`
	All     bool     `help:"Show every condition with its clauses and the entries that prove it."`
	Suppose []string `sep:"none" placeholder:"FACT" help:"Answer as if a fact were so; nothing is recorded. ruled-out:THRESHOLD, crossed:THRESHOLD, standard:STANDARD/FACET, no-hold, hold or policy:REF; may be given again."`
}

// Help is what --help adds.
func (gateCheck) Help() string {
	return "Answers held or clear, and why; --all adds every condition with the entries that prove it. Only met opens anything: what is " +
		"missing, contradictory or too little known holds. Exit codes: 0 clear, 3 held, 2 the question has no meaning (such as an " +
		"action that the policy does not know), 1 the question could not be asked. A hook proves that it holds by asking with --digest about " +
		"the canary that holdpoint enforcement register gave it: the answer must be held. --suppose answers a hypothetical question: the " +
		"answer is marked, is in no journal, and no clearance can be issued on it."
}

func (c gateCheck) Run(s *session) error {
	ask, err := c.ask()
	if err != nil {
		return err
	}
	a, err := s.workspace()
	if err != nil {
		return err
	}
	if ask, err = c.weighed(s, a, ask); err != nil {
		return err
	}
	v, m, err := a.CheckSupposing(s.ctx, ask, s.At, c.Suppose)
	if err != nil {
		return err
	}
	if s.JSON {
		out := verdictOf(v, m)
		out.Hypothetical = c.Suppose
		err = s.print(out)
	} else {
		verdictText{s, v, m, c.Suppose, c.again(s)}.print(c.All)
	}
	if err == nil && v.Outcome != gate.Clear {
		return outcome(exitHeld)
	}
	return err
}

// again gives the flags that ask the same question once more.
func (c gateCheck) again(s *session) string {
	var words strings.Builder
	for _, flag := range [][2]string{
		{"--env", c.Env}, {"--comparable-to", c.ComparableTo}, {"--snapshot", c.Snapshot}, {"--floor", c.Floor}, {"--digest", c.Digest}, {"--at", s.At},
	} {
		if flag[1] != "" {
			words.WriteString(" " + flag[0] + " " + printable(flag[1]))
		}
	}
	for _, fact := range c.Suppose {
		words.WriteString(" --suppose " + printable(fact))
	}
	return words.String()
}

// weighed names the snapshot that has the weights asked about. A digest that none
// has stands for a snapshot that is not there.
func (c gateCheck) weighed(s *session, a *app.App, ask gate.Ask) (gate.Ask, error) {
	if c.Digest == "" {
		return ask, nil
	}
	if c.Snapshot != "" {
		return ask, fault.Usagef("--digest and --snapshot both say which weights").Hinted("give one of them")
	}
	m, err := a.Moment(s.ctx, s.At)
	if err != nil {
		return ask, err
	}
	digest := strings.ToLower(c.Digest)
	for _, snap := range m.View.State.Model.Snapshots(c.Model) {
		if snap.Weights != digest {
			continue
		}
		if ask.Snapshot != "" {
			return ask, fault.Usagef("%s and %s of %s have these weights", ask.Snapshot, snap.Snapshot, c.Model).Hinted("say which with --snapshot")
		}
		ask.Snapshot = snap.Snapshot
	}
	if ask.Snapshot == "" {
		ask.Snapshot = "sha256:" + digest // no snapshot is called so
	}
	return ask, nil
}

// verdict is the JSON of an answer of the gate. The members up to conditions
// are stable.
type verdict struct {
	Verdict     string            `json:"verdict"`
	Grade       string            `json:"grade"`
	Model       string            `json:"model"`
	Action      string            `json:"action"`
	Environment string            `json:"environment"`
	Policy      *proof.Policy     `json:"policy"`
	AsOf        asOf              `json:"as_of"`
	Conditions  []proof.Condition `json:"conditions"`

	HeldBecause  []string     `json:"held_because"`
	Requires     []demand     `json:"requires"`
	Carried      []carriedOne `json:"carried"`
	NotPublished []string     `json:"not_published"`
	Limitations  []string     `json:"limitations"`
	StandIns     []standIn    `json:"stand_ins"`
	Snapshot     text         `json:"snapshot"`
	ComparableTo text         `json:"comparable_to"`
	Floor        string       `json:"floor"`
	Rules        int64        `json:"rules"`
	Clock        string       `json:"clock"`
	// Hypothetical lists what was supposed and is not recorded; BrokenGlass is
	// null unless somebody broke the glass for this and its hours run.
	Hypothetical []string     `json:"hypothetical"`
	BrokenGlass  *brokenGlass `json:"broken_glass"`
}

// standIn is the JSON of a baseline, or of interim measures, that an answer
// relies on until a day.
type standIn struct {
	Kind     string `json:"kind"`
	Decision string `json:"decision"`
	Until    string `json:"until"`
	Interim  text   `json:"interim"`
	Standard text   `json:"standard"`
	Facet    text   `json:"facet"`
}

func standInsOf(v gate.Verdict) []standIn {
	all := []standIn{}
	for _, s := range v.StandIns {
		kind := "baseline"
		if s.Interim != "" {
			kind = "interim"
		}
		all = append(all, standIn{kind, s.Decision, string(s.Until), text(s.Interim), text(s.Standard), text(s.Facet)})
	}
	return all
}

// asOf is the last entry that an answer saw, and the moment it is for.
type asOf struct {
	Seq  int64   `json:"seq"`
	Time instant `json:"time"`
}

type demand struct {
	Standard string `json:"standard"`
	Facet    string `json:"facet"`
	By       string `json:"by"`
}

type carriedOne struct {
	Threshold string `json:"threshold"`
	From      string `json:"from"`
	Under     string `json:"under"`
	Rule      string `json:"rule"`
	Basis     string `json:"basis"`
	Decision  string `json:"decision"`
}

func asOfOf(m app.Moment) asOf { return asOf{m.View.Size - 1, instant(m.Now)} }

func verdictOf(v gate.Verdict, m app.Moment) verdict {
	out := verdict{
		Verdict: v.Outcome.String(), Grade: v.Grade.String(), Model: v.Ask.Model, Action: v.Ask.Action, Environment: v.Ask.Environment,
		AsOf: asOfOf(m), Conditions: gate.Publish(v.Conditions), HeldBecause: because(v), Requires: demandsOf(v),
		NotPublished: v.NotPublished, Limitations: v.Limitations, StandIns: standInsOf(v), Snapshot: text(v.Ask.Snapshot), ComparableTo: text(v.Ask.ComparableTo),
		Floor: v.Ask.Floor.String(), Rules: v.Rules, Clock: clockOf(m),
	}
	if v.Policy.Pack.ID != "" {
		out.Policy = &proof.Policy{ID: v.Policy.Pack.ID, Version: v.Policy.Pack.Version, Digest: v.Policy.Digest}
	}
	out.BrokenGlass = brokenGlassOf(v, m)
	for _, c := range v.Carried {
		out.Carried = append(out.Carried, carriedOne{c.Threshold, c.From, c.Under, c.Rule, string(c.Basis), c.Decision})
	}
	return out
}

func demandsOf(v gate.Verdict) []demand {
	var all []demand
	for _, d := range v.Requires {
		all = append(all, demand{d.Standard, string(d.Facet), d.By})
	}
	return all
}

func because(v gate.Verdict) []string {
	var all []string
	for _, r := range v.HeldBecause() {
		all = append(all, r.Reason)
	}
	return all
}

type gateStanding struct {
	Model string `placeholder:"M" help:"Only this model."`
}

// standingRow is the JSON of one model and action.
type standingRow struct {
	Model       string    `json:"model"`
	Action      string    `json:"action"`
	Environment string    `json:"environment"`
	Verdict     string    `json:"verdict"`
	Grade       string    `json:"grade"`
	Requires    []demand  `json:"requires"`
	HeldBecause []string  `json:"held_because"`
	StandIns    []standIn `json:"stand_ins"`
	onlyWhile   []string
}

func (c gateStanding) Run(s *session) error {
	a, m, err := s.moment()
	if err != nil {
		return err
	}
	rows := standingRows(a, m, c.Model)
	if s.JSON {
		return s.print(struct {
			AsOf     asOf          `json:"as_of"`
			Standing []standingRow `json:"standing"`
			Clock    string        `json:"clock"`
		}{asOfOf(m), rows, clockOf(m)})
	}
	s.say("As of entry %d, %s%s%s:", m.View.Size-1, instant(m.Now), made(m), s.ahead(m))
	var short []standing
	for _, r := range rows {
		short = append(short, standing{Model: r.Model, Action: r.Action, Verdict: r.Verdict, Grade: r.Grade, HeldBecause: r.HeldBecause, onlyWhile: r.onlyWhile})
	}
	if len(short) == 0 {
		s.note("no model is registered, or no policy is in force: everything is held")
	}
	s.standing(short)
	return nil
}

func standingRows(a *app.App, m app.Moment, only string) []standingRow {
	rows := []standingRow{}
	facts := m.View.State.Facts()
	p, ok := facts.Policy.InForce(m.Now)
	if !ok {
		return rows
	}
	for _, one := range facts.Model.Models() {
		if only != "" && one.Model != only {
			continue
		}
		for _, action := range p.Pack.Actions {
			v := a.Verdict(m, gate.Ask{Model: one.Model, Action: action.ID})
			rows = append(rows, standingRow{
				Model: one.Model, Action: action.ID, Environment: v.Ask.Environment, Verdict: v.Outcome.String(), Grade: v.Grade.String(),
				Requires: demandsOf(v), HeldBecause: because(v), StandIns: standInsOf(v), onlyWhile: standInWords(v.StandIns),
			})
		}
	}
	return rows
}
