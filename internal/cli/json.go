// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/stats"
)

// number prints a decimal as a JSON number; "no number" is null.
type number stats.Decimal

// MarshalJSON writes the digits as they are.
func (n number) MarshalJSON() ([]byte, error) {
	d := stats.Decimal(n)
	switch {
	case d == "":
		return []byte("null"), nil
	case !d.Valid():
		return nil, fault.New(fault.Internal, "%q is not a decimal", string(d))
	}
	return []byte(d), nil
}

// text prints "" as null.
type text string

// MarshalJSON writes the text, or null.
func (t text) MarshalJSON() ([]byte, error) {
	if t == "" {
		return []byte("null"), nil
	}
	return json.Marshal(string(t))
}

// known prints a count of which 0 says that nobody knows it.
type known int

// MarshalJSON writes the count, or null.
func (k known) MarshalJSON() ([]byte, error) {
	if k == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(int(k))
}

// instant is milliseconds since 1970, printed as RFC 3339 in UTC; 0 is null.
type instant int64

// String gives the time, "" for none.
func (t instant) String() string {
	if t == 0 {
		return ""
	}
	return time.UnixMilli(int64(t)).UTC().Format("2006-01-02T15:04:05.000Z")
}

// MarshalJSON writes the time, or null.
func (t instant) MarshalJSON() ([]byte, error) { return text(t.String()).MarshalJSON() }

// print prints the result as the one JSON document of the command. Members come
// in the order of the struct's fields, and empty lists are []. Decimals inside of
// an area's own types are printed as numbers too.
func (s *session) print(v any) error {
	numbers := json.MarshalToFunc(func(enc *jsontext.Encoder, d stats.Decimal) error {
		b, err := number(d).MarshalJSON()
		if err != nil {
			return err
		}
		return enc.WriteValue(b)
	})
	b, err := json.Marshal(v, json.WithMarshalers(numbers), jsontext.Multiline(true), jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	s.printed = true
	_, err = s.out.Write(append(b, '\n'))
	return err
}

// acted is the JSON of an act: the entries it wrote, and what it made. Repeated
// tells that the same act key had done it before.
type acted struct {
	ID       string   `json:"id"`
	Seq      int64    `json:"seq"`
	Time     instant  `json:"time"`
	Entries  []string `json:"entries"`
	Repeated bool     `json:"repeated"`
	Clock    string   `json:"clock"`
}

func actedOf(id string, done app.Done) acted {
	a := acted{ID: id, Seq: done.First, Repeated: done.Repeated, Clock: string(done.View.Begun.Clock)}
	for _, e := range done.Entries {
		a.Entries = append(a.Entries, e.Type)
		a.Time = instant(e.RecordedAt)
	}
	return a
}

// done prints what an act did: the sentence, or its JSON.
func (s *session) done(id string, done app.Done, sentence string) error {
	if s.JSON {
		return s.print(actedOf(id, done))
	}
	if done.Repeated {
		s.note("this was done before, under the same act key")
	}
	s.say("%s (%s)", sentence, entriesOf(done))
	for _, e := range done.Entries {
		if r, ok := done.View.State.Restriction.OpenedBy(e.Seq); ok {
			s.say("  it is live while held: %s of %s in %s; %s is owed by %s, by %s", r.Action, r.Model, r.Environment,
				r.ID, or(r.Owner, "nobody the policy names"), or(instant(r.Due).String(), "no date"))
		}
	}
	return nil
}

func entriesOf(done app.Done) string {
	if n := int64(len(done.Entries)); n > 1 {
		return "entries " + seqText(done.First) + " to " + seqText(done.First+n-1)
	}
	return "entry " + seqText(done.First)
}

// clockOf names the clock of a moment for JSON.
func clockOf(m app.Moment) string {
	if m.Simulated {
		return string(journal.Simulated)
	}
	return string(journal.Wall)
}

// source is where a fact comes from, for JSON.
type source struct {
	Document string `json:"document"`
	Section  text   `json:"section"`
}

func sourcesOf(how entry.Provenance) []source {
	all := []source{}
	for _, s := range how.Source {
		all = append(all, source{s.Document, text(s.Section)})
	}
	return all
}
