// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/policy"
)

// barred says why whoever asks may not do what needs one of the duties, "" when
// they may. Without a duty, being somebody known is enough. The rules decide
// again when the form is sent; this only keeps forms from people who cannot use
// them.
func (r *request) barred(duties ...policy.Duty) string {
	switch {
	case r.site.Kind == Record:
		return "Nobody acts in the record."
	case r.URL.Query().Get("at") != "":
		return "This page shows the past, in which nobody can act."
	case r.person == "" && r.site.Kind == Drill:
		return "You are only reading. Choose above who you are in the drill."
	case r.person == "":
		return "Sign in to do this."
	case len(duties) == 0:
		return ""
	}
	p, ok := r.moment.View.State.Policy.InForce(r.moment.Now)
	if !ok {
		return "No policy is in force, so no role gives anybody a duty."
	}
	var who []string
	for _, role := range p.Pack.Roles {
		if !hasAny(role.Duties, duties) {
			continue
		}
		who = append(who, role.Title)
		for _, mine := range r.roles {
			if mine == role.ID {
				return ""
			}
		}
	}
	var need []string
	for _, d := range duties {
		need = append(need, string(d))
	}
	return "This needs a role with the duty to " + strings.Join(need, " or ") + ": " + strings.Join(who, ", ") + "."
}

func hasAny(have, want []policy.Duty) bool {
	for _, h := range have {
		for _, w := range want {
			if h == w {
				return true
			}
		}
	}
	return false
}
