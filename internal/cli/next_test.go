// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Every command that the desk says to type can be typed: its noun, its verb, its
// arguments and its flags are there, and none that is required is left out.
func TestWhatTheDeskSaysCanBeTyped(t *testing.T) {
	files, err := filepath.Glob("../app/*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range nexts(tree) {
			seen++
			if err := readable(line); err != nil {
				t.Errorf("%s: %s: %v", file, line, err)
			}
		}
	}
	if seen < 14 {
		t.Errorf("only %d commands were found", seen)
	}
	for _, wrong := range []string{
		"holdpoint finding rates X minimal --argument TEXT", "holdpoint finding rate X minimal", "holdpoint office assign X PERSON --why TEXT",
		"holdpoint obligation note X", "holdpoint restriction verify X Y --statement TEXT",
	} {
		if readable(wrong) == nil {
			t.Errorf("%s was read", wrong)
		}
	}
}

// nexts lists what is put in a member or variable Next.
func nexts(tree ast.Node) []string {
	var all []string
	add := func(name, value ast.Expr) {
		called := ""
		switch n := name.(type) {
		case *ast.Ident:
			called = n.Name
		case *ast.SelectorExpr:
			called = n.Sel.Name
		}
		if line := spoken(value); called == "Next" && strings.HasPrefix(line, "holdpoint ") {
			all = append(all, line)
		}
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			add(n.Key, n.Value)
		case *ast.AssignStmt:
			for i, name := range n.Lhs {
				if len(n.Rhs) == len(n.Lhs) {
					add(name, n.Rhs[i])
				}
			}
		}
		return true
	})
	return all
}

// spoken gives the text of an expression, with X for what is only known later.
func spoken(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return text
		}
	case *ast.BinaryExpr:
		return spoken(e.X) + spoken(e.Y)
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Sprintf" {
			return strings.ReplaceAll(spoken(e.Args[0]), "%s", "X")
		}
	}
	return "X"
}

var choice = regexp.MustCompile(`\|\S*`)

// readable tells whether a command line could be read; of a choice it takes the
// first.
func readable(line string) error {
	var root commands
	k, err := grammar(&root, io.Discard, io.Discard, func(int) {})
	if err != nil {
		return err
	}
	_, err = k.Parse(strings.Fields(choice.ReplaceAllString(line, ""))[1:])
	return err
}
