// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/holdpoint/holdpoint/internal/api"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/cli"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/session"
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
	observer   observer
	workspaces []Workspace
	sites      []*web.Site
	mux        *http.ServeMux
	protected  http.Handler
	// stopping is closed when the server stops, so that streams end.
	stopping chan struct{}
}

// New makes a server for workspaces that are open.
func New(c Config, log *slog.Logger, all ...Workspace) (*Server, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	s := &Server{config: c, observer: newObserver(log), workspaces: all, mux: http.NewServeMux(), stopping: make(chan struct{})}
	for i, w := range all {
		if err := s.mount(w, s.beside(i)); err != nil {
			return nil, err
		}
	}
	if len(all) > 1 {
		s.mux.Handle("GET /{$}", web.Both(s.sites...))
	}
	s.mux.HandleFunc("GET /healthz", s.healthy)
	s.mux.HandleFunc("GET /readyz", s.ready)
	protected, err := session.Protect(s.mux)
	if err != nil {
		return nil, err
	}
	s.protected = protected
	return s, nil
}

func (s *Server) beside(i int) Workspace {
	if len(s.workspaces) != 2 {
		return Workspace{}
	}
	return s.workspaces[1-i]
}

// mount puts the pages and the interface of a workspace under its base path.
func (s *Server) mount(w, beside Workspace) error {
	keeper, err := s.keeper(w)
	if err != nil {
		return err
	}
	site := web.New(web.Options{
		App: w.App, Base: w.Base, Kind: w.Kind, Beside: beside.Base, BesideKind: beside.Kind, Log: s.observer.log,
		RPID: s.config.rpID(), Origin: s.config.origin(),
		Keeper: keeper, Passwords: s.config.OIDCIssuer == "", Company: s.config.OIDCIssuer != "",
	})
	s.sites = append(s.sites, site)
	both := http.NewServeMux()
	both.Handle(w.Base+api.Root+"/", http.StripPrefix(w.Base, api.New(api.Options{
		App: w.App, Reads: cli.Reads{}, Log: s.observer.log, Base: w.Base, Release: cli.Release(), Done: s.stopping,
	})))
	both.Handle(w.Base+"/", site.Handler())
	s.mux.Handle(w.Base+"/", s.known(w, keeper, routed(both)))
	return nil
}

// keeper lets people of a lab in; in the demonstration nobody signs in.
func (s *Server) keeper(w Workspace) (*session.Keeper, error) {
	if w.Kind != web.Lab {
		return nil, nil
	}
	o := session.Options{App: w.App, Origin: s.config.origin(), Passwords: s.config.OIDCIssuer == "", Log: s.observer.log}
	if s.config.OIDCIssuer != "" {
		o.OIDC = &session.Provider{Issuer: s.config.OIDCIssuer, ClientID: s.config.OIDCClient, ClientSecret: s.config.OIDCSecret}
	}
	return session.New(o)
}

// known puts whoever is behind a request into its context.
func (s *Server) known(w Workspace, keeper *session.Keeper, next http.Handler) http.Handler {
	switch w.Kind {
	case web.Drill:
		return picked(w, next)
	case web.Record:
		return reading(next)
	}
	return keeper.Middleware(next)
}

// Handler is everything the server answers.
func (s *Server) Handler() http.Handler {
	return s.observer.around(s.protected)
}

// Run listens until the context ends, and then lets requests finish. Said is
// called with the server's address once it answers.
func (s *Server) Run(ctx context.Context, said func(address string)) error {
	main, err := s.listener(s.config.Listen)
	if err != nil {
		return err
	}
	servers := []*http.Server{answering(s.Handler())}
	listeners := []net.Listener{main}
	if s.config.Metrics != "" {
		l, err := listen(s.config.Metrics, "metrics")
		if err != nil {
			return errors.Join(err, main.Close())
		}
		mux := http.NewServeMux()
		mux.HandleFunc("GET /metrics", s.metrics)
		servers, listeners = append(servers, answering(mux)), append(listeners, l)
	}
	failed := make(chan error, len(servers))
	for i := range servers {
		go func() { failed <- servers[i].Serve(listeners[i]) }()
	}
	sweeping, stop := context.WithCancel(ctx)
	var background sync.WaitGroup
	background.Go(func() { s.sweep(sweeping) })
	said(s.config.origin())
	select {
	case err = <-failed:
		err = fault.New(fault.Unavailable, "the server stopped: %w", err)
	case <-ctx.Done():
	}
	stop()
	background.Wait()
	return errors.Join(err, s.end(servers))
}

// end stops servers: streams at once, requests when they are done or the time
// for that is over.
func (s *Server) end(servers []*http.Server) error {
	close(s.stopping)
	end, cancel := context.WithTimeout(context.Background(), s.config.StopWithin)
	defer cancel()
	var errs []error
	for _, srv := range servers {
		err := srv.Shutdown(end)
		if errors.Is(err, context.DeadlineExceeded) {
			s.observer.log.Warn("requests were cut off", "after", s.config.StopWithin)
			err = srv.Close()
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func answering(h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
}

func listen(address, flag string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "nothing can listen on %s: %w", address, err).
			Hinted("stop what listens there, or choose another address with --%s", flag)
	}
	return l, nil
}

func (s *Server) listener(address string) (net.Listener, error) {
	if s.config.TLSCert == "" {
		return listen(address, "listen")
	}
	certificates, err := newCertificates(s.config.TLSCert, s.config.TLSKey)
	if err != nil {
		return nil, err
	}
	l, err := listen(address, "listen")
	if err != nil {
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{
		MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, GetCertificate: certificates.get,
	}), nil
}
