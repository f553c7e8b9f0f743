// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/assessment"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Bounds of an upload in bytes: of the log, and of everything that is typed
// beside it.
const (
	maxUpload = 1 << 30
	maxTyped  = 1 << 20
)

// upload is a form with one file, which waits in a folder of its own.
type upload struct {
	folder, path string
}

// drop removes the file.
func (u upload) drop() {
	if u.folder != "" {
		os.RemoveAll(u.folder)
	}
}

// receive reads a form with a file: the file goes to disk as it comes and is
// never whole in memory, and what was typed becomes the request's form.
func (r *request) receive(w http.ResponseWriter) (u upload, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload+maxTyped)
	r.PostForm = url.Values{}
	r.Form = r.PostForm
	parts, err := r.MultipartReader()
	if err != nil {
		return u, fault.Invalidf("this form came without a file").Hinted("choose the log, and send the form again")
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = r.take(&u, part)
		}
		if err != nil {
			return u, broken(err)
		}
	}
	if u.path == "" {
		return u, fault.Invalidf("no file was chosen").Hinted("choose an Inspect log (.eval or .json) or an lm-evaluation-harness results file")
	}
	return u, nil
}

// broken says what cut an upload off.
func broken(err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return fault.Invalidf("the file is larger than 1 GiB").Hinted("import it on the server: holdpoint evidence import LOG --model M")
	case fault.KindOf(err) == fault.Internal:
		return fault.Invalidf("the file did not arrive whole").Hinted("send the form again")
	}
	return err
}

// take reads one part of a form.
func (r *request) take(u *upload, part *multipart.Part) (err error) {
	name := part.FileName()
	if part.FormName() != "log" {
		b, err := io.ReadAll(io.LimitReader(part, maxTyped))
		r.PostForm.Add(part.FormName(), string(b))
		return err
	}
	if name == "" || u.path != "" {
		return nil
	}
	if u.folder, err = os.MkdirTemp("", "holdpoint-upload-"); err != nil {
		return fault.New(fault.Unavailable, "there is no room for the file: %w", err)
	}
	u.path = filepath.Join(u.folder, plainName(name))
	f, err := os.OpenFile(u.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.New(fault.Unavailable, "there is no room for the file: %w", err)
	}
	_, err = io.Copy(f, part)
	return errors.Join(err, f.Close())
}

// plainName makes a file name of what a browser says: it stays recognisable and
// can do nothing.
func plainName(name string) string {
	name = strings.Map(func(c rune) rune {
		if c == '.' || c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return c
		}
		return '_'
	}, filepath.Base(name))
	name = strings.TrimLeft(name, ".")
	if len(name) > 120 {
		name = name[len(name)-120:]
	}
	if name == "" {
		return "log"
	}
	return name
}

// importAndJudge takes a log as evidence about the assessment's model and judges
// it under a registered spec, so that whoever ran it sees the margin at once.
func importAndJudge(r *request) (answer, error) {
	u, err := r.receive(r.writer)
	defer u.drop()
	if err == nil {
		var finding string
		if finding, err = r.importJudged(u.path); err == nil {
			return answer{to: assessmentHref(r.PathValue("id")) + "#" + finding}, nil
		}
	}
	if kind := fault.KindOf(err); kind == fault.Forbidden || kind == fault.Internal || kind == fault.Corrupt {
		return answer{}, err
	}
	typed := map[string]string{"spec": r.PostFormValue("spec"), "snapshot": r.PostFormValue("snapshot"), "task": r.PostFormValue("task")}
	said := strings.ReplaceAll(err.Error(), u.folder+string(filepath.Separator), "")
	return showAssessment(r, typed, problem{what: sentence(said), hint: sentence(strings.ReplaceAll(fault.HintOf(err), u.folder+string(filepath.Separator), ""))})
}

func (r *request) importJudged(path string) (finding string, err error) {
	a, ok := r.moment.View.State.Assessment.Assessment(r.PathValue("id"))
	if !ok {
		return "", fault.NotFoundf("there is no assessment %q", r.PathValue("id"))
	}
	who, err := r.who()
	if err != nil {
		return "", err
	}
	spec := r.PostFormValue("spec")
	if _, ok := r.moment.View.State.Assessment.Spec(spec); !ok {
		return "", fault.Invalidf("no spec was chosen under which to judge the log").Hinted("choose one; if there is none, register it first")
	}
	run, err := r.imported(who, app.Importing{Model: a.Model, Snapshot: strings.TrimSpace(r.PostFormValue("snapshot")),
		Task: strings.TrimSpace(r.PostFormValue("task")), Keep: r.PostFormValue("keep") != ""}, path)
	if err != nil {
		return "", err
	}
	if who.Key != "" {
		who.Key += "-judge"
	}
	done, err := r.site.App.Judge(r.Context(), who, assessment.JudgeInput{Assessment: a.ID, Spec: spec, Evidence: run})
	if err != nil {
		return "", fault.New(fault.KindOf(err), "the log is taken as %s, but it was not judged: %s", run, err).
			Hinted("nothing of it has to be sent again: judge %s below. %s", run, fault.HintOf(err))
	}
	return done.ID("finding", 0), nil
}

// imported takes the log, or gives the run that was taken from it before.
func (r *request) imported(who app.Who, in app.Importing, path string) (string, error) {
	done, _, err := r.site.App.Import(r.Context(), who, in, path)
	if err == nil {
		return done.ID("run", 0), nil
	}
	if fault.KindOf(err) != fault.Conflict {
		return "", err
	}
	log, opened := app.OpenLog(path)
	if opened != nil {
		return "", err
	}
	defer log.Close()
	file, digest := log.Digest(r.Context())
	if digest != nil {
		return "", err
	}
	for _, run := range r.moment.View.State.Evidence.RunsOfLog(file.SHA256) {
		if run.Model == in.Model && run.Snapshot == in.Snapshot {
			return run.ID, nil
		}
	}
	return "", err
}
