// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package evallog

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/holdpoint/holdpoint/internal/fault"
)

// A member of a zip under construction.
type member struct {
	name, body string
}

// packer writes zips in the Inspect layout with one compression method.
func pack(t testing.TB, method uint16, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := packTo(&b, method, members); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func packTo(w io.Writer, method uint16, members []member) error {
	z := zip.NewWriter(w)
	for _, m := range members {
		if err := addMember(z, method, m); err != nil {
			return err
		}
	}
	return z.Close()
}

// addMember compresses zstd as several frames, as Inspect does with members of
// more than 200 MiB.
func addMember(z *zip.Writer, method uint16, m member) error {
	if method != zstdMethod {
		w, err := z.CreateHeader(&zip.FileHeader{Name: m.name, Method: method})
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, m.body)
		return err
	}
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	half := len(m.body) / 2
	packed := enc.EncodeAll([]byte(m.body[:half]), nil)
	packed = enc.EncodeAll([]byte(m.body[half:]), packed)
	w, err := z.CreateRaw(&zip.FileHeader{
		Name: m.name, Method: method, CRC32: crc32.ChecksumIEEE([]byte(m.body)),
		CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(len(m.body)),
	})
	if err != nil {
		return err
	}
	_, err = w.Write(packed)
	return err
}

// header is a header.json; extra members come before its end.
func header(total int, claim, extra string) member {
	return member{headerMember, `{"version":2,"status":"success",` + evalBlock("") +
		`,"plan":{"name":"plan","steps":[{"solver":"generate","params":{}}],"config":{"temperature":0.5,"max_connections":9}}` +
		fmt.Sprintf(`,"results":{"total_samples":%d,"completed_samples":%d,"scores":[{"name":"match","scorer":"match","metrics":{"accuracy":{"name":"accuracy","value":%s}}}]}`, total, total, claim) +
		`,"stats":{"started_at":"2026-01-02T03:04:05Z","completed_at":"2026-01-02T03:05:05Z"}` + extra + `}`}
}

// evalBlock is an eval block; extra members take the place of its own.
func evalBlock(extra string) string {
	b := `"eval":{"eval_id":"E","run_id":"R","created":"2026-01-02T03:04:05Z","task":"quiz","task_id":"T","task_version":1,"model":"lab/one"`
	for _, own := range []string{`"dataset":{"name":"quiz","shuffled":false}`, `"config":{"epochs":1}`, `"packages":{"inspect_ai":"0.3.255"}`} {
		name, _, _ := strings.Cut(own, ":")
		if !strings.HasPrefix(extra, ","+name+":") && !strings.Contains(extra, "},"+name+":") {
			b += "," + own
		}
	}
	return b + extra + "}"
}

func start() member {
	return member{startMember, `{"version":2,` + evalBlock("") + `,"plan":{"name":"plan","steps":[],"config":{}}}`}
}

// oneSample gives a sample member; value is JSON and so is id.
func oneSample(id string, epoch int, value, extra string) member {
	file := strings.Trim(id, `"`)
	return member{fmt.Sprintf("samples/%s_epoch_%d.json", file, epoch),
		fmt.Sprintf(`{"id":%s,"epoch":%d,"input":"what \"is\" it? \\","target":"t","messages":[{"role":"user","content":"}]\\\""}],`+
			`"scores":{"match":{"value":%s,"answer":"a","explanation":"NaN","history":[]}}%s}`, id, epoch, value, extra)}
}

func quiz(extra string, samples ...member) []member {
	return append([]member{start()}, append(samples, header(len(samples), "1", extra))...)
}

func readBytes(b []byte, opt Options) (Run, error) {
	return Read("log.eval", bytes.NewReader(b), int64(len(b)), opt)
}

func mustRead(t testing.TB, b []byte) Run {
	t.Helper()
	r, err := readBytes(b, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func refuse(t testing.TB, b []byte, opt Options, kind fault.Kind, says string) {
	t.Helper()
	r, err := readBytes(b, opt)
	if fault.KindOf(err) != kind || !strings.Contains(err.Error(), says) {
		t.Errorf("got run %q and error %v of kind %q, want kind %q saying %q", r.Task, err, fault.KindOf(err), kind, says)
	}
}

func codes(r Run) string {
	var c []string
	for _, w := range r.Warnings {
		c = append(c, w.Code)
	}
	return strings.Join(c, " ")
}

// row finds the row of an item in the only metric.
func rowOf(t testing.TB, r Run, item string, epoch int) Row {
	t.Helper()
	for _, row := range r.Table.Rows {
		if row.Item == item && row.Epoch == epoch {
			return row
		}
	}
	t.Fatalf("no row for %s in %+v", item, r.Table.Rows)
	return Row{}
}
