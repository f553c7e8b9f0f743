// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// typist types commands into one workspace.
type typist struct {
	t   *testing.T
	dir string
}

// drill builds the drill of the demonstration: aster-2 is cleared for internal
// deployment, and ASL-2 is in force.
func drill(t *testing.T) typist {
	t.Helper()
	dir := t.TempDir()
	if _, code := typing(t, "demo", "--once", "--dir", dir); code != 0 {
		t.Fatal("demo")
	}
	return typist{t, filepath.Join(dir, "drill")}
}

// code types a command and checks its exit code.
func (k typist) code(want int, args ...string) string {
	k.t.Helper()
	out, code := typing(k.t, append([]string{"--dir", k.dir}, args...)...)
	if code != want {
		k.t.Fatalf("%q: exit %d, want %d: %s", args, code, want, out)
	}
	return out
}

// read types a question or an act with --json and reads its document.
func (k typist) read(want int, into any, args ...string) {
	k.t.Helper()
	if err := json.Unmarshal([]byte(k.code(want, append(args, "--json")...)), into); err != nil {
		k.t.Fatal(err)
	}
}

type broken struct {
	Broken *struct {
		ID, By, Clearance, Action string
		Hours                     int
	} `json:"broken_glass"`
	Verdict, Finding, Notice, Paged string
}

// GAT-6: the gate stays held and says that the glass is broken; the role that the
// policy names is paged, and what was written is no clearance.
func TestBreakGlassTyped(t *testing.T) {
	t.Parallel()
	k := drill(t)
	ask := []string{"gate", "check", "aster-2", "internal_deploy"}
	glass := []string{"breakglass", "aster-2", "internal_deploy", "--reason", "the night shift needs it", "--hours", "3"}
	var got broken
	if k.read(0, &got, ask...); got.Broken != nil {
		t.Errorf("%+v", got)
	}
	k.code(1, append(glass, "--as", "p-security")...)
	k.code(0, "safeguard", "fail", "ASL-2", "security", "--reason", "seen in use")
	k.code(1, glass...)
	k.code(1, append(glass, "--as", "p-red-team")...)
	proof := filepath.Join(t.TempDir(), "glass.json")
	var done broken
	k.read(0, &done, append(glass, "--as", "p-security", "-o", proof)...)
	if done.Broken == nil || done.Broken.Hours != 3 || done.Paged != "rso" || done.Finding == "" || done.Notice == "" {
		t.Fatalf("%+v", done)
	}
	if k.read(3, &got, ask...); got.Broken == nil || got.Verdict != "held" || got.Broken.ID != done.Broken.ID || got.Broken.By != "p-security" {
		t.Errorf("%+v", got)
	}
	if out := k.code(3, ask...); !strings.Contains(out, "GLASS BROKEN: until") {
		t.Errorf("the answer does not say so: %s", out)
	}
	if _, err := os.Stat(proof); err != nil {
		t.Error(err)
	}
	k.code(1, "verify", "clearance", proof, "--key", filepath.Join(k.dir, "holdpoint.vkey"))
	k.code(1, append(glass, "--as", "p-security")...)
	k.code(1, "notice", "acknowledge", done.Notice)
	k.code(0, "notice", "acknowledge", done.Notice, "--as", "p-rso-2")
	var list struct{ Notices []struct{ ID string } }
	if k.read(0, &list, "notice", "list", "--open"); len(list.Notices) != 0 {
		t.Errorf("%+v", list)
	}
	k.code(0, "hold", "place", "aster-2", "--reason", "stop")
	if out := k.code(3, ask...); strings.Contains(out, "GLASS BROKEN") {
		t.Errorf("a hold does not end it: %s", out)
	}
	copied := filepath.Join(t.TempDir(), "copy")
	k.code(0, "ledger", "export", copied)
	k.code(0, "verify", "ledger", copied, "--key", filepath.Join(k.dir, "holdpoint.vkey"), "--replay")
}

// Platform 5: supposing records nothing, and is marked.
func TestSupposeTyped(t *testing.T) {
	t.Parallel()
	k := drill(t)
	head := k.code(0, "ledger", "head")
	k.code(0, "gate", "check", "aster-2", "internal_deploy")
	var got struct {
		Verdict      string
		Hypothetical []string
	}
	if k.read(3, &got, "gate", "check", "aster-2", "internal_deploy", "--suppose", "hold"); got.Verdict != "held" || len(got.Hypothetical) != 1 || got.Hypothetical[0] != "hold" {
		t.Errorf("%+v", got)
	}
	if out := k.code(0, "gate", "check", "aster-2", "internal_deploy", "--suppose", "hold", "--suppose", "no-hold"); !strings.Contains(out, "HYPOTHETICAL: as if hold, no-hold") {
		t.Error(out)
	}
	k.code(2, "gate", "check", "aster-2", "internal_deploy", "--suppose", "sunshine")
	k.code(2, "clearance", "issue", "aster-2", "internal_deploy", "--expires", "1h", "-o", filepath.Join(t.TempDir(), "c"), "--suppose", "no-hold")
	if now := k.code(0, "ledger", "head"); now != head {
		t.Errorf("the journal grew: %s, then %s", head, now)
	}
}

type points struct {
	Points []struct {
		Status, Canary string
		Until          string `json:"observe_until"`
	}
	Unenforced []struct{ Model, Environment, Action string }
}

// A point is registered, observes by a signed decision until a day, proves that
// it holds by its canary, and is listed with what is live without enforcement.
func TestEnforcementTyped(t *testing.T) {
	t.Parallel()
	k := typist{t, filepath.Join(t.TempDir(), "lab")}
	if _, code := typing(t, "init", k.dir, "--policy", "anthropic-rsp@2.2"); code != 0 {
		t.Fatal("init")
	}
	keys := map[string]string{}
	for _, role := range []string{"rso", "ceo"} {
		keys[role] = filepath.Join(t.TempDir(), role+".key")
		k.code(0, "person", "add", "p-"+role, "--role", role)
		k.code(0, "key", "new", "p-"+role, "-o", keys[role])
	}
	k.code(0, "model", "add", "m1")
	k.code(0, "model", "deploy", "m1", "--env", "production")
	list := func() (p points) {
		t.Helper()
		k.read(0, &p, "enforcement", "list")
		return p
	}
	if p := list(); len(p.Points) != 0 || len(p.Unenforced) != 1 || p.Unenforced[0].Action != "external_deploy" {
		t.Fatalf("%+v", p)
	}
	register := []string{"enforcement", "register", "prod", "--environment", "production", "--action", "external_deploy", "--owner"}
	k.code(1, append(register, "king")...)
	var made struct{ Canary string }
	k.read(0, &made, append(register, "security")...)
	k.code(3, "gate", "check", "m1", "external_deploy", "--digest", made.Canary)
	k.code(1, "model", "snapshot", "m1", "rc1", "--kind", "release_candidate", "--safety", "on", "--digest", made.Canary)

	beat := func(mode, canary, want string) {
		t.Helper()
		var got struct{ Status string }
		if k.read(0, &got, "enforcement", "heartbeat", "prod", "--mode", mode, "--canary", canary); got.Status != want {
			t.Errorf("%s, %s: %s, want %s", mode, canary, got.Status, want)
		}
	}
	beat("observe", "held", "says_observe")
	k.code(1, "enforcement", "observe", "prod", "--until", "2099-01-01", "--reason", "it is new")
	var asked struct{ ID string }
	day := time.Now().UTC().AddDate(0, 1, 0).Format(time.DateOnly)
	k.read(0, &asked, "enforcement", "observe", "prod", "--until", day, "--reason", "it is new")
	beat("observe", "held", "says_observe")
	for role, key := range keys {
		k.code(0, "decision", "sign", asked.ID, "--role", role, "--key", key)
	}
	if p := list(); p.Points[0].Status != "observing" || p.Points[0].Until != day || len(p.Unenforced) != 1 {
		t.Errorf("%+v", p)
	}
	beat("enforce", "held", "enforcing")
	if p := list(); len(p.Unenforced) != 0 {
		t.Errorf("%+v", p)
	}
	beat("enforce", "passed", "canary_passed")
	k.code(0, "enforcement", "retire", "prod", "--reason", "replaced")
	if p := list(); p.Points[0].Status != "retired" || len(p.Unenforced) != 1 {
		t.Errorf("%+v", p)
	}
}

// A leave to observe whose decision is challenged is none while that is open: the
// point stands among the exceptions as one that observes without leave.
func TestAChallengedLeaveIsNone(t *testing.T) {
	t.Parallel()
	k := drill(t)
	kinds := func() string {
		var got struct {
			Exceptions []struct{ Kind, ID string } `json:"exceptions"`
		}
		k.read(0, &got, "exception", "list")
		var all []string
		for _, x := range got.Exceptions {
			all = append(all, x.Kind+" "+x.ID)
		}
		return strings.Join(all, ", ")
	}
	if got := kinds(); got != "observe_mode prod-admission" {
		t.Fatal(got)
	}
	var list struct {
		Points []struct{ Decision string } `json:"points"`
	}
	k.read(0, &list, "enforcement", "list")
	k.code(0, "review", "submit", "challenge", "decision:"+list.Points[0].Decision, "--role", "alignment", "--blocking", "--text", "two weeks are too long", "--as", "p-stress-test")
	if got := kinds(); got != "observe_without_leave prod-admission" {
		t.Error(got)
	}
}
