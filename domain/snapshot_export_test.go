package domain

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// reach goes through all struct types that a group can hold, and says each of their fields.
func reach(t reflect.Type, seen map[reflect.Type]bool, say func(t reflect.Type, field string)) {
	if seen[t] {
		return
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			say(t, t.Field(i).Name)
			reach(t.Field(i).Type, seen, say)
		}
	case reflect.Map:
		reach(t.Key(), seen, say)
		reach(t.Elem(), seen, say)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		reach(t.Elem(), seen, say)
	case reflect.Interface:
		for _, form := range actForms {
			if act := reflect.TypeOf(form.blank()); act.Implements(t) && t.NumMethod() > 1 {
				reach(act, seen, say)
			}
		}
	}
}

// LoadBytes is LoadSnapshot of bytes.
func LoadBytes(b []byte) (*Group, error) { return LoadSnapshot(sectionOf(b)) }

// LoadNarrowly is LoadBytes through windows of so many bytes.
func LoadNarrowly(b []byte, window int) (*Group, error) { return loadSnapshot(sectionOf(b), window) }

// LeastWindow is as many bytes as are ever looked at in one go.
const LeastWindow = 32

func sectionOf(b []byte) *io.SectionReader {
	return io.NewSectionReader(bytes.NewReader(b), 0, int64(len(b)))
}

// typeName is the name of a type, whatever it is a type of.
func typeName(t reflect.Type) string {
	name, _, _ := strings.Cut(t.Name(), "[")
	return name
}

// FieldsOfGroups are the fields of all structs that a group can hold, as Type.field.
func FieldsOfGroups() map[string]bool {
	all := make(map[string]bool)
	made := map[reflect.Type]bool{reflect.TypeFor[Sitting](): true} // again, from the log of a sitting
	reach(reflect.TypeFor[Group](), made, func(t reflect.Type, field string) { all[typeName(t)+"."+field] = true })
	return all
}

// FilledFields adds those fields of which a group holds one that is not zero.
func FilledFields(g *Group, to map[string]bool) { fill(reflect.ValueOf(g), make(map[met]bool), to) }

// met is where a walk has been.
type met struct {
	t  reflect.Type
	at uintptr
}

func fill(v reflect.Value, seen map[met]bool, to map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if at := (met{v.Type(), v.Pointer()}); !v.IsNil() && !seen[at] {
			seen[at] = true
			fill(v.Elem(), seen, to)
		}
	case reflect.Interface:
		if !v.IsNil() {
			fill(v.Elem(), seen, to)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				to[typeName(v.Type())+"."+v.Type().Field(i).Name] = true
			}
			fill(v.Field(i), seen, to)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			fill(it.Key(), seen, to)
			fill(it.Value(), seen, to)
		}
	case reflect.Slice, reflect.Array:
		if k := v.Type().Elem().Kind(); k == reflect.Uint8 || k == reflect.String {
			return
		}
		for i := range v.Len() {
			fill(v.Index(i), seen, to)
		}
	}
}

// Tidied is g without what it keeps only to use its room again.
func Tidied(g *Group) *Group {
	g.counts.posts = nil
	for _, s := range g.sittings.all {
		s.live, s.heard, s.pasts, s.untold = nil, 0, nil, 0
	}
	if len(g.counts.open) == 0 {
		g.counts.open = nil
	}
	return g
}

// ManyLines is a group of so many lines, in order forms of a hundred.
func ManyLines(lines int) *Group {
	g, _ := load(lines, 100)
	return g
}

// ActForms are the types that a snapshot knows.
func ActForms() (types []string) {
	for _, form := range actForms {
		types = append(types, reflect.TypeOf(form.blank()).Elem().Name())
	}
	return types
}

// Difference is where two groups first differ in any field; "" where nowhere.
func Difference(a, b *Group) string {
	return differs("group", reflect.ValueOf(Tidied(a)), reflect.ValueOf(Tidied(b)), make(map[met]bool))
}

func differs(path string, a, b reflect.Value, seen map[met]bool) string {
	switch {
	case a.Type() != b.Type():
		return path + ": " + a.Type().String() + ", " + b.Type().String()
	case a.Kind() == reflect.Pointer || a.Kind() == reflect.Interface || a.Kind() == reflect.Slice || a.Kind() == reflect.Map:
		if a.IsNil() != b.IsNil() {
			return path + ": one is nil"
		}
		if a.IsNil() {
			return ""
		}
	}
	switch a.Kind() {
	case reflect.Pointer:
		at := met{a.Type(), a.Pointer()}
		if seen[at] {
			return ""
		}
		seen[at] = true
		return differs(path, a.Elem(), b.Elem(), seen)
	case reflect.Interface:
		return differs(path, a.Elem(), b.Elem(), seen)
	case reflect.Struct:
		for i := range a.NumField() {
			if d := differs(path+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i), seen); d != "" {
				return d
			}
		}
		return ""
	case reflect.Slice, reflect.Array:
		if a.Len() != b.Len() {
			return fmt.Sprintf("%s: %d and %d entries", path, a.Len(), b.Len())
		}
		for i := range a.Len() {
			if d := differs(fmt.Sprintf("%s[%d]", path, i), a.Index(i), b.Index(i), seen); d != "" {
				return d
			}
		}
		return ""
	case reflect.Map:
		if a.Len() != b.Len() {
			return fmt.Sprintf("%s: %d and %d entries", path, a.Len(), b.Len())
		}
		for it := a.MapRange(); it.Next(); {
			other := b.MapIndex(it.Key())
			if !other.IsValid() {
				return fmt.Sprintf("%s[%v]: one has none", path, it.Key())
			}
			if d := differs(fmt.Sprintf("%s[%v]", path, it.Key()), it.Value(), other, seen); d != "" {
				return d
			}
		}
		return ""
	}
	if !a.Equal(b) {
		return fmt.Sprintf("%s: %v and %v", path, a, b)
	}
	return ""
}
