// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/session"
)

// maxArgs bounds the arguments of an act, in bytes: an entry is at most half of
// it.
const maxArgs = 8 << 20

// Headers of an act.
const (
	headerKey  = "Idempotency-Key"
	headerSeen = "Holdpoint-Seen"
	headerAt   = "Holdpoint-At"
)

// maxKey bounds the client's own key of an act, in bytes.
const maxKey = 200

// Written is an entry that an act wrote. ID names what the entry made, if it made
// something that has an id: the noun of its type, a hyphen, and its seq.
type Written struct {
	Seq        int64  `json:"seq"`
	Type       string `json:"type"`
	ID         string `json:"id"`
	RecordedAt string `json:"recorded_at"`
}

// Done is the answer to an act.
type Done struct {
	First    int64     `json:"first"`
	Entries  []Written `json:"entries"`
	Repeated bool      `json:"repeated"`
}

func doneOf(d app.Done) Done {
	out := Done{First: d.First, Repeated: d.Repeated, Entries: []Written{}}
	for _, e := range d.Entries {
		noun, _, _ := strings.Cut(e.Type, ".")
		out.Entries = append(out.Entries, Written{Seq: e.Seq, Type: e.Type, ID: entry.ID(noun, e.Seq), RecordedAt: stamp(e.RecordedAt)})
	}
	return out
}

func stamp(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }

func (s *server) act(w http.ResponseWriter, r *http.Request, caller session.Caller) error {
	x, ok := s.acts[r.PathValue("verb")]
	if !ok {
		return fault.NotFoundf("there is no act %.80q", r.PathValue("verb")).Hinted("%s%s/openapi.json lists them, as noun.verb", s.Base, Root)
	}
	who, err := whoOf(r, caller)
	if err != nil {
		return err
	}
	args, err := body(w, r)
	if err != nil {
		return err
	}
	done, err := x.Do(r.Context(), s.App, who, args)
	if err != nil {
		return err
	}
	return reply(w, doneOf(done))
}

// whoOf says who acts, and how, by the caller and the headers.
func whoOf(r *http.Request, caller session.Caller) (app.Who, error) {
	who := app.Who{Actor: caller.Actor, Key: r.Header.Get(headerKey)}
	if len(who.Key) > maxKey {
		return who, fault.Usagef("the %s has more than %d bytes", headerKey, maxKey)
	}
	if seen := r.Header.Get(headerSeen); seen != "" {
		n, err := strconv.ParseInt(seen, 10, 64)
		if err != nil || n < 1 {
			return who, fault.Usagef("%s: %.40q is not the number of an entry", headerSeen, seen)
		}
		who.Seen = n
	}
	if at := r.Header.Get(headerAt); at != "" {
		t, err := time.Parse(time.RFC3339, at)
		if err != nil {
			return who, fault.Usagef("%s: %.40q is not a time", headerAt, at).Hinted("write it as 2025-05-22T14:00:00Z")
		}
		who.At = t.UnixMilli()
	}
	return who, nil
}

// body reads what was sent, which must be JSON: a form of another page cannot
// send that by itself.
func body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, fault.Usagef("the body must be JSON").Hinted("send it with Content-Type: application/json")
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxArgs))
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return nil, fault.Invalidf("the body has more than %d bytes", maxArgs)
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "the body broke off: %w", err)
	}
	return b, nil
}

// Issuing asks for a clearance: for what the gate is asked, or for what an
// earlier clearance was for. Life is how long it is valid at most, such as "72h".
type Issuing struct {
	Ask    *gate.Ask `json:"ask,omitzero"`
	Renews string    `json:"renews,omitzero"`
	Life   string    `json:"life"`
}

// Clearance is a clearance with its file, in base64.
type Clearance struct {
	ID   string `json:"id"`
	Seq  int64  `json:"seq"`
	File []byte `json:"file"`
}

func (s *server) issue(w http.ResponseWriter, r *http.Request, caller session.Caller) error {
	args, err := body(w, r)
	if err != nil {
		return err
	}
	var in Issuing
	if err := json.Unmarshal(args, &in, json.RejectUnknownMembers(true), json.MatchCaseInsensitiveNames(true)); err != nil {
		return fault.Invalidf("the body cannot be read: %w", err)
	}
	life, err := time.ParseDuration(in.Life)
	if err != nil || (in.Ask == nil) == (in.Renews == "") {
		return fault.Invalidf("a clearance is asked for with either an ask or the one that it renews, and with a life").Hinted(`write the life as "72h"`)
	}
	who, err := whoOf(r, caller)
	if err != nil {
		return err
	}
	var file []byte
	var c gate.Clearance
	switch {
	case in.Ask != nil && !caller.May(session.Act):
		file, c, err = s.App.Take(r.Context(), *in.Ask, life)
	case !caller.May(session.Act):
		err = fault.Forbiddenf("the token has not the scope to act, and to renew is an act").Hinted("ask for one that is valid already")
	case in.Ask != nil:
		file, c, err = s.App.Issue(r.Context(), who, *in.Ask, life)
	default:
		file, c, err = s.App.Renew(r.Context(), who, in.Renews, life)
	}
	if err != nil {
		return err
	}
	return reply(w, Clearance{c.ID, c.Seq, file})
}

func (s *server) clearance(w http.ResponseWriter, r *http.Request, _ session.Caller) error {
	view, err := s.App.View(r.Context())
	if err != nil {
		return err
	}
	c, err := view.State.Gate.Clearance(r.PathValue("id"))
	if err != nil {
		return err
	}
	file, err := s.App.Seal(r.Context(), c.ID)
	if err != nil {
		return err
	}
	return reply(w, Clearance{c.ID, c.Seq, file})
}

func (s *server) revocations(w http.ResponseWriter, r *http.Request, _ session.Caller) error {
	list, err := s.App.Revocations(r.Context())
	if err != nil {
		return err
	}
	return replyBytes(w, "text/plain; charset=utf-8", list)
}
