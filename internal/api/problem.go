// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"errors"
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
)

// problemType begins the type of every problem; the kind of the fault follows.
const problemType = "urn:holdpoint:problem:"

// Problem is an error as RFC 9457 has it. Where names a position in what was
// sent, Hint says what to do next, Rule is the id of the rule that refused.
type Problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Instance string `json:"instance,omitzero"`
	Where    string `json:"where,omitzero"`
	Hint     string `json:"hint,omitzero"`
	Rule     string `json:"rule,omitzero"`
	// Errors are the faults one by one, where several were found in one pass.
	Errors []Fault `json:"errors,omitempty"`
}

// Fault is one of several.
type Fault struct {
	Detail string `json:"detail"`
	Where  string `json:"where,omitzero"`
	Hint   string `json:"hint,omitzero"`
}

// kinds says the status and the title of each kind of fault.
var kinds = map[fault.Kind]struct {
	status int
	title  string
}{
	fault.Invalid:     {http.StatusUnprocessableEntity, "The input is wrong"},
	fault.Usage:       {http.StatusBadRequest, "The request is not one we know"},
	fault.NotFound:    {http.StatusNotFound, "There is no such thing"},
	fault.Conflict:    {http.StatusConflict, "The world is not in the state that this needs"},
	fault.Forbidden:   {http.StatusForbidden, "This may not be done by you"},
	fault.Corrupt:     {http.StatusInternalServerError, "Stored bytes do not check out"},
	fault.Unsupported: {http.StatusNotImplemented, "Another release is needed"},
	fault.Unavailable: {http.StatusServiceUnavailable, "Not now"},
	fault.Internal:    {http.StatusInternalServerError, "Internal error"},
}

// ProblemOf makes a problem of an error. What an internal error says is for the
// log: the reader gets the id of the request, by which it is found there.
func ProblemOf(err error, request string) Problem {
	kind := fault.KindOf(err)
	known, ok := kinds[kind]
	if !ok {
		kind, known = fault.Internal, kinds[fault.Internal]
	}
	p := Problem{Type: problemType + string(kind), Title: known.title, Status: known.status, Instance: "urn:holdpoint:request:" + request}
	if kind == fault.Internal {
		p.Detail, p.Hint = "this is a mistake in Holdpoint", "report it with the id of the request: "+request
		return p
	}
	p.Detail, p.Hint = err.Error(), fault.HintOf(err)
	if f, ok := errors.AsType[*fault.Error](err); ok {
		p.Where = f.Where
	}
	if list, ok := errors.AsType[fault.List](err); ok && len(list) > 1 {
		for _, f := range list {
			p.Errors = append(p.Errors, Fault{f.Message, f.Where, f.Hint})
		}
	}
	if r, ok := errors.AsType[interface {
		error
		Rule() string
	}](err); ok {
		p.Rule = r.Rule()
	}
	return p
}

func unauthenticated() Problem {
	return Problem{
		Type: problemType + "unauthenticated", Title: "Nobody is signed in", Status: http.StatusUnauthorized,
		Detail: "the request does not say who calls", Hint: "send a token: Authorization: Bearer TOKEN",
	}
}

// refuse answers with the problem of an error.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	id, _ := r.Context().Value(requestID{}).(string)
	p := ProblemOf(err, id)
	if p.Status >= 500 {
		s.Log.Error("a request was refused", "request", id, "method", r.Method, "path", r.URL.Path, "error", err, "stack", journal.Stack(err))
	}
	s.write(w, r, p)
}

func (s *server) write(w http.ResponseWriter, _ *http.Request, p Problem) {
	b, err := json.Marshal(p)
	if err != nil {
		http.Error(w, p.Title, p.Status)
		return
	}
	switch p.Status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="holdpoint"`)
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Del("ETag")
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	w.Write(b)
}

// reply answers with a document.
func reply(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return err
	}
	return replyBytes(w, "application/json", append(b, '\n'))
}

func replyBytes(w http.ResponseWriter, kind string, b []byte) error {
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(b) // whoever is gone gets no answer
	return nil
}
