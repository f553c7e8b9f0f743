// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package finding

import (
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Rating says how bad a finding is. What is material is reported promptly, what
// is minimal with the quarter (RSP 2.x, footnote on noncompliance).
type Rating string

// The ratings.
const (
	Minimal  Rating = "minimal"
	Material Rating = "material"
)

// Rated is the data of finding.rated.
type Rated struct {
	Finding  string `json:"finding"`
	Rating   Rating `json:"rating"`
	Argument string `json:"argument"`
}

// Rate says how bad a finding is, and why. A later rating needs an argument of
// its own and leaves the former in the journal. Nobody takes back alone what
// they called material: that takes another person (CMP-3).
func (s State) Rate(in Rated, see See, act entry.Act) ([]entry.Draft, error) {
	f, err := s.Find(in.Finding)
	if err != nil {
		return nil, err
	}
	if in.Rating != Minimal && in.Rating != Material {
		return nil, fault.Invalidf("%q is not a rating", in.Rating).Hinted("use minimal or material")
	}
	if err := said("the argument for the rating", in.Argument); err != nil {
		return nil, err
	}
	same := func(r Judged) bool { return strings.TrimSpace(r.Argument) == strings.TrimSpace(in.Argument) }
	if slices.ContainsFunc(f.Ratings, same) {
		return nil, fault.Conflictf("%s was rated with this argument already", f.ID).Hinted("say what is new")
	}
	if in.Rating == Minimal && f.Rating() == Material {
		if err := f.mayLower(see, act); err != nil {
			return nil, err
		}
	}
	return rated.Drafts(in)
}

// mayLower asks for another person than those who called the finding material.
func (f Finding) mayLower(see See, act entry.Act) error {
	if err := human(see, act, "rates what was material as minimal"); err != nil {
		return err
	}
	for _, r := range f.Ratings {
		if r.Rating == Material && r.By == act.Actor {
			return fault.Forbiddenf("%q rated %s as material, and another person has to see that it is minimal (rule SOD-LOWER)", act.Actor, f.ID).
				Hinted("ask somebody else to rate it, with an argument of their own")
		}
	}
	return nil
}

// human asks that a human being who is known here acts: not the owner of the
// workspace, whoever that is, and no program.
func human(see See, act entry.Act, does string) error {
	if p, ok := see.Access.Person(act.Actor); !ok || p.Kind != access.Human {
		return fault.Forbiddenf("%q is not a person, and only a person %s", act.Actor, does).
			Hinted("act as somebody with: --as PERSON")
	}
	return nil
}
