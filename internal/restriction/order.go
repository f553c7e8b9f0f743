// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package restriction

import (
	"cmp"
	"slices"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// Order is a restriction that was decided.
type Order struct {
	Ordered
	ID  string
	Seq int64
	// At is when it took effect, in milliseconds since 1970.
	At int64
	// Executed, Verified and Lifted are the acts on it, zero while not done.
	Executed, Verified, Lifted Step
	// Reason and PostMortem are those of lifting it.
	Reason, PostMortem string
}

// Step is one act on a restriction.
type Step struct {
	Seq, At int64
	By      string
}

// Done tells that the step was taken.
func (s Step) Done() bool { return s.Seq != 0 }

// Stands tells that it was not lifted.
func (o Order) Stands() bool { return !o.Lifted.Done() }

// State says in a word how far it is.
func (o Order) State() string {
	switch {
	case o.Lifted.Done():
		return "lifted"
	case o.Verified.Done():
		return "verified"
	case o.Executed.Done():
		return "executed"
	}
	return "ordered"
}

// Covers tells whether it speaks of something in use. A pause of training speaks
// of training only; what limits use speaks of no training.
func (o Order) Covers(t Thing) bool {
	if o.Model != t.Model || o.Environment != "" && o.Environment != t.Environment {
		return false
	}
	if len(o.Snapshots) > 0 && !slices.Contains(o.Snapshots, t.Snapshot) {
		return false
	}
	switch o.Kind {
	case decision.LockWeights, decision.DeleteWeights:
		return true
	case decision.PauseTraining:
		return t.Class == policy.Train
	}
	return t.Class != policy.Train
}

// Order gives a restriction by id.
func (s State) Order(id string) (Order, error) {
	if o, ok := s.orders.Get(id); ok {
		return o, nil
	}
	return Order{}, fault.NotFoundf("there is no restriction %q", id).Hinted("holdpoint restriction list shows them all")
}

// Orders lists every restriction, oldest first.
func (s State) Orders() []Order {
	return slices.SortedFunc(s.orders.Values(), func(a, b Order) int { return cmp.Compare(a.Seq, b.Seq) })
}

// Standing lists the restrictions that were not lifted, newest first.
func (s State) Standing() []Order {
	all := slices.DeleteFunc(s.Orders(), func(o Order) bool { return !o.Stands() })
	slices.Reverse(all)
	return all
}

// AnyStanding tells whether a restriction stands.
func (s State) AnyStanding() bool {
	for o := range s.orders.Values() {
		if o.Stands() {
			return true
		}
	}
	return false
}

// Record records what a decision in effect orders; hold is the hold that was
// placed for it, "" for none.
func (s State) Record(d decision.Decision, hold string) ([]entry.Draft, error) {
	r := d.File.Restriction
	if d.Status != decision.InEffect || r == nil {
		return nil, fault.Conflictf("%s is not a decision in effect that orders a restriction", d.File.ID)
	}
	return ordered.Drafts(Ordered{
		Decision: d.File.ID, Kind: r.Kind, Model: r.Model, Snapshots: r.Snapshots, Environment: r.Environment,
		Response: r.Response, Hold: hold,
	})
}

// Held lists the actions of a policy that a kind of restriction stops; ok is
// false for a kind that places no hold, and no actions are every action.
func Held(p policy.Pack, r decision.Restriction) (actions []string, ok bool) {
	class := policy.Deploy
	switch r.Kind {
	case decision.LockWeights, decision.DeleteWeights:
		return nil, true
	case decision.PauseTraining:
		class = policy.Train
	case decision.WithdrawModel:
	default:
		return nil, false
	}
	there := ActionIn(p, r.Environment)
	for _, a := range p.Actions {
		if a.Class == class && (class == policy.Train || r.Environment == "" || a.Environment == r.Environment || a.ID == there.ID) {
			actions = append(actions, a.ID)
		}
	}
	return actions, true
}
