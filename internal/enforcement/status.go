// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package enforcement

import (
	"slices"

	"github.com/holdpoint/holdpoint/internal/deadline"
)

// Point is an enforcement point as it stands.
type Point struct {
	Registered
	// Seq and At are those of the entry that registered it; At is milliseconds
	// since 1970, as all moments here.
	Seq, At int64
	// Heard is the last heartbeat, and Tried the last that tried the canary.
	Heard, Tried Beat
	// ModeSeq is the first of the heartbeats since which it says the mode that
	// it says now.
	ModeSeq int64
	// PassedSeq is the first heartbeat since which its canary passes, 0 while it
	// does not.
	PassedSeq int64
	// Leave is the last leave to observe; its Seq is 0 when there never was one.
	Leave Leave
	// RetiredSeq is the entry that retired it, 0 while it stands.
	RetiredSeq int64
	Reason     string
}

// Beat is a heartbeat with the entry that recorded it; Seq is 0 for none.
type Beat struct {
	Heartbeat
	By      string
	Seq, At int64
}

// Leave is leave to observe.
type Leave struct {
	Observing
	Seq, At int64
}

// Status is where a point stands at a moment.
type Status string

// What is known of a point. Only a point that is Enforcing guards anything.
const (
	Enforcing Status = "enforcing"
	// Observes: it asks and does not hold, by leave, until a day.
	Observes Status = "observing"
	// Silent: no heartbeat for as long as its hours allow, or longer.
	Silent     Status = "silent"
	NeverHeard Status = "never_heard"
	// CanaryPassed: it let through what must always be held.
	CanaryPassed Status = "canary_passed"
	// CanaryUntried: it says that it enforces, and did not hold its canary since
	// it began to and within its hours.
	CanaryUntried Status = "canary_untried"
	// SaysObserve: it observes without leave.
	SaysObserve Status = "says_observe"
	Ended       Status = "retired"
)

// StatusAt tells where the point stands at now. What somebody decided later than
// the leave, such as to take it back, is the caller's to see.
func (p Point) StatusAt(now int64) Status {
	switch {
	case p.RetiredSeq != 0:
		return Ended
	case p.Heard.Seq == 0:
		return NeverHeard
	case p.old(p.Heard.At, now):
		return Silent
	case p.Tried.Canary == Passed:
		return CanaryPassed
	case p.Heard.Mode != Enforce && p.MayObserve(now):
		return Observes
	case p.Heard.Mode != Enforce:
		return SaysObserve
	case p.Tried.Canary != Held || p.Tried.Seq < p.ModeSeq || p.old(p.Tried.At, now):
		return CanaryUntried
	}
	return Enforcing
}

// old tells whether what was heard at a moment is too long ago to count.
func (p Point) old(at, now int64) bool { return now >= at+p.HeartbeatHours*3_600_000 }

// SilentSince gives the entry after which the point has said nothing for as long
// as its hours allow, or longer: its last heartbeat, or its registration.
func (p Point) SilentSince(now int64) (seq int64, ok bool) {
	seq, at := p.Heard.Seq, p.Heard.At
	if seq == 0 {
		seq, at = p.Seq, p.At
	}
	return seq, p.RetiredSeq == 0 && p.old(at, now)
}

// MayObserve tells whether its leave to observe runs at now.
func (p Point) MayObserve(now int64) bool { return p.Leave.Seq != 0 && !p.Leave.Until.Over(now) }

// Guards tells whether the point stands before an action in an environment.
func (p Point) Guards(environment, action string) bool {
	return p.Environment == environment && slices.Contains(p.Actions, action)
}

// Words says a status in a sentence.
func (p Point) Words(s Status) string {
	switch s {
	case Enforcing:
		return "enforcing"
	case Observes:
		return "observing until " + string(p.Leave.Until) + ": it does not hold"
	case Silent:
		return "silent since " + string(deadline.DayOf(p.Heard.At)) + ": whether it enforces cannot be told"
	case NeverHeard:
		return "never heard: whether it enforces cannot be told"
	case CanaryPassed:
		return "its canary passed: it does not enforce"
	case CanaryUntried:
		return "its canary was not tried: whether it enforces cannot be told"
	case SaysObserve:
		return "it observes without leave: it does not hold"
	}
	return "retired"
}
