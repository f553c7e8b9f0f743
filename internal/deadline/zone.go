// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package deadline

import (
	"encoding/binary"
	"regexp"
	"strconv"
	"time"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Zone is where a day begins and ends. The zero value is UTC.
type Zone struct{ loc *time.Location }

// NewZone makes a zone from a POSIX TZ rule, such as PST8PDT,M3.2.0,M11.1.0
// (IEEE Std 1003.1, section 8.3). The rule and not the machine's own tables
// says when clocks change, so that a due date is the same everywhere and for
// ever. The name is for people.
func NewZone(name, rule string) (Zone, error) {
	m := ruleForm.FindStringSubmatch(rule)
	if m == nil {
		return Zone{}, fault.Invalidf("%q is not a rule of a time zone", rule).
			Hinted("write a POSIX TZ rule, such as PST8PDT,M3.2.0,M11.1.0 or UTC0")
	}
	offset, err := westOf(m[1])
	if err != nil {
		return Zone{}, err
	}
	loc, err := time.LoadLocationFromTZData(name, tzif(rule, -offset))
	if err != nil {
		return Zone{}, fault.Invalidf("%q is not a rule of a time zone: %w", rule, err)
	}
	if m[2] != "" && !changes(loc) {
		return Zone{}, fault.Invalidf("%q names summer time and never has any", rule).
			Hinted("say when it begins and ends, such as PST8PDT,M3.2.0,M11.1.0")
	}
	return Zone{loc}, nil
}

func (z Zone) location() *time.Location {
	if z.loc == nil {
		return time.UTC
	}
	return z.loc
}

// DayOf gives the day of an instant, in milliseconds since 1970, in the zone.
func (z Zone) DayOf(ms int64) Day {
	return Day(time.UnixMilli(ms).In(z.location()).Format(time.DateOnly))
}

// Start is the first millisecond of the day in the zone: midnight, or the moment
// to which clocks go where they pass over midnight.
func (z Zone) Start(d Day) int64 {
	midnight := d.Start()
	first := int64(0)
	for i, near := range []int64{midnight - 26*hour, midnight + 26*hour} {
		_, east := time.UnixMilli(near).In(z.location()).Zone()
		at := midnight - int64(east)*1000
		if z.DayOf(at) == d && (i == 0 || first == 0 || at < first) {
			first = at
		}
	}
	return first
}

// End is the first millisecond after the day in the zone. A day on which clocks
// change has 23 or 25 hours.
func (z Zone) End(d Day) int64 { return z.Start(d.AddDays(1)) }

const hour = int64(time.Hour / time.Millisecond)

// ruleForm has the offset of standard time and, where clocks change, the name
// of summer time with its own offset and the two days.
var ruleForm = regexp.MustCompile(`^(?:[A-Za-z]{3,6}|<[A-Za-z0-9+-]{3,6}>)([+-]?\d{1,2}(?::\d{2})?)` +
	`((?:[A-Za-z]{3,6}|<[A-Za-z0-9+-]{3,6}>)(?:[+-]?\d{1,2}(?::\d{2})?)?,[JM0-9./:+-]+,[JM0-9./:+-]+)?$`)

// westOf reads hours and minutes west of Greenwich as seconds.
func westOf(s string) (int, error) {
	sign := 1
	switch s[0] {
	case '-':
		sign, s = -1, s[1:]
	case '+':
		s = s[1:]
	}
	hours, minutes := s, "0"
	for i := range s {
		if s[i] == ':' {
			hours, minutes = s[:i], s[i+1:]
		}
	}
	h, errH := strconv.Atoi(hours)
	m, errM := strconv.Atoi(minutes)
	if errH != nil || errM != nil || h > 24 || m > 59 {
		return 0, fault.Invalidf("%q is not an offset of a time zone", s)
	}
	return sign * (h*3600 + m*60), nil
}

// tzif spells the rule as the smallest file of zone data (RFC 8536, version 2):
// one kind of time, no change in the past, and the rule as the footer.
func tzif(rule string, offset int) []byte {
	block := func(width int) []byte {
		b := append([]byte("TZif2"), make([]byte, 15)...)
		for _, n := range []uint32{0, 0, 0, 1, 1, 4} { // isut, isstd, leap, time, type, char
			b = binary.BigEndian.AppendUint32(b, n)
		}
		// One transition, long before anything here, to the only kind of time.
		if width == 8 {
			b = binary.BigEndian.AppendUint64(b, uint64(1<<63))
		} else {
			b = binary.BigEndian.AppendUint32(b, uint32(1<<31))
		}
		b = append(b, 0)
		b = binary.BigEndian.AppendUint32(b, uint32(int32(offset)))
		return append(b, 0, 0, 'S', 'T', 'D', 0)
	}
	b := append(block(4), block(8)...)
	return append(append(append(b, '\n'), rule...), '\n')
}

// changes tells whether clocks change within a year.
func changes(loc *time.Location) bool {
	_, winter := time.Date(2025, 1, 1, 12, 0, 0, 0, loc).Zone()
	_, summer := time.Date(2025, 7, 1, 12, 0, 0, 0, loc).Zone()
	return winter != summer
}
