// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/grade"
	"github.com/holdpoint/holdpoint/internal/policy"
	"github.com/holdpoint/holdpoint/internal/rule"
)

// gateRoutes ask the gate, and end what it issued.
func gateRoutes() []route {
	return []route{
		{"GET", "/gate", gateAskPage},
		{"GET", "/gate/{model}/{action}", gatePage},
		{"POST", "/clearances/{id}/revoke", revokeClearance},
	}
}

// gateAsking is the form of a question to the gate.
type gateAsking struct {
	models, actions []string
	clearances      list
	mayRevoke       bool
	valid           []string
}

// gateAskPage shows the form, or goes to the answer when the form was sent.
func gateAskPage(r *request) (answer, error) {
	q := r.URL.Query()
	if m, a := q.Get("model"), q.Get("action"); m != "" && a != "" {
		q.Del("model")
		q.Del("action")
		for k, v := range q {
			if len(v) == 0 || v[0] == "" {
				q.Del(k)
			}
		}
		to := gateHref(gate.Ask{Model: m, Action: a})
		if len(q) > 0 {
			to += "?" + q.Encode()
		}
		return answer{to: to}, nil
	}
	w := r.moment.View.State
	s := gateAsking{mayRevoke: r.hasDuty(policy.PlaceHold)}
	for _, m := range w.Model.Models() {
		s.models = append(s.models, m.Model)
	}
	if p, ok := w.Policy.InForce(r.moment.Now); ok {
		for _, a := range p.Pack.Actions {
			if r.site.asks(a.ID) {
				s.actions = append(s.actions, a.ID)
			}
		}
	}
	s.clearances = r.clearancesOf(func(gate.Clearance) bool { return true })
	if a, ok := s.clearances.taken(); ok {
		return a, nil
	}
	for c := range w.Gate.EachClearance() {
		if s.mayRevoke && c.RevokedSeq == 0 && c.Valid(r.moment.Now) && len(s.valid) < perPage {
			s.valid = append(s.valid, c.ID)
		}
	}
	return answer{title: "Gate", question: "May this model be used so, here, now?", here: "/gate", body: gateAskBody(r, s), wide: true}, nil
}

// gateAnswer is the gate's answer and what explains it.
type gateAnswer struct {
	gate.Verdict
	because []rule.Result
	waiting []decision.Decision
	command string
	figures string
	story   *recordModel
}

func gatePage(r *request) (answer, error) {
	q := r.URL.Query()
	ask := r.askOf(r.PathValue("model"), r.PathValue("action"))
	ask.Snapshot, ask.Environment = q.Get("snapshot"), q.Get("environment")
	if f := q.Get("floor"); f != "" {
		g, err := grade.Parse(f)
		if err != nil {
			return answer{}, err
		}
		ask.Floor = g
	}
	if !r.site.asks(ask.Action) {
		return answer{title: words(ask.Action) + " of " + ask.Model, question: "This is not asked in the record.", here: "/gate", body: notAskedBody(r)}, nil
	}
	if err := gate.CheckAction(r.moment.View.State.Facts(), ask.Action, r.moment.Now); err != nil {
		return answer{}, err
	}
	v := r.site.App.Verdict(r.moment, ask)
	s := gateAnswer{Verdict: v, because: v.HeldBecause(), command: gateCommand(ask, q)}
	for _, d := range r.moment.View.State.Decision.Open() {
		if len(d.File.Models()) == 0 || slices.Contains(d.File.Models(), ask.Model) {
			s.waiting = append(s.waiting, d)
		}
	}
	if r.site.Kind == Record {
		s.figures = "?floor=reported"
	}
	return answer{title: words(ask.Action) + " of " + ask.Model, question: answerSentence(v, r.site.Kind), here: "/gate", body: gateBody(r, s), wide: true}, nil
}

// answerSentence says the outcome first.
func answerSentence(v gate.Verdict, kind Kind) string {
	if v.Outcome == gate.Clear {
		if kind == Record {
			return "Clear, as published: every condition of the policy is met by what the documents say was decided."
		}
		return "Clear: every condition of the policy is met."
	}
	n := plural(len(v.HeldBecause()), "condition is", "conditions are")
	if v.Status() == rule.CannotTell {
		return "Held, because we cannot tell: " + n + " not shown to be met."
	}
	return "Held: " + n + " not met, or not shown to be."
}

// gateCommand is what anybody types to get the same answer.
func gateCommand(ask gate.Ask, q url.Values) string {
	line := "holdpoint gate check " + ask.Model + " " + ask.Action
	if ask.Floor != grade.Unknown {
		line += " --floor " + ask.Floor.String()
	}
	for _, f := range [][2]string{{"environment", "env"}, {"snapshot", "snapshot"}, {"at", "at"}} {
		if v := q.Get(f[0]); v != "" {
			line += " --" + f[1] + " '" + strings.ReplaceAll(v, "'", `'\''`) + "'"
		}
	}
	return line + " --all"
}

// revokeClearance ends a clearance before it expires.
func revokeClearance(r *request) (answer, error) {
	reason := strings.TrimSpace(r.PostFormValue("reason"))
	if reason == "" {
		return answer{}, fault.Invalidf("the reason is missing").Hinted("say in a sentence why the clearance ends")
	}
	if _, err := r.do(app.Revoke(r.PathValue("id"), reason)); err != nil {
		return answer{}, err
	}
	return answer{to: "/gate"}, nil
}
