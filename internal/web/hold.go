// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"crypto/rand"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/gate"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// holdRoutes are the pages of holds: one person places one, signers lift it.
func holdRoutes() []route {
	return []route{
		{"GET", "/holds/{id}", holdPage},
		{"POST", "/holds/{id}/lift", liftHold},
	}
}

// holdShown is one hold, and the decisions that were asked for to lift it.
type holdShown struct {
	gate.Hold
	by     string
	stops  string
	lifts  []decision.Decision
	mayAsk bool
}

func holdPage(r *request) (answer, error) {
	h, err := r.hold(r.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	s := holdShown{Hold: h, by: r.named(h.By), stops: "every action", mayAsk: r.hasDuty(policy.Propose)}
	if len(h.Actions) > 0 {
		s.stops = words(strings.Join(h.Actions, ", "))
	}
	for _, d := range r.moment.View.State.Decision.Open() {
		if d.File.Hold == h.ID {
			s.lifts = append(s.lifts, d)
		}
	}
	return answer{title: "Hold " + h.ID, question: "What does this hold stop, why, and who can lift it?", here: "/exceptions", body: holdBody(r, s)}, nil
}

func (r *request) hold(id string) (gate.Hold, error) {
	for _, h := range r.moment.View.State.Gate.Holds() {
		if h.ID == id {
			return h, nil
		}
	}
	return gate.Hold{}, fault.NotFoundf("there is no hold %q", id).Hinted("the page Exceptions lists the holds that stand")
}

// liftHold puts the lifting of a hold to the policy's signers.
func liftHold(r *request) (answer, error) {
	title := strings.TrimSpace(r.PostFormValue("title"))
	if title == "" {
		title = "Lift " + r.PathValue("id")
	}
	done, err := r.do(app.Propose(decision.ProposeIn{Kind: policy.DecideLiftHold, Title: title, Hold: r.PathValue("id")}))
	if err != nil {
		return answer{}, err
	}
	return answer{to: "/decisions/" + done.ID("decision", 0)}, nil
}

// hasDuty tells whether a role of whoever is signed in has a duty, so that a form
// is shown to those who may send it. Whether they may is decided when it is sent.
func (r *request) hasDuty(d policy.Duty) bool {
	if r.person == "" || r.site.Kind == Record {
		return false
	}
	p, ok := r.moment.View.State.Policy.InForce(r.moment.Now)
	if !ok {
		return false
	}
	for _, id := range r.roles {
		role, _ := p.Pack.Role(id)
		for _, has := range role.Duties {
			if has == d {
				return true
			}
		}
	}
	return false
}

// actKey makes the key by which a form that is sent twice acts once.
func actKey() string { return rand.Text() }

// seen is the last entry that a page was made from.
func (r *request) seen() string { return strconv.FormatInt(r.moment.View.Size-1, 10) }

func (h holdShown) modelWords() string {
	if h.Model == gate.EveryModel {
		return "every model"
	}
	return h.Model
}
