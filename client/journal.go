// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// Head is the server's newest state.
type Head struct {
	Origin string `json:"origin"`
	// Key is the public key of the journal. Whoever knows it from elsewhere
	// compares.
	Key   string `json:"key"`
	Clock string `json:"clock"`
	// Size counts the entries; Root is the root of the tree over them.
	Size       int64  `json:"size"`
	Root       string `json:"root"`
	RecordedAt string `json:"recorded_at"`
	Release    string `json:"release"`
}

// Head gives the newest state.
func (c *Client) Head(ctx context.Context) (Head, error) {
	var h Head
	err := c.getJSON(ctx, "head", nil, &h)
	return h, err
}

// Checkpoint gives the newest signed checkpoint; [proof.OpenCheckpoint] reads it.
func (c *Client) Checkpoint(ctx context.Context) ([]byte, error) {
	return c.get(ctx, "checkpoint", nil)
}

// Entry is an entry as it is stored. Salt and Body are nil where the body was
// erased, or is not for the caller.
type Entry struct {
	Seq    int64  `json:"seq"`
	Header []byte `json:"header"`
	Salt   []byte `json:"salt"`
	Body   []byte `json:"body"`
}

// page is one answer of many entries.
type page struct {
	Entries []Entry `json:"entries"`
	Next    *int64  `json:"next"`
}

// Entries goes through the entries from one on to the newest.
func (c *Client) Entries(ctx context.Context, from int64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for next := &from; next != nil; {
			var p page
			if err := c.getJSON(ctx, "entries", url.Values{"from": {strconv.FormatInt(*next, 10)}}, &p); err != nil {
				yield(Entry{}, err)
				return
			}
			if p.Next != nil && *p.Next <= *next {
				yield(Entry{}, fault.Corruptf("the server gives the same page of entries again"))
				return
			}
			next = p.Next
			for _, e := range p.Entries {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// Proof gives an entry with the proof that it is in the journal.
func (c *Client) Proof(ctx context.Context, seq int64) (proof.Inclusion, error) {
	var p proof.Inclusion
	err := c.getJSON(ctx, fmt.Sprintf("entries/%d/proof", seq), nil, &p)
	return p, err
}

// Blob opens bytes by their digest. The caller closes them, and checks them.
func (c *Client) Blob(ctx context.Context, digest string) (io.ReadCloser, error) {
	res, err := c.send(ctx, call{method: http.MethodGet, path: "blobs/" + url.PathEscape(digest)})
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// PutBlob stores size bytes under their digest.
func (c *Client) PutBlob(ctx context.Context, digest string, r io.Reader, size int64) error {
	h := http.Header{"Content-Type": {"application/octet-stream"}}
	_, err := c.whole(ctx, call{method: http.MethodPut, path: "blobs/" + url.PathEscape(digest), header: h, body: r, size: size})
	return err
}

// Export opens a copy of the journal as a tar archive. The caller closes it.
func (c *Client) Export(ctx context.Context, withholdPrivate bool) (io.ReadCloser, error) {
	res, err := c.send(ctx, call{method: http.MethodGet, path: "export", query: url.Values{"withhold_private": {strconv.FormatBool(withholdPrivate)}}})
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// Event tells that an entry was written.
type Event struct {
	Seq  int64  `json:"seq"`
	Type string `json:"type"`
}

// Events goes through the entries after one, and waits for more until ctx ends,
// which ends it without an error. When the server ends it, go on after the last
// event.
func (c *Client) Events(ctx context.Context, after int64) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		h := http.Header{"Accept": {"text/event-stream"}, "Last-Event-Id": {strconv.FormatInt(after, 10)}}
		res, err := c.send(ctx, call{method: http.MethodGet, path: "events", header: h})
		if err != nil {
			yield(Event{}, err)
			return
		}
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			if !ok {
				continue
			}
			var e Event
			err := json.Unmarshal([]byte(data), &e)
			if !yield(e, err) || err != nil {
				return
			}
		}
		if err := lines.Err(); err != nil && ctx.Err() == nil {
			yield(Event{}, fault.New(fault.Unavailable, "the events of the server broke off: %w", err).Hinted("go on after the last one"))
		}
	}
}
