// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"net/http"

	"github.com/holdpoint/holdpoint/internal/gate"
)

// glance is what the first page of the demonstration says of one workspace.
type glance struct {
	site   *Site
	title  string
	about  string
	models []modelStanding
	// told is what the record says of each model, in place of models.
	told []recordModel
	live int
	size int64
	now  int64
}

// Both is the first page of the demonstration: its two workspaces side by side.
func Both(sites ...*Site) http.Handler {
	return secured(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var all []glance
		for _, s := range sites {
			g, err := s.glance(r)
			if err != nil {
				s.Log.ErrorContext(r.Context(), "the first page could not be made", "error", err)
				http.Error(w, "This page could not be made.", http.StatusInternalServerError)
				return
			}
			all = append(all, g)
		}
		var page bytes.Buffer
		if err := bothPage(sites[0], all).Render(r.Context(), &page); err != nil {
			http.Error(w, "This page could not be made.", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(page.Bytes())
	}))
}

func (s *Site) glance(r *http.Request) (glance, error) {
	m, err := s.App.Moment(r.Context(), "")
	if err != nil {
		return glance{}, err
	}
	g := glance{site: s, size: m.View.Size, now: m.Now, live: len(s.App.LiveHeld(m))}
	g.title, g.about = s.Kind.about()
	if s.Kind == Record {
		story, err := s.story(r.Context(), m.View.Size)
		g.told = recordModels(story)
		return g, err
	}
	p, ok := m.View.State.Policy.InForce(m.Now)
	for _, one := range m.View.State.Model.Models() {
		st := standing{}
		ms := modelStanding{model: one.Model, title: one.Model}
		if ok {
			for _, action := range p.Pack.Actions {
				st.add(&ms, s.App.Verdict(m, gate.Ask{Model: one.Model, Action: action.ID}))
			}
		}
		g.models = append(g.models, ms)
	}
	return g, nil
}

func (k Kind) about() (title, about string) {
	switch k {
	case Drill:
		return "The drill", "Aster Lab is fictional. Its people assess, sign, hold, lift and miss a date, on a made-up clock. Pick a role and act."
	case Record:
		return "The record", "What public documents of 2024–25 say was decided, beside what our rules can and cannot tell from the published figures. Nobody's signature is made up, and nobody acts here."
	}
	return "Workspace", ""
}
