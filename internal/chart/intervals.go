// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package chart

import (
	"math"
	"strconv"
)

// IntervalPlot is estimates with their bounds beside the lines that they are
// judged by. Every row has its own scale, because evaluations differ in unit.
type IntervalPlot struct {
	Title, Description string
	Rows               []IntervalRow
}

// IntervalRow is one estimate. Numbers are decimals as they stand in entries; ""
// is a number that is not known, and is not drawn. Text is the same in words and
// numbers, such as "27 of 33, 0.515 (0.36 to 0.67)".
type IntervalRow struct {
	Name                string
	Point, Lower, Upper string
	RuleOut, RuleIn     string
	Text                string
}

// The measures of an interval plot, in pixels.
const (
	plotWidth = 720
	rowHeight = 44
	nameChars = 32
	textChars = 62
	barLeft   = 230.0
	barRight  = 700.0
	headRoom  = 26
)

// Intervals draws an interval plot: a bar from lower to upper bound with end
// strokes, a dot for the estimate, a dashed line with a triangle pointing down
// for ruling out, a solid line with one pointing up for ruling in.
func Intervals(p IntervalPlot) string {
	s := begin(plotWidth, headRoom+rowHeight*len(p.Rows), p.Title, p.Description)
	s.line("rule-out", barLeft, 10, barLeft+24, 10)
	s.text("quiet", barLeft+30, 14, "start", "▽ rule-out line")
	s.line("rule-in", barLeft+150, 10, barLeft+174, 10)
	s.text("quiet", barLeft+180, 14, "start", "△ rule-in line")
	for i, r := range p.Rows {
		s.interval(r, float64(headRoom+i*rowHeight))
	}
	return s.end()
}

func (s *svg) interval(r IntervalRow, top float64) {
	mid := top + 14
	s.text("name", 0, mid+4, "start", shortened(r.Name, nameChars))
	s.text("quiet", barLeft, top+36, "start", shortened(r.Text, textChars))
	at, ok := scaleOf(r)
	if !ok {
		s.text("quiet", barLeft, mid+4, "start", "no number to draw")
		return
	}
	s.line("axis", barLeft, mid, barRight, mid)
	for _, l := range []struct{ class, value, sign string }{{"rule-out", r.RuleOut, "▽"}, {"rule-in", r.RuleIn, "△"}} {
		if x, ok := at(l.value); ok {
			s.line(l.class, x, mid-10, x, mid+10)
			s.text("quiet", x+3, mid-4, "start", l.sign)
		}
	}
	low, hasLow := at(r.Lower)
	high, hasHigh := at(r.Upper)
	point, hasPoint := at(r.Point)
	s.bound(low, hasLow, mid)
	s.bound(high, hasHigh, mid)
	if from, to, ok := barOf(low, hasLow, high, hasHigh, point, hasPoint); ok {
		s.line("interval", from, mid, to, mid)
	}
	if hasPoint {
		s.add(`<circle class="point" cx="%.1f" cy="%.1f" r="4"/>`, point, mid)
	}
}

func (s *svg) bound(x float64, has bool, mid float64) {
	if has {
		s.line("interval", x, mid-6, x, mid+6)
	}
}

// barOf joins the bounds; where only one is known it joins it to the estimate.
func barOf(low float64, hasLow bool, high float64, hasHigh bool, point float64, hasPoint bool) (from, to float64, ok bool) {
	switch {
	case hasLow && hasHigh:
		return low, high, true
	case hasLow && hasPoint:
		return low, point, true
	case hasHigh && hasPoint:
		return point, high, true
	}
	return 0, 0, false
}

// scaleOf places the numbers of a row between the ends of its bar. From zero,
// unless a number is below it.
func scaleOf(r IntervalRow) (func(string) (float64, bool), bool) {
	low, high, any := 0.0, 0.0, false
	for _, v := range []string{r.Point, r.Lower, r.Upper, r.RuleOut, r.RuleIn} {
		if x, ok := parsed(v); ok {
			low, high, any = min(low, x), max(high, x), true
		}
	}
	if high == low {
		high = low + 1
	}
	span := (high - low) * 1.08
	return func(v string) (float64, bool) {
		x, ok := parsed(v)
		return barLeft + (x-low)/span*(barRight-barLeft), ok
	}, any
}

// most is the largest number that is drawn: beyond it places would not be exact.
const most = 1e15

func parsed(v string) (float64, bool) {
	x, err := strconv.ParseFloat(v, 64)
	return x, err == nil && math.Abs(x) <= most
}
