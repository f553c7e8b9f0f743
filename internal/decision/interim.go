// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/proof"
)

// StandInMonths is the longest that interim measures or a baseline stand,
// counted from the day of the proposal. It is a rule of the house: what only
// stands in for something does so for a while.
const StandInMonths = 12

// fillInterim checks what is done instead of a standard, and pins the argument
// that it is as good and the measures that it follows (INT-1 to INT-4).
func (s State) fillInterim(f *File, in ProposeIn, see See, p policy.Pack) error {
	m := in.Interim
	if m == nil {
		return fault.Invalidf("a decision of kind %s says what stands in for which standard", in.Kind)
	}
	if err := alone(in); err != nil {
		return err
	}
	if err := target(*m, p); err != nil {
		return err
	}
	l := registered(m.Models, see)
	l = append(l, m.check()...)
	l = append(l, standsUntil("interim measures", m.Expires, see.Now)...)
	if err := l.Err(); err != nil {
		return err
	}
	if err := m.follows(f, see); err != nil {
		return err
	}
	f.Grade = min(f.Grade, m.argued(f))
	f.conditional()
	if strings.TrimSpace(m.Disturbance) == "" {
		f.NotShown = append(f.NotShown, "why, among measures that are safe, these disturb those who rely on the model least (INT-3)")
	}
	return nil
}

// alone refuses a file that asks for something besides what its kind is about.
func alone(in ProposeIn) error {
	if in.Assessment != "" || in.Report != "" || in.Hold != "" || in.Model != "" {
		return fault.Invalidf("a decision of kind %s names its models in its own part, and neither an assessment, a report nor a hold", in.Kind)
	}
	if len(in.Determinations) > 0 && in.Kind != policy.DecideBaseline {
		return fault.Invalidf("a decision of kind %s determines no threshold", in.Kind).Hinted("propose the determination by itself")
	}
	return nil
}

// target refuses a standard that there is nothing to be equivalent to.
func target(m Interim, p policy.Pack) error {
	std, ok := p.StandardByID(m.Standard)
	if ok && !std.Defined {
		return fault.Conflictf("%s does not say what %s asks for, so nothing can be as good as it", p.Ref(), m.Standard).
			Hinted("only a later version of the policy can say how it is met; until then what needs it is restricted")
	}
	if _, ok := p.Standard(m.Standard, m.Facet); !ok {
		return fault.NotFoundf("%s has no standard %q with the facet %q", p.Ref(), m.Standard, m.Facet).
			Hinted("holdpoint policy show lists the standards and their facets")
	}
	return nil
}

// registered refuses models that nobody registered, or that are named twice.
func registered(models []string, see See) fault.List {
	var l fault.List
	if len(models) == 0 {
		l = append(l, fault.Invalidf("it names no model").Hinted("name every model that it is for"))
	}
	for i, name := range models {
		if _, ok := see.Model.Model(name); !ok {
			l = append(l, fault.NotFoundf("no model %q is registered", name))
		}
		if slices.Contains(models[:i], name) {
			l = append(l, fault.Invalidf("the model %s is named twice", name))
		}
	}
	return l
}

// check asks for measures of the library and an argument.
func (m Interim) check() fault.List {
	var l fault.List
	if len(m.Measures) == 0 {
		l = append(l, fault.Invalidf("it names no measure").Hinted("kinds of measure are %s", library()))
	}
	for _, one := range m.Measures {
		if !slices.Contains(Measures(), one.Kind) {
			l = append(l, fault.Invalidf("%q is not a kind of measure", one.Kind).Hinted("kinds of measure are %s", library()))
		}
		if strings.TrimSpace(one.Text) == "" {
			l = append(l, fault.Invalidf("the measure %s does not say what is done", one.Kind))
		}
	}
	if strings.TrimSpace(m.Equivalence) == "" {
		l = append(l, fault.Invalidf("nothing argues that the measures give the assurance of %s (INT-1)", m.Standard).
			Hinted("argue it in words, and name the document that argues it in full"))
	}
	if slices.Contains(m.Environments, "") {
		l = append(l, fault.Invalidf("an environment has no name"))
	}
	if m.Document != nil {
		if _, err := proof.ParseHex(m.Document.Digest, 32); err != nil {
			l = append(l, fault.Invalidf("the document of the argument is not named by a SHA-256 in lower-case hexadecimal"))
		}
	}
	return l
}

func library() string {
	var kinds []string
	for _, k := range Measures() {
		kinds = append(kinds, string(k))
	}
	return strings.Join(kinds, ", ")
}

// standsUntil refuses a last day that is not ahead, or too far.
func standsUntil(what string, day deadline.Day, now int64) fault.List {
	today := deadline.DayOf(now)
	if _, err := deadline.ParseDay(string(day)); err != nil {
		return fault.List{fault.Invalidf("%s end on a day, and %q is none", what, string(day)).Hinted("write it as 2025-05-22")}
	}
	if last := today.AddMonths(StandInMonths); day <= today || day > last {
		return fault.List{fault.Invalidf("%s end after today and by %s at the latest, and not on %s", what, last, day).
			Hinted("what only stands in for something does so for %d months at most", StandInMonths)}
	}
	return nil
}

// follows pins the measures that these take the place of. Measures for what
// others stood for before follow them, and ask for more: nothing is merely
// prolonged (INT-4).
func (m Interim) follows(f *File, see See) error {
	if m.Follows == "" {
		if m.Stronger != "" {
			return fault.Invalidf("it says in what it is stronger, and not than what").Hinted("name what it follows")
		}
		for _, was := range see.Safeguard.InterimsFor(m.Standard, string(m.Facet), m.Models, m.Environments) {
			if _, followed := see.Safeguard.Follower(was.ID); !followed && was.Ended != safeguard.Replaced {
				return fault.Conflictf("%s stands in for %s %s here until %s, and is not prolonged", was.ID, m.Standard, m.Facet, was.Expires).
					Hinted("name it as what this follows, and say in what this is stronger")
			}
		}
		return nil
	}
	was, err := see.Safeguard.Interim(m.Follows)
	next, followed := see.Safeguard.Follower(m.Follows)
	switch {
	case err != nil:
		return err
	case was.Standard != m.Standard || was.Facet != string(m.Facet):
		return fault.Conflictf("%s stands in for %s %s, and this for %s %s", was.ID, was.Standard, was.Facet, m.Standard, m.Facet)
	case followed:
		return fault.Conflictf("%s was followed already, by %s", was.ID, next.ID).Hinted("follow the last one")
	case strings.TrimSpace(m.Stronger) == "":
		return fault.Invalidf("it follows %s and does not say in what it is stronger (INT-4)", was.ID)
	}
	f.Pins = append(f.Pins, Pin{Ref: entry.Ref{Kind: "interim", ID: was.ID}, Seq: was.Seq, Grade: was.Grade, Text: "until " + string(was.Expires)})
	return nil
}

// argued pins the document of the argument, and gives how well it is known that
// the measures are as good: people argue it, in words or in a document.
func (m Interim) argued(f *File) grade.Grade {
	if m.Document == nil {
		return grade.Attested
	}
	f.Pins = append(f.Pins, Pin{Ref: *m.Document, Seq: f.AsOf, Grade: grade.Reported, Text: "argues the equivalence"})
	return grade.Reported
}

// brokenSince lists what was recorded about the standard since the proposal:
// the signers were not shown it.
func (d Decision) brokenSince(see See) []string {
	m := d.File.Interim
	if seq, ok := see.Safeguard.Broken(m.Standard, string(m.Facet)); ok && seq > d.Seq {
		return []string{fmt.Sprintf("a new proposal: entry %d withdrew or reopened %s %s meanwhile", seq, m.Standard, m.Facet)}
	}
	return nil
}
