package jetstream

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/minio/highwayhash"

	"registre/eventstore"
	"registre/eventstore/atmost"
)

// The server serves a damaged file as if what is damaged had never been, cuts good events off behind it, and fills a gap in its
// numbers with memory until there is none (docs/decisions/012). So its files are looked at before it opens them.

// The most bytes of the server's files that are read whole.
const (
	maxBlock = 256 << 20 // the server ends a block at 8 MiB, and an atomic batch at 60 MB more
	maxMeta  = 1 << 20
	maxIndex = 1 << 30 // some 60 bytes a group; where it is longer, the blocks are read instead
)

// A Flaw is one place where the stream's files are not as they were written.
type Flaw struct {
	File  string // below the data folder, with slashes
	At    int64  // the byte at which it begins
	First uint64 // the sequence number of the first message that cannot be read; 0 where it is none in particular
	Last  uint64 // of the last one; 0 where it cannot be told
	Cause error

	block uint64 // in which it is; 0 for none
}

// Said says where in the file it is, and what is wrong.
func (f Flaw) Said() string {
	switch {
	case f.First == 0:
		return f.Cause.Error()
	case f.Last == f.First:
		return fmt.Sprintf("at byte %d (message %d): %v", f.At, f.First, f.Cause)
	case f.Last == 0:
		return fmt.Sprintf("at byte %d (messages from %d on): %v", f.At, f.First, f.Cause)
	}
	return fmt.Sprintf("at byte %d (messages %d to %d): %v", f.At, f.First, f.Last, f.Cause)
}

func (f Flaw) String() string { return f.File + ": " + f.Said() }

// A FlawedError says that the server is not let at the stream's files, since it would destroy more of them. Nothing was changed.
// It matches eventstore.ErrDamaged.
type FlawedError struct {
	Flaws []Flaw // at least one
}

func (e *FlawedError) Error() string {
	text := "the stream's files are damaged: " + e.Flaws[0].String()
	if n := len(e.Flaws) - 1; n > 0 {
		text += fmt.Sprintf("; and %d more", n)
	}
	return text
}

// Unwrap lets it match eventstore.ErrDamaged.
func (e *FlawedError) Unwrap() error { return eventstore.ErrDamaged }

var (
	errFileMissing   = errors.New("it is missing")
	errMetaSum       = errors.New("it does not fit its checksum in meta.sum")
	errBlockName     = errors.New("no block of the server's is called so")
	errMissingBefore = errors.New("messages before it are missing")
	errConfirmed     = errors.New("messages up to it were confirmed, and the files end before it")
)

// A Survey is what the stream's files were found to be, before any server opens them. They are only read.
type Survey struct {
	Flaws     []Flaw // of what was confirmed
	Torn      []Flaw // beyond what was confirmed: what a crash leaves, which the next opening cuts off
	Last      uint64 // the sequence number of the last message that can be read
	Confirmed uint64 // the last one that was confirmed

	clean bool // the server has closed the stream, and its index fits the blocks
}

// Inspect looks over the stream's files in a data folder: with sums every byte of them; otherwise, where a server has closed them
// and there is nothing wrong with them, lengths and sequence numbers alone. The folder must be held, see [Hold]. Its error
// says that they could not be looked at.
func Inspect(dir string, sums bool) (Survey, error) {
	s, err := survey(dir, sums, nil)
	if err == nil && !sums && (!s.clean || len(s.Flaws) > 0) {
		s, err = survey(dir, true, nil)
	}
	if err != nil {
		return s, fmt.Errorf("looking over the stream's files in %s: %w", dir, err)
	}
	return s, nil
}

// survey is Inspect that tells of every message that it can read. What it tells of is good until the next.
func survey(dir string, sums bool, each func(block uint64, at int64, rec blockRecord)) (s Survey, err error) {
	ends, err := readConfirmedFile(filepath.Join(dir, confirmedFile))
	s.Confirmed = ends
	if err != nil {
		s.Flaws = append(s.Flaws, Flaw{File: confirmedFile, Cause: err})
	}
	stream := newSyncer(dir, bySyncFiles).stream
	name := func(file string) string {
		rel, _ := filepath.Rel(dir, filepath.Join(stream, filepath.FromSlash(file)))
		return filepath.ToSlash(rel)
	}
	if _, err := os.Stat(stream); errors.Is(err, fs.ErrNotExist) {
		s.Flaws = append(s.Flaws, Flaw{File: serverDir, Cause: errFileMissing})
		return s, nil
	}
	if flaw, ok := checkMeta(stream); !ok {
		flaw.File = name(flaw.File)
		s.Flaws = append(s.Flaws, flaw)
	}
	blocks, err := listBlocks(filepath.Join(stream, messageDir))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		s.Flaws = append(s.Flaws, Flaw{File: name(messageDir), Cause: errFileMissing})
		return s, nil
	case err != nil:
		s.Flaws = append(s.Flaws, Flaw{File: name(messageDir), Cause: fmt.Errorf("%w: %w", errBlockName, err)})
		return s, nil
	}
	w := walk{name: name, sums: sums, each: each, next: 1}
	if err := eachBlock(stream, blocks, w.block); err != nil {
		return s, err
	}
	s.clean = indexFits(stream, w.lastSum)
	s.take(w)
	return s, nil
}

// take sorts the flaws by what was confirmed.
func (s *Survey) take(w walk) {
	s.Last = w.next - 1
	for _, f := range w.flaws {
		if f.First > s.Confirmed && !s.clean {
			s.Torn = append(s.Torn, f)
		} else {
			s.Flaws = append(s.Flaws, f)
		}
	}
	if s.Last < s.Confirmed && (len(w.flaws) == 0 || w.flaws[len(w.flaws)-1].Last != 0) {
		s.Flaws = append(s.Flaws, Flaw{File: w.name(messageDir), First: w.next, Last: s.Confirmed, Cause: errConfirmed})
	}
}

func blockPath(stream string, block uint64) string {
	return filepath.Join(stream, messageDir, strconv.FormatUint(block, 10)+blockSuffix)
}

// A walk goes through the blocks in their order.
type walk struct {
	name    func(file string) string
	sums    bool
	each    func(block uint64, at int64, rec blockRecord)
	next    uint64 // the sequence number that comes next
	flaws   []Flaw
	open    bool   // the last flaw goes on: how much it has taken is told by what comes next
	lastSum []byte // of the last record
}

func (w *walk) block(block uint64, text []byte) {
	r := newBlockReader(block, w.sums)
	file := fmt.Sprintf("%s/%d%s", messageDir, block, blockSuffix)
	for at := 0; at < len(text); {
		rec, err := r.cut(text[at:])
		switch {
		case err != nil:
		case rec.tombstone && rec.seq+1 >= w.next && rec.seq-w.next <= maxSkipped:
			w.next, at = max(w.next, rec.seq+1), at+rec.size
			continue
		case rec.seq == w.next || w.open && r.follows(text[at:], rec, w.next):
		case r.follows(text[at:], rec, w.next):
			w.flaw(Flaw{File: w.name(file), At: int64(at), First: w.next, Cause: errMissingBefore, block: block})
		default:
			err = errRecordSequence
		}
		if err == nil {
			w.take(block, int64(at), rec)
			at += rec.size
			continue
		}
		w.flaw(Flaw{File: w.name(file), At: int64(at), First: w.next, Cause: err, block: block})
		if at = r.resync(text, at+1, w.next); at < 0 {
			break
		}
	}
	if len(text) >= recordSum {
		w.lastSum = append(w.lastSum[:0], text[len(text)-recordSum:]...)
	}
}

// maxSkipped bounds how many sequence numbers can be passed over at once: those of one block, or of some that have gone.
const maxSkipped = 1 << 24

// follows says whether a record can come after some that are lost: it is whole, and not too far.
func (r *blockReader) follows(b []byte, rec blockRecord, next uint64) bool {
	careful := blockReader{hash: r.hash, sums: true}
	_, err := careful.cut(b)
	return err == nil && rec.seq > next && rec.seq-next <= maxSkipped
}

// flaw begins a flaw, unless the last one goes on.
func (w *walk) flaw(f Flaw) {
	if !w.open {
		w.flaws = append(w.flaws, f)
	}
	w.open = true
}

// take takes a message that can be read, which ends the flaw before it.
func (w *walk) take(block uint64, at int64, rec blockRecord) {
	if w.open {
		w.flaws[len(w.flaws)-1].Last = rec.seq - 1
		w.open = false
	}
	w.next = rec.seq + 1
	if w.each != nil {
		w.each(block, at, rec)
	}
}

// checkMeta looks at the file with the stream's configuration. What it says is for checkStream to judge, once the server has
// read it.
func checkMeta(stream string) (Flaw, bool) {
	for _, name := range []string{"meta.inf", "meta.sum"} {
		if _, err := os.Stat(filepath.Join(stream, name)); err != nil {
			return Flaw{File: name, Cause: errFileMissing}, false
		}
	}
	meta, err := atmost.File(filepath.Join(stream, "meta.inf"), maxMeta)
	sum, sumErr := atmost.File(filepath.Join(stream, "meta.sum"), maxMeta)
	if err = errors.Join(err, sumErr); err != nil {
		return Flaw{File: "meta.inf", Cause: err}, false
	}
	if hex.EncodeToString(streamSum(meta)) != string(sum) {
		return Flaw{File: "meta.inf", Cause: errMetaSum}, false
	}
	return Flaw{}, true
}

// streamSum is the server's checksum for files that belong to the whole stream.
func streamSum(text []byte) []byte {
	key := sha256.Sum256([]byte(streamName))
	sum := highwayhash.Sum64(text, key[:])
	return []byte{byte(sum), byte(sum >> 8), byte(sum >> 16), byte(sum >> 24), byte(sum >> 32), byte(sum >> 40), byte(sum >> 48), byte(sum >> 56)}
}

const indexFile = "index.db"

// indexFits says whether the server's index is whole, and was written when the blocks ended as they do now: then the server
// takes it as it is, and reads no block.
func indexFits(stream string, lastSum []byte) bool {
	text, err := atmost.File(filepath.Join(stream, messageDir, indexFile), maxIndex)
	if err != nil || len(text) < 2*recordSum {
		return false
	}
	text, sum := text[:len(text)-recordSum], text[len(text)-recordSum:]
	return bytes.Equal(streamSum(text), sum) && bytes.Equal(text[len(text)-recordSum:], lastSum)
}
