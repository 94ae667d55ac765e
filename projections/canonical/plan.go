package canonical

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// A plan says how the members of a struct are written: in the order of their names, whatever they are embedded in.
type plan []member

type member struct {
	name      string
	quoted    []byte // with its colon
	index     []int
	write     writer
	omitEmpty bool
	measured  bool                       // it is empty where it has no length, which is seen before it is written
	isZero    func(v reflect.Value) bool // nil where it is written in any case
}

var plans sync.Map // of reflect.Type to plan

// planOf is the plan of a struct; nil where its tags say what is not planned for.
func planOf(t reflect.Type) plan {
	if p, ok := plans.Load(t); ok {
		return p.(plan)
	}
	p, _ := plans.LoadOrStore(t, planned(t))
	return p.(plan)
}

func planned(t reflect.Type) plan {
	p := plan{}
	if !p.add(t, nil) || t.NumField() > 0 && len(p) == 0 {
		return nil
	}
	slices.SortFunc(p, func(x, y member) int {
		if c := before(x.name, y.name); c != 0 {
			return c
		}
		return len(x.index) - len(y.index)
	})
	dominant := p[:0]
	for i, m := range p {
		switch {
		case i == 0 || p[i-1].name != m.name:
			dominant = append(dominant, m)
		case len(m.index) == len(dominant[len(dominant)-1].index):
			return nil // neither hides the other
		}
	}
	return dominant
}

// add adds the members of a struct that stands at a place in another; it reports whether all of them are planned for.
func (p *plan) add(t reflect.Type, at []int) bool {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("json")
		if tag == "-" {
			continue
		}
		index := append(slices.Clone(at), i)
		if f.Anonymous && !tagged {
			if f.Type.Kind() != reflect.Struct || writesItself(f.Type) || !p.add(f.Type, index) {
				return false
			}
			continue
		}
		if !f.IsExported() {
			if f.Anonymous || tagged {
				return false
			}
			continue
		}
		m, ok := memberOf(&f, tag)
		if !ok {
			return false
		}
		m.index = index
		*p = append(*p, m)
	}
	return true
}

func memberOf(f *reflect.StructField, tag string) (m member, ok bool) {
	name, options, _ := strings.Cut(tag, ",")
	if m.name = name; name == "" {
		m.name = f.Name
	}
	if !plain(m.name) || strings.ContainsAny(m.name, "'`") {
		return m, false
	}
	m.quoted, m.write = []byte(`"`+m.name+`":`), of(f.Type)
	if options == "" {
		return m, !strings.HasSuffix(tag, ",")
	}
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "omitempty":
			m.omitEmpty = true
			k := f.Type.Kind()
			m.measured = (k == reflect.Slice || k == reflect.Map || k == reflect.String) && !writesItself(f.Type)
		case "omitzero":
			m.isZero = zeroOf(f.Type)
		default:
			return m, false
		}
	}
	return m, true
}

// zeroOf says how a value of a type is found to be zero: by its own word, where it has one.
func zeroOf(t reflect.Type) func(reflect.Value) bool {
	switch {
	case t.Kind() == reflect.Pointer || t.Kind() == reflect.Interface:
		if !t.Implements(zeroes) {
			return reflect.Value.IsNil
		}
		return func(v reflect.Value) bool {
			return v.IsNil() || v.Kind() == reflect.Interface && v.Elem().Kind() == reflect.Pointer && v.Elem().IsNil() || v.Interface().(interface{ IsZero() bool }).IsZero()
		}
	case reflect.PointerTo(t).Implements(zeroes):
		return func(v reflect.Value) bool { return v.Addr().Interface().(interface{ IsZero() bool }).IsZero() }
	}
	return reflect.Value.IsZero
}

// write writes a struct, with the name of another member where one is given, and says where the value of that belongs.
func (p plan) write(b []byte, v reflect.Value, name string, place *int) (_ []byte, err error) {
	b = append(b, '{')
	first, waits := len(b), name != ""
	another := func() {
		b = append(append(append(separated(b, first), '"'), name...), `":`...)
		*place, waits = len(b), false
	}
	for i := range p {
		m := &p[i]
		if waits && before(m.name, name) > 0 {
			another()
		}
		of := v
		for _, at := range m.index {
			of = of.Field(at)
		}
		if m.isZero != nil && m.isZero(of) || m.measured && of.Len() == 0 {
			continue
		}
		from := len(b)
		b = append(separated(b, first), m.quoted...)
		begins := len(b)
		if b, err = m.write(b, of); err != nil {
			return b, err
		}
		if m.omitEmpty && empty(b[begins:]) {
			b = b[:from]
		}
	}
	if waits {
		another()
	}
	return append(b, '}'), nil
}

func separated(b []byte, first int) []byte {
	if len(b) > first {
		return append(b, ',')
	}
	return b
}

var empties = [][]byte{[]byte(`""`), []byte("[]"), []byte("{}"), []byte("null")}

// empty reports whether what was written is nothing.
func empty(text []byte) bool {
	return len(text) <= 4 && slices.ContainsFunc(empties, func(e []byte) bool { return bytes.Equal(e, text) })
}
