// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/holdpoint/holdpoint/internal/access"
	"github.com/holdpoint/holdpoint/internal/fault"
	"github.com/holdpoint/holdpoint/internal/model"
	"github.com/holdpoint/holdpoint/internal/policy"
)

// What a person's key signs, the area accepts; the file is its owner's alone and
// is never replaced.
func TestPersonKey(t *testing.T) {
	k, err := NewPersonKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "p.key")
	if err := k.Write(path); err != nil {
		t.Fatal(err)
	}
	if err := k.Write(path); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a second key took the place of the first: %v", err)
	}
	again, err := ReadPersonKey(path)
	if err != nil || again.Public() != k.Public() {
		t.Fatal(err, again.Public())
	}
	public, err := access.ParseKey(again.Public())
	if err != nil {
		t.Fatal(err)
	}
	if err := access.VerifySignature(public, []byte("m"), again.Sign([]byte("m"))); err != nil {
		t.Error(err)
	}
	if err := access.VerifySignature(public, []byte("n"), again.Sign([]byte("m"))); err == nil {
		t.Error("a signature over other bytes was accepted")
	}
	for _, text := range []string{"", "ssh-ed25519 AAAA", k.Text()[:len(k.Text())-1], k.Text() + "A"} {
		if _, err := ParsePersonKey(text); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A log leads to no file outside of its folder.
func TestCompanionsStayBesideTheLog(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"log.json", "samples.jsonl"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := companions{dir: filepath.Join(dir, "inside")}
	defer c.close()
	for _, name := range []string{"../log.json", "/etc/passwd", "..", ".", "", "samples.jsonl"} {
		if _, _, err := c.open(name); err == nil {
			t.Errorf("%q was opened", name)
		}
	}
	c.dir = dir
	if _, size, err := c.open("samples.jsonl"); err != nil || size != 2 {
		t.Error(err, size)
	}
}

// A policy is found as a person names it.
func TestLoadPolicy(t *testing.T) {
	for ref, want := range map[string]string{"2.1": "anthropic-rsp@2.1", "anthropic-rsp@2.0": "anthropic-rsp@2.0", "../../packs/anthropic-rsp-2.2.yaml": "anthropic-rsp@2.2"} {
		p, err := LoadPolicy(ref, policy.State{})
		if err != nil || p.Ref() != want {
			t.Errorf("%s: %s, %v", ref, p.Ref(), err)
		}
	}
	for ref, kind := range map[string]fault.Kind{"9.9": fault.Usage, "anthropic-rsp@9.9": fault.NotFound, "none.yaml": fault.NotFound, "": fault.Usage} {
		if _, err := LoadPolicy(ref, policy.State{}); fault.KindOf(err) != kind {
			t.Errorf("%q: %v", ref, err)
		}
	}
}

// A folder of weights has the digest of its manifest, wherever it stands, and a
// single file the digest of its bytes.
func TestWeightFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "b"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"a.bin": "abc", "b/c.bin": "def"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := WeightFiles(context.Background(), dir)
	if err != nil || len(files) != 2 || files[1].Path != "b/c.bin" || files[1].Size != 3 {
		t.Fatal(err, files)
	}
	one, err := WeightFiles(context.Background(), filepath.Join(dir, "a.bin"))
	if err != nil {
		t.Fatal(err)
	}
	// SHA-256 of "abc": FIPS 180-2, appendix B.1.
	digest, err := model.ManifestDigest(one)
	if err != nil || digest != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Error(err, digest)
	}
	empty := t.TempDir()
	for _, path := range []string{empty, filepath.Join(empty, "none")} {
		if _, err := WeightFiles(context.Background(), path); err == nil || strings.Contains(err.Error(), "internal") {
			t.Errorf("%s: %v", path, err)
		}
	}
	stopped, stop := context.WithCancel(context.Background())
	stop()
	if _, err := WeightFiles(stopped, dir); err == nil {
		t.Error("a stopped reading went on")
	}
}

// An act of several parts is written whole or not at all.
func TestSeveralPartsOrNone(t *testing.T) {
	ctx := context.Background()
	a, err := Init(ctx, filepath.Join(t.TempDir(), "w"), Genesis{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	p, err := LoadPolicy("2.2", policy.State{})
	if err != nil {
		t.Fatal(err)
	}
	who := Who{Actor: Operator}
	adopted, err := a.Do(ctx, who, AdoptPolicy(policy.AdoptIn{Pack: p}))
	if err != nil {
		t.Fatal(err)
	}
	grant := func(role string) access.RoleChange {
		return access.RoleChange{Person: "p-1", Role: role, Reason: "appointed"}
	}
	in := access.NewPerson{ID: "p-1", Kind: access.Human}
	if _, err := a.Do(ctx, who, AddPerson(in, grant("rso"), grant("king"))); err == nil {
		t.Fatal("an unknown role was granted")
	}
	if v, err := a.View(ctx); err != nil || v.Size != adopted.View.Size || len(v.State.Access.People()) != 0 {
		t.Fatal(err, v.Size)
	}
	done, err := a.Do(ctx, who, AddPerson(in, grant("rso"), grant("ceo")))
	if err != nil || len(done.Entries) != 3 {
		t.Fatal(err, done.Entries)
	}
	if got := done.View.State.Access.Roles("p-1"); len(got) != 2 {
		t.Error(got)
	}
}
