// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bufio"
	"io"
	"strings"

	"github.com/holdpoint/holdpoint/internal/fault"
	login "github.com/holdpoint/holdpoint/internal/session"
)

type sessionCmd struct {
	List   sessionList   `cmd:"" help:"List the login sessions of browsers."`
	Revoke sessionRevoke `cmd:"" help:"Sign out one login session, or all of a person, at once."`
}

type sessionList struct {
	Person string `arg:"" optional:"" help:"Whose; everybody's if not given."`
}

// loginSession is a login session in JSON.
type loginSession struct {
	ID      string  `json:"id"`
	Person  string  `json:"person"`
	By      string  `json:"by"`
	Created instant `json:"created"`
	Seen    instant `json:"last_seen"`
	Expires instant `json:"expires"`
}

func (c sessionList) Run(s *session) error {
	g, err := s.admission()
	if err != nil {
		return err
	}
	found, err := g.Sessions(s.ctx, c.Person)
	if err != nil {
		return err
	}
	all, rows := []loginSession{}, [][]string{{"ID", "PERSON", "BY", "SINCE", "LAST SEEN", "UNTIL"}}
	for _, f := range found {
		one := loginSession{f.ID, f.Actor, f.Label, instant(f.Created), instant(f.Seen), instant(f.Expires)}
		all = append(all, one)
		rows = append(rows, []string{one.ID, one.Person, one.By, one.Created.String(), one.Seen.String(), one.Expires.String()})
	}
	if s.JSON {
		return s.print(struct {
			Sessions []loginSession `json:"sessions"`
		}{all})
	}
	if len(all) == 0 {
		s.note("nobody is signed in")
		return nil
	}
	s.grid(rows)
	return nil
}

type sessionRevoke struct {
	ID     string `arg:"" optional:"" help:"One session, as holdpoint session list shows it."`
	Person string `placeholder:"PERSON" help:"All sessions of this person instead."`
}

func (c sessionRevoke) Run(s *session) error {
	if (c.ID == "") == (c.Person == "") {
		return fault.Usagef("say which session, or with --person whose").Hinted("holdpoint session list shows them")
	}
	g, err := s.admission()
	if err != nil {
		return err
	}
	if c.ID != "" {
		if err := g.EndSession(s.ctx, c.ID); err != nil {
			return err
		}
		return s.named(c.ID, "is signed out")
	}
	n, err := g.EndSessions(s.ctx, c.Person, "")
	if err != nil {
		return err
	}
	return s.named(c.Person, "is signed out of "+plural(int(n), "session", "sessions"))
}

type personPassword struct {
	ID string `arg:"" help:"Who."`
}

// Help is what --help adds.
func (personPassword) Help() string {
	return "Reads the password as one line from standard input, never from the command line, which other programs of this machine can " +
		"see. It signs the person out everywhere. Passwords are for a server without a sign-in provider."
}

func (c personPassword) Run(s *session) error {
	g, err := s.admission()
	if err != nil {
		return err
	}
	if !s.JSON {
		s.note("reading the password from standard input")
	}
	line, err := bufio.NewReader(io.LimitReader(s.in, login.MaxPassword+3)).ReadString('\n')
	if err != nil && err != io.EOF {
		return fault.New(fault.Unavailable, "standard input cannot be read: %w", err)
	}
	if err := g.SetPassword(s.ctx, c.ID, strings.TrimRight(line, "\r\n"), ""); err != nil {
		return err
	}
	return s.named(c.ID, "has a new password, and is signed out everywhere")
}
