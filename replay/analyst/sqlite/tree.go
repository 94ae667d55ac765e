package sqlite

import "encoding/binary"

const (
	pageSize  = 4096
	fileHead  = 100 // of page 1
	leafHead  = 8
	innerHead = 12
	leafPage  = 0x0d
	innerPage = 0x05

	maxLocal    = pageSize - 35 // of a row's bytes, that stand in the leaf where all of them do
	minLocal    = (pageSize-12)*32/255 - 23
	maxChildren = (pageSize - innerHead) / (2 + 4 + 9)
	lockingPage = 1<<30/pageSize + 1 // SQLite keeps it free, to lock its bytes
)

// A child is a page, and the last row below it.
type child struct {
	page uint32
	last int64
}

// A tree is a table's pages as they are filled: one leaf, and above it the children that no page holds yet, level by level.
type tree struct {
	f      *File
	rows   int64
	cells  []byte // of the leaf, in their order
	ends   []int  // where each of them ends
	levels [][]child
	room   int // for the cells of a leaf and their pointers
}

// add adds a row, which has the next id.
func (t *tree) add(record []byte) {
	t.rows++
	local := localPart(len(record))
	size := varintLen(uint64(len(record))) + varintLen(uint64(t.rows)) + local
	if local < len(record) {
		size += 4
	}
	if len(t.ends) > 0 && len(t.cells)+size+2*(len(t.ends)+1) > t.room {
		t.flush(t.rows - 1)
	}
	t.cells = appendVarint(appendVarint(t.cells, uint64(len(record))), uint64(t.rows))
	t.cells = append(t.cells, record[:local]...)
	if local < len(record) {
		t.cells = binary.BigEndian.AppendUint32(t.cells, t.f.next())
		t.overflow(record[local:])
	}
	t.ends = append(t.ends, len(t.cells))
}

// localPart is how many bytes of a row stand in its leaf.
func localPart(size int) int {
	if size <= maxLocal {
		return size
	}
	if part := minLocal + (size-minLocal)%(pageSize-4); part <= maxLocal {
		return part
	}
	return minLocal
}

// overflow writes what does not stand in the leaf into pages that name one another.
func (t *tree) overflow(rest []byte) {
	for len(rest) > 0 {
		page := t.f.page()
		n := copy(page[4:], rest)
		rest = rest[n:]
		number := t.f.next()
		if len(rest) > 0 {
			after := number + 1
			if after == lockingPage {
				after++
			}
			binary.BigEndian.PutUint32(page, after)
		}
		t.f.put(page)
	}
}

// flush writes the leaf. last is its last row.
func (t *tree) flush(last int64) {
	page := t.f.page()
	t.leaf(page, 0)
	t.rise(0, child{t.f.put(page), last})
	t.cells, t.ends = t.cells[:0], t.ends[:0]
}

// leaf lays out the leaf in a page, whose first bytes are something else's.
func (t *tree) leaf(page []byte, head int) {
	start := pageSize - len(t.cells)
	copy(page[start:], t.cells)
	page[head] = leafPage
	binary.BigEndian.PutUint16(page[head+3:], uint16(len(t.ends)))
	binary.BigEndian.PutUint16(page[head+5:], uint16(start))
	from := 0
	for i, end := range t.ends {
		binary.BigEndian.PutUint16(page[head+leafHead+2*i:], uint16(start+from))
		from = end
	}
}

// rise gives a level a child. As soon as there are two more than a page holds, one is written: so what is left is never a
// single one, of which no page can be made.
func (t *tree) rise(level int, c child) {
	if level == len(t.levels) {
		t.levels = append(t.levels, nil)
	}
	t.levels[level] = append(t.levels[level], c)
	if len(t.levels[level]) == t.f.fan+2 {
		t.raise(level, t.f.fan)
	}
}

// raise writes the first n children of a level as a page.
func (t *tree) raise(level, n int) {
	all := t.levels[level]
	page := t.f.page()
	inner(page, 0, all[:n])
	number := t.f.put(page)
	last := all[n-1].last
	t.levels[level] = append(all[:0], all[n:]...)
	t.rise(level+1, child{number, last})
}

// inner lays out a page above others.
func inner(page []byte, head int, children []child) {
	page[head] = innerPage
	binary.BigEndian.PutUint16(page[head+3:], uint16(len(children)-1))
	start := pageSize
	for i, c := range children[:len(children)-1] {
		var cell [13]byte
		binary.BigEndian.PutUint32(cell[:], c.page)
		n := 4 + len(appendVarint(cell[4:4], uint64(c.last)))
		start -= n
		copy(page[start:], cell[:n])
		binary.BigEndian.PutUint16(page[head+innerHead+2*i:], uint16(start))
	}
	binary.BigEndian.PutUint16(page[head+5:], uint16(start))
	binary.BigEndian.PutUint32(page[head+8:], children[len(children)-1].page)
}

// top writes all but the children of the root, and gives these; none where the root is the leaf.
func (t *tree) top() []child {
	if len(t.levels) == 0 {
		return nil
	}
	if len(t.ends) > 0 {
		t.flush(t.rows)
	}
	for level := 0; ; level++ {
		if level == len(t.levels)-1 && len(t.levels[level]) <= t.f.fan {
			return t.levels[level]
		}
		if n := len(t.levels[level]); n > t.f.fan {
			t.raise(level, n-2)
		}
		if n := len(t.levels[level]); n > 0 && (level < len(t.levels)-1) {
			t.raise(level, n)
		}
	}
}

// close writes what is left, and gives the root.
func (t *tree) close() (root uint32) {
	children, page := t.top(), t.f.page()
	if children == nil {
		t.leaf(page, 0)
	} else {
		inner(page, 0, children)
	}
	return t.f.put(page)
}

// fits reports whether what no page holds yet fits into the leaf.
func (t *tree) fits() bool { return len(t.levels) > 0 || len(t.cells)+2*len(t.ends) <= t.room }
