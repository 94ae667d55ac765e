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
// The tail is made of segments, each a file of its own that is named by its number. A segment begins with two lines, and then
// holds records; a record is a frame (see eventstore.SealFrame) that holds appends, each behind the byte 1, and behind the
// byte 0 the signed checkpoint of the log of heads that covers them.
//
// The second line tells up to which byte the records were confirmed. It is written once they are durable, and goes to the
// disk with one of the next records; so it is never ahead of them, and after a power cut it lacks the last few at most. A record
// beyond it that is not whole was cut off before anybody was answered. One before it was altered.
const (
	tailDir     = "tail"
	tailHeader  = "registre-tail@v1\n"
	confirmForm = "%020d\n"
	tailStart   = int64(len(tailHeader) + 21) // where the first record begins
	maxSegment  = 1 << 30                     // bytes of a segment that are read: a cut begins a new one long before

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
	file    file  // nil once it is closed
	size    int64 // of the records, and what stands before them
	laidOut int64
	grown   bool  // it was laid out further since the last sync
	out     int64 // up to where the records have reached the device
	lines   int   // that were written since the last that has
	disk    disk
}

// How much of a segment is laid out at first, and at a time.
const (
	firstLayout = 64 << 10
	nextLayout  = 1 << 20
)

var blanks [nextLayout]byte

func segmentPath(dir string, number uint64) string {
	return filepath.Join(dir, tailDir, fmt.Sprintf("%016d", number))
}

// newSegment begins a segment, durably. It gets its name once it has its first lines, so that it always has them.
func newSegment(d disk, dir string, number uint64) (*segment, error) {
	path := segmentPath(dir, number)
	file, err := d.open(path+tempSuffix, os.O_CREATE|os.O_TRUNC|os.O_WRONLY)
	if err != nil {
		return nil, err
	}
	s := &segment{number: number, path: path, file: file, size: tailStart, laidOut: firstLayout, out: tailStart, disk: d}
	head := make([]byte, firstLayout)
	copy(head, fmt.Sprintf(tailHeader+confirmForm, tailStart))
	_, err = file.Write(head)
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = d.rename(path+tempSuffix, path)
	}
	if err == nil {
		err = d.fsync(filepath.Dir(path))
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// reopenSegment opens the file of a segment that has been read, brings what was read to the disk, and confirms it: it
// may be there without ever having been synced. What lies beyond is cut off.
func reopenSegment(d disk, dir string, number uint64, size int64) (*segment, error) {
	path := segmentPath(dir, number)
	file, err := d.open(path, os.O_WRONLY)
	if err != nil {
		return nil, err
	}
	s := &segment{number: number, path: path, file: file, size: size, disk: d}
	err = file.Truncate(size)
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = s.confirm()
	}
	return s, errors.Join(err, s.close())
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
	_, err := s.file.WriteAt(blanks[:], s.size)
	s.laidOut, s.grown = s.size+nextLayout, true
	return err
}

// sync brings the records to the disk; or, where a flush of the device is to follow, to the device only. That one is dearer with each
// page that there is to be written: so the line of what was confirmed goes along with each sixteenth record.
func (s *segment) sync(flushed bool) (err error) {
	const linesOut = 16
	switch {
	case !flushed || s.grown:
		err, s.lines = s.file.Sync(), 0
	case s.lines >= linesOut:
		err, s.lines = s.file.WriteOut(0, s.size), 0
	default:
		err = s.file.WriteOut(s.out, s.size-s.out)
	}
	s.grown, s.out = false, s.size
	return err
}

// confirm notes that the records so far are durable.
func (s *segment) confirm() error {
	s.lines++
	_, err := s.file.WriteAt(fmt.Appendf(nil, confirmForm, s.size), int64(len(tailHeader)))
	return err
}

// empty says whether the segment has no record.
func (s *segment) empty() bool { return s.size == tailStart }

func (s *segment) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}

// drop removes a segment of which all is published.
func (s *segment) drop() error {
	err := errors.Join(s.close(), s.disk.remove(s.path))
	if err != nil {
		return err
	}
	return s.disk.fsync(filepath.Dir(s.path))
}

// segmentsIn gives the numbers of the segments, in order.
func segmentsIn(dir string) ([]uint64, error) {
	entries, err := os.ReadDir(filepath.Join(dir, tailDir))
	if err != nil {
		return nil, err
	}
	var numbers []uint64
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), tempSuffix) {
			continue // it never got its name
		}
		number, err := parseNumber([]byte(strings.TrimLeft(entry.Name(), "0")))
		if err != nil || segmentPath(dir, number) != filepath.Join(dir, tailDir, entry.Name()) {
			return nil, &DamageError{Path: tailDir + "/" + entry.Name(), Cause: errDifferent}
		}
		numbers = append(numbers, number)
	}
	slices.Sort(numbers)
	return numbers, nil
}

var errAltered = errors.New("a record that was confirmed is not as it was written, or not there")

// readSegment gives the records of a segment, up to the first that is not whole, and where they end. What lies beyond was
// cut off before anybody was answered. Where it was confirmed the error says so.
func readSegment(path string) (records []record, end int64, whole bool, err error) {
	text, err := readMost(path, maxSegment)
	if err != nil {
		return nil, 0, false, err
	}
	confirmed, err := readConfirmed(text)
	if err != nil {
		return nil, 0, false, err
	}
	rest := text[tailStart:]
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
	if end = int64(len(text) - len(rest)); end < confirmed {
		err = fmt.Errorf("%w: at byte %d", errAltered, end)
	}
	return records, end, blank(rest), err
}

// blank reports whether there are only zeros.
func blank(b []byte) bool {
	return len(bytes.Trim(b[:min(len(b), eventstore.FrameHeader)], "\x00")) == 0 && len(bytes.Trim(b, "\x00")) == 0
}

// readConfirmed reads the lines at the beginning of a segment.
func readConfirmed(text []byte) (confirmed int64, err error) {
	if int64(len(text)) >= tailStart {
		_, err = fmt.Sscanf(string(text[:tailStart]), tailHeader+confirmForm, &confirmed)
		if err == nil && fmt.Sprintf(tailHeader+confirmForm, confirmed) == string(text[:tailStart]) {
			return confirmed, nil
		}
	}
	return 0, fmt.Errorf("%w: it does not begin like a segment of the tail", ErrMalformed)
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
