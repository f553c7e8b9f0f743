// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package web

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// perPage is how many rows a list shows at once.
const perPage = 50

// list is a table that can be sorted, filtered, paged and taken away as CSV or
// JSON. Its state stands in the address, so that a view can be sent to somebody.
type list struct {
	// id names the list in the address, so that a page may have several.
	id      string
	caption string
	columns []column
	rows    []row
	// empty says what to do when there is nothing, or why that is good.
	empty string
	// kept counts what the filter left; query, sorted, down and page are the
	// state of the view.
	query  string
	sorted string
	down   bool
	page   int
	kept   int
	all    int
	values url.Values
	path   string
}

// column is one of a list; number aligns to the right and sorts by value.
type column struct {
	id, title string
	number    bool
}

// row is one thing of a list. Live rows are marked.
type row struct {
	cells []cell
	alarm bool
}

// cell is one value. sort is what it sorts by, text if "". A mark stands before
// its text.
type cell struct {
	text string
	href string
	mark mark
	sort string
	// note stands under the text, smaller.
	note string
	// entries prove it.
	entries []int64
}

func text(s string) cell              { return cell{text: s} }
func link(s, href string) cell        { return cell{text: s, href: href} }
func marked(m mark, s string) cell    { return cell{text: s, mark: m} }
func counted(n int) cell              { return cell{text: strconv.Itoa(n), sort: number(int64(n))} }
func number(n int64) string           { return strconv.FormatInt(n+1<<62, 10) }
func (c cell) by(n int64) cell        { c.sort = number(n); return c }
func (c cell) noted(s string) cell    { c.note = s; return c }
func (c cell) proved(e ...int64) cell { c.entries = e; return c }

// shown gives the list as the address asks for it.
func (l list) shown(req *request) list {
	q := req.URL.Query()
	l.values, l.path = q, req.site.Base+strings.TrimPrefix(req.URL.Path, req.site.Base)
	l.query, l.sorted = strings.TrimSpace(q.Get(l.id+"q")), q.Get(l.id+"sort")
	l.sorted, l.down = strings.CutPrefix(l.sorted, "-")
	l.all = len(l.rows)
	l.rows = l.filtered()
	l.kept = len(l.rows)
	l.sort()
	l.page, _ = strconv.Atoi(q.Get(l.id + "page"))
	l.page = min(max(l.page, 1), l.pages())
	return l
}

func (l list) filtered() []row {
	if l.query == "" {
		return slices.Clone(l.rows)
	}
	words := strings.Fields(strings.ToLower(l.query))
	var kept []row
	for _, r := range l.rows {
		all := strings.ToLower(r.words())
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(all, w) }) {
			kept = append(kept, r)
		}
	}
	return kept
}

func (r row) words() string {
	var b strings.Builder
	for _, c := range r.cells {
		b.WriteString(c.mark.word() + " " + c.text + " " + c.note + " ")
	}
	return b.String()
}

func (l list) sort() {
	i := slices.IndexFunc(l.columns, func(c column) bool { return c.id == l.sorted })
	if i < 0 {
		return
	}
	slices.SortStableFunc(l.rows, func(a, b row) int {
		n := cmp.Compare(a.cells[i].key(), b.cells[i].key())
		if l.down {
			return -n
		}
		return n
	})
}

func (c cell) key() string {
	if c.sort != "" {
		return c.sort
	}
	return strings.ToLower(c.text)
}

func (l list) pages() int { return max(1, (l.kept+perPage-1)/perPage) }

// onPage are the rows that are shown.
func (l list) onPage() []row {
	from := (l.page - 1) * perPage
	return l.rows[min(from, len(l.rows)):min(from+perPage, len(l.rows))]
}

// with is the address of the list with one thing changed.
func (l list) with(name, value string) string {
	v := url.Values{}
	for k, x := range l.values {
		v[k] = x
	}
	if name != "page" {
		v.Del(l.id + "page")
	}
	if value == "" {
		v.Del(l.id + name)
	} else {
		v.Set(l.id+name, value)
	}
	if len(v) == 0 {
		return l.path
	}
	return l.path + "?" + v.Encode()
}

// order is the address that sorts by a column, or turns its order round.
func (l list) order(c column) string {
	if l.sorted == c.id && !l.down {
		return l.with("sort", "-"+c.id)
	}
	return l.with("sort", c.id)
}

// ordered is the ARIA word for how a column is sorted.
func (l list) ordered(c column) string {
	switch {
	case l.sorted != c.id:
		return "none"
	case l.down:
		return "descending"
	}
	return "ascending"
}

// taken gives the whole filtered list as a file, if the address asks for one.
func (l list) taken() (answer, bool) {
	switch l.values.Get(l.id + "as") {
	case "csv":
		return answer{file: l.csv(), fileKind: "text/csv; charset=utf-8", fileName: l.fileName() + ".csv"}, true
	case "json":
		return answer{file: l.json(), fileKind: "application/json", fileName: l.fileName() + ".json"}, true
	}
	return answer{}, false
}

func (l list) fileName() string {
	if l.id != "" {
		return l.id
	}
	return "holdpoint"
}

func (l list) csv() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	var head []string
	for _, c := range l.columns {
		head = append(head, c.title)
	}
	_ = w.Write(head)
	for _, r := range l.rows {
		var line []string
		for _, c := range r.cells {
			line = append(line, harmless(c.plain()))
		}
		_ = w.Write(line)
	}
	w.Flush()
	return b.Bytes()
}

// harmless keeps a spreadsheet from taking a text for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r") {
		return "'" + s
	}
	return s
}

func (c cell) plain() string {
	parts := []string{c.mark.word(), c.text}
	if c.note != "" {
		parts = append(parts, "("+c.note+")")
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

func (l list) json() []byte {
	rows := []map[string]string{}
	for _, r := range l.rows {
		one := map[string]string{}
		for i, c := range r.cells {
			one[l.columns[i].id] = c.plain()
		}
		rows = append(rows, one)
	}
	b, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		return nil // strings alone
	}
	return append(b, '\n')
}
