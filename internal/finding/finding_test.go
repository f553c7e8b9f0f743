// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package finding_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/finding"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/packs"
	"github.com/holdpoint/holdpoint/proof"
)

// history is a journal in memory whose every entry is checked as a verifier
// would before it is folded.
type history struct {
	t   testing.TB
	w   world.World
	now int64
}

type rule func(w world.World, act entry.Act) ([]entry.Draft, error)

func (h *history) try(actor string, decide rule) (string, error) {
	h.now++
	act := entry.Act{Actor: actor, Seq: h.w.Seq, Now: h.now}
	drafts, err := decide(h.w, act)
	if err != nil {
		return "", err
	}
	for i, d := range drafts {
		e := entry.Entry{Header: proof.Header{Seq: act.Seq + int64(i), RecordedAt: act.Now, Type: d.Type, V: d.V, Actor: actor}, Body: d.Body}
		if err := h.w.Check(e); err != nil {
			h.t.Fatalf("what was just decided does not check: %s: %v", d.Type, err)
		}
		if h.w, err = h.w.Fork().Apply(e); err != nil {
			h.t.Fatalf("%s: %v", d.Type, err)
		}
	}
	return act.ID("finding", 0), nil
}

func (h *history) do(actor string, decide rule) string {
	h.t.Helper()
	id, err := h.try(actor, decide)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// begin has anthropic-rsp@2.2, three people and a program.
func begin(t testing.TB) *history {
	t.Helper()
	h := &history{t: t, now: deadline.Day("2025-06-02").Start()}
	p, err := policy.LoadRef("anthropic-rsp@2.2", packs.Source)
	if err != nil {
		t.Fatal(err)
	}
	h.do(access.Operator, func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Policy.Adopt(policy.AdoptIn{Pack: p, Accept: "for the test"}, act)
	})
	for id, kind := range map[string]access.Kind{"a": access.Human, "b": access.Human, "c": access.Human, "bot": access.Automation} {
		h.do(access.Operator, func(w world.World, act entry.Act) ([]entry.Draft, error) {
			return w.Access.AddPerson(access.NewPerson{ID: id, Kind: kind}, act)
		})
	}
	return h
}

func late() finding.Opened {
	days := int64(3)
	return finding.Opened{
		Category: finding.Late, Statement: "a set of evaluations was finished three days late", Policy: "anthropic-rsp@2.2", Clause: "3.1", Rule: "D13",
		About: entry.Ref{Kind: "model", ID: "m"}, VarianceDays: &days, FoundBy: finding.ByPerson,
	}
}

func open(in finding.Opened) rule {
	return func(w world.World, _ entry.Act) ([]entry.Draft, error) { return w.Finding.Open(in, entry.Provenance{}) }
}

func rate(id string, r finding.Rating, why string) rule {
	return func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Finding.Rate(finding.Rated{Finding: id, Rating: r, Argument: why}, w.FindingSee(), act)
	}
}

func resolve(id string) rule {
	return func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Finding.Resolve(finding.Resolved{Finding: id, RootCause: "nobody kept the calendar", CorrectiveAction: "a sweep does"})
	}
}

func verify(id string) rule {
	return func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Finding.Verify(finding.Verified{Finding: id, Statement: "the sweep was seen to run"}, w.FindingSee(), act)
	}
}

func link(id, ref, element string) rule {
	return func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		in := finding.Linked{Finding: id, Lesson: "more flexibility", Policy: ref, Element: element, Change: "six months instead of three"}
		return w.Finding.Link(in, entry.Provenance{}, w.FindingSee())
	}
}

func report(in finding.Reported, how entry.Provenance) rule {
	return func(w world.World, _ entry.Act) ([]entry.Draft, error) { return w.Finding.Report(in, how) }
}

func (h *history) find(id string) finding.Finding {
	h.t.Helper()
	f, err := h.w.Finding.Find(id)
	if err != nil {
		h.t.Fatal(err)
	}
	return f
}

func refused(t *testing.T, err error, kind fault.Kind, words string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		t.Errorf("%v (%s), want a fault of kind %s that says %q", err, fault.KindOf(err), kind, words)
	}
}

// CMP-3, CMP-4: from open to verified and a lesson, each by who may.
func TestLifeOfAFinding(t *testing.T) {
	h := begin(t)
	id := h.do("a", open(late()))
	steps := []struct {
		actor string
		act   rule
		want  finding.Status
	}{
		{"a", rate(id, finding.Minimal, "the days were used to refine the evaluations"), finding.IsRated},
		{"a", resolve(id), finding.IsResolved},
		{"b", verify(id), finding.IsVerified},
		{"c", link(id, "anthropic-rsp@2.2", "CBRN-3"), finding.IsVerified},
		{"c", rate(id, finding.Material, "it came out later that a model was live"), finding.IsVerified},
	}
	if f := h.find(id); f.Status() != finding.IsOpen || f.Rating() != "" || f.By != "a" {
		t.Fatalf("%+v", f)
	}
	for i, s := range steps {
		h.do(s.actor, s.act)
		if got := h.find(id).Status(); got != s.want {
			t.Errorf("after step %d it is %s, want %s", i, got, s.want)
		}
	}
	f := h.find(id)
	r, ok := f.Resolution()
	if len(f.Ratings) != 2 || f.Rating() != finding.Material || !ok || r.By != "a" || f.Verification.By != "b" || len(f.Lessons) != 1 {
		t.Errorf("%+v", f)
	}
}

func TestRefusals(t *testing.T) {
	h := begin(t)
	fresh := h.do("a", open(late()))
	material := h.do("a", open(late()))
	h.do("a", rate(material, finding.Material, "a model was live"))
	solved := h.do("a", open(late()))
	h.do("a", rate(solved, finding.Minimal, "no model was live"))
	h.do("a", resolve(solved))
	done := h.do("a", open(late()))
	h.do("a", rate(done, finding.Minimal, "no model was live"))
	h.do(access.Operator, resolve(done))
	h.do("b", verify(done))
	change := func(edit func(*finding.Opened)) rule {
		in := late()
		edit(&in)
		return open(in)
	}
	for name, c := range map[string]struct {
		actor string
		act   rule
		kind  fault.Kind
		words string
	}{
		"no statement":                          {"a", change(func(o *finding.Opened) { o.Statement = " " }), fault.Invalid, "the statement is missing"},
		"long statement":                        {"a", change(func(o *finding.Opened) { o.Statement = strings.Repeat("x", finding.MaxText+1) }), fault.Invalid, "at most 10000"},
		"no category":                           {"a", change(func(o *finding.Opened) { o.Category = "bad luck" }), fault.Invalid, "not a category"},
		"about nothing":                         {"a", change(func(o *finding.Opened) { o.About = entry.Ref{} }), fault.Invalid, "about something"},
		"due some day":                          {"a", change(func(o *finding.Opened) { o.Due = "soon" }), fault.Invalid, "soon"},
		"found by a source":                     {"a", change(func(o *finding.Opened) { o.FoundBy = finding.BySource }), fault.Invalid, "by the machine or by a person"},
		"rating nothing":                        {"a", rate("finding-9999", finding.Minimal, "x"), fault.NotFound, "no finding of noncompliance"},
		"rating of another kind":                {"a", rate(fresh, "grave", "x"), fault.Invalid, "not a rating"},
		"rating without argument":               {"a", rate(fresh, finding.Minimal, ""), fault.Invalid, "the argument for the rating is missing"},
		"rating again":                          {"b", rate(material, finding.Material, " a model was live"), fault.Conflict, "with this argument already"},
		"lowering one's own":                    {"a", rate(material, finding.Minimal, "on second thoughts"), fault.Forbidden, "another person has to see"},
		"lowering by the owner":                 {access.Operator, rate(material, finding.Minimal, "on second thoughts"), fault.Forbidden, "only a person"},
		"lowering by a program":                 {"bot", rate(material, finding.Minimal, "computed"), fault.Forbidden, "only a person"},
		"resolving unrated":                     {"a", resolve(fresh), fault.Conflict, "was not rated"},
		"resolving verified":                    {"a", resolve(done), fault.Conflict, "was verified"},
		"verifying unresolved":                  {"b", verify(fresh), fault.Conflict, "is not resolved"},
		"verifying rated":                       {"b", verify(material), fault.Conflict, "is not resolved"},
		"verifying one's own":                   {"a", verify(solved), fault.Forbidden, "cannot also verify"},
		"verifying by the owner":                {access.Operator, verify(solved), fault.Forbidden, "only a person verifies"},
		"verifying by a program":                {"bot", verify(solved), fault.Forbidden, "only a person verifies"},
		"verifying by a stranger":               {"nobody", verify(solved), fault.Forbidden, "only a person verifies"},
		"verifying again":                       {"c", verify(done), fault.Conflict, "verified already"},
		"link to a version that is not adopted": {"a", link(done, "anthropic-rsp@2.1", "CBRN-3"), fault.NotFound, "2.1"},
		"link to an element that is not there":  {"a", link(done, "anthropic-rsp@2.2", "CBRN-9"), fault.NotFound, "no element or clause"},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			size := h.w.Seq
			_, err := h.try(c.actor, c.act)
			refused(t, err, c.kind, c.words)
			if h.w.Seq != size {
				t.Error("a refusal changed something")
			}
		})
	}
	h.do("c", link(done, "anthropic-rsp@2.2", "CBRN-3"))
	_, err := h.try("c", link(done, "anthropic-rsp@2.2", "CBRN-3"))
	refused(t, err, fault.Conflict, "linked to this change already")
}

// From material back to minimal takes another person, also when several called
// it material; whoever did not may.
func TestLoweringTakesAnother(t *testing.T) {
	h := begin(t)
	id := h.do("a", open(late()))
	h.do("a", rate(id, finding.Material, "one"))
	h.do("b", rate(id, finding.Material, "two"))
	for _, p := range []string{"a", "b"} {
		_, err := h.try(p, rate(id, finding.Minimal, "three"))
		refused(t, err, fault.Forbidden, "another person")
	}
	h.do("c", rate(id, finding.Minimal, "three"))
	if f := h.find(id); f.Rating() != finding.Minimal || len(f.Ratings) != 3 {
		t.Errorf("%+v", f.Ratings)
	}
}

// CMP-9: the review that the source tells of, with a version that was never
// adopted here.
func TestReportedFinding(t *testing.T) {
	h := begin(t)
	days := int64(3)
	in := finding.Reported{
		Category: finding.Late, Statement: "a set of evaluations was completed three days later than scheduled", Policy: "anthropic-rsp@1.0",
		About: entry.Ref{Kind: "policy", ID: "anthropic-rsp@1.0"}, VarianceDays: &days,
		Rating: finding.Minimal, Argument: "the days were used to refine the evaluations", Lesson: "more flexibility",
	}
	how := entry.Graded(grade.Attested, entry.Source{Document: "ANNOUNCEMENT"})
	how.NotPublished = []string{"N1"}
	id := h.do(access.Operator, report(in, how))
	f := h.find(id)
	if f.FoundBy != finding.BySource || f.Status() != finding.IsRated || f.Rating() != finding.Minimal || f.Grade != grade.Attested ||
		f.Told != in.Lesson || !slices.Equal(f.How.NotPublished, how.NotPublished) || f.Ratings[0].By != "" {
		t.Errorf("%+v", f)
	}
	recomputed := entry.Graded(grade.Recomputed, entry.Source{Document: "X"})
	for name, c := range map[string]struct {
		edit  func(*finding.Reported)
		how   entry.Provenance
		words string
	}{
		"no source":           {func(*finding.Reported) {}, entry.Graded(grade.Reported), "names the document"},
		"no grade":            {func(*finding.Reported) {}, entry.Provenance{Source: how.Source}, "reported or attested"},
		"recomputed":          {func(*finding.Reported) {}, recomputed, "reported or attested"},
		"rating unargued":     {func(r *finding.Reported) { r.Argument = "" }, how, "comes with"},
		"argument unrated":    {func(r *finding.Reported) { r.Rating = "" }, how, "comes with"},
		"rated as never was":  {func(r *finding.Reported) { r.Rating = "grave" }, how, "not a rating"},
		"a source that is ''": {func(*finding.Reported) {}, entry.Graded(grade.Attested, entry.Source{}), "names the document"},
	} {
		other := in
		c.edit(&other)
		_, err := h.try(access.Operator, report(other, c.how))
		if err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Board 4: what happens again is counted by category and rule.
func TestRepeats(t *testing.T) {
	h := begin(t)
	other := late()
	other.Rule = "D14"
	var ids []string
	for _, in := range []finding.Opened{late(), other, late(), late()} {
		ids = append(ids, h.do("a", open(in)))
	}
	n := finding.Repeats(h.w.Finding.All())
	got := []int{n[ids[0]], n[ids[1]], n[ids[2]], n[ids[3]]}
	if !slices.Equal(got, []int{1, 1, 2, 3}) {
		t.Errorf("%v", got)
	}
}

// Whatever is tried by whomever, no finding disappears or goes back, and its
// ratings only grow.
func TestNothingGoesBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := begin(t)
		var ids []string
		rank := map[string]int{}
		ratings := map[string]int{}
		for i := range rapid.IntRange(5, 25).Draw(rt, "acts") {
			id := "finding-0"
			if len(ids) > 0 {
				id = rapid.SampledFrom(ids).Draw(rt, "finding")
			}
			why := string(rune('a' + i))
			acts := []rule{
				open(late()), rate(id, finding.Minimal, why), rate(id, finding.Material, why), resolve(id), verify(id), link(id, "anthropic-rsp@2.2", "CBRN-3"),
			}
			n := rapid.IntRange(0, len(acts)-1).Draw(rt, "act")
			got, err := h.try(rapid.SampledFrom([]string{"a", "b", "bot", access.Operator}).Draw(rt, "actor"), acts[n])
			if err == nil && n == 0 {
				ids = append(ids, got)
			}
			if len(h.w.Finding.All()) != len(ids) {
				rt.Fatalf("%d findings of %d", len(h.w.Finding.All()), len(ids))
			}
			for _, id := range ids {
				f := h.find(id)
				now := slices.Index(finding.Statuses(), f.Status())
				if now < rank[id] || len(f.Ratings) < ratings[id] {
					rt.Fatalf("%s went back to %s", id, f.Status())
				}
				rank[id], ratings[id] = now, len(f.Ratings)
			}
		}
	})
}

// A forged entry is found: who resolved it did not verify it.
func TestCheckFindsForgery(t *testing.T) {
	h := begin(t)
	id := h.do("a", open(late()))
	h.do("a", rate(id, finding.Minimal, "x"))
	h.do("a", resolve(id))
	drafts, err := verify(id)(h.w, entry.Act{Actor: "b", Seq: h.w.Seq, Now: h.now})
	if err != nil {
		t.Fatal(err)
	}
	e := entry.Entry{Header: proof.Header{Seq: h.w.Seq, RecordedAt: h.now, Type: drafts[0].Type, V: 1, Actor: "a"}, Body: drafts[0].Body}
	refused(t, h.w.Check(e), fault.Forbidden, "cannot also verify")
	e.Actor = "b"
	if err := h.w.Check(e); err != nil {
		t.Error(err)
	}
}

// An entry about a finding that is not there stops the fold.
func TestFoldStopsOnNonsense(t *testing.T) {
	h := begin(t)
	id := h.do("a", open(late()))
	drafts, err := rate(id, finding.Minimal, "x")(h.w, entry.Act{Actor: "a", Seq: h.w.Seq, Now: h.now})
	if err != nil {
		t.Fatal(err)
	}
	var s finding.State
	e := entry.Entry{Header: proof.Header{Seq: 5, Type: drafts[0].Type, V: 1, Actor: "a"}, Body: drafts[0].Body}
	if err := s.Apply(e); fault.KindOf(err) != fault.Corrupt {
		t.Error(err)
	}
	e.Type = "finding.forgotten"
	if err := s.Apply(e); fault.KindOf(err) != fault.Internal {
		t.Error(err)
	}
}
