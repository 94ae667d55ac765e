package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"registre/domain"
	"registre/eventstore/jetstream"
)

// The documents' bytes lie beside the archive and never in it: documents/<group>/<SHA-256>. No event holds them, so that erasing a
// document leaves none of them, and every proof as it was.
const (
	shelfDir  = "documents"
	shelfLock = "documents.lock"
	shelfPart = "part~" // one name for each group: what a crash leaves is overwritten by the next document, or taken away
)

// A shelf is the folder of the documents of one data folder, or of a backup. Those that change it hold its lock, from before the
// bytes are put there until their event is recorded, or from before an erasure is recorded until they are gone.
type shelf struct{ dir string }

// shelf is that which goes with the data. Documents are put there by the process that brings the command, also beside one that has
// the folder open: it is the same user's, and the socket takes commands, not files.
func (a *app) shelf() (*shelf, error) {
	if a.nats != "" && !a.dataNamed {
		return nil, misuse("documents-nowhere", jetstream.Shown(a.nats), "")
	}
	return &shelf{filepath.Join(a.data, shelfDir)}, nil
}

func (s *shelf) path(group, name string) string { return filepath.Join(s.dir, group, name) }

// hold takes the lock.
func (s *shelf) hold(ctx context.Context) (release func() error, err error) {
	path := filepath.Join(filepath.Dir(s.dir), shelfLock)
	lock := flock.New(path, flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if ok, err := lock.TryLockContext(ctx, 10*time.Millisecond); !ok {
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, failure("documents-locked", path, err)
		}
		return nil, unwritable(err)
	}
	return lock.Close, nil
}

// measured is what a file's bytes say.
type measured struct {
	hash      domain.Hash
	size      int64
	mediaType string
	placed    bool // they were not on the shelf before
}

// measure copies bytes, and says what they are. What kind of file they are is told from their beginning.
func measure(to io.Writer, from io.Reader) (m measured, err error) {
	begin := make([]byte, 512)
	n, err := io.ReadFull(from, begin)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return m, err
	}
	begin = begin[:n]
	m.mediaType, _, _ = strings.Cut(http.DetectContentType(begin), ";")
	sum := sha256.New()
	m.size, err = io.Copy(io.MultiWriter(to, sum), io.MultiReader(bytes.NewReader(begin), from))
	sum.Sum(m.hash[:0])
	return m, err
}

// measureFile measures a file, and puts it nowhere.
func measureFile(path string) (m measured, err error) {
	f, err := openDocument(path)
	if err != nil {
		return m, err
	}
	defer f.Close()
	if m, err = measure(io.Discard, f); err != nil {
		return m, fileFault(path, err)
	}
	return m, nil
}

// put puts a copy of a file on the shelf, durably: written aside, measured while it is copied, and named by its hash. What is there
// already stays, if it is whole.
func (s *shelf) put(group, file string) (m measured, err error) {
	return s.place(group, file, func(domain.Hash) error { return nil })
}

// place is put, where the bytes must please as well: others are not named, and leave nothing.
func (s *shelf) place(group, file string, please func(domain.Hash) error) (m measured, err error) {
	from, err := openDocument(file)
	if err != nil {
		return m, err
	}
	defer from.Close()
	dir := filepath.Join(s.dir, group)
	if err := s.make(dir); err != nil {
		return m, err
	}
	part := filepath.Join(dir, shelfPart)
	to, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return m, unwritable(err)
	}
	m, err = measure(to, from)
	if err = errors.Join(err, to.Chmod(0o600), to.Sync(), to.Close()); err != nil {
		return m, failure("read-only", file, errors.Join(err, os.Remove(part)))
	}
	if err := please(m.hash); err != nil {
		return m, errors.Join(err, os.Remove(part))
	}
	if s.check(group, m.hash) == nil {
		return m, os.Remove(part)
	}
	m.placed = true
	if err := os.Rename(part, s.path(group, m.hash.String())); err != nil {
		return m, unwritable(errors.Join(err, os.Remove(part)))
	}
	return m, syncFolder(dir)
}

// copyTo puts a document on another shelf, if it is what it was.
func (s *shelf) copyTo(to *shelf, group string, h domain.Hash) (measured, error) {
	path := s.path(group, h.String())
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return measured{}, damagedDocument("document-missing", h, path)
	}
	return to.place(group, path, func(got domain.Hash) error {
		if got != h {
			return damagedDocument("document-altered", h, path)
		}
		return nil
	})
}

// sweep takes away what a crash has left of a document of a group, and reports whether there was anything.
func (s *shelf) sweep(group string) (bool, error) {
	err := os.Remove(s.path(group, shelfPart))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, unwritable(err)
	}
	return true, syncFolder(filepath.Join(s.dir, group))
}

// make makes the folder of a group, durably, for the owner alone.
func (s *shelf) make(dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return unwritable(err)
	}
	return errors.Join(syncFolder(s.dir), syncFolder(filepath.Dir(s.dir)))
}

// write writes the bytes of a document, and is a fault where they are not there, or not those that were put there. What was written by
// then is not the document.
func (s *shelf) write(to io.Writer, group string, h domain.Hash) error {
	path := s.path(group, h.String())
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return damagedDocument("document-missing", h, path)
	case err != nil:
		return fileFault(path, err)
	}
	defer f.Close()
	m, err := measure(to, f)
	switch {
	case err != nil:
		return err
	case m.hash != h:
		return damagedDocument("document-altered", h, path)
	}
	return nil
}

func (s *shelf) check(group string, h domain.Hash) error { return s.write(io.Discard, group, h) }

func damagedDocument(name string, h domain.Hash, path string) *Fault {
	f := failure(name, h.String(), nil)
	f.Exit, f.Detail = exitDamage, path
	return f
}

// size is that of the file of a document; -1 where there is none.
func (s *shelf) size(group string, h domain.Hash) int64 {
	info, err := os.Lstat(s.path(group, h.String()))
	if err != nil || !info.Mode().IsRegular() {
		return -1
	}
	return info.Size()
}

// remove takes a document away for good, and what a crash may have left of one.
func (s *shelf) remove(group string, h domain.Hash) error {
	for _, name := range []string{h.String(), shelfPart} {
		if err := os.Remove(s.path(group, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return failure("document-unerased", h.String(), err)
		}
	}
	if err := syncFolder(filepath.Join(s.dir, group)); err != nil && !s.absent(group) {
		return failure("document-unerased", h.String(), err)
	}
	return nil
}

func (s *shelf) absent(group string) bool {
	_, err := os.Stat(filepath.Join(s.dir, group))
	return errors.Is(err, fs.ErrNotExist)
}

// names are those of the files of a group: of documents, and of what else lies there.
func (s *shelf) names(group string) (documents []domain.Hash, others []string, err error) {
	entries, err := os.ReadDir(filepath.Join(s.dir, group))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, failure("failed", s.dir, err)
	}
	for _, e := range entries {
		if h, err := domain.ParseHash(e.Name()); err == nil {
			documents = append(documents, h)
		} else {
			others = append(others, e.Name())
		}
	}
	return documents, others, nil
}

// strangers are the names that lie on the shelf and are of no group.
func (s *shelf) strangers(groups []string) (names []string) {
	entries, _ := os.ReadDir(s.dir)
	for _, e := range entries {
		if !slices.Contains(groups, e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names
}

// beginsHash reports whether a text can be the beginning of a hash that is meant.
func beginsHash(s string) bool {
	_, err := hex.DecodeString(s + strings.Repeat("0", len(s)%2))
	return err == nil && len(s) >= 4 && len(s) <= 64 && s == strings.ToLower(s)
}
