// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"time"
)

// instant writes a time for people: to the minute, in UTC; "–" for none.
func instant(ms int64) string {
	if ms == 0 {
		return "–"
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02 15:04") + " UTC"
}

// day writes the day of a time in UTC; "–" for none.
func day(ms int64) string {
	if ms == 0 {
		return "–"
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02")
}

// machine writes a time for programs.
func machine(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }

// until says how far a time is from now, in whole days.
func until(ms, now int64) string {
	const hour, dayLong = int64(3_600_000), int64(86_400_000)
	d := ms - now
	switch {
	case ms == 0:
		return ""
	case d < -dayLong:
		return plural(-d/dayLong, "day", "days") + " ago"
	case d < 0:
		return plural(max(1, -d/hour), "hour", "hours") + " ago"
	case d < dayLong:
		return "in " + plural(max(1, d/hour), "hour", "hours")
	}
	return "in " + plural(d/dayLong, "day", "days")
}

func plural[N ~int | ~int64](n N, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
