// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Check asks of a recorded entry of this area what was asked before it was
// recorded: that a file has the digest it was signed by, that it pins what was
// there, and that a decision took effect only when nothing was missing. The
// receiver and see are the states just before the entry. It is how a copy of a
// journal is verified without trusting who made it.
func (s State) Check(e entry.Entry, see See) error {
	switch e.Type {
	case proposed.Name():
		d, _, err := proposed.Decode(e)
		if err != nil {
			return err
		}
		return checkFile(d, e.Seq)
	case tookEffect.Name():
		d, _, err := tookEffect.Decode(e)
		if err != nil {
			return err
		}
		v, err := s.Decision(d.Decision)
		if err != nil {
			return err
		}
		if missing := s.Missing(v, see); len(missing) > 0 {
			return fault.Corruptf("%s took effect without %s", d.Decision, strings.Join(missing, ", "))
		}
	}
	return nil
}

func checkFile(d ProposedV1, seq int64) error {
	digest, err := d.File.Digest()
	if err != nil {
		return err
	}
	switch {
	case digest != d.Digest:
		return fault.Corruptf("the decision file has the digest %s, and %s was put to the signers", digest, d.Digest)
	case d.File.ID != entry.ID("decision", seq):
		return fault.Corruptf("the decision file calls itself %s", d.File.ID)
	}
	return nil
}
