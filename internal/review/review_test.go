// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package review

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/proof"
)

// world applies what verbs draft, as the writer does.
type world struct {
	State
	reg     entry.Registry
	entries []entry.Entry
}

type failer interface {
	Helper()
	Fatal(args ...any)
}

func newWorld() *world { return &world{reg: entry.NewRegistry(Types()...)} }

func (w *world) act(actor string) entry.Act {
	n := int64(len(w.entries))
	return entry.Act{Actor: actor, Seq: n + 1, Now: 1000 * (n + 1)}
}

func (w *world) take(t failer, actor string, drafts []entry.Draft, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range drafts {
		a, salt := w.act(actor), make([]byte, proof.SaltSize)
		e := entry.Entry{Salt: salt, Body: d.Body, Header: proof.Header{
			Seq: a.Seq, RecordedAt: a.Now, Type: d.Type, V: d.V, Actor: a.Actor, Body: proof.Commit(salt, d.Body),
		}}
		if err := w.reg.Check(e); err != nil {
			t.Fatal(err)
		}
		if err := w.Apply(e); err != nil {
			t.Fatal(err)
		}
		w.entries = append(w.entries, e)
	}
}

const digest = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

func submission() Submission {
	return Submission{
		About: entry.Ref{Kind: "report", ID: "report-4", Digest: digest},
		Kind:  Critique, Side: Internal, Role: "stress-test", Text: "The elicitation was too weak.",
	}
}

func (w *world) submit(t failer, actor string, in Submission) string {
	t.Helper()
	act := w.act(actor)
	d, err := w.Submit(in, act)
	w.take(t, actor, d, err)
	return act.ID("review", 0)
}

func (w *world) answer(t failer, actor, id string, o Outcome) {
	t.Helper()
	d, err := w.Answer(Answering{Review: id, Outcome: o, Text: "We ran it again."}, w.act(actor))
	w.take(t, actor, d, err)
}

func (w *world) withdraw(t failer, actor, id string) {
	t.Helper()
	d, err := w.Withdraw(Withdrawing{Review: id}, w.act(actor))
	w.take(t, actor, d, err)
}

func ids(reviews []Review) []string {
	var all []string
	for _, r := range reviews {
		all = append(all, r.ID)
	}
	return all
}

func refused(t *testing.T, err error, kind fault.Kind, words string) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		t.Errorf("got %q (%s), want %s and %q", err, fault.KindOf(err), kind, words)
	}
}

// DEC-5: a critique is attached, answered, and a rejected one stays visible.
func TestFromCritiqueToAnswer(t *testing.T) {
	w := newWorld()
	first := w.submit(t, "p-1", submission())
	second := submission()
	second.About.Digest, second.Kind, second.Blocking = "", Challenge, true
	blocking := w.submit(t, "p-2", second)
	elsewhere := submission()
	elsewhere.About.ID = "report-40"
	w.submit(t, "p-1", elsewhere)

	on := func(digest string) []string {
		return ids(w.On(entry.Ref{Kind: "report", ID: "report-4", Digest: digest}))
	}
	if d := cmp.Diff([]string{first, blocking}, on("")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{first}, on(digest)); d != "" {
		t.Error(d)
	}
	w.answer(t, "p-3", first, Accepted)
	w.answer(t, "p-3", blocking, Rejected)
	if got := w.Open("report", "report-4"); len(got) != 0 {
		t.Errorf("open: %v", ids(got))
	}
	if d := cmp.Diff([]string{blocking}, ids(w.Unresolved("report", "report-4"))); d != "" {
		t.Error(d)
	}
	got, err := w.Review(blocking)
	want := Review{
		ID: "review-3", Seq: 3, At: 3000, By: "p-2", About: second.About, Kind: Challenge, Side: Internal, Role: "stress-test",
		Blocking: true, Grade: grade.Attested, WordsSeq: 4,
		Outcome: Rejected, AnsweredBy: "p-3", AnsweredSeq: 9, AnswerWordsSeq: 10,
	}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Error(d, err)
	}
	for seq, words := range map[int64]string{got.WordsSeq: second.Text, got.AnswerWordsSeq: "We ran it again."} {
		if text, err := Words(w.entries[seq-1]); err != nil || text != words {
			t.Errorf("words at %d: %q, %v", seq, text, err)
		}
	}
	if _, err := Words(w.entries[0]); err == nil {
		t.Error("a fact was read as words")
	}
	w.withdraw(t, "p-2", blocking)
	if got := w.Unresolved("report", "report-4"); len(got) != 0 || len(on("")) != 2 {
		t.Errorf("after the withdrawal: %v, %v", ids(got), on(""))
	}
}

// EXT-11: a review from outside is never an endorsement, whatever was said.
func TestExternalIsNoEndorsement(t *testing.T) {
	w := newWorld()
	for _, c := range []struct {
		side  Side
		said  bool
		label string
	}{
		{External, false, NotAnEndorsement}, {External, true, NotAnEndorsement},
		{Internal, true, NotAnEndorsement}, {Internal, false, ""},
	} {
		in := submission()
		in.Side, in.NotAnEndorsement = c.side, c.said
		r, err := w.Review(w.submit(t, "p-1", in))
		if err != nil || r.Label() != c.label || r.NotAnEndorsement != (c.label != "") {
			t.Errorf("%s, %v: label %q, %v", c.side, c.said, r.Label(), err)
		}
	}
	var s State
	d, err := submitted.Draft(Submitted{About: submission().About, Kind: Comment, Side: External, Role: "expert"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(entry.Entry{Header: proof.Header{Seq: 1, Type: d.Type, V: 1}, Body: d.Body}); err != nil {
		t.Fatal(err)
	}
	if r, _ := s.Review("review-1"); r.Label() != NotAnEndorsement {
		t.Error("a journal that forgot the label takes it away")
	}
}

// A review from a public document needs no words, but its source and grade.
func TestReportedReview(t *testing.T) {
	w := newWorld()
	in := submission()
	in.Text, in.Side = "", External
	in.How = entry.Graded(grade.Reported, entry.Source{Document: "S1", Section: "4"})
	id := w.submit(t, access.Operator, in)
	if r, _ := w.Review(id); r.Grade != grade.Reported || r.WordsSeq != 0 || len(w.entries) != 1 {
		t.Errorf("%+v", r)
	}
	d, err := w.Answer(Answering{Review: id, Outcome: Noted, How: in.How}, w.act(access.Operator))
	w.take(t, access.Operator, d, err)
	if r, _ := w.Review(id); r.Open() || r.AnswerWordsSeq != 0 {
		t.Errorf("%+v", r)
	}
	in.How.Source = nil
	_, err = w.Submit(in, w.act(access.Operator))
	refused(t, err, fault.Invalid, "text is missing")
}

func TestSubmitRefuses(t *testing.T) {
	w := newWorld()
	cases := []struct {
		name   string
		change func(*Submission)
		words  string
	}{
		{"no thing", func(in *Submission) { in.About.Kind = "" }, "kind and an id"},
		{"hidden text", func(in *Submission) { in.About.ID = "a\nb" }, "kind and an id"},
		{"digest", func(in *Submission) { in.About.Digest = "abc" }, "malformed"},
		{"kind", func(in *Submission) { in.Kind = "praise" }, "not a kind"},
		{"side", func(in *Submission) { in.Side = "" }, "not a side"},
		{"role", func(in *Submission) { in.Role = "" }, "not an id"},
		{"no text", func(in *Submission) { in.Text = "" }, "missing"},
		{"blank text", func(in *Submission) { in.Text = " \n" }, "blank"},
		{"long text", func(in *Submission) { in.Text = strings.Repeat("x", MaxText+1) }, "over the limit"},
		{"broken text", func(in *Submission) { in.Text = "\xff" }, "UTF-8"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := submission()
			c.change(&in)
			_, err := w.Submit(in, w.act("p-1"))
			refused(t, err, fault.Invalid, c.words)
		})
	}
	_, err := w.Submit(submission(), w.act(""))
	refused(t, err, fault.Forbidden, "somebody")
}

func TestAnswerAndWithdrawRefuse(t *testing.T) {
	w := newWorld()
	id := w.submit(t, "p-1", submission())
	answer := func(actor string, in Answering) error {
		_, err := w.Answer(in, w.act(actor))
		return err
	}
	withdraw := func(actor, id string) error {
		_, err := w.Withdraw(Withdrawing{Review: id}, w.act(actor))
		return err
	}
	good := Answering{Review: id, Outcome: Noted, Text: "Thanks."}
	refused(t, answer("p-1", good), fault.Forbidden, "cannot answer it")
	refused(t, answer("", good), fault.Forbidden, "somebody")
	refused(t, answer("p-2", Answering{Review: "review-9", Outcome: Noted, Text: "x"}), fault.NotFound, "no review")
	refused(t, answer("p-2", Answering{Review: id, Outcome: "ignored", Text: "x"}), fault.Invalid, "not an outcome")
	refused(t, answer("p-2", Answering{Review: id, Outcome: Noted}), fault.Invalid, "text is missing")
	refused(t, withdraw("p-2", id), fault.Forbidden, "did not submit")
	refused(t, withdraw(access.Operator, id), fault.Forbidden, "did not submit")
	w.answer(t, "p-2", id, Noted)
	refused(t, answer("p-2", good), fault.Conflict, "answered by entry 3")
	w.withdraw(t, "p-1", id)
	refused(t, withdraw("p-1", id), fault.Conflict, "withdrawn by entry 5")
	refused(t, answer("p-2", good), fault.Conflict, "withdrawn")

	own := w.submit(t, access.Operator, submission())
	if err := answer(access.Operator, Answering{Review: own, Outcome: Noted, Text: "x"}); err != nil {
		t.Error("the owner of an installation acts for several people: ", err)
	}
}

// Nobody takes their own blocking review out of the way by an answer, the owner
// of the installation neither; who answered is kept.
func TestOwnBlockingReviewIsNotAnswered(t *testing.T) {
	w := newWorld()
	source := entry.Graded(grade.Reported, entry.Source{Document: "S1", Section: "4"})
	for _, c := range []struct {
		by       string
		document bool // the review is reported
		answer   entry.Provenance
		allowed  bool
	}{
		{by: "p-1"},
		{by: "p-1", document: true, answer: source},
		{by: access.Operator},
		{by: access.Operator, answer: source},
		{by: access.Operator, document: true},
		{by: access.Operator, document: true, answer: source, allowed: true},
	} {
		in := submission()
		in.Kind, in.Blocking = Challenge, true
		if c.document {
			in.How = source
		}
		id := w.submit(t, c.by, in)
		drafts, err := w.Answer(Answering{Review: id, Outcome: Noted, Text: "No.", How: c.answer}, w.act(c.by))
		if c.allowed {
			w.take(t, c.by, drafts, err)
			continue
		}
		refused(t, err, fault.Forbidden, "cannot answer it")
		w.answer(t, "p-2", id, Noted)
		if r, err := w.Review(id); err != nil || r.AnsweredBy != "p-2" || r.Open() {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

func TestApplyRefuses(t *testing.T) {
	var s State
	refused(t, s.Apply(entry.Entry{Header: proof.Header{Type: "review.unheard_of", V: 1}}), fault.Internal, "does not know")
	for _, typ := range Types() {
		if typ.Class == entry.Fact {
			refused(t, s.Apply(entry.Entry{Header: proof.Header{Type: typ.Name, V: typ.V}}), fault.Corrupt, "not in this copy")
		}
	}
	answer, err := answered.Draft(Answered{Review: "review-1", Outcome: Noted})
	if err != nil {
		t.Fatal(err)
	}
	withdrawal, err := withdrawn.Draft(Withdrawn{Review: "review-1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []entry.Draft{answer, withdrawal} {
		refused(t, s.Apply(entry.Entry{Header: proof.Header{Type: d.Type, V: d.V}, Body: d.Body}), fault.Corrupt, "no entry submitted")
	}
}

var things = []string{"report-4", "report-40"}

func snap(s State) [][]Review {
	var all [][]Review
	for _, id := range things {
		all = append(all, s.On(entry.Ref{Kind: "report", ID: id}), s.Open("report", id), s.Unresolved("report", id))
	}
	return all
}

// Whatever is said in whatever order: replay equals live, with every private
// body withheld too; a fork leaves its origin alone; the index of open reviews
// is what the reviews say; and a new review never closes another.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld()
		w.submit(t, "p-1", submission())
		origin, kept := w.State, snap(w.State)
		w.State = w.Fork()
		for range rapid.IntRange(0, 20).Draw(t, "acts") {
			w.attempt(t)
		}
		var replayed, withheld State
		for _, e := range w.entries {
			if err := replayed.Apply(e); err != nil {
				t.Fatal(err)
			}
			if typ, err := w.reg.Find(e.Header); err != nil || typ.Class == entry.Private {
				e.Body, e.Salt = nil, nil
			}
			if err := withheld.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff(snap(w.State), snap(replayed)); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff(snap(w.State), snap(withheld)); d != "" {
			t.Fatal("private bodies were read: ", d)
		}
		if d := cmp.Diff(kept, snap(origin)); d != "" {
			t.Fatal("the fork changed its origin: ", d)
		}
		for _, id := range things {
			var open []string
			for _, r := range w.On(entry.Ref{Kind: "report", ID: id}) {
				if r.Open() {
					open = append(open, r.ID)
				}
			}
			if d := cmp.Diff(open, ids(w.Open("report", id))); d != "" {
				t.Fatal(d)
			}
		}
	})
}

// attempt tries one drawn act.
func (w *world) attempt(t *rapid.T) {
	actor := rapid.SampledFrom([]string{"p-1", "p-2", access.Operator}).Draw(t, "actor")
	id := entry.ID("review", rapid.Int64Range(1, int64(len(w.entries))).Draw(t, "review"))
	var d []entry.Draft
	var err error
	switch rapid.IntRange(0, 2).Draw(t, "verb") {
	case 0:
		in := submission()
		in.About.ID = rapid.SampledFrom(things).Draw(t, "thing")
		in.Blocking = rapid.Bool().Draw(t, "blocking")
		before := len(w.Open("report", in.About.ID))
		w.submit(t, actor, in)
		if len(w.Open("report", in.About.ID)) != before+1 {
			t.Fatal("a new review does not stand beside the others")
		}
		return
	case 1:
		outcome := rapid.SampledFrom([]Outcome{Accepted, Rejected, Noted}).Draw(t, "outcome")
		d, err = w.Answer(Answering{Review: id, Outcome: outcome, Text: "x"}, w.act(actor))
	case 2:
		d, err = w.Withdraw(Withdrawing{Review: id}, w.act(actor))
	}
	if err == nil {
		w.take(t, actor, d, nil)
	}
}
