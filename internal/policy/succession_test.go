// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/policy"
)

func ways(list []policy.Carry) string {
	var b strings.Builder
	for _, c := range list {
		fmt.Fprintf(&b, "%s <- %s by %s", c.To, c.From, c.Rule)
		if c.Via != "" {
			fmt.Fprintf(&b, " through %s", c.Via)
		}
		if c.RuledOutOnly {
			b.WriteString(", ruled out only")
		}
		fmt.Fprintf(&b, " (%s)\n", c.Basis)
	}
	return b.String()
}

const from20to21 = `AUTO-CKPT <- AUTO-CKPT by unchanged (text)
CYBER <- CYBER by unchanged (text)
CBRN-3 <- CBRN by succession (house)
CBRN-4 <- CBRN by implication through CBRN-3, ruled out only (house)
AIRD-4 <- AIRD by succession, ruled out only (house)
AIRD-4 <- AUTO-CKPT by checkpoint through AUTO-CKPT, ruled out only (text)
AIRD-5 <- AIRD by succession, ruled out only (house)
AIRD-5 <- AUTO-CKPT by checkpoint through AUTO-CKPT, ruled out only (text)
AIRD-5 <- AIRD by implication through AIRD-4, ruled out only (house)
AIRD-5 <- AUTO-CKPT by implication through AIRD-4, ruled out only (house)
`

// A determination of 2.0 speaks for 2.1 by succession, order and checkpoint.
func TestCarried(t *testing.T) {
	a, b := shipped(t, "2.0"), shipped(t, "2.1")
	if diff := cmp.Diff(from20to21, ways(b.Carried(a))); diff != "" {
		t.Error(diff)
	}
}

// What a change of words carries: the same words everything, higher words and
// a part only "ruled out", lower words nothing, other words nothing.
func TestCarriedByWords(t *testing.T) {
	a := parse(t, minimal(t))
	for _, c := range []struct{ words, want string }{
		{"same", "BIO-3 <- BIO-3 by succession (house)\n"},
		{"part", "BIO-3 <- BIO-3 by succession, ruled out only (house)\n"},
		{"higher", "BIO-3 <- BIO-3 by succession, ruled out only (house)\n"},
		{"lower", ""},
	} {
		// Without the implication from BIO-1 only the words are left.
		b := parse(t, edit(t, minimal(t),
			"    implies: [{threshold: BIO-3, basis: house}]\n", "",
			"statement: Does it all.", "statement: Does it all and more.\n    succeeds: [{threshold: BIO-3, words: "+c.words+", basis: house}]"))
		got := ""
		for line := range strings.SplitAfterSeq(ways(b.Carried(a)), "\n") {
			if strings.HasPrefix(line, "BIO-3 ") {
				got += line
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.words, got, c.want)
		}
	}
	b := parse(t, edit(t, minimal(t), "    implies: [{threshold: BIO-3, basis: house}]\n", "", "statement: Does it all.", "statement: Does nearly all."))
	if got := ways(b.Carried(a)); strings.Contains(got, "BIO-3 <-") {
		t.Errorf("other words carry: %s", got)
	}
}
