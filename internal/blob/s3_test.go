// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package blob

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// bucket is a small object store. It checks each signature from what arrived on
// the wire, by the published rules and with code of its own.
type bucket struct {
	t       *testing.T
	secret  string
	mu      sync.Mutex
	objects map[string][]byte
	// refuse answers in place of the store, as often as it says.
	refuse []int
}

func sha(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

// expected computes the signature of a request that arrived.
func (b *bucket) expected(r *http.Request, signed []string, scope string) string {
	path, raw, _ := strings.Cut(r.RequestURI, "?")
	params := strings.Split(raw, "&")
	slices.Sort(params)
	var canonical bytes.Buffer
	fmt.Fprintf(&canonical, "%s\n%s\n%s\n", r.Method, path, strings.Join(params, "&"))
	for _, name := range signed {
		value := r.Header.Get(name)
		if name == "host" {
			value = r.Host
		}
		fmt.Fprintf(&canonical, "%s:%s\n", name, strings.TrimSpace(value))
	}
	fmt.Fprintf(&canonical, "\n%s\n%s", strings.Join(signed, ";"), r.Header.Get("x-amz-content-sha256"))
	key := []byte("AWS4" + b.secret)
	for part := range strings.SplitSeq(scope, "/") {
		h := hmac.New(sha256.New, key)
		io.WriteString(h, part)
		key = h.Sum(nil)
	}
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "AWS4-HMAC-SHA256\n%s\n%s\n%s", r.Header.Get("x-amz-date"), scope, sha(canonical.Bytes()))
	return hex.EncodeToString(h.Sum(nil))
}

func (b *bucket) authorised(r *http.Request, body []byte) bool {
	var credential, signed, signature string
	for part := range strings.SplitSeq(strings.TrimPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 "), ", ") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "Credential":
			credential = value
		case "SignedHeaders":
			signed = value
		case "Signature":
			signature = value
		}
	}
	who, scope, _ := strings.Cut(credential, "/")
	names := strings.Split(signed, ";")
	at, err := time.Parse("20060102T150405Z", r.Header.Get("x-amz-date"))
	return err == nil && time.Since(at).Abs() < 15*time.Minute && who == "AKID" && slices.Contains(names, "host") &&
		scope == at.Format("20060102")+"/eu-west-9/s3/aws4_request" &&
		r.Header.Get("x-amz-content-sha256") == sha(body) && signature == b.expected(r, names, scope)
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.t.Error(err)
	}
	refuse := func(status int, code string) {
		w.WriteHeader(status)
		fmt.Fprintf(w, "<Error><Code>%s</Code></Error>", code)
	}
	name, inBucket := strings.CutPrefix(r.URL.Path, "/lab")
	name = strings.TrimPrefix(name, "/")
	have, found := b.objects[name]
	switch {
	case len(b.refuse) > 0:
		refuse(b.refuse[0], "SlowDown")
		b.refuse = b.refuse[1:]
	case !b.authorised(r, body):
		refuse(http.StatusForbidden, "SignatureDoesNotMatch")
	case !inBucket:
		refuse(http.StatusNotFound, "NoSuchBucket")
	case r.Method == http.MethodPut:
		b.objects[name] = body
	case name == "":
		b.list(w, r)
	case !found:
		refuse(http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("Content-Length", fmt.Sprint(len(have)))
		w.Write(have)
	}
}

// list gives two names on a page.
func (b *bucket) list(w http.ResponseWriter, r *http.Request) {
	type object struct{ Key string }
	type result struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		Contents              []object
		NextContinuationToken string `xml:",omitempty"`
	}
	var page result
	for _, name := range slices.Sorted(maps.Keys(b.objects)) {
		if !strings.HasPrefix(name, r.URL.Query().Get("prefix")) || name <= r.URL.Query().Get("continuation-token") {
			continue
		}
		if len(page.Contents) == 2 {
			page.NextContinuationToken = page.Contents[1].Key
			break
		}
		page.Contents = append(page.Contents, object{name})
	}
	xml.NewEncoder(w).Encode(page)
}

func openBucket(t *testing.T) (*S3, *bucket) {
	b := &bucket{t: t, secret: "hush", objects: map[string][]byte{}}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	s, err := OpenS3("s3://lab/our blobs/ä?region=eu-west-9&endpoint="+server.URL, Credentials{Key: "AKID", Secret: "hush", Session: "token"})
	if err != nil {
		t.Fatal(err)
	}
	return s, b
}

func store(t *testing.T, s Store, text string) string {
	t.Helper()
	digest, size, err := s.Put(t.Context(), strings.NewReader(text), 100)
	if err != nil || digest != sha([]byte(text)) || size != int64(len(text)) {
		t.Fatal(digest, size, err)
	}
	return digest
}

func get(t *testing.T, s Store, digest string) (string, error) {
	t.Helper()
	r, _, err := s.Get(t.Context(), digest)
	if err != nil {
		return "", err
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	return string(b), err
}

func TestS3(t *testing.T) {
	s, b := openBucket(t)
	var want []string
	for _, text := range []string{"", "hello", "a+b c/ä", "x", "y"} {
		digest := store(t, s, text)
		want = append(want, digest)
		if got, err := get(t, s, digest); got != text || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		if ok, err := s.Has(t.Context(), digest); !ok || err != nil {
			t.Error(ok, err)
		}
	}
	store(t, s, "hello")
	b.objects["our blobs/ä/no blob"] = nil
	b.objects["elsewhere/"+want[0][:2]+"/"+want[0][2:]] = nil
	var got []string
	for digest, err := range s.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, digest)
	}
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
}

// What is wrong is a fault of its kind, and no fault says a secret.
func TestS3Faults(t *testing.T) {
	s, b := openBucket(t)
	digest := store(t, s, "hello")
	nowhere := strings.Repeat("0", 64)
	if ok, err := s.Has(t.Context(), nowhere); ok || err != nil {
		t.Error(ok, err)
	}
	if _, err := get(t, s, nowhere); fault.KindOf(err) != fault.NotFound {
		t.Error(err)
	}
	if _, err := get(t, s, "../x"); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	if _, _, err := s.Put(t.Context(), strings.NewReader("four"), 3); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	b.objects[s.name(digest)] = []byte("hullo")
	if _, err := get(t, s, digest); fault.KindOf(err) != fault.Corrupt {
		t.Errorf("changed bytes: %v", err)
	}
	b.refuse = []int{503, 500}
	store(t, s, "again")
	b.refuse = []int{500, 500, 500}
	if _, _, err := s.Put(t.Context(), strings.NewReader("x"), 9); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
	s.who.Secret = "wrong"
	_, err := get(t, s, digest)
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "SignatureDoesNotMatch") || strings.Contains(err.Error(), "wrong") {
		t.Error(err)
	}
	s.who.Secret, s.bucket = "hush", "other"
	if _, err := s.Has(t.Context(), digest); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a bucket that is not there: %v", err)
	}
}

// The derivation of a signing key that the documentation of the signature
// publishes as its example.
func TestSigningKey(t *testing.T) {
	key := []byte("AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
	for _, part := range []string{"20120215", "us-east-1", "iam", "aws4_request"} {
		key = mac(key, part)
	}
	if got := hex.EncodeToString(key); got != "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d" {
		t.Error(got)
	}
}

func TestS3Addresses(t *testing.T) {
	who := Credentials{Key: "k", Secret: "s"}
	for _, bad := range []string{"s3://", "s3://b:1/x", "s3://k:hush@b/x", "s3://b?bucket=1", "s3://b?endpoint=ftp://x", "s3://b?endpoint=http://u:hush@x", "http://b"} {
		if _, err := OpenS3(bad, who); fault.KindOf(err) != fault.Invalid || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := OpenS3("s3://b", Credentials{}); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
}
