// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package policy

import (
	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
)

// AdoptedV1 is the data of policy.adopted. The pack's canonical bytes are part
// of the entry, so a journal needs no other file to say what the policy was.
type AdoptedV1 struct {
	ID         string   `json:"id"`
	Version    string   `json:"version"`
	Digest     string   `json:"digest"`
	Effective  Date     `json:"effective"`
	Pack       string   `json:"pack"`
	Loosenings []string `json:"loosenings,omitempty"`
	Tightened  []string `json:"tightenings,omitempty"`
	Reason     string   `json:"reason,omitzero"`
}

var adopted = entry.Define[AdoptedV1]("policy.adopted", 1, entry.Fact)

// Types lists the entry types of this area.
func Types() []entry.Type { return []entry.Type{adopted.Type()} }

// Fork gives a state that changes on its own.
func (s State) Fork() State { return State{versions: s.versions.Fork()} }

// Apply folds one entry.
func (s *State) Apply(e entry.Entry) error {
	if e.Type != adopted.Name() {
		return fault.New(fault.Internal, "policy does not fold %s", e.Type)
	}
	data, how, err := adopted.Decode(e)
	if err != nil {
		return err
	}
	pack, err := ParseCanonical([]byte(data.Pack))
	if err != nil {
		return fault.Corruptf("entry %d: the adopted pack does not parse: %w", e.Seq, err)
	}
	if pack.Digest() != data.Digest {
		return fault.Corruptf("entry %d: the adopted pack has the digest %s, not %s", e.Seq, pack.Digest(), data.Digest)
	}
	s.versions.Set(versionKey(data.Effective, e.Seq), Adopted{
		Pack: pack, Digest: data.Digest, Seq: e.Seq, AdoptedAt: e.RecordedAt,
		// The pack's bytes are in the entry: without a source that says
		// otherwise, the lab's own act is as well known as anything can be.
		Grade:   how.GradeOr(grade.Recomputed),
		Carries: s.carries(pack),
	})
	return nil
}

// carries tells what the version before hands on; the last one adopted is the
// one before, since versions are adopted in the order of their effect.
func (s State) carries(p Pack) []Carry {
	last, ok := s.last()
	if !ok {
		return nil
	}
	return p.Carried(last.Pack)
}

// versionKey orders versions by the day they take effect, then by adoption.
func versionKey(effective Date, seq int64) string {
	return string(effective) + cow.SeqKey(seq)
}
