// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/model"
)

type modelList struct{}

// modelLine is a model in JSON.
type modelLine struct {
	ID        string `json:"id"`
	Family    text   `json:"family"`
	Developer text   `json:"developer"`
	Title     text   `json:"title"`
	Snapshots int    `json:"snapshots"`
	Runs      int    `json:"runs"`
	Results   int    `json:"results"`
	Grade     string `json:"grade"`
	Seq       int64  `json:"seq"`
}

func modelLineOf(m app.Moment, one model.Model) modelLine {
	items := m.View.State.Evidence.For(one.Model)
	return modelLine{
		one.Model, text(one.Family), text(one.Developer), text(one.Title), len(m.View.State.Model.Snapshots(one.Model)),
		len(items.Runs), len(items.Results), one.Grade.String(), one.Seq,
	}
}

func (modelList) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	all := []modelLine{}
	for _, one := range m.View.State.Model.Models() {
		all = append(all, modelLineOf(m, one))
	}
	if s.JSON {
		return s.print(struct {
			Models []modelLine `json:"models"`
			Clock  string      `json:"clock"`
		}{all, clockOf(m)})
	}
	if len(all) == 0 {
		s.note("there are no models yet: holdpoint model add ID")
		return nil
	}
	rows := [][]string{{"MODEL", "FAMILY", "SNAPSHOTS", "RUNS", "RESULTS", "TITLE"}}
	for _, l := range all {
		rows = append(rows, []string{l.ID, or(string(l.Family), "-"), strconv.Itoa(l.Snapshots), strconv.Itoa(l.Runs), strconv.Itoa(l.Results), or(string(l.Title), "-")})
	}
	s.grid(rows)
	return nil
}

type modelShow struct {
	ID string `arg:"" help:"The model."`
}

// modelDetail is everything about a model, in JSON.
type modelDetail struct {
	modelLine
	States      []snapshot   `json:"snapshot_list"`
	Compute     []estimate   `json:"compute"`
	DerivedFrom []derivation `json:"derived_from"`
	Changes     []change     `json:"conditions_changed"`
	Deployments []deployment `json:"deployments"`
	Clock       string       `json:"clock"`
}

type snapshot struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	Safety  string `json:"safety"`
	Weights text   `json:"weights"`
	Files   int    `json:"files"`
	TakenOn text   `json:"taken_on"`
	Grade   string `json:"grade"`
	Seq     int64  `json:"seq"`
}

type estimate struct {
	Snapshot  text   `json:"snapshot"`
	Value     number `json:"value"`
	Low       number `json:"low"`
	High      number `json:"high"`
	Unit      string `json:"unit"`
	Method    string `json:"method"`
	Reference text   `json:"reference"`
	Grade     string `json:"grade"`
	Seq       int64  `json:"seq"`
}

type derivation struct {
	Base     string `json:"base"`
	Snapshot text   `json:"base_snapshot"`
	Method   string `json:"method"`
	Increase string `json:"increase"`
	Reason   string `json:"reason"`
	Grade    string `json:"grade"`
	Seq      int64  `json:"seq"`
}

type change struct {
	What        string `json:"what"`
	Significant bool   `json:"significant"`
	Reason      string `json:"reason"`
	Grade       string `json:"grade"`
	Seq         int64  `json:"seq"`
}

type deployment struct {
	Environment string `json:"environment"`
	Snapshot    text   `json:"snapshot"`
	Surface     text   `json:"surface"`
	Audience    text   `json:"audience"`
	Live        bool   `json:"live"`
	Grade       string `json:"grade"`
	Seq         int64  `json:"seq"`
}

func modelDetailOf(m app.Moment, one model.Model) modelDetail {
	w := m.View.State.Model
	d := modelDetail{modelLine: modelLineOf(m, one), Clock: clockOf(m),
		States: []snapshot{}, Compute: []estimate{}, DerivedFrom: []derivation{}, Changes: []change{}, Deployments: []deployment{}}
	for _, x := range w.Snapshots(one.Model) {
		d.States = append(d.States, snapshot{x.ID(), string(x.Kind), string(x.Safety), text(x.Weights), x.Files, text(x.TakenOn), x.Grade.String(), x.Seq})
	}
	for _, x := range w.Estimates(one.Model) {
		d.Compute = append(d.Compute, estimate{text(x.Snapshot), number(x.Value), number(x.Low), number(x.High), string(x.Unit), x.Method, text(x.Reference), x.Grade.String(), x.Seq})
	}
	for _, x := range w.Derivations(one.Model) {
		d.DerivedFrom = append(d.DerivedFrom, derivation{x.Base, text(x.BaseSnapshot), string(x.Method), string(x.Increase), x.Reason, x.Grade.String(), x.Seq})
	}
	for _, x := range w.Changes(one.Model) {
		d.Changes = append(d.Changes, change{string(x.What), x.Significant, x.Reason, x.Grade.String(), x.Seq})
	}
	for _, x := range w.Deployments(one.Model) {
		d.Deployments = append(d.Deployments, deployment{x.Environment, text(x.Snapshot), text(x.Surface), text(x.Audience), x.Live, x.Grade.String(), x.Seq})
	}
	return d
}

func (c modelShow) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	one, ok := m.View.State.Model.Model(c.ID)
	if !ok {
		return noModel(c.ID)
	}
	d := modelDetailOf(m, one)
	if s.JSON {
		return s.print(d)
	}
	s.model(d)
	return nil
}

func (s *session) model(d modelDetail) {
	var facts []string
	for _, f := range []string{string(d.Title), string(d.Family), string(d.Developer)} {
		if f != "" {
			facts = append(facts, f)
		}
	}
	s.say("%s", strings.Join(append([]string{d.ID}, facts...), ", "))
	s.say("%s, %s, known since entry %d (%s)", plural(d.Runs, "run", "runs"), plural(d.Results, "reported result", "reported results"), d.Seq, d.Grade)
	rows := [][]string{}
	for _, x := range d.States {
		rows = append(rows, []string{"  snapshot " + x.ID, words(x.Kind), "safety " + x.Safety, "weights " + or(string(x.Weights), "not known")})
	}
	s.grid(rows)
	for _, x := range d.Compute {
		s.say("  compute %s %s%s, by %s", x.Value, x.Unit, between(x), x.Method)
	}
	for _, x := range d.DerivedFrom {
		s.say("  derived from %s (%s), increase %s: %s", x.Base, words(x.Method), words(x.Increase), x.Reason)
	}
	for _, x := range d.Changes {
		s.say("  conditions changed (%s)%s: %s", words(x.What), map[bool]string{true: ", significant"}[x.Significant], x.Reason)
	}
	for _, x := range d.Deployments {
		s.say("  %s %s", map[bool]string{true: "in use in", false: "no longer in use in"}[x.Live], x.Environment)
	}
}

func between(x estimate) string {
	text := ""
	if x.Low != "" || x.High != "" {
		text = " (" + or(string(x.Low), "?") + " to " + or(string(x.High), "?") + ")"
	}
	if x.Snapshot != "" {
		text += " for " + string(x.Snapshot)
	}
	return text
}
