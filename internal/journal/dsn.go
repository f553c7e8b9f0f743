// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal

import (
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// IsDSN tells whether a text is a connection string of PostgreSQL, which begins
// with postgres:// or postgresql://.
func IsDSN(text string) bool {
	return strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
}

// PublicDSN gives a connection string without its password, to be kept in a file.
// secret tells whether there was one.
func PublicDSN(dsn string) (public string, secret bool, err error) {
	bad := fault.Invalidf("the connection string of the database cannot be read").
		Hinted("write it as postgres://user@host:5432/name; a password belongs into the environment")
	if !IsDSN(dsn) {
		return "", false, bad
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "", false, bad
	}
	if _, err := pgx.ParseConfig(dsn); err != nil {
		return "", false, bad
	}
	if _, has := u.User.Password(); has {
		u.User, secret = url.User(u.User.Username()), true
	}
	q := u.Query()
	for _, name := range []string{"password", "sslpassword"} {
		if q.Has(name) {
			q.Del(name)
			secret = true
		}
	}
	u.RawQuery = q.Encode()
	return u.String(), secret, nil
}

// DescribeDSN names a database in an error or on a page: no password, no
// parameters but the host.
func DescribeDSN(dsn string) string {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return "postgres://?"
	}
	u := url.URL{Scheme: "postgres", Host: c.Host, Path: "/" + c.Database}
	if strings.HasPrefix(c.Host, "/") {
		u.Host, u.RawQuery = "", "host="+c.Host
	}
	return u.String()
}

// SameDatabase tells whether two connection strings name one database of one
// server, whoever connects.
func SameDatabase(a, b string) bool {
	if !IsDSN(a) || !IsDSN(b) {
		return false
	}
	x, err := pgx.ParseConfig(a)
	if err != nil {
		return false
	}
	y, err := pgx.ParseConfig(b)
	return err == nil && x.Host == y.Host && x.Port == y.Port && x.Database == y.Database
}
