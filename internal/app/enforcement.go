// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"slices"

	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/notice"
	"github.com/holdpoint/holdpoint/internal/world"
)

// NewCanary makes a digest that no weights have; nil takes randomness, and only
// a made-up history gives anything else.
func NewCanary(random io.Reader) (string, error) {
	if random == nil {
		random = rand.Reader
	}
	b := make([]byte, 32)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fault.New(fault.Internal, "no randomness for a canary: %w", err)
	}
	return hex.EncodeToString(b), nil
}

// RegisterPoint is the intent to register an enforcement point with a canary of
// its own. The canary is no part of what identifies the intent, so that it may
// be sent twice.
func RegisterPoint(in enforcement.Registered, canary string) Intent {
	args := in
	args.Canary = canary
	return Intent{Verb: "enforcement.register", Input: in, Args: args, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		see, err := enforcementSee(w, act)
		if err != nil {
			return nil, err
		}
		in := in
		in.Canary = canary
		return w.Enforcement.Register(in, see, act)
	}}
}

func enforcementSee(w world.World, act entry.Act) (enforcement.See, error) {
	p, ok := w.Policy.InForce(act.Now)
	if !ok {
		return enforcement.See{}, fault.Conflictf("no policy is in force, so there is no action to ask about").
			Hinted("adopt one first: holdpoint policy adopt")
	}
	return enforcement.See{Access: w.Access, Model: w.Model, Pack: p.Pack}, nil
}

// Heartbeat is the intent to record what an enforcement point says of itself.
func Heartbeat(in enforcement.Heartbeat) Intent {
	return Intent{Verb: "enforcement.heartbeat", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Enforcement.Beat(in, enforcement.See{Access: w.Access}, act)
	}}
}

// RetirePoint is the intent to end an enforcement point.
func RetirePoint(in enforcement.Retired) Intent {
	return Intent{Verb: "enforcement.retire", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Enforcement.Retire(in, act)
	}}
}

// BreakGlass is the intent to let something go on for a few hours that the gate
// holds; it becomes a finding and pages by itself.
func BreakGlass(in gate.BreakIn) Intent {
	return Intent{Verb: "breakglass.break", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Gate.Break(in, w.Facts(), act)
	}}
}

// AcknowledgeNotice is the intent to say that a notice was read.
func AcknowledgeNotice(id string) Intent {
	in := notice.Acknowledged{Notice: id}
	return Intent{Verb: "notice.acknowledge", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Notice.Acknowledge(in, notice.See{Access: w.Access}, act)
	}}
}

// noCanary refuses weights that are the canary of an enforcement point: a canary
// belongs to no model.
func noCanary(w world.World, in model.SnapshotRegistered) error {
	digests := []string{in.Weights}
	for _, f := range in.Files {
		digests = append(digests, f.SHA256)
	}
	if d, err := model.ManifestDigest(in.Files); err == nil {
		digests = append(digests, d)
	}
	i := slices.IndexFunc(digests, func(d string) bool { _, ok := w.Enforcement.Canary(d); return ok })
	if i < 0 {
		return nil
	}
	p, _ := w.Enforcement.Canary(digests[i])
	return fault.Conflictf("%s is the canary of the enforcement point %s and belongs to no model", digests[i], p.Point).
		Hinted("a canary is always held: give the digest of the weights themselves")
}
