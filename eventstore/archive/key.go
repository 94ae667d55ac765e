package archive

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"registre/eventstore/atmost"
)

// ErrKeyExposed says that others than its owner can read the file of a key. What it has signed may be anybody's.
var ErrKeyExposed = errors.New("the key can be read by others")

// A KeyExposedError names the file that others can read. It matches ErrKeyExposed.
type KeyExposedError struct {
	Path string
	Mode fs.FileMode
}

func (e *KeyExposedError) Error() string {
	return fmt.Sprintf("%s has mode %04o, not 0600: %v", e.Path, e.Mode.Perm(), ErrKeyExposed)
}

// Is matches ErrKeyExposed.
func (e *KeyExposedError) Is(target error) bool { return target == ErrKeyExposed }

// ed25519Type is the type of key that C2SP signed-note gives to Ed25519.
const ed25519Type = 1

const keyPrefix = "PRIVATE+KEY+"

// A Key is the Ed25519 key with which a house signs its logs, under the name of each: C2SP wants a checkpoint to be signed
// by a key that is called like the log, and for a key's number the name counts. One key can do so for all logs since
// the name is the first line of what is signed: a signature for one log is none for another.
//
// A Key does not print its secret, with any verb of package fmt.
type Key struct {
	PublicKey
	secret ed25519.PrivateKey // one slice for good: crypto/ed25519 remembers by its address what it derives from it
}

// A PublicKey is the half of a Key that checks.
type PublicKey struct {
	name   string
	public ed25519.PublicKey
}

// GenerateKey makes a key for the log of heads called name, and for the logs of groups below it.
func GenerateKey(name string) (*Key, error) {
	if !ValidOrigin(name) {
		return nil, fmt.Errorf("%w key: %.80q cannot name a log", ErrMalformed, name)
	}
	_, secret, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return newKey(name, secret), nil
}

func newKey(name string, secret ed25519.PrivateKey) *Key {
	return &Key{PublicKey: PublicKey{name: name, public: secret.Public().(ed25519.PublicKey)}, secret: secret}
}

// Name is the name of the log of heads.
func (k PublicKey) Name() string { return k.name }

// Format implements fmt.Formatter: it gives the public half alone.
func (k Key) Format(s fmt.State, _ rune) { io.WriteString(s, FormatPublicKey(k.PublicKey)) }

// FormatKey gives the secret as package note writes it, on one line without its end: PRIVATE+KEY+NAME+NUMBER+BASE64.
//
//	ParseKey(FormatKey(k)) == k
//	FormatKey(ParseKey(s)) == s
func FormatKey(k *Key) string {
	return keyPrefix + formatKey(k.name, k.number(k.name), k.secret.Seed())
}

// ParseKey reads what FormatKey gives. Its error is ErrMalformed, and does not repeat what it was given.
func ParseKey(text string) (*Key, error) {
	rest, isKey := strings.CutPrefix(text, keyPrefix)
	name, seed, ok := parseKey(rest)
	if isKey && ok {
		if k := newKey(name, ed25519.NewKeyFromSeed(seed)); FormatKey(k) == text {
			return k, nil
		}
	}
	return nil, fmt.Errorf("%w key: not PRIVATE+KEY+NAME+NUMBER+BASE64 of an Ed25519 key", ErrMalformed)
}

// FormatPublicKey gives a public key as package note writes it (C2SP vkey): NAME+NUMBER+BASE64.
//
//	ParsePublicKey(FormatPublicKey(k)) == k
//	FormatPublicKey(ParsePublicKey(s)) == s
func FormatPublicKey(k PublicKey) string { return formatKey(k.name, k.number(k.name), k.public) }

// ParsePublicKey reads what FormatPublicKey gives. Its error is ErrMalformed.
func ParsePublicKey(text string) (PublicKey, error) {
	if name, public, ok := parseKey(text); ok {
		if k := (PublicKey{name: name, public: public}); FormatPublicKey(k) == text {
			return k, nil
		}
	}
	return PublicKey{}, fmt.Errorf("%w key: %.200q is not NAME+NUMBER+BASE64 of an Ed25519 key", ErrMalformed, text)
}

// Named is the same key under the name of another log, whose vkey it has to offer.
func (k PublicKey) Named(origin string) (PublicKey, error) {
	if !ValidOrigin(origin) {
		return PublicKey{}, fmt.Errorf("%w key: %.80q cannot name a log", ErrMalformed, origin)
	}
	return PublicKey{name: origin, public: k.public}, nil
}

// formatKey writes NAME+NUMBER+BASE64, with the type before the 32 bytes of the key.
func formatKey(name string, number uint32, key []byte) string {
	return formatTyped(ed25519Type, name, number, key)
}

func formatTyped(kind byte, name string, number uint32, key []byte) string {
	typed := append([]byte{kind}, key...)
	return fmt.Sprintf("%s+%08x+%s", name, number, base64.StdEncoding.EncodeToString(typed))
}

// parseKey reads NAME+NUMBER+BASE64. It leaves the number, which follows from the rest, to who formats it again.
func parseKey(text string) (name string, key []byte, ok bool) { return parseTyped(ed25519Type, text) }

func parseTyped(kind byte, text string) (name string, key []byte, ok bool) {
	name, rest, _ := strings.Cut(text, "+")
	_, encoded, _ := strings.Cut(rest, "+")
	typed, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || !ValidOrigin(name) || len(typed) != 1+ed25519.PublicKeySize || typed[0] != kind {
		return "", nil, false
	}
	return name, typed[1:], true
}

// number is what C2SP signed-note calls the key's ID, under a name.
func (k PublicKey) number(name string) uint32 { return keyNumber(ed25519Type, name, k.public) }

func keyNumber(kind byte, name string, public []byte) uint32 {
	sum := sha256.Sum256(append(append([]byte(name+"\n"), kind), public...))
	return binary.BigEndian.Uint32(sum[:4])
}

// Signer signs for the log origin. The name must be one (ValidOrigin), or ErrMalformed. It may be used by several
// goroutines at once.
func (k *Key) Signer(origin string) (note.Signer, error) {
	v, err := k.verifier(origin)
	if err != nil {
		return nil, err
	}
	return &signer{verifier: v, secret: k.secret}, nil
}

// Verifier checks signatures for the log origin. The name must be one (ValidOrigin), or ErrMalformed. It may be used by
// several goroutines at once.
func (k PublicKey) Verifier(origin string) (note.Verifier, error) { return k.verifier(origin) }

func (k PublicKey) verifier(origin string) (*verifier, error) {
	named, err := k.Named(origin)
	if err != nil {
		return nil, err
	}
	return &verifier{PublicKey: named, hash: k.number(origin)}, nil
}

type verifier struct {
	PublicKey
	hash uint32
}

func (v *verifier) KeyHash() uint32             { return v.hash }
func (v *verifier) Verify(msg, sig []byte) bool { return ed25519.Verify(v.public, msg, sig) }

type signer struct {
	*verifier
	secret ed25519.PrivateKey
}

func (s *signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.secret, msg), nil }

// WriteKey keeps a key in a file of its own that its owner alone can read, durably. A file that is there already is never
// replaced: the error then matches fs.ErrExist. What is there under the name is whole, also after a power cut.
func WriteKey(path string, k *Key) error { return writeSecret(path, FormatKey(k)) }

// ReplaceKey puts the text of a private key in the place of one that was damaged, durably, whole or not at all. A data folder
// sweeps what it may leave when it is cut off.
func ReplaceKey(path string, text []byte) error { return placeAs(path, path+".registre~", text, 0o600) }

func writeSecret(path, text string) error {
	dir := filepath.Dir(path)
	temp, err := os.CreateTemp(dir, ".key-*") // mode 0600
	if err != nil {
		return fmt.Errorf("keep the key: %w", err)
	}
	defer os.Remove(temp.Name())
	_, err = io.WriteString(temp, text+"\n")
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return fmt.Errorf("keep the key: %w", err)
	}
	if err := os.Link(temp.Name(), path); err != nil {
		return fmt.Errorf("keep the key: %w", err)
	}
	if err := syncPath(dir); err != nil {
		return fmt.Errorf("keep the key: %w", err)
	}
	return nil
}

// maxKeyFile bounds the file of a key, in bytes.
const maxKeyFile = 1 << 10

// ReadKey reads the file that WriteKey has written. A file that others than its owner can read or write is refused with
// a *KeyExposedError, and one that holds no key as ErrMalformed.
func ReadKey(path string) (*Key, error) { return readSecret(path, ParseKey) }

func readSecret[K any](path string, parse func(string) (*K, error)) (*K, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	if runtime.GOOS != "windows" && stat.Mode().Perm()&0o077 != 0 { // Windows has no such bits
		return nil, &KeyExposedError{Path: path, Mode: stat.Mode()}
	}
	text, err := atmost.Read(f, maxKeyFile)
	if long := (*atmost.Error)(nil); errors.As(err, &long) {
		return nil, fmt.Errorf("%w key: %s: %w", ErrMalformed, path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	line, ended := strings.CutSuffix(string(text), "\n")
	k, err := parse(line)
	if err != nil || !ended {
		return nil, fmt.Errorf("%w key: %s holds none", ErrMalformed, path)
	}
	return k, nil
}
