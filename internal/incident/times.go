// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package incident

import (
	"time"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Times are the five moments of an incident that duties run from, in
// milliseconds since 1970, UTC; 0 is unknown.
type Times struct {
	// Occurred is when it happened, Detected when something showed it, Aware
	// when a person knew, Determined when it was found to be an incident, and
	// Submitted when it was reported to whom it must be.
	Occurred   int64 `json:"occurred,omitzero"`
	Detected   int64 `json:"detected,omitzero"`
	Aware      int64 `json:"aware,omitzero"`
	Determined int64 `json:"determined,omitzero"`
	Submitted  int64 `json:"submitted,omitzero"`
}

// Response are the two moments of the response, in milliseconds since 1970, UTC;
// 0 is unknown. Identified is when it was understood what it is, Remediated when
// it was mended.
type Response struct {
	Identified int64 `json:"identified,omitzero"`
	Remediated int64 `json:"remediated,omitzero"`
}

// Clock is every moment of an incident.
type Clock struct {
	Times
	Response
}

// moment is one of the times with its name.
type moment struct {
	name string
	at   *int64
}

func (c *Clock) moments() []moment { return append(c.five(), c.two()...) }

func (c *Clock) five() []moment {
	return []moment{
		{"occurred", &c.Occurred}, {"detected", &c.Detected}, {"aware", &c.Aware}, {"determined", &c.Determined}, {"submitted", &c.Submitted},
	}
}

func (c *Clock) two() []moment {
	return []moment{{"identified", &c.Identified}, {"remediated", &c.Remediated}}
}

// over gives c with the times that are stated in later.
func (c Clock) over(later Clock) Clock {
	to := c.moments()
	for i, m := range later.moments() {
		if *m.at != 0 {
			*to[i].at = *m.at
		}
	}
	return c
}

// check refuses a time that is still to come, and times in an order in which
// they cannot have happened.
func (c Clock) check(now int64) error {
	for _, m := range c.moments() {
		switch {
		case *m.at < 0:
			return fault.Invalidf("the time %s, %s, is before 1970", m.name, stamp(*m.at))
		case *m.at > now:
			return fault.Invalidf("the time %s, %s, is still to come", m.name, stamp(*m.at)).Hinted("state it when it has happened")
		}
	}
	if err := ordered(c.five()); err != nil {
		return err
	}
	return ordered(append(c.five()[:1], c.two()...))
}

// ordered asks that of two known times the first is not later.
func ordered(all []moment) error {
	var last moment
	for _, m := range all {
		if *m.at == 0 {
			continue
		}
		if last.at != nil && *m.at < *last.at {
			return fault.Invalidf("it cannot be %s at %s and %s only at %s", m.name, stamp(*m.at), last.name, stamp(*last.at)).
				Hinted("state the times in UTC; one that was stated wrongly is corrected with a reason: holdpoint incident update")
		}
		last = m
	}
	return nil
}

// stamp spells a moment.
func stamp(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.999Z07:00") }
