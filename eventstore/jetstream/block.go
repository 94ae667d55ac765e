package jetstream

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/minio/highwayhash"
)

// How the server keeps messages in a block file (read in writeMsgRecordLocked of its filestore.go, version 2.15.2). A record is,
// little-endian:
//
//	length of the whole (4; the top bit says that there are headers) · sequence (8) · time (8) · length of the subject (2)
//	subject · [length of the headers (4) · headers] · body · checksum (8)
//
// The checksum is HighwayHash-64 over sequence, time, subject, headers and body, with SHA-256 of "STREAM-BLOCK" as its key. So it
// protects from chance alone, and says nothing of the lengths; those are seen by where the parts must end.
const (
	recordHead = 22
	recordSum  = 8
	maxRecord  = 32 << 20 // above it the server takes a length for damaged

	headersBit   = 1 << 31 // of the length
	tombstoneBit = 1 << 62 // of the sequence: it marks one that was removed
	erasedBit    = 1 << 63 // of the sequence: the message was erased in its place
)

// Why a record of a block is not as it was written.
var (
	errRecordForm     = errors.New("its lengths do not fit")
	errRecordSum      = errors.New("its checksum does not fit")
	errRecordSequence = errors.New("it has not the sequence number that comes next")
)

// A blockRecord is one message as it lies in a block.
type blockRecord struct {
	size      int // of the whole
	seq       uint64
	subject   string
	body      []byte // within the block's bytes
	tombstone bool
}

// A blockReader reads the records of one block.
type blockReader struct {
	hash *highwayhash.Digest64
	sums bool   // whether checksums are looked at
	last string // the subject of the last record
}

func newBlockReader(block uint64, sums bool) *blockReader {
	key := sha256.Sum256(fmt.Appendf(nil, "%s-%d", streamName, block))
	hash, err := highwayhash.NewDigest64(key[:])
	if err != nil {
		panic(err) // a key of 32 bytes is always taken
	}
	return &blockReader{hash: hash, sums: sums}
}

// cut reads the record at the front of b.
func (r *blockReader) cut(b []byte) (blockRecord, error) {
	le := binary.LittleEndian
	if len(b) < recordHead {
		return blockRecord{}, errRecordForm
	}
	length, subject := le.Uint32(b), int(le.Uint16(b[20:]))
	size, headers := int(length&^headersBit), length&headersBit != 0
	skip := subject
	if headers {
		skip += 4
	}
	if size > len(b) || size > maxRecord || recordHead+skip+recordSum > size {
		return blockRecord{}, errRecordForm
	}
	data := b[recordHead : size-recordSum]
	if r.sums && !bytes.Equal(r.sum(b[4:20], data[:subject], data[skip:]), b[size-recordSum:size]) {
		return blockRecord{}, errRecordSum
	}
	if string(data[:subject]) != r.last {
		r.last = string(data[:subject])
	}
	rec := blockRecord{size: size, seq: le.Uint64(b[4:]), subject: r.last, body: data[skip:]}
	if rec.tombstone = rec.seq&tombstoneBit != 0; rec.tombstone {
		rec.seq &^= tombstoneBit
		return rec, nil
	}
	return rec, rec.cutHeaders(headers, data[subject:])
}

// cutHeaders takes the headers from before the body. They end in an empty line, so that a length which says otherwise is seen.
func (rec *blockRecord) cutHeaders(headers bool, rest []byte) error {
	if !headers {
		return nil
	}
	n := binary.LittleEndian.Uint32(rest)
	if end := bytes.Index(rec.body, []byte("\r\n\r\n")); end < 0 || uint64(n) != uint64(end)+4 {
		return errRecordForm
	}
	rec.body = rec.body[n:]
	return nil
}

func (r *blockReader) sum(parts ...[]byte) []byte {
	r.hash.Reset()
	for _, part := range parts {
		_, _ = r.hash.Write(part)
	}
	var sum [highwayhash.Size64]byte
	return r.hash.Sum(sum[:0])
}

// resync finds the next whole record of b, beginning at an offset, whose sequence is one of those that can come there; at is -1
// where there is none.
func (r *blockReader) resync(b []byte, from int, next uint64) (at int) {
	careful := blockReader{hash: r.hash, sums: true}
	for at = from; at+recordHead+recordSum <= len(b); at++ {
		seq := binary.LittleEndian.Uint64(b[at+4:])
		if seq < next || seq-next > maxSkipped {
			continue
		}
		if _, err := careful.cut(b[at:]); err == nil {
			return at
		}
	}
	return -1
}
