// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package audit

import (
	"fmt"
	"strings"

	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/evallog"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/proof"
)

// signatures asks of the entry what was asked before it was recorded: that
// whoever signed could, and signed exactly this, and that what a decision
// brought about is what it says.
func (v *verifier) signatures(e entry.Entry) {
	switch {
	case strings.HasPrefix(e.Type, "signoff."):
		if err := v.world.Signoff.Check(e, v.world.SignoffSee(e.RecordedAt)); err != nil {
			v.fault(at(e.Seq), "%v", err)
			return
		}
		v.rep.Signatures++
	case strings.HasPrefix(e.Type, "decision."):
		if err := v.world.Decision.Check(e, v.world.DecisionSee()); err != nil {
			v.fault(at(e.Seq), "%v", err)
		}
	default:
		if err := v.world.Check(e); err != nil {
			v.fault(at(e.Seq), "%v", err)
		}
	}
}

// skip counts what cannot be recomputed because the world cannot be followed.
func (v *verifier) skip(e entry.Entry) {
	if !v.o.Replay {
		return
	}
	switch e.Type {
	case foundType:
		v.tally().Findings.NotChecked++
	case proof.ClearanceType:
		v.tally().Clearances.NotChecked++
	default:
		return
	}
	v.notChecked("the result in entry %d was not recomputed: %s", e.Seq, v.blind)
}

func (v *verifier) tally() *Replay {
	if v.rep.Replay == nil {
		v.rep.Replay = &Replay{}
	}
	return v.rep.Replay
}

// replay recomputes what the entry says was computed, from the world before it.
func (v *verifier) replay(e entry.Entry) {
	switch e.Type {
	case foundType:
		v.finding(e)
	case proof.ClearanceType:
		v.clearance(e)
	}
}

func (v *verifier) finding(e entry.Entry) {
	t := &v.tally().Findings
	f, err := assessment.DecodeFound(e)
	if err != nil {
		v.fault(at(e.Seq), "%v", err)
		return
	}
	src, why := v.source(f)
	if why != "" {
		t.NotChecked++
		v.notChecked("the finding in entry %d was not recomputed: %s", e.Seq, why)
		return
	}
	same, err := v.reproduces(f, src)
	switch {
	case err != nil:
		t.Different++
		v.fault(at(e.Seq), "the finding cannot be recomputed from its evidence: %v", err)
	case !same:
		t.Different++
		v.fault(at(e.Seq), "the finding is not what its evidence gives under its spec")
	default:
		t.Equal++
	}
}

// foundType is the type of the entries that record findings.
const foundType = "assessment.found"

// reproduces tells whether the evidence gives the finding under the version of
// the spec that it names, and under the former version where the finding shows
// that one too.
func (v *verifier) reproduces(f assessment.Found, src assessment.Source) (bool, error) {
	spec, err := v.spec(f.Spec, f.Version)
	if err != nil {
		return false, err
	}
	sufficient, result, err := assessment.Recompute(f, spec.Rule, src)
	if err != nil {
		return false, err
	}
	if !assessment.Equal(sufficient, f.Sufficient) || !assessment.Equal(result, f.Result) {
		return false, nil
	}
	if f.Old == nil {
		return true, nil
	}
	if spec, err = v.spec(f.Spec, f.Old.Version); err != nil {
		return false, err
	}
	sufficient, result, err = assessment.Recompute(f, spec.Rule, src)
	return err == nil && assessment.Equal(sufficient, f.Old.Sufficient) && assessment.Equal(result, f.Old.Result), err
}

func (v *verifier) spec(id string, version int) (assessment.Spec, error) {
	for _, s := range v.world.Assessment.SpecVersions(id) {
		if s.Version == version {
			return s, nil
		}
	}
	return assessment.Spec{}, fmt.Errorf("the spec %s version %d is not in the journal", id, version)
}

// source reads what a finding was computed from: the score table, whose bytes
// the export holds, or the reported result, which is an entry.
func (v *verifier) source(f assessment.Found) (assessment.Source, string) {
	if r, ok := v.world.Evidence.Result(f.Evidence.ID); ok {
		return assessment.Source{Result: &r}, ""
	}
	run, ok := v.world.Evidence.Run(f.Evidence.ID)
	if !ok {
		return assessment.Source{}, fmt.Sprintf("the evidence %s is not in the journal", f.Evidence.ID)
	}
	b, err := v.read(blobFolder + "/" + run.Table.SHA256)
	if err != nil {
		return assessment.Source{}, fmt.Sprintf("the score table %s is not in this copy", run.Table.SHA256)
	}
	if digest(b) != run.Table.SHA256 {
		v.fault(blobFolder+"/"+run.Table.SHA256, "is not the score table that %s names", run.ID)
		return assessment.Source{}, "its score table was changed"
	}
	table, err := evallog.ParseTable(b)
	if err != nil {
		v.fault(blobFolder+"/"+run.Table.SHA256, "%v", err)
		return assessment.Source{}, "its score table cannot be read"
	}
	return assessment.Source{Table: &table}, ""
}

func (v *verifier) clearance(e entry.Entry) {
	t := &v.tally().Clearances
	d, err := gate.DecodeClearance(e)
	if err != nil {
		v.fault(at(e.Seq), "%v", err)
		return
	}
	if d.Rules != gate.Rules {
		t.NotChecked++
		v.notChecked("the clearance in entry %d was judged by rules %d, and this release knows rules %d", e.Seq, d.Rules, gate.Rules)
		return
	}
	facts := v.world.Facts()
	ask := gate.Ask{Model: d.Model, Snapshot: d.Snapshot, Action: d.Action, Environment: d.Environment, ComparableTo: d.ComparableTo, Floor: d.Floor}
	if id := gate.Published(facts, gate.Evaluate(facts, ask, d.NotBefore)); id != "" {
		v.fault(at(e.Seq), "a clearance rests on %s, which a source reports and nobody signed", id)
	}
	again, err := gate.Recheck(d, e.Seq, v.rep.Clock, v.rep.Origin, v.world.Facts())
	switch {
	case err != nil:
		t.Different++
		v.fault(at(e.Seq), "the clearance cannot be recomputed: %v", err)
	case !strings.Contains(d.Payload, `"verdict":"clear"`):
		t.Different++
		v.fault(at(e.Seq), "records a clearance that is not clear")
	case string(again) != d.Payload || digest(again) != d.Statement || d.NotBefore != e.RecordedAt:
		t.Different++
		v.fault(at(e.Seq), "the clearance is not what the gate answers from the entries before it")
	default:
		t.Equal++
	}
}
