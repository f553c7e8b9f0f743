// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"fmt"
	"io"
	"strings"
)

// Text writes the story for a person: one sentence for each model first, then
// where the published readings and ours agree, where we cannot tell, where our
// rules are stricter, and what is not published.
func (s RecordStory) Text(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "The public record of 2024-25, reconstructed from documents; it ends on %s.\n", s.RecordEnds)
	writeWrapped(&b, "", "The clock is simulated: documents give days, and the order within a day is the policy's. Nobody's signature is made up, and no clearance is issued from here.")
	writeWrapped(&b, "", s.Note)
	s.sentences(&b)
	s.readings(&b, "Where we agree", Agrees)
	s.readings(&b, "Where we cannot tell", CannotTell)
	s.readings(&b, "Where our rules are stricter (house)", Stricter)
	s.silence(&b)
	s.past(&b)
	_, err := io.WriteString(w, b.String())
	return err
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
func (s RecordStory) sentences(b *strings.Builder) {
	for _, row := range s.Standing {
		if row.Action != "external_deploy" {
			continue
		}
		b.WriteString("\n")
		writeWrapped(b, "", titleOf(row.Model)+". "+row.sentence())
		for _, reason := range row.FiguresOnly.Summary {
			writeWrapped(b, "  - ", reason)
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

func (s RecordStory) readings(b *strings.Builder, title string, kind ReadingKind) {
	fmt.Fprintf(b, "\n%s\n", title)
	for _, list := range [][]RecordReading{s.Agreements, s.Differences} {
		for _, r := range list {
			if r.Kind == kind {
				r.write(b)
			}
		}
	}
}

func (r RecordReading) write(b *strings.Builder) {
	what := fmt.Sprintf("%s, %s (%s). Published: %s. Ours: %s.", titleOf(r.Model), words(r.Evaluation), r.Threshold, r.Published, r.Ours)
	writeWrapped(b, "  - ", what)
	if r.Source != "" {
		from := r.Source
		if len(r.Missing) > 0 {
			from += "; not published: " + strings.Join(r.Missing, ", ")
		}
		writeWrapped(b, "    ", "["+from+"]")
	}
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
