// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Digits is how many significant digits a number has when it leaves an engine.
// Floating point differs between processors beyond about the tenth, so this is
// what is compared with lines, recorded and hashed.
const Digits = 9

// Decimal is a number as it leaves an engine: a string such as "0.63" or "-12"
// without exponent, without trailing zeros, without "-0". The empty string is
// "no number". Two decimals are the same number only if they are the same
// string.
type Decimal string

var decimalForm = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,39})(\.[0-9]{0,59}[1-9])?$`)

// FromFloat rounds x to nine significant digits. NaN, infinities and
// magnitudes of 1e40 or more have no decimal and are an error; magnitudes
// under 1e-50 become 0.
func FromFloat(x float64) (Decimal, error) {
	if math.IsNaN(x) || math.IsInf(x, 0) || math.Abs(x) >= 1e40 {
		return "", fault.Invalidf("%v has no decimal form", x)
	}
	if math.Abs(x) < 1e-50 {
		return "0", nil
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', Digits, 64), 64)
	if err != nil {
		return "", fault.Invalidf("%v has no decimal form", x)
	}
	return trim(strconv.FormatFloat(rounded, 'f', -1, 64)), nil
}

// MustFloat is FromFloat for values that are known to be finite, such as
// probabilities; for anything else it gives "" (no number).
func MustFloat(x float64) Decimal {
	d, err := FromFloat(x)
	if err != nil {
		return ""
	}
	return d
}

// FromInt gives an integer as a decimal.
func FromInt(n int64) Decimal { return Decimal(strconv.FormatInt(n, 10)) }

// ParseDecimal reads a decimal somebody wrote: digits with at most one point
// and one leading minus; trailing zeros are dropped, nothing is rounded.
func ParseDecimal(s string) (Decimal, error) {
	t := s
	if strings.Contains(t, ".") {
		t = strings.TrimRight(strings.TrimRight(t, "0"), ".")
	}
	if t == "-0" {
		t = "0"
	}
	if !decimalForm.MatchString(t) {
		return "", fault.Invalidf("%q is not a decimal number", s).
			Hinted("write it with digits and a point, without exponent: 0.05")
	}
	return Decimal(t), nil
}

func trim(s string) Decimal {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		s = "0"
	}
	return Decimal(s)
}

// Valid tells whether d is in the one form a number has.
func (d Decimal) Valid() bool { return d != "-0" && decimalForm.MatchString(string(d)) }

// Float gives the nearest float64, NaN for "no number".
func (d Decimal) Float() float64 {
	x, err := strconv.ParseFloat(string(d), 64)
	if err != nil {
		return math.NaN()
	}
	return x
}

// Cmp compares exactly: -1, 0 or +1. It panics on "no number", which callers
// must rule out first, since an unknown compares with nothing.
func (d Decimal) Cmp(e Decimal) int { return d.rat().Cmp(e.rat()) }

// Sub gives d - e exactly.
func (d Decimal) Sub(e Decimal) Decimal { return fromRat(new(big.Rat).Sub(d.rat(), e.rat())) }

// Add gives d + e exactly.
func (d Decimal) Add(e Decimal) Decimal { return fromRat(new(big.Rat).Add(d.rat(), e.rat())) }

func (d Decimal) rat() *big.Rat {
	r, ok := new(big.Rat).SetString(string(d))
	if !ok {
		panic("stats: comparison with no number: " + strconv.Quote(string(d)))
	}
	return r
}

func fromRat(r *big.Rat) Decimal { return trim(r.FloatString(60)) }

// MarshalText writes the decimal; a value that is not in its one form is an
// error rather than a second spelling.
func (d Decimal) MarshalText() ([]byte, error) {
	if d != "" && !d.Valid() {
		return nil, fault.Invalidf("%q is not a decimal in its one form", string(d))
	}
	return []byte(d), nil
}

// UnmarshalText reads a decimal in its one form only.
func (d *Decimal) UnmarshalText(b []byte) error {
	v := Decimal(b)
	if v != "" && !v.Valid() {
		return fault.Invalidf("%q is not a decimal in its one form", string(b)).
			Hinted("digits, no exponent, no trailing zeros, no -0")
	}
	*d = v
	return nil
}
