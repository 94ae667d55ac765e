package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"registre/domain"
	"registre/eventstore"
)

// witnessedPath is the file that holds the newest checkpoint of the log of heads that was kept with its cosignatures. It can
// be had again: losing it costs asking the witnesses once more.
const witnessedPath = "witnessed"

// Durable has a token when a newer checkpoint than at the last token may be durable: see [Store.Checkpoint]. It is for one
// receiver, and no commit waits for it.
func (s *Store) Durable() <-chan struct{} { return s.fresh }

// Witnessed gives the checkpoint of the log of heads that was kept last with [Store.KeepWitnessed], in this process or an
// earlier one; nil where there is none.
func (s *Store) Witnessed() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.witnessed
}

// KeepWitnessed keeps a checkpoint of the log of heads with its cosignatures, durably, in the place of the one before. Whose
// they are is for the caller to know; that the checkpoint is signed by the house, and is one of this very log, is checked here:
// its error is that of [OpenCheckpoint], or ErrNotProven. After another error either may stand.
func (s *Store) KeepWitnessed(ctx context.Context, signed []byte) error {
	if err := s.isOurs(ctx, signed); err != nil {
		return fmt.Errorf("keep a witnessed checkpoint: %w", err)
	}
	s.keeping.Lock()
	defer s.keeping.Unlock()
	path := filepath.Join(s.dir, witnessedPath)
	l := landing{disk: s.disk, temps: []string{path + tempSuffix}, finals: []string{path}, folders: []string{s.dir}}
	err := s.disk.write(path+tempSuffix, signed)
	if err == nil {
		err = l.sync(l.temps)
	}
	if err == nil {
		err = l.rename()
	}
	if err != nil {
		return fmt.Errorf("keep a witnessed checkpoint: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.witnessed = signed
	return nil
}

// isOurs says why a signed checkpoint is none that this log of heads has gone through.
func (s *Store) isOurs(ctx context.Context, signed []byte) error {
	c, _, err := OpenCheckpoint(signed, s.key.Name(), s.ring)
	if err != nil {
		return err
	}
	return s.Continues(ctx, c)
}

// Continues says, as ErrNotProven, when the log of heads as it is durable does not begin with what it is at c.
func (s *Store) Continues(ctx context.Context, c Checkpoint) error {
	newest := s.Checkpoint()
	if newest == nil {
		return fmt.Errorf("%w: there is no checkpoint here", ErrNotProven)
	}
	now, err := UnverifiedCheckpoint(newest)
	if err != nil {
		return err
	}
	proof, err := s.Consistency(ctx, c.Size, now.Size)
	if err != nil {
		return err
	}
	return CheckConsistency(proof, c, now)
}

// Consistency proves that the log of heads at the size newer, which must be durable, begins with what it was at older. Its
// error is ErrNotProven where older is larger, or a *DamageError.
func (s *Store) Consistency(ctx context.Context, older, newer uint64) ([]Hash, error) {
	proof, err := ProveConsistency(s.headHashes(), older, newer)
	if err != nil && older <= newer && ctx.Err() == nil {
		s.cutting.Lock() // the files of an older state may have just given way to those of a newer one
		proof, err = ProveConsistency(s.headHashes(), older, newer)
		s.cutting.Unlock()
	}
	return proof, err
}

func (s *Store) headHashes() Hashes {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heads.hashes()
}

// takeWitnessed takes up what was kept. What cannot be read is left, since it can be had again; that it is one of this log is
// not looked at: one that is not says that the log has lost something, and whoever asks witnesses finds that.
func (s *Store) takeWitnessed() error {
	signed, err := readMost(filepath.Join(s.dir, witnessedPath), MaxSigned)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, _, err := OpenCheckpoint(signed, s.key.Name(), s.ring); err != nil {
		s.log.Warn("the witnessed checkpoint cannot be read: the witnesses are asked again", "file", witnessedPath, "cause", err)
		return nil
	}
	s.witnessed = signed
	return nil
}

// WitnessedCovers says whether the checkpoint that was kept last covers an event.
func (s *Store) WitnessedCovers(group domain.GroupID, number uint64) (bool, error) {
	g, err := s.standing(group)
	if errors.Is(err, ErrNotDurable) || err == nil && g.witnessed == nil {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, covers, err := g.atWitnessed(group, number)
	return covers, err
}

// atWitnessed is the standing at the checkpoint that was kept last with cosignatures, where that covers an event of the group.
func (g standing) atWitnessed(group domain.GroupID, number uint64) (standing, bool, error) {
	if g.witnessed == nil {
		return g, false, nil
	}
	at, err := UnverifiedCheckpoint(g.witnessed)
	if err != nil || at.Size > g.at {
		return g, false, err
	}
	h := g.head
	if h.index >= at.Size {
		if h, err = g.headBefore(GroupOrigin(at.Origin, string(group)), at.Size); err != nil {
			return g, false, err
		}
	}
	if h.size < number {
		return g, false, nil
	}
	g.head, g.signed = h, g.witnessed
	return g, true, nil
}

// headBefore finds the newest head of a group below an index of the log of heads, from the end to the beginning: what is
// asked for is mostly new. It is of size 0 where there is none.
func (g standing) headBefore(origin string, below uint64) (head, error) {
	prefix := []byte(origin + "\n")
	for at := below; at > g.view.size; at-- {
		if text := g.bodies[at-1-g.view.size]; bytes.HasPrefix(text, prefix) {
			return headAt(text, at-1)
		}
	}
	for to := min(below, g.view.size); to > 0; to = (to - 1) &^ (tileWidth - 1) {
		index := (to - 1) &^ (tileWidth - 1)
		found := head{}
		for text, err := range g.view.Entries(index, to) {
			if err != nil {
				return head{}, err
			}
			if bytes.HasPrefix(text, prefix) {
				if found, err = headAt(text, index); err != nil {
					return head{}, err
				}
			}
			index++
		}
		if found.size > 0 {
			return found, nil
		}
	}
	return head{}, nil
}

func headAt(text []byte, index uint64) (head, error) {
	c, err := ParseCheckpointText(text)
	if err != nil {
		return head{}, fmt.Errorf("%w: head %d: %w", eventstore.ErrDamaged, index+1, err)
	}
	return head{size: c.Size, index: index}, nil
}
