// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/fault"
)

func digestOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// The digest was printed by the shell line in ManifestDigest's comment, with
// GNU find, sort, stat and sha256sum, over a folder with these three files.
func TestManifestDigestVector(t *testing.T) {
	files := []File{
		{Path: "shards/00001.bin", SHA256: digestOf("first\n"), Size: 6},
		{Path: "config.json", SHA256: digestOf("{}"), Size: 2},
		{Path: "shards-index é.json", SHA256: digestOf(""), Size: 0},
	}
	got, err := ManifestDigest(files)
	if err != nil {
		t.Fatal(err)
	}
	if want := "b815ebd25e66e984dd53c73a677c99ca4fac95f464f1469cce72d09d85ff79f7"; got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
	one, err := ManifestDigest(files[1:2])
	if err != nil || one != digestOf("{}") {
		t.Errorf("a single file has the digest %s, %v; want that of its bytes", one, err)
	}
}

func TestManifestRefuses(t *testing.T) {
	good := File{Path: "a", SHA256: digestOf("a"), Size: 1}
	with := func(change func(*File)) []File {
		f := good
		change(&f)
		return []File{good, f}
	}
	cases := map[string][]File{
		"empty":        {},
		"twice":        {good, good},
		"absolute":     with(func(f *File) { f.Path = "/b" }),
		"parent":       with(func(f *File) { f.Path = "../b" }),
		"hidden climb": with(func(f *File) { f.Path = "b/../../c" }),
		"not clean":    with(func(f *File) { f.Path = "b//c" }),
		"dot":          with(func(f *File) { f.Path = "." }),
		"dots":         with(func(f *File) { f.Path = ".." }),
		"no path":      with(func(f *File) { f.Path = "" }),
		"backslash":    with(func(f *File) { f.Path = `b\c` }),
		"new line":     with(func(f *File) { f.Path = "b\nc" }),
		"bad UTF-8":    with(func(f *File) { f.Path = "b\xff" }),
		"upper case":   with(func(f *File) { f.Path, f.SHA256 = "b", strings.ToUpper(f.SHA256) }),
		"short digest": with(func(f *File) { f.Path, f.SHA256 = "b", f.SHA256[:63] }),
		"size":         with(func(f *File) { f.Path, f.Size = "b", -1 }),
	}
	for name, files := range cases {
		if d, err := ManifestDigest(files); fault.KindOf(err) != fault.Invalid || d != "" {
			t.Errorf("%s: %q, %v", name, d, err)
		}
	}
}

// The digest does not depend on the order, and any change of any file's path,
// digest or size changes it.
func TestManifestDigestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		paths := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z]{1,3}(/[a-z.]{1,3}[a-z])?`), 2, 6, rapid.ID).Draw(t, "paths")
		files := make([]File, len(paths))
		for i, p := range paths {
			files[i] = File{Path: p, SHA256: digestOf(p), Size: int64(i)}
		}
		want, err := ManifestDigest(files)
		if err != nil {
			t.Fatal(err)
		}
		shuffled := rapid.Permutation(files).Draw(t, "order")
		if got, err := ManifestDigest(shuffled); err != nil || got != want {
			t.Fatalf("another order gives %s, %v", got, err)
		}
		changed := slices.Clone(files)
		f := &changed[rapid.IntRange(0, len(files)-1).Draw(t, "which")]
		switch rapid.IntRange(0, 2).Draw(t, "what") {
		case 0:
			f.Path = "zzzz/" + f.Path
		case 1:
			f.SHA256 = digestOf(f.SHA256)
		case 2:
			f.Size += 100
		}
		if got, _ := ManifestDigest(changed); got == want {
			t.Fatal("a change is not seen")
		}
	})
}

func FuzzCleanPath(f *testing.F) {
	for _, s := range []string{"a", "a/b", "../a", "/a", "a\nb", "./a", "a/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, p string) {
		text, err := Manifest([]File{{Path: p, SHA256: digestOf("x"), Size: 1}})
		if err == nil && (strings.Count(text, "\n") != 1 || slices.Contains(strings.Split(p, "/"), "..")) {
			t.Errorf("%q was accepted", p)
		}
	})
}
