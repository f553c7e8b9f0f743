// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"bytes"
	"errors"
	"io"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// scanner pulls JSON values off a stream without building a tree.
//
// It is as tolerant as the Python writer is: NaN, Infinity and -Infinity are
// values, names may repeat, surrogates may be alone, integers may be of any
// length. What a caller skips is only matched for brackets and quotes, which
// is what makes reading past a transcript cheap; what a caller keeps is
// checked in full. Depth and the length of a kept text are bounded.
type scanner struct {
	r        io.Reader
	buf      []byte
	pos, end int
	base     int64 // stream offset of buf[0]
	stop     int64 // offset at which the current part is too long; 0 is none
	depth    int
	text     []byte
	nest     []byte
	lim      Limits
	readErr  error
	repeats  repeats // of the objects walked by each
}

const scanBuffer = 64 << 10

func newScanner(r io.Reader, lim Limits) *scanner {
	return &scanner{r: r, buf: make([]byte, scanBuffer), lim: lim}
}

// reset starts on another stream and keeps the buffers.
func (s *scanner) reset(r io.Reader) {
	s.r, s.pos, s.end, s.base, s.stop, s.depth, s.readErr = r, 0, 0, 0, 0, 0, nil
}

func (s *scanner) offset() int64 { return s.base + int64(s.pos) }

// fill replaces the consumed buffer; it is called only when pos == end.
func (s *scanner) fill() error {
	if s.readErr != nil {
		return s.readErr
	}
	s.base += int64(s.end)
	s.pos, s.end = 0, 0
	for range 100 {
		n, err := s.r.Read(s.buf)
		s.end, s.readErr = n, err
		if n > 0 {
			if s.stop > 0 && s.base > s.stop {
				s.readErr = fault.Invalidf("one sample is longer than %d bytes", s.lim.MaxSampleBytes)
				return s.readErr
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

func (s *scanner) bad(format string, args ...any) error {
	return fault.Invalidf(format, args...).At("byte %d", s.offset())
}

// cut turns the end of the stream inside a value into a fault.
func (s *scanner) cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.Corruptf("the JSON ends in the middle of a value").At("byte %d", s.offset())
	}
	return err
}

// peek gives the next byte that is not white space, io.EOF at the end.
func (s *scanner) peek() (byte, error) {
	for {
		for s.pos < s.end {
			c := s.buf[s.pos]
			if c != ' ' && c != '\n' && c != '\r' && c != '\t' {
				return c, nil
			}
			s.pos++
		}
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
}

func (s *scanner) expect(want byte) error {
	c, err := s.peek()
	if err != nil {
		return s.cut(err)
	}
	if c != want {
		return s.bad("expected %q and found %q", want, c)
	}
	s.pos++
	return nil
}

func (s *scanner) enter() error {
	if s.depth++; s.depth > s.lim.MaxDepth {
		return s.bad("the JSON nests deeper than %d levels", s.lim.MaxDepth)
	}
	return nil
}

// object walks the members of an object; member must consume each value. The
// name is valid only until the next read.
func (s *scanner) object(member func(name []byte) error) error {
	if err := s.expect('{'); err != nil {
		return err
	}
	return s.items('}', func() error {
		name, err := s.stringBytes()
		if err != nil {
			return err
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		return member(name)
	})
}

// array walks the elements of an array; element must consume each value.
func (s *scanner) array(element func() error) error {
	if err := s.expect('['); err != nil {
		return err
	}
	return s.items(']', element)
}

func (s *scanner) items(closer byte, item func() error) error {
	if err := s.enter(); err != nil {
		return err
	}
	for first := true; ; first = false {
		c, err := s.peek()
		if err != nil {
			return s.cut(err)
		}
		if c == closer && first {
			s.pos++
			break
		}
		if err := item(); err != nil {
			return err
		}
		if c, err = s.peek(); err != nil {
			return s.cut(err)
		}
		s.pos++
		if c == closer {
			break
		}
		if c != ',' {
			return s.bad("expected ',' or %q and found %q", closer, c)
		}
	}
	s.depth--
	return nil
}

// finish checks that nothing but white space follows.
func (s *scanner) finish() error {
	c, err := s.peek()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.bad("unexpected %q after the end of the JSON", c)
}

// skip consumes one value of any kind.
func (s *scanner) skip() error {
	c, err := s.peek()
	if err != nil {
		return s.cut(err)
	}
	switch c {
	case '"':
		s.pos++
		return s.skipString()
	case '{', '[':
		return s.skipNest()
	default:
		_, err := s.literal()
		return err
	}
}

func (s *scanner) skipNest() error {
	s.nest = s.nest[:0]
	for {
		for s.pos < s.end {
			c := s.buf[s.pos]
			s.pos++
			switch c {
			case '"':
				if err := s.skipString(); err != nil {
					return err
				}
			case '{', '[':
				if s.depth+len(s.nest) >= s.lim.MaxDepth {
					return s.bad("the JSON nests deeper than %d levels", s.lim.MaxDepth)
				}
				s.nest = append(s.nest, c+2) // '{'+2 is '}', '['+2 is ']'
			case '}', ']':
				if s.nest[len(s.nest)-1] != c {
					return s.bad("unexpected %q", c)
				}
				if s.nest = s.nest[:len(s.nest)-1]; len(s.nest) == 0 {
					return nil
				}
			}
		}
		if err := s.fill(); err != nil {
			return s.cut(err)
		}
	}
}

// skipString consumes up to the closing quote. A quote closes the string when
// an even number of backslashes stands before it, counted across buffers.
func (s *scanner) skipString() error {
	odd := false // an odd run of backslashes ends just before start
	start := s.pos
	for {
		q := bytes.IndexByte(s.buf[s.pos:s.end], '"')
		stop := s.end
		if q >= 0 {
			stop = s.pos + q
		}
		n := stop
		for n > start && s.buf[n-1] == '\\' {
			n--
		}
		escaped := (stop-n)%2 == 1
		if n == start {
			escaped = escaped != odd
		}
		if q >= 0 {
			s.pos = stop + 1
			if !escaped {
				return nil
			}
			odd, start = false, s.pos
			continue
		}
		s.pos = s.end
		if err := s.fill(); err != nil {
			return s.cut(err)
		}
		odd, start = escaped, s.pos
	}
}
