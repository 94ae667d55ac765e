package eventstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
)

// A shape is what the visitors say of a value's form.
type shape struct {
	kind    string // "string", "integer" from 1 on, "count" from 0 on, "flag", "array", "object", or what refers to other shapes: "data", "change", "replacement", "type", "command"
	what    string // in English
	pattern string // a regular expression, where there is one
	items   *shape
	fields  []field
}

// A field is one key of an object.
type field struct {
	key  string
	need need
	shape
}

func (c *coder) describe(key string, n need, s shape) {
	c.fields = append(c.fields, field{key, n, s})
}

// describe is the fields that visit visits.
func describe[T any](events *Catalogue, visit func(*coder, *T)) []field {
	c := &coder{events: events, mode: describing}
	visit(c, new(T))
	return c.fields
}

type node = map[string]any

// Schemas gives the JSON Schemas (draft 2020-12) of the catalogue, by the names of their files, always in the same order:
// the events, the commands, what they share, then the data of each type in each version. They say less than Decode
// checks: neither the calendar, nor text normalisation, nor the order of keys.
func (c *Catalogue) Schemas() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		if !yield("event.json", page("An event, as a register keeps it", c.eventSchema())) ||
			!yield("command.json", page("A command", c.commandSchema())) ||
			!yield("change.json", page("A change of a group's rules", c.changeSchema())) ||
			!yield("replacement.json", page("What an event says instead", c.replacementSchema())) {
			return
		}
		for k := range c.Kinds() {
			if !yield(k.file(), page(k.Doc, objectSchema(k.fields(c)))) {
				return
			}
		}
	}
}

// file is the name of the schema of the kind's data.
func (k *Kind) file() string { return fmt.Sprintf("%s.v%d.json", k.Type, k.Version) }

// page is a schema as a file.
func page(title string, schema node) []byte {
	schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	schema["title"] = title
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(schema); err != nil {
		panic(err) // strings, numbers, lists and maps
	}
	return b.Bytes()
}

func (c *Catalogue) eventSchema() node {
	schema := objectSchema(describe(c, (*coder).envelope))
	var each []any
	for k := range c.Kinds() {
		each = append(each, k.choice("type", k.Type))
	}
	schema["oneOf"] = each
	return schema
}

func (c *Catalogue) replacementSchema() node {
	schema := objectSchema(describe(c, said))
	var each []any
	for k := range c.Kinds() {
		each = append(each, k.choice("type", k.Type))
	}
	schema["oneOf"] = each
	return schema
}

func (c *Catalogue) commandSchema() node {
	schema := objectSchema(describe(c, (*coder).command))
	var each []any
	for k := range c.Kinds() {
		if c.commands[k.Command] != nil {
			each = append(each, node{"properties": node{"command": node{"const": k.Command}, "data": node{"$ref": k.file()}}})
		}
	}
	schema["oneOf"] = each
	return schema
}

// choice says which data go with a type and version.
func (k *Kind) choice(key, name string) node {
	return node{"properties": node{key: node{"const": name}, "version": node{"const": k.Version}, "data": node{"$ref": k.file()}}}
}

func (c *Catalogue) changeSchema() node {
	var each []any
	for k := range c.Kinds() {
		if !k.change {
			continue
		}
		schema := objectSchema(k.fields(c))
		schema["properties"].(node)[tagKey] = node{"const": k.tag}
		schema["required"] = append(schema["required"].([]string), tagKey)
		each = append(each, schema)
	}
	return node{"oneOf": each}
}

func objectSchema(fields []field) node {
	properties, needed := node{}, []string{}
	for _, f := range fields {
		schema := f.schema()
		if f.need == required {
			needed = append(needed, f.key)
		} else if f.kind == "array" {
			schema["minItems"] = 1
		}
		properties[f.key] = schema
	}
	return node{"type": "object", "properties": properties, "required": needed, "additionalProperties": false}
}

func (s *shape) schema() node {
	schema := node{"type": s.kind}
	switch s.kind {
	case "object":
		schema = objectSchema(s.fields)
	case "array":
		schema["items"] = s.items.schema()
	case "integer":
		schema["minimum"], schema["maximum"] = 1, maxInteger
	case "count":
		schema["type"], schema["minimum"], schema["maximum"] = "integer", 0, maxInteger
	case "flag":
		schema["type"], schema["const"] = "boolean", true
	case "change", "replacement":
		return node{"$ref": s.kind + ".json"}
	case "data":
		schema["type"] = "object"
	case "type", "command":
		schema["type"] = "string"
	}
	if s.pattern != "" {
		schema["pattern"] = s.pattern
	}
	if s.what != "" {
		schema["description"] = s.what
	}
	return schema
}

// Markdown is the catalogue to be read by people. example gives an example of a type in a version, nil where there is none.
func (c *Catalogue) Markdown(example func(name string, version int) []byte) []byte {
	var b bytes.Buffer
	b.WriteString(markdownTop)
	b.WriteString("## Event\n\n")
	fieldTable(&b, describe(c, (*coder).envelope))
	b.WriteString("## Command\n\n")
	fieldTable(&b, describe(c, (*coder).command))
	b.WriteString("# Types\n\n| event | version | command | |\n|---|---|---|---|\n")
	for k := range c.Kinds() {
		fmt.Fprintf(&b, "| [`%s`](#%s-%d) | %d | %s | %s |\n", k.Type, k.Type, k.Version, k.Version, code(k.Command), k.Doc)
	}
	for k := range c.Kinds() {
		c.section(&b, &k, example(k.Type, k.Version))
	}
	return b.Bytes()
}

const markdownTop = `# Catalogue of events and commands

Written by ` + "`go test ./eventstore -run TestCatalogueFiles -update`" + `; do not edit. The JSON Schemas are in [schema](schema).

An event is UTF-8 JSON in the canonical form of RFC 8785: keys in order, no white space, the fewest escapes. A register keeps these bytes, and
its log hashes them. A command has the same fields in any order, with any white space. An optional field that says nothing is left out, so a
flag is ` + "`true`" + ` or not there. Text is in Unicode normalisation form C; numbers are whole, below 2^53.

A change of a group's rules, inside a convention or an avenant, is the data of its event type with one more key, ` + "`change`" + `, that names the type
(from version 2 on with the version, as in ` + "`weights-set/2`" + `).

`

// section is what the catalogue says of one kind.
func (c *Catalogue) section(b *bytes.Buffer, k *Kind, example []byte) {
	fmt.Fprintf(b, "\n## %s %d\n\n%s\n\n", k.Type, k.Version, k.Doc)
	switch {
	case c.newest[k.Type].Version != k.Version:
		b.WriteString("An older version, which is only read.\n\n")
	case k.Command == "":
		b.WriteString("No command: it follows by itself.\n\n")
	default:
		fmt.Fprintf(b, "Command: `%s`.", k.Command)
		if k.change {
			b.WriteString(" It can also be a change.")
		}
		b.WriteString("\n\n")
	}
	fieldTable(b, k.fields(c))
	if example != nil {
		fmt.Fprintf(b, "```json\n%s\n```\n", example)
	}
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

func fieldTable(b *bytes.Buffer, fields []field) {
	b.WriteString("| field | | |\n|---|---|---|\n")
	fieldRows(b, "", fields)
	b.WriteString("\n")
}

func fieldRows(b *bytes.Buffer, in string, fields []field) {
	for _, f := range fields {
		n := "required"
		if f.need == optional {
			n = "optional"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", in+f.key, n, f.shape.words())
		switch {
		case f.kind == "object":
			fieldRows(b, in+f.key+".", f.fields)
		case f.kind == "array" && f.items.kind == "object":
			fieldRows(b, in+f.key+"[].", f.items.fields)
		}
	}
}

// words says in English what a value is.
func (s *shape) words() string {
	switch s.kind {
	case "array":
		return "list of: " + s.items.words()
	case "object":
		return "an object"
	case "change":
		return "changes"
	case "data":
		return "an object, as the type says"
	case "replacement":
		return "an object with `data`, `effective`, `type`, `version`; without it the target is void"
	case "type", "command":
		return "one of the names below"
	}
	return strings.ReplaceAll(s.what, "|", `\|`)
}
