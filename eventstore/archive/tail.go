package archive

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"registre/eventstore"
)

// The tail is where a commit is written first: one file to which is only added, so that one sync makes a whole commit
// durable, however many logs it touches. Behind it the logs are cut into tiles, and when they are published the file goes.
//
// The tail is made of segments, each a file of its own that is named by its number. A segment begins with a line, and then
// holds records; a record is a frame (see eventstore.SealFrame) that holds appends, each behind the byte 1, and behind the
// byte 0 the signed checkpoint of the log of heads that covers them.
const (
	tailDir    = "tail"
	tailHeader = "registre-tail@v1\n"

	tagAppend     = 1
	tagCheckpoint = 0
)

// A record is what one commit adds to the tail.
type record struct {
	appends []eventstore.Append
	signed  []byte
}

// A segment is a file of the tail. Behind its records it is filled with zeros, as far as it was laid out: a write into what
// is laid out changes nothing of the file but its bytes, so that syncing them needs no commit of the file system's journal,
// and does not wait for that of the other copy.
type segment struct {
	number  uint64
	path    string
	file    *os.File
	size    int64 // of the records
	laidOut int64
}

// How much of a segment is laid out at first, and at a time.
const (
	firstLayout = 64 << 10
	nextLayout  = 1 << 20
)

func segmentPath(dir string, number uint64) string {
	return filepath.Join(dir, tailDir, fmt.Sprintf("%016d", number))
}

// newSegment begins a segment, durably.
func newSegment(dir string, number uint64) (*segment, error) {
	path := segmentPath(dir, number)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return nil, err
	}
	s := &segment{number: number, path: path, file: file, size: int64(len(tailHeader)), laidOut: firstLayout}
	head := make([]byte, firstLayout)
	copy(head, tailHeader)
	_, err = file.Write(head)
	if err := errors.Join(err, file.Sync(), syncPath(filepath.Dir(path))); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return s, nil
}

// add writes a record, whose frame has been sealed.
func (s *segment) add(frame []byte) error {
	if _, err := s.file.WriteAt(frame, s.size); err != nil {
		return err
	}
	s.size += int64(len(frame))
	if s.size < s.laidOut {
		return nil
	}
	_, err := s.file.WriteAt(make([]byte, nextLayout), s.size)
	s.laidOut = s.size + nextLayout
	return err
}

// sync brings the records to the disk.
func (s *segment) sync() error { return syncData(s.file) }

func (s *segment) close() error { return s.file.Close() }

// drop removes a segment of which all is published.
func (s *segment) drop() error {
	return errors.Join(s.close(), os.Remove(s.path), syncPath(filepath.Dir(s.path)))
}

// segmentsIn gives the numbers of the segments, in order.
func segmentsIn(dir string) ([]uint64, error) {
	entries, err := os.ReadDir(filepath.Join(dir, tailDir))
	if err != nil {
		return nil, err
	}
	var numbers []uint64
	for _, entry := range entries {
		number, err := parseNumber([]byte(strings.TrimLeft(entry.Name(), "0")))
		if err != nil || segmentPath(dir, number) != filepath.Join(dir, tailDir, entry.Name()) {
			return nil, &DamageError{Path: tailDir + "/" + entry.Name(), Cause: errDifferent}
		}
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	return numbers, nil
}

// readSegment gives the records of a segment, up to the first that is not whole, and where they end. What lies beyond was
// cut off before anybody was answered, or was altered: which of the two is for the other copy to say.
func readSegment(path string) (records []record, end int64, whole bool, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, false, err
	}
	rest, ok := bytes.CutPrefix(text, []byte(tailHeader))
	if !ok {
		return nil, 0, false, nil
	}
	for !blank(rest) {
		payload, after, ok := eventstore.CutFrame(rest)
		if !ok {
			break
		}
		r, err := parseRecord(payload)
		if err != nil {
			break
		}
		records, rest = append(records, r), after
	}
	return records, int64(len(text) - len(rest)), blank(rest), nil
}

// blank reports whether there are only zeros.
func blank(b []byte) bool {
	return len(bytes.Trim(b[:min(len(b), eventstore.FrameHeader)], "\x00")) == 0 && len(bytes.Trim(b, "\x00")) == 0
}

var errNoRecord = errors.New("not a record")

func parseRecord(b []byte) (r record, err error) {
	for len(b) > 0 && b[0] == tagAppend {
		var a eventstore.Append
		if a, b, err = eventstore.CutAppend(b[1:]); err != nil {
			return record{}, err
		}
		if err := a.Check(); err != nil {
			return record{}, err
		}
		r.appends = append(r.appends, a)
	}
	if len(b) == 0 || b[0] != tagCheckpoint || len(r.appends) == 0 {
		return record{}, errNoRecord
	}
	r.signed = b[1:]
	return r, nil
}
