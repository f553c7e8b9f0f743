// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package holdpoint

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/holdpoint/holdpoint"

// floor is a storey of the house. Rooms of one floor stand in the order in
// which they may import each other: a room may import those before it.
type floor struct {
	name  string
	rooms []string
	// ordered floors allow imports among their rooms, downwards in the list.
	ordered bool
	// may lists the floors below that every room of this one may import.
	may []string
	why string
}

// plan is the import plan. Change it only with the reason written in why.
var plan = []floor{
	{
		name: "words", rooms: []string{"internal/fault", "internal/grade", "proof", "client"}, ordered: true,
		why: "words that every floor shares: what went wrong, how well a fact is known, what outsiders check; " +
			"grade stands here because entries, conditions and verdicts all say it; client is what outsiders call, and knows no room",
	},
	{
		name: "ground", rooms: []string{"internal/entry", "internal/cow", "internal/journal", "internal/directory", "internal/blob"},
		ordered: false, may: []string{"words"},
		why: "no domain words; entry and cow are what the others keep",
	},
	{
		name: "engines", rooms: []string{"internal/stats", "internal/evallog", "internal/threshold", "internal/deadline", "internal/rule", "internal/chart"},
		ordered: true, may: []string{"words"},
		why: "pure computation: no clock, no I/O, no randomness, no entries",
	},
	{
		name: "areas", rooms: []string{"internal/access", "internal/signoff", "internal/policy", "internal/review", "internal/model",
			"internal/evidence", "internal/assessment", "internal/safeguard", "internal/enforcement", "internal/decision", "internal/gate",
			"internal/finding", "internal/restriction", "internal/obligation", "internal/notice", "internal/incident", "internal/world"},
		ordered: true, may: []string{"words", "engines"},
		why: "one noun each; the order is the spine from people to verdicts, then what follows a verdict; " +
			"finding and notice stand apart because several nouns find and tell; enforcement stands before what lets a point " +
			"observe, and before the gate, which must never clear a canary; world composes them",
	},
	{
		name: "packs", rooms: []string{"packs"},
		why: "bytes that ship: policies as data, importing nothing",
	},
	{
		name: "wiring", rooms: []string{"internal/audit", "internal/app", "internal/session"}, ordered: true,
		may: []string{"words", "ground", "engines", "areas", "packs"},
		why: "app ties rules to storage; audit checks an export with neither workspace nor network, and app writes what audit reads; " +
			"session says who is behind a request, for every face that has requests",
	},
	{
		name: "story", rooms: []string{"internal/demo"}, may: []string{"words", "ground", "engines", "areas", "packs", "wiring"},
		why: "the demo's two histories are told through app, like anybody's",
	},
	{
		name: "faces", rooms: []string{"internal/cli", "internal/web", "internal/api"}, may: []string{"words", "ground", "engines", "areas", "packs", "wiring", "story"},
		why: "what a person types, sees and scripts; a face never imports a face",
	},
	{
		name: "door", rooms: []string{"internal/serve", "cmd/holdpoint"}, ordered: true,
		may: []string{"words", "ground", "engines", "areas", "packs", "wiring", "story", "faces"},
		why: "ties faces to a process: serve is a process that listens, and cmd hands it to the command line",
	},
}

// exceptions are single arrows that the floors do not allow, each with its
// reason.
var exceptions = map[string]string{
	"internal/journal -> internal/entry": "a journal keeps entries",
	"internal/journal -> internal/cow":   "snapshots of the world are kept in an ordered map",
	"packs -> internal/fault":            "an unknown pack is a fault like any other",
	"internal/entry -> internal/grade":   "provenance carries a grade",
	"internal/policy -> internal/entry":  "areas keep entries",
	"internal/cli -> internal/testdata":  "tests only",
}

// everyArea may import these ground rooms, and no other.
var everyArea = []string{"internal/entry", "internal/cow"}

type pkg struct {
	ImportPath string
	Imports    []string
	Doc        string
}

func list(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Doc", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

func room(importPath string) string {
	return strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
}

func find(room string) (floor, int, bool) {
	for _, f := range plan {
		if i := slices.Index(f.rooms, room); i >= 0 {
			return f, i, true
		}
	}
	return floor{}, 0, false
}

func allowed(from, to string) bool {
	if _, ok := exceptions[from+" -> "+to]; ok {
		return true
	}
	a, i, ok := find(from)
	if !ok {
		return false
	}
	b, j, ok := find(to)
	if !ok {
		return false
	}
	if a.name == b.name {
		return a.ordered && j < i
	}
	if a.name == "areas" && slices.Contains(everyArea, to) {
		return true
	}
	return slices.Contains(a.may, b.name)
}

// TestImportsFollowThePlan fails on an arrow that the plan does not allow, and
// on a room that nobody planned.
func TestImportsFollowThePlan(t *testing.T) {
	for _, p := range list(t) {
		from := room(p.ImportPath)
		if from == "" || strings.HasSuffix(from, "test") || from == "internal/testdata" {
			continue // the tour, and rooms that only tests enter
		}
		if _, _, ok := find(from); !ok {
			t.Errorf("%s is not in the plan: give it a floor and say why", from)
			continue
		}
		for _, imp := range p.Imports {
			if to := room(imp); strings.HasPrefix(imp, module) && !allowed(from, to) {
				f, _, _ := find(from)
				t.Errorf("%s imports %s, which the floor %q may not: %s", from, to, f.name, f.why)
			}
		}
	}
}

// forbidden imports, each with its reason.
var forbidden = []struct{ imp, where, why string }{
	{"testing", "", "test code does not ship"},
	{"database/sql", "internal/journal internal/directory internal/app", "only journal and directory touch tables; app hands the one the other's transaction"},
	{"time/tzdata", "", "dates are UTC"},
	{"math/rand", "", "randomness is passed in; use math/rand/v2 with a seed, or crypto/rand in the wiring"},
	{"log", "", "log with slog, in the faces and the wiring"},
	{"net/http", "client internal/blob internal/session internal/web internal/api internal/serve", "only faces listen; only client, an object store and a sign-in call out"},
	{"unsafe", "", "nothing here needs it"},
}

func TestForbiddenImports(t *testing.T) {
	for _, p := range list(t) {
		from := room(p.ImportPath)
		if from == "internal/testdata" || strings.HasSuffix(from, "test") {
			continue
		}
		for _, f := range forbidden {
			if slices.Contains(p.Imports, f.imp) && !slices.Contains(strings.Fields(f.where), from) {
				t.Errorf("%s imports %s: %s", from, f.imp, f.why)
			}
		}
	}
}

// Engines and areas are pure: they read no clock, no file, no environment.
func TestPureRooms(t *testing.T) {
	impure := []string{"os", "os/exec", "net", "crypto/rand", "database/sql", "log/slog", "embed", "path/filepath"}
	for _, p := range list(t) {
		f, _, ok := find(room(p.ImportPath))
		if !ok || (f.name != "engines" && f.name != "areas" && f.name != "words") {
			continue
		}
		for _, imp := range impure {
			if slices.Contains(p.Imports, imp) {
				t.Errorf("%s imports %s: rooms of this floor are pure", room(p.ImportPath), imp)
			}
		}
	}
}

// Every package says what it is for.
func TestEveryPackageHasAComment(t *testing.T) {
	for _, p := range list(t) {
		if len(p.Doc) < 20 || !strings.Contains(p.Doc, path.Base(p.ImportPath)) && !strings.HasPrefix(p.Doc, "Command") {
			t.Errorf("%s has no package comment that names it", p.ImportPath)
		}
	}
}
