// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/world"
)

// initCmd makes a workspace. The policy is looked up first, so that a misspelt
// one leaves no folder behind.
type initCmd struct {
	Folder string `arg:"" optional:"" name:"dir" help:"The folder; --dir or the current folder if not given."`
	Policy string `placeholder:"REF" help:"Adopt this policy at once: id@version of one that ships, or a file."`
	Origin string `placeholder:"NAME" help:"Name of the journal and its key, such as lab.example/holdpoint; a made-up one if not given."`
	Clock  string `enum:"wall,simulated" default:"wall" help:"Where times come from: wall, or simulated for a history that is replayed or made up (for ever marked as such; --at is its first moment)."`
}

func (c initCmd) Run(s *session) error {
	var pack *policy.Pack
	if c.Policy != "" {
		p, err := app.LoadPolicy(c.Policy, policy.State{})
		if err != nil {
			return err
		}
		pack = &p
	}
	if c.Folder != "" {
		s.Dir = c.Folder
	}
	g := app.Genesis{Origin: c.Origin, Clock: journal.Clock(c.Clock)}
	if s.At != "" {
		at, err := app.ParseTime(s.At)
		if err != nil {
			return err
		}
		g.At = at
	}
	a, err := app.Init(s.ctx, s.dir(), g)
	if err != nil {
		return err
	}
	s.open, s.As, s.At = a, app.Operator, ""
	if pack != nil {
		if _, err := s.act(app.AdoptPolicy(policy.AdoptIn{Pack: *pack})); err != nil {
			return err
		}
	}
	return c.report(s, a)
}

func (c initCmd) report(s *session, a *app.App) error {
	view, err := a.View(s.ctx)
	if err != nil {
		return err
	}
	adopted := adoptedAll(view.State.Policy.Versions())
	if s.JSON {
		return s.print(struct {
			Workspace string      `json:"workspace"`
			Origin    string      `json:"origin"`
			Key       string      `json:"key"`
			Clock     string      `json:"clock"`
			Size      int64       `json:"size"`
			Policies  []policyRef `json:"policies"`
		}{a.Dir(), view.Begun.Origin, a.Key().String(), string(view.Begun.Clock), view.Size, adopted})
	}
	s.say("A workspace in %s, with the journal %s.", a.Dir(), view.Begun.Origin)
	for _, p := range adopted {
		s.say("Adopted %s@%s.", p.ID, p.Version)
	}
	s.say("Its public key, for everybody, is in holdpoint.vkey; holdpoint.key is secret.")
	if view.Begun.Clock == journal.Simulated {
		s.note("this workspace has a simulated clock: its times are made up")
	}
	if len(adopted) == 0 {
		s.note("no policy is in force yet: holdpoint policy adopt anthropic-rsp@2.2")
	}
	return nil
}

// policyRef names a version of a policy in JSON.
type policyRef struct {
	ID        string `json:"id"`
	Version   string `json:"version"`
	Digest    string `json:"digest"`
	Effective string `json:"effective"`
}

func policyRefOf(p policy.Pack) policyRef {
	return policyRef{p.ID, p.Version, p.Digest(), string(p.Effective)}
}

func adoptedAll(all []policy.Adopted) []policyRef {
	refs := []policyRef{}
	for _, a := range all {
		refs = append(refs, policyRefOf(a.Pack))
	}
	return refs
}

// statusCmd says where things stand.
type statusCmd struct {
	Since string `placeholder:"SEQ|TIME" help:"Say what changed since: the first entry you have not seen, or when you last looked."`
}

// standing is the JSON of one model and action.
type standing struct {
	Model       string    `json:"model"`
	Action      string    `json:"action"`
	Verdict     string    `json:"verdict"`
	Grade       string    `json:"grade"`
	HeldBecause []string  `json:"held_because"`
	StandIns    []standIn `json:"stand_ins"`
	// onlyWhile says in words what the verdict relies on that ends.
	onlyWhile []string
}

// state is the JSON of a workspace.
type state struct {
	// LiveHeld stands before all else: what is in use and may not be.
	LiveHeld  []liveHeld `json:"live_while_held"`
	Workspace string     `json:"workspace"`
	Origin    string     `json:"origin"`
	Clock     string     `json:"clock"`
	Now       instant    `json:"now"`
	Size      int64      `json:"size"`
	Root      string     `json:"root"`
	Policy    *policyRef `json:"policy"`
	People    int        `json:"people"`
	Models    int        `json:"models"`
	Open      int        `json:"open_decisions"`
	Holds     int        `json:"holds"`
	Standing  []standing `json:"standing"`
	// Unenforced is live with nothing known to hold it; Observing are the points
	// that do not hold.
	Unenforced []unenforcedOne `json:"unenforced"`
	Observing  []string        `json:"observing"`
	// Late counts the duties that are late, Unsettled the findings of noncompliance
	// that nobody has resolved, Waiting what is on somebody's desk. NextEnd is the
	// exception that ends first; null without one.
	Late      int           `json:"late_duties"`
	Unsettled int           `json:"findings_not_settled"`
	Waiting   int           `json:"waiting"`
	NextEnd   *exceptionOne `json:"next_end"`
}

func (c statusCmd) Run(s *session) error {
	if c.Since != "" {
		return s.since(c.Since)
	}
	a, m, err := s.moment()
	if err != nil {
		return err
	}
	st := stateOf(a, m)
	if s.JSON {
		return s.print(st)
	}
	s.liveHeld(st.LiveHeld)
	s.say("%s: %s, as of %s", st.Workspace, plural(int(st.Size), "entry", "entries"), st.Now)
	if st.Policy == nil {
		s.say("No policy is in force, so everything is held.")
	} else {
		s.say("%s@%s is in force since %s", st.Policy.ID, st.Policy.Version, st.Policy.Effective)
	}
	s.say("%s, %s, %s waiting to take effect, %s", plural(st.People, "person", "people"),
		plural(st.Models, "model", "models"), plural(st.Open, "decision", "decisions"), plural(st.Holds, "hold", "holds"))
	s.say("%s late, %s not settled, %s on the desk%s", plural(st.Late, "duty", "duties"), plural(st.Unsettled, "finding", "findings"),
		plural(st.Waiting, "thing", "things"), nextEnd(st.NextEnd))
	if len(st.Unenforced)+len(st.Observing) > 0 {
		s.say("%s live without enforcement, %s only: holdpoint enforcement list", plural(len(st.Unenforced), "deployment", "deployments"),
			plural(len(st.Observing), "point observes", "points observe"))
	}
	s.standing(st.Standing)
	return nil
}

func nextEnd(x *exceptionOne) string {
	if x == nil {
		return ""
	}
	return fmt.Sprintf("; ends next: %s %s, after %s", words(x.Kind), x.ID, x.LastDay)
}

// follow counts what follows for people: duties late, findings that nobody has
// resolved, what waits, and the exception that ends next.
func (st *state) follow(m app.Moment) {
	for _, d := range m.View.State.Obligation.Undone() {
		if m.View.State.AsDecided(d, m.Now).At(m.Now).Status == obligation.IsMissed {
			st.Late++
		}
	}
	for _, f := range m.View.State.Finding.All() {
		if f.FoundBy != finding.BySource && f.Status() != finding.IsResolved && f.Status() != finding.IsVerified {
			st.Unsettled++
		}
	}
	st.Waiting = len(app.Desk(m, ""))
	for _, x := range app.Exceptions(m) {
		if x.Ends != 0 {
			one := exceptionOf(x, m.Now)
			st.NextEnd = &one
			return
		}
	}
}

func (s *session) standing(rows []standing) {
	if len(rows) == 0 {
		return
	}
	s.say("")
	grid := [][]string{{"MODEL", "ACTION", "VERDICT", "GRADE", "BECAUSE"}}
	for _, r := range rows {
		why := ""
		if n := len(r.HeldBecause); n > 0 {
			why = oneLine(abridged(plainly(r.HeldBecause[0])))
			if n > 1 {
				why += fmt.Sprintf(" (and %d more)", n-1)
			}
		}
		if r.Verdict == gate.Clear.String() {
			why = strings.Join(r.onlyWhile, "; ")
		}
		grid = append(grid, []string{r.Model, r.Action, r.Verdict, r.Grade, why})
	}
	s.grid(grid)
}

// waiting counts the proposals on which somebody still has to act.
func waiting(w world.World) int {
	n := 0
	for _, d := range w.Decision.Open() {
		if !refused(w, d) {
			n++
		}
	}
	return n
}

func stateOf(a *app.App, m app.Moment) state {
	w := m.View.State
	st := state{
		LiveHeld: liveHeldOf(a, m), Workspace: a.Place(), Origin: m.View.Begun.Origin, Clock: clockOf(m), Now: instant(m.Now), Size: m.View.Size,
		Root: m.View.Root.String(), People: len(w.Access.People()), Models: len(w.Model.Models()), Open: waiting(w),
		Unenforced: unenforcedOf(m), Observing: observingOf(m), Standing: []standing{},
	}
	for _, h := range w.Gate.Holds() {
		if h.Stands() {
			st.Holds++
		}
	}
	st.follow(m)
	p, ok := w.Policy.InForce(m.Now)
	if !ok {
		return st
	}
	ref := policyRefOf(p.Pack)
	st.Policy = &ref
	for _, one := range w.Model.Models() {
		for _, action := range p.Pack.Actions {
			v := a.Verdict(m, gate.Ask{Model: one.Model, Action: action.ID})
			row := standing{Model: one.Model, Action: action.ID, Verdict: v.Outcome.String(), Grade: v.Grade.String(), HeldBecause: []string{}, StandIns: standInsOf(v), onlyWhile: standInWords(v.StandIns)}
			for _, r := range v.HeldBecause() {
				row.HeldBecause = append(row.HeldBecause, r.Reason)
			}
			st.Standing = append(st.Standing, row)
		}
	}
	return st
}
