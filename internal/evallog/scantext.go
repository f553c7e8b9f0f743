// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A scalar is a JSON value that is neither object nor array.
type scalar struct {
	kind scalarKind
	text string // decoded string, or the literal as written
}

type scalarKind byte

const (
	scalarString scalarKind = iota
	scalarNumber
	scalarBool
	scalarNull
	scalarNaN
	scalarInfinity
)

// longestLiteral bounds numbers: Python itself refuses integers of more than
// 4,300 digits.
const longestLiteral = 4300

// literal reads a number, true, false, null or one of the bare constants.
func (s *scanner) literal() (scalar, error) {
	s.text = s.text[:0]
	for {
		for s.pos < s.end && !delimiter[s.buf[s.pos]] {
			s.text = append(s.text, s.buf[s.pos])
			s.pos++
		}
		if len(s.text) > longestLiteral {
			return scalar{}, s.bad("a number is longer than %d digits", longestLiteral)
		}
		if s.pos < s.end {
			break
		}
		if err := s.fill(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return scalar{}, err
		}
	}
	kind, ok := literalKind(s.text)
	if !ok {
		return scalar{}, s.bad("%s is not a JSON value", strconv.QuoteToASCII(clipText(string(s.text), 40)))
	}
	return scalar{kind, string(s.text)}, nil
}

var delimiter = func() (t [256]bool) {
	for _, c := range " \t\r\n,:]}[{\"" {
		t[c] = true
	}
	return t
}()

func literalKind(b []byte) (scalarKind, bool) {
	switch string(b) {
	case "true", "false":
		return scalarBool, true
	case "null":
		return scalarNull, true
	case "NaN":
		return scalarNaN, true
	case "Infinity", "-Infinity":
		return scalarInfinity, true
	}
	return scalarNumber, isNumber(b)
}

// isNumber checks the number grammar of RFC 8259 section 6.
func isNumber(b []byte) bool {
	b = trimSign(b, "-")
	whole := digits(b)
	if whole == 0 || (whole > 1 && b[0] == '0') {
		return false
	}
	b = b[whole:]
	if len(b) > 0 && b[0] == '.' {
		n := digits(b[1:])
		if n == 0 {
			return false
		}
		b = b[1+n:]
	}
	if len(b) > 0 && (b[0] == 'e' || b[0] == 'E') {
		b = trimSign(b[1:], "+-")
		n := digits(b)
		return n > 0 && n == len(b)
	}
	return len(b) == 0
}

func trimSign(b []byte, signs string) []byte {
	if len(b) > 0 && strings.IndexByte(signs, b[0]) >= 0 {
		return b[1:]
	}
	return b
}

func digits(b []byte) int {
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return n
}

// stringBytes reads a string and decodes its escapes. A surrogate without its
// partner keeps its own three bytes (as WTF-8 does), so that different strings
// stay different; [plain] replaces them for people. The bytes are valid only
// until the next read.
func (s *scanner) stringBytes() ([]byte, error) {
	if err := s.expect('"'); err != nil {
		return nil, err
	}
	s.text = s.text[:0]
	for {
		c, err := s.next()
		if err != nil {
			return nil, err
		}
		switch {
		case c == '"':
			return s.text, nil
		case c == '\\':
			if err := s.escape(); err != nil {
				return nil, err
			}
		case c < ' ':
			return nil, s.bad("a string holds the control character %#02x", c)
		default:
			s.text = append(s.text, c)
		}
		if len(s.text) > s.lim.MaxText {
			return nil, s.bad("a text is longer than %d bytes", s.lim.MaxText)
		}
	}
}

// next gives the next byte as it stands.
func (s *scanner) next() (byte, error) {
	if s.pos == s.end {
		if err := s.fill(); err != nil {
			return 0, s.cut(err)
		}
	}
	c := s.buf[s.pos]
	s.pos++
	return c, nil
}

func (s *scanner) escape() error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 {
		s.text = append(s.text, "\"\\/\b\f\n\r\t"[i])
		return nil
	}
	if c != 'u' {
		return s.bad(`a string holds the escape \%c`, c)
	}
	var unit rune
	for range 4 {
		if c, err = s.next(); err != nil {
			return err
		}
		d, err := strconv.ParseUint(string(rune(c)), 16, 8)
		if err != nil {
			return s.bad(`a \u escape holds %q`, c)
		}
		unit = unit<<4 | rune(d)
	}
	s.appendUnit(unit)
	return nil
}

// appendUnit appends one UTF-16 unit and joins it with a high surrogate that
// stands before it.
func (s *scanner) appendUnit(unit rune) {
	n := len(s.text)
	if unit >= 0xDC00 && unit < 0xE000 && n >= 3 {
		if high, ok := surrogate(s.text[n-3:]); ok && high < 0xDC00 {
			s.text = utf8.AppendRune(s.text[:n-3], utf16.DecodeRune(high, unit))
			return
		}
	}
	if utf16.IsSurrogate(unit) {
		s.text = append(s.text, 0xED, 0x80|byte(unit>>6)&0x3F, 0x80|byte(unit)&0x3F)
		return
	}
	s.text = utf8.AppendRune(s.text, unit)
}

// surrogate decodes the three bytes of a surrogate at the start of b.
func surrogate[T string | []byte](b T) (rune, bool) {
	if len(b) < 3 || b[0] != 0xED || b[1] < 0xA0 || b[1] > 0xBF || b[2] < 0x80 || b[2] > 0xBF {
		return 0, false
	}
	return 0xD000 | rune(b[1]&0x3F)<<6 | rune(b[2]&0x3F), true
}

// value reads a scalar and refuses an object or array.
func (s *scanner) value() (scalar, error) {
	c, err := s.peek()
	if err != nil {
		return scalar{}, s.cut(err)
	}
	switch c {
	case '"':
		b, err := s.stringBytes()
		return scalar{scalarString, string(b)}, err
	case '{', '[':
		return scalar{}, s.bad("found %q where a plain value is expected", c)
	default:
		return s.literal()
	}
}

// null consumes a null if one is next.
func (s *scanner) null() (bool, error) {
	c, err := s.peek()
	if err != nil {
		return false, s.cut(err)
	}
	if c != 'n' {
		return false, nil
	}
	v, err := s.literal()
	if err == nil && v.kind != scalarNull {
		err = s.bad("%q is not a JSON value", v.text)
	}
	return true, err
}

// plain makes a text fit for people and for the record: valid UTF-8.
func plain(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// clipText keeps at most n bytes of a valid text, whole characters only.
func clipText(s string, n int) string {
	s = plain(s)
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "..."
}

// spell writes a decoded string in the one JSON spelling used here: short
// escapes, other control characters and lone surrogates as \u with lower-case
// digits, everything else as it is. Bytes that are no UTF-8 are refused, since
// two ids could come to look the same.
func spell(s string) (string, bool) {
	b := []byte{'"'}
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			unit, ok := surrogate(s)
			if !ok {
				return "", false
			}
			b, s = appendHex(b, unit), s[3:]
			continue
		}
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ' || r == 0x7F:
			b = appendHex(b, r)
		default:
			b = append(b, s[:n]...)
		}
		s = s[n:]
	}
	return string(append(b, '"')), true
}

func appendHex(b []byte, r rune) []byte {
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}
