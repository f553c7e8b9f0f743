// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
)

// session is one command being carried out.
type session struct {
	options
	ctx    context.Context
	in     io.Reader
	out    io.Writer
	errOut io.Writer
	open   *app.App
	// listener opens servers; nil where this program has none.
	listener Listener
	// reader is who asks from far away, through a server, and sees only what they
	// may; nil at a command line.
	reader *app.Reader
	// printed tells that the command's JSON document was written.
	printed bool
}

// outcome is an exit code that is an answer and not a failure: the result has
// been printed and nothing is left to say.
type outcome int

func (o outcome) Error() string { return fmt.Sprintf("outcome %d", int(o)) }

// dir is the folder of the workspace.
func (s *session) dir() string {
	if s.Dir == "" {
		return "."
	}
	return s.Dir
}

// workspace opens the workspace once, and says when its clock is made up.
func (s *session) workspace() (*app.App, error) {
	if s.open != nil {
		return s.open, nil
	}
	a, err := s.openAny()
	if err != nil {
		return nil, err
	}
	s.open = a
	s.cautions(a)
	view, err := a.View(s.ctx)
	if err != nil {
		return nil, err
	}
	if view.Begun.Clock == journal.Simulated && !s.JSON {
		s.note("this workspace has a simulated clock: its times are made up")
	}
	return a, nil
}

// cautions says, for scripts too, what a reader of every answer must know.
func (s *session) cautions(a *app.App) {
	if err := a.Refusal(); err != nil {
		s.note("what this journal says of the present does not count, and nothing is clear: %v", err)
		if hint := fault.HintOf(err); hint != "" {
			s.note("%s", hint)
		}
	}
	if err := a.ReadOnly(); err != nil {
		s.note("for reading only: %v", err)
	}
	if a.Unkept() {
		s.note("there was no last-checkpoint beside this journal, so nobody can notice here that an older database was put back; it is kept from now on")
	}
}

// openAny opens the workspace of the folder, or of the server that was named.
func (s *session) openAny() (*app.App, error) {
	if s.Server == "" {
		return app.Open(s.ctx, s.dir(), nil)
	}
	return s.connect()
}

// seen gives an entry as whoever asks may see it.
func (s *session) seen(e entry.Entry) entry.Entry {
	if s.reader == nil {
		return e
	}
	return s.reader.See(e)
}

func (s *session) close() {
	if s.open != nil {
		s.open.Close()
	}
}

// moment opens the workspace and gives the moment that --at names.
func (s *session) moment() (*app.App, app.Moment, error) {
	a, err := s.workspace()
	if err != nil {
		return nil, app.Moment{}, err
	}
	m, err := a.Moment(s.ctx, s.At)
	return a, m, err
}

// who gives the actor of an act; --at is for acts in a simulated clock only.
func (s *session) who(a *app.App) (app.Who, error) {
	who := app.Who{Actor: s.As, Key: s.ActKey}
	if s.At == "" {
		return who, nil
	}
	view, err := a.View(s.ctx)
	if err != nil {
		return who, err
	}
	if view.Begun.Clock != journal.Simulated {
		return who, fault.Usagef("an act happens now: --at is for acts in a workspace with a simulated clock").
			Hinted("leave --at away; say when something happened with --happened where the verb has it")
	}
	who.At, err = app.ParseTime(s.At)
	return who, err
}

// act carries out an intent as the person of the command line.
func (s *session) act(in app.Intent) (app.Done, error) {
	a, err := s.workspace()
	if err != nil {
		return app.Done{}, err
	}
	who, err := s.who(a)
	if err != nil {
		return app.Done{}, err
	}
	done, err := a.Do(s.ctx, who, in)
	return done, s.whoMay(err)
}

// say prints a line of the result.
func (s *session) say(format string, args ...any) {
	fmt.Fprintln(s.out, printable(fmt.Sprintf(format, args...)))
}

// note prints a line of talk.
func (s *session) note(format string, args ...any) {
	fmt.Fprintln(s.errOut, "note: "+printable(fmt.Sprintf(format, args...)))
}

// fail prints an error and gives its exit code.
func (s *session) fail(err error) int {
	var o outcome
	if errors.As(err, &o) {
		return int(o)
	}
	exit := exitFailure
	if fault.KindOf(err) == fault.Usage {
		exit = exitUsage
	}
	if s.JSON && !s.printed {
		s.failed(err, exit)
	}
	var list fault.List
	if errors.As(err, &list) && len(list) > 1 {
		for _, f := range list {
			s.complain(f)
		}
		return exit
	}
	s.complain(err)
	return exit
}

// failure is the JSON of a command that has no result. Where and hint are null
// where there are none.
type failure struct {
	Error struct {
		Kind    string `json:"kind"`
		Message string `json:"message"`
		Where   text   `json:"where"`
		Hint    text   `json:"hint"`
	} `json:"error"`
	Exit int `json:"exit"`
}

// failed prints a failure as the one document of the command. When not even
// that can be written, the text on standard error is left.
func (s *session) failed(err error, exit int) {
	f := failure{Exit: exit}
	message, hint := worded(err)
	f.Error.Kind, f.Error.Message, f.Error.Hint = string(fault.KindOf(err)), message, text(hint)
	if at, ok := errors.AsType[*fault.Error](err); ok {
		f.Error.Where = text(at.Where)
	}
	_ = s.print(f)
}

// complain prints one error with its hint.
func (s *session) complain(err error) {
	message, hint := worded(err)
	message = clippedWords(singular(message))
	fmt.Fprintf(s.errOut, "error: %s\n", printable(message))
	if hint != "" {
		fmt.Fprintf(s.errOut, "hint: %s\n", printable(clippedWords(hint)))
	}
}

// worded gives the sentence and the hint of an error. The person at the command
// line owns the machine, so even the text of an internal error is shown.
func worded(err error) (message, hint string) {
	message, hint = err.Error(), fault.HintOf(err)
	switch {
	case errors.Is(err, context.Canceled):
		return "stopped before it was done; nothing was changed", ""
	case fault.KindOf(err) == fault.Internal:
		message = "internal error: " + message
		if hint == "" {
			hint = "this is a mistake in Holdpoint; please report it with the command that shows it"
		}
	}
	if hint == "" && strings.HasSuffix(message, "there is no such file") {
		hint = fileHint
	}
	return message, hint
}

const fileHint = "a name without a folder is looked for in the current one: check the spelling"

// printable keeps a file's words from steering the terminal: control characters
// other than the ends of lines become question marks.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (r < ' ' || r >= 0x7f && r < 0xa0 || steers(r)) {
			return '?'
		}
		return r
	}, text)
}

// steers tells whether a character is invisible and changes the direction or the
// lines of what stands around it.
func steers(r rune) bool {
	return r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x2069 || r == 0x061c || r == 0xfeff
}
