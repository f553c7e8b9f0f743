// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package signoff

import (
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Check asks of a recorded entry of this area everything that its verb asked
// before it was recorded: the signature itself, the key active and the person's
// own, the role held, distinct people, order. The receiver and see must be the
// states just before the entry. It is how a copy of a journal is verified
// without trusting who made it.
func (s State) Check(e entry.Entry, see See) error {
	switch e.Type {
	case asked.Name():
		return recheck(asked, e, s.checkAsk)
	case signed.Name():
		return recheck(signed, e, func(d Signed) error {
			return s.checkSign(Signing{
				Question: d.Question, Role: d.Role, Person: d.Person, Key: d.Key,
				Answer: d.Answer, Note: d.Note, Signature: d.Signature,
			}, see, e.RecordedAt)
		})
	case dissented.Name():
		return recheck(dissented, e, func(d Dissented) error {
			return s.checkDissent(Signing{
				Question: d.Question, Person: d.Person, Key: d.Key,
				Answer: Disapprove, Note: d.Note, Signature: d.Signature,
			}, see, e.RecordedAt)
		})
	case delivered.Name():
		return recheck(delivered, e, func(d Delivered) error {
			if d.By != e.Actor {
				return fault.Corruptf("the delivery is by %q, but recorded by %q", d.By, e.Actor)
			}
			return s.checkDeliver(d)
		})
	case acknowledged.Name():
		return recheck(acknowledged, e, func(d Acknowledged) error {
			return s.checkAcknowledge(Signing{
				Question: d.Question, Role: d.Role, Person: d.Person, Key: d.Key,
				Answer: Acknowledge, Signature: d.Signature,
			}, see, e.RecordedAt)
		})
	case voided.Name():
		return recheck(voided, e, s.checkVoid)
	}
	return fault.New(fault.Internal, "entry %d: signoff does not know the type %q", e.Seq, e.Type)
}

func recheck[T any](kind entry.Kind[T], e entry.Entry, check func(T) error) (err error) {
	defer fault.Wrap(&err, "entry %d (%s)", e.Seq, e.Type)
	d, _, err := kind.Decode(e)
	if err != nil {
		return err
	}
	return check(d)
}
