// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/policy"
)

type obligationCmd struct {
	List     obligationList     `cmd:"" help:"List the dated duties of the policy, what is late first; or who owes what."`
	Show     obligationShow     `cmd:"" help:"Show one duty: where it stands and why, and everything that is recorded of it."`
	Complete obligationComplete `cmd:"" help:"Say that a duty was done, on which day, and how that is known."`
	Waive    obligationWaive    `cmd:"" help:"Propose to the policy's signers that a duty is waived until a day."`
	Extend   obligationExtend   `cmd:"" help:"Propose to the policy's signers that a duty is due on a later day."`
	Note     obligationNote     `cmd:"" help:"Say why a date was missed."`
}

type obligationComplete struct {
	Duty     string   `arg:"" help:"The duty, such as duty-12.3."`
	On       string   `required:"" placeholder:"DAY" help:"The day on which it was done."`
	Evidence []string `sep:"none" placeholder:"KIND:ID" help:"What shows it, such as document:minutes-2026-01; may be given again."`
	Note     string   `placeholder:"TEXT" help:"What was done, in a sentence."`
}

func (c obligationComplete) Run(s *session) error {
	on, err := dayFlag("--on", c.On)
	if err != nil {
		return err
	}
	in := obligation.Completing{Duty: c.Duty, On: on, Note: c.Note}
	for _, name := range c.Evidence {
		ref, err := refFlag("--evidence", name)
		if err != nil {
			return err
		}
		in.Evidence = append(in.Evidence, ref)
	}
	done, err := s.act(app.CompleteDuty(in))
	if err != nil {
		return err
	}
	d, err := done.View.State.Obligation.Duty(c.Duty)
	if err != nil {
		return err
	}
	return s.done(c.Duty, done, c.Duty+": "+done.View.State.AsDecided(d, done.View.Time).At(done.View.Time).Reason)
}

type obligationWaive struct {
	Duty   string `arg:"" help:"The duty."`
	Until  string `required:"" placeholder:"DAY" help:"The last day of the waiver; nothing renews it."`
	Reason string `required:"" placeholder:"TEXT" help:"Why, in a sentence."`
	Title  string `placeholder:"TEXT" help:"One sentence that says what is asked."`
}

func (c obligationWaive) Run(s *session) error {
	return s.exempt(decision.Exemption{Duty: c.Duty, Until: deadline.Day(c.Until), Reason: c.Reason}, or(c.Title, fmt.Sprintf("Shall %s be waived until %s?", c.Duty, c.Until)))
}

type obligationExtend struct {
	Duty   string `arg:"" help:"The duty."`
	Until  string `required:"" placeholder:"DAY" help:"The day on which it is due then."`
	Reason string `required:"" placeholder:"TEXT" help:"Why, in a sentence."`
	Title  string `placeholder:"TEXT" help:"One sentence that says what is asked."`
}

func (c obligationExtend) Run(s *session) error {
	return s.exempt(decision.Exemption{Duty: c.Duty, Extend: true, Until: deadline.Day(c.Until), Reason: c.Reason}, or(c.Title, fmt.Sprintf("Shall %s be due on %s?", c.Duty, c.Until)))
}

// exempt proposes an exemption; it counts once the policy's signers have signed.
func (s *session) exempt(x decision.Exemption, title string) error {
	if _, err := dayFlag("--until", string(x.Until)); err != nil {
		return err
	}
	return s.propose(decision.ProposeIn{Kind: policy.DecideException, Title: title, Exemption: &x})
}

type obligationNote struct {
	Duty string `arg:"" help:"The duty."`
	Text string `arg:"" help:"Why the date was missed, in a sentence."`
}

func (c obligationNote) Run(s *session) error {
	done, err := s.act(app.NoteDuty(obligation.Noted{Duty: c.Duty, Text: c.Text}))
	if err != nil {
		return err
	}
	return s.done(c.Duty, done, c.Duty+" is explained; it stays missed")
}

type obligationShow struct {
	Duty string `arg:"" help:"The duty, such as duty-12.3."`
}

// dutyWhole is the JSON of a duty with everything that is recorded of it. What is
// absent is null.
type dutyWhole struct {
	dutyOne
	Title      string      `json:"title"`
	Statement  string      `json:"statement"`
	Policy     string      `json:"policy"`
	Basis      string      `json:"basis"`
	OnBreach   string      `json:"on_breach"`
	Starts     string      `json:"starts"`
	Started    instant     `json:"started"`
	StartSeq   int64       `json:"start_seq"`
	Grade      string      `json:"grade"`
	FirstDue   text        `json:"first_due"`
	Reason     string      `json:"reason"`
	NoteWanted bool        `json:"note_wanted"`
	Done       *dutyDone   `json:"done"`
	Waiver     *dutyRelief `json:"waiver"`
	Extension  *dutyRelief `json:"extension"`
	Missed     *dutyMissed `json:"missed"`
	Notes      []dutyNote  `json:"notes"`
	Clock      string      `json:"clock"`
}

type dutyDone struct {
	On       string      `json:"on"`
	By       string      `json:"by"`
	Evidence []entry.Ref `json:"evidence"`
	Note     text        `json:"note"`
	Because  *int64      `json:"because_seq"`
	Seq      int64       `json:"seq"`
}

type dutyRelief struct {
	Decision    string `json:"decision"`
	Until       string `json:"until"`
	Reason      string `json:"reason"`
	AfterBreach bool   `json:"after_breach"`
	Seq         int64  `json:"seq"`
}

type dutyMissed struct {
	Finding  text    `json:"finding"`
	Recorded instant `json:"recorded"`
	Seq      int64   `json:"seq"`
}

type dutyNote struct {
	Text string `json:"text"`
	By   string `json:"by"`
	Seq  int64  `json:"seq"`
}

func (c obligationShow) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	d, err := m.View.State.Obligation.Duty(c.Duty)
	if err != nil {
		return err
	}
	whole := wholeOf(m.View.State.AsDecided(d, m.Now), m)
	if s.JSON {
		return s.print(whole)
	}
	s.sayDuty(whole)
	return nil
}

func wholeOf(d obligation.Duty, m app.Moment) dutyWhole {
	st := d.At(m.Now)
	v := dutyWhole{
		dutyOne: dutyOf(d, m.Now), Title: m.View.State.DutyTitle(d), Policy: d.Policy, Basis: string(d.Basis), OnBreach: string(d.OnBreach),
		Starts: string(d.Starts), Started: instant(d.Started), StartSeq: d.StartSeq, Grade: d.Grade.String(), FirstDue: text(d.Due),
		Reason: st.Reason, NoteWanted: st.NoteWanted, Notes: []dutyNote{}, Clock: clockOf(m),
	}
	if a, err := m.View.State.Policy.Find(d.Policy); err == nil {
		o, _ := a.Pack.Obligation(d.Rule)
		v.Statement = o.Statement
	}
	if x := d.Done; x != nil {
		v.Done = &dutyDone{string(x.On), x.By, append([]entry.Ref{}, x.Evidence...), text(x.Note), some(x.Because), x.Seq}
	}
	v.Waiver, v.Extension = reliefOf(d.Waiver), reliefOf(d.Extended)
	if x := d.Breach; x != nil {
		v.Missed = &dutyMissed{text(x.Finding), instant(x.At), x.Seq}
	}
	for _, n := range d.Notes {
		v.Notes = append(v.Notes, dutyNote{n.Text, n.By, n.Seq})
	}
	return v
}

func reliefOf(x *obligation.Relief) *dutyRelief {
	if x == nil {
		return nil
	}
	return &dutyRelief{x.Decision, string(x.Until), x.Reason, x.AfterBreach, x.Seq}
}

func (s *session) sayDuty(v dutyWhole) {
	s.say("%s: %s (%s, about %s)", v.ID, v.Title, v.Rule, v.Subject)
	s.wrapped("  ", v.Statement)
	s.say("  %s, by %s, clause %s, owed by %s", v.Hardness, v.Policy, or(string(v.Clause), "none"), v.Owner)
	s.say("  began %s with %s (entry %d, %s)", v.Started, v.Starts, v.StartSeq, v.Grade)
	s.wrapped("  "+statusWords(v.Status)+": ", v.Reason)
	if v.FirstDue != v.Due {
		s.say("  first due on %s", or(string(v.FirstDue), "no date"))
	}
	if v.Missed != nil {
		s.say("  written down as missed in entry %d%s", v.Missed.Seq, about(string(v.Missed.Finding)))
	}
	if v.Done != nil && v.Done.Note != "" {
		s.wrapped("  said of it: ", string(v.Done.Note))
	}
	for _, n := range v.Notes {
		s.wrapped("  note: ", n.Text+" ("+n.By+")")
	}
	if v.NoteWanted {
		s.note("a missed target wants a note: holdpoint obligation note %s TEXT", v.ID)
	}
}

func about(finding string) string {
	if finding == "" {
		return ""
	}
	return "; it is " + finding
}

// daysFlag reads a number of days, such as 14d, up to ten years.
func daysFlag(flag, value string) (int, error) {
	n := 0
	if _, err := fmt.Sscanf(value, "%dd", &n); err != nil || fmt.Sprintf("%dd", n) != value || n < 0 || n > 3660 {
		return 0, fault.Usagef("%s %q is not a number of days", flag, value).Hinted("write it as 14d")
	}
	return n, nil
}
