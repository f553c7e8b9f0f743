// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journaltest

import (
	"fmt"

	"github.com/holdpoint/holdpoint/internal/cow"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/proof"
)

// Added is the toy's fact: a counter goes up.
type Added struct {
	Name string `json:"name"`
	By   int64  `json:"by"`
}

// Noted is the toy's private entry.
type Noted struct {
	Text string `json:"text"`
}

// The toy's types.
var (
	AddedKind = entry.Define[Added]("toy.added", 1, entry.Fact)
	NotedKind = entry.Define[Noted]("toy.noted", 1, entry.Private)
)

// Registry knows the toy's types and the journal's.
func Registry() entry.Registry {
	return entry.NewRegistry(append(journal.Types(), AddedKind.Type(), NotedKind.Type())...)
}

// Toy is a small world: named counters, and how many notes there are.
type Toy struct {
	Counts cow.Map[string, int64]
	Notes  int64
}

// Fork implements [journal.State].
func (t Toy) Fork() Toy { return Toy{Counts: t.Counts.Fork(), Notes: t.Notes} }

// Apply implements [journal.State]. A step to exactly minus 13 is a planted
// panic, a step of 0 a planted refusal.
func (t Toy) Apply(e entry.Entry) (Toy, error) {
	switch e.Type {
	case NotedKind.Name():
		if e.Body != nil {
			return t, fmt.Errorf("a private body was shown to a fold")
		}
		t.Notes++
	case AddedKind.Name():
		a, _, err := AddedKind.Decode(e)
		if err != nil {
			return t, err
		}
		have, _ := t.Counts.Get(a.Name)
		t.Counts.Set(a.Name, have+a.By)
		if a.By == -13 {
			panic("planted")
		}
		if a.By == 0 {
			return t, fault.Invalidf("planted refusal")
		}
	}
	return t, nil
}

// Count gives a counter.
func (t Toy) Count(name string) int64 {
	n, _ := t.Counts.Get(name)
	return n
}

// Add is an intent that moves counters, one entry each.
func Add(key string, steps ...Added) journal.Intent[Toy] {
	return Decide(key, fmt.Sprint(steps), func(Toy, entry.Act) ([]entry.Draft, error) {
		var drafts []entry.Draft
		for _, s := range steps {
			d, err := AddedKind.Draft(s)
			if err != nil {
				return nil, err
			}
			drafts = append(drafts, d)
		}
		return drafts, nil
	})
}

// Note is an intent that makes a private entry.
func Note(text string) journal.Intent[Toy] {
	return Decide("", text, func(Toy, entry.Act) ([]entry.Draft, error) { return NotedKind.Drafts(Noted{Text: text}) })
}

// Erase is an intent that erases.
func Erase(seqs ...int64) journal.Intent[Toy] {
	return Decide("", fmt.Sprint(seqs), func(Toy, entry.Act) ([]entry.Draft, error) {
		d, err := journal.Erase(journal.Erased{Seqs: seqs, Reason: "asked for", Decision: "decision-1"})
		return []entry.Draft{d}, err
	})
}

// Decide is an intent with a rule; what is hashed into its digest.
func Decide(key, what string, rule func(Toy, entry.Act) ([]entry.Draft, error)) journal.Intent[Toy] {
	return journal.Intent[Toy]{Actor: "p1", Key: key, Digest: digest(what), Decide: rule}
}

// Key gives the signing key of test journals.
func Key() *proof.SigningKey {
	key, err := proof.NewSigningKey("journal.test/log", make([]byte, 32))
	if err != nil {
		panic(err)
	}
	return &key
}
