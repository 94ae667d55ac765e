package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// newestFile holds the newest checkpoint of the log of heads that was durable in both copies. It is written over after each
// commit, within one sector, and is not synced: so it is never ahead of what is durable, and after a power cut it may be behind. A
// log of heads that does not reach it has lost its end: a record, or a whole segment of the tail.
const (
	newestFile = "newest"
	newestSize = 512 // of the file: the checkpoint, and zeros behind it
)

var errShortened = errors.New("the log of heads ends before what was confirmed of it")

// openNewest opens the file to be written over; it is made where there is none.
func (s *Store) openNewest() (err error) {
	s.newest, err = s.disk.open(filepath.Join(s.dir, newestFile), os.O_CREATE|os.O_WRONLY)
	return err
}

// noteNewest writes a checkpoint over the one before. One that is too long for a sector is not kept.
func (s *Store) noteNewest(signed []byte) error {
	if s.newest == nil || len(signed) == 0 || len(signed) > newestSize {
		return nil
	}
	_, err := s.newest.WriteAt(newestText(signed), 0)
	return err
}

func newestText(signed []byte) []byte {
	return append(bytes.Clone(signed), make([]byte, newestSize-len(signed))...)
}

// readNewest reads the checkpoint; nil where there is none yet, or a cut has left a file without its content.
func readNewest(dir string) (signed []byte, err error) {
	text, err := readMost(filepath.Join(dir, newestFile), newestSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	signed = bytes.TrimRight(text, "\x00")
	if len(signed) > 0 && (len(signed) > newestSize || !bytes.Equal(newestText(signed), text)) {
		return nil, fmt.Errorf("%w: %d bytes, not %d", ErrMalformed, len(text), newestSize)
	}
	return signed, nil
}

// reaches says whether the log of heads reaches what was confirmed of it. A file that cannot be believed says nothing, and is written
// anew by the next commit.
func (s *Store) reaches() error {
	signed, err := readNewest(s.dir)
	if err == nil && len(signed) == 0 {
		return nil
	}
	var at Checkpoint
	if err == nil {
		at, _, err = OpenCheckpoint(signed, s.key.Name(), s.ring)
	}
	if err != nil {
		s.log.Warn("the newest checkpoint that was noted cannot be read", "file", newestFile, "cause", err)
		return nil
	}
	if at.Size > s.at {
		return &DamageError{Path: newestFile, Index: s.at, Cause: fmt.Errorf("%w: at %d of %d", errShortened, s.at, at.Size)}
	}
	return nil
}

// takeNewest holds the log of heads to what was confirmed of it.
func (v *Verification) takeNewest() {
	signed, err := readNewest(v.dir)
	if err == nil && len(signed) == 0 {
		return
	}
	if err == nil {
		v.confirmed, _, _, err = v.Keys().Signer(signed) // a rotation that was cut short leaves one by the key before
	}
	if err == nil && v.confirmed.Size > v.Newest.Size {
		err = fmt.Errorf("%w: at %d of %d", errShortened, v.Newest.Size, v.confirmed.Size)
	} else if err == nil && !v.heads.lost && v.heads.whole {
		err = v.continuesFrom(signed)
	}
	if err != nil {
		v.found(Finding{Copy: InArchive, File: newestFile, Cause: err})
	}
}
