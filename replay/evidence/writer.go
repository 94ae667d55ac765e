package evidence

import (
	"archive/zip"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/klauspost/compress/flate"
)

// The programs that go with every file.
var (
	//go:embed verify.py
	VerifyProgram []byte
	//go:embed figures.py
	FiguresProgram []byte
)

// sums is the file with the hashes of all others.
const sums = "SHA256SUMS"

// A Writer writes the files into a ZIP, each with the same day, and notes their hashes. Files that are put whole are packed on every
// processor, and written in the order in which they were put. It is not for several goroutines.
type Writer struct {
	zip    *zip.Writer
	line   InOrder
	sums   []byte
	open   string
	hash   hash.Hash
	length int64
	into   io.Writer
	Files  int
	Bytes  int64 // of the files
}

// NewWriter writes to w, which need not be able to seek.
func NewWriter(w io.Writer) *Writer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, level) })
	return &Writer{zip: z, hash: sha256.New()}
}

// firstDay is the first that a ZIP can tell: the bytes do not depend on when it was made.
var firstDay = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Create begins a file; the one before is ended. Hashes do not get smaller by packing, and most documents are packed already: such a file
// is stored as it is.
func (w *Writer) Create(name string, stored bool) (io.Writer, error) {
	w.end()
	if err := w.line.Wait(); err != nil {
		return nil, err
	}
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: firstDay}
	header.SetMode(0o644)
	if stored {
		header.Method = zip.Store
	}
	out, err := w.zip.CreateHeader(header)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	w.open, w.into, w.length = name, out, 0
	w.hash.Reset()
	return w, nil
}

// Write writes to the file that was begun last.
func (w *Writer) Write(p []byte) (int, error) {
	n, err := w.into.Write(p)
	w.hash.Write(p[:n])
	w.length += int64(n)
	return n, err
}

// Put writes a file, perhaps after it has returned: then its error is that of a later call. content may be changed as soon as it has.
func (w *Writer) Put(name string, content []byte) error { return w.put(name, content, false) }

// PutHashes is Put for a file of hashes.
func (w *Writer) PutHashes(name string, content []byte) error { return w.put(name, content, true) }

func (w *Writer) put(name string, content []byte, stored bool) error {
	w.end()
	was := emptyRoom()
	was.Write(content)
	return w.line.Add(func() func() error {
		room := emptyRoom()
		p := pack(name, was.Bytes(), stored, room)
		return func() error {
			defer rooms.Put(was)
			defer rooms.Put(room)
			return w.putPacked(&p)
		}
	})
}

// end notes the file that is open.
func (w *Writer) end() {
	if w.open != "" {
		w.noted(w.open, w.hash.Sum(nil), w.length)
		w.open = ""
	}
}

// noted notes a file that was written.
func (w *Writer) noted(name string, sum []byte, length int64) {
	w.Files++
	w.Bytes += length
	w.sums = hex.AppendEncode(w.sums, sum)
	w.sums = append(append(append(w.sums, "  "...), name...), '\n')
}

// Wait ends when all that was put is written.
func (w *Writer) Wait() error { return w.line.Wait() }

// WaitAfter is Wait where err went wrong meanwhile, or nothing: it is told once.
func (w *Writer) WaitAfter(err error) error { return w.line.WaitAfter(err) }

// Close writes the hashes of all files, and the ZIP's table of contents.
func (w *Writer) Close() error {
	w.end()
	err := w.line.Wait()
	if err == nil {
		err = w.Put(sums, w.sums)
	}
	if err == nil {
		err = w.line.Wait()
	}
	if err != nil {
		return err
	}
	return w.zip.Close()
}
