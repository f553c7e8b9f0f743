// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/entry"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// entriesPerPage is how many entries a page of the journal shows.
const entriesPerPage = 50

func journalRoutes() []route {
	return []route{
		{"GET", "/journal", journalPage},
		{"GET", "/journal/checkpoint", checkpointFile},
		{"GET", "/journal/key", keyFile},
		{"GET", "/journal/{seq}", entryPage},
		{"GET", "/journal/{seq}/proof", proofFile},
		{"GET", "/verify", verifyPage},
	}
}

// journalPage lists entries from the newest, a page at a time: the cursor is the
// first entry that is not shown.
func journalPage(r *request) (answer, error) {
	end := r.moment.View.Size
	if b := r.URL.Query().Get("before"); b != "" {
		n, err := strconv.ParseInt(b, 10, 64)
		if err != nil || n < 1 {
			return answer{}, fault.Usagef("before=%q is not the number of an entry", b)
		}
		end = min(end, n)
	}
	from := max(0, end-entriesPerPage)
	l := list{caption: "Entries, newest first", columns: []column{{id: "seq", title: "Entry", number: true}, {id: "says", title: "What happened"}, {id: "by", title: "By"}, {id: "recorded", title: "Recorded"}}}
	told, err := r.teller()
	if err != nil {
		return answer{}, err
	}
	for e, err := range r.site.App.Entries(r.Context(), from, end) {
		if err != nil {
			return answer{}, err
		}
		says, why := told(e)
		l.rows = append([]row{{cells: []cell{
			link(strconv.FormatInt(e.Seq, 10), entryHref(e.Seq)).by(e.Seq), text(says).noted(why), text(r.named(e.Actor)), text(instant(e.RecordedAt)).by(e.RecordedAt),
		}}}, l.rows...)
	}
	var ways []cell
	if end < r.moment.View.Size {
		ways = append(ways, link("Newer entries", fmt.Sprintf("/journal?before=%d", min(r.moment.View.Size, end+entriesPerPage))))
	}
	if from > 0 {
		ways = append(ways, link("Older entries", fmt.Sprintf("/journal?before=%d", from)))
	}
	return sheetOf(r, answer{title: "Journal", question: "What was recorded, in which order, and can I prove it?", here: "/journal", wide: true}, []part{
		{note: fmt.Sprintf("%s, each under the one root of a signed checkpoint. Entries are added and never changed.", plural(r.moment.View.Size, "entry", "entries")),
			lines: []cell{link("The newest signed checkpoint", "/journal/checkpoint"), link("The journal's public key", "/journal/key"), link("How to check this server", "/verify")}},
		{table: &l, lines: ways},
	})
}

func entryHref(seq int64) string { return "/journal/" + strconv.FormatInt(seq, 10) }

// entryAsked reads the entry that the address names, which must be one of the
// moment that is asked about.
func (r *request) entryAsked() (entry.Entry, error) {
	seq, err := strconv.ParseInt(r.PathValue("seq"), 10, 64)
	if err != nil || seq < 0 || seq >= r.moment.View.Size {
		return entry.Entry{}, fault.NotFoundf("there is no entry %s", r.PathValue("seq")).Hinted("this journal has the entries 0 to %d", r.moment.View.Size-1)
	}
	e, err := r.site.App.Entry(r.Context(), seq)
	if err != nil {
		return e, err
	}
	see, err := r.reader()
	if err != nil {
		return e, err
	}
	return see(e), nil
}

// reader gives what whoever is signed in may see of an entry: the body of a
// private one is not for everybody. Nothing of the demonstration is secret.
func (r *request) reader() (func(entry.Entry) entry.Entry, error) {
	if r.site.Kind != Lab {
		return func(e entry.Entry) entry.Entry { return e }, nil
	}
	reader, err := r.site.App.Reader(r.Context(), r.person)
	if err != nil {
		return nil, err
	}
	return reader.See, nil
}

// teller says of entries what whoever is signed in may see of them.
func (r *request) teller() (func(entry.Entry) (says, why string), error) {
	see, err := r.reader()
	if err != nil {
		return nil, err
	}
	return func(e entry.Entry) (string, string) {
		seen := see(e)
		says, why := app.Told(seen)
		if e.Body != nil && seen.Body == nil {
			says = strings.Replace(says, "(erased)", "(private)", 1)
		}
		return says, why
	}, nil
}

func entryPage(r *request) (answer, error) {
	e, err := r.entryAsked()
	if err != nil {
		return answer{}, err
	}
	says, why := app.Told(e)
	happened := "not stated apart from when it was recorded"
	var body struct {
		Happened *entry.Happened `json:"happened"`
	}
	content := "The body is withheld or was erased. What is left is its commitment: whoever has the body can still show that it was this one."
	if e.Body != nil {
		var b bytes.Buffer
		if err := json.Indent(&b, e.Body, "", "  "); err != nil {
			return answer{}, err
		}
		content = b.String()
		if json.Unmarshal(e.Body, &body) == nil && body.Happened != nil {
			happened = instant(body.Happened.At) + " (" + body.Happened.Precision + ", " + words(body.Happened.Basis) + ")"
		}
	}
	about := []fact{
		{"What happened", text(says).noted(why)},
		{"Happened", text(happened)},
		{"Recorded", text(instant(e.RecordedAt))},
		{"By", link(r.named(e.Actor), "/people/"+e.Actor)},
		{"Type", text(fmt.Sprintf("%s, version %d", e.Type, e.V))},
		{"Commitment", text(e.Header.Body)},
		{"Salt", text(or(hex.EncodeToString(e.Salt), "withheld or erased"))},
	}
	var ways []cell
	if e.Seq > 0 {
		ways = append(ways, link("Entry before", entryHref(e.Seq-1)))
	}
	if e.Seq+1 < r.moment.View.Size {
		ways = append(ways, link("Entry after", entryHref(e.Seq+1)))
	}
	return sheetOf(r, answer{title: fmt.Sprintf("Entry %d", e.Seq), question: "What exactly was recorded, and how is it proved?", here: "/journal"}, []part{
		{facts: about, lines: ways},
		{title: "The body, exactly", exact: content},
		{title: "The proof", note: "The file holds the entry, its salt and the hashes that lead to the signed root. Anybody can recompute it: SHA-256(salt, body) is the commitment, the header is a leaf of the tree (RFC 6962), and the hashes give the checkpoint's root.",
			lines: []cell{link("Take the inclusion proof", entryHref(e.Seq)+"/proof"), link("Check this server", "/verify")}},
	})
}

func proofFile(r *request) (answer, error) {
	e, err := r.entryAsked()
	if err != nil {
		return answer{}, err
	}
	p, err := r.site.App.Inclusion(r.Context(), e.Seq)
	if err != nil {
		return answer{}, err
	}
	if e.Body == nil { // what is withheld here is withheld there too; its commitment stands in the header
		p.Body, p.Salt = "", ""
	}
	b, err := json.MarshalIndent(p, "", "  ")
	return answer{file: append(b, '\n'), fileKind: "application/json", fileName: fmt.Sprintf("entry-%d.proof.json", e.Seq)}, err
}

func checkpointFile(r *request) (answer, error) {
	h, err := r.site.App.Checkpoint(r.Context())
	return answer{file: h.Checkpoint, fileKind: "text/plain; charset=utf-8", fileName: "checkpoint"}, err
}

func keyFile(r *request) (answer, error) {
	return answer{file: []byte(r.site.App.Key().String() + "\n"), fileKind: "text/plain; charset=utf-8", fileName: "holdpoint.vkey"}, nil
}

// verifyPage tells a stranger how to check the server without trusting it.
func verifyPage(r *request) (answer, error) {
	base := "https://" + r.Host + r.site.Base
	if r.site.Origin != "" {
		base = r.site.Origin + r.site.Base
	}
	return sheetOf(r, answer{title: "Check this yourself", question: "How do I know that this server tells the truth?", here: "/journal"}, []part{
		{title: "1. Get the key from somebody else", note: "The key below is what this server says it is. Compare it with one you were given by the lab in another way: a server that lies would lie about its key too.", exact: r.site.App.Key().String(), lines: []cell{link("Take the key as a file", "/journal/key")}},
		{title: "2. Keep a checkpoint", note: "Whoever keeps one can show later if anything before it was removed or rewritten.", exact: "curl -o checkpoint " + base + "/journal/checkpoint"},
		{title: "3. Check a copy of the whole journal", note: "Ask the lab for an export. This recomputes every hash, signature and rule from the first entry on your own machine, without any server.",
			exact: "# the lab:\nholdpoint ledger export COPY\n# you:\nholdpoint verify ledger COPY --key holdpoint.vkey --since checkpoint --replay"},
		{title: "4. Check a clearance", note: "At the place where weights are loaded, offline. A clearance that nothing is wrong with exits 0, anything else means hold.", exact: "holdpoint verify clearance FILE --key holdpoint.vkey --weights PATH --revocations REVOCATIONS"},
		{title: "What this does not show", lines: lines(
			"That what people wrote is true: the journal shows what was recorded, by whom and when, and not that it was so.",
			"That everything was recorded that happened.",
			"That a page you look at shows what the journal holds: pages come from this server. Compare the short code of a decision and the number of an entry with the command line.")},
	})
}
