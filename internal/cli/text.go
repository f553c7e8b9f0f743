// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// grid prints rows of cells in columns. The last column is not padded, so that
// no line ends in blanks.
func (s *session) grid(rows [][]string) {
	var width []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(width) {
				width = append(width, 0)
			}
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(printable(cell))
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
