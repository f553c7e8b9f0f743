// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// root is where the interface lies on a server.
const root = "/api/v1/"

// maxAnswer bounds an answer that is read as a whole, in bytes.
const maxAnswer = 64 << 20

// Client talks to one server as one caller. It may be used by many goroutines.
type Client struct {
	base  *url.URL
	token string
	http  *http.Client
}

// New gives a client of the server at an address, such as
// https://holdpoint.example. The token says who calls; "" is nobody. A nil
// http.Client is the default one.
func New(server, token string, h *http.Client) (*Client, error) {
	u, err := url.Parse(server)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fault.Usagef("%.200q is not the address of a server", server).Hinted("write it as https://HOST")
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	if h == nil {
		h = http.DefaultClient
	}
	// A token must not follow a redirect to somebody else.
	own := *h
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{base: u, token: token, http: &own}, nil
}

// Server is the address of the server.
func (c *Client) Server() string { return c.base.String() }

// call is one request.
type call struct {
	method, path string
	query        url.Values
	header       http.Header
	body         io.Reader
	// size is the length of the body where it is known, in bytes.
	size int64
}

// send gives the answer when the server took the request, and its problem
// otherwise. The caller closes the body.
func (c *Client) send(ctx context.Context, q call) (*http.Response, error) {
	u := c.base.JoinPath(root, q.path)
	u.RawQuery = q.query.Encode()
	req, err := http.NewRequestWithContext(ctx, q.method, u.String(), q.body)
	if err != nil {
		return nil, fault.Usagef("%w", err)
	}
	for name, values := range q.header {
		req.Header[name] = values
	}
	if q.size > 0 {
		req.ContentLength = q.size
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "the server does not answer: %w", err).Hinted("look whether %s is the right address and the server runs", c.Server())
	}
	if res.StatusCode/100 == 2 {
		return res, nil
	}
	defer res.Body.Close()
	return nil, problemOf(res)
}

// get reads an answer as a whole.
func (c *Client) get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	return c.whole(ctx, call{method: http.MethodGet, path: path, query: query})
}

func (c *Client) whole(ctx context.Context, q call) ([]byte, error) {
	res, err := c.send(ctx, q)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, fault.New(fault.Unavailable, "the answer of the server broke off: %w", err)
	case len(b) > maxAnswer:
		return nil, fault.Corruptf("the answer of the server has more than %d bytes", maxAnswer)
	}
	return b, nil
}

func (c *Client) getJSON(ctx context.Context, path string, query url.Values, into any) error {
	b, err := c.get(ctx, path, query)
	if err != nil {
		return err
	}
	return read(b, into)
}

func (c *Client) sendJSON(ctx context.Context, q call, v, into any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fault.Invalidf("the arguments cannot be sent: %w", err)
	}
	if q.header == nil {
		q.header = http.Header{}
	}
	q.header.Set("Content-Type", "application/json")
	q.body = bytes.NewReader(body)
	b, err := c.whole(ctx, q)
	if err != nil || into == nil {
		return err
	}
	return read(b, into)
}

func read(b []byte, into any) error {
	if err := json.Unmarshal(b, into); err != nil {
		return fault.Corruptf("the answer of the server cannot be read: %w", err).Hinted("look whether this is the address of a Holdpoint server")
	}
	return nil
}
