package power

import (
	"math/big"
	"math/bits"
)

// A count is a whole number below 2^256, the least significant word first. A difference may pass below 0 and come back.
type count [4]uint64

// add is dst[i] += src[i] for all of src.
func add(dst, src []count) {
	dst = dst[:len(src)]
	for i := range src {
		d, s := &dst[i], &src[i]
		var carry uint64
		d[0], carry = bits.Add64(d[0], s[0], 0)
		d[1], carry = bits.Add64(d[1], s[1], carry)
		d[2], carry = bits.Add64(d[2], s[2], carry)
		d[3], _ = bits.Add64(d[3], s[3], carry)
	}
}

func (c *count) add(d *count) {
	var carry uint64
	for i := range c {
		c[i], carry = bits.Add64(c[i], d[i], carry)
	}
}

func (c *count) sub(d *count) {
	var borrow uint64
	for i := range c {
		c[i], borrow = bits.Sub64(c[i], d[i], borrow)
	}
}

func (c *count) isZero() bool { return *c == count{} }

func (c *count) big() *big.Int {
	n := new(big.Int)
	for i := len(c) - 1; i >= 0; i-- {
		n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(c[i]))
	}
	return n
}
