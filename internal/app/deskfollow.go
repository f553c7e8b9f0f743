// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/incident"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/world"
)

// waitingResponses lists what is live and held and waits for an answer.
func waitingResponses(w world.World, _ int64) []Waiting {
	var all []Waiting
	for _, r := range w.Restriction.Waiting() {
		x := Waiting{What: "response", ID: r.ID, About: fmt.Sprintf("%s is live in %s (%s) and held", r.Model, r.Environment, r.Action),
			Since: r.HeldAt, Due: r.Due, Next: fmt.Sprintf("holdpoint restriction propose --response %s --kind KIND --model %s --env %s --reason TEXT", r.ID, r.Model, r.Environment)}
		if r.Owner != "" {
			x.Roles = []string{r.Owner}
		}
		all = append(all, x)
	}
	return all
}

// waitingRestrictions lists the restrictions that somebody still has to carry
// out, or somebody else to verify.
func waitingRestrictions(w world.World, now int64) []Waiting {
	p, _ := w.Policy.InForce(now)
	var all []Waiting
	for _, o := range w.Restriction.Standing() {
		x := Waiting{ID: o.ID, About: fmt.Sprintf("%s of %s (%s)", o.Kind, o.Model, o.Decision), Since: o.At, Roles: rolesWith(p.Pack, policy.Record)}
		switch {
		case !o.Executed.Done():
			x.What, x.Next = "execution", fmt.Sprintf("holdpoint restriction execute %s --statement TEXT", o.ID)
			x.Next += certificates(w, o.Decision)
		case !o.Verified.Done():
			x.What, x.Next = "verification", fmt.Sprintf("holdpoint restriction verify %s --statement TEXT", o.ID)
			x.Since, x.Not = o.Executed.At, []string{o.Executed.By}
		default:
			continue
		}
		all = append(all, x)
	}
	return all
}

// certificates gives the flags by which the deletion of each copy is certified.
func certificates(w world.World, id string) string {
	d, err := w.Decision.Decision(id)
	if err != nil || d.File.Restriction == nil {
		return ""
	}
	var flags strings.Builder
	seen := map[string]bool{}
	for _, c := range d.File.Restriction.Copies {
		if !seen[c.Location] {
			seen[c.Location] = true
			fmt.Fprintf(&flags, " --certificate '%s=FILE'", c.Location)
		}
	}
	return flags.String()
}

// waitingFindings lists the findings that nobody has rated, resolved or verified.
// Their owner rates and resolves; whoever records may, where nobody is named.
func waitingFindings(w world.World, now int64) []Waiting {
	p, _ := w.Policy.InForce(now)
	var all []Waiting
	for _, f := range w.Finding.All() {
		x := Waiting{ID: f.ID, About: f.Statement, Since: f.At, Roles: []string{f.Owner}}
		if f.Owner == "" {
			x.Roles = rolesWith(p.Pack, policy.Record)
		}
		switch f.Status() {
		case finding.IsOpen:
			x.What, x.Next = "rating", fmt.Sprintf("holdpoint finding rate %s minimal|material --argument TEXT", f.ID)
		case finding.IsRated:
			x.What, x.Next = "resolution", fmt.Sprintf("holdpoint finding resolve %s --root-cause TEXT --action TEXT", f.ID)
		case finding.IsResolved:
			r, _ := f.Resolution()
			x.What, x.Next, x.Not = "verification", fmt.Sprintf("holdpoint finding verify %s --statement TEXT", f.ID), []string{r.By}
		default:
			continue
		}
		if f.FoundBy != finding.BySource {
			all = append(all, x)
		}
	}
	return all
}

// waitingNotices lists what roles were told and nobody has acknowledged.
func waitingNotices(w world.World, _ int64) []Waiting {
	var all []Waiting
	for _, n := range w.Notice.All() {
		if n.Open() {
			all = append(all, Waiting{What: "notice", ID: n.ID, About: n.Text, Roles: []string{n.To}, Since: n.At,
				Next: "holdpoint notice acknowledge " + n.ID})
		}
	}
	return all
}

// waitingIncidents lists the incidents that are not closed.
func waitingIncidents(w world.World, _ int64) []Waiting {
	var all []Waiting
	for _, v := range w.Incident.All() {
		if v.Status() == incident.IsClosed {
			continue
		}
		x := Waiting{What: "incident", ID: v.ID, About: v.Title + " (" + string(v.Status()) + ")", Since: v.At, Next: "holdpoint incident show " + v.ID}
		if v.Commander != "" {
			x.Persons = []string{v.Commander}
		}
		all = append(all, x)
	}
	return all
}
