// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package model

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// File is one file of a model's weights: its path within their folder, with
// slashes, the SHA-256 of its bytes in lower-case hexadecimal and its size in
// bytes.
type File struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// maxFiles keeps an entry within its size; a checkpoint of more files is rare
// and can be packed into one.
const maxFiles = 16_000

// ManifestDigest names a set of files by one SHA-256 in lower-case hexadecimal.
//
// A single file is named by the SHA-256 of its bytes, whatever it is called.
// Several are named by the SHA-256 of their [Manifest]. In a folder without
// symbolic links, this prints the same digest:
//
//	find . -type f -printf '%P\n' | LC_ALL=C sort | while IFS= read -r f; do
//	  printf '%s  %s  %s\n' "$(sha256sum < "$f" | cut -c1-64)" "$(stat -c %s "$f")" "$f"
//	done | sha256sum
//
// The order of files does not matter. A path that is absolute, not clean,
// leaves the folder, has a backslash or an unprintable character, or is there
// twice is refused.
func ManifestDigest(files []File) (string, error) {
	text, err := Manifest(files)
	if err != nil {
		return "", err
	}
	if len(files) == 1 {
		return files[0].SHA256, nil
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:]), nil
}

// Manifest is the canonical list of files: a line "sha256  size  path" for
// each, ended by a newline, sorted by the bytes of the path.
func Manifest(files []File) (string, error) {
	if len(files) == 0 || len(files) > maxFiles {
		return "", fault.Invalidf("a manifest lists 1 to %d files, not %d", maxFiles, len(files)).
			Hinted("pack the files into fewer, or name the folder that holds them")
	}
	var b strings.Builder
	last := ""
	for i, f := range sorted(files) {
		if err := f.check(); err != nil {
			return "", err
		}
		if i > 0 && f.Path == last {
			return "", fault.Invalidf("the path is there twice").At("%s", strconv.Quote(f.Path)).Hinted("list each file once")
		}
		last = f.Path
		b.WriteString(f.SHA256 + "  " + strconv.FormatInt(f.Size, 10) + "  " + f.Path + "\n")
	}
	return b.String(), nil
}

func (f File) check() error {
	where := strconv.Quote(f.Path)
	switch {
	case !digestForm.MatchString(f.SHA256):
		return fault.Invalidf("%q is not a SHA-256 digest", f.SHA256).At("%s", where).Hinted("write 64 lower-case hexadecimal digits")
	case f.Size < 0 || f.Size > 1<<53:
		return fault.Invalidf("a file cannot have %d bytes", f.Size).At("%s", where).Hinted("give the size in bytes")
	case !cleanPath(f.Path):
		return fault.Invalidf("the path is not relative, clean and printable").At("%s", where).
			Hinted("write it from the folder of the weights, with slashes, without . and ..")
	}
	return nil
}

func cleanPath(p string) bool {
	unprintable := func(r rune) bool { return r == '\\' || r == utf8.RuneError || !unicode.IsPrint(r) }
	return p != "" && len(p) <= 1024 && !path.IsAbs(p) && path.Clean(p) == p &&
		p != "." && p != ".." && !strings.HasPrefix(p, "../") &&
		utf8.ValidString(p) && !strings.ContainsFunc(p, unprintable)
}

func sorted(files []File) []File {
	return slices.SortedFunc(slices.Values(files), func(a, b File) int { return strings.Compare(a.Path, b.Path) })
}
