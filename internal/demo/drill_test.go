// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/audit"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/threshold"
	"github.com/holdpoint/holdpoint/proof"
)

var updateDrill = flag.Bool("update", false, "write the golden files of the drill anew")

// built is one drill for all tests that only read it.
type built struct {
	dir   string
	app   *app.App
	story DrillStory
	err   error
}

var theDrill = sync.OnceValue(func() built {
	dir, err := os.MkdirTemp("", "holdpoint-drill")
	if err != nil {
		return built{err: err}
	}
	a, story, err := BuildDrill(context.Background(), filepath.Join(dir, "drill"))
	return built{filepath.Join(dir, "drill"), a, story, err}
})

func drilled(t testing.TB) built {
	t.Helper()
	b := theDrill()
	if b.err != nil {
		t.Fatal(b.err)
	}
	return b
}

func TestMain(m *testing.M) {
	code := m.Run()
	if b := theDrill(); b.app != nil {
		b.app.Close()
		os.RemoveAll(filepath.Dir(b.dir))
	}
	os.Exit(code)
}

// The same bytes on every machine: a second build gives the same head and the
// same files, and the head is the one in testdata.
func TestDrillIsTheSameOnEveryMachine(t *testing.T) {
	one := drilled(t)
	two := filepath.Join(t.TempDir(), "drill")
	a, story, err := BuildDrill(t.Context(), two)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if diff := cmp.Diff(one.story.Checkpoint, story.Checkpoint); diff != "" {
		t.Errorf("two builds have different heads (-first +second):\n%s", diff)
	}
	for _, folder := range []string{"-files", "/blobs"} {
		if diff := cmp.Diff(digests(t, one.dir+folder), digests(t, two+folder)); diff != "" {
			t.Errorf("%s (-first +second):\n%s", folder, diff)
		}
	}
	golden(t, "drill.head", []byte(story.Checkpoint.Origin+"\n"+story.Checkpoint.Root+"\n"))
}

func digests(t testing.TB, dir string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		sum := sha256.Sum256(b)
		sums[strings.TrimPrefix(path, dir)] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil || len(sums) == 0 {
		t.Fatalf("%s: %d files, %v", dir, len(sums), err)
	}
	return sums
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *updateDrill {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got); if that is meant, go test ./internal/demo -update:\n%s", name, diff)
	}
}

func TestDrillTellsItsStory(t *testing.T) {
	story := drilled(t).story
	story.Workspace, story.Files = "DIR/drill", "DIR/drill-files"
	b, err := json.Marshal(story, jsontext.Multiline(true), jsontext.WithIndent("  "))
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "drill.json", append(b, '\n'))
	var text bytes.Buffer
	if err := story.Text(&text); err != nil {
		t.Fatal(err)
	}
	golden(t, "drill.txt", text.Bytes())
}

// GAT-1: what the gate said, moment by moment.
func TestDrillVerdicts(t *testing.T) {
	var got []string
	for _, h := range drilled(t).story.History {
		got = append(got, h.Time[:10]+" "+h.Model+" "+h.Action+" "+h.Verdict)
	}
	want := []string{
		"2026-01-14 aster-1 external_deploy held",
		"2026-01-20 aster-1 external_deploy clear",
		"2026-02-16 aster-2 external_deploy held",
		"2026-03-06 aster-2 external_deploy held",
		"2026-03-09 aster-2 external_deploy held",
		"2026-03-11 aster-2 external_deploy clear",
		"2026-03-12 aster-2 external_deploy held",
		"2026-03-13 aster-2 external_deploy clear",
		"2026-05-01 aster-2 external_deploy held",  // the approval has lapsed
		"2026-05-01 aster-2 internal_deploy held",  // and a broken glass changes nothing
		"2026-05-02 aster-2 external_deploy clear", // interim measures
		"2026-05-13 aster-2 external_deploy clear", // the standard
		"2026-06-01 aster-2 external_deploy held",  // the office is vacant
		"2026-06-01 aster-2 external_deploy clear", // somebody acts in it
		"2026-07-28 aster-2 external_deploy held",  // a jailbreak
		"2026-07-29 aster-2 external_deploy clear",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The journal answers the same when it is asked about the past.
func TestDrillHistoryCanBeAskedAgain(t *testing.T) {
	b := drilled(t)
	for _, h := range b.story.History {
		v, _, err := b.app.Check(t.Context(), gate.Ask{Model: h.Model, Action: h.Action}, h.Time)
		if err != nil || v.Outcome.String() != h.Verdict {
			t.Errorf("%s %s at %s: %s then, %s now (%v)", h.Model, h.Action, h.Time, h.Verdict, v.Outcome, err)
		}
	}
}

// CAP-11, DEC-3: what was refused says why, and left no entry.
func TestDrillRefusals(t *testing.T) {
	want := []string{
		"(protocol-troubleshooting) is inconclusive",
		"and is not answered",
		`"p-rso" acted as "rso" and cannot also act as "ceo" in the same matter`,
		"stands: A way around the refusals",
		"was revoked",
		`the policy leaves that to "ceo"`,
	}
	refused := drilled(t).story.Refused
	if len(refused) != len(want) {
		t.Fatalf("%d refusals, want %d: %+v", len(refused), len(want), refused)
	}
	for i, r := range refused {
		if !strings.Contains(r.Because, want[i]) {
			t.Errorf("%s by %s: %s; want %q", r.Act, r.By, r.Because, want[i])
		}
	}
}

func TestDrillStanding(t *testing.T) {
	want := map[string]string{
		"aster-1 external_deploy": "clear", "aster-2 train": "clear", "aster-2 store_weights": "clear",
		"aster-2 internal_deploy": "clear", "aster-2 external_deploy": "clear",
		"aster-2 fine_tuning_access": "held", "aster-2 open_weights": "held",
	}
	got := map[string]string{}
	for _, r := range drilled(t).story.Standing {
		got[r.Model+" "+r.Action] = r.Verdict
		if (r.Verdict == "held") != (len(r.HeldBecause) > 0) {
			t.Errorf("%s %s is %s because of %q", r.Model, r.Action, r.Verdict, r.HeldBecause)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The runs are read back from their bytes and judged to the figures that the
// story tells. Bounds are one-sided at 5 %; those of proportions (41 of 120, 33
// of 120, 14 of 60, 28 of 150) were computed elsewhere, by bisection of the
// binomial tail.
func TestDrillEvaluationsComeOutAsMeant(t *testing.T) {
	upper := map[string]string{
		"cbrn-knowledge-proxy aster-2/helpful-only": "0.419", "cbrn-knowledge-proxy aster-2/rc1": "0.350",
		"protocol-troubleshooting aster-2/helpful-only": "0.340", "protocol-troubleshooting-long aster-2/helpful-only": "0.247",
	}
	for _, e := range evaluations() {
		result, _, err := assessment.JudgeRun(readLog(t, e.log), specs()[e.spec].Rule.Metric, specs()[e.spec].Rule)
		if err != nil {
			t.Fatal(err)
		}
		name := e.spec + " " + e.model + "/" + e.snapshot
		if result.Verdict != e.want {
			t.Errorf("%s: %s, want %s: %v", name, result.Verdict, e.want, result.Reasons)
		}
		if want, ok := upper[name]; ok && thousandths(result.Upper) != want {
			t.Errorf("%s: upper bound %s, want %s", name, result.Upper, want)
		}
		if (result.Zone == threshold.ZoneMiddle) != (e.want == threshold.Inconclusive) {
			t.Errorf("%s: zone %s", name, result.Zone)
		}
	}
}

// MOD-2: the multiples that the story names.
func TestDrillComputeSteps(t *testing.T) {
	base := trained(smallModel, lastStep)
	for _, c := range []struct {
		name string
		step int64
		want string
	}{{"3.4", earlyStep, "3.41"}, {"6.3", lastStep, "6.25"}} {
		ratio := trained(largeModel, c.step).Value.Float() / base.Value.Float()
		if got := strconv.FormatFloat(ratio, 'f', 2, 64); got != c.want {
			t.Errorf("%s: the ratio is %s, want %s", c.name, got, c.want)
		}
	}
}

// EXT-10: an outsider with a copy recomputes all of it.
func TestDrillExportVerifies(t *testing.T) {
	b := drilled(t)
	for _, withhold := range []bool{false, true} {
		dir := filepath.Join(t.TempDir(), "export")
		if _, err := b.app.Export(t.Context(), dir, app.ExportOptions{WithholdPrivate: withhold}); err != nil {
			t.Fatal(err)
		}
		rep, err := audit.Verify(dir, audit.Options{Key: b.app.Key(), Registry: app.Registry(), Replay: true})
		if err != nil {
			t.Fatal(err)
		}
		if !rep.OK() && !withhold || len(rep.Faults) > 0 {
			t.Errorf("withhold %v: faults %q, not checked %q", withhold, rep.Faults, rep.NotChecked)
		}
		// The runs of aster-1 were made twice.
		want := audit.Replay{Findings: audit.Tally{Equal: len(evaluations()) + len(firstEvaluations())}, Clearances: audit.Tally{Equal: 2}}
		if diff := cmp.Diff(&want, rep.Replay); diff != "" {
			t.Errorf("withhold %v: replay (-want +got):\n%s", withhold, diff)
		}
		if rep.Clock != "simulated" || rep.Root != b.story.Checkpoint.Root {
			t.Errorf("clock %q, root %s, want %s", rep.Clock, rep.Root, b.story.Checkpoint.Root)
		}
	}
}

// The files beside the workspace are what their names say, and the workspace
// holds nothing that is not part of one.
func TestDrillFiles(t *testing.T) {
	b := drilled(t)
	var names []string
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if n := e.Name(); !strings.HasSuffix(n, "-wal") && !strings.HasSuffix(n, "-shm") {
			names = append(names, n)
		}
	}
	if diff := cmp.Diff([]string{"blobs", "holdpoint.db", "holdpoint.key", "holdpoint.vkey", "last-checkpoint"}, names); diff != "" {
		t.Errorf("the workspace (-want +got):\n%s", diff)
	}
	read := func(name string) []byte {
		content, err := os.ReadFile(filepath.Join(b.story.Files, name))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	for _, p := range everybody() {
		if _, err := app.ParsePersonKey(string(read("keys/" + p.id + ".key"))); err != nil {
			t.Errorf("the key of %s: %v", p.id, err)
		}
	}
	sum := sha256.Sum256(read(weightsFile("aster-2", "rc1")))
	for name, revoked := range map[string]bool{fileExternal: true, fileInternal: false} {
		_, err := proof.CheckClearance(read(name), proof.Ask{
			Keys: []proof.VerifyKey{b.app.Key()}, Digest: hex.EncodeToString(sum[:]), Revocations: read(fileRevocations),
		})
		if (err != nil) != revoked {
			t.Errorf("%s: revoked %v, and the check says %v", name, revoked, err)
		}
	}
}

// No entry says where it was made.
func TestDrillEntriesNameNoPath(t *testing.T) {
	b := drilled(t)
	for e, err := range b.app.Entries(t.Context(), 0, 0) {
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{b.dir, os.TempDir(), "go1."} {
			if bytes.Contains(e.Body, []byte(word)) {
				t.Errorf("entry %d (%s) holds %q", e.Seq, e.Type, word)
			}
		}
	}
}

func TestDrillOverwritesNothing(t *testing.T) {
	b := drilled(t)
	before := digests(t, b.dir+"-files")
	_, _, err := BuildDrill(t.Context(), b.dir)
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "overwrites nothing") {
		t.Errorf("a second drill in the same folder: %v", err)
	}
	if diff := cmp.Diff(before, digests(t, b.dir+"-files")); diff != "" {
		t.Errorf("files changed:\n%s", diff)
	}
}

// evaluations lists every run of the drill.
func evaluations() []evaluation {
	return append(append(firstEvaluations(), secondEvaluations()...), longEvaluation())
}
