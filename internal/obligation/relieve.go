// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package obligation

import (
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Relieving is what a decision in effect says about a duty: it is waived until a
// day, or due on that day.
type Relieving struct {
	Duty     string
	Extend   bool
	Reason   string
	Until    deadline.Day
	Decision string
}

// MayRelieve tells why a duty cannot be waived or extended now.
func (s State) MayRelieve(in Relieving, now int64) error {
	d, err := s.Duty(in.Duty)
	if err != nil {
		return err
	}
	z := d.zone()
	switch {
	case d.Done != nil:
		return fault.Conflictf("%s was done on %s, so nobody need be let off it", d.ID, d.Done.On)
	case z.End(in.Until)-1 < now:
		return fault.Invalidf("%s is over already", in.Until).Hinted("name a day to come")
	case in.Extend && !d.Now.Known():
		return fault.Conflictf("%s has no date that could be extended", d.ID).Hinted("waive it until a day: holdpoint obligation waive")
	case in.Extend && in.Until <= d.Now.Day:
		return fault.Invalidf("%s is due on %s, and %s is no later", d.ID, d.Now.Day, in.Until).Hinted("name a later day")
	}
	return nil
}

// Relieve waives or extends a duty because a decision in effect says so. What
// was missed by then stays missed.
func (s State) Relieve(in Relieving, act entry.Act) ([]entry.Draft, error) {
	if err := s.MayRelieve(in, act.Now); err != nil {
		return nil, err
	}
	d, _ := s.duties.Get(in.Duty)
	data := Relieved{
		Duty: in.Duty, Decision: in.Decision, Reason: in.Reason, Until: in.Until, Last: d.zone().End(in.Until) - 1,
		AfterBreach: d.Breach != nil || d.breachedBefore() || act.Now > d.missedAfter() && d.Now.Known() && !d.Published(),
	}
	if in.Extend {
		return extended.Drafts(data)
	}
	return waived.Drafts(data)
}
