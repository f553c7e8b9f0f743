// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package serve

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/web"
)

// Workspace is an open workspace and where its site stands.
type Workspace struct {
	App  *app.App
	Base string
	Kind web.Kind
}

// Server answers for one workspace, or for the two of the demonstration.
type Server struct {
	config     Config
	log        *slog.Logger
	workspaces []Workspace
	sites      []*web.Site
	mux        *http.ServeMux
}

// New makes a server for workspaces that are open.
func New(c Config, log *slog.Logger, all ...Workspace) (*Server, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	s := &Server{config: c, log: log, workspaces: all, mux: http.NewServeMux()}
	for i, w := range all {
		if err := s.mount(w, s.beside(i)); err != nil {
			return nil, err
		}
	}
	if len(all) > 1 {
		s.mux.Handle("GET /{$}", web.Both(s.sites...))
	}
	return s, nil
}

func (s *Server) beside(i int) Workspace {
	if len(s.workspaces) != 2 {
		return Workspace{}
	}
	return s.workspaces[1-i]
}

func (s *Server) mount(w, beside Workspace) error {
	site := web.New(web.Options{
		App: w.App, Base: w.Base, Kind: w.Kind, Beside: beside.Base, BesideKind: beside.Kind, Log: s.log,
		RPID: s.config.rpID(), Origin: s.config.origin(),
	})
	s.sites = append(s.sites, site)
	pages := site.Handler()
	if w.Kind == web.Drill {
		pages = picked(w, pages)
	}
	s.mux.Handle(w.Base+"/", pages)
	return nil
}

// Handler is everything the server answers.
func (s *Server) Handler() http.Handler {
	return http.NewCrossOriginProtection().Handler(s.mux)
}

// Run listens until the context ends, and then lets requests finish.
func (s *Server) Run(ctx context.Context, listening func(address string)) error {
	l, err := net.Listen("tcp", s.config.Listen)
	if err != nil {
		return fault.New(fault.Unavailable, "nothing can listen on %s: %w", s.config.Listen, err).
			Hinted("stop what listens there, or choose another address with --listen")
	}
	srv := &http.Server{
		Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	listening(s.config.origin())
	select {
	case err := <-failed:
		return fault.New(fault.Unavailable, "the server stopped: %w", err)
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.config.StopWithin)
	defer cancel()
	if err := srv.Shutdown(end); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
