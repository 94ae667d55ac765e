package canonical

import (
	"bytes"
	"fmt"
	"reflect"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Marshal writes v.
func Marshal(v any) ([]byte, error) {
	written, err := written(v, func(b []byte, v reflect.Value) ([]byte, error) { return of(v.Type())(b, v) })
	if err != nil {
		return apart(v) // which says what is wrong as everywhere else
	}
	return written, nil
}

// MarshalWith writes the members of v, which must be an object, and another with them, whose value is canonical already, and whose
// name none of them has.
func MarshalWith(v any, name string, value []byte) ([]byte, error) {
	if t := reflect.TypeOf(v); t != nil && t.Kind() == reflect.Struct {
		if p := planOf(t); p != nil && !writesItself(t) {
			if text, err := written(v, func(b []byte, v reflect.Value) ([]byte, error) { return p.write(b, v, name, value) }); err == nil {
				return text, nil
			}
		}
	}
	text, err := apart(v)
	if err != nil {
		return nil, err
	}
	if len(text) < 2 || text[0] != '{' {
		return nil, fmt.Errorf("%T is no object, and has no member %q", v, name)
	}
	whole := jsontext.Value(text[:len(text)-1])
	if len(whole) > 1 {
		whole = append(whole, ',')
	}
	whole = fmt.Appendf(whole, "%q:%s}", name, value)
	err = whole.Canonicalize()
	return whole, err
}

// apart writes v by the other package, and puts it into its canonical form.
func apart(v any) ([]byte, error) {
	text, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	canonical := jsontext.Value(text)
	err = canonical.Canonicalize()
	return canonical, err
}

// What is written is written into room that is used again, unless there is more of it than usual, and copied once its length is known.
const usual = 64 << 10

var rooms = sync.Pool{New: func() any { return new(make([]byte, 0, 8<<10)) }}

func written(v any, write writer) ([]byte, error) {
	if v == nil {
		return []byte("null"), nil
	}
	room := rooms.Get().(*[]byte)
	b, err := write((*room)[:0], addressable(reflect.ValueOf(v)))
	text := bytes.Clone(b)
	if cap(b) <= usual {
		*room = b
	}
	rooms.Put(room)
	return text, err
}

// addressable is v at an address of its own, so that asking a value for its text does not copy it each time.
func addressable(v reflect.Value) reflect.Value {
	at := reflect.New(v.Type()).Elem()
	at.Set(v)
	return at
}
