// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/signoff"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

var update = flag.Bool("update", false, "write golden files")

// everything is a history with every type of entry of this area.
func everything(t testing.TB) *history {
	h, a, _ := shown(t)
	in := input("AUTO-CKPT=ruled_out")
	in.Assessment, in.HighStakes, in.Precautionary, in.Provisional, in.ReviewBy = a, true, true, true, "2025-09-01"
	in.Conditions = []decision.Condition{{ID: "cap", Text: "at most a thousand users"}}
	in.LapsesOn = []decision.Lapse{{ID: "year", Text: "a year later", Day: "2026-06-02"}}
	in.Alternatives = "to wait"
	h.submit("assessment", a, external)
	h.submit("assessment", a, nil)
	first := h.carry(h.propose(in))
	h.attest(decision.AttestedV1{Decision: first, Condition: "cap", Met: true, Until: "2025-08-01", Note: "counted"})
	second := h.carry(h.propose(input("AUTO-CKPT=checkpoint_reached")))
	if err := h.tryReverse(first, second); err != nil {
		t.Fatal(err)
	}
	if err := h.tryVoid(h.propose(input("CBRN-3=crossed"))); err != nil {
		t.Fatal(err)
	}
	h.do(report(decision.File{Kind: policy.DecideDetermination, Title: "as the card says", Model: "m",
		Determinations: []decision.Determination{{Threshold: "CBRN-3", Outcome: decision.Crossed, Reason: "p. 3"}}}, how(grade.Attested)))
	return h
}

func report(f decision.File, how entry.Provenance) rule {
	return func(w world.World, act entry.Act) ([]entry.Draft, error) {
		return w.Decision.Report(f, how, w.DecisionSee(), act)
	}
}

// Bodies are kept for ever: the bytes of every type are those of
// testdata/bodies.txt. A change of fields is a new version with new lines, never
// a changed line.
func TestGoldenBodies(t *testing.T) {
	var got strings.Builder
	seen := map[string]bool{}
	for _, e := range everything(t).entries {
		if strings.HasPrefix(e.Type, "decision.") {
			seen[e.Type] = true
			got.WriteString(e.Type + " " + string(e.Body) + "\n")
		}
	}
	for _, typ := range decision.Types() {
		if !seen[typ.Name] {
			t.Errorf("%s has no golden bytes", typ.Name)
		}
	}
	name := filepath.Join("testdata", "bodies.txt")
	if *update {
		if err := os.WriteFile(name, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Error(d)
	}
}

// A replay gives what was there live, entry for entry.
func TestReplayEqualsLive(t *testing.T) {
	h := everything(t)
	var w world.World
	for _, e := range h.entries {
		var err error
		if w, err = w.Fork().Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(h.w.Decision.All(), w.Decision.All()); d != "" || len(w.Decision.All()) != 4 {
		t.Error(d)
	}
	for _, d := range w.Decision.All() {
		live := h.w.Decision.Problems(d.File.ID, h.w.DecisionBasis(), h.now)
		if diff := cmp.Diff(live, w.Decision.Problems(d.File.ID, w.DecisionBasis(), h.now)); diff != "" {
			t.Error(diff)
		}
	}
}

// A fork that is thrown away leaves the state as it was.
func TestForkIsApart(t *testing.T) {
	h, _, _ := shown(t)
	id := h.propose(input("AUTO-CKPT=ruled_out"))
	before := h.w.Decision.All()
	drafts, err := h.w.Decision.TakeEffect(id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.w.Pretend(drafts, entry.Act{Seq: h.w.Seq, Now: h.now}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(before, h.w.Decision.All()); d != "" || len(h.w.Decision.Open()) != 1 {
		t.Error(d)
	}
	if _, _, ok := h.w.Decision.Latest("m", "AUTO-CKPT"); ok {
		t.Error("determined in a world that was thrown away")
	}
}

// What is signed is the digest of the file's canonical JSON, and the short code
// is of that digest.
func TestDigestAndCode(t *testing.T) {
	h, _, _ := shown(t)
	d := h.decision(h.propose(input("AUTO-CKPT=ruled_out")))
	digest, err := d.File.Digest()
	if err != nil || digest != d.Digest {
		t.Errorf("%s, %v; signed is %s", digest, err, d.Digest)
	}
	b, err := d.File.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if canonical, err := proof.Canonical(d.File); err != nil || !bytes.Equal(b, canonical) {
		t.Errorf("%v: the file is not canonical", err)
	}
	asked, err := h.w.Signoff.Asked(d.Question)
	if err != nil || asked.About.Digest != digest || asked.About.ID != d.File.ID || !asked.Distinct {
		t.Errorf("%v: asked about %+v", err, asked)
	}
	if d.Code() != signoff.Code(digest) || len(d.Code()) != 9 {
		t.Errorf("code %q", d.Code())
	}
	f := d.File
	f.Title += "!"
	if other, _ := f.Digest(); other == digest {
		t.Error("two files have one digest")
	}
	f.Title = "\xff"
	if _, err := f.Digest(); fault.KindOf(err) != fault.Invalid {
		t.Errorf("%v", err)
	}
}

// A reported decision counts at once, attested at most, and is told apart for
// ever.
func TestReported(t *testing.T) {
	h := begin(t)
	f := decision.File{Kind: policy.DecideDetermination, Title: "as the card says", Model: "m", Conditions: []decision.Condition{{ID: "cap", Text: "a"}},
		Determinations: []decision.Determination{{Threshold: "CBRN-3", Outcome: decision.RuledOut, Reason: "p. 3"}}}
	id := entry.ID("decision", h.do(report(f, how(grade.Attested))))
	d := h.decision(id)
	if d.Status != decision.Reported || d.File.Grade != grade.Attested || d.Question != "" || len(d.Source) != 1 || d.EffectSeq != d.Seq {
		t.Errorf("%+v", d)
	}
	says(t, h.problems(id, h.now))
	says(t, h.missing(id), "is reported")

	twice, unfit, unknown := f, f, f
	twice.Determinations = append(f.Determinations[:1:1], f.Determinations...)
	unfit.Determinations = []decision.Determination{{Threshold: "CYBER", Outcome: decision.RuledOut}}
	unknown.Determinations = []decision.Determination{{Threshold: "MOON", Outcome: decision.RuledOut}}
	for name, tt := range map[string]struct {
		file  decision.File
		how   entry.Provenance
		kind  fault.Kind
		words string
	}{
		"no source":         {f, entry.Graded(grade.Attested), fault.Invalid, "names its source"},
		"no grade":          {f, entry.Provenance{Source: how(grade.Attested).Source}, fault.Invalid, "is attested"},
		"better than said":  {f, how(grade.Reported), fault.Invalid, "is attested"},
		"a threshold twice": {twice, how(grade.Attested), fault.Invalid, "determined twice"},
		"an unfit outcome":  {unfit, how(grade.Attested), fault.Invalid, "cannot be determined"},
		"no such threshold": {unknown, how(grade.Attested), fault.NotFound, "no threshold"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.try(report(tt.file, tt.how))
			refused(t, err, tt.kind, tt.words)
		})
	}
}

// Given a journal whose maker did not ask the verbs, when it is checked, then it
// is found out.
func TestCheckFindsForgeries(t *testing.T) {
	h, a, _ := shown(t)
	challenge := h.submit("assessment", a, nil)
	id := h.propose(input("AUTO-CKPT=ruled_out"))
	h.sign(id, "rso")
	file := h.decision(id).File
	before := len(h.entries) - 3 // just before the proposal, its question and a signature
	edited := func(edit func(*decision.File)) decision.ProposedV1 {
		f := file
		f.Pins, f.Determinations = append([]decision.Pin{}, file.Pins...), append([]decision.Determination{}, file.Determinations...)
		edit(&f)
		digest, err := f.Digest()
		if err != nil {
			t.Fatal(err)
		}
		return decision.ProposedV1{File: f, Digest: digest, Question: h.decision(id).Question}
	}
	stale := edited(func(*decision.File) {})
	stale.File.Title = "Something else"
	tests := map[string]struct {
		typ   string
		data  any
		words string
	}{
		"another digest":      {"decision.proposed", stale, "was put to the signers"},
		"another id":          {"decision.proposed", edited(func(f *decision.File) { f.ID = "decision-1" }), "calls itself decision-1"},
		"a pin left out":      {"decision.proposed", edited(func(f *decision.File) { f.Pins = f.Pins[:1] }), "does not show"},
		"a review unsaid":     {"decision.proposed", edited(func(f *decision.File) { f.NotShown = nil }), "does not show"},
		"a better grade":      {"decision.proposed", edited(func(f *decision.File) { f.Grade = grade.Recomputed }), "does not show"},
		"not supported":       {"decision.proposed", edited(func(f *decision.File) { f.Determinations[0].Threshold = "CBRN-3" }), "could not have been proposed"},
		"of another policy":   {"decision.proposed", edited(func(f *decision.File) { f.Policy.Ref = "anthropic-rsp@2.0" }), "does not show"},
		"before its time":     {"decision.took_effect", decision.TookEffectV1{Decision: id}, "took effect without the signature of ceo"},
		"of nothing":          {"decision.took_effect", decision.TookEffectV1{Decision: "decision-1"}, "no decision"},
		"reversed by itself":  {"decision.voided", decision.VoidedV1{Decision: id, By: id, Reason: "r"}, "only a decision in effect"},
		"voided for nothing":  {"decision.voided", decision.VoidedV1{Decision: id}, "reason"},
		"attested to nothing": {"decision.condition_attested", decision.AttestedV1{Decision: id, Condition: "c", Met: true, Note: "n"}, "no condition"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w, seq := h.w, h.w.Seq
			if tt.typ == "decision.proposed" {
				w, seq = fold(t, h.entries[:before]), int64(before)
			}
			err := w.Decision.Check(forged(t, tt.typ, tt.data, seq, h.now), w.DecisionSee())
			if err == nil || !strings.Contains(err.Error(), tt.words) {
				t.Errorf("got %v, want %q", err, tt.words)
			}
		})
	}
	if !strings.Contains(strings.Join(file.NotShown, " "), challenge) {
		t.Error("nothing was there to be left out")
	}
}

func fold(t *testing.T, entries []entry.Entry) world.World {
	t.Helper()
	var w world.World
	for _, e := range entries {
		var err error
		if w, err = w.Fork().Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func forged(t *testing.T, typ string, data any, seq, now int64) entry.Entry {
	t.Helper()
	body, err := proof.Canonical(struct {
		Data any `json:"data"`
	}{data})
	if err != nil {
		t.Fatal(err)
	}
	return entry.Entry{Header: proof.Header{Seq: seq, RecordedAt: now, Type: typ, V: 1, Actor: "operator"}, Body: body}
}

// An entry that speaks of a decision which is not there, or that this area does
// not know, stops the fold.
func TestFoldStopsOnNonsense(t *testing.T) {
	for _, e := range []entry.Entry{
		forged(t, "decision.took_effect", decision.TookEffectV1{Decision: "decision-1"}, 1, 1),
		forged(t, "decision.voided", decision.VoidedV1{Decision: "decision-1"}, 1, 1),
		forged(t, "decision.condition_attested", decision.AttestedV1{Decision: "decision-1"}, 1, 1),
	} {
		var s decision.State
		refused(t, s.Apply(e), fault.Corrupt, "which is not there")
	}
	var s decision.State
	refused(t, s.Apply(forged(t, "decision.unheard_of", 1, 1, 1)), fault.Internal, "does not fold")
	for _, typ := range decision.Types() {
		bare := entry.Entry{Header: proof.Header{Type: typ.Name, V: typ.V}}
		refused(t, s.Apply(bare), fault.Corrupt, "not in this copy")
		if err := s.Check(bare, decision.See{}); err == nil && typ.Name != "decision.reported" {
			t.Errorf("%s without a body checks", typ.Name)
		}
	}
}

// One spelling of everything that is recorded: these are the words in bodies and
// on the command line, for ever.
func TestSpellings(t *testing.T) {
	var got []string
	demands := 0
	for _, o := range decision.Outcomes() {
		got = append(got, string(o))
		if o.Demands() {
			demands++
		}
	}
	for _, s := range []decision.Status{decision.Proposed, decision.InEffect, decision.Reported, decision.Void} {
		got = append(got, string(s))
	}
	for _, typ := range decision.Types() {
		got = append(got, fmt.Sprintf("%s@%d", typ.Name, typ.V))
	}
	want := strings.Fields(`ruled_out not_ruled_out_treated_as_crossed crossed voluntarily_treated_as_crossed checkpoint_reached
		alert_reached watch proposed in_effect reported void decision.proposed@1 decision.proposed@2 decision.took_effect@1 decision.reported@1
		decision.voided@1 decision.condition_attested@1`)
	if d := cmp.Diff(want, got); d != "" || demands != 3 || decision.Schema != "holdpoint/decision/v1" {
		t.Error(d)
	}
}
