// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"
)

func scanText(text string, size int) *scanner {
	s := newScanner(iotest.DataErrReader(strings.NewReader(text)), DefaultLimits())
	s.buf = make([]byte, size)
	return s
}

// whole copies the only value of a text, for comparing.
func whole(text string, size int) (string, error) {
	s := scanText(text, size)
	var b strings.Builder
	if err := s.compact(&b); err != nil {
		return "", err
	}
	return b.String(), s.finish()
}

// skipWhole passes over the only value of a text.
func skipWhole(text string, size int) error {
	s := scanText(text, size)
	if err := s.skip(); err != nil {
		return err
	}
	return s.finish()
}

// Buffers end anywhere: every size gives the same answer.
func TestScannerAcrossBuffers(t *testing.T) {
	text := `{"a\\":["\\\"","\\\\","x\"y\\",{"}":"]"}, -1.5e+3,NaN ,-Infinity,null,true,"\ud83d\ude00 \ud800 é"], "b" : {} }`
	want, err := whole(text, 4096)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1; size < 200; size++ {
		if got, err := whole(text, size); err != nil || got != want {
			t.Fatalf("with a buffer of %d: %q, %v", size, got, err)
		}
		if err := skipWhole(text, size); err != nil {
			t.Fatalf("skipping with a buffer of %d: %v", size, err)
		}
	}
}

func TestScannerRefuses(t *testing.T) {
	for _, text := range []string{
		"", " ", "{", "[", `"`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, "[1,]", "[1 2]", `{"a" 1}`, "{1:2}", "nul", "nan", "inf", "+1", "01", "1.", ".5", "1e", "-",
		"--1", "1e+", `"\x"`, `"\u12"`, `"\u123g"`, "\"\n\"", "tru e", "[}", "{]", "1 2", "[]]",
	} {
		if got, err := whole(text, 16); err == nil {
			t.Errorf("%q was read as %q", text, got)
		}
	}
}

// Whatever the strict decoder accepts, this one accepts, keeps and skips.
func TestScannerAgreesWithStrictDecoder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, err := json.Marshal(anyJSON(4).Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		size := rapid.IntRange(1, 40).Draw(t, "buffer")
		got, err := whole(string(b), size)
		if err != nil {
			t.Fatal(err)
		}
		if !sameJSON(got, string(b)) {
			t.Fatalf("%s became %s", b, got)
		}
		if err := skipWhole(string(b), size); err != nil {
			t.Fatal(err)
		}
	})
}

func sameJSON(a, b string) bool {
	x, y := jsontext.Value(a), jsontext.Value(b)
	return x.Canonicalize() == nil && y.Canonicalize() == nil && string(x) == string(y)
}

func anyJSON(depth int) *rapid.Generator[any] {
	leaf := []*rapid.Generator[any]{
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Int32().AsAny(), rapid.Float64Range(-1e9, 1e9).AsAny(),
		rapid.String().AsAny(), rapid.StringMatching(`[\\"/{}\[\],:\x01-\x1f]*`).AsAny(),
	}
	if depth > 0 {
		leaf = append(leaf, rapid.Custom(func(t *rapid.T) any {
			return rapid.SliceOfN(anyJSON(depth-1), 0, 4).Draw(t, "list")
		}), rapid.Custom(func(t *rapid.T) any {
			return rapid.MapOfN(rapid.String(), anyJSON(depth-1), 0, 4).Draw(t, "object")
		}))
	}
	return rapid.OneOf(leaf...)
}

// Different ids never come to be spelled alike, and a spelling is JSON.
func TestSpellIsOneToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		x, okA := spell(a)
		y, okB := spell(b)
		if !okA || !okB || (a == b) != (x == y) {
			t.Fatalf("%q and %q are spelled %s and %s", a, b, x, y)
		}
		var back string
		if err := json.Unmarshal([]byte(x), &back); err != nil || back != a {
			t.Fatalf("%s is read as %q: %v", x, back, err)
		}
	})
}

func TestScannerKeepsReadErrors(t *testing.T) {
	s := newScanner(io.MultiReader(strings.NewReader(`{"a":"`), iotest.ErrReader(errDisk)), DefaultLimits())
	if err := s.skip(); !errors.Is(err, errDisk) {
		t.Error(err)
	}
}
