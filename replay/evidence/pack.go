package evidence

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"hash"
	"hash/crc32"
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
)

// level is how much is done to pack: little, since an evidence file is written more often than it is sent.
const level = flate.BestSpeed

var packers = sync.Pool{New: func() any {
	p, _ := flate.NewWriter(nil, level) // it fails for levels that there are not
	return p
}}

var rooms = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func emptyRoom() *bytes.Buffer {
	room := rooms.Get().(*bytes.Buffer)
	room.Reset()
	return room
}

// packed is a file as it stands in a ZIP.
type packed struct {
	name    string
	method  uint16
	sum     [sha256.Size]byte
	crc     uint32
	length  int64 // as it was before
	content io.Reader
	size    int64 // of content
}

// pack packs a file, into room where it gets smaller by that.
func pack(name string, content []byte, stored bool, room *bytes.Buffer) packed {
	p := packed{name: name, method: zip.Store, sum: sha256.Sum256(content), crc: crc32.ChecksumIEEE(content), length: int64(len(content))}
	p.content, p.size = bytes.NewReader(content), p.length
	if stored {
		return p
	}
	deflate(room, content, true)
	p.method, p.content, p.size = zip.Deflate, room, int64(room.Len())
	return p
}

// deflate appends what is packed to room, up to a byte: so that more can follow unless it is the end.
func deflate(room *bytes.Buffer, content []byte, end bool) {
	d := packers.Get().(*flate.Writer)
	defer packers.Put(d)
	d.Reset(room)
	_, _ = d.Write(content) // a bytes.Buffer takes everything
	if end {
		_ = d.Close()
	} else {
		_ = d.Flush()
	}
}

// putPacked writes a file that was packed.
func (w *Writer) putPacked(p *packed) error {
	header := &zip.FileHeader{
		Name: p.name, Method: p.method, CRC32: p.crc, CompressedSize64: uint64(p.size), UncompressedSize64: uint64(p.length), ReaderVersion: zipVersion,
		ModifiedDate: firstDate, //lint:ignore SA1019 CreateRaw writes this field, and not Modified
	}
	header.SetMode(0o644)
	header.CreatorVersion |= zipVersion
	out, err := w.zip.CreateRaw(header)
	if err == nil {
		_, err = io.Copy(out, p.content)
	}
	if err != nil {
		return err
	}
	w.noted(p.name, p.sum[:], p.length)
	return nil
}

const (
	zipVersion = 20       // of the format, which knows of Deflate
	firstDate  = 1<<5 | 1 // the first day that a ZIP can tell, as it tells it
)

// A Table is a file that becomes known bit by bit, and is packed on the way, some of it on each processor: it lies aside until it is put
// into a ZIP, where it is one stream. Its bytes there depend on what was written alone, not on how.
type Table struct {
	file   *aside
	line   InOrder
	block  *bytes.Buffer // what is not being packed yet
	sum    hash.Hash
	crc    uint32
	length int64
	size   int64
}

// tableBlock is how much of a table is packed in one go.
const tableBlock = 128 << 10

// NewTable begins one, which lies aside in a folder. Whoever has it calls Remove at the end.
func NewTable(dir string) (*Table, error) {
	file, err := newAside(dir)
	if err != nil {
		return nil, err
	}
	return &Table{file: file, block: emptyRoom(), sum: sha256.New()}, nil
}

// Remove removes what lies aside.
func (t *Table) Remove() {
	_ = t.line.Wait() // so that nobody is still writing
	t.file.remove()
}

// Write adds to a table. Its error may be that of what was added before.
func (t *Table) Write(p []byte) (n int, err error) {
	for len(p) > 0 && err == nil {
		some := p[:min(len(p), tableBlock-t.block.Len())]
		t.block.Write(some)
		n, p = n+len(some), p[len(some):]
		if t.block.Len() == tableBlock {
			err = t.pack()
		}
	}
	return n, err
}

// pack sets the block to being packed.
func (t *Table) pack() error {
	block := t.block
	t.block = emptyRoom()
	return t.line.Add(func() func() error {
		room := emptyRoom()
		deflate(room, block.Bytes(), false)
		return func() error {
			defer rooms.Put(block)
			defer rooms.Put(room)
			t.sum.Write(block.Bytes())
			t.crc = crc32.Update(t.crc, crc32.IEEETable, block.Bytes())
			t.length += int64(block.Len())
			n, err := t.file.Write(room.Bytes())
			t.size += int64(n)
			return err
		}
	})
}

// finish ends when all is packed.
func (t *Table) finish() error {
	if t.block.Len() > 0 {
		if err := t.pack(); err != nil {
			return err
		}
	}
	return t.line.Wait()
}

// PutTable writes a table, to which nothing is added any more.
func (w *Writer) PutTable(name string, t *Table) error {
	w.end()
	if err := t.finish(); err != nil {
		return err
	}
	var end bytes.Buffer
	deflate(&end, nil, true)
	if _, err := t.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	p := packed{
		name: name, method: zip.Deflate, sum: [sha256.Size]byte(t.sum.Sum(nil)), crc: t.crc, length: t.length,
		content: io.MultiReader(t.file, &end), size: t.size + int64(end.Len()),
	}
	return w.line.Add(func() func() error { return func() error { return w.putPacked(&p) } })
}
