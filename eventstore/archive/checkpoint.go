package archive

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// Why something that was given to us is not what it should be; matched by errors.Is, and told apart by what follows.
var (
	// ErrMalformed: the bytes are not of the format, or not its one spelling. Whatever they say is not to be read.
	ErrMalformed = errors.New("malformed")
	// ErrNotSigned: the log's own key has not signed this. It may come from anybody.
	ErrNotSigned = errors.New("not signed by the log's key")
	// ErrOtherLog: it speaks of another log than the one asked for.
	ErrOtherLog = errors.New("of another log")
)

// Bounds of what is read.
const (
	// MaxOrigin bounds the name of a log, in bytes.
	MaxOrigin = 255
	// MaxSigned bounds a signed checkpoint, in bytes: a hundred signatures, or sixteen of the longest that there are.
	MaxSigned = 128 << 10
)

// A Checkpoint is the state of one log: that the log of this name has so many leaves and this root.
//
// Its text is a C2SP tlog-checkpoint without extension lines, which no monitor could audit:
//
//	registre.example/house/ent-grand-est
//	20852163
//	CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
type Checkpoint struct {
	Origin string // the name of the log; see ValidOrigin
	Size   uint64 // its leaves, at most MaxSize
	Root   Hash   // of its tree
}

// ValidOrigin says whether s can name a log, and so the key that signs it: 1 to MaxOrigin bytes of UTF-8 without spaces,
// plus signs or control characters.
func ValidOrigin(s string) bool {
	bad := func(r rune) bool { return r == '+' || unicode.IsSpace(r) || unicode.IsControl(r) }
	return s != "" && len(s) <= MaxOrigin && utf8.ValidString(s) && !strings.ContainsFunc(s, bad)
}

// GroupOrigin is the name of a group's log in a house whose log of heads is called origin.
func GroupOrigin(origin, group string) string { return origin + "/" + group }

// Text is what is signed, and the leaf that stands for this checkpoint in the log of heads.
//
//	ParseCheckpointText(c.Text()) == c, where c.Origin is valid and c.Size within its bound
//	ParseCheckpointText(b).Text() == b
func (c Checkpoint) Text() []byte { return c.AppendText(nil) }

// AppendText appends [Checkpoint.Text] to dst.
func (c Checkpoint) AppendText(dst []byte) []byte {
	dst = append(dst, c.Origin...)
	dst = append(dst, '\n')
	dst = strconv.AppendUint(dst, c.Size, 10)
	dst = append(dst, '\n')
	dst = base64.StdEncoding.AppendEncode(dst, c.Root[:])
	return append(dst, '\n')
}

// ParseCheckpointText reads the text of a checkpoint; its error is ErrMalformed. It says nothing of who wrote it.
func ParseCheckpointText(text []byte) (Checkpoint, error) {
	origin, rest, _ := bytes.Cut(text, newline)
	size, rest, _ := bytes.Cut(rest, newline)
	root, extension, ended := bytes.Cut(rest, newline)
	c := Checkpoint{Origin: string(origin)}
	if !ValidOrigin(c.Origin) {
		return Checkpoint{}, fmt.Errorf("%w checkpoint: %.80q cannot name a log", ErrMalformed, origin)
	}
	var err error
	if c.Size, err = parseNumber(size); err != nil {
		return Checkpoint{}, fmt.Errorf("%w (size of a checkpoint)", err)
	}
	if c.Root, err = parseHash(root); err != nil {
		return Checkpoint{}, fmt.Errorf("%w (root of a checkpoint)", err)
	}
	switch {
	case !ended:
		return Checkpoint{}, fmt.Errorf("%w checkpoint: its last line does not end", ErrMalformed)
	case len(extension) > 0:
		return Checkpoint{}, fmt.Errorf("%w checkpoint: it has more than three lines", ErrMalformed)
	case !bytes.Equal(c.Text(), text):
		return Checkpoint{}, fmt.Errorf("%w checkpoint: there is another spelling of it", ErrMalformed)
	}
	return c, nil
}

// Sign gives the checkpoint as a C2SP signed note with one signature. The signer's name must be the checkpoint's origin.
func (c Checkpoint) Sign(signer note.Signer) ([]byte, error) {
	if !ValidOrigin(c.Origin) || c.Size > MaxSize {
		return nil, fmt.Errorf("%w checkpoint: %.80q, size %d", ErrMalformed, c.Origin, c.Size)
	}
	if signer.Name() != c.Origin {
		return nil, fmt.Errorf("%w: the key %s cannot sign for %s", ErrOtherLog, signer.Name(), c.Origin)
	}
	signed, err := note.Sign(&note.Note{Text: string(c.Text())}, signer)
	if err != nil {
		return nil, fmt.Errorf("sign the checkpoint of %s: %w", c.Origin, err)
	}
	return signed, nil
}

// OpenCheckpoint reads a signed checkpoint of the log origin. A key called like the log, and that verifiers knows, must have
// signed it; every other signature whose key verifiers knows must be valid too. It gives all these signatures, so that
// those of witnesses can be counted; what keys that are not known have signed is left out.
//
// Its error is ErrMalformed, else ErrOtherLog, else ErrNotSigned; in this order.
//
//	OpenCheckpoint(c.Sign(key.Signer(c.Origin)), c.Origin, key.Verifier(c.Origin)) == c
func OpenCheckpoint(signed []byte, origin string, verifiers note.Verifiers) (Checkpoint, []note.Signature, error) {
	c, err := splitSigned(signed)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	if c.Origin != origin {
		return Checkpoint{}, nil, fmt.Errorf("%w: a checkpoint of %s, not of %s", ErrOtherLog, c.Origin, origin)
	}
	n, err := note.Open(signed, verifiers)
	if err != nil {
		return Checkpoint{}, nil, fmt.Errorf("%w: checkpoint of %s: %w", ErrNotSigned, origin, err)
	}
	for _, sig := range n.Sigs {
		if sig.Name == origin {
			return c, n.Sigs, nil
		}
	}
	return Checkpoint{}, nil, fmt.Errorf("%w: checkpoint of %s: only others have signed it", ErrNotSigned, origin)
}

// UnverifiedCheckpoint reads a signed checkpoint without looking at who has signed it: to name what was found, not to
// rely on it. Its error is ErrMalformed.
func UnverifiedCheckpoint(signed []byte) (Checkpoint, error) { return splitSigned(signed) }

// splitSigned reads the text of a note, and sees that the note has the one spelling: package note takes a signature in
// any, so that a bit could be flipped in it unseen.
func splitSigned(signed []byte) (Checkpoint, error) {
	if len(signed) > MaxSigned {
		return Checkpoint{}, fmt.Errorf("%w checkpoint: %d bytes, and %d are the most", ErrMalformed, len(signed), MaxSigned)
	}
	text, signatures, found := bytes.Cut(signed, blankLine)
	if !found {
		return Checkpoint{}, fmt.Errorf("%w checkpoint: no signature", ErrMalformed)
	}
	c, err := ParseCheckpointText(signed[:len(text)+1])
	if err != nil {
		return Checkpoint{}, err
	}
	for i := 1; len(signatures) > 0; i++ {
		line, rest, ended := bytes.Cut(signatures, newline)
		if !ended || !validSignature(line) {
			return Checkpoint{}, fmt.Errorf("%w checkpoint: its line of signature %d", ErrMalformed, i)
		}
		signatures = rest
	}
	return c, nil
}

var (
	newline         = []byte("\n")
	blankLine       = []byte("\n\n")
	signaturePrefix = []byte("— ")
)

// validSignature says whether a line is "— NAME BASE64", in its one spelling, with more than a key's number in it.
func validSignature(line []byte) bool {
	line, isSignature := bytes.CutPrefix(line, signaturePrefix)
	name, text, _ := bytes.Cut(line, []byte(" "))
	sig, err := base64.StdEncoding.Strict().DecodeString(string(text))
	return isSignature && ValidOrigin(string(name)) && err == nil && len(sig) > 4 && base64.StdEncoding.EncodedLen(len(sig)) == len(text)
}

// parseNumber reads a number up to MaxSize in plain digits.
func parseNumber(text []byte) (uint64, error) {
	n, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil || n > MaxSize || strconv.FormatUint(n, 10) != string(text) {
		return 0, fmt.Errorf("%w: %.80q is no number from 0 to %d in plain digits", ErrMalformed, text, uint64(MaxSize))
	}
	return n, nil
}

// parseHash reads a hash in base64.
func parseHash(text []byte) (h Hash, err error) {
	if len(text) == base64.StdEncoding.EncodedLen(len(h)) {
		var sum []byte
		if sum, err = base64.StdEncoding.Strict().DecodeString(string(text)); err == nil && len(sum) == len(h) {
			return Hash(sum), nil
		}
	}
	return Hash{}, fmt.Errorf("%w: %.80q is no hash in base64", ErrMalformed, text)
}

// ParseHash reads a hash in base64, as it stands in checkpoints and proofs; its error is ErrMalformed.
func ParseHash(text []byte) (Hash, error) { return parseHash(text) }

// EmptyCheckpoint is the state of a log that has no leaf: every other one continues it.
func EmptyCheckpoint(origin string) Checkpoint { return Checkpoint{Origin: origin, Root: emptyRoot} }
