// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package assessment

import (
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/threshold"
)

// SpecInput registers a spec, or a new version of one. Version 0 takes the next
// one; an empty lifecycle is active, an empty registration is here, and an
// empty author is whoever acts.
type SpecInput struct {
	SpecRegistered
	How entry.Provenance
}

// RegisterSpec registers how evidence will be judged (CAP-4). A changed spec is
// a new version; the old one stays, and findings under it say so. Its threshold
// never changes.
func (s State) RegisterSpec(in SpecInput, see See, act entry.Act) ([]entry.Draft, error) {
	d := in.SpecRegistered
	if d.Lifecycle == "" {
		d.Lifecycle = Active
	}
	if d.Registered == "" {
		d.Registered = RegisteredHere
	}
	if d.Author == "" {
		d.Author = act.Actor
	}
	last, exists := s.Spec(d.ID)
	if d.Version == 0 {
		d.Version = last.Version + 1
	}
	all := checkSpec(d, see)
	if d.Assessment != "" {
		if _, err := s.openOn(d.Assessment, d.Threshold); err != nil {
			return nil, err
		}
	}
	if err := all.Err(); err != nil {
		return nil, err
	}
	if err := checkVersion(d, last, exists); err != nil {
		return nil, err
	}
	return specRegistered.Drafts(d, in.How)
}

func checkSpec(d SpecRegistered, see See) fault.List {
	var all fault.List
	that := func(ok bool, format string, args ...any) {
		if !ok {
			all = append(all, fault.Invalidf(format, args...).At("%s", d.ID))
		}
	}
	that(wellNamed(d.ID), "%q is not the id of a spec: use a-z, 0-9, point, underscore and hyphen", d.ID)
	that(strings.TrimSpace(d.Evaluation) != "", "a spec names its evaluation")
	that(slices.Contains(lifecycles(), d.Lifecycle), "%q is not a lifecycle; use one of: %s", d.Lifecycle, list(lifecycles()))
	that(slices.Contains(registrations(), d.Registered), "%q does not say how it was registered; use one of: %s", d.Registered, list(registrations()))
	that(d.Version > 0, "versions start at 1")
	that(d.Version < 2 || strings.TrimSpace(d.Change) != "", "a new version says what changed and why")
	if _, ok := see.Policy.Threshold(d.Threshold); !ok {
		all = append(all, unknownThreshold(d.Threshold, see))
	}
	if err := d.Rule.Check(); err != nil {
		all = append(all, fault.Invalidf("the rule of the spec: %w", err).At("%s", d.ID))
	}
	return all
}

func checkVersion(d SpecRegistered, last Spec, exists bool) error {
	switch {
	case exists && d.Version <= last.Version:
		return fault.Conflictf("the spec %s is at version %d", d.ID, last.Version).
			Hinted("register the change as version %d, with what changed and why", last.Version+1)
	case d.Version != last.Version+1:
		return fault.Conflictf("the next version of the spec %s is %d, not %d", d.ID, last.Version+1, d.Version)
	case exists && d.Threshold != last.Threshold:
		return fault.Conflictf("the spec %s is about %s and cannot become one about %s", d.ID, last.Threshold, d.Threshold).
			Hinted("register another spec")
	}
	return nil
}

// Spec gives the newest version of a spec.
func (s State) Spec(id string) (Spec, bool) {
	all := s.SpecVersions(id)
	if len(all) == 0 {
		return Spec{}, false
	}
	return all[len(all)-1], true
}

// SpecVersions lists every version of a spec, oldest first.
func (s State) SpecVersions(id string) []Spec { return within(s.specs, id) }

// Specs lists the newest version of every spec of a threshold, by id; of all
// thresholds where threshold is "".
func (s State) Specs(threshold string) []Spec {
	var all []Spec
	for sp := range s.specs.Values() {
		if threshold != "" && sp.Threshold != threshold {
			continue
		}
		if n := len(all); n > 0 && all[n-1].ID == sp.ID {
			all[n-1] = sp
			continue
		}
		all = append(all, sp)
	}
	return all
}

// carriesWeight tells whether the version may support a conclusion at all: a
// saturated or retired evaluation, and a placeholder, may not.
func (s Spec) carriesWeight() bool {
	return s.informative() && !s.Rule.Placeholder
}

func (s Spec) informative() bool { return s.Lifecycle == Active || s.Lifecycle == NearSaturation }

// isContext tells whether the spec has no line and only informs.
func (s Spec) isContext() bool { return s.Rule.Role == threshold.RoleContext }
