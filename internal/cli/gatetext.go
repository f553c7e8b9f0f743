// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/rule"
)

// verdictText prints an answer for people: what holds it and what would open it
// next, or what opens it; and the whole tree only when asked for.
type verdictText struct {
	*session
	v gate.Verdict
	m app.Moment
	// supposed is what the answer is hypothetical by.
	supposed []string
	// again are the flags that were given, each after a space.
	again string
}

func (t verdictText) print(all bool) {
	v := t.v
	t.say("%s: %s of %s%s", sign(v.Outcome), printable(v.Ask.Action), printable(subjectText(v.Ask)), printable(where(v.Ask)))
	t.say("as of entry %d, %s%s%s", t.m.View.Size-1, instant(t.m.Now), made(t.m), t.ahead(t.m))
	t.hypothetical()
	t.broken()
	t.wrapped("how well known: ", gradeWords(v.Grade))
	if v.Outcome == gate.Clear {
		t.list("only for a while: ", standInWords(v.StandIns))
	}
	if held := v.HeldBecause(); len(held) > 0 {
		t.held(held)
	}
	switch {
	case all:
		t.say("\nEvery condition:")
		for _, r := range v.Conditions {
			t.tree("  ", r)
		}
	case v.Outcome == gate.Clear:
		t.say("\nClear because:")
		for _, r := range v.Conditions {
			t.wrapped(fmt.Sprintf("  %-13s ", mark(r.Status)), t.inWords(r, r.Reason))
		}
	}
	if all || v.Outcome == gate.Clear {
		t.lists()
	}
	t.more(all)
}

// hypothetical marks an answer that is about a world that is not.
func (t verdictText) hypothetical() {
	if len(t.supposed) == 0 {
		return
	}
	t.wrapped("HYPOTHETICAL: ", "as if "+strings.Join(t.supposed, ", ")+fmt.Sprintf(". Nothing of this is recorded: entries from %d on are supposed, "+
		"and no clearance can be issued on this answer.", t.m.View.Size))
}

func (t verdictText) more(all bool) {
	if !all {
		t.say("\nEvery condition, with clauses and entries: holdpoint gate check %s %s%s --all", printable(t.v.Ask.Model), printable(t.v.Ask.Action), t.again)
		return
	}
	t.say("\nCheck this yourself: holdpoint ledger show N prints an entry; holdpoint ledger export DIR, then")
	t.say("holdpoint verify ledger DIR --key %s --replay recomputes what was recorded.", printable(keyFile(t.open)))
}

// ahead says that an answer for a time still to come is about a world that may
// change until then.
func (s *session) ahead(m app.Moment) string {
	last := m.View.Time
	if !m.Simulated {
		last = max(last, time.Now().UnixMilli())
	}
	if s.At == "" || m.Now <= last {
		return ""
	}
	return ", if nothing more is recorded until then"
}

// gradeWords says what the lowest grade among the facts means.
func gradeWords(g grade.Grade) string {
	switch g {
	case grade.Recomputed:
		return "recomputed: every figure it rests on was recomputed here"
	case grade.Reported:
		return "reported: some of what it rests on is what documents state"
	case grade.Attested:
		return "attested: some of what it rests on is people's word, which nobody recomputed"
	}
	return "unknown: something that it needs is not recorded"
}

// held prints one line for each reason; what is said alike of several thresholds
// is said once.
func (t verdictText) held(held []rule.Result) {
	t.say("\nHeld because:")
	var order []string
	subjects, status := map[string][]string{}, map[string]rule.Status{}
	for _, r := range held {
		subject, why := t.reason(r)
		if _, ok := status[why]; !ok {
			order = append(order, why)
		}
		if subject != "" && !slices.Contains(subjects[why], subject) {
			subjects[why] = append(subjects[why], subject)
		}
		status[why] = r.Status
	}
	for _, why := range order {
		line := why
		if of := subjects[why]; len(of) > 0 {
			line = strings.Join(of, "; ") + ": " + why
		}
		t.wrapped(fmt.Sprintf("  %-13s ", mark(status[why])), line)
	}
	if next := t.opens(held); len(next) > 0 {
		t.say("\nWhat would open it next:")
		for _, line := range next {
			t.wrapped("  - ", line)
		}
	}
}

// reason parts a condition into what it is about, by its title, and why.
func (t verdictText) reason(r rule.Result) (subject, why string) {
	why = plainly(r.Reason)
	id := thresholdOf(r)
	if r.ID == noHold { // every hold is named, however many there are
		return "", why
	}
	if id == "" {
		return "", abridged(why)
	}
	why, _, _ = strings.Cut(why, ", and waits for ") // said again, with whom, under what opens it
	for _, begin := range []string{id + " is ", id + " was ", id + ": "} {
		why = strings.TrimPrefix(why, begin)
	}
	return t.titled(id), abridged(why)
}

func (t verdictText) inWords(r rule.Result, why string) string {
	if id, ok := strings.CutPrefix(r.ID, "threshold:"); ok {
		th, _ := t.v.Policy.Pack.Threshold(id)
		if r.Status == rule.Met && len(r.Children) > 1 {
			why += ", and the safeguards that it requires are in force"
		}
		return t.titled(id) + strings.TrimPrefix(why, th.Title)
	}
	return plainly(why)
}

// thresholdOf gives the threshold that a condition is about, or "".
func thresholdOf(r rule.Result) string {
	for _, prefix := range []string{"ruled_out:", "follow_up:", "crossing:"} {
		if id, ok := strings.CutPrefix(r.ID, prefix); ok {
			return id
		}
	}
	return ""
}

func (t verdictText) titled(threshold string) string {
	th, ok := t.v.Policy.Pack.Threshold(threshold)
	if !ok || th.Title == "" {
		return threshold
	}
	return th.Title + " (" + threshold + ")"
}

// plainly leaves out of a reason what it says twice.
func plainly(reason string) string {
	reason = strings.ReplaceAll(reason, " (not approved)", "")
	return rounded(strings.ReplaceAll(reason, " (standard_undefined)", ""))
}

// abridged keeps a reason of many parts to one that can be read at a glance.
func abridged(reason string) string {
	parts := strings.Split(reason, "; ")
	kept, n := []string{}, 0
	for _, p := range parts {
		if n += len(p); len(kept) > 0 && n > 200 {
			break
		}
		kept = append(kept, p)
	}
	if left := len(parts) - len(kept); left > 0 {
		return strings.Join(kept, "; ") + fmt.Sprintf("; and %d more (--all)", left)
	}
	return reason
}

// sign is the mark and the word of an answer.
func sign(o gate.Outcome) string {
	if o == gate.Clear {
		return "□ CLEAR"
	}
	return "■ HELD"
}

func subjectText(a gate.Ask) string {
	if a.Snapshot == "" {
		return a.Model
	}
	return a.Model + "/" + a.Snapshot
}

func where(a gate.Ask) string {
	text := ""
	if a.Environment != "" {
		text = " in " + a.Environment
	}
	if a.ComparableTo != "" && a.ComparableTo != a.Model {
		text += ", comparable to " + a.ComparableTo
	}
	return text
}

func made(m app.Moment) string {
	if m.Simulated {
		return " (a simulated clock)"
	}
	return ""
}

// mark is a sign and a word for each value, so that neither colour nor sign
// alone carries it.
func mark(s rule.Status) string {
	switch s {
	case rule.Met:
		return "✓ met"
	case rule.NotMet:
		return "✗ not met"
	}
	return "? cannot tell"
}

func (t verdictText) leaf(indent string, r rule.Result) {
	line := fmt.Sprintf("%s: %s", r.ID, r.Reason)
	if r.Clause != "" {
		line += fmt.Sprintf(" [clause %s, %s]", r.Clause, r.Basis)
	}
	if len(r.Entries) > 0 {
		line += " " + entriesText(r.Entries)
	}
	t.wrapped(fmt.Sprintf("%s%-13s ", indent, mark(r.Status)), line)
}

func (t verdictText) tree(indent string, r rule.Result) {
	t.leaf(indent, r)
	for _, c := range r.Children {
		t.tree(indent+"  ", c)
	}
}

func entriesText(seqs []int64) string {
	words := make([]string, len(seqs))
	for i, n := range seqs {
		words[i] = seqText(n)
	}
	if len(words) == 1 {
		return "(entry " + words[0] + ")"
	}
	return "(entries " + strings.Join(words, ", ") + ")"
}

// lists prints compactly what a verdict relies on.
func (t verdictText) lists() {
	var requires []string
	for _, d := range t.v.Requires {
		requires = append(requires, fmt.Sprintf("%s %s (%s)", d.Standard, d.Facet, d.By))
	}
	t.list("Requires: ", requires)
	t.list("Carried: ", t.carried())
	t.list("Named limitations: ", t.v.Limitations)
	t.list("Not published: ", t.v.NotPublished)
}

// standInWords says what a verdict relies on that ends.
func standInWords(all []gate.StandIn) []string {
	var lines []string
	for _, s := range all {
		lines = append(lines, s.String())
	}
	return lines
}

func (t verdictText) list(label string, items []string) {
	if len(items) > 0 {
		t.wrapped(label, joined(items))
	}
}

// carried says once for each source what rests on it.
func (t verdictText) carried() []string {
	var order []string
	rest := map[string][]string{}
	for _, c := range t.v.Carried {
		from := fmt.Sprintf("on %s of %s, by %s (%s)", c.From, c.Under, c.Rule, c.Decision)
		if len(rest[from]) == 0 {
			order = append(order, from)
		}
		rest[from] = append(rest[from], c.Threshold)
	}
	for i, from := range order {
		verb := " rests "
		if len(rest[from]) > 1 {
			verb = " rest "
		}
		order[i] = strings.Join(rest[from], ", ") + verb + from
	}
	return order
}
