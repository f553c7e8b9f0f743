// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package proof

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
)

const (
	// StatementType is the in-toto statement version of a clearance.
	StatementType = "https://in-toto.io/Statement/v1"
	// PredicateType names what a clearance says.
	PredicateType = "urn:holdpoint:clearance:v1"
	// PayloadType is the DSSE payload type of an in-toto statement.
	PayloadType = "application/vnd.in-toto+json"
)

// Statement is the in-toto statement of a clearance: for these weights, this
// was clear.
type Statement struct {
	Type          string    `json:"_type"`
	Subject       []Subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     Predicate `json:"predicate"`
}

// Subject names weights by their digest.
type Subject struct {
	Name   string `json:"name"`
	Digest Digest `json:"digest"`
}

// Digest is a set with SHA-256 as its only algorithm, in lower-case
// hexadecimal.
type Digest struct {
	SHA256 string `json:"sha256"`
}

// Predicate is the verdict a clearance carries.
type Predicate struct {
	ID          string `json:"id"`
	Model       string `json:"model"`
	Snapshot    string `json:"snapshot"`
	Action      string `json:"action"`
	Environment string `json:"environment"`
	// ComparableTo is the model that a training run was compared with, "" when
	// it was the model itself.
	ComparableTo string `json:"comparable_to,omitzero"`
	// Floor is the lowest grade of fact that the verdict let open anything.
	Floor   string `json:"floor"`
	Verdict string `json:"verdict"`
	// Grade is the lowest grade the verdict rests on.
	Grade string `json:"grade"`
	// Policy is the policy in force, by id, version and digest.
	Policy Policy `json:"policy"`
	// Rules is the number of the rules that gave the verdict.
	Rules int64 `json:"rules"`
	// Conditions is the whole tree of conditions.
	Conditions []Condition `json:"conditions"`
	// Journal names the journal and the entry that records this clearance.
	Journal Position `json:"journal"`
	// Clock is wall, or simulated for a made-up history.
	Clock string `json:"clock"`
	// NotBefore and Expires are RFC 3339 in UTC; the clearance is valid for
	// NotBefore <= t < Expires.
	NotBefore string `json:"not_before"`
	Expires   string `json:"expires"`
	// Renews names the clearance that this one continues.
	Renews string `json:"renews,omitzero"`
}

// Policy names a policy version exactly.
type Policy struct {
	ID      string `json:"id"`
	Version string `json:"version"`
	Digest  string `json:"digest"`
}

// Position is a place in a journal.
type Position struct {
	Origin string `json:"origin"`
	Seq    int64  `json:"seq"`
}

// Condition is one node of the tree: met, not_met or cannot_tell, with the
// entries that prove it.
type Condition struct {
	ID       string      `json:"id"`
	Clause   string      `json:"clause"`
	Basis    string      `json:"basis"`
	Status   string      `json:"status"`
	Grade    string      `json:"grade"`
	Reason   string      `json:"reason"`
	Entries  []int64     `json:"entries"`
	Children []Condition `json:"children"`
}

// Bundle is a clearance file: the signed statement and the proof that the
// journal holds it.
type Bundle struct {
	Envelope Envelope  `json:"envelope"`
	Proof    Inclusion `json:"proof"`
}

// Envelope is a DSSE v1 envelope with one signature.
type Envelope struct {
	Payload     string      `json:"payload"`
	PayloadType string      `json:"payloadType"`
	Signatures  []Signature `json:"signatures"`
}

// Signature is a DSSE signature. KeyID is "name+hash" of the journal's key.
type Signature struct {
	KeyID string `json:"keyid"`
	Sig   string `json:"sig"`
}

// Inclusion shows one entry of a journal and proves that it is there.
type Inclusion struct {
	// Body and Header are base64 of the bytes, Salt is hexadecimal.
	Body   string `json:"body"`
	Header string `json:"header"`
	Salt   string `json:"salt"`
	// Checkpoint is the signed note; Hashes are base64, leaf side first.
	Checkpoint string   `json:"checkpoint"`
	Hashes     []string `json:"hashes"`
}

// ClearanceType is the type of the entry that records a clearance; its body
// names the statement's SHA-256 as data.statement.
const ClearanceType = "gate.clearance_issued"

// SealClearance signs a statement and joins it with its proof.
func SealClearance(key SigningKey, payload []byte, incl Inclusion) ([]byte, error) {
	b := Bundle{
		Envelope: Envelope{
			Payload:     base64.StdEncoding.EncodeToString(payload),
			PayloadType: PayloadType,
			Signatures: []Signature{{
				KeyID: key.VerifyKey().ID(),
				Sig:   base64.StdEncoding.EncodeToString(key.Sign(preAuth(PayloadType, payload))),
			}},
		},
		Proof: incl,
	}
	out, err := Canonical(b)
	if err != nil {
		return nil, err
	}
	return append(out, '\n'), nil
}

// preAuth is DSSE's pre-authentication encoding, version 1.
func preAuth(typ string, payload []byte) []byte {
	return fmt.Appendf(nil, "DSSEv1 %d %s %d %s", len(typ), typ, len(payload), payload)
}

// Ask is what somebody who holds a clearance wants to know of it.
type Ask struct {
	// Keys are the journals that are trusted.
	Keys []VerifyKey
	// Digest is the SHA-256 of the weights about to be used; "" leaves them
	// unchecked, and the report says so.
	Digest string
	// Revocations is a signed revocation list; nil leaves it unchecked.
	Revocations []byte
	// MinGrade is the lowest grade that is good enough; "" for any.
	MinGrade string
	// At is the moment to judge for. The zero time means Now for a wall clock,
	// and the clearance's own moment for a simulated one.
	At time.Time
	// Now is the verifier's clock.
	Now time.Time
}

// Report is what was established about a clearance, check by check.
type Report struct {
	Statement Statement
	// At is the moment the clearance was judged for.
	At     time.Time
	Checks []Check
}

// Check is one question about a clearance. Status is ok or not_checked; a check
// that fails is an error instead.
type Check struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Text   string `json:"text"`
}

func (r *Report) ok(name, format string, args ...any) {
	r.Checks = append(r.Checks, Check{name, "ok", fmt.Sprintf(format, args...)})
}

func (r *Report) notChecked(name, text string) {
	r.Checks = append(r.Checks, Check{name, "not_checked", text})
}

// CheckClearance verifies a clearance file offline. An error says which check
// failed; whatever else holds, the answer is then hold.
func CheckClearance(file []byte, ask Ask) (Report, error) {
	var rep Report
	b, payload, err := openBundle(file)
	if err != nil {
		return rep, err
	}
	key, err := b.Envelope.verify(payload, ask.Keys)
	if err != nil {
		return rep, err
	}
	rep.ok("signature", "signed by the key %s", key.ID())
	if rep.Statement, err = parseStatement(payload); err != nil {
		return rep, err
	}
	if err := rep.checkInclusion(b.Proof, payload, key); err != nil {
		return rep, err
	}
	steps := []func(Ask, VerifyKey) error{rep.checkVerdict, rep.checkTime, rep.checkDigest, rep.checkRevocation}
	for _, step := range steps {
		if err := step(ask, key); err != nil {
			return rep, err
		}
	}
	return rep, nil
}

func openBundle(file []byte) (Bundle, []byte, error) {
	var b Bundle
	body, ok := bytes.CutSuffix(file, []byte("\n"))
	if !ok {
		return b, nil, fmt.Errorf("the clearance does not end in a newline: it was cut or changed")
	}
	if err := ParseCanonical(body, &b); err != nil {
		return b, nil, fmt.Errorf("not a clearance in its one spelling: %w", err)
	}
	payload, err := ParseBase64(b.Envelope.Payload)
	if err != nil {
		return b, nil, fmt.Errorf("clearance payload: %w", err)
	}
	return b, payload, nil
}

func (e Envelope) verify(payload []byte, keys []VerifyKey) (VerifyKey, error) {
	if e.PayloadType != PayloadType || len(e.Signatures) != 1 {
		return VerifyKey{}, fmt.Errorf("not a clearance: want one signature over %s", PayloadType)
	}
	sig, err := ParseBase64(e.Signatures[0].Sig)
	if err != nil {
		return VerifyKey{}, fmt.Errorf("signature: %w", err)
	}
	for _, k := range keys {
		if k.ID() != e.Signatures[0].KeyID {
			continue
		}
		if !k.Verify(preAuth(e.PayloadType, payload), sig) {
			return VerifyKey{}, fmt.Errorf("the signature of %s does not match the clearance: it was changed", k.ID())
		}
		return k, nil
	}
	return VerifyKey{}, fmt.Errorf("signed by the unknown key %q: none of the keys given is that one", e.Signatures[0].KeyID)
}

func parseStatement(payload []byte) (Statement, error) {
	var s Statement
	if err := ParseCanonical(payload, &s); err != nil {
		return s, fmt.Errorf("statement: %w", err)
	}
	if s.Type != StatementType || s.PredicateType != PredicateType || len(s.Subject) != 1 {
		return s, fmt.Errorf("statement: not a clearance of one set of weights (%s, %s)", s.Type, s.PredicateType)
	}
	if _, err := ParseHex(s.Subject[0].Digest.SHA256, sha256.Size); err != nil {
		return s, fmt.Errorf("statement: %w", err)
	}
	return s, nil
}

func (r *Report) checkInclusion(p Inclusion, payload []byte, key VerifyKey) error {
	h, leaf, body, err := p.open()
	if err != nil {
		return err
	}
	cp, err := OpenCheckpoint([]byte(p.Checkpoint), key)
	if err != nil {
		return err
	}
	hashes := make([]Hash, len(p.Hashes))
	for i, s := range p.Hashes {
		if hashes[i], err = ParseHash(s); err != nil {
			return fmt.Errorf("inclusion proof: %w", err)
		}
	}
	if err := CheckInclusion(cp, h.Seq, leaf, hashes); err != nil {
		return err
	}
	sum := sha256.Sum256(payload)
	pred := r.Statement.Predicate
	switch {
	case h.Type != ClearanceType:
		return fmt.Errorf("the proof shows an entry of type %s, not a clearance", h.Type)
	case body != hex.EncodeToString(sum[:]):
		return fmt.Errorf("the proof shows another clearance than the one signed")
	case pred.Journal != Position{Origin: cp.Origin, Seq: h.Seq}:
		return fmt.Errorf("the clearance names entry %d of %q, the proof shows entry %d of %q", pred.Journal.Seq, pred.Journal.Origin, h.Seq, cp.Origin)
	}
	r.ok("journal", "recorded as entry %d of %s, checkpoint %d", h.Seq, cp.Origin, cp.Size)
	return nil
}

// open gives the header, its leaf hash, and the statement digest that the body
// names.
func (p Inclusion) open() (h Header, leaf Hash, statement string, err error) {
	raw, err := ParseBase64(p.Header)
	if err != nil {
		return h, leaf, "", err
	}
	if h, err = ParseHeader(raw); err != nil {
		return h, leaf, "", err
	}
	body, err := ParseBase64(p.Body)
	if err != nil {
		return h, leaf, "", err
	}
	salt, err := ParseHex(p.Salt, SaltSize)
	if err != nil {
		return h, leaf, "", err
	}
	if Commit(salt, body) != h.Body {
		return h, leaf, "", fmt.Errorf("entry %d: the body is not the one its header commits to", h.Seq)
	}
	var b struct {
		Data struct {
			Statement string `json:"statement"`
		} `json:"data"`
	}
	// Only one member is read, so others are allowed here.
	if err := json.Unmarshal(body, &b); err != nil {
		return h, leaf, "", fmt.Errorf("entry %d: %w", h.Seq, err)
	}
	return h, Leaf(raw), b.Data.Statement, nil
}

func (r *Report) checkVerdict(ask Ask, _ VerifyKey) error {
	p := r.Statement.Predicate
	if p.Verdict != "clear" {
		return fmt.Errorf("the statement says %q, not clear", p.Verdict)
	}
	if ask.MinGrade == "" {
		r.notChecked("grade", "no lowest grade was asked for; it is "+p.Grade)
		return nil
	}
	want, have := gradeRank(ask.MinGrade), gradeRank(p.Grade)
	if want == 0 {
		return fmt.Errorf("%q is not a grade that can be asked for: use attested, reported or recomputed", ask.MinGrade)
	}
	if have < want {
		return fmt.Errorf("the verdict rests on %s facts, and at least %s was asked for", p.Grade, ask.MinGrade)
	}
	r.ok("grade", "%s, and at least %s was asked for", p.Grade, ask.MinGrade)
	return nil
}

// gradeRank orders the words; 0 is unknown or no grade at all.
func gradeRank(g string) int {
	switch g {
	case "attested":
		return 1
	case "reported":
		return 2
	case "recomputed":
		return 3
	}
	return 0
}

func (r *Report) checkTime(ask Ask, _ VerifyKey) error {
	p := r.Statement.Predicate
	from, err := time.Parse(time.RFC3339, p.NotBefore)
	if err != nil {
		return fmt.Errorf("not_before: %w", err)
	}
	until, err := time.Parse(time.RFC3339, p.Expires)
	if err != nil {
		return fmt.Errorf("expires: %w", err)
	}
	r.At = ask.At
	switch {
	case !ask.At.IsZero():
	case p.Clock == "simulated":
		r.At = from
	default:
		r.At = ask.Now
	}
	if r.At.Before(from) {
		return fmt.Errorf("the clearance is not valid before %s, and it is %s", p.NotBefore, r.At.UTC().Format(time.RFC3339))
	}
	if !r.At.Before(until) {
		return fmt.Errorf("the clearance expired at %s, and it is %s", p.Expires, r.At.UTC().Format(time.RFC3339))
	}
	r.ok("time", "valid from %s until %s, judged for %s (%s clock)", p.NotBefore, p.Expires, r.At.UTC().Format(time.RFC3339), p.Clock)
	return nil
}

func (r *Report) checkDigest(ask Ask, _ VerifyKey) error {
	have := r.Statement.Subject[0]
	if ask.Digest == "" {
		r.notChecked("weights", "no digest was given; the clearance is for "+have.Digest.SHA256)
		return nil
	}
	if _, err := ParseHex(ask.Digest, sha256.Size); err != nil {
		return err
	}
	if ask.Digest != have.Digest.SHA256 {
		return fmt.Errorf("the clearance is for other weights: %s, not %s", have.Digest.SHA256, ask.Digest)
	}
	r.ok("weights", "%s has the digest %s", have.Name, have.Digest.SHA256)
	return nil
}

func (r *Report) checkRevocation(ask Ask, key VerifyKey) error {
	if ask.Revocations == nil {
		r.notChecked("revocation", "no revocation list was given")
		return nil
	}
	list, err := OpenRevocations(ask.Revocations, key)
	if err != nil {
		return err
	}
	p := r.Statement.Predicate
	if list.Size <= p.Journal.Seq {
		return fmt.Errorf("the revocation list is stale: it was made before the clearance was recorded")
	}
	if list.Revoked(p.ID) {
		return fmt.Errorf("clearance %s was revoked (list of %s)", p.ID, list.Issued)
	}
	if err := list.fresh(r.At, p.Clock); err != nil {
		return err
	}
	r.ok("revocation", "not on the list of %s, next update %s", list.Issued, list.NextUpdate)
	return nil
}
