// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"path/filepath"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/blob"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
)

// migrateCmd moves a workspace's database and blobs between its folder and
// servers.
type migrateCmd struct {
	To    string `placeholder:"DSN|DIR" help:"Where the database goes: postgres://user@host/name, or the workspace's own folder."`
	Blobs string `placeholder:"S3|DIR" help:"Where score tables and logs go: s3://bucket/prefix?endpoint=URL&region=NAME, or the workspace's own folder."`
}

func (c migrateCmd) Run(s *session) error {
	if c.To == "" && c.Blobs == "" {
		return fault.Usagef("say what moves where").Hinted("give --to, --blobs or both")
	}
	now, err := app.StorageOf(s.dir())
	if err != nil {
		return err
	}
	database, blobs := now.Database, now.Blobs
	if c.To != "" {
		if database, err = c.target(s, "--to", c.To, journal.IsDSN(c.To)); err != nil {
			return err
		}
	}
	if c.Blobs != "" {
		if blobs, err = c.target(s, "--blobs", c.Blobs, blob.IsS3(c.Blobs)); err != nil {
			return err
		}
	}
	next, forgot, err := app.NewStorage(database, blobs)
	if err != nil {
		return err
	}
	m, err := app.Migrate(s.ctx, s.dir(), next)
	if err != nil {
		return err
	}
	s.passwordForgotten(forgot)
	return c.report(s, m)
}

// target gives "" for the workspace's own folder.
func (c migrateCmd) target(s *session, flag, to string, address bool) (string, error) {
	if address {
		return to, nil
	}
	own, err := filepath.Abs(s.dir())
	if err != nil {
		return "", err
	}
	if to, err = filepath.Abs(to); err != nil {
		return "", err
	}
	if to != own {
		return "", fault.Usagef("%s names neither a server nor the workspace's own folder, %s", flag, own).
			Hinted("to move a workspace to another folder, move the folder")
	}
	return "", nil
}

func (c migrateCmd) report(s *session, m app.Migrated) error {
	if s.JSON {
		return s.print(struct {
			Database string `json:"database"`
			Blobs    string `json:"blobs"`
			Size     int64  `json:"size"`
			Root     string `json:"root"`
			Copied   int    `json:"blobs_copied"`
		}{m.Storage.Database, m.Storage.Blobs, m.Head.Size, m.Head.Root.String(), m.Blobs})
	}
	if m.Head.Size > 0 {
		s.say("The journal moved: %s, with the same root %s.", plural(int(m.Head.Size), "entry", "entries"), m.Head.Root)
		s.note("the old database is sealed and can go once there is a backup of the new one; start again every process that had this workspace open")
	}
	if c.Blobs != "" {
		s.say("%s copied; those in the old place can go.", plural(m.Blobs, "blob", "blobs"))
	}
	return nil
}

// passwordForgotten says that a password was given and is not kept.
func (s *session) passwordForgotten(forgot bool) {
	if forgot {
		s.note("the password is kept nowhere: set HOLDPOINT_DATABASE to the whole connection string wherever this workspace is opened")
	}
}
