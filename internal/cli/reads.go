// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/holdpoint/holdpoint/internal/app"
	"github.com/holdpoint/holdpoint/internal/fault"
)

// farReads are the commands that may be asked from far away: each reads the
// workspace, writes nothing, opens no file that the question names, and has a
// JSON document.
var farReads = []string{
	"access/report", "assessment/list", "assessment/show", "baseline/list", "clearance/list", "decision/list", "decision/show", "desk",
	"enforcement/list", "evidence/impact", "evidence/list", "evidence/show", "evidence/stale", "exception/list", "finding/list", "finding/show",
	"gate/check", "gate/standing", "hold/list", "incident/list", "incident/show", "key/list", "ledger/head", "ledger/log", "ledger/show",
	"model/due", "model/list", "model/show", "notice/list", "obligation/list", "obligation/show", "office/list", "office/owes", "person/list",
	"person/show", "policy/coverage", "policy/diff", "policy/list", "policy/show", "restriction/list", "restriction/responses", "review/list",
	"safeguard/interim/list", "safeguard/interim/show", "safeguard/show", "status",
}

// Reads answers those commands to a server, with the document that --json
// prints.
type Reads struct{}

// List gives every read, in the order of the paths.
func (Reads) List() []app.Read {
	var all []app.Read
	parser, err := grammar(&commands{}, io.Discard, io.Discard, func(int) {})
	if err != nil {
		panic("cli: " + err.Error()) // no command line would work either
	}
	for _, path := range farReads {
		n := nodeAt(parser.Model.Node, path)
		if n == nil {
			panic("cli: there is no command " + path)
		}
		all = append(all, readOf(path, n))
	}
	return all
}

// nodeAt finds a command by its words.
func nodeAt(n *kong.Node, path string) *kong.Node {
	for word := range strings.SplitSeq(path, "/") {
		i := slices.IndexFunc(n.Children, func(c *kong.Node) bool { return c.Name == word })
		if i < 0 {
			return nil
		}
		n = n.Children[i]
	}
	return n
}

func readOf(path string, n *kong.Node) app.Read {
	r := app.Read{Path: path, Help: n.Help}
	for _, p := range n.Positional {
		r.Params = append(r.Params, paramOf(p))
	}
	for _, f := range n.Flags {
		if f.Name != "help" {
			r.Params = append(r.Params, paramOf(f.Value))
		}
	}
	r.Params = append(r.Params, app.Param{
		Name: "at", Type: "string", Help: "The moment that is asked about: a time, a day, or the number of an entry; now if not given.",
	})
	return r
}

func paramOf(v *kong.Value) app.Param {
	p := app.Param{Name: v.Name, Help: v.Help, Required: v.Required, Many: v.IsSlice(), Type: "string"}
	if v.Enum != "" {
		p.Enum = slices.DeleteFunc(strings.Split(v.Enum, ","), func(s string) bool { return s == "" })
	}
	kind := v.Target.Kind()
	if p.Many {
		kind = v.Target.Type().Elem().Kind()
	}
	switch kind {
	case reflect.Bool:
		p.Type = "boolean"
	case reflect.Int, reflect.Int64:
		p.Type = "integer"
	}
	return p
}

// alone is a command line with one noun.
type alone struct{ options }

// nounGrammar is the grammar of the noun of a path alone: to make the whole one
// takes longer than to answer.
func nounGrammar(root *alone, path string, exit func(int)) (*kong.Kong, error) {
	noun, _, _ := strings.Cut(path, "/")
	all := reflect.TypeFor[commands]()
	for i := range all.NumField() {
		f := all.Field(i)
		if f.Anonymous || cmp.Or(f.Tag.Get("name"), strings.ToLower(f.Name)) != noun {
			continue
		}
		return kong.New(root, append(settings(io.Discard, io.Discard, exit),
			kong.DynamicCommand(noun, f.Tag.Get("help"), f.Tag.Get("group"), reflect.New(f.Type).Interface()))...)
	}
	return nil, fault.New(fault.Internal, "there is no noun %q", noun)
}

// Read answers one, as the reader of the question.
func (r Reads) Read(ctx context.Context, a *app.App, q app.Question) ([]byte, error) {
	if !slices.Contains(farReads, q.Path) {
		return nil, fault.NotFoundf("there is no read %.80q", q.Path)
	}
	var root alone
	help := false
	parser, err := nounGrammar(&root, q.Path, func(int) { help = true })
	if err != nil {
		return nil, err
	}
	args, err := commandLine(readOf(q.Path, nodeAt(parser.Model.Node, q.Path)), positionals(nodeAt(parser.Model.Node, q.Path)), q.Params)
	if err != nil {
		return nil, err
	}
	parsed, err := parser.Parse(args)
	if err != nil || help {
		return nil, fault.Usagef("%s", plainUsage(errText(err))).Hinted("the document of the interface lists the parameters of %s", q.Path)
	}
	var out bytes.Buffer
	s := &session{ctx: ctx, in: strings.NewReader(""), out: &out, errOut: io.Discard, open: a, reader: q.Reader}
	s.options = options{JSON: true, As: q.Reader.Actor(), At: root.At}
	if err := parsed.Run(s); err != nil {
		if o, ok := errors.AsType[outcome](err); !ok || int(o) == exitFailure {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

func errText(err error) string {
	if err == nil {
		return "this is not a read"
	}
	return err.Error()
}

func positionals(n *kong.Node) []string {
	var names []string
	for _, p := range n.Positional {
		names = append(names, p.Name)
	}
	return names
}

// commandLine makes the words of a command of the parameters of a question.
func commandLine(r app.Read, positional []string, params map[string][]string) ([]string, error) {
	args := strings.Split(r.Path, "/")
	given := map[string]string{}
	for name, values := range params {
		i := slices.IndexFunc(r.Params, func(p app.Param) bool { return p.Name == name })
		if i < 0 {
			return nil, fault.Usagef("%s has no parameter %.40q", r.Path, name).Hinted("the document of the interface lists them")
		}
		if len(values) > 1 && !r.Params[i].Many {
			return nil, fault.Usagef("%s is given more than once", name)
		}
		for _, v := range values {
			if v == "" {
				return nil, fault.Usagef("%s was given no value", name).Hinted("leave it out where nothing is to be said by it")
			}
			if err := noFile(name, v); err != nil {
				return nil, err
			}
			if slices.Contains(positional, name) {
				given[name] = v
			} else {
				args = append(args, "--"+name+"="+v)
			}
		}
	}
	args = append(args, "--")
	for _, name := range positional {
		if v, ok := given[name]; ok {
			args = append(args, v)
		} else if len(given) > 0 && slices.ContainsFunc(r.Params, func(p app.Param) bool { return p.Name == name && p.Required }) {
			return nil, fault.Usagef("%s needs %s", r.Path, name)
		}
	}
	return args, nil
}

var inFull = regexp.MustCompile(`^policy:[A-Za-z0-9_-]+@[A-Za-z0-9_.-]+$`)

// noFile refuses to suppose a policy that may be a file of the server.
func noFile(name, value string) error {
	if name != "suppose" || !strings.HasPrefix(value, "policy:") || inFull.MatchString(value) && !strings.HasSuffix(value, "ml") {
		return nil
	}
	return fault.Usagef("a policy that is supposed is named in full: policy:ID@VERSION")
}
