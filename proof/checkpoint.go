// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is a journal's size and root under its name, as in C2SP
// tlog-checkpoint.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   Hash
}

// Text gives the three lines that are signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// Sign gives the checkpoint as a signed note.
func (c Checkpoint) Sign(key SigningKey) ([]byte, error) { return key.SignNote(c.Text()) }

// OpenCheckpoint reads a signed checkpoint and verifies it with the one key
// given. The origin must be the key's name.
func OpenCheckpoint(msg []byte, key VerifyKey) (Checkpoint, error) {
	text, err := key.OpenNote(msg)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w", err)
	}
	c, err := parseCheckpoint(text)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w", err)
	}
	if c.Origin != key.Name() {
		return Checkpoint{}, fmt.Errorf("checkpoint of %q is signed by the key of %q", c.Origin, key.Name())
	}
	return c, nil
}

func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] == "" {
		return Checkpoint{}, fmt.Errorf("want the three lines origin, size, root")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return Checkpoint{}, fmt.Errorf("%q is not a size", lines[1])
	}
	root, err := ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, err
	}
	return Checkpoint{Origin: lines[0], Size: size, Root: root}, nil
}

// CheckInclusion verifies that leaf is entry seq of the tree that cp commits to.
func CheckInclusion(cp Checkpoint, seq int64, leaf Hash, hashes []Hash) error {
	if seq < 0 || seq >= cp.Size {
		return fmt.Errorf("entry %d is not in a journal of %d entries", seq, cp.Size)
	}
	if err := tlog.CheckRecord(hashes, cp.Size, cp.Root, seq, leaf); err != nil {
		return fmt.Errorf("entry %d is not in the journal of checkpoint %d: %w", seq, cp.Size, err)
	}
	return nil
}

// CheckConsistency verifies that newer continues older: nothing that older
// commits to was changed.
func CheckConsistency(older, newer Checkpoint, hashes []Hash) error {
	if older.Origin != newer.Origin {
		return fmt.Errorf("checkpoints of two journals: %q and %q", older.Origin, newer.Origin)
	}
	if older.Size > newer.Size {
		return fmt.Errorf("the journal had %d entries and has %d now", older.Size, newer.Size)
	}
	if older.Size == newer.Size || older.Size == 0 {
		if older.Size == newer.Size && older.Root != newer.Root {
			return fmt.Errorf("two roots for the same size %d: the journal forked", older.Size)
		}
		return nil
	}
	if err := tlog.CheckTree(hashes, newer.Size, newer.Root, older.Size, older.Root); err != nil {
		return fmt.Errorf("checkpoint %d does not continue checkpoint %d: %w", newer.Size, older.Size, err)
	}
	return nil
}

// VerifyKey is a journal's public key: a C2SP verifier key
// "name+hash+base64", as kept in holdpoint.vkey. Ed25519 only.
type VerifyKey struct {
	text     string
	public   ed25519.PublicKey
	verifier note.Verifier
}

const algEd25519 = 1

// ParseVerifyKey reads a verifier key; surrounding space is ignored. Its errors
// never repeat the input: whoever gave the wrong file may have given a secret.
func ParseVerifyKey(s string) (VerifyKey, error) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "PRIVATE+KEY") {
		return VerifyKey{}, errors.New("this is the secret key of a journal, which nobody else may see; its public key, holdpoint.vkey, is meant")
	}
	v, err := note.NewVerifier(s)
	if err != nil {
		return VerifyKey{}, errors.New("this is not a verifier key: one is NAME+HASH+BASE64 on one line")
	}
	// Name and hash hold no plus sign, base64 may.
	parts := strings.SplitN(s, "+", 3)
	raw, err := ParseBase64(parts[len(parts)-1])
	if err != nil {
		return VerifyKey{}, errors.New("this is not a verifier key: its last part is not strict base64")
	}
	if len(raw) != 1+ed25519.PublicKeySize || raw[0] != algEd25519 {
		return VerifyKey{}, errors.New("this verifier key is not an ed25519 key")
	}
	return VerifyKey{text: s, public: ed25519.PublicKey(raw[1:]), verifier: v}, nil
}

// Name is the name of the key, which is the journal's origin.
func (k VerifyKey) Name() string { return k.verifier.Name() }

// String is the verifier key's text.
func (k VerifyKey) String() string { return k.text }

// ID is "name+hash", short enough to name the key in an envelope.
func (k VerifyKey) ID() string {
	return fmt.Sprintf("%s+%08x", k.verifier.Name(), k.verifier.KeyHash())
}

// Verify checks a raw ed25519 signature.
func (k VerifyKey) Verify(msg, sig []byte) bool { return ed25519.Verify(k.public, msg, sig) }

// OpenNote verifies a note that carries exactly one signature, made by this
// key, and gives its text. Further signatures are refused: nobody would have
// checked their bytes.
func (k VerifyKey) OpenNote(msg []byte) (string, error) {
	n, err := note.Open(msg, note.VerifierList(k.verifier))
	if err != nil {
		return "", fmt.Errorf("not signed by the key of %s: %w", k.Name(), err)
	}
	if len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 0 {
		return "", fmt.Errorf("want exactly one signature")
	}
	if _, err := ParseBase64(n.Sigs[0].Base64); err != nil {
		return "", fmt.Errorf("signature: %w", err)
	}
	want := n.Text + "\n— " + k.Name() + " " + n.Sigs[0].Base64 + "\n"
	if !bytes.Equal(msg, []byte(want)) {
		return "", fmt.Errorf("the note is not in its one spelling")
	}
	return n.Text, nil
}

// SigningKey is a journal's private key. Its text form is that of
// golang.org/x/mod/sumdb/note; it must stay on the machine that appends.
type SigningKey struct {
	name    string
	private ed25519.PrivateKey
}

// NewSigningKey makes the key of a journal from a 32-byte seed. The name is
// the journal's origin: no spaces, no plus signs.
func NewSigningKey(name string, seed []byte) (SigningKey, error) {
	if len(seed) != ed25519.SeedSize {
		return SigningKey{}, fmt.Errorf("a key seed has %d bytes", ed25519.SeedSize)
	}
	if name == "" || strings.ContainsAny(name, " +\n\t") {
		return SigningKey{}, fmt.Errorf("%q cannot name a journal: no spaces or plus signs", name)
	}
	return SigningKey{name: name, private: ed25519.NewKeyFromSeed(seed)}, nil
}

// ParseSigningKey reads the text form.
func ParseSigningKey(s string) (SigningKey, error) {
	s = strings.TrimSpace(s)
	if _, err := note.NewSigner(s); err != nil {
		return SigningKey{}, fmt.Errorf("not a signing key: %w", err)
	}
	parts := strings.SplitN(s, "+", 5)
	raw, err := ParseBase64(parts[len(parts)-1])
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return SigningKey{}, fmt.Errorf("not an ed25519 signing key")
	}
	return NewSigningKey(parts[2], raw[1:])
}

// String is the text form: a secret.
func (k SigningKey) String() string {
	raw := append([]byte{algEd25519}, k.private.Seed()...)
	return fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", k.name, k.hash(), base64.StdEncoding.EncodeToString(raw))
}

// VerifyKey gives the public half.
func (k SigningKey) VerifyKey() VerifyKey {
	v, err := ParseVerifyKey(k.vkey())
	if err != nil {
		panic("proof: own verifier key does not parse: " + err.Error())
	}
	return v
}

// Name is the journal's origin.
func (k SigningKey) Name() string { return k.name }

// Sign makes a raw ed25519 signature.
func (k SigningKey) Sign(msg []byte) []byte { return ed25519.Sign(k.private, msg) }

// SignNote signs a text that ends in a newline as a note.
func (k SigningKey) SignNote(text string) ([]byte, error) {
	signer, err := note.NewSigner(k.String())
	if err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: text}, signer)
}

func (k SigningKey) vkey() string {
	v, err := note.NewEd25519VerifierKey(k.name, k.private.Public().(ed25519.PublicKey))
	if err != nil {
		panic("proof: " + err.Error())
	}
	return v
}

func (k SigningKey) hash() uint32 { return k.VerifyKey().verifier.KeyHash() }
