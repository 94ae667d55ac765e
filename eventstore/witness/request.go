package witness

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"

	"registre/eventstore/archive"
)

// Bounds of a submission.
const (
	MaxProof   = 63                                // hashes of a proof, by C2SP tlog-witness
	MaxRequest = 64<<10 + MaxProof*hashLine + 1<<7 // bytes of the body, of which the checkpoint may be 64 KiB
	hashLine   = 45                                // bytes of a hash in base64 with the end of its line
)

// A Request submits a checkpoint to a witness.
//
//	old 20852014
//	HASH
//	…
//
//	CHECKPOINT, signed
type Request struct {
	Old        uint64         // the size that the witness is said to have cosigned last; 0 for none
	Proof      []archive.Hash // that the checkpoint continues the log at that size
	Checkpoint []byte         // a signed note
}

// Format gives the body of a submission.
//
//	ParseRequest(r.Format()) == r
func (r Request) Format() []byte {
	b := append(strconv.AppendUint([]byte("old "), r.Old, 10), '\n')
	for _, h := range r.Proof {
		b = append(base64.StdEncoding.AppendEncode(b, h[:]), '\n')
	}
	return append(append(b, '\n'), r.Checkpoint...)
}

// ParseRequest reads the body of a submission; its error is archive.ErrMalformed. It says nothing of what the parts prove.
//
//	ParseRequest(b).Format() == b
func ParseRequest(body []byte) (r Request, err error) {
	if len(body) > MaxRequest {
		return r, fmt.Errorf("%w submission: %d bytes, and %d are the most", archive.ErrMalformed, len(body), MaxRequest)
	}
	line, rest, _ := bytes.Cut(body, newline)
	size, isOld := bytes.CutPrefix(line, []byte("old "))
	if r.Old, err = parseSize(size); err != nil || !isOld {
		return r, fmt.Errorf("%w submission: its first line is not old SIZE", archive.ErrMalformed)
	}
	for {
		line, rest, _ = bytes.Cut(rest, newline)
		if len(line) == 0 {
			break
		}
		h, err := archive.ParseHash(line)
		if err != nil {
			return r, err
		}
		if r.Proof = append(r.Proof, h); len(r.Proof) > MaxProof {
			return r, fmt.Errorf("%w submission: more than %d hashes", archive.ErrMalformed, MaxProof)
		}
	}
	r.Checkpoint = rest
	if !bytes.Equal(r.Format(), body) {
		return r, fmt.Errorf("%w submission: an empty line and a checkpoint must follow the proof", archive.ErrMalformed)
	}
	return r, nil
}

var newline = []byte("\n")

// parseSize reads a size in plain digits.
func parseSize(text []byte) (uint64, error) {
	n, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil || strconv.FormatUint(n, 10) != string(text) {
		return 0, fmt.Errorf("%w: %.80q is no size", archive.ErrMalformed, text)
	}
	return n, nil
}
