// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package chart

import "time"

// Span is something that stands from one moment to another, in milliseconds
// since 1970. Start 0 is before the drawing, End 0 after it: it has no end.
type Span struct {
	Name       string
	Start, End int64
	Text       string
}

// TimelinePlot is spans around the moment Now.
type TimelinePlot struct {
	Title, Description string
	Now                int64
	Spans              []Span
}

// Timeline draws spans as bars, the earlier part of the drawing left. What has no
// end runs out in an arrow; the moment now is a line that is labelled.
func Timeline(p TimelinePlot) string {
	from, to := p.ends()
	at := func(ms int64) float64 {
		ms = min(max(ms, from), to)
		return barLeft + float64(ms-from)/float64(to-from)*(barRight-20-barLeft)
	}
	height := headRoom + rowHeight*len(p.Spans)
	s := begin(plotWidth, height+8, p.Title, p.Description)
	for i, x := range p.Spans {
		s.span(x, at, from, float64(headRoom+i*rowHeight))
	}
	s.line("now", at(p.Now), 18, at(p.Now), float64(height))
	s.text("name", at(p.Now), 12, "middle", "now, "+date(p.Now))
	return s.end()
}

// ends are the first and last moment that are drawn, never the same.
func (p TimelinePlot) ends() (from, to int64) {
	from, to = p.Now, p.Now
	for _, x := range p.Spans {
		for _, ms := range []int64{x.Start, x.End} {
			if ms != 0 {
				from, to = min(from, ms), max(to, ms)
			}
		}
	}
	const day = int64(24 * time.Hour / time.Millisecond)
	return from, max(to, from+day)
}

func (s *svg) span(x Span, at func(int64) float64, from int64, top float64) {
	mid := top + 14
	start, end, begins := x.Start, x.End, x.Start
	if start == 0 {
		start = from
	}
	s.text("name", 0, mid+4, "start", shortened(x.Name, nameChars))
	s.text("quiet", barLeft, top+36, "start", shortened(x.Text, textChars))
	right := barRight - 20.0
	if end != 0 {
		right = at(end)
	}
	s.line("interval", at(start), mid, right, mid)
	if begins != 0 {
		s.line("interval", at(start), mid-6, at(start), mid+6)
	}
	if end != 0 {
		s.line("interval", right, mid-6, right, mid+6)
		return
	}
	s.add(`<path class="point" d="M%.1f %.1f l10 6 l-10 6 z"/>`, right, mid-6)
}

func date(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02") }
