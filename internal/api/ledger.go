// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/blob"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/session"
)

// Head is the newest state of the journal. Key is its public key.
type Head struct {
	Origin     string `json:"origin"`
	Key        string `json:"key"`
	Clock      string `json:"clock"`
	Size       int64  `json:"size"`
	Root       string `json:"root"`
	RecordedAt string `json:"recorded_at"`
	Release    string `json:"release"`
}

func (s *server) head(w http.ResponseWriter, r *http.Request, _ session.Caller) error {
	v, err := s.App.View(r.Context())
	if err != nil {
		return err
	}
	return reply(w, Head{v.Begun.Origin, s.App.Key().String(), string(v.Begun.Clock), v.Size, v.Root.String(), stamp(v.Time), s.Release})
}

func (s *server) checkpoint(w http.ResponseWriter, r *http.Request, _ session.Caller) error {
	h, err := s.App.Checkpoint(r.Context())
	if err != nil {
		return err
	}
	return replyBytes(w, "text/plain; charset=utf-8", h.Checkpoint)
}

// Entry is an entry as it is stored: header, salt and body in base64. Salt and
// body are left out where they were erased, and where Withheld tells that they
// are not for the caller.
type Entry struct {
	Seq      int64  `json:"seq"`
	Header   []byte `json:"header"`
	Salt     []byte `json:"salt,omitempty"`
	Body     []byte `json:"body,omitempty"`
	Withheld bool   `json:"withheld,omitzero"`
}

// Page is some entries in order; Next is where the next page begins, if there is
// one.
type Page struct {
	Entries []Entry `json:"entries"`
	Next    *int64  `json:"next,omitzero"`
}

const (
	mostEntries = 1000
	// mostBytes ends a page early: bodies may be long.
	mostBytes = 8 << 20
)

func (s *server) entries(w http.ResponseWriter, r *http.Request, caller session.Caller) error {
	from, limit, err := window(r)
	if err != nil {
		return err
	}
	view, err := s.App.View(r.Context())
	if err != nil {
		return err
	}
	reader, err := s.App.Reader(r.Context(), caller.Actor)
	if err != nil {
		return err
	}
	page, next, bytes := Page{Entries: []Entry{}}, from, 0
	for e, err := range s.App.Entries(r.Context(), from, min(from+limit, view.Size)) {
		if err != nil {
			return err
		}
		header, err := e.Header.Encode()
		if err != nil {
			return err
		}
		seen := reader.See(e)
		one := Entry{Seq: e.Seq, Header: header, Salt: seen.Salt, Body: seen.Body, Withheld: e.Body != nil && seen.Body == nil}
		page.Entries, next, bytes = append(page.Entries, one), e.Seq+1, bytes+len(one.Body)
		if bytes > mostBytes {
			break
		}
	}
	if next < view.Size && len(page.Entries) > 0 {
		page.Next = &next
		w.Header().Set("Link", fmt.Sprintf(`<%s%s/entries?from=%d&limit=%d>; rel="next"`, s.Base, Root, next, limit))
	}
	s.told(r, caller, reader)
	return reply(w, page)
}

// told logs that private bodies were read, by whom, and how many.
func (s *server) told(r *http.Request, caller session.Caller, reader *app.Reader) {
	if n := reader.Private(); n > 0 {
		s.Log.Info("private bodies were read", "actor", caller.Actor, "means", caller.Means, "bodies", n, "path", r.URL.Path)
	}
}

// window reads from and limit of a query; after is from less one.
func window(r *http.Request) (from, limit int64, err error) {
	limit = mostEntries
	q := r.URL.Query()
	for name, values := range q {
		n, err := strconv.ParseInt(values[0], 10, 64)
		if err != nil || n < 0 || len(values) > 1 {
			return 0, 0, fault.Usagef("%s: one whole number is expected", name)
		}
		switch name {
		case "from":
			from = n
		case "after":
			from = n + 1
		case "limit":
			limit = min(max(n, 1), mostEntries)
		default:
			return 0, 0, fault.Usagef("there is no parameter %.40q", name).Hinted("there are from, after and limit")
		}
	}
	return from, limit, nil
}

func (s *server) proof(w http.ResponseWriter, r *http.Request, caller session.Caller) error {
	seq, err := strconv.ParseInt(r.PathValue("seq"), 10, 64)
	if err != nil {
		return fault.Usagef("%.40q is not the number of an entry", r.PathValue("seq"))
	}
	reader, err := s.App.Reader(r.Context(), caller.Actor)
	if err != nil {
		return err
	}
	e, err := s.App.Entry(r.Context(), seq)
	if err != nil {
		return err
	}
	p, err := s.App.Inclusion(r.Context(), seq)
	if err != nil {
		return err
	}
	if reader.See(e).Body == nil {
		p.Body, p.Salt = "", ""
	}
	s.told(r, caller, reader)
	return reply(w, p)
}

func (s *server) blob(w http.ResponseWriter, r *http.Request, caller session.Caller) error {
	if err := s.App.MayFetch(r.Context(), caller.Actor, r.PathValue("digest")); err != nil {
		return err
	}
	in, size, err := s.App.Blob(r.Context(), r.PathValue("digest"))
	if err != nil {
		return err
	}
	defer in.Close()
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", "attachment")
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	if _, err := io.Copy(w, in); err != nil {
		// The length is sent already: only breaking off says that it is wrong.
		panic(http.ErrAbortHandler)
	}
	return nil
}

// Stored says what was stored.
type Stored struct {
	Digest string `json:"digest"`
	Size   int64  `json:"size"`
}

// putBlob stores bytes whose digest the caller names. They are kept as long as
// the workspace, so only who has a role may.
func (s *server) putBlob(w http.ResponseWriter, r *http.Request, caller session.Caller) error {
	digest := r.PathValue("digest")
	if err := blob.Check(digest); err != nil {
		return err
	}
	if err := s.App.MayStore(r.Context(), caller.Actor); err != nil {
		return err
	}
	got, size, err := s.App.PutBlob(r.Context(), r.Body, app.MaxBlob())
	if err != nil {
		return err
	}
	if got != digest {
		return fault.Invalidf("the bytes have the digest %s and not %s", got, digest)
	}
	return reply(w, Stored{got, size})
}
