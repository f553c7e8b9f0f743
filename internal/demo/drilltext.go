// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// Text tells the story in lines: a date, a shape, and words.
func (s DrillStory) Text() string {
	var b strings.Builder
	for _, t := range s.Acts {
		fmt.Fprintf(&b, "  %s  %s %s\n", t.Time[:10], t.Mark.shape(), t.words())
	}
	b.WriteString("\nWhere it stands:\n")
	for _, r := range s.Standing {
		fmt.Fprintf(&b, "  %-8s %-19s %s %s\n", r.Model, r.Action, Mark(r.Verdict).shape(), r.words())
	}
	return b.String()
}

func (r StandingRow) words() string {
	if len(r.HeldBecause) == 0 {
		return fmt.Sprintf("%s (%s)", r.Verdict, r.Grade)
	}
	return r.Verdict + ": " + clipped(more(r.HeldBecause))
}

// words puts the mark's word in front where the sentence does not say it.
func (t Told) words() string {
	text := clipped(t.Text)
	if t.Mark == markHeld || t.Mark == markClear {
		return string(t.Mark) + "  " + text
	}
	return text
}

// shape is the mark as one character.
func (m Mark) shape() string {
	switch m {
	case markHeld:
		return "■"
	case markClear:
		return "□"
	case markRefused:
		return "✗"
	case markChecked:
		return "✓"
	}
	return "·"
}

// widest is how long a sentence may be before it is cut; the JSON has it whole.
const widest = 150

func clipped(text string) string {
	r := []rune(text)
	if len(r) <= widest {
		return text
	}
	cut := string(r[:widest])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + " …"
}

// short writes a figure with three decimals, rounded half up; the entry has
// them all.
func short(d stats.Decimal) string {
	r, ok := new(big.Rat).SetString(string(d))
	if !ok {
		return "?"
	}
	return r.FloatString(3)
}

func verdictWords(v threshold.Verdict) string {
	return strings.ReplaceAll(string(v), "_", " ")
}
