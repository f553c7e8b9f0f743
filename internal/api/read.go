// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package api

import (
	"archive/tar"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/session"
)

// read answers a read of the other face. The answer has a tag of the journal and
// the moment: what is asked about now changes with the clock, so a tag of now
// lasts until the second ends.
func (s *server) read(w http.ResponseWriter, r *http.Request, caller session.Caller) error {
	path := strings.TrimPrefix(r.URL.Path, Root+"/")
	if _, ok := s.reads[path]; !ok {
		return fault.NotFoundf("there is no read %.80q", path).Hinted("%s%s/openapi.json lists what there is", s.Base, Root)
	}
	m, err := s.App.Moment(r.Context(), r.URL.Query().Get("at"))
	if err != nil {
		return err
	}
	tag := fmt.Sprintf(`"%d-%d"`, m.View.Size, m.Now/1000)
	if slices.Contains(strings.Split(strings.ReplaceAll(r.Header.Get("If-None-Match"), " ", ""), ","), tag) {
		w.Header().Set("ETag", tag)
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	reader, err := s.App.Reader(r.Context(), caller.Actor)
	if err != nil {
		return err
	}
	doc, err := s.Reads.Read(r.Context(), s.App, app.Question{Path: path, Params: r.URL.Query(), Reader: reader})
	if err != nil {
		return err
	}
	s.told(r, caller, reader)
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Add("Vary", "Authorization, Cookie")
	return replyBytes(w, "application/json", doc)
}

// export gives a copy of the journal as an archive. Who may not see private
// bodies gets one without them.
func (s *server) export(w http.ResponseWriter, r *http.Request, caller session.Caller) error {
	reader, err := s.App.Reader(r.Context(), caller.Actor)
	if err != nil {
		return err
	}
	withhold := r.URL.Query().Get("withhold_private") == "true"
	if !reader.All() && !withhold {
		return fault.Forbiddenf("a whole copy holds private bodies that are not for %q", caller.Actor).Hinted("take a copy without them: --withhold-private")
	}
	temp, err := os.MkdirTemp("", "holdpoint-export-*")
	if err != nil {
		return fault.New(fault.Unavailable, "there is no room for the copy: %w", err)
	}
	defer os.RemoveAll(temp)
	dir := filepath.Join(temp, "copy")
	if _, err := s.App.Export(r.Context(), dir, app.ExportOptions{WithholdPrivate: withhold}); err != nil {
		return err
	}
	s.Log.Info("a copy of the journal was taken", "actor", caller.Actor, "private", !withhold)
	w.Header().Set("Content-Type", "application/x-tar")
	out := tar.NewWriter(w)
	if err := pack(out, dir); err != nil {
		panic(http.ErrAbortHandler) // half an archive must not look whole
	}
	return out.Close()
}

func pack(out *tar.Writer, dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if err := out.WriteHeader(&tar.Header{Name: filepath.ToSlash(name), Mode: 0o644, Size: info.Size()}); err != nil {
			return err
		}
		_, err = io.Copy(out, f)
		return err
	})
}
