// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// fillExemption checks what is to be decided and pins what it rests on.
func (s State) fillExemption(f *File, in ProposeIn, see See, _ policy.Pack) error {
	if in.Exemption == nil {
		return fault.Invalidf("a decision of kind %s says what it is about", in.Kind)
	}
	if in.Exemption.Observe != "" {
		return fillObserve(f, *in.Exemption, see)
	}
	f.Grade = grade.Attested
	return nil
}
