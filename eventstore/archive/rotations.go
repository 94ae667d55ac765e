package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"registre/domain"
	"registre/eventstore"
)

// rotationsDir holds the rotations of an archive's key, in files called 1, 2, 3 …
const rotationsDir = "rotations"

// rotationHeader is the first line of the file of a rotation.
const rotationHeader = "registre-rotation@v1"

// MaxRotation bounds the file of a rotation, in bytes.
const MaxRotation = int64(len(rotationHeader)) + eventstore.MaxBody + 2 + MaxReceipt

// ErrKeyReplaced says that a checkpoint is signed with a key that had been replaced by then: whoever has signed it was no
// longer the house.
var ErrKeyReplaced = errors.New("signed with a key that was replaced")

// A Rotation proves, to who knows the key From, that the house has put To in its place: the event that says so, and a receipt
// of it whose checkpoint is the last that From has signed. Its file is a line with the format's name, a line with the body of
// the event, and the receipt, which is a C2SP tlog-proof:
//
//	registre-rotation@v1
//	{"actor":"…", … "type":"key-rotated","version":1}
//	c2sp.org/tlog-proof@v1
//	…
type Rotation struct {
	Event   []byte  // the body of a key-rotated event of the house register
	Receipt Receipt // of it

	From, To PublicKey // what the event says
	Envelope eventstore.Envelope
	Last     Checkpoint // of the log of heads: the one in the receipt
}

// Reason is why the key was changed.
func (r Rotation) Reason() string { return r.Envelope.Act.(*domain.KeyRotated).Reason }

// newRotation is the rotation that an event and its receipt make; its error is ErrMalformed where they make none.
func newRotation(event []byte, receipt Receipt) (r Rotation, err error) {
	r = Rotation{Event: event, Receipt: receipt}
	r.Envelope, err = eventstore.Open(eventstore.Record{Group: domain.House, Number: receipt.Index + 1, Body: event})
	if err != nil {
		return Rotation{}, fmt.Errorf("%w rotation: %w", ErrMalformed, err)
	}
	act, ok := r.Envelope.Act.(*domain.KeyRotated)
	if !ok {
		return Rotation{}, fmt.Errorf("%w rotation: its event is of the type %s", ErrMalformed, r.Envelope.Type)
	}
	if r.From, err = ParsePublicKey(string(act.OldKey)); err != nil {
		return Rotation{}, err
	}
	if r.To, err = ParsePublicKey(string(act.NewKey)); err != nil {
		return Rotation{}, err
	}
	r.Last, err = UnverifiedCheckpoint(receipt.Signed)
	return r, err
}

// Format gives the file of the rotation.
//
//	ParseRotation(r.Format()) == r
//	ParseRotation(b).Format() == b
func (r Rotation) Format() []byte {
	text := append([]byte(rotationHeader+"\n"), r.Event...)
	return append(append(text, '\n'), r.Receipt.Format()...)
}

// ParseRotation reads the file of a rotation; its error is ErrMalformed. It says nothing of what the rotation proves.
func ParseRotation(text []byte) (Rotation, error) {
	header, rest, _ := bytes.Cut(text, newline)
	event, rest, _ := bytes.Cut(rest, newline)
	if string(header) != rotationHeader {
		return Rotation{}, fmt.Errorf("%w rotation: it does not begin with %s", ErrMalformed, rotationHeader)
	}
	receipt, err := ParseReceipt(rest)
	if err != nil {
		return Rotation{}, err
	}
	return newRotation(event, receipt)
}

// Check says whether the key From has signed for the rotation. Its error is that of [Receipt.Check], or ErrOtherLog where the
// event stands in another register than the house's.
//
// That the log of heads goes on from Last is for who has that log to say.
func (r Rotation) Check() error {
	if want := GroupOrigin(r.From.name, string(domain.House)); r.Receipt.Group.Origin != want {
		return fmt.Errorf("%w: %s is not %s", ErrOtherLog, r.Receipt.Group.Origin, want)
	}
	_, _, err := r.Receipt.Check(r.Event, r.From.name, keyring{r.From})
	return err
}

// same says whether two keys are one, under one name.
func (k PublicKey) same(other PublicKey) bool {
	return k.name == other.name && k.public.Equal(other.public)
}

// Rotations reads the rotations in an archive's folder, in their order; none is no error. Its error is a *DamageError that names
// the first file that is missing among others, or is none; what stands before it is given all the same.
func Rotations(dir string) ([]Rotation, error) {
	numbers, err := rotationsIn(dir)
	if err != nil {
		return nil, err
	}
	var all []Rotation
	for i, number := range numbers {
		if number != i+1 {
			return all, &DamageError{Path: RotationPath(i + 1), Cause: errMissing}
		}
		r, err := readRotation(dir, number)
		if err != nil {
			return all, unread(RotationPath(number), 0, err)
		}
		all = append(all, r)
	}
	return all, nil
}

// RotationPath is where the rotation of a number lies below an archive's folder.
func RotationPath(number int) string { return path.Join(rotationsDir, strconv.Itoa(number)) }

func readRotation(dir string, number int) (Rotation, error) {
	file := filepath.Join(dir, rotationsDir, strconv.Itoa(number))
	text, err := readMost(file, MaxRotation)
	if err != nil {
		return Rotation{}, err
	}
	return ParseRotation(text)
}

// rotationsIn gives the numbers of the rotations that have a file, ascending.
func rotationsIn(dir string) (numbers []int, err error) {
	entries, err := os.ReadDir(filepath.Join(dir, rotationsDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, entry := range entries {
		if number, ok := rotationNumber(entry.Name()); ok {
			numbers = append(numbers, number)
		}
	}
	slices.Sort(numbers)
	return numbers, err
}

// rotationNumber is the number of a rotation whose file is called so.
func rotationNumber(name string) (int, bool) {
	number, err := strconv.Atoi(name)
	return number, err == nil && number > 0 && strconv.Itoa(number) == name
}

// A Keychain is the keys that a house has signed with, as far as rotations prove that one follows the other.
type Keychain struct {
	newest  PublicKey
	earlier []Rotation // each from the key before to the next, the last one to newest
}

// NewKeychain is the keychain that ends in the key newest: it goes back from there as far as each rotation is signed by the key
// that it replaces and leads to the one after.
func NewKeychain(rotations []Rotation, newest PublicKey) Keychain {
	k, to := Keychain{newest: newest}, newest
	for _, r := range slices.Backward(rotations) {
		if !r.To.same(to) || r.Check() != nil || len(k.earlier) > 0 && r.Last.Size > k.earlier[0].Last.Size {
			break
		}
		k.earlier, to = append([]Rotation{r}, k.earlier...), r.From
	}
	return k
}

// Newest is the key in force.
func (k Keychain) Newest() PublicKey { return k.newest }

// Rotations are those that the chain is made of, in their order.
func (k Keychain) Rotations() []Rotation { return slices.Clone(k.earlier) }

// Leads says whether key is in the chain: the newest, or an earlier one from which the rotations lead to it.
func (k Keychain) Leads(key PublicKey) bool {
	return k.newest.same(key) || slices.ContainsFunc(k.earlier, func(r Rotation) bool { return r.From.same(key) })
}

// ring knows all the keys.
func (k Keychain) ring() keyring {
	ring := keyring{k.newest}
	for _, r := range k.earlier {
		ring = append(ring, r.From)
	}
	return ring
}

// Signer says which key of the chain has signed a checkpoint of the log of heads, and gives the rotation that ended its time; nil
// for the newest. Its error is that of [OpenCheckpoint], or ErrKeyReplaced where the key had been replaced by then: the
// checkpoint is larger than the last that the key has signed. That it is one that the house has given out only a proof says,
// that the log goes on from it: a key that was replaced may be in other hands.
func (k Keychain) Signer(signed []byte) (at Checkpoint, key PublicKey, ended *Rotation, err error) {
	if at, _, err = OpenCheckpoint(signed, k.newest.name, keyring{k.newest}); err == nil {
		return at, k.newest, nil, nil
	}
	for i := range slices.Backward(k.earlier) {
		r := &k.earlier[i]
		at, _, failed := OpenCheckpoint(signed, k.newest.name, keyring{r.From})
		if failed != nil {
			continue
		}
		if at.Size > r.Last.Size {
			return Checkpoint{}, PublicKey{}, nil, fmt.Errorf("%w: at size %d, and this one has %d", ErrKeyReplaced, r.Last.Size, at.Size)
		}
		return at, r.From, r, nil
	}
	return Checkpoint{}, PublicKey{}, nil, err
}

// GoesOn says whether the published log of heads in an archive's folder, which key must have signed, goes on from an older
// checkpoint. Its error is that of [Log.Checkpoint], a *DamageError, or ErrNotProven.
func GoesOn(dir string, key PublicKey, older Checkpoint) error {
	log := OpenLog(filepath.Join(dir, headsDir), key.name, keyring{key})
	now, _, err := log.Checkpoint()
	if err != nil {
		return err
	}
	if older.Size > now.Size {
		return fmt.Errorf("%w: it ends at %d, and was at %d", ErrNotProven, now.Size, older.Size)
	}
	proof, err := ProveConsistency(log.At(now.Size), older.Size, now.Size)
	if err != nil {
		return err
	}
	return CheckConsistency(proof, older, now)
}
