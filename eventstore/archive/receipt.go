package archive

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// The first lines of the two formats in a receipt.
const (
	proofHeader   = "c2sp.org/tlog-proof@v1"
	receiptHeader = "registre-receipt@v1"
)

// Sizes of a receipt.
const (
	maxPath    = 53                     // hashes up to the root of the largest tree
	hashLine   = 45                     // bytes of a line with a hash; more than one with a number
	MaxReceipt = MaxSigned + (16 << 10) // bytes that are read
)

// A Receipt proves that a house has recorded an event: the event is in its group's tree, whose state is a leaf of the log
// of heads, whose checkpoint the house has signed, and witnesses with it where there are any.
//
// Its text is a C2SP tlog-proof, for a file with the ending .tlog-proof, of the head: of the group's checkpoint text as a
// leaf of the log of heads. In the line extra, which C2SP leaves to us, stands how the event is in the group:
//
//	c2sp.org/tlog-proof@v1                        registre-receipt@v1
//	extra BASE64 ---------------------------->    index 41
//	index 7                                       HASH
//	HASH                                          …
//	…
//	                                              registre.example/house/ent-grand-est
//	registre.example/house                        1000
//	20                                            ROOT
//	ROOT
//
//	— registre.example/house SIGNATURE
//
// The other way that was sketched puts our part in front of a bare tlog-proof, in one file. It could be read by eye; but then
// no other tool takes the file as it is, and a receipt that is cut in two still passes for one in each half. Nothing is lost
// by extra being unauthenticated: Check takes nothing from it that the signed root does not prove.
type Receipt struct {
	Index     uint64     // of the event in its group, from 0: its number less one
	Path      []Hash     // from the event up to Group.Root
	Group     Checkpoint // the head: the state of the group's log
	HeadIndex uint64     // of the head in the log of heads
	HeadPath  []Hash     // from the head up to the root of the log of heads
	Signed    []byte     // checkpoint of the log of heads
}

// ProveReceipt makes the receipt of the event at index, at the state group of its log, which has the given hashes. That
// state is the leaf headIndex of the log of heads, which has the hashes heads and stands at the checkpoint signed.
//
//	ProveReceipt(…).Check(body of the event, origin, verifiers) == nil
func ProveReceipt(group Checkpoint, tree Hashes, index uint64, signed []byte, heads Hashes, headIndex uint64) (Receipt, error) {
	at, err := UnverifiedCheckpoint(signed)
	if err != nil {
		return Receipt{}, err
	}
	path, err := ProveInclusion(tree, index, group.Size)
	if err != nil {
		return Receipt{}, err
	}
	headPath, err := ProveInclusion(heads, headIndex, at.Size)
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{Index: index, Path: path, Group: group, HeadIndex: headIndex, HeadPath: headPath, Signed: signed}, nil
}

// Check says whether body is the event that the receipt is for, recorded in a group of the house whose log of heads is
// called origin. It gives the checkpoint of that log, and who of verifiers has signed it, as [OpenCheckpoint] does. That the
// body itself says the same group and number is for who decodes it.
//
// Its error is that of OpenCheckpoint; ErrOtherLog where the group is of another house; else ErrNotProven.
func (r Receipt) Check(body []byte, origin string, verifiers note.Verifiers) (Checkpoint, []note.Signature, error) {
	heads, by, err := OpenCheckpoint(r.Signed, origin, verifiers)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	if !strings.HasPrefix(r.Group.Origin, GroupOrigin(origin, "")) {
		return Checkpoint{}, nil, fmt.Errorf("%w: %s is no group of %s", ErrOtherLog, r.Group.Origin, origin)
	}
	if err := CheckInclusion(r.HeadPath, r.HeadIndex, LeafHash(r.Group.Text()), heads); err != nil {
		return Checkpoint{}, nil, fmt.Errorf("receipt, head: %w", err)
	}
	if err := CheckInclusion(r.Path, r.Index, LeafHash(body), r.Group); err != nil {
		return Checkpoint{}, nil, fmt.Errorf("receipt, event: %w", err)
	}
	return heads, by, nil
}

// Format gives the text of the receipt.
//
//	ParseReceipt(r.Format()) == r
//	ParseReceipt(b).Format() == b
func (r Receipt) Format() []byte {
	extra := make([]byte, 0, (4+len(r.Path))*hashLine+len(r.Group.Origin))
	extra = append(extra, receiptHeader+"\n"...)
	extra = r.Group.AppendText(appendProof(extra, r.Index, r.Path))
	text := make([]byte, 0, (4+len(r.HeadPath))*hashLine+base64.StdEncoding.EncodedLen(cap(extra))+len(r.Signed))
	text = append(text, proofHeader+"\n"...)
	text = append(text, extraPrefix...)
	text = base64.StdEncoding.AppendEncode(text, extra)
	text = appendProof(append(text, '\n'), r.HeadIndex, r.HeadPath)
	return append(text, r.Signed...)
}

// ParseReceipt reads the text of a receipt; its error is ErrMalformed. It says nothing of what the receipt proves.
func ParseReceipt(text []byte) (r Receipt, err error) {
	if len(text) > MaxReceipt {
		return Receipt{}, fmt.Errorf("%w receipt: %d bytes, and %d are the most", ErrMalformed, len(text), MaxReceipt)
	}
	header, rest, _ := bytes.Cut(text, newline)
	line, rest, _ := bytes.Cut(rest, newline)
	encoded, hasExtra := bytes.CutPrefix(line, extraPrefix)
	extra, err := base64.StdEncoding.DecodeString(string(encoded))
	if string(header) != proofHeader || !hasExtra || err != nil {
		return Receipt{}, fmt.Errorf("%w receipt: it does not begin with %s and extra", ErrMalformed, proofHeader)
	}
	if r.HeadIndex, r.HeadPath, r.Signed, err = cutProof(rest); err != nil {
		return Receipt{}, fmt.Errorf("receipt, head: %w", err)
	}
	if _, err := UnverifiedCheckpoint(r.Signed); err != nil {
		return Receipt{}, fmt.Errorf("receipt, head: %w", err)
	}
	if err := r.parseExtra(extra); err != nil {
		return Receipt{}, fmt.Errorf("receipt, event: %w", err)
	}
	if !bytes.Equal(r.Format(), text) {
		return Receipt{}, fmt.Errorf("%w receipt: there is another spelling of it", ErrMalformed)
	}
	return r, nil
}

// parseExtra reads how the event is in the group.
func (r *Receipt) parseExtra(extra []byte) error {
	header, rest, _ := bytes.Cut(extra, newline)
	if string(header) != receiptHeader {
		return fmt.Errorf("%w: extra is not %s", ErrMalformed, receiptHeader)
	}
	var group []byte
	var err error
	if r.Index, r.Path, group, err = cutProof(rest); err != nil {
		return err
	}
	r.Group, err = ParseCheckpointText(group)
	return err
}

var (
	extraPrefix = []byte("extra ")
	indexPrefix = []byte("index ")
)

// appendProof writes the middle of both formats: the index, the hashes, and an empty line.
func appendProof(dst []byte, index uint64, path []Hash) []byte {
	dst = append(dst, indexPrefix...)
	dst = strconv.AppendUint(dst, index, 10)
	dst = append(dst, '\n')
	for i := range path {
		dst = base64.StdEncoding.AppendEncode(dst, path[i][:])
		dst = append(dst, '\n')
	}
	return append(dst, '\n')
}

// cutProof reads what appendProof writes, and gives what stands behind it.
func cutProof(text []byte) (index uint64, path []Hash, rest []byte, err error) {
	line, rest, _ := bytes.Cut(text, newline)
	number, hasIndex := bytes.CutPrefix(line, indexPrefix)
	if !hasIndex {
		return 0, nil, nil, fmt.Errorf("%w: %.80q is no index", ErrMalformed, line)
	}
	if index, err = parseNumber(number); err != nil {
		return 0, nil, nil, err
	}
	for {
		line, rest, _ = bytes.Cut(rest, newline)
		if len(line) == 0 {
			return index, path, rest, nil
		}
		h, err := parseHash(line)
		if err != nil {
			return 0, nil, nil, err
		}
		if path = append(path, h); len(path) > maxPath {
			return 0, nil, nil, fmt.Errorf("%w: more than %d hashes", ErrMalformed, maxPath)
		}
	}
}
