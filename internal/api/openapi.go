// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package api

import "net/http"

func document(Options) []byte { return nil }

func (s *server) openapi(w http.ResponseWriter, _ *http.Request) {
	_ = replyBytes(w, "application/json", s.doc)
}
