package canonical

import (
	"bytes"
	"encoding"
	stdjson "encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// An Appender appends the very bytes that Append writes for a type which is no Appender: a type of which answers have many is
// written faster so.
type Appender interface {
	AppendCanonical(b []byte) ([]byte, error)
}

// A writer appends an addressable value of one type.
type writer func(b []byte, v reflect.Value) ([]byte, error)

var writers sync.Map // of reflect.Type to writer

// of is the writer of a type.
func of(t reflect.Type) writer {
	if w, ok := writers.Load(t); ok {
		return w.(writer)
	}
	// Whoever meets the type while its writer is being made, the type itself perhaps, has one that waits for it.
	var made writer
	var done sync.WaitGroup
	done.Add(1)
	waits := writer(func(b []byte, v reflect.Value) ([]byte, error) { done.Wait(); return made(b, v) })
	if w, there := writers.LoadOrStore(t, waits); there {
		return w.(writer)
	}
	made = writerOf(t)
	done.Done()
	writers.Store(t, made)
	return made
}

var (
	appending = reflect.TypeFor[Appender]()
	textual   = reflect.TypeFor[encoding.TextAppender]()
	texted    = reflect.TypeFor[encoding.TextMarshaler]()
	zeroes    = reflect.TypeFor[interface{ IsZero() bool }]()
	itself    = []reflect.Type{reflect.TypeFor[json.MarshalerTo](), reflect.TypeFor[stdjson.Marshaler]()}
	duration  = reflect.TypeFor[time.Duration]()
)

// writesItself reports whether a type has its own way of being written.
func writesItself(t reflect.Type) bool {
	return slices.ContainsFunc(append([]reflect.Type{textual, texted}, itself...), reflect.PointerTo(t).Implements)
}

func writerOf(t reflect.Type) writer {
	switch of := reflect.PointerTo(t); {
	case t == duration || of.Implements(itself[0]) || of.Implements(itself[1]):
		return writeApart
	case of.Implements(appending):
		return func(b []byte, v reflect.Value) ([]byte, error) {
			return v.Addr().Interface().(Appender).AppendCanonical(b)
		}
	case t.Kind() == reflect.Pointer:
		return pointerWriter(t)
	case t.Kind() == reflect.Interface:
		return writeInterface
	case of.Implements(textual):
		return writeAppended
	case of.Implements(texted):
		return writeMarshalled
	}
	switch t.Kind() {
	case reflect.Bool:
		return func(b []byte, v reflect.Value) ([]byte, error) { return strconv.AppendBool(b, v.Bool()), nil }
	case reflect.String:
		return func(b []byte, v reflect.Value) ([]byte, error) { return AppendString(b, v.String()) }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return writeInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return writeUint
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() != reflect.Uint8 {
			return listWriter(t)
		}
	case reflect.Map:
		if t.Key().Kind() == reflect.String && !writesItself(t.Key()) {
			return mapWriter(t)
		}
	case reflect.Struct:
		if p := planOf(t); p != nil {
			return func(b []byte, v reflect.Value) ([]byte, error) { return p.write(b, v, "", nil) }
		}
	}
	return writeApart
}

func writeApart(b []byte, v reflect.Value) ([]byte, error) {
	text, err := apart(v.Addr().Interface())
	return append(b, text...), err
}

func pointerWriter(t reflect.Type) writer {
	write := of(t.Elem())
	return func(b []byte, v reflect.Value) ([]byte, error) {
		if v.IsNil() {
			return append(b, "null"...), nil
		}
		return write(b, v.Elem())
	}
}

func writeInterface(b []byte, v reflect.Value) ([]byte, error) {
	if v.IsNil() {
		return append(b, "null"...), nil
	}
	return of(v.Elem().Type())(b, addressable(v.Elem()))
}

func writeAppended(b []byte, v reflect.Value) ([]byte, error) {
	from := len(b)
	b, err := v.Addr().Interface().(encoding.TextAppender).AppendText(append(b, '"'))
	if err != nil {
		return b, err
	}
	if plain(b[from+1:]) {
		return append(b, '"'), nil
	}
	return jsontext.AppendQuote(b[:from], bytes.Clone(b[from+1:]))
}

func writeMarshalled(b []byte, v reflect.Value) ([]byte, error) {
	text, err := v.Addr().Interface().(encoding.TextMarshaler).MarshalText()
	if err != nil {
		return b, err
	}
	return jsontext.AppendQuote(b, text)
}

// plain reports whether a text stands between quotes as it is.
func plain[T string | []byte](text T) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x80 {
			return false
		}
	}
	return true
}

// AppendString appends a text.
func AppendString(b []byte, s string) ([]byte, error) {
	if plain(s) {
		return append(append(append(b, '"'), s...), '"'), nil
	}
	return jsontext.AppendQuote(b, s)
}

// exact is the greatest number up to which each has its own spelling in RFC 8785, where all are of double precision.
const exact = 1 << 53

func writeInt(b []byte, v reflect.Value) ([]byte, error) {
	if n := v.Int(); -exact <= n && n <= exact {
		return strconv.AppendInt(b, n, 10), nil
	}
	return writeApart(b, v)
}

func writeUint(b []byte, v reflect.Value) ([]byte, error) {
	if n := v.Uint(); n <= exact {
		return strconv.AppendUint(b, n, 10), nil
	}
	return writeApart(b, v)
}

func listWriter(t reflect.Type) writer {
	write := of(t.Elem())
	return func(b []byte, v reflect.Value) (_ []byte, err error) {
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = write(b, v.Index(i)); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	}
}

func mapWriter(t reflect.Type) writer {
	if t == reflect.TypeFor[map[string]string]() {
		return writeTexts
	}
	write := of(t.Elem())
	return func(b []byte, v reflect.Value) (_ []byte, err error) {
		keys := v.MapKeys()
		slices.SortFunc(keys, func(x, y reflect.Value) int { return before(x.String(), y.String()) })
		b = append(b, '{')
		for i, k := range keys {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = AppendString(b, k.String()); err != nil {
				return b, err
			}
			if b, err = write(append(b, ':'), addressable(v.MapIndex(k))); err != nil {
				return b, err
			}
		}
		return append(b, '}'), nil
	}
}

// writeTexts writes what is told beside a question, as every answer says it, without a look at its type.
func writeTexts(b []byte, v reflect.Value) (_ []byte, err error) {
	texts := *v.Addr().Interface().(*map[string]string)
	var room [8]string
	names := room[:0]
	for name := range texts {
		names = append(names, name)
	}
	slices.SortFunc(names, before)
	b = append(b, '{')
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = AppendString(b, name); err != nil {
			return b, err
		}
		if b, err = AppendString(append(b, ':'), texts[name]); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

// before orders names as RFC 8785 does, by their UTF-16.
func before(x, y string) int {
	if plain(x) && plain(y) {
		return strings.Compare(x, y)
	}
	return slices.Compare(utf16.Encode([]rune(x)), utf16.Encode([]rune(y)))
}
