package eventstore

import (
	"bufio"
	"encoding/binary"
	"io"
)

// A snapshotReader cuts numbers and texts off a snapshot, which it reads some of at a time. Where one is not there, it has failed for good.
type snapshotReader struct {
	content *io.SectionReader
	in      *bufio.Reader
	at      int64 // of the content, up to where it was cut
	failed  bool
}

func newSnapshotReader(content *io.SectionReader) *snapshotReader {
	return &snapshotReader{content: content, in: bufio.NewReaderSize(content, snapshotRoom)}
}

// snapshotRoom is how much is read in one go: more than the body of an event, which is where a saying stands.
const snapshotRoom = 64 << 10

func (c *snapshotReader) fail() { c.failed = true }

func (c *snapshotReader) left() int64 { return c.content.Size() - c.at }

// holds reports whether so many things can follow, each of a byte at least.
func (c *snapshotReader) holds(count uint64) bool {
	if count > uint64(c.left()) {
		c.fail()
	}
	return !c.failed
}

// ahead are the next bytes, at most so many.
func (c *snapshotReader) ahead(n int) []byte {
	b, err := c.in.Peek(int(min(int64(n), c.left())))
	if err != nil {
		c.fail()
		return nil
	}
	return b
}

// cut goes on behind so many bytes that were looked at.
func (c *snapshotReader) cut(n int) {
	if n <= 0 {
		c.fail()
		return
	}
	n, _ = c.in.Discard(n)
	c.at += int64(n)
}

func (c *snapshotReader) number() uint64 {
	n, length := binary.Uvarint(c.ahead(binary.MaxVarintLen64))
	c.cut(length)
	return n
}

func (c *snapshotReader) signed() int64 {
	n, length := binary.Varint(c.ahead(binary.MaxVarintLen64))
	c.cut(length)
	return n
}

// bytes are the next few, until the next are cut: zeros where it has failed.
func (c *snapshotReader) bytes(n int) []byte {
	b := c.ahead(n)
	if len(b) < n || n == 0 {
		c.fail()
		return make([]byte, n)
	}
	c.cut(n)
	return b
}

// text is one with its length before it, of which there is at least a byte, and no more than a saying can have.
func (c *snapshotReader) text() string {
	n := c.number()
	if !c.holds(n) || n > snapshotRoom {
		c.fail()
		return ""
	}
	return string(c.bytes(int(n)))
}

// rest is what was not cut off.
func (c *snapshotReader) rest() (*io.SectionReader, error) {
	if c.failed {
		return nil, errSnapshot
	}
	return io.NewSectionReader(c.content, c.at, c.left()), nil
}
