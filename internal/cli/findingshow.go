// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/holdpoint/holdpoint/internal/finding"
)

type findingShow struct {
	Finding string `arg:"" help:"The finding, such as finding-12."`
}

// findingWhole is the JSON of one finding with everything that was said of it.
type findingWhole struct {
	findingOne
	Seq          int64           `json:"seq"`
	By           text            `json:"by"`
	Duty         text            `json:"duty"`
	Source       []source        `json:"source"`
	NotPublished []string        `json:"not_published"`
	Ratings      []ratingOne     `json:"ratings"`
	Resolutions  []resolutionOne `json:"resolutions"`
	Verification *verifiedOne    `json:"verification"`
	Clock        string          `json:"clock"`
}

type ratingOne struct {
	Rating   string  `json:"rating"`
	Argument string  `json:"argument"`
	By       text    `json:"by"`
	Seq      int64   `json:"seq"`
	Time     instant `json:"time"`
}

type resolutionOne struct {
	RootCause        string  `json:"root_cause"`
	CorrectiveAction string  `json:"corrective_action"`
	Mitigating       text    `json:"mitigating"`
	By               text    `json:"by"`
	Seq              int64   `json:"seq"`
	Time             instant `json:"time"`
}

type verifiedOne struct {
	Statement string  `json:"statement"`
	By        text    `json:"by"`
	Seq       int64   `json:"seq"`
	Time      instant `json:"time"`
}

func (c findingShow) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	f, err := m.View.State.Finding.Find(c.Finding)
	if err != nil {
		return err
	}
	one := findingWholeOf(f, finding.Repeats(m.View.State.Finding.All())[f.ID])
	one.Clock = clockOf(m)
	if s.JSON {
		return s.print(one)
	}
	s.noncompliance(one)
	return nil
}

func findingWholeOf(f finding.Finding, repeat int) findingWhole {
	one := findingWhole{
		findingOne: noncomplianceOf(f, repeat), Seq: f.Seq, By: text(f.By), Duty: text(f.Duty), Source: sourcesOf(f.How),
		NotPublished: append([]string{}, f.How.NotPublished...), Ratings: []ratingOne{}, Resolutions: []resolutionOne{},
	}
	for _, r := range f.Ratings {
		one.Ratings = append(one.Ratings, ratingOne{string(r.Rating), r.Argument, text(r.By), r.Seq, instant(r.At)})
	}
	for _, r := range f.Resolutions {
		one.Resolutions = append(one.Resolutions, resolutionOne{r.RootCause, r.CorrectiveAction, text(r.Mitigating), text(r.By), r.Seq, instant(r.At)})
	}
	if v := f.Verification; v != nil {
		one.Verification = &verifiedOne{v.Statement, text(v.By), v.Seq, instant(v.At)}
	}
	return one
}

func (s *session) noncompliance(f findingWhole) {
	s.say("%s: %s, %s (entry %d, %s, %s)", f.ID, words(f.Category), f.Status, f.Seq, f.Opened, f.Grade)
	s.wrapped("  ", f.Statement)
	s.say("  about %s %s, %s", f.About.Kind, f.About.ID, map[string]string{"machine": "found by the machine", "person": "found by a person", "source": "as a source tells it"}[f.FoundBy])
	s.ruleKept(f)
	for _, src := range f.Source {
		s.say("  source %s %s", src.Document, string(src.Section))
	}
	for _, id := range f.NotPublished {
		s.say("  not published: %s", id)
	}
	if f.Repeat > 1 {
		s.say("  the %s of its kind in the record", ordinal(f.Repeat))
	}
	for _, r := range f.Ratings {
		s.wrapped("  rated "+r.Rating+" by "+or(string(r.By), "the source")+": ", r.Argument)
	}
	for _, r := range f.Resolutions {
		s.wrapped("  root cause: ", r.RootCause)
		s.wrapped("  corrective action by "+string(r.By)+": ", r.CorrectiveAction)
		if r.Mitigating != "" {
			s.wrapped("  mitigating: ", string(r.Mitigating))
		}
	}
	if v := f.Verification; v != nil {
		s.wrapped("  verified by "+string(v.By)+": ", v.Statement)
	}
	for _, l := range f.Lessons {
		s.wrapped("  lesson: ", l.Lesson)
		if l.Policy != "" {
			s.wrapped("    changed "+string(l.Element)+" of "+string(l.Policy)+": ", string(l.Change))
		}
	}
}

// ruleKept says which rule was not kept, and by how many days.
func (s *session) ruleKept(f findingWhole) {
	if f.Policy != "" || f.Clause != "" || f.Rule != "" {
		s.say("  under %s, clause %s, rule %s", or(string(f.Policy), "a policy that is not named"), or(string(f.Clause), "-"), or(string(f.Rule), "-"))
	}
	if f.Owner != "" {
		s.say("  the %s answers for it", f.Owner)
	}
	switch {
	case f.VarianceDays != nil && f.Due != "":
		s.say("  due %s, %s late", f.Due, plural(int(*f.VarianceDays), "day", "days"))
	case f.VarianceDays != nil:
		s.say("  %s late", plural(int(*f.VarianceDays), "day", "days"))
	case f.Due != "":
		s.say("  due %s", f.Due)
	}
}
