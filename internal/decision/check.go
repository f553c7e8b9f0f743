// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package decision

import (
	"bytes"
	"strings"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Check asks of a recorded entry of this area what was asked before it was
// recorded: that a file has the digest it was signed by and says what it had to
// say, with every pin and everything that it leaves open; that a decision took
// effect only when nothing was missing; that it was reversed by a later one. The
// receiver and see are the states just before the entry. It is how a copy of a
// journal is verified without trusting who made it. What a source reports is
// asked nothing: it is graded as such.
func (s State) Check(e entry.Entry, see See) error {
	switch e.Type {
	case proposed.Name():
		return s.checkProposed(e, see)
	case tookEffect.Name():
		d, _, err := tookEffect.Decode(e)
		if err != nil {
			return err
		}
		return s.checkEffect(d.Decision, see)
	case voided.Name():
		d, _, err := voided.Decode(e)
		if err != nil {
			return err
		}
		return s.checkVoided(d)
	case attested.Name():
		d, _, err := attested.Decode(e)
		if err != nil {
			return err
		}
		return s.checkAttested(d)
	}
	return nil
}

func (s State) checkEffect(id string, see See) error {
	v, err := s.Decision(id)
	if err != nil {
		return err
	}
	if missing := s.Missing(v, see); len(missing) > 0 {
		return fault.Corruptf("%s took effect without %s", id, strings.Join(missing, ", "))
	}
	return nil
}

// checkProposed proposes again what the file says was proposed.
func (s State) checkProposed(e entry.Entry, see See) error {
	d, err := decodeProposed(e)
	if err != nil {
		return err
	}
	if err := checkFile(d, e.Seq); err != nil {
		return err
	}
	drafts, err := s.Propose(d.File.asked(), see, entry.Act{Actor: e.Actor, Seq: e.Seq, Now: e.RecordedAt})
	if err != nil {
		return fault.Corruptf("%s could not have been proposed: %w", d.File.ID, err)
	}
	if !bytes.Equal(drafts[0].Body, e.Body) {
		return fault.Corruptf("%s does not show what there was to show when it was proposed", d.File.ID)
	}
	return nil
}

// asked is what the author of the file asked for; the rest was gathered.
func (f File) asked() ProposeIn {
	in := ProposeIn{
		Kind: f.Kind, Title: f.Title, Model: f.Model, Assessment: f.Assessment, Determinations: f.Determinations,
		Hold: f.Hold, Interim: f.Interim, Restriction: f.Restriction, Baseline: f.Baseline, Exemption: f.Exemption, Ruling: f.Ruling,
		HighStakes: f.HighStakes, Precautionary: f.Precautionary, Provisional: f.Provisional,
		ReviewBy: f.ReviewBy, Conditions: f.Conditions, LapsesOn: f.LapsesOn, Alternatives: f.Alternatives,
	}
	if f.Safeguards != nil {
		in.Report = f.Safeguards.Report
	}
	return in
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
