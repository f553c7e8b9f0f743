// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import "slices"

// ClauseCoverage says where one clause of a policy went. Where lists the
// elements that cite it, then those that the clause names, each once.
type ClauseCoverage struct {
	Clause   string       `json:"clause"`
	Summary  string       `json:"summary"`
	Modality Modality     `json:"modality"`
	Owner    string       `json:"owner"`
	Coverage CoverageKind `json:"coverage"`
	Where    []string     `json:"where"`
	Why      string       `json:"why,omitempty"`
}

// Coverage lists every clause in the order of the pack. Parsing has already
// refused clauses that name no element and elements that name no clause.
func Coverage(p Pack) []ClauseCoverage {
	citing := citations(p)
	out := make([]ClauseCoverage, 0, len(p.Clauses))
	for _, c := range p.Clauses {
		where := slices.Clone(citing[c.ID])
		for _, id := range c.Where {
			if !slices.Contains(where, id) {
				where = append(where, id)
			}
		}
		out = append(out, ClauseCoverage{c.ID, c.Summary, c.Modality, c.Owner, c.Coverage, where, c.Why})
	}
	return out
}

// citations gives, for each clause, the elements that cite it, in the order of
// the pack.
func citations(p Pack) map[string][]string {
	citing := map[string][]string{}
	for _, n := range index(p) {
		if n.element.Clause != "" {
			citing[n.element.Clause] = append(citing[n.element.Clause], n.id)
		}
	}
	return citing
}
