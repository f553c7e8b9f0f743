// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// deskCmd says what waits for somebody.
type deskCmd struct{}

// Help is what --help adds.
func (deskCmd) Help() string {
	return "With --as PERSON it lists what waits for them, in any role that they hold now; without, for everybody. What is late comes first."
}

// deskItem is the JSON of something that waits. Due is null where nothing says
// by when.
type deskItem struct {
	What    string   `json:"what"`
	ID      string   `json:"id"`
	About   string   `json:"about"`
	Roles   []string `json:"roles"`
	Persons []string `json:"persons"`
	Since   instant  `json:"since"`
	Due     instant  `json:"due"`
	Late    bool     `json:"late"`
	Next    string   `json:"next"`
}

func (deskCmd) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	person := ""
	if s.As != app.Operator {
		if _, ok := m.View.State.Access.Person(s.As); !ok {
			return fault.NotFoundf("there is no person %q", s.As).Hinted("holdpoint person list shows who there is")
		}
		person = s.As
	}
	items := []deskItem{}
	for _, w := range app.Desk(m, person) {
		items = append(items, deskItem{
			What: w.What, ID: w.ID, About: w.About, Roles: append([]string{}, w.Roles...), Persons: append([]string{}, w.Persons...),
			Since: instant(w.Since), Due: instant(w.Due), Late: w.Late(m.Now), Next: w.Next,
		})
	}
	if s.JSON {
		return s.print(struct {
			For   text       `json:"for"`
			Now   instant    `json:"now"`
			Items []deskItem `json:"items"`
			Clock string     `json:"clock"`
		}{text(person), instant(m.Now), items, clockOf(m)})
	}
	s.sayDesk(person, items)
	return nil
}

func (s *session) sayDesk(person string, items []deskItem) {
	whom := or(person, "anybody")
	if len(items) == 0 {
		s.say("Nothing waits for %s.", whom)
		return
	}
	if person == "" {
		s.say("%s:", plural(len(items), "thing waits", "things wait"))
	} else {
		s.say("%s for %s:", plural(len(items), "thing waits", "things wait"), whom)
	}
	for _, it := range items {
		s.say("")
		s.wrapped("  ", it.What+": "+it.ID+": "+clippedWords(oneLine(it.About)))
		s.say("    %s", deskWhen(it))
		s.say("    %s", it.Next)
	}
}

// deskWhen says for whom and by when.
func deskWhen(it deskItem) string {
	whom := strings.Join(append(append([]string{}, it.Persons...), it.Roles...), " or ")
	when := "no date is set"
	switch {
	case it.Late:
		when = "LATE, due by " + it.Due.String()
	case it.Due != 0:
		when = "by " + it.Due.String()
	}
	return or(whom, "whoever may") + ", " + when + ", waiting since " + it.Since.String()
}
