// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package session

import (
	"net/url"
	"path"
	"strings"
)

// LocalPath gives next where it is a path of this server, and "/" where it is
// anything else. It is what a sign-in goes on to, so it must lead nowhere else
// however a browser or a proxy reads it: no host, no backslash, no dot segment,
// no control character, in plain or percent-encoded, once or more often.
func LocalPath(next string) string {
	if !local(next) {
		return "/"
	}
	return next
}

func local(next string) bool {
	if len(next) > 2000 || !strings.HasPrefix(next, "/") || strings.Contains(next, "#") {
		return false
	}
	where, query, _ := strings.Cut(next, "?")
	if !plain(where) || !plain(query) {
		return false
	}
	for range 8 {
		if steers(where) || strings.Contains(where, "//") || path.Clean(where) != strings.TrimSuffix(where, "/") && where != "/" {
			return false
		}
		decoded, err := url.PathUnescape(where)
		if err != nil {
			return false
		}
		if decoded == where {
			u, err := url.Parse(next)
			return err == nil && u.Scheme == "" && u.Host == "" && u.User == nil
		}
		where = decoded
	}
	return false
}

// plain tells whether a text is written as an address is: in printable ASCII, and
// without a backslash, which browsers take for a slash.
func plain(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f })
}

// steers tells whether decoded text has a character that a browser or proxy acts
// on.
func steers(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '\\' || r >= 0x7f && r < 0xa0 })
}
