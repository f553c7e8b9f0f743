// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// grid prints rows of cells in columns, each cell on one line. The last column is not padded, so that
// no line ends in blanks.
func (s *session) grid(rows [][]string) {
	var width []int
	for _, row := range rows {
		for i, cell := range row {
			cell = printable(strings.Join(strings.FieldsFunc(cell, func(r rune) bool { return r == '\n' || r == '\t' || r == '\r' }), " "))
			row[i] = cell
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell)+2))
			}
		}
		fmt.Fprintln(s.out, strings.TrimRight(line.String(), " "))
	}
}

// wrapped prints a paragraph within 88 columns: a first prefix, then one of the
// same width on the lines that follow.
func (s *session) wrapped(prefix, words string) {
	indent := strings.Repeat(" ", utf8.RuneCountInString(prefix))
	line, used := prefix, utf8.RuneCountInString(prefix)
	fresh := true
	for _, w := range strings.Fields(printable(words)) {
		n := utf8.RuneCountInString(w)
		if !fresh && used+1+n > 88 {
			fmt.Fprintln(s.out, line)
			line, used, fresh = indent, len(indent), true
		}
		if !fresh {
			line, used = line+" ", used+1
		}
		line, used, fresh = line+w, used+n, false
	}
	fmt.Fprintln(s.out, strings.TrimRight(line, " "))
}

func seqText(seq int64) string { return strconv.FormatInt(seq, 10) }

// plural says how many there are.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// or gives the text, or a dash where there is none.
func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// clipped cuts what was typed to a length that a line can hold.
func clipped(text string) string {
	if r := []rune(text); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return text
}

// clippedWords cuts what no line can hold out of a sentence: names are the only
// words that long.
func clippedWords(text string) string {
	return regexp.MustCompile(`\S{161,}`).ReplaceAllStringFunc(text, func(w string) string {
		r := []rune(w)
		return string(r[:60]) + "..." + string(r[len(r)-20:])
	})
}

// joined puts sentences into one line.
func joined(sentences []string) string {
	all := make([]string, len(sentences))
	for i, s := range sentences {
		all[i] = strings.TrimSuffix(s, ".")
	}
	return strings.Join(all, "; ")
}

// rounded writes the decimals of a text with three digits: enough to read, where
// --json has them all. One that the rounding would move onto a coarser figure,
// such as a line that it is compared with, stays as it is.
func rounded(text string) string {
	return regexp.MustCompile(`[0-9]+\.[0-9]{4,}`).ReplaceAllStringFunc(text, func(d string) string {
		x, err := strconv.ParseFloat(d, 64)
		if err != nil {
			return d
		}
		for digits := 3; digits < 9; digits++ {
			short := strconv.FormatFloat(x, 'f', digits, 64)
			if coarse := strings.HasSuffix(short, "00") || strings.HasSuffix(short, "50") || digits > 3 && strings.HasSuffix(short, "0"); !coarse {
				return short
			}
		}
		return d
	})
}

// figureWords writes a decimal for people: a share as a percentage, anything else
// with three digits.
func figureWords(d string, share bool) string {
	x, err := strconv.ParseFloat(d, 64)
	if err != nil || !share {
		return rounded(d)
	}
	one := strconv.FormatFloat(100*x, 'f', 1, 64)
	if whole, ok := strings.CutSuffix(one, ".0"); ok {
		one = whole
		if exact := strconv.FormatFloat(100*x, 'f', 3, 64); exact != whole+".000" {
			one = exact
		}
	}
	return one + " %"
}

// oneLine keeps what people wrote to one line of a table.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// singular mends sentences that count one thing as many.
func singular(text string) string {
	for _, p := range [][2]string{
		{"1 attempts have no score; they count", "1 attempt has no score; it counts"}, {"1 attempts have", "1 attempt has"}, {"1 entries", "1 entry"},
	} {
		text = regexp.MustCompile(`\b`+p[0]).ReplaceAllString(text, p[1])
	}
	return text
}

// dayFlag reads the day of a flag.
func dayFlag(flag, value string) (deadline.Day, error) {
	day, err := deadline.ParseDay(value)
	if err != nil {
		return "", fault.Usagef("%s %q is not a day", flag, value).Hinted("write it as 2025-05-22")
	}
	return day, nil
}
