// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision_test

import (
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/proof"
)

// measures asks that measures stand in for ASL-3 security of m.
func measures() decision.ProposeIn {
	return decision.ProposeIn{Kind: policy.DecideInterim, Title: "Do they do for now?", Interim: &decision.Interim{
		Standard: "ASL-3", Facet: policy.Security, Models: []string{"m"}, Equivalence: "nobody reaches the weights",
		Measures: []decision.Measure{{Kind: decision.IsolatedNetwork, Text: "one network for nothing else"}}, Expires: "2025-12-06",
		Disturbance: "nobody is cut off",
	}}
}

// takeover asks that what was decided about m before stands as a baseline.
func takeover() decision.ProposeIn {
	in := input("AUTO-CKPT=ruled_out", "CBRN-3=ruled_out")
	in.Kind, in.Model = policy.DecideBaseline, ""
	in.Baseline = &decision.Baseline{
		Models: []string{"m"}, Actions: []string{"external_deploy"}, Environments: []string{"production"},
		Standards: []decision.BaselineStandard{{Standard: "ASL-2", Facet: policy.Security}},
		DecidedOn: "2025-06-01", Sources: []entry.Source{{Document: "MINUTES"}}, Reason: "they serve customers", Expires: "2025-12-31",
	}
	return in
}

// What stands in is signed as part of a file, so its bytes are kept one way for
// ever.
func TestStandInBytes(t *testing.T) {
	in := measures().Interim
	in.Environments, in.Document, in.Follows, in.Stronger = []string{"production"}, &entry.Ref{Kind: "document", ID: "a", Digest: "d"}, "interim-3", "more"
	base := takeover().Baseline
	base.Standards[0].Limitations, base.Grade = []string{"l"}, grade.Reported
	for want, v := range map[string]any{
		`{"disturbance":"nobody is cut off","document":{"digest":"d","id":"a","kind":"document"},"environments":["production"],` +
			`"equivalence":"nobody reaches the weights","expires":"2025-12-06","facet":"security","follows":"interim-3",` +
			`"measures":[{"kind":"isolated_network","text":"one network for nothing else"}],"models":["m"],"standard":"ASL-3","stronger":"more"}`: in,
		`{"actions":["external_deploy"],"decided_on":"2025-06-01","environments":["production"],"expires":"2025-12-31","grade":"reported","models":["m"],` +
			`"reason":"they serve customers","sources":[{"document":"MINUTES"}],"standards":[{"facet":"security","limitations":["l"],"standard":"ASL-2"}]}`: base,
	} {
		if b, err := proof.Canonical(v); err != nil || string(b) != want {
			t.Errorf("%s, %v", b, err)
		}
	}
}

// INT-1..4: an interim measure that could not be carried out, or argues nothing,
// is refused for what it lacks.
func TestInterimMeasuresThatAreRefused(t *testing.T) {
	tests := map[string]struct {
		edit  func(*decision.ProposeIn)
		kind  fault.Kind
		words string
	}{
		"nothing said":               {func(in *decision.ProposeIn) { in.Interim = nil }, fault.Invalid, "says what stands in"},
		"POL-7 undefined standard":   {func(in *decision.ProposeIn) { in.Interim.Standard = "ASL-4" }, fault.Conflict, "nothing can be as good as it"},
		"unknown standard":           {func(in *decision.ProposeIn) { in.Interim.Standard = "ASL-9" }, fault.NotFound, `no standard "ASL-9"`},
		"unknown facet":              {func(in *decision.ProposeIn) { in.Interim.Facet = "moon" }, fault.NotFound, `the facet "moon"`},
		"no model":                   {func(in *decision.ProposeIn) { in.Interim.Models = nil }, fault.Invalid, "names no model"},
		"unknown model":              {func(in *decision.ProposeIn) { in.Interim.Models = []string{"n"} }, fault.NotFound, `no model "n"`},
		"a model twice":              {func(in *decision.ProposeIn) { in.Interim.Models = []string{"m", "m"} }, fault.Invalid, "named twice"},
		"no measure":                 {func(in *decision.ProposeIn) { in.Interim.Measures = nil }, fault.Invalid, "names no measure"},
		"INT-2 not of the library":   {func(in *decision.ProposeIn) { in.Interim.Measures[0].Kind = "hope" }, fault.Invalid, `"hope" is not a kind of measure`},
		"a measure without words":    {func(in *decision.ProposeIn) { in.Interim.Measures[0].Text = " " }, fault.Invalid, "does not say what is done"},
		"INT-1 no argument":          {func(in *decision.ProposeIn) { in.Interim.Equivalence = "\t" }, fault.Invalid, "nothing argues"},
		"a document without digest":  {func(in *decision.ProposeIn) { in.Interim.Document = &entry.Ref{Kind: "document", ID: "a"} }, fault.Invalid, "SHA-256"},
		"INT-4 no last day":          {func(in *decision.ProposeIn) { in.Interim.Expires = "" }, fault.Invalid, "end on a day"},
		"a day that is none":         {func(in *decision.ProposeIn) { in.Interim.Expires = "2025-02-30" }, fault.Invalid, "end on a day"},
		"today":                      {func(in *decision.ProposeIn) { in.Interim.Expires = today }, fault.Invalid, "end after today"},
		"more than twelve months":    {func(in *decision.ProposeIn) { in.Interim.Expires = "2026-06-03" }, fault.Invalid, "by 2026-06-02 at the latest"},
		"follows nothing":            {func(in *decision.ProposeIn) { in.Interim.Follows, in.Interim.Stronger = "interim-1", "more" }, fault.NotFound, `no interim measure "interim-1"`},
		"INT-4 stronger than what":   {func(in *decision.ProposeIn) { in.Interim.Stronger = "more" }, fault.Invalid, "not than what"},
		"a model in the other place": {func(in *decision.ProposeIn) { in.Model = "m" }, fault.Invalid, "names its models in its own part"},
		"a determination too":        {func(in *decision.ProposeIn) { in.Determinations = input("CBRN-3=crossed").Determinations }, fault.Invalid, "determines no threshold"},
		"of another kind":            {func(in *decision.ProposeIn) { in.Kind = policy.DecideDetermination }, fault.Invalid, "cannot decide what one of kind interim does"},
	}
	h := begin(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := measures()
			tt.edit(&in)
			_, err := h.tryPropose(in)
			refused(t, err, tt.kind, tt.words)
		})
	}
	in := measures()
	in.Interim.Expires = "2026-06-02"
	if _, err := h.tryPropose(in); err != nil {
		t.Errorf("twelve months to the day: %v", err)
	}
}

// What is argued in words alone is attested, in a document reported; the document
// is pinned, and what nobody says is shown as left open.
func TestInterimFileSaysWhatItRestsOn(t *testing.T) {
	h := begin(t)
	in := measures()
	if d := h.decision(h.propose(in)); d.File.Grade != grade.Attested || len(d.File.NotShown) != 0 {
		t.Errorf("%s, %q", d.File.Grade, d.File.NotShown)
	}
	digest := strings.Repeat("ab", 32)
	in.Interim.Document, in.Interim.Disturbance = &entry.Ref{Kind: "document", ID: "argument.pdf", Digest: digest}, ""
	d := h.decision(h.propose(in))
	if d.File.Grade != grade.Reported || len(d.File.Pins) != 1 || d.File.Pins[0].Ref.Digest != digest {
		t.Errorf("%s, %+v", d.File.Grade, d.File.Pins)
	}
	in.Conditions = []decision.Condition{{ID: "cap", Text: "at most a thousand users"}}
	if g := h.decision(h.propose(in)).File.Grade; g != grade.Attested {
		t.Errorf("a condition is a person's word, and the file is %s", g)
	}
	says(t, strings.Join(d.File.NotShown, ";"), "disturb those who rely on the model least (INT-3)")
}

func (h *history) interim(in decision.ProposeIn) safeguard.Interim {
	h.t.Helper()
	h.carry(h.propose(in))
	all := h.w.Safeguard.Interims()
	if len(all) == 0 {
		h.t.Fatal("nothing was approved")
	}
	return all[len(all)-1]
}

// DEC-3, INT-1: they stand only when both have signed and board and trust have
// acknowledged; nothing is prolonged, and what follows is stronger and ends what
// it follows.
func TestInterimMeasuresAreFollowedByStrongerOnes(t *testing.T) {
	h := begin(t)
	id := h.propose(measures())
	h.sign(id, "rso")
	h.sign(id, "ceo")
	says(t, h.missing(id), "the acknowledgement of board", "the acknowledgement of trust")
	if len(h.w.Safeguard.Interims()) != 0 {
		t.Fatal("they stand before anybody acknowledged")
	}
	first := h.interim(measures())
	if first.Expires != "2025-12-06" || first.Grade != grade.Attested || h.w.Safeguard.Over(first, h.now) != "" {
		t.Errorf("%+v", first)
	}
	_, err := h.tryPropose(measures())
	refused(t, err, fault.Conflict, "is not prolonged")
	other := measures()
	other.Interim.Facet, other.Interim.Follows, other.Interim.Stronger = policy.Deployment, first.ID, "more"
	_, err = h.tryPropose(other)
	refused(t, err, fault.Conflict, first.ID+" stands in for ASL-3 security")

	next := measures()
	next.Interim.Follows = first.ID
	_, err = h.tryPropose(next)
	refused(t, err, fault.Invalid, "does not say in what it is stronger")
	next.Interim.Stronger = "two people at every door"
	second := h.interim(next)
	first, _ = h.w.Safeguard.Interim(first.ID)
	if first.Ended != safeguard.Followed || first.EndedBy != second.Decision || second.Follows != first.ID {
		t.Errorf("%+v\n%+v", first, second)
	}
	_, err = h.tryPropose(next)
	refused(t, err, fault.Conflict, "was followed already")
}

// A failure that is recorded while people sign was not shown to them.
func TestInterimMeasuresOvertakenByAFailure(t *testing.T) {
	h := begin(t)
	id := h.propose(measures())
	h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Safeguard.RecordFailure(safeguard.FailureInput{Standard: "ASL-3", Facet: "security", Reason: "they got in"})
	})
	h.carry(id)
	says(t, h.missing(id), "withdrew or reopened ASL-3 security meanwhile")
	if len(h.w.Safeguard.Interims()) != 0 {
		t.Error("they stand all the same")
	}
}

// A decision that everybody carried when its last day was over decides nothing.
func TestStandInsThatAreSignedTooLate(t *testing.T) {
	for name, in := range map[string]decision.ProposeIn{"interim": measures(), "baseline": takeover()} {
		h := begin(t)
		id := h.propose(in)
		h.now = deadline.Day("2026-01-01").Start()
		h.sign(id, "rso")
		h.sign(id, "ceo")
		if d := h.decision(id); name == "baseline" && d.Status != decision.Proposed {
			t.Errorf("%s is %s", name, d.Status)
		}
		if name == "interim" {
			for _, role := range []string{"board", "trust"} {
				h.deliver(id, role)
				h.acknowledge(id, role)
			}
		}
		if len(h.w.Safeguard.Interims()) != 0 || len(h.w.Safeguard.Approvals("ASL-2", "security")) != 0 || len(h.w.Decision.Baselines()) != 0 {
			t.Errorf("%s took effect after its last day", name)
		}
	}
}

// A baseline is refused for what it lacks, and for what it is not for.
func TestBaselinesThatAreRefused(t *testing.T) {
	tests := map[string]struct {
		edit  func(*decision.ProposeIn)
		kind  fault.Kind
		words string
	}{
		"nothing said":            {func(in *decision.ProposeIn) { in.Baseline = nil }, fault.Invalid, "what was decided before"},
		"no model":                {func(in *decision.ProposeIn) { in.Baseline.Models = nil }, fault.Invalid, "names no model"},
		"unknown model":           {func(in *decision.ProposeIn) { in.Baseline.Models = []string{"n"} }, fault.NotFound, `no model "n"`},
		"no action":               {func(in *decision.ProposeIn) { in.Baseline.Actions = nil }, fault.Invalid, "names the actions"},
		"unknown action":          {func(in *decision.ProposeIn) { in.Baseline.Actions = []string{"fly"} }, fault.NotFound, `no action "fly"`},
		"no environment":          {func(in *decision.ProposeIn) { in.Baseline.Environments = nil }, fault.Invalid, "the environments"},
		"no reason":               {func(in *decision.ProposeIn) { in.Baseline.Reason = "" }, fault.Invalid, "why it is needed"},
		"no source":               {func(in *decision.ProposeIn) { in.Baseline.Sources = nil }, fault.Invalid, "names the documents"},
		"an empty source":         {func(in *decision.ProposeIn) { in.Baseline.Sources[0].Document = " " }, fault.Invalid, "names the documents"},
		"decided later":           {func(in *decision.ProposeIn) { in.Baseline.DecidedOn = "2025-06-03" }, fault.Invalid, "was decided by 2025-06-02"},
		"no day of decision":      {func(in *decision.ProposeIn) { in.Baseline.DecidedOn = "" }, fault.Invalid, "was decided by"},
		"no last day":             {func(in *decision.ProposeIn) { in.Baseline.Expires = "" }, fault.Invalid, "end on a day"},
		"today":                   {func(in *decision.ProposeIn) { in.Baseline.Expires = today }, fault.Invalid, "end after today"},
		"more than twelve months": {func(in *decision.ProposeIn) { in.Baseline.Expires = "2026-06-03" }, fault.Invalid, "by 2026-06-02 at the latest"},
		"better known than it is": {func(in *decision.ProposeIn) { in.Baseline.Grade = grade.Recomputed }, fault.Invalid, "attested or reported"},
		"unknown standard":        {func(in *decision.ProposeIn) { in.Baseline.Standards[0].Standard = "ASL-4" }, fault.NotFound, `no standard "ASL-4"`},
		"a standard twice": {func(in *decision.ProposeIn) {
			in.Baseline.Standards = append(in.Baseline.Standards, in.Baseline.Standards[0])
		}, fault.Invalid, "taken over twice"},
		"unknown threshold":        {func(in *decision.ProposeIn) { in.Determinations[0].Threshold = "MOON" }, fault.NotFound, `no threshold "MOON"`},
		"a threshold twice":        {func(in *decision.ProposeIn) { in.Determinations[0].Threshold = "CBRN-3" }, fault.Invalid, "determined twice"},
		"an outcome that is none":  {func(in *decision.ProposeIn) { in.Determinations[0].Outcome = "fine" }, fault.Invalid, "is not an outcome"},
		"an outcome that fits not": {func(in *decision.ProposeIn) { in.Determinations[0].Outcome = decision.Crossed }, fault.Invalid, "is a checkpoint"},
		"no reason for one":        {func(in *decision.ProposeIn) { in.Determinations[0].Reason = "" }, fault.Invalid, "says why"},
		"nothing taken over":       {func(in *decision.ProposeIn) { in.Determinations, in.Baseline.Standards = nil, nil }, fault.Invalid, "neither a determination nor a standard"},
		"a report too":             {func(in *decision.ProposeIn) { in.Report = "report-1" }, fault.Invalid, "neither an assessment, a report nor a hold"},
		"of another kind":          {func(in *decision.ProposeIn) { in.Kind, in.Model = policy.DecideDetermination, "m" }, fault.Invalid, "cannot decide what one of kind baseline does"},
	}
	h := begin(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := takeover()
			tt.edit(&in)
			_, err := h.tryPropose(in)
			refused(t, err, tt.kind, tt.words)
		})
	}
}

// A baseline is for what was not answered here: nothing renews itself, and the
// record is heard.
func TestBaselinesGiveWayToTheRecord(t *testing.T) {
	signed := func(h *history, in decision.ProposeIn) {
		id := h.propose(in)
		h.sign(id, "rso")
		h.sign(id, "ceo")
	}
	tests := map[string]struct {
		given func(h *history)
		words string
	}{
		"determined here":     {func(h *history) { h.carry(h.propose(input("CBRN-3=crossed"))) }, "CBRN-3 of m was determined here"},
		"taken over before":   {func(h *history) { signed(h, takeover()) }, "was determined here"},
		"an approval here":    {func(h *history) { in := takeover(); in.Determinations = nil; signed(h, in) }, "is not renewed by a baseline"},
		"a failure":           {func(h *history) { h.fail("ASL-2") }, "which a baseline does not undo"},
		"a finding against":   {func(h *history) { h.spec("hard"); h.find(h.open("AUTO-CKPT"), "hard", "20") }, "speaks against it"},
		"a finding withdrawn": {func(h *history) { h.spec("hard"); h.withdraw(h.find(h.open("AUTO-CKPT"), "hard", "20")) }, "which was withdrawn, spoke against it"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := begin(t)
			waiting := h.propose(takeover())
			tt.given(h)
			_, err := h.tryPropose(takeover())
			refused(t, err, fault.Conflict, tt.words)
			if name == "taken over before" {
				return // the history took the same effect
			}
			h.sign(waiting, "rso")
			h.sign(waiting, "ceo")
			says(t, h.missing(waiting), "a new proposal: ")
			if h.decision(waiting).Status != decision.Proposed {
				t.Error("it took effect all the same")
			}
		})
	}
}

func (h *history) fail(standard string) {
	h.t.Helper()
	h.do(func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Safeguard.RecordFailure(safeguard.FailureInput{Standard: standard, Facet: "security", Reason: "they got in"})
	})
}

// What a baseline answers gives way to what is decided here, whichever takes
// effect last, and is over after its last day.
func TestBaselineIsTheLastWordOnNothing(t *testing.T) {
	h := begin(t)
	id := h.propose(takeover())
	signed := h.propose(input("CBRN-3=crossed"))
	h.sign(id, "rso")
	h.sign(id, "ceo")
	d, det, ok := h.w.Decision.Latest("m", "CBRN-3")
	if !ok || d.File.ID != id || det.Outcome != decision.RuledOut || d.File.Grade != grade.Attested {
		t.Fatalf("%v %+v", ok, d.File)
	}
	if all := h.w.Decision.Baselines(); len(all) != 1 || all[0].File.ID != id {
		t.Errorf("%+v", all)
	}
	says(t, h.problems(id, deadline.Day("2025-12-31").End()-1))
	says(t, h.problems(id, deadline.Day("2025-12-31").End()), "cannot_tell: the baseline "+id+" ended on 2025-12-31")
	h.carry(signed)
	if d, _, _ := h.w.Decision.Latest("m", "CBRN-3"); d.File.ID != signed {
		t.Errorf("%s is the last word", d.File.ID)
	}
}
