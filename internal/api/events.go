// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/session"
)

// heartbeat is how often a stream without events says that it is alive.
const heartbeat = 20 * time.Second

// events follows the journal: one event for each entry, from after the last that
// the client has, or from now on. A reader who does not keep up is waited for by
// nobody but its own goroutine, which reads what is committed.
func (s *server) events(w http.ResponseWriter, r *http.Request, _ session.Caller) error {
	from, err := s.since(r)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(r.Context())
	defer stop()
	entries := make(chan entry.Entry)
	go func() {
		defer close(entries)
		for e, err := range s.App.Follow(ctx, from) {
			if err != nil {
				s.Log.Error("a stream of events broke off", "error", err)
				return
			}
			select {
			case entries <- e:
			case <-ctx.Done():
				return
			}
		}
	}()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	return s.stream(ctx, w, entries)
}

func (s *server) stream(ctx context.Context, w http.ResponseWriter, entries <-chan entry.Entry) error {
	out := http.NewResponseController(w)
	alive := time.NewTicker(heartbeat)
	defer alive.Stop()
	text := ": holdpoint\n\n"
	for {
		// The server's deadline is for answers that end.
		_ = out.SetWriteDeadline(time.Now().Add(heartbeat))
		if _, err := w.Write([]byte(text)); err != nil {
			return nil // the reader is gone
		}
		if err := out.Flush(); err != nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.Done:
			return nil
		case e, ok := <-entries:
			if !ok {
				return nil
			}
			text = fmt.Sprintf("id: %d\nevent: entry\ndata: {\"seq\":%d,\"type\":%q}\n\n", e.Seq, e.Seq, e.Type)
		case <-alive.C:
			text = ": alive\n\n"
		}
	}
}

// since gives the first entry to tell of.
func (s *server) since(r *http.Request) (int64, error) {
	last := r.Header.Get("Last-Event-Id")
	if last == "" {
		last = r.URL.Query().Get("after")
	}
	if last == "" {
		view, err := s.App.View(r.Context())
		return view.Size, err
	}
	n, err := strconv.ParseInt(last, 10, 64)
	if err != nil || n < -1 {
		return 0, fault.Usagef("%.40q is not the number of an entry", last)
	}
	return n + 1, nil
}
