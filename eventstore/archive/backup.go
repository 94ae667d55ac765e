package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// Copied is what a backup took.
type Copied struct {
	Files      int    `json:"files"` // that were not there yet
	Bytes      int64  `json:"bytes"`
	Checkpoint []byte `json:"checkpoint"` // signed: what the backup holds
}

// Backup copies the archive into a folder, where an older backup of it may lie: tiles never change, so that only what is new
// is copied. Everything that is durable is cut into tiles first. What it publishes there is consistent with what was, or
// nothing is: a backup of another house, or of another history, is not overwritten. The key is not copied.
//
// Whether what arrived is what was sent is for [Verify] to say.
func (s *Store) Backup(ctx context.Context, to string) (Copied, error) {
	if err := s.Cut(ctx); err != nil {
		return Copied{}, err
	}
	s.cutting.Lock()
	defer s.cutting.Unlock()
	return Copy(ctx, s.dir, to, s.key.PublicKey)
}

// Copy is Backup for an archive that nobody writes to, such as a backup: what is in its tail is not copied. What is not as it was
// signed for is an *Alarm, and is not copied either; see [Mirror].
func Copy(ctx context.Context, from, to string, key PublicKey) (Copied, error) {
	update, err := NewMirror(Folder(from), to, key, MirrorOptions{}).Update(ctx, News)
	if err != nil {
		return Copied{}, fmt.Errorf("copying the archive in %s to %s: %w", from, to, err)
	}
	if err := copyWitnessed(from, to, key, update.To); err != nil {
		return Copied{}, fmt.Errorf("copying the witnessed checkpoint in %s to %s: %w", from, to, err)
	}
	return Copied{Files: update.Files, Bytes: update.Bytes, Checkpoint: update.Signed}, nil
}

// copyWitnessed copies the checkpoint that was kept with cosignatures, unless it is of a state beyond what was copied.
func copyWitnessed(from, to string, key PublicKey, copied Checkpoint) error {
	rotations, err := Rotations(from)
	if err != nil {
		return err
	}
	signed, err := readMost(filepath.Join(from, witnessedPath), MaxSigned)
	if errors.Is(err, fs.ErrNotExist) || err == nil && copied.Size == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	at, _, err := OpenCheckpoint(signed, key.Name(), NewKeychain(rotations, key).ring())
	if err != nil || at.Size > copied.Size {
		return nil // it is no good here either, or is beyond; it can be had again
	}
	return placeFile(filepath.Join(to, witnessedPath), signed)
}

// CopyRotations copies the rotations of an archive into rotations/ in another folder, durably. Another house's that lie there are
// not overwritten: the error is ErrOtherKey then.
func CopyRotations(from, to string) error {
	rotations, err := Rotations(from)
	if err != nil {
		return err
	}
	for i, r := range rotations {
		name, content := filepath.Join(to, filepath.FromSlash(RotationPath(i+1))), r.Format()
		there, err := readMost(name, MaxRotation)
		if err == nil && string(there) == string(content) {
			continue
		}
		if other, failed := ParseRotation(there); err == nil && failed == nil && other.Check() == nil {
			return fmt.Errorf("%w: another rotation lies in %s", ErrOtherKey, name)
		}
		if err := placeFile(name, content); err != nil {
			return err
		}
	}
	if len(rotations) == 0 {
		return nil
	}
	return syncPath(to)
}
