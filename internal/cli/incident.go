// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"
	"time"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/incident"
)

type incidentCmd struct {
	Declare incidentDeclare `cmd:"" help:"Declare an incident, a jailbreak or a near miss; can stop a model and reopen a standard in the same act."`
	Update  incidentUpdate  `cmd:"" help:"Record what became known: times, a re-test, the commander, a note."`
	Close   incidentClose   `cmd:"" help:"Close it with its post-mortem; it stays in the record."`
	List    incidentList    `cmd:"" help:"List incidents, with how long they took."`
	Show    incidentShow    `cmd:"" help:"Show one with its times, what is missing and what was learned."`
}

// incidentTimes are the flags for the five times, each stated by itself.
type incidentTimes struct {
	Occurred   string `placeholder:"TIME" help:"When it happened, in UTC: 2025-05-22T14:00:00Z."`
	Detected   string `placeholder:"TIME" help:"When something showed it."`
	Aware      string `placeholder:"TIME" help:"When a person knew."`
	Determined string `placeholder:"TIME" help:"When it was found to be an incident."`
	Submitted  string `placeholder:"TIME" help:"When it was reported to whom it must be."`
}

func (c incidentTimes) times() (t incident.Times, err error) {
	err = timeFlags(map[string]timeFlag{
		"--occurred": {c.Occurred, &t.Occurred}, "--detected": {c.Detected, &t.Detected}, "--aware": {c.Aware, &t.Aware},
		"--determined": {c.Determined, &t.Determined}, "--submitted": {c.Submitted, &t.Submitted},
	})
	return t, err
}

type timeFlag struct {
	value string
	to    *int64
}

// timeFlags reads times to the second at least: clocks of hours run from them,
// so a day is not enough.
func timeFlags(flags map[string]timeFlag) error {
	for name, f := range flags {
		if f.value == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339, f.value)
		if err != nil {
			return fault.Usagef("%s %q is not a time", name, f.value).Hinted("write it with hours and zone: 2025-05-22T14:00:00Z")
		}
		*f.to = t.UnixMilli()
	}
	return nil
}

type incidentDeclare struct {
	Kind          string   `arg:"" enum:"incident,jailbreak,near_miss" help:"incident, jailbreak or near_miss."`
	Title         string   `arg:"" help:"What happened, in a sentence."`
	Commander     string   `placeholder:"PERSON" help:"Who leads the response; may be named later."`
	Model         []string `placeholder:"M" help:"A model that it concerns; may be given again."`
	Deployment    []string `sep:"none" placeholder:"TEXT" help:"Where it happened; may be given again."`
	incidentTimes `embed:""`
	Severity      string   `placeholder:"TEXT" help:"How bad it is, in words."`
	Universality  string   `placeholder:"TEXT" help:"How widely a jailbreak works, in words."`
	InternalUse   bool     `help:"It happened in the developer's own use of the model."`
	TargetHours   int64    `placeholder:"N" help:"Within how many hours of being identified it is to be remedied."`
	Hold          []string `sep:"none" placeholder:"MODEL[:ACTION]" help:"Stop this at once, in the same act; * for every model; may be given again."`
	Reopen        []string `sep:"none" placeholder:"STANDARD/FACET" help:"Record that these safeguards failed in practice, such as ASL-3/deployment; may be given again."`
	Reported      reported `embed:""`
}

func (c incidentDeclare) Run(s *session) error {
	in, err := c.declaring()
	if err != nil {
		return err
	}
	done, err := s.act(app.DeclareIncident(in))
	if err != nil {
		return err
	}
	id := done.ID("incident", 0)
	if err := s.done(id, done, id+" is declared"); err != nil || s.JSON {
		return err
	}
	v, err := done.View.State.Incident.Find(id)
	if err != nil {
		return err
	}
	for i, hold := range v.Holds {
		s.say("%s stands: %s of %s", hold, stops(in.Stop[i].Actions), modelWords(in.Stop[i].Model))
	}
	for _, r := range v.Reopened {
		s.say("%s is reopened until its approval is given again", r)
	}
	if len(v.Holds)+len(v.Reopened) > 0 {
		s.outside(done.View)
	}
	if v.Commander == "" {
		s.note("nobody leads the response yet: holdpoint incident update %s --commander PERSON", id)
	}
	return nil
}

func (c incidentDeclare) declaring() (app.Declaring, error) {
	times, err := c.times()
	if err != nil {
		return app.Declaring{}, err
	}
	how, err := c.Reported.how()
	if err != nil {
		return app.Declaring{}, err
	}
	in := app.Declaring{How: how, Declared: incident.Declared{
		Kind: incident.Kind(c.Kind), Title: c.Title, Commander: c.Commander, Models: c.Model, Deployments: c.Deployment, Times: times,
		Severity: c.Severity, Universality: c.Universality, InternalUse: c.InternalUse, TargetHours: c.TargetHours,
	}}
	for _, h := range c.Hold {
		model, action, narrow := strings.Cut(h, ":")
		hold := gate.PlaceIn{Model: model}
		if narrow {
			hold.Actions = []string{action}
		}
		in.Stop = append(in.Stop, hold)
	}
	for _, r := range c.Reopen {
		standard, facet, ok := strings.Cut(r, "/")
		if !ok {
			return in, fault.Usagef("--reopen %q does not name a standard's facet", r).Hinted("write ASL-3/deployment or ASL-3/security")
		}
		in.Reopen = append(in.Reopen, app.FacetOf{Standard: standard, Facet: facet})
	}
	return in, nil
}

type incidentUpdate struct {
	Incident      string `arg:"" help:"The incident."`
	Commander     string `placeholder:"PERSON" help:"Who leads the response from now on."`
	incidentTimes `embed:""`
	Identified    string `placeholder:"TIME" help:"When it was understood what it is."`
	Remediated    string `placeholder:"TIME" help:"When it was mended."`
	Retest        string `enum:",passed,failed" default:"" placeholder:"RESULT" help:"passed: it no longer works; failed: it still does."`
	RetestText    string `placeholder:"TEXT" help:"What was tested again, and what came out."`
	RetestRef     string `placeholder:"KIND:ID" help:"What shows it, such as run:run-12."`
	Note          string `placeholder:"TEXT" help:"What else became known."`
	Correction    string `placeholder:"TEXT" help:"Why a time that was stated before was wrong."`
}

func (c incidentUpdate) Run(s *session) error {
	in, err := c.updated()
	if err != nil {
		return err
	}
	done, err := s.act(app.UpdateIncident(in))
	if err != nil {
		return err
	}
	return s.done(c.Incident, done, c.Incident+" is updated")
}

func (c incidentUpdate) updated() (incident.Updated, error) {
	in := incident.Updated{Incident: c.Incident, Commander: c.Commander, Note: c.Note, Correction: c.Correction}
	var err error
	if in.Times, err = c.times(); err != nil {
		return in, err
	}
	err = timeFlags(map[string]timeFlag{"--identified": {c.Identified, &in.Identified}, "--remediated": {c.Remediated, &in.Remediated}})
	if err != nil {
		return in, err
	}
	if c.Retest == "" {
		if c.RetestText != "" || c.RetestRef != "" {
			err = fault.Usagef("nothing says how the re-test came out").Hinted("add --retest passed or --retest failed")
		}
		return in, err
	}
	in.Retest = &incident.Retest{Statement: c.RetestText, Passed: c.Retest == "passed"}
	if c.RetestRef != "" {
		ref, err := refFlag("--retest-ref", c.RetestRef)
		if err != nil {
			return in, err
		}
		in.Retest.Ref = &ref
	}
	return in, nil
}

type incidentClose struct {
	Incident string   `arg:"" help:"The incident."`
	Document string   `placeholder:"PATH" help:"The post-mortem: a file, which is named by its digest."`
	Text     string   `placeholder:"TEXT" help:"The post-mortem in words, instead of or beside a file."`
	Lesson   []string `sep:"none" placeholder:"TEXT" help:"What was learned; may be given again."`
}

func (c incidentClose) Run(s *session) error {
	doc, err := s.document(c.Document)
	if err != nil {
		return err
	}
	done, err := s.act(app.CloseIncident(incident.Closed{
		Incident: c.Incident, PostMortem: incident.PostMortem{Document: doc, Text: c.Text}, Lessons: c.Lesson,
	}))
	if err != nil {
		return err
	}
	return s.done(c.Incident, done, c.Incident+" is closed, and stays in the record")
}
