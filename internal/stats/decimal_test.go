// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package stats

import (
	"math"
	"testing"
)

func TestDecimalHasOneForm(t *testing.T) {
	for _, tt := range []struct {
		x    float64
		want Decimal
	}{
		{0, "0"}, {math.Copysign(0, -1), "0"}, {0.1 + 0.2, "0.3"}, {1.0 / 3, "0.333333333"},
		{-2.50, "-2.5"}, {1e-9, "0.000000001"}, {123456789012, "123456789000"}, {1e-60, "0"},
	} {
		if got, err := FromFloat(tt.x); err != nil || got != tt.want {
			t.Errorf("FromFloat(%v) = %q, %v, want %q", tt.x, got, err, tt.want)
		}
	}
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e40} {
		if got, err := FromFloat(x); err == nil {
			t.Errorf("FromFloat(%v) = %q, want an error", x, got)
		}
	}
	if got := Decimal("0.3").Sub("0.1"); got != "0.2" {
		t.Errorf("0.3 - 0.1 = %s", got)
	}
	if Decimal("0.30").Valid() || Decimal("-0").Valid() || Decimal("1e3").Valid() || Decimal("").Valid() {
		t.Error("a second spelling is valid")
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"", "0", "-0", "-0.0", "1.50", "00.1", "1e5", ".5", "5.", "9999999999999999999999999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDecimal(s)
		if err != nil {
			return
		}
		if !d.Valid() {
			t.Fatalf("ParseDecimal(%q) = %q, which is not in the one form", s, d)
		}
		if again, err := ParseDecimal(string(d)); err != nil || again != d {
			t.Fatalf("%q does not read back: %q, %v", d, again, err)
		}
		if d.Cmp(d) != 0 || d.Sub(d) != "0" || d.Add("0") != d {
			t.Fatalf("%q is not equal to itself", d)
		}
	})
}

func FuzzExact(f *testing.F) {
	f.Add("0.16666666666666666")
	f.Fuzz(func(t *testing.T, s string) {
		var e Exact
		if e.UnmarshalText([]byte(s)) != nil || e == "" {
			return
		}
		if b, err := e.MarshalText(); err != nil || string(b) != s || !e.Valid() {
			t.Fatalf("%q does not read back: %q, %v", s, b, err)
		}
	})
}
