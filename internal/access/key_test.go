// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package access

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"github.com/holdpoint/holdpoint/internal/fault"
)

func signer(t testing.TB, private any) ssh.Signer {
	t.Helper()
	s, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sshLine(t testing.TB, private any) string {
	t.Helper()
	return sshText(signer(t, private).PublicKey())
}

func sshSign(t testing.TB, private any, namespace string, message []byte) []byte {
	t.Helper()
	sig, err := sshsig.Sign(bytes.NewReader(message), signer(t, private), sshsig.HashSHA512, namespace)
	if err != nil {
		t.Fatal(err)
	}
	return sshsig.Armor(sig)
}

func mustKey(t testing.TB, text string) Key {
	t.Helper()
	k, err := ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A key has one fingerprint and one spelling, whatever was written around it.
func TestParseKeyHasOneSpelling(t *testing.T) {
	private, text := seededKey(1)
	plain, line := mustKey(t, text), mustKey(t, sshLine(t, private))
	if plain.ID != line.ID || !strings.HasPrefix(plain.ID, "SHA256:") {
		t.Errorf("two fingerprints of one key: %s, %s", plain.ID, line.ID)
	}
	if plain.Public != text || plain.Algorithm != Ed25519 || line.Algorithm != SSH {
		t.Errorf("%v %v", plain, line)
	}
	commented := mustKey(t, "  "+line.Public+" ada@example.org\n")
	if commented != line || strings.Contains(commented.Public, "ada") {
		t.Errorf("the comment is kept: %v", commented)
	}
}

func TestParseKeyRefuses(t *testing.T) {
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	private, text := seededKey(1)
	line := sshLine(t, private)
	raw := strings.TrimPrefix(text, ed25519Prefix)
	cases := []struct{ name, text, words string }{
		{"empty", "", "not a public key"},
		{"prose", "my key", "not a public key"},
		{"private", "-----BEGIN OPENSSH PRIVATE KEY-----", "private key"},
		{"short", ed25519Prefix + base64.StdEncoding.EncodeToString(make([]byte, 31)), "32 bytes"},
		{"unpadded", ed25519Prefix + strings.TrimRight(raw, "="), "base64"},
		{"second spelling", ed25519Prefix + raw[:42] + string(raw[42]+1) + "=", "base64"},
		{"short RSA", sshLine(t, short), "1024 bits"},
		{"options", "no-pty " + line, "options"},
		{"two lines", line + "\n" + line, "one line"},
		{"DSA", "ssh-dss AAAAB3NzaC1kc3MAAAAA", "not a public key"},
		{"long", strings.Repeat("A", maxKeyText+1), "over the limit"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseKey(c.text)
			refused(t, err, fault.Invalid, c.words)
		})
	}
}

func TestParseKeyRefusesCertificates(t *testing.T) {
	private, _ := seededKey(1)
	ca := signer(t, private)
	cert := &ssh.Certificate{Key: ca.PublicKey(), CertType: ssh.UserCert}
	if err := cert.SignCert(rand.Reader, ca); err != nil {
		t.Fatal(err)
	}
	_, err := ParseKey(sshText(cert))
	refused(t, err, fault.Invalid, "not accepted")
}

// Degenerate ed25519 keys are refused in both spellings. That each of them is
// degenerate is shown: a signature of zeros holds for some message under it.
func TestDegenerateKeysAreRefused(t *testing.T) {
	minusOne := "ec" + strings.Repeat("ff", 30) + "7f"
	points := []string{
		strings.Repeat("00", 32), "01" + strings.Repeat("00", 31), minusOne,
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"ed" + strings.Repeat("ff", 30) + "7f", "ee" + strings.Repeat("ff", 30) + "7f", "ee" + strings.Repeat("ff", 31),
	}
	forged := append([]byte{1}, make([]byte, ed25519.SignatureSize-1)...)
	for _, p := range points {
		point, err := hex.DecodeString(p)
		if err != nil {
			t.Fatal(err)
		}
		holds := false
		for i := range 500 {
			holds = holds || ed25519.Verify(point, fmt.Appendf(nil, "%d", i), forged)
		}
		if !holds {
			t.Errorf("%s is not degenerate", p)
		}
		_, err = ParseKey(Ed25519Text(point))
		refused(t, err, fault.Invalid, "degenerate")
		pub, err := ssh.NewPublicKey(ed25519.PublicKey(point))
		if err != nil {
			t.Fatal(err)
		}
		_, err = ParseKey(sshText(pub))
		refused(t, err, fault.Invalid, "degenerate")
	}
}

// RFC 8032, section 7.1, test 2: a message of the one byte 0x72.
func TestEd25519Vector(t *testing.T) {
	pub, err := hex.DecodeString("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
	if err != nil {
		t.Fatal(err)
	}
	sig, err := hex.DecodeString("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
		"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
	if err != nil {
		t.Fatal(err)
	}
	key := mustKey(t, Ed25519Text(pub))
	if err := VerifySignature(key, []byte{0x72}, Ed25519Signature(sig)); err != nil {
		t.Error(err)
	}
	refused(t, VerifySignature(key, []byte{0x73}, Ed25519Signature(sig)), fault.Invalid, "not made with the key")
}

func TestVerifySSH(t *testing.T) {
	ed, _ := seededKey(1)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rs, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	message := []byte(`{"a":1}`)
	for name, private := range map[string]any{"ed25519": ed, "ecdsa": ec, "rsa": rs} {
		t.Run(name, func(t *testing.T) {
			key := mustKey(t, sshLine(t, private))
			sig := sshSign(t, private, Namespace, message)
			if err := VerifySignature(key, message, sig); err != nil {
				t.Fatal(err)
			}
			refused(t, VerifySignature(key, append(message, ' '), sig), fault.Invalid, "not made with the key")
			refused(t, VerifySignature(key, message, sshSign(t, private, "file", message)), fault.Invalid, `namespace "file"`)
		})
	}
}

func TestVerifyRefusesOtherSpellings(t *testing.T) {
	private, text := seededKey(1)
	message := []byte("m")
	plain, line := mustKey(t, text), mustKey(t, sshLine(t, private))
	raw := string(Ed25519Signature(ed25519.Sign(private, message)))
	armored := string(sshSign(t, private, Namespace, message))
	other, _ := seededKey(2)
	changed := line
	changed.ID = plain.ID + "x"
	cases := []struct {
		name      string
		key       Key
		signature string
		kind      fault.Kind
		words     string
	}{
		{"plain: empty", plain, "", fault.Invalid, "base64 of 64 bytes"},
		{"plain: line end", plain, raw + "\n", fault.Invalid, "base64 of 64 bytes"},
		{"plain: unpadded", plain, strings.TrimRight(raw, "="), fault.Invalid, "base64 of 64 bytes"},
		{"plain: armored", plain, armored, fault.Invalid, "base64 of 64 bytes"},
		{"plain: huge", plain, strings.Repeat("A", maxSignature+1), fault.Invalid, "over the limit"},
		{"ssh: empty", line, "", fault.Invalid, "not an armored"},
		{"ssh: plain", line, raw, fault.Invalid, "not an armored"},
		{"ssh: text before", line, "x\n" + armored, fault.Invalid, "not an armored"},
		{"ssh: text after", line, armored + "x", fault.Invalid, "not an armored"},
		{"ssh: twice", line, armored + armored, fault.Invalid, "not an armored"},
		{"ssh: header", line, strings.Replace(armored, "\n", "\nA: b\n\n", 1), fault.Invalid, "not an armored"},
		{"ssh: another key", line, string(sshSign(t, other, Namespace, message)), fault.Invalid, "was made with the key"},
		{"a key that is not itself", changed, armored, fault.Corrupt, "fingerprint"},
		{"no key", Key{}, raw, fault.Corrupt, "not that of a usable key"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			refused(t, VerifySignature(c.key, message, []byte(c.signature)), c.kind, c.words)
		})
	}
}

// Every changed byte of a signature is noticed.
func TestVerifyNoticesEveryByte(t *testing.T) {
	private, text := seededKey(1)
	key, message := mustKey(t, text), []byte("m")
	sig := Ed25519Signature(ed25519.Sign(private, message))
	for i := range sig {
		bad := bytes.Clone(sig)
		bad[i] ^= 1
		if VerifySignature(key, message, bad) == nil {
			t.Errorf("byte %d", i)
		}
	}
	line := mustKey(t, sshLine(t, private))
	blob := sshSign(t, private, Namespace, message)
	sshSig, err := unarmor(blob)
	if err != nil {
		t.Fatal(err)
	}
	wire := sshSig.Marshal()
	for i := range wire {
		bad := bytes.Clone(wire)
		bad[i] ^= 1
		armored := armorBegin + base64.StdEncoding.EncodeToString(bad) + "\n" + armorEnd + "\n"
		if VerifySignature(line, message, []byte(armored)) == nil {
			t.Errorf("ssh byte %d", i)
		}
	}
}

// What OpenSSH signs, we accept, and the fingerprint is the one it prints.
func TestOpenSSHRoundTrip(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		if strings.Contains(os.Getenv("HOLDPOINT_REQUIRE"), "ssh-keygen") {
			t.Fatal("ssh-keygen is required and not there")
		}
		t.Skip("SKIPPED: ssh-keygen is not on this machine; signatures of OpenSSH itself were not tested")
	}
	dir := t.TempDir()
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(keygen, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("ssh-keygen %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	read := func(name string) []byte {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	message := []byte(`{"answer":"approve"}`)
	for _, alg := range []string{"ed25519", "ecdsa"} {
		run("-q", "-t", alg, "-N", "", "-C", "somebody@example.org", "-f", alg)
		if err := os.WriteFile(filepath.Join(dir, alg+".json"), message, 0o600); err != nil {
			t.Fatal(err)
		}
		run("-q", "-Y", "sign", "-f", alg, "-n", Namespace, alg+".json")
		key := mustKey(t, string(read(alg+".pub")))
		sig := read(alg + ".json.sig")
		if err := VerifySignature(key, message, sig); err != nil {
			t.Errorf("%s: %v", alg, err)
		}
		if VerifySignature(key, []byte(`{"answer":"dissent"}`), sig) == nil {
			t.Errorf("%s: another statement was accepted", alg)
		}
		if printed := run("-l", "-f", alg+".pub"); !strings.Contains(printed, key.ID) {
			t.Errorf("%s: ssh-keygen prints %s, we say %s", alg, printed, key.ID)
		}
	}
}

func FuzzParseKey(f *testing.F) {
	private, text := seededKey(1)
	f.Add(text)
	f.Add(sshLine(f, private) + " comment")
	f.Fuzz(func(t *testing.T, text string) {
		k, err := ParseKey(text)
		if err != nil {
			return
		}
		again, err := ParseKey(k.Public)
		if err != nil || again != k {
			t.Errorf("%q is read as %v and then as %v, %v", text, k, again, err)
		}
	})
}

func FuzzVerifySignature(f *testing.F) {
	private, text := seededKey(1)
	message := []byte("m")
	keys := []Key{mustKey(f, text), mustKey(f, sshLine(f, private))}
	good := ed25519.Sign(private, message)
	f.Add(Ed25519Signature(good))
	f.Add(sshSign(f, private, Namespace, message))
	f.Fuzz(func(t *testing.T, sig []byte) {
		if VerifySignature(keys[0], message, sig) == nil && !bytes.Equal(sig, Ed25519Signature(good)) {
			t.Errorf("a second signature was accepted: %q", sig)
		}
		if VerifySignature(keys[1], message, sig) == nil && !bytes.HasPrefix(sig, []byte(armorBegin)) {
			t.Errorf("accepted: %q", sig)
		}
		for _, k := range keys {
			if VerifySignature(k, []byte("n"), sig) == nil {
				t.Errorf("%q holds for another message", sig)
			}
		}
	})
}
