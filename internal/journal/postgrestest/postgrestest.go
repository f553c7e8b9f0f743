// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

// Package postgrestest starts a PostgreSQL cluster for the tests of one binary.
//
// The cluster starts with the first [DSN] and ends with the process, however
// that ends: a shell beside it waits for the end of a pipe. It listens on a unix
// socket only. Where PostgreSQL is not installed the test is skipped loudly, and
// fails where HOLDPOINT_REQUIRE contains "postgres", as in CI.
//
// The package is for tests only.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/holdpoint/holdpoint/internal/testdata"
)

// DSN makes a new empty database and gives its connection string.
func DSN(t testing.TB) string {
	t.Helper()
	c := started(t)
	name := fmt.Sprint("d", c.count.Add(1))
	if err := c.exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	return c.dsn(name)
}

// Tool gives the path of one of PostgreSQL's programs, such as pg_dump.
func Tool(t testing.TB, name string) string {
	t.Helper()
	return filepath.Join(started(t).bin, name)
}

// At gives a connection string whose server is looked for in another socket
// folder.
func At(dsn, folder string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		panic(err)
	}
	q := u.Query()
	q.Set("host", folder)
	u.RawQuery = q.Encode()
	return u.String()
}

// Socket gives the path of the server's socket.
func Socket(t testing.TB) string {
	t.Helper()
	return filepath.Join(started(t).dir, socketName)
}

const socketName = ".s.PGSQL.5432"

type cluster struct {
	bin, dir string
	// hold keeps the server alive until it is closed, by the end of the process
	// at the latest.
	hold  io.WriteCloser
	count atomic.Int64
}

var start = sync.OnceValues(begin)

func started(t testing.TB) *cluster {
	t.Helper()
	c, err := start()
	if errors.Is(err, errMissing) {
		if testdata.Required("postgres") {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var errMissing = errors.New("PostgreSQL is not installed: initdb is neither in PG_BINDIR, nor in /usr/lib/postgresql, nor in PATH")

func binaries() (string, error) {
	if dir := os.Getenv("PG_BINDIR"); dir != "" {
		return dir, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.SortFunc(found, func(a, b string) int { return release(b) - release(a) })
	if len(found) > 0 {
		return filepath.Dir(found[0]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errMissing
	}
	return filepath.Dir(path), nil
}

func release(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return n
}

// begin makes and starts the cluster. A commit is durable in it, as the product
// asks for: fsync stays on.
func begin() (*cluster, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "hp-pg")
	if err != nil {
		return nil, err
	}
	c := &cluster{bin: bin, dir: dir}
	as, err := c.owner()
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-A", "trust", "-U", "t", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-D", data)
	initdb.SysProcAttr, initdb.Dir = as, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	if err := c.serve(as, data); err != nil {
		return nil, err
	}
	return c, c.ready()
}

// owner gives the folder to an ordinary user where the test runs as root, as
// whom PostgreSQL refuses to run.
func (c *cluster) owner() (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	var errs []error
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, os.Chown(c.dir, uid, gid)
	}
	return nil, errors.Join(errs...)
}

// serve starts the server under a shell that stops it and removes everything
// when this process is gone.
func (c *cluster) serve(as *syscall.SysProcAttr, data string) (err error) {
	const wait = `trap '' INT TERM; dir=$1; shift; "$@" >"$dir/log" 2>&1 & read -r _; kill -INT $!; wait $!; rm -rf "$dir"`
	cmd := exec.Command("/bin/sh", "-c", wait, "sh", c.dir, filepath.Join(c.bin, "postgres"), "-D", data, "-k", c.dir,
		"-c", "listen_addresses=", "-c", "shared_buffers=32MB", "-c", "max_connections=200")
	cmd.SysProcAttr, cmd.Dir = as, c.dir
	if c.hold, err = cmd.StdinPipe(); err != nil {
		return err
	}
	return cmd.Start()
}

func (c *cluster) ready() (err error) {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(25 * time.Millisecond) {
		if err = c.exec("SELECT 1"); err == nil {
			return nil
		}
	}
	log, _ := os.ReadFile(filepath.Join(c.dir, "log"))
	return fmt.Errorf("the test's PostgreSQL does not answer: %w\n%s", err, log)
}

func (c *cluster) dsn(database string) string {
	return "postgres://t@/" + database + "?" + url.Values{"host": {c.dir}}.Encode()
}

func (c *cluster) exec(query string) error {
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	conn, err := pgx.Connect(ctx, c.dsn("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, query)
	return err
}
