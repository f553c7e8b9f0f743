// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/cli"
)

// typing types one command and gives what it printed and its exit code.
func typing(t *testing.T, args ...string) (string, int) {
	t.Helper()
	var out, talk bytes.Buffer
	code := cli.Run(context.Background(), args, strings.NewReader(""), &out, &talk, nil)
	if code == 2 {
		t.Log(talk.String())
	}
	return out.String(), code
}

// The question "what changed since Friday, why?": verdicts that are others now,
// each with its reason, and every entry in words.
func TestStatusSince(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lab")
	for _, args := range [][]string{
		{"init", dir, "--policy", "anthropic-rsp@2.2"},
		{"--dir", dir, "model", "add", "m1"},
	} {
		if _, code := typing(t, args...); code != 0 {
			t.Fatal(args)
		}
	}
	var head struct {
		Size int `json:"size"`
	}
	out, _ := typing(t, "--dir", dir, "ledger", "head", "--json")
	if err := json.Unmarshal([]byte(out), &head); err != nil {
		t.Fatal(err)
	}
	typing(t, "--dir", dir, "model", "add", "m2")
	typing(t, "--dir", dir, "hold", "place", "m1", "--reason", "The second look is not over.")

	var got struct {
		Since    struct{ Seq int } `json:"since"`
		Verdicts []struct {
			Model, Action, After string
			Before               *string
			Because              []string
		} `json:"verdicts"`
		Entries []struct{ Says, Reason string } `json:"entries"`
	}
	first, err := json.Marshal(head.Size)
	if err != nil {
		t.Fatal(err)
	}
	out, code := typing(t, "--dir", dir, "status", "--since", string(first), "--json")
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 {
		t.Fatal(err, code, out)
	}
	if got.Since.Seq != head.Size || len(got.Entries) < 2 {
		t.Errorf("%+v", got)
	}
	last := got.Entries[len(got.Entries)-1]
	if last.Says != "gate hold placed (model m1)" || last.Reason != "The second look is not over." {
		t.Errorf("%+v", last)
	}
	for _, v := range got.Verdicts {
		if v.Model != "m2" || v.Before != nil || v.After != "held" || len(v.Because) == 0 {
			t.Errorf("only m2 is new, and held with a reason: %+v", v)
		}
	}
	if len(got.Verdicts) == 0 {
		t.Error("a new model has no row")
	}
	for _, bad := range []string{"0", "99999", "2999-01-01", "soon"} {
		if _, code := typing(t, "--dir", dir, "status", "--since", bad); code != 2 {
			t.Errorf("--since %s: exit %d, want 2", bad, code)
		}
	}
}
