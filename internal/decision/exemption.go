// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/deadline"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// fillExemption checks what is to be decided: one thing, with a reason and an
// end. Whether there is such a duty, and whether the end is still to come, is
// asked where duties are known.
func (s State) fillExemption(f *File, in ProposeIn, see See, _ policy.Pack) error {
	x := in.Exemption
	switch {
	case x == nil:
		return fault.Invalidf("a decision of kind %s says what it is about", in.Kind)
	case (x.Duty == "") == (x.Observe == ""):
		return fault.Invalidf("an exemption is about a duty or about an enforcement point, and about one of them only")
	case x.Extend && x.Duty == "":
		return fault.Invalidf("only a duty can be extended")
	}
	if err := access.CheckReason(x.Reason); err != nil {
		return err
	}
	if _, err := deadline.ParseDay(string(x.Until)); err != nil {
		return err
	}
	if in.Exemption.Observe != "" {
		return fillObserve(f, *in.Exemption, see)
	}
	f.Grade = grade.Attested
	return nil
}
