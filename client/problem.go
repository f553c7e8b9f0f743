// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// problemType begins the types of the server's problems; the kind follows.
const problemType = "urn:holdpoint:problem:"

// Problem is what the server says when it refuses, as RFC 9457 has it.
type Problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Instance string `json:"instance"`
	// Where names a position in what was sent, Hint says what to do next, Rule
	// names the rule that refused; each may be "".
	Where string `json:"where"`
	Hint  string `json:"hint"`
	Rule  string `json:"rule"`
	// Errors are the faults one by one, where several were found in one pass.
	Errors []struct {
		Detail string `json:"detail"`
		Where  string `json:"where"`
		Hint   string `json:"hint"`
	} `json:"errors"`
}

// Error is what was wrong, in a sentence.
func (p *Problem) Error() string {
	if p.Detail == "" {
		return p.Title
	}
	return p.Detail
}

// Kind is the last word of the type, such as conflict.
func (p *Problem) Kind() string { return strings.TrimPrefix(p.Type, problemType) }

// problemOf reads the problem of an answer and makes a fault of its kind.
func problemOf(res *http.Response) error {
	b, _ := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	p := &Problem{}
	if json.Unmarshal(b, p) != nil || !strings.HasPrefix(p.Type, problemType) {
		return fault.New(byStatus(res.StatusCode), "the server answered %s", res.Status).Hinted("look whether this is the address of a Holdpoint server")
	}
	kind := fault.Kind(p.Kind())
	if kind == "unauthenticated" {
		kind = fault.Forbidden
	}
	if len(p.Errors) < 2 {
		f := fault.New(kind, "%w", p)
		f.Message = strings.TrimPrefix(f.Message, p.Where+": ")
		f.Where, f.Hint = p.Where, p.Hint
		return f
	}
	var list fault.List
	for _, one := range p.Errors {
		f := fault.New(kind, "%w", p)
		f.Message, f.Where, f.Hint = one.Detail, one.Where, one.Hint
		list = append(list, f)
	}
	return list
}

// byStatus gives the kind of an answer that no Holdpoint server wrote.
func byStatus(status int) fault.Kind {
	switch {
	case status == http.StatusNotFound:
		return fault.NotFound
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return fault.Forbidden
	case status >= 500 || status == http.StatusTooManyRequests:
		return fault.Unavailable
	}
	return fault.Usage
}
