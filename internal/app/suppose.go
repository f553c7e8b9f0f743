// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"strings"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/world"
)

// Suppositions lists the facts that a question may suppose, each as it is
// written, with what it means.
func Suppositions() [][2]string {
	return [][2]string{
		{"ruled-out:THRESHOLD", "the threshold was determined as ruled out for the model"},
		{"crossed:THRESHOLD", "the threshold was determined as crossed, or reached where it is a checkpoint"},
		{"standard:STANDARD/FACET", "the facet of the standard was approved for every model"},
		{"no-hold", "every hold was lifted"},
		{"hold", "a hold was placed on the model"},
		{"policy:REF", "another version of the policy were in force"},
	}
}

// CheckSupposing asks the gate as if some facts were so (see [Suppositions]).
// They are folded into a copy of the world and go no further: nothing is
// recorded, and no clearance can rest on them. A policy is supposed first, what
// else is supposed in the order given.
func (a *App) CheckSupposing(ctx context.Context, ask gate.Ask, at string, facts []string) (gate.Verdict, Moment, error) {
	m, err := a.Moment(ctx, at)
	if err != nil {
		return gate.Verdict{}, m, err
	}
	s := supposing{w: m.View.State, now: m.Now, ask: ask}
	isPolicy := func(f string) bool { return strings.HasPrefix(f, "policy:") }
	for _, policies := range []bool{true, false} {
		for _, f := range facts {
			if isPolicy(f) != policies {
				continue
			}
			if err := s.suppose(f); err != nil {
				return gate.Verdict{}, m, err
			}
		}
	}
	if err := gate.CheckAction(s.w.Facts(), ask.Action, m.Now); err != nil {
		return gate.Verdict{}, m, err
	}
	m.View.State = s.w
	return a.Verdict(m, ask), m, nil
}

// supposing is a world in which facts are made up.
type supposing struct {
	w   world.World
	now int64
	ask gate.Ask
}

// subject is the model whose thresholds decide: for training, the one that the
// result would be comparable to.
func (s *supposing) subject() string {
	p, _ := s.w.Policy.InForce(s.now)
	if a, _ := p.Pack.Action(s.ask.Action); a.Class == policy.Train && s.ask.ComparableTo != "" {
		return s.ask.ComparableTo
	}
	return s.ask.Model
}

func (s *supposing) suppose(fact string) error {
	word, rest, _ := strings.Cut(fact, ":")
	bare := word == "no-hold" || word == "hold"
	if bare == strings.Contains(fact, ":") || !bare && rest == "" {
		word = ""
	}
	switch word {
	case "ruled-out":
		return s.determine(rest, decision.RuledOut)
	case "crossed":
		return s.determine(rest, s.reached(rest))
	case "standard":
		return s.approve(rest)
	case "no-hold":
		return s.lift()
	case "hold":
		return s.hold()
	case "policy":
		return s.policy(rest)
	}
	var known []string
	for _, k := range Suppositions() {
		known = append(known, k[0])
	}
	return fault.Usagef("%q is not a fact that can be supposed", fact).Hinted("suppose one of %s", strings.Join(known, ", "))
}

func (s *supposing) act() entry.Act { return entry.Act{Actor: Operator, Seq: s.w.Seq, Now: s.now} }

// fold takes the drafts into the copy. What is refused is a supposition that has
// no meaning, which is a matter of usage.
func (s *supposing) fold(drafts []entry.Draft, err error) error {
	if err != nil {
		return fault.Usagef("this cannot be supposed: %w", err).Hinted("%s", fault.HintOf(err))
	}
	s.w, err = s.w.Pretend(drafts, s.act())
	return err
}

func (s *supposing) inForce() (policy.Adopted, error) {
	p, ok := s.w.Policy.InForce(s.now)
	if !ok {
		return p, fault.Usagef("no policy is in force, so nothing can be supposed under it").Hinted("suppose one first: --suppose policy:REF")
	}
	return p, nil
}

// decide supposes that a decision is in effect, and gives its id.
func (s *supposing) decide(f decision.File) (string, error) {
	p, err := s.inForce()
	if err != nil {
		return "", err
	}
	f.Title = "supposed"
	id := s.act().ID("decision", 0)
	return id, s.fold(s.w.Decision.Suppose(f, p, s.act()))
}

func (s *supposing) determine(threshold string, outcome decision.Outcome) error {
	_, err := s.decide(decision.File{Kind: policy.DecideDetermination, Model: s.subject(), Determinations: []decision.Determination{
		{Threshold: threshold, Outcome: outcome, Reason: "supposed"},
	}})
	return err
}

// reached is what crossing means for a threshold of its kind.
func (s *supposing) reached(threshold string) decision.Outcome {
	p, _ := s.w.Policy.InForce(s.now)
	t, _ := p.Pack.Threshold(threshold)
	switch t.Kind {
	case policy.Checkpoint:
		return decision.CheckpointReached
	case policy.Alert:
		return decision.AlertReached
	}
	return decision.Crossed
}

func (s *supposing) approve(what string) error {
	p, err := s.inForce()
	if err != nil {
		return err
	}
	standard, facet, _ := strings.Cut(what, "/")
	of := decision.Safeguards{Standard: standard, Facet: policy.FacetKind(facet)}
	if _, ok := p.Pack.Standard(standard, of.Facet); !ok {
		return fault.Usagef("%s has no defined standard %q with the facet %q", p.Ref(), standard, facet).
			Hinted("for example standard:ASL-3/deployment; what has no published criteria cannot be supposed to be met")
	}
	id, err := s.decide(decision.File{Kind: policy.DecideSafeguards, Safeguards: &of})
	if err != nil {
		return err
	}
	return s.fold(s.w.Safeguard.Approve(safeguard.ApproveInput{
		Standard: standard, Facet: facet, Decision: id, ReapproveBy: decision.ReapproveBy(p.Pack, of, s.now), How: entry.Graded(grade.Attested),
	}, s.act()))
}

func (s *supposing) lift() error {
	id, err := s.decide(decision.File{Kind: policy.DecideLiftHold})
	if err != nil {
		return err
	}
	return s.fold(s.w.Gate.SupposeLifted(id))
}

func (s *supposing) hold() error {
	in := gate.PlaceIn{Model: s.ask.Model, Reason: "supposed"}
	if _, ok := s.w.Model.Model(in.Model); !ok {
		in.Model = gate.EveryModel
	}
	return s.fold(s.w.Gate.Place(in, s.w.Facts(), s.act()))
}

func (s *supposing) policy(ref string) error {
	p, err := LoadPolicy(ref, s.w.Policy)
	if err != nil {
		return fault.Usagef("this cannot be supposed: %w", err).Hinted("%s", fault.HintOf(err))
	}
	w := s.w.Fork()
	if w.Policy, err = w.Policy.Suppose(p, w.Seq, s.now); err != nil {
		return fault.Usagef("this cannot be supposed: %w", err).Hinted("name a version of the policy that is in force here")
	}
	w.Seq++
	s.w = w
	return nil
}
