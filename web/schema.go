package web

import (
	"encoding"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

var (
	marshalsText = reflect.TypeFor[encoding.TextMarshaler]()
	marshalsJSON = reflect.TypeFor[json.Marshaler]()
	anything     = reflect.TypeFor[any]()
)

// schemaOf is the schema of a type of answers, as it is written: a type that writes itself as text is a text, and what is embedded
// is told with what embeds it, also where its type has a name of its own room.
func (s *Server) schemaOf(t reflect.Type, hint string) *huma.Schema {
	s.texts(t, map[reflect.Type]bool{})
	schema := s.registry().Schema(t, true, hint)
	if schema.Ref == "" || s.merged[t] {
		return schema
	}
	s.merged[t] = true
	whole := s.registry().SchemaFromRef(schema.Ref)
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.Anonymous || f.IsExported() || f.Type.Kind() != reflect.Struct {
			continue
		}
		part := s.registry().SchemaFromRef(s.schemaOf(f.Type, f.Name).Ref)
		for name, p := range part.Properties {
			whole.Properties[name] = p
		}
		whole.Required = append(whole.Required, part.Required...)
	}
	return schema
}

// texts has every type within t that writes itself as text described as one, and what is JSON already as anything.
func (s *Server) texts(t reflect.Type, seen map[reflect.Type]bool) {
	if seen[t] {
		return
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		s.texts(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			s.texts(t.Field(i).Type, seen)
		}
	}
	if k := t.Kind(); k == reflect.Pointer || k == reflect.Interface {
		return
	}
	switch is := func(of reflect.Type) bool { return t.Implements(of) || reflect.PointerTo(t).Implements(of) }; {
	case is(marshalsJSON):
		s.registry().RegisterTypeAlias(t, anything)
	case is(marshalsText):
		s.registry().RegisterTypeAlias(t, reflect.TypeFor[string]())
	}
}
