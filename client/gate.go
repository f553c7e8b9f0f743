// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Ask is a question to the gate. What is "" takes what the policy says; Model and
// Action are needed.
type Ask struct {
	Model        string `json:"model"`
	Action       string `json:"action"`
	Environment  string `json:"environment,omitempty"`
	Snapshot     string `json:"snapshot,omitempty"`
	ComparableTo string `json:"comparable_to,omitempty"`
	// Floor is the lowest grade of fact that may open anything.
	Floor string `json:"floor,omitempty"`
	// Digest asks about the snapshot with these weights; for [Client.Check] only.
	Digest string `json:"-"`
}

// Verdict is an answer of the gate. The server gives more; see its document.
type Verdict struct {
	Verdict     string   `json:"verdict"`
	Grade       string   `json:"grade"`
	Model       string   `json:"model"`
	Action      string   `json:"action"`
	Environment string   `json:"environment"`
	HeldBecause []string `json:"held_because"`
}

// Clear tells whether the answer is clear. Everything else holds.
func (v Verdict) Clear() bool { return v.Verdict == "clear" }

// Check asks the gate.
func (c *Client) Check(ctx context.Context, a Ask) (Verdict, error) {
	q := url.Values{}
	for name, value := range map[string]string{
		"model": a.Model, "action": a.Action, "env": a.Environment, "snapshot": a.Snapshot, "comparable-to": a.ComparableTo, "floor": a.Floor, "digest": a.Digest,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	var v Verdict
	err := c.getJSON(ctx, "gate/check", q, &v)
	return v, err
}

// Clearance is a clearance with its file, which [proof.CheckClearance] checks.
type Clearance struct {
	ID   string `json:"id"`
	Seq  int64  `json:"seq"`
	File []byte `json:"file"`
}

// issuing is what is sent to issue or renew a clearance.
type issuing struct {
	Ask    *Ask   `json:"ask,omitempty"`
	Renews string `json:"renews,omitempty"`
	// Life is how long it is valid, as "72h0m0s".
	Life string `json:"life"`
}

// Issue gives a clearance: the one that is valid already, or a new one when the
// gate is clear. Life is how long it is valid at most.
func (c *Client) Issue(ctx context.Context, a Ask, life time.Duration, how How) (Clearance, error) {
	return c.clearance(ctx, issuing{Ask: &a, Life: life.String()}, how)
}

// Renew gives a new clearance for what an earlier one was for.
func (c *Client) Renew(ctx context.Context, id string, life time.Duration, how How) (Clearance, error) {
	return c.clearance(ctx, issuing{Renews: id, Life: life.String()}, how)
}

func (c *Client) clearance(ctx context.Context, in issuing, how How) (Clearance, error) {
	var out Clearance
	err := c.sendJSON(ctx, call{method: http.MethodPost, path: "clearances", header: how.header()}, in, &out)
	return out, err
}

// Clearance gives a clearance that was issued, with its file.
func (c *Client) Clearance(ctx context.Context, id string) (Clearance, error) {
	var out Clearance
	err := c.getJSON(ctx, "clearances/"+url.PathEscape(id), nil, &out)
	return out, err
}

// Revocations gives the signed revocation list; [proof.OpenRevocations] reads it.
func (c *Client) Revocations(ctx context.Context) ([]byte, error) {
	return c.get(ctx, "revocations", nil)
}
