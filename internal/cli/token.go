// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strconv"
	"strings"
	"time"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/fault"
	login "github.com/holdpoint/holdpoint/internal/session"
)

type tokenCmd struct {
	New    tokenNew    `cmd:"" help:"Make a token for a program; its secret is printed once and stored nowhere."`
	List   tokenList   `cmd:"" help:"List the tokens: whose, what for, until when, last used on which day."`
	Revoke tokenRevoke `cmd:"" help:"End a token, at once."`
}

// admission opens the workspace for who may come in, which is its owner's to
// change.
func (s *session) admission() (login.Register, error) {
	if s.As != "operator" {
		return login.Register{}, fault.Forbiddenf("%q may not change who comes in", s.As).Hinted("the owner of the workspace does this, without --as")
	}
	a, err := s.workspace()
	if err != nil {
		return login.Register{}, err
	}
	return login.NewRegister(a), nil
}

type tokenNew struct {
	Person  string   `arg:"" help:"Who the program acts as."`
	Scopes  []string `required:"" placeholder:"SCOPE,..." help:"What it may be used for: read, check (ask the gate), act."`
	Expires string   `required:"" placeholder:"30d" help:"When it ends: a number of days, or the last day in UTC; at most a year."`
	Label   string   `placeholder:"TEXT" sep:"none" help:"What it is for."`
}

func (c tokenNew) Run(s *session) error {
	life, err := lifeOf(c.Expires, time.Now())
	if err != nil {
		return err
	}
	g, err := s.admission()
	if err != nil {
		return err
	}
	in := login.NewToken{Person: c.Person, Life: life, Label: c.Label}
	for _, word := range c.Scopes {
		in.Scopes = append(in.Scopes, login.Scope(word))
	}
	t, secret, err := g.NewToken(s.ctx, in)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.print(struct {
			serviceToken
			Secret string `json:"secret"`
		}{tokenJSON(t), secret})
	}
	s.note("%s acts as %s until %s; this is the only time that its secret is shown", t.ID, t.Actor, instant(t.Expires))
	s.say("%s", secret)
	return nil
}

// lifeOf reads how long a token lives: "30d", or the last day.
func lifeOf(text string, now time.Time) (time.Duration, error) {
	if n, err := strconv.Atoi(strings.TrimSuffix(text, "d")); err == nil && strings.HasSuffix(text, "d") && n > 0 && n < 10_000 {
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := deadline.ParseDay(text)
	if err != nil {
		return 0, fault.Usagef("%q does not say when a token ends", text).Hinted("write a number of days (30d) or a day (2027-01-31)")
	}
	return time.UnixMilli(d.End()).Sub(now), nil
}

// serviceToken is a service token in JSON.
type serviceToken struct {
	ID      string   `json:"id"`
	Person  string   `json:"person"`
	Scopes  []string `json:"scopes"`
	Label   text     `json:"label"`
	Created instant  `json:"created"`
	Expires instant  `json:"expires"`
	Used    text     `json:"last_used_day"`
}

func tokenJSON(t login.ServiceToken) serviceToken {
	one := serviceToken{ID: t.ID, Person: t.Actor, Label: text(t.Label), Created: instant(t.Created), Expires: instant(t.Expires)}
	for _, s := range t.Scopes {
		one.Scopes = append(one.Scopes, string(s))
	}
	if t.Used != 0 {
		one.Used = text(deadline.DayOf(t.Used))
	}
	return one
}

type tokenList struct {
	Person string `arg:"" optional:"" help:"Whose; everybody's if not given."`
}

func (c tokenList) Run(s *session) error {
	g, err := s.admission()
	if err != nil {
		return err
	}
	found, err := g.Tokens(s.ctx, c.Person)
	if err != nil {
		return err
	}
	all, rows := []serviceToken{}, [][]string{{"ID", "PERSON", "SCOPES", "EXPIRES", "LAST USED", "LABEL"}}
	for _, t := range found {
		one := tokenJSON(t)
		all = append(all, one)
		rows = append(rows, []string{one.ID, one.Person, strings.Join(one.Scopes, ", "), one.Expires.String(), or(string(one.Used), "never"), or(string(one.Label), "-")})
	}
	if s.JSON {
		return s.print(struct {
			Tokens []serviceToken `json:"tokens"`
		}{all})
	}
	if len(all) == 0 {
		s.note("there is no token: holdpoint token new PERSON --scopes read,check --expires 30d")
		return nil
	}
	s.grid(rows)
	return nil
}

type tokenRevoke struct {
	ID string `arg:"" help:"The token's id, as holdpoint token list shows it."`
}

func (c tokenRevoke) Run(s *session) error {
	g, err := s.admission()
	if err != nil {
		return err
	}
	if err := g.RevokeToken(s.ctx, c.ID); err != nil {
		return err
	}
	return s.named(c.ID, "opens nothing any more")
}
