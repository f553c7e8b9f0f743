// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// How says how an act is sent.
type How struct {
	// Key makes the act happen once, however often it is sent; "" is none.
	Key string
	// Seen is the last entry that was seen when it was decided to act: the act
	// is refused when a later one is about the same thing. 0 does not look.
	Seen int64
	// At is the moment of the act in a journal whose clock is simulated; the
	// zero time lets the clock go on by itself.
	At time.Time
}

func (h How) header() http.Header {
	out := http.Header{}
	if h.Key != "" {
		out.Set("Idempotency-Key", h.Key)
	}
	if h.Seen != 0 {
		out.Set("Holdpoint-Seen", strconv.FormatInt(h.Seen, 10))
	}
	if !h.At.IsZero() {
		out.Set("Holdpoint-At", h.At.UTC().Format(time.RFC3339Nano))
	}
	return out
}

// Written is an entry that an act wrote.
type Written struct {
	Seq        int64  `json:"seq"`
	Type       string `json:"type"`
	ID         string `json:"id"`
	RecordedAt string `json:"recorded_at"`
}

// Done is the answer to an act.
type Done struct {
	// First is the seq of the first entry; Entries may be none.
	First   int64     `json:"first"`
	Entries []Written `json:"entries"`
	// Repeated tells that the act was done before, under the same key.
	Repeated bool `json:"repeated"`
}

// Do acts: the verb is noun.verb, and the arguments become JSON.
func (c *Client) Do(ctx context.Context, verb string, args any, how How) (Done, error) {
	var d Done
	err := c.sendJSON(ctx, call{method: http.MethodPost, path: "acts/" + url.PathEscape(verb), header: how.header()}, args, &d)
	return d, err
}

// Read answers a read of the command line, such as "model/list", with its JSON
// document. Parameters are called as its arguments and flags are.
func (c *Client) Read(ctx context.Context, path string, params url.Values) (json.RawMessage, error) {
	return c.get(ctx, path, params)
}

// Me is who the server takes the caller for.
type Me struct {
	// Actor is the opaque id of a person, or operator.
	Actor  string   `json:"actor"`
	Name   string   `json:"name"`
	Means  string   `json:"means"`
	Scopes []string `json:"scopes"`
	Roles  []string `json:"roles"`
}

// Me says who the caller is.
func (c *Client) Me(ctx context.Context) (Me, error) {
	var m Me
	err := c.getJSON(ctx, "me", nil, &m)
	return m, err
}

// Names gives what people are called, by id. Names stand outside of the journal.
func (c *Client) Names(ctx context.Context) (map[string]string, error) {
	var all struct {
		Names map[string]string `json:"names"`
	}
	err := c.getJSON(ctx, "names", nil, &all)
	return all.Names, err
}

// SetName says what a person is called.
func (c *Client) SetName(ctx context.Context, person, name string) error {
	return c.sendJSON(ctx, call{method: http.MethodPut, path: "names/" + url.PathEscape(person)}, map[string]string{"name": name}, nil)
}

// ForgetName erases what a person is called.
func (c *Client) ForgetName(ctx context.Context, person string) error {
	_, err := c.whole(ctx, call{method: http.MethodDelete, path: "names/" + url.PathEscape(person)})
	return err
}
