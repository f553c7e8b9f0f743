// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package incident

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/proof"
)

// Closed is the data of incident.closed.
type Closed struct {
	Incident   string     `json:"incident"`
	PostMortem PostMortem `json:"post_mortem"`
	Lessons    []string   `json:"lessons,omitempty"`
}

// PostMortem is a document, named by its digest, or a text.
type PostMortem struct {
	Document *entry.Ref `json:"document,omitzero"`
	Text     string     `json:"text,omitzero"`
}

// Close closes an incident with its post-mortem (RAP-8). It stays in the record.
func (s State) Close(in Closed) ([]entry.Draft, error) {
	v, err := s.Find(in.Incident)
	if err != nil {
		return nil, err
	}
	if v.Closing != nil {
		return nil, fault.Conflictf("%s was closed by entry %d", v.ID, v.Closing.Seq)
	}
	if missing := v.Missing(); len(missing) > 0 {
		return nil, fault.Conflictf("%s cannot be closed: %s", v.ID, strings.Join(missing, "; ")).
			Hinted("holdpoint incident update %s records it", v.ID)
	}
	if err := checkPostMortem(in.PostMortem); err != nil {
		return nil, err
	}
	for _, l := range in.Lessons {
		if err := said("a lesson", l); err != nil {
			return nil, err
		}
	}
	return closed.Drafts(in)
}

// Missing lists what an incident lacks before it can be closed with a
// post-mortem: a jailbreak is identified, remedied and tested again.
func (v Incident) Missing() []string {
	if v.Kind != Jailbreak {
		return nil
	}
	var missing []string
	if v.Identified == 0 {
		missing = append(missing, "nothing says when it was identified")
	}
	if v.Remediated == 0 {
		missing = append(missing, "nothing says when it was remedied")
	}
	switch {
	case v.Retest == nil:
		missing = append(missing, "it was not tested again since it was remedied")
	case !v.Retest.Passed:
		missing = append(missing, "it still worked when it was tested again")
	}
	return missing
}

func checkPostMortem(p PostMortem) error {
	if p.Document == nil {
		return said("the post-mortem, a document or a text,", p.Text)
	}
	if p.Document.Kind == "" || p.Document.ID == "" {
		return fault.Invalidf("the document of the post-mortem is named by kind and id")
	}
	if _, err := proof.ParseHex(p.Document.Digest, 32); err != nil {
		return fault.Invalidf("the document of the post-mortem has no digest, so it could become another one").
			Hinted("name a file that is here, or say the post-mortem in words: --text TEXT")
	}
	if len(p.Text) > MaxText {
		return said("the text of the post-mortem", p.Text)
	}
	return nil
}
