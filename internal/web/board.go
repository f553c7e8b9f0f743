// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/obligation"
	"github.com/holdpoint/holdpoint/internal/signoff"
)

func boardRoutes() []route {
	return []route{
		{"GET", "/board", boardPage},
		{"GET", "/since", sincePage},
	}
}

// boardPage answers a board's questions on a page that prints.
func boardPage(r *request) (answer, error) {
	return sheetOf(r, answer{title: "Board", question: "Are we within the policy today, and how do we know?", here: "/board"}, []part{
		r.within(), r.comingUp(), r.whoDisagreed(), r.whatWeMissed(), r.whatWouldMakeItWrong(), r.endingSoon(),
	})
}

func (r *request) within() part {
	w := r.moment.View.State
	p := part{title: "Within the policy today, as far as is recorded", id: "within", tone: "go"}
	live := r.site.App.LiveHeld(r.moment)
	var missed, unknown int
	for _, d := range w.Obligation.All() {
		switch w.AsDecided(d, r.moment.Now).At(r.moment.Now).Status {
		case obligation.IsMissed:
			missed++
		case obligation.Unknown:
			unknown++
		}
	}
	if len(live) > 0 {
		p.tone = "stop"
		p.lines = append(p.lines, marked(held, plural(len(live), "use is", "uses are")+" live that the policy does not clear."))
		for _, l := range live {
			p.lines = append(p.lines, link(l.Model+": "+words(l.Action), gateHref(l.Ask())).noted(firstOf(reasons(l.Verdict))))
		}
	} else {
		p.lines = append(p.lines, marked(clear_, "Nothing is live that the policy does not clear, as far as is recorded."))
	}
	if missed > 0 {
		p.tone = "stop"
		late1 := link(plural(missed, "duty is", "duties are")+" late.", "/duties?status=missed")
		late1.mark = late
		p.lines = append(p.lines, late1)
	}
	if unknown > 0 {
		if p.tone == "go" {
			p.tone = "ask"
		}
		c := link("whether "+plural(unknown, "duty was", "duties were")+" done in time.", "/duties?status=unknown")
		c.mark = cannotTell
		p.lines = append(p.lines, c)
	}
	switch p.tone { // what cannot be told is not within
	case "ask":
		p.title = "We cannot tell whether we are within the policy today"
	case "stop":
		p.title = "Not within the policy today"
	}
	p.note = fmt.Sprintf("How we know: computed at %s from %d entries under one signed root. Nobody's word is taken for the answer, but what was never recorded is not seen.", instant(r.moment.Now), r.moment.View.Size)
	return p
}

func (r *request) comingUp() part {
	p := part{title: "About to take effect, and did we get it first", empty: "Nothing waits to take effect."}
	for _, d := range r.moment.View.State.Decision.Open() {
		if r.refusedQuestion(d) {
			continue
		}
		got := "no recipient must see it first"
		st, err := r.moment.View.State.Signoff.Status(d.Question)
		if err == nil {
			var all []string
			for _, x := range st.Deliveries {
				word := "not delivered yet"
				switch {
				case x.Seq != 0:
					word = "acknowledged " + day(x.At)
				case x.DeliveredSeq != 0:
					word = "delivered " + day(x.DeliveredAt)
				}
				if x.When == signoff.After {
					word += " (told after)"
				}
				all = append(all, r.roleTitle(x.Role)+": "+word)
			}
			got = or(strings.Join(all, "; "), got)
		}
		p.lines = append(p.lines, link(or(d.File.Title, d.File.ID), "/decisions/"+d.File.ID).noted(got).proved(d.Seq))
	}
	return p
}

// mostLines is how many of a kind the page shows before it counts the rest.
const mostLines = 6

func capped(p part) part {
	if n := len(p.lines); n > mostLines {
		p.lines = append(p.lines[:mostLines:mostLines], text(plural(n-mostLines, "more", "more")))
	}
	return p
}

func (r *request) whoDisagreed() part {
	p := part{title: "Who disagreed", empty: "No dissent and no unresolved comment on a decision is recorded."}
	w := r.moment.View.State
	for _, d := range newestFirst(w.Decision.All()) {
		if st, err := w.Signoff.Status(d.Question); err == nil {
			for _, x := range st.Dissents {
				p.lines = append(p.lines, link(r.named(x.Person)+" dissented on "+or(d.File.Title, d.File.ID), "/decisions/"+d.File.ID).proved(x.Seq))
			}
		}
		for _, v := range w.Review.Unresolved("decision", d.File.ID) {
			p.lines = append(p.lines, link(string(v.Side)+" "+string(v.Kind)+" on "+or(d.File.Title, d.File.ID), "/reviews/"+v.ID).proved(v.Seq))
		}
	}
	return capped(p)
}

func newestFirst(all []decision.Decision) []decision.Decision {
	var out []decision.Decision
	for i := len(all) - 1; i >= 0; i-- {
		out = append(out, all[i])
	}
	return out
}

func (r *request) whatWeMissed() part {
	all := r.moment.View.State.Finding.All()
	repeats := finding.Repeats(all)
	p := part{title: "What we missed, and does it repeat", empty: "Nothing was found."}
	for i := len(all) - 1; i >= 0; i-- {
		f := all[i]
		note := "found by " + string(f.FoundBy) + ", " + or(string(f.Rating()), "not rated")
		if n := repeats[f.ID]; n > 1 {
			note += fmt.Sprintf("; it repeats: number %d of its kind", n)
		}
		c := link(f.Statement, "/findings/"+f.ID).noted(note).proved(f.Seq)
		c.mark = findingMark(f)
		p.lines = append(p.lines, c)
	}
	return capped(p)
}

// whatWouldMakeItWrong takes the newest decision that counts.
func (r *request) whatWouldMakeItWrong() part {
	p := part{title: "What would make the last decision wrong", empty: "No decision is in effect."}
	for _, d := range newestFirst(r.moment.View.State.Decision.All()) {
		if d.Status != decision.InEffect {
			continue
		}
		p.empty = "Its file names no condition, event or review day that would end it."
		p.note = or(d.File.Title, d.File.ID) + " (" + d.File.ID + ", in effect since " + day(d.EffectAt) + ")."
		p.lines = decisionAsked(d)[1].lines
		break
	}
	return p
}

func (r *request) endingSoon() part {
	p := part{title: "Exceptions that end within 30 days", empty: "None."}
	for _, x := range app.Exceptions(r.moment) {
		if x.Ends != 0 && x.Within(30, r.moment.Now) && !x.Ended(r.moment.Now) {
			p.lines = append(p.lines, text(x.About).noted("ends "+instant(x.Ends)))
		}
	}
	return capped(p)
}

// mostSince is how many new entries the page shows.
const mostSince = 200

// sincePage says what changed since somebody last looked. Where they last looked
// stands in a cookie of this site and nowhere else.
func sincePage(r *request) (answer, error) {
	at := r.URL.Query().Get("from")
	if at == "" {
		if c, err := r.Cookie(lookedCookie); err == nil {
			if n, err := strconv.ParseInt(c.Value, 10, 64); err == nil && n >= 1 && n <= r.moment.View.Size {
				at = c.Value
			}
		}
	}
	a := answer{title: "Since you last looked", question: "What changed, and why?", here: "/since", wide: true}
	if r.person != "" {
		a.cookie = &http.Cookie{Name: lookedCookie, Value: strconv.FormatInt(r.moment.View.Size, 10), Path: r.site.Base + "/since", MaxAge: int((365 * 24 * time.Hour).Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode}
	}
	parts := []part{{forms: []form{{action: "/since", get: true, button: "Show what changed", inputs: []input{{name: "from", label: "Since when", kind: "text", value: at, required: true, hint: "A day such as 2025-05-22, a time, or the number of the first entry that you have not seen."}}}}}}
	if at == "" {
		parts[0].note = "Nothing says yet when you last looked."
		return sheetOf(r, a, parts)
	}
	then, err := r.site.App.Since(r.Context(), at)
	if err != nil {
		return answer{}, err
	}
	changed, err := r.changed(then)
	if err != nil {
		return answer{}, err
	}
	return sheetOf(r, a, append(parts, changed...))
}

const lookedCookie = "holdpoint_looked"

func (r *request) changed(then app.Moment) ([]part, error) {
	answers := list{id: "answers", caption: "Answers of the gate that changed", columns: []column{{id: "model", title: "Model"}, {id: "action", title: "Action"}, {id: "was", title: "Was"}, {id: "now", title: "Is now"}, {id: "because", title: "Because"}}, empty: "No answer of the gate is another one than it was."}
	for _, c := range r.site.App.Changes(then, r.moment) {
		was := text("not there")
		if c.Before != nil {
			was = marked(markOfOutcome(c.Before.Outcome), "")
		}
		answers.rows = append(answers.rows, row{cells: []cell{link(c.Model, "/models/"+c.Model), link(words(c.Action), gateHref(c.After.Ask)), was, marked(markOfOutcome(c.After.Outcome), ""), text(firstOf(reasons(c.After)))}})
	}
	news := list{id: "entries", caption: "New entries", columns: []column{{id: "seq", title: "Entry", number: true}, {id: "says", title: "What happened, and why"}, {id: "by", title: "By"}, {id: "at", title: "Recorded"}}, empty: "Nothing was recorded since."}
	from := max(then.View.Size, r.moment.View.Size-mostSince)
	told, err := r.teller()
	if err != nil {
		return nil, err
	}
	for e, err := range r.site.App.Entries(r.Context(), from, r.moment.View.Size) {
		if err != nil {
			return nil, err
		}
		says, why := told(e)
		news.rows = append(news.rows, row{cells: []cell{link(strconv.FormatInt(e.Seq, 10), entryHref(e.Seq)).by(e.Seq), text(says).noted(why), text(r.named(e.Actor)), text(instant(e.RecordedAt)).by(e.RecordedAt)}})
	}
	p := part{title: plural(r.moment.View.Size-then.View.Size, "new entry", "new entries"), table: &news}
	if from > then.View.Size {
		p.note = fmt.Sprintf("The newest %d are shown. The journal has the others.", mostSince)
	}
	return []part{{title: "The gate's answers", note: "Compared with " + instant(then.Now) + ", before entry " + strconv.FormatInt(then.View.Size, 10) + ".", table: &answers}, p}, nil
}
