// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/proof"
)

type clearanceCmd struct {
	Issue       clearanceIssue       `cmd:"" help:"Sign that the gate is clear, for one model's weights, action and environment."`
	Renew       clearanceRenew       `cmd:"" help:"Sign anew what an earlier clearance was for, if the gate is still clear."`
	Revoke      clearanceRevoke      `cmd:"" help:"End a clearance before it expires."`
	Revocations clearanceRevocations `cmd:"" help:"Write the signed list of clearances that were revoked or are held; it is fresh for 24 hours."`
	List        clearanceList        `cmd:"" help:"List every clearance ever issued."`
}

type clearanceIssue struct {
	asking  `embed:""`
	Expires time.Duration `required:"" placeholder:"DURATION" help:"Required. How long it is valid, from now, such as 72h."`
	Out     string        `short:"o" required:"" placeholder:"FILE" help:"The file to write."`
}

// Help is what --help adds.
func (clearanceIssue) Help() string {
	return "While a valid clearance for the same thing exists, that one is written again. Exit 3 when the gate is held. " +
		"Whoever has the file and holdpoint.vkey checks it offline: holdpoint verify clearance FILE --key holdpoint.vkey"
}

func (c clearanceIssue) Run(s *session) error {
	ask, err := c.ask()
	if err != nil {
		return err
	}
	a, err := s.workspace()
	if err != nil {
		return err
	}
	who, err := s.who(a)
	if err != nil {
		return err
	}
	before, err := s.mustBeClear(a, ask)
	if err != nil {
		return err
	}
	if err := writable(c.Out); err != nil {
		return err
	}
	file, issued, err := a.Issue(s.ctx, who, ask, c.Expires)
	if err != nil {
		return err
	}
	return s.cleared(a, c.Out, file, issued, issued.Seq < before)
}

// mustBeClear says why a gate is held, with the exit code for that, and gives
// the size of the journal that it looked at.
func (s *session) mustBeClear(a *app.App, ask gate.Ask) (int64, error) {
	v, m, err := a.Check(s.ctx, ask, "")
	if err != nil || v.Outcome == gate.Clear {
		return m.View.Size, err
	}
	if s.JSON {
		if err := s.print(verdictOf(v, m)); err != nil {
			return 0, err
		}
	}
	for _, r := range v.HeldBecause() {
		s.complain(fault.Conflictf("held: %s", r.Reason))
	}
	s.note("holdpoint gate check %s %s shows every condition", printable(ask.Model), printable(ask.Action))
	return 0, outcome(exitHeld)
}

// cleared writes the file of a clearance and says so.
func (s *session) cleared(a *app.App, path string, file []byte, c gate.Clearance, again bool) error {
	if err := replace(path, file); err != nil {
		return err
	}
	if s.JSON {
		view, err := a.View(s.ctx)
		if err != nil {
			return err
		}
		return s.print(struct {
			clearanceOne
			File  string `json:"file"`
			Again bool   `json:"again"`
			Clock string `json:"clock"`
		}{clearanceOf(c), path, again, string(view.Begun.Clock)})
	}
	if again {
		s.note("a valid clearance for this exists: it is written again")
	}
	s.say("%s: %s of %s in %s, valid until %s (entry %d), written to %s",
		c.ID, c.Ask.Action, subjectText(c.Ask), c.Ask.Environment, instant(c.Expires), c.Seq, printable(path))
	return nil
}

// writable tells before an act whether its file can be written, so that nothing
// is recorded whose file nobody gets.
func writable(path string) error {
	f, err := beside(path)
	if err != nil {
		return err
	}
	f.Close()
	return os.Remove(f.Name())
}

func beside(path string) (*os.File, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".holdpoint-*")
	if err != nil {
		return nil, fault.New(fault.Unavailable, "%s cannot be written: %w", path, err).Hinted("name a file in a folder that you may write to")
	}
	return f, nil
}

// replace writes a file whole or not at all.
func replace(path string, content []byte) (err error) {
	f, err := beside(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(content); err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fault.New(fault.Unavailable, "%s cannot be written: %w", path, err)
	}
	return nil
}

type clearanceRenew struct {
	ID      string        `arg:"" help:"The clearance to continue."`
	Expires time.Duration `required:"" placeholder:"DURATION" help:"Required. How long the new one is valid, from now, such as 72h."`
	Out     string        `short:"o" required:"" placeholder:"FILE" help:"The file to write."`
}

func (c clearanceRenew) Run(s *session) error {
	a, m, err := s.now()
	if err != nil {
		return err
	}
	old, err := m.View.State.Gate.Clearance(c.ID)
	if err != nil {
		return err
	}
	who, err := s.who(a)
	if err != nil {
		return err
	}
	if _, err := s.mustBeClear(a, old.Ask); err != nil {
		return err
	}
	if err := writable(c.Out); err != nil {
		return err
	}
	file, issued, err := a.Renew(s.ctx, who, c.ID, c.Expires)
	if err != nil {
		return err
	}
	return s.cleared(a, c.Out, file, issued, false)
}

// now opens the workspace at its newest moment, for acts: their --at is the time
// of the act and not of what it looks at.
func (s *session) now() (*app.App, app.Moment, error) {
	a, err := s.workspace()
	if err != nil {
		return nil, app.Moment{}, err
	}
	m, err := a.Moment(s.ctx, "")
	return a, m, err
}

type clearanceRevoke struct {
	ID     string `arg:"" help:"The clearance that ends."`
	Reason string `required:"" placeholder:"TEXT" help:"Why, in a sentence."`
}

func (c clearanceRevoke) Run(s *session) error {
	done, err := s.act(app.Revoke(c.ID, c.Reason))
	if err != nil {
		return err
	}
	if !s.JSON {
		s.note("whoever checks it offline learns of this from the next list: holdpoint clearance revocations -o FILE")
	}
	return s.done(c.ID, done, c.ID+" is revoked")
}

type clearanceRevocations struct {
	Out string `short:"o" required:"" placeholder:"FILE" help:"The file to write."`
}

// revocationsOne is the JSON of a revocation list: what the file says. Listed is
// everything in it; revoked are those that somebody ended, and held those whose
// question the gate holds now, which the list names as long as that is so.
type revocationsOne struct {
	File       string   `json:"file"`
	Listed     []string `json:"listed"`
	Revoked    []string `json:"revoked"`
	Held       []string `json:"held"`
	Issued     text     `json:"issued"`
	NextUpdate text     `json:"next_update"`
	Clock      string   `json:"clock"`
}

func (c clearanceRevocations) Run(s *session) error {
	a, m, err := s.now()
	if err != nil {
		return err
	}
	file, err := a.Revocations(s.ctx)
	if err != nil {
		return err
	}
	list, err := proof.OpenRevocations(file, a.Key())
	if err != nil {
		return fault.New(fault.Internal, "%w", err)
	}
	if err := replace(c.Out, file); err != nil {
		return err
	}
	one := revocationsOne{c.Out, append([]string{}, list.IDs...), []string{}, []string{}, text(list.Issued), text(list.NextUpdate), clockOf(m)}
	for _, id := range list.IDs {
		if known, err := m.View.State.Gate.Clearance(id); err == nil && known.RevokedSeq != 0 {
			one.Revoked = append(one.Revoked, id)
		} else {
			one.Held = append(one.Held, id)
		}
	}
	if s.JSON {
		return s.print(one)
	}
	s.say("%s listed, as of %s, to be replaced by %s: written to %s", plural(len(one.Listed), "clearance", "clearances"), one.Issued, one.NextUpdate, printable(c.Out))
	if len(one.Revoked) > 0 {
		s.wrapped("  revoked: ", strings.Join(one.Revoked, ", "))
	}
	if len(one.Held) > 0 {
		s.wrapped("  valid, and the gate is held: ", strings.Join(one.Held, ", "))
	}
	return nil
}

type clearanceList struct{}

// clearanceOne is the JSON of a clearance.
type clearanceOne struct {
	ID          string  `json:"id"`
	Seq         int64   `json:"seq"`
	Model       string  `json:"model"`
	Snapshot    string  `json:"snapshot"`
	Action      string  `json:"action"`
	Environment string  `json:"environment"`
	Policy      string  `json:"policy"`
	Rules       int64   `json:"rules"`
	NotBefore   instant `json:"not_before"`
	Expires     instant `json:"expires"`
	Renews      text    `json:"renews"`
	RevokedSeq  *int64  `json:"revoked_seq"`
	Reason      text    `json:"reason"`
}

func clearanceOf(c gate.Clearance) clearanceOne {
	one := clearanceOne{
		ID: c.ID, Seq: c.Seq, Model: c.Ask.Model, Snapshot: c.Ask.Snapshot, Action: c.Ask.Action, Environment: c.Ask.Environment,
		Policy: c.Policy, Rules: c.Rules, NotBefore: instant(c.NotBefore), Expires: instant(c.Expires), Renews: text(c.Renews), Reason: text(c.Reason),
	}
	if c.RevokedSeq != 0 {
		one.RevokedSeq = &c.RevokedSeq
	}
	return one
}

func (clearanceList) Run(s *session) error {
	a, m, err := s.moment()
	if err != nil {
		return err
	}
	all := m.View.State.Gate.Clearances()
	if s.JSON {
		out := []clearanceOne{}
		for _, c := range all {
			out = append(out, clearanceOf(c))
		}
		return s.print(struct {
			Clearances []clearanceOne `json:"clearances"`
			Clock      string         `json:"clock"`
		}{out, clockOf(m)})
	}
	if len(all) == 0 {
		s.note("no clearance was issued")
		return nil
	}
	rows := [][]string{{"CLEARANCE", "MODEL", "ACTION", "WHERE", "EXPIRES", "STATE"}}
	for _, c := range all {
		rows = append(rows, []string{c.ID, subjectText(c.Ask), c.Ask.Action, c.Ask.Environment, instant(c.Expires).String(), clearanceState(a, c, m)})
	}
	s.grid(rows)
	return nil
}

func clearanceState(a *app.App, c gate.Clearance, m app.Moment) string {
	switch {
	case c.RevokedSeq != 0:
		return "revoked: " + oneLine(c.Reason)
	case c.Valid(m.Now) && a.Verdict(m, c.Ask).Outcome == gate.Held:
		return "valid; gate held"
	case c.Valid(m.Now):
		return "valid"
	}
	return "expired"
}
