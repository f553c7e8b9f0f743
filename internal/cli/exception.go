// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
)

type exceptionCmd struct {
	List exceptionList `cmd:"" help:"List everything that stands for a while and is not what the policy has by itself."`
}

type exceptionList struct {
	Expiring string `placeholder:"14d" help:"Only what ends within so many days."`
}

// Help is what --help adds.
func (exceptionList) Help() string {
	return "Waivers and extensions of duties, interim measures, baselines, enforcement points that only observe, acting holders of offices, " +
		"broken glasses, provisional decisions and holds: each with who answers for it, the clause, and when it ends. What ends first stands " +
		"first; a hold ends when it is lifted. Nothing renews itself."
}

// exceptionOne is the JSON of an exception. Ends is null where it has none;
// last_day is the last day on which it stands, days_left the days until then.
type exceptionOne struct {
	Kind     string  `json:"kind"`
	ID       string  `json:"id"`
	About    string  `json:"about"`
	Owner    text    `json:"owner"`
	Clause   text    `json:"clause"`
	Since    instant `json:"since"`
	Ends     instant `json:"ends"`
	LastDay  text    `json:"last_day"`
	DaysLeft *int    `json:"days_left"`
}

func (c exceptionList) Run(s *session) error {
	days := 0
	if c.Expiring != "" {
		var err error
		if days, err = daysFlag("--expiring", c.Expiring); err != nil {
			return err
		}
	}
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	all := []exceptionOne{}
	for _, x := range app.Exceptions(m) {
		if c.Expiring == "" || x.Within(days, m.Now) {
			all = append(all, exceptionOf(x, m.Now))
		}
	}
	if s.JSON {
		return s.print(struct {
			Now        instant        `json:"now"`
			Exceptions []exceptionOne `json:"exceptions"`
			Clock      string         `json:"clock"`
		}{instant(m.Now), all, clockOf(m)})
	}
	if len(all) == 0 {
		s.say("Nothing stands by way of exception%s.", withinWords(c.Expiring))
		return nil
	}
	s.sayExceptions(all)
	return nil
}

func withinWords(expiring string) string {
	if expiring == "" {
		return ""
	}
	return " that ends within " + expiring
}

func exceptionOf(x app.Exception, now int64) exceptionOne {
	one := exceptionOne{
		Kind: string(x.Kind), ID: x.ID, About: x.About, Owner: text(x.Owner), Clause: text(x.Clause), Since: instant(x.Since), Ends: instant(x.Ends),
	}
	if x.Ends != 0 {
		last := deadline.DayOf(x.Ends - 1)
		left := deadline.DayOf(now).DaysUntil(last)
		one.LastDay, one.DaysLeft = text(last), &left
	}
	return one
}

func (s *session) sayExceptions(all []exceptionOne) {
	rows := [][]string{{"UNTIL", "LEFT", "KIND", "WHAT", "OWNER", "CLAUSE"}}
	for _, x := range all {
		until, left := "lifted", "-"
		if x.DaysLeft != nil {
			until, left = string(x.LastDay), fmt.Sprintf("%d d", *x.DaysLeft)
		}
		rows = append(rows, []string{until, left, words(x.Kind), x.ID, or(string(x.Owner), "-"), or(string(x.Clause), "-")})
	}
	s.grid(rows)
	for _, x := range all {
		s.say("")
		s.wrapped(x.ID+": ", clippedWords(oneLine(x.About)))
	}
}
