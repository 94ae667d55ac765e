package domain

import "encoding/binary"

// Columns of which there are very many are written four numbers at a time: a byte says of each how many bytes it has, less one,
// in two bits, and these follow, the low ones first. So there is one look at what is left for four, and no loop.

const (
	longestFour = 1 + 4*4
	fourBits    = 2
)

// fourMasks are what the bytes of a number hold, and fourLeast the least that needs so many.
var (
	fourMasks = [4]uint32{1<<8 - 1, 1<<16 - 1, 1<<24 - 1, 1<<32 - 1}
	fourLeast = [4]uint32{0, 1 << 8, 1 << 16, 1 << 24}
)

// four writes four numbers, or fills them in.
func (s *scribe) four(a, b, c, d *uint32) {
	if s.reading {
		*a, *b, *c, *d = s.readFour()
		return
	}
	if len(s.in) >= windowSize {
		s.spill()
	}
	at := len(s.in)
	s.in = append(s.in, 0)
	for i, v := range [4]uint32{*a, *b, *c, *d} {
		more := byte(0)
		for v > fourMasks[more] {
			more++
		}
		s.in[at] |= more << (fourBits * i)
		s.in = binary.LittleEndian.AppendUint32(s.in, v)[:len(s.in)+1+int(more)]
	}
}

func (s *scribe) readFour() (a, b, c, d uint32) {
	if len(s.in)-s.at < longestFour {
		if s.ahead(longestFour); len(s.in)-s.at < longestFour {
			return s.readLastFour()
		}
	}
	in := s.in[s.at:]
	in = in[:longestFour]
	how := in[0]
	i, j, k, l := how&3, how>>2&3, how>>4&3, how>>6
	at := 1
	a = binary.LittleEndian.Uint32(in[at:]) & fourMasks[i]
	at += int(i) + 1
	b = binary.LittleEndian.Uint32(in[at:]) & fourMasks[j]
	at += int(j) + 1
	c = binary.LittleEndian.Uint32(in[at:]) & fourMasks[k]
	at += int(k) + 1
	d = binary.LittleEndian.Uint32(in[at:]) & fourMasks[l]
	at += int(l) + 1
	s.at += at
	if a < fourLeast[i] || b < fourLeast[j] || c < fourLeast[k] || d < fourLeast[l] {
		s.fail("a number is too long")
	}
	return a, b, c, d
}

// readLastFour reads four numbers near the end.
func (s *scribe) readLastFour() (a, b, c, d uint32) {
	var in [longestFour]byte
	left := copy(in[:], s.in[s.at:])
	end := scribe{in: in[:]}
	if a, b, c, d = end.readFour(); end.at > left || end.err != nil {
		s.fail("a number is cut off, or too long")
		return 0, 0, 0, 0
	}
	s.at += end.at
	return a, b, c, d
}

// believes reports whether so many fours can follow: each takes five bytes at least.
func (s *scribe) believes(fours int) bool {
	if s.reading && fours > s.left()/(1+4) {
		s.fail("%d times four numbers", fours)
	}
	return s.err == nil
}

// zigzag makes a number that can be below 0, and is mostly near it, one that is not below 0; unzigzag makes it again.
func zigzag[T ~int16 | ~int32](n T) uint32 { return uint32(int32(n)<<1 ^ int32(n)>>31) }

func unzigzag(u uint32) int32 { return int32(u>>1) ^ -int32(u&1) }

// below is a place below a limit.
func (s *scribe) below(place uint32, limit int) uint32 {
	if uint64(place) >= uint64(limit) {
		s.fail("there is no place %d, of %d", place, limit)
		return 0
	}
	return place
}
