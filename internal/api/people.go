// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/session"
)

// Me is who the caller is.
type Me struct {
	Actor  string          `json:"actor"`
	Name   string          `json:"name"`
	Means  session.Means   `json:"means"`
	Scopes []session.Scope `json:"scopes"`
	Roles  []string        `json:"roles"`
}

func (s *server) me(w http.ResponseWriter, r *http.Request, caller session.Caller) error {
	roles, err := s.App.Roles(r.Context(), caller.Actor)
	if err != nil {
		return err
	}
	me := Me{Actor: caller.Actor, Name: s.App.Name(r.Context(), caller.Actor), Means: caller.Means, Scopes: []session.Scope{}, Roles: roles}
	for _, scope := range []session.Scope{session.Read, session.Check, session.Act} {
		if caller.May(scope) {
			me.Scopes = append(me.Scopes, scope)
		}
	}
	return reply(w, me)
}

// Names are what people are called, by id.
type Names struct {
	Names map[string]string `json:"names"`
}

func (s *server) names(w http.ResponseWriter, r *http.Request, _ session.Caller) error {
	names, err := s.App.Names(r.Context())
	if err != nil {
		return err
	}
	return reply(w, Names{names})
}

// Naming says what a person is called.
type Naming struct {
	Name string `json:"name"`
}

func (s *server) setName(w http.ResponseWriter, r *http.Request, caller session.Caller) error {
	b, err := body(w, r)
	if err != nil {
		return err
	}
	var in Naming
	if err := json.Unmarshal(b, &in, json.RejectUnknownMembers(true)); err != nil {
		return fault.Invalidf("the body cannot be read: %w", err)
	}
	if err := s.App.SetName(r.Context(), app.Who{Actor: caller.Actor}, r.PathValue("person"), in.Name); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *server) forgetName(w http.ResponseWriter, r *http.Request, caller session.Caller) error {
	if err := s.App.ForgetName(r.Context(), app.Who{Actor: caller.Actor}, r.PathValue("person")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
