// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/client"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// localOnly are the commands that make or keep a workspace on this machine, or
// say who may come in there, so that a server has no part in them.
var localOnly = []string{"init", "demo", "migrate", "serve", "token", "identity", "session", "person password"}

// hereOnly refuses a command that a server cannot carry out.
func (s *session) hereOnly(command string) error {
	verb, _, _ := strings.Cut(command, " ")
	if s.Server == "" || !slices.Contains(localOnly, verb) && !slices.ContainsFunc(localOnly, func(c string) bool { return strings.HasPrefix(command+" ", c+" ") }) {
		return nil
	}
	return fault.Usagef("%s is about a folder on this machine, and a server was named", verb).
		Hinted("leave --server away, and unset HOLDPOINT_SERVER")
}

// connect opens the workspace of the server. Who acts is whoever the token says.
func (s *session) connect() (*app.App, error) {
	if s.Dir != "" {
		return nil, fault.Usagef("a folder and a server were both named").Hinted("leave one of --dir (HOLDPOINT_DIR) and --server (HOLDPOINT_SERVER) away")
	}
	token, err := s.token()
	if err != nil {
		return nil, err
	}
	key, err := lineOf(s.VKey)
	if err != nil {
		return nil, err
	}
	c, err := client.New(s.Server, token, nil)
	if err != nil {
		return nil, err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fault.New(fault.Unavailable, "there is no place for the copy of the server's journal: %w", err).Hinted("set XDG_CACHE_HOME or HOME")
	}
	a, err := app.OpenServer(s.ctx, app.Server{
		Client: c, Cache: filepath.Join(cache, "holdpoint", "servers"), Key: key,
		Trusted: func(key string) {
			s.note("the journal of %s is trusted from now on by the key it gave: %s", c.Server(), key)
		},
	})
	if err != nil {
		return nil, err
	}
	me, _ := a.Caller()
	if s.As != app.Operator && s.As != me {
		a.Close()
		return nil, fault.Usagef("the token is of %q, so %q cannot act with it", me, s.As).Hinted("leave --as away, or use a token of %q", s.As)
	}
	s.As = me
	return a, nil
}

func (s *session) token() (string, error) {
	if s.Token == "" {
		return strings.TrimSpace(os.Getenv("HOLDPOINT_TOKEN")), nil
	}
	return lineOf(s.Token)
}

// lineOf reads a file that holds one line; no file is no line.
func lineOf(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	b, err := app.ReadLine(path)
	return b, err
}
