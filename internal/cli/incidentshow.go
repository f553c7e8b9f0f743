// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"
	"time"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/incident"
)

type incidentList struct {
	Status string `enum:",open,identified,remediated,closed" default:"" placeholder:"S" help:"Only those that stand so: open, identified, remediated or closed."`
	Kind   string `enum:",incident,jailbreak,near_miss" default:"" placeholder:"K" help:"Only those of this kind."`
}

// incidentOne is the JSON of an incident. The two spans are whole seconds, null
// where they cannot be told; target is met, not_met or cannot_tell, null where
// no target was set.
type incidentOne struct {
	ID              string     `json:"id"`
	Kind            string     `json:"kind"`
	Title           string     `json:"title"`
	Status          string     `json:"status"`
	Commander       text       `json:"commander"`
	Models          []string   `json:"models"`
	Deployments     []string   `json:"deployments"`
	Severity        text       `json:"severity"`
	Universality    text       `json:"universality"`
	InternalUse     bool       `json:"internal_use"`
	Occurred        instant    `json:"occurred"`
	Detected        instant    `json:"detected"`
	Aware           instant    `json:"aware"`
	Determined      instant    `json:"determined"`
	Submitted       instant    `json:"submitted"`
	Identified      instant    `json:"identified"`
	Remediated      instant    `json:"remediated"`
	TimeToIdentify  *int64     `json:"time_to_identify_seconds"`
	TimeToRemediate *int64     `json:"time_to_remediate_seconds"`
	TargetHours     *int64     `json:"target_hours"`
	Target          text       `json:"target"`
	Retest          *retestOne `json:"retest"`
	Holds           []string   `json:"holds"`
	Reopened        []string   `json:"reopened"`
	Missing         []string   `json:"missing"`
	Declared        instant    `json:"declared"`
	Closed          instant    `json:"closed"`
	Lessons         []string   `json:"lessons"`
	Seq             int64      `json:"seq"`
}

type retestOne struct {
	Passed    bool      `json:"passed"`
	Statement text      `json:"statement"`
	Ref       *aboutOne `json:"ref"`
}

func incidentOf(v incident.Incident, now int64) incidentOne {
	one := incidentOne{
		ID: v.ID, Kind: string(v.Kind), Title: v.Title, Status: string(v.Status()), Commander: text(v.Commander),
		Models: append([]string{}, v.Models...), Deployments: append([]string{}, v.Deployments...), Severity: text(v.Severity),
		Universality: text(v.Universality), InternalUse: v.InternalUse, Occurred: instant(v.Occurred), Detected: instant(v.Detected),
		Aware: instant(v.Aware), Determined: instant(v.Determined), Submitted: instant(v.Submitted), Identified: instant(v.Identified),
		Remediated: instant(v.Remediated), TimeToIdentify: seconds(v.TimeToIdentify()), TimeToRemediate: seconds(v.TimeToRemediate()),
		TargetHours: some(v.TargetHours), Holds: append([]string{}, v.Holds...), Reopened: append([]string{}, v.Reopened...),
		Missing: []string{}, Declared: instant(v.At), Lessons: []string{}, Seq: v.Seq,
	}
	if met, ok := v.TargetMet(now); ok {
		one.Target = text(met.String())
	}
	if r := v.Retest; r != nil {
		one.Retest = &retestOne{Passed: r.Passed, Statement: text(r.Statement)}
		if r.Ref != nil {
			one.Retest.Ref = &aboutOne{r.Ref.Kind, r.Ref.ID}
		}
	}
	if v.Closing != nil {
		one.Closed, one.Lessons = instant(v.Closing.At), append(one.Lessons, v.Closing.Lessons...)
	} else {
		one.Missing = append(append(one.Missing, v.Missing()...), "a post-mortem")
	}
	return one
}

func seconds(s incident.Span) *int64 {
	if s.Unknown {
		return nil
	}
	n := s.Length / 1000
	return &n
}

func (c incidentList) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	shown := []incidentOne{}
	rows := [][]string{{"INCIDENT", "KIND", "STATUS", "COMMANDER", "TO IDENTIFY", "TO REMEDY", "TARGET", "WHAT"}}
	for _, v := range m.View.State.Incident.All() {
		if c.Status != "" && c.Status != string(v.Status()) || c.Kind != "" && c.Kind != string(v.Kind) {
			continue
		}
		one := incidentOf(v, m.Now)
		shown = append(shown, one)
		rows = append(rows, []string{v.ID, words(one.Kind), one.Status, or(v.Commander, "nobody"), spanWords(v.TimeToIdentify()), spanWords(v.TimeToRemediate()),
			or(words(string(one.Target)), "-"), clipped(oneLine(v.Title))})
	}
	if s.JSON {
		return s.print(shown)
	}
	if len(shown) == 0 {
		s.note("no incident is recorded")
		return nil
	}
	s.grid(rows)
	return nil
}

// spanWords says how long something took.
func spanWords(s incident.Span) string {
	if s.Unknown {
		return "cannot tell"
	}
	d := (time.Duration(s.Length) * time.Millisecond).Round(time.Second)
	if d < time.Minute {
		return d.String()
	}
	return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
}

type incidentShow struct {
	Incident string `arg:"" help:"The incident, such as incident-12."`
}

// incidentWhole is the JSON of one incident with all that was said of it.
type incidentWhole struct {
	incidentOne
	PostMortem *postMortemOne `json:"post_mortem"`
	Updates    []updateOne    `json:"updates"`
	Clock      string         `json:"clock"`
}

type postMortemOne struct {
	Document text `json:"document"`
	SHA256   text `json:"sha256"`
	Text     text `json:"text"`
}

type updateOne struct {
	Seq        int64   `json:"seq"`
	Time       instant `json:"time"`
	By         string  `json:"by"`
	Note       text    `json:"note"`
	Correction text    `json:"correction"`
}

func (c incidentShow) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	v, err := m.View.State.Incident.Find(c.Incident)
	if err != nil {
		return err
	}
	if !s.JSON {
		s.incident(v, m)
		return nil
	}
	one := incidentWhole{incidentOne: incidentOf(v, m.Now), Updates: []updateOne{}, Clock: clockOf(m)}
	for _, u := range v.Updates {
		one.Updates = append(one.Updates, updateOne{u.Seq, instant(u.At), u.By, text(u.Note), text(u.Correction)})
	}
	if v.Closing != nil {
		p := v.Closing.PostMortem
		one.PostMortem = &postMortemOne{Text: text(p.Text)}
		if p.Document != nil {
			one.PostMortem.Document, one.PostMortem.SHA256 = text(p.Document.ID), text(p.Document.Digest)
		}
	}
	return s.print(one)
}

func (s *session) incident(v incident.Incident, m app.Moment) {
	one := incidentOf(v, m.Now)
	s.say("%s: %s, %s (entry %d, declared %s)", v.ID, words(one.Kind), one.Status, v.Seq, one.Declared)
	s.wrapped("  ", v.Title)
	s.say("  led by %s", or(v.Commander, "nobody yet"))
	for _, l := range [][2]string{
		{"models", strings.Join(v.Models, ", ")}, {"where", strings.Join(v.Deployments, "; ")}, {"severity", v.Severity}, {"universality", v.Universality},
		{"holds placed with it", strings.Join(v.Holds, ", ")}, {"reopened with it", strings.Join(v.Reopened, ", ")},
	} {
		if l[1] != "" {
			s.wrapped("  "+l[0]+": ", l[1])
		}
	}
	if v.InternalUse {
		s.say("  in the developer's own use")
	}
	s.incidentTimes(v, one)
	for _, u := range v.Updates {
		if u.Note != "" {
			s.wrapped("  note of "+instant(u.At).String()+" by "+u.By+": ", u.Note)
		}
		if u.Correction != "" {
			s.wrapped("  corrected on "+instant(u.At).String()+" by "+u.By+": ", u.Correction)
		}
	}
	for _, miss := range one.Missing {
		s.say("  before it can be closed: %s", miss)
	}
	if v.Closing != nil {
		s.incidentClosing(*v.Closing)
	}
}

func (s *session) incidentTimes(v incident.Incident, one incidentOne) {
	rows := [][]string{}
	for _, t := range []struct {
		name string
		at   instant
	}{
		{"occurred", one.Occurred}, {"detected", one.Detected}, {"aware", one.Aware}, {"determined", one.Determined},
		{"submitted", one.Submitted}, {"identified", one.Identified}, {"remedied", one.Remediated},
	} {
		rows = append(rows, []string{"  " + t.name, or(t.at.String(), "unknown")})
	}
	s.grid(rows)
	s.say("  time to identify: %s (identified less occurred)", spanWords(v.TimeToIdentify()))
	s.say("  time to remedy: %s (remedied less identified)", spanWords(v.TimeToRemediate()))
	if v.TargetHours != 0 {
		s.say("  target: remedied within %s of being identified: %s", plural(int(v.TargetHours), "hour", "hours"), words(string(one.Target)))
	}
	if r := v.Retest; r != nil {
		what := r.Statement
		if r.Ref != nil {
			what = strings.TrimSpace(what + " (" + r.Ref.Kind + " " + r.Ref.ID + ")")
		}
		s.wrapped("  tested again, "+map[bool]string{true: "passed", false: "failed"}[r.Passed]+": ", what)
	}
}

func (s *session) incidentClosing(c incident.Closing) {
	if d := c.PostMortem.Document; d != nil {
		s.say("  post-mortem %s, sha256 %s", d.ID, d.Digest)
	}
	if c.PostMortem.Text != "" {
		s.wrapped("  post-mortem: ", c.PostMortem.Text)
	}
	for _, l := range c.Lessons {
		s.wrapped("  lesson: ", l)
	}
	s.say("  closed by entry %d, %s", c.Seq, instant(c.At))
}
