package witness

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"registre/eventstore/archive"
	"registre/eventstore/atmost"
)

// The folder of a witness, beside logsFile.
const (
	keyFile        = "key"
	publicFile     = "key.pub"
	lockFile       = "lock"
	checkpointsDir = "checkpoints" // the newest cosigned one of each log, under the hash of its origin
	evidenceDir    = "evidence"
)

// Why a folder cannot be used.
var (
	// ErrNoFolder says that there is no witness in the folder.
	ErrNoFolder = errors.New("no witness here")
	// ErrLocked says that another process has the folder open.
	ErrLocked = errors.New("another process holds the witness")
	// ErrDamaged says that a file of the witness is not as it was written. What it has cosigned cannot be told any more.
	ErrDamaged = errors.New("damaged")
)

// Create makes the folder of a witness of that name (archive.ValidOrigin), with a key of its own, watching no log yet. Where a
// witness is there already the error matches fs.ErrExist.
func Create(dir, name string) (archive.CosignPublicKey, error) {
	key, err := archive.GenerateCosignKey(name)
	if err != nil {
		return archive.CosignPublicKey{}, err
	}
	if err := create(dir, key); err != nil {
		return archive.CosignPublicKey{}, fmt.Errorf("make a witness in %s: %w", dir, err)
	}
	return key.CosignPublicKey, nil
}

// create makes the key last: a folder that has one is whole.
func create(dir string, key *archive.CosignKey) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	lock, err := hold(dir)
	if err != nil {
		return err
	}
	defer lock.Unlock()
	if _, err := os.Lstat(filepath.Join(dir, keyFile)); err == nil {
		return fs.ErrExist
	}
	for _, name := range []string{checkpointsDir, evidenceDir} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			return err
		}
	}
	if _, err := os.Stat(filepath.Join(dir, logsFile)); errors.Is(err, fs.ErrNotExist) {
		if err := thisDisk.place(dir, logsFile, []byte("# The logs that are watched: a public key a line (NAME+NUMBER+BASE64).\n")); err != nil {
			return err
		}
	}
	if err := thisDisk.place(dir, publicFile, []byte(archive.FormatCosignPublicKey(key.CosignPublicKey)+"\n")); err != nil {
		return err
	}
	return archive.WriteCosignKey(filepath.Join(dir, keyFile), key)
}

// OriginHash is the name under which the state of a log is found: the SHA-256 of its origin in hexadecimal, as C2SP tlog-mirror
// has it.
func OriginHash(origin string) string {
	sum := sha256.Sum256([]byte(origin))
	return hex.EncodeToString(sum[:])
}

// hold takes the lock of a folder.
func hold(dir string) (*flock.Flock, error) {
	lock := flock.New(filepath.Join(dir, lockFile))
	ok, err := lock.TryLock()
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, ErrLocked
	}
	return lock, nil
}

// PublicKey reads the public key of the witness in a folder.
func PublicKey(dir string) (archive.CosignPublicKey, error) {
	text, err := atmost.File(filepath.Join(dir, publicFile), atmost.Line)
	if errors.Is(err, fs.ErrNotExist) {
		return archive.CosignPublicKey{}, ErrNoFolder
	}
	if err != nil {
		return archive.CosignPublicKey{}, err
	}
	return archive.ParseCosignPublicKey(strings.TrimSuffix(string(text), "\n"))
}

// A State is what a witness has cosigned last of a log.
type State struct {
	Checkpoint archive.Checkpoint
	Signed     []byte    // by the log and by the witness
	Time       time.Time // of the cosignature
}

// readState reads what was cosigned last of the log of that hash. The witness's own cosignature must hold: what does not is
// ErrDamaged. The zero value is for none.
func readState(dir, hash string, key archive.CosignPublicKey) (State, error) {
	name := filepath.Join(dir, checkpointsDir, hash)
	signed, err := atmost.File(name, archive.MaxSigned)
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, nil
	}
	if err != nil {
		return State{}, err
	}
	by, err := archive.Cosignatures(signed, key)
	if err != nil || len(by) != 1 {
		return State{}, fmt.Errorf("%w: %s bears no cosignature of this witness: %w", ErrDamaged, name, err)
	}
	c, err := archive.UnverifiedCheckpoint(signed)
	if err == nil && OriginHash(c.Origin) != hash {
		err = archive.ErrOtherLog
	}
	if err != nil {
		return State{}, fmt.Errorf("%w: %s: %w", ErrDamaged, name, err)
	}
	return State{Checkpoint: c, Signed: signed, Time: by[0].Time}, nil
}

func byOrigin(all []State) []State {
	slices.SortFunc(all, func(a, b State) int { return strings.Compare(a.Checkpoint.Origin, b.Checkpoint.Origin) })
	return all
}

// ReadStates reads what the witness in a folder has cosigned last of each log, also while another process has it open.
func ReadStates(dir string) ([]State, error) {
	key, err := PublicKey(dir)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Join(dir, checkpointsDir))
	if err != nil {
		return nil, fmt.Errorf("%w: what was cosigned is not there: %w", ErrDamaged, err)
	}
	var all []State
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), tempSuffix) {
			continue
		}
		s, err := readState(dir, e.Name(), key)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return byOrigin(all), nil
}

// ReadLogs gives the keys of the logs that the witness in a folder watches, in the order of their origins.
func ReadLogs(dir string) ([]archive.PublicKey, error) {
	text, err := atmost.File(filepath.Join(dir, logsFile), maxLogsFile)
	if err != nil {
		return nil, err
	}
	all, err := parseLogs(text)
	if err != nil {
		return nil, err
	}
	var keys []archive.PublicKey
	for _, origin := range slices.Sorted(maps.Keys(all)) {
		keys = append(keys, all[origin]...)
	}
	return keys, nil
}
