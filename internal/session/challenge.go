// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package session

import (
	"net/http"
	"time"

	"github.com/holdpoint/holdpoint/internal/directory"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// challengeLife is how long somebody may take between the two halves of a
// sign-in.
const challengeLife = 10 * time.Minute

// Challenge keeps what the second half of a sign-in must answer, and ties it to
// this browser by a short-lived cookie. Purpose is a word of letters, such as
// "passkey"; a browser has one challenge of each purpose at a time.
func (k *Keeper) Challenge(w http.ResponseWriter, r *http.Request, purpose string, data []byte) error {
	if !k.starts.take("", k.options.Now()) {
		return fault.New(fault.Unavailable, "too many sign-ins begin at this moment").Hinted("try again in a minute")
	}
	ctx, now, secret := r.Context(), k.register.ms(), newSecret()
	err := k.register.app.Keep(ctx, func(db directory.DB) error {
		if err := directory.Tidy(ctx, db, now, now-k.options.Idle.Milliseconds(), now-forgetTokens.Milliseconds()); err != nil {
			return err
		}
		return directory.AddChallenge(ctx, db, directory.Challenge{Hash: hashOf(secret), Purpose: purpose, Data: data, Expires: now + challengeLife.Milliseconds()})
	})
	if err == nil {
		http.SetCookie(w, k.cookie("-"+purpose, written(secret), challengeLife))
	}
	return err
}

// TakeChallenge gives what this browser has to answer, once.
func (k *Keeper) TakeChallenge(w http.ResponseWriter, r *http.Request, purpose string) ([]byte, error) {
	none := fault.Forbiddenf("no sign-in was begun in this browser, or it took longer than %d minutes, or it was answered", int(challengeLife/time.Minute)).
		Hinted("begin the sign-in again")
	secret := k.secretOf(r, "-"+purpose)
	if secret == nil {
		return nil, none
	}
	http.SetCookie(w, k.cookie("-"+purpose, "", 0))
	var c directory.Challenge
	err := k.register.app.Keep(r.Context(), func(db directory.DB) (err error) {
		c, err = directory.TakeChallenge(r.Context(), db, hashOf(secret), purpose)
		return err
	})
	if fault.KindOf(err) == fault.NotFound || err == nil && c.Expires <= k.register.ms() {
		return nil, none
	}
	return c.Data, err
}
