// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/rule"
)

// mark is a status: a word and a shape before it is a colour.
type mark string

// The marks. Held and clear are the gate's answers, the next three those of a
// condition; the rest say how urgent something is.
const (
	noMark     mark = ""
	held       mark = "held"
	clear_     mark = "clear"
	met        mark = "met"
	notMet     mark = "not met"
	cannotTell mark = "cannot tell"
	late       mark = "late"
	due        mark = "due"
	done       mark = "done"
	open       mark = "open"
	ended      mark = "ended"
	stands     mark = "stands"
	// Which way a later version of a policy goes.
	loosens  mark = "loosens"
	tightens mark = "tightens"
	// What a finding supports; inconclusive is never a pass.
	below        mark = "supports below"
	reached      mark = "supports reached"
	inconclusive mark = "inconclusive"
)

func (m mark) word() string { return string(m) }

// shape is the id of the sign in the sprite: a filled square stops, an empty one
// lets through, a question mark cannot tell.
func (m mark) shape() string {
	switch m {
	case held:
		return "■"
	case clear_:
		return "□"
	case met, done, below, stands, tightens:
		return "✓"
	case notMet, reached:
		return "✗"
	case cannotTell, inconclusive:
		return "?"
	case late, loosens:
		return "▲"
	case due:
		return "△"
	case ended:
		return "–"
	}
	return "○"
}

// tone is the class by which the stylesheet colours it.
func (m mark) tone() string {
	switch m {
	case held, notMet, late, reached, loosens:
		return "stop"
	case clear_, met, done, below, stands, tightens:
		return "go"
	case cannotTell, due, inconclusive:
		return "ask"
	}
	return "calm"
}

func markOfOutcome(o gate.Outcome) mark {
	if o == gate.Clear {
		return clear_
	}
	return held
}

func markOfStatus(s rule.Status) mark {
	switch s {
	case rule.Met:
		return met
	case rule.NotMet:
		return notMet
	}
	return cannotTell
}
