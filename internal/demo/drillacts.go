// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/signoff"
)

// drill is the drill being acted out. After an error every further act does
// nothing, so that the story reads as a story.
type drill struct {
	ctx   context.Context
	app   *app.App
	files string // the folder beside the workspace
	now   int64  // of the last act, milliseconds since 1970
	story DrillStory
	// assessment is the one of aster-2.
	assessment string
	// rso is who holds the office of Responsible Scaling Officer.
	rso string
	err error
}

// pace is how far the clock goes on with each act, in milliseconds.
const pace = 5 * 60_000

// on sets the clock to a moment.
func (d *drill) on(moment string) {
	ms, err := millis(moment)
	d.fail(err)
	d.now = max(d.now, ms)
}

func (d *drill) fail(err error) {
	if d.err == nil && err != nil {
		d.err = err
	}
}

// who gives the actor, one step of the clock later.
func (d *drill) who(actor string) app.Who {
	d.now += pace
	return app.Who{Actor: actor, At: d.now}
}

// act carries out an intent that is to succeed.
func (d *drill) act(actor string, in app.Intent) app.Done {
	if d.err != nil {
		return app.Done{}
	}
	done, err := d.app.Do(d.ctx, d.who(actor), in)
	if err != nil {
		d.err = fmt.Errorf("%s by %s on %s: %w", in.Verb, actor, rfc3339(d.now), err)
	}
	return done
}

// refused carries out an intent that a rule is to refuse; that it leaves no
// entry is part of the promise.
func (d *drill) refused(actor, what string, in app.Intent) {
	d.refusal(actor, what, func(who app.Who) error {
		_, err := d.app.Do(d.ctx, who, in)
		return err
	})
}

func (d *drill) refusal(actor, what string, try func(app.Who) error) {
	if d.err != nil {
		return
	}
	before := d.view().Size
	err := try(d.who(actor))
	switch kind := fault.KindOf(err); {
	case err == nil:
		d.err = fault.New(fault.Internal, "%s was to be refused and was not", what)
	case kind != fault.Conflict && kind != fault.Forbidden:
		d.err = fmt.Errorf("%s was to be refused by a rule: %w", what, err)
	case d.view().Size != before:
		d.err = fault.New(fault.Internal, "%s was refused and left an entry", what)
	default:
		d.story.Refused = append(d.story.Refused, Refusal{rfc3339(d.now), actor, what, err.Error()})
	}
}

// tellRefusal tells of the last act that was refused.
func (d *drill) tellRefusal() {
	if d.err == nil {
		r := d.story.Refused[len(d.story.Refused)-1]
		d.tell(markRefused, "refused: %s wants to %s: %s", r.By, r.Act, r.Because)
	}
}

func (d *drill) view() app.View {
	if d.err != nil {
		return app.View{}
	}
	v, err := d.app.View(d.ctx)
	d.fail(err)
	return v
}

// tell adds a line to the story, at the time of the last act.
func (d *drill) tell(mark Mark, format string, args ...any) {
	if d.err == nil {
		d.story.Acts = append(d.story.Acts, Told{rfc3339(d.now), mark, fmt.Sprintf(format, args...)})
	}
}

// ask puts a question to the gate, wants an answer and writes it into the
// history. A question is never an entry.
func (d *drill) ask(model, action string, want gate.Outcome) {
	v := d.verdict(gate.Ask{Model: model, Action: action})
	if d.err != nil {
		return
	}
	if v.Outcome != want {
		d.err = fault.New(fault.Internal, "on %s %s of %s is %s and was to be %s: %v", rfc3339(d.now), action, model, v.Outcome, want, heldBecause(v))
		return
	}
	d.story.History = append(d.story.History, HistoryRow{rfc3339(d.now), model, action, v.Outcome.String()})
}

// waits says what a proposed decision still waits for.
func (d *drill) waits(q asked) string {
	state := d.view().State
	dec, err := state.Decision.Decision(q.decision)
	d.fail(err)
	return strings.Join(state.Decision.Missing(dec, state.DecisionSee()), " and ")
}

func (d *drill) verdict(ask gate.Ask) gate.Verdict {
	if d.err != nil {
		return gate.Verdict{}
	}
	at := ""
	if d.now > d.view().Time {
		at = rfc3339(d.now) // dates act by themselves, with nobody acting
	}
	v, _, err := d.app.Check(d.ctx, ask, at)
	d.fail(err)
	return v
}

// file writes a file beside the workspace.
func (d *drill) file(name string, content []byte) string {
	path := filepath.Join(d.files, filepath.FromSlash(name))
	if d.err == nil {
		d.fail(os.MkdirAll(filepath.Dir(path), 0o755))
	}
	if d.err == nil {
		d.fail(os.WriteFile(path, content, 0o600))
	}
	return path
}

// keyOf gives the key of a person, the same on every machine.
func (d *drill) keyOf(person string) app.PersonKey {
	k, err := app.NewPersonKey(seedOf("key of " + person))
	d.fail(err)
	return k
}

// signing makes a person's signed answer to a question.
func (d *drill) signing(question, role, person string, answer signoff.Answer) signoff.Signing {
	in := signoff.Signing{Question: question, Role: role, Person: person, Answer: answer}
	own := d.keyOf(person)
	public, err := access.ParseKey(own.Public())
	d.fail(err)
	in.Key = public.ID
	statement, err := d.view().State.Signoff.Statement(in)
	d.fail(err)
	in.Signature = string(own.Sign(statement))
	return in
}

// asked is a proposed decision and its question.
type asked struct{ decision, question string }

func (d *drill) propose(actor string, in decision.ProposeIn) asked {
	done := d.act(actor, app.Propose(in))
	return asked{done.ID("decision", 0), done.ID("question", 1)}
}

func (d *drill) sign(q asked, role, person string) {
	d.act(person, app.Sign(d.signing(q.question, role, person, signoff.Approve)))
}

// deliver puts a signed decision before the board and the trust.
func (d *drill) deliver(q asked) {
	for _, role := range []string{"board", "trust"} {
		d.act(d.rso, app.Deliver(signoff.Delivering{Question: q.question, Role: role}))
	}
}

func (d *drill) acknowledge(q asked, role, person string) {
	d.act(person, app.Acknowledge(d.signing(q.question, role, person, signoff.Acknowledge)))
}

// decide carries a decision through: two people in two roles sign, board and
// trust acknowledge, and it takes effect.
func (d *drill) decide(in decision.ProposeIn) asked {
	q := d.agree(in)
	d.deliver(q)
	d.acknowledge(q, "board", "p-board")
	d.acknowledge(q, "trust", "p-trust")
	d.inEffect(q)
	return q
}

// agree has a decision proposed and signed by two people in two roles.
func (d *drill) agree(in decision.ProposeIn) asked {
	q := d.propose(d.rso, in)
	d.sign(q, "rso", d.rso)
	d.sign(q, "ceo", "p-ceo")
	return q
}

func (d *drill) inEffect(q asked) {
	if d.err != nil {
		return
	}
	dec, err := d.view().State.Decision.Decision(q.decision)
	d.fail(err)
	if err == nil && dec.Status != decision.InEffect {
		d.fail(errors.New(q.decision + " did not take effect"))
	}
}
