// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package access

import "github.com/holdpoint/holdpoint/internal/fault"

// InRole is one person acting in one role.
type InRole struct {
	Role   string
	Person string
}

// Distinct refuses one person in two roles of the same matter: where a policy
// asks for two signatures, it asks for two people.
func Distinct(acts []InRole) error {
	roleOf := make(map[string]string, len(acts))
	for _, a := range acts {
		first, ok := roleOf[a.Person]
		if ok && first != a.Role {
			return fault.Forbiddenf("%q acted as %q and cannot also act as %q in the same matter (rule SOD-TWO-ROLES)", a.Person, first, a.Role).
				Hinted("another person who holds the role %q must act", a.Role)
		}
		roleOf[a.Person] = a.Role
	}
	return nil
}
