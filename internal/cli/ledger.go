// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"encoding/hex"
	"path/filepath"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/journal"
)

type ledgerCmd struct {
	Head       ledgerHead       `cmd:"" help:"Print the journal's name, size and root."`
	Checkpoint ledgerCheckpoint `cmd:"" help:"Print the signed checkpoint; whoever keeps it can show later that nothing before it was rewritten."`
	Export     ledgerExport     `cmd:"" help:"Write a copy that anybody can check offline."`
	Show       ledgerShow       `cmd:"" help:"Print one entry."`
	Log        ledgerLog        `cmd:"" help:"List entries."`
	Erase      ledgerErase      `cmd:"" help:"Delete the words of private entries for good; the root stays the same."`
}

type ledgerHead struct{}

func (ledgerHead) Run(s *session) error {
	a, err := s.workspace()
	if err != nil {
		return err
	}
	h, err := a.Head(s.ctx)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.print(struct {
			Origin string `json:"origin"`
			Size   int64  `json:"size"`
			Root   string `json:"root"`
		}{h.Origin, h.Size, h.Root.String()})
	}
	s.say("%s\n%d\n%s", h.Origin, h.Size, h.Root)
	return nil
}

type ledgerCheckpoint struct {
	Out string `short:"o" placeholder:"FILE" help:"The file to write; standard output if not given."`
}

func (c ledgerCheckpoint) Run(s *session) error {
	a, err := s.workspace()
	if err != nil {
		return err
	}
	h, err := a.Checkpoint(s.ctx)
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := replace(c.Out, h.Checkpoint); err != nil {
			return err
		}
	}
	if s.JSON {
		return s.print(struct {
			Origin     string `json:"origin"`
			Size       int64  `json:"size"`
			Root       string `json:"root"`
			Checkpoint string `json:"checkpoint"`
			File       text   `json:"file"`
		}{h.Origin, h.Size, h.Root.String(), string(h.Checkpoint), text(c.Out)})
	}
	if c.Out == "" {
		_, err = s.out.Write(h.Checkpoint)
	}
	return err
}

type ledgerExport struct {
	Folder          string `arg:"" name:"dir" help:"A new or empty folder."`
	WithholdPrivate bool   `help:"Leave out the words that no rule reads; the copy gives the same root and verdicts."`
}

func (c ledgerExport) Run(s *session) error {
	a, err := s.workspace()
	if err != nil {
		return err
	}
	done, err := a.Export(s.ctx, c.Folder, app.ExportOptions{WithholdPrivate: c.WithholdPrivate})
	if err != nil {
		return err
	}
	if s.JSON {
		return s.print(struct {
			Folder string   `json:"folder"`
			Origin string   `json:"origin"`
			Size   int64    `json:"size"`
			Root   string   `json:"root"`
			Tables int      `json:"tables"`
			Absent []string `json:"absent"`
		}{c.Folder, done.Origin, done.Size, done.Root.String(), done.Tables, done.Absent})
	}
	s.say("%s and %s are in %s", plural(int(done.Size), "entry", "entries"), plural(done.Tables, "score table", "score tables"), printable(c.Folder))
	for _, digest := range done.Absent {
		s.note("the score table %s is not in this workspace, so what was found from it cannot be recomputed", digest)
	}
	s.say("Check it with: holdpoint verify ledger %s --key %s --replay", printable(c.Folder), printable(keyFile(a)))
	return nil
}

// keyFile is where a workspace holds its public key.
func keyFile(a *app.App) string { return filepath.Join(a.Dir(), "holdpoint.vkey") }

type ledgerShow struct {
	Seq int64 `arg:"" help:"The number of the entry."`
}

// shownEntry is the JSON of an entry. Body and salt are null where the body was
// erased.
type shownEntry struct {
	Seq        int64          `json:"seq"`
	RecordedAt instant        `json:"recorded_at"`
	Type       string         `json:"type"`
	V          int64          `json:"v"`
	Actor      string         `json:"actor"`
	Commitment string         `json:"commitment"`
	Salt       text           `json:"salt"`
	Body       jsontext.Value `json:"body"`
	Clock      string         `json:"clock"`
}

func (c ledgerShow) Run(s *session) error {
	a, err := s.workspace()
	if err != nil {
		return err
	}
	e, err := a.Entry(s.ctx, c.Seq)
	if err != nil {
		return err
	}
	e = s.seen(e)
	view, err := a.View(s.ctx)
	if err != nil {
		return err
	}
	shown := shownEntry{
		Seq: e.Seq, RecordedAt: instant(e.RecordedAt), Type: e.Type, V: e.V, Actor: e.Actor, Commitment: e.Header.Body,
		Salt: text(hex.EncodeToString(e.Salt)), Body: jsontext.Value("null"), Clock: string(view.Begun.Clock),
	}
	if e.Body != nil {
		shown.Body = jsontext.Value(e.Body)
	}
	if s.JSON {
		return s.print(shown)
	}
	s.say("entry %d, %s (version %d)", e.Seq, e.Type, e.V)
	s.say("recorded %s by %s", instant(e.RecordedAt), printable(e.Actor))
	if e.Body == nil {
		s.say("its body was erased; what is left is the commitment %s", e.Header.Body)
		return nil
	}
	body := jsontext.Value(e.Body).Clone()
	if err := body.Indent(jsontext.WithIndent("  ")); err != nil {
		return err
	}
	s.say("%s", printable(string(body)))
	return nil
}

type ledgerLog struct {
	From  int64 `default:"0" placeholder:"N" help:"The first entry to list."`
	Limit int64 `default:"0" placeholder:"N" help:"How many at most; all if not given."`
}

// loggedEntry is the JSON of an entry in a list.
type loggedEntry struct {
	Seq        int64   `json:"seq"`
	RecordedAt instant `json:"recorded_at"`
	Type       string  `json:"type"`
	Actor      string  `json:"actor"`
	Erased     bool    `json:"erased"`
}

func (c ledgerLog) Run(s *session) error {
	a, err := s.workspace()
	if err != nil {
		return err
	}
	to := int64(0)
	if c.Limit > 0 {
		to = c.From + c.Limit
	}
	all := []loggedEntry{}
	for e, err := range a.Entries(s.ctx, c.From, to) {
		if err != nil {
			return err
		}
		if s.JSON {
			all = append(all, loggedEntry{e.Seq, instant(e.RecordedAt), e.Type, e.Actor, e.Body == nil})
			continue
		}
		s.say("%6d  %s  %-32s %s%s", e.Seq, instant(e.RecordedAt), e.Type, printable(e.Actor), erasedText(e))
	}
	if !s.JSON {
		return nil
	}
	return s.print(struct {
		Entries []loggedEntry `json:"entries"`
	}{all})
}

func erasedText(e entry.Entry) string {
	if e.Body == nil {
		return " (erased)"
	}
	return ""
}

type ledgerErase struct {
	Seqs     []int64 `arg:"" name:"seq" help:"The numbers of the entries; facts are never erased."`
	Reason   string  `required:"" placeholder:"TEXT" help:"Why; it is kept for ever."`
	Decision string  `required:"" placeholder:"ID" help:"What it rests on, such as the id of a decision."`
}

func (c ledgerErase) Run(s *session) error {
	done, err := s.act(app.EraseEntries(journal.Erased{Seqs: c.Seqs, Reason: c.Reason, Decision: c.Decision}))
	if err != nil {
		return err
	}
	return s.done("entry-"+seqText(done.First), done, plural(len(c.Seqs), "body", "bodies")+" erased for good")
}
