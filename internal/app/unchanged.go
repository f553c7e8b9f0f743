// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/world"
)

// unseen refuses an act because entries were written that were not yet compared
// with what it is about.
type unseen struct{}

func (unseen) Error() string { return "entries came in between" }

// mostLooks bounds how often an act is tried again because others write.
const mostLooks = 100

// unlessChanged does a job unless an entry after seen is about one of the
// intent's subjects. Entries are compared outside of the writer, and inside of it
// the act is let through only when it directly follows what was compared, so
// that nothing comes in between.
func (a *App) unlessChanged(ctx context.Context, seen int64, in Intent, job journal.Intent[world.World]) (journal.Result[world.World], error) {
	if seen == 0 {
		return a.journal.Do(ctx, job)
	}
	if size := a.journal.View().Size; seen < 0 || seen >= size {
		return journal.Result[world.World]{}, fault.Invalidf("entry %d was said to be seen, and the last one is %d", seen, size-1)
	}
	subjects, err := in.subjects()
	if err != nil {
		return journal.Result[world.World]{}, err
	}
	upTo, decide := seen+1, job.Decide
	job.Decide = func(w world.World, act entry.Act) ([]entry.Draft, error) {
		if act.Seq > upTo {
			return nil, unseen{}
		}
		return decide(w, act)
	}
	for range mostLooks {
		res, err := a.journal.Do(ctx, job)
		if !errors.Is(err, unseen{}) {
			return res, err
		}
		if upTo, err = a.unchanged(ctx, upTo, subjects); err != nil {
			return res, err
		}
	}
	return journal.Result[world.World]{}, fault.New(fault.Unavailable, "too much was written at the same time; nothing happened").Hinted("try again")
}

// unchanged tells that no entry from one on is about any of the subjects, and
// gives where it stopped to look.
func (a *App) unchanged(ctx context.Context, from int64, subjects []string) (int64, error) {
	view, err := a.View(ctx)
	if err != nil {
		return from, err
	}
	for e, err := range a.journal.Entries(ctx, from, view.Size) {
		if err != nil {
			return from, err
		}
		if id := mentions(e.Body, subjects); id != "" {
			return from, fault.Conflictf("%s changed after you looked at it: entry %d (%s) is about it", id, e.Seq, e.Type).
				Hinted("look at it again, and act on what you see then")
		}
		from = e.Seq + 1
	}
	return from, nil
}

// mentions gives the first of the ids that a body names as a whole string.
func mentions(body []byte, ids []string) string {
	dec := jsontext.NewDecoder(bytes.NewReader(body))
	for {
		tok, err := dec.ReadToken()
		if err != nil {
			return "" // the end; an erased body names nothing
		}
		if tok.Kind() == '"' && slices.Contains(ids, tok.String()) {
			return tok.String()
		}
	}
}

// madeByEntries are the ids of what entries made, such as decision-26.
var madeByEntries = regexp.MustCompile(`^(approval|assessment|clearance|decision|duty|finding|forecast|glass|hold|incident|interim|judgement|` +
	`notice|question|report|response|restriction|result|review|run|statement)-[0-9]+$`)

// subjects are the ids of what the intent is about: those it says, or every id of
// something that an entry made among its arguments.
func (in Intent) subjects() ([]string, error) {
	if in.Subjects != nil {
		return in.Subjects, nil
	}
	b, err := in.args()
	if err != nil {
		return nil, err
	}
	var ids []string
	dec := jsontext.NewDecoder(bytes.NewReader(b))
	for {
		tok, err := dec.ReadToken()
		if errors.Is(err, io.EOF) {
			return ids, nil
		}
		if err != nil {
			return nil, err
		}
		if tok.Kind() == '"' && madeByEntries.MatchString(tok.String()) {
			ids = append(ids, tok.String())
		}
	}
}

// args gives the arguments as the table of acts reads them.
func (in Intent) args() ([]byte, error) {
	v := in.Args
	if v == nil {
		v = in.Input
	}
	return json.Marshal(v)
}
