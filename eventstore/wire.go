package eventstore

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// What Decode says of bytes that it does not take; matched by errors.Is.
var (
	// ErrUnknownType: this program does not know the event's type, or the value has none.
	ErrUnknownType = errors.New("unknown event type")
	// ErrUnknownVersion: the type is known, but not in this version. Only the newest version is ever written.
	ErrUnknownVersion = errors.New("unknown version of this event type")
	// ErrNotCanonical: the bytes are not the one spelling of a value.
	ErrNotCanonical = errors.New("not the canonical form")
)

// The problems that a WireError can name. They are stable.
const (
	BadNumber      = "bad-number"    // not a whole number from 0 to 2^53-1 in plain digits
	BadUTF8        = "bad-utf8"      // not UTF-8, or half a surrogate pair
	BadValue       = "bad-value"     // of the right kind, but not a day, id, weight …; Cause says why
	DuplicateKey   = "duplicate-key" // a key that stands twice in one object
	EmptyField     = "empty-field"   // an optional field that says nothing must be left out
	MissingField   = "missing-field" // a required field that is not there
	NotAnObject    = "not-an-object" // a command is one JSON object
	NotCanonical   = "not-canonical" // the value is clear, the spelling is not the one
	NotNFC         = "not-nfc"       // text that is not in Unicode normalisation form C
	Syntax         = "syntax"        // not JSON
	TooDeep        = "too-deep"      // nested deeper than MaxDepth
	TooLong        = "too-long"      // longer than MaxBody, MaxCommand
	UnknownCommand = "unknown-command"
	UnknownField   = "unknown-field" // in an event also a key that stands twice, or out of order
	UnknownType    = "unknown-type"
	UnknownVersion = "unknown-version"
	WrongKind      = "wrong-kind" // a number for a string, a list for an object …
)

// MaxDepth bounds how deep objects and lists stand in each other, in events and in commands.
const MaxDepth = 32

// maxInteger is the largest integer that every reader of JSON reads exactly (RFC 8259, section 6).
const maxInteger = 1<<53 - 1

// A WireError says where and why bytes are not an event or a command, or a value cannot be written as one.
type WireError struct {
	Offset  int    // in the bytes given, at the problem or just before it; -1 where it is not known
	Path    string // the field, as in "data.weights.0.member"; "" for the whole
	Problem string // one of the stable codes above
	Cause   error  // more about it, or nil
}

func (e *WireError) Error() string {
	s := e.Problem
	if e.Path != "" {
		s += " " + strconv.Quote(e.Path)
	}
	if e.Offset >= 0 {
		s += " at byte " + strconv.Itoa(e.Offset)
	}
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

func (e *WireError) Unwrap() error { return e.Cause }

// under notes that the problem is within a field.
func (e *WireError) under(key string) {
	if e.Path != "" {
		key += "." + e.Path
	}
	e.Path = key
}

type mode uint8

const (
	writing mode = iota
	reading
	describing
)

// A coder visits values in their wire form. One visitor for each type names its fields in the order of their keys; the
// mode says what comes of it. Reading takes brackets, commas and keys as they are written, and nothing else; and each value it
// writes again and compares, unless its form says that what it takes is what it writes: so it is "decode, encode again,
// compare", in one walk and in the version that was stored. The first error makes all that follows do nothing.
type coder struct {
	events *Catalogue
	mode   mode
	in     string // when reading, and how far it was read
	pos    int
	stray  int    // when reading, the first byte that is not as it would be written; -1 for none
	out    []byte // what was written; when reading, room to write a value again
	err    *WireError
	depth  int
	object
	fields []field              // when describing
	shared *[sharing]sharedText // when reading
	around bool                 // when reading: what an act says is passed over
}

// sharing is how many strings a reader shares out at a time, and sharedLength how long the longest of them is.
const sharing, sharedLength = 512, 64

// object is what the coder knows of the object it is in.
type object struct {
	more    bool   // it has a key already
	tag     string // the name of the change that it is, until it was visited
	missing string // a required field that was not there; an unknown field says more and is reported first
}

const tagKey = "change"

// Readers and writers are kept apart, since a reader keeps its buffer.
var (
	readers = sync.Pool{New: func() any { return new(coder) }}
	writers = sync.Pool{New: func() any { return new(coder) }}
)

// reader is a coder that reads in. Whoever has it calls finish at the end.
func (c *Catalogue) reader(in string) *coder {
	k := readers.Get().(*coder)
	*k = coder{events: c, mode: reading, in: in, stray: -1, out: k.out[:0], shared: k.shared}
	if k.shared == nil {
		k.shared = new([sharing]sharedText)
	}
	return k
}

// finish says what was wrong with what was read.
func (c *coder) finish() *WireError {
	if c.err == nil && c.pos != len(c.in) {
		c.fail("", Syntax, errors.New("something follows after the end"))
	}
	if c.err == nil && c.stray >= 0 {
		c.pos = c.stray
		c.fail("", NotCanonical, ErrNotCanonical)
	}
	err := c.err
	c.err, c.in = nil, "" // the pool shall not keep them
	readers.Put(c)
	return err
}

// writer is a coder that appends to dst. Whoever has it calls written at the end.
func (c *Catalogue) writer(dst []byte) *coder {
	k := writers.Get().(*coder)
	*k = coder{events: c, mode: writing, out: dst}
	return k
}

// written is what was written; dst, as it was, when that failed.
func (c *coder) written(dst []byte) ([]byte, error) {
	out, err := c.out, c.err
	c.out, c.err = nil, nil
	writers.Put(c)
	if err != nil {
		return dst, err
	}
	return out, nil
}

// compare holds a value that was read, from at on, to the out that it was written to again.
func (c *coder) compare(at int) {
	if c.mode != reading || c.err != nil {
		return
	}
	if in := c.in[at:c.pos]; in != string(c.out) && c.stray < 0 {
		c.stray = at + firstDifference(in, c.out)
	}
	c.out = c.out[:0]
}

func firstDifference(in string, out []byte) int {
	for i := range min(len(in), len(out)) {
		if in[i] != out[i] {
			return i
		}
	}
	return min(len(in), len(out))
}

// fail notes the first problem, at the field key of the present object.
func (c *coder) fail(key, problem string, cause error) {
	if c.err != nil {
		return
	}
	c.err = &WireError{Offset: -1, Path: key, Problem: problem, Cause: cause}
	if c.mode == reading {
		c.err.Offset = c.pos
	}
}

// need says whether a field can be left out. One that can is left out if and only if it is empty.
type need bool

const (
	required need = false
	optional need = true
)

// field enters the field key of the present object and reports whether there is a value to visit.
func (c *coder) field(key string, n need, empty bool) bool {
	if c.err != nil {
		return false
	}
	if c.tag != "" && key > tagKey {
		c.visitTag()
	}
	if c.mode == writing {
		if n == optional && empty {
			return false
		}
		c.writeKey(key)
		return true
	}
	if !c.hasKey(key) {
		if n == required && c.missing == "" {
			c.missing = key
		}
		return false
	}
	c.more = true
	return true
}

// hasKey reads key, if it is the next.
func (c *coder) hasKey(key string) bool {
	at := c.pos
	if c.more {
		if at >= len(c.in) || c.in[at] != ',' {
			return false
		}
		at++
	}
	end := at + len(key) + 3
	if end > len(c.in) || c.in[at] != '"' || c.in[at+1:end-2] != key || c.in[end-2] != '"' || c.in[end-1] != ':' {
		return false
	}
	c.pos = end
	return true
}

func (c *coder) writeKey(key string) {
	if c.more {
		c.out = append(c.out, ',')
	}
	c.more = true
	c.out = append(append(append(c.out, '"'), key...), '"', ':')
}

// visitTag visits the key that says which change an object is; reading, that was looked up before.
func (c *coder) visitTag() {
	tag := c.tag
	c.tag = ""
	if c.mode == writing {
		c.writeKey(tagKey)
		c.quote(tag)
		return
	}
	if !c.hasKey(tagKey) {
		return // it stands out of its order: so something else is found out of order
	}
	c.more = true
	if c.skipQuoted(tag) {
		return
	}
	at := c.pos
	if read, _ := c.readString(); read != tag {
		c.fail(tagKey, DuplicateKey, nil)
	}
	c.quote(tag)
	c.compare(at)
}

// quote writes a text that is written as it is.
func (c *coder) quote(text string) { c.out = append(append(append(c.out, '"'), text...), '"') }

// skipQuoted reads what quote writes, if it is the next.
func (c *coder) skipQuoted(text string) bool {
	end := c.pos + len(text) + 2
	if end > len(c.in) || c.in[c.pos] != '"' || c.in[c.pos+1:end-1] != text || c.in[end-1] != '"' {
		return false
	}
	c.pos = end
	return true
}

// open enters an object and returns the one around it, for close.
func (c *coder) open(tag string) (around object) {
	if c.depth++; c.depth > MaxDepth {
		c.fail("", TooDeep, nil)
	}
	around, c.object = c.object, object{tag: tag}
	c.delimit('{', "an object")
	return around
}

func (c *coder) close(around object) {
	if c.tag != "" {
		c.visitTag()
	}
	if c.mode == reading && c.err == nil && c.next() != '}' {
		c.strange()
	}
	if c.missing != "" {
		c.fail(c.missing, MissingField, nil)
	}
	c.delimit('}', "the end of the object")
	c.depth--
	c.object = around
}

// strange says why the present object does not end here.
func (c *coder) strange() {
	if c.more && !c.skipPast(",") {
		c.fail("", Syntax, errors.New("want , or }"))
		return
	}
	at := c.pos
	if key, ok := c.readString(); ok {
		c.pos = at
		c.fail(key, UnknownField, nil)
	}
}

// delimit visits a bracket; what names what it is part of.
func (c *coder) delimit(b byte, what string) {
	if c.mode == reading && c.err == nil {
		if c.next() != b {
			c.fail("", WrongKind, fmt.Errorf("want %s, not %s", what, c.kindHere()))
			return
		}
		c.pos++
	}
	if c.mode == writing {
		c.out = append(c.out, b)
	}
}

// next is the next byte, 0 at the end.
func (c *coder) next() byte {
	if c.pos >= len(c.in) {
		return 0
	}
	return c.in[c.pos]
}

func (c *coder) skipPast(s string) bool {
	if !strings.HasPrefix(c.in[c.pos:], s) {
		return false
	}
	c.pos += len(s)
	return true
}

func (c *coder) kindHere() string {
	switch b := c.next(); {
	case b == 0:
		return "the end"
	case b == '"':
		return "a string"
	case b == '{':
		return "an object"
	case b == '[':
		return "a list"
	case b == '-', '0' <= b && b <= '9':
		return "a number"
	case b == 't', b == 'f', b == 'n':
		return "true, false or null"
	default:
		return strconv.QuoteRune(rune(b))
	}
}

// within visits an object that is no list's element.
func within[T any](c *coder, key string, n need, v *T, visit func(*coder, *T)) {
	if c.mode == describing {
		c.describe(key, n, shape{kind: "object", fields: describe(c.events, visit)})
	} else if c.field(key, n, false) {
		around := c.open("")
		visit(c, v)
		c.close(around)
		c.leave(key)
	}
}

// maybe visits an optional object, nil where there is none.
func maybe[T any](c *coder, key string, v **T, visit func(*coder, *T)) {
	if c.mode == describing {
		c.describe(key, optional, shape{kind: "object", fields: describe(c.events, visit)})
	} else if c.field(key, optional, *v == nil) {
		if c.mode == reading {
			*v = new(T)
		}
		around := c.open("")
		visit(c, *v)
		c.close(around)
		c.leave(key)
	}
}

// leave completes the path of a problem that was found within a field.
func (c *coder) leave(key string) {
	if c.err != nil {
		c.err.under(key)
	}
}

// list visits a list; elem visits an element. An empty list is nil when it was read.
func list[T any](c *coder, key string, n need, v *[]T, elem func(*coder, *T)) {
	if !c.field(key, n, len(*v) == 0) {
		return
	}
	c.delimit('[', "a list")
	i := 0
	for ; c.err == nil && c.another(i, len(*v)); i++ {
		if c.mode == reading {
			if i == 0 {
				*v = make([]T, 0, c.ahead())
			}
			var none T
			*v = append(*v, none)
		}
		if elem(c, &(*v)[i]); c.err != nil {
			c.err.under(strconv.Itoa(i))
		}
	}
	if i == 0 && n == optional {
		c.fail("", EmptyField, nil)
	}
	c.delimit(']', "the end of the list")
	c.leave(key)
}

// ahead guesses how many elements a list has, 64 at most.
func (c *coder) ahead() int {
	rest := c.in[c.pos:]
	rest = rest[:max(strings.IndexByte(rest, ']'), 0)]
	if c.next() == '{' {
		return min(max(strings.Count(rest, "{"), 1), 64)
	}
	return min(strings.Count(rest, ",")+1, 64)
}

// another reports whether the list, which had i elements so far, has one more.
func (c *coder) another(i, length int) bool {
	if c.mode == writing && i == length || c.mode == reading && c.next() == ']' {
		return false
	}
	if i == 0 {
		return true
	}
	if c.mode == writing {
		c.out = append(c.out, ',')
	} else if !c.skipPast(",") {
		c.fail("", Syntax, errors.New("want , or ]"))
		return false
	}
	return true
}

// objects visits a list of objects.
func objects[T any](c *coder, key string, n need, v *[]T, visit func(*coder, *T)) {
	if c.mode == describing {
		c.describe(key, n, shape{kind: "array", items: &shape{kind: "object", fields: describe(c.events, visit)}})
		return
	}
	list(c, key, n, v, func(c *coder, e *T) {
		around := c.open("")
		visit(c, e)
		c.close(around)
	})
}

// values visits a list of values of one form.
func values[T comparable](c *coder, key string, n need, v *[]T, f *form[T]) {
	if c.mode == describing {
		c.describe(key, n, shape{kind: "array", items: &f.shape})
		return
	}
	list(c, key, n, v, func(c *coder, e *T) { f.visit(c, e, required) })
}

// A form is how a value is written as a JSON string.
type form[T comparable] struct {
	shape
	parse  func(string) (T, error) // nil: the value is the text
	append func(T, []byte) ([]byte, error)
	blank  bool // the zero value has a text of its own; otherwise it stands for nothing
	kept   bool // the value is the text
	// one reports whether a text that parse took, and that needs no escapes, is the one that append writes; nil where that is not said.
	one func(string) bool
	// length is that of nearly all its texts, in bytes: what parse takes of that length needs no escapes, and has a one. 0 for none.
	length int
}

// always is the one of a form whose parse takes no other text than append writes.
func always(string) bool { return true }

// value visits a field.
func value[T comparable](c *coder, key string, n need, v *T, f *form[T]) {
	var zero T
	if c.mode == describing {
		c.describe(key, n, f.shape)
	} else if c.field(key, n, *v == zero) {
		f.visit(c, v, n)
		c.leave(key)
	}
}

// pointed visits an optional field whose zero value says something.
func pointed[T comparable](c *coder, key string, v **T, f *form[T]) {
	if c.mode == describing {
		c.describe(key, optional, f.shape)
	} else if c.field(key, optional, *v == nil) {
		if c.mode == reading {
			*v = new(T)
		}
		f.visit(c, *v, required)
		c.leave(key)
	}
}

func (f *form[T]) visit(c *coder, v *T, n need) {
	at := c.pos
	if c.mode == reading && f.read(c, v) {
		if n == optional || !f.blank {
			f.wanted(c, v, n)
		}
		return
	}
	f.wanted(c, v, n)
	c.out = append(c.out, '"')
	out, err := f.append(*v, c.out)
	if err != nil {
		c.pos = at
		c.failText(err)
	}
	c.out = append(out, '"')
	c.compare(at)
}

// wanted finds a field that says nothing.
func (f *form[T]) wanted(c *coder, v *T, n need) {
	var zero T
	if *v == zero && c.err == nil {
		switch {
		case n == optional:
			c.fail("", EmptyField, nil)
		case !f.blank:
			c.fail("", BadValue, fmt.Errorf("want %s", f.what))
		}
	}
}

// read reads a value. It reports whether that is known to be as it would be written.
func (f *form[T]) read(c *coder, v *T) (same bool) {
	if f.readSoon(c, v) {
		return true
	}
	at := c.pos
	s, same := c.readPlain()
	if !same {
		var ok bool
		if s, ok = c.readString(); !ok {
			return false
		}
	}
	same = same && f.one != nil && f.one(s)
	if f.kept {
		s = c.share(s)
	}
	read, err := f.parse(s)
	if err != nil {
		c.pos = at
		c.failText(err)
	}
	*v = read
	if same = same && err == nil; same && f.kept {
		c.shares(s, &f.shape)
	}
	return same
}

// readSoon reads a value as read does where that takes no more than a look: one of the usual length, or one that was read before.
// Otherwise it does nothing.
func (f *form[T]) readSoon(c *coder, v *T) bool {
	from := c.pos + 1
	if c.err != nil || from >= len(c.in) || c.in[from-1] != '"' {
		return false
	}
	rest := c.in[from:]
	switch {
	case f.length > 0:
		if f.length >= len(rest) || rest[f.length] != '"' {
			return false
		}
		read, err := f.parse(rest[:f.length])
		if err != nil || !f.one(rest[:f.length]) {
			return false
		}
		*v, c.pos = read, from+f.length+1
		return true
	case !f.kept:
		return false
	}
	n := strings.IndexByte(rest[:min(len(rest), sharedLength+1)], '"')
	if n <= 0 {
		return false
	}
	known := &c.shared[sharedPlace(rest[:n])]
	if known.one != &f.shape || known.text != rest[:n] {
		return false
	}
	*v, _ = f.parse(known.text) // it took it before
	c.pos = from + n + 1
	return true
}

// A sharedText is one that values have in common; one is the form of which it is known to be a text, and the one for its value.
type sharedText struct {
	text string
	one  *shape
}

// share is s without the rest of what is read, which it would keep in memory: itself a few bytes, where an event is
// hundreds. The ids and the words that come again and again are shared by all the values that one reader reads.
func (c *coder) share(s string) string {
	if len(s) > sharedLength || c.shared == nil {
		return strings.Clone(s)
	}
	at := &c.shared[sharedPlace(s)]
	if at.text != s {
		*at = sharedText{text: strings.Clone(s)}
	}
	return at.text
}

// shares notes that s, which is shared, is the one text of a form for its value.
func (c *coder) shares(s string, one *shape) {
	if at := &c.shared[sharedPlace(s)]; at.text == s {
		at.one = one
	}
}

// sharedPlace is where a string is shared. Two that have the same place take turns, which costs time alone.
func sharedPlace(s string) int {
	n := len(s)
	if n == 0 {
		return 0
	}
	h := uint(n)*131 + uint(s[0])*31 + uint(s[n/2])*17 + uint(s[n-1])
	return int(h % sharing)
}

// failText says why a text is none.
func (c *coder) failText(err error) {
	var bad *WireError
	if errors.As(err, &bad) {
		c.fail("", bad.Problem, bad.Cause)
	} else {
		c.fail("", BadValue, err)
	}
}

// number visits a whole number from 1 on.
func number[T int | uint64](c *coder, key string, v *T) { whole(c, key, required, v) }

// whole visits a whole number from 1 on; an optional one that is left out is 0.
func whole[T int | uint64](c *coder, key string, n need, v *T) {
	if c.mode == describing {
		c.describe(key, n, shape{kind: "integer", what: "a whole number from 1 on"})
		return
	}
	if !c.field(key, n, *v == 0) {
		return
	}
	at := c.pos
	if c.mode == reading {
		*v = T(c.readNumber())
	}
	c.positive(uint64(*v), at)
	c.leave(key)
}

// numbers visits a list of whole numbers from 1 on.
func numbers(c *coder, key string, v *[]uint64) {
	if c.mode == describing {
		c.describe(key, required, shape{kind: "array", items: &shape{kind: "integer", what: "a whole number from 1 on"}})
		return
	}
	list(c, key, required, v, func(c *coder, n *uint64) {
		at := c.pos
		if c.mode == reading {
			*n = c.readNumber()
		}
		c.positive(*n, at)
	})
}

// positive writes a number that is at least 1; where it was read, that began at at.
func (c *coder) positive(n uint64, at int) {
	if n < 1 || n > maxInteger {
		c.fail("", BadNumber, fmt.Errorf("want 1 to %d", uint64(maxInteger)))
	}
	if c.mode == reading && at < c.pos && c.in[at] != '0' {
		return // digits of which the first is not 0 are written so
	}
	c.out = strconv.AppendUint(c.out, n, 10)
	c.compare(at)
}

// count visits a whole number from 0 on, which is never left out.
func count(c *coder, key string, v *int64) {
	if c.mode == describing {
		c.describe(key, required, shape{kind: "count", what: "a whole number from 0 on"})
		return
	}
	if !c.field(key, required, false) {
		return
	}
	at := c.pos
	if c.mode == reading {
		*v = int64(c.readNumber())
	}
	if *v < 0 || *v > maxInteger {
		c.fail("", BadNumber, fmt.Errorf("want 0 to %d", uint64(maxInteger)))
	}
	c.out = strconv.AppendInt(c.out, *v, 10)
	c.compare(at)
	c.leave(key)
}

// whether visits a field that says true, and is left out otherwise.
func whether(c *coder, key string, v *bool) {
	if c.mode == describing {
		c.describe(key, optional, shape{kind: "flag", what: "true, where it is so; left out otherwise"})
		return
	}
	if !c.field(key, optional, !*v) {
		return
	}
	if c.mode == reading {
		*v = c.readTrue() // it takes no other spelling
	} else {
		c.out = append(c.out, "true"...)
	}
	c.leave(key)
}

// readTrue reads all that whether takes.
func (c *coder) readTrue() bool {
	switch {
	case c.skipPast("true"):
		return true
	case c.skipPast("false"):
		c.fail("", EmptyField, nil)
	default:
		c.fail("", WrongKind, fmt.Errorf("want true, not %s", c.kindHere()))
	}
	return false
}

func (c *coder) readNumber() (n uint64) {
	at := c.pos
	for b := c.next(); '0' <= b && b <= '9' && n <= maxInteger; b = c.next() {
		n = 10*n + uint64(b-'0')
		c.pos++
	}
	if c.pos == at {
		c.fail("", WrongKind, fmt.Errorf("want a number, not %s", c.kindHere()))
	}
	return n
}

// readPlain reads a string that is plain, if that is the next.
func (c *coder) readPlain() (string, bool) {
	if c.err != nil || c.next() != '"' {
		return "", false
	}
	from := c.pos + 1
	n := strings.IndexByte(c.in[from:], '"')
	if n < 0 || !plain(c.in[from:from+n]) {
		return "", false
	}
	c.pos = from + n + 1
	return c.in[from : from+n], true
}

// hasConstant reads a key and its text, if they are the next, and nothing comes before that key.
func (c *coder) hasConstant(key, text string) bool {
	at := c.pos
	if c.err != nil || c.tag != "" || !c.hasKey(key) {
		return false
	}
	if !c.skipQuoted(text) {
		c.pos = at
		return false
	}
	c.more = true
	return true
}
