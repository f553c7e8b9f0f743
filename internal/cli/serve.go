// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Listener opens servers. The command line knows no more of them.
type Listener interface {
	// Serve answers for the workspace in a folder until the context ends.
	Serve(ctx context.Context, l Listening) error
	// Demo answers for the demonstration that was built in a folder.
	Demo(ctx context.Context, l Listening) error
	// Config gives every setting with its comment, as it counts.
	Config(path, listen string) (string, error)
}

// Listening says what a server answers for. Said is called with its address once
// it answers.
type Listening struct {
	Dir, Config, Listen string
	Said                func(address string)
}

// serving are the flags of a server.
type serving struct {
	Listen string `placeholder:"ADDRESS" help:"Where to listen; 127.0.0.1:8420 if not given."`
	Config string `placeholder:"FILE" help:"The file with the configuration; holdpoint config prints one."`
}

type serveCmd struct {
	serving `embed:""`
}

// Help is what --help adds.
func (serveCmd) Help() string {
	return "Opens the workspace and serves its pages and its interface until it is stopped with Ctrl-C or SIGTERM; requests that have begun " +
		"are finished. It does not start when the journal cannot be verified or its tables cannot be brought up to date. The command " +
		"line may be used on the same workspace at the same time. Everything that can be set: holdpoint config."
}

func (c serveCmd) Run(s *session) error {
	if err := s.mayListen(); err != nil {
		return err
	}
	return s.listener.Serve(s.ctx, Listening{Dir: s.dir(), Config: c.Config, Listen: c.Listen, Said: func(address string) {
		s.say("Holdpoint answers at %s (stop it with Ctrl-C)", address)
	}})
}

type configCmd struct {
	serving `embed:""`
}

func (c configCmd) Run(s *session) error {
	if s.listener == nil {
		return noServer()
	}
	text, err := s.listener.Config(c.Config, c.Listen)
	if err != nil {
		return err
	}
	s.say("%s", text)
	return nil
}

// mayListen refuses flags that a server does not know.
func (s *session) mayListen() error {
	if s.At != "" || s.ActKey != "" || s.As != "operator" || s.JSON {
		return fault.Usagef("a server answers about now, for whoever asks").Hinted("leave --at, --as, --act-key and --json away")
	}
	if s.listener == nil {
		return noServer()
	}
	return nil
}

func noServer() error {
	return fault.Unsupportedf("this program was built without a server").Hinted("use the program that cmd/holdpoint builds")
}
