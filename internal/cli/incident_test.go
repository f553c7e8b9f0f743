// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/holdpoint/holdpoint/internal/cli"
)

// frontDesk is a workspace with a policy, two people and a model, at which commands
// are typed.
type frontDesk struct {
	t   *testing.T
	dir string
}

func newFrontDesk(t *testing.T) frontDesk {
	t.Helper()
	t.Setenv("HOLDPOINT_DIR", "")
	d := frontDesk{t, filepath.Join(t.TempDir(), "w")}
	d.ok("init", d.dir, "--policy", "anthropic-rsp@2.2", "--clock", "simulated", "--at", "2025-06-15T15:00:00Z")
	d.ok("person", "add", "p-a", "--role", "rso")
	d.ok("person", "add", "p-b")
	d.ok("model", "add", "tiny")
	return d
}

// enter types a command and gives its output and exit code.
func (d frontDesk) enter(args ...string) (out, talk string, code int) {
	var o, e bytes.Buffer
	code = cli.Run(context.Background(), append(args, "--dir", d.dir), strings.NewReader(""), &o, &e, nil)
	return o.String(), e.String(), code
}

func (d frontDesk) ok(args ...string) string {
	d.t.Helper()
	out, talk, code := d.enter(args...)
	if code != 0 {
		d.t.Fatalf("%v: exit %d\n%s%s", args, code, out, talk)
	}
	return out
}

// refused asks that a command fails and says why.
func (d frontDesk) refused(words string, args ...string) {
	d.t.Helper()
	if out, talk, code := d.enter(args...); code == 0 || !strings.Contains(talk, words) {
		d.t.Errorf("%v: exit %d, want a refusal that says %q\n%s%s", args, code, words, out, talk)
	}
}

// doc types a command with --json and reads its document.
func doc[T any](d frontDesk, args ...string) T {
	d.t.Helper()
	var v T
	if err := json.Unmarshal([]byte(d.ok(append(args, "--json")...)), &v); err != nil {
		d.t.Fatalf("%v: %v", args, err)
	}
	return v
}

type idOnly struct {
	ID string `json:"id"`
}

// plain is output without what changes from run to run.
func plain(out string) string {
	out = regexp.MustCompile(`\d{4}-\d{2}-\d{2}T[\d:.]+Z`).ReplaceAllString(out, "TIME")
	out = regexp.MustCompile(`\b(finding|incident|hold)-\d+\b`).ReplaceAllString(out, "$1-N")
	out = regexp.MustCompile(`\b(entry|entries) \d+( to \d+)?`).ReplaceAllString(out, "entry N")
	return regexp.MustCompile(`  +`).ReplaceAllString(out, "  ")
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(plain(got))); diff != "" {
		t.Errorf("(-want +got) %s", diff)
	}
}

// CMP-9: the story of the review, from a late evaluation to the lesson that
// changed a policy.
func TestFindingStory(t *testing.T) {
	d := newFrontDesk(t)
	late := func(days string) string {
		return doc[idOnly](d, "finding", "open", "late", "A set of evaluations was finished late", "--about", "model:tiny",
			"--rule", "D13", "--clause", "3.1", "--policy", "anthropic-rsp@2.2", "--due", "2025-06-10", "--variance-days", days, "--as", "p-a").ID
	}
	id := late("3")
	d.refused("was not rated", "finding", "resolve", id, "--root-cause", "x", "--action", "y")
	d.ok("finding", "rate", id, "minimal", "--argument", "The days were used to refine the evaluations", "--as", "p-a")
	d.ok("finding", "resolve", id, "--root-cause", "Nobody kept the calendar", "--action", "A sweep does", "--as", "p-a")
	d.refused("cannot also verify", "finding", "verify", id, "--statement", "seen", "--as", "p-a")
	d.refused("only a person verifies", "finding", "verify", id, "--statement", "seen")
	d.ok("finding", "verify", id, "--statement", "The sweep was seen to run", "--as", "p-b")
	d.ok("finding", "link", id, "anthropic-rsp@2.2", "CBRN-3", "--lesson", "More flexibility", "--change", "Six months instead of three")
	d.ok("finding", "open", "unclear_record", "A placeholder was changed and not noted", "--about", "spec:quiz")
	late("1")
	same(t, d.ok("finding", "list"), `
FINDING  CATEGORY  STATUS  RATING  FOUND BY  OPENED  LATE THEN  REPEAT  WHAT
finding-N  late  verified  minimal  person  2025-06-15  3 days  first  A set of evaluations was finished late
finding-N  unclear record  open  -  person  2025-06-15  -  first  A placeholder was changed and not noted
finding-N  late  open  -  person  2025-06-15  1 day  second  A set of evaluations was finished late

3 findings: 3 by a person. 0 material. Resolved and verified by somebody else: 1 of 3.
late, D13: second time in the record, with finding-N.`)
	same(t, d.ok("finding", "show", id), `
finding-N: late, verified (entry N, TIME, attested)
  A set of evaluations was finished late
  about model tiny, found by a person
  under anthropic-rsp@2.2, clause 3.1, rule D13
  due 2025-06-10, 3 days late
  rated minimal by p-a: The days were used to refine the evaluations
  root cause: Nobody kept the calendar
  corrective action by p-a: A sweep does
  verified by p-b: The sweep was seen to run
  lesson: More flexibility
  changed CBRN-3 of anthropic-rsp@2.2: Six months instead of three`)
}

// The list is narrowed by period, status and category, and has its members.
func TestFindingListJSON(t *testing.T) {
	d := newFrontDesk(t)
	id := doc[idOnly](d, "finding", "open", "methodology_gap", "Best of n was not used", "--about", "spec:quiz").ID
	d.ok("finding", "rate", id, "minimal", "--argument", "Far from the line")
	for _, c := range []struct {
		args []string
		want int
	}{
		{nil, 1}, {[]string{"--period", "2025-06-01..2025-06-30"}, 1}, {[]string{"--period", "..2025-06-14"}, 0}, {[]string{"--period", "2025-06-15.."}, 1},
		{[]string{"--status", "rated"}, 1}, {[]string{"--status", "open"}, 0}, {[]string{"--category", "late"}, 0}, {[]string{"--category", "methodology_gap"}, 1},
	} {
		if got := doc[[]map[string]any](d, append([]string{"finding", "list"}, c.args...)...); len(got) != c.want {
			t.Errorf("%v: %d findings, want %d", c.args, len(got), c.want)
		}
	}
	one := doc[[]map[string]any](d, "finding", "list")[0]
	for _, member := range []string{"id", "category", "statement", "policy", "clause", "rule", "owner", "about", "due", "variance_days", "found_by",
		"rating", "status", "opened", "resolved", "verified", "lessons"} {
		if _, ok := one[member]; !ok {
			t.Errorf("no member %q", member)
		}
	}
	d.refused("no period", "finding", "list", "--period", "2025-06-01..2025-05-01")
	d.refused("is none", "finding", "list", "--category", "luck")
	d.refused("no finding of noncompliance", "finding", "show", "finding-0")
}

// A source's own finding, under a version that was never adopted here.
func TestFindingReport(t *testing.T) {
	d := newFrontDesk(t)
	id := doc[idOnly](d, "finding", "report", "late", "Three days later than scheduled", "--about", "policy:anthropic-rsp@1.0", "--policy", "anthropic-rsp@1.0",
		"--variance-days", "3", "--rating", "minimal", "--argument", "Time was used well", "--lesson", "More flexibility", "--not-published", "N1",
		"--source", "ANNOUNCEMENT:lessons", "--grade", "attested").ID
	f := doc[map[string]any](d, "finding", "show", id)
	if f["found_by"] != "source" || f["status"] != "rated" || f["grade"] != "attested" || !slices.Equal(f["not_published"].([]any), []any{"N1"}) {
		t.Errorf("%v", f)
	}
	d.refused("reported or attested", "finding", "report", "late", "x", "--about", "policy:x")
}

// RAP-1, RAP-6, RAP-8: an incident stops the model in the act that declares it,
// and is closed with its post-mortem.
func TestIncidentStory(t *testing.T) {
	d := newFrontDesk(t)
	id := doc[idOnly](d, "incident", "declare", "jailbreak", "A prompt gets around the classifier", "--model", "tiny", "--occurred", "2025-06-14T10:00:00Z",
		"--detected", "2025-06-14T11:00:00Z", "--hold", "tiny:external_deploy", "--reopen", "ASL-2/deployment", "--target-hours", "2").ID
	if out, _, code := d.enter("gate", "check", "tiny", "external_deploy"); code != 3 || !strings.Contains(out, id+": A prompt gets around") {
		t.Errorf("exit %d\n%s", code, out)
	}
	d.refused("does not command", "incident", "update", id, "--note", "x", "--as", "p-b")
	d.ok("incident", "update", id, "--commander", "p-b", "--identified", "2025-06-14T12:30:00Z")
	d.refused("cannot be closed", "incident", "close", id, "--text", "x")
	d.refused("still to come", "incident", "update", id, "--remediated", "2031-01-01T00:00:00Z")
	d.refused("is not a time", "incident", "update", id, "--remediated", "2025-06-14")
	d.refused("nothing says how the re-test came out", "incident", "update", id, "--retest-text", "x")
	d.ok("incident", "update", id, "--remediated", "2025-06-14T15:00:00Z", "--retest", "passed", "--retest-text", "Forty attempts", "--as", "p-b")
	d.refused("post-mortem", "incident", "close", id)
	d.refused("no digest", "incident", "close", id, "--document", "not-here.pdf")
	d.ok("incident", "close", id, "--text", "The filter looked at one language", "--lesson", "Test in every language", "--as", "p-b")
	same(t, d.ok("incident", "show", id), `
incident-N: jailbreak, closed (entry N, declared TIME)
  A prompt gets around the classifier
  led by p-b
  models: tiny
  holds placed with it: hold-N
  reopened with it: ASL-2/deployment
  occurred  TIME
  detected  TIME
  aware  unknown
  determined  unknown
  submitted  unknown
  identified  TIME
  remedied  TIME
  time to identify: 2h30m (identified less occurred)
  time to remedy: 2h30m (remedied less identified)
  target: remedied within 2 hours of being identified: not met
  tested again, passed: Forty attempts
  post-mortem: The filter looked at one language
  lesson: Test in every language
  closed by entry N, TIME`)
	one := doc[[]map[string]any](d, "incident", "list")[0]
	if one["time_to_identify_seconds"] != 9000.0 || one["target"] != "not_met" || one["aware"] != nil || len(one["missing"].([]any)) != 0 {
		t.Errorf("%v", one)
	}
	near := doc[idOnly](d, "incident", "declare", "near_miss", "A key lay in a shared folder", "--as", "p-b").ID
	if v := doc[map[string]any](d, "incident", "show", near); v["time_to_identify_seconds"] != nil || v["target"] != nil || !slices.Equal(v["missing"].([]any), []any{"a post-mortem"}) {
		t.Errorf("%v", v)
	}
	if out := d.ok("incident", "list", "--kind", "near_miss"); !strings.Contains(out, "cannot tell") || strings.Contains(out, id+" ") {
		t.Error(out)
	}
}

// RSO 8: one list of what went stale and of what hangs on it, and the impact of
// one thing.
func TestEvidenceImpact(t *testing.T) {
	d := newFrontDesk(t)
	evidence := doc[idOnly](d, "safeguard", "evidence", "ASL-2", "security", "ASL2-S1", "--text", "Weights are locked away").ID
	if out := d.ok("evidence", "impact", evidence); !strings.Contains(out, "Nothing hangs on it.") || !strings.Contains(out, "nothing is recorded") {
		t.Error(out)
	}
	i := doc[map[string]any](d, "evidence", "impact", evidence)
	if i["stands"] != true || i["supposed"] == nil || i["why_not"] != nil || len(i["decisions"].([]any)) != 0 {
		t.Errorf("%v", i)
	}
	d.ok("safeguard", "retract", evidence, "--reason", "They are not")
	if i = doc[map[string]any](d, "evidence", "impact", evidence); i["stands"] != false || i["supposed"] != nil || i["why_not"] == nil {
		t.Errorf("%v", i)
	}
	all := doc[struct {
		Stale []map[string]any `json:"stale"`
	}](d, "evidence", "stale").Stale
	if len(all) != 1 || all[0]["id"] != evidence {
		t.Errorf("%v", all)
	}
	d.refused("nothing that others hang on", "evidence", "impact", "nothing-1")
	id := doc[idOnly](d, "finding", "open", "late", "x", "--about", "model:tiny").ID
	d.refused("finding of noncompliance", "evidence", "impact", id)
}
