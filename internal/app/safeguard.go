// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/safeguard"
	"github.com/holdpoint/holdpoint/internal/world"
)

// RecordSafeguardEvidence records evidence, or a named limitation, for one
// criterion.
func RecordSafeguardEvidence(in safeguard.EvidenceInput) Intent {
	return Intent{Verb: "safeguard.evidence", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		see, err := criteria(w, in.Standard, in.Facet, act.Now)
		if err != nil {
			return nil, err
		}
		return w.Safeguard.RecordEvidence(in, see, act)
	}}
}

// PrepareReport gathers the evidence for a standard's facet into a Safeguards
// Report.
func PrepareReport(in safeguard.ReportInput) Intent {
	return Intent{Verb: "safeguard.report", Input: in, Decide: func(w world.World, act entry.Act) ([]entry.Draft, error) {
		see, err := criteria(w, in.Standard, in.Facet, act.Now)
		if err != nil {
			return nil, err
		}
		return w.Safeguard.PrepareReport(in, see, act)
	}}
}

// RecordFailure records that safeguards failed in practice.
func RecordFailure(in safeguard.FailureInput) Intent {
	return Intent{Verb: "safeguard.fail", Input: in, Decide: func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Safeguard.RecordFailure(in)
	}}
}

// WithdrawSafeguard ends every approval of a standard's facet.
func WithdrawSafeguard(in safeguard.WithdrawInput) Intent {
	return Intent{Verb: "safeguard.withdraw", Input: in, Decide: func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Safeguard.Withdraw(in)
	}}
}

// WithdrawSafeguardEvidence takes evidence back.
func WithdrawSafeguardEvidence(id, reason string, how entry.Provenance) Intent {
	return Intent{Verb: "safeguard.withdraw", Input: []string{id, reason}, Args: EndingSafeguard{Evidence: id, WithdrawInput: safeguard.WithdrawInput{Reason: reason, How: how}}, Decide: func(w world.World, _ entry.Act) ([]entry.Draft, error) {
		return w.Safeguard.WithdrawEvidence(id, reason, how)
	}}
}

// criteria gives the criteria of a standard's facet under the policy in force.
func criteria(w world.World, standard, facet string, now int64) (safeguard.See, error) {
	p, ok := w.Policy.InForce(now)
	if !ok {
		return safeguard.See{}, fault.Conflictf("no policy is in force, so no standard has criteria").
			Hinted("adopt one: holdpoint policy adopt anthropic-rsp@2.2")
	}
	f, ok := p.Pack.Standard(standard, policy.FacetKind(facet))
	if !ok {
		return safeguard.See{}, fault.NotFoundf("%s has no standard %q with the facet %q", p.Ref(), standard, facet).
			Hinted("holdpoint policy show lists the standards and their facets")
	}
	var see safeguard.See
	for _, c := range f.Criteria {
		see.Criteria = append(see.Criteria, safeguard.Criterion{ID: c.ID, Title: c.Title})
	}
	return see, nil
}
