// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package session

import (
	"net/http"
	"strings"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Protect refuses requests that change something and come from a page of another
// origin, which a browser says itself ([http.CrossOriginProtection]). Trusted
// lists other origins that may, as "https://HOST[:PORT]".
//
// A request with an Authorization header is let through: no page of another
// origin can set that header, and [Keeper.Middleware] does not look at the
// cookie of such a request.
func Protect(next http.Handler, trusted ...string) (http.Handler, error) {
	p := http.NewCrossOriginProtection()
	for _, origin := range trusted {
		if err := p.AddTrustedOrigin(origin); err != nil {
			return nil, fault.Invalidf("%q is not an origin: %w", origin, err).Hinted("write https://HOST, without a path")
		}
	}
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "refused: this was sent by a page of another site; open Holdpoint itself and do it there", http.StatusForbidden)
	}))
	guarded := p.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if authorized(r) {
			next.ServeHTTP(w, r)
			return
		}
		guarded.ServeHTTP(w, r)
	}), nil
}

// authorized tells whether a request says by a header who sends it.
func authorized(r *http.Request) bool { return len(r.Header.Values("Authorization")) > 0 }

// bearer gives the token of a request; "" where there is none.
func bearer(r *http.Request) string {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
