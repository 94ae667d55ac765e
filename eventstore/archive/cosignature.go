package archive

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// cosignatureType is the type of key that C2SP tlog-cosignature gives to Ed25519 cosignatures.
const cosignatureType = 4

// cosignatureSize is the length of a cosignature without its key's number: eight bytes of time, then the signature.
const cosignatureSize = 8 + ed25519.SignatureSize

// A CosignKey is the Ed25519 key with which a witness cosigns checkpoints: C2SP tlog-cosignature, version 1. A cosignature says
// that at its time no larger tree of this log had been seen, and that this one continues all that were.
//
//	cosignature/v1
//	time 1679315147
//	CHECKPOINT TEXT
//
// The message does not name the witness: one key is for one witness. A CosignKey does not print its secret, with any verb of
// package fmt.
type CosignKey struct {
	CosignPublicKey
	secret ed25519.PrivateKey
}

// A CosignPublicKey is the half of a CosignKey that checks.
type CosignPublicKey struct {
	name   string
	public ed25519.PublicKey
}

// GenerateCosignKey makes a key for the witness called name (ValidOrigin), or else is ErrMalformed.
func GenerateCosignKey(name string) (*CosignKey, error) {
	if !ValidOrigin(name) {
		return nil, fmt.Errorf("%w key: %.80q cannot name a witness", ErrMalformed, name)
	}
	_, secret, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return newCosignKey(name, secret), nil
}

func newCosignKey(name string, secret ed25519.PrivateKey) *CosignKey {
	return &CosignKey{CosignPublicKey{name: name, public: secret.Public().(ed25519.PublicKey)}, secret}
}

// Name is the name of the witness.
func (k CosignPublicKey) Name() string { return k.name }

// Format implements fmt.Formatter: it gives the public half alone.
func (k CosignKey) Format(s fmt.State, _ rune) {
	io.WriteString(s, FormatCosignPublicKey(k.CosignPublicKey))
}

// FormatCosignKey gives the secret on one line without its end: PRIVATE+KEY+NAME+NUMBER+BASE64, of type 4.
//
//	ParseCosignKey(FormatCosignKey(k)) == k
//	FormatCosignKey(ParseCosignKey(s)) == s
func FormatCosignKey(k *CosignKey) string {
	return keyPrefix + formatTyped(cosignatureType, k.name, k.number(), k.secret.Seed())
}

// ParseCosignKey reads what FormatCosignKey gives. Its error is ErrMalformed, and does not repeat what it was given.
func ParseCosignKey(text string) (*CosignKey, error) {
	rest, isKey := strings.CutPrefix(text, keyPrefix)
	name, seed, ok := parseTyped(cosignatureType, rest)
	if isKey && ok {
		if k := newCosignKey(name, ed25519.NewKeyFromSeed(seed)); FormatCosignKey(k) == text {
			return k, nil
		}
	}
	return nil, fmt.Errorf("%w key: not PRIVATE+KEY+NAME+NUMBER+BASE64 of an Ed25519 cosignature key", ErrMalformed)
}

// FormatCosignPublicKey gives a public key as a C2SP vkey: NAME+NUMBER+BASE64, of type 4.
//
//	ParseCosignPublicKey(FormatCosignPublicKey(k)) == k
//	FormatCosignPublicKey(ParseCosignPublicKey(s)) == s
func FormatCosignPublicKey(k CosignPublicKey) string {
	return formatTyped(cosignatureType, k.name, k.number(), k.public)
}

// ParseCosignPublicKey reads what FormatCosignPublicKey gives. Its error is ErrMalformed.
func ParseCosignPublicKey(text string) (CosignPublicKey, error) {
	if name, public, ok := parseTyped(cosignatureType, text); ok {
		if k := (CosignPublicKey{name: name, public: public}); FormatCosignPublicKey(k) == text {
			return k, nil
		}
	}
	return CosignPublicKey{}, fmt.Errorf("%w key: %.200q is not NAME+NUMBER+BASE64 of an Ed25519 cosignature key", ErrMalformed, text)
}

func (k CosignPublicKey) number() uint32 { return keyNumber(cosignatureType, k.name, k.public) }

// Verifier checks cosignatures. It may be used by several goroutines at once.
func (k CosignPublicKey) Verifier() note.Verifier { return &cosignVerifier{k, k.number()} }

// Signer cosigns the texts of checkpoints, with the time that now gives, to the second. It refuses what is no text of a
// checkpoint as ErrMalformed, and knows nothing of what it has cosigned before.
func (k *CosignKey) Signer(now func() time.Time) note.Signer {
	return &cosigner{cosignVerifier{k.CosignPublicKey, k.number()}, k.secret, now}
}

type cosignVerifier struct {
	CosignPublicKey
	hash uint32
}

func (v *cosignVerifier) KeyHash() uint32 { return v.hash }

func (v *cosignVerifier) Verify(text, sig []byte) bool {
	if len(sig) != cosignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	return at <= math.MaxInt64 && ed25519.Verify(v.public, cosigned(at, text), sig[8:])
}

type cosigner struct {
	cosignVerifier
	secret ed25519.PrivateKey
	now    func() time.Time
}

func (s *cosigner) Sign(text []byte) ([]byte, error) {
	if _, err := ParseCheckpointText(text); err != nil {
		return nil, err
	}
	at := uint64(max(s.now().Unix(), 0))
	return append(binary.BigEndian.AppendUint64(nil, at), ed25519.Sign(s.secret, cosigned(at, text))...), nil
}

// cosigned is the message that is signed.
func cosigned(at uint64, text []byte) []byte {
	m := strconv.AppendUint([]byte("cosignature/v1\ntime "), at, 10)
	return append(append(m, '\n'), text...)
}

// A Cosignature is that of a witness, checked.
type Cosignature struct {
	Key  CosignPublicKey
	Time time.Time // at which the witness says that it has cosigned, to the second, in UTC
	line string    // of the signed note, with its end
}

// cosignatureOf reads a signature that was checked.
func cosignatureOf(k CosignPublicKey, sig note.Signature) (c Cosignature, ok bool) {
	raw, err := base64.StdEncoding.DecodeString(sig.Base64)
	if err != nil || len(raw) != 4+cosignatureSize {
		return c, false
	}
	at := time.Unix(int64(binary.BigEndian.Uint64(raw[4:])), 0).UTC()
	return Cosignature{Key: k, Time: at, line: signatureLine(sig)}, true
}

func signatureLine(sig note.Signature) string { return "— " + sig.Name + " " + sig.Base64 + "\n" }

// Cosignatures gives the valid cosignatures that the given witnesses have put under a signed checkpoint, in the order in which
// they stand there, one for each witness. It looks at nobody else's signature: whether the log's own is good is for
// [OpenCheckpoint] to say. A cosignature of one of these witnesses that does not hold is ErrNotSigned; what is no signed
// checkpoint is ErrMalformed.
func Cosignatures(signed []byte, witnesses ...CosignPublicKey) ([]Cosignature, error) {
	if _, err := UnverifiedCheckpoint(signed); err != nil {
		return nil, err
	}
	var all []note.Verifier
	by := map[string]CosignPublicKey{}
	for _, k := range witnesses {
		v := k.Verifier()
		if id := keyID(v.Name(), v.KeyHash()); by[id].name == "" {
			by[id], all = k, append(all, v)
		}
	}
	n, err := note.Open(signed, note.VerifierList(all...))
	if unknown := new(note.UnverifiedNoteError); errors.As(err, &unknown) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: cosignatures: %w", ErrNotSigned, err)
	}
	var found []Cosignature
	for _, sig := range n.Sigs {
		if c, ok := cosignatureOf(by[keyID(sig.Name, sig.Hash)], sig); ok {
			found = append(found, c)
		}
	}
	return found, nil
}

func keyID(name string, hash uint32) string { return fmt.Sprintf("%s+%08x", name, hash) }

// WithCosignatures adds to a signed checkpoint cosignatures that it does not have yet. A newer one of a witness takes the
// place of an older one.
func WithCosignatures(signed []byte, more ...Cosignature) []byte {
	text := string(signed)
	for _, c := range more {
		prefix := "— " + c.Key.name + " "
		var kept strings.Builder
		head, lines, _ := strings.Cut(text, "\n\n")
		kept.WriteString(head + "\n\n")
		for line := range strings.Lines(lines) {
			if !strings.HasPrefix(line, prefix) || !sameKey(line, c.line) {
				kept.WriteString(line)
			}
		}
		text = kept.String() + c.line
	}
	return []byte(text)
}

// sameKey says whether two lines of signatures are of one name and one key.
func sameKey(a, b string) bool { return numberIn(a) == numberIn(b) && numberIn(a) != "" }

// numberIn is the key's number in a line of a signature: 4 bytes of what its last word encodes.
func numberIn(line string) string {
	_, word, _ := strings.Cut(strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "— "), " ")
	raw, err := base64.StdEncoding.DecodeString(word)
	if err != nil || len(raw) < 4 {
		return ""
	}
	return string(raw[:4])
}

// WriteCosignKey keeps a key as WriteKey does.
func WriteCosignKey(path string, k *CosignKey) error { return writeSecret(path, FormatCosignKey(k)) }

// ReadCosignKey reads the file that WriteCosignKey has written; its errors are those of ReadKey.
func ReadCosignKey(path string) (*CosignKey, error) { return readSecret(path, ParseCosignKey) }
