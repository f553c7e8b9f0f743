// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package session

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/directory"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// Options say how people come in.
type Options struct {
	App *app.App
	// Origin is the address that browsers use: https://HOST, or http:// on this
	// machine only. Cookies are for it, and a sign-in provider sends people back to
	// it.
	Origin string
	// Passwords allows the passwords of this workspace. They are for one machine
	// with the embedded database, and not beside a sign-in provider.
	Passwords bool
	// OIDC is the sign-in provider; nil is none.
	OIDC *Provider
	// Log gets why a sign-in failed, without who; nil is nowhere.
	Log *slog.Logger
	// Idle ends a session that was not used for so long, Absolute every session; 0
	// means 2 and 12 hours.
	Idle, Absolute time.Duration
	// Now is the clock; nil is the wall's.
	Now func() time.Time
}

// Keeper lets people in and says who is behind a request.
//
// A session ends when it is idle or old, when it is revoked, when a password or
// identity of its person changes, and when the roles of its person change: what a
// role adds is not given to whoever holds a cookie from before, but to who signs
// in again. Signing in always makes a new secret and ends the session before it.
type Keeper struct {
	register Register
	options  Options
	secure   bool
	accounts *limiter
	everyone *limiter
	starts   *limiter
	provider discovery
}

// New checks the options. It asks no provider: that is done when somebody signs
// in, so that a server starts while its provider is down.
func New(o Options) (*Keeper, error) {
	u, err := url.Parse(o.Origin)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		return nil, fault.Invalidf("%q is not an address that a sign-in is safe at", o.Origin).Hinted("use https://HOST; http only for this machine")
	}
	if o.OIDC != nil {
		if o.Passwords {
			return nil, fault.Invalidf("passwords and a sign-in provider are not for the same workspace").Hinted("people sign in with the provider's accounts")
		}
		if err := o.OIDC.check(); err != nil {
			return nil, err
		}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Idle == 0 {
		o.Idle = 2 * time.Hour
	}
	if o.Absolute == 0 {
		o.Absolute = 12 * time.Hour
	}
	g := NewRegister(o.App)
	g.now = o.Now
	return &Keeper{
		register: g, options: o, secure: u.Scheme == "https",
		accounts: newLimiter(5, time.Minute), everyone: newLimiter(60, time.Second), starts: newLimiter(120, time.Second),
	}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Register is what the keeper knows who may come in by.
func (k *Keeper) Register() Register { return k.register }

// cookie is a cookie of this server. With TLS its name makes browsers refuse it
// from any other host or path (RFC 6265bis, section 4.1.3.2).
func (k *Keeper) cookie(suffix, value string, life time.Duration) *http.Cookie {
	c := &http.Cookie{Name: k.cookieName(suffix), Value: value, Path: "/", HttpOnly: true, Secure: k.secure, SameSite: http.SameSiteLaxMode, MaxAge: int(life / time.Second)}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

func (k *Keeper) cookieName(suffix string) string {
	if k.secure {
		return "__Host-holdpoint" + suffix
	}
	return "holdpoint" + suffix
}

func (k *Keeper) secretOf(r *http.Request, suffix string) []byte {
	c, err := r.Cookie(k.cookieName(suffix))
	if err != nil {
		return nil
	}
	return read(c.Value)
}

type refusedKey struct{}

// Refused tells why the token that a request came with was not accepted; nil
// where there was none, or it was. Who holds a token may know that.
func Refused(ctx context.Context) error {
	err, _ := ctx.Value(refusedKey{}).(error)
	return err
}

// Middleware puts the [Caller] of a request into its context. A cookie that is
// unknown, over or revoked is nobody's, and nothing says which. A request with an
// Authorization header is its token's, and never its cookie's.
func (k *Keeper) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if authorized(r) {
			c, err := k.register.caller(r.Context(), bearer(r))
			if err == nil {
				next.ServeHTTP(w, r.WithContext(With(r.Context(), c)))
				return
			}
			if kind := fault.KindOf(err); kind != fault.Forbidden {
				k.options.Log.Error("a token could not be looked up", "kind", string(kind))
				err = fault.New(fault.Unavailable, "the token cannot be looked up now").Hinted("try again")
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), refusedKey{}, err)))
			return
		}
		c, had, ok := k.session(r)
		if ok {
			r = r.WithContext(With(r.Context(), c))
		} else if had {
			http.SetCookie(w, k.cookie("", "", 0))
		}
		next.ServeHTTP(w, r)
	})
}

// session gives who a request's cookie is; had tells that there was one that
// leads nowhere any more.
func (k *Keeper) session(r *http.Request) (c Caller, had, ok bool) {
	if _, err := r.Cookie(k.cookieName("")); err != nil {
		return c, false, false
	}
	secret := k.secretOf(r, "")
	if secret == nil {
		return c, true, false
	}
	ctx, now := r.Context(), k.register.ms()
	s, err := directory.SessionOf(ctx, k.register.app.Directory(), hashOf(secret))
	if err != nil {
		if fault.KindOf(err) != fault.NotFound {
			k.options.Log.Error("a login session could not be looked up", "why", err)
			return c, false, false
		}
		return c, true, false
	}
	good, err := k.good(ctx, s, now)
	if err != nil {
		k.options.Log.Error("a login session could not be checked", "why", err)
		return c, false, false
	}
	if !good {
		_ = k.register.EndSession(ctx, s.ID)
		return c, true, false
	}
	if now-s.Seen >= time.Minute.Milliseconds() {
		// Where this cannot be written, the session ends sooner.
		_ = k.register.app.Keep(ctx, func(db directory.DB) error { return directory.SeeSession(ctx, db, s.ID, now) })
	}
	return Caller{Actor: s.Actor, Means: Means(s.Means), ID: s.ID}, true, true
}

// good tells whether a session is neither old nor idle, and its person is there
// with the roles they signed in with.
func (k *Keeper) good(ctx context.Context, s directory.Session, now int64) (bool, error) {
	if s.Expires <= now || s.Seen+k.options.Idle.Milliseconds() <= now {
		return false, nil
	}
	_, roles, err := k.register.person(ctx, s.Actor)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil && roles == s.Roles, err
}

// Begin lets a person in whose identity is proven: it makes a session with a new
// secret, sets the cookie, and ends the session that the browser had. Label says
// in a word how they came in, such as "password".
func (k *Keeper) Begin(w http.ResponseWriter, r *http.Request, actor string, means Means, label string) (Session, error) {
	ctx, now := r.Context(), k.register.ms()
	p, roles, err := k.register.person(ctx, actor)
	if err != nil {
		return Session{}, err
	}
	if p.Kind == access.Automation {
		return Session{}, fault.Forbiddenf("%q is an automation, and an automation has no browser", actor).Hinted("give it a token: holdpoint token new %s", actor)
	}
	secret := newSecret()
	row := directory.Session{
		ID: newID("login"), Hash: hashOf(secret), Actor: actor, Means: string(means), Label: label, Roles: roles,
		Created: now, Seen: now, Expires: now + k.options.Absolute.Milliseconds(),
	}
	before := k.secretOf(r, "")
	err = k.register.app.Keep(ctx, func(db directory.DB) error {
		if err := directory.Tidy(ctx, db, now, now-k.options.Idle.Milliseconds(), now-forgetTokens.Milliseconds()); err != nil {
			return err
		}
		if old, err := directory.SessionOf(ctx, db, hashOf(before)); err == nil {
			if _, err := directory.EndSession(ctx, db, old.ID); err != nil {
				return err
			}
		}
		return directory.AddSession(ctx, db, row)
	})
	if err != nil {
		return Session{}, err
	}
	http.SetCookie(w, k.cookie("", written(secret), k.options.Absolute))
	return sessionOf(row), nil
}

// SignOut ends the session of a request and takes its cookie away.
func (k *Keeper) SignOut(w http.ResponseWriter, r *http.Request) error {
	http.SetCookie(w, k.cookie("", "", 0))
	secret := k.secretOf(r, "")
	if secret == nil {
		return nil
	}
	return k.register.app.Keep(r.Context(), func(db directory.DB) error {
		s, err := directory.SessionOf(r.Context(), db, hashOf(secret))
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		if err == nil {
			_, err = directory.EndSession(r.Context(), db, s.ID)
		}
		return err
	})
}

// SignInPassword lets a person in by their id, as it is written in the journal,
// and their password. A wrong name and a wrong password are refused with the same
// words after the same work. Five tries of one account may fail at once and then
// one a minute, whoever tries; an account that others hammer on has to wait, and
// is better signed in to with a passkey or a provider.
func (k *Keeper) SignInPassword(w http.ResponseWriter, r *http.Request, id, password string) (Session, error) {
	if !k.options.Passwords {
		return Session{}, fault.Forbiddenf("this server has no sign-in with a password").Hinted("use the sign-in that the page shows")
	}
	now := k.options.Now()
	if !k.everyone.take("", now) || !k.accounts.take(id, now) {
		k.options.Log.Warn("a sign-in was refused", "by", "password", "why", "too many tries")
		return Session{}, fault.New(fault.Unavailable, "there were too many tries to sign in").Hinted("try again in a minute")
	}
	kept, err := directory.Password(r.Context(), k.register.app.Directory(), id)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Session{}, err
	}
	if len(password) > MaxPassword {
		password = "" // as much work as for any other
	}
	ok, err := k.register.kiln.matches(r.Context(), kept, password)
	if err != nil {
		return Session{}, err
	}
	if !ok {
		k.options.Log.Warn("a sign-in was refused", "by", "password", "why", "wrong name or password")
		return Session{}, fault.Forbiddenf("the name or the password is wrong").Hinted("the name is your id in the journal, in small letters; holdpoint person password sets a new password")
	}
	k.accounts.forgive(id)
	return k.Begin(w, r, id, Browser, "password")
}
