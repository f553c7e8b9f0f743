// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package session

import (
	"crypto/sha256"
	"sync"
	"time"
)

// limiter bounds how often something may be tried: so many at once, and then one
// each interval. It stands in memory and keeps no address: what is limited is the
// account that is tried, and all tries together.
type limiter struct {
	mu    sync.Mutex
	burst int
	every time.Duration
	// full is when each bucket is full again; a bucket that is full is not kept.
	full map[[32]byte]time.Time
}

func newLimiter(burst int, every time.Duration) *limiter {
	return &limiter{burst: burst, every: every, full: map[[32]byte]time.Time{}}
}

// maxBuckets bounds the memory. Where so many accounts were tried at once, others
// wait.
const maxBuckets = 10_000

// take tells whether one more try is allowed now, and counts it.
func (l *limiter) take(what string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := sha256.Sum256([]byte(what))
	full, tried := l.full[key]
	if !tried && len(l.full) >= maxBuckets {
		for k, t := range l.full {
			if !t.After(now) {
				delete(l.full, k)
			}
		}
		if len(l.full) >= maxBuckets {
			return false
		}
	}
	if full.Before(now) {
		full = now
	}
	full = full.Add(l.every)
	if full.Sub(now) > time.Duration(l.burst)*l.every {
		return false
	}
	l.full[key] = full
	return true
}

// forgive empties the bucket of an account whose owner came in.
func (l *limiter) forgive(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.full, sha256.Sum256([]byte(what)))
}
