// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package serve

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/cli"
	"github.com/holdpoint/holdpoint/internal/web"
)

// Door is what the command line calls to open a server.
type Door struct{}

var _ cli.Listener = Door{}

// Serve opens the workspace in a folder and answers until the context ends.
func (Door) Serve(ctx context.Context, c cli.Listening) error {
	config, err := Read(c.Config, c.Listen)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, c.Dir, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	return run(ctx, config, c.Said, Workspace{App: a, Kind: web.Lab})
}

// Demo opens the demonstration's workspaces, which were built in a folder.
func (Door) Demo(ctx context.Context, c cli.Listening) error {
	config, err := Read(c.Config, c.Listen)
	if err != nil {
		return err
	}
	config.SweepEvery = 0 // both clocks are simulated: no date comes by itself
	var all []Workspace
	for _, k := range []web.Kind{web.Drill, web.Record} {
		a, err := app.Open(ctx, filepath.Join(c.Dir, string(k)), nil)
		if err != nil {
			return err
		}
		defer a.Close()
		all = append(all, Workspace{App: a, Base: "/" + string(k), Kind: k})
	}
	return run(ctx, config, c.Said, all...)
}

// Config prints every setting with its comment, as it counts now.
func (Door) Config(path, listen string) (string, error) {
	c, err := Read(path, listen)
	if err != nil {
		return "", err
	}
	return c.Text()
}

func run(ctx context.Context, c Config, said func(string), all ...Workspace) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if c.LogJSON {
		log = slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	s, err := New(c, log, all...)
	if err != nil {
		return err
	}
	return s.Run(ctx, said)
}
