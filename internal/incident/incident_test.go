// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package incident_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/incident"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/rule"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

const hour = int64(3_600_000)

// noon is when the incidents of these tests happen; the histories begin a day
// later.
var noon = deadline.Day("2025-06-02").Start() + 12*hour

// history is a journal in memory whose every entry is checked as a verifier
// would before it is folded.
type history struct {
	t   testing.TB
	w   world.World
	now int64
}

type rules func(w world.World, act entry.Act) ([]entry.Draft, error)

func (h *history) try(decide rules) (string, error) {
	h.now++
	act := entry.Act{Actor: access.Operator, Seq: h.w.Seq, Now: h.now}
	drafts, err := decide(h.w, act)
	if err != nil {
		return "", err
	}
	for i, d := range drafts {
		e := entry.Entry{Header: proof.Header{Seq: act.Seq + int64(i), RecordedAt: act.Now, Type: d.Type, V: d.V, Actor: act.Actor}, Body: d.Body}
		if err := h.w.Check(e); err != nil {
			h.t.Fatalf("what was just decided does not check: %s: %v", d.Type, err)
		}
		if h.w, err = h.w.Fork().Apply(e); err != nil {
			h.t.Fatalf("%s: %v", d.Type, err)
		}
	}
	return act.ID("incident", 0), nil
}

func (h *history) do(decide rules) string {
	h.t.Helper()
	id, err := h.try(decide)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// begin has the model m, a person who leads, and a program.
func begin(t testing.TB) *history {
	t.Helper()
	h := &history{t: t, now: noon + 24*hour}
	for id, kind := range map[string]access.Kind{"lead": access.Human, "bot": access.Automation} {
		h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Access.AddPerson(access.NewPerson{ID: id, Kind: kind}, act)
		})
	}
	h.do(func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Model.Register(model.NewModel{Registered: model.Registered{Model: "m"}}, act)
	})
	return h
}

func jailbreak() incident.Declared {
	return incident.Declared{
		Kind: incident.Jailbreak, Title: "a prompt gets around the classifier", Commander: "lead", Models: []string{"m"},
		Times: incident.Times{Occurred: noon, Detected: noon + hour}, Universality: "one domain", TargetHours: 4,
	}
}

func declare(in incident.Declared) rules {
	return func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Incident.Declare(in, entry.Provenance{}, w.IncidentSee(), act)
	}
}

func update(in incident.Updated) rules {
	return func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Incident.Update(in, w.IncidentSee(), act)
	}
}

func finish(in incident.Closed) rules {
	return func(w world.World, _ entry.Act) ([]entry.Draft, error) { return w.Incident.Close(in) }
}

func closing(id string) incident.Closed {
	return incident.Closed{Incident: id, PostMortem: incident.PostMortem{Text: "the filter looked at one language only"}, Lessons: []string{"test in every language"}}
}

func mended(id string) incident.Updated {
	return incident.Updated{Incident: id, Response: incident.Response{Identified: noon + 2*hour, Remediated: noon + 5*hour}}
}

func retested(id string, passed bool) incident.Updated {
	return incident.Updated{Incident: id, Retest: &incident.Retest{Statement: "forty attempts", Passed: passed}}
}

func (h *history) find(id string) incident.Incident {
	h.t.Helper()
	v, err := h.w.Incident.Find(id)
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

// RAP-1, RAP-6, RAP-8: a jailbreak from its declaration to its post-mortem, with
// its two spans and its target.
func TestJailbreak(t *testing.T) {
	h := begin(t)
	id := h.do(declare(jailbreak()))
	v := h.find(id)
	if v.Status() != incident.IsOpen || !v.TimeToIdentify().Unknown || !v.TimeToRemediate().Unknown || len(v.Missing()) != 3 {
		t.Errorf("%+v", v)
	}
	if met, set := v.TargetMet(h.now); met != rule.CannotTell || !set {
		t.Errorf("target %v %v", met, set)
	}
	h.do(update(incident.Updated{Incident: id, Response: incident.Response{Identified: noon + 2*hour}}))
	if v = h.find(id); v.Status() != incident.IsIdentified || v.TimeToIdentify().Length != 2*hour {
		t.Errorf("%+v", v)
	}
	// The target passes by the hour alone.
	for at, want := range map[int64]rule.Status{noon + 6*hour: rule.CannotTell, noon + 6*hour + 1: rule.NotMet} {
		if met, _ := v.TargetMet(at); met != want {
			t.Errorf("at %d the target is %v, want %v", at, met, want)
		}
	}
	h.do(update(incident.Updated{Incident: id, Response: incident.Response{Remediated: noon + 5*hour}}))
	h.do(update(retested(id, true)))
	if v = h.find(id); v.Status() != incident.IsRemediated || v.TimeToRemediate().Length != 3*hour || len(v.Missing()) != 0 {
		t.Errorf("%+v", v)
	}
	if met, _ := v.TargetMet(h.now); met != rule.Met {
		t.Errorf("target %v", met)
	}
	h.do(finish(closing(id)))
	// The report to others may be later than the mending.
	h.do(update(incident.Updated{Incident: id, Times: incident.Times{Aware: noon + hour, Determined: noon + 2*hour, Submitted: noon + 20*hour}}))
	if v = h.find(id); v.Status() != incident.IsClosed || v.Submitted != noon+20*hour || v.Occurred != noon {
		t.Errorf("%+v", v)
	}
}

func TestRefusals(t *testing.T) {
	h := begin(t)
	id := h.do(declare(jailbreak()))
	done := h.do(declare(incident.Declared{Kind: incident.NearMiss, Title: "a key lay in a shared folder"}))
	h.do(finish(closing(done)))
	change := func(edit func(*incident.Declared)) rules {
		in := jailbreak()
		edit(&in)
		return declare(in)
	}
	at := func(in incident.Times) rules { return update(incident.Updated{Incident: id, Times: in}) }
	for name, c := range map[string]struct {
		act   rules
		kind  fault.Kind
		words string
	}{
		"no kind":               {change(func(d *incident.Declared) { d.Kind = "oops" }), fault.Invalid, "not a kind"},
		"no title":              {change(func(d *incident.Declared) { d.Title = "" }), fault.Invalid, "the title is missing"},
		"a title like a book":   {change(func(d *incident.Declared) { d.Title = strings.Repeat("x", 1001) }), fault.Invalid, "no title"},
		"led by nobody known":   {change(func(d *incident.Declared) { d.Commander = "x" }), fault.NotFound, "no person who is known"},
		"led by a program":      {change(func(d *incident.Declared) { d.Commander = "bot" }), fault.NotFound, "no person who is known"},
		"no such model":         {change(func(d *incident.Declared) { d.Models = []string{"n"} }), fault.NotFound, "no model"},
		"universal, no break":   {change(func(d *incident.Declared) { d.Kind = incident.General }), fault.Invalid, "of a jailbreak"},
		"a target before":       {change(func(d *incident.Declared) { d.TargetHours = -1 }), fault.Invalid, "cannot be met"},
		"in the future":         {change(func(d *incident.Declared) { d.Detected = h.now + hour }), fault.Invalid, "still to come"},
		"before time":           {change(func(d *incident.Declared) { d.Occurred = -5 }), fault.Invalid, "before 1970"},
		"detected before":       {change(func(d *incident.Declared) { d.Detected = noon - 1 }), fault.Invalid, "it cannot be detected at 2025-06-02T11:59:59.999Z and occurred only at"},
		"submitted before":      {at(incident.Times{Submitted: noon + hour - 1}), fault.Invalid, "it cannot be submitted"},
		"identified before":     {update(incident.Updated{Incident: id, Response: incident.Response{Identified: noon - 1}}), fault.Invalid, "it cannot be identified"},
		"remediated before":     {update(incident.Updated{Incident: id, Response: incident.Response{Identified: noon + 2, Remediated: noon + 1}}), fault.Invalid, "it cannot be remediated"},
		"another time, no word": {at(incident.Times{Occurred: noon - 1}), fault.Conflict, "it was stated that"},
		"the same time":         {at(incident.Times{Occurred: noon}), fault.Conflict, "recorded already"},
		"nothing":               {update(incident.Updated{Incident: id}), fault.Usage, "nothing is said"},
		"nothing to correct":    {update(incident.Updated{Incident: id, Times: incident.Times{Aware: noon + hour}, Correction: "x"}), fault.Usage, "nothing is corrected"},
		"no such incident":      {update(incident.Updated{Incident: "incident-0", Note: "x"}), fault.NotFound, "no incident"},
		"re-test of nothing":    {update(retested(id, true)), fault.Conflict, "nothing to test again"},
		"closing too early":     {finish(closing(id)), fault.Conflict, "identified; nothing says when it was remedied; it was not tested again"},
		"closing again":         {finish(closing(done)), fault.Conflict, "was closed by entry"},
		"mending what is over":  {update(mended(done)), fault.Conflict, "is closed"},
		"closing what is not":   {finish(closing("incident-0")), fault.NotFound, "no incident"},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			size := h.w.Seq
			_, err := h.try(c.act)
			if fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.words) {
				t.Errorf("%v (%s), want %s: %s", err, fault.KindOf(err), c.kind, c.words)
			}
			if h.w.Seq != size {
				t.Error("a refusal changed something")
			}
		})
	}
}

// RAP-8, RAP-10: nothing closes without a post-mortem, a near miss neither, and
// a document has a digest.
func TestPostMortem(t *testing.T) {
	h := begin(t)
	id := h.do(declare(incident.Declared{Kind: incident.NearMiss, Title: "nearly"}))
	for name, p := range map[string]incident.PostMortem{
		"none": {}, "blank": {Text: " \n"}, "a document that may change": {Document: &entry.Ref{Kind: "document", ID: "report.pdf"}},
		"no document": {Document: &entry.Ref{Digest: strings.Repeat("ab", 32)}},
	} {
		if _, err := h.try(finish(incident.Closed{Incident: id, PostMortem: p})); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.do(finish(incident.Closed{Incident: id, PostMortem: incident.PostMortem{Document: &entry.Ref{Kind: "document", ID: "report.pdf", Digest: strings.Repeat("ab", 32)}}}))
	if v := h.find(id); v.Status() != incident.IsClosed {
		t.Error(v.Status())
	}
}

// A jailbreak that was mended anew is tested anew, and one that still works is
// not closed.
func TestRetestIsOfTheLastMending(t *testing.T) {
	h := begin(t)
	id := h.do(declare(jailbreak()))
	h.do(update(mended(id)))
	h.do(update(retested(id, false)))
	if got := h.find(id).Missing(); !slices.Equal(got, []string{"it still worked when it was tested again"}) {
		t.Errorf("%v", got)
	}
	h.do(update(retested(id, true)))
	again := incident.Updated{Incident: id, Response: incident.Response{Remediated: noon + 9*hour}, Correction: "the first mending did not hold"}
	h.do(update(again))
	if got := h.find(id).Missing(); !slices.Equal(got, []string{"it was not tested again since it was remedied"}) {
		t.Errorf("%v", got)
	}
	if met, _ := h.find(id).TargetMet(h.now); met != rule.NotMet {
		t.Errorf("target %v", met)
	}
}

// A stated time is corrected with a reason, and the former is kept.
func TestCorrection(t *testing.T) {
	h := begin(t)
	id := h.do(declare(jailbreak()))
	h.do(update(incident.Updated{Incident: id, Times: incident.Times{Occurred: noon - hour}, Correction: "the clock of the log was wrong"}))
	v := h.find(id)
	if v.Occurred != noon-hour || v.Detected != noon+hour || len(v.Updates) != 1 || v.Updates[0].Correction == "" {
		t.Errorf("%+v", v)
	}
}

// Whatever is tried, no incident disappears, goes back, or forgets a time.
func TestNothingGoesBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := begin(t)
		var ids []string
		rank := map[string]int{}
		for range rapid.IntRange(5, 25).Draw(rt, "acts") {
			id := "incident-0"
			if len(ids) > 0 {
				id = rapid.SampledFrom(ids).Draw(rt, "incident")
			}
			at := noon + rapid.Int64Range(-2, 2).Draw(rt, "hours")*hour
			acts := []rules{
				declare(jailbreak()), update(mended(id)), update(retested(id, rapid.Bool().Draw(rt, "passed"))), finish(closing(id)),
				update(incident.Updated{Incident: id, Times: incident.Times{Aware: at}}),
				update(incident.Updated{Incident: id, Times: incident.Times{Occurred: at}, Correction: "it was stated wrongly"}),
				update(incident.Updated{Incident: id, Response: incident.Response{Remediated: at + 4*hour}, Correction: "it was stated wrongly"}),
			}
			n := rapid.IntRange(0, len(acts)-1).Draw(rt, "act")
			before := map[string]incident.Clock{}
			for _, id := range ids {
				before[id] = h.find(id).Clock()
			}
			got, err := h.try(acts[n])
			if err == nil && n == 0 {
				ids = append(ids, got)
			}
			if len(h.w.Incident.All()) != len(ids) {
				rt.Fatalf("%d incidents of %d", len(h.w.Incident.All()), len(ids))
			}
			for _, id := range ids {
				v := h.find(id)
				now := slices.Index(incident.Statuses(), v.Status())
				if now < rank[id] {
					rt.Fatalf("%s went back to %s", id, v.Status())
				}
				rank[id] = now
				if v.Closing != nil && len(v.Missing()) > 0 {
					rt.Fatalf("%s was closed and lacks %v", id, v.Missing())
				}
				if was := before[id]; was.Occurred != 0 && v.Occurred == 0 || was.Aware != 0 && v.Aware == 0 || was.Remediated != 0 && v.Remediated == 0 {
					rt.Fatalf("%s forgot a time", id)
				}
			}
		}
	})
}

// An entry about an incident that is not there stops the fold, and a forged one
// is found.
func TestForgedAndStray(t *testing.T) {
	h := begin(t)
	other := begin(t)
	id := other.do(declare(incident.Declared{Kind: incident.General, Title: "another"}))
	drafts, err := finish(closing(id))(other.w, entry.Act{})
	if err != nil {
		t.Fatal(err)
	}
	e := entry.Entry{Header: proof.Header{Seq: h.w.Seq, RecordedAt: h.now, Type: drafts[0].Type, V: 1, Actor: "lead"}, Body: drafts[0].Body}
	if _, err := h.w.Fork().Apply(e); fault.KindOf(err) != fault.Corrupt {
		t.Error(err)
	}
	// The same entry, about a jailbreak that nobody mended.
	if got := h.do(declare(jailbreak())); got != id {
		t.Fatalf("%s is not %s", got, id)
	}
	if err := h.w.Check(e); fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
}
