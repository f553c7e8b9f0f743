// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package enforcement keeps the places that ask before something runs, called
// enforcement points: where they stand, whom they answer to, and what is known
// of whether they hold what must be held.
//
// A point is given a canary when it is registered: a digest that no weights
// have and that must always be held. Whoever runs the point asks about the
// canary as about any other weights and reports in a heartbeat whether it was
// held. A point enforces only as long as it is heard, says that it enforces and
// held its canary; what is not known is never enforcing. It may observe, which
// is to ask and not to hold, until a day that a signed decision names; nothing
// renews that by itself.
//
// The package switches nothing on or off, and believes no point: a heartbeat is
// what its sender says, and is shown with its sender and its age.
package enforcement

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// State is every enforcement point. The zero value is empty.
type State struct {
	points cow.Map[string, Point]
	// canaries maps a digest to the point that has it, also when that is retired.
	canaries cow.Map[string, string]
	// granted holds the decisions that let a point observe.
	granted cow.Map[string, bool]
}

// See is what the verbs read from elsewhere. Pack is the policy in force.
type See struct {
	Access access.State
	Model  model.State
	Pack   policy.Pack
}

// Point gives a point by id.
func (s State) Point(id string) (Point, error) {
	if p, ok := s.points.Get(id); ok {
		return p, nil
	}
	return Point{}, fault.NotFoundf("there is no enforcement point %q", id).Hinted("holdpoint enforcement list shows them all")
}

// Points lists every point by id, retired ones too.
func (s State) Points() []Point { return slices.Collect(s.points.Values()) }

// Canary gives the point whose canary a digest is, with the entry that says so.
func (s State) Canary(digest string) (Point, bool) {
	id, ok := s.canaries.Get(digest)
	if !ok {
		return Point{}, false
	}
	return s.points.Get(id)
}

// most hours between two heartbeats: a point that is heard less than once a week
// shows nothing.
const maxHours = 7 * 24

var (
	digestForm      = regexp.MustCompile(`^[0-9a-f]{64}$`)
	environmentForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$`)
)

// Register names a point and gives it its canary, a SHA-256 in lower-case
// hexadecimal that the caller made at random. Ids and canaries are never used
// again.
func (s State) Register(in Registered, see See, _ entry.Act) ([]entry.Draft, error) {
	if err := access.CheckID("enforcement point", in.Point); err != nil {
		return nil, err
	}
	if p, ok := s.points.Get(in.Point); ok {
		return nil, fault.Conflictf("the enforcement point %s is registered since entry %d", p.Point, p.Seq).Hinted("choose another id; ids are never used again")
	}
	if err := checkPlace(in, see.Pack); err != nil {
		return nil, err
	}
	if err := s.checkCanary(in.Canary, see.Model); err != nil {
		return nil, err
	}
	return registered.Drafts(in)
}

func checkPlace(in Registered, p policy.Pack) error {
	var l fault.List
	if !environmentForm.MatchString(in.Environment) {
		l = append(l, fault.Invalidf("%q cannot be an environment", in.Environment).Hinted("use one that the policy names, such as production"))
	}
	if len(in.Actions) == 0 {
		l = append(l, fault.Invalidf("an enforcement point asks before at least one action"))
	}
	for i, a := range in.Actions {
		if _, ok := p.Action(a); !ok {
			l = append(l, fault.NotFoundf("the policy in force knows no action %q", a).Hinted("holdpoint policy show lists its actions"))
		}
		if slices.Contains(in.Actions[:i], a) {
			l = append(l, fault.Invalidf("the action %s is named twice", a))
		}
	}
	if _, ok := p.Role(in.Owner); !ok {
		l = append(l, fault.NotFoundf("the policy in force has no role %q", in.Owner).Hinted("name the role that answers for the point"))
	}
	if in.HeartbeatHours < 1 || in.HeartbeatHours > maxHours {
		l = append(l, fault.Invalidf("a point is heard at least every 1 to %d hours, not %d", maxHours, in.HeartbeatHours))
	}
	return l.Err()
}

// checkCanary refuses a digest that could belong to weights.
func (s State) checkCanary(digest string, models model.State) error {
	if !digestForm.MatchString(digest) {
		return fault.Invalidf("%q is not a SHA-256 digest", digest).Hinted("write 64 lower-case hexadecimal digits")
	}
	if id, ok := s.canaries.Get(digest); ok {
		return fault.Conflictf("that digest is the canary of %s", id).Hinted("every point has a canary of its own")
	}
	for _, m := range models.Models() {
		for _, snap := range models.Snapshots(m.Model) {
			if snap.Weights == digest {
				return fault.Conflictf("that digest names the weights of %s and cannot be a canary", snap.ID())
			}
		}
	}
	return nil
}

// Beat records what a point reports of itself. It is reported by the owner of
// the workspace, by an automation, or by a holder of the role that owns the
// point.
func (s State) Beat(in Heartbeat, see See, act entry.Act) ([]entry.Draft, error) {
	p, err := s.standing(in.Point)
	if err != nil {
		return nil, err
	}
	if !mayReport(p, see.Access, act) {
		return nil, fault.Forbiddenf("%q does not speak for the enforcement point %s (rule SOD-POINT)", act.Actor, p.Point).
			Hinted("an automation does, or a holder of the role %s", p.Owner)
	}
	if !slices.Contains(CanaryAnswers(), in.Canary) {
		return nil, fault.Invalidf("%q does not say what became of the canary", in.Canary).Hinted("say held, passed or not_tried")
	}
	if in.Mode != Enforce && in.Mode != Observe {
		return nil, fault.Invalidf("%q is not a mode", in.Mode).Hinted("say enforce or observe")
	}
	if len(in.Version) > 200 || strings.ContainsAny(in.Version, "\n\r\x00\x1b") {
		return nil, fault.Invalidf("the version is one short line of text")
	}
	return heartbeat.Drafts(in)
}

func mayReport(p Point, people access.State, act entry.Act) bool {
	if act.Actor == access.Operator || people.HoldsRoleAt(act.Actor, p.Owner, act.Now) {
		return true
	}
	who, ok := people.Person(act.Actor)
	return ok && who.Kind == access.Automation
}

// MaxObserve is the most days for which a point may observe, counted from the
// day on which the decision takes effect.
const MaxObserve = 90

// CheckObserve tells whether a point could be let observe until a day from now
// on: it stands, the day is not over and at most [MaxObserve] days off.
func (s State) CheckObserve(point string, until deadline.Day, now int64) error {
	p, err := s.standing(point)
	if err != nil {
		return err
	}
	if _, err := deadline.ParseDay(string(until)); err != nil {
		return fault.Invalidf("that %s may observe ends on a day: %w", p.Point, err)
	}
	if until.Over(now) {
		return fault.Invalidf("%s is over, so %s cannot observe until then", until, p.Point)
	}
	if n := deadline.DayOf(now).DaysUntil(until); n > MaxObserve {
		return fault.Invalidf("%s is %d days off, and a point observes for at most %d", until, n, MaxObserve).
			Hinted("the last day that can be named today is %s", deadline.DayOf(now).AddDays(MaxObserve))
	}
	return nil
}

// Observe lets a point observe until a day, because a decision says so. One
// decision does it once; a point that observed may do so again by another.
func (s State) Observe(in Observing, act entry.Act) ([]entry.Draft, error) {
	if err := s.CheckObserve(in.Point, in.Until, act.Now); err != nil {
		return nil, err
	}
	if s.granted.Has(in.Decision) {
		return nil, fault.Conflictf("%s let a point observe already", in.Decision).Hinted("nothing renews itself: propose a new decision")
	}
	return observing.Drafts(in)
}

// Retire ends a point. What it guarded is without enforcement from then on,
// unless another point guards it; its canary stays held for ever.
func (s State) Retire(in Retired, _ entry.Act) ([]entry.Draft, error) {
	if _, err := s.standing(in.Point); err != nil {
		return nil, err
	}
	if err := access.CheckReason(in.Reason); err != nil {
		return nil, err
	}
	return retired.Drafts(in)
}

func (s State) standing(id string) (Point, error) {
	p, err := s.Point(id)
	if err == nil && p.RetiredSeq != 0 {
		err = fault.Conflictf("the enforcement point %s was retired by entry %d: %s", id, p.RetiredSeq, p.Reason).
			Hinted("register a new one under another id")
	}
	return p, err
}

// String says where the point stands, such as "external_deploy in production".
func (r Registered) String() string {
	return fmt.Sprintf("%s in %s", strings.Join(r.Actions, ", "), r.Environment)
}
