// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package notice

import (
	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Queued is the data of notice.queued: what the role To is told. Basis and
// Clause say by which part of the policy; an urgent notice is one that a pager
// carries.
type Queued struct {
	To     string    `json:"to"`
	About  entry.Ref `json:"about"`
	Text   string    `json:"text"`
	Policy string    `json:"policy,omitzero"`
	Clause string    `json:"clause,omitzero"`
	Basis  string    `json:"basis"`
	Urgent bool      `json:"urgent,omitzero"`
}

// Acknowledged is the data of notice.acknowledged.
type Acknowledged struct {
	Notice string `json:"notice"`
}

var (
	queued       = entry.Define[Queued]("notice.queued", 1, entry.Fact)
	acknowledged = entry.Define[Acknowledged]("notice.acknowledged", 1, entry.Fact)
)

// QueuedType is the type of the entries that queue notices.
const QueuedType = "notice.queued"

// Types lists the entry types of this area.
func Types() []entry.Type { return []entry.Type{queued.Type(), acknowledged.Type()} }

// DecodeQueued reads the entry that queues a notice.
func DecodeQueued(e entry.Entry) (Queued, error) {
	d, _, err := queued.Decode(e)
	return d, err
}

// Fork gives a state that changes on its own. Constant time.
func (s State) Fork() State {
	return State{notices: s.notices.Fork(), order: s.order.Fork(), open: s.open.Fork()}
}

// Apply folds one entry.
func (s *State) Apply(e entry.Entry) error {
	switch e.Type {
	case queued.Name():
		return s.applyQueued(e)
	case acknowledged.Name():
		return s.applyAcknowledged(e)
	}
	return fault.New(fault.Internal, "notice does not fold %s", e.Type)
}

func (s *State) applyQueued(e entry.Entry) error {
	d, _, err := queued.Decode(e)
	if err != nil {
		return err
	}
	n := Notice{Queued: d, ID: entry.ID("notice", e.Seq), Seq: e.Seq, At: e.RecordedAt}
	s.notices.Set(n.ID, n)
	s.order.Set(cow.SeqKey(e.Seq), n.ID)
	s.open.Set(n.openKey(), n.ID)
	return nil
}

func (s *State) applyAcknowledged(e entry.Entry) error {
	d, _, err := acknowledged.Decode(e)
	if err != nil {
		return err
	}
	n, ok := s.notices.Get(d.Notice)
	if !ok {
		return fault.Corruptf("entry %d acknowledges the notice %q, which is not there", e.Seq, d.Notice)
	}
	n.AcknowledgedSeq, n.AcknowledgedAt, n.AcknowledgedBy = e.Seq, e.RecordedAt, e.Actor
	s.notices.Set(n.ID, n)
	s.open.Delete(n.openKey())
	return nil
}

func (n Notice) openKey() string { return cow.PairKey(n.To, cow.SeqKey(n.Seq)) }
