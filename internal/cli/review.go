// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/review"
	"github.com/holdpoint/holdpoint/internal/world"
)

type reviewCmd struct {
	Submit   reviewSubmit   `cmd:"" help:"Record a comment, critique, challenge or feedback on something."`
	Answer   reviewAnswer   `cmd:"" help:"Answer a review."`
	Withdraw reviewWithdraw `cmd:"" help:"Take back a review of one's own."`
	List     reviewList     `cmd:"" help:"List reviews; their words are private and stand in entries of their own."`
}

type reviewSubmit struct {
	Kind             string   `arg:"" enum:"comment,critique,challenge,feedback" help:"comment, critique, challenge or feedback."`
	About            string   `arg:"" help:"KIND:ID of what was read, such as decision:decision-40, report:report-22 or assessment:assessment-30."`
	Text             string   `required:"" placeholder:"TEXT" help:"The words; they are private and can be erased."`
	Role             string   `required:"" placeholder:"R" help:"The capacity in which the reviewer speaks."`
	External         bool     `help:"The reviewer is outside of the organisation; such a review is never an endorsement."`
	Blocking         bool     `help:"Nothing may be decided until it is answered."`
	NotAnEndorsement bool     `help:"Label a review from inside so, too."`
	Reported         reported `embed:""`
}

func (c reviewSubmit) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	_, m, err := s.now()
	if err != nil {
		return err
	}
	about, err := subjectOf(m.View.State, c.About)
	if err != nil {
		return err
	}
	side := review.Internal
	if c.External {
		side = review.External
	}
	done, err := s.act(app.SubmitReview(review.Submission{
		About: about, Kind: review.Kind(c.Kind), Side: side, Role: c.Role, Blocking: c.Blocking,
		NotAnEndorsement: c.NotAnEndorsement, Text: c.Text, How: how,
	}))
	if err != nil {
		return err
	}
	id := done.ID("review", 0)
	return s.done(id, done, id+" on "+c.About+" is recorded")
}

// subjectOf reads KIND:ID, with the digest of exactly what is there now. What
// has no digest here is taken as it is named.
func subjectOf(w world.World, s string) (entry.Ref, error) {
	kind, id, ok := strings.Cut(s, ":")
	if !ok || kind == "" || id == "" {
		return entry.Ref{}, fault.Usagef("%q does not say KIND:ID", s).Hinted("for example decision:decision-40")
	}
	ref := entry.Ref{Kind: kind, ID: id}
	missing := fault.NotFoundf("there is no %s %q", kind, id)
	switch kind {
	case "decision":
		d, err := w.Decision.Decision(id)
		ref.Digest = d.Digest
		return ref, err
	case "report":
		r, ok := w.Safeguard.Report(id)
		if ref.Digest = r.Digest; !ok {
			return ref, missing.Hinted("holdpoint safeguard show lists reports")
		}
	case "assessment":
		if _, ok := w.Assessment.Assessment(id); !ok {
			return ref, missing.Hinted("holdpoint assessment list shows them all")
		}
	case "finding":
		if _, ok := w.Assessment.Finding(id); !ok {
			return ref, missing.Hinted("holdpoint assessment show ASSESSMENT lists its findings")
		}
	}
	return ref, nil
}

type reviewAnswer struct {
	ID       string   `arg:"" help:"The review."`
	Outcome  string   `enum:"accepted,rejected,noted" required:"" help:"accepted, rejected or noted."`
	Text     string   `required:"" placeholder:"TEXT" help:"The words; they are private and can be erased."`
	Reported reported `embed:""`
}

func (c reviewAnswer) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.AnswerReview(review.Answering{Review: c.ID, Outcome: review.Outcome(c.Outcome), Text: c.Text, How: how}))
	if err != nil {
		return err
	}
	return s.done(c.ID, done, c.ID+" is answered: "+c.Outcome)
}

type reviewWithdraw struct {
	ID       string   `arg:"" help:"The review."`
	Reported reported `embed:""`
}

func (c reviewWithdraw) Run(s *session) error {
	how, err := c.Reported.how()
	if err != nil {
		return err
	}
	done, err := s.act(app.WithdrawReview(review.Withdrawing{Review: c.ID, How: how}))
	if err != nil {
		return err
	}
	return s.done(c.ID, done, c.ID+" is withdrawn")
}

type reviewList struct {
	About string `placeholder:"KIND:ID" help:"Only those about this."`
	Open  bool   `help:"Only those that nobody answered."`
}

// listedReview is the JSON of a review.
type listedReview struct {
	ID        string  `json:"id"`
	Kind      string  `json:"kind"`
	About     string  `json:"about"`
	Digest    text    `json:"digest"`
	Side      string  `json:"side"`
	Role      string  `json:"role"`
	Blocking  bool    `json:"blocking"`
	Label     text    `json:"label"`
	Outcome   text    `json:"outcome"`
	Open      bool    `json:"open"`
	Withdrawn bool    `json:"withdrawn"`
	WordsSeq  *int64  `json:"words_seq"`
	Words     text    `json:"words"`
	Answer    text    `json:"answer"`
	Seq       int64   `json:"seq"`
	Time      instant `json:"time"`
}

func (c reviewList) Run(s *session) error {
	a, m, err := s.moment()
	if err != nil {
		return err
	}
	all, said, err := s.reviews(a, m)
	if err != nil {
		return err
	}
	rows := []listedReview{}
	for _, r := range all {
		about := r.About.Kind + ":" + r.About.ID
		if c.About != "" && about != c.About || c.Open && !r.Open() {
			continue
		}
		rows = append(rows, listedReview{r.ID, string(r.Kind), about, text(r.About.Digest), string(r.Side), r.Role, r.Blocking, text(r.Label()),
			text(r.Outcome), r.Open(), r.WithdrawnSeq != 0, some(r.WordsSeq), said[r.WordsSeq], said[r.AnswerWordsSeq], r.Seq, instant(r.At)})
	}
	if s.JSON {
		return s.print(struct {
			Reviews []listedReview `json:"reviews"`
			Clock   string         `json:"clock"`
		}{rows, clockOf(m)})
	}
	if len(rows) == 0 {
		s.note("there is no such review")
		return nil
	}
	grid := [][]string{{"REVIEW", "KIND", "ABOUT", "BY", "STATE"}}
	for _, r := range rows {
		grid = append(grid, []string{r.ID, r.Kind, r.About, reviewerText(r), reviewState(r)})
	}
	s.grid(grid)
	for _, r := range rows {
		for _, line := range [][2]string{{"", string(r.Words)}, {"answered: ", string(r.Answer)}} {
			if line[1] != "" {
				s.wrapped(r.ID+": ", line[0]+line[1])
			}
		}
	}
	return nil
}

// reviews lists every review up to a moment, oldest first, and the words that
// are not erased by the entry that holds them.
func (s *session) reviews(a *app.App, m app.Moment) (all []review.Review, said map[int64]text, err error) {
	said = map[int64]text{}
	for e, err := range a.Entries(s.ctx, 0, m.View.Size) {
		if err != nil {
			return nil, nil, err
		}
		switch e.Type {
		case "review.worded", "review.answer_worded":
			if words, err := review.Words(s.seen(e)); err == nil {
				said[e.Seq] = text(words)
			}
		case "review.submitted":
			r, err := m.View.State.Review.Review(entry.ID("review", e.Seq))
			if err != nil {
				return nil, nil, err
			}
			all = append(all, r)
		}
	}
	return all, said, nil
}

func reviewerText(r listedReview) string {
	who := r.Side + ", " + r.Role
	if r.Label != "" {
		who += ", " + string(r.Label)
	}
	return who
}

func reviewState(r listedReview) string {
	switch {
	case r.Withdrawn:
		return "withdrawn"
	case !r.Open:
		return string(r.Outcome)
	case r.Blocking:
		return "open, blocking"
	}
	return "open"
}
