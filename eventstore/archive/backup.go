package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"

	"registre/domain"
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

// Copy is Backup for an archive that nobody writes to, such as a backup: what is in its tail is not copied.
func Copy(ctx context.Context, from, to string, key PublicKey) (Copied, error) {
	b := backup{from: from, to: to, ring: keyring{key}, origin: key.Name()}
	if err := b.copy(ctx, FormatPublicKey(key)+"\n"); err != nil {
		return Copied{}, fmt.Errorf("copying the archive in %s to %s: %w", from, to, err)
	}
	return b.copied, nil
}

// A backup is one at work.
type backup struct {
	from, to string
	ring     note.Verifiers
	origin   string
	copied   Copied
}

// copy copies the groups, then the log of heads, and last the public key, without which it is none.
func (b *backup) copy(ctx context.Context, public string) error {
	there, err := os.ReadFile(filepath.Join(b.to, publicKey))
	if err == nil && string(there) != public {
		return fmt.Errorf("%w: %.200q", ErrOtherKey, there)
	}
	for _, name := range []string{groupsDir, tailDir} {
		if err := os.MkdirAll(filepath.Join(b.to, name), folderMode); err != nil {
			return err
		}
	}
	if err := b.tail(); err != nil {
		return err
	}
	groups, err := os.ReadDir(filepath.Join(b.from, groupsDir))
	if err != nil {
		return err
	}
	for _, entry := range groups {
		if err := ctx.Err(); err != nil {
			return err
		}
		if !domain.ValidID(entry.Name()) {
			continue
		}
		if _, err := b.log(path.Join(groupsDir, entry.Name()), GroupOrigin(b.origin, entry.Name())); err != nil {
			return err
		}
	}
	if b.copied.Checkpoint, err = b.log(headsDir, b.origin); err != nil {
		return err
	}
	return placeFile(filepath.Join(b.to, publicKey), []byte(public))
}

// tail begins an empty tail where there is none: all is in tiles.
func (b *backup) tail() error {
	numbers, err := segmentsIn(b.to)
	if err != nil || len(numbers) > 0 {
		return err
	}
	segment, err := newSegment(thisDisk, b.to, 1)
	if err != nil {
		return err
	}
	return segment.close()
}

// log copies one log, and publishes it there. It gives its signed checkpoint; nil where it has none.
func (b *backup) log(dir, origin string) ([]byte, error) {
	from := OpenLog(filepath.Join(b.from, filepath.FromSlash(dir)), origin, b.ring)
	to := OpenLog(filepath.Join(b.to, filepath.FromSlash(dir)), origin, b.ring)
	at, signed, err := from.Checkpoint()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	was, standing, err := to.Checkpoint()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if string(standing) == string(signed) {
		return signed, nil
	}
	x := &Extension{log: to, folders: map[string]bool{}}
	for _, t := range tilesBetween(was.Size, at.Size) {
		if err := b.tile(from, x, t); err != nil {
			return nil, err
		}
	}
	if err := x.Land(); err != nil {
		return nil, err
	}
	if err := to.Publish(standing, signed); err != nil {
		return nil, err
	}
	return signed, errors.Join(to.Prune(was.Size, at.Size), to.PruneNarrow(was.Size, at.Size))
}

// tile copies one file of a log, unless it is there.
func (b *backup) tile(from *Log, x *Extension, t tile) error {
	content, found, err := from.readTile(nil, t)
	if err != nil {
		return err
	}
	x.name(found.path())
	if info, err := os.Stat(x.log.at(found.path())); err == nil && info.Size() == int64(len(content)) {
		return nil
	}
	x.staged = append(x.staged, found.path())
	b.copied.Files++
	b.copied.Bytes += int64(len(content))
	return x.log.writeTemp(found.path(), content)
}

// tilesBetween gives the tiles that a log of one size needs beyond those that it has at a smaller one.
func tilesBetween(from, to uint64) (all []tile) {
	for level := entries; level < tileLevels; level++ {
		t := tile{level: level}
		for index := from >> t.span(); index<<t.span() < to; index++ {
			if now := tileOf(level, index, to); now.width > 0 {
				all = append(all, now)
			}
		}
	}
	return all
}
