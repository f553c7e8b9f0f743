// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/policy"
)

type holdCmd struct {
	Place holdPlace `cmd:"" help:"Stop a model's actions at once. One person is enough."`
	Lift  holdLift  `cmd:"" help:"Propose to the policy's signers that a hold is lifted."`
	List  holdList  `cmd:"" help:"List holds."`
}

type holdPlace struct {
	Model  string   `arg:"" help:"The model, or * for every model."`
	Reason string   `required:"" placeholder:"TEXT" help:"Why, in a sentence."`
	Action []string `sep:"none" placeholder:"A" help:"An action that it stops; every action if none is given; may be given again."`
}

func (c holdPlace) Run(s *session) error {
	done, err := s.act(app.PlaceHold(gate.PlaceIn{Model: c.Model, Actions: c.Action, Reason: c.Reason}))
	if err != nil {
		return err
	}
	id := done.ID("hold", 0)
	if err := s.done(id, done, id+" stands: "+stops(c.Action)+" of "+modelWords(c.Model)); err != nil || s.JSON {
		return err
	}
	s.outside(done.View)
	return nil
}

// outside names the clearances that others may hold and that a new hold does not
// reach by itself.
func (s *session) outside(v app.View) {
	f := v.State.Facts()
	stopped := gate.Stopped(f, v.Time)
	if len(stopped) == 0 {
		s.say("No clearance is valid outside that this hold would stop.")
		return
	}
	s.say("Still valid outside, for whoever has the file and looks at no new revocation list:")
	for _, id := range stopped {
		c, err := f.Gate.Clearance(id)
		if err != nil {
			continue
		}
		s.say("  %s: %s of %s in %s, until %s", id, c.Ask.Action, subjectText(c.Ask), c.Ask.Environment, instant(c.Expires))
		s.say("    holdpoint clearance revoke %s --reason TEXT", id)
	}
	s.say("The next revocation list names them, as long as the gate is held: holdpoint clearance revocations -o FILE")
}

// modelWords names the model of a hold.
func modelWords(model string) string {
	if model == gate.EveryModel {
		return "every model"
	}
	return model
}

func stops(actions []string) string { return or(strings.Join(actions, ", "), "every action") }

type holdLift struct {
	Hold  string `arg:"" help:"The hold."`
	Title string `placeholder:"TEXT" help:"One sentence that says what is asked."`
}

func (c holdLift) Run(s *session) error {
	return s.propose(titled(decision.ProposeIn{Kind: policy.DecideLiftHold, Title: c.Title, Hold: c.Hold}))
}

type holdList struct{}

// holdOne is the JSON of a hold.
type holdOne struct {
	ID        string   `json:"id"`
	Model     string   `json:"model"`
	Actions   []string `json:"actions"`
	Reason    string   `json:"reason"`
	By        string   `json:"by"`
	Seq       int64    `json:"seq"`
	Time      instant  `json:"time"`
	Stands    bool     `json:"stands"`
	LiftedSeq *int64   `json:"lifted_seq"`
	Decision  text     `json:"decision"`
}

func (holdList) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	all := []holdOne{}
	for _, h := range m.View.State.Gate.Holds() {
		all = append(all, holdOne{h.ID, h.Model, append([]string{}, h.Actions...), h.Reason, h.By, h.Seq, instant(h.At), h.Stands(), some(h.LiftedSeq), text(h.Decision)})
	}
	if s.JSON {
		return s.print(struct {
			Holds []holdOne `json:"holds"`
			Clock string    `json:"clock"`
		}{all, clockOf(m)})
	}
	if len(all) == 0 {
		s.note("no hold was ever placed")
		return nil
	}
	rows := [][]string{{"HOLD", "MODEL", "STOPS", "STATE", "REASON"}}
	for _, h := range all {
		st := "stands"
		if !h.Stands {
			st = "lifted by " + string(h.Decision)
		}
		rows = append(rows, []string{h.ID, modelWords(h.Model), stops(h.Actions), st, oneLine(h.Reason)})
	}
	s.grid(rows)
	return nil
}
