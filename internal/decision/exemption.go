// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// fillExemption checks what is to be decided and pins what it rests on.
func (s State) fillExemption(f *File, in ProposeIn, _ See, _ policy.Pack) error {
	if in.Exemption == nil {
		return fault.Invalidf("a decision of kind %s says what it is about", in.Kind)
	}
	f.Grade = grade.Attested
	return nil
}
