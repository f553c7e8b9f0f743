// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package gate

import (
	"fmt"
	"slices"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/rule"
)

// OfficePrefix begins the id of the condition that an office is not vacant.
const OfficePrefix = "office:"

// offices gives a condition for each office that is vacant and whose holder signs
// what every action rests on. It is there only as long as the office is vacant:
// where nobody ever held an office, nothing was signed that could be relied on.
func (e *evaluation) offices() []rule.Result {
	var rs []rule.Result
	for _, r := range e.pack.Roles {
		if !r.Office || !signs(e.pack, r.ID) {
			continue
		}
		if o := e.facts.Access.Office(r.ID, e.now); o.Vacant {
			c := rule.Condition{ID: OfficePrefix + r.ID, Clause: r.Clause, Basis: rule.Basis(r.Basis)}
			rs = append(rs, rule.New(c, rule.NotMet, grade.Recomputed, vacant(o), o.Entries...))
		}
	}
	return rs
}

// signs tells whether a role signs determinations or approvals of safeguards.
func signs(p policy.Pack, role string) bool {
	for _, kind := range []policy.DecisionKind{policy.DecideDetermination, policy.DecideSafeguards} {
		if d, ok := p.Decision(kind); ok && slices.Contains(d.Signers, role) {
			return true
		}
	}
	return false
}

func vacant(o access.Office) string {
	return fmt.Sprintf("the office of %s is vacant since %s, and nobody acts in it", o.Role, deadline.DayOf(o.Since))
}
