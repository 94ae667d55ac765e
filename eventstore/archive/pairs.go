package archive

import (
	"crypto/sha256"
	"encoding/binary"
)

// A check hashes many short texts, each of which has to be hashed from its beginning to its end before its hash is known, but none
// of which waits for another. Where the processor can, two are hashed at once. What comes out is SHA-256, as crypto/sha256 gives it,
// which is used for everything that is signed or proven: so that a fault in here could be a false finding, but no false promise.

// shaStart is the state that a SHA-256 begins with.
var shaStart = shaState{0x9b05688c, 0x510e527f, 0xbb67ae85, 0x6a09e667, 0x5be0cd19, 0x1f83d9ab, 0xa54ff53a, 0x3c6ef372}

// hash is the hash that a state stands for.
func (s *shaState) hash() (h Hash) {
	for i, at := range [8]int{3, 2, 7, 6, 1, 0, 5, 4} {
		binary.BigEndian.PutUint32(h[4*i:], s[at])
	}
	return h
}

// A shaText is a text that is being hashed.
type shaText struct {
	state shaState
	text  []byte // whole blocks of it
	end   []byte // the blocks behind them, with the padding
	room  [2 * sha256.BlockSize]byte
}

func (t *shaText) begin(text []byte) {
	whole := len(text) &^ (sha256.BlockSize - 1)
	t.state, t.text = shaStart, text[:whole]
	n := copy(t.room[:], text[whole:])
	clear(t.room[n:])
	t.room[n] = 0x80
	size := sha256.BlockSize
	if n+1+8 > size {
		size *= 2
	}
	binary.BigEndian.PutUint64(t.room[size-8:], uint64(len(text))*8)
	t.end = t.room[:size]
}

// next gives the blocks to be taken next; none at the end.
func (t *shaText) next() []byte {
	if len(t.text) > 0 {
		return t.text
	}
	return t.end
}

func (t *shaText) took(n int) {
	if len(t.text) > 0 {
		t.text = t.text[n:]
	} else {
		t.end = t.end[n:]
	}
}

// A pairer hashes two texts at once.
type pairer struct{ a, b shaText }

// sums gives the SHA-256 of two texts.
//
//	x == sha256.Sum256(a), y == sha256.Sum256(b)
func (p *pairer) sums(a, b []byte) (x, y Hash) {
	if !inPairs {
		return sha256.Sum256(a), sha256.Sum256(b)
	}
	p.a.begin(a)
	p.b.begin(b)
	for {
		ours, theirs := p.a.next(), p.b.next()
		n := min(len(ours), len(theirs))
		if n == 0 {
			p.a.finish()
			p.b.finish()
			return p.a.state.hash(), p.b.state.hash()
		}
		blocks2(&p.a.state, &p.b.state, &ours[0], &theirs[0], n/sha256.BlockSize)
		p.a.took(n)
		p.b.took(n)
	}
}

// finish takes what is left when the other text has ended.
func (t *shaText) finish() {
	var nothing shaState
	for {
		left := t.next()
		if len(left) == 0 {
			return
		}
		blocks2(&t.state, &nothing, &left[0], &left[0], len(left)/sha256.BlockSize)
		t.took(len(left))
	}
}

// nodes gives the hashes of two nodes, whose children follow each other.
//
//	x == NodeHash(of[0], of[1]), y == NodeHash(of[2], of[3])
func (p *pairer) nodes(of []Hash) (x, y Hash) {
	if !inPairs {
		return NodeHash(of[0], of[1]), NodeHash(of[2], of[3])
	}
	p.a.node(of[0], of[1])
	p.b.node(of[2], of[3])
	blocks2(&p.a.state, &p.b.state, &p.a.room[0], &p.b.room[0], 2)
	return p.a.state.hash(), p.b.state.hash()
}

// node lays out the text of a node: a byte and two hashes, with the padding.
func (t *shaText) node(left, right Hash) {
	const size = 1 + 2*sha256.Size
	t.state = shaStart
	t.room[0] = nodePrefix
	copy(t.room[1:], left[:])
	copy(t.room[1+sha256.Size:], right[:])
	t.room[size] = 0x80
	clear(t.room[size+1:])
	binary.BigEndian.PutUint16(t.room[len(t.room)-2:], size*8)
}

// above appends the nodes whose children are in a row, which may lie in the same place.
func (p *pairer) above(dst, row []Hash) []Hash {
	for ; len(row) >= 4; row = row[4:] {
		x, y := p.nodes(row)
		dst = append(dst, x, y)
	}
	if len(row) >= 2 {
		dst = append(dst, NodeHash(row[0], row[1]))
	}
	return dst
}

// leaves appends the hashes of the leaves in a bundle that was parsed. While it hashes one, it writes the prefix of a leaf over the
// last byte of the length that stands before it.
//
//	leaves(nil, bundle of bodies, len(bodies)) == LeafHash of each
func (p *pairer) leaves(dst []Hash, bundle []byte, width int) []Hash {
	at := 0
	cut := func() (leaf []byte) {
		end := at + lengthBytes + int(binary.BigEndian.Uint16(bundle[at:]))
		leaf, at = bundle[at+lengthBytes-1:end], end
		return leaf
	}
	for ; width >= 2; width -= 2 {
		a, b := cut(), cut()
		was, other := a[0], b[0]
		a[0], b[0] = leafPrefix, leafPrefix
		x, y := p.sums(a, b)
		a[0], b[0] = was, other
		dst = append(dst, x, y)
	}
	if width == 1 {
		dst = append(dst, LeafHash(cut()[1:]))
	}
	return dst
}

// A pyramid is a row of leaves of one bundle, and the perfect subtrees over them.
type pyramid struct {
	pairer
	rows [tileHeight + 1][]Hash // the first is the caller's
}

// over builds it on a row.
func (p *pyramid) over(row []Hash) {
	p.rows[0] = row
	for level := range tileHeight {
		p.rows[level+1] = p.above(p.rows[level+1][:0], p.rows[level])
	}
}

// top is the root of all, where the row is a full one.
func (p *pyramid) top() Hash { return p.rows[tileHeight][0] }

// edge puts into a tree that ends before the row the edge that its first n leaves have, fewer than all, in place of others before.
func (p *pyramid) edge(t *Tree, n int) {
	t.size = t.size&^(tileWidth-1) + uint64(n)
	for level := range p.rows {
		if n>>level&1 == 1 {
			t.last[level] = p.rows[level][n>>level-1]
		}
	}
}
