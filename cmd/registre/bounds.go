package main

import (
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"

	"registre/domain"
	"registre/eventstore/atmost"
)

// What may come from elsewhere, at most. What is not here stands where it is read: lines and commands in eventstore, tables in sheet,
// what others sign in archive; docs/bounds.md lists all of them.
const (
	maxDocument  = 4 << 30   // bytes of a document that is hashed or kept
	maxPublished = 64 << 20  // of a published file that is compared, other than a table of an office
	maxPublicKey = 1 << 10   // of the file of a public key
	maxBenchFile = 256 << 20 // of what a bench reads bare, which it has written itself
	maxBlindLine = 64 << 20  // of a line that is too long, after which no end of it is looked for any more
)

// readSmall reads a file of at most so many bytes.
func readSmall(path string, most int64) ([]byte, error) {
	text, err := atmost.File(path, most)
	if err != nil {
		return nil, fileFault(path, err)
	}
	return text, nil
}

// fileFault is the misuse of a file that cannot be read.
func fileFault(path string, err error) error {
	var long *atmost.Error
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return misuse("file-missing", path, "")
	case errors.As(err, &long):
		return misuse("file-too-long", path, strconv.FormatInt(long.Most, 10))
	}
	return misuse("file-unreadable", path, err.Error())
}

// openDocument opens a file that is hashed or kept, whose length is known: of a pipe or a device nobody knows where it ends.
func openDocument(path string) (*os.File, error) {
	info, err := os.Stat(path) // before it is opened: to open a pipe is to wait for who writes into it
	switch {
	case err != nil:
		return nil, fileFault(path, err)
	case !info.Mode().IsRegular():
		return nil, misuse("not-a-file", path, "")
	case info.Size() > maxDocument:
		return nil, fileFault(path, &atmost.Error{Path: path, Most: maxDocument})
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fileFault(path, err)
	}
	return f, nil
}

// hashFile is the SHA-256 of a document.
func hashFile(path string) (h domain.Hash, err error) {
	f, err := openDocument(path)
	if err != nil {
		return h, err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return h, fileFault(path, err)
	}
	sum.Sum(h[:0])
	return h, nil
}
