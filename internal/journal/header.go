// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/proof"
)

// parseHeader is [proof.ParseHeader] with a short way for the one spelling that
// nearly every header has. Reading a million of them is what a start waits for.
func parseHeader(b []byte) (proof.Header, error) {
	if h, ok := quickHeader(string(b)); ok {
		return h, nil
	}
	return proof.ParseHeader(b)
}

// quickHeader takes only what it is sure of; everything else goes the long way.
func quickHeader(s string) (h proof.Header, ok bool) {
	if h.Actor, s, ok = quickString(s, `{"actor":"`); !ok {
		return h, false
	}
	if h.Body, s, ok = quickString(s, `,"body":"`); !ok || !isDigest(h.Body) {
		return h, false
	}
	if h.RecordedAt, s, ok = quickInt(s, `,"recorded_at":`); !ok {
		return h, false
	}
	if h.Seq, s, ok = quickInt(s, `,"seq":`); !ok {
		return h, false
	}
	if h.Type, s, ok = quickString(s, `,"type":"`); !ok {
		return h, false
	}
	if h.V, s, ok = quickInt(s, `,"v":`); !ok || h.V < 1 {
		return h, false
	}
	return h, s == "}"
}

// quickString reads a non-empty string of characters that JSON never escapes.
func quickString(s, before string) (value, rest string, ok bool) {
	s, ok = strings.CutPrefix(s, before)
	if !ok {
		return "", "", false
	}
	end := strings.IndexByte(s, '"')
	if end < 1 {
		return "", "", false
	}
	for i := range end {
		if s[i] < 0x20 || s[i] > 0x7e || s[i] == '\\' {
			return "", "", false
		}
	}
	return s[:end], s[end+1:], true
}

// quickInt reads a whole number of at most 15 digits, which is within 2^53.
func quickInt(s, before string) (value int64, rest string, ok bool) {
	s, ok = strings.CutPrefix(s, before)
	if !ok {
		return 0, "", false
	}
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if end == 0 || end > 15 || (s[0] == '0' && end > 1) {
		return 0, "", false
	}
	value, err := strconv.ParseInt(s[:end], 10, 64)
	return value, s[end:], err == nil
}

func isDigest(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
