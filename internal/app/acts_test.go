// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/model"
)

// Whoever may do something can do it from far away too.
func TestEveryVerbIsAnAct(t *testing.T) {
	var acts []string
	for _, x := range Acts() {
		acts = append(acts, x.Verb)
	}
	acts = append(acts, issueVerb) // which gives a file, by its own functions
	slices.Sort(acts)
	if d := cmp.Diff(slices.Sorted(maps.Keys(rights())), acts); d != "" {
		t.Errorf("table of rights (-) and acts (+):\n%s", d)
	}
}

// Arguments can be written and read again, also in the spelling of the document.
func TestArgumentsAreRead(t *testing.T) {
	for _, x := range Acts() {
		b, err := json.Marshal(reflect.New(x.In).Elem().Interface())
		if err != nil {
			t.Errorf("%s: %v", x.Verb, err)
			continue
		}
		if err := readArgs(x.Verb, b, reflect.New(x.In).Interface()); err != nil {
			t.Errorf("%s: %s: %v", x.Verb, b, err)
		}
		if err := readArgs(x.Verb, []byte(`{"nobody_knows_this":1}`), reflect.New(x.In).Interface()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s takes a member that it does not have: %v", x.Verb, err)
		}
	}
	var in gate.PlaceIn
	if err := readArgs("hold.place", []byte(`{"model":"m","actions":["a"],"reason":"r"}`), &in); err != nil || in.Model != "m" {
		t.Errorf("%+v, %v", in, err)
	}
}

func simulated(t *testing.T) *App {
	t.Helper()
	a, err := Init(t.Context(), t.TempDir(), Genesis{Clock: journal.Simulated, At: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func placed(t *testing.T, a *App) string {
	t.Helper()
	if _, err := a.Do(t.Context(), Who{Actor: Operator}, RegisterModel(model.NewModel{Registered: model.Registered{Model: "m"}})); err != nil {
		t.Fatal(err)
	}
	done, err := a.Do(t.Context(), Who{Actor: Operator}, PlaceHold(gate.PlaceIn{Model: "m", Reason: "to be sure"}))
	if err != nil {
		t.Fatal(err)
	}
	return done.ID("hold", 0)
}

// about is an act that names a thing and writes an entry which names it.
func about(id string, n int) Intent {
	in := RegisterModel(model.NewModel{Registered: model.Registered{Model: fmt.Sprintf("m%d", n), Title: id}})
	in.Subjects = []string{id}
	return in
}

// Two people act on the same thing after they saw the same: one of them is told
// to look again.
func TestOfTwoActsOnTheSameThingOneIsRefused(t *testing.T) {
	a := simulated(t)
	id := placed(t, a)
	seen := a.journal.View().Size - 1
	const many = 8
	errs := make([]error, many)
	var wg sync.WaitGroup
	for i := range many {
		wg.Go(func() { _, errs[i] = a.Do(t.Context(), Who{Actor: Operator, Seen: seen}, about(id, i)) })
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		switch {
		case err == nil:
			done++
		case fault.KindOf(err) != fault.Conflict || fault.HintOf(err) == "":
			t.Errorf("%v", err)
		}
	}
	if done != 1 || a.journal.View().Size != seen+2 {
		t.Errorf("%d of %d were done, and there are %d entries", done, many, a.journal.View().Size)
	}
}

func TestSeen(t *testing.T) {
	a := simulated(t)
	id := placed(t, a)
	size := a.journal.View().Size
	for _, c := range []struct {
		why  string
		who  Who
		in   Intent
		want fault.Kind
	}{
		{"nothing came after", Who{Actor: Operator, Seen: size - 1, Key: "k"}, about(id, 1), ""},
		{"the same act again is answered again", Who{Actor: Operator, Seen: size - 1, Key: "k"}, about(id, 1), ""},
		{"what came after is about it", Who{Actor: Operator, Seen: size - 1}, about(id, 2), fault.Conflict},
		{"what came after is about something else", Who{Actor: Operator, Seen: size - 1}, about("hold-999", 3), ""},
		{"nobody looked", Who{Actor: Operator}, about(id, 4), ""},
		{"nobody can have seen it", Who{Actor: Operator, Seen: 1 << 40}, about(id, 5), fault.Invalid},
	} {
		if _, err := a.Do(t.Context(), c.who, c.in); fault.KindOf(err) != c.want {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

// What an act is about is what its arguments name and entries made.
func TestSubjects(t *testing.T) {
	for _, c := range []struct {
		in   Intent
		want []string
	}{
		{Void("decision-26", "as question-27 says"), []string{"decision-26"}},
		{GrantRole(access.RoleChange{Person: "model-3", Role: "rso"}), nil},
		{Reverse("decision-4", "decision-9", "r"), []string{"decision-4", "decision-9"}},
	} {
		got, err := c.in.subjects()
		if d := cmp.Diff(c.want, got); d != "" || err != nil {
			t.Errorf("%s: %v\n%s", c.in.Verb, err, d)
		}
	}
}
