// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/incident"
	"github.com/holdpoint/holdpoint/internal/obligation"
)

func dutyRoutes() []route {
	return []route{
		{"GET", "/duties", dutiesPage},
		{"GET", "/duties/{id}", dutyPage},
		{"POST", "/duties/{id}/complete", completeDuty},
		{"POST", "/duties/{id}/note", noteDuty},
		{"GET", "/findings", findingsPage},
		{"GET", "/findings/{id}", findingPage},
		{"POST", "/findings/{id}/rate", rateFinding},
		{"POST", "/findings/{id}/resolve", resolveFinding},
		{"POST", "/findings/{id}/verify", verifyFinding},
		{"GET", "/incidents", incidentsPage},
		{"GET", "/incidents/{id}", incidentPage},
		{"GET", "/restrictions", restrictionsPage},
	}
}

func dutyMark(s obligation.Status) mark {
	switch s {
	case obligation.IsMissed:
		return late
	case obligation.DueSoon:
		return due
	case obligation.DoneOnTime:
		return done
	case obligation.DoneLate:
		return "done late"
	case obligation.IsWaived:
		return "waived"
	case obligation.Unknown:
		return cannotTell
	}
	return "scheduled"
}

// dutiesPage lists the dated duties, what is late first.
func dutiesPage(r *request) (answer, error) {
	w := r.moment.View.State
	only := r.URL.Query().Get("status")
	count := map[obligation.Status]int{}
	byStatus := map[obligation.Status][]row{}
	for _, d := range w.Obligation.All() {
		d = w.AsDecided(d, r.moment.Now)
		st := d.At(r.moment.Now)
		count[st.Status]++
		by := text(or(string(d.Now.Day), "no date")).by(d.Now.Last)
		if st.Status == obligation.DoneLate && st.VarianceDays != nil {
			by.note = plural(*st.VarianceDays, "day", "days") + " late"
		}
		byStatus[st.Status] = append(byStatus[st.Status], row{alarm: st.Status == obligation.IsMissed, cells: []cell{
			marked(dutyMark(st.Status), ""), link(w.DutyTitle(d), "/duties/"+d.ID).noted(d.About()), by, text(r.roleTitle(d.Owner)), text(st.Reason).proved(d.Seq),
		}})
	}
	l := list{
		id: "duties", caption: "Duties", columns: []column{{id: "status", title: "Stands"}, {id: "duty", title: "Duty"}, {id: "due", title: "Due"}, {id: "owner", title: "Owed by"}, {id: "why", title: "Why"}},
		empty: "No duty of this kind. Duties begin by themselves when a fact starts one.",
	}
	chips := []cell{link("All", "/duties")}
	for _, s := range obligation.Statuses() {
		if count[s] > 0 {
			chips = append(chips, link(fmt.Sprintf("%s: %d", dutyMark(s).word(), count[s]), "/duties?status="+string(s)))
		}
		if only == "" || only == string(s) {
			l.rows = append(l.rows, byStatus[s]...)
		}
	}
	return sheetOf(r, answer{title: "Duties and findings", question: "What do we owe by when, what is late, and what did we miss?", here: "/duties", wide: true}, []part{
		{lines: []cell{link("Findings of noncompliance", "/findings"), link("Incidents", "/incidents"), link("Restrictions and responses", "/restrictions")}},
		{title: "Shown", lines: chips}, {table: &l},
	})
}

func dutyPage(r *request) (answer, error) {
	w := r.moment.View.State
	d, err := w.Obligation.Duty(r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	d = w.AsDecided(d, r.moment.Now)
	st := d.At(r.moment.Now)
	p := part{facts: []fact{
		{"Stands", marked(dutyMark(st.Status), st.Reason).proved(d.Seq)}, {"About", text(d.About())}, {"Due", text(or(string(d.Now.Day), "no date can be told"))},
		{"Owed by", text(r.roleTitle(d.Owner))}, {"Began", text(instant(d.Started)).proved(d.StartSeq)}, {"Under", link(d.Policy+" "+d.Clause, "/policy")}, {"How well known", text(d.Grade.String())},
	}}
	if d.Done != nil {
		p.facts = append(p.facts, fact{"Done", text(string(d.Done.On)).noted(d.Done.Note).proved(d.Done.Seq)})
	}
	for _, x := range []*obligation.Relief{d.Waiver, d.Extended} {
		if x != nil {
			p.facts = append(p.facts, fact{"Let off", link(x.Decision, "/decisions/"+x.Decision).noted("until " + string(x.Until) + ": " + x.Reason).proved(x.Seq)})
		}
	}
	for _, n := range d.Notes {
		p.lines = append(p.lines, text(n.Text).proved(n.Seq))
	}
	mine := holds(r.roles, d.Owner) && r.site.Kind != Record
	if mine && d.Done == nil {
		p.forms = append(p.forms, form{action: "/duties/" + d.ID + "/complete", title: "It was done", button: "Say that it was done", inputs: []input{
			{name: "on", label: "On which day", kind: "date", required: true, value: day(r.moment.Now)}, {name: "note", label: "What was done, in a sentence", kind: "area", required: true}}})
	}
	if mine && d.Breach != nil {
		p.forms = append(p.forms, form{action: "/duties/" + d.ID + "/note", title: "Why it was missed", button: "Record it", inputs: []input{{name: "text", label: "In a sentence, without names", kind: "area", required: true}}})
	}
	if !mine && d.Done == nil && r.site.Kind != Record {
		p.note = "Only who holds the role " + r.roleTitle(d.Owner) + " can say that it was done."
	}
	return sheetOf(r, answer{title: w.DutyTitle(d), question: "When is it due, and was it done?", here: "/duties"}, []part{p})
}

func completeDuty(r *request) (answer, error) {
	on, err := deadline.ParseDay(r.PostFormValue("on"))
	if err != nil {
		return answer{}, err
	}
	id := r.PathValue("id")
	_, err = r.do(app.CompleteDuty(obligation.Completing{Duty: id, On: on, Note: r.PostFormValue("note")}))
	return answer{to: "/duties/" + id}, err
}

func noteDuty(r *request) (answer, error) {
	id := r.PathValue("id")
	_, err := r.do(app.NoteDuty(obligation.Noted{Duty: id, Text: r.PostFormValue("text")}))
	return answer{to: "/duties/" + id}, err
}

// findingsPage lists what was not as the policy asks, and whether it repeats.
func findingsPage(r *request) (answer, error) {
	all := r.moment.View.State.Finding.All()
	repeats := finding.Repeats(all)
	l := list{id: "findings", caption: "Findings, newest first",
		columns: []column{{id: "finding", title: "Finding"}, {id: "what", title: "What was not as it should be"}, {id: "status", title: "Stands"}, {id: "rating", title: "How bad"}, {id: "by", title: "Found by"}, {id: "opened", title: "Found"}, {id: "repeat", title: "Time in the record", number: true}},
		empty:   "Nothing was found. A missed date becomes a finding by itself; a person opens one with: holdpoint finding open."}
	quarters := list{id: "trend", caption: "Findings by quarter", columns: []column{{id: "quarter", title: "Quarter"}, {id: "machine", title: "Found by the machine", number: true}, {id: "person", title: "By a person", number: true}, {id: "source", title: "Told by a source", number: true}}, empty: "No quarter has a finding."}
	n := map[string]map[finding.FoundBy]int{}
	var order []string
	for i := len(all) - 1; i >= 0; i-- {
		f := all[i]
		l.rows = append(l.rows, row{cells: []cell{link(f.ID, "/findings/"+f.ID).by(f.Seq), text(f.Statement).noted(words(string(f.Category))),
			marked(findingMark(f), ""), text(or(string(f.Rating()), "not rated")), text(string(f.FoundBy)), text(day(f.At)).proved(f.Seq), counted(repeats[f.ID])}})
		q := quarterOf(f.At)
		if n[q] == nil {
			n[q] = map[finding.FoundBy]int{}
			order = append(order, q)
		}
		n[q][f.FoundBy]++
	}
	for _, q := range order {
		quarters.rows = append(quarters.rows, row{cells: []cell{text(q), counted(n[q][finding.ByMachine]), counted(n[q][finding.ByPerson]), counted(n[q][finding.BySource])}})
	}
	return sheetOf(r, answer{title: "Findings", question: "What did we miss, who noticed, and does it repeat?", here: "/duties", wide: true}, []part{{table: &l}, {title: "By quarter", table: &quarters}})
}

func quarterOf(ms int64) string {
	d := day(ms)
	month, _ := strconv.Atoi(d[5:7])
	return fmt.Sprintf("%s Q%d", d[:4], (month+2)/3)
}

func findingMark(f finding.Finding) mark {
	switch f.Status() {
	case finding.IsVerified:
		return done
	case finding.IsOpen:
		return open
	}
	return mark(f.Status())
}

func findingPage(r *request) (answer, error) {
	f, err := r.moment.View.State.Finding.Find(r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	p := part{facts: []fact{
		{"Stands", marked(findingMark(f), "").proved(f.Seq)}, {"Found", text(day(f.At) + ", by " + string(f.FoundBy))}, {"Kind", text(words(string(f.Category)))},
		{"About", text(strings.TrimSpace(f.About.Kind + " " + f.About.ID))}, {"Rule", link(strings.TrimSpace(f.Policy+" "+f.Clause+" "+f.Rule), "/policy")},
		{"Answers for it", text(or(r.roleTitle(f.Owner), "whoever records"))}, {"How well known", text(f.Grade.String())},
	}}
	if f.VarianceDays != nil {
		p.facts = append(p.facts, fact{"Late when found", text(plural(*f.VarianceDays, "day", "days"))})
	}
	for _, x := range f.Ratings {
		p.lines = append(p.lines, text("Rated "+string(x.Rating)+" on "+day(x.At)+": "+x.Argument).proved(x.Seq))
	}
	for _, x := range f.Resolutions {
		p.lines = append(p.lines, text("It happened because: "+x.RootCause).noted("What was done: "+x.CorrectiveAction+" "+x.Mitigating).proved(x.Seq))
	}
	if v := f.Verification; v != nil {
		p.lines = append(p.lines, text("Verified by "+r.named(v.By)+": "+v.Statement).proved(v.Seq))
	}
	for _, x := range f.Lessons {
		p.lines = append(p.lines, text("Learned: "+x.Lesson+" ("+x.Change+")").proved(x.Seq))
	}
	if f.Told != "" {
		p.lines = append(p.lines, text("Learned, as the source says: "+f.Told))
	}
	r.findingForms(f, &p)
	return sheetOf(r, answer{title: f.Statement, question: "What was not as it should be, how bad is it, and is it mended?", here: "/duties"}, []part{p})
}

func (r *request) findingForms(f finding.Finding, p *part) {
	if r.site.Kind == Record {
		return
	}
	if r.person == "" {
		p.note = "Nobody is signed in. Sign in to rate, resolve or verify it."
		return
	}
	base := "/findings/" + f.ID
	rate := form{action: base + "/rate", title: "Say how bad it is", button: "Rate", inputs: []input{
		{name: "rating", label: "How bad", kind: "pick", options: []option{{"minimal", "minimal: reported with the quarter"}, {"material", "material: reported promptly"}}}, {name: "argument", label: "Why", kind: "area", required: true}}}
	resolve := form{action: base + "/resolve", title: "Say what was done", button: "Resolve", inputs: []input{
		{name: "root_cause", label: "Why it happened", kind: "area", required: true}, {name: "corrective_action", label: "What was done so that it does not happen again", kind: "area", required: true}, {name: "mitigating", label: "What made it less bad than it could have been", kind: "area"}}}
	verify := form{action: base + "/verify", title: "Verify that it is mended", button: "Verify", hint: "Somebody else than who resolved it.", inputs: []input{{name: "statement", label: "How you saw it", kind: "area", required: true}}}
	switch f.Status() {
	case finding.IsOpen:
		p.forms = []form{rate}
	case finding.IsRated:
		p.forms = []form{resolve}
	case finding.IsResolved:
		p.forms = []form{verify}
	}
}

func rateFinding(r *request) (answer, error) {
	id := r.PathValue("id")
	_, err := r.do(app.RateFinding(finding.Rated{Finding: id, Rating: finding.Rating(r.PostFormValue("rating")), Argument: r.PostFormValue("argument")}))
	return answer{to: "/findings/" + id}, err
}

func resolveFinding(r *request) (answer, error) {
	id := r.PathValue("id")
	_, err := r.do(app.ResolveFinding(finding.Resolved{Finding: id, RootCause: r.PostFormValue("root_cause"), CorrectiveAction: r.PostFormValue("corrective_action"), Mitigating: r.PostFormValue("mitigating")}))
	return answer{to: "/findings/" + id}, err
}

func verifyFinding(r *request) (answer, error) {
	id := r.PathValue("id")
	_, err := r.do(app.VerifyFinding(finding.Verified{Finding: id, Statement: r.PostFormValue("statement")}))
	return answer{to: "/findings/" + id}, err
}

func incidentsPage(r *request) (answer, error) {
	l := list{id: "incidents", caption: "Incidents", columns: []column{{id: "incident", title: "Incident"}, {id: "title", title: "What happened"}, {id: "status", title: "Stands"}, {id: "declared", title: "Declared"}}, empty: "No incident was declared. Declare one with: holdpoint incident declare."}
	for _, v := range r.moment.View.State.Incident.All() {
		m := open
		if v.Status() == incident.IsClosed {
			m = ended
		}
		l.rows = append(l.rows, row{cells: []cell{link(v.ID, "/incidents/"+v.ID).by(v.Seq), text(v.Title).noted(words(string(v.Kind))), marked(m, words(string(v.Status()))), text(instant(v.At)).proved(v.Seq)}})
	}
	return sheetOf(r, answer{title: "Incidents", question: "What happened, and how fast was it answered?", here: "/duties", wide: true}, []part{{table: &l}})
}

func incidentPage(r *request) (answer, error) {
	v, err := r.moment.View.State.Incident.Find(r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	c := v.Clock()
	known := func(ms int64) cell {
		if ms == 0 {
			return marked(cannotTell, "nobody has stated it")
		}
		return text(instant(ms))
	}
	p := part{facts: []fact{
		{"Stands", text(words(string(v.Status()))).proved(v.Seq)}, {"Kind", text(words(string(v.Kind)))}, {"Models", text(strings.Join(v.Models, ", "))}, {"Where", text(strings.Join(v.Deployments, ", "))},
		{"Occurred", known(c.Occurred)}, {"Detected", known(c.Detected)}, {"Known", known(c.Aware)}, {"Determined", known(c.Determined)}, {"Reported", known(c.Submitted)},
		{"Identified", known(c.Identified)}, {"Remedied", known(c.Remediated)}, {"Leads the response", text(or(r.named(v.Commander), "nobody named"))},
	}, lines: lines(v.Missing()...)}
	if len(p.lines) > 0 {
		p.note = "Before it can be closed it lacks:"
	}
	for _, h := range v.Holds {
		p.facts = append(p.facts, fact{"Stopped", link(h, "/holds/"+h)})
	}
	if x := v.Closing; x != nil {
		p.facts = append(p.facts, fact{"Closed", text(instant(x.At)).noted(x.PostMortem.Text).proved(x.Seq)})
		p.lines = lines(x.Lessons...)
		p.note = "What was learned:"
	}
	return sheetOf(r, answer{title: v.Title, question: "What happened, when was it known, and what was done?", here: "/duties"}, []part{p})
}

func restrictionsPage(r *request) (answer, error) {
	w := r.moment.View.State
	owed := list{id: "responses", caption: "Responses owed", columns: []column{{id: "due", title: "By when"}, {id: "what", title: "What is live and held"}, {id: "owner", title: "Answers for it"}}, empty: "Nothing that is live and held waits for an answer."}
	for _, x := range w.Restriction.Waiting() {
		m := due
		if x.Late(r.moment.Now) {
			m = late
		}
		owed.rows = append(owed.rows, row{alarm: m == late, cells: []cell{marked(m, instant(x.Due)).by(x.Due), link(x.Model+" in "+x.Environment+" ("+words(x.Action)+")", "/models/"+x.Model).proved(x.Seq), text(r.roleTitle(x.Owner))}})
	}
	orders := list{id: "restrictions", caption: "Restrictions", columns: []column{{id: "restriction", title: "Restriction"}, {id: "what", title: "What is restricted"}, {id: "state", title: "How far"}, {id: "decision", title: "Decided by"}}, empty: "Nothing was restricted."}
	for _, o := range w.Restriction.Orders() {
		orders.rows = append(orders.rows, row{cells: []cell{text(o.ID).by(o.Seq).proved(o.Seq), link(o.Kind.Words()+" of "+o.Model, "/models/"+o.Model), text(words(o.State())).proved(steps(o.Executed.Seq, o.Verified.Seq, o.Lifted.Seq)...), link(o.Decision, "/decisions/"+o.Decision)}})
	}
	return sheetOf(r, answer{title: "Restrictions and responses", question: "What is live and held, who must answer, and what was restricted?", here: "/duties", wide: true}, []part{{title: "Responses owed", table: &owed}, {title: "Restrictions", table: &orders}})
}

// steps leaves out the acts that were not done.
func steps(all ...int64) []int64 {
	var done []int64
	for _, s := range all {
		if s != 0 {
			done = append(done, s)
		}
	}
	return done
}
