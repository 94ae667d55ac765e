package sqlite

import (
	"encoding/binary"
	"math"
)

// A Value is what stands in one column of one row: nothing, an integer, a real number or a text. The zero Value is NULL.
type Value struct {
	kind byte
	n    int64
	text string
}

const (
	null byte = iota
	integer
	real
	text
)

// Int is an integer.
func Int(n int64) Value { return Value{kind: integer, n: n} }

// Real is a number that is only near enough.
func Real(x float64) Value { return Value{kind: real, n: int64(math.Float64bits(x))} }

// Text is a text, as it is; SQLite takes UTF-8. "" is a text too.
func Text(s string) Value { return Value{kind: text, text: s} }

// TextOrNull is a text, and NULL for "".
func TextOrNull(s string) Value {
	if s == "" {
		return Value{}
	}
	return Text(s)
}

// IsNull reports whether v is NULL.
func (v Value) IsNull() bool { return v.kind == null }

// serial is the type under which v is stored (section 2.1 of the format), and how many bytes it takes.
func (v Value) serial() (code uint64, size int) {
	switch v.kind {
	case integer:
		return serialOf(v.n)
	case real:
		return 7, 8
	case text:
		return 13 + 2*uint64(len(v.text)), len(v.text)
	}
	return 0, 0
}

func serialOf(n int64) (code uint64, size int) {
	switch {
	case n == 0:
		return 8, 0
	case n == 1:
		return 9, 0
	case n == int64(int8(n)):
		return 1, 1
	case n == int64(int16(n)):
		return 2, 2
	case -1<<23 <= n && n < 1<<23:
		return 3, 3
	case n == int64(int32(n)):
		return 4, 4
	case -1<<47 <= n && n < 1<<47:
		return 5, 6
	}
	return 6, 8
}

// appendBody appends what is stored of v.
func (v Value) appendBody(b []byte) []byte {
	if v.kind == text {
		return append(b, v.text...)
	}
	_, size := v.serial()
	var whole [8]byte
	binary.BigEndian.PutUint64(whole[:], uint64(v.n))
	return append(b, whole[8-size:]...)
}

// appendRecord appends a row in the record format: the length of the header, the types, the values. scratch is room.
func appendRecord(b []byte, row []Value, scratch *[]byte) []byte {
	types := (*scratch)[:0]
	for i := range row {
		code, _ := row[i].serial()
		types = appendVarint(types, code)
	}
	*scratch = types
	size := len(types) + 1
	for size != len(types)+varintLen(uint64(size)) {
		size = len(types) + varintLen(uint64(size))
	}
	b = append(appendVarint(b, uint64(size)), types...)
	for i := range row {
		b = row[i].appendBody(b)
	}
	return b
}

// appendVarint appends n in SQLite's own form: seven bits a byte, the highest first, and all eight of the ninth.
func appendVarint(b []byte, n uint64) []byte {
	if n >= 1<<56 {
		for shift := 57; shift >= 8; shift -= 7 {
			b = append(b, byte(n>>shift)|0x80)
		}
		return append(b, byte(n))
	}
	for shift := 7 * (varintLen(n) - 1); shift > 0; shift -= 7 {
		b = append(b, byte(n>>shift)|0x80)
	}
	return append(b, byte(n)&0x7f)
}

func varintLen(n uint64) (size int) {
	for size = 1; n >= 1<<7 && size < 9; size++ {
		n >>= 7
	}
	return size
}

// AppendKey appends a text that is the same for rows with the same values, and for no others.
func AppendKey(b []byte, row []Value) []byte {
	var scratch []byte
	return appendRecord(b, row, &scratch)
}

// String is a text; "" for what is none.
func (v Value) String() string { return v.text }
