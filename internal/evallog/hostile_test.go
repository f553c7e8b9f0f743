// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/holdpoint/holdpoint/internal/fault"
)

func TestWhatIsNoLog(t *testing.T) {
	for name, tt := range map[string]struct {
		bytes, says string
		kind        fault.Kind
	}{
		"empty":            {"", "empty", fault.Invalid},
		"picture":          {"\x89PNG\r\n\x1a\n\x00\x00", "not an evaluation log", fault.Invalid},
		"text":             {"hello, world", "not an evaluation log", fault.Invalid},
		"list":             {"[1, 2]", "JSON list", fault.Invalid},
		"other object":     {`{"a":1,"b":{"c":2}}`, "the members a, b", fault.Invalid},
		"empty object":     {`{}`, "not an evaluation log", fault.Invalid},
		"cut object":       {`{"a":`, "ends in the middle", fault.Corrupt},
		"version 3":        {`{"version":3,"status":"success","eval":{}}`, "version 3", fault.Unsupported},
		"huge version":     {`{"version":1e300,"status":"success","eval":{}}`, "not a count", fault.Invalid},
		"no version":       {`{"status":"success","eval":{}}`, "not an Inspect log", fault.Invalid},
		"unknown status":   {`{"version":2,"status":"fine","eval":{"task":"q"}}`, `status "fine"`, fault.Unsupported},
		"cut log":          {`{"version":2,"status":"success","eval":{"task":"q`, "ends in the middle", fault.Corrupt},
		"two values":       {`{"version":2,"status":"success","eval":{}} {}`, "after the end", fault.Invalid},
		"wrong brackets":   {`{"version":2,"status":"success","eval":{"x":[}]}}`, "unexpected", fault.Invalid},
		"list of results":  {`{"version":2,"status":"success","eval":{},"results":[]}`, "expected", fault.Invalid},
		"sample no id":     {`{"version":2,"status":"success","eval":{},"samples":[{"epoch":1}]}`, "no id", fault.Invalid},
		"sample odd id":    {`{"version":2,"status":"success","eval":{},"samples":[{"id":1.5}]}`, "neither a text nor an integer", fault.Invalid},
		"sample id NaN":    {`{"version":2,"status":"success","eval":{},"samples":[{"id":NaN}]}`, "neither a text nor an integer", fault.Invalid},
		"sample id bytes":  {"{\"version\":2,\"status\":\"success\",\"eval\":{},\"samples\":[{\"id\":\"\xff\"}]}", "UTF-8", fault.Invalid},
		"epoch zero":       {`{"version":2,"status":"success","eval":{},"samples":[{"id":1,"epoch":0}]}`, "epoch 0", fault.Invalid},
		"cut zip":          {"PK\x03\x04 and then nothing", "cut off or damaged", fault.Corrupt},
		"deep":             {`{"version":2,"status":"success","eval":{},"x":` + strings.Repeat("[", 100_000), "deeper than", fault.Invalid},
		"deep setting":     {`{"version":2,"eval":{"task_args":{"x":` + strings.Repeat(`{"a":`, 100_000), "deeper than", fault.Invalid},
		"endless number":   {`{"version":2,"eval":{"task_version":` + strings.Repeat("9", 100_000), "longer than", fault.Invalid},
		"eval is a text":   {`{"version":2,"eval":"` + strings.Repeat("x", 100_000), "expected", fault.Invalid},
		"lm-eval no task":  {`{"results":{},"versions":{},"config":{}}`, "0 tasks", fault.Invalid},
		"lm-eval no value": {`{"results":{"a":{}},"versions":{},"config":{}}`, "no figures", fault.Invalid},
	} {
		t.Run(name, func(t *testing.T) { refuse(t, []byte(tt.bytes), Options{}, tt.kind, tt.says) })
	}
}

func TestZipThatIsNoLog(t *testing.T) {
	refuse(t, pack(t, zip.Deflate, member{"readme.txt", "hi"}), Options{}, fault.Invalid, "not an Inspect log")
	refuse(t, pack(t, zip.Store), Options{}, fault.Invalid, "not an Inspect log")
	refuse(t, pack(t, zip.Store, oneSample("1", 1, `"C"`, "")), Options{}, fault.Invalid, "neither header.json nor")
}

func TestCutZip(t *testing.T) {
	b := pack(t, zip.Deflate, quiz("", oneSample("1", 1, `"C"`, ""))...)
	for n := range len(b) {
		if _, err := readBytes(b[:n], Options{}); err == nil {
			t.Fatalf("the first %d of %d bytes were read as a log", n, len(b))
		}
	}
}

// A flipped byte is found by a checksum or changes nothing that is kept.
func TestFlippedBytes(t *testing.T) {
	b := pack(t, zip.Store, quiz("", oneSample("1", 1, `"C"`, ""))...)
	at := bytes.Index(b, []byte(`"value":"C"`)) + len(`"value":"`)
	b[at] = 'I'
	refuse(t, b, Options{}, fault.Corrupt, "checksum")
}

func TestPathsOutOfTheZip(t *testing.T) {
	for _, name := range []string{"../x", "samples/../../x_epoch_1.json", "/etc/passwd", `a\..\b`, "a\x00b", "samples/" + strings.Repeat("x", 40_000)} {
		b := pack(t, zip.Store, append(quiz(""), member{name, "{}"})...)
		refuse(t, b, Options{}, fault.Invalid, "path out of it")
	}
}

// The last member of a name wins: a sample that was run again is appended.
func TestLastMemberWins(t *testing.T) {
	b := pack(t, zip.Deflate, start(), oneSample("1", 1, `"I"`, ""), oneSample("1", 1, `"C"`, ""), header(1, "1", ""))
	r := mustRead(t, b)
	if got := rowOf(t, r, "1", 1); got.Value != "1" || r.Counts.Present != 1 || codes(r) != "duplicate_sample" {
		t.Errorf("%+v %s", got, codes(r))
	}
}

// A header edit appends a new header and drops the old one from the directory
// only; scanning the file from the front would find the stale one.
func TestStaleHeader(t *testing.T) {
	stale := pack(t, zip.Store, member{headerMember, `{"version":2,"status":"success",` + evalBlock(`,"tags":["old"]`) + `}`})
	at := bytes.LastIndex(stale, []byte("PK\x01\x02"))
	var b bytes.Buffer
	b.Write(stale[:at])
	z := zip.NewWriter(&b)
	z.SetOffset(int64(at))
	for _, m := range quiz(`,"tags":["new"],"log_updates":[{"edits":[{"type":"tags","tags_add":["new"],"tags_remove":["old"]}],"provenance":{"timestamp":"2026-02-01T00:00:00Z","author":"lead","reason":"typo"}}]`, oneSample("1", 1, `"C"`, "")) {
		if err := addMember(z, zip.Store, m); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	r := mustRead(t, b.Bytes())
	if fmt.Sprint(r.Tags) != "[new]" || len(r.Edits) != 1 || r.Edits[0].Author != "lead" || r.Edits[0].Kind != "log" {
		t.Errorf("tags %v, edits %+v", r.Tags, r.Edits)
	}
}

// zeros is n zero bytes without holding them.
type zeros struct{ n int64 }

func (z *zeros) Read(p []byte) (int, error) {
	n := min(int64(len(p)), z.n)
	clear(p[:n])
	if z.n -= n; z.n == 0 {
		return int(n), io.EOF
	}
	return int(n), nil
}

func bomb(t *testing.T, method uint16, size int64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zstdMethod, zstd.ZipCompressor())
	for _, m := range quiz("") {
		if err := addMember(z, zip.Store, m); err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: "samples/1_epoch_1.json", Method: method})
	if err != nil {
		t.Fatal(err)
	}
	head := strings.NewReader(`{"id":1,"input":"`)
	if _, err := io.Copy(w, io.MultiReader(head, &zeros{size})); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBombs(t *testing.T) {
	deflated := bomb(t, zip.Deflate, 16<<20)
	refuse(t, deflated, Options{Limits: Limits{MaxMember: 1 << 20}}, fault.Invalid, "longer than 1048576 bytes")
	refuse(t, deflated, Options{Limits: Limits{MaxTotal: 1 << 20}}, fault.Invalid, "expands to more")
	refuse(t, deflated, Options{Limits: Limits{MaxSampleBytes: 1 << 20}}, fault.Invalid, "one sample is longer")
	refuse(t, bomb(t, zstdMethod, 200<<20), Options{}, fault.Invalid, "expand")
}

// A declared size is never believed: the member says 4 GB and holds 20 bytes.
func TestDeclaredSize(t *testing.T) {
	b := pack(t, zip.Store, quiz("", oneSample("1", 1, `"C"`, ""))...)
	at := bytes.LastIndex(b, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(b[at+24:], 0xFFFFFFF0)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	refuse(t, b, Options{}, fault.Corrupt, "header.json")
	if runtime.ReadMemStats(&after); after.TotalAlloc-before.TotalAlloc > 16<<20 {
		t.Errorf("%d bytes were allocated", after.TotalAlloc-before.TotalAlloc)
	}
}

// A zstd frame may declare a window of any size; it is refused before it is
// made (RFC 8878 section 3.1.1.1.2).
func TestEndlessWindow(t *testing.T) {
	frame := []byte{0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xF8, 0x01, 0x00, 0x00}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: headerMember, Method: zstdMethod, CompressedSize64: uint64(len(frame)), UncompressedSize64: 9})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(frame); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	refuse(t, b.Bytes(), Options{}, fault.Invalid, "more memory to decompress")
}

func TestUnknownCompressionAndEncryption(t *testing.T) {
	b := pack(t, zip.Store, quiz("")...)
	at := bytes.LastIndex(b, []byte("PK\x01\x02"))
	lzma := bytes.Clone(b)
	lzma[at+10] = 14
	refuse(t, lzma, Options{}, fault.Unsupported, "compressed in a way")
	b[at+8] |= 1
	refuse(t, b, Options{}, fault.Unsupported, "encrypted")
}

func TestLimitsOnNumbers(t *testing.T) {
	b := pack(t, zip.Store, quiz("", oneSample("1", 1, `"C"`, ""), oneSample("2", 1, `"C"`, ""))...)
	refuse(t, b, Options{Limits: Limits{MaxSamples: 1}}, fault.Invalid, "more samples than allowed")
	refuse(t, b, Options{Limits: Limits{MaxRows: 1}}, fault.Invalid, "more than 1 rows")
	refuse(t, b, Options{Limits: Limits{MaxMembers: 1}}, fault.Invalid, "limit is 1")
	refuse(t, b, Options{Limits: Limits{MaxFile: 10}}, fault.Invalid, "limit is 10")
	refuse(t, b, Options{Limits: Limits{MaxText: 3}}, fault.Invalid, "text is longer than 3")
	parts := strings.Repeat(`,"%d":1`, 2000)
	args := make([]any, 2000)
	for i := range args {
		args[i] = i
	}
	many := pack(t, zip.Store, quiz("", oneSample("1", 1, `{"a":1`+fmt.Sprintf(parts, args...)+`}`, ""))...)
	refuse(t, many, Options{}, fault.Invalid, "more than 1000 scores")
}

func TestStopping(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, b := range [][]byte{pack(t, zip.Store, quiz("")...), []byte(`{"version":2,"eval":{}}`)} {
		_, err := readBytes(b, Options{Context: ctx})
		if fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

// brokenReader fails after some bytes, as a disk or a network does.
type brokenReader struct {
	*bytes.Reader
	after int64
}

var errDisk = errors.New("input/output error")

func (b brokenReader) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > b.after {
		return 0, errDisk
	}
	return b.Reader.ReadAt(p, off)
}

func TestFailingDisk(t *testing.T) {
	logs := [][]byte{pack(t, zip.Deflate, quiz("", oneSample("1", 1, `"C"`, ""))...), []byte(`{"version":2,"status":"success",` + evalBlock("") + `}`)}
	for _, b := range logs {
		for after := range int64(len(b)) {
			r := brokenReader{bytes.NewReader(b), after}
			if _, err := Read("x", r, int64(len(b)), Options{}); !errors.Is(err, errDisk) {
				t.Fatalf("after %d bytes: %v", after, err)
			}
		}
	}
}

// Zip64, as Inspect has written it since 0.3.75: more members than the classic
// record can count.
func TestZip64(t *testing.T) {
	members := quiz("", oneSample("1", 1, `"C"`, ""))
	for i := range 1 << 16 {
		members = append(members, member{fmt.Sprintf("samples/2_epoch_1/messages/%d.json", i), ""})
	}
	r := mustRead(t, pack(t, zip.Store, members...))
	if rowOf(t, r, "1", 1).Value != "1" || r.Counts.Present != 1 {
		t.Errorf("%+v", r.Counts)
	}
}

// Large members are several zstd frames one after the other; every method
// gives the same run.
func TestMethods(t *testing.T) {
	var runs []string
	for _, method := range []uint16{zip.Store, zip.Deflate, zstdMethod} {
		members := quiz("", oneSample("1", 1, `"C"`, `,"store":"`+strings.Repeat("x y ", 100_000)+`"`), oneSample("2", 1, `"I"`, ""))
		runs = append(runs, fmt.Sprintf("%+v", mustRead(t, pack(t, method, members...))))
	}
	if runs[0] != runs[1] || runs[1] != runs[2] || !strings.Contains(runs[0], "quiz") {
		t.Error(runs)
	}
}

// Counts a log claims do not overflow, and many metrics do not take long.
func TestExtravagantClaims(t *testing.T) {
	r := mustRead(t, []byte(`{"version":2,"status":"success","eval":{"dataset":{"samples":9007199254740992},"config":{"epochs":1000000}},"samples":[{"id":1}]}`))
	if r.Counts.Planned < 1<<52 || r.Counts.Planned > 1<<53 {
		t.Error(r.Counts.Planned)
	}
	var samples strings.Builder
	for i := range 20 {
		fmt.Fprintf(&samples, `,{"id":%d,"scores":{`, i)
		for j := range 100 {
			fmt.Fprintf(&samples, `"m%d":{"value":1},`, 100*i+j)
		}
		samples.WriteString(`"m":{"value":1}}}`)
	}
	log := `{"version":2,"status":"success","eval":{},"samples":[` + samples.String()[1:] + `]}`
	refuse(t, []byte(log), Options{}, fault.Invalid, "2001 metrics")
}
