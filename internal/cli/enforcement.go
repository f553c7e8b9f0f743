// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/world"
)

type enforcementCmd struct {
	Register  enforcementRegister  `cmd:"" help:"Register a place that asks before something runs, and give it its canary."`
	Heartbeat enforcementHeartbeat `cmd:"" help:"Report what a point does with answers, and what became of its canary."`
	Observe   enforcementObserve   `cmd:"" help:"Propose to the policy's signers that a point observes until a day."`
	Retire    enforcementRetire    `cmd:"" help:"End a point; what it guarded is without enforcement from then on."`
	List      enforcementList      `cmd:"" help:"List points, what is known of each, and what is live without enforcement."`
}

// Help is what --help adds.
func (enforcementCmd) Help() string {
	return "An enforcement point is a hook in a cluster, a pipeline or a serving system that asks Holdpoint before something runs. It proves that " +
		"it holds with its canary, a digest that no weights have: it asks holdpoint verify clearance FILE --key KEY --digest CANARY, or holdpoint " +
		"gate check MODEL ACTION --digest CANARY, must be refused (any exit code but 0), and reports the outcome in a heartbeat. A point that is " +
		"silent, that did not try its canary or that says it observes does not count as enforcing."
}

type enforcementRegister struct {
	Point          string   `arg:"" help:"Its id, such as prod-admission."`
	Environment    string   `aliases:"env" required:"" placeholder:"E" help:"Where it stands, such as production."`
	Action         []string `required:"" sep:"none" placeholder:"A" help:"An action that it asks about; may be given again."`
	Owner          string   `required:"" placeholder:"ROLE" help:"The role that answers for it."`
	HeartbeatHours int64    `default:"24" placeholder:"N" help:"Within how many hours it is heard; 24 if not given."`
}

func (c enforcementRegister) Run(s *session) error {
	canary, err := app.NewCanary(nil)
	if err != nil {
		return err
	}
	done, err := s.act(app.RegisterPoint(enforcement.Registered{
		Point: c.Point, Environment: c.Environment, Actions: c.Action, Owner: c.Owner, HeartbeatHours: c.HeartbeatHours,
	}, canary))
	if err != nil {
		return err
	}
	p, err := done.View.State.Enforcement.Point(c.Point)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.print(struct {
			acted
			Canary string `json:"canary"`
		}{actedOf(p.Point, done), p.Canary})
	}
	s.say("%s stands before %s (%s)", p.Point, p, entriesOf(done))
	s.say("its canary, which must always be held: %s", p.Canary)
	s.say("next: holdpoint gate check MODEL %s --digest %s; then holdpoint enforcement heartbeat %s --mode enforce --canary held", p.Actions[0], p.Canary, p.Point)
	return nil
}

type enforcementHeartbeat struct {
	Point   string `arg:"" help:"The point."`
	Canary  string `required:"" enum:"held,passed,not_tried" help:"What became of the canary: held, passed or not_tried."`
	Mode    string `required:"" enum:"enforce,observe" help:"What it does with answers: enforce or observe. One that observes reports of its canary what it would have done."`
	Version string `placeholder:"TEXT" help:"Its own release."`
}

func (c enforcementHeartbeat) Run(s *session) error {
	done, err := s.act(app.Heartbeat(enforcement.Heartbeat{
		Point: c.Point, Canary: enforcement.CanaryAnswer(c.Canary), Mode: enforcement.Mode(c.Mode), Version: c.Version,
	}))
	if err != nil {
		return err
	}
	w := done.View.State
	p, err := w.Enforcement.Point(c.Point)
	if err != nil {
		return err
	}
	st := w.PointStatus(p, done.View.Time)
	found, told := aftermath(done)
	if s.JSON {
		return s.print(struct {
			acted
			Status  string `json:"status"`
			Finding text   `json:"finding"`
			Paged   text   `json:"paged"`
		}{actedOf(p.Point, done), string(st), text(found), text(told.To)})
	}
	if err := s.done(p.Point, done, p.Point+": "+p.Words(st)); err != nil {
		return err
	}
	if found != "" {
		s.say("%s is open, and %s pages %s.", found, told.ID, told.To)
	}
	return nil
}

type enforcementObserve struct {
	Point  string `arg:"" help:"The point."`
	Until  string `required:"" placeholder:"DAY" help:"The last day on which it may observe, at most 90 days off."`
	Reason string `required:"" placeholder:"TEXT" help:"Why, in a sentence."`
	Title  string `placeholder:"TEXT" help:"One sentence that says what is asked."`
}

func (c enforcementObserve) Run(s *session) error {
	until, err := dayFlag("--until", c.Until)
	if err != nil {
		return err
	}
	title := or(c.Title, "Shall "+c.Point+" observe and not hold until "+c.Until+"?")
	return s.propose(decision.ProposeIn{
		Kind: policy.DecideException, Title: title, Exemption: &decision.Exemption{Observe: c.Point, Reason: c.Reason, Until: until},
	})
}

type enforcementRetire struct {
	Point  string `arg:"" help:"The point."`
	Reason string `required:"" placeholder:"TEXT" help:"Why, in a sentence."`
}

func (c enforcementRetire) Run(s *session) error {
	done, err := s.act(app.RetirePoint(enforcement.Retired{Point: c.Point, Reason: c.Reason}))
	if err != nil {
		return err
	}
	return s.done(c.Point, done, c.Point+" is retired")
}

type enforcementList struct{}

// pointOne is the JSON of an enforcement point.
type pointOne struct {
	Point          string   `json:"point"`
	Environment    string   `json:"environment"`
	Actions        []string `json:"actions"`
	Owner          string   `json:"owner"`
	Canary         string   `json:"canary"`
	HeartbeatHours int64    `json:"heartbeat_hours"`
	Status         string   `json:"status"`
	Words          string   `json:"words"`
	Heard          instant  `json:"heard"`
	HeardBy        text     `json:"heard_by"`
	Mode           text     `json:"mode"`
	CanaryAnswer   text     `json:"canary_answer"`
	CanaryTried    instant  `json:"canary_tried"`
	Version        text     `json:"version"`
	ObserveUntil   text     `json:"observe_until"`
	Decision       text     `json:"decision"`
	Seq            int64    `json:"seq"`
}

// unenforcedOne is the JSON of a live deployment that nothing is known to hold.
type unenforcedOne struct {
	Model       string `json:"model"`
	Snapshot    text   `json:"snapshot"`
	Environment string `json:"environment"`
	Action      text   `json:"action"`
	Why         string `json:"why"`
}

func (enforcementList) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	w := m.View.State
	points, unenforced := []pointOne{}, unenforcedOf(m)
	for _, p := range w.Enforcement.Points() {
		points = append(points, pointOf(w, p, m.Now))
	}
	if s.JSON {
		return s.print(struct {
			Points     []pointOne      `json:"points"`
			Unenforced []unenforcedOne `json:"unenforced"`
			Clock      string          `json:"clock"`
		}{points, unenforced, clockOf(m)})
	}
	s.sayPoints(points)
	s.sayUnenforced(unenforced)
	return nil
}

func unenforcedOf(m app.Moment) []unenforcedOne {
	all := []unenforcedOne{}
	for _, u := range m.View.State.Unguarded(m.Now) {
		all = append(all, unenforcedOne{u.Model, text(u.Snapshot), u.Environment, text(u.Action), u.Why})
	}
	return all
}

// observingOf lists the points that observe, by leave or without one.
func observingOf(m app.Moment) []string {
	all := []string{}
	for _, p := range m.View.State.Enforcement.Points() {
		if st := m.View.State.PointStatus(p, m.Now); st == enforcement.Observes || st == enforcement.SaysObserve {
			all = append(all, p.Point)
		}
	}
	return all
}

func pointOf(w world.World, p enforcement.Point, now int64) pointOne {
	st := w.PointStatus(p, now)
	one := pointOne{
		Point: p.Point, Environment: p.Environment, Actions: p.Actions, Owner: p.Owner, Canary: p.Canary, HeartbeatHours: p.HeartbeatHours,
		Status: string(st), Words: p.Words(st), Heard: instant(p.Heard.At), HeardBy: text(p.Heard.By), Mode: text(p.Heard.Mode),
		CanaryAnswer: text(p.Tried.Canary), CanaryTried: instant(p.Tried.At), Version: text(p.Heard.Version), Seq: p.Seq,
	}
	if p.Leave.Seq != 0 {
		one.ObserveUntil, one.Decision = text(p.Leave.Until), text(p.Leave.Decision)
	}
	return one
}

func (s *session) sayPoints(points []pointOne) {
	if len(points) == 0 {
		s.note("no enforcement point is registered")
		return
	}
	rows := [][]string{{"POINT", "BEFORE", "WHERE", "OWNER", "HEARD", "STATE"}}
	for _, p := range points {
		rows = append(rows, []string{p.Point, strings.Join(p.Actions, ", "), p.Environment, p.Owner, or(p.Heard.String(), "never"), p.Words})
	}
	s.grid(rows)
}

func (s *session) sayUnenforced(all []unenforcedOne) {
	if len(all) == 0 {
		s.say("Nothing that is recorded as live is without enforcement.")
		return
	}
	s.say("Live without enforcement:")
	for _, u := range all {
		subject := u.Model
		if u.Snapshot != "" {
			subject += "/" + string(u.Snapshot)
		}
		s.wrapped("  ✗ ", subject+" in "+u.Environment+": "+u.Why)
	}
}
