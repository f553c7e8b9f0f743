// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// maxRestriction bounds the reason of a restriction in bytes, so that it fits
// into the reason of the hold that is placed for it.
const maxRestriction = access.MaxReason - 200

// fillRestriction checks the shape of what is to be decided, and pins the
// snapshots in its scope. Whether a replacement is clear is asked of the gate, by
// package world.
func (s State) fillRestriction(f *File, in ProposeIn, see See, _ policy.Pack) error {
	r := in.Restriction
	if r == nil {
		return fault.Invalidf("a decision of kind %s says what it restricts", in.Kind)
	}
	if in.Model != "" && in.Model != r.Model {
		return fault.Invalidf("the decision is about %s and restricts %s", in.Model, r.Model)
	}
	if !slices.Contains(Restrictions(), r.Kind) {
		return fault.Invalidf("%q is not a kind of restriction", r.Kind).Hinted("the kinds are %s", kindList())
	}
	if _, ok := see.Model.Model(r.Model); !ok {
		return fault.NotFoundf("no model %q is registered", r.Model)
	}
	if err := access.CheckReason(r.Reason); err != nil {
		return err
	}
	if len(r.Reason) > maxRestriction {
		return fault.Invalidf("a reason of %d bytes is over the limit of %d", len(r.Reason), maxRestriction).Hinted("say it in one sentence")
	}
	scope, err := r.scope(see.Model)
	if err != nil {
		return err
	}
	f.Model, f.Grade = r.Model, grade.Attested
	for _, snap := range scope {
		if snap.Weights != "" {
			f.Pins = append(f.Pins, Pin{Ref: entry.Ref{Kind: "snapshot", ID: snap.ID(), Digest: snap.Weights}, Seq: snap.Seq, Grade: grade.Recomputed})
		}
	}
	return r.check(f, scope, see.Model)
}

func kindList() string {
	var kinds []string
	for _, k := range Restrictions() {
		kinds = append(kinds, string(k))
	}
	return strings.Join(kinds, ", ")
}

// scope lists the snapshots that a restriction is about: those that it names, or
// every one.
func (r Restriction) scope(models model.State) ([]model.Snapshot, error) {
	all := models.Snapshots(r.Model)
	if len(r.Snapshots) == 0 {
		return all, nil
	}
	var scope []model.Snapshot
	for i, name := range r.Snapshots {
		snap, ok := models.Snapshot(r.Model, name)
		if !ok || slices.Contains(r.Snapshots[:i], name) {
			return nil, fault.NotFoundf("%s has no snapshot %q, or it is named twice", r.Model, name).Hinted("holdpoint model show %s lists them", r.Model)
		}
		scope = append(scope, snap)
	}
	return scope, nil
}

// check asks for what each kind needs, and refuses what belongs to another.
func (r Restriction) check(f *File, scope []model.Snapshot, models model.State) error {
	var l fault.List
	only := func(kind RestrictionKind, has bool, what string) {
		if has && r.Kind != kind {
			l = append(l, fault.Invalidf("%s belongs to a restriction of kind %s, and this is %s", what, kind, r.Kind))
		}
	}
	only(WithdrawModel, r.Replacement != "", "a replacement")
	only(PauseTraining, len(r.Resume) > 0 || r.Notice != "", "what must be so before training goes on, or a notice,")
	only(DeleteWeights, len(r.Copies) > 0, "a list of copies")
	switch r.Kind {
	case WithdrawModel:
		l = append(l, r.replaced(models)...)
	case PauseTraining:
		l = append(l, r.paused()...)
	case DeleteWeights:
		l = append(l, r.deleted(f, scope)...)
	}
	return l.Err()
}

// replaced asks for another model that takes over (INT-5).
func (r Restriction) replaced(models model.State) fault.List {
	const hint = "name the model that takes over; to stop at once, without a decision: holdpoint model withdraw, or holdpoint hold place"
	_, known := models.Model(r.Replacement)
	switch {
	case r.Replacement == "":
		return fault.List{fault.Invalidf("a withdrawal names the model that takes over (INT-5)").Hinted(hint)}
	case r.Replacement == r.Model:
		return fault.List{fault.Invalidf("%s cannot replace itself", r.Model).Hinted(hint)}
	case !known:
		return fault.List{fault.NotFoundf("no model %q is registered, so it cannot take over", r.Replacement).Hinted(hint)}
	}
	return nil
}

// paused asks for what lets training go on, and for what those who wait are told
// (INT-7).
func (r Restriction) paused() fault.List {
	var l fault.List
	if len(r.Resume) == 0 || slices.ContainsFunc(r.Resume, func(s string) bool { return strings.TrimSpace(s) == "" }) {
		l = append(l, fault.Invalidf("a pause of training says what must be so before it goes on (INT-7)"))
	}
	if strings.TrimSpace(r.Notice) == "" {
		l = append(l, fault.Invalidf("a pause of training says what those who wait for it are told (INT-7)"))
	}
	return l
}

// deleted asks for every copy of the weights of every snapshot in scope (INT-6).
// A snapshot without a digest is named as left open: nobody can tell a copy of it.
func (r Restriction) deleted(f *File, scope []model.Snapshot) fault.List {
	var l fault.List
	if len(r.Copies) == 0 {
		l = append(l, fault.Invalidf("deleting weights lists every copy of them (INT-6)"))
	}
	for i, c := range r.Copies {
		at := slices.IndexFunc(scope, func(s model.Snapshot) bool { return s.Snapshot == c.Snapshot })
		switch {
		case strings.TrimSpace(c.Location) == "":
			l = append(l, fault.Invalidf("copy %d says where it lies", i+1))
		case slices.ContainsFunc(r.Copies[:i], func(o Copy) bool { return o.Location == c.Location }):
			l = append(l, fault.Invalidf("two copies are said to lie at %q", c.Location).Hinted("each copy has a location of its own"))
		case at < 0:
			l = append(l, fault.Invalidf("the copy at %q is of the snapshot %q, which is not among those to delete", c.Location, c.Snapshot))
		case scope[at].Weights == "":
			l = append(l, fault.Invalidf("the digest of %s is not known, so nobody can tell that %q holds a copy of it", scope[at].ID(), c.Location).
				Hinted("register the weights as a snapshot with their digest"))
		case scope[at].Weights != c.SHA256:
			l = append(l, fault.Invalidf("the copy at %q has the digest %.16q, and %s has %.16s", c.Location, c.SHA256, scope[at].ID(), scope[at].Weights))
		}
	}
	for _, s := range scope {
		listed := slices.ContainsFunc(r.Copies, func(c Copy) bool { return c.Snapshot == s.Snapshot })
		if s.Weights == "" {
			f.NotShown = append(f.NotShown, fmt.Sprintf("the digest of %s is not known, so nobody can tell whether copies of it are left", s.ID()))
		} else if !listed {
			l = append(l, fault.Invalidf("no copy of %s is listed", s.ID()).Hinted("every copy of every snapshot is listed (INT-6)"))
		}
	}
	return l
}
