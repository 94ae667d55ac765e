package canonical

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Marshal writes v.
func Marshal(v any) ([]byte, error) {
	return inRoom(func(room []byte) ([]byte, error) { return Append(room, v) })
}

// Append writes v behind b.
func Append(b []byte, v any) ([]byte, error) {
	if v == nil {
		return append(b, "null"...), nil
	}
	at := addressable(reflect.ValueOf(v))
	if written, err := of(at.Type())(b, at); err == nil {
		return written, nil
	}
	text, err := apart(v) // which says what is wrong as everywhere else
	return append(b, text...), err
}

// AppendAround writes the members of v behind b, which must be an object, and with them the name of another, which none of them has.
// The value of that one is to be put in at place: there is none yet.
func AppendAround(b []byte, v any, name string) (_ []byte, place int, err error) {
	if t := reflect.TypeOf(v); t != nil && t.Kind() == reflect.Struct {
		if p := planOf(t); p != nil && !writesItself(t) {
			if written, err := p.write(b, addressable(reflect.ValueOf(v)), name, &place); err == nil {
				return written, place, nil
			}
		}
	}
	text, err := apart(v)
	if err != nil {
		return b, 0, err
	}
	if len(text) < 2 || text[0] != '{' {
		return b, 0, fmt.Errorf("%T is no object, and has no member %q", v, name)
	}
	at, err := placeAmong(text, name)
	if err != nil {
		return b, 0, err
	}
	b = append(b, text[:at]...)
	if at > len("{") {
		b = append(b, ',')
	}
	b, err = AppendString(b, name)
	b = append(b, ':')
	place = len(b)
	if at == len("{") && len(text) > len("{}") {
		b = append(b, ',')
	}
	return append(b, text[at:]...), place, err
}

// placeAmong is where a member belongs among those of an object, behind the one before it.
func placeAmong(object []byte, name string) (int, error) {
	d := jsontext.NewDecoder(bytes.NewBuffer(object))
	if _, err := d.ReadToken(); err != nil {
		return 0, err
	}
	for {
		at := int(d.InputOffset())
		member, err := d.ReadToken()
		if err != nil || member.Kind() != '"' || before(member.String(), name) > 0 {
			return at, err
		}
		if err := d.SkipValue(); err != nil {
			return 0, err
		}
	}
}

// MarshalWith writes the members of v, which must be an object, and another with them, whose value is canonical already, and whose
// name none of them has.
func MarshalWith(v any, name string, value []byte) ([]byte, error) {
	return inRoom(func(room []byte) ([]byte, error) {
		b, place, err := AppendAround(room, v, name)
		if err != nil {
			return b, err
		}
		return slices.Insert(b, place, value...), nil
	})
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

// usual is how much of a room is kept for what is written next.
const usual = 64 << 10

var rooms = sync.Pool{New: func() any { return new(make([]byte, 0, 8<<10)) }}

// TakeRoom gives room to write in, which is used again once it was given back.
func TakeRoom() *[]byte { return rooms.Get().(*[]byte) }

// GiveRoom gives room back: whoever does so no longer reads what stands in it.
func GiveRoom(room *[]byte) {
	if cap(*room) <= usual {
		*room = (*room)[:0]
		rooms.Put(room)
	}
}

// inRoom copies what is written once its length is known.
func inRoom(write func(room []byte) ([]byte, error)) ([]byte, error) {
	room := TakeRoom()
	defer GiveRoom(room)
	b, err := write(*room)
	*room = b
	if err != nil {
		return nil, err
	}
	return bytes.Clone(b), nil
}

// addressable is v at an address of its own, so that asking a value for its text does not copy it each time.
func addressable(v reflect.Value) reflect.Value {
	at := reflect.New(v.Type()).Elem()
	at.Set(v)
	return at
}
