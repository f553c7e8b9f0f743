// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package grade says how well a fact is known.
//
// Every fact in the journal carries a grade, a condition is met only by facts
// at or above its floor, and a verdict prints the lowest grade it rests on.
// The order is recomputed > reported > attested > unknown. The zero value is
// Unknown, so a forgotten grade never opens anything.
package grade

import "github.com/holdpoint/holdpoint/internal/fault"

// Grade orders how well a fact is known; a larger value is better known.
type Grade uint8

const (
	// Unknown: nothing says so. It never meets a floor.
	Unknown Grade = iota
	// Attested: a signed or published statement says that it is so.
	Attested
	// Reported: a figure or document with its source.
	Reported
	// Recomputed: derived from bytes we hold.
	Recomputed
)

// String gives the word used in entries, JSON and on the command line.
func (g Grade) String() string {
	switch g {
	case Attested:
		return "attested"
	case Reported:
		return "reported"
	case Recomputed:
		return "recomputed"
	}
	return "unknown"
}

// Parse reads one of the four words.
func Parse(s string) (Grade, error) {
	for g := Unknown; g <= Recomputed; g++ {
		if g.String() == s {
			return g, nil
		}
	}
	return Unknown, fault.Invalidf("%q is not a grade", s).
		Hinted("use recomputed, reported, attested or unknown")
}

// Lowest gives the lowest of its arguments; of none, Recomputed, since a
// conclusion that rests on nothing recorded follows from the rules alone.
func Lowest(grades ...Grade) Grade {
	low := Recomputed
	for _, g := range grades {
		low = min(low, g)
	}
	return low
}

// MarshalText writes the word.
func (g Grade) MarshalText() ([]byte, error) { return []byte(g.String()), nil }

// UnmarshalText reads the word; anything else is an error.
func (g *Grade) UnmarshalText(b []byte) error {
	v, err := Parse(string(b))
	if err != nil {
		return err
	}
	*g = v
	return nil
}
