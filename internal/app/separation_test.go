// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/enforcement"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/review"
)

func relations() []Relation { return []Relation{Own, Assigned, Other} }

// Every role of the policy that ships, with every verb, in every relation: the
// table is read from one page. That a role has a duty is asked of what decides it.
func TestSeparationOfEveryRole(t *testing.T) {
	l := staffed(t)
	var page strings.Builder
	cells := 0
	for _, row := range Separations() {
		fmt.Fprintf(&page, "%s", row.Verb)
		if row.Means != "" {
			fmt.Fprintf(&page, "  (%s)", row.Means)
		}
		page.WriteString("\n")
		for _, to := range relations() {
			by := map[string][]string{}
			for _, r := range rsp(t).Roles {
				rule := row.refuses(r.Duties, to)
				if err := l.may(r.ID, row.Verb); (err != nil) != (rule == "SOD-DUTY") || err != nil && !strings.Contains(err.Error(), "(rule SOD-DUTY)") {
					t.Errorf("%s, %s: the table says %q and what decides says %v", r.ID, row.Verb, rule, err)
				}
				by[rule] = append(by[rule], r.ID)
				cells++
			}
			for _, rule := range slices.Sorted(maps.Keys(by)) {
				said := "may"
				if rule != "" {
					said = rule
				}
				fmt.Fprintf(&page, "  %-9s %-14s %s\n", to, said, strings.Join(by[rule], " "))
			}
		}
	}
	if want := len(rights()) * len(rsp(t).Roles) * len(relations()); cells != want {
		t.Errorf("%d cells, want %d", cells, want)
	}
	golden(t, "separation.txt", page.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	name = filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Error(d)
	}
}

// Every rule's verb is a verb, and the room that a rule names says its id.
func TestEveryRuleHasItsHome(t *testing.T) {
	for verb, row := range related() {
		if _, ok := rights()[verb]; !ok {
			t.Errorf("%s is no verb", verb)
		}
		if row.Means == "" || len(row.Refused) == 0 {
			t.Errorf("%s refuses nothing, or does not say what its relations are", verb)
		}
		for _, r := range row.Refused {
			if !saidIn(t, r.Home, "(rule "+r.ID+")") {
				t.Errorf("%s: nothing in internal/%s refuses by %s", verb, r.Home, r.ID)
			}
		}
	}
}

func saidIn(t *testing.T, room, words string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", room, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && !strings.HasSuffix(f, "_test.go") && strings.Contains(string(b), words) {
			return true
		}
	}
	return false
}

// scene is an act as the areas decide it: the actor in a relation to the thing.
type scene func(l *lab, actor string, to Relation) error

// by gives the actor where the thing is the actor's own, and somebody else.
func by(actor string, to Relation) string {
	if to == Own {
		return actor
	}
	return "nobody"
}

// deciding is the intent as it would be decided.
func (l *lab) deciding(actor string, in Intent) error {
	if err := l.may(actor, in.Verb); err != nil {
		return err
	}
	_, err := in.Decide(l.w, l.act(actor))
	return err
}

func scenes(t *testing.T) map[string]scene {
	key, err := NewPersonKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]scene{
		"access.register_key": func(l *lab, actor string, to Relation) error {
			return l.deciding(actor, RegisterKey(access.NewKey{Person: by(actor, to), Public: key.Public()}))
		},
		"access.revoke_key": func(l *lab, actor string, to Relation) error {
			l.do(l.w.Access.RegisterKey(access.NewKey{Person: by(actor, to), Public: key.Public()}, l.act(Operator)))
			k, _ := access.ParseKey(key.Public())
			return l.deciding(actor, RevokeKey(access.KeyRevocation{Key: k.ID, Reason: "lost"}))
		},
		"review.answer": func(l *lab, actor string, to Relation) error {
			return l.deciding(actor, AnswerReview(review.Answering{Review: l.reviewed(by(actor, to)), Text: "seen", Outcome: review.Accepted}))
		},
		"review.withdraw": func(l *lab, actor string, to Relation) error {
			return l.deciding(actor, WithdrawReview(review.Withdrawing{Review: l.reviewed(by(actor, to))}))
		},
		"office.assign": func(l *lab, actor string, to Relation) error {
			role, person := "rso", "nobody" // the policy lets the ceo name the rso
			if to == Own {
				person = actor
			}
			return l.deciding(actor, AssignOffice(access.Assignment{Role: role, Person: person, Reason: "appointed"}))
		},
		"enforcement.heartbeat": func(l *lab, actor string, to Relation) error {
			owner := "ceo"
			if to == Assigned {
				owner = actor
			} else if actor == owner {
				owner = "rso"
			}
			l.do(l.w.Enforcement.Register(enforcement.Registered{
				Point: "p", Environment: "production", Actions: []string{"external_deploy"}, Owner: owner, Canary: strings.Repeat("c0", 32), HeartbeatHours: 24,
			}, enforcement.See{Pack: rsp(t)}, l.act(Operator)))
			return l.deciding(actor, Heartbeat(enforcement.Heartbeat{Point: "p", Mode: enforcement.Enforce, Canary: "held"}))
		},
	}
}

// reviewed submits a comment about a model as somebody, and gives its id.
func (l *lab) reviewed(by string) string {
	l.t.Helper()
	l.do(l.w.Model.Register(model.NewModel{Registered: model.Registered{Model: "m"}}, l.act(Operator)))
	id := entry.ID("review", l.w.Seq)
	drafts, err := l.w.Review.Submit(review.Submission{
		About: entry.Ref{Kind: "model", ID: "m"}, Kind: review.Comment, Side: review.Internal, Role: "reader", Text: "look again",
	}, l.act(by))
	if err != nil {
		l.t.Fatal(err)
	}
	if l.w, err = l.w.Pretend(drafts, l.act(by)); err != nil {
		l.t.Fatal(err)
	}
	return id
}

// What the areas decide is what the table says, for every role in every relation.
func TestScenesAreAsTheTable(t *testing.T) {
	rows := map[string]Separation{}
	for _, row := range Separations() {
		rows[row.Verb] = row
	}
	for verb, play := range scenes(t) {
		for _, r := range rsp(t).Roles {
			for _, to := range relations() {
				if row := rows[verb]; to == Assigned && !strings.Contains(row.Means, "assigned") {
					continue // the verb knows no such relation
				}
				if verb == "office.assign" && (r.ID == "ceo") != (to != Other) {
					continue // only the ceo names the rso, so the relation follows from the role
				}
				l := staffed(t)
				rule, err := rows[verb].refuses(r.Duties, to), play(l, r.ID, to)
				if rule == "" && err != nil || rule != "" && (fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "(rule "+rule+")")) {
					t.Errorf("%s as %s, %s: the table says %q, the area %v", verb, r.ID, to, rule, err)
				}
			}
		}
	}
}
