// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed static
var static embed.FS

// assets are the files that pages load, each under a name with a part of its
// digest, so that a browser keeps it for good and never an old one.
type assets struct {
	files map[string]asset
	names map[string]string
}

type asset struct {
	kind  string
	bytes []byte
}

func newAssets() assets {
	a := assets{files: map[string]asset{}, names: map[string]string{}}
	entries, err := fs.ReadDir(static, "static")
	if err != nil {
		panic(err) // the files are part of the program
	}
	for _, e := range entries {
		b, err := static.ReadFile("static/" + e.Name())
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(b)
		ext := path.Ext(e.Name())
		name := strings.TrimSuffix(e.Name(), ext) + "." + hex.EncodeToString(sum[:6]) + ext
		a.files[name] = asset{kindOf(ext), b}
		a.names[e.Name()] = name
	}
	return a
}

func kindOf(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}

// ServeHTTP gives a file by its full name.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[r.PathValue("name")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.bytes))
}

// asset gives the address of a file of the folder static.
func (s *Site) asset(name string) string { return s.Base + "/static/" + s.assets.names[name] }
