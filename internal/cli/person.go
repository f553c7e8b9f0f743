// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
)

type personCmd struct {
	Add    personAdd    `cmd:"" help:"Add a person, body or automation, with the roles they hold."`
	Grant  personGrant  `cmd:"" help:"Give somebody a role of the policy in force."`
	End    personEnd    `cmd:"" help:"End a role that somebody holds; what was signed in it stays signed."`
	List   personList   `cmd:"" help:"List who there is, with roles and keys."`
	Show   personShow   `cmd:"" help:"Show one person with every grant and key."`
	Name   personName   `cmd:"" help:"Say what somebody is called; names can be forgotten again."`
	Forget personForget `cmd:"" help:"Erase what somebody is called; the id stays in the journal."`

	Password personPassword `cmd:"" help:"Give somebody a password for the server, read from standard input."`
}

type personAdd struct {
	ID       string   `arg:"" help:"An id without a name in it, such as rso-1; it is kept for ever."`
	Kind     string   `enum:"person,body,automation" default:"person" help:"person, body (one voice of several people) or automation."`
	Name     string   `placeholder:"TEXT" help:"What they are called; kept outside of the journal and erasable."`
	Role     []string `placeholder:"ROLE" help:"A role they hold; may be given again."`
	Reason   string   `placeholder:"TEXT" default:"appointed" help:"Why they hold the roles, without names (default: appointed)."`
	Reported reported `embed:""`
}

func (c personAdd) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	if c.Name != "" {
		if err := app.CheckName(c.Name); err != nil {
			return err
		}
	}
	var grants []access.RoleChange
	for _, role := range c.Role {
		grants = append(grants, access.RoleChange{Person: c.ID, Role: role, Reason: c.Reason, How: how})
	}
	done, err := s.act(app.AddPerson(access.NewPerson{ID: c.ID, Kind: access.Kind(c.Kind), How: how}, grants...))
	if err != nil {
		return err
	}
	if c.Name != "" {
		if err := s.name(c.ID, c.Name); err != nil {
			return err
		}
	}
	sentence := c.ID + " (" + c.Kind + ") is added"
	if len(c.Role) > 0 {
		sentence += " with " + strings.Join(c.Role, ", ")
	}
	return s.done(c.ID, done, sentence)
}

// name sets a name in the directory.
func (s *session) name(person, name string) error {
	a, err := s.workspace()
	if err != nil {
		return err
	}
	who, err := s.who(a)
	if err != nil {
		return err
	}
	return a.SetName(s.ctx, who, person, name)
}

type personGrant struct {
	ID       string   `arg:"" help:"Who."`
	Role     string   `arg:"" help:"A role of the policy in force."`
	Reason   string   `placeholder:"TEXT" default:"appointed" help:"Why, without names (default: appointed)."`
	Reported reported `embed:""`
}

func (c personGrant) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.GrantRole(access.RoleChange{Person: c.ID, Role: c.Role, Reason: c.Reason, How: how}))
	if err != nil {
		return err
	}
	return s.done(c.ID, done, c.ID+" holds the role "+c.Role)
}

type personEnd struct {
	ID       string   `arg:"" help:"Who."`
	Role     string   `arg:"" help:"The role that ends."`
	Reason   string   `required:"" placeholder:"TEXT" help:"Why, in a sentence without names."`
	Reported reported `embed:""`
}

func (c personEnd) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.EndRole(access.RoleChange{Person: c.ID, Role: c.Role, Reason: c.Reason, How: how}))
	if err != nil {
		return err
	}
	s.emptied(done, c.Role)
	return s.done(c.ID, done, c.ID+" no longer holds the role "+c.Role)
}

// emptied warns of a role that nobody holds any more and that the policy counts
// on.
func (s *session) emptied(done app.Done, role string) {
	w := done.View.State
	p, ok := w.Policy.InForce(done.View.Time)
	if s.JSON || !ok || len(w.Access.HoldersAt(role, done.View.Time)) > 0 {
		return
	}
	r, _ := p.Pack.Role(role)
	signs := signsFor(p.Pack, role)
	if !r.Office && len(signs) == 0 {
		return
	}
	line := "nobody holds the role " + role + " now"
	if r.Office {
		line += ", an office that must never be empty"
	}
	if len(signs) > 0 {
		line += "; until somebody does, nothing can be signed that it signs: " + strings.Join(signs, ", ")
	}
	next := "holdpoint person grant PERSON " + role
	if r.Office {
		next = "holdpoint office assign " + role + " PERSON --reason TEXT"
	}
	s.note("%s; next: %s", line, next)
}

// signsFor lists the kinds of decision that a role signs.
func signsFor(p policy.Pack, role string) []string {
	var kinds []string
	for _, d := range p.Decisions {
		if slices.Contains(d.Signers, role) {
			kinds = append(kinds, words(string(d.Kind)))
		}
	}
	return kinds
}

// dutiesOf lists what holders of a role may be asked to do.
func dutiesOf(p policy.Pack, role string) []string {
	var all []string
	r, _ := p.Role(role)
	for _, d := range r.Duties {
		all = append(all, words(string(d)))
	}
	return all
}

// whoMay adds to a refusal for want of a duty which roles of the policy have it.
func (s *session) whoMay(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Forbidden || !strings.Contains(f.Message, "with the duty to ") {
		return err
	}
	_, m, e := s.now()
	p, ok := m.View.State.Policy.InForce(m.Now)
	if e != nil || !ok {
		return err
	}
	var roles []string
	for _, r := range p.Pack.Roles {
		if slices.ContainsFunc(r.Duties, func(d policy.Duty) bool { return strings.Contains(f.Message, "duty to "+string(d)+",") }) {
			roles = append(roles, r.ID)
		}
	}
	if len(roles) == 0 {
		return f.Hinted("no role of %s has it: the owner of the workspace does this, without --as", p.Ref())
	}
	return f.Hinted("roles of %s that have it: %s; holdpoint person list shows who holds them", p.Ref(), strings.Join(roles, ", "))
}

type personList struct{}

// person is somebody in JSON.
type person struct {
	ID    string   `json:"id"`
	Kind  string   `json:"kind"`
	Name  text     `json:"name"`
	Roles []string `json:"roles"`
	Keys  int      `json:"keys"`
	Grade string   `json:"grade"`
	Seq   int64    `json:"seq"`
}

func (s *session) personOf(a *app.App, w access.State, p access.Person, now int64) person {
	one := person{ID: p.ID, Kind: string(p.Kind), Roles: append([]string{}, w.RolesAt(p.ID, now)...), Keys: len(w.ActiveKeys(p.ID)), Grade: p.Grade.String(), Seq: p.Seq}
	if name := a.Name(s.ctx, p.ID); name != p.ID {
		one.Name = text(name)
	}
	return one
}

func (personList) Run(s *session) error {
	a, m, err := s.moment()
	if err != nil {
		return err
	}
	all := []person{}
	for _, p := range m.View.State.Access.People() {
		all = append(all, s.personOf(a, m.View.State.Access, p, m.Now))
	}
	if s.JSON {
		return s.print(struct {
			People []person `json:"people"`
			Clock  string   `json:"clock"`
		}{all, clockOf(m)})
	}
	if len(all) == 0 {
		s.note("nobody is known here yet: holdpoint person add ID --role ROLE")
		return nil
	}
	rows := [][]string{{"ID", "KIND", "ROLES", "KEYS", "NAME"}}
	for _, p := range all {
		rows = append(rows, []string{p.ID, p.Kind, or(strings.Join(p.Roles, ", "), "-"), plural(p.Keys, "key", "keys"), or(string(p.Name), "-")})
	}
	s.grid(rows)
	s.held(m)
	return nil
}

// held says what each role that somebody holds may do and has to sign.
func (s *session) held(m app.Moment) {
	p, ok := m.View.State.Policy.InForce(m.Now)
	if !ok {
		return
	}
	s.say("")
	rows := [][]string{{"ROLE", "DUTIES", "SIGNS"}}
	for _, r := range p.Pack.Roles {
		if len(m.View.State.Access.HoldersAt(r.ID, m.Now)) > 0 {
			rows = append(rows, roleRow(p.Pack, r.ID))
		}
	}
	s.grid(rows)
}

func roleRow(p policy.Pack, role string) []string {
	return []string{role, or(strings.Join(dutiesOf(p, role), ", "), "-"), or(strings.Join(signsFor(p, role), ", "), "-")}
}

type personShow struct {
	ID string `arg:"" help:"Who."`
}

func (c personShow) Run(s *session) error {
	a, m, err := s.moment()
	if err != nil {
		return err
	}
	w := m.View.State.Access
	p, ok := w.Person(c.ID)
	if !ok {
		return fault.NotFoundf("there is no person %q", c.ID).Hinted("holdpoint person list shows who there is")
	}
	one := s.personOf(a, w, p, m.Now)
	keys := keysOf(w, p.ID)
	if s.JSON {
		return s.print(struct {
			person
			AllKeys []key  `json:"all_keys"`
			Clock   string `json:"clock"`
		}{one, keys, clockOf(m)})
	}
	s.say("%s, %s, since entry %d%s", p.ID, p.Kind, p.Seq, called(one.Name))
	for _, role := range one.Roles {
		if g, ok := w.Grant(p.ID, role); ok {
			s.say("  role %s since entry %d (%s)", role, g.Seq, instant(g.At))
			continue
		}
		acting := w.Office(role, m.Now).Acting
		s.say("  acting %s since entry %d (%s), until %s", role, acting.Seq, instant(acting.At), acting.Until)
	}
	for _, k := range keys {
		s.say("  key %s%s", k.ID, revoked(k))
	}
	return nil
}

func called(name text) string {
	if name == "" {
		return ""
	}
	return ", called " + string(name)
}

type personName struct {
	ID   string `arg:"" help:"Who."`
	Name string `arg:"" help:"What they are called."`
}

func (c personName) Run(s *session) error {
	if err := s.name(c.ID, c.Name); err != nil {
		return err
	}
	return s.named(c.ID, "is called "+c.Name)
}

type personForget struct {
	ID string `arg:"" help:"Who."`
}

func (c personForget) Run(s *session) error {
	a, err := s.workspace()
	if err != nil {
		return err
	}
	who, err := s.who(a)
	if err != nil {
		return err
	}
	if err := a.ForgetName(s.ctx, who, c.ID); err != nil {
		return err
	}
	return s.named(c.ID, "has no name here any more; the id stays in the journal")
}

// named reports a change of the directory, which is no entry.
func (s *session) named(id, what string) error {
	if s.JSON {
		return s.print(struct {
			ID string `json:"id"`
		}{id})
	}
	s.say("%s %s", id, what)
	return nil
}
