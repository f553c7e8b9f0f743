// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
)

type findingList struct {
	Period   string `placeholder:"FROM..TO" help:"Only those opened in these days, such as 2025-04-01..2025-06-30; either end may be left out."`
	Status   string `enum:",open,rated,resolved,verified" default:"" placeholder:"S" help:"Only those that stand so: open, rated, resolved or verified."`
	Category string `placeholder:"C" help:"Only those of this category."`
}

// findingOne is the JSON of a finding in a list. Repeat says which one of its
// kind it is in the record, by category and rule: 3 for the third.
type findingOne struct {
	ID           string      `json:"id"`
	Category     string      `json:"category"`
	Statement    string      `json:"statement"`
	Policy       text        `json:"policy"`
	Clause       text        `json:"clause"`
	Rule         text        `json:"rule"`
	Owner        text        `json:"owner"`
	About        aboutOne    `json:"about"`
	Due          text        `json:"due"`
	VarianceDays *int64      `json:"variance_days"`
	FoundBy      string      `json:"found_by"`
	Rating       text        `json:"rating"`
	Status       string      `json:"status"`
	Opened       instant     `json:"opened"`
	Resolved     instant     `json:"resolved"`
	Verified     instant     `json:"verified"`
	Lessons      []lessonOne `json:"lessons"`
	Repeat       int         `json:"repeat"`
	Grade        string      `json:"grade"`
}

type aboutOne struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// lessonOne is the JSON of a lesson; a source may tell one without the change.
type lessonOne struct {
	Lesson  string `json:"lesson"`
	Policy  text   `json:"policy"`
	Element text   `json:"element"`
	Change  text   `json:"change"`
}

func noncomplianceOf(f finding.Finding, repeat int) findingOne {
	one := findingOne{
		ID: f.ID, Category: string(f.Category), Statement: f.Statement, Policy: text(f.Policy), Clause: text(f.Clause), Rule: text(f.Rule),
		Owner: text(f.Owner), About: aboutOne{f.About.Kind, f.About.ID}, Due: text(f.Due), VarianceDays: f.VarianceDays, FoundBy: string(f.FoundBy),
		Rating: text(f.Rating()), Status: string(f.Status()), Opened: instant(f.At), Lessons: []lessonOne{}, Repeat: repeat, Grade: f.Grade.String(),
	}
	if r, ok := f.Resolution(); ok {
		one.Resolved = instant(r.At)
	}
	if f.Verification != nil {
		one.Verified = instant(f.Verification.At)
	}
	if f.Told != "" {
		one.Lessons = append(one.Lessons, lessonOne{Lesson: f.Told})
	}
	for _, l := range f.Lessons {
		one.Lessons = append(one.Lessons, lessonOne{l.Lesson, text(l.Policy), text(l.Element), text(l.Change)})
	}
	return one
}

func (c findingList) Run(s *session) error {
	from, to, err := period(c.Period)
	if err != nil {
		return err
	}
	if c.Category != "" && !slices.Contains(finding.Categories(), finding.Category(c.Category)) {
		return fault.Usagef("--category %q is none", c.Category).Hinted("use one of: %s", wordList(finding.Categories()))
	}
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	all := m.View.State.Finding.All()
	repeats := finding.Repeats(all)
	shown := []findingOne{}
	for _, f := range all {
		day := deadline.DayOf(f.At)
		if day >= from && day <= to && (c.Status == "" || c.Status == string(f.Status())) && (c.Category == "" || c.Category == string(f.Category)) {
			shown = append(shown, noncomplianceOf(f, repeats[f.ID]))
		}
	}
	if s.JSON {
		return s.print(shown)
	}
	if len(shown) == 0 {
		s.note("%s", map[bool]string{true: "nothing was found", false: "nothing was found that is asked for, of " + plural(len(all), "finding", "findings")}[len(all) == 0])
		return nil
	}
	s.findings(shown)
	return nil
}

// period reads FROM..TO; an end that is left out is open.
func period(p string) (from, to deadline.Day, err error) {
	from, to = "0000-00-00", "9999-99-99"
	if p == "" {
		return from, to, nil
	}
	a, b, ok := strings.Cut(p, "..")
	for _, end := range []struct {
		text string
		day  *deadline.Day
	}{{a, &from}, {b, &to}} {
		if end.text == "" {
			continue
		}
		d, bad := deadline.ParseDay(end.text)
		ok = ok && bad == nil
		*end.day = d
	}
	if !ok || from > to {
		return from, to, fault.Usagef("--period %q is no period", p).Hinted("write two days, the earlier first: 2025-04-01..2025-06-30")
	}
	return from, to, nil
}

func wordList[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return strings.Join(texts, ", ")
}

func (s *session) findings(shown []findingOne) {
	rows := [][]string{{"FINDING", "CATEGORY", "STATUS", "RATING", "FOUND BY", "OPENED", "LATE THEN", "REPEAT", "WHAT"}}
	for _, f := range shown {
		late := "-"
		if f.VarianceDays != nil {
			late = plural(int(*f.VarianceDays), "day", "days")
		}
		rows = append(rows, []string{f.ID, words(f.Category), f.Status, or(string(f.Rating), "-"), f.FoundBy, string(deadline.DayOf(int64(f.Opened))),
			late, ordinal(f.Repeat), clipped(oneLine(f.Statement))})
	}
	s.grid(rows)
	s.say("")
	s.say("%s", findingSum(shown))
	for _, line := range repeated(shown) {
		s.wrapped("", line)
	}
}

// findingSum says who found them, and what was done.
func findingSum(shown []findingOne) string {
	n := map[string]int{}
	for _, f := range shown {
		n[f.FoundBy]++
		n[f.Status]++
		n[string(f.Rating)]++
	}
	found := []string{}
	for _, by := range []struct{ word, says string }{{"machine", "by the machine"}, {"person", "by a person"}, {"source", "told by a source"}} {
		if n[by.word] > 0 {
			found = append(found, fmt.Sprintf("%d %s", n[by.word], by.says))
		}
	}
	return fmt.Sprintf("%s: %s. %d material. Resolved and verified by somebody else: %d of %d.",
		plural(len(shown), "finding", "findings"), strings.Join(found, ", "), n["material"], n["verified"], len(shown))
}

// repeated says what happened not for the first time, by its newest finding.
func repeated(shown []findingOne) []string {
	newest := map[string]findingOne{}
	var order []string
	for _, f := range shown {
		kind := words(f.Category)
		if where := or(string(f.Rule), string(f.Clause)); where != "" {
			kind += ", " + where
		}
		if _, ok := newest[kind]; !ok {
			order = append(order, kind)
		}
		newest[kind] = f
	}
	var lines []string
	for _, kind := range order {
		if f := newest[kind]; f.Repeat > 1 {
			lines = append(lines, fmt.Sprintf("%s: %s time in the record, with %s.", kind, ordinal(f.Repeat), f.ID))
		}
	}
	return lines
}

// ordinal writes first, second, third, 4th.
func ordinal(n int) string {
	if n >= 1 && n <= 3 {
		return []string{"first", "second", "third"}[n-1]
	}
	switch {
	case n%100/10 == 1:
	case n%10 == 1:
		return fmt.Sprintf("%dst", n)
	case n%10 == 2:
		return fmt.Sprintf("%dnd", n)
	case n%10 == 3:
		return fmt.Sprintf("%drd", n)
	}
	return fmt.Sprintf("%dth", n)
}
