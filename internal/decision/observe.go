// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"fmt"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// fillObserve checks that an enforcement point may be let observe until the day
// named, and pins the point.
func fillObserve(f *File, x Exemption, see See) error {
	if x.Duty != "" || x.Extend {
		return fault.Invalidf("an exemption is of a duty or of an enforcement point, and not of both").Hinted("propose two decisions")
	}
	if err := access.CheckReason(x.Reason); err != nil {
		return err
	}
	if err := see.Enforcement.CheckObserve(x.Observe, x.Until, see.Now); err != nil {
		return err
	}
	p, err := see.Enforcement.Point(x.Observe)
	if err != nil {
		return err
	}
	f.Pins = append(f.Pins, Pin{
		Ref: entry.Ref{Kind: "enforcement_point", ID: p.Point}, Seq: p.Seq, Grade: grade.Attested,
		Text: fmt.Sprintf("%s stands before %s", p.Point, p),
	})
	f.NotShown = append(f.NotShown, fmt.Sprintf("until %s, nothing that %s asks about is held there", x.Until, p.Point))
	f.Grade = grade.Attested
	return nil
}
