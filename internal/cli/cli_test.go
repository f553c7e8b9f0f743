// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"context"
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/holdpoint/holdpoint/internal/cli"
	"github.com/holdpoint/holdpoint/internal/testdata"
)

// go test ./internal/cli -update writes what is compared with cmp anew.
var update = flag.Bool("update", false, "rewrite expected output in scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"holdpoint": func() {
		os.Exit(cli.Run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, nil))
	}})
}

// TestScripts runs what people type, with logs that the scripts hold themselves.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", Cmds: commands(), RequireExplicitExec: true, UpdateScripts: *update, Setup: quiet(nil)})
}

// TestRealLogs runs the scripts that need the real evaluation logs.
func TestRealLogs(t *testing.T) {
	evals := testdata.Path(t, "evals")
	testscript.Run(t, testscript.Params{Dir: "testdata/real", Cmds: commands(), RequireExplicitExec: true, UpdateScripts: *update, Setup: quiet(map[string]string{"EVALS": evals})})
}

// quiet gives scripts an environment without the user's workspace.
func quiet(more map[string]string) func(*testscript.Env) error {
	return func(env *testscript.Env) error {
		env.Setenv("HOLDPOINT_DIR", "")
		for name, value := range more {
			env.Setenv(name, value)
		}
		return nil
	}
}

func commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){"code": code, "json": jsonIs, "keys": keysAre}
}

// code N COMMAND...: the command ends with that exit code. Its output can be
// looked at as after exec.
func code(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := err.(interface{ ExitCode() int })
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if (got == want) == neg {
		ts.Fatalf("exit code %d, want %d (negated: %v)", got, want, neg)
	}
}

// json PATH VALUE: standard output is one JSON document in which the value at
// PATH (members and indices joined by dots) is VALUE, as written in JSON but for
// the quotes of strings.
func jsonIs(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: json PATH VALUE")
	}
	got := strings.Trim(string(at(ts, args[0])), `"`)
	if (got == args[1]) == neg {
		ts.Fatalf("%s is %s, want %s (negated: %v)", args[0], got, args[1], neg)
	}
}

// keys PATH NAME...: the object at PATH ("." is the document) has exactly these
// members in this order.
func keysAre(ts *testscript.TestScript, neg bool, args []string) {
	dec := jsontext.NewDecoder(strings.NewReader(string(at(ts, args[0]))))
	_, err := dec.ReadToken()
	ts.Check(err)
	var got []string
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		ts.Check(err)
		got = append(got, name.String())
		ts.Check(dec.SkipValue())
	}
	if same := strings.Join(got, " ") == strings.Join(args[1:], " "); same == neg {
		ts.Fatalf("members %v, want %v (negated: %v)", got, args[1:], neg)
	}
}

func at(ts *testscript.TestScript, path string) jsontext.Value {
	value := jsontext.Value(ts.ReadFile("stdout"))
	if !value.IsValid() {
		ts.Fatalf("standard output is not one JSON document:\n%s", value)
	}
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' }) {
		if i, err := strconv.Atoi(step); err == nil {
			var list []jsontext.Value
			ts.Check(json.Unmarshal(value, &list))
			if i >= len(list) {
				ts.Fatalf("%s: there are %d elements", path, len(list))
			}
			value = list[i]
			continue
		}
		var object map[string]jsontext.Value
		ts.Check(json.Unmarshal(value, &object))
		member, ok := object[step]
		if !ok {
			ts.Fatalf("%s: no member %q", path, step)
		}
		value = member
	}
	return value
}
