package web

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"registre/web/operation"
)

const ids = "^[a-z0-9-]{1,64}$"

// document is the document that describes the server, as far as no operation adds to it.
func (s *Server) document() *huma.OpenAPI {
	return &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "registre", Version: s.Version,
			Description: "A ledger of the decisions that public bodies take together. Every question takes two times: at, the day asked about, and known, what may be known. The same pair of both always has the same answer; what is beside it stands in meta.",
			License:     &huma.License{Name: "see LICENSE"},
		},
		Components: &huma.Components{
			Schemas:         huma.NewMapRegistry("#/components/schemas/", named),
			SecuritySchemes: map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "A token, as `registre token create` gives one"}},
		},
		Tags: []*huma.Tag{
			{Name: "questions", Description: "What the register says, on any day, as known at any other"},
			{Name: "commands", Description: "What is recorded in it"},
			{Name: "tables", Description: "Files that other programs open, and those that they send"},
			{Name: "register", Description: "The events themselves"},
			{Name: "operation", Description: "For whoever watches over the server"},
		},
	}
}

// named is what the schema of a type is called: two packages may have types of one name.
func named(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := huma.DefaultSchemaNamer(t, hint)
	if path := t.PkgPath(); path != "" {
		parts := strings.Split(path, "/")
		if room := parts[len(parts)-1]; room != "registre" && room != "main" && t.Name() != "" {
			return strings.ToUpper(room[:1]) + room[1:] + name
		}
	}
	return name
}

// describe adds the schemas that are not of answers: those of commands, and that of a problem.
func (s *Server) describe() {
	for name, schema := range s.Commands {
		s.registry().Map()[strings.TrimSuffix(name, ".json")] = &huma.Schema{Extensions: local(schema).(map[string]any)}
	}
	if command := s.registry().Map()["command"]; command != nil {
		telling(command.Extensions)
	}
}

// telling says of what a command carries that it has fields, which stand in the schema of each: generators of clients take an
// object of which nothing is said for an empty one.
func telling(command map[string]any) {
	if all, ok := command["properties"].(map[string]any); ok {
		if data, ok := all["data"].(map[string]any); ok {
			data["additionalProperties"] = true
		}
	}
}

func (s *Server) registry() huma.Registry { return s.api.OpenAPI().Components.Schemas }

// local is a schema, or part of one, whose references to other files are to parts of the document.
func local(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, part := range v {
			switch name, _ := part.(string); {
			case key == "$schema":
			case key == "$ref":
				out[key] = "#/components/schemas/" + strings.TrimSuffix(name, ".json")
			default:
				out[key] = local(part)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, part := range v {
			out[i] = local(part)
		}
		return out
	}
	return v
}

// answered is the schema of the answers to a question. Beside what the answer says stands meta.
func (s *Server) answered(q *operation.Question) *huma.Schema {
	schema := s.schemaOf(q.Answers, q.Name)
	if q.House {
		return schema
	}
	whole := *s.registry().SchemaFromRef(schema.Ref)
	whole.Properties = map[string]*huma.Schema{"meta": s.schemaOf(s.Meta, "Meta")}
	for name, p := range s.registry().SchemaFromRef(schema.Ref).Properties {
		whole.Properties[name] = p
	}
	whole.Required = append(slices.Clone(whole.Required), "meta")
	return &whole
}

func (s *Server) recordedSchema() *huma.Schema {
	return s.schemaOf(s.Recorded, "Recorded")
}

func jsonOf(schema *huma.Schema) map[string]*huma.MediaType {
	return map[string]*huma.MediaType{"application/json": {Schema: schema}}
}

// mayFail says with which statuses an operation can fail, beside those that any can.
func (s *Server) mayFail(op *huma.Operation, statuses ...int) {
	statuses = append(statuses, http.StatusInternalServerError, http.StatusServiceUnavailable)
	if s.Door != nil && op.Tags[0] != "operation" {
		statuses = append(statuses, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests)
		op.Security = []map[string][]string{{"token": {}}}
	}
	problem := s.registry().Schema(reflect.TypeFor[Problem](), true, "Problem")
	for _, status := range statuses {
		op.Responses[strconv.Itoa(status)] = &huma.Response{
			Description: http.StatusText(status),
			Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: problem}},
		}
	}
}

func groupParameter() *huma.Param {
	return &huma.Param{Name: "group", In: "path", Required: true, Description: "The group", Schema: &huma.Schema{Type: huma.TypeString, Pattern: ids}, Example: "ent-grand-est"}
}

func timeParameter(name, says, example string) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: says, Schema: &huma.Schema{Type: huma.TypeString}, Example: example}
}

// parameterOf is what the document says of a parameter.
func parameterOf(q *operation.Question, p *operation.Parameter) *huma.Param {
	zero, one, most := 0.0, 1.0, float64(1<<53-1)
	param := &huma.Param{Name: p.Name, In: "query", Required: p.Required, Description: p.Says, Schema: &huma.Schema{Type: huma.TypeString}}
	if strings.Contains(q.Path, "{"+p.Name+"}") {
		param.In, param.Required = "path", true
	}
	switch p.Form {
	case operation.ID:
		param.Schema.Pattern = ids
	case operation.Day:
		param.Schema.Format = "date"
	case operation.Number:
		param.Schema = &huma.Schema{Type: huma.TypeInteger, Minimum: &one, Maximum: &most}
	case operation.Count:
		param.Schema = &huma.Schema{Type: huma.TypeInteger, Minimum: &zero, Maximum: &most}
	case operation.Flag:
		param.Schema = &huma.Schema{Type: huma.TypeBoolean}
	case operation.Lines:
		param.Schema = &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString}}
	}
	for _, value := range p.OneOf {
		param.Schema.Enum = append(param.Schema.Enum, value)
	}
	return param
}

func answerHeaders(ofGroup bool) map[string]*huma.Param {
	headers := map[string]*huma.Param{
		"Etag": {Description: "names this answer", Schema: &huma.Schema{Type: huma.TypeString}},
	}
	if ofGroup {
		headers["Registre-Head"] = &huma.Param{Description: "the register's last number now", Schema: &huma.Schema{Type: huma.TypeInteger}}
	}
	return headers
}

// openapi serves the document, made once.
func (s *Server) openapi() handler {
	made := sync.OnceValues(func() ([]byte, error) { return json.Marshal(s.api.OpenAPI()) })
	return func(w http.ResponseWriter, r *http.Request) error {
		text, err := made()
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/openapi+json")
		w.Header().Set("Cache-Control", "no-cache")
		if known(w, r, tagOf(text)) {
			return nil
		}
		_, err = w.Write(text)
		return err
	}
}
