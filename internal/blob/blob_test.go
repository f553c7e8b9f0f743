// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/holdpoint/holdpoint/internal/fault"
)

const helloDigest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

func open(t testing.TB) *Folder {
	t.Helper()
	s, err := OpenFolder(filepath.Join(t.TempDir(), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t testing.TB, s *Folder, text string) string {
	t.Helper()
	digest, size, err := s.Put(context.Background(), strings.NewReader(text), 1<<20)
	if err != nil || size != int64(len(text)) {
		t.Fatalf("Put = %d, %v", size, err)
	}
	return digest
}

func TestPutGetListHas(t *testing.T) {
	s := open(t)
	for range 2 {
		if d := put(t, s, "hello"); d != helloDigest {
			t.Fatalf("digest %s", d)
		}
	}
	r, size, err := s.Get(t.Context(), helloDigest)
	if err != nil || size != 5 {
		t.Fatalf("Get = %d, %v", size, err)
	}
	defer r.Close()
	if b, err := io.ReadAll(r); err != nil || string(b) != "hello" {
		t.Errorf("read %q, %v", b, err)
	}
	other := put(t, s, "")
	var all []string
	for d, err := range s.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	if d := cmp.Diff([]string{helloDigest, other}, all); d != "" {
		t.Error(d)
	}
	if ok, err := s.Has(t.Context(), helloDigest); !ok || err != nil {
		t.Errorf("Has = %v, %v", ok, err)
	}
	if ok, err := s.Has(t.Context(), strings.Repeat("0", 64)); ok || err != nil {
		t.Errorf("Has(absent) = %v, %v", ok, err)
	}
	if _, _, err := s.Get(t.Context(), strings.Repeat("0", 64)); fault.KindOf(err) != fault.NotFound {
		t.Errorf("Get(absent): %v", err)
	}
}

// A Put that was killed leaves a file; the next Open removes it when nobody can
// be writing it any more, and removes nothing else.
func TestOpenRemovesWhatWasAbandoned(t *testing.T) {
	s := open(t)
	put(t, s, "hello")
	now := time.Now()
	age := func(path string, by time.Duration) {
		t.Helper()
		if err := os.Chtimes(path, now.Add(-by), now.Add(-by)); err != nil {
			t.Fatal(err)
		}
	}
	age(s.path(helloDigest), 1000*time.Hour)
	for name, by := range map[string]time.Duration{
		"put-OLD": 61 * time.Minute, "put-YOUNG": 59 * time.Minute, "notes": 1000 * time.Hour,
	} {
		path := filepath.Join(s.dir, name)
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		age(path, by)
	}
	folder := filepath.Join(s.dir, "put-FOLDER")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	age(folder, 1000*time.Hour)
	if _, err := OpenFolder(s.dir); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, f := range files {
		left = append(left, f.Name())
	}
	if d := cmp.Diff([]string{helloDigest[:2], "notes", "put-FOLDER", "put-YOUNG"}, left); d != "" {
		t.Error(d)
	}
	if ok, err := s.Has(t.Context(), helloDigest); !ok || err != nil {
		t.Errorf("Has = %v, %v", ok, err)
	}
}

func TestModes(t *testing.T) {
	s := open(t)
	put(t, s, "hello")
	err := filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := os.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o", path, info.Mode().Perm())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What is too large, cancelled or fails to read leaves nothing behind.
func TestRefusedPutLeavesNothing(t *testing.T) {
	s := open(t)
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	broken := errors.New("broken")
	if _, _, err := s.Put(context.Background(), strings.NewReader("hello"), 4); fault.KindOf(err) != fault.Invalid {
		t.Errorf("too large: %v", err)
	}
	if _, _, err := s.Put(stopped, strings.NewReader("hello"), 5); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, _, err := s.Put(context.Background(), io.MultiReader(strings.NewReader("he"), failing{broken}), 9); !errors.Is(err, broken) {
		t.Errorf("failing: %v", err)
	}
	left, err := os.ReadDir(s.dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestDamageIsFoundAndPutRepairs(t *testing.T) {
	for _, damage := range []string{"hellp", "hell", "hello!", ""} {
		s := open(t)
		put(t, s, "hello")
		if err := os.WriteFile(s.path(helloDigest), []byte(damage), 0o600); err != nil {
			t.Fatal(err)
		}
		r, _, err := s.Get(t.Context(), helloDigest)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(r); fault.KindOf(err) != fault.Corrupt {
			t.Errorf("%q: %v", damage, err)
		}
		r.Close()
		put(t, s, "hello")
		if !s.whole(t.Context(), helloDigest, 5) {
			t.Errorf("%q was not repaired", damage)
		}
	}
}

func TestNoNameLeadsOut(t *testing.T) {
	s := open(t)
	if err := os.WriteFile(filepath.Join(s.dir, "..", "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "../secret", "..", strings.ToUpper(helloDigest), helloDigest + "/", helloDigest[:62] + "..",
		".." + helloDigest[2:], helloDigest + "\x00", " " + helloDigest[1:], "/" + helloDigest[1:]} {
		if _, _, err := s.Get(t.Context(), name); fault.KindOf(err) != fault.Invalid {
			t.Errorf("Get(%q): %v", name, err)
		}
		if _, err := s.Has(t.Context(), name); fault.KindOf(err) != fault.Invalid {
			t.Errorf("Has(%q): %v", name, err)
		}
	}
}

func TestManyPutTheSame(t *testing.T) {
	s := open(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if d, _, err := s.Put(context.Background(), strings.NewReader("hello"), 5); err != nil || d != helloDigest {
				t.Errorf("Put = %s, %v", d, err)
			}
		})
	}
	wg.Wait()
	if !s.whole(t.Context(), helloDigest, 5) {
		t.Error("the blob is not whole")
	}
}

func TestRoundTrip(t *testing.T) {
	s := open(t)
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.Byte(), 0, 4096).Draw(t, "bytes")
		digest, _, err := s.Put(context.Background(), bytes.NewReader(want), 4096)
		if err != nil {
			t.Fatal(err)
		}
		r, _, err := s.Get(t.Context(), digest)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("read %d bytes, %v", len(got), err)
		}
	})
}

func BenchmarkPut(b *testing.B) {
	s := open(b)
	content := make([]byte, 1<<20)
	b.SetBytes(int64(len(content)))
	for i := 0; b.Loop(); i++ {
		content[0], content[1], content[2] = byte(i), byte(i>>8), byte(i>>16)
		if _, _, err := s.Put(context.Background(), bytes.NewReader(content), 1<<20); err != nil {
			b.Fatal(err)
		}
	}
}
