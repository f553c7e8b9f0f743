// SPDX-FileCopyrightText: The Holdpoint Authors
// SPDX-License-Identifier: Apache-2.0

package serve

import (
	_ "embed"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/holdpoint/holdpoint/internal/fault"
)

//go:embed config.go
var configSource string

// Read gives the configuration that counts: defaults, then the file (if one is
// named), then the environment, then listen (if not ""). An unknown member, a
// value of the wrong kind or a combination that cannot work is refused, each with
// its name, all at once.
func Read(path, listen string) (Config, error) {
	c := Defaults()
	if path != "" {
		if err := c.readFile(path); err != nil {
			return c, err
		}
	}
	if err := c.readEnvironment(os.LookupEnv); err != nil {
		return c, err
	}
	if listen != "" {
		c.Listen = listen
	}
	return c, c.Check()
}

func (c *Config) readFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fault.New(fault.NotFound, "the configuration cannot be read: %w", err).At("%s", path).Hinted("print one with: holdpoint config > %s", path)
	}
	defer f.Close()
	d := yaml.NewDecoder(f)
	d.KnownFields(true)
	if err := d.Decode(c); err != nil && !errors.Is(err, io.EOF) {
		return fault.Invalidf("%s", strings.ReplaceAll(err.Error(), "serve.Config", "a configuration")).At("%s", path).Hinted("holdpoint config prints every member with its comment")
	}
	return nil
}

// readEnvironment takes what is set there.
func (c *Config) readEnvironment(look func(string) (string, bool)) error {
	v := reflect.ValueOf(c).Elem()
	var all fault.List
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("env")
		text, ok := look(name)
		if !ok {
			continue
		}
		if err := set(v.Field(i), text); err != nil {
			all = append(all, fault.Invalidf("%q is not %s", text, kindWords(v.Field(i))).At("%s", name))
		}
	}
	return all.Err()
}

func set(v reflect.Value, text string) error {
	switch v.Interface().(type) {
	case string:
		v.SetString(text)
	case bool:
		b, err := strconv.ParseBool(text)
		v.SetBool(b)
		return err
	case time.Duration:
		d, err := time.ParseDuration(text)
		v.SetInt(int64(d))
		return err
	}
	return nil
}

func kindWords(v reflect.Value) string {
	if v.Kind() == reflect.Bool {
		return "true or false"
	}
	return "a duration such as 5m"
}

// Text writes the configuration as the file that [Read] reads, with a comment on
// each member: the comments of [Config] are the manual. A secret is left out.
func (c Config) Text() (string, error) {
	notes, err := comments()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString("# Configuration of holdpoint serve. Each member can be set in the environment too.\n")
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		b.WriteString("\n")
		for line := range strings.Lines(notes[f.Name]) {
			b.WriteString("# " + line)
		}
		fmt.Fprintf(&b, "# Environment: %s\n", f.Tag.Get("env"))
		b.WriteString(line(f, v.Field(i)))
	}
	return b.String(), nil
}

func line(f reflect.StructField, v reflect.Value) string {
	name := f.Tag.Get("yaml")
	if f.Tag.Get("secret") != "" {
		return "# " + name + ": (not printed)\n"
	}
	switch x := v.Interface().(type) {
	case string:
		return name + ": " + strconv.Quote(x) + "\n"
	default:
		return fmt.Sprintf("%s: %v\n", name, x)
	}
}

// comments reads what is written above the members of Config in its source, so
// that the manual and the code cannot differ.
func comments() (map[string]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", configSource, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	notes := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		t, ok := n.(*ast.TypeSpec)
		if !ok || t.Name.Name != "Config" {
			return true
		}
		above := ""
		for _, f := range t.Type.(*ast.StructType).Fields.List {
			if f.Doc != nil {
				above = f.Doc.Text()
			}
			notes[f.Names[0].Name] = above
			above = ""
		}
		return false
	})
	return notes, nil
}
