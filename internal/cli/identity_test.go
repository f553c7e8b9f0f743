// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/cli"
)

// atOnce carries out one command line in this process.
func atOnce(t *testing.T, in string, args ...string) (code int, out, talk string) {
	t.Helper()
	var o, e bytes.Buffer
	code = cli.Run(t.Context(), args, strings.NewReader(in), &o, &e, nil)
	return code, o.String(), e.String()
}

// The owner says who comes in by what; nobody else does, and no secret is printed
// twice or taken from the command line.
func TestWhoComesIn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "lab")
	for _, step := range []struct {
		args, in  string
		code      int
		out, talk string
	}{
		{"init DIR --policy 2.2", "", 0, "", ""},
		{"person add rso --role rso --dir DIR", "", 0, "", ""},
		{"person add ci --kind automation --dir DIR", "", 0, "", ""},
		{"token list --dir DIR", "", 0, "", "there is no token"},
		{"token new ci --scopes read,check --expires 30d --dir DIR", "", 0, "hp_", "only time that its secret is shown"},
		{"token list --dir DIR", "", 0, "read, check", ""},
		{"token new ci --scopes all --expires 30d --dir DIR", "", 1, "", "scopes: read, check, act"},
		{"token new ci --scopes read --dir DIR", "", 2, "", "--expires"},
		{"token new ci --scopes read --expires 400d --dir DIR", "", 1, "", "at most a year"},
		{"token new ci --scopes read --expires 1y --dir DIR", "", 2, "", "write a number of days"},
		{"token new CI --scopes read --expires 1d --dir DIR", "", 1, "", "no person"},
		{"token new rso --scopes act --expires 1d --as rso --dir DIR", "", 1, "", "may not change who comes in"},
		{"token revoke token-none --dir DIR", "", 1, "", "no token"},
		{"identity link rso --issuer https://idp.example --subject 8f3 --dir DIR", "", 0, "signs in as this subject", ""},
		{"identity link ci --issuer https://idp.example --subject 8f4 --dir DIR", "", 1, "", "automation"},
		{"identity list --dir DIR", "", 0, "8f3", ""},
		{"identity unlink rso --issuer https://idp.example --subject 8f3 --dir DIR", "", 0, "not linked", ""},
		{"identity unlink rso --issuer https://idp.example --subject 8f3 --dir DIR", "", 1, "", "not linked to this subject"},
		{"person password rso --dir DIR", "correct horse battery\n", 0, "new password", ""},
		{"person password rso --dir DIR", "short\n", 1, "", "15 to 1024 bytes"},
		{"person password rso hunter2hunter2hunter2 --dir DIR", "", 2, "", "unexpected argument"},
		{"session list --dir DIR", "", 0, "", "nobody is signed in"},
		{"session revoke --dir DIR", "", 2, "", "say which session"},
		{"session revoke login-none --dir DIR", "", 1, "", "no login session"},
		{"session revoke --person rso --dir DIR", "", 0, "0 sessions", ""},
	} {
		code, out, talk := atOnce(t, step.in, strings.Fields(strings.ReplaceAll(step.args, "DIR", dir))...)
		if code != step.code || !strings.Contains(out, step.out) || !strings.Contains(talk, step.talk) {
			t.Errorf("%s: exit %d\n%s%s", step.args, code, out, talk)
		}
		if strings.Contains(step.args, "list") && strings.Contains(out, "hp_") {
			t.Errorf("%s prints a secret: %s", step.args, out)
		}
	}
}
