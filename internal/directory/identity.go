// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package directory

import (
	"context"
	"database/sql"
	"errors"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// Identity links a subject of a sign-in provider to an actor. Linked is in
// milliseconds since 1970.
type Identity struct {
	Issuer, Subject string
	Actor           string
	Linked          int64
}

// Link keeps an identity; a fault of kind Conflict where the subject is
// somebody's already, for a subject is one person's.
func Link(ctx context.Context, db DB, i Identity) error {
	made, err := removed(db.ExecContext(ctx, `INSERT INTO identities (issuer, subject, actor, linked) VALUES ($1, $2, $3, $4)
		ON CONFLICT (issuer, subject) DO NOTHING`, i.Issuer, i.Subject, i.Actor, i.Linked))
	if err != nil || made {
		return err
	}
	have, err := Linked(ctx, db, i.Issuer, i.Subject)
	if err != nil {
		return err
	}
	return fault.Conflictf("this subject is linked to %q already", have).
		Hinted("unlink it first with: holdpoint identity unlink %s --issuer %s --subject %s", have, i.Issuer, i.Subject)
}

// Linked gives the actor of a subject; a fault of kind NotFound where it is
// nobody's. Both are compared byte for byte.
func Linked(ctx context.Context, db DB, issuer, subject string) (actor string, err error) {
	err = db.QueryRowContext(ctx, `SELECT actor FROM identities WHERE issuer = $1 AND subject = $2`, issuer, subject).Scan(&actor)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.NotFoundf("nobody here is linked to this subject")
	}
	return actor, err
}

// Identities lists what is linked to an actor, or to anybody for "".
func Identities(ctx context.Context, db DB, actor string) ([]Identity, error) {
	rows, err := db.QueryContext(ctx, `SELECT issuer, subject, actor, linked FROM identities WHERE actor = $1 OR $1 = '' ORDER BY actor, issuer, subject`, actor)
	if err != nil {
		return nil, err
	}
	return all(rows, func(row interface{ Scan(...any) error }) (i Identity, err error) {
		err = row.Scan(&i.Issuer, &i.Subject, &i.Actor, &i.Linked)
		return i, err
	})
}

// Unlink forgets one identity; false where the actor has none such.
func Unlink(ctx context.Context, db DB, i Identity) (bool, error) {
	return removed(db.ExecContext(ctx, `DELETE FROM identities WHERE issuer = $1 AND subject = $2 AND actor = $3`, i.Issuer, i.Subject, i.Actor))
}
