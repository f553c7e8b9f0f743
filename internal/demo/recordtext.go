// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// Text writes the story for a person: one sentence for each model first, then
// where the published readings and ours agree, where we cannot tell, where our
// rules are stricter, and what is not published. In short it gives the first two
// of each; in full, everything, and the answers over time.
func (s RecordStory) Text(w io.Writer, full bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "The public record of 2024-25, reconstructed from documents; it ends on %s.\n", s.RecordEnds)
	if full {
		writeWrapped(&b, "", "The clock is simulated: documents give days, and the order within a day is the policy's. Nobody's signature is made up, and no clearance is issued from here.")
	}
	writeWrapped(&b, "", s.Note)
	most := rowsShown
	if full {
		most = math.MaxInt
	}
	s.sentences(&b, 2*most)
	b.WriteString("\n")
	writeWrapped(&b, "", s.tally())
	s.readings(&b, "Where we agree", Agrees, most)
	s.readings(&b, "Where we cannot tell", CannotTell, most)
	s.readings(&b, "Where our rules are stricter (house)", Stricter, most)
	if full {
		s.silence(&b)
		s.past(&b)
	} else {
		s.silenceInShort(&b)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// rowsShown is how many rows of each comparison the short text has.
const rowsShown = 2

// tally counts the comparisons.
func (s RecordStory) tally() string {
	n := map[ReadingKind]int{}
	for _, list := range [][]RecordReading{s.Agreements, s.Differences} {
		for _, r := range list {
			n[r.Kind]++
		}
	}
	return fmt.Sprintf("Of %d published readings we agree with %d, cannot tell about %d, and are stricter by our own rules about %d. "+
		"C4 is the system card of May 2025, S37 that of February 2025; N1 to N%d are listed below.",
		n[Agrees]+n[CannotTell]+n[Stricter], n[Agrees], n[CannotTell], n[Stricter], len(s.NotPublished))
}

// titles are what the documents call the models.
func titleOf(model string) string {
	switch model {
	case sonnet37:
		return "Claude 3.7 Sonnet"
	case sonnet4:
		return "Claude Sonnet 4"
	case opus4:
		return "Claude Opus 4"
	}
	return model
}

// sentences is the first screen: one sentence for each model, and its reasons.
func (s RecordStory) sentences(b *strings.Builder, most int) {
	for _, row := range s.Standing {
		if row.Action != "external_deploy" {
			continue
		}
		b.WriteString("\n")
		writeWrapped(b, "", titleOf(row.Model)+". "+row.sentence())
		for i, reason := range row.FiguresOnly.Summary {
			if i == most {
				fmt.Fprintf(b, "  - and %d more\n", len(row.FiguresOnly.Summary)-most)
				break
			}
			writeWrapped(b, "  - ", strings.ReplaceAll(reason, "results that do not support ruling it out are unanswered:", "unanswered:"))
		}
	}
}

func (r RecordRow) sentence() string {
	published := "Published: held."
	if r.Verdict == "clear" {
		published = "Published: cleared under " + r.level() + "."
	}
	if r.FiguresOnly.Verdict == "clear" {
		return published + " The published figures alone support that under our rules."
	}
	return published + " From the published figures alone our rules cannot tell, for these reasons:"
}

// level names the standard that the action demands.
func (r RecordRow) level() string {
	level := ""
	for _, req := range r.Requires {
		standard, _, _ := strings.Cut(req, " ")
		level = max(level, standard)
	}
	return level
}

func (s RecordStory) readings(b *strings.Builder, title string, kind ReadingKind, most int) {
	fmt.Fprintf(b, "\n%s\n", title)
	n := 0
	for _, list := range [][]RecordReading{s.Agreements, s.Differences} {
		for _, r := range list {
			if r.Kind != kind {
				continue
			}
			if n++; n <= most {
				r.write(b)
			}
		}
	}
	if n > most {
		fmt.Fprintf(b, "  and %d more\n", n-most)
	}
}

func (r RecordReading) write(b *strings.Builder) {
	what := fmt.Sprintf("%s, %s (%s). Published: %s. Ours: %s.", titleOf(r.Model), words(r.Evaluation), r.Threshold, r.Published, r.Ours)
	if r.Source != "" {
		what += " [" + tagged(r.Source)
		if len(r.Missing) > 0 {
			what += "; not published: " + strings.Join(r.Missing, ", ")
		}
		what += "]"
	}
	writeWrapped(b, "  - ", what)
}

// tagged names a document by its tag, with the section.
func tagged(source string) string {
	for _, d := range []struct{ name, tag string }{{docCard4, "C4"}, {docCard37, "S37"}} {
		if rest, ok := strings.CutPrefix(source, d.name); ok {
			return d.tag + strings.Replace(rest, ", section", "", 1)
		}
	}
	return source
}

func words(evaluation string) string { return strings.ReplaceAll(evaluation, "-", " ") }

func (s RecordStory) silence(b *strings.Builder) {
	b.WriteString("\nNot published (a document that says it turns the number off)\n")
	for _, n := range s.NotPublished {
		writeWrapped(b, fmt.Sprintf("  %-4s", n.ID), n.What)
	}
	for _, x := range s.Inconsistencies {
		writeWrapped(b, "  ", fmt.Sprintf("Printed in two ways: %s, %s: %s.", titleOf(x.Model), words(x.Evaluation), strings.Join(x.Values, " and ")))
	}
}

// silenceInShort says what is not published in one paragraph.
func (s RecordStory) silenceInShort(b *strings.Builder) {
	var all []string
	for _, n := range s.NotPublished {
		all = append(all, n.ID+" "+n.What)
	}
	b.WriteString("\nNot published (a document that says it turns the number off)\n")
	writeWrapped(b, "  ", strings.Join(all, "; ")+".")
}

// past prints the verdicts of each instant, and what would follow after the end.
func (s RecordStory) past(b *strings.Builder) {
	b.WriteString("\nAs published, over time\n")
	for _, h := range s.History {
		fmt.Fprintf(b, "  %s  %s  %-18s %-16s %s\n", h.Time[:10], Mark(h.Verdict).shape(), h.Model, h.Action, h.Verdict)
	}
	b.WriteString("  Whether a model was stored, trained or used inside before its safeguards were in force: not published.\n")
	b.WriteString("\nIf nothing more were recorded (the re-approval of ASL-3 would have lapsed; basis: reading)\n")
	for _, h := range s.WhatIf {
		fmt.Fprintf(b, "  %s  %s  %-18s %-16s %s\n", h.Time[:10], Mark(h.Verdict).shape(), h.Model, h.Action, h.Verdict)
	}
}
