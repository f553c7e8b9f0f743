// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package incident

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Updated is the data of incident.updated: what is said now and was not before.
type Updated struct {
	Incident  string `json:"incident"`
	Commander string `json:"commander,omitzero"`
	// The times are those that are stated now; the others stay.
	Times
	Response
	Retest *Retest `json:"retest,omitzero"`
	Note   string  `json:"note,omitzero"`
	// Correction is the reason why a time that was stated is another one.
	Correction string `json:"correction,omitzero"`
}

// Retest tells whether the jailbreak still worked after it was remedied. It
// names what shows that, or says it.
type Retest struct {
	Ref       *entry.Ref `json:"ref,omitzero"`
	Statement string     `json:"statement,omitzero"`
	Passed    bool       `json:"passed"`
}

func (u Updated) clock() Clock { return Clock{u.Times, u.Response} }

// Update records what became known. After the incident is closed, the five
// times and a note are still taken: a report may be due later than the mending.
func (s State) Update(in Updated, see See, act entry.Act) ([]entry.Draft, error) {
	v, err := s.Find(in.Incident)
	if err != nil {
		return nil, err
	}
	if in.Commander == "" && in.clock() == (Clock{}) && in.Retest == nil && strings.TrimSpace(in.Note) == "" {
		return nil, fault.Usagef("nothing is said about %s", v.ID).Hinted("state a time, a re-test, a commander or a note")
	}
	if len(in.Note) > MaxText {
		return nil, said("the note", in.Note)
	}
	if err := checkCommander(in.Commander, see); err != nil {
		return nil, err
	}
	if err := v.checkClosed(in); err != nil {
		return nil, err
	}
	if err := v.checkTimes(in, act.Now); err != nil {
		return nil, err
	}
	if err := v.checkRetest(in); err != nil {
		return nil, err
	}
	return updated.Drafts(in)
}

func (v Incident) checkClosed(in Updated) error {
	if v.Closing != nil && (in.Commander != "" || in.Retest != nil || in.Identified != 0 || in.Remediated != 0) {
		return fault.Conflictf("%s is closed: when it occurred, was detected, known, determined and reported can still be stated, and nothing else", v.ID).
			Hinted("declare what came back as another incident")
	}
	return nil
}

// checkTimes asks for a reason where a time takes the place of another, and for
// times that can have happened.
func (v Incident) checkTimes(in Updated, now int64) error {
	corrects := false
	have := v.Clock()
	former, stated := have.moments(), in.clock()
	for i, m := range stated.moments() {
		was := *former[i].at
		switch {
		case *m.at == 0:
			continue
		case was == *m.at:
			return fault.Conflictf("it is recorded already that %s was %s at %s", v.ID, m.name, stamp(*m.at))
		case was != 0 && strings.TrimSpace(in.Correction) == "":
			return fault.Conflictf("it was stated that %s was %s at %s, and not at %s", v.ID, m.name, stamp(was), stamp(*m.at)).
				Hinted("say why the former was wrong: --correction TEXT")
		}
		corrects = corrects || was != 0
	}
	if in.Correction != "" && !corrects {
		return fault.Usagef("a correction was explained and nothing is corrected").Hinted("say it in a note")
	}
	if corrects {
		if err := access.CheckReason(in.Correction); err != nil {
			return err
		}
	}
	return have.over(stated).check(now)
}

func (v Incident) checkRetest(in Updated) error {
	switch {
	case in.Retest == nil:
		return nil
	case v.Remediated == 0 && in.Remediated == 0:
		return fault.Conflictf("%s was not remedied, so there is nothing to test again", v.ID).Hinted("state when it was remedied")
	case in.Retest.Ref == nil:
		return said("what was tested again, and what came out,", in.Retest.Statement)
	case in.Retest.Ref.Kind == "" || in.Retest.Ref.ID == "":
		return fault.Invalidf("what shows the re-test is named by kind and id")
	}
	return nil
}
