// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/holdpoint/holdpoint/internal/blob"
	"github.com/holdpoint/holdpoint/internal/directory"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
)

// databaseVariable is the environment's whole connection string, with the
// password that storage.yaml does not hold.
const databaseVariable = "HOLDPOINT_DATABASE"

// Storage says where a workspace keeps what does not lie in its folder. It is
// the file storage.yaml; without one everything lies in the folder.
type Storage struct {
	// Database is a connection string of PostgreSQL without its password, or
	// "" for holdpoint.db in the folder.
	Database string `yaml:"database,omitempty"`
	// Blobs is the address of a bucket, or "" for blobs/ in the folder.
	Blobs string `yaml:"blobs,omitempty"`

	// secret is the connection string as it was given, for this run only.
	secret string
}

// NewStorage checks what was given and takes the password out of it; forgot
// tells that there was one, which is kept nowhere.
func NewStorage(database, blobs string) (s Storage, forgot bool, err error) {
	s = Storage{Blobs: blobs, secret: database}
	if database != "" {
		if s.Database, forgot, err = journal.PublicDSN(database); err != nil {
			return s, false, err
		}
	}
	if blobs != "" {
		_, err = s.openBlobs("")
	}
	return s, forgot, err
}

func (s Storage) same(o Storage) bool { return s.Database == o.Database && s.Blobs == o.Blobs }

func readStorage(dir string) (s Storage, err error) {
	raw, err := os.ReadFile(filepath.Join(dir, storageFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Storage{}, nil
	}
	if err != nil {
		return s, fault.New(fault.Unavailable, "%s cannot be read: %w", storageFile, err)
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(&s); err != nil && !errors.Is(err, io.EOF) {
		return s, fault.Invalidf("%s cannot be understood", storageFile).
			Hinted("it has two lines at most: database: postgres://user@host/name, and blobs: s3://bucket/prefix?endpoint=...&region=...")
	}
	return s, nil
}

// write replaces the file at once, or takes it away where everything lies in the
// folder.
func (s Storage) write(dir string) (err error) {
	defer func() {
		if err != nil {
			err = fault.New(fault.Unavailable, "%s cannot be written: %w", storageFile, err)
		}
	}()
	path := filepath.Join(dir, storageFile)
	if s.same(Storage{}) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return syncFolder(dir)
	}
	raw, err := yaml.Marshal(s)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, unfinished)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString("# Where this workspace keeps what does not lie in this folder. No password here:\n# it comes from " + databaseVariable + " in the environment.\n" + string(raw))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(dir)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// dsn gives the connection string with its password.
func (s Storage) dsn() (string, error) {
	given := os.Getenv(databaseVariable)
	switch {
	case given != "" && journal.SameDatabase(given, s.Database):
		return given, nil
	case s.secret != "":
		return s.secret, nil
	case given != "":
		return "", fault.Conflictf("%s names another database than this workspace, which lies in %s", databaseVariable, journal.DescribeDSN(s.Database)).
			Hinted("correct the variable, or leave it out")
	}
	return s.Database, nil
}

// where names the database in words, without anything secret.
func (s Storage) where() string {
	if s.Database == "" {
		return databaseFile
	}
	return journal.DescribeDSN(s.Database)
}

// there tells whether the database is known to exist: that of a server is until
// it is asked.
func (s Storage) there(dir string) bool { return s.Database != "" || exists(dir, databaseFile) }

func (s Storage) open(ctx context.Context, dir string, readOnly bool) (journal.Database, error) {
	parts := []journal.Part{{Name: directory.Part, Steps: directory.Steps()}}
	if s.Database == "" {
		return openFile(ctx, filepath.Join(dir, databaseFile), journal.SQLiteOptions{Keys: directory.ActKeys{}, Parts: parts, ReadOnly: readOnly})
	}
	dsn, err := s.dsn()
	if err != nil {
		return nil, err
	}
	store, err := journal.OpenPostgres(ctx, dsn, journal.PostgresOptions{Keys: directory.ActKeys{}, Parts: parts, ReadOnly: readOnly})
	if err != nil {
		return nil, err
	}
	return store, nil
}

// openFile keeps a nil of one type from becoming an interface that is not nil.
func openFile(ctx context.Context, path string, o journal.SQLiteOptions) (journal.Database, error) {
	store, err := journal.OpenSQLite(ctx, path, o)
	if err != nil {
		return nil, err
	}
	return store, nil
}

func (s Storage) openBlobs(dir string) (blob.Store, error) {
	if s.Blobs == "" {
		folder, err := blob.OpenFolder(filepath.Join(dir, blobFolder))
		if err != nil {
			return nil, err
		}
		return folder, nil
	}
	bucket, err := blob.OpenS3(s.Blobs, blob.Credentials{
		Key: os.Getenv("AWS_ACCESS_KEY_ID"), Secret: os.Getenv("AWS_SECRET_ACCESS_KEY"), Session: os.Getenv("AWS_SESSION_TOKEN"),
	})
	if err != nil {
		return nil, err
	}
	return bucket, nil
}
