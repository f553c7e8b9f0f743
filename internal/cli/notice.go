// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/notice"
)

type noticeCmd struct {
	List        noticeList        `cmd:"" help:"List what roles are told, and whether somebody has read it."`
	Acknowledge noticeAcknowledge `cmd:"" help:"Say that a notice was read. One holder of the role is enough."`
}

type noticeList struct {
	Open bool `help:"Only those that nobody has acknowledged."`
}

// noticeOne is the JSON of a notice.
type noticeOne struct {
	ID           string  `json:"id"`
	To           string  `json:"to"`
	About        refOne  `json:"about"`
	Text         string  `json:"text"`
	Policy       text    `json:"policy"`
	Clause       text    `json:"clause"`
	Basis        string  `json:"basis"`
	Urgent       bool    `json:"urgent"`
	Seq          int64   `json:"seq"`
	Time         instant `json:"time"`
	Open         bool    `json:"open"`
	Acknowledged instant `json:"acknowledged"`
	By           text    `json:"acknowledged_by"`
}

// refOne is the JSON of what something is about.
type refOne struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

func noticeOf(n notice.Notice) noticeOne {
	return noticeOne{
		ID: n.ID, To: n.To, About: refOne{n.About.Kind, n.About.ID}, Text: n.Text, Policy: text(n.Policy), Clause: text(n.Clause), Basis: n.Basis,
		Urgent: n.Urgent, Seq: n.Seq, Time: instant(n.At), Open: n.Open(), Acknowledged: instant(n.AcknowledgedAt), By: text(n.AcknowledgedBy),
	}
}

func (c noticeList) Run(s *session) error {
	_, m, err := s.moment()
	if err != nil {
		return err
	}
	all := []noticeOne{}
	for _, n := range m.View.State.Notice.All() {
		if n.Open() || !c.Open {
			all = append(all, noticeOf(n))
		}
	}
	if s.JSON {
		return s.print(struct {
			Notices []noticeOne `json:"notices"`
			Clock   string      `json:"clock"`
		}{all, clockOf(m)})
	}
	if len(all) == 0 {
		s.note("no notice is there")
		return nil
	}
	rows := [][]string{{"NOTICE", "TO", "URGENT", "STATE", "SINCE", "WHAT"}}
	for _, n := range all {
		st, urgent := "read by "+string(n.By), ""
		if n.Open {
			st = "open"
		}
		if n.Urgent {
			urgent = "! yes"
		}
		rows = append(rows, []string{n.ID, n.To, urgent, st, n.Time.String(), clippedWords(oneLine(n.Text))})
	}
	s.grid(rows)
	return nil
}

type noticeAcknowledge struct {
	ID string `arg:"" help:"The notice."`
}

func (c noticeAcknowledge) Run(s *session) error {
	done, err := s.act(app.AcknowledgeNotice(c.ID))
	if err != nil {
		return err
	}
	return s.done(c.ID, done, c.ID+" is acknowledged by "+s.As)
}
