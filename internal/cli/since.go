// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
)

// sinceReport is the JSON of what changed.
type sinceReport struct {
	Since    point         `json:"since"`
	Now      point         `json:"now"`
	Verdicts []changedOne  `json:"verdicts"`
	Entries  []changeEntry `json:"entries"`
	Clock    string        `json:"clock"`
}

// point is a moment of the journal: the first entry it does not know, and the
// time.
type point struct {
	Seq  int64   `json:"seq"`
	Time instant `json:"time"`
}

// changedOne is a question whose answer is another one now. Before is null where
// it could not be asked then.
type changedOne struct {
	Model   string   `json:"model"`
	Action  string   `json:"action"`
	Before  text     `json:"before"`
	After   string   `json:"after"`
	Because []string `json:"because"`
}

// changeEntry is an entry in words.
type changeEntry struct {
	Seq    int64   `json:"seq"`
	Time   instant `json:"time"`
	Type   string  `json:"type"`
	Actor  string  `json:"actor"`
	Says   string  `json:"says"`
	Reason text    `json:"reason"`
}

// since says what changed after a moment, and why.
func (s *session) since(at string) error {
	a, now, err := s.moment()
	if err != nil {
		return err
	}
	then, err := a.Since(s.ctx, at)
	if err != nil {
		return err
	}
	entries, err := a.Between(s.ctx, then, now)
	if err != nil {
		return err
	}
	rep := sinceReport{
		Since: point{then.View.Size, instant(then.Now)}, Now: point{now.View.Size, instant(now.Now)},
		Verdicts: []changedOne{}, Entries: []changeEntry{}, Clock: clockOf(now),
	}
	for _, c := range a.Changes(then, now) {
		rep.Verdicts = append(rep.Verdicts, changedOf(c))
	}
	for _, e := range entries {
		says, reason := app.Told(e)
		rep.Entries = append(rep.Entries, changeEntry{e.Seq, instant(e.RecordedAt), e.Type, e.Actor, says, text(reason)})
	}
	if s.JSON {
		return s.print(rep)
	}
	s.sayChanges(rep)
	return nil
}

func changedOf(c app.Changed) changedOne {
	one := changedOne{Model: c.Model, Action: c.Action, After: c.After.Outcome.String(), Because: []string{}}
	if c.Before != nil {
		one.Before = text(c.Before.Outcome.String())
	}
	for _, r := range c.After.HeldBecause() {
		one.Because = append(one.Because, r.Reason)
	}
	return one
}

func (s *session) sayChanges(rep sinceReport) {
	s.say("Since %s, before entry %d: %s.", rep.Since.Time, rep.Since.Seq, plural(len(rep.Entries), "new entry", "new entries"))
	s.say("")
	if len(rep.Verdicts) == 0 {
		s.say("No answer of the gate is another one than it was.")
	} else {
		grid := [][]string{{"MODEL", "ACTION", "WAS", "IS NOW", "BECAUSE"}}
		for _, v := range rep.Verdicts {
			why := ""
			if len(v.Because) > 0 {
				why = oneLine(abridged(plainly(v.Because[0])))
			}
			grid = append(grid, []string{v.Model, v.Action, or(string(v.Before), "not there"), v.After, why})
		}
		s.grid(grid)
	}
	if len(rep.Entries) == 0 {
		return
	}
	s.say("")
	for _, e := range rep.Entries {
		s.wrapped(strings.TrimSuffix(e.Time.String(), ".000Z")+"  "+padded(seqText(e.Seq), 6)+"  ", e.Says+", by "+e.Actor+reasonText(string(e.Reason)))
	}
}

func padded(s string, n int) string { return strings.Repeat(" ", max(0, n-len(s))) + s }

func reasonText(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + clippedWords(oneLine(reason))
}
