// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/holdpoint/holdpoint/internal/demo"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

type demoCmd struct {
	Full    bool `help:"Print every row of the comparison with the record, and its answers over time."`
	Once    bool `help:"Build, print and exit, without serving pages."`
	serving `embed:""`
}

// Help is what --help adds.
func (demoCmd) Help() string {
	return "Builds two workspaces, DIR/record and DIR/drill (--dir DIR; a temporary folder that is kept if not given), says where they " +
		"stand and what to try next, and serves both as pages at 127.0.0.1:8420 until it is stopped; with --once, --full or --json it exits. The record is a reconstruction of 2024-25 from public documents; the drill is a " +
		"fictional lab in which people sign, hold, clear and revoke, miss a date, lose an officer and find an approval lapsed. Both have simulated clocks."
}

func (c demoCmd) Run(s *session) error {
	if s.At != "" || s.ActKey != "" || s.As != "operator" {
		return fault.Usagef("the demonstration has its own clock and its own people").
			Hinted("leave --at, --as and --act-key away, and use them on the workspaces that it builds")
	}
	if !c.Once && !c.Full && !s.JSON && s.listener == nil {
		return noServer()
	}
	c.Once = c.Once || c.Full || s.JSON
	dir, err := demoFolder(s.Dir)
	if err != nil {
		return err
	}
	stories, err := demo.Build(s.ctx, dir)
	if err != nil {
		if s.Dir == "" {
			os.Remove(dir) // it is ours, and empty
		}
		return err
	}
	if s.JSON {
		return s.print(stories)
	}
	if err := s.tellDemo(dir, stories, c.Full); err != nil || c.Once {
		return err
	}
	s.say("")
	return s.listener.Demo(s.ctx, Listening{Dir: dir, Config: c.Config, Listen: c.Listen, Said: func(address string) {
		s.say("Both workspaces are at %s (stop with Ctrl-C)", address)
	}})
}

// demoFolder gives the folder to build in: the named one, or a temporary one
// that stays, so that the commands that are suggested work.
func demoFolder(dir string) (string, error) {
	if dir != "" {
		return filepath.Clean(dir), nil
	}
	dir, err := os.MkdirTemp("", "holdpoint-demo-")
	if err != nil {
		return "", fault.New(fault.Unavailable, "no temporary folder can be made: %w", err).Hinted("name one with --dir")
	}
	return dir, nil
}

func (s *session) tellDemo(dir string, stories demo.Stories, full bool) error {
	s.say("Two workspaces in %s. Their clocks are simulated: both histories are made here, now.", printable(dir))
	s.say("\nTHE DRILL: a fictional lab whose people sign, hold, clear and revoke, and live with what dates do\n")
	if err := stories.Drill.Text(s.out); err != nil {
		return err
	}
	s.say("\nTHE RECORD: 2024-25 as public documents tell it; nobody's signature is made up\n")
	if err := stories.Record.Text(s.out, full); err != nil {
		return err
	}
	if !full {
		s.say("\nThe whole comparison: %s demo --full; as data: --json.", program())
	}
	s.say("\nTry next:")
	for _, t := range looking(dir) {
		s.say("  # %s\n  %s", t.why, t.command)
	}
	s.say("And go on with the drill, in this order, while the workspace is fresh (the ids follow from what is in it):")
	for _, t := range acting(dir, stories.Drill.Checkpoint.Size) {
		s.say("  # %s\n  %s", t.why, t.command)
	}
	return nil
}

// try is a command to paste, and what it shows.
type try struct{ why, command string }

// looking are commands that change nothing in the workspaces.
func looking(dir string) []try {
	hp := program()
	at := func(name ...string) string { return quoted(filepath.Join(append([]string{dir}, name...)...)) }
	record, drill, key := at("record"), at("drill"), at("drill", "holdpoint.vkey")
	against := " --key " + key + " --weights " + at("drill-files", "weights", "aster-2-rc1.bin") + " --revocations " + at("drill-files", "revocations")
	return []try{
		{"where things stand", hp + " status --dir " + drill},
		{"may it be offered to others? clear, and every reason why", hp + " gate check aster-2 external_deploy --dir " + drill},
		{"what was the answer while the hold stood?", hp + " gate check aster-2 external_deploy --at 2026-03-12T12:00:00Z --dir " + drill},
		{"the public record: held from the figures alone", hp + " gate check claude-opus-4 external_deploy --floor reported --dir " + record},
		{"the moment an approval had lapsed under live models: shown first", hp + " status --at 2026-05-01T00:00:00Z --dir " + drill},
		{"the duties of half a year: what is due, and what was done late", hp + " obligation list --dir " + drill},
		{"what was missed, who noticed, what was learned", hp + " finding list --dir " + drill},
		{"what waits for whom", hp + " desk --dir " + drill},
		{"one of the lab's logs against a line, without any workspace", hp + " judge " + at("drill-files", "logs", demo.MiddleLog()) + " --rule-out 0.3"},
		{"a clearance, checked offline", hp + " verify clearance " + at("drill-files", "aster-2-internal.clearance.json") + against},
		{"one that was revoked: hold", hp + " verify clearance " + at("drill-files", "aster-2.clearance.json") + against},
		{"a copy for outsiders, who recompute every finding and clearance",
			hp + " ledger export " + at("copy") + " --dir " + drill + " && " + hp + " verify ledger " + at("copy") + " --key " + key + " --replay"},
	}
}

// acting are commands that go on with the drill, in this order: an id follows
// from the number of entries before it.
func acting(dir string, size int64) []try {
	drill := quoted(filepath.Join(dir, "drill"))
	act := func(words string, as string) string {
		return program() + " " + words + " --as " + as + " --dir " + drill
	}
	sign := func(role, as string) string {
		key := quoted(filepath.Join(dir, "drill-files", "keys", as+".key"))
		return act("decision sign "+entry.ID("decision", size+2)+" --role "+role+" --key "+key, as)
	}
	return []try{
		{"one person is enough to stop it; it is live, so somebody owes an answer",
			act("hold place aster-2 --action external_deploy --reason 'A way around the refusals was reported.'", "p-security")},
		{"to go on takes a proposal and the signatures of two",
			act("hold lift "+entry.ID("hold", size), demo.Officer) + " && " + sign("rso", demo.Officer) + " && " + sign("ceo", "p-ceo")},
	}
}

// program is how this program can be called again: by name where that finds it,
// as it was called under go run, by its path otherwise.
func program() string {
	path, err := os.Executable()
	if err != nil {
		return "holdpoint"
	}
	if strings.Contains(path, string(filepath.Separator)+"go-build") {
		return "go run ./cmd/holdpoint"
	}
	if found, err := exec.LookPath("holdpoint"); err == nil && sameFile(found, path) {
		return "holdpoint"
	}
	return quoted(path)
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// quoted makes a path one word for a shell.
func quoted(path string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@%,", r)
	}
	if strings.IndexFunc(path, func(r rune) bool { return !plain(r) }) < 0 {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
