// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"fmt"
	"io"
	"math/big"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/holdpoint/holdpoint/internal/stats"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// Text tells the story in lines: a date, a shape, and words.
func (s DrillStory) Text(w io.Writer) error {
	var b strings.Builder
	for _, t := range s.Acts {
		writeWrapped(&b, fmt.Sprintf("  %s  %s ", t.Time[:10], t.Mark.shape()), clipped(t.Text))
	}
	b.WriteString("\nWhere it stands:\n")
	for i := 0; i < len(s.Standing); {
		r, n := s.Standing[i], i+1
		actions := r.Action
		for n < len(s.Standing) && r.clearAs(s.Standing[n]) {
			actions += ", " + s.Standing[n].Action
			n++
		}
		writeWrapped(&b, fmt.Sprintf("  %s %s ", r.Model, Mark(r.Verdict).shape()), actions+": "+r.words())
		i = n
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// column is where a line of text ends.
const column = 100

// writeWrapped writes a paragraph after a prefix, and what does not fit the line
// under its beginning.
func writeWrapped(b *strings.Builder, prefix, words string) {
	indent := strings.Repeat(" ", utf8.RuneCountInString(prefix))
	line, used, fresh := prefix, len(indent), true
	for _, w := range strings.Fields(words) {
		n := utf8.RuneCountInString(w)
		if !fresh && used+1+n > column {
			b.WriteString(line + "\n")
			line, used, fresh = indent, len(indent), true
		}
		if !fresh {
			line, used = line+" ", used+1
		}
		line, used, fresh = line+w, used+n, false
	}
	b.WriteString(line + "\n")
}

// clearAs tells whether two rows are one line: the same model, clear alike.
func (r StandingRow) clearAs(o StandingRow) bool {
	return r.Model == o.Model && len(r.HeldBecause)+len(o.HeldBecause) == 0 && r.words() == o.words()
}

func (r StandingRow) words() string {
	if len(r.HeldBecause) == 0 {
		return fmt.Sprintf("%s (%s)", r.Verdict, r.Grade)
	}
	return r.Verdict + ": " + clipped(more(r.HeldBecause))
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

// widest is how long a sentence may be before its last clauses are left out; the
// JSON has it whole.
const widest = 190

var longHex = regexp.MustCompile(`:? [0-9a-f]{64}.*`)

// clipped leaves digests out, and the last clauses of what is too long: never a
// part of a clause.
func clipped(text string) string {
	text = strings.TrimRight(longHex.ReplaceAllString(text, ""), ",;: ")
	for utf8.RuneCountInString(text) > widest {
		i := max(strings.LastIndex(text, ": "), strings.LastIndex(text, "; "), strings.LastIndex(text, ". "))
		if i < 0 {
			return text
		}
		text = text[:i]
	}
	return text
}

// thousandths writes a figure with three decimals, rounded half up; the entry has
// them all.
func thousandths(d stats.Decimal) string {
	r, ok := new(big.Rat).SetString(string(d))
	if !ok {
		return "?"
	}
	return r.FloatString(3)
}

// more gives the first reason and how many there are besides.
func more(reasons []string) string {
	switch len(reasons) {
	case 0:
		return ""
	case 1:
		return reasons[0]
	}
	return fmt.Sprintf("%s (and %d more)", reasons[0], len(reasons)-1)
}

func verdictWords(v threshold.Verdict) string {
	switch v {
	case threshold.SupportsRuleOut:
		return "below"
	case threshold.Inconclusive:
		return "in the middle"
	}
	return strings.ReplaceAll(string(v), "_", " ")
}
