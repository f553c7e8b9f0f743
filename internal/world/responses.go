// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package world

import (
	"slices"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/restriction"
)

// responses opens a response duty for whatever is live and held after the drafts,
// and ends those that are answered. Whatever closed the gate, the duty stands in
// the same transaction.
func (w World) responses(drafts []entry.Draft, act entry.Act) ([]entry.Draft, error) {
	drafts, err := w.liftWithHold(drafts, act)
	if err != nil || !w.concernsLive(drafts) {
		return drafts, err
	}
	next, err := w.Pretend(drafts, act)
	if err != nil {
		return nil, err
	}
	more, err := next.respond(watch{since: w, first: act.Seq, cause: act.Seq + lastCause(drafts)}, after(act, drafts))
	return append(drafts, more...), err
}

// lastCause is the position of the last draft that can have cleared something: a
// duty that begins or is done follows from another entry and clears nothing.
func lastCause(drafts []entry.Draft) int64 {
	for i := len(drafts) - 1; i > 0; i-- {
		if !strings.HasPrefix(drafts[i].Type, "obligation.") {
			return int64(i)
		}
	}
	return 0
}

// responsesSince gives the step of a sweep that writes down what dates have done
// for what is live, and since when: the receiver is the world before the sweep.
func (w World) responsesSince() func(World, entry.Act) ([]entry.Draft, error) {
	return func(then World, act entry.Act) ([]entry.Draft, error) { return then.sweepResponses(w, act) }
}

func (w World) sweepResponses(since World, act entry.Act) ([]entry.Draft, error) {
	if !w.Model.AnyLive() && !w.Restriction.AnyWaiting() {
		return nil, nil
	}
	return w.respond(watch{since: since, first: act.Seq, cause: -1}, act)
}

// concernsLive tells whether the drafts can change what is owed for something
// live. Most types can close a gate, so the few that cannot are named.
func (w World) concernsLive(drafts []entry.Draft) bool {
	deploys := func(d entry.Draft) bool { return d.Type == "model.deployed" }
	if !w.Model.AnyLive() && !w.Restriction.AnyWaiting() && !slices.ContainsFunc(drafts, deploys) {
		return false
	}
	return slices.ContainsFunc(drafts, func(d entry.Draft) bool { return !idle(d.Type) })
}

// idle tells of a type of entry that no condition of the gate reads.
func idle(typ string) bool {
	switch area, _, _ := strings.Cut(typ, "."); area {
	case "journal", "system", "finding", "notice", "enforcement":
		return true
	}
	switch typ {
	case "access.person_added", "access.key_registered", "decision.proposed", "signoff.asked":
		return true
	}
	return false
}

// watch is one look at everything that is live.
type watch struct {
	// since is the world before the act.
	since World
	// first is the act's first position, cause the entry that may have cleared
	// something, -1 for none.
	first, cause int64
}

// respond gives what follows for everything live: responses opened, missed and
// answered, in this order. None of it changes a verdict.
func (w World) respond(k watch, act entry.Act) ([]entry.Draft, error) {
	live := w.look(act.Now)
	var drafts []entry.Draft
	for _, step := range []func(World, watch, map[string]seen, entry.Act) ([]entry.Draft, error){
		World.openResponses, World.missResponses, World.answerResponses,
	} {
		then, err := w.Pretend(drafts, act)
		if err != nil {
			return nil, err
		}
		more, err := step(then, k, live, after(act, drafts))
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, more...)
	}
	return drafts, nil
}

// seen is something live with the gate's answer.
type seen struct {
	restriction.Thing
	gate.Verdict
}

// look asks the gate about everything live.
func (w World) look(now int64) map[string]seen {
	facts, live := w.Facts(), map[string]seen{}
	for _, t := range restriction.Live(w.Model, w.Policy, now) {
		live[t.Key()] = seen{t, gate.Evaluate(facts, t.Ask(), now)}
	}
	return live
}

// judged tells whether responses are owed in this journal. One whose policy is
// known from a source only tells a story again, and nobody in it owes anything.
func (w World) judged(now int64) bool {
	p, ok := w.Policy.InForce(now)
	return ok && p.Grade >= grade.Recomputed
}

func (w World) openResponses(k watch, live map[string]seen, act entry.Act) ([]entry.Draft, error) {
	var drafts []entry.Draft
	if !w.judged(act.Now) {
		return nil, nil
	}
	for _, t := range restriction.Live(w.Model, w.Policy, act.Now) {
		v := live[t.Key()].Verdict
		if v.Outcome == gate.Clear || !w.Owes(t, v, act.Now) {
			continue
		}
		more, err := w.Restriction.Open(t, v, k.since.HeldSince(t, act.Now))
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, more...)
	}
	return drafts, nil
}

// Owes tells whether something that is live and held needs a new response: none
// is open, and no restriction that still counts has answered for all that holds
// it.
func (w World) Owes(t restriction.Thing, v gate.Verdict, now int64) bool {
	last, ok := w.Restriction.Last(t)
	switch {
	case !ok:
		return true
	case last.IsOpen():
		return false
	}
	return !last.Settled(restriction.Conditions(v)) || !w.inForce(last.By.ID, now)
}

// inForce tells whether the restriction that a decision ordered stands, and the
// decision counts.
func (w World) inForce(decision string, now int64) bool {
	ordered := func(o restriction.Order) bool { return o.Decision == decision }
	return slices.ContainsFunc(w.Restriction.Standing(), ordered) && len(w.Decision.Problems(decision, w.DecisionBasis(), now)) == 0
}

// HeldSince gives the moment since which something is held that is held at now
// and that no response answers for: the date that closed its gate, or held it for
// one reason more, since the last entry of this world, or now. It is found by
// halving, for a gate is a function of time between two entries.
func (w World) HeldSince(t restriction.Thing, now int64) int64 {
	facts, from := w.Facts(), w.Time
	owed := func(at int64) bool {
		v := gate.Evaluate(facts, t.Ask(), at)
		return v.Outcome == gate.Held && w.Owes(t, v, at)
	}
	if owed(from) || !owed(now) {
		return now
	}
	for from+1 < now {
		if mid := from + (now-from)/2; owed(mid) {
			now = mid
		} else {
			from = mid
		}
	}
	return now
}

func (w World) missResponses(_ watch, _ map[string]seen, act entry.Act) ([]entry.Draft, error) {
	var drafts []entry.Draft
	for _, r := range w.Restriction.Waiting() {
		if r.Finding != "" || !r.Late(act.Now) {
			continue
		}
		more, err := w.Restriction.Miss(r, w.Finding, after(act, drafts))
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, more...)
	}
	return drafts, nil
}

func (w World) answerResponses(k watch, live map[string]seen, act entry.Act) ([]entry.Draft, error) {
	var drafts []entry.Draft
	for _, r := range w.Restriction.Waiting() {
		now, isLive := live[r.Thing().Key()]
		a, ok := w.answers(r, k, now, isLive)
		if !ok {
			continue
		}
		more, err := w.Restriction.Answer(r, a.how, a.by, a.left)
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, more...)
	}
	return drafts, nil
}

// answer is what ended a response.
type answer struct {
	how  restriction.How
	by   entry.Ref
	left []string
}

// answers tells what has ended a response, if anything has. A restriction answers
// for what it covers when it was ordered after the response, or with it; anything
// else must have cleared the gate.
func (w World) answers(r restriction.Response, k watch, now seen, live bool) (answer, bool) {
	if !live {
		return answer{how: restriction.ByWithdrawal, by: w.withdrawal(r)}, true
	}
	for _, o := range w.Restriction.Standing() {
		fits := o.Response == r.ID || o.Covers(now.Thing)
		if fits && (o.Seq > r.Seq || o.Seq >= k.first) && w.inForce(o.Decision, now.Now) {
			return answer{restriction.ByRestriction, ofDecision(o.Decision), restriction.Conditions(now.Verdict)}, true
		}
	}
	if now.Outcome != gate.Clear {
		return answer{}, false
	}
	if d, ok := w.justDecided(r.Model, now.Now); ok {
		how := restriction.ByDecision
		if d.File.Kind == policy.DecideInterim {
			how = restriction.ByInterim
		}
		return answer{how: how, by: ofDecision(d.File.ID)}, true
	}
	return answer{how: restriction.Cleared, by: ofEntry(k.cause)}, true
}

func ofDecision(id string) entry.Ref { return entry.Ref{Kind: "decision", ID: id} }

// ofEntry names an entry by its position; nothing for a negative one.
func ofEntry(seq int64) entry.Ref {
	if seq < 0 {
		return entry.Ref{}
	}
	return entry.Ref{Kind: "entry", ID: strconv.FormatInt(seq, 10)}
}

// withdrawal names the entry that took the last of it out of use.
func (w World) withdrawal(r restriction.Response) entry.Ref {
	last := int64(-1)
	for _, d := range w.Model.Deployments(r.Model) {
		if d.Snapshot == r.Snapshot && d.Environment == r.Environment && !d.Live {
			last = max(last, d.Seq)
		}
	}
	return ofEntry(last)
}

// justDecided gives the newest decision about a model that took effect at this
// very moment.
func (w World) justDecided(model string, now int64) (decision.Decision, bool) {
	all := w.Decision.All()
	for _, d := range slices.Backward(all) {
		if d.Status == decision.InEffect && d.EffectAt == now && w.speaksOf(d.File, model) {
			return d, true
		}
	}
	return decision.Decision{}, false
}

// speaksOf tells whether a decision is about a model, alone or among others.
func (w World) speaksOf(f decision.File, model string) bool {
	in := func(models []string) bool { return len(models) == 0 || slices.Contains(models, model) }
	switch {
	case f.Safeguards != nil:
		return in(f.Safeguards.Models)
	case f.Interim != nil:
		return in(f.Interim.Models)
	case f.Baseline != nil:
		return in(f.Baseline.Models)
	case f.Hold != "":
		h, err := w.Gate.Hold(f.Hold)
		// A hold reaches what was made from its model too.
		return err == nil && (h.Model == gate.EveryModel || h.Model == model || slices.Contains(w.Model.Ancestors(model), h.Model))
	}
	return f.Model == model
}
