// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestRoads runs whole stories, from an empty folder to a clearance and what can
// go wrong with it.
func TestRoads(t *testing.T) {
	cmds := commands()
	cmds["approve"], cmds["people"], cmds["flip"], cmds["revoke"] = approve, people, flip, revoke
	testscript.Run(t, testscript.Params{Dir: "testdata/road", Cmds: cmds, RequireExplicitExec: true, UpdateScripts: *update, Setup: quiet(nil)})
}

// people: the four whom the policy needs, each with a key PERSON.key.
func people(ts *testscript.TestScript, _ bool, _ []string) {
	for _, p := range [][3]string{{"p-officer", "person", "rso"}, {"p-chief", "person", "ceo"}, {"b-board", "body", "board"}, {"b-trust", "body", "trust"}} {
		ts.Check(ts.Exec("holdpoint", "person", "add", p[0], "--kind", p[1], "--role", p[2]))
		ts.Check(ts.Exec("holdpoint", "key", "new", p[0], "-o", ts.MkAbs(p[0]+".key")))
	}
}

// approve DECISION: both sign, it is delivered, and both recipients acknowledge.
func approve(ts *testscript.TestScript, _ bool, args []string) {
	for _, step := range [][]string{
		{"sign", args[0], "--role", "rso", "--key", ts.MkAbs("p-officer.key")},
		{"sign", args[0], "--role", "ceo", "--key", ts.MkAbs("p-chief.key")},
		{"deliver", args[0], "board"},
		{"acknowledge", args[0], "--role", "board", "--key", ts.MkAbs("b-board.key")},
		{"deliver", args[0], "trust"},
		{"acknowledge", args[0], "--role", "trust", "--key", ts.MkAbs("b-trust.key")},
	} {
		ts.Check(ts.Exec("holdpoint", append([]string{"decision"}, step...)...))
	}
}

// flip FILE BYTE: one bit of one byte of a file changes; a negative position
// counts from the end.
func flip(ts *testscript.TestScript, _ bool, args []string) {
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	i, err := strconv.Atoi(args[1])
	ts.Check(err)
	if i < 0 {
		i += len(b)
	}
	bad := bytes.Clone(b)
	bad[i] ^= 1
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), bad, 0o644))
}

// revoke PERSON: the person's first key is revoked.
func revoke(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("holdpoint", "person", "show", args[0], "--json"))
	id := strings.Trim(string(at(ts, "all_keys.0.id")), `"`)
	ts.Check(ts.Exec("holdpoint", "key", "revoke", id, "--reason", "the laptop is lost"))
}
