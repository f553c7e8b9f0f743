// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/journal/journaltest"
	"github.com/holdpoint/holdpoint/internal/journal/postgrestest"
)

// wire is a network between the journal and its server on which a commit can be
// lost on its way there, or its answer on the way back.
type wire struct {
	dir    string
	server string
	mu     sync.Mutex
	// next says what happens to the next commit: "" nothing.
	next string
	hold chan struct{}
}

func newWire(t *testing.T) *wire {
	// A socket's path is short.
	dir, err := os.MkdirTemp("", "w")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{dir: dir, server: postgrestest.Socket(t), hold: make(chan struct{})}
	l, err := net.Listen("unix", filepath.Join(dir, filepath.Base(w.server)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(); os.RemoveAll(dir) })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
	return w
}

func (w *wire) plan(next string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = next
}

func (w *wire) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	next := w.next
	w.next = ""
	return next
}

func (w *wire) carry(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", w.server)
	if err != nil {
		return
	}
	defer server.Close()
	var deaf sync.Mutex // held while answers are thrown away
	go func() {
		defer client.Close()
		buf := make([]byte, 1<<16)
		for {
			n, err := server.Read(buf)
			deaf.Lock()
			if err == nil {
				_, err = client.Write(buf[:n])
			}
			deaf.Unlock()
			if err != nil {
				return
			}
		}
	}()
	buf := make([]byte, 1<<16)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		if bytes.Contains(bytes.ToLower(buf[:n]), []byte("commit\x00")) {
			switch w.take() {
			case "lost":
				return // neither side hears of the other again
			case "unanswered":
				deaf.Lock()
				client.Close()
				server.Write(buf[:n])
				time.Sleep(50 * time.Millisecond)
				deaf.Unlock()
				return
			case "stalled":
				<-w.hold
			}
		}
		if _, err := io.Copy(server, bytes.NewReader(buf[:n])); err != nil {
			return
		}
	}
}

func reopen(t *testing.T, o opts) *journal.Journal[toy] {
	t.Helper()
	j, err := journal.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Close)
	return j
}

// A commit that the network swallows is settled under the lock: lost on its way
// it did not happen, and only its answer lost it did; each is said as it is.
func TestPostgresCutCommit(t *testing.T) {
	dsn := postgrestest.DSN(t)
	w := newWire(t)
	j := begin(t, options(openPostgres(t, postgrestest.At(dsn, w.dir))), journal.Wall, 0)
	for i := range 5 {
		w.plan("lost")
		_, err := j.Do(context.Background(), add(1))
		if fault.KindOf(err) != fault.Unavailable || !bytes.Contains([]byte(err.Error()), []byte("nothing happened")) {
			t.Fatalf("lost commit: %v", err)
		}
		w.plan("unanswered")
		r := do(t, j, add(1))
		if want := int64(2*i + 1); r.First != want {
			t.Errorf("first %d, want %d", r.First, want)
		}
		do(t, j, add(1))
	}
	again := reopen(t, options(openPostgres(t, dsn)))
	if v := again.View(); v.Size != 11 || v.Root != j.View().Root {
		t.Errorf("size %d", v.Size)
	}
}

// While a commit hangs on its way, another server waits for the head row; then
// both go on.
func TestPostgresStalledCommit(t *testing.T) {
	dsn := postgrestest.DSN(t)
	w := newWire(t)
	j := begin(t, options(openPostgres(t, postgrestest.At(dsn, w.dir))), journal.Wall, 0)
	other := reopen(t, options(openPostgres(t, dsn)))
	w.plan("stalled")
	answers := make(chan string, 2)
	act := func(who string, j *journal.Journal[toy]) {
		if _, err := j.Do(context.Background(), add(1)); err != nil {
			t.Error(err)
		}
		answers <- who
	}
	go act("stalled", j)
	for {
		w.mu.Lock()
		reached := w.next == ""
		w.mu.Unlock()
		if reached {
			break
		}
		time.Sleep(time.Millisecond)
	}
	go act("other", other)
	select {
	case who := <-answers:
		t.Errorf("%s was answered while the head row was held", who)
	case <-time.After(100 * time.Millisecond):
	}
	if v, err := other.Fresh(context.Background()); err != nil || v.Size != 1 {
		t.Errorf("an uncommitted entry is shown: size %d, %v", v.Size, err)
	}
	close(w.hold)
	<-answers
	<-answers
	if v := reopen(t, options(openPostgres(t, dsn))).View(); v.Size != 3 {
		t.Errorf("size %d", v.Size)
	}
}

// A server that throws the writer out just before its commit undoes the act.
func TestPostgresTerminatedBeforeCommit(t *testing.T) {
	dsn := postgrestest.DSN(t)
	kill := false
	o := options(openPostgres(t, dsn)).WithStep(func(step string) {
		if step == "head moved" && kill {
			kill = false
			execute(t, dsn, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = current_database()")
		}
	})
	j := begin(t, o, journal.Wall, 0)
	kill = true
	_, err := j.Do(context.Background(), journaltest.Add("k", journaltest.Added{Name: "n", By: 1}))
	if fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("err = %v", err)
	}
	r := do(t, j, journaltest.Add("k", journaltest.Added{Name: "n", By: 1}))
	if r.Repeated || r.First != 1 {
		t.Errorf("repeated %v, first %d", r.Repeated, r.First)
	}
}
