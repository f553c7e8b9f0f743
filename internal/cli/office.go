// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/policy"
)

type officeCmd struct {
	List   officeList   `cmd:"" help:"List the offices and roles inside the lab: who holds each, for how long, and which are vacant."`
	Vacate officeVacate `cmd:"" help:"End the grant of who holds an office; while nobody holds it, what it signs for is held."`
	Assign officeAssign `cmd:"" help:"Give a role to its next holder; the former holder's grant ends with it."`
	Act    officeAct    `cmd:"" help:"Give a role to somebody for a time, at most 90 days; nothing renews itself."`
	Owes   officeOwes   `cmd:"" help:"Say who owes what: the clauses and obligations of each role."`
}

type officeVacate struct {
	Role   string `arg:"" help:"The office."`
	Reason string `required:"" placeholder:"TEXT" help:"Why, in a sentence without names."`
}

func (c officeVacate) Run(s *session) error {
	done, err := s.act(app.VacateOffice(access.Vacating{Role: c.Role, Reason: c.Reason}))
	if err != nil {
		return err
	}
	o := done.View.State.Access.Office(c.Role, done.View.Time)
	if o.Filled {
		return s.done(c.Role, done, fmt.Sprintf("the holder of %s has left; %s acts until %s", c.Role, o.Acting.Person, o.Acting.Until))
	}
	s.emptied(done, c.Role)
	return s.done(c.Role, done, "the office of "+c.Role+" is vacant")
}

type officeAssign struct {
	Role   string `arg:"" help:"A role inside the lab."`
	Person string `arg:"" help:"Who holds it from now on."`
	Reason string `required:"" placeholder:"TEXT" help:"Why, in a sentence without names."`
}

// Help is what --help adds.
func (officeAssign) Help() string {
	return "Only a holder of the role that the policy names may assign a role (for rso: ceo), so say who acts with --as PERSON; where " +
		"the policy names none, the owner of the workspace does it. Nobody names themselves. An acting grant ends too."
}

func (c officeAssign) Run(s *session) error {
	done, err := s.act(app.AssignOffice(access.Assignment{Role: c.Role, Person: c.Person, Reason: c.Reason}))
	if err != nil {
		return err
	}
	return s.done(c.Role, done, c.Person+" holds "+c.Role)
}

type officeAct struct {
	Role   string `arg:"" help:"A role inside the lab."`
	Person string `arg:"" help:"Who acts in it."`
	Until  string `required:"" placeholder:"DAY" help:"The last day, in UTC, at most 90 days ahead."`
	Reason string `required:"" placeholder:"TEXT" help:"Why, in a sentence without names."`
}

// Help is what --help adds.
func (officeAct) Help() string {
	return "Whoever acts in a role holds it until the end of that day, in UTC, whatever day of the week it is. What was signed until " +
		"then stays signed. Who may is as for holdpoint office assign; nobody grants it to themselves or makes it longer for themselves."
}

func (c officeAct) Run(s *session) error {
	done, err := s.act(app.ActInOffice(access.ActingGrant{Role: c.Role, Person: c.Person, Until: deadline.Day(c.Until), Reason: c.Reason}))
	if err != nil {
		return err
	}
	return s.done(c.Role, done, fmt.Sprintf("%s acts as %s until %s", c.Person, c.Role, c.Until))
}

// appointer says who names the holder of a role.
func appointer(p policy.Pack, role string) string {
	if r, _ := p.Role(role); r.AppointedBy != "" {
		return "a holder of " + r.AppointedBy
	}
	return "the owner of the workspace"
}
