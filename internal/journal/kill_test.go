// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package journal_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/journal"
	"github.com/holdpoint/holdpoint/internal/journal/journaltest"
	"github.com/holdpoint/holdpoint/internal/journal/postgrestest"
	"github.com/holdpoint/holdpoint/proof"
)

// Environment of a child that appends until it is killed.
const (
	childDir  = "HOLDPOINT_TEST_CHILD_DIR"
	childStop = "HOLDPOINT_TEST_CHILD_STOP"
	childDSN  = "HOLDPOINT_TEST_CHILD_DSN"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(dir, os.Getenv(childStop)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// killed is where processes are killed: a folder, and a server's database or "".
type killed struct{ dir, dsn string }

func (k killed) open(ctx context.Context) (journal.Database, error) {
	if k.dsn != "" {
		return journal.OpenPostgres(ctx, k.dsn, postgresOptions())
	}
	return journal.OpenSQLite(ctx, filepath.Join(k.dir, "holdpoint.db"), sqliteOptions())
}

func (k killed) opened(t *testing.T) journal.Database {
	t.Helper()
	s, err := k.open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// killable gives the options of a journal in dir with its guard.
func killable(store journal.Store, dir string) opts {
	o := options(store)
	o.Guard = journal.GuardFile(filepath.Join(dir, "last-checkpoint"))
	return o
}

// child appends with four writers and says on stdout what was acknowledged:
// the act's key, the seq, and the size of the checkpoint that was handed out.
// At "step:n", the n-th time it comes to that step, it stops dead and waits to
// be killed.
func child(dir, stop string) error {
	ctx := context.Background()
	store, err := killed{dir, os.Getenv(childDSN)}.open(ctx)
	if err != nil {
		return err
	}
	where, nth, _ := strings.Cut(stop, ":")
	left, _ := strconv.Atoi(nth)
	o := killable(store, dir).WithStep(func(step string) {
		if step != where {
			return
		}
		if left--; left == 0 {
			fmt.Println("stopped")
			select {}
		}
	})
	j, err := journal.Open(ctx, o)
	if err != nil {
		return err
	}
	fmt.Println("open")
	for w := range 4 {
		go func() {
			for i := 0; ; i++ {
				key := fmt.Sprint(os.Getpid(), ".", w, ".", i)
				r, err := j.Do(ctx, journaltest.Add(key, journaltest.Added{Name: "n", By: 1}, journaltest.Added{Name: key, By: 1}))
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				fmt.Printf("ack %s %d %s\n", key, r.First, strconv.Quote(string(r.View.Checkpoint)))
			}
		}()
	}
	select {}
}

// acks is what children were told, and the newest checkpoint among it.
type acks struct {
	seqs   map[string]int64
	newest proof.Checkpoint
}

func (a *acks) hear(t *testing.T, line string) {
	t.Helper()
	fields := strings.SplitN(line, " ", 4)
	if len(fields) != 4 || !strings.HasSuffix(fields[3], "\"") {
		return // cut by the kill
	}
	seq, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	note, err := strconv.Unquote(fields[3])
	if err != nil {
		t.Fatal(err)
	}
	cp, err := proof.OpenCheckpoint([]byte(note), journaltest.Key().VerifyKey())
	if err != nil {
		t.Fatal(err)
	}
	a.seqs[fields[1]] = seq
	if cp.Size > a.newest.Size {
		a.newest = cp
	}
}

// Design section 10: kill -9 between any two steps, and at any moment, loses
// nothing acknowledged and forks nothing.
func TestKillLosesNothing(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { losesNothing(t, killed{dir: t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) { losesNothing(t, killed{t.TempDir(), postgrestest.DSN(t)}) })
}

func losesNothing(t *testing.T, at killed) {
	store := at.opened(t)
	j := begin(t, killable(store, at.dir), journal.Wall, 0)
	j.Close()
	store.Close()
	told := &acks{seqs: map[string]int64{}}
	stops := []string{"locked:2", "caught up:3", "decided:2", "head moved:3", "committed:2", "kept outside:3", "published:2", "answered:2"}
	for range 12 {
		stops = append(stops, "")
	}
	for _, stop := range stops {
		kill(t, at, stop, told)
		survives(t, at, stop, told)
	}
	if len(told.seqs) < 40 {
		t.Errorf("only %d acts were acknowledged: the test says little", len(told.seqs))
	}
}

// kill starts a child and kills it where it stopped, or at a random moment.
func kill(t *testing.T, at killed, stop string, told *acks) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+at.dir, childDSN+"="+at.dsn, childStop+"="+stop)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	killed := false
	for lines.Scan() {
		switch line := lines.Text(); {
		case line == "open" && stop == "":
			time.AfterFunc(time.Duration(rand.IntN(80_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
			killed = true
		case line == "stopped":
			_ = cmd.Process.Kill()
			killed = true
		case strings.HasPrefix(line, "ack "):
			told.hear(t, line)
		}
	}
	_ = cmd.Wait()
	if !killed {
		t.Fatalf("the child of %q ended by itself", stop)
	}
}

// survives opens what is left and looks for everything that was acknowledged.
func survives(t *testing.T, at killed, stop string, told *acks) {
	t.Helper()
	ctx := context.Background()
	store := at.opened(t)
	defer store.Close()
	j, err := journal.Open(ctx, killable(store, at.dir))
	if err != nil {
		t.Fatalf("after %q: %v", stop, err)
	}
	defer j.Close()
	if err := j.Refusal(); err != nil {
		t.Fatalf("after %q: %v", stop, err)
	}
	v := j.View()
	for key, seq := range told.seqs {
		e, err := j.Entry(ctx, seq+1)
		if err != nil {
			t.Fatalf("after %q: %v", stop, err)
		}
		a, _, err := journaltest.AddedKind.Decode(e)
		if err != nil || a.Name != key || v.State.Count(key) != 1 {
			t.Fatalf("after %q: entry %d is of %q, counted %d, want %q once; %v", stop, seq+1, a.Name, v.State.Count(key), key, err)
		}
	}
	if v.State.Count("n")*2 != v.Size-1 {
		t.Errorf("after %q: an act is there by half: n = %d, size %d", stop, v.State.Count("n"), v.Size)
	}
	now := proof.Checkpoint{Origin: told.newest.Origin, Size: v.Size, Root: v.Root}
	if told.newest.Size > 0 {
		hashes, err := v.Tree.ConsistencyProof(told.newest.Size, v.Size)
		if err != nil {
			t.Fatalf("after %q: %v", stop, err)
		}
		if err := proof.CheckConsistency(told.newest, now, hashes); err != nil {
			t.Fatalf("after %q: %v", stop, err)
		}
	}
	again(t, j, told)
}

// again repeats an acknowledged act and one that may have happened.
func again(t *testing.T, j *journal.Journal[toy], told *acks) {
	t.Helper()
	for key, seq := range told.seqs {
		r, err := j.Do(context.Background(), journaltest.Add(key, journaltest.Added{Name: "n", By: 1}, journaltest.Added{Name: key, By: 1}))
		if err != nil || !r.Repeated || r.First != seq {
			t.Errorf("asked again: %v, repeated %v, first %d, want %d (%s)", err, r.Repeated, r.First, seq, fault.KindOf(err))
		}
		return
	}
}
