// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/directory"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// The cost of a password: argon2id (RFC 9106) with two passes over 64 MiB and one
// lane, above the least that OWASP's Password Storage Cheat Sheet names.
const (
	passes    = 2
	memoryKiB = 64 * 1024
	lanes     = 1
	saltBytes = 16
	sumBytes  = 32
)

// Lengths of a password in bytes. NIST SP 800-63B-4, section 3.1.1, asks for 15
// where a password is the only factor.
const (
	MinPassword = 15
	MaxPassword = 1024
)

// kiln computes slow hashes, so many at a time and no more: each takes 64 MiB, and
// a storm of sign-ins must not take all the memory there is.
type kiln struct {
	// places are taken while a hash is computed; queue counts who waits too.
	places, queue chan struct{}
	// stretch is argon2id; a test counts its calls.
	stretch func(password, salt []byte) []byte
}

const (
	kilnPlaces = 2
	kilnQueue  = 16
)

func newKiln() *kiln {
	return &kiln{places: make(chan struct{}, kilnPlaces), queue: make(chan struct{}, kilnQueue), stretch: stretch}
}

func stretch(password, salt []byte) []byte {
	return argon2.IDKey(password, salt, passes, memoryKiB, lanes, sumBytes)
}

// fire computes one hash. It is a fault of kind Unavailable where too many wait.
func (k *kiln) fire(ctx context.Context, password, salt []byte) ([]byte, error) {
	select {
	case k.queue <- struct{}{}:
		defer func() { <-k.queue }()
	default:
		return nil, fault.New(fault.Unavailable, "too many people sign in at this moment").Hinted("try again in a minute")
	}
	select {
	case k.places <- struct{}{}:
		defer func() { <-k.places }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return k.stretch(password, salt), nil
}

// bake gives the text that is kept of a password, in the form of the reference
// implementation of Argon2.
func (k *kiln) bake(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	sum, err := k.fire(ctx, []byte(password), salt)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes, b64.EncodeToString(salt), b64.EncodeToString(sum)), nil
}

// matches tells whether a password is the kept one. Where nothing is kept ("") it
// takes as long, and is false.
func (k *kiln) matches(ctx context.Context, kept, password string) (bool, error) {
	salt, want := make([]byte, saltBytes), make([]byte, sumBytes)
	known := kept != ""
	if known {
		var err error
		if salt, want, err = parseKept(kept); err != nil {
			return false, err
		}
	}
	got, err := k.fire(ctx, []byte(password), salt)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

func parseKept(kept string) (salt, sum []byte, err error) {
	head := fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$", argon2.Version, memoryKiB, passes, lanes)
	rest, ok := strings.CutPrefix(kept, head)
	first, second, cut := strings.Cut(rest, "$")
	salt, err1 := base64.RawStdEncoding.DecodeString(first)
	sum, err2 := base64.RawStdEncoding.DecodeString(second)
	if !ok || !cut || err1 != nil || err2 != nil || len(salt) != saltBytes || len(sum) != sumBytes {
		return nil, nil, fault.Corruptf("the kept hash of a password is not of this release's form").Hinted("set the password again: holdpoint person password PERSON")
	}
	return salt, sum, nil
}

// SetPassword gives a person a password, and ends the person's login sessions but
// the one of the id keep, which may be "".
func (g Register) SetPassword(ctx context.Context, person, password, keep string) error {
	if len(password) < MinPassword || len(password) > MaxPassword || !utf8.ValidString(password) || strings.EqualFold(password, person) {
		return fault.Invalidf("a password has %d to %d bytes and is not the person's id", MinPassword, MaxPassword).
			Hinted("several words in a row are easy to keep in mind and long enough")
	}
	p, _, err := g.person(ctx, person)
	if err != nil {
		return err
	}
	if p.Kind == access.Automation {
		return fault.Invalidf("%q is an automation, and has no password", person).Hinted("give it a token: holdpoint token new %s --scopes check --expires 90d", person)
	}
	kept, err := g.kiln.bake(ctx, password)
	if err != nil {
		return err
	}
	return g.app.Keep(ctx, func(db directory.DB) error {
		if err := directory.SetPassword(ctx, db, person, kept, g.ms()); err != nil {
			return err
		}
		_, err := directory.EndSessions(ctx, db, person, keep)
		return err
	})
}
