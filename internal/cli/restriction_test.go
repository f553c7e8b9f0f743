// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// INT-3, INT-6: what is live and held stands first in every standing, with who
// must answer by when; a restriction is proposed, signed, carried out by one
// person and verified by another.
func TestRestrictions(t *testing.T) {
	tmp := t.TempDir()
	dir, weights, certificate := filepath.Join(tmp, "lab"), filepath.Join(tmp, "weights.bin"), filepath.Join(tmp, "certificate.txt")
	for _, file := range []string{weights, certificate} {
		if err := os.WriteFile(file, []byte("bytes of "+filepath.Base(file)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	lab := func(args ...string) string {
		t.Helper()
		out, code := typing(t, append([]string{"--dir", dir}, args...)...)
		if code != 0 {
			t.Fatal(args, code, out)
		}
		return out
	}
	read := func(into any, args ...string) {
		t.Helper()
		if err := json.Unmarshal([]byte(lab(append(args, "--json")...)), into); err != nil {
			t.Fatal(err)
		}
	}
	if _, code := typing(t, "init", dir, "--policy", "anthropic-rsp@2.2"); code != 0 {
		t.Fatal("init")
	}
	for person, role := range map[string]string{"p-officer": "rso", "p-chief": "ceo"} {
		lab("person", "add", person, "--role", role)
		lab("key", "new", person, "-o", filepath.Join(tmp, person))
	}
	lab("model", "add", "aster-2")
	lab("model", "snapshot", "aster-2", "final", "--kind", "production", "--safety", "on", "--weights", weights)
	lab("model", "deploy", "aster-2", "--snapshot", "final", "--env", "production")

	var state struct {
		Live []struct {
			Model, Environment string
			Response, Owner    *string
			Due                *string
			Status             string
			Restriction        *string
			Because            []string
		} `json:"live_while_held"`
	}
	read(&state, "status")
	if len(state.Live) != 1 || state.Live[0].Response == nil || *state.Live[0].Owner != "rso" || state.Live[0].Status != "open" || len(state.Live[0].Because) == 0 {
		t.Fatalf("%+v", state)
	}
	if out := lab("status"); !strings.HasPrefix(out, "LIVE WHILE HELD\n  aster-2/final in production") || !strings.Contains(out, "owed by rso") {
		t.Errorf("%s", out)
	}
	var proposed struct{ ID string }
	read(&proposed, "restriction", "propose", "--kind", "delete_weights", "--model", "aster-2", "--reason", "it may not exist",
		"--copy", "final=vault-1", "--response", *state.Live[0].Response)
	if out := lab("decision", "show", proposed.ID); !strings.Contains(out, "the copy of final at vault-1 is deleted") {
		t.Errorf("a signer is not shown every copy: %s", out)
	}
	for person, role := range map[string]string{"p-officer": "rso", "p-chief": "ceo"} {
		lab("restriction", "sign", proposed.ID, "--role", role, "--key", filepath.Join(tmp, person))
	}
	var list struct {
		Restrictions []struct {
			ID, Kind, State, Hold string
		}
	}
	read(&list, "restriction", "list")
	if len(list.Restrictions) != 1 || list.Restrictions[0].State != "ordered" || list.Restrictions[0].Hold == "" {
		t.Fatalf("%+v", list)
	}
	id := list.Restrictions[0].ID
	if out, code := typing(t, "--dir", dir, "restriction", "execute", id, "--statement", "wiped", "--as", "p-officer"); code != 1 {
		t.Errorf("a deletion without certificates: %d %s", code, out)
	}
	lab("restriction", "execute", id, "--statement", "wiped", "--certificate", "vault-1="+certificate, "--as", "p-officer")
	if out, code := typing(t, "--dir", dir, "restriction", "verify", id, "--statement", "seen", "--as", "p-officer"); code != 1 {
		t.Errorf("one person alone: %d %s", code, out)
	}
	lab("restriction", "verify", id, "--statement", "looked into the vault", "--as", "p-chief")
	read(&list, "restriction", "list")
	if list.Restrictions[0].State != "verified" {
		t.Errorf("%+v", list)
	}
	read(&state, "status")
	if len(state.Live) != 1 || state.Live[0].Restriction == nil || *state.Live[0].Restriction != id || state.Live[0].Status != "answered" {
		t.Errorf("%+v", state)
	}
	var responses struct {
		Responses []struct{ Status, How string }
	}
	read(&responses, "restriction", "responses")
	if len(responses.Responses) != 1 || responses.Responses[0].How != "restriction" {
		t.Errorf("%+v", responses)
	}
	if out, code := typing(t, "--dir", dir, "restriction", "lift", id, "--reason", "why not"); code != 1 {
		t.Errorf("lifted without its hold: %d %s", code, out)
	}
	for _, text := range [][]string{{"restriction", "list"}, {"restriction", "responses"}, {"status"}} {
		if out := lab(text...); !strings.Contains(out, "aster-2") || !strings.Contains(out, "restriction") {
			t.Errorf("%v: %s", text, out)
		}
	}
}
