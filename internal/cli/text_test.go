// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"
	"testing"
)

func TestRounded(t *testing.T) {
	for in, want := range map[string]string{
		"the bounds 0.146929369 to 0.340481584": "the bounds 0.147 to 0.340",
		"0.29996 is below 0.3":                  "0.29996 is below 0.3",
		"0.300041 is above 0.3":                 "0.30004 is above 0.3",
		"0.1304 of anthropic-rsp@2.2":           "0.130 of anthropic-rsp@2.2",
		"0.349970158 and 0.35":                  "0.34997 and 0.35",
		"12.5, 3":                               "12.5, 3",
	} {
		if got := rounded(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestWordsForPeople(t *testing.T) {
	for _, c := range [][2]string{
		{singular("the journal has 1 entries, 21 entries"), "the journal has 1 entry, 21 entries"},
		{singular("1 attempts have no score; they count both as wrong and as right."), "1 attempt has no score; it counts both as wrong and as right."},
		{clippedWords("no " + strings.Repeat("a", 500)), "no " + strings.Repeat("a", 60) + "..." + strings.Repeat("a", 20)},
		{printable("a\x1b[31m\u202eb\u200f"), "a?[31m?b?"},
		{plainUsage(`--floor must be one of "","attested" but got "good"`), `--floor must be one of "attested" but got "good"`},
		{otherModel("aster-2", "aster/Aster_2-rc1"), ""},
		{otherModel("aster-2", "lab/other"), "; answered by lab/other"},
		{figureWords("0.341666667", true), "34.2 %"},
		{figureWords("0.59999", true), "59.999 %"},
		{figureWords("0.5", true), "50 %"},
		{figureWords("2.5234567", false), "2.523"},
	} {
		if c[0] != c[1] {
			t.Errorf("%q, want %q", c[0], c[1])
		}
	}
}
