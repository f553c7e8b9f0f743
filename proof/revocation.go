// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

const revocationsHeading = "holdpoint revocations v1"

// Revocations is a signed list of the clearances that a journal has revoked. A
// list past its next update is stale, and a stale list means hold.
type Revocations struct {
	Origin string
	// Size is the number of entries that the list looked at; a later list has
	// a larger one.
	Size int64
	// Issued and NextUpdate are RFC 3339 in UTC.
	Issued     string
	NextUpdate string
	// IDs are clearance ids in order.
	IDs []string
}

// Text gives the lines that are signed: heading, origin, size, issued, next
// update, then one revoked id a line.
func (l Revocations) Text() string {
	lines := append([]string{revocationsHeading, l.Origin, strconv.FormatInt(l.Size, 10), l.Issued, l.NextUpdate}, l.IDs...)
	return strings.Join(lines, "\n") + "\n"
}

// Sign gives the list as a signed note.
func (l Revocations) Sign(key SigningKey) ([]byte, error) { return key.SignNote(l.Text()) }

// OpenRevocations reads a signed list and verifies it with the journal's key.
func OpenRevocations(msg []byte, key VerifyKey) (Revocations, error) {
	text, err := key.OpenNote(msg)
	if err != nil {
		return Revocations{}, fmt.Errorf("revocation list: %w", err)
	}
	l, err := parseRevocations(text)
	if err != nil {
		return Revocations{}, fmt.Errorf("revocation list: %w", err)
	}
	if l.Origin != key.Name() {
		return Revocations{}, fmt.Errorf("revocation list of %q is signed by the key of %q", l.Origin, key.Name())
	}
	return l, nil
}

func parseRevocations(text string) (Revocations, error) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) < 5 || lines[0] != revocationsHeading {
		return Revocations{}, fmt.Errorf("the heading %q is missing", revocationsHeading)
	}
	size, err := strconv.ParseInt(lines[2], 10, 64)
	if err != nil || size < 0 {
		return Revocations{}, fmt.Errorf("%q is not a size", lines[2])
	}
	l := Revocations{Origin: lines[1], Size: size, Issued: lines[3], NextUpdate: lines[4], IDs: lines[5:]}
	for _, t := range []string{l.Issued, l.NextUpdate} {
		if _, err := time.Parse(time.RFC3339, t); err != nil {
			return Revocations{}, fmt.Errorf("%q is not a time", t)
		}
	}
	if !slices.IsSorted(l.IDs) || slices.Contains(l.IDs, "") || l.Text() != text {
		return Revocations{}, fmt.Errorf("the list is not in its one spelling")
	}
	return l, nil
}

// Revoked tells whether the list names the clearance.
func (l Revocations) Revoked(id string) bool {
	_, found := slices.BinarySearch(l.IDs, id)
	return found
}

// fresh refuses a list that is past its next update. A list made after the
// moment judged for is newer knowledge, not a fault.
func (l Revocations) fresh(at time.Time, clock string) error {
	next, err := time.Parse(time.RFC3339, l.NextUpdate)
	if err != nil {
		return err
	}
	if !at.Before(next) {
		return fmt.Errorf("the revocation list is stale: its next update was due at %s, and it is %s (%s clock): fetch a new one",
			l.NextUpdate, at.UTC().Format(time.RFC3339), clock)
	}
	return nil
}
