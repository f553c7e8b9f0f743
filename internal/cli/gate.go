// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/rule"
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
	Env          string `placeholder:"E" help:"Where; the policy names one for each action."`
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
	asking `embed:""`
}

// Help is what --help adds.
func (gateCheck) Help() string {
	return "Answers held or clear with every condition, why, and the entries that prove it. Only met opens anything: what is " +
		"missing, contradictory or too little known holds. Exit codes: 0 clear, 3 held, 2 the question has no meaning (such as an " +
		"action that the policy does not know), 1 the question could not be asked."
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
	v, m, err := a.Check(s.ctx, ask, s.At)
	if err != nil {
		return err
	}
	if s.JSON {
		err = s.print(verdictOf(v, m))
	} else {
		verdictText{s, v, m}.print()
	}
	if err == nil && v.Outcome != gate.Clear {
		return outcome(exitHeld)
	}
	return err
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
	Snapshot     text         `json:"snapshot"`
	ComparableTo text         `json:"comparable_to"`
	Floor        string       `json:"floor"`
	Rules        int64        `json:"rules"`
	Clock        string       `json:"clock"`
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
		NotPublished: v.NotPublished, Limitations: v.Limitations, Snapshot: text(v.Ask.Snapshot), ComparableTo: text(v.Ask.ComparableTo),
		Floor: v.Ask.Floor.String(), Rules: v.Rules, Clock: clockOf(m),
	}
	if v.Policy.Pack.ID != "" {
		out.Policy = &proof.Policy{ID: v.Policy.Pack.ID, Version: v.Policy.Pack.Version, Digest: v.Policy.Digest}
	}
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

// verdictText prints an answer for people: first why it is held, then every
// condition.
type verdictText struct {
	*session
	v gate.Verdict
	m app.Moment
}

func (t verdictText) print() {
	v := t.v
	t.say("%s: %s of %s%s", sign(v.Outcome), printable(v.Ask.Action), printable(subjectText(v.Ask)), printable(where(v.Ask)))
	t.say("as of entry %d, %s%s; the facts it rests on are %s", t.m.View.Size-1, instant(t.m.Now), made(t.m), v.Grade)
	if held := v.HeldBecause(); len(held) > 0 {
		t.say("\nHeld because:")
		for _, r := range held {
			t.leaf("  ", r)
		}
	}
	t.say("\nEvery condition:")
	for _, r := range v.Conditions {
		t.tree("  ", r)
	}
	t.lists()
	t.say("\nCheck this yourself: holdpoint ledger show N prints an entry; holdpoint ledger export DIR, then")
	t.say("holdpoint verify ledger DIR --key %s --replay recomputes what was recorded.", printable(keyFile(t.open)))
}

// sign is the mark and the word of an answer.
func sign(o gate.Outcome) string {
	if o == gate.Clear {
		return "□ CLEAR"
	}
	return "■ HELD"
}

func subjectText(a gate.Ask) string {
	if a.Snapshot == "" {
		return a.Model
	}
	return a.Model + "/" + a.Snapshot
}

func where(a gate.Ask) string {
	text := ""
	if a.Environment != "" {
		text = " in " + a.Environment
	}
	if a.ComparableTo != "" {
		text += ", comparable to " + a.ComparableTo
	}
	return text
}

func made(m app.Moment) string {
	if m.Simulated {
		return " (a simulated clock)"
	}
	return ""
}

// mark is a sign and a word for each value, so that neither colour nor sign
// alone carries it.
func mark(s rule.Status) string {
	switch s {
	case rule.Met:
		return "✓ met"
	case rule.NotMet:
		return "✗ not met"
	}
	return "? cannot tell"
}

func (t verdictText) leaf(indent string, r rule.Result) {
	line := fmt.Sprintf("%s: %s", r.ID, r.Reason)
	if r.Clause != "" {
		line += fmt.Sprintf(" [clause %s, %s]", r.Clause, r.Basis)
	}
	if len(r.Entries) > 0 {
		line += " " + entriesText(r.Entries)
	}
	t.wrapped(fmt.Sprintf("%s%-13s ", indent, mark(r.Status)), line)
}

func (t verdictText) tree(indent string, r rule.Result) {
	t.leaf(indent, r)
	for _, c := range r.Children {
		t.tree(indent+"  ", c)
	}
}

func entriesText(seqs []int64) string {
	words := make([]string, len(seqs))
	for i, n := range seqs {
		words[i] = seqText(n)
	}
	if len(words) == 1 {
		return "(entry " + words[0] + ")"
	}
	return "(entries " + strings.Join(words, ", ") + ")"
}

func (t verdictText) lists() {
	for _, d := range t.v.Requires {
		t.say("Requires %s %s (%s)", d.Standard, d.Facet, d.By)
	}
	for _, c := range t.v.Carried {
		t.say("Carried: %s rests on %s of %s, by %s (%s)", c.Threshold, c.From, c.Under, c.Rule, c.Decision)
	}
	for _, l := range t.v.Limitations {
		t.wrapped("Named limitation: ", l)
	}
	if len(t.v.NotPublished) > 0 {
		t.wrapped("Not published: ", strings.Join(t.v.NotPublished, ", "))
	}
}

type gateStanding struct {
	Model string `placeholder:"M" help:"Only this model."`
}

// standingRow is the JSON of one model and action.
type standingRow struct {
	Model       string   `json:"model"`
	Action      string   `json:"action"`
	Environment string   `json:"environment"`
	Verdict     string   `json:"verdict"`
	Grade       string   `json:"grade"`
	Requires    []demand `json:"requires"`
	HeldBecause []string `json:"held_because"`
}

func (c gateStanding) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	rows := standingRows(m, c.Model)
	if s.JSON {
		return s.print(struct {
			AsOf     asOf          `json:"as_of"`
			Standing []standingRow `json:"standing"`
			Clock    string        `json:"clock"`
		}{asOfOf(m), rows, clockOf(m)})
	}
	s.say("As of entry %d, %s%s:", m.View.Size-1, instant(m.Now), made(m))
	var short []standing
	for _, r := range rows {
		short = append(short, standing{Model: r.Model, Action: r.Action, Verdict: r.Verdict, Grade: r.Grade, HeldBecause: r.HeldBecause})
	}
	if len(short) == 0 {
		s.note("no model is registered, or no policy is in force: everything is held")
	}
	s.standing(short)
	return nil
}

func standingRows(m app.Moment, only string) []standingRow {
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
			v := gate.Evaluate(facts, gate.Ask{Model: one.Model, Action: action.ID}, m.Now)
			rows = append(rows, standingRow{
				Model: one.Model, Action: action.ID, Environment: v.Ask.Environment, Verdict: v.Outcome.String(), Grade: v.Grade.String(),
				Requires: demandsOf(v), HeldBecause: because(v),
			})
		}
	}
	return rows
}
