// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/holdpoint/holdpoint/internal/decision"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/signoff"
)

// SampleRule says how a sample is drawn, for whoever draws it again.
const SampleRule = "For each decision on which somebody signed an answer, take SHA-256 over the seed, a line feed (0x0A) and the decision's id; " +
	"order by that digest in hexadecimal and take the first."

// Sample is some decisions, drawn so that anybody with the same journal and seed
// draws the same.
type Sample struct {
	Origin string
	// Size counts the entries of the journal it was drawn from, Root is the root
	// over them in base64.
	Size int64
	Root string
	Seed string
	// Asked is how many were asked for, Population how many could be drawn.
	Asked, Population int
	// Reported counts decisions that a source reports; nobody signed them here, so
	// none is drawn.
	Reported int
	Drawn    []Sampled
}

// Sampled is a decision as it was signed.
type Sampled struct {
	Decision decision.Decision
	// Bytes are the decision file: exactly what the digest is of.
	Bytes  []byte
	Status signoff.Status
}

// Draw draws at most n of the decisions that somebody signed, in the order of
// their ids' entries.
func Draw(m Moment, n int, seed string) (Sample, error) {
	if n < 1 {
		return Sample{}, fault.Usagef("a sample has at least one decision, not %d", n)
	}
	if seed == "" {
		return Sample{}, fault.Usagef("a seed is missing").Hinted("choose any text, after the journal's head is known to both sides")
	}
	w, view := m.View.State, m.View
	s := Sample{Origin: view.Begun.Origin, Size: view.Size, Root: view.Root.String(), Seed: seed, Asked: n}
	for _, d := range w.Decision.All() {
		st, err := w.Signoff.Status(d.Question)
		if d.Question == "" || err != nil {
			s.Reported++
			continue
		}
		if slices.ContainsFunc(st.Slots, func(a signoff.Answered) bool { return a.Seq != 0 }) {
			s.Drawn = append(s.Drawn, Sampled{Decision: d, Status: st})
		}
	}
	s.Population = len(s.Drawn)
	slices.SortFunc(s.Drawn, func(a, b Sampled) int { return strings.Compare(rank(seed, a), rank(seed, b)) })
	s.Drawn = s.Drawn[:min(n, len(s.Drawn))]
	slices.SortFunc(s.Drawn, func(a, b Sampled) int { return cmp.Compare(a.Decision.Seq, b.Decision.Seq) })
	for i := range s.Drawn {
		if err := s.Drawn[i].read(); err != nil {
			return Sample{}, err
		}
	}
	return s, nil
}

func rank(seed string, s Sampled) string {
	sum := sha256.Sum256([]byte(seed + "\n" + s.Decision.File.ID))
	return hex.EncodeToString(sum[:])
}

// read fills in the bytes, and holds them against the digest that was signed.
func (s *Sampled) read() error {
	b, err := s.Decision.File.Bytes()
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != s.Decision.Digest {
		return fault.Corruptf("the file of %s does not have the digest that was signed", s.Decision.File.ID)
	}
	s.Bytes = b
	return nil
}
