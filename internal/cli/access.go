// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
)

type accessCmd struct {
	Report accessReport `cmd:"" help:"Say for a period who held which role, and what was done by way of exception."`
}

type accessReport struct {
	From string `required:"" placeholder:"DAY" help:"The first day, in UTC."`
	To   string `required:"" placeholder:"DAY" help:"The last day, in UTC."`
}

// Help is what --help adds.
func (accessReport) Help() string {
	return "Reads the journal's entries, not what they add up to: who held which role when; approvals and reviews of own work; who acted " +
		"in a role for a time; who went on without a clearance; exemptions and waivers. Own work is a decision that somebody signed who " +
		"proposed it, or who wrote the assessment, a finding or the report that it pins. Where the owner of the workspace recorded " +
		"the work, the journal does not say whose it is: that is listed apart, as what cannot be told."
}

func (c accessReport) Run(s *session) error {
	from, err := dayFlag("--from", c.From)
	if err != nil {
		return err
	}
	to, err := dayFlag("--to", c.To)
	if err != nil {
		return err
	}
	a, m, err := s.moment()
	if err != nil {
		return err
	}
	r, err := a.AccessReport(s.ctx, from, to)
	if err != nil {
		return err
	}
	t := accessText{s, a, reportedAccess(r, clockOf(m))}
	if s.JSON {
		return s.print(t.r)
	}
	t.print()
	return nil
}

// accessJSON is the JSON of the report.
type accessJSON struct {
	From        string          `json:"from"`
	To          string          `json:"to"`
	Entries     int64           `json:"entries"`
	Held        []heldJSON      `json:"held"`
	OwnWork     []ownJSON       `json:"own_work"`
	CannotTell  []ownJSON       `json:"cannot_tell"`
	Acting      []heldJSON      `json:"acting"`
	BrokenGlass []glassJSON     `json:"broken_glass"`
	Exemptions  []exemptionJSON `json:"exemptions"`
	Clock       string          `json:"clock"`
}

type heldJSON struct {
	Person string  `json:"person"`
	Role   string  `json:"role"`
	Acting bool    `json:"acting"`
	From   instant `json:"from"`
	Seq    int64   `json:"seq"`
	// To is null while it was held at the end of the period.
	To     instant `json:"to"`
	EndSeq *int64  `json:"end_seq"`
	Until  text    `json:"until"`
}

type ownJSON struct {
	Person string   `json:"person"`
	Act    string   `json:"act"`
	Role   text     `json:"role"`
	On     string   `json:"on"`
	Work   []string `json:"work"`
	Seq    int64    `json:"seq"`
	Time   instant  `json:"time"`
}

type glassJSON struct {
	Person      string  `json:"person"`
	Model       text    `json:"model"`
	Action      text    `json:"action"`
	Environment text    `json:"environment"`
	Reason      text    `json:"reason"`
	Until       instant `json:"until"`
	Seq         int64   `json:"seq"`
	Time        instant `json:"time"`
}

type exemptionJSON struct {
	Decision string  `json:"decision"`
	Title    string  `json:"title"`
	What     string  `json:"what"`
	Reason   text    `json:"reason"`
	Until    text    `json:"until"`
	Proposed instant `json:"proposed"`
	InEffect instant `json:"in_effect"`
	Void     instant `json:"void"`
	Seq      int64   `json:"seq"`
}

func reportedAccess(r app.AccessReport, clock string) accessJSON {
	out := accessJSON{From: string(r.From), To: string(r.To), Entries: r.Entries, Held: heldOf(r.Held), Acting: heldOf(r.Acting()),
		OwnWork: ownOf(r.Own), CannotTell: ownOf(r.Unattributed), Clock: clock}
	for _, g := range r.Glass {
		out.BrokenGlass = append(out.BrokenGlass, glassJSON{g.Person, text(g.Model), text(g.Action), text(g.Environment), text(g.Reason), instant(g.Until), g.Seq, instant(g.At)})
	}
	for _, x := range r.Exemptions {
		out.Exemptions = append(out.Exemptions, exemptionJSON{x.Decision, x.Title, x.What, text(x.Reason), text(x.Until),
			instant(x.ProposedAt), instant(x.EffectAt), instant(x.VoidAt), x.Seq})
	}
	return out
}

func heldOf(all []app.HeldRole) []heldJSON {
	out := []heldJSON{}
	for _, h := range all {
		out = append(out, heldJSON{h.Person, h.Role, h.Acting, instant(h.Begin), h.Seq, instant(h.End), some(h.EndSeq), text(h.Until)})
	}
	return out
}

func ownOf(all []app.OwnWork) []ownJSON {
	out := []ownJSON{}
	for _, o := range all {
		out = append(out, ownJSON{o.Person, o.Act, text(o.Role), o.On, o.Work, o.Seq, instant(o.At)})
	}
	return out
}

// accessText prints the report for people.
type accessText struct {
	s *session
	a *app.App
	r accessJSON
}

func (t accessText) print() {
	t.s.say("Access from %s to %s (UTC), from %s of the journal.", t.r.From, t.r.To, plural(int(t.r.Entries), "entry", "entries"))
	t.section("Roles held", len(t.r.Held), t.held(t.r.Held))
	t.section("Approvals and reviews of own work", len(t.r.OwnWork), t.own(t.r.OwnWork, "OWN WORK"))
	t.section("Cannot be told: the owner of the workspace recorded the work or the review", len(t.r.CannotTell), t.own(t.r.CannotTell, "WHOSE WORK"))
	t.section("Acting in a role", len(t.r.Acting), t.held(t.r.Acting))
	t.section("Went on without a clearance", len(t.r.BrokenGlass), t.glass())
	t.section("Exemptions and waivers", len(t.r.Exemptions), t.exemptions())
}

func (t accessText) section(title string, n int, rows [][]string) {
	t.s.say("")
	if n == 0 {
		t.s.say("%s: none", title)
		return
	}
	t.s.say("%s: %d", title, n)
	t.s.grid(rows)
}

func (t accessText) who(person string) string {
	if name := t.a.Name(t.s.ctx, person); name != person {
		return fmt.Sprintf("%s (%s)", person, name)
	}
	return person
}

func (t accessText) held(all []heldJSON) [][]string {
	rows := [][]string{{"  ROLE", "PERSON", "FROM", "TO", "ENTRIES"}}
	for _, h := range all {
		role, to, entries := h.Role, or(day(h.To), "held"), seqText(h.Seq)
		if h.Acting {
			role += ", acting until " + string(h.Until)
		}
		if h.EndSeq != nil {
			entries += ", " + seqText(*h.EndSeq)
		}
		rows = append(rows, []string{"  " + role, t.who(h.Person), day(h.From), to, entries})
	}
	return rows
}

// day is the day of an instant, "" for none.
func day(t instant) string {
	if t == 0 {
		return ""
	}
	return string(deadline.DayOf(int64(t)))
}

func (t accessText) own(all []ownJSON, work string) [][]string {
	rows := [][]string{{"  PERSON", "ACT", "ON", work, "ENTRY"}}
	for _, o := range all {
		act := o.Act
		if o.Role != "" {
			act += " as " + string(o.Role)
		}
		rows = append(rows, []string{"  " + t.who(o.Person), act, o.On, strings.Join(o.Work, ", "), seqText(o.Seq)})
	}
	return rows
}

func (t accessText) glass() [][]string {
	rows := [][]string{{"  PERSON", "WHAT", "WHEN", "UNTIL", "ENTRY", "REASON"}}
	for _, g := range t.r.BrokenGlass {
		what := strings.TrimSpace(fmt.Sprintf("%s %s %s", g.Model, g.Action, g.Environment))
		rows = append(rows, []string{"  " + t.who(g.Person), what, g.Time.String(), or(g.Until.String(), "-"), seqText(g.Seq), string(g.Reason)})
	}
	return rows
}

func (t accessText) exemptions() [][]string {
	rows := [][]string{{"  DECISION", "WHAT", "IN EFFECT", "UNTIL", "REASON"}}
	for _, x := range t.r.Exemptions {
		effect := or(day(x.InEffect), "not")
		if x.Void != 0 {
			effect += ", void " + day(x.Void)
		}
		rows = append(rows, []string{"  " + x.Decision, x.What, effect, or(string(x.Until), "-"), string(x.Reason)})
	}
	return rows
}
