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

// A Table is a file of which one part after the other becomes known, and which is packed on the way: it lies aside until it is
// put into a ZIP, where its parts are one stream.
type Table struct {
	file   *aside
	sum    hash.Hash
	crc    uint32
	length int64
	size   int64
}

// NewTable begins one, which lies aside in a folder. Whoever has it calls Remove at the end.
func NewTable(dir string) (*Table, error) {
	file, err := newAside(dir)
	if err != nil {
		return nil, err
	}
	return &Table{file: file, sum: sha256.New()}, nil
}

// Remove removes what lies aside.
func (t *Table) Remove() { t.file.remove() }

// A Part is a part of a table, packed.
type Part struct {
	content []byte
	room    *bytes.Buffer
}

// NewPart packs a part, which it keeps.
func NewPart(content []byte) Part {
	room := rooms.Get().(*bytes.Buffer)
	room.Reset()
	deflate(room, content, false)
	return Part{content, room}
}

// Add adds a part, once.
func (t *Table) Add(p Part) error {
	defer rooms.Put(p.room)
	t.sum.Write(p.content)
	t.crc = crc32.Update(t.crc, crc32.IEEETable, p.content)
	t.length += int64(len(p.content))
	n, err := t.file.Write(p.room.Bytes())
	t.size += int64(n)
	return err
}

// PutTable writes a table, to which nothing is added any more.
func (w *Writer) PutTable(name string, t *Table) error {
	w.end()
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
