// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/world"
	"github.com/holdpoint/holdpoint/packs"
)

var update = flag.Bool("update", false, "write golden files")

// usedVerbs reads from this package's source the verbs that intents are made
// with: Intent{Verb: "x"}, or a call of a function whose first parameter is
// called verb.
func usedVerbs(t *testing.T) []string {
	t.Helper()
	files := parseAll(t)
	takers, words := map[string]bool{}, map[string]*ast.BasicLit{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if ps := n.Type.Params.List; len(ps) > 0 && len(ps[0].Names) > 0 && ps[0].Names[0].Name == "verb" {
					takers[n.Name.Name] = true
				}
			case *ast.ValueSpec:
				if lit, ok := first(n.Values).(*ast.BasicLit); ok && len(n.Names) == 1 {
					words[n.Names[0].Name] = lit
				}
			}
			return true
		})
	}
	verbs := map[string]bool{}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			at := verbAt(n, takers)
			if id, ok := at.(*ast.Ident); ok && words[id.Name] != nil {
				at = words[id.Name]
			}
			if at == nil {
				return true
			}
			lit, ok := at.(*ast.BasicLit)
			if !ok {
				t.Fatalf("an intent's verb is not written out: %v", at)
			}
			verb, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			verbs[verb] = true
			return true
		})
	}
	return slices.Sorted(maps.Keys(verbs))
}

func first(all []ast.Expr) ast.Expr {
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

func parseAll(t *testing.T) []*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// verbAt gives the expression by which a node names a verb; nil where it names
// none, or hands on the parameter of a taker.
func verbAt(n ast.Node, takers map[string]bool) ast.Expr {
	var at ast.Expr
	switch n := n.(type) {
	case *ast.CompositeLit:
		if id, ok := n.Type.(*ast.Ident); !ok || id.Name != "Intent" {
			return nil
		}
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok && kv.Key.(*ast.Ident).Name == "Verb" {
				at = kv.Value
			}
		}
	case *ast.CallExpr:
		if id, ok := n.Fun.(*ast.Ident); ok && takers[id.Name] {
			at = n.Args[0]
		}
	}
	if id, ok := at.(*ast.Ident); ok && id.Name == "verb" {
		return nil
	}
	return at
}

// Every intent's verb has a row in the table, and every row an intent.
func TestEveryVerbIsInTheTable(t *testing.T) {
	used := usedVerbs(t)
	if d := cmp.Diff(slices.Sorted(maps.Keys(rights())), used); d != "" {
		t.Errorf("table (-) and intents (+):\n%s", d)
	}
	for _, made := range []Intent{PlaceHold(gate.PlaceIn{}), Void("d", "r"), Revoke("c", "r"), RegisterModel(model.NewModel{})} {
		if !slices.Contains(used, made.Verb) {
			t.Errorf("%s was not collected", made.Verb)
		}
	}
}

// A duty that no policy can give would make a verb the operator's alone, which is
// said by name where it is meant.
func TestEveryDutyExists(t *testing.T) {
	given := map[policy.Duty]bool{"": true, ownersAlone: true}
	for _, r := range rsp(t).Roles {
		for _, d := range r.Duties {
			given[d] = true
		}
	}
	for verb, duty := range rights() {
		if !given[duty] {
			t.Errorf("%s needs the duty %q, which no role of %s has", verb, duty, rsp(t).Ref())
		}
	}
}

func rsp(t *testing.T) policy.Pack {
	t.Helper()
	p, err := policy.LoadRef("anthropic-rsp@2.2", packs.Source)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// lab is a world as a journal would give it.
type lab struct {
	t *testing.T
	w world.World
}

func (l *lab) do(drafts []entry.Draft, err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
	if l.w, err = l.w.Pretend(drafts, l.act(Operator)); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) act(actor string) entry.Act {
	const day = 24 * 60 * 60 * 1000
	return entry.Act{Actor: actor, Seq: l.w.Seq, Now: 20_300 * day} // in July 2025
}

// may tells whether the actor has the right to the verb.
func (l *lab) may(actor, verb string) error { return authorise(l.w, verb, l.act(actor)) }

// staffed has anthropic-rsp@2.2 in force and one person in each of its roles,
// called like the role, and "nobody" without any.
func staffed(t *testing.T) *lab {
	l := &lab{t: t}
	p := rsp(t)
	l.do(l.w.Policy.Adopt(policy.AdoptIn{Pack: p, Accept: "for the test"}, l.act(Operator)))
	l.person("nobody")
	var known []string
	for _, r := range p.Roles {
		known = append(known, r.ID)
	}
	for _, r := range known {
		l.person(r)
		l.do(l.w.Access.GrantRole(access.RoleChange{Person: r, Role: r, Reason: "appointed"}, access.See{Roles: known}, l.act(Operator)))
	}
	return l
}

func (l *lab) person(id string) {
	l.t.Helper()
	l.do(l.w.Access.AddPerson(access.NewPerson{ID: id, Kind: access.Human}, l.act(Operator)))
}

// Who may do what under the policy that ships is read from one page, which a
// change of the table or of a role's duties changes.
func TestRightsOfEveryRole(t *testing.T) {
	l := staffed(t)
	verbs := slices.Sorted(maps.Keys(rights()))
	var page strings.Builder
	for _, verb := range verbs {
		var may []string
		for _, r := range rsp(t).Roles {
			err := l.may(r.ID, verb)
			if err != nil && fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s, %s: %v", r.ID, verb, err)
			}
			if err == nil {
				may = append(may, r.ID)
			}
		}
		if l.may("nobody", verb) == nil {
			may = []string{"everybody"}
		}
		fmt.Fprintf(&page, "%-24s %s\n", verb, strings.Join(may, " "))
	}
	name := filepath.Join("testdata", "rights.txt")
	if *update {
		if err := os.WriteFile(name, []byte(page.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), page.String()); d != "" {
		t.Error(d)
	}
}

// For every verb: the operator may, who is unknown may not, and who holds no
// role may only what is everybody's.
func TestRightsWithoutARole(t *testing.T) {
	l := staffed(t)
	var empty lab
	empty.t = t
	empty.person("early")
	for verb, duty := range rights() {
		if err := l.may(Operator, verb); err != nil {
			t.Errorf("the operator, %s: %v", verb, err)
		}
		if err := l.may("stranger", verb); fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "nobody known here") {
			t.Errorf("a stranger, %s: %v", verb, err)
		}
		if err := l.may("", verb); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("no actor, %s: %v", verb, err)
		}
		err, early := l.may("nobody", verb), empty.may("early", verb)
		if duty == "" {
			if err != nil || early != nil {
				t.Errorf("everybody's %s: %v, %v", verb, err, early)
			}
			continue
		}
		if fault.KindOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "holds no role with the duty to "+string(duty)) {
			t.Errorf("without a role, %s: %v", verb, err)
		}
		if fault.KindOf(early) != fault.Forbidden || !strings.Contains(early.Error(), "no policy is in force") {
			t.Errorf("without a policy, %s: %v", verb, early)
		}
	}
}

// A verb that nobody put into the table is refused to everybody.
func TestUnknownVerbIsRefused(t *testing.T) {
	l := staffed(t)
	for _, verb := range []string{"", "moon.land", "decision", "decision.sign ", "Decision.Sign"} {
		for _, actor := range []string{Operator, "rso"} {
			if err := l.may(actor, verb); fault.KindOf(err) != fault.Internal || !strings.Contains(err.Error(), "not in the table") {
				t.Errorf("%s, %q: %v", actor, verb, err)
			}
		}
	}
}

// A right ends with the role that gave it, and only what it gave.
func TestRightsEndWithTheRole(t *testing.T) {
	l := staffed(t)
	if err := l.may("rso", "decision.propose"); err != nil {
		t.Fatal(err)
	}
	l.do(l.w.Access.EndRole(access.RoleChange{Person: "rso", Role: "rso", Reason: "left"}, l.act(Operator)))
	for verb, duty := range rights() {
		if err := l.may("rso", verb); (err == nil) != (duty == "") {
			t.Errorf("%s after the role ended: %v", verb, err)
		}
	}
	if err := l.may("ceo", "decision.propose"); err != nil {
		t.Error(err)
	}
}
