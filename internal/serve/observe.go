// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package serve

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// observer counts and logs what is asked. It writes down the route that answered
// and never an address, a name, a query or what was sent.
type observer struct {
	log *slog.Logger
	set *metrics.Set
}

func newObserver(log *slog.Logger) observer { return observer{log: log, set: metrics.NewSet()} }

// watched is what a handler answered.
type watched struct {
	http.ResponseWriter
	status int
	bytes  int64
	// route is the innermost pattern that matched, where a mux within says it.
	route string
}

func (w *watched) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *watched) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets a handler flush what it streams.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// around counts and logs every request, and turns a panic into an answer: one
// page that fails must not take the others with it.
func (o observer) around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w, begun := &watched{ResponseWriter: rw}, time.Now()
		defer func() {
			if p := recover(); p != nil {
				id := rand.Text()[:10]
				o.log.Error("a request panicked", "id", id, "route", r.Pattern, "panic", p)
				if w.status == 0 {
					http.Error(w, "Something went wrong on our side. Nothing was changed. Tell the operator this number: "+id, http.StatusInternalServerError)
				}
			}
			o.noted(r, w, time.Since(begun))
		}()
		next.ServeHTTP(w, r)
	})
}

func (o observer) noted(r *http.Request, w *watched, took time.Duration) {
	route := cmp.Or(w.route, r.Pattern, "none")
	o.set.GetOrCreateCounter(fmt.Sprintf(`holdpoint_http_requests_total{route=%q,status="%d"}`, route, w.status)).Inc()
	if w.Header().Get("Content-Type") != "text/event-stream" { // a stream lasts as long as somebody listens
		o.set.GetOrCreateHistogram(fmt.Sprintf(`holdpoint_http_request_seconds{route=%q}`, route)).Update(took.Seconds())
	}
	if strings.HasSuffix(route, "/static/{name}") {
		return
	}
	o.log.Info("answered", "route", route, "status", w.status, "bytes", w.bytes, "ms", took.Milliseconds())
}

// routed tells the observer which route of a workspace answered: middlewares copy
// the request, so the outermost does not see it.
func routed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(rw, r)
		if w, ok := rw.(*watched); ok {
			w.route = r.Pattern
		}
	})
}

// healthy tells that the process answers; ready that it can be relied on: every
// journal can be read, and none is in doubt.
func (s *Server) healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
}

func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	for _, ws := range s.workspaces {
		err := ws.App.Refusal()
		if err == nil {
			_, err = ws.App.View(r.Context())
		}
		if err != nil {
			s.observer.log.Error("not ready", "base", ws.Base, "error", err)
			http.Error(w, "not ready: a journal cannot be read, or what it says of the present does not count; the log says why", http.StatusServiceUnavailable)
			return
		}
	}
	_, _ = io.WriteString(w, "ready\n")
}

// metrics writes what is counted, in the text format of Prometheus.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	for _, ws := range s.workspaces {
		name := strings.TrimPrefix(ws.Base, "/")
		v, err := ws.App.View(r.Context())
		metrics.WriteGaugeUint64(w, fmt.Sprintf(`holdpoint_ready{workspace=%q}`, name), truth(err == nil && ws.App.Refusal() == nil))
		if err != nil {
			continue
		}
		metrics.WriteGaugeUint64(w, fmt.Sprintf(`holdpoint_journal_entries{workspace=%q}`, name), uint64(v.Size))
		m, err := ws.App.Moment(r.Context(), "")
		if err == nil {
			metrics.WriteGaugeUint64(w, fmt.Sprintf(`holdpoint_live_while_held{workspace=%q}`, name), uint64(len(ws.App.LiveHeld(m))))
		}
	}
	s.observer.set.WritePrometheus(w)
	metrics.WriteProcessMetrics(w)
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
