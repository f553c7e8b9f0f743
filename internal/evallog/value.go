// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/stats"
)

// A mark is the value of one score: a number, or why it is none.
type mark struct {
	value stats.Decimal
	label string
	why   reason
}

// A reason tells why a value is not a number.
type reason byte

const (
	isNumeric  reason = iota
	unknown           // a label nobody told us how to count
	ambiguous         // null: unscored, or a NaN that an old version wrote
	notANumber        // NaN: the scorer says there is no score
	unbounded         // infinite, or beyond what a decimal holds
	structured        // a list or object inside a score
)

// toMark turns a score into a number the way Inspect's default does
// (value_to_float: C 1, I 0, P 0.5, N 0, yes and true 1, no and false 0,
// numeric strings), except that a label Inspect would silently count as 0
// stays unscored.
func toMark(v scalar) mark {
	switch v.kind {
	case scalarNull:
		return mark{label: "null", why: ambiguous}
	case scalarNaN:
		return mark{label: "NaN", why: notANumber}
	case scalarInfinity:
		return mark{label: v.text, why: unbounded}
	case scalarBool:
		if v.text == "true" {
			return mark{value: "1", label: v.text}
		}
		return mark{value: "0", label: v.text}
	case scalarNumber:
		return numberMark(v.text, "")
	default:
		return labelMark(v.text)
	}
}

func labelMark(s string) mark {
	label := clipLabel(s)
	switch s {
	case "C":
		return mark{value: "1", label: label}
	case "P":
		return mark{value: "0.5", label: label}
	case "I", "N":
		return mark{value: "0", label: label}
	}
	t := strings.TrimSpace(strings.ToLower(s))
	switch t {
	case "yes", "true":
		return mark{value: "1", label: label}
	case "no", "false":
		return mark{value: "0", label: label}
	case "nan":
		return mark{label: label, why: notANumber}
	}
	if !strings.HasPrefix(t, "+-") {
		t = strings.TrimPrefix(t, "+")
	}
	if !isNumber([]byte(t)) {
		return mark{label: label, why: unknown}
	}
	return numberMark(t, label)
}

func numberMark(text, label string) mark {
	if x, err := strconv.ParseFloat(text, 64); err == nil {
		if d, err := stats.FromFloat(x); err == nil {
			return mark{value: d, label: label}
		}
	}
	return mark{label: clipLabel(text), why: unbounded}
}

// longestLabel keeps what a model may have written out of the score table.
const longestLabel = 64

func clipLabel(s string) string {
	if s = plain(s); len(s) <= longestLabel {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return "sha256:" + hex.EncodeToString(sum[:])[:longestLabel-len("sha256:")]
}
