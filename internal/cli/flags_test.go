// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"context"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/stats"
)

func TestSourceFlag(t *testing.T) {
	for text, want := range map[string]entry.Source{
		"S37":                              {Document: "S37"},
		"S37:7.1":                          {Document: "S37", Section: "7.1"},
		"S37:7.1:b":                        {Document: "S37", Section: "7.1:b"},
		"https://example.org/card.pdf":     {Document: "https://example.org/card.pdf"},
		"https://example.org/card.pdf:7.1": {Document: "https://example.org/card.pdf", Section: "7.1"},
		"":                                 {},
	} {
		if d := cmp.Diff(want, sourceFlag(text)); d != "" {
			t.Errorf("%q: %s", text, d)
		}
	}
}

// A number with an exponent is spelled out to exactly the same number, or
// refused.
func TestSpelledOut(t *testing.T) {
	for text, want := range map[string]string{"3e25": "3" + strings.Repeat("0", 25), "1.5E3": "1500", "12": "12", "1.25e2": "125"} {
		if got, err := spelledOut(text); err != nil || got != want {
			t.Errorf("%s: %s, %v", text, got, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{0,4}(\.[0-9]{0,4})?[eE]\+?-?[0-9]{1,3}`).Draw(t, "number")
		got, err := spelledOut(text)
		if err != nil {
			return
		}
		d, err := stats.ParseDecimal(got)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(text)
		if have, _ := d.Rat(); !ok || have.Cmp(want) != 0 {
			t.Fatalf("%s became %s", text, got)
		}
	})
}

// Whatever a file says, it cannot steer the terminal.
func TestPrintable(t *testing.T) {
	if got := printable("a\x1b[2Jb\u202ec\u009bd\r\n\té"); got != "a?[2Jb?c?d?\n\té" {
		t.Errorf("%q", got)
	}
}

// Numbers are JSON numbers and what is absent is null.
func TestJSONForms(t *testing.T) {
	var out bytes.Buffer
	s := &session{out: &out}
	err := s.print(struct {
		A number        `json:"a"`
		B number        `json:"b"`
		C instant       `json:"c"`
		D instant       `json:"d"`
		E text          `json:"e"`
		F known         `json:"f"`
		G []string      `json:"g"`
		H stats.Decimal `json:"h"`
		I text          `json:"i"`
	}{A: "0.5", C: 1, H: "-12", I: "<b>"})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"a":0.5,"b":null,"c":"1970-01-01T00:00:00.001Z","d":null,"e":null,"f":null,"g":[],"h":-12,"i":"<b>"}`
	got := strings.NewReplacer("\n", "", "  ", "", ": ", ":").Replace(out.String())
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if err := s.print(number("1e5")); err == nil {
		t.Error("a number that is no decimal was printed")
	}
}

// Every command and flag says in a sentence what it is for.
func TestHelpIsComplete(t *testing.T) {
	for _, args := range helps(t, nil) {
		var out, errOut bytes.Buffer
		code := Run(context.Background(), append(args, "--help"), strings.NewReader(""), &out, &errOut, nil)
		if code != exitDone || errOut.Len() > 0 || !strings.Contains(out.String(), "Usage: holdpoint "+strings.Join(args, " ")) {
			t.Errorf("%v: code %d, %s%s", args, code, out.String(), errOut.String())
		}
	}
}

// helps lists every command by walking the help of each.
func helps(t *testing.T, under []string) [][]string {
	t.Helper()
	var out bytes.Buffer
	Run(context.Background(), append(under, "--help"), strings.NewReader(""), &out, &out, nil)
	all := [][]string{under}
	for _, line := range strings.Split(out.String(), "\n") {
		f := strings.Fields(line)
		if !strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "   ") || len(f) <= len(under) {
			continue
		}
		name := f[len(under)]
		if strings.HasPrefix(name, "-") || strings.HasPrefix(name, "<") || strings.Join(f[:len(under)], " ") != strings.Join(under, " ") {
			continue
		}
		if len(f) == len(under)+1 {
			t.Errorf("%v %s has no sentence", under, name)
		}
		all = append(all, helps(t, append(append([]string{}, under...), name))...)
	}
	return all
}
