// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package entry

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/proof"
)

type note struct {
	Text  string   `json:"text"`
	Count int64    `json:"count"`
	Tags  []string `json:"tags,omitempty"`
}

var noted = Define[note]("test.noted", 1, Private)

func entryOf(t *testing.T, d Draft) Entry {
	t.Helper()
	salt := make([]byte, proof.SaltSize)
	return Entry{Header: proof.Header{Type: d.Type, V: d.V, Actor: "a", Body: proof.Commit(salt, d.Body)}, Salt: salt, Body: d.Body}
}

func TestDraftDecodes(t *testing.T) {
	how := Graded(grade.Reported, Source{Document: "S37", Section: "7.1"})
	how.NotPublished = []string{"N3"}
	d, err := noted.Draft(note{Text: "x", Count: 3}, how)
	if err != nil {
		t.Fatal(err)
	}
	e := entryOf(t, d)
	if err := NewRegistry(noted.Type()).Check(e); err != nil {
		t.Fatal(err)
	}
	got, p, err := noted.Decode(e)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(note{Text: "x", Count: 3}, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(how, p); d != "" {
		t.Error(d)
	}
}

func TestCheckRefuses(t *testing.T) {
	d, err := noted.Draft(note{Text: "x"})
	if err != nil {
		t.Fatal(err)
	}
	reg := NewRegistry(noted.Type())
	recommit := func(e Entry, body string) Entry {
		e.Body = []byte(body)
		e.Header.Body = proof.Commit(e.Salt, e.Body)
		return e
	}
	good := entryOf(t, d)
	other := good
	other.Type = "test.unheard_of"
	newer := good
	newer.V = 2
	swapped := good
	swapped.Body = []byte(`{"data":{"count":1,"text":"x"}}`)
	cases := []struct {
		name string
		e    Entry
		kind fault.Kind
	}{
		{"unknown type", other, fault.Unsupported},
		{"newer version", newer, fault.Unsupported},
		{"another body", swapped, fault.Corrupt},
		{"unknown member", recommit(good, `{"data":{"count":0,"more":1,"text":"x"}}`), fault.Corrupt},
		{"wrong case", recommit(good, `{"data":{"Count":0,"text":"x"}}`), fault.Corrupt},
		{"duplicate", recommit(good, `{"data":{"count":0,"count":0,"text":"x"}}`), fault.Corrupt},
		{"missing member", recommit(good, `{"data":{"text":"x"}}`), fault.Corrupt},
		{"empty member spelled out", recommit(good, `{"data":{"count":0,"tags":[],"text":"x"}}`), fault.Corrupt},
		{"spaces", recommit(good, `{"data": {"count":0,"text":"x"}}`), fault.Corrupt},
		{"bad UTF-8", recommit(good, "{\"data\":{\"count\":0,\"text\":\"\xff\"}}"), fault.Corrupt},
		{"fraction", recommit(good, `{"data":{"count":0.5,"text":"x"}}`), fault.Corrupt},
	}
	for _, c := range cases {
		err := reg.Check(c.e)
		if fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want kind %s", c.name, err, c.kind)
		}
	}
	withheld := good
	withheld.Body, withheld.Salt = nil, nil
	if err := reg.Check(withheld); err != nil {
		t.Errorf("a withheld body is not a fault: %v", err)
	}
}

func TestDefineRefusesWhatCannotLast(t *testing.T) {
	refuse := func(name string, define func()) {
		defer func() {
			if recover() == nil {
				t.Errorf("%s was accepted", name)
			}
		}()
		define()
	}
	refuse("float", func() { Define[struct{ X float64 }]("a.b", 1, Fact) })
	refuse("map", func() { Define[struct{ X map[string]string }]("a.b", 1, Fact) })
	refuse("nested", func() { Define[struct{ X []struct{ Y any } }]("a.b", 1, Fact) })
	refuse("name", func() { Define[struct{}]("ab", 1, Fact) })
}

func TestBodyLimit(t *testing.T) {
	_, err := noted.Draft(note{Text: strings.Repeat("x", MaxBody)})
	if fault.KindOf(err) != fault.Invalid || fault.HintOf(err) == "" {
		t.Errorf("err = %v", err)
	}
}
