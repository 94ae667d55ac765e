package evidence

import (
	"archive/zip"
	"compress/flate"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"time"
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

// A Writer writes the files into a ZIP, each with the same day, and notes their hashes. It is not for several goroutines.
type Writer struct {
	zip    *zip.Writer
	sums   []byte
	open   string
	hash   hash.Hash
	into   io.Writer
	Files  int
	Bytes  int64 // of the files
	failed error
}

// NewWriter writes to w, which need not be able to seek.
func NewWriter(w io.Writer) *Writer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestSpeed) })
	return &Writer{zip: z, hash: sha256.New()}
}

// firstDay is the first that a ZIP can tell: the bytes do not depend on when it was made.
var firstDay = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Create begins a file; the one before is ended. Hashes do not get smaller by packing, and most documents are packed already: such a file
// is stored as it is.
func (w *Writer) Create(name string, stored bool) (io.Writer, error) {
	w.end()
	if w.failed != nil {
		return nil, w.failed
	}
	header := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: firstDay}
	header.SetMode(0o644)
	if stored {
		header.Method = zip.Store
	}
	out, err := w.zip.CreateHeader(header)
	if err != nil {
		w.failed = fmt.Errorf("%s: %w", name, err)
		return nil, w.failed
	}
	w.open, w.into = name, out
	w.hash.Reset()
	w.Files++
	return w, nil
}

// Write writes to the file that was begun last.
func (w *Writer) Write(p []byte) (int, error) {
	n, err := w.into.Write(p)
	w.hash.Write(p[:n])
	w.Bytes += int64(n)
	return n, err
}

// Put writes a file.
func (w *Writer) Put(name string, content []byte) error { return w.put(name, content, false) }

// PutHashes is Put for a file of hashes.
func (w *Writer) PutHashes(name string, content []byte) error { return w.put(name, content, true) }

func (w *Writer) put(name string, content []byte, stored bool) error {
	out, err := w.Create(name, stored)
	if err == nil {
		_, err = out.Write(content)
	}
	return err
}

// end notes the hash of the file that is open.
func (w *Writer) end() {
	if w.open == "" {
		return
	}
	w.sums = hex.AppendEncode(w.sums, w.hash.Sum(nil))
	w.sums = append(append(append(w.sums, "  "...), w.open...), '\n')
	w.open = ""
}

// Close writes the hashes of all files, and the ZIP's table of contents.
func (w *Writer) Close() error {
	w.end()
	list := w.sums
	if err := w.Put(sums, list); err != nil {
		return err
	}
	w.open = ""
	return w.zip.Close()
}
