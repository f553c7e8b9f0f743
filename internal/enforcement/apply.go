// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package enforcement

import (
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Registered is the data of enforcement.registered: a point, what it stands
// before, the role that answers for it, its canary (a SHA-256 in lower-case
// hexadecimal) and within how many hours it is heard.
type Registered struct {
	Point          string   `json:"point"`
	Environment    string   `json:"environment"`
	Actions        []string `json:"actions"`
	Owner          string   `json:"owner"`
	Canary         string   `json:"canary"`
	HeartbeatHours int64    `json:"heartbeat_hours"`
}

// Mode is what a point does with an answer: hold, or only report.
type Mode string

// The modes.
const (
	Enforce Mode = "enforce"
	Observe Mode = "observe"
)

// CanaryAnswer is what became of the canary.
type CanaryAnswer string

// The answers. A point that observes says what it would have done.
const (
	Held     CanaryAnswer = "held"
	Passed   CanaryAnswer = "passed"
	NotTried CanaryAnswer = "not_tried"
)

// CanaryAnswers lists the answers.
func CanaryAnswers() []CanaryAnswer { return []CanaryAnswer{Held, Passed, NotTried} }

// Heartbeat is the data of enforcement.heartbeat. Version is the point's own
// release, as it says.
type Heartbeat struct {
	Point   string       `json:"point"`
	Canary  CanaryAnswer `json:"canary"`
	Mode    Mode         `json:"mode"`
	Version string       `json:"version,omitzero"`
}

// Observing is the data of enforcement.observing: Until is the last day.
type Observing struct {
	Point    string       `json:"point"`
	Until    deadline.Day `json:"until"`
	Decision string       `json:"decision"`
}

// Retired is the data of enforcement.retired.
type Retired struct {
	Point  string `json:"point"`
	Reason string `json:"reason"`
}

var (
	registered = entry.Define[Registered]("enforcement.registered", 1, entry.Fact)
	heartbeat  = entry.Define[Heartbeat]("enforcement.heartbeat", 1, entry.Fact)
	observing  = entry.Define[Observing]("enforcement.observing", 1, entry.Fact)
	retired    = entry.Define[Retired]("enforcement.retired", 1, entry.Fact)
)

// HeartbeatType is the type of the entries that record heartbeats, and
// ObservingType of those that let a point observe.
const (
	HeartbeatType = "enforcement.heartbeat"
	ObservingType = "enforcement.observing"
)

// Types lists the entry types of this area.
func Types() []entry.Type {
	return []entry.Type{registered.Type(), heartbeat.Type(), observing.Type(), retired.Type()}
}

// DecodeObserving reads the entry that lets a point observe.
func DecodeObserving(e entry.Entry) (Observing, error) {
	d, _, err := observing.Decode(e)
	return d, err
}

// Fork gives a state that changes on its own. Constant time.
func (s State) Fork() State {
	return State{points: s.points.Fork(), canaries: s.canaries.Fork(), granted: s.granted.Fork()}
}

// Apply folds one entry.
func (s *State) Apply(e entry.Entry) error {
	switch e.Type {
	case registered.Name():
		return s.applyRegistered(e)
	case heartbeat.Name():
		return s.applyHeartbeat(e)
	case observing.Name():
		return s.applyObserving(e)
	case retired.Name():
		return s.applyRetired(e)
	}
	return fault.New(fault.Internal, "enforcement does not fold %s", e.Type)
}

func (s *State) applyRegistered(e entry.Entry) error {
	d, _, err := registered.Decode(e)
	if err != nil {
		return err
	}
	s.points.Set(d.Point, Point{Registered: d, Seq: e.Seq, At: e.RecordedAt})
	s.canaries.Set(d.Canary, d.Point)
	return nil
}

func (s *State) applyHeartbeat(e entry.Entry) error {
	d, _, err := heartbeat.Decode(e)
	if err != nil {
		return err
	}
	return s.change(e, d.Point, func(p *Point) {
		if p.Heard.Seq == 0 || p.Heard.Mode != d.Mode {
			p.ModeSeq = e.Seq
		}
		p.Heard = Beat{Heartbeat: d, By: e.Actor, Seq: e.Seq, At: e.RecordedAt}
		if d.Canary == NotTried {
			return
		}
		p.Tried = p.Heard
		switch {
		case d.Canary != Passed:
			p.PassedSeq = 0
		case p.PassedSeq == 0:
			p.PassedSeq = e.Seq
		}
	})
}

func (s *State) applyObserving(e entry.Entry) error {
	d, _, err := observing.Decode(e)
	if err != nil {
		return err
	}
	s.granted.Set(d.Decision, true)
	return s.change(e, d.Point, func(p *Point) { p.Leave = Leave{Observing: d, Seq: e.Seq, At: e.RecordedAt} })
}

func (s *State) applyRetired(e entry.Entry) error {
	d, _, err := retired.Decode(e)
	if err != nil {
		return err
	}
	return s.change(e, d.Point, func(p *Point) { p.RetiredSeq, p.Reason = e.Seq, d.Reason })
}

func (s *State) change(e entry.Entry, id string, edit func(*Point)) error {
	p, ok := s.points.Get(id)
	if !ok {
		return fault.Corruptf("entry %d (%s) speaks of the enforcement point %q, which is not there", e.Seq, e.Type, id)
	}
	edit(&p)
	s.points.Set(id, p)
	return nil
}
